"""Work that did not pass: the leader accepts it, and a clash is settled, in the real windows."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Contact
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping, settings
from lumi_desk.people.tables import Person
from lumi_desk.sync import feed
from tests.hub_process import HubProcess, SetClock
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from tests.makers import NOW
from ui.parked.screen import Screen as ParkedScreen
from ui.parked.view import ParkedView
from ui.widgets.values import SyncState

_CONTROL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Place:
    """A hub on a file of its own, which can be written to while it stands still."""

    database: str
    hub: HubProcess

    def meanwhile(self, work: Callable[[Session], list[feed.Pair]]) -> None:
        """Something happens at the hub."""
        store = settings.opened(self.database)
        with store.write() as session:
            feed.watch(session)
            feed.publish(session, work(session))
        store.close()


@pytest.fixture
def place(company_file: Path, tmp_path: Path, start_hub: StartHub) -> Place:
    database = str(shutil.copy(company_file, tmp_path / "hub.db"))
    return Place(database, start_hub(database))


def test_a_contact_with_a_customer_who_moved_on_is_accepted_by_the_leader(
    place: Place, sit_down: SitDown, fair_hour: SetClock
) -> None:
    rep = sit_down(place.hub.address, "rep")
    rep.sign_in(places.rep())
    rep.until_sync(SyncState.SYNCED)
    rep.take_next()
    place.hub.stop()
    who = _is_thinking(rep)
    rep.until_sync(SyncState.OFFLINE)
    place.meanwhile(lambda session: _hands_over(session, who))
    fair_hour.forward(seconds=11)
    place.hub.start()
    rep.sync_now()

    rep.until(lambda: rep.screen.top.sync.text == "组长处理 1 条")
    assert _opened(rep) == "待组长处理"
    rep.until_sync(SyncState.SYNCED)

    leader = sit_down(place.hub.address, "leader")
    leader.sign_in(places.leader())
    leader.until(lambda: leader.board.parked == "1 条待您处理")
    leader.inside.ways["parked"].setFocus()
    leader.key(Qt.Key.Key_Return)
    leader.until(lambda: bool(_parked(leader).rows))
    assert _parked(leader).rows[0].who.startswith(places.rep().name)
    leader.until(_view(leader).choices.buttons[0].hasFocus)
    leader.key(Qt.Key.Key_1)
    leader.until(lambda: _parked(leader).left == "没有待处理")
    leader.sync_now()
    leader.until(lambda: not leader.waiting())

    rep = sit_down(folder="rep")
    rep.until_inside()
    rep.until(lambda: rep.screen.top.sync.text == "组长处理 1 条")
    assert _opened(rep) == "已同意"
    _is_at_the_hub(place, who)


def test_a_clash_is_settled_by_keys(place: Place, sit_down: SitDown, fair_hour: SetClock) -> None:
    rep = sit_down(place.hub.address, "rep")
    rep.sign_in(places.rep())
    rep.until_sync(SyncState.SYNCED)
    rep.take_next()
    who = rep.screen.queue.chosen
    place.hub.stop()
    _changes_city(rep, "宁波")
    place.meanwhile(lambda session: _has_city(session, who, "苏州"))
    fair_hour.forward(seconds=11)
    place.hub.start()
    rep.sync_now()
    rep.until_sync(SyncState.REFUSED)

    _opens(rep)
    [item] = rep.inside.panel.card.shown()
    assert item.clash is not None
    assert [(one.hers, one.hubs) for one in item.clash.rows] == [("宁波", "苏州")]
    rep.key(Qt.Key.Key_Right)
    rep.key(Qt.Key.Key_Return)
    rep.until(lambda: not _mine(rep))
    rep.key(Qt.Key.Key_Left)
    rep.key(Qt.Key.Key_Return)
    rep.until(lambda: _mine(rep))
    rep.key(Qt.Key.Key_Tab)
    rep.key(Qt.Key.Key_Tab)
    rep.key(Qt.Key.Key_Return)
    rep.until(lambda: rep.inside.panel.card.shown() == ())
    rep.key(Qt.Key.Key_Escape)
    rep.until(lambda: not rep.inside.panel.isVisible())
    rep.until(lambda: not rep.waiting())

    store = settings.opened(place.database)
    with store.read() as session:
        assert session.get_one(Customer, who).city == "宁波"
    store.close()


def _is_thinking(rep: Seat) -> str:
    who = rep.call()
    rep.view.write_note()
    rep.write("她要和女儿商量")
    rep.end()
    rep.choose("thinking")
    rep.save()
    return who


def _changes_city(rep: Seat, city: str) -> None:
    rep.view.setFocus()
    rep.key(Qt.Key.Key_E, _CONTROL)
    rep.until(lambda: rep.screen.edit is not None)
    rep.until(rep.view.edit.lines["name"].hasFocus)
    rep.key(Qt.Key.Key_Tab)
    rep.write(city)
    rep.key(Qt.Key.Key_Return)
    rep.until(lambda: rep.screen.edit is None and rep.waiting() == ["customer.edit"])


def _hands_over(session: Session, who: str) -> list[feed.Pair]:
    """She has been another rep's for an hour."""
    others = select(Person).where(Person.role == "rep", Person.id != places.rep().id)
    other = session.scalars(others.order_by(Person.id)).first()
    assert other is not None
    return keeping.assign(session, [who], other.id, NOW - timedelta(hours=1))


def _has_city(session: Session, who: str, city: str) -> list[feed.Pair]:
    session.get_one(Customer, who).city = city
    return []


def _opened(seat: Seat) -> str:
    """Open the panel; what the first piece of work in it is called. Closes it again."""
    _opens(seat)
    badge = seat.inside.panel.card.shown()[0].badge
    seat.key(Qt.Key.Key_Escape)
    seat.until(lambda: not seat.inside.panel.isVisible())
    return badge.text if badge else ""


def _opens(seat: Seat) -> None:
    """Open the panel by its key."""
    # Without a window manager nobody gives the keys back when a panel was closed.
    seat.program.window.activateWindow()
    seat.until(seat.program.window.isActiveWindow)
    seat.alt(Qt.Key.Key_S)
    seat.until(lambda: seat.inside.panel.isVisible() and bool(seat.inside.panel.card.shown()))


def _mine(seat: Seat) -> bool:
    clash = seat.inside.panel.card.shown()[0].clash
    return clash is not None and clash.rows[0].mine


def _view(seat: Seat) -> ParkedView:
    view = seat.inside.findChild(ParkedView)
    assert view is not None
    return view


def _parked(seat: Seat) -> ParkedScreen:
    screen = _view(seat).shown()
    assert screen is not None
    return screen


def _is_at_the_hub(place: Place, who: str) -> None:
    store = settings.opened(place.database)
    with store.read() as session:
        contact = session.scalars(
            select(Contact).where(Contact.customer_id == who, Contact.note == "她要和女儿商量")
        ).one()
        assert contact.rep_id == places.rep().id
    store.close()
