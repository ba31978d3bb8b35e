"""Hubs in processes of their own on each engine, and how many tries a fault gets."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lumi_desk.storage.store import Store
from tests.faults.kit import Seat
from tests.hub_process import HubProcess


@pytest.fixture
def tries(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """So many tries, or ten times as many where soaking was asked for."""
    soaking = "soak" in (request.config.getoption("-m") or "")
    return lambda many: many * 10 if soaking else many


@pytest.fixture
def database(hub_store: Store) -> str:
    """The hub's database, as its commands take it."""
    url = hub_store.engine.url
    if hub_store.on_postgres:
        return url.render_as_string(hide_password=False)
    with hub_store.engine.connect() as connection:
        file: str = connection.exec_driver_sql("PRAGMA database_list").one()[2]
        return file


@pytest.fixture
def hub(database: str, tmp_path: Path) -> Iterator[HubProcess]:
    """A hub in a process of its own, answering."""
    hub = HubProcess(database, tmp_path, 0)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def seat(hub: HubProcess, tmp_path: Path) -> Seat:
    """Where the rep sits."""
    return Seat(tmp_path / "seat", hub.address)
