"""Rows as a desk keeps them when a key belongs to another record now."""

from typing import Any

import pytest

from lumi_desk.storage.store import Store
from lumi_desk.sync import rows

_ORDER = {
    "key": "A-1",
    "shop": "旗舰店",
    "customer_id": "her",
    "status": "done",
    "created_at": 1,
    "total_fen": 100,
    "paid_fen": 100,
}
_IDENTITY = {"customer_id": "her", "kind": "phone", "value": "13800004127", "since": 1}
_PRODUCT = {"code": "P-1", "name": "大酵素", "line": "", "price_fen": 100}
_TARGET = {"month": "2026-11", "team_id": "team", "measure": "revenue", "amount": 100}


def put(store: Store, entity: str, row: dict[str, Any], **values: Any) -> None:
    told = {**row, **values}
    with store.write() as session:
        rows.upsert(session, entity, tuple(told), [tuple(told.values())])


def kept(store: Store, entity: str, column: str) -> dict[str, Any]:
    with store.read() as session:
        return dict(rows.run(session, f'SELECT id, {column} FROM "{entity}"'))


@pytest.mark.parametrize(("entity", "row"), [("order", _ORDER), ("identity", _IDENTITY)])
def test_a_key_that_another_record_has_now_takes_nothing_away(
    desk_store: Store, entity: str, row: dict[str, Any]
) -> None:
    """What had it before may get another key, or leave, with a later page."""
    put(desk_store, entity, row, id="one", ver=1)
    put(desk_store, entity, row, id="two", ver=1)
    put(desk_store, entity, row, id="one", ver=2)
    assert kept(desk_store, entity, "ver") == {"one": 2, "two": 1}
    with desk_store.write() as session:
        rows.forget(session, entity, ["one"])
    assert kept(desk_store, entity, "ver") == {"two": 1}


@pytest.mark.parametrize(("entity", "row"), [("order", _ORDER), ("identity", _IDENTITY)])
def test_a_row_without_a_key_of_the_desks_stays_in_its_place(
    desk_store: Store, entity: str, row: dict[str, Any]
) -> None:
    """Taken out and put in again, every index of it would be written anew."""
    put(desk_store, entity, row, id="one", ver=1)
    put(desk_store, entity, row, id="two", ver=1)
    places = kept(desk_store, entity, "rowid")
    put(desk_store, entity, row, id="one", ver=2)
    assert kept(desk_store, entity, "rowid") == places


@pytest.mark.parametrize(
    ("entity", "row", "key"), [("product", _PRODUCT, "code"), ("target", _TARGET, "month")]
)
@pytest.mark.parametrize("stands", [False, True], ids=["new", "known"])
def test_a_key_that_a_desk_keeps_is_taken_from_who_had_it(
    desk_store: Store, entity: str, row: dict[str, Any], key: str, stands: bool
) -> None:
    put(desk_store, entity, row, id="had it")
    if stands:
        put(desk_store, entity, {**row, key: "another"}, id="has it")
    put(desk_store, entity, row, id="has it")
    assert kept(desk_store, entity, key) == {"has it": row[key]}
