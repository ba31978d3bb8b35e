"""Files of other programs: what each is, in one sentence; texts in UTF-16 are read."""

import gzip
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lumi_desk.errors import LumiError
from lumi_desk.imports import problems, readers
from lumi_desk.imports.mapping import Wish
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from tests.imports import files
from tests.imports.files import Style
from ui import words
from ui.words import Language

NOW = datetime(2018, 12, 1, 2, 0, tzinfo=UTC)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
PAGE = "<table><tr><td>订单编号</td></tr></table>".encode()
BEGUN = b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>'


def _written(body: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(body)

    return make


def _open_document(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", "<x/>")


LOCKED = _written(OLE + "EncryptedPackage".encode("utf-16-le") + bytes(1000))
OTHERS: dict[str, tuple[str, Callable[[Path], None], type[LumiError], str]] = {
    "an old workbook": ("o.xls", _written(OLE), problems.WrongFormat, "old workbook"),
    "one of WPS": ("o.et", _written(OLE), problems.WrongFormat, "old workbook"),
    "an old one renamed": ("o.xlsx", _written(OLE), problems.WrongFormat, "old workbook"),
    "a locked one": ("o.xlsx", LOCKED, problems.Protected, "password"),
    "a locked one renamed": ("o.csv", LOCKED, problems.Protected, "password"),
    "a web page": ("o.xls", _written(b"\xef\xbb\xbf\r\n" + PAGE), problems.WrongFormat, "HTML"),
    "a web page renamed": ("o.xlsx", _written(PAGE), problems.WrongFormat, "HTML"),
    "a table in XML": ("o.xls", _written(BEGUN), problems.WrongFormat, "XML"),
    "LibreOffice's": ("o.ods", _open_document, problems.WrongFormat, "OpenDocument"),
    "LibreOffice's renamed": ("o.xlsx", _open_document, problems.WrongFormat, "OpenDocument"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_of_another_program_is_called_what_it_is(name: str, tmp_path: Path) -> None:
    called, make, error, said = OTHERS[name]
    path = tmp_path / called
    make(path)
    with pytest.raises(error) as caught:
        readers.read(path)
    sentence = caught.value.in_english()
    assert called in sentence
    assert said in sentence
    assert "Nothing was imported" in sentence
    words.switch(Language.CHINESE)
    chinese = words.sentence(caught.value)
    assert not {"found", "workbook", "page", "table", "binary"} & set(chinese.split())


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("between", [",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_text_in_utf_16_is_read(
    encoding: str, between: str, packed: bool, tmp_path: Path, hub_store: Store
) -> None:
    path = files.orders(tmp_path / "o.csv", {"收货人姓名": "王𠮷"}, style=Style("utf-8"))
    text = path.read_text("utf-8").replace('","', f'"{between}"')
    body = f"\ufeff{text}".encode(encoding)
    path.write_bytes(gzip.compress(body) if packed else body)
    report = import_files(hub_store, [path], now=NOW)
    assert (report.orders.added, report.files[0].encoding) == (1, "utf-16")
    with hub_store.read() as session:
        assert session.scalar(select(func.sum(Order.total_fen))) == 10_000


BROKEN: dict[str, tuple[bytes, type[LumiError], str]] = {
    "half a letter": ("订单编号,总\n1,2\n".encode("utf-16")[:-1], problems.CutOff, "line 2"),
    "a lone half": (
        "订单\n".encode("utf-16") + b"\x00\xdc\n\x00",
        problems.WrongEncoding,
        "line 2",
    ),
    "blanks": ("\n \r\n".encode("utf-16"), problems.NothingInside, "bytes"),
    "no text": (b"\xff\xfe" + bytes(200), problems.WrongFormat, "binary"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_text_in_utf_16_is_one_sentence(name: str, tmp_path: Path) -> None:
    body, error, said = BROKEN[name]
    path = tmp_path / "o.csv"
    path.write_bytes(body)
    with pytest.raises(error, match=said):
        readers.read(path)


def test_tabs_are_seen_under_a_title(tmp_path: Path, hub_store: Store) -> None:
    path = tmp_path / "list.csv"
    path.write_text("客户名单\n姓名\t手机\n王芳\t13800004127\n", "utf-8")
    assert import_files(hub_store, [path], now=NOW, wish=Wish()).members.added == 1
