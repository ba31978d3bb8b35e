"""Who leads at a real hub: what she sees, what she says, and what two at once do: nothing wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import proposing
from lumi_desk.managing.client import PairsAtHub
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hubs import Hub
from tests.pages import Sitter, until_she_leaves
from ui.review import saying
from ui.review.presenter import ReviewPresenter
from ui.review.screen import Detail, Screen, Tab
from ui.widgets.values import Tone, plain

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]

PHONES = {"a1": "13800138001", "a2": "13800138001", "b1": "13900139002", "b2": "13900139002"}
LANDLINE = "0571-87654321"


class Reviewer(Sitter[Screen]):
    does: ReviewPresenter

    def presenter(self) -> ReviewPresenter:
        return ReviewPresenter(
            self.lane, self.screens.append, PairsAtHub(self.desk.ask), self.desk.me, self.desk.now
        )

    @property
    def detail(self) -> Detail:
        assert self.screen.detail is not None
        return self.screen.detail

    @property
    def rows(self) -> list[str]:
        return [row.id for row in self.screen.rows]

    def says_one(self) -> None:
        """The left one is kept, the question answered with yes."""
        self.does.decided(saying.LEFT)
        assert self.screen.confirm is not None
        self.does.agreed()


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Two managers, a leader, and her rep's customers: two likely pairs, and a household."""
    for login in ("gu", "he"):
        makers.hub_with_rep(hub_store, login, team="", role=Role.MANAGER)
    makers.hub_with_rep(hub_store, "wu", role=Role.LEADER)
    lin = makers.hub_with_rep(hub_store, "lin")
    with hub_store.write() as session:
        feed.watch(session)
        for pk, phone in PHONES.items():
            name = "周文静" if pk.startswith("a") else "tb88213"
            customer = makers.make_customer(session, lin, id=pk, name=name, phone=phone)
            if pk == "a2":
                makers.make_order(session, customer)
        for pk, name in (("h1", "何丽"), ("h2", "沈玉兰")):
            makers.make_customer(session, lin, id=pk, name=name, phone=LANDLINE, city="杭州")
        proposing.note_everybody(session)
        feed.publish(session)
    return Hub(hub_store, tmp_path)


@pytest.fixture
def gu(hub: Hub) -> Iterator[Reviewer]:
    yield from until_she_leaves(Reviewer(hub, "gu"))


@pytest.fixture
def he(hub: Hub) -> Iterator[Reviewer]:
    yield from until_she_leaves(Reviewer(hub, "he"))


def customers(hub: Hub) -> set[str]:
    with hub.store.read() as session:
        return set(session.scalars(select(Customer.id)))


def test_the_surest_pair_stands_before_her_with_what_agrees(gu: Reviewer) -> None:
    assert gu.rows == ["a1:a2", "b1:b2"]
    assert (gu.screen.left, gu.screen.chosen) == ("2 pairs wait", "a1:a2")
    assert gu.screen.rows[0].line == "the same mobile number, the same name"
    assert [tab.text for tab in gu.screen.tabs] == [
        "Likely pairs · 2",
        "Shared numbers · 1",
        "Already decided",
    ]
    weights = [(one.text, one.icon) for one in gu.detail.weights]
    assert weights == [("the same mobile number +60", "check"), ("the same name +20", "check")]
    told = {
        one.label: (plain(one.one), plain(one.other), one.agreement) for one in gu.detail.fields
    }
    assert told["Phone"] == ("138 •••• 8001", "138 •••• 8001", "agrees")
    assert told["Orders"] == ("0", "1", "")
    chosen = [(one.text, one.chosen) for one in gu.detail.actions]
    assert chosen == [
        ("One person, keep the left", False),
        ("One person, keep the right", True),
        ("Two people", False),
    ]


def test_one_person_takes_a_yes_and_the_next_pair_comes(hub: Hub, gu: Reviewer) -> None:
    gu.does.decided(saying.LEFT)
    confirm = gu.screen.confirm
    assert confirm is not None
    assert confirm.lines == (
        "周文静 brings along: her orders 1.",
        "Lin holds her then.",
        "It can be undone; what is written later stays with 周文静.",
    )
    gu.does.stayed()
    assert (gu.screen.confirm, customers(hub) >= {"a1", "a2"}) == (None, True)
    gu.says_one()
    assert customers(hub) & {"a1", "a2"} == {"a1"}
    assert gu.notice == "周文静 · 周文静: one person now. Moved: her orders 1."
    assert (gu.rows, gu.screen.chosen, gu.screen.left) == (["b1:b2"], "b1:b2", "1 pair waits")
    assert gu.detail.fields


def test_the_right_one_can_be_kept(hub: Hub, gu: Reviewer) -> None:
    gu.does.decided(saying.RIGHT)
    gu.does.agreed()
    assert customers(hub) & {"a1", "a2"} == {"a2"}


def test_two_people_is_said_at_once_and_undone_at_once(hub: Hub, gu: Reviewer) -> None:
    gu.does.decided(saying.TWO)
    assert gu.rows == ["b1:b2"]
    assert gu.notice == "周文静 · 周文静: two people. They are not asked about again."
    gu.does.decided(saying.TWO)
    assert (gu.rows, gu.screen.left) == ([], "nothing waits")
    assert gu.screen.empty.startswith("Nobody is likely there twice.")
    gu.does.undid()
    assert gu.rows == ["b1:b2"]
    assert len(customers(hub)) == 6


def test_a_link_is_undone_by_the_last_word_and_in_the_history(hub: Hub, gu: Reviewer) -> None:
    gu.says_one()
    gu.does.undid()
    assert gu.notice == "Undone. They are two customers again. Moved back: her orders 1."
    assert gu.rows == ["a1:a2", "b1:b2"]
    gu.says_one()
    gu.does.opened(Tab.SAID)
    badges = [row.badge.text if row.badge else "" for row in gu.screen.rows]
    assert sorted(badges) == ["One person", "Undone"]
    held = gu.screen.rows[badges.index("One person")].id
    gu.does.picked(held)
    assert "Gu · today 10:00" in [plain(one.one) for one in gu.detail.fields]
    gu.does.decided(saying.UNDO)
    assert [row.badge.text for row in gu.screen.rows if row.badge] == ["Undone", "Undone"]
    assert gu.detail.actions == ()
    assert len(customers(hub)) == 6
    gu.does.opened(Tab.PAIRS)
    assert gu.rows == ["a1:a2", "b1:b2"]


def test_of_two_reviewers_the_second_is_told_and_goes_on(
    hub: Hub, gu: Reviewer, he: Reviewer
) -> None:
    gu.says_one()
    he.does.decided(saying.TWO)
    assert he.notice.startswith("Gu has decided about these two already: they are one person.")
    assert he.screen.notice is not None
    assert he.screen.notice.tone is Tone.WARN
    assert (he.rows, he.screen.chosen) == (["b1:b2"], "b1:b2")
    assert customers(hub) & {"a1", "a2"} == {"a1"}
    gu.does.decided(saying.TWO)
    he.does.asked_again()
    assert he.rows == []


def test_a_pair_that_was_decided_meanwhile_goes_when_it_is_picked(
    gu: Reviewer, he: Reviewer
) -> None:
    gu.does.picked("b1:b2")
    gu.does.decided(saying.TWO)
    he.does.picked("b1:b2")
    assert he.rows == ["a1:a2"]
    assert "they are two people" in he.notice


def test_what_changed_is_shown_again_before_it_is_decided(hub: Hub, gu: Reviewer) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Customer, "a1").city = "宁波"
        proposing.note_everybody(session)
        feed.publish(session)
    gu.does.decided(saying.TWO)
    assert gu.notice.startswith("These two have changed since you looked.")
    assert gu.rows == ["a1:a2", "b1:b2"]
    told = {one.label: plain(one.one) for one in gu.detail.fields}
    assert told["City"] == "宁波"
    gu.does.decided(saying.TWO)
    assert gu.rows == ["b1:b2"]


@pytest.mark.parametrize("word", [saying.LEFT, saying.TWO])
def test_a_lost_answer_and_asking_again_have_one_effect(hub: Hub, gu: Reviewer, word: str) -> None:
    gu.line.lose_reply_to = "/v1/identity/two" if word == saying.TWO else "/v1/identity/one"
    for _ in range(2):
        gu.does.decided(word)
        gu.does.agreed()
    assert gu.line.lost
    assert (gu.rows, gu.screen.offline) == (["b1:b2"], "")
    gu.does.opened(Tab.SAID)
    assert len(gu.screen.rows) == 1


def test_what_came_meanwhile_stands_there_when_she_is_back(hub: Hub, gu: Reviewer) -> None:
    gu.does.picked(gu.rows[1])
    with hub.store.write() as session:
        feed.watch(session)
        lin = session.scalars(select(Person.id).where(Person.name == "Lin")).one()
        for pk in ("c1", "c2"):
            makers.make_customer(session, lin, id=pk, name="尉迟敏", phone="13700137003")
        proposing.note_everybody(session)
        feed.publish(session)
    chosen = gu.screen.chosen
    gu.does.came()
    assert (gu.screen.left, gu.screen.chosen) == ("3 pairs wait", chosen)
    gu.does.decided(saying.LEFT)
    gu.does.came()
    assert gu.screen.confirm is not None


def test_without_a_line_nothing_is_decided_and_later_it_goes_on(hub: Hub, gu: Reviewer) -> None:
    gu.line.cut = True
    gu.does.decided(saying.TWO)
    assert gu.screen.offline.startswith("The hub cannot be reached.")
    assert gu.rows == ["a1:a2", "b1:b2"]
    gu.does.opened(Tab.NUMBERS)
    assert gu.rows == []
    gu.line.cut = False
    gu.lane.sync_now()
    assert gu.screen.offline == ""
    assert len(gu.rows) == 1
    gu.does.opened(Tab.PAIRS)
    gu.does.decided(saying.TWO)
    assert gu.rows == ["b1:b2"]


def test_a_number_of_several_people_is_shown_with_them_and_no_digit_more(gu: Reviewer) -> None:
    gu.does.opened(Tab.NUMBERS)
    [row] = gu.screen.rows
    assert (row.title, row.line) == ("0571 •••• 4321", "2 customers have it")
    assert [(one.label, plain(one.one)) for one in gu.detail.fields] == [
        ("何丽", "杭州 · Lin"),
        ("沈玉兰", "杭州 · Lin"),
    ]
    assert gu.detail.actions == ()
    assert not any(phone in str(gu.screens) for phone in (*PHONES.values(), "87654321"))


def test_words_for_one_list_do_nothing_in_another(hub: Hub, gu: Reviewer) -> None:
    gu.does.opened(Tab.NUMBERS)
    for word in (saying.TWO, saying.LEFT):
        gu.does.decided(word)
    gu.does.agreed()
    gu.does.undid()
    assert len(customers(hub)) == 6
    assert gu.screen.confirm is None


def test_who_is_there_three_times_is_asked_about_until_she_is_one(hub: Hub) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        makers.make_customer(session, id="a3", name="周文静", phone=PHONES["a1"])
        proposing.note_everybody(session)
        feed.publish(session)
    gu = Reviewer(hub, "gu")
    assert gu.rows == ["a1:a2", "a1:a3", "a2:a3", "b1:b2"]
    gu.says_one()
    assert (gu.rows, gu.screen.chosen) == (["a1:a3", "b1:b2"], "a1:a3")
    assert gu.notice.startswith("周文静 · 周文静: one person now.")
    gu.says_one()
    assert customers(hub) & {"a1", "a2", "a3"} == {"a1"}
    assert (gu.rows, gu.screen.left) == (["b1:b2"], "1 pair waits")
    gu.desk.close()


def test_a_question_goes_with_the_pair_it_was_about(hub: Hub, gu: Reviewer, he: Reviewer) -> None:
    he.says_one()
    gu.does.decided(saying.LEFT)
    assert gu.screen.confirm is not None
    gu.does.asked_again()
    assert gu.screen.chosen == "b1:b2"
    assert gu.screens[-1].confirm is None
    gu.does.agreed()
    assert customers(hub) >= {"b1", "b2"}


def test_a_right_that_was_taken_away_is_said_above_what_is_shown(hub: Hub, gu: Reviewer) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Person, gu.desk.me.person_id).role = Role.KEEPER
        proposing.note_everybody(session)
        feed.publish(session)
    gu.does.asked_again()
    assert gu.notice == "Your role does not allow this. Ask your team leader."
    assert gu.rows == ["a1:a2", "b1:b2"]


def test_a_leader_decides_about_her_teams(hub: Hub) -> None:
    wu = Reviewer(hub, "wu")
    assert wu.rows == ["a1:a2", "b1:b2"]
    wu.says_one()
    assert customers(hub) & {"a1", "a2"} == {"a1"}
    wu.desk.close()


def test_a_longer_list_comes_in_pages(hub: Hub) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        for place in range(110):
            for side in ("x", "y"):
                told = {"name": f"客户{chr(0x4E00 + place)}", "phone": f"1371234{place:04}"}
                makers.make_customer(session, id=f"{place:03}{side}", **told)
        proposing.note_everybody(session)
        feed.publish(session)
    gu = Reviewer(hub, "gu")
    assert (len(gu.rows), gu.screen.left) == (100, "112 pairs wait")
    gu.does.picked(gu.rows[-1])
    assert len(gu.rows) == len(set(gu.rows)) == 112
    gu.desk.close()
