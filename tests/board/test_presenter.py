"""The leader's board: what the team has done, beside the time that is over."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from lumi_desk.desk import Me
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Person, Team
from lumi_desk.reports.rules import FactKind
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.store import Store
from lumi_desk.targets.tables import Target
from tests import floor
from tests.hubs import HandClock
from tests.lane import LaneNow
from tests.makers import NOW, TODAY, make_customer
from ui.board.presenter import SIGNALS, BoardPresenter
from ui.board.screen import Bar, Cell, Measure, RepLine, Screen
from ui.widgets.values import Tone, plain
from ui.words import Language, switch

pytestmark = pytest.mark.usefixtures("in_english")

ME = Me("wu", "吴桂芳", "leader", "one")
NAMES = ("Cash sales", "Done / time", "Cards opened", "High margin", "Orders sold",
         "Dials / answered", "Talk time", "Overdue", "Sold this week")  # fmt: skip


class Leader:
    """What she sees is `screen`."""

    def __init__(self, store: Store, me: Me = ME) -> None:
        self.store, self.clock = store, HandClock()
        self.screens: list[Screen] = []
        self.lane = LaneNow(desk=floor.offline_desk(store, self.clock, me))
        self.does = BoardPresenter(self.lane, self.screens.append, me, self.clock)

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    def measure(self, title: str) -> Measure:
        return next(one for one in self.screen.measures if one.title == title)

    def line(self, name: str) -> RepLine:
        return next(one for one in self.screen.reps if one.name == name)

    def cell(self, name: str, column: str) -> Cell:
        found = self.line(name).cells[NAMES.index(column)]
        assert isinstance(found, Cell)
        return found


@pytest.fixture
def store(desk_store: Store) -> Store:
    with desk_store.write() as session:
        session.add(Team(id="one", name="一组"))
        for person_id, name in (("lin", "林晓燕"), ("wang", "王秀珍")):
            session.add(Person(id=person_id, name=name, role="rep", team_id="one"))
    return desk_store


@pytest.fixture
def leader(store: Store) -> Leader:
    return Leader(store)


def counted(
    store: Store, rep: str, kind: FactKind, *, fen: int = 0, units: int = 0, day: date = TODAY
) -> None:
    with store.write() as session:
        session.add(
            Fact(
                id=new_id(), rep_id=rep, team_id="one", day=day, kind=kind.value, fen=fen,
                units=units, source=new_id(), customer_key="",
            )
        )  # fmt: skip


def aimed(store: Store, measure: str, amount: int, rep: str = "") -> None:
    with store.write() as session:
        session.add(
            Target(
                id=new_id(), month="2026-11", team_id="one", rep_id=rep, measure=measure,
                amount=amount,
            )
        )  # fmt: skip


def test_completion_stands_beside_elapsed_time(leader: Leader) -> None:
    aimed(leader.store, "cash", 43_000_000)
    counted(leader.store, "lin", FactKind.CASH, fen=21_500_000)
    leader.does.begin()
    assert leader.screen.title == "一组 · targets of November"
    assert leader.screen.days == "working day 12 of 21"
    cash = leader.measure("Cash sales")
    assert (cash.value, cash.target, cash.done) == ("¥215,000", "430,000", 0.5)
    assert cash.elapsed == pytest.approx(12 / 21)
    assert plain(cash.words) == "done 50% · time 57%"
    assert cash.words[0].tone is Tone.WARN
    assert "done = actual ÷ target" in cash.formula


def test_a_measure_ahead_of_time_is_good(leader: Leader) -> None:
    aimed(leader.store, "orders", 250)
    counted(leader.store, "lin", FactKind.ORDERS, units=150)
    leader.does.begin()
    orders = leader.measure("Orders sold")
    assert (orders.value, orders.target) == ("150", "250 orders")
    assert orders.words[0].tone is Tone.GOOD


def test_without_a_target_nothing_pretends(leader: Leader) -> None:
    leader.does.begin()
    cards = leader.measure("Cards opened")
    assert (cards.value, cards.target, cards.done) == ("0", "–", 0.0)
    assert plain(cards.words) == "no target set · time 57%"
    assert leader.screen.advice is None


def test_cash_and_delivered_stay_apart_and_claims_are_named(leader: Leader) -> None:
    counted(leader.store, "lin", FactKind.CASH, fen=100_000)
    counted(leader.store, "lin", FactKind.CASH_CLAIMED, fen=1_200_000)
    counted(leader.store, "lin", FactKind.DELIVERED, fen=500_000)
    leader.does.begin()
    assert leader.measure("Cash sales").value == "¥13,000"
    assert leader.measure("Delivered sales").value == "¥5,000"
    assert plain(leader.screen.as_of) == "Not synced yet · claimed ¥12,000"
    assert "¥12,000" in leader.measure("Cash sales").formula
    assert "¥12,000" in leader.cell("林晓燕", "Cash sales").tip


def test_a_line_for_each_rep_with_her_figures(leader: Leader) -> None:
    aimed(leader.store, "cash", 10_000_000, "lin")
    aimed(leader.store, "cards", 4, "lin")
    counted(leader.store, "lin", FactKind.CASH, fen=6_842_000)
    counted(leader.store, "lin", FactKind.CARDS, units=3)
    counted(leader.store, "lin", FactKind.DELIVERED, fen=1_000_000)
    counted(leader.store, "lin", FactKind.HIGH_MARGIN, fen=440_000)
    counted(leader.store, "lin", FactKind.DIALS, units=412)
    counted(leader.store, "lin", FactKind.ANSWERED, units=231)
    counted(leader.store, "lin", FactKind.TALK_SECONDS, units=41 * 3600 + 20 * 60)
    leader.does.begin()
    assert leader.cell("林晓燕", "Cash sales").text == "¥68,420"
    assert leader.cell("林晓燕", "Cards opened").text == "3 / 4"
    assert leader.cell("林晓燕", "High margin").text == "44%"
    assert leader.cell("林晓燕", "Dials / answered").text == "412 / 231"
    assert leader.cell("林晓燕", "Talk time").text == "41:20"
    assert leader.cell("林晓燕", "Sold this week").text == "✔"
    assert leader.cell("王秀珍", "Sold this week").tone is Tone.BAD
    bar = leader.line("林晓燕").cells[1]
    assert isinstance(bar, Bar)
    assert bar.words == "done 68%, time 57%"
    assert leader.cell("王秀珍", "Done / time").text == "no target set"
    assert leader.cell("Whole team", "Sold this week").text == "50%"


money = st.integers(min_value=0, max_value=10**9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(("lin", "wang", "left")), money), max_size=6))
def test_the_last_line_is_the_sum_of_the_others(store: Store, sales: list[tuple[str, int]]) -> None:
    with store.write() as session:
        session.execute(delete(Fact))
    for rep, fen in sales:
        counted(store, rep, FactKind.CASH, fen=fen)
        counted(store, rep, FactKind.ORDERS, units=1)
    leader = Leader(store)
    leader.does.begin()
    *reps, total = leader.screen.reps
    assert total.total
    for column in (0, 4):
        parts = [number(line.cells[column]) for line in reps]
        assert sum(parts) == number(total.cells[column])


def number(cell: Cell | Bar) -> int:
    """A shown amount in its smallest unit."""
    assert isinstance(cell, Cell)
    whole, _, part = cell.text.replace("¥", "").replace(",", "").partition(".")
    return int(whole) * 100 + int(part or 0)


# What to do next.


def advised(leader: Leader) -> str:
    return plain(leader.screen.advice.words) if leader.screen.advice else ""


def said(leader: Leader) -> str:
    return leader.screen.problem.text if leader.screen.problem else ""


def test_what_is_needed_each_day_follows_from_the_target(leader: Leader) -> None:
    aimed(leader.store, "cash", 43_000_000)
    counted(leader.store, "lin", FactKind.CASH, fen=28_157_000)
    leader.does.begin()
    assert not advised(leader)
    leader.clock.forward(days=7)
    leader.does.tick()
    # 148,430 yuan in 4 working days, rounded up to whole yuan.
    assert advised(leader) == "Cash sales needs ¥37,108 on each of the 4 working days left."
    leader.does.advice_why_wanted()
    assert "working days left" in said(leader)
    leader.does.problem_closed()
    assert not said(leader)


def test_customers_whose_cards_end_come_first(store: Store) -> None:
    with store.write() as session:
        session.execute(delete(Team))
        session.execute(delete(Person))
    floor.stock(store)
    with store.write() as session:
        customer = floor.wenjing(session)
    leader = Leader(store)
    leader.does.begin()
    assert advised(leader) == "1 customer whose card ends was not called this week."
    with store.write() as session:
        session.add(
            Fact(
                id=new_id(), rep_id="lin", team_id="one", day=TODAY, kind="dials", units=1,
                source=new_id(), customer_key=customer.id,
            )
        )  # fmt: skip
    assert not advised(leader)


def test_overdue_callbacks_name_who_has_most(store: Store) -> None:
    with store.write() as session:
        for rep, many in (("lin", 1), ("wang", 2)):
            customer = make_customer(session, rep)
            for _ in range(many):
                floor.promised(session, customer, timedelta(days=-1), by=rep)
    leader = Leader(store)
    leader.does.begin()
    assert leader.screen.advice is not None
    assert plain(leader.screen.advice.words) == (
        "Promised callbacks are overdue: 3 in all, most with 王秀珍 (2)."
    )
    assert leader.cell("王秀珍", "Overdue").text == "2"
    assert leader.cell("Whole team", "Overdue").text == "3"


def test_whoever_belongs_to_no_team_is_told_so(store: Store) -> None:
    leader = Leader(store, Me("gu", "顾明兰", "manager", ""))
    leader.does.begin()
    assert leader.screen.empty == "You belong to no team. Ask the hub's keeper."
    assert leader.screen.reps == ()


def test_a_trainee_is_marked_with_her_month(leader: Leader) -> None:
    with leader.store.write() as session:
        since = (NOW - timedelta(days=70)).date()
        session.add(
            Person(id="shen", name="沈佳怡", role="trainee", team_id="one", trainee_since=since)
        )
    leader.does.begin()
    badge = leader.line("沈佳怡").badge
    assert badge is not None
    assert badge.text == "Trainee, month 3"


def test_the_board_speaks_the_language_at_once(leader: Leader) -> None:
    leader.does.begin()
    switch(Language.CHINESE)
    assert leader.screen.title == "一组 · 十一月目标"
    assert leader.screen.headings[1].text == "收款业绩"


def test_every_signal_of_the_view_has_its_method(leader: Leader) -> None:
    missing = [name for name in SIGNALS if not callable(getattr(leader.does, name, None))]
    assert missing == []
