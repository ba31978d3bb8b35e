"""Rows are found by many ids in one statement, through the index, on both engines."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from lumi_desk.calls.tables import Note
from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.store import Store
from tests.hub.test_batches import statements
from tests.makers import NOW
from tests.storage.test_bulk import TEXTS

NOTE: Any = Note.__table__
ASKED = select(NOTE.c.id).where(among(NOTE.c.id)).order_by(NOTE.c.id)


def write(store: Store, ids: set[str]) -> None:
    told = {"customer_id": "c", "rep_id": "r", "at": NOW, "words": ""}
    with store.write() as session:
        session.execute(delete(Note))
        bulk.insert(session, NOTE, [{"id": one, **told} for one in sorted(ids)])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(there=st.sets(TEXTS, max_size=6), others=st.sets(TEXTS, max_size=3))
def test_whoever_is_among_them_is_found(
    hub_store: Store, there: set[str], others: set[str]
) -> None:
    write(hub_store, there)
    wanted = [*sorted(there)[::2], *sorted(others - there)]
    with hub_store.read() as session:
        found = session.connection().scalars(ASKED, {IDS: wanted}).all()
    assert set(found) == set(wanted) & there


def test_what_nobody_can_keep_is_nowhere(hub_store: Store) -> None:
    write(hub_store, {"a"})
    with hub_store.read() as session:
        asked = {IDS: ["half \ud83d", "a\0b", "a"]}
        assert session.connection().scalars(ASKED, asked).all() == ["a"]


@pytest.mark.parametrize("many", [0, 1, 1000])
def test_it_is_one_statement_for_any_number(hub_store: Store, many: int) -> None:
    with statements(hub_store) as seen, hub_store.read() as session:
        asked = {IDS: [f"n{number}" for number in range(many)]}
        session.connection().execute(ASKED, asked).all()
    assert len({one for one in seen if "note" in one}) == 1


def test_an_index_is_asked(hub_store: Store) -> None:
    write(hub_store, {f"n{number}" for number in range(3000)})
    with hub_store.read() as session:
        connection = session.connection()
        asked = str(ASKED.compile(connection))
        if hub_store.on_postgres:
            connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
            plan = connection.exec_driver_sql(f"EXPLAIN {asked}", {IDS: "{n1,n2}"}).all()
            told = "".join(row[0] for row in plan)
            assert "pk_note" in told, told
        else:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ('["n1"]',)).all()
            told = "".join(row[3] for row in plan)
            assert "SEARCH note USING" in told, told
