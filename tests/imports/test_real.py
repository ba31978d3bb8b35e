"""Real exports: every number is counted here once more, from the cells, by the csv module."""

import csv
import gzip
import io
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.imports.columns import Reason
from lumi_desk.imports.report import Sums
from lumi_desk.imports.running import NoOrdersForItems
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store

NOW = datetime(2026, 11, 17, 2, 0, tzinfo=UTC)


def told(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def fen(cells: Iterable[str]) -> int:
    total = sum((Decimal(cell) for cell in cells), Decimal())
    assert total * 100 == int(total * 100)
    return int(total * 100)


def sums(rows: list[dict[str, str]]) -> Sums:
    return Sums(
        fen(row["总金额"] for row in rows),
        fen(row["买家实际支付金额"] for row in rows),
        fen(row["退款金额"] for row in rows),
    )


@pytest.fixture
def toys(shared_data: Path) -> list[Path]:
    return [
        shared_data / "taobao_toyshop_orders_sample.csv",
        shared_data / "taobao_toyshop_items_sample.csv",
    ]


def test_the_toy_shop(hub_store: Store, toys: list[Path]) -> None:
    orders, items = told(toys[0]), told(toys[1])
    report = import_files(hub_store, toys, now=NOW)
    assert (report.orders.read, report.orders.added) == (424, 424) == (len(orders), len(orders))
    assert (report.lines.read, report.lines.added) == (2114, 2114) == (len(items), len(items))
    assert (report.buyers.read, report.buyers.added) == (367, 367)
    assert report.sums == report.file_sums == sums(orders)
    assert report.left_out == ()
    assert report.rounded == 424
    assert report.without_person == 0
    with hub_store.read() as session:
        assert session.scalars(select(Order.number).distinct()).all() == [""]
        kinds = session.execute(select(Identity.kind, Identity.scope).distinct()).all()
        assert [tuple(kind) for kind in kinds] == [("nick", "main")]
        nicks = set(session.scalars(select(Identity.value)))
        assert nicks == {row["买家会员名"] for row in orders}
        assert session.scalar(select(func.count()).select_from(Customer)) == 367
        spent = select(func.sum(Order.total_fen), func.sum(Order.paid_fen), func.count())
        total, paid, count = session.execute(spent).one()
        assert (total, paid, count) == (report.sums.total_fen, report.sums.paid_fen, 424)


def test_the_toy_shops_lines_stand_under_their_orders(hub_store: Store, toys: list[Path]) -> None:
    import_files(hub_store, toys, now=NOW)
    by_number = Counter(row["订单编号"].strip() for row in told(toys[1]))
    expected = Counter(
        (row["买家会员名"], fen([row["总金额"]]), by_number[row["订单编号"].strip()])
        for row in told(toys[0])
    )
    closed = sum(row["订单状态"] == "交易关闭" for row in told(toys[1]))
    with hub_store.read() as session:
        asked = (
            select(Order.nick, Order.total_fen, func.count())
            .join(OrderLine, OrderLine.order_id == Order.id)
            .group_by(Order.id, Order.nick, Order.total_fen)
        )
        assert Counter(tuple(row) for row in session.execute(asked)) == expected
        assert session.scalar(select(func.count()).where(OrderLine.status == "closed")) == closed
        strays = (
            select(func.count()).select_from(OrderLine).join(Order, Order.id == OrderLine.order_id)
        )
        assert session.scalar(strays.where(Order.customer_id != OrderLine.customer_id)) == 0


def test_a_second_import_adds_nothing(hub_store: Store, toys: list[Path]) -> None:
    import_files(hub_store, toys, now=NOW)
    before = everything(hub_store)
    again = import_files(hub_store, toys, now=NOW)
    assert not again.changed_anything
    assert (again.orders.unchanged, again.lines.unchanged, again.buyers.unchanged) == (
        424,
        2114,
        367,
    )
    assert all(file.imported_before for file in again.files)
    renamed = import_files(hub_store, toys[:1], now=NOW)
    assert not renamed.changed_anything
    assert everything(hub_store) == before


def everything(store: Store) -> list[list[tuple[object, ...]]]:
    tables = (Customer, Identity, Order, OrderLine)
    with store.read() as session:
        return [
            sorted(tuple(row) for row in session.execute(select(table.__table__)))
            for table in tables
        ]


def test_the_true_numbers_come_later(hub_store: Store, toys: list[Path], tmp_path: Path) -> None:
    """The same orders unrounded, with seconds: recognised, and upgraded."""
    import_files(hub_store, toys, now=NOW)
    rows = told(toys[0])
    exact = tmp_path / "ExportOrderList201706010000.csv"
    with exact.open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for n, row in enumerate(rows):
            number = str(int(row["订单编号"]) + 1 + n % (99 if len(row["订单编号"]) == 18 else 9))
            made = f"{row['订单创建时间']}:{n % 60:02d}"
            writer.writerow(row | {"订单编号": f'="{number}"', "订单创建时间": made})
    report = import_files(hub_store, [exact], now=NOW)
    assert (report.orders.added, report.upgraded, report.rounded) == (0, 424, 0)
    assert (report.buyers.added, report.sums) == (0, sums(rows))
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).where(Order.number == "")) == 0
        assert session.scalar(select(func.count(Order.number.distinct()))) == 424
    back = import_files(hub_store, toys, now=NOW)
    assert not back.changed_anything


def test_items_alone_say_what_they_lack(hub_store: Store, toys: list[Path]) -> None:
    with pytest.raises(NoOrdersForItems, match="2114 lines"):
        import_files(hub_store, toys[1:], now=NOW)


def test_the_report_that_names_nobody(hub_store: Store, shared_data: Path) -> None:
    path = shared_data / "tmall_orders_2020-02.csv.gz"
    rows = told(path)
    report = import_files(hub_store, [path], now=NOW)
    assert (report.orders.read, report.orders.added) == (28010, 28010) == (len(rows), len(rows))
    assert report.unpaid == 3923 == sum(not row["订单付款时间 "] for row in rows)
    whole = [row for row in rows if row["订单付款时间 "] and row["退款金额"] == row["总金额"]]
    assert report.wholly_refunded == 5132 == len(whole)
    assert report.sums == report.file_sums == sums(rows)
    assert (report.buyers.read, report.without_person, report.reachable_share) == (0, 28010, 0)
    with hub_store.read() as session:
        by_province = select(Order.province, func.count()).group_by(Order.province)
        found = Counter(dict(session.execute(by_province).all()))
    assert found == Counter(row["收货地址 "].strip() for row in rows)
    assert not import_files(hub_store, [path], now=NOW).changed_anything


def test_lines_whose_orders_are_missing_are_left_out(
    hub_store: Store, toys: list[Path], tmp_path: Path
) -> None:
    first = toys[0].read_text("utf-8-sig").splitlines(keepends=True)[:101]
    (tmp_path / "orders.csv").write_text("".join(first), "utf-8-sig")
    here = {row["订单编号"].strip() for row in told(tmp_path / "orders.csv")}
    report = import_files(hub_store, [tmp_path / "orders.csv", toys[1]], now=NOW)
    missing = [n for n, row in enumerate(told(toys[1]), 2) if row["订单编号"] not in here]
    assert report.orders.added == 100
    assert report.lines.added + report.lines.left_out == 2114
    assert [one.line for one in report.left_out] == missing
    assert {one.reason for one in report.left_out} == {Reason.NO_ORDER}


def test_the_report_in_words(hub_store: Store, toys: list[Path]) -> None:
    report = import_files(hub_store, toys, now=NOW)
    said = re.sub(r" +", " ", report.as_text())
    assert "orders 424 read 424 added 0 changed 0 unchanged 0 left out" in said
    assert "总金额 27,015.78, 实际支付 26,800.68, 退款 215.10 (as in the file)" in said
    body = report.as_json()
    assert body["sums"] == {"total_fen": 2701578, "paid_fen": 2680068, "refund_fen": 21510}
    assert "touched" not in body
