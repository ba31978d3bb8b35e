"""A manager at a real hub: what she sees, what she says, and what two at once do: nothing wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.catalog.tables import SettledTitle
from lumi_desk.managing.titles_client import TitlesAtHub
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.test_titles import sell
from tests.hubs import Hub
from tests.pages import Sitter, until_she_leaves
from ui.titles import saying
from ui.titles.presenter import TitlesPresenter
from ui.titles.saying import ALL
from ui.titles.screen import Detail, Screen, Tab
from ui.widgets.values import Tone

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]

# Title → what it sold, in fen. The drink is known by its words.
SOLD = {"晚安软糖": 90_000, "早安软糖": 40_000, "养颜茶": 20_000, "睡眠片": 10_000}
DRINK = "胶原蛋白饮"


class Settler(Sitter[Screen]):
    does: TitlesPresenter

    def presenter(self) -> TitlesPresenter:
        return TitlesPresenter(
            self.lane, self.screens.append, TitlesAtHub(self.desk.ask), self.desk.me, self.desk.now
        )

    @property
    def detail(self) -> Detail:
        assert self.screen.detail is not None
        return self.screen.detail

    @property
    def rows(self) -> list[str]:
        return [row.id for row in self.screen.rows]

    def asks(self) -> bool:
        """Whether there is a question."""
        return self.screen.confirm is not None

    @property
    def badges(self) -> list[str]:
        return [row.badge.text if row.badge else "" for row in self.screen.rows]

    def facts(self) -> dict[str, str]:
        return {fact.label: fact.text for fact in self.detail.facts}


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Two managers; four titles that nobody knows, and one that says what it is."""
    for login in ("gu", "he"):
        makers.hub_with_rep(hub_store, login, team="", role=Role.MANAGER)
    lin = makers.hub_with_rep(hub_store, "lin")
    with hub_store.write() as session:
        feed.watch(session)
        for title, fen in (SOLD | {DRINK: 40_000}).items():
            sell(session, lin, title, fen)
        feed.publish(session)
    return Hub(hub_store, tmp_path)


@pytest.fixture
def gu(hub: Hub) -> Iterator[Settler]:
    yield from until_she_leaves(Settler(hub, "gu"))


@pytest.fixture
def he(hub: Hub) -> Iterator[Settler]:
    yield from until_she_leaves(Settler(hub, "he"))


def settled(hub: Hub) -> dict[str, tuple[str, bool]]:
    with hub.store.read() as session:
        rows = session.scalars(select(SettledTitle))
        return {row.title: (row.line, row.high_margin) for row in rows}


def test_the_title_that_sold_most_stands_before_her_with_what_is_known(gu: Settler) -> None:
    assert gu.rows == list(SOLD)
    assert (gu.screen.left, gu.screen.chosen) == ("4 titles wait", "晚安软糖")
    assert gu.screen.rows[0].line == "¥900 · 1 order"
    assert gu.facts() == {
        "Sales": "¥900",
        "Sold": "1 piece · 1 order",
        "Customers": "1",
        "Last order": "10-22 · 旗舰店 · 1 × ¥900",
    }
    assert [one.text for one in gu.detail.actions] == [
        "Collagen",
        "Enzyme",
        "Other goods",
        "High margin: no",
        "Leave for later",
    ]
    assert gu.screen.share is not None
    assert gu.screen.share.part == 0.8
    assert gu.screen.share.words == "80.0% of sales not settled: ¥1,600 of ¥2,000"


def test_what_one_manager_left_stands_last_for_all_and_can_be_fetched_back(
    gu: Settler, he: Settler
) -> None:
    gu.does.decided(saying.LATER)
    he.does.asked_again()
    assert (he.rows[-1], he.badges) == ("晚安软糖", ["", "", "", "Later"])
    he.does.picked("晚安软糖")
    assert he.facts()["Left for later"] == "Gu · today 10:00"
    assert he.detail.actions[4].text == "Not for later any more"
    he.does.decided(saying.LATER)
    assert (he.rows, he.badges, he.screen.chosen) == (list(SOLD), [""] * 4, "晚安软糖")


def test_without_a_line_nothing_is_left_for_later(gu: Settler) -> None:
    gu.line.cut = True
    gu.does.decided(saying.LATER)
    assert (gu.rows, gu.badges, gu.screen.chosen) == (list(SOLD), [""] * 4, "晚安软糖")
    assert gu.screen.offline
    gu.line.cut = False
    gu.does.decided(saying.LATER)
    assert gu.badges[-1] == "Later"


def test_a_digit_settles_it_and_the_next_one_comes(hub: Hub, gu: Settler) -> None:
    gu.does.decided("collagen")
    assert settled(hub) == {"晚安软糖": ("collagen", False)}
    assert gu.notice == "“晚安软糖”: Collagen. Changed: 1 order line, 1 customer."
    assert (gu.rows, gu.screen.chosen) == ([*SOLD][1:], "早安软糖")
    assert (gu.screen.left, gu.screen.tabs[0].text) == ("3 titles wait", "Not settled · 3")
    assert gu.screen.share is not None
    assert gu.screen.share.part == 0.35


def test_high_margin_goes_with_the_next_word_and_with_no_other(hub: Hub, gu: Settler) -> None:
    gu.does.decided(saying.HIGH)
    assert gu.detail.actions[3].text == "High margin: yes"
    gu.does.decided("enzyme")
    assert gu.notice.startswith("“晚安软糖”: Enzyme, high margin.")
    assert gu.detail.actions[3].text == "High margin: no"
    gu.does.decided(saying.HIGH)
    gu.does.picked("养颜茶")
    gu.does.decided("other")
    assert settled(hub) == {"晚安软糖": ("enzyme", True), "养颜茶": ("other", False)}


def test_what_is_left_for_later_comes_when_nothing_else_is_there(hub: Hub, gu: Settler) -> None:
    gu.does.decided(saying.LATER)
    assert (gu.screen.chosen, gu.badges) == ("早安软糖", ["", "", "", "Later"])
    assert gu.rows[-1] == "晚安软糖"
    for _ in range(3):
        gu.does.decided("other")
    assert (gu.rows, gu.screen.chosen) == (["晚安软糖"], "晚安软糖")
    gu.does.decided("other")
    assert len(settled(hub)) == 4
    assert gu.screen.empty.startswith("All titles are settled.")
    assert gu.screen.left == "nothing waits"
    assert gu.screen.share is not None
    assert gu.screen.share.words == "Every title that was sold is known."


def test_after_the_last_of_the_list_the_first_that_is_open_comes(gu: Settler) -> None:
    gu.does.picked("睡眠片")
    gu.does.decided("other")
    assert gu.screen.chosen == "晚安软糖"
    gu.does.picked("养颜茶")
    gu.does.decided(saying.LATER)
    assert gu.screen.chosen == "晚安软糖"


def test_the_last_word_is_undone_and_the_title_is_before_her_again(hub: Hub, gu: Settler) -> None:
    gu.does.picked("养颜茶")
    gu.does.decided("enzyme")
    gu.does.undid()
    assert settled(hub) == {}
    assert gu.notice == "Undone. 1 title is as it was. Changed: 1 order line, 1 customer."
    assert (gu.rows, gu.screen.chosen) == (list(SOLD), "养颜茶")
    gu.does.undid()
    assert gu.rows == list(SOLD)
    gu.does.decided("collagen")
    assert settled(hub) == {"养颜茶": ("collagen", False)}


def test_what_a_notice_offers_to_undo_is_never_another_decision(hub: Hub, gu: Settler) -> None:
    gu.does.decided("collagen")
    gu.does.opened(Tab.SAID)
    gu.does.opened(Tab.OPEN)
    gu.does.decided("enzyme")
    assert gu.notice.startswith("“早安软糖”: Enzyme.")
    # The first one is still chosen among those that are settled.
    gu.does.opened(Tab.SAID)
    assert (gu.screen.notice, gu.detail.title) == (None, "晚安软糖")
    gu.does.opened(Tab.OPEN)
    gu.does.undid()
    assert settled(hub) == {"晚安软糖": ("collagen", False)}


def test_a_word_whose_answer_was_lost_is_said_anew_after_it_was_undone(
    hub: Hub, gu: Settler
) -> None:
    gu.line.lose_reply_to = "/v1/titles/settle"
    gu.does.decided("collagen")
    gu.does.opened(Tab.SAID)
    gu.does.decided(saying.UNDO)
    assert settled(hub) == {}
    gu.does.opened(Tab.OPEN)
    gu.does.picked("晚安软糖")
    gu.does.decided("collagen")
    assert settled(hub) == {"晚安软糖": ("collagen", False)}


def test_the_history_says_who_and_undoes_each(hub: Hub, gu: Settler, he: Settler) -> None:
    he.does.decided("collagen")
    gu.does.asked_again()
    gu.does.decided("enzyme")
    gu.does.opened(Tab.SAID)
    assert [row.title for row in gu.screen.rows] == ["早安软糖", "晚安软糖"]
    assert gu.badges == ["Enzyme", "Collagen"]
    gu.does.picked(gu.rows[1])
    assert gu.facts() == {"What was said": "Collagen", "By whom": "He · today 10:00"}
    gu.does.decided(saying.UNDO)
    assert settled(hub) == {"早安软糖": ("enzyme", False)}
    assert (gu.badges, gu.detail.actions) == (["Enzyme", "Undone"], ())
    assert gu.facts()["Undone"] == "Gu · today 10:00"
    gu.does.decided(saying.UNDO)
    gu.does.opened(Tab.OPEN)
    assert (gu.screen.chosen, gu.rows) == ("晚安软糖", ["晚安软糖", "养颜茶", "睡眠片"])


def test_words_find_titles_and_what_was_said_of_them(gu: Settler) -> None:
    gu.does.decided("collagen")
    gu.does.searched("软糖")
    assert gu.rows == ["早安软糖"]
    gu.does.opened(Tab.SAID)
    assert [row.title for row in gu.screen.rows] == ["晚安软糖"]
    gu.does.searched("茶")
    assert gu.rows == []
    assert gu.screen.empty == "No title here holds “茶”."
    gu.does.opened(Tab.OPEN)
    assert gu.rows == ["养颜茶"]
    gu.does.searched("")
    assert gu.rows == ["早安软糖", "养颜茶", "睡眠片"]


def test_of_a_long_title_the_beginning_stands_in_a_sentence(hub: Hub) -> None:
    long = "【双11预售】" + "晚安软糖" * 12
    with hub.store.write() as session:
        feed.watch(session)
        sell(session, "", long, 200_000)
        feed.publish(session)
    gu = Settler(hub, "gu")
    assert gu.detail.title == long
    gu.does.decided("other")
    assert gu.notice.startswith(f"“{long[:23]}…”: Other goods.")
    assert settled(hub) == {long: ("other", False)}
    gu.desk.close()


def test_a_title_of_many_products_leaves_the_others_room_in_the_list(hub: Hub) -> None:
    joined = "，".join(f"儿童玩具第{n}款" for n in range(40))
    with hub.store.write() as session:
        feed.watch(session)
        lin = session.scalars(select(Person.id).where(Person.name == "Lin")).one()
        sell(session, lin, joined, 100_000)
        feed.publish(session)
    gu = Settler(hub, "gu")
    assert gu.screen.rows[0].id == gu.detail.title == joined
    assert gu.screen.rows[0].title.endswith("…")
    assert len(gu.screen.rows[0].title) < 60
    gu.desk.close()


def test_all_titles_with_words_are_settled_at_once_after_a_question(hub: Hub, gu: Settler) -> None:
    gu.does.searched("软糖")
    assert gu.rows == [ALL, "晚安软糖", "早安软糖"]
    assert gu.screen.chosen == "晚安软糖"
    gu.does.picked(ALL)
    assert gu.detail.title == "All 2 titles with “软糖”"
    assert gu.facts() == {"Sales": "¥1,300", "¥900": "晚安软糖", "¥400": "早安软糖"}
    assert [one.name for one in gu.detail.actions] == ["collagen", "enzyme", "other", "high"]
    gu.does.decided(saying.HIGH)
    gu.does.decided("enzyme")
    assert gu.screen.confirm is not None
    assert gu.screen.confirm.title == "All 2 titles with “软糖”: Enzyme, high margin?"
    assert gu.screen.confirm.lines[0] == "They sold ¥1,300: “晚安软糖”, “早安软糖”."
    assert settled(hub) == {}
    gu.does.stayed()
    assert not gu.asks()
    gu.does.decided("enzyme")
    gu.does.agreed()
    assert settled(hub) == {"晚安软糖": ("enzyme", True), "早安软糖": ("enzyme", True)}
    assert gu.notice.startswith("All 2 titles with “软糖”: Enzyme, high margin. Changed: 2 order")
    assert (gu.rows, gu.screen.search.text) == (["养颜茶", "睡眠片"], "")
    gu.does.undid()
    assert (settled(hub), gu.rows) == ({}, list(SOLD))


def test_all_titles_are_never_settled_when_others_came_meanwhile(hub: Hub, gu: Settler) -> None:
    gu.does.searched("软糖")
    gu.does.picked(ALL)
    gu.does.decided("enzyme")
    with hub.store.write() as session:
        feed.watch(session)
        sell(session, "", "午安软糖", 5_000)
        feed.publish(session)
    gu.does.agreed()
    assert settled(hub) == {}
    assert gu.notice.startswith("The titles that hold “软糖” are others than those you saw.")
    assert gu.detail.title == "All 3 titles with “软糖”"
    gu.does.decided("enzyme")
    gu.does.agreed()
    assert len(settled(hub)) == 3


def test_a_question_goes_with_what_it_was_about(hub: Hub, gu: Settler) -> None:
    gu.does.searched("软糖")
    ways: tuple[Callable[[], None], ...] = (
        lambda: gu.does.picked("晚安软糖"),
        lambda: gu.does.searched("糖"),
        lambda: gu.does.opened(Tab.SAID),
        gu.does.asked_again,
    )
    for go in ways:
        gu.does.opened(Tab.OPEN)
        gu.does.searched("软糖")
        gu.does.picked(ALL)
        gu.does.decided("enzyme")
        assert gu.asks()
        go()
        assert not gu.asks()
        gu.does.agreed()
    assert settled(hub) == {}


def test_high_margin_goes_into_a_question_that_stands(hub: Hub, gu: Settler) -> None:
    gu.does.searched("软糖")
    gu.does.picked(ALL)
    gu.does.decided("collagen")
    gu.does.decided(saying.HIGH)
    assert gu.screen.confirm is not None
    assert gu.screen.confirm.title == "All 2 titles with “软糖”: Collagen, high margin?"
    gu.does.agreed()
    assert set(settled(hub).values()) == {("collagen", True)}


def test_of_two_managers_the_second_is_told_and_goes_on(hub: Hub, gu: Settler, he: Settler) -> None:
    gu.does.decided("collagen")
    he.does.decided("enzyme")
    assert he.notice.startswith("Gu has settled this title already: Collagen.")
    assert he.screen.notice is not None
    assert he.screen.notice.tone is Tone.WARN
    assert (he.rows, he.screen.chosen) == ([*SOLD][1:], "早安软糖")
    assert settled(hub) == {"晚安软糖": ("collagen", False)}


@pytest.mark.parametrize("many", [False, True])
def test_a_lost_answer_and_asking_again_have_one_effect(
    hub: Hub, gu: Settler, *, many: bool
) -> None:
    gu.line.lose_reply_to = "/v1/titles/settle-all" if many else "/v1/titles/settle"
    if many:
        gu.does.searched("软糖")
        gu.does.picked(ALL)
    for _ in range(2):
        gu.does.decided("other")
        gu.does.agreed()
    assert gu.line.lost
    assert len(settled(hub)) == (2 if many else 1)
    assert gu.screen.offline == ""
    gu.does.opened(Tab.SAID)
    assert len(gu.rows) == 1


def test_without_a_line_nothing_is_settled_and_later_it_goes_on(hub: Hub, gu: Settler) -> None:
    gu.line.cut = True
    gu.does.decided("collagen")
    assert gu.screen.offline.startswith("The hub cannot be reached.")
    assert (gu.rows, settled(hub)) == (list(SOLD), {})
    gu.does.opened(Tab.SAID)
    assert (gu.rows, gu.screen.retry) == ([], "Ask again")
    gu.line.cut = False
    gu.lane.sync_now()
    assert gu.screen.offline == ""
    assert gu.screen.empty == "Nothing has been settled yet."
    gu.does.opened(Tab.OPEN)
    gu.does.decided("collagen")
    assert len(settled(hub)) == 1


def test_a_right_that_was_taken_away_is_said_above_what_is_shown(hub: Hub, gu: Settler) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Person, gu.desk.me.person_id).role = Role.KEEPER
        feed.publish(session)
    gu.does.asked_again()
    assert gu.notice == "Your role does not allow this. Ask your team leader."
    assert gu.rows == list(SOLD)


def test_what_was_sold_meanwhile_stands_there_when_she_is_back(hub: Hub, gu: Settler) -> None:
    gu.does.picked("养颜茶")
    with hub.store.write() as session:
        feed.watch(session)
        lin = session.scalars(select(Person.id).where(Person.name == "Lin")).one()
        sell(session, lin, "安神茶", 50_000)
        feed.publish(session)
    gu.does.came()
    assert (gu.rows[1], gu.screen.chosen) == ("安神茶", "养颜茶")


def test_words_for_one_list_do_nothing_in_the_other(hub: Hub, gu: Settler) -> None:
    gu.does.decided(saying.UNDO)
    gu.does.undid()
    gu.does.opened(Tab.SAID)
    for word in ("collagen", saying.HIGH, saying.LATER):
        gu.does.decided(word)
    gu.does.agreed()
    assert settled(hub) == {}


def test_a_longer_list_comes_in_pages_and_fills_up(hub: Hub) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        for place in range(130):
            sell(session, "", f"小样 {place:03}", 1_000)
        feed.publish(session)
    gu = Settler(hub, "gu")
    assert (len(gu.rows), gu.screen.left) == (100, "134 titles wait")
    gu.does.picked(gu.rows[-1])
    assert len(gu.rows) == len(set(gu.rows)) == 134
    gu.does.asked_again()
    for _ in range(81):
        gu.does.decided("other")
    assert len(gu.rows) == len(set(gu.rows)) == 53
    gu.does.opened(Tab.SAID)
    assert len(gu.rows) == 81
    gu.desk.close()
