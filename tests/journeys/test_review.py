"""The manager says who is who at her desk, and the reps' desks follow."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import proposing, settings
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.hub_process import HubProcess
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from tests.makers import make_order
from ui.review.screen import Screen
from ui.review.view import ReviewView

_NAME = "沈玉兰"
_PHONES = {"twin-1": "13800138001", "twin-2": "13800138001", "twin-3": "13800138001"}


class Place:
    """A hub on a file, which may be looked into while it works."""

    def __init__(self, database: str, hub: HubProcess) -> None:
        self.database, self.hub = database, hub

    def twins(self) -> set[str]:
        """Who of the three is at the hub."""
        store = settings.opened(self.database)
        found = _twins(store)
        store.close()
        return found


@pytest.fixture
def place(company_file: Path, tmp_path: Path, start_hub: StartHub) -> Place:
    """The company, with one customer of the rep's there three times."""
    database = str(shutil.copy(company_file, tmp_path / "hub.db"))
    store = settings.opened(database)
    with store.write() as session:
        feed.watch(session)
        for pk, phone in _PHONES.items():
            her = Customer(id=pk, name=_NAME, phone=phone, rep_id=places.rep().id)
            session.add(her)
            session.flush()
            make_order(session, her)
        proposing.note(session, _PHONES)
        feed.publish(session)
    store.close()
    return Place(database, start_hub(database))


def test_a_manager_joins_parts_and_undoes_by_keys_alone(place: Place, sit_down: SitDown) -> None:
    rep = sit_down(place.hub.address, "rep")
    rep.sign_in(places.rep())
    rep.until(rep.desk.is_whole)
    assert _twins(rep.desk.store) == set(_PHONES)

    seat = _sits_down(sit_down, place.hub.address)
    first = _shown(seat).chosen
    seat.key(Qt.Key.Key_1)
    seat.until(_the(seat).confirm.yes.hasFocus)
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: len(place.twins()) == 2)
    # A pair with who is gone leaves as soon as it comes up, and the rest is decided.
    seat.until(lambda: _shown(seat).chosen != first and _can_decide(seat))
    assert place.twins() >= {first.split(":")[0]}

    rep = sit_down(folder="rep")
    rep.until_inside()
    rep.until(lambda: _twins(rep.desk.store) == place.twins())

    seat = _sits_down(sit_down)
    seat.key(Qt.Key.Key_3)
    seat.until(lambda: _shown(seat).rows == () and "没有疑似重复" in _shown(seat).empty)
    seat.alt(Qt.Key.Key_H)
    seat.until(lambda: len(_shown(seat).rows) == 2)
    assert {row.badge.text for row in _shown(seat).rows if row.badge} == {"同一人", "两个人"}
    assert all(row.line.startswith(places.manager().name) for row in _shown(seat).rows)
    for _ in range(2):
        seat.until(lambda: any(one.hasFocus() for one in _the(seat).choices.buttons))
        if not _can_decide(seat):
            seat.key(Qt.Key.Key_Down)
        seat.until(lambda: _can_decide(seat))
        seat.key(Qt.Key.Key_1)
        seat.until(lambda: not _can_decide(seat) and _shown(seat).notice is not None)
    seat.until(lambda: {row.badge.text for row in _shown(seat).rows if row.badge} == {"已撤销"})
    assert place.twins() == set(_PHONES)


def test_without_a_line_she_is_told_and_it_goes_on_by_itself(
    place: Place, sit_down: SitDown
) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    place.hub.stop()
    seat.key(Qt.Key.Key_3)
    seat.until(lambda: "连不上服务器" in _shown(seat).offline)
    rows = _shown(seat).rows
    place.hub.start()
    seat.program.background.sync_now()
    seat.until(lambda: _shown(seat).offline == "")
    seat.key(Qt.Key.Key_3)
    seat.until(lambda: len(_shown(seat).rows) == len(rows) - 1)


def _sits_down(sit_down: SitDown, address: str = "") -> Seat:
    """The manager at her desk, the first pair before her."""
    seat = sit_down(address, "manager")
    if address:
        seat.fill_in(places.manager().login, places.manager().password)
    seat.until(lambda: seat.program.window.inside() is not None)
    seat.until(seat.desk.is_whole)
    seat.inside.go("review")
    seat.until(lambda: _can_decide(seat))
    seat.until(lambda: any(one.hasFocus() for one in _the(seat).choices.buttons))
    return seat


def _can_decide(seat: Seat) -> bool:
    detail = _shown(seat).detail
    return detail is not None and any(one.enabled for one in detail.actions)


def _the(seat: Seat) -> ReviewView:
    return seat.the(ReviewView)


def _shown(seat: Seat) -> Screen:
    return seat.shown(ReviewView)


def _twins(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Customer.id).where(Customer.id.in_(_PHONES))))
