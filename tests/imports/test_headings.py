"""Names of columns under titles, in two rows, over units: found where certain, asked otherwise."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.errors import LumiError
from lumi_desk.imports import heading, mapping
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.lines import Line
from lumi_desk.imports.mapping import Unsure, Wish
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store

NOW = datetime(2018, 12, 1, 2, 0, tzinfo=UTC)
ORDER = ("2140260038636553217", "2018-09-01 10:00:00", "2018-09-01 10:02:00", "100.00", "王芳")
SECOND = ("2140260038636553218", "2018-09-02 10:00:00", "", "80.00", "李娜")
NAMES = ("订单编号", "下单时间", "付款时间", "订单金额", "收货人")
GROUPED = (
    ("订单编号", "时间", "", "金额", "收货人", ""),
    ("", "下单时间", "付款时间", "订单金额", "姓名", "手机"),
)
PEOPLE = [(*ORDER, "13800004127"), (*SECOND, "13800004128")]
# Rows above the first order, and how many of them are no names.
TABLES: dict[str, tuple[list[Sequence[str]], int]] = {
    "a title": ([("九月订单",), NAMES], 1),
    "two titles": ([("九月订单",), ("导出时间：2018-10-01 09:00",), NAMES], 2),
    "a line of facts": ([("店铺", "旗舰店", "导出人", "小李"), NAMES], 1),
    "units below": ([NAMES, ("", "", "", "元", "")], 1),
    "units in brackets": ([NAMES, ("", "(时间)", "(时间)", "（元）", "")], 1),
    "what is to be filled in": ([NAMES, ("必填", "必填", "选填", "必填", "选填")], 1),
    "names of a program below": (
        [NAMES, ("order_no", "created_at", "paid_at", "total", "receiver")],
        1,
    ),
    "all of them": (
        [("九月订单",), ("店铺", "旗舰店"), NAMES, ("", "", "", "元", "")],
        3,
    ),
}


def write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        path.write_text(out.getvalue(), "utf-8-sig")
    return path


def stored(store: Store) -> list[tuple[str, int, bool]]:
    with store.read() as session:
        orders = session.scalars(select(Order).order_by(Order.number))
        return [(one.number, one.total_fen, one.paid_at is not None) for one in orders]


BOTH = [(ORDER[0], 10_000, True), (SECOND[0], 8_000, False)]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("name", TABLES)
def test_names_are_found_among_other_rows(
    name: str, ending: str, tmp_path: Path, hub_store: Store
) -> None:
    above, others = TABLES[name]
    path = write(tmp_path / f"o{ending}", [*above, ORDER, SECOND])
    report = import_files(hub_store, [path], now=NOW)
    assert stored(hub_store) == BOTH
    assert report.dirt["rows of titles and units at the header"] == others
    assert report.left_out == ()


@pytest.mark.parametrize("title", [[], [("九月订单", "", "", "", "", "")]])
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_names_in_two_rows_are_one(
    ending: str, title: list[Sequence[str]], tmp_path: Path, hub_store: Store
) -> None:
    path = tmp_path / f"o{ending}"
    if ending == ".xlsx":
        merged(path, [*title, *GROUPED, *PEOPLE])
    else:
        write(path, [*title, *GROUPED, *PEOPLE])
    import_files(hub_store, [path], now=NOW)
    assert stored(hub_store) == BOTH


def merged(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """As a spreadsheet program has it: groups over their columns, single names over both rows."""
    write(path, rows)
    book = openpyxl.load_workbook(path)
    sheet, top = book.active, len(rows) - 3
    sheet.merge_cells(start_row=top, end_row=top + 1, start_column=1, end_column=1)
    for first, last in ((2, 3), (5, 6)):
        sheet.merge_cells(start_row=top, end_row=top, start_column=first, end_column=last)
    if top > 1:
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=6)
    book.save(path)


def test_names_that_repeat_under_groups_are_told_apart(tmp_path: Path, hub_store: Store) -> None:
    rows = [
        ("订单", "", "", "下单", "付款", "买家", "收货人", ""),
        ("编号", "状态", "金额", "时间", "时间", "昵称", "姓名", "手机"),
        (ORDER[0], "交易成功", "100", ORDER[1], ORDER[2], "小鱼", "王芳", "13800004127"),
        (SECOND[0], "等待买家付款", "80", SECOND[1], "", "大鱼", "李娜", "13800004128"),
    ]
    report = import_files(hub_store, [write(tmp_path / "o.csv", rows)], now=NOW)
    meant = dict(report.files[0].columns)
    assert (meant["下单时间"], meant["付款时间"]) == ("created", "paid_at")
    assert stored(hub_store) == BOTH


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ((("会员", "", "推荐人"), ("编号", "手机", "姓名")), "推荐人姓名"),
        ((("客户信息", "", "销售顾问"), ("昵称", "手机", "姓名")), "销售顾问姓名"),
    ],
)
def test_the_name_of_somebody_else_is_asked_about(
    rows: tuple[Sequence[str], Sequence[str]], named: str, tmp_path: Path, hub_store: Store
) -> None:
    path = write(tmp_path / "m.csv", [*rows, ("V1001", "13800004127", "林晓燕")])
    with pytest.raises(Unsure) as caught:
        import_files(hub_store, [path], now=NOW)
    assert named in [one.header for one in caught.value.proposal.columns]


@pytest.mark.parametrize("unit", ["万元", "分", "（单位：万元）"])
def test_amounts_that_are_not_in_yuan_are_asked_about(
    unit: str, tmp_path: Path, hub_store: Store
) -> None:
    path = write(tmp_path / "o.csv", [NAMES, ("", "", "", unit, ""), ORDER, SECOND])
    with pytest.raises(Unsure) as caught:
        import_files(hub_store, [path], now=NOW)
    assert Doubt.UNIT_SAID in caught.value.proposal.doubts


def test_a_table_without_titles_keeps_its_first_row(tmp_path: Path, hub_store: Store) -> None:
    """People called as columns are, and what a row says of itself, are no names."""
    rows = [
        ("称呼", "怎么找", "备注"),
        ("姓名", "13800004127", "客户"),
        ("王芳", "13800004128", "手机"),
    ]
    path = write(tmp_path / "list.csv", rows)
    import_files(hub_store, [path], now=NOW, wish=Wish(confirmed=True))
    with hub_store.read() as session:
        assert set(session.scalars(select(Customer.name))) == {"姓名", "王芳"}


def test_names_under_what_may_be_rows_are_asked_about(tmp_path: Path, hub_store: Store) -> None:
    """Two tables one under the other: what stands above is never dropped in silence."""
    above = [("单", "啥时候", "咋付的", "多少", "谁"), ORDER]
    path = write(tmp_path / "o.csv", [*above, NAMES, SECOND])
    with pytest.raises(LumiError):
        import_files(hub_store, [path], now=NOW)
    assert stored(hub_store) == []


def test_names_that_are_hardly_known_are_shown_with_what_they_hold() -> None:
    head = [
        Line(1, ("周报", "", "小李", "", "", "", "")),
        Line(2, ("单据编号", "经手", "备用", "其他", "下单时间", "甲乙丙", "杂")),
        Line(3, (ORDER[0], "a", "b", "c", ORDER[1], "100.00", "x")),
    ]
    found = heading.find(head)
    assert (found.line, found.rows, found.certain) == (2, 2, False)
    stand = mapping.Stand(1, found.line, certain=found.certain)
    rows = [head[2].cells]
    with pytest.raises(mapping.Unsure) as asked:
        mapping.decide("o.csv", found.names, rows, mapping.NONE, stand)
    assert Doubt.HEADING in asked.value.proposal.doubts
    assert any("line 2" in words for words in asked.value.doubts)
