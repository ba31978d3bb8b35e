"""Workbooks of several sheets; and files that are dangerous, locked, or made of two encodings."""

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.errors import LumiError
from lumi_desk.imports import packing, problems, workbooks
from lumi_desk.imports.columns import Reason
from lumi_desk.imports.mapping import Wish
from lumi_desk.imports.service import import_files
from lumi_desk.imports.tables import ImportRun, OrderTrace
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from tests.imports import files, sold
from tests.imports.files import HEADER_46, HEADER_ITEMS, RESAVED

NOW = datetime(2018, 12, 1, 2, 0, tzinfo=UTC)
DEALS = sold.deals(21)


def book(path: Path, **sheets: list[list[object]]) -> Path:
    """A workbook with these sheets, in order."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def told(header: tuple[str, ...], rows: list[dict[str, str]]) -> list[list[object]]:
    found: list[list[object]] = [list(header)]
    found += [[row.get(name.strip(), "") for name in header] for row in rows]
    return found


ORDERS = told(HEADER_46, [row for deal in DEALS for row in sold.taobao(deal)])
ITEMS = told(HEADER_ITEMS, [row for deal in DEALS for row in sold.taobao_lines(deal)])
NOTES: list[list[object]] = [["说明"], ["本表每周一导出"]]
PEOPLE: list[list[object]] = [["姓名", "手机"], ["王芳", "13800004127"]]


def test_every_sheet_that_holds_something_of_ours_is_read(tmp_path: Path, hub_store: Store) -> None:
    path = book(tmp_path / "all.xlsx", 说明=NOTES, 订单=ORDERS, 空=[], 明细=ITEMS, 会员=PEOPLE)
    report = import_files(hub_store, [path], now=NOW)
    assert [one.name for one in report.files] == [
        "all.xlsx / 订单",
        "all.xlsx / 明细",
        "all.xlsx / 会员",
    ]
    assert report.skipped == ("all.xlsx / 说明",)
    assert "all.xlsx / 说明: not read" in report.as_text()
    assert (report.orders.added, report.members.added) == (len(DEALS), 1)
    assert report.lines.added == sum(len(deal.pieces) for deal in DEALS)
    assert report.sums.total_fen == sum(deal.total_fen for deal in DEALS)
    assert not import_files(hub_store, [path], now=NOW).changed_anything


def test_one_sheet_may_be_chosen(tmp_path: Path, hub_store: Store) -> None:
    path = book(tmp_path / "all.xlsx", 订单=ORDERS, 会员=PEOPLE)
    report = import_files(hub_store, [path], now=NOW, wish=Wish(sheets=("会员",)))
    assert (report.orders.read, report.members.added) == (0, 1)
    with pytest.raises(problems.NoSuchSheet, match="订单、会员"):
        import_files(hub_store, [path], now=NOW, wish=Wish(sheets=("客户",)))


@pytest.mark.parametrize("large", [False, True])
def test_a_number_kept_by_a_spreadsheet_is_no_key(
    tmp_path: Path, hub_store: Store, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    """Two order numbers alike in fifteen digits, in cells of numbers: two rounded ones."""
    if large:
        monkeypatch.setattr(workbooks, "LARGE", 0)
    header: list[object] = ["订单编号", "买家会员名", "总金额", "订单创建时间", "订单状态"]
    rows: list[list[object]] = [
        [2140260038636553217, "小鱼儿", 100, "2017-05-30 23:18:45", "交易成功"],
        [2140260038636553419, "大鱼", 200, "2017-05-31 10:00:00", "交易成功"],
        [2140260038636, "短号", 300, "2017-05-31 11:00:00", "交易成功"],
    ]
    report = import_files(hub_store, [book(tmp_path / "a.xlsx", 订单=[header, *rows])], now=NOW)
    assert report.orders.added == 3
    with hub_store.read() as session:
        asked = select(Order.nick, Order.number, OrderTrace.shown)
        kept = session.execute(asked.join(OrderTrace, OrderTrace.order_id == Order.id)).all()
    assert {tuple(row) for row in kept} == {
        ("小鱼儿", "", "2140260038636550000"),
        ("大鱼", "", "2140260038636550000"),
        ("短号", "2140260038636", "2140260038636"),
    }


def test_people_whose_ids_a_spreadsheet_has_rounded_stay_apart(
    tmp_path: Path, hub_store: Store
) -> None:
    rows: list[list[object]] = [["姓名", "会员ID", "手机"]]
    rows += [["王芳", 220123456789012301, "13800004127"]]
    rows += [["李娜", 220123456789012302, "13800004128"]]
    rows += [["赵云", "220123456789012000", "13800004129"]]
    rows += [["孙玲", "220123456789012304", "13800004130"]]
    import_files(hub_store, [book(tmp_path / "a.xlsx", 会员=rows)], now=NOW)
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 4
        members = select(Identity.value).where(Identity.kind == "member")
        assert list(session.scalars(members)) == ["220123456789012304"]


def test_a_workbook_of_notes_only_is_none(tmp_path: Path, hub_store: Store) -> None:
    with pytest.raises(problems.NotAnExport, match="说明"):
        import_files(hub_store, [book(tmp_path / "n.xlsx", 甲=NOTES, 乙=NOTES)], now=NOW)


Make = Callable[[Path], Path]


def _formula(path: Path) -> Path:
    rows = [list(row) for row in ORDERS]
    rows[3][HEADER_46.index("总金额")] = "=D4+E4"
    return book(path.with_suffix(".xlsx"), 订单=rows)


def _zip_bomb(path: Path) -> Path:
    whole = book(path.with_suffix(".xlsx"), 订单=ORDERS)
    with (
        zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet2.xml", "w") as inside,
    ):
        for _ in range(70):
            inside.write(bytes(2**20))
    return whole


def _lying_bomb(path: Path) -> Path:
    """A bomb whose list of contents says that it is small."""
    whole = _zip_bomb(path)
    raw = bytearray(whole.read_bytes())
    size = (70 * 2**20).to_bytes(4, "little")
    place = raw.rindex(size)
    raw[place : place + 4] = (1000).to_bytes(4, "little")
    whole.write_bytes(raw)
    return whole


def _gzip_bomb(path: Path) -> Path:
    path.write_bytes(gzip.compress(b'"' + bytes(b"0" * 2**20) * 80))
    return path


def _locked(path: Path) -> Path:
    """What a spreadsheet program saves under a password: the container and its name for it."""
    name = "EncryptedPackage".encode("utf-16-le")
    locked = path.with_suffix(".xlsx")
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + name + bytes(1000))
    return locked


def _locked_zip(path: Path) -> Path:
    whole = book(path.with_suffix(".xlsx"), 订单=ORDERS)
    raw = bytearray(whole.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    whole.write_bytes(raw)
    return whole


def _old_book(path: Path) -> Path:
    renamed = path.with_suffix(".xlsx")
    renamed.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + b"Workbook")
    return renamed


def _far_right(path: Path) -> Path:
    rows = [*ORDERS[:2], [*ORDERS[2], *[""] * 9_953, "x"]]
    return book(path.with_suffix(".xlsx"), 订单=rows)


def _far_down(path: Path) -> Path:
    made = openpyxl.Workbook()
    for row in ORDERS:
        made.active.append(row)
    made.active.cell(row=1_048_576, column=1, value="x")
    made.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def _wide_header(path: Path) -> Path:
    row = [*HEADER_46, *(f"c{n}" for n in range(10_000))]
    return sold.write(path, row, sold.taobao(DEALS[0]), "gbk")


def _gbk_with_a_cell_of_utf8(path: Path) -> Path:
    raw = files.orders(path, {}, {"宝贝标题": "甲乙丙丁"}, {}).read_bytes()
    path.write_bytes(raw.replace("甲乙丙丁".encode("gbk"), "甲乙丙丁".encode()))
    return path


def _utf8_with_a_cell_of_gbk(path: Path) -> Path:
    raw = files.orders(path, {}, {"宝贝标题": "甲乙丙丁"}, {}, style=files.Style("utf-8"))
    mixed = raw.read_bytes().replace("甲乙丙丁".encode(), "甲乙丙丁".encode("gbk"))
    path.write_bytes(mixed)
    return path


BAD: dict[str, tuple[Make, type[LumiError], str]] = {
    "a formula without its result": (_formula, problems.NoResult, "in cell G4"),
    "a zip bomb": (_zip_bomb, problems.TooMuchInside, "more than 200 times its size"),
    "a bomb that lies": (_lying_bomb, problems.DamagedSheet, "damaged spreadsheet"),
    "a gzip bomb": (_gzip_bomb, problems.TooMuchInside, "more than 200 times its size"),
    "a password": (_locked, problems.Protected, "password"),
    "a password on the packing": (_locked_zip, problems.Protected, "password"),
    "an old workbook renamed": (_old_book, problems.WrongFormat, "old workbook"),
    "a cell far to the right": (_far_right, problems.TooWide, "10000 columns"),
    "a cell far below": (_far_down, problems.StrayCell, "line 1048576"),
    "a header of ten thousand": (_wide_header, problems.TooWide, "10046 columns"),
    "UTF-8 in GBK": (_gbk_with_a_cell_of_utf8, problems.WrongEncoding, "line 3"),
    "GBK in UTF-8": (_utf8_with_a_cell_of_gbk, problems.WrongEncoding, "line 3"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_dangerous_is_one_sentence_and_leaves_nothing(
    name: str, tmp_path: Path, hub_store: Store
) -> None:
    make, error, words = BAD[name]
    path = make(tmp_path / "订单.csv")
    with pytest.raises(error) as caught:
        import_files(hub_store, [path], now=NOW)
    said = caught.value.in_english()
    assert "订单" in said
    assert words in said
    assert "Nothing was imported" in said
    with hub_store.read() as session:
        for table in (Order, OrderLine, ImportRun):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_row_of_ten_thousand_cells_is_left_out(tmp_path: Path, hub_store: Store) -> None:
    path = files.orders(tmp_path / "o.csv", {}, {}, style=RESAVED)
    head, first, second = path.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([head, first + ",x" * 10_000, second, ""]), "utf-8-sig")
    report = import_files(hub_store, [path], now=NOW)
    assert [(one.line, one.reason) for one in report.left_out] == [(2, Reason.CELLS)]
    assert report.orders.added == 1


def test_formulas_with_their_results_are_read_by_them(tmp_path: Path, hub_store: Store) -> None:
    """As a spreadsheet program saves them; an empty text is a result too."""
    path = book(tmp_path / "o.xlsx", 订单=ORDERS[:2])
    place = HEADER_46.index("总金额")
    cell = openpyxl.load_workbook(path)["订单"].cell(2, place + 1)
    parts = zipfile.ZipFile(path)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in parts.namelist():
            body = parts.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                start = body.index(f'<c r="{cell.coordinate}"')
                end = body.index("</c>", start) + 4
                total = f'<c r="{cell.coordinate}"><f>D2+E2</f><v>77.5</v></c>'
                empty = '<c r="AU2" t="str"><f>IF(1,"")</f><v></v></c>'
                body = body[:start] + total + body[end:]
                body = body.replace("</row></sheetData>", f"{empty}</row></sheetData>")
            packed.writestr(name, body)
    path.write_bytes(out.getvalue())
    report = import_files(hub_store, [path], now=NOW)
    assert report.sums.total_fen == 7750


HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


@given(st.lists(st.text(HAN, max_size=30), min_size=1, max_size=40))
def test_no_text_of_one_encoding_is_taken_for_two(cells: list[str]) -> None:
    text = ",".join(cells) + "\n"
    assert _encoding_of(b"1" + text.encode("utf-8")) == "utf-8"
    encoded = b"1" + text.encode("gb18030")
    encoding = _encoding_of(encoded)
    assert encoded.decode(encoding) == f"1{text}" or encoding == "utf-8"


def _encoding_of(raw: bytes) -> str:
    return packing.writing_of("o.csv", lambda: [raw]).encoding
