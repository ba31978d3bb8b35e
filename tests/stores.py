"""Databases for tests: a hub's on both engines, a desk's in a real encrypted file."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from lumi_desk import schema
from lumi_desk.hub import keeping
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store

DESK_KEY = bytes(range(32))


@pytest.fixture(scope="session")
def hub_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, founded hub database, to be copied: copying costs milliseconds."""
    path = tmp_path_factory.mktemp("hub") / "hub.db"
    keeping.found(engines.plain(path)).close()
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def hub_store(request: pytest.FixtureRequest, hub_file: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty hub database, once on each engine."""
    if request.param == "sqlite":
        store = sqlite_hub(hub_file, tmp_path)
    else:
        template = request.getfixturevalue("postgres_template")("lumi_hub", _found)
        url = request.getfixturevalue("postgres_database")(template)
        store = Store(engines.postgres(url))
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def bare_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without a table in it, once on each engine: for hubs of revisions before."""
    if request.param == "sqlite":
        engine = engines.plain(tmp_path / "bare.db")
    else:
        engine = engines.postgres(request.getfixturevalue("postgres_url"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def desk_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated desk database in a real SQLCipher file, to be copied."""
    path = tmp_path_factory.mktemp("desk") / "desk.db"
    engine = engines.encrypted(path, DESK_KEY)
    schema.upgrade(engine, schema.DESK)
    engine.dispose()
    return path


@pytest.fixture
def desk_store(desk_file: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty desk database in a real SQLCipher file."""
    path = tmp_path / "desk.db"
    shutil.copy(desk_file, path)
    store = Store(engines.encrypted(path, DESK_KEY))
    yield store
    store.close()


def without_values(sql: str) -> str:
    """The words of a statement up to its first text, by which its repetitions are known."""
    return sql.partition("'")[0][:60]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every statement that a file is asked from now on; one that is repeated counts once."""
    said: list[str] = []

    def hears(sql: str) -> None:
        if not said or without_values(said[-1]) != without_values(sql):
            said.append(sql)

    def listens(raw: Any, *_: object) -> None:
        raw.set_trace_callback(hears)

    def rests(raw: Any, *_: object) -> None:
        raw.set_trace_callback(None)

    event.listen(engine, "checkout", listens)
    event.listen(engine, "checkin", rests)
    try:
        yield said
    finally:
        event.remove(engine, "checkout", listens)
        event.remove(engine, "checkin", rests)


def sqlite_hub(hub_file: Path, folder: Path) -> Store:
    """A copy of the founded file."""
    path = folder / "hub.db"
    shutil.copy(hub_file, path)
    return Store(engines.plain(path))


def _found(url: str) -> None:
    keeping.found(engines.postgres(url)).close()
