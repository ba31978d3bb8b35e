"""The keeper brings in files at her desk, by keys alone: kept, tried, imported."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from sqlalchemy import func, select

from lumi_desk.demo.records import Person
from lumi_desk.hub import import_jobs, settings
from lumi_desk.imports import profiles
from lumi_desk.imports.tables import ImportPiece
from lumi_desk.orders.tables import Order
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from tests.hub_process import HubProcess
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from ui.imports.screen import Screen
from ui.imports.view import ImportsView

_CTRL = Qt.KeyboardModifier.ControlModifier
_NUMBER = "2140260038636553217"
ODD = (
    "编码,日子,钱,电话簿,姓\n"
    f"{_NUMBER},2026/11/01 10:00,120.50,13812345678,王芳\n"
    "2140260038636553218,2026/11/02 11:00,80.00,13912345678,李小梅\n"
)


# Amounts of an order in 万元, and no word of it.
LARGE = (
    "订单号,下单时间,付款时间,订单金额,实付金额,收货人\n"
    "2140260038636553301,2026/11/01 10:00,2026/11/01 10:02,1.25,1.2,王芳\n"
    "2140260038636553302,2026/11/02 11:00,2026/11/02 11:05,0.80,0.80,李小梅\n"
)


@dataclass
class Place:
    """A hub on a file, which may be looked into while it works."""

    database: str
    hub: HubProcess

    def look(self, at: Callable[[Store], int]) -> int:
        store = settings.opened(self.database)
        try:
            return at(store)
        finally:
            store.close()

    def has_order(self) -> bool:
        def count(store: Store) -> int:
            with store.read() as session:
                asked = select(func.count()).select_from(Order).where(Order.number == _NUMBER)
                return session.scalar(asked) or 0

        return bool(self.look(count))

    def large(self) -> list[tuple[int, int]]:
        """What the orders of 万元 are worth, and what was paid for them."""
        store = settings.opened(self.database)
        try:
            with store.read() as session:
                mine = Order.number.like("21402600386365533%")
                asked = select(Order.total_fen, Order.paid_fen).where(mine).order_by(Order.number)
                return [(total, paid) for total, paid in session.execute(asked)]
        finally:
            store.close()

    def profiles(self) -> int:
        def count(store: Store) -> int:
            with store.read() as session:
                return len(profiles.every(session))

        return self.look(count)

    def pieces(self) -> int:
        def count(store: Store) -> int:
            beside = import_jobs.beside(store)
            with beside.read() as session:
                found = session.scalar(select(func.count()).select_from(ImportPiece)) or 0
            beside.close()
            return found

        return self.look(count)


@pytest.fixture
def place(company_file: Path, tmp_path: Path, start_hub: StartHub) -> Place:
    database = str(shutil.copy(company_file, tmp_path / "hub.db"))
    return Place(database, start_hub(database))


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table nobody has seen before; whoever is asked for files chooses it."""
    path = tmp_path / "odd.csv"
    path.write_text(ODD, "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path)], ""))
    return path


def keeper() -> Person:
    return next(one for one in places.company().persons if one.role == Role.KEEPER)


@pytest.mark.usefixtures("odd")
def test_a_keeper_imports_a_table_nobody_has_seen_by_keys_alone(
    place: Place, sit_down: SitDown
) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    seat.key(Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    seat.until(_the(seat).reading.grid.hasFocus)
    assert _meanings(seat)["姓"] == "姓名"

    seat.until(_the(seat).reading.grid.hasFocus)
    seat.alt(Qt.Key.Key_P)
    seat.until(_the(seat).naming.field.hasFocus)
    seat.write("ERP")
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: place.profiles() == 1)
    seat.until(lambda: _shown(seat).naming is None)

    seat.until(_the(seat).reading.grid.hasFocus)
    seat.key(Qt.Key.Key_T, _CTRL)
    seat.until(lambda: _title(seat) == "试导入")
    assert not place.has_order()
    seat.key(Qt.Key.Key_Escape)
    seat.until(_the(seat).reading.grid.hasFocus)

    seat.key(Qt.Key.Key_Return, _CTRL)
    seat.until(_the(seat).confirm.yes.hasFocus)
    assert not place.has_order()
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: _title(seat) == "已导入")
    assert place.has_order()
    assert place.pieces() == 0
    seat.until(lambda: len(_shown(seat).rows) == 2)


def test_amounts_in_ten_thousands_are_brought_in_by_saying_so(
    place: Place, sit_down: SitDown, odd: Path
) -> None:
    odd.write_text(LARGE, "utf-8")
    seat = _sits_down(sit_down, place.hub.address)
    seat.key(Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    seat.until(_the(seat).reading.grid.hasFocus)
    for name in ("订单金额", "实付金额"):
        _point_at(seat, name)
        seat.alt(Qt.Key.Key_U)
        _choose_last(seat)
    seat.until(lambda: _samples(seat)["订单金额"] == "1.25 → ¥12,500.00 · 0.80 → ¥8,000.00")
    seat.until(lambda: _samples(seat)["实付金额"] == "1.2 → ¥12,000.00 · 0.80 → ¥8,000.00")
    seat.key(Qt.Key.Key_Return, _CTRL)
    seat.until(_the(seat).confirm.yes.hasFocus)
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: _title(seat) == "已导入")
    assert place.large() == [(1_250_000, 1_200_000), (800_000, 800_000)]


@pytest.mark.usefixtures("odd")
def test_what_was_brought_up_is_there_after_a_restart_of_both(
    place: Place, sit_down: SitDown
) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    seat.key(Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    seat.until(lambda: _shown(seat).reading is not None)
    assert place.pieces() == 1
    place.hub.stop()
    place.hub.start()
    seat = sit_down(folder="keeper")
    seat.until(lambda: seat.program.window.inside() is not None)
    seat.until(lambda: _shown(seat).reading is not None)
    seat.until(_the(seat).reading.grid.hasFocus)
    seat.alt(Qt.Key.Key_X)
    seat.until(lambda: _shown(seat).start is not None)
    assert place.pieces() == 0


def _sits_down(sit_down: SitDown, address: str) -> Seat:
    """The keeper at her desk; nothing is chosen yet."""
    seat = sit_down(address, "keeper")
    seat.fill_in(keeper().login, keeper().password)
    seat.until(lambda: seat.program.window.inside() is not None)
    # Before the first answer of the hub, and before Qt has come to drawing anything.
    assert _the(seat).start.choose.hasFocus()
    assert _the(seat).start.choose.isVisible()
    return seat


def _the(seat: Seat) -> ImportsView:
    return seat.the(ImportsView)


def _shown(seat: Seat) -> Screen:
    return seat.shown(ImportsView)


def _meanings(seat: Seat) -> dict[str, str]:
    reading = _shown(seat).reading
    return {one.name: one.meaning for one in reading.columns} if reading else {}


def _samples(seat: Seat) -> dict[str, str]:
    reading = _shown(seat).reading
    return {one.name: one.samples for one in reading.columns} if reading else {}


def _point_at(seat: Seat, name: str) -> None:
    """Go down the columns to one, by the arrow."""
    seat.key(Qt.Key.Key_Home, _CTRL)
    for _ in range([*_samples(seat)].index(name)):
        seat.key(Qt.Key.Key_Down)


def _choose_last(seat: Seat) -> None:
    """Choose the last thing in the menu that is open."""
    seat.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    while menu.activeAction() is not menu.actions()[-1]:
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    # Without a window manager nobody gives the keys back when a menu has closed.
    seat.program.window.activateWindow()
    seat.until(_the(seat).reading.grid.hasFocus)


def _title(seat: Seat) -> str:
    result = _shown(seat).result
    return result.title if result else ""
