"""Hubs in processes of their own on each engine, and how many tries a fault gets."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lumi_desk.storage.store import Store
from tests.faults.kit import Seat
from tests.hub_process import HubProcess

_SOAK_S = 3600


@pytest.hookimpl(tryfirst=True)  # before marks choose what is run
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where soaking is asked for, take in what can be tried more often."""
    for item in items:
        if _soaking(config) and "tries" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.soak)
            item.add_marker(pytest.mark.timeout(_SOAK_S))


@pytest.fixture
def tries(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """So many tries, or ten times as many where soaking is asked for.

    LUMI_TRIES is a share of them: enough to see that a broken promise is noticed.
    """
    share = 10.0 if _soaking(request.config) else float(os.environ.get("LUMI_TRIES", "1"))
    return lambda many: max(1, round(many * share))


def _soaking(config: pytest.Config) -> bool:
    asked = config.getoption("-m") or ""
    return "soak" in asked and "not soak" not in asked


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
