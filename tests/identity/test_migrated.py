"""Decisions made before persons were written down with them: they hold, and are nobody's."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from lumi_desk import schema
from lumi_desk.hub import likely, linked, proposing
from lumi_desk.identity.tables import IdentityApart, IdentityLink, ProposedPair
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from tests.makers import NOW


@pytest.fixture
def old(bare_engine: Engine) -> Engine:
    """A hub of the revision before, with a link that was undone and a pair that is apart."""
    with bare_engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, ["shared_0005", "hub_0008"])
        connection.execute(
            text(
                "INSERT INTO identity_link (id, kept_id, other_id, at, moved, other, filled,"
                " undone_at) VALUES ('l', 'a', 'b', 1000, '{}', '{}', '{}', 2000)"
            )
        )
        connection.execute(
            text("INSERT INTO identity_apart (one_id, other_id, at) VALUES ('a', 'c', 3000)")
        )
    return bare_engine


def test_what_was_decided_still_holds(old: Engine) -> None:
    schema.upgrade(old, schema.HUB)
    with Store(old).read() as session:
        link = session.get_one(IdentityLink, "l")
        assert (link.kept_id, link.by_id, link.undone_by) == ("a", None, None)
        assert (link.import_id, linked.by_people(session)) == (None, [link])
        assert linked.page(session, 9) == []
        assert link.undone_at is not None
        apart = session.get_one(IdentityApart, "a:c")
        assert (apart.at.timestamp(), apart.by_id, apart.marks, apart.undone_at) == (
            3,
            None,
            None,
            None,
        )
        assert likely.apart(session) == {frozenset("ac"): None}


def test_a_hub_without_decisions_is_brought_up_to_date(tmp_path: Path) -> None:
    engine = engines.plain(tmp_path / "hub.db")
    with engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, ["shared_0005", "hub_0008"])
    schema.upgrade(engine, schema.HUB)
    with Store(engine).read() as session:
        assert likely.apart(session) == {}
    engine.dispose()


def test_all_who_are_there_are_still_to_be_compared(old: Engine) -> None:
    with old.begin() as connection:
        for pk in "ab":
            told = {"id": pk, "name": "王芳", "phone": "13800138001"}
            statement = "INSERT INTO customer (id, ver, name, phone) VALUES (:id, 1, :name, :phone)"
            connection.execute(text(statement), told)
    schema.upgrade(old, schema.HUB)
    store = Store(old)
    with store.read() as session:
        assert proposing.waiting(session) == 2
    assert proposing.catch_up(store, NOW) == 0
    with store.read() as session:
        (pair,) = session.scalars(select(ProposedPair))
        assert (pair.one_id, pair.other_id, pair.rank) == ("a", "b", -80)
