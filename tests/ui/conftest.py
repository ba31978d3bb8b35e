"""A desk signed in to a hub of this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lumi_desk.desk import Desk
from tests.hubs import Hub, Line
from tests.makers import hub_with_rep
from tests.stores import sqlite_hub


@pytest.fixture(scope="session")
def peopled(hub_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's file with a rep; hashing her password takes its time."""
    folder = tmp_path_factory.mktemp("peopled")
    store = sqlite_hub(hub_file, folder)
    hub_with_rep(store)
    store.close()
    return folder / "hub.db"


@pytest.fixture
def hub(peopled: Path, tmp_path: Path) -> Iterator[Hub]:
    store = sqlite_hub(peopled, tmp_path)
    yield Hub(store, tmp_path / "desks")
    store.close()


@pytest.fixture
def line(hub: Hub) -> Line:
    return hub.line()


@pytest.fixture
def desk(hub: Hub, line: Line) -> Iterator[Desk]:
    desk = hub.desk("lin", line)
    yield desk
    desk.close()
