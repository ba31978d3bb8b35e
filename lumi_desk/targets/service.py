"""Where a team and a rep stand in a month: targets, actuals, and every figure of the board.

All of it follows from fact rows and target rows, so it is the same on hub and desk, offline too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.clock import local_day
from lumi_desk.errors import N_, LumiError
from lumi_desk.people import service as people
from lumi_desk.reports import service as reports
from lumi_desk.reports.rules import FactKind
from lumi_desk.reports.service import NOTHING, Sums
from lumi_desk.targets import calendar, rules
from lumi_desk.targets.rules import Measure, WorkTime
from lumi_desk.targets.tables import Target

# What counts as having sold this week: an order or a card, confirmed or only claimed.
_SOLD = (FactKind.ORDERS, FactKind.ORDERS_CLAIMED, FactKind.CARDS, FactKind.CARDS_CLAIMED)
_CONFIRMED = {
    Measure.CASH: FactKind.CASH,
    Measure.DELIVERED: FactKind.DELIVERED,
    Measure.CARDS: FactKind.CARDS,
    Measure.DREAM: FactKind.DREAM,
    Measure.ENZYME: FactKind.ENZYME,
    Measure.ORDERS: FactKind.ORDERS,
}
_CLAIMED = {
    Measure.CASH: FactKind.CASH_CLAIMED,
    Measure.CARDS: FactKind.CARDS_CLAIMED,
    Measure.ORDERS: FactKind.ORDERS_CLAIMED,
}


class NoMonth(LumiError):
    """A text that names no month."""

    title = N_("“{month}” is no month")
    advice = N_("Write year and month, as in 2026-11.")


@dataclass(frozen=True, slots=True)
class Standing:
    """One measure: fen for money, else pieces. `target` is 0 where none was set.

    `confirmed` comes from imported orders, `claimed` from sales they have not confirmed yet.
    """

    target: int
    confirmed: int
    claimed: int

    @property
    def actual(self) -> int:
        """Both together: a claimed sale counts until it is confirmed or withdrawn."""
        return self.confirmed + self.claimed

    @property
    def completion(self) -> Fraction | None:
        """完成: actual ÷ target."""
        return rules.completion(self.actual, self.target)


Standings = Mapping[Measure, Standing]


@dataclass(frozen=True, slots=True)
class Activity:
    """What was done beside selling, and the shares; money in fen, talk in seconds.

    `overdue` counts the callbacks promised for a day that is over.
    """

    dials: int
    answered: int
    talk_seconds: int
    high_margin_fen: int
    delivered_fen: int
    card_fen: int
    cash_fen: int
    overdue: int

    @property
    def connect_rate(self) -> Fraction | None:
        """Answered ÷ dials."""
        return rules.connect_rate(self.answered, self.dials)

    @property
    def high_margin_share(self) -> Fraction | None:
        """High-margin ÷ delivered sales."""
        return rules.high_margin_share(self.high_margin_fen, self.delivered_fen)

    @property
    def card_share(self) -> Fraction | None:
        """Value of cards opened ÷ confirmed cash sales: a claim has no card value yet."""
        return rules.card_share(self.card_fen, self.cash_fen)


@dataclass(frozen=True, slots=True)
class RepMonth:
    """One rep's month. `sold_this_week` is about the week of the asked day."""

    rep_id: str
    name: str
    trainee_since: date | None
    standings: Standings
    activity: Activity
    sold_this_week: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A team's month. `announced` says whether its working days are official or reckoned."""

    first: date
    last: date
    time: WorkTime
    announced: bool
    standings: Standings
    activity: Activity
    reps: tuple[RepMonth, ...]
    weekly_order_rate: Fraction | None

    def on_track(self, measure: Measure) -> bool | None:
        """Whether the team's completion has reached elapsed time."""
        standing = self.standings[measure]
        return rules.on_track(standing.actual, standing.target, self.time)


def month_named(name: str) -> tuple[date, date]:
    """First and last day of `YYYY-MM`. Raises NoMonth."""
    try:
        # A fixed width: "2026-1" and "202611" would pass date's own parser in some versions.
        if len(name) != len("YYYY-MM"):
            raise ValueError(name)
        return rules.month_of(date.fromisoformat(f"{name}-01"))
    except ValueError:
        raise NoMonth(month=name) from None


def work_time(first: date, last: date, today: date) -> WorkTime:
    """The working days of a month of the Chinese calendar, and how many are over."""
    return rules.work_time(first, last, today, calendar.calendar(first.year))


def month(session: Session, team_id: str, name: str, now: datetime) -> Month:
    """Where a team stands in the month `YYYY-MM`; every member counts. Raises NoMonth.

    Beside the team's reps there is everybody who sold or has a target in it, also those who left.
    A team without a target of its own has the sum of its reps' targets.
    """
    first, last = month_named(name)
    today = local_day(now)
    sums = reports.by_rep(session, team_id, first, last)
    week = reports.by_rep(session, team_id, *_week_of(today))
    targets = _targets(session, name, Target.team_id == team_id)
    overdue = reports.overdue(session, today)
    members = [person.id for person in people.reps_of(session, team_id)]
    others = sorted({one for one in (*sums, *targets) if one} - set(members))
    reps = tuple(
        _rep_month(session, one, targets, sums.get(one, NOTHING), week.get(one, NOTHING), overdue)
        for one in (*members, *others)
    )
    sold = sum(one.sold_this_week for one in reps if one.rep_id in members)
    return Month(
        first,
        last,
        work_time(first, last, today),
        calendar.is_announced(first.year),
        _standings(_team_targets(targets), *sums.values()),
        _activity_of_all(sums.values(), reps),
        reps,
        rules.weekly_order_rate(sold, len(members)),
    )


def my_month(session: Session, rep_id: str, name: str, now: datetime) -> RepMonth:
    """One rep's month from what her desk holds. Raises NoMonth."""
    first, last = month_named(name)
    sums = reports.of_rep(session, rep_id, first, last)
    week = reports.of_rep(session, rep_id, *_week_of(local_day(now)))
    overdue = reports.overdue(session, local_day(now))
    targets = _targets(session, name, Target.rep_id == rep_id)
    return _rep_month(session, rep_id, targets, sums, week, overdue)


def _rep_month(
    session: Session,
    rep_id: str,
    targets: Mapping[str, Mapping[str, int]],
    sums: Sums,
    week: Sums,
    overdue: Mapping[str, int],
) -> RepMonth:
    person = people.person(session, rep_id)
    return RepMonth(
        rep_id,
        person.name if person else "",
        person.trainee_since if person else None,
        _standings(targets.get(rep_id, {}), sums),
        _activity(sums, overdue.get(rep_id, 0)),
        _sold(week),
    )


def _week_of(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _targets(session: Session, month_name: str, whose: object) -> dict[str, dict[str, int]]:
    """Amounts by rep (empty: the team's own), then by measure."""
    asked = select(Target.rep_id, Target.measure, Target.amount).where(
        Target.month == month_name,
        whose,  # type: ignore[arg-type]
    )
    found: dict[str, dict[str, int]] = {}
    for rep_id, measure, amount in session.execute(asked):
        found.setdefault(rep_id, {})[measure] = amount
    return found


def _team_targets(targets: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    own = targets.get("", {})
    of_reps = [amounts for rep_id, amounts in targets.items() if rep_id]
    return {
        measure: own[measure] if measure in own else sum(one.get(measure, 0) for one in of_reps)
        for measure in Measure
    }


def _standings(targets: Mapping[str, int], *sums: Sums) -> Standings:
    return {
        measure: Standing(
            targets.get(measure, 0),
            sum(_amount(one, measure, _CONFIRMED[measure]) for one in sums),
            sum(_amount(one, measure, _CLAIMED.get(measure)) for one in sums),
        )
        for measure in Measure
    }


def _amount(sums: Sums, measure: Measure, kind: FactKind | None) -> int:
    if kind is None:
        return 0
    return sums.money(kind) if measure.is_money else sums.count(kind)


def _activity(sums: Sums, overdue: int) -> Activity:
    return Activity(
        sums.count(FactKind.DIALS),
        sums.count(FactKind.ANSWERED),
        sums.count(FactKind.TALK_SECONDS),
        sums.money(FactKind.HIGH_MARGIN),
        sums.money(FactKind.DELIVERED),
        sums.money(FactKind.CARD_FEN),
        sums.money(FactKind.CASH),
        overdue,
    )


def _activity_of_all(sums: Iterable[Sums], reps: Iterable[RepMonth]) -> Activity:
    everybody = list(sums)
    kinds = FactKind
    return _activity(
        Sums(
            {kind: sum(one.money(kind) for one in everybody) for kind in kinds},
            {kind: sum(one.count(kind) for one in everybody) for kind in kinds},
        ),
        sum(one.activity.overdue for one in reps),
    )


def _sold(sums: Sums) -> bool:
    return sums.count(*_SOLD) > 0
