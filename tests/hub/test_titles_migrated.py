"""Titles settled before it was written down by whom: they hold, and are nobody's."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from lumi_desk import schema
from lumi_desk.catalog.tables import DecidedTitle, SettledTitle, TitleDecision
from lumi_desk.hub import titles
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.makers import NOW

# Three were settled by one file, two of them alike; one later.
_SAID = (
    ("晚安软糖", "collagen", "'gummies'", 1000),
    ("养颜茶", "enzyme", "NULL", 1000),
    ("养颜茶 2盒", "enzyme", "NULL", 1000),
    ("面膜", "enzyme", "NULL", 2000),
)


@pytest.fixture
def old(bare_engine: Engine) -> Engine:
    """A hub of the revision before, with settled titles."""
    with bare_engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, ["shared_0005", "hub_0012"])
        for title, line, product, at in _SAID:
            connection.execute(
                text(
                    "INSERT INTO settled_title (title, line, product_id, at)"
                    f" VALUES (:title, :line, {product}, :at)"
                ),
                {"title": title, "line": line, "at": at},
            )
    return bare_engine


def test_what_was_settled_holds_and_what_was_said_at_once_is_one_decision(old: Engine) -> None:
    schema.upgrade(old, schema.HUB)
    with Store(old).read() as session:
        settled = session.scalars(
            select(SettledTitle).order_by(SettledTitle.at, SettledTitle.title)
        )
        assert [(one.line, one.high_margin) for one in settled] == [
            ("enzyme", False),
            ("enzyme", False),
            ("collagen", False),
            ("enzyme", False),
        ]
        decided = select(DecidedTitle.title, TitleDecision).join(
            TitleDecision, TitleDecision.id == DecidedTitle.decision_id
        )
        said: dict[str, set[str]] = {}
        for title, made in session.execute(decided):
            said.setdefault(made.id, set()).add(title)
            assert (made.by_id, made.undone_at, made.high_margin) == (None, None, False)
        assert sorted(map(len, said.values())) == [1, 1, 2]


def test_what_was_settled_before_can_be_undone(old: Engine) -> None:
    schema.upgrade(old, schema.HUB)
    store = Store(old)
    with store.write() as session:
        feed.watch(session, alone=True)
        at = select(TitleDecision).where(TitleDecision.product_id == "gummies")
        titles.undo(session, session.scalars(at).one(), NOW, "gu")
    with store.read() as session:
        assert len(session.scalars(select(SettledTitle)).all()) == len(_SAID) - 1
        assert session.get(SettledTitle, "晚安软糖") is None


def test_a_hub_where_nothing_was_settled_is_brought_up_to_date(tmp_path: Path) -> None:
    engine = engines.plain(tmp_path / "hub.db")
    with engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, ["shared_0005", "hub_0012"])
    schema.upgrade(engine, schema.HUB)
    with Store(engine).read() as session:
        assert session.scalars(select(TitleDecision)).all() == []
    engine.dispose()
