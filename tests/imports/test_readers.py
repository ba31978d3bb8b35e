"""Files of every header variant, and files that are none."""

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Generic

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumi_desk.errors import LumiError
from lumi_desk.imports import columns, problems, readers
from lumi_desk.imports.columns import Kind, LeftOut, Reason, Row
from tests.imports import files
from tests.imports.files import RAW, RESAVED, Style

ORDER_VARIANTS = (
    "tb_orders_27",
    "tb_orders_41",
    "tb_orders_46",
    "tb_orders_56",
    "tb_orders_61",
    "tb_orders_xlsx_21",
    "tmall_report_7",
)
STYLES = (RAW, RESAVED, Style("utf-8", formula=False), Style("gbk", shuffle=3, line_end="\n"))


def read(path: Path) -> readers.Sheet:
    (sheet,) = readers.read(path).sheets
    return sheet


@dataclass(frozen=True)
class Taken(Generic[Row]):
    """What one file gave: its rows, and those left out."""

    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]


def taken(sheet: readers.Sheet, build: Callable[[str, int, columns.Cells], Row]) -> Taken[Row]:
    facts = [readers.fact_of(sheet, line, sheet.cells(line), build) for line in sheet.lines]
    rows = tuple(one for one in facts if not isinstance(one, LeftOut))
    return Taken(rows, tuple(one for one in facts if isinstance(one, LeftOut)))


def orders_of(path: Path) -> Taken[columns.OrderRow]:
    sheet = read(path)
    assert sheet.kind is Kind.ORDERS
    return taken(sheet, partial(columns.order_row, shop=None))


@pytest.mark.parametrize("variant", ORDER_VARIANTS)
@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.encoding}-{style.shuffle}")
def test_every_variant_gives_the_same_facts(
    variant: str, style: Style, shared_data: Path, tmp_path: Path
) -> None:
    header = files.variants(shared_data)[variant]
    told = files.ORDER | {"买家实付金额": "100.00", "商品标题": files.ORDER["宝贝标题"]}
    path = files.write(tmp_path / "orders.csv", header, [told], style)
    (row,) = orders_of(path).rows
    assert row.number.text == "2140260038636553217"
    assert not row.number.rounded
    assert (row.total_fen, row.paid_fen, row.refund_fen) == (10000, 10000, 0)
    assert (row.province, row.line) == ("浙江省", 2)
    trimmed = {name.strip() for name in header}
    assert row.nick == ("小鱼儿" if "买家会员名" in trimmed else "")
    assert row.phone == ("13800004127" if "联系手机" in trimmed else "")
    assert row.title == (files.ORDER["宝贝标题"] if trimmed & {"宝贝标题", "商品标题"} else "")


@given(seed=st.integers(0, 2**16), quoted=st.booleans(), encoding=st.sampled_from(["gbk", "utf-8"]))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_columns_may_stand_in_any_order(
    seed: int, quoted: bool, encoding: str, tmp_path: Path
) -> None:
    style = Style(encoding, quote_all=quoted, shuffle=seed)
    straight = orders_of(files.orders(tmp_path / "a.csv", {}, {"总金额": "1,234.50"}))
    mixed = orders_of(files.orders(tmp_path / "a.csv", {}, {"总金额": "1,234.50"}, style=style))
    assert mixed == straight


@pytest.mark.parametrize("variant", ["tb_items_10", "tb_items_27"])
def test_items_files(variant: str, shared_data: Path, tmp_path: Path) -> None:
    header = files.variants(shared_data)[variant]
    told = files.ITEM | {
        "主订单编号": "2140260038636553217",
        "子订单编号": "2140260038636553218",
        "商品标题": "胶原蛋白饮10支",
        "商品价格": "59.90",
    }
    sheet = read(files.write(tmp_path / "items.csv", header, [told]))
    assert sheet.kind is Kind.ITEMS
    (row,) = taken(sheet, columns.item_row).rows
    assert (row.number.text, row.price_fen, row.units) == ("2140260038636553217", 5990, 1)


def test_gzip_is_seen_by_its_bytes(tmp_path: Path) -> None:
    plain = files.orders(tmp_path / "orders.csv", {})
    packed = tmp_path / "packed.csv"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    (row,), (same,) = orders_of(packed).rows, orders_of(plain).rows
    assert row.total_fen == same.total_fen


def test_a_workbook_is_read_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "手机", "微信", "卡余额", "订单号", "会员ID", "生日", "城市"])
    day = date(1975, 3, 8)
    sheet.append(["王芳", 13800004127, "wf1975", 12000.5, "2140260038636553217", "M7", day, "宁波"])
    sheet.append(["李梅", "138 0000 4128", "", None, 21402600386365532, "M8", "1980-01-02", ""])
    book.save(tmp_path / "members.xlsx")
    found = read(tmp_path / "members.xlsx")
    assert found.kind is Kind.MEMBERS
    first, second = taken(found, partial(columns.member_row, shop=None)).rows
    assert (first.phone, first.balance_fen, first.birthday) == ("13800004127", 1200050, day)
    assert [number.text for number in first.numbers] == ["2140260038636553217"]
    assert (second.balance_fen, second.birthday) == (None, date(1980, 1, 2))
    assert [number.rounded for number in second.numbers] == [True]


def test_line_numbers_count_lines_of_the_file(tmp_path: Path) -> None:
    rows = ({"订单备注": "第一行\n第二行"}, {"订单编号": "2140260038636553218", "总金额": "很多"})
    found = orders_of(files.orders(tmp_path / "orders.csv", *rows))
    assert [row.line for row in found.rows] == [2]
    (bad,) = found.left_out
    assert (bad.line, bad.reason) == (4, Reason.MONEY)
    assert bad.words == "总金额 is no amount in yuan and fen: 很多"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"订单编号": "合计：12单"}, Reason.NUMBER),
        ({"订单创建时间": "昨天"}, Reason.CREATED),
        ({"订单付款时间": "########"}, Reason.TIME),
        ({"总金额": ""}, Reason.MONEY),
        ({"总金额": "-5"}, Reason.MONEY),
        ({"退款金额": "0.001"}, Reason.MONEY),
    ],
)
def test_rows_that_cannot_be_read_are_left_out_with_why(
    cells: dict[str, str], reason: Reason, tmp_path: Path
) -> None:
    style = Style(formula=False)
    found = orders_of(files.orders(tmp_path / "orders.csv", {}, cells, style=style))
    assert len(found.rows) == 1
    assert [(one.line, one.reason) for one in found.left_out] == [(3, reason)]


def test_rows_without_their_last_empty_cells_are_whole(tmp_path: Path) -> None:
    path = files.orders(tmp_path / "orders.csv", {}, {}, {}, style=RESAVED)
    head, *rows = path.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([head, *(row.rstrip(",") for row in rows), ""]), "utf-8-sig")
    assert len(orders_of(path).rows) == 3


def test_a_row_with_too_many_cells_is_left_out(tmp_path: Path) -> None:
    path = files.orders(tmp_path / "orders.csv", {}, {}, style=RESAVED)
    head, first, second = path.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([head, f"{first},,9", second, ""]), "utf-8-sig")
    found = orders_of(path)
    assert [(one.line, one.reason) for one in found.left_out] == [(2, Reason.CELLS)]
    assert len(found.rows) == 1


Spoil = Callable[[bytes], bytes]


def _joined(raw: bytes) -> bytes:
    more = raw.decode("gb18030").splitlines(keepends=True)[1].encode("utf-8")
    return raw + more


SPOILED: dict[str, tuple[Spoil, type[LumiError], str]] = {
    "empty": (lambda _: b"", problems.NothingInside, "0 bytes"),
    "only a mark": (lambda _: b"\xef\xbb\xbf\r\n", problems.NothingInside, "5 bytes"),
    "header only": (
        lambda raw: raw.splitlines(keepends=True)[0],
        problems.NothingInside,
        "a header and no row",
    ),
    "cut in a quote": (
        lambda raw: raw[: raw.rindex("胶".encode("gbk")) + 2],
        problems.CutOff,
        "closing quote",
    ),
    "cut in a row": (
        lambda raw: raw[: raw.rindex(b",")],
        problems.CutOff,
        "found 45 cells",
    ),
    "cut in a letter": (
        lambda raw: raw[: raw.rindex("胶".encode("gbk")) + 1],
        problems.CutOff,
        "half",
    ),
    "UTF-8 joined to GBK": (_joined, problems.WrongEncoding, "line 4"),
    "a byte gone": (
        lambda raw: raw[:60] + b"\x80\xff" + raw[60:],
        problems.WrongEncoding,
        "line 1",
    ),
    "binary": (lambda _: random.Random(1).randbytes(999) + b"\0", problems.WrongFormat, "binary"),
    "a workbook": (lambda raw: b"PK\x03\x04" + raw, problems.WrongFormat, "Excel workbook"),
    "an old workbook": (
        lambda raw: b"\xd0\xcf\x11\xe0" + raw,
        problems.WrongFormat,
        "old workbook",
    ),
    "a picture": (lambda raw: b"\x89PNG\r\n" + raw, problems.WrongFormat, "PNG"),
    "half a gzip": (lambda raw: gzip.compress(raw)[:-30], problems.CutOff, "gzip"),
    "spoiled gzip": (
        lambda raw: gzip.compress(raw)[:12] + b"xxxx" * 9,
        problems.WrongFormat,
        "gzip",
    ),
    "another table": (lambda _: b"InvoiceNo,Price\r\n1,2\r\n", problems.NotAnExport, "InvoiceNo"),
    "prose": (lambda _: "今天天气很好。\n".encode(), problems.NotAnExport, "今天天气很好"),
    "JSON": (lambda _: json.dumps({"a": [1]}).encode(), problems.NotAnExport, "订单编号"),
    "broken quotes": (
        lambda raw: raw.replace(b'"100.00"', b'"100"00"', 1),
        problems.BrokenQuote,
        "line 2",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_bad_file_is_one_sentence(name: str, tmp_path: Path) -> None:
    spoil, error, words = SPOILED[name]
    path = files.orders(tmp_path / "订单.csv", {}, {})
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(error) as caught:
        read(path)
    said = caught.value.in_english()
    assert "订单.csv" in said
    assert words in said
    assert "Nothing was imported" in said


@pytest.mark.parametrize("name", ["gone.csv", "."])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(problems.NoFile):
        read(tmp_path / name)


def test_a_damaged_workbook(tmp_path: Path) -> None:
    (tmp_path / "members.xlsx").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(problems.DamagedSheet):
        read(tmp_path / "members.xlsx")
    (tmp_path / "text.xlsx").write_text("姓名,手机")
    with pytest.raises(problems.DamagedSheet):
        read(tmp_path / "text.xlsx")


@given(cut=st.integers(1, 4000), encoding=st.sampled_from(["gb18030", "utf-8-sig"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_cut_file_never_gives_a_changed_row(cut: int, encoding: str, tmp_path: Path) -> None:
    ids = [{"订单编号": f"214026003863655321{n}"} for n in range(5)]
    path = files.orders(tmp_path / "orders.csv", *ids, style=Style(encoding))
    whole = orders_of(path).rows
    path.write_bytes(path.read_bytes()[: -min(cut, len(path.read_bytes()))])
    try:
        rows = orders_of(path).rows
    except LumiError:
        return
    assert rows == whole[: len(rows)]
