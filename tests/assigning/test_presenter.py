"""The leader at a real hub: whom she sees, who would move, what she sets; alone and offline."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import intake, keeping, placing
from lumi_desk.managing.client import RepsAtHub
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hubs import Hub
from tests.makers import NOW, TODAY
from tests.pages import Sitter, until_she_leaves
from ui.assigning.drafts import WAITING
from ui.assigning.presenter import AssigningPresenter
from ui.assigning.screen import Goes, HandOver, Leave, Plan, Row, Screen
from ui.widgets.values import Tone, plain

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]

DAY = timedelta(days=1)


class Leader(Sitter[Screen]):
    does: AssigningPresenter

    def presenter(self) -> AssigningPresenter:
        at_hub = RepsAtHub(self.desk.ask)
        return AssigningPresenter(
            self.lane, self.screens.append, at_hub, self.desk.me, self.desk.now
        )

    @property
    def hand_over(self) -> HandOver:
        assert self.screen.hand_over is not None
        return self.screen.hand_over

    @property
    def plan(self) -> Plan:
        assert self.screen.plan is not None
        return self.screen.plan

    @property
    def leave(self) -> Leave:
        assert self.screen.leave is not None
        return self.screen.leave

    @property
    def summary(self) -> str:
        summary = self.hand_over.preview.summary
        return summary if isinstance(summary, str) else plain(summary)

    def row(self, title: str) -> Row:
        return next(one for one in self.screen.rows if one.title == title)

    def picks(self, title: str) -> None:
        self.does.picked(self.row(title).id)

    def goes(self) -> dict[str, Goes]:
        return {one.name: one for one in self.hand_over.preview.goes}

    def gives_to(self, *titles: str) -> None:
        self.does.changed("way", "reps")
        for title in titles:
            self.does.changed("rep", self.row(title).id)

    @property
    def is_asked(self) -> bool:
        return self.screen.confirm is not None

    def asked(self) -> tuple[str, tuple[str, ...]]:
        """The question and its lines."""
        confirm = self.screen.confirm
        assert confirm is not None
        return confirm.title, confirm.lines

    def hands_over(self) -> None:
        self.does.did()
        assert self.is_asked
        self.does.did()

    def lately(self) -> list[str]:
        assert self.screen.history is not None
        return [one.title for one in self.screen.history.lines]


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Lin with an A and a C, Wang with nobody; their leader Wu, and a manager."""
    for login, role in (
        ("wu", Role.LEADER), ("gu", Role.MANAGER), ("lin", Role.REP), ("wang", Role.REP),
    ):  # fmt: skip
        makers.hub_with_rep(hub_store, login, role=role)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        lin = keeping.person_named(session, "lin").id
        for name, fen in (("a", 90_000), ("c", 10_000)):
            customer = makers.make_customer(session, lin, id=name, name=f"客户{name}")
            makers.make_order(session, customer, fen=fen, paid_at=NOW - 3 * DAY)
        feed.publish(session)
        intake.reckon(session, NOW)
    return Hub(hub_store, tmp_path)


@pytest.fixture
def wu(hub: Hub) -> Iterator[Leader]:
    yield from until_she_leaves(Leader(hub, "wu"))


@pytest.fixture
def gu(hub: Hub) -> Iterator[Leader]:
    yield from until_she_leaves(Leader(hub, "gu"))


def holders(hub: Hub) -> dict[str, str | None]:
    with hub.store.read() as session:
        asked = select(Customer.id, Person.name)
        asked = asked.outerjoin(Person, Person.id == Customer.rep_id).order_by(Customer.id)
        return dict(session.execute(asked).all())


def plan(hub: Hub, login: str, **told: object) -> None:
    with hub.store.write() as session:
        placing.set_plan(session, keeping.person_named(session, login).id, **told)


def test_she_sees_her_reps_with_their_loads(hub: Hub, wu: Leader) -> None:
    plan(hub, "lin", most=2)
    wu.does.refresh()
    assert [one.title for one in wu.screen.rows] == ["Waiting for a rep", "Lin", "Wang", "Wu"]
    lin, wang = wu.row("Lin"), wu.row("Wang")
    assert (lin.line, lin.load) == ("2 of 2 · A 1 · C 1", 1.0)
    assert lin.badge is not None
    assert lin.badge.text == "Full"
    assert wang.badge is not None
    assert (wang.badge.text, wang.load) == ("No plan", 0.0)


def test_a_manager_sees_of_which_team_a_rep_is(gu: Leader) -> None:
    assert gu.row("Lin").line == "一组 · 2 of 400 · A 1 · C 1"


def test_she_previews_confirms_hands_over_and_takes_back(hub: Hub, wu: Leader) -> None:
    wu.picks("Lin")
    assert wu.summary.startswith("There is no rep to hand them over to.")
    wu.gives_to("Wang")
    assert wu.summary == "2 customers move"
    assert wu.goes()["Wang"].then == "then 2 of 400"
    wu.does.changed("grade", "A")
    assert wu.summary == "1 customer moves"
    wu.does.changed("why", "she asked for it")
    assert wu.summary == "1 customer moves"
    wu.does.did()
    assert wu.screen.confirm is not None
    assert wu.screen.confirm.lines[0] == "1 to Wang"
    assert holders(hub) == {"a": "Lin", "c": "Lin"}
    wu.does.stayed()
    assert not wu.is_asked
    wu.hands_over()
    assert holders(hub) == {"a": "Wang", "c": "Lin"}
    assert (wu.notice, wu.row("Wang").line) == ("1 customer was handed over.", "1 of 400 · A 1")
    assert wu.lately()[0] == "1 from Lin to Wang"
    assert wu.screen.history is not None
    last = wu.screen.history.lines[0]
    assert (last.who, last.why, last.undo) == (
        "Wu · today 10:00",
        "she asked for it",
        "Take 1 back",
    )
    wu.does.undone(last.id)
    assert holders(hub) == {"a": "Lin", "c": "Lin"}
    assert wu.notice == "1 customer is back."


def test_a_cap_that_would_be_broken_is_said_and_asked_about(hub: Hub, wu: Leader) -> None:
    plan(hub, "wang", most=1)
    wu.does.refresh()
    wu.picks("Lin")
    wu.gives_to("Wang")
    badge = wu.goes()["Wang"].badge
    assert badge is not None
    assert (badge.text, badge.tone) == ("1 over her cap", Tone.BAD)
    wu.does.did()
    assert wu.screen.confirm is not None
    assert "1 are over a cap." in wu.screen.confirm.lines


def test_nothing_can_be_done_while_no_rep_is_ticked(wu: Leader) -> None:
    wu.picks("Lin")
    wu.does.changed("way", "reps")
    assert wu.summary.startswith("Tick one rep")
    assert not wu.hand_over.do.enabled
    wu.does.did()
    assert not wu.is_asked


def test_back_in_the_pool_they_wait_and_she_is_told_why(hub: Hub, wu: Leader) -> None:
    plan(hub, "lin", most=0)
    wu.picks("Lin")
    wu.does.changed("way", "nobody")
    assert "handed out again" in "".join(plain(one) for one in wu.hand_over.preview.along)
    wu.does.did()
    assert wu.screen.confirm is not None
    assert wu.screen.confirm.lines[0] == "2 back into the pool"
    wu.does.did()
    assert set(holders(hub).values()) == {None}
    wu.picks("Waiting for a rep")
    assert wu.screen.waiting is not None
    assert wu.screen.waiting.reasons == ("2 · whoever takes such as her has no room",)
    assert wu.screen.waiting.names[0][0] == "客户a"
    assert wu.screen.plan is None
    plan(hub, "wang")
    wu.does.refresh()
    wu.hands_over()
    assert set(holders(hub).values()) == {"Wang"}


def test_of_two_who_move_at_once_the_second_sees_what_is_new(
    hub: Hub, wu: Leader, gu: Leader
) -> None:
    for one in (wu, gu):
        one.picks("Lin")
        one.gives_to("Wang")
    gu.does.changed("grade", "A")
    gu.hands_over()
    wu.hands_over()
    assert "Customers were moved meanwhile, the last time by Gu" in wu.notice
    assert holders(hub) == {"a": "Wang", "c": "Lin"}
    assert wu.summary == "1 customer moves"
    wu.hands_over()
    assert holders(hub) == {"a": "Wang", "c": "Wang"}


def test_what_others_did_is_seen_when_she_comes_back(wu: Leader, gu: Leader) -> None:
    gu.picks("Lin")
    gu.gives_to("Wang")
    gu.hands_over()
    assert wu.row("Wang").line == "0 of 400"
    wu.does.came()
    assert wu.row("Wang").line == "2 of 400 · A 1 · C 1"


def test_an_answer_that_was_lost_moves_them_once(hub: Hub, wu: Leader) -> None:
    wu.picks("Lin")
    wu.gives_to("Wang")
    wu.line.lose_reply_to = "/v1/assigning/do"
    wu.hands_over()
    assert wu.line.lost
    assert holders(hub) == {"a": "Wang", "c": "Wang"}
    wu.hands_over()
    assert wu.notice == "2 customers were handed over."
    assert len([one for one in wu.lately() if "from Lin" in one]) == 1


def test_without_a_line_she_is_told_and_it_comes_back(wu: Leader) -> None:
    wu.picks("Lin")
    wu.line.cut = True
    wu.gives_to("Wang")
    assert "cannot be reached" in wu.screen.offline
    assert wu.summary == "Who would go where only the hub can say."
    assert not wu.hand_over.do.enabled
    wu.line.cut = False
    wu.does.asked_again()
    assert (wu.screen.offline, wu.summary) == ("", "2 customers move")


def test_she_sets_whom_a_rep_takes(wu: Leader) -> None:
    wu.picks("Wang")
    assert not wu.plan.put.enabled
    for name, value in (
        ("takes", ""), ("side", "new"), ("line", "collagen"), ("grade", "A"), ("most", "many"),
    ):  # fmt: skip
        wu.does.planned(name, value)
    assert wu.plan.most.problem
    assert not wu.plan.put.enabled
    wu.does.plan_put()
    assert (wu.notice, wu.row("Wang").line) == ("", "0 of 400")
    wu.does.planned("most", "1，200")
    assert (wu.plan.most.problem, wu.plan.put.enabled) == ("", True)
    wu.does.planned("most", "120")
    wu.does.plan_put()
    assert (wu.notice, wu.row("Wang").line) == ("It is set.", "0 of 120")
    assert wu.row("Wang").badge is None
    assert [one.name for one in wu.plan.grades if one.chosen] == ["A"]
    assert not wu.plan.put.enabled


def test_a_higher_cap_brings_who_waits_and_says_how_many(hub: Hub, wu: Leader) -> None:
    plan(hub, "wang", most=0)
    wu.picks("Lin")
    wu.does.changed("way", "nobody")
    wu.hands_over()
    wu.picks("Wang")
    wu.does.planned("most", "1")
    wu.does.plan_put()
    assert wu.notice == "It is set. 1 customer who waited came to her."
    assert wu.row("Wang").line.startswith("1 of 1")
    wu.does.planned("most", "5")
    wu.does.plan_put()
    assert set(holders(hub).values()) == {"Wang"}


def test_of_two_who_set_a_plan_the_second_is_told(wu: Leader, gu: Leader) -> None:
    for one in (wu, gu):
        one.picks("Wang")
        one.does.planned("takes", "")
    gu.does.plan_put()
    wu.does.plan_put()
    assert wu.notice.startswith("What Wang takes, or her leave, was changed meanwhile")
    assert wu.plan.takes.chosen


def test_she_sends_a_rep_on_leave_and_has_her_back(hub: Hub, wu: Leader) -> None:
    wu.picks("Lin")
    assert not wu.leave.put.enabled
    wu.does.leaving("first", "12-07")
    wu.does.leaving("last", "12-01")
    assert wu.leave.last.problem == "The last day is before the first."
    wu.does.leaving("first", "soon")
    assert wu.leave.first.problem == "Write a day as in 2026-12-01."
    assert not wu.leave.put.enabled
    wu.does.leaving("first", str(TODAY))
    wu.does.leaving("stand_in", wu.row("Wang").id)
    wu.does.leaving("why", "holiday ")
    wu.does.leave_put()
    assert wu.asked() == (
        "Is Lin on leave from today to 12-01?",
        ("2 customers of hers go to Wang now.", "They come back by themselves after the last day."),
    )
    assert set(holders(hub).values()) == {"Lin"}
    wu.does.stayed()
    assert wu.screen.confirm is None
    wu.does.leave_put()
    wu.does.did()
    assert wu.notice == "It is set. 2 customers went to who stands in."
    assert set(holders(hub).values()) == {"Wang"}
    assert wu.leave.sentence == "On leave from today to 12-01; Wang stands in."
    assert wu.leave.why.text == "holiday"
    badge = wu.row("Lin").badge
    assert badge is not None
    assert badge.text == "On leave"
    # A longer leave keeps its first day, though that is over by then.
    hub.clock.forward(minutes=30)
    wu.does.leaving("last", "12-09")
    wu.does.leave_put()
    assert wu.leave.sentence == "On leave from today to 12-09; Wang stands in."
    wu.does.came_back()
    assert wu.asked() == (
        "Is Lin back from leave?", ("Customers whom Wang has for her come back now.",),
    )  # fmt: skip
    assert set(holders(hub).values()) == {"Wang"}
    wu.does.did()
    assert wu.notice == "It is set. 2 customers came back to her."
    assert set(holders(hub).values()) == {"Lin"}
    assert not wu.leave.back.text


def test_a_leave_that_moves_nobody_yet_is_not_asked_about(hub: Hub, wu: Leader) -> None:
    wu.picks("Lin")
    for name, value in (("first", "12-01"), ("last", "12-07"), ("stand_in", wu.row("Wang").id)):
        wu.does.leaving(name, value)
    wu.does.leave_put()
    assert (wu.screen.confirm, wu.notice) == (None, "It is set.")
    assert set(holders(hub).values()) == {"Lin"}
    wu.does.came_back()
    assert (wu.screen.confirm, wu.notice) == (None, "It is set.")


def test_a_day_just_over_is_said_and_not_taken_for_next_years(wu: Leader) -> None:
    wu.picks("Lin")
    wu.does.leaving("first", "11-15")
    wu.does.leaving("last", "11-16")
    assert wu.leave.first.reading == "= 11-15"
    assert wu.leave.last.problem == "That day is over. Write today or a later one."
    assert not wu.leave.put.enabled
    wu.does.leaving("last", "1-5")
    assert (wu.leave.last.reading, wu.leave.last.problem) == ("= 2027-01-05", "")
    assert wu.leave.put.enabled


def test_what_is_asked_about_a_leave_goes_when_something_else_is_typed(wu: Leader) -> None:
    wu.picks("Lin")
    for name, value in (("first", "today"), ("last", "12-07"), ("stand_in", wu.row("Wang").id)):
        wu.does.leaving(name, value)
    wu.does.leave_put()
    assert wu.screen.confirm is not None
    wu.does.leaving("last", "12-08")
    assert wu.screen.confirm is None


def test_keys_name_the_undo_only_where_there_is_one(wu: Leader) -> None:
    assert "Alt Z" not in wu.screen.keys
    wu.picks("Lin")
    wu.gives_to("Wang")
    wu.does.did()
    wu.does.did()
    assert wu.screen.keys.endswith("Alt Z takes the last back")


def test_customers_chosen_in_the_list_go_the_same_way(hub: Hub, wu: Leader) -> None:
    wu.does.chose("c", "a")
    assert wu.screen.rows[0].title == "Chosen customers"
    assert wu.screen.rows[0].line == "2 from the list of customers"
    assert wu.hand_over.title == "Hand over the chosen customers"
    assert (wu.screen.plan, wu.screen.waiting) == (None, None)
    wu.gives_to("Wang")
    assert wu.summary == "2 customers move"
    wu.does.chose("c")
    wu.gives_to("Wang")
    wu.hands_over()
    assert holders(hub) == {"a": "Lin", "c": "Wang"}


def test_of_the_chosen_she_is_told_how_many_she_cannot_reach(hub: Hub, wu: Leader) -> None:
    wu.does.chose("a", "gone")
    wu.gives_to("Wang")
    assert wu.summary == "1 customer moves"
    (told,) = wu.hand_over.preview.along
    assert plain(told) == "1 is gone, or not in your hands any more"
    wu.hands_over()
    assert holders(hub)["a"] == "Wang"


def test_who_waits_comes_first_and_where_nobody_does_the_first_rep(wu: Leader) -> None:
    assert wu.screen.chosen == wu.row("Lin").id
    wu.does.picked(WAITING)
    assert wu.summary == "Nobody waits for a rep."
    assert not wu.hand_over.do.enabled
    wu.picks("Wang")
    assert wu.summary == "She has no customers."
