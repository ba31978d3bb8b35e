"""A migration that is killed leaves the old tables or the new ones, and all that was in them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, Table, insert, inspect, select

from lumi_desk import schema
from lumi_desk.ids import new_id
from lumi_desk.storage import engines
from tests.faults import jobs
from tests.stores import DESK_KEY

pytestmark = pytest.mark.slow

OLD = {"desk": ("shared_0001", "desk_0001"), "hub": ("shared_0001", "hub_0001")}
HOMES = {"desk": schema.DESK, "hub": schema.HUB}
ROWS = 3
# What a migration means to change: read anew, or made new.
CHANGED = {"cursor"}


def at_the_beginning(engine: Engine, homes: str) -> None:
    """A database as the first release left it, with something in every table."""
    with engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, list(OLD[homes]))
    metadata = MetaData()
    with engine.begin() as connection:
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            if table.name != schema.REVISION_TABLE:
                connection.execute(insert(table), [_row(table, n) for n in range(ROWS)])


def _row(table: Table, number: int) -> dict[str, Any]:
    """Something that fits: what refers to another table's row refers to the one of its number."""
    row: dict[str, Any] = {}
    for column in table.columns:
        kind = column.type.python_type
        if column.foreign_keys or column.primary_key or kind is str:
            row[column.name] = number + 1 if kind is int else f"{number}"
        elif kind is bool:
            row[column.name] = False
        else:
            row[column.name] = kind(number + 1)
    return row


def content(engine: Engine, like: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """Every row of every table, by the columns that `like` names."""
    found: dict[str, Any] = {}
    metadata = MetaData()
    with engine.connect() as connection:
        metadata.reflect(connection)
        for name, table in metadata.tables.items():
            if name == schema.REVISION_TABLE or name in CHANGED:
                continue
            if like is None or name in like:
                names = like[name] if like else [column.name for column in table.columns]
                rows = connection.execute(select(*(table.c[each] for each in names)))
                found[name] = sorted(map(tuple, rows), key=repr)
    return found


def columns(engine: Engine) -> dict[str, list[str]]:
    told = inspect(engine)
    return {
        name: [column["name"] for column in told.get_columns(name)]
        for name in told.get_table_names()
        if name != schema.REVISION_TABLE and name not in CHANGED
    }


@pytest.fixture(params=["desk", "sqlite", "postgres"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str, Engine]]:
    """An address, whose it is, and the engine on it."""
    homes = "desk" if request.param == "desk" else "hub"
    if request.param == "postgres":
        address = request.getfixturevalue("postgres_url")
        engine = engines.postgres(address)
    else:
        address = str(tmp_path / f"{homes}.db")
        path = Path(address)
        engine = engines.encrypted(path, DESK_KEY) if homes == "desk" else engines.plain(path)
    at_the_beginning(engine, homes)
    yield address, homes, engine
    engine.dispose()


def test_a_migration_killed_before_each_of_its_statements(
    old: tuple[str, str, Engine],
) -> None:
    address, homes, engine = old
    before, names = content(engine), columns(engine)
    engine.dispose()
    found = jobs.run("die_migrating", database=address, homes=homes)
    assert found["code"] == 0, found["complaints"]
    assert found["deaths"] > 10
    heads = sorted(schema.HEADS[home] for home in HOMES[homes])
    assert found["left"][-1] == heads
    assert {tuple(left) for left in found["left"]} == {tuple(sorted(OLD[homes])), tuple(heads)}
    assert content(engine, names) == before
    assert schema.stored_revisions(engine) == set(heads)


def test_a_desk_of_the_first_release_opens_and_keeps_its_unsent_work(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    engine = engines.encrypted(path, DESK_KEY)
    at_the_beginning(engine, "desk")
    waiting = content(engine)["outbox"]
    engine.dispose()
    shutil.copy(path, tmp_path / f"{new_id()}.db")
    engine = engines.encrypted(path, DESK_KEY)
    schema.upgrade(engine, schema.DESK)
    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT op_id FROM outbox").all()
        assert connection.exec_driver_sql("SELECT DISTINCT seq FROM cursor").all() == [(0,)]
    assert len(kept) == len(waiting) == ROWS
    engine.dispose()
