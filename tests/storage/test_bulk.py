"""Many rows in one statement come out as they went in, on both engines."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from lumi_desk.calls.tables import Callback, Contact, Skip
from lumi_desk.storage import bulk
from lumi_desk.storage.base import NulInText
from lumi_desk.storage.store import Store
from tests.makers import NOW

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=20
) | st.sampled_from(["", "NULL", "{}", '"', "\\", '\\"', ",", "{a,b}", "\n", "%s", "你好"])


def a_contact(number: int, **values: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": f"c{number}",
        "customer_id": "customer",
        "rep_id": "rep",
        "channel": "call",
        "started_at": NOW,
        "ended_at": NOW,
        "dials": [[1, True]],
        "disposition": "sold",
        "script_id": None,
        "path": [],
        "offers": [],
        "note": "",
        "case": False,
    }
    return {**told, **values}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    notes=st.lists(
        st.tuples(TEXTS, st.none() | TEXTS, st.booleans(), st.lists(TEXTS, max_size=3)),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_is_read_again(
    hub_store: Store, notes: list[tuple[str, str | None, bool, list[str]]]
) -> None:
    rows = [
        a_contact(number, note=note, script_id=script, case=case, path=path)
        for number, (note, script, case, path) in enumerate(notes)
    ]
    with hub_store.write() as session:
        session.execute(delete(Contact))
        bulk.insert(session, Contact.__table__, rows)  # type: ignore[arg-type]
    with hub_store.read() as session:
        found = session.scalars(select(Contact).order_by(Contact.id)).all()
    assert [(one.note, one.script_id, one.case, one.path) for one in found] == notes
    assert {one.started_at for one in found} == {NOW}


def test_what_stands_there_takes_the_new_values(hub_store: Store) -> None:
    table: Any = Skip.__table__
    told = {"customer_id": "c", "rep_id": "r", "day": date(2026, 11, 17)}
    with hub_store.write() as session:
        bulk.insert(session, table, [{"id": "1", "reason": "busy", **told}])
        again = [{"id": str(number), "reason": f"{number}", **told} for number in (1, 2)]
        bulk.insert(session, table, again, "id")
    with hub_store.read() as session:
        assert session.scalars(select(Skip.reason).order_by(Skip.id)).all() == ["1", "2"]


def test_what_is_left_out_takes_its_default(hub_store: Store) -> None:
    told = {"customer_id": "c", "rep_id": "r", "made_at": NOW, "due_at": NOW}
    table: Any = Callback.__table__
    with hub_store.write() as session:
        bulk.insert(session, table, [{"id": one, **told} for one in "ab"])
        bulk.insert(session, table, [{"id": "c", **told}])
        bulk.insert(session, table, [])
    with hub_store.read() as session:
        rows = session.scalars(select(Callback)).all()
        assert {(one.why, one.done_at, one.ver) for one in rows} == {("", None, 0)}
        assert len(rows) == 3


@pytest.mark.parametrize("many", [1, 2])
def test_a_text_no_engine_can_keep_is_refused(hub_store: Store, many: int) -> None:
    rows = [a_contact(number, note="half \ud83d") for number in range(many)]
    with hub_store.write() as session, pytest.raises(NulInText) as caught:
        bulk.insert(session, Contact.__table__, rows)  # type: ignore[arg-type]
    assert caught.value.params == {"position": 5}


def test_the_table_is_announced(hub_store: Store) -> None:
    told: list[frozenset[str]] = []
    hub_store.subscribe(told.append)
    with hub_store.write() as session:
        bulk.insert(session, Contact.__table__, [a_contact(1)])  # type: ignore[arg-type]
    assert told == [frozenset({"contact"})]


def test_more_rows_than_one_statement_takes(
    hub_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_CHUNK", 3)
    with hub_store.write() as session:
        rows = [a_contact(number) for number in range(7)]
        bulk.insert(session, Contact.__table__, rows)  # type: ignore[arg-type]
    with hub_store.read() as session:
        assert len(session.scalars(select(Contact.id)).all()) == 7
