"""The manager changes a grade number at her desk, and a rep's desk shows whom it moved."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from lumi_desk.customers.rulesets import service as rulesets
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import settings
from lumi_desk.storage.store import Store
from tests.hub_process import HubProcess
from tests.journeys import places
from tests.journeys.conftest import SitDown, StartHub
from tests.journeys.seat import Seat
from ui.rules.screen import Screen
from ui.rules.view import RulesView
from ui.widgets.values import plain

_CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Place:
    """A hub on a file, which may be looked into while it works."""

    database: str
    hub: HubProcess

    def grades(self) -> dict[str, str | None]:
        """Everybody's grade at the hub."""
        store = settings.opened(self.database)
        with store.read() as session:
            found = {one.id: one.grade for one in session.scalars(select(Customer))}
        store.close()
        return found


@pytest.fixture
def place(company_file: Path, tmp_path: Path, start_hub: StartHub) -> Place:
    database = str(shutil.copy(company_file, tmp_path / "hub.db"))
    return Place(database, start_hub(database))


def test_a_manager_changes_a_grade_number_and_goes_back_by_keys_alone(
    place: Place, sit_down: SitDown
) -> None:
    before = place.grades()
    seat = _sits_down(sit_down, place.hub.address)
    _writes_a_points(seat, "100000")
    seat.until(lambda: "位客户会移动" in _summary(seat))
    assert place.grades() == before
    _puts_in_force(seat)
    seat.until(lambda: place.grades() != before)
    after = place.grades()
    moved = {one for one in before if before[one] != after[one]}
    assert moved
    assert {(before[one], after[one]) for one in moved} == {("A", "B")}
    seat.until(lambda: _version(seat) == f"{places.manager().name} · 今天 10:0")

    rep = sit_down(place.hub.address, "rep")
    rep.sign_in(places.rep())
    rep.until(rep.desk.is_whole)
    hers = {one: grade for one, grade in _held(rep.desk.store).items() if one in moved}
    assert hers
    assert set(hers.values()) == {"B"}

    seat = _sits_down(sit_down)
    seat.alt(Qt.Key.Key_R)
    seat.until(lambda: "位客户会移动" in _summary(seat))
    _puts_in_force(seat)
    seat.until(lambda: place.grades() == before)

    rep = sit_down(folder="rep")
    rep.until_inside()
    rep.until(lambda: {_held(rep.desk.store)[one] for one in hers} == {"A"})


def test_what_was_typed_without_a_line_is_there_when_it_is_mended(
    place: Place, sit_down: SitDown
) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    place.hub.stop()
    _writes_a_points(seat, "100000")
    seat.until(lambda: "连不上服务器" in _shown(seat).offline)
    assert not _the(seat).foot.put_button.isEnabled()

    seat = _sits_down(sit_down)
    assert _the(seat).form.lines["a_points"].field.text() == "100000"
    place.hub.start()
    seat.program.background.sync_now()
    seat.until(lambda: _shown(seat).offline == "" and "位客户会移动" in _summary(seat))
    _puts_in_force(seat)
    seat.until(lambda: _version(seat).startswith(places.manager().name))


def test_a_manager_puts_a_step_into_the_touch_plan_by_keys_and_desks_follow_it(
    place: Place, sit_down: SitDown
) -> None:
    seat = _sits_down(sit_down, place.hub.address)
    for _ in range(3):
        seat.key(Qt.Key.Key_Down)
    seat.until(lambda: _shown(seat).chosen == "half_year")
    steps = _the(seat).form.steps
    seat.alt(Qt.Key.Key_N)
    seat.until(lambda: len(steps.lines) == 8 and steps.lines[7].when.hasFocus())
    seat.key(Qt.Key.Key_A, _CTRL)
    seat.write("45-50")
    seat.until(lambda: "上一步" in _problems(seat))
    for place_ in (6, 5, 4):
        seat.alt(Qt.Key.Key_Up)
        seat.until(steps.lines[place_].when.hasFocus)
    assert _problems(seat) == ""
    seat.until(lambda: "位客户会移动" in _summary(seat))
    _puts_in_force(seat)
    seat.until(lambda: _version(seat).startswith(places.manager().name))

    rep = sit_down(place.hub.address, "rep")
    rep.sign_in(places.rep())
    rep.until(rep.desk.is_whole)
    with rep.desk.store.read() as session:
        plan = rulesets.half_year(session, rep.desk.now()).plan
    assert [one.code for one in plan] == [
        "sent", "delivered", "day7", "day30", "day45", "run_out", "day90", "day150",
    ]  # fmt: skip
    assert (plan[4].after, plan[4].until) == (45, 50)


def _problems(seat: Seat) -> str:
    form = _shown(seat).form
    assert form is not None
    assert form.steps is not None
    return "".join(one.problem for one in form.steps.rows)


def _sits_down(sit_down: SitDown, address: str = "") -> Seat:
    """The manager at her desk, the grades before her."""
    seat = sit_down(address, "manager")
    if address:
        seat.fill_in(places.manager().login, places.manager().password)
    seat.until(lambda: seat.program.window.inside() is not None)
    seat.until(seat.desk.is_whole)
    seat.until(lambda: bool(_shown(seat).rows))
    seat.until(lambda: any(one.hasFocus() for one in _the(seat).choices.buttons))
    seat.key(Qt.Key.Key_Down)
    seat.until(lambda: _shown(seat).chosen == "grade")
    return seat


def _writes_a_points(seat: Seat, text: str) -> None:
    """Tab to the second number, and write another."""
    seat.key(Qt.Key.Key_Tab)
    seat.key(Qt.Key.Key_Tab)
    assert _the(seat).form.lines["a_points"].field.hasFocus()
    seat.key(Qt.Key.Key_A, _CTRL)
    seat.write(text)


def _puts_in_force(seat: Seat) -> None:
    seat.until(_the(seat).foot.put_button.isEnabled)
    seat.key(Qt.Key.Key_Return, _CTRL)
    seat.until(_the(seat).confirm.yes.hasFocus)
    seat.key(Qt.Key.Key_Return)
    seat.until(lambda: _shown(seat).confirm is None)


def _the(seat: Seat) -> RulesView:
    return seat.the(RulesView)


def _shown(seat: Seat) -> Screen:
    return seat.shown(RulesView)


def _summary(seat: Seat) -> str:
    preview = _shown(seat).preview
    return plain(preview.summary) if preview else ""


def _version(seat: Seat) -> str:
    """Who set the newest version, and when, its last minute left open."""
    history = _shown(seat).history
    return history.versions[0].who[:-1] if history else ""


def _held(store: Store) -> dict[str, str | None]:
    with store.read() as session:
        return {one.id: one.grade for one in session.scalars(select(Customer))}
