"""Every header of public export files, as .csv and as .xlsx: what comes in is what was sold."""

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lumi_desk.imports.columns import Reason
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from tests.imports import files, sold
from tests.imports.sold import Deal
from tests.stores import sqlite_hub

NOW = datetime(2018, 12, 1, 2, 0, tzinfo=UTC)
Rows = Callable[[Deal], list[dict[str, str]]]
ORDERS: dict[str, tuple[Rows, str, str]] = {
    "tb_orders_27": (sold.taobao, "gbk", "tmall"),
    "tb_orders_41": (sold.taobao, "gbk", "tmall"),
    "tb_orders_46": (sold.taobao, "utf-8-sig", "tmall"),
    "tb_orders_56": (sold.taobao, "gbk", "tmall"),
    "tb_orders_61": (sold.taobao, "gbk", "tmall"),
    "tb_orders_xlsx_21": (sold.taobao, "utf-8-sig", "tmall"),
    "tmall_report_7": (sold.taobao, "utf-8", "tmall"),
    "jd_orders_30": (sold.jd, "gb2312", "jd"),
    "dy_orders_73": (sold.douyin, "utf-8-sig", "douyin"),
}
ITEMS = ("tb_items_10", "tb_items_27")
# One row for every product: the lines are in the same file.
WHOLE = ("jd_orders_30", "dy_orders_73")


def digits(variant: str) -> int:
    return {"jd_orders_30": 11, "dy_orders_73": 19}.get(variant, 18)


def written(
    shared_data: Path, folder: Path, variant: str, deals: tuple[Deal, ...], ending: str
) -> Path:
    rows, encoding, _ = ORDERS.get(variant, (sold.taobao_lines, "gbk", "tmall"))
    told = [row for deal in deals for row in rows(deal)]
    header = files.variants(shared_data)[variant]
    return sold.write(folder / f"{variant}{ending}", header, told, encoding)


def totals(store: Store) -> Counter[str]:
    found: Counter[str] = Counter()
    with store.read() as session:
        for order in session.scalars(select(Order)):
            found["orders"] += 1
            found["total"] += order.total_fen
            found["paid"] += order.paid_fen
            found["refund"] += order.refund_fen
            found[order.status] += 1
        for line in session.scalars(select(OrderLine)):
            found["lines"] += 1
            found["units"] += line.units
            found["list"] += line.units * line.price_fen
    return +found


def expected(deals: tuple[Deal, ...], *, lines: bool, refunds: bool, status: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    for deal in deals:
        found["orders"] += 1
        found["total"] += deal.total_fen
        found["paid"] += deal.kept_fen
        found["refund"] += deal.refund_fen if refunds else 0
        plain = {"waiting": "waiting", "refunded": "closed"}.get(deal.stage, "paid")
        found[sold.STATUS[deal.stage] if status else plain] += 1
        for piece in deal.pieces if lines else ():
            found["lines"] += 1
            found["units"] += piece.units
            found["list"] += piece.units * piece.list_fen
    return +found


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("variant", ORDERS)
def test_orders_come_in_as_they_were_sold(
    variant: str, ending: str, shared_data: Path, tmp_path: Path, hub_store: Store
) -> None:
    deals = sold.deals(len(variant), digits=digits(variant))
    path = written(shared_data, tmp_path, variant, deals, ending)
    report = import_files(hub_store, [path], now=NOW)
    assert report.left_out == ()
    assert report.sums == report.file_sums or variant in WHOLE
    header = {name.strip() for name in files.variants(shared_data)[variant]}
    assert totals(hub_store) == expected(
        deals,
        lines=variant in WHOLE,
        refunds="退款金额" in header or variant in WHOLE,
        status="订单状态" in header,
    )
    with hub_store.read() as session:
        stored = list(session.scalars(select(Order)))
        assert {order.number for order in stored} == {deal.number for deal in deals}
        assert {order.channel for order in stored} == {ORDERS[variant][2]}
        assert {order.province[:2] for order in stored} == {"浙江"}
    assert not import_files(hub_store, [path], now=NOW).changed_anything


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("variant", ITEMS)
def test_lines_come_in_as_they_were_sold(
    variant: str, ending: str, shared_data: Path, tmp_path: Path, hub_store: Store
) -> None:
    deals = sold.deals(7)
    paths = [
        written(shared_data, tmp_path, one, deals, ending) for one in ("tb_orders_56", variant)
    ]
    report = import_files(hub_store, paths, now=NOW)
    assert report.left_out == ()
    assert totals(hub_store) == expected(deals, lines=True, refunds=True, status=True)
    assert not import_files(hub_store, paths, now=NOW).changed_anything


@given(st.data())
@settings(max_examples=12, deadline=None)
def test_variants_in_any_order_and_twice_give_the_same(
    hub_file: Path, shared_data: Path, data: st.DataObject
) -> None:
    """Three shops' exports, two dates of each: the orders end as the later date has them."""
    chosen = {
        "taobao": data.draw(st.sampled_from(["tb_orders_27", "tb_orders_46", "tb_orders_61"])),
        "jd": "jd_orders_30",
        "douyin": "dy_orders_73",
    }
    with tempfile.TemporaryDirectory() as name:
        store = sqlite_hub(hub_file, Path(name))
        paths, ends = [], []
        for n, variant in enumerate(chosen.values()):
            later = sold.deals(n, count=6, digits=digits(variant))
            # The early export lacks the last orders; what it has was not paid yet.
            early = tuple(replace(deal, stage="waiting") for deal in later[:4])
            ends += list(later)
            for stage, deals in (("early", early), ("later", later)):
                folder = Path(name) / f"{n}-{stage}"
                folder.mkdir()
                ending = data.draw(st.sampled_from([".csv", ".xlsx"]))
                paths.append(written(shared_data, folder, variant, deals, ending))
        for n in data.draw(st.permutations([*range(len(paths)), *range(len(paths))])):
            import_files(store, [paths[n]], now=NOW)
        refunds = chosen["taobao"] == "tb_orders_61" or chosen["taobao"] == "tb_orders_46"
        found = totals(store)
        whole = [deal for deal in ends if deal not in ends[:6]]
        wanted = expected(tuple(ends[:6]), lines=False, refunds=refunds, status=True)
        wanted += expected(tuple(whole), lines=True, refunds=True, status=True)
        assert found == wanted
        assert not import_files(store, paths, now=NOW).changed_anything
        store.close()


def jd_rows(*changes: dict[str, str]) -> list[dict[str, str]]:
    deal = sold.deals(3, count=3, digits=11)[2]
    return [row | change for row, change in zip(sold.jd(deal), changes, strict=True)]


def test_rows_of_one_order_that_disagree_leave_it_out(
    shared_data: Path, tmp_path: Path, hub_store: Store
) -> None:
    header = files.variants(shared_data)["jd_orders_30"]
    good = sold.jd(sold.deals(4, count=1, digits=11)[0])
    bad = jd_rows({}, {"订单金额": "1.00"}, {})
    path = sold.write(tmp_path / "jd.csv", header, [*good, *bad], "gb2312")
    report = import_files(hub_store, [path], now=NOW)
    assert report.orders.added == 1
    assert [(one.line, one.reason) for one in report.left_out] == [
        (3, Reason.DISAGREE),
        (4, Reason.DISAGREE),
        (5, Reason.DISAGREE),
    ]
    assert "disagree about 订单金额" in report.left_out[0].words


def test_one_order_under_two_people_is_left_out(
    shared_data: Path, tmp_path: Path, hub_store: Store
) -> None:
    header = files.variants(shared_data)["jd_orders_30"]
    good = sold.jd(sold.deals(4, count=1, digits=11)[0])
    bad = jd_rows({}, {"下单帐号": "别人"}, {})
    path = sold.write(tmp_path / "jd.csv", header, [*good, *bad], "gb2312")
    report = import_files(hub_store, [path], now=NOW)
    assert {one.words.rpartition(" ")[2] for one in report.left_out} == {"下单帐号"}
    assert totals(hub_store)["orders"] == 1


def test_half_an_order_is_no_order_where_amounts_add_up(
    shared_data: Path, tmp_path: Path, hub_store: Store
) -> None:
    header = files.variants(shared_data)["dy_orders_73"]
    first, second = sold.deals(5, count=2)
    rows = sold.douyin(first) + sold.douyin(second)
    rows[-1] |= {"订单应付金额": "很多"}
    path = sold.write(tmp_path / "dy.csv", header, rows, "utf-8-sig")
    report = import_files(hub_store, [path], now=NOW)
    assert totals(hub_store)["total"] == first.total_fen
    assert [one.reason for one in report.left_out] == [Reason.BROKEN_ORDER, Reason.MONEY]
    assert "订单应付金额 is no amount" in report.left_out[1].words


def test_a_repeated_row_is_told_and_not_added(
    shared_data: Path, tmp_path: Path, hub_store: Store
) -> None:
    header = files.variants(shared_data)["dy_orders_73"]
    (deal,) = sold.deals(6, count=1)
    rows = sold.douyin(deal)
    path = sold.write(tmp_path / "dy.csv", header, [*rows, *rows], "utf-8-sig")
    report = import_files(hub_store, [path], now=NOW)
    assert [(one.line, one.reason) for one in report.left_out] == [(3, Reason.REPEATED)]
    assert totals(hub_store)["total"] == deal.total_fen


def test_rows_that_differ_anywhere_are_two_lines(
    shared_data: Path, tmp_path: Path, hub_store: Store
) -> None:
    header = files.variants(shared_data)["jd_orders_30"]
    row = sold.jd(sold.deals(6, count=1, digits=11)[0])[0]
    rows = [row, row | {"商家备注": "第二件"}, row]
    path = sold.write(tmp_path / "jd.csv", header, rows, "gb2312")
    report = import_files(hub_store, [path], now=NOW)
    assert (report.orders.added, report.lines.added) == (1, 2)
    assert [(one.line, one.reason) for one in report.left_out] == [(4, Reason.REPEATED)]


def test_a_nick_of_jd_is_nobody_of_taobao(
    shared_data: Path, tmp_path: Path, hub_store: Store
) -> None:
    deals = sold.deals(8, count=2)
    sellers = [replace(deal, number=deal.number[:11]) for deal in deals]
    paths = [
        written(shared_data, tmp_path, "tb_orders_46", deals, ".csv"),
        written(shared_data, tmp_path, "jd_orders_30", tuple(sellers), ".csv"),
    ]
    import_files(hub_store, paths, now=NOW)
    with hub_store.read() as session:
        buyers = set(session.scalars(select(Order.customer_id)))
    assert len(buyers) == 4
