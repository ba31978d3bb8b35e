"""The same orders from files that call the shop otherwise, or not at all: counted once."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count, permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
HEADER = ("订单编号", "总金额", "订单创建时间", "订单付款时间", "订单状态", "会员ID")
LONG, SHORT = "26050300000000{}017", "10{}7"
PROGRAMS, BY_CLOCK, BY_DAY = "10000000000{}", "2605011000000000{}", "20260501000000{}7"
PINDUODUO, JD = "260501-12345678901234{}", "28123456789{}"
SHOWN = "旗舰店", "露米旗舰店"


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
        (SHORT, SHOWN, ("tmall", "tmall")),
        (PROGRAMS, SHOWN, ("tmall", "tmall")),
        (BY_CLOCK, SHOWN, ("tmall", "tmall")),
        (BY_DAY, SHOWN, ("tmall", "tmall")),
        (LONG, ("", "旗舰店"), ("tmall", "kaola")),
        (LONG, SHOWN, ("tmall", "kaola")),
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


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_an_order_under_two_names_of_its_shop_is_one(
    order: Sequence[int], tmp_path: Path, hub_store: Store
) -> None:
    files = [
        write(tmp_path / "a.csv", (0, 1, 2), "买家已付款，等待卖家发货", "旗舰店"),
        write(tmp_path / "b.csv", (1, 2, 3), "交易成功", "露米旗舰店"),
        write(tmp_path / "c.csv", (0, 2, 3), "卖家已发货，等待买家确认"),
    ]
    for _ in range(2):
        for place in order:
            import_files(hub_store, [files[place]], now=NOW)
    assert stored(hub_store) == [
        (LONG.format(0), "旗舰店", "shipped", 10_000),
        (LONG.format(1), "露米旗舰店", "done", 10_000),
        (LONG.format(2), "露米旗舰店", "done", 10_000),
        (LONG.format(3), "露米旗舰店", "done", 10_000),
    ]
    assert people(hub_store) == 4
    assert not any(import_files(hub_store, [one], now=NOW).changed_anything for one in files)


@pytest.mark.parametrize(("number", "channel"), [(LONG, "tmall"), (PINDUODUO, "pdd"), (JD, "jd")])
def test_both_names_at_once_are_one(
    number: str, channel: str, tmp_path: Path, hub_store: Store
) -> None:
    files = [
        write(tmp_path / f"{n}.csv", (0, 1), "交易成功", shop, number)
        for n, shop in enumerate(SHOWN)
    ]
    import_files(hub_store, files, now=NOW, channel=channel)
    assert [one[1] for one in stored(hub_store)] == ["露米旗舰店"] * 2


def named(path: Path, rows: Sequence[tuple[str, str, str]], at: str) -> Path:
    """Orders of a number, a nick and a shop each."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        ("订单编号", "买家会员名", "店铺名称", "总金额", "订单创建时间", "订单付款时间")
    )
    writer.writerows((*one, "100.00", at, at) for one in rows)
    path.write_text(out.getvalue(), "utf-8")
    return path


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("nicks", [("甲", "甲"), ("甲", ""), ("甲", "乙")])
def test_only_other_buyers_are_other_orders(
    nicks: tuple[str, str], turned: bool, tmp_path: Path, hub_store: Store
) -> None:
    files = [
        named(tmp_path / f"{n}.csv", [(LONG.format(1), nick, shop)], "2026-05-01 10:00:00")
        for n, (nick, shop) in enumerate(zip(nicks, SHOWN, strict=True))
    ]
    for path in reversed(files) if turned else files:
        import_files(hub_store, [path], now=NOW)
    assert len(stored(hub_store)) == len({*nicks} - {""})


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_names_in_one_file_are_two_orders(
    order: Sequence[int], tmp_path: Path, hub_store: Store
) -> None:
    at, number = "2026-05-01 10:00:00", LONG.format(1)
    files = [
        named(tmp_path / "a.csv", [(number, "", shop) for shop in SHOWN], at),
        named(tmp_path / "b.csv", [(number, "", SHOWN[0])], at),
    ]
    for place in (*order, *order):
        import_files(hub_store, [files[place]], now=NOW)
    assert [one[1] for one in stored(hub_store)] == list(SHOWN)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_buyer_is_known_by_both_names_of_the_shop(
    order: Sequence[int], tmp_path: Path, hub_store: Store
) -> None:
    at, numbers = "2021-05-01 10:00:00", [LONG.format(n) for n in range(3)]
    files = [
        named(tmp_path / "a.csv", [(one, "甲", SHOWN[0]) for one in numbers[:2]], at),
        named(tmp_path / "b.csv", [(one, "甲", SHOWN[1]) for one in numbers[1:]], at),
    ]
    for place in order:
        import_files(hub_store, [files[place]], now=NOW)
    assert [one[1] for one in stored(hub_store)] == [SHOWN[0], SHOWN[1], SHOWN[1]]
    with hub_store.read() as session:
        scopes = session.scalars(select(Identity.scope).where(Identity.kind == "nick"))
        assert sorted(scopes) == sorted(SHOWN)
    assert people(hub_store) == 1


def test_a_number_of_another_minute_stays_where_it_is(tmp_path: Path, hub_store: Store) -> None:
    number = LONG.format(1)
    first = named(tmp_path / "a.csv", [(number, "", SHOWN[1])], "2026-05-02 10:00:00")
    second = named(tmp_path / "b.csv", [(number, "", SHOWN[0])], "2026-05-01 10:00:00")
    third = named(tmp_path / "c.csv", [(number, "", "露米官方旗舰店")], "2026-05-01 10:00:00")
    for path in (first, second, third):
        import_files(hub_store, [path], now=NOW)
    assert sorted(one[1] for one in stored(hub_store)) == sorted((*SHOWN, "露米官方旗舰店"))


NAMES = ("", "旗舰店", "露米旗舰店", "露米官方旗舰店")
_told = st.tuples(st.sampled_from(NAMES), st.sets(st.integers(1, 5), min_size=1))
_folders = count()


@pytest.mark.slow
@given(told=st.lists(_told, min_size=1, max_size=4), data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_names_in_any_order_come_to_the_same(
    told: Sequence[tuple[str, set[int]]],
    data: st.DataObject,
    tmp_path: Path,
    hub_store: Store,
) -> None:
    n = next(_folders)
    number = f"3126{n:06d}55500{{}}017"
    files = [
        write(tmp_path / f"{n}-{k}.csv", sorted(places), "交易成功", shop, number)
        for k, (shop, places) in enumerate(told)
    ]
    turns = data.draw(st.permutations([*range(len(files)), *range(len(files))]))
    for place in turns:
        import_files(hub_store, [files[place]], now=NOW)
    called: dict[str, str] = {}
    for shop, places in told:
        for place in places:
            called[number.format(place)] = max(called.get(number.format(place), ""), shop, key=len)
    found = {one[0]: one[1] for one in stored(hub_store) if one[0].startswith(number[:10])}
    assert found == {one: shop or "main" for one, shop in called.items()}
    assert len([one for one in stored(hub_store) if one[0] in called]) == len(called)
