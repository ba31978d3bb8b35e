"""Tables, migrations and what travels agree with each other."""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

import lumi_desk
from lumi_desk import schema
from lumi_desk.storage import engines
from lumi_desk.storage.base import Home, Table
from lumi_desk.sync.entities import ENTITIES
from tests.stores import DESK_KEY

WIRE = Path(__file__).with_name("wire_columns.txt")


def differences(engine: Engine, homes: tuple[Home, ...]) -> list[object]:
    options = {"include_object": schema.ours(homes), "version_table": schema.REVISION_TABLE}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Table.metadata))


def test_the_list_of_tables_is_complete() -> None:
    for module in pkgutil.walk_packages(lumi_desk.__path__, "lumi_desk."):
        if module.name.endswith(".tables"):
            importlib.import_module(module.name)
    mapped = {mapper.class_ for mapper in Table.registry.mappers}
    assert mapped == set(schema.TABLES)
    assert all(isinstance(table.home, Home) for table in schema.TABLES)


def test_migrations_make_the_desks_tables(tmp_path: Path) -> None:
    engine = engines.encrypted(tmp_path / "desk.db", DESK_KEY)
    schema.migrate(engine, schema.DESK)
    assert differences(engine, schema.DESK) == []
    assert schema.stored_revisions(engine) == {schema.HEADS[home] for home in schema.DESK}
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_migrations_make_the_hubs_tables(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        engine = engines.plain(tmp_path / "hub.db")
    else:
        engine = engines.postgres(request.getfixturevalue("postgres_url"))
    schema.migrate(engine, schema.HUB)
    assert differences(engine, schema.HUB) == []
    engine.dispose()


def described(engine: Engine) -> dict[str, object]:
    """Everything the database says of its tables."""
    told = inspect(engine)
    return {
        name: (
            sorted((c["name"], str(c["type"]), c["nullable"], c["default"]) for c in columns),
            told.get_pk_constraint(name),
            sorted(str(one) for one in told.get_unique_constraints(name)),
            sorted(_in_words(one) for one in told.get_indexes(name)),
            sorted(str(one) for one in told.get_foreign_keys(name)),
        )
        for name in told.get_table_names()
        for columns in [told.get_columns(name)]
    }


def _in_words(index: Any) -> str:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": options})


@pytest.mark.parametrize("homes", [schema.DESK, schema.HUB], ids=["desk", "hub"])
def test_a_new_file_is_as_one_that_was_migrated(tmp_path: Path, homes: tuple[Home, ...]) -> None:
    new, migrated = (engines.plain(tmp_path / name) for name in ("new.db", "migrated.db"))
    schema.upgrade(new, homes)
    schema.migrate(migrated, homes)
    assert described(new) == described(migrated)
    assert schema.stored_revisions(new) == schema.stored_revisions(migrated)
    for engine in (new, migrated):
        engine.dispose()


def test_a_new_server_database_is_as_one_that_was_migrated(
    postgres_database: Callable[..., str],
) -> None:
    new, migrated = (engines.postgres(postgres_database()) for _ in range(2))
    schema.upgrade(new, schema.HUB)
    schema.migrate(migrated, schema.HUB)
    assert described(new) == described(migrated)
    for engine in (new, migrated):
        engine.dispose()


def test_a_desk_has_no_password_or_token_tables(tmp_path: Path) -> None:
    engine = engines.encrypted(tmp_path / "desk.db", DESK_KEY)
    schema.upgrade(engine, schema.DESK)
    with engine.connect() as connection:
        names = {row[0] for row in connection.execute(text("SELECT name FROM sqlite_master"))}
    assert not names & {"credential", "token", "sync_op", "sync_feed"}
    engine.dispose()


def test_a_desk_does_without_what_only_a_hub_needs(tmp_path: Path) -> None:
    desk, hub = (engines.plain(tmp_path / name) for name in ("desk.db", "hub.db"))
    schema.upgrade(desk, schema.DESK)
    schema.upgrade(hub, schema.HUB)
    for name in ("customer", "identity", "order", "order_line", "sale", "fact"):
        table = Table.metadata.tables[name]
        items: list[Any] = [*table.indexes, *table.constraints]
        spare = {one.name for one in items if one.info.get("hub_only")}
        assert spare
        assert not spare & _keys(desk, name)
        assert spare <= _keys(hub, name)
    for engine in (desk, hub):
        engine.dispose()


def _keys(engine: Engine, table: str) -> set[Any]:
    told = inspect(engine)
    found = [*told.get_indexes(table), *told.get_unique_constraints(table)]
    return {one["name"] for one in found}


def test_data_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    engine = engines.plain(tmp_path / "hub.db")
    schema.upgrade(engine, schema.HUB)
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_revision SET version_num = 'hub_9999'"
                                " WHERE version_num LIKE 'hub_%'"))  # fmt: skip
    with pytest.raises(schema.NewerSchema):
        schema.upgrade(engine, schema.HUB)
    engine.dispose()


def test_every_column_on_the_wire_was_reviewed() -> None:
    """A column that travels stands in the file beside this test, by a person's decision."""
    told = "".join(f"{e.name}: {', '.join(sorted(e.columns))}\n" for e in ENTITIES)
    assert told == WIRE.read_text()


def test_what_stays_on_the_hub_does_not_travel() -> None:
    travelling = {(entity.name, column) for entity in ENTITIES for column in entity.columns}
    assert ("product", "cost_fen") not in travelling
    assert {entity.table.home for entity in ENTITIES} == {Home.SHARED}
