"""Hubs of their own processes, and seats at real windows."""

import gc
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lumi_desk import settings
from lumi_desk.hub import keeping
from lumi_desk.security.vault import Vault
from lumi_desk.settings import Settings
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from tests.hub_process import HubProcess, SetClock
from tests.hubs import NullVault
from tests.journeys import places
from tests.journeys.seat import Seat
from tests.makers import NOW
from ui import theme, words
from ui.app import Program
from ui.problems import Problems
from ui.sign_in.entrance import Entrance
from ui.sign_in.invited import Invitation
from ui.theme import Scheme
from ui.words import Language

PATIENCE_MS = 30_000
SitDown = Callable[..., Seat]
StartHub = Callable[..., HubProcess]


@pytest.fixture(scope="session")
def company_file(hub_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's file with an invented company."""
    path = tmp_path_factory.mktemp("company") / "hub.db"
    shutil.copy(hub_file, path)
    _filled(Store(engines.plain(path)), lambda store: places.settle(store, places.company()))
    return path


@pytest.fixture(scope="session")
def toy_shop_file(
    hub_file: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A hub's file with the real orders of the toy shop."""
    path = tmp_path_factory.mktemp("toys") / "hub.db"
    shutil.copy(hub_file, path)
    _filled(Store(engines.plain(path)), lambda store: places.open_toy_shop(store, shared_data))
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def toy_shop(request: pytest.FixtureRequest, tmp_path: Path, shared_data: Path) -> str:
    """A hub's database with the real orders, on each engine, as the hub's commands take it."""
    if request.param == "sqlite":
        return str(shutil.copy(request.getfixturevalue("toy_shop_file"), tmp_path / "hub.db"))

    def fill(url: str) -> None:
        store = keeping.found(engines.postgres(url))
        _filled(store, lambda store: places.open_toy_shop(store, shared_data))

    template = request.getfixturevalue("postgres_template")("lumi_toys", fill)
    url: str = request.getfixturevalue("postgres_database")(template)
    return url


@pytest.fixture
def fair_hour() -> SetClock:
    """Ten in the morning, whenever the test runs."""
    return SetClock(NOW)


@pytest.fixture
def start_hub(tmp_path: Path, fair_hour: SetClock) -> Iterator[StartHub]:
    """Return a function that starts a hub on a database and remembers to stop it."""
    running: list[HubProcess] = []

    def start(database: str) -> HubProcess:
        hub = HubProcess(database, tmp_path, fair_hour.ahead_seconds)
        running.append(hub)
        hub.start()
        return hub

    yield start
    for hub in running:
        hub.stop()


@pytest.fixture
def hub(company_file: Path, tmp_path: Path, start_hub: StartHub) -> HubProcess:
    """The hub of the invented company, answering."""
    return start_hub(str(shutil.copy(company_file, tmp_path / "hub.db")))


@pytest.fixture
def vaults() -> dict[str, NullVault]:
    """What a machine's keyring would hold, by account."""
    return {}


@pytest.fixture
def sit_down(
    qapp: QApplication,
    qtbot: QtBot,
    tmp_path: Path,
    fair_hour: SetClock,
    vaults: dict[str, NullVault],
) -> Iterator[SitDown]:
    """Return a function that opens the program: `sit_down(address)`, the folder kept by name.

    Who sat down before gets up: there is one window at a time. `keyring` is where secrets lie.
    """
    sitting: list[Program] = []

    def null_keyring(account: str) -> Vault:
        return vaults.setdefault(account, NullVault())

    def sit(
        address: str = "",
        folder: str = "desk",
        keyring: Callable[[str], Vault] = null_keyring,
    ) -> Seat:
        _get_up(sitting)
        root = tmp_path / folder
        wanted = settings.load(root) if not address else Settings(hub=address)
        entrance = Entrance(root, fair_hour, keyring=keyring)
        problems = Problems(root / "logs")
        program = Program(qapp, entrance, wanted, Invitation(), problems)
        sitting.append(program)
        with qtbot.waitExposed(program.window):
            program.start()
        program.window.activateWindow()
        return Seat(program, partial(qtbot.waitUntil, timeout=PATIENCE_MS))

    before = words.language()
    words.switch(Language.CHINESE)
    theme.apply(qapp, Scheme.LIGHT)
    yield sit
    _get_up(sitting)
    words.switch(before)
    theme.apply(qapp, Scheme.LIGHT)
    gc.collect()


def _get_up(sitting: list[Program]) -> None:
    """Close the window and the data, as at the end of the program."""
    while sitting:
        program = sitting.pop()
        program.window.close()
        program.close()
        program.window.deleteLater()
        program.deleteLater()


def _filled(store: Store, fill: Callable[[Store], None]) -> None:
    fill(store)
    store.close()
