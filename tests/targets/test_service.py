"""Where a team and a rep stand, from fact rows and target rows."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from lumi_desk.calls.operations import PromiseCallback, promise_callback
from lumi_desk.ids import new_id
from lumi_desk.people import service as people
from lumi_desk.people.tables import Person
from lumi_desk.reports.rules import FactKind
from lumi_desk.reports.tables import Fact
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.targets import service
from lumi_desk.targets.operations import SetTarget, set_target
from lumi_desk.targets.rules import Measure
from lumi_desk.targets.service import NoMonth, Standing
from tests import makers
from tests.makers import NOW, TODAY

MONTH = "2026-11"


@pytest.fixture
def team(hub_store: Store) -> dict[str, str]:
    """Two reps and a trainee of one team, with their leader, by sign-in name."""
    roles = {"lin": Role.REP, "wang": Role.REP, "shen": Role.TRAINEE, "wu": Role.LEADER}
    return {login: makers.hub_with_rep(hub_store, login, role=roles[login]) for login in roles}


def _fact(session: Session, rep: str, kind: FactKind, amount: int, day: date = TODAY) -> None:
    money = kind.value.startswith(("cash", "delivered", "high", "card_fen"))
    session.add(
        Fact(
            id=new_id(),
            rep_id=rep,
            team_id=people.team_of(session, rep),
            day=day,
            kind=kind.value,
            fen=amount if money else 0,
            units=0 if money else amount,
            source=new_id(),
        )
    )


def test_claimed_and_confirmed_count_together_and_are_told_apart(
    hub_store: Store, team: dict[str, str]
) -> None:
    with hub_store.write() as session:
        team_id = people.team_of(session, team["lin"])
        _fact(session, team["lin"], FactKind.CASH, 1_000)
        _fact(session, team["lin"], FactKind.CASH_CLAIMED, 500)
        _fact(session, team["wang"], FactKind.CASH, 250)
        _fact(session, team["wang"], FactKind.CARDS, 2)
        _fact(session, team["wang"], FactKind.CARDS_CLAIMED, 1)
        _fact(session, team["shen"], FactKind.DELIVERED, 9_000)
        _fact(session, team["lin"], FactKind.CASH, 7_777, date(2026, 10, 31))
        session.flush()
        told = service.month(session, team_id, MONTH, NOW)
        mine = service.my_month(session, team["lin"], MONTH, NOW)
    assert told.standings[Measure.CASH] == Standing(0, 1_250, 500)
    assert told.standings[Measure.CARDS] == Standing(0, 2, 1)
    # The two ledgers are never added up.
    assert told.standings[Measure.DELIVERED] == Standing(0, 9_000, 0)
    assert mine.standings[Measure.CASH] == Standing(0, 1_000, 500)
    by_rep = {rep.rep_id: rep for rep in told.reps}
    assert by_rep[team["lin"]] == mine
    assert set(by_rep) == {team["lin"], team["wang"], team["shen"]}


def test_every_member_counts_also_who_left_and_who_sold_nothing(
    hub_store: Store, team: dict[str, str]
) -> None:
    with hub_store.write() as session:
        team_id = people.team_of(session, team["lin"])
        weights = dict.fromkeys((team["lin"], team["wang"], team["shen"]), 1)
        op = SetTarget(
            month=MONTH, team_id=team_id, measure=Measure.ORDERS, amount=10, weights=weights
        )
        assert sum(set_target(session, op).values()) == 10
        _fact(session, team["lin"], FactKind.ORDERS, 4)
        session.get_one(Person, team["lin"]).active = False
        session.flush()
        told = service.month(session, team_id, MONTH, NOW)
    orders = told.standings[Measure.ORDERS]
    assert (orders.target, orders.actual, orders.completion) == (10, 4, Fraction(2, 5))
    assert team["lin"] in {rep.rep_id for rep in told.reps}


def test_a_team_without_its_own_target_has_the_sum_of_its_reps(
    hub_store: Store, team: dict[str, str]
) -> None:
    with hub_store.write() as session:
        team_id = people.team_of(session, team["lin"])
        weights = {team["lin"]: 2, team["wang"]: 1}
        told = {"month": MONTH, "team_id": team_id, "measure": Measure.CASH}
        set_target(session, SetTarget(**told, amount=100, weights=weights))  # type: ignore[arg-type]
        month = service.month(session, team_id, MONTH, NOW)
        assert month.standings[Measure.CASH].target == 100
        parts = [rep.standings[Measure.CASH].target for rep in month.reps]
        assert sorted(parts) == [0, 33, 67]
        # Setting it anew takes the parts of those who no longer have one away.
        set_target(session, SetTarget(**told, amount=90, weights={team["wang"]: 1}))  # type: ignore[arg-type]
        month = service.month(session, team_id, MONTH, NOW)
        assert sum(rep.standings[Measure.CASH].target for rep in month.reps) == 90


def test_time_is_working_days_and_pace_is_beside_it(hub_store: Store, team: dict[str, str]) -> None:
    with hub_store.write() as session:
        team_id = people.team_of(session, team["lin"])
        op = SetTarget(month=MONTH, team_id=team_id, measure=Measure.CASH, amount=2_100)
        set_target(session, op)
        _fact(session, team["lin"], FactKind.CASH, 1_200)
        session.flush()
        told = service.month(session, team_id, MONTH, NOW)
        assert (told.time.elapsed, told.time.total, told.announced) == (12, 21, True)
        assert told.on_track(Measure.CASH) is True
        later = service.month(session, team_id, MONTH, NOW + timedelta(days=1))
        assert later.on_track(Measure.CASH) is False
        assert later.on_track(Measure.DREAM) is None
        assert not service.month(session, team_id, "2031-11", NOW).announced


def test_activity_and_shares(hub_store: Store, team: dict[str, str]) -> None:
    with hub_store.write() as session:
        team_id = people.team_of(session, team["lin"])
        for rep, dials in (("lin", 30), ("wang", 10)):
            _fact(session, team[rep], FactKind.DIALS, dials)
            _fact(session, team[rep], FactKind.ANSWERED, 10)
            _fact(session, team[rep], FactKind.TALK_SECONDS, 600)
        _fact(session, team["lin"], FactKind.DELIVERED, 1_000)
        _fact(session, team["wang"], FactKind.HIGH_MARGIN, 410)
        _fact(session, team["wang"], FactKind.CASH, 2_000)
        _fact(session, team["wang"], FactKind.CARD_FEN, 1_240)
        session.flush()
        told = service.month(session, team_id, MONTH, NOW).activity
        none = service.my_month(session, team["shen"], MONTH, NOW).activity
    assert (told.dials, told.answered, told.talk_seconds) == (40, 20, 1_200)
    assert told.connect_rate == Fraction(1, 2)
    assert told.high_margin_share == Fraction(41, 100)
    assert told.card_share == Fraction(62, 100)
    assert (none.connect_rate, none.high_margin_share, none.card_share) == (None, None, None)


def test_the_weekly_order_rate_is_about_this_week_and_all_reps(
    hub_store: Store, team: dict[str, str]
) -> None:
    sunday = TODAY - timedelta(days=TODAY.weekday() + 1)
    with hub_store.write() as session:
        team_id = people.team_of(session, team["lin"])
        _fact(session, team["lin"], FactKind.ORDERS_CLAIMED, 1)
        _fact(session, team["wang"], FactKind.ORDERS, 1, sunday)
        session.flush()
        told = service.month(session, team_id, MONTH, NOW)
    assert told.weekly_order_rate == Fraction(1, 3)
    assert [rep.rep_id for rep in told.reps if rep.sold_this_week] == [team["lin"]]


def test_a_week_reaches_into_the_month_before(hub_store: Store, team: dict[str, str]) -> None:
    # 1 December 2026 is a Tuesday.
    tuesday = NOW + timedelta(days=14)
    with hub_store.write() as session:
        _fact(session, team["lin"], FactKind.ORDERS, 1, date(2026, 11, 30))
        session.flush()
        assert service.my_month(session, team["lin"], "2026-12", tuesday).sold_this_week


def test_callbacks_promised_for_a_day_that_is_over_are_overdue(
    hub_store: Store, team: dict[str, str]
) -> None:
    with hub_store.write() as session:
        her = makers.make_customer(session, team["lin"]).id
        made = NOW - timedelta(days=9)
        for days in (-1, 0):
            promise_callback(session, _promise(team["lin"], her + str(days), made, days))
        promise_callback(session, _promise(team["lin"], her, made, -2))
        promise_callback(session, _promise(team["lin"], her, made + timedelta(days=1), 3))
        session.flush()
        told = service.month(session, people.team_of(session, team["lin"]), MONTH, NOW)
    overdue = {rep.rep_id: rep.activity.overdue for rep in told.reps}
    assert overdue == {team["lin"]: 1, team["wang"]: 0, team["shen"]: 0}
    assert told.activity.overdue == 1


def _promise(by: str, customer_id: str, at: datetime, days: int) -> PromiseCallback:
    due = NOW + timedelta(days=days)
    return PromiseCallback(id=new_id(), customer_id=customer_id, by=by, at=at, due_at=due)


@pytest.mark.parametrize(
    "name", ["", "2026", "2026-13", "2026-1", "202611", "2026-11-01", "十一月"]
)
def test_what_is_no_month(hub_store: Store, name: str) -> None:
    with hub_store.read() as session, pytest.raises(NoMonth):
        service.month(session, "t", name, NOW)
