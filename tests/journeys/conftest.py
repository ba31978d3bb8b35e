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
StartHub = Callable[[str], HubProcess]
Keyring = Callable[[str], Vault]


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


class SitDown:
    """Opens the program's window: `sit_down(address)` for the first time, later by itself.

    Who sat down before gets up: there is one window at a time. Every folder of `tmp_path` is a
    machine, and `keyring` where its secrets lie.
    """

    def __init__(
        self, app: QApplication, bot: QtBot, folder: Path, now: SetClock, keyring: Keyring
    ) -> None:
        self._app, self._bot, self._folder = app, bot, folder
        self._now, self._keyring = now, keyring
        self._program: Program | None = None

    def __call__(
        self, address: str = "", folder: str = "desk", keyring: Keyring | None = None
    ) -> Seat:
        self.get_up()
        root = self._folder / folder
        wanted = Settings(hub=address) if address else settings.load(root)
        entrance = Entrance(root, self._now, keyring=keyring or self._keyring)
        problems = Problems(root / "logs")
        program = Program(self._app, entrance, wanted, Invitation(), problems)
        self._program = program
        with self._bot.waitExposed(program.window):
            program.start()
        program.window.activateWindow()
        return Seat(program, partial(self._bot.waitUntil, timeout=PATIENCE_MS))

    def get_up(self) -> None:
        """Close the window and the data, as at the end of the program."""
        if self._program is not None:
            self._program.window.close()
            self._program.close()
            self._program.window.deleteLater()
            self._program.deleteLater()
            self._program = None


@pytest.fixture
def sit_down(
    qapp: QApplication,
    qtbot: QtBot,
    tmp_path: Path,
    fair_hour: SetClock,
    vaults: dict[str, NullVault],
) -> Iterator[SitDown]:
    """Somebody who can sit down at a desk. In the morning it is light, and speaks Chinese."""
    sitting = SitDown(
        qapp, qtbot, tmp_path, fair_hour, lambda name: vaults.setdefault(name, NullVault())
    )
    before = words.language()
    words.switch(Language.CHINESE)
    theme.apply(qapp, Scheme.LIGHT)
    yield sitting
    sitting.get_up()
    words.switch(before)
    theme.apply(qapp, Scheme.LIGHT)
    gc.collect()


def _filled(store: Store, fill: Callable[[Store], None]) -> None:
    fill(store)
    store.close()
