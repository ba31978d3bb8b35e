"""A desk of an earlier version: its streams are read anew where needed, its views are kept."""

from pathlib import Path

from sqlalchemy import insert, select, text

from lumi_desk import schema
from lumi_desk.customers.tables import SavedView
from lumi_desk.storage import engines
from lumi_desk.storage.base import from_millis
from lumi_desk.sync.tables import Cursor
from tests.stores import DESK_KEY

_BEFORE = ["shared_0004", "desk_0004"]


def test_only_the_streams_with_customers_are_read_anew(tmp_path: Path) -> None:
    engine = engines.encrypted(tmp_path / "desk.db", DESK_KEY)
    with engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, _BEFORE)
    with engine.begin() as connection:
        for stream in ("catalog", "rep:lin", "team:one"):
            told = {"stream": stream, "seq": 7, "round": 2, "whole": True, "digest": 9}
            connection.execute(insert(Cursor).values(**told))
    schema.upgrade(engine, schema.DESK)
    with engine.connect() as connection:
        asked = select(Cursor.stream, Cursor.seq, Cursor.round, Cursor.whole, Cursor.digest)
        found = {row[0]: tuple(row[1:]) for row in connection.execute(asked)}
    assert found == {
        "catalog": (7, 2, True, 9),
        "rep:lin": (0, 3, False, 9),
        "team:one": (7, 2, True, 9),
    }
    engine.dispose()


def test_the_views_a_rep_kept_stay_hers(tmp_path: Path) -> None:
    engine = engines.encrypted(tmp_path / "desk.db", DESK_KEY)
    with engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, ["shared_0005", "desk_0005"])
        told = "INSERT INTO saved_view (name, body, at) VALUES ('V 库', '{\"words\": \"zhou\"}', 7)"
        connection.execute(text(told))
    schema.upgrade(engine, schema.DESK)
    with engine.connect() as connection:
        rows = connection.execute(select(SavedView.__table__)).all()
    assert [tuple(row) for row in rows] == [("own", "V 库", {"words": "zhou"}, from_millis(7))]
    engine.dispose()
