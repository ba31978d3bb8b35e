"""A manager at a real hub: what she sees is what was counted, and what cannot be is not asked."""

import csv
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from lumi_desk.customers.touch_plan.rules import HALF_YEAR
from lumi_desk.errors import LumiError
from lumi_desk.managing.figures_client import FiguresAtHub
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from tests import makers
from tests.hubs import Hub, Line
from tests.lane import LaneNow, LateLane
from tests.makers import NOW
from ui.figures.presenter import FiguresPresenter
from ui.figures.screen import Screen, Tab
from ui.lane import Failed
from ui.widgets.values import Tone, plain
from ui.words import Language, switch

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_english")]

DAY = timedelta(days=1)
T = TypeVar("T")


class LateTrouble(LateLane):
    """What goes wrong arrives when it is let in."""

    def outside(
        self,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        def later(problem: LumiError) -> None:
            if failed is not None:
                self.late.append(partial(failed, problem))

        super().outside(work, done, later, owner)


class Manager:
    """At her desk, on a line of her own."""

    def __init__(self, hub: Hub, *, late: bool = False) -> None:
        self.line: Line = hub.line()
        self.desk = hub.desk("gu", self.line)
        self.desk.sync_round()
        self.screens: list[Screen] = []
        self.path = ""
        self.names: list[str] = []
        self.late = LateLane(desk=self.desk)
        lane = self.late if late else LaneNow(desk=self.desk)
        at_hub = FiguresAtHub(self.desk.ask)
        self.lane = lane
        self.does = FiguresPresenter(
            lane, self.screens.append, at_hub, self.desk.me, self.desk.now, self._ask_path
        )
        # What the chip in the head asks comes by the same lane.
        while self.late.late:
            self.late.let_in()
        self.does.begin()

    def _ask_path(self, name: str) -> str:
        self.names.append(name)
        return self.path

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    def asked(self, door: str) -> int:
        """How often a door was asked."""
        return self.line.requests.count(f"/v1/figures/{door}")

    @property
    def notice(self) -> tuple[str, Tone] | None:
        told = self.screen.notice
        return None if told is None else (told.text, told.tone)

    def rows(self) -> list[list[str]]:
        assert self.screen.table is not None
        return [[cell.text for cell in row] for row in self.screen.table.rows]

    def formulas(self) -> str:
        return "\n".join(map(plain, self.screen.formulas))


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Three newcomers: two of May, of whom one bought again; one of this month."""
    makers.hub_with_rep(hub_store, "gu", team="", role=Role.MANAGER)
    with hub_store.write() as session:
        again = makers.make_customer(session, pool="1", grade="A", year_fen=99_600)
        for ago, title in ((190, "梦胶原"), (100, "大酵素 30 袋")):
            makers.make_order(session, again, paid_at=NOW - ago * DAY, title=title)
        once = makers.make_customer(session, pool="0", grade=None)
        makers.make_order(session, once, paid_at=NOW - 190 * DAY, title="大酵素 30 袋")
        new = makers.make_customer(session, pool="1", grade="B", year_fen=49_800)
        makers.make_order(session, new, paid_at=NOW, title="梦胶原")
        card = makers.make_card(session, again)
        card.at = NOW - 150 * DAY
        spent = makers.make_card(session, again, -1_200_000)
        spent.kind, spent.at = "spend", NOW - 120 * DAY
    return Hub(hub_store, tmp_path)


@pytest.fixture
def gu(hub: Hub) -> Iterator[Manager]:
    manager = Manager(hub)
    yield manager
    manager.desk.close()


@pytest.fixture
def late(hub: Hub) -> Iterator[Manager]:
    manager = Manager(hub, late=True)
    yield manager
    manager.desk.close()


def test_newcomers_come_by_month_each_share_with_its_base(gu: Manager) -> None:
    assert gu.rows() == [
        ["2026-05", "2", "–", "50.0% (1 of 2)", "50.0% (1 of 2)", "50.0% (1 of 2)"],
        ["2026-11", "1", "1", "–", "–", "–"],
    ]
    assert "Bought again = newcomers who bought on two days or more within 180 days" in (
        gu.formulas()
    )
    assert "Whoever is still waiting is in no share yet: the 180 days are not over." in (
        gu.formulas()
    )
    assert gu.screen.left == "counted today 10:00"
    # One month with a share shows no direction.
    assert gu.screen.curves is None


def test_they_are_parted_by_grade_and_by_line(gu: Manager) -> None:
    gu.does.parted("grade")
    assert [row[:3] for row in gu.rows()] == [
        ["2026-05", "B", "2"],
        ["2026-11", "B", "1"],
    ]
    gu.does.parted("line")
    assert [row[:4] for row in gu.rows()] == [
        ["2026-05", "Collagen", "1", "–"],
        ["2026-05", "Enzyme", "1", "–"],
        ["2026-11", "Collagen", "1", "1"],
    ]
    assert [one.name for one in gu.screen.by if one.chosen] == ["line"]
    gu.does.opened(Tab.LOSS)
    assert gu.screen.by == ()


def test_a_shorter_window_is_over_sooner_and_its_formula_says_so(gu: Manager) -> None:
    gu.does.reached("60")
    assert gu.rows()[0][3] == "0.0% (0 of 2)"
    assert "within 60 days" in gu.formulas()
    gu.does.opened(Tab.CARDS)
    assert gu.screen.days is not None
    assert (gu.screen.days.text, gu.screen.days.placeholder) == ("", "90")
    gu.does.opened(Tab.NEW)
    gu.does.reached("")
    assert gu.rows()[0][3] == "50.0% (1 of 2)"


def test_curves_go_from_month_to_month(gu: Manager) -> None:
    gu.does.opened(Tab.LOSS)
    gu.does.reached("30")
    curves = gu.screen.curves
    assert curves is not None
    shown = dict(zip(curves.months, curves.curves[0].parts, strict=True))
    assert (shown["2026-05"], shown["2026-06"], shown["2026-11"]) == (None, 0.5, None)
    assert curves.words == "Lost 50.0% in 2026-06, 100.0% in 2026-10"


def test_a_month_without_anybody_takes_its_place_in_the_curves(hub: Hub, gu: Manager) -> None:
    with hub.store.write() as session:
        makers.make_order(session, makers.make_customer(session), paid_at=NOW - 300 * DAY)
    gu.does.asked_again()
    assert [row[0] for row in gu.rows()] == ["2026-01", "2026-05", "2026-11"]
    curves = gu.screen.curves
    assert curves is not None
    assert (curves.months[0], len(curves.months)) == ("2026-01", 11)
    assert curves.curves[0].parts[:6] == (0.0, None, None, None, 0.5, None)
    gu.does.parted("grade")
    assert "Grades are those of the first day, by the rules in force today." in gu.formulas()


def test_every_kind_has_its_table_and_its_words(gu: Manager) -> None:
    gu.does.opened(Tab.CARDS)
    assert gu.rows() == [["2026-07", "1", "–", "0.0% (0 of 1)"]]
    assert "Renewed = cards loaded again within 90 days" in gu.formulas()
    gu.does.opened(Tab.LOSS)
    assert gu.rows()[-1] == ["2026-11", "2027-04-29", "1", "1", "–"]
    gu.does.opened(Tab.VALUE)
    assert gu.rows() == [
        ["Pool 1 · grade A", "1", "¥996", "¥996", "¥996", "¥996"],
        ["Pool 1 · grade B", "1", "¥498", "¥498", "¥498", "¥498"],
        ["Pool 0", "1", "¥498", "¥498", "¥0", "¥0"],
        ["Everybody", "3", "¥1,992", "¥664", "¥1,494", "¥498"],
    ]
    assert "Taken to be what they paid in the last 12 months" in gu.formulas()
    assert (gu.screen.since, gu.screen.days) == (None, None)


def test_the_grid_says_what_its_sides_and_the_chosen_cell_mean(gu: Manager) -> None:
    gu.does.opened(Tab.GRID)
    grid = gu.screen.grid
    assert grid is not None
    assert grid.down == (
        "R5\nnobody",
        "R4\n0 days ago",
        "R3\nnobody",
        "R2\n100 days ago",
        "R1\n190 days ago",
    )
    assert grid.across[0] == "F1\non 1 day"
    assert plain(grid.words) == "R5 · F5: nobody"
    gu.does.chose(3, 3)
    assert gu.screen.grid is not None
    assert plain(gu.screen.grid.words).splitlines() == [
        "R2 · F4: 1 customer",
        "33.3% of all who bought. Last bought: 100 days ago; bought: on 2 days.",
        "They paid ¥996 in all, 50.0% of what everybody ever paid, ¥996 each.",
    ]
    square = gu.screen.grid.squares[3][3]
    assert (square.count, square.money, square.shade) == ("1", "mean ¥996", 1.0)


@pytest.mark.parametrize("typed", ["2026-10", "2026年10月", " ２０２６/10 ", "2026.9"])
def test_a_month_is_taken_as_people_write_it(gu: Manager, typed: str) -> None:
    gu.does.begun(typed)
    assert gu.screen.since is not None
    assert (gu.screen.since.problem, gu.rows()[0][0]) == ("", "2026-11")


@pytest.mark.parametrize("typed", ["2027-01", "2026-13", "last year", "2026"])
def test_no_month_is_said_beside_the_field_and_not_asked(gu: Manager, typed: str) -> None:
    before = len(gu.line.requests)
    gu.does.begun(typed)
    assert gu.screen.since is not None
    assert gu.screen.since.problem == (
        f"“{typed}” is no month that has begun. Nothing was counted. Write it as in 2026-01."
    )
    assert (gu.screen.table, gu.screen.since.text) == (None, typed)
    gu.does.asked_again()
    assert len(gu.line.requests) == before
    gu.does.begun("")
    assert len(gu.rows()) == 2


@pytest.mark.parametrize("typed", ["0", "3651", "-1", "1e3", "half a year", "9" * 30])
def test_no_window_is_said_beside_the_field_and_not_asked(gu: Manager, typed: str) -> None:
    before = len(gu.line.requests)
    gu.does.reached(typed)
    assert gu.screen.days is not None
    assert gu.screen.days.problem.startswith(f"“{typed}” is no number of days.")
    assert (gu.screen.table, len(gu.line.requests)) == (None, before)
    gu.does.opened(Tab.VALUE)
    assert gu.screen.table is not None


def test_what_was_counted_stays_until_she_asks_anew(hub: Hub, gu: Manager) -> None:
    gu.does.opened(Tab.VALUE)
    gu.does.opened(Tab.NEW)
    assert (gu.asked("cohorts"), gu.asked("value")) == (1, 1)
    with hub.store.write() as session:
        makers.make_order(session, makers.make_customer(session), paid_at=NOW)
    hub.clock.forward(minutes=5)
    gu.does.asked_again()
    assert (gu.asked("cohorts"), gu.rows()[1][1]) == (2, "2")
    assert gu.screen.left == "counted today 10:05"


def test_while_the_hub_counts_she_is_told(late: Manager) -> None:
    assert late.screen.empty.startswith("The hub is counting.")
    assert late.screen.save == ""
    late.late.let_in()
    assert (late.screen.empty, late.screen.save) == ("", "Save")
    late.does.asked_again()
    assert (late.screen.left, len(late.rows())) == ("counting anew …", 2)
    late.late.let_in()
    assert late.screen.left == "counted today 10:00"


def test_an_answer_to_what_is_not_asked_any_more_is_not_shown(late: Manager) -> None:
    late.does.parted("grade")
    late.does.parted("line")
    assert late.asked("cohorts") == 1
    late.late.let_in()
    assert (late.screen.table, late.asked("cohorts")) == (None, 2)
    late.late.let_in()
    assert late.rows()[0][1] == "Collagen"
    assert late.late.late == []


def test_without_a_line_she_is_told_and_it_goes_on_by_itself(gu: Manager) -> None:
    gu.line.cut = True
    gu.does.opened(Tab.VALUE)
    assert gu.screen.offline.startswith("The hub cannot be reached. Only the hub can count")
    assert (gu.screen.table, gu.screen.empty, gu.screen.retry) == (None, "", "Ask again")
    gu.does.opened(Tab.NEW)
    assert len(gu.rows()) == 2
    gu.does.opened(Tab.VALUE)
    gu.line.cut = False
    gu.lane.sync_now()
    assert (gu.screen.offline, gu.screen.retry) == ("", "")
    assert gu.rows()[-1][0] == "Everybody"


def test_a_hub_that_counts_too_long_is_not_asked_over_and_over(gu: Manager) -> None:
    gu.line.lose_reply_to = "/v1/figures/value"
    gu.does.opened(Tab.VALUE)
    assert gu.screen.empty.startswith("The hub has not counted this in time.")
    assert (gu.screen.offline, gu.screen.retry) == ("", "Ask again")
    gu.lane.sync_now()
    assert (gu.screen.table, gu.asked("value")) == (None, 1)
    gu.does.asked_again()
    assert gu.rows()[-1][0] == "Everybody"


def test_what_the_hub_refuses_is_said_in_its_words(hub: Hub, gu: Manager) -> None:
    gu.does.opened(Tab.LOSS)
    hub.clock.forward(days=HALF_YEAR.days)
    # Her sign-in ran out meanwhile: the hub says so, and what was counted stays.
    gu.does.asked_again()
    assert gu.notice is not None
    assert gu.notice[1] is Tone.WARN
    assert gu.screen.table is not None
    gu.does.notice_closed()
    assert gu.screen.notice is None


def test_what_went_wrong_is_told_in_the_language_that_is_chosen(hub: Hub, gu: Manager) -> None:
    hub.clock.forward(days=HALF_YEAR.days)
    gu.does.opened(Tab.LOSS)
    told = gu.screen.empty
    switch(Language.CHINESE)
    assert told != gu.screen.empty != ""
    assert gu.screen.empty.isascii() is False


def test_what_went_wrong_with_other_figures_is_not_told_of_these(hub: Hub, gu: Manager) -> None:
    gu.does.opened(Tab.LOSS)
    failing = LateTrouble(desk=gu.desk)
    gu.does._counts._lane = failing
    hub.clock.forward(days=HALF_YEAR.days)
    gu.does.reached("60")
    gu.does.reached("")
    failing.let_in()
    assert (gu.notice, gu.screen.retry, len(gu.rows()) > 1) == (None, "", True)
    gu.does.reached("60")
    assert gu.screen.table is None


def test_an_empty_hub_has_nobody_to_show(hub_store: Store, tmp_path: Path) -> None:
    makers.hub_with_rep(hub_store, "gu", team="", role=Role.MANAGER)
    gu = Manager(Hub(hub_store, tmp_path))
    told = []
    for tab in (*list(Tab)[1:], Tab.NEW):
        gu.does.opened(tab)
        assert (gu.screen.table, gu.screen.grid, gu.screen.save) == (None, None, "")
        told.append(gu.screen.empty)
    gu.does.saved()
    assert gu.names == []
    assert told == [
        "No card ran low in these months.",
        "Nobody was in pool 1 in these months.",
        "Nobody has bought anything yet.",
        "Nobody has bought anything yet.",
        "Nobody became a customer in these months.",
    ]
    gu.desk.close()


def test_she_saves_bare_numbers_to_reckon_with(gu: Manager, tmp_path: Path) -> None:
    gu.does.saved()
    assert gu.screen.notice is None
    gu.path = str(tmp_path / "new")
    gu.does.parted("grade")
    gu.does.saved()
    assert gu.names[-1] == "Newcomers 2026-11-17.csv"
    assert gu.notice == ("Saved: new.csv", Tone.GOOD)
    rows = list(csv.reader((tmp_path / "new.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0][:6] == [
        "Month", "Grade", "Newcomers", "Still waiting", "Bought again", "Bought again: base",
    ]  # fmt: skip
    assert rows[1] == ["2026-05", "B", "2", "0", "1", "2", "1", "2", "1", "2"]
    gu.path = str(tmp_path / "nowhere" / "new.csv")
    gu.does.saved()
    assert gu.notice is not None
    assert gu.notice[1] is Tone.WARN


@pytest.mark.parametrize(
    ("tab", "first"),
    [
        (Tab.CARDS, ["2026-07", "1", "0", "0", "1"]),
        (Tab.LOSS, ["2025-01", "2025-06-29", "0", "0", "0", "0"]),
        (Tab.GRID, ["1", "1", "1", "498.00"]),
        (Tab.VALUE, ["Pool 1 · grade A", "1", "996.00", "996.00"]),
    ],
)
def test_every_kind_can_be_saved(gu: Manager, tmp_path: Path, tab: Tab, first: list[str]) -> None:
    gu.does.opened(tab)
    gu.path = str(tmp_path / "one.csv")
    gu.does.saved()
    rows = list(csv.reader(Path(gu.path).read_text("utf-8-sig").splitlines()))
    assert (rows[1], len(rows[0])) == (first, len(first))


def test_a_file_names_who_is_counted_as_the_screen_does(gu: Manager, tmp_path: Path) -> None:
    switch(Language.CHINESE)
    gu.path = str(tmp_path / "one.csv")
    gu.does.parted("line")
    for tab, column in ((Tab.NEW, 1), (Tab.VALUE, 0)):
        gu.does.opened(tab)
        gu.does.saved()
        rows = list(csv.reader(Path(gu.path).read_text("utf-8-sig").splitlines()))
        assert [row[column] for row in rows[1:]] == [row[column] for row in gu.rows()]


def test_figures_speak_the_language_that_is_chosen(gu: Manager) -> None:
    switch(Language.CHINESE)
    assert gu.rows()[0][3] == "50.0%（1 / 2）"
    assert "复购率 = 首单或开卡后 180 天内" in gu.formulas()
    assert gu.screen.title == "经营数据"
