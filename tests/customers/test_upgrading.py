"""A desk from before tags reads its rep's stream anew: it may have let tags pass by."""

from pathlib import Path

from sqlalchemy import insert, select

from lumi_desk import schema
from lumi_desk.storage import engines
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
