"""A manager tags customers of two reps by keys, the reps' desks show it, and it is taken back."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.hub import settings
from lumi_desk.storage.store import Store
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from tests.journeys.test_assignment import Place, colleague
from tests.journeys.test_centre import five_to_another_team, manager
from ui.customers.centre_view import CentreView
from ui.customers.screen import Screen

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
GIFT = "礼品 3/8"


@pytest.fixture
def place(company_file: Path, tmp_path: Path, start_hub: StartHub) -> Place:
    """The company's hub; five of its customers are a rep's of another team."""
    database = str(shutil.copy(company_file, tmp_path / "hub.db"))
    five_to_another_team(database)
    return Place(database, start_hub(database))


def tagged(store: Store) -> set[str]:
    """Who has the tag."""
    with store.read() as session:
        asked = select(Tag.customer_id).where(Tag.name == GIFT, Tag.removed_at.is_(None))
        return set(session.scalars(asked))


def at_hub(place: Place) -> set[str]:
    store = settings.opened(place.database)
    found = tagged(store)
    store.close()
    return found


def test_a_manager_tags_customers_of_two_reps_and_takes_it_back(
    place: Place, sit_down: SitDown
) -> None:
    mine, others = place.held_by(places.rep().id), place.held_by(colleague().id)
    chosen = {*sorted(mine)[:2], min(others)}
    for login, person in (("rep", places.rep()), ("colleague", colleague())):
        seat = sit_down(place.hub.address, login)
        seat.sign_in(person)
        seat.until(seat.desk.is_whole)
        assert tagged(seat.desk.store) == set()

    seat = sit_down(place.hub.address, "manager")
    seat.fill_in(manager().login, manager().password)
    _opens(seat)
    _marks(seat, chosen)
    seat.alt(Qt.Key.Key_T)
    seat.write(GIFT)
    seat.until(lambda: _reading(seat) == f"3 位客户将加上“{GIFT}”")
    assert at_hub(place) == set()
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: at_hub(place) == chosen)
    seat.until(_the(seat).list.toast.offers)

    _sees(sit_down("", "rep"), chosen & mine)
    _sees(sit_down("", "colleague"), chosen & others)

    seat = sit_down("", "manager")
    seat.until(lambda: seat.program.window.inside() is not None)
    _opens(seat)
    seat.alt(Qt.Key.Key_D)
    seat.until(lambda: _the(seat).list.ask.count() == 1)
    assert manager().name in _choice(seat)
    seat.key(Qt.Key.Key_1)
    seat.until(lambda: GIFT in _title(seat))
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: at_hub(place) == set())
    _sees(sit_down("", "rep"), set())


def test_a_leader_tags_all_of_her_team_and_nobody_else(place: Place, sit_down: SitDown) -> None:
    team = {one.id for one in places.company().persons if one.team_id == places.leader().team_id}
    hers = {pk for rep in team for pk in place.held_by(rep)}
    store = settings.opened(place.database)
    with store.read() as session:
        assert hers < set(session.scalars(select(Customer.id)))
    store.close()
    assert hers
    seat = sit_down(place.hub.address, "leader")
    seat.sign_in(places.leader())
    _opens(seat)
    seat.key(Qt.Key.Key_Home, _CTRL)
    seat.key(Qt.Key.Key_Space)
    seat.key(Qt.Key.Key_Down)
    seat.key(Qt.Key.Key_Down)
    seat.key(Qt.Key.Key_Space, _SHIFT)
    seat.until(lambda: len(_shown(seat).marked) == 3)
    seat.key(Qt.Key.Key_A, _CTRL)
    seat.until(lambda: len(_shown(seat).marked) == len(hers))
    seat.alt(Qt.Key.Key_T)
    seat.write(GIFT)
    seat.until(lambda: _reading(seat).startswith(f"{len(hers)} "))
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: at_hub(place) == hers)
    seat.until(_the(seat).list.toast.offers)
    seat.key(Qt.Key.Key_Z, _CTRL)
    seat.until(lambda: at_hub(place) == set())


def test_a_view_is_kept_and_there_the_next_morning(place: Place, sit_down: SitDown) -> None:
    seat = sit_down(place.hub.address, "manager")
    seat.fill_in(manager().login, manager().password)
    _opens(seat)
    many = len(_shown(seat).lines)
    seat.key(Qt.Key.Key_K, _CTRL)
    seat.write("zh")
    seat.until(lambda: 0 < len(_shown(seat).lines) < many)
    found = len(_shown(seat).lines)
    seat.alt(Qt.Key.Key_V)
    seat.write("zh")
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: "zh" in _views(seat))

    seat = sit_down("", "manager")
    seat.until(lambda: seat.program.window.inside() is not None)
    _opens(seat)
    seat.until(lambda: "zh" in _views(seat))
    assert len(_shown(seat).lines) == many
    _the(seat).list.picked_in_menu.emit("views", "view:zh")
    seat.until(lambda: len(_shown(seat).lines) == found)
    assert _shown(seat).searching == "zh"


def _opens(seat: Seat) -> None:
    seat.until(lambda: seat.program.window.inside() is not None)
    seat.until(seat.desk.is_whole)
    seat.inside.go("centre")
    seat.until(lambda: len(_shown(seat).lines) > 0)
    seat.until(_the(seat).list.table.hasFocus)


def _marks(seat: Seat, wanted: set[str]) -> None:
    """Down the list from its top, marking some by the space bar."""
    seat.key(Qt.Key.Key_Home, _CTRL)
    lines = _shown(seat).lines
    for place in range(len(lines)):
        if lines.id_at(place) in wanted:
            seat.key(Qt.Key.Key_Space)
        seat.key(Qt.Key.Key_Down)
    seat.until(lambda: _shown(seat).marked == wanted)


def _sees(seat: Seat, expected: set[str]) -> None:
    """A rep's desk comes to have the tag on these, as she sits down again."""
    seat.until(lambda: seat.program.window.inside() is not None)
    seat.until(lambda: tagged(seat.desk.store) == expected)


def _the(seat: Seat) -> CentreView:
    return seat.the(CentreView)


def _shown(seat: Seat) -> Screen:
    screen = _the(seat).shown()
    assert screen is not None
    return screen


def _reading(seat: Seat) -> str:
    ask = _shown(seat).ask
    return ask.reading if ask is not None else ""


def _title(seat: Seat) -> str:
    ask = _shown(seat).ask
    return ask.title if ask is not None else ""


def _choice(seat: Seat) -> str:
    ask = _shown(seat).ask
    return ask.choices[0].text if ask is not None else ""


def _views(seat: Seat) -> set[str]:
    menus = {menu.name: menu for menu in _shown(seat).menus}
    return {one.text for one in menus["views"].choices}
