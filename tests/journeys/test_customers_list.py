"""The list of customers in the real window, with the real hub: found, tagged, undone, exported."""

import csv
import shutil
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from sqlalchemy import select

from lumi_desk.customers.tables import Tag
from lumi_desk.exports import service as exports
from lumi_desk.hub import settings
from tests.hub_process import HubProcess, SetClock
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from ui.customers.screen import Screen
from ui.customers.view import CustomersView
from ui.widgets.values import Choice, SyncState

_CONTROL = Qt.KeyboardModifier.ControlModifier
_GIFT = "gift 3/8"


@pytest.fixture
def database(company_file: Path, tmp_path: Path) -> str:
    return str(shutil.copy(company_file, tmp_path / "hub.db"))


@pytest.fixture
def hub(database: str, start_hub: StartHub) -> HubProcess:
    return start_hub(database)


def test_three_are_tagged_undone_tagged_again_and_the_hub_has_them(
    hub: HubProcess, database: str, sit_down: SitDown, fair_hour: SetClock
) -> None:
    rep = _at_the_list(hub, sit_down)
    whom = _marks(rep, 3)

    _tags(rep, _GIFT)
    rep.until(lambda: rep.waiting() == ["customer.tag"] * 3 and len(_tagged(rep)) == 3)
    rep.key(Qt.Key.Key_Z, _CONTROL)
    rep.until(lambda: rep.waiting() == [] and not _tagged(rep))
    assert _marks(rep, 3) == whom
    _tags(rep, _GIFT)
    rep.until(lambda: len(rep.waiting()) == 3)

    # What can still be undone does not leave.
    fair_hour.forward(seconds=11)
    rep.sync_now()
    rep.until(lambda: not rep.waiting())
    with settings.opened(database).read() as session:
        asked = select(Tag.customer_id).where(Tag.name == _GIFT, Tag.removed_at.is_(None))
        assert set(session.scalars(asked)) == whom

    # Without a window manager nobody gives the keys back when a panel was closed.
    rep.program.window.activateWindow()
    rep.until(rep.program.window.isActiveWindow)
    _view(rep).table.setFocus()
    rep.key(Qt.Key.Key_K, _CONTROL)
    rep.write(_GIFT)
    rep.until(lambda: len(_screen(rep).lines) == 3)
    rep.key(Qt.Key.Key_Return)
    rep.until(_view(rep).table.hasFocus)
    rep.key(Qt.Key.Key_Return)
    rep.until(lambda: rep.inside.current() == "workspace")
    rep.until(lambda: rep.screen.person is not None)
    assert rep.screen.person is not None
    assert rep.screen.person.customer_id in whom


def test_an_export_is_in_the_hubs_log(
    hub: HubProcess,
    database: str,
    sit_down: SitDown,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rep = _at_the_list(hub, sit_down)
    file = tmp_path / "mine.csv"
    # The system's own dialog cannot be driven from here.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    _marks(rep, 2)
    rep.alt(Qt.Key.Key_E)
    rep.until(lambda: _screen(rep).ask is not None)
    rep.write("8 March")
    rep.key(Qt.Key.Key_Down)
    rep.key(Qt.Key.Key_Tab)
    rep.key(Qt.Key.Key_Return)
    rep.until(lambda: any(one.chosen for one in _choices(rep) if one.name == "csv"))
    _view(rep).ask.field.setFocus()
    rep.key(Qt.Key.Key_Return)
    rep.until(lambda: _screen(rep).toast is not None)

    with file.open(encoding="utf-8-sig", newline="") as told:
        rows = list(csv.reader(told))
    assert len(rows) == 3
    assert all("••••" in row[1] or not row[1] for row in rows[1:])
    rep.sync_now()
    rep.until(lambda: not rep.waiting())
    with settings.opened(database).read() as session:
        [one] = exports.latest(session, 9)
        assert (one.who, one.rows, one.phones, one.reason) == (
            places.rep().name, 2, False, "8 March",
        )  # fmt: skip


def _at_the_list(hub: HubProcess, sit_down: SitDown) -> Seat:
    rep = sit_down(hub.address)
    rep.sign_in(places.rep())
    rep.until_sync(SyncState.SYNCED)
    rep.view.setFocus()
    rep.key(Qt.Key.Key_L, _CONTROL)
    rep.until(lambda: rep.inside.current() == "customers" and bool(len(_screen(rep).lines)))
    rep.until(_view(rep).table.hasFocus)
    return rep


def _marks(rep: Seat, many: int) -> set[str]:
    """Go through the list by key, and mark so many from its top on."""
    _view(rep).table.setFocus()
    rep.key(Qt.Key.Key_Home, _CONTROL)
    for wanted in range(1, many + 1):
        rep.key(Qt.Key.Key_Space)
        rep.until(partial(_has_marked, rep, wanted))
        rep.key(Qt.Key.Key_Down)
    return set(_screen(rep).marked)


def _has_marked(rep: Seat, many: int) -> bool:
    return len(_screen(rep).marked) == many


def _tags(rep: Seat, name: str) -> None:
    rep.alt(Qt.Key.Key_T)
    rep.until(lambda: _screen(rep).ask is not None and _view(rep).ask.field.hasFocus())
    rep.write(name)
    rep.key(Qt.Key.Key_Return)
    rep.until(lambda: _screen(rep).ask is None)


def _tagged(rep: Seat) -> list[str]:
    """In whose lines the tag is to be seen."""
    lines = _screen(rep).lines
    return [one.customer_id for one in lines if any(b.text == _GIFT for b in one.cells[-1].badges)]


def _view(rep: Seat) -> CustomersView:
    view = rep.inside.findChild(CustomersView)
    assert view is not None
    return view


def _screen(rep: Seat) -> Screen:
    screen = _view(rep).shown()
    assert screen is not None
    return screen


def _choices(rep: Seat) -> tuple[Choice, ...]:
    ask = _screen(rep).ask
    return ask.choices if ask is not None else ()
