"""The manager settles a title at her desk, and the rep's desk shows what her customer buys."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from lumi_desk.catalog.tables import Setting, SettledTitle
from lumi_desk.hub import settings
from lumi_desk.sync import feed
from tests.hub.test_titles import sell
from tests.hub_process import HubProcess
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from ui.titles.screen import Screen
from ui.titles.view import TitlesView
from ui.widgets.values import Choice

_TITLES = ("晚安软糖 60粒", "晚安软糖 90粒", "养颜茶 30包")
_CONTROL = Qt.KeyboardModifier.ControlModifier


class Place:
    """A hub on a file, which may be looked into while it works."""

    def __init__(self, database: str, hub: HubProcess, her: str) -> None:
        self.database, self.hub, self.her = database, hub, her

    def settled(self) -> dict[str, tuple[str, bool]]:
        """What is settled at the hub."""
        store = settings.opened(self.database)
        with store.read() as session:
            rows = session.scalars(select(SettledTitle))
            found = {row.title: (row.line, row.high_margin) for row in rows}
        store.close()
        return found


@pytest.fixture
def place(company_file: Path, tmp_path: Path, start_hub: StartHub) -> Place:
    """The company, whose rep has customers who bought for much what nobody knows."""
    database = str(shutil.copy(company_file, tmp_path / "hub.db"))
    store = settings.opened(database)
    with store.write() as session:
        feed.watch(session)
        rep_id = places.rep().id
        her, *_ = [
            sell(session, rep_id, title, 90_000_000 - place * 1_000)
            for place, title in enumerate(_TITLES)
        ]
        feed.publish(session)
    store.close()
    return Place(database, start_hub(database), her)


def test_a_manager_settles_titles_by_keys_and_the_reps_desk_follows(
    place: Place, sit_down: SitDown
) -> None:
    rep = sit_down(place.hub.address, "rep")
    rep.sign_in(places.rep())
    rep.until(rep.desk.is_whole)
    assert "胶原" not in _badges(rep, place.her)

    seat = _sits_down(sit_down, place.hub.address)
    assert _titles(seat)[:3] == [*_TITLES]
    seat.key(Qt.Key.Key_4)
    seat.until(lambda: any(one.chosen for one in _actions(seat)))
    seat.key(Qt.Key.Key_1)
    seat.until(lambda: place.settled() == {_TITLES[0]: ("collagen", True)})
    seat.until(lambda: _shown(seat).chosen == _TITLES[1] and _can_settle(seat))

    rep = sit_down(folder="rep")
    rep.until_inside()
    rep.until(lambda: "胶原" in _badges(rep, place.her))
    assert _told(rep) == {_TITLES[0]: "collagen"}

    seat = _sits_down(sit_down)
    seat.alt(Qt.Key.Key_H)
    seat.until(lambda: len(_shown(seat).rows) == 1 and _can_settle(seat))
    assert _shown(seat).rows[0].line.startswith(places.manager().name)
    seat.key(Qt.Key.Key_1)
    seat.until(lambda: place.settled() == {})

    rep = sit_down(folder="rep")
    rep.until_inside()
    rep.until(lambda: "胶原" not in _badges(rep, place.her))
    assert _told(rep) == {}


def test_many_are_settled_at_once_and_undone_by_keys_alone(place: Place, sit_down: SitDown) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    seat.key(Qt.Key.Key_K, _CONTROL)
    seat.write("软糖")
    seat.until(lambda: len(_shown(seat).rows) == 3)
    seat.key(Qt.Key.Key_Return)
    seat.key(Qt.Key.Key_Up)
    seat.until(lambda: "全部 2 个" in _heading(seat))
    seat.key(Qt.Key.Key_2)
    seat.until(_the(seat).confirm.yes.hasFocus)
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: set(place.settled()) == {*_TITLES[:2]})
    seat.until(lambda: _titles(seat)[0] == _TITLES[2])
    seat.alt(Qt.Key.Key_Z)
    seat.until(lambda: place.settled() == {} and _titles(seat)[:3] == [*_TITLES])


def test_without_a_line_she_is_told_and_it_goes_on_by_itself(
    place: Place, sit_down: SitDown
) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    place.hub.stop()
    seat.key(Qt.Key.Key_3)
    seat.until(lambda: "连不上服务器" in _shown(seat).offline)
    assert _titles(seat)[:3] == [*_TITLES]
    place.hub.start()
    seat.program.background.sync_now()
    seat.until(lambda: _shown(seat).offline == "" and _can_settle(seat))
    seat.key(Qt.Key.Key_3)
    seat.until(lambda: place.settled() == {_TITLES[0]: ("other", False)})


def test_what_is_left_for_later_is_last_after_a_new_start_too(
    place: Place, sit_down: SitDown
) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    many = len(_titles(seat))
    seat.key(Qt.Key.Key_5)
    seat.until(lambda: _titles(seat)[-1] == _TITLES[0] and _can_settle(seat))
    assert _shown(seat).chosen == _TITLES[1]

    seat = _sits_down(sit_down)
    assert (_titles(seat)[0], _titles(seat)[-1]) == (_TITLES[1], _TITLES[0])
    assert len(_titles(seat)) == many


def _titles(seat: Seat) -> list[str]:
    return [row.title for row in _shown(seat).rows]


def _sits_down(sit_down: SitDown, address: str = "") -> Seat:
    """The manager at her desk, the first title before her."""
    seat = sit_down(address, "manager")
    if address:
        seat.fill_in(places.manager().login, places.manager().password)
    seat.until(lambda: seat.program.window.inside() is not None)
    seat.until(seat.desk.is_whole)
    seat.inside.go("titles")
    seat.until(lambda: _can_settle(seat))
    seat.until(lambda: any(one.hasFocus() for one in _the(seat).choices.buttons))
    return seat


def _badges(rep: Seat, customer_id: str) -> set[str]:
    """What the rep's desk says of a customer in a word."""
    rep.inside.go("workspace", customer_id)
    rep.until(
        lambda: rep.screen.person is not None and rep.screen.person.customer_id == customer_id
    )
    assert rep.screen.person is not None
    return {badge.text for badge in rep.screen.person.badges}


def _told(rep: Seat) -> object:
    """What her desk knows of settled titles."""
    with rep.desk.store.read() as session:
        return session.scalar(select(Setting.body).where(Setting.id == "titles"))


def _actions(seat: Seat) -> tuple[Choice, ...]:
    detail = _shown(seat).detail
    return detail.actions if detail is not None else ()


def _can_settle(seat: Seat) -> bool:
    detail = _shown(seat).detail
    return detail is not None and any(one.enabled for one in detail.actions)


def _heading(seat: Seat) -> str:
    detail = _shown(seat).detail
    return detail.title if detail is not None else ""


def _the(seat: Seat) -> TitlesView:
    return seat.the(TitlesView)


def _shown(seat: Seat) -> Screen:
    return seat.shown(TitlesView)
