"""A leader hands a rep's customers over at her desk, and both reps' desks show it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from sqlalchemy import select

from lumi_desk import clock
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.tags.operations import AddTag
from lumi_desk.demo.records import Person
from lumi_desk.hub import settings
from lumi_desk.ids import new_id
from lumi_desk.security.roles import Role
from tests.hub_process import HubProcess
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from ui.assigning.screen import Screen
from ui.assigning.view import AssigningView

_CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Place:
    """A hub on a file, which may be looked into while it works."""

    database: str
    hub: HubProcess

    def held_by(self, rep_id: str) -> set[str]:
        """Whom a rep holds at the hub."""
        store = settings.opened(self.database)
        with store.read() as session:
            found = set(session.scalars(select(Customer.id).where(Customer.rep_id == rep_id)))
        store.close()
        return found


@pytest.fixture
def place(company_file: Path, tmp_path: Path, start_hub: StartHub) -> Place:
    database = str(shutil.copy(company_file, tmp_path / "hub.db"))
    return Place(database, start_hub(database))


def colleague() -> Person:
    """Another rep of the same team."""
    rep = places.rep()
    return next(
        one
        for one in places.company().persons
        if one.role == Role.REP and one.team_id == rep.team_id and one.id != rep.id
    )


def test_a_leader_hands_customers_over_and_takes_them_back_by_keys_alone(
    place: Place, sit_down: SitDown
) -> None:
    hers, before = place.held_by(places.rep().id), place.held_by(colleague().id)
    assert hers
    rep = sit_down(place.hub.address, "rep")
    rep.sign_in(places.rep())
    rep.until(rep.desk.is_whole)
    assert _held(rep) == hers

    leader = sit_down(place.hub.address, "leader")
    leader.sign_in(places.leader())
    _opens(leader)
    _chooses(leader, places.rep().id)
    _ticks(leader, colleague().id)
    leader.until(lambda: f"{len(hers)} " in _the(leader).hand_over.do_button.words.words())
    assert place.held_by(places.rep().id) == hers
    leader.alt(Qt.Key.Key_W)
    leader.write("请假")
    leader.key(Qt.Key.Key_Return, _CTRL)
    leader.until(_the(leader).confirm.yes.hasFocus)
    leader.key(Qt.Key.Key_Return)
    leader.until(lambda: place.held_by(colleague().id) == before | hers)
    leader.until(lambda: _lately(leader) == f"{places.leader().name}·请假")

    rep = sit_down(folder="rep")
    rep.until(lambda: rep.program.window.inside() is not None)
    rep.until(lambda: _held(rep) == set())
    other = sit_down(place.hub.address, "colleague")
    other.sign_in(colleague())
    other.until(lambda: _held(other) == before | hers)
    kept = min(hers)
    _tags(other, kept)

    leader = sit_down(folder="leader")
    leader.until_inside()
    _opens(leader)
    leader.until(lambda: bool(_the(leader).history.buttons))
    leader.alt(Qt.Key.Key_Z)
    # On her the colleague has worked since; a tag is work too.
    leader.until(lambda: place.held_by(places.rep().id) == hers - {kept})

    rep = sit_down(folder="rep")
    rep.until(lambda: rep.program.window.inside() is not None)
    rep.until(lambda: _held(rep) == hers - {kept})


def _tags(seat: Seat, customer_id: str) -> None:
    """The colleague gives a customer a tag, and the hub hears of it."""
    tag = AddTag(
        id=new_id(), customer_id=customer_id, by=colleague().id, at=clock.now(), name="常打不通"
    )
    with seat.desk.store.write() as session:
        seat.desk.do(session, tag)
    seat.until(lambda: not seat.waiting())


def _opens(seat: Seat) -> None:
    seat.program.window.inside().go("assigning")  # type: ignore[union-attr]  # She is inside.
    seat.until(lambda: bool(_shown(seat).rows))
    seat.until(lambda: any(one.hasFocus() for one in _the(seat).choices.buttons))


def _chooses(seat: Seat, rep_id: str) -> None:
    """Down to a rep; what is chosen begins with who waits or the first rep."""
    ids = [one.id for one in _shown(seat).rows]
    steps = ids.index(rep_id) - ids.index(_shown(seat).chosen)
    for _ in range(abs(steps)):
        seat.key(Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
    seat.until(lambda: _shown(seat).chosen == rep_id)


def _ticks(seat: Seat, rep_id: str) -> None:
    """Tab to the choice of ways, choose the reps, and tick one."""
    for _ in range(4):
        seat.key(Qt.Key.Key_Tab)
    button = _the(seat).hand_over.picks.menus["way"]
    assert button.hasFocus()
    seat.key(Qt.Key.Key_Space)
    seat.until(lambda: button.findChild(QMenu) is not None)
    menu = button.findChild(QMenu)
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    seat.until(lambda: button.findChild(QMenu) is None)
    # Without a window manager nobody gives the keys back when a menu has closed.
    seat.program.window.activateWindow()
    seat.until(button.hasFocus)
    seat.until(lambda: rep_id in _the(seat).hand_over.reps.boxes)
    while not _the(seat).hand_over.reps.boxes[rep_id].hasFocus():
        seat.key(Qt.Key.Key_Tab)
    seat.key(Qt.Key.Key_Space)


def _the(seat: Seat) -> AssigningView:
    return seat.the(AssigningView)


def _shown(seat: Seat) -> Screen:
    return seat.shown(AssigningView)


def _lately(seat: Seat) -> str:
    """Who moved customers last, and why."""
    history = _shown(seat).history
    if history is None or not history.lines:
        return ""
    last = history.lines[0]
    return f"{last.who.partition(' · ')[0]}·{last.why}"


def _held(seat: Seat) -> set[str]:
    with seat.desk.store.read() as session:
        return set(session.scalars(select(Customer.id)))
