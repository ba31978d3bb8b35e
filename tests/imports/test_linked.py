"""Importing after customers were linked by hand: a link stands, and so does its undoing."""

from pathlib import Path

from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import linking
from lumi_desk.hub.classifying import classify
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.imports import files
from tests.imports.files import RAW
from tests.imports.test_any_order import NOW, Sold


def owners(store: Store) -> dict[str, str | None]:
    with store.read() as session:
        return {one.number: one.customer_id for one in session.scalars(select(Order))}


def rows(store: Store) -> list[object]:
    """Customers and orders, without their versions."""
    with store.read() as session:
        tables = (Customer.__table__, Order.__table__)
        return [
            {name: row[name] for name in row if name != "ver"}
            for table in tables
            for row in session.execute(select(table).order_by("id")).mappings()
        ]


def sell(folder: Path, place: int, nick: str) -> tuple[str, Path]:
    """The number of an order, and the file it stands in."""
    one = Sold(place, nick, place, 100, ("酵素粉20袋",))
    row = one.row("done", exact=True)
    return one.number, files.orders(folder / f"orders{place}.csv", row, style=RAW)


def join(store: Store, kept: str, other: str) -> str:
    with store.write() as session:
        feed.watch(session, alone=True)
        return linking.link(session, kept, other, NOW).id


def part(store: Store, link_id: str) -> None:
    with store.write() as session:
        feed.watch(session, alone=True)
        linking.unlink(session, link_id, NOW)


def test_files_that_come_again_change_nothing_of_a_link(hub_store: Store, tmp_path: Path) -> None:
    (first, one), (second, other) = sell(tmp_path, 1, "甲"), sell(tmp_path, 60, "乙")
    import_files(hub_store, [one, other], now=NOW)
    before = owners(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        feed.publish(session, classify(session, None, NOW).pairs)
    stood = rows(hub_store)
    link_id = join(hub_store, before[first] or "", before[second] or "")
    assert not import_files(hub_store, [one, other], now=NOW).changed_anything
    assert set(owners(hub_store).values()) == {before[first]}
    part(hub_store, link_id)
    assert rows(hub_store) == stood
    assert not import_files(hub_store, [one, other], now=NOW).changed_anything


def test_an_order_that_came_to_her_later_stays_with_her(hub_store: Store, tmp_path: Path) -> None:
    (first, one), (second, other) = sell(tmp_path, 1, "甲"), sell(tmp_path, 60, "乙")
    later, file = sell(tmp_path, 120, "乙")
    import_files(hub_store, [one, other], now=NOW)
    before = owners(hub_store)
    link_id = join(hub_store, before[first] or "", before[second] or "")
    import_files(hub_store, [file], now=NOW)
    assert set(owners(hub_store).values()) == {before[first]}
    part(hub_store, link_id)
    import_files(hub_store, [one, other, file], now=NOW)
    assert owners(hub_store) == before | {later: before[first]}
