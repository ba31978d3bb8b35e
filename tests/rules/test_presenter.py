"""The manager at a real hub: what she sees, what moves, and what is lost with the line: nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import intake
from lumi_desk.ids import new_id
from lumi_desk.managing.client import RulesAtHub
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from tests import makers
from tests.hubs import Hub
from tests.makers import NOW
from tests.pages import Sitter, until_she_leaves
from ui.rules.presenter import RulesPresenter
from ui.rules.screen import Field, Form, Preview, Screen, Steps, Version
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Tone, plain
from ui.words import Language, switch

pytestmark = pytest.mark.usefixtures("in_english")


class Manager(Sitter[Screen]):
    does: RulesPresenter

    def presenter(self) -> RulesPresenter:
        at_hub = RulesAtHub(self.desk.ask)
        return RulesPresenter(self.lane, self.screens.append, at_hub, self.desk.me, self.desk.now)

    @property
    def form(self) -> Form:
        assert self.screen.form is not None
        return self.screen.form

    @property
    def steps(self) -> Steps:
        assert self.form.steps is not None
        return self.form.steps

    @property
    def preview(self) -> Preview:
        assert self.screen.preview is not None
        return self.screen.preview

    @property
    def confirm(self) -> Confirm:
        assert self.screen.confirm is not None
        return self.screen.confirm

    @property
    def summary(self) -> str:
        return plain(self.preview.summary)

    def field(self, key: str) -> Field:
        return next(one for one in self.form.fields if one.key == key)

    def versions(self) -> tuple[Version, ...]:
        assert self.screen.history is not None
        return self.screen.history.versions

    def types(self, key: str, text: str, rules: str = "grade") -> None:
        """Write a number, and pause."""
        self.does.picked(rules)
        self.does.typed(key, text)
        self.does.settled()

    def puts(self) -> None:
        """In force, the question answered with yes."""
        self.does.put()
        assert self.screen.confirm is not None
        self.does.put()


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """A hub with two managers, and a rep's newcomer who is B by 500 CNY."""
    makers.hub_with_rep(hub_store, "gu", role=Role.MANAGER)
    makers.hub_with_rep(hub_store, "he", role=Role.MANAGER)
    rep = makers.hub_with_rep(hub_store, "lin")
    with hub_store.write() as session:
        customer = makers.make_customer(session, rep, id="zhou", name="周文静")
        makers.make_order(session, customer, fen=50_000)
        intake.reckon(session, NOW)
    return Hub(hub_store, tmp_path)


@pytest.fixture
def gu(hub: Hub) -> Iterator[Manager]:
    yield from until_she_leaves(Manager(hub, "gu"))


@pytest.fixture
def he(hub: Hub) -> Iterator[Manager]:
    yield from until_she_leaves(Manager(hub, "he"))


def grade(hub: Hub) -> str | None:
    with hub.store.read() as session:
        return session.get_one(Customer, "zhou").grade


def test_she_sees_every_rule_set_and_the_numbers_in_force(gu: Manager) -> None:
    titles = [row.title for row in gu.screen.rows]
    assert titles[:4] == ["Pools", "Grades of newcomers", "Relationship", "Churn warning"]
    gu.does.picked("grade")
    points = gu.field("a_points")
    assert (points.label, points.text, points.unit) == ("A from", "800", "CNY")
    assert points.hint == "now 800 · shipped 800\n0 to 1,000,000"
    assert points.sentence == "From so much on she is A"
    assert not gu.form.put.enabled
    assert "Change a number" in gu.summary


def test_a_number_shows_whom_it_would_move_and_changes_nothing(hub: Hub, gu: Manager) -> None:
    gu.types("a_points", "400")
    assert gu.summary == "1 customer moves of 1"
    assert gu.preview.table is not None
    assert gu.preview.table.columns == ("A", "B", "all")
    name, cells = gu.preview.table.rows[1]
    assert (name, [cell.text for cell in cells]) == ("B", ["1", "–", "1"])
    assert [cell.moves for cell in cells] == [True, False, False]
    assert gu.preview.flow is not None
    assert gu.preview.flow.words == "1 customer of 1 moves: B → A 1"
    assert [plain(line) for line in gu.preview.names] == ["B → A 1  周文静"]
    assert gu.field("a_points").changed
    assert gu.form.put.enabled
    assert grade(hub) == "B"


def test_nobody_moves_is_said_plainly(gu: Manager) -> None:
    gu.types("a_points", "900")
    assert gu.summary == "Nobody moves. 1 customer stays."
    gu.types("sms", "0", rules="consents")
    assert "Nobody moves by these numbers" in gu.summary
    assert gu.form.put.enabled


def test_a_step_is_added_previewed_put_in_force_and_told_in_the_history(
    hub: Hub, gu: Manager
) -> None:
    with hub.store.write() as session:
        session.get_one(Customer, "zhou").last_paid_at = NOW - timedelta(days=50)
    gu.does.picked("half_year")
    gu.does.step_added()
    assert [one.when for one in gu.steps.rows][-2:] == ["150", "158"]
    gu.does.step_typed(7, "when", "45-55")
    gu.does.settled()
    assert gu.steps.rows[7].problem == (
        "It begins before the one above is over, which is on day 151."
    )
    assert not gu.form.put.enabled
    assert "Mend what is marked" in gu.summary
    for part, text in (("way", "wechat"), ("script", "care"), ("purpose", "ask her; kindly")):
        gu.does.step_typed(7, part, text)
    for place in (7, 6, 5):
        gu.does.step_moved(place, -1)
    gu.does.step_removed(6)
    gu.does.settled()
    assert [one.when for one in gu.steps.rows] == [
        "sent", "delivered", "7", "30", "45-55", "used up", "150",
    ]  # fmt: skip
    assert [plain(line) for line in gu.preview.names] == ["no step → due today 1  周文静"]
    assert gu.preview.steps is not None
    found = {name: cells[0].text for name, cells in gu.preview.steps.rows}
    assert found["day 45"] == "0 → 1"
    gu.puts()
    assert gu.versions()[0].changes == (
        "Step: day 90 · phone → day 45 to 55 · WeChat · words of care · ask her； kindly",
    )
    gu.does.went_back()
    assert [one.when for one in gu.steps.rows][2:4] == ["7", "30"]


def test_a_number_of_the_run_out_shows_who_becomes_due_when(hub: Hub, gu: Manager) -> None:
    with hub.store.write() as session:
        (order,) = session.scalars(select(Order).where(Order.customer_id == "zhou"))
        told = {"customer_id": "zhou", "title": "酵素", "line": "enzyme", "price_fen": 50_000}
        line = OrderLine(id=new_id(), order_id=order.id, position=1, units=1, **told)
        session.add(line)
        order.paid_at = NOW - timedelta(days=20)
    gu.types("enzyme_days", "30", rules="run_out")
    assert gu.field("enzyme_days").label == "Enzyme lasts"
    assert [plain(line) for line in gu.preview.names] == ["not known → due soon 1  周文静"]
    gu.puts()
    gu.types("enzyme_ahead", "15", rules="run_out")
    assert [plain(line) for line in gu.preview.names] == ["due soon → due now 1  周文静"]
    assert gu.versions()[0].changes == ("Enzyme lasts: 0 days → 30 days",)


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("a_points", "a lot", "Write an amount in yuan, as in 800 or 498.50."),
        ("new_days", "9999", "It must be from 1 to 3650."),
        ("new_days", "9.5", "Write a whole number."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_not_asked(
    gu: Manager, key: str, text: str, problem: str
) -> None:
    gu.types(key, text)
    assert (gu.field(key).text, gu.field(key).problem) == (text, problem)
    assert gu.summary == "Mend what is marked in the form first."
    assert "/v1/rules/preview" not in gu.line.requests
    gu.does.put()
    assert gu.screen.confirm is None


def test_numbers_against_each_other_are_said_above_them(gu: Manager) -> None:
    gu.types("a_points", "100")
    assert gu.form.problem == "A must not be easier than B (a_points, b_points)"


def test_a_day_that_is_over_is_said_beside_it(gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.does.dated("2026-11-16")
    gu.does.settled()
    assert gu.form.day.problem == "That day is over. Write today or a later one."
    assert not gu.form.put.enabled


def test_she_is_told_what_happens_before_it_does(hub: Hub, gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.does.put()
    assert gu.confirm.title == "Grades of newcomers: put in force from today on?"
    assert gu.confirm.lines[:2] == ("A from: ¥800 → ¥400", "1 customer of 1 moves: B → A 1.")
    assert "at once" in gu.confirm.lines[2]
    gu.does.stayed()
    assert gu.screen.confirm is None
    assert (grade(hub), gu.field("a_points").text) == ("B", "400")


def test_numbers_are_put_in_force_and_stand_in_the_history(hub: Hub, gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.does.reasoned("after 11-11")
    gu.puts()
    assert grade(hub) == "A"
    assert gu.notice == "Grades of newcomers: in force from today on · B → A: 1"
    newest = gu.versions()[0]
    assert (newest.title, newest.who) == ("From today on", "Gu · today 10:00")
    assert (newest.changes, newest.why) == (("A from: ¥800 → ¥400",), "after 11-11")
    assert newest.badge is not None
    assert newest.badge.text == "In force"
    points = gu.field("a_points")
    assert (points.text, points.changed) == ("400", "")
    assert not gu.form.drop.enabled


def test_numbers_of_a_later_day_wait_for_it(hub: Hub, gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.does.dated("12-01")
    gu.does.settled()
    assert gu.form.day.reading == "= 12-01"
    gu.does.put()
    assert gu.confirm.lines[-1] == "Everybody is classified by it in the night of that day."
    gu.does.put()
    assert grade(hub) == "B"
    badge = gu.versions()[0].badge
    assert badge is not None
    assert badge.text == "To come"
    assert gu.field("a_points").text == "800"


def test_what_is_to_come_is_taken_back(hub: Hub, gu: Manager) -> None:
    for points in ("400", "300"):
        gu.types("a_points", points)
        gu.does.dated("12-01")
        gu.does.settled()
        gu.puts()
    newest, older, shipped = gu.versions()
    assert [one.badge.text for one in (newest, older) if one.badge] == ["To come", "Replaced"]
    assert (newest.back, older.back, shipped.back) == ("Take this back", "", "")
    gu.does.went_back_to(newest.id)
    assert (gu.form.day.reading, gu.field("a_points").text) == ("= 12-01", "800")
    assert gu.screen.notice is None
    gu.puts()
    assert gu.notice == "Grades of newcomers: back to an earlier version from 12-01 on"
    badges = [one.badge.text for one in gu.versions() if one.badge]
    assert badges == ["To come", "Replaced", "Replaced", "In force"]
    assert not any(one.back for one in gu.versions())
    row = next(one for one in gu.screen.rows if one.name == "grade")
    assert row.badge is None


def test_that_other_numbers_follow_is_said_before(gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.does.dated("12-01")
    gu.does.settled()
    gu.puts()
    gu.types("a_points", "600")
    gu.does.put()
    assert gu.confirm.lines[-1] == "Other numbers are set already from 12-01 on."


def test_she_goes_back_by_the_same_way(hub: Hub, gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.puts()
    gu.does.went_back()
    assert (gu.field("a_points").text, gu.summary) == ("800", "1 customer moves of 1")
    gu.does.put()
    assert gu.confirm.title.startswith("Grades of newcomers: back to the version before")
    gu.does.put()
    assert grade(hub) == "B"
    assert gu.versions()[0].changes == ("Back to the version before", "A from: ¥400 → ¥800")


def test_she_goes_back_to_any_earlier_version(hub: Hub, gu: Manager) -> None:
    for points in ("400", "300", "600"):
        gu.types("a_points", points)
        gu.puts()
    newest, _, older, shipped = gu.versions()
    assert (newest.back, bool(older.back), bool(shipped.back)) == ("", True, True)
    gu.does.went_back_to(older.id)
    assert (gu.field("a_points").text, gu.summary) == ("400", "1 customer moves of 1")
    gu.does.put()
    assert gu.confirm.title.startswith("Grades of newcomers: back to an earlier version")
    assert "A from: ¥600 → ¥400" in gu.confirm.lines
    gu.does.put()
    assert grade(hub) == "A"
    assert gu.versions()[0].changes[0].startswith("Back to the version of")
    gu.does.went_back_to(shipped.id)
    gu.puts()
    assert grade(hub) == "B"
    assert gu.versions()[0].changes == ("Back to what was shipped", "A from: ¥400 → ¥800")


def test_there_is_nothing_before_what_ships(gu: Manager) -> None:
    assert gu.screen.history is not None
    assert not gu.screen.history.back.enabled


def test_of_two_managers_the_second_is_told_what_changed(
    hub: Hub, gu: Manager, he: Manager
) -> None:
    he.types("a_points", "2000")
    gu.types("b_points", "200")
    gu.puts()
    he.puts()
    assert grade(hub) == "B"
    assert he.notice.startswith("Changed meanwhile by Gu: B from: ¥300 → ¥200.")
    assert he.field("a_points").text == "2000"
    assert he.field("b_points").text == "200"
    he.puts()
    assert "in force" in he.notice
    assert [one.who for one in he.versions()[:2]] == ["He · today 10:00", "Gu · today 10:00"]


def test_what_somebody_else_set_is_told_as_soon_as_it_comes(gu: Manager, he: Manager) -> None:
    he.types("a_points", "2000")
    gu.types("b_points", "200")
    gu.puts()
    he.lane.sync_now()
    assert he.notice.startswith("Changed meanwhile by Gu")
    assert he.summary == "Nobody moves. 1 customer stays."


def test_without_a_line_it_is_said_and_nothing_typed_is_lost(hub: Hub, gu: Manager) -> None:
    gu.line.cut = True
    gu.types("a_points", "400")
    assert "The hub cannot be reached." in gu.screen.offline
    assert gu.preview.retry
    assert not gu.form.put.enabled
    assert gu.versions()[0].title == "As shipped"
    gu.sit()
    gu.does.picked("grade")
    assert gu.field("a_points").text == "400"
    gu.line.cut = False
    gu.lane.sync_now()
    assert gu.screen.offline == ""
    assert gu.summary == "1 customer moves of 1"
    gu.puts()
    gu.sit()
    gu.does.picked("grade")
    assert gu.field("a_points").changed == ""


def test_a_line_that_breaks_between_preview_and_yes_loses_nothing(hub: Hub, gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.does.put()
    gu.line.cut = True
    gu.does.put()
    assert gu.screen.offline
    assert (gu.field("a_points").text, grade(hub)) == ("400", "B")
    gu.line.cut = False
    gu.lane.sync_now()
    gu.puts()
    assert grade(hub) == "A"


def test_an_answer_lost_on_the_way_has_one_effect(hub: Hub, gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.line.lose_reply_to = "/v1/rules/set"
    gu.puts()
    assert grade(hub) == "A"
    gu.puts()
    assert len([one for one in gu.versions() if one.who]) == 1
    assert gu.field("a_points").changed == ""


def test_what_is_typed_before_the_answer_came_stays(gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.line.lose_reply_to = "/v1/rules/set"
    gu.puts()
    gu.does.typed("b_points", "100")
    gu.lane.sync_now()
    assert [gu.field(key).text for key in ("a_points", "b_points")] == ["400", "100"]
    assert [gu.field(key).changed for key in ("a_points", "b_points")] == ["", "changed"]


def test_asking_again_asks_again(gu: Manager) -> None:
    gu.line.cut = True
    gu.types("a_points", "400")
    gu.line.cut = False
    gu.does.asked_again()
    assert gu.summary == "1 customer moves of 1"


def test_only_what_is_new_is_asked(gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.does.settled()
    gu.does.reasoned("why")
    gu.does.settled()
    assert gu.line.requests.count("/v1/rules/preview") == 1


def test_what_was_typed_of_one_stays_while_another_is_looked_at(gu: Manager) -> None:
    gu.types("a_points", "400")
    gu.types("active_days", "300", rules="pool")
    gu.does.picked("grade")
    assert gu.field("a_points").text == "400"
    badges = [row.badge.text if row.badge else "" for row in gu.screen.rows]
    assert badges[:3] == ["Being changed", "Being changed", ""]
    gu.does.dropped()
    assert gu.field("a_points").text == "800"


def test_a_manager_no_more_is_told_so(hub: Hub, gu: Manager) -> None:
    with hub.store.write() as session:
        person = session.get_one(Person, gu.desk.me.person_id)
        person.role = Role.REP.value
    gu.types("a_points", "400")
    assert gu.summary == "Your role does not allow this. Ask your team leader."


def test_the_language_switches_everything(gu: Manager) -> None:
    gu.types("a_points", "400")
    before = gu.screen
    switch(Language.CHINESE)
    assert gu.form.title == "新客分级"
    assert gu.summary == "1 位客户会移动（共 1 位）"
    switch(Language.ENGLISH)
    assert replace(gu.screen, sync=before.sync) == before


def test_a_notice_goes_when_it_was_read(gu: Manager) -> None:
    gu.types("a_points", "900")
    gu.puts()
    assert gu.screen.notice is not None
    assert gu.screen.notice.tone is Tone.GOOD
    gu.does.notice_closed()
    assert gu.screen.notice is None


def test_what_was_done_is_said_no_longer_when_something_else_is_typed(gu: Manager) -> None:
    gu.types("a_points", "900")
    gu.puts()
    assert gu.notice.startswith("Grades of newcomers: in force")
    gu.types("b_points", "200")
    assert gu.screen.notice is None
