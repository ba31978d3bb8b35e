"""A manager finds a customer of the centre and reads her record by keys; the hub knows of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu
from sqlalchemy import select

from lumi_desk.customers.tables import Customer, Outlook
from lumi_desk.demo.records import Person
from lumi_desk.exports import service as exports
from lumi_desk.hub import keeping, outlooks, settings
from lumi_desk.looks import service as looks
from lumi_desk.people.tables import Person as PersonRow
from lumi_desk.security.roles import Role
from lumi_desk.sync import feed
from tests import makers
from tests.hub_process import HubProcess
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from tests.makers import NOW
from ui.customers.centre_view import CentreView
from ui.customers.screen import Screen

_CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True)
class Her:
    """A customer as the hub has her."""

    id: str
    name: str
    initials: str
    phone: str
    pool: str
    rep_id: str | None
    expected_fen: int


@dataclass
class Place:
    """A hub on a file, which may be looked into while it works."""

    database: str
    hub: HubProcess

    def customers(self) -> list[Her]:
        """Everybody, by id."""
        asked = select(Customer, Outlook.expected_fen).outerjoin(Outlook, Outlook.id == Customer.id)
        store = settings.opened(self.database)
        with store.read() as session:
            found = [
                Her(o.id, o.name, o.initials, o.phone, o.pool, o.rep_id, fen or 0)
                for o, fen in session.execute(asked.order_by(Customer.id))
            ]
        store.close()
        return found

    def team(self, team_id: str | None) -> set[str]:
        """The people of a team."""
        store = settings.opened(self.database)
        with store.read() as session:
            asked = select(PersonRow.id).where(PersonRow.team_id == team_id)
            found = set(session.scalars(asked))
        store.close()
        return found

    def exported(self) -> list[tuple[str, int, str]]:
        """Who exported how many, and what for."""
        store = settings.opened(self.database)
        with store.read() as session:
            found = [(one.who, one.rows, one.reason) for one in exports.latest(session, 99)]
        store.close()
        return found

    def looked(self) -> list[tuple[str, str]]:
        """Who looked at whose record, the first look first."""
        store = settings.opened(self.database)
        with store.read() as session:
            found = [(one.who, one.customer_id) for one in looks.latest(session, 99)]
        store.close()
        return [one for one in reversed(found) if one[1]]


@pytest.fixture
def place(company_file: Path, tmp_path: Path, start_hub: StartHub) -> Place:
    """The company's hub; five of its customers are a rep's of another team."""
    database = str(shutil.copy(company_file, tmp_path / "hub.db"))
    five_to_another_team(database)
    return Place(database, start_hub(database))


def five_to_another_team(database: str) -> None:
    """Give five customers to a rep of another team, and reckon what is expected of all."""
    store = settings.opened(database)
    other = makers.hub_with_rep(store, "xu", "外呼九组")
    with store.write() as session:
        feed.watch(session, alone=True)
        some = list(session.scalars(select(Customer.id).order_by(Customer.id).limit(5)))
        feed.publish(session, keeping.assign(session, some, other, NOW))
        outlooks.renew(session, None, NOW)
    store.close()


def manager() -> Person:
    return next(one for one in places.company().persons if one.role == Role.MANAGER)


def test_a_manager_finds_filters_and_orders_by_keys_alone(place: Place, sit_down: SitDown) -> None:
    everybody = place.customers()
    her = next(one for one in everybody if one.pool == "1" and one.phone and one.expected_fen)
    seat = _manager_opens(sit_down, place, everybody)

    seat.key(Qt.Key.Key_K, _CTRL)
    seat.write(her.initials)
    alike = {one.id for one in everybody if one.initials.startswith(her.initials)}
    seat.until(lambda: her.id in _ids(seat) and alike <= _ids(seat) < _all(everybody))
    seat.key(Qt.Key.Key_A, _CTRL)
    seat.write(her.phone[-4:])
    seat.until(lambda: _ids(seat) == {o.id for o in everybody if o.phone.endswith(her.phone[-4:])})
    seat.key(Qt.Key.Key_Escape)
    seat.until(lambda: _ids(seat) == _all(everybody))

    _filters_by_pool(seat, her.pool)
    hers = {one.id: one.expected_fen for one in everybody if one.pool == her.pool}
    seat.until(lambda: _ids(seat) == hers.keys())
    sums = _shown(seat).sums
    assert sums is not None
    assert sums.rows[0][1][-1].text == str(len(hers))

    _the(seat).list.table.setFocus()
    seat.key(Qt.Key.Key_0)
    seat.until(lambda: hers[_shown(seat).lines.id_at(0)] == max(hers.values()))
    ordered = [hers[_shown(seat).lines.id_at(place)] for place in range(len(hers))]
    assert ordered == sorted(ordered, reverse=True)


def test_a_manager_reads_a_record_by_keys_and_is_written_down(
    place: Place, sit_down: SitDown
) -> None:
    seat = _manager_opens(sit_down, place, place.customers())
    seat.key(Qt.Key.Key_Home, _CTRL)
    seat.key(Qt.Key.Key_Down)
    chosen = _shown(seat).lines.id_at(1)
    assert _opens_record(seat) == (chosen, ())
    seat.key(Qt.Key.Key_PageDown)
    seat.key(Qt.Key.Key_Escape)
    seat.until(_the(seat).list.table.hasFocus)
    assert (_shown(seat).record, _shown(seat).current) == (None, chosen)

    again, looks_ = _opens_record(seat)
    assert again == chosen
    assert [one.partition(" · ")[0] for one in looks_ or ()] == [manager().name]
    assert place.looked() == [(manager().name, chosen)] * 2


def test_a_manager_exports_whom_she_found_by_keys(
    place: Place, sit_down: SitDown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = place.customers()
    seat = _manager_opens(sit_down, place, everybody)
    path = tmp_path / "found.xlsx"
    # The system's own dialog cannot be driven from here.
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    her = next(one for one in everybody if one.phone and one.name)
    seat.key(Qt.Key.Key_K, _CTRL)
    seat.write(her.phone[-4:])
    seat.key(Qt.Key.Key_Return)
    found = {one.name for one in everybody if one.phone.endswith(her.phone[-4:])}
    seat.until(lambda: len(_shown(seat).lines) == len(found))
    seat.alt(Qt.Key.Key_E)
    seat.until(lambda: _shown(seat).ask is not None)
    seat.until(_the(seat).list.ask.field.hasFocus)
    seat.write("Moon cake gifts")
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: _shown(seat).toast is not None)

    _, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    assert {row[0].split(" · ")[0] for row in rows} == found
    assert her.phone not in str(rows)
    assert place.exported() == [(manager().name, len(found), "Moon cake gifts")]
    seat.until(_the(seat).list.table.hasFocus)


def test_a_leader_finds_her_teams_customers_and_no_others(place: Place, sit_down: SitDown) -> None:
    everybody, team = place.customers(), place.team(places.leader().team_id)
    hers = {one.id for one in everybody if one.rep_id in team}
    assert hers
    assert hers < _all(everybody)
    seat = sit_down(place.hub.address, "leader")
    seat.sign_in(places.leader())
    _opens(seat, len(hers))
    assert _ids(seat) == hers
    assert "held" not in {menu.name for menu in _shown(seat).menus}
    other = next(one for one in everybody if one.id not in hers and one.initials)
    mine = {o.id for o in everybody if o.id in hers and o.initials.startswith(other.initials)}
    seat.key(Qt.Key.Key_K, _CTRL)
    seat.write(other.initials)
    seat.until(lambda: _shown(seat).searching == other.initials and other.id not in _ids(seat))
    seat.until(lambda: mine <= _ids(seat) < hers)
    seat.key(Qt.Key.Key_Escape)
    seat.until(lambda: _ids(seat) == hers)
    _the(seat).list.table.setFocus()
    opened, told = _opens_record(seat)
    assert told is None
    assert place.looked() == [(places.leader().name, opened)]


def _manager_opens(sit_down: SitDown, place: Place, everybody: list[Her]) -> Seat:
    seat = sit_down(place.hub.address, "manager")
    seat.fill_in(manager().login, manager().password)
    _opens(seat, len(everybody))
    return seat


def _opens_record(seat: Seat) -> tuple[str, tuple[str, ...] | None]:
    """By Enter, from the list: whose it is, and who looked at it."""
    seat.key(Qt.Key.Key_Return)
    seat.until(_the(seat).record.isVisible)
    record = _shown(seat).record
    assert record is not None
    return record.customer_id, record.looks


def _opens(seat: Seat, many: int) -> None:
    """The way to the centre's customers, by the keys of the bar at the left."""
    seat.until(lambda: seat.program.window.inside() is not None)
    seat.until(seat.desk.is_whole)
    seat.inside.ways["centre"].setFocus(Qt.FocusReason.TabFocusReason)
    seat.key(Qt.Key.Key_Space)
    seat.until(lambda: len(_shown(seat).lines) == many)
    seat.until(_the(seat).list.table.hasFocus)


def _filters_by_pool(seat: Seat, pool: str) -> None:
    seat.alt(Qt.Key.Key_F)
    button = _the(seat).list.narrowing.menus[0]
    seat.until(button.hasFocus)
    names = [choice.name for choice in _shown(seat).menus[0].choices]
    seat.key(Qt.Key.Key_Space)
    seat.until(lambda: button.findChild(QMenu) is not None)
    menu = button.findChild(QMenu)
    assert menu is not None
    for _ in range(names.index(pool)):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    seat.until(lambda: button.findChild(QMenu) is None)
    # Without a window manager nobody gives the keys back when a menu has closed.
    seat.program.window.activateWindow()
    seat.until(seat.program.window.isActiveWindow)


def _the(seat: Seat) -> CentreView:
    return seat.the(CentreView)


def _shown(seat: Seat) -> Screen:
    screen = _the(seat).shown()
    assert screen is not None
    return screen


def _ids(seat: Seat) -> set[str]:
    lines = _shown(seat).lines
    return {lines.id_at(place) for place in range(len(lines))}


def _all(everybody: list[Her]) -> set[str]:
    return {one.id for one in everybody}
