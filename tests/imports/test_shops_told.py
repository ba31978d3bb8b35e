"""The same orders from a file that tells the shop and from one that does not: counted once."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lumi_desk.customers.tables import Customer
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
HEADER = ("订单编号", "总金额", "订单创建时间", "订单付款时间", "订单状态", "会员ID")
LONG, SHORT = "26050300000000{}017", "10{}7"


def write(
    path: Path, places: Sequence[int], state: str, shop: str = "", number: str = LONG
) -> Path:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*HEADER, *(["店铺名称"] if shop else [])))
    for n in places:
        day = f"2026-05-{n + 1:02d}"
        told = (number.format(n), "100.00", f"{day} 10:00:00", f"{day} 10:01:00", state, f"V10{n}")
        writer.writerow((*told, *([shop] if shop else [])))
    path.write_text(out.getvalue(), "utf-8")
    return path


def stored(store: Store) -> list[tuple[str, str, str, int]]:
    with store.read() as session:
        orders = session.scalars(select(Order).order_by(Order.number, Order.shop))
        return [(one.number, one.shop, one.status, one.paid_fen) for one in orders]


def people(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(Customer)) or 0


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_a_shop_told_by_one_file_is_that_of_all(
    order: Sequence[int], tmp_path: Path, hub_store: Store
) -> None:
    files = [
        write(tmp_path / "a.csv", (0, 1, 2), "买家已付款，等待卖家发货"),
        write(tmp_path / "b.csv", (1, 2, 3), "交易成功", "旗舰店"),
        write(tmp_path / "c.csv", (2, 3, 4), "卖家已发货，等待买家确认"),
    ]
    for _ in range(2):
        for place in order:
            import_files(hub_store, [files[place]], now=NOW)
    assert stored(hub_store) == [
        (LONG.format(0), "main", "paid", 10_000),
        (LONG.format(1), "旗舰店", "done", 10_000),
        (LONG.format(2), "旗舰店", "done", 10_000),
        (LONG.format(3), "旗舰店", "done", 10_000),
        (LONG.format(4), "main", "shipped", 10_000),
    ]
    assert people(hub_store) == 5


def test_both_at_once_are_the_same(tmp_path: Path, hub_store: Store) -> None:
    first = write(tmp_path / "a.csv", (0, 1), "交易成功")
    second = write(tmp_path / "b.csv", (0, 1), "交易成功", "旗舰店")
    import_files(hub_store, [first, second], now=NOW)
    assert [one[1] for one in stored(hub_store)] == ["旗舰店"] * 2


@pytest.mark.parametrize(
    ("number", "shops", "channels"),
    [
        (SHORT, ("", "旗舰店"), ("tmall", "tmall")),
        (LONG, ("专营店", "旗舰店"), ("tmall", "tmall")),
        (LONG, ("", "旗舰店"), ("tmall", "kaola")),
    ],
)
def test_what_only_looks_the_same_stays_two(
    number: str,
    shops: tuple[str, str],
    channels: tuple[str, str],
    tmp_path: Path,
    hub_store: Store,
) -> None:
    for n, (shop, channel) in enumerate(zip(shops, channels, strict=True)):
        path = write(tmp_path / f"{n}.csv", (0,), "交易成功", shop, number)
        import_files(hub_store, [path], now=NOW, channel=channel)
    assert len(stored(hub_store)) == 2
