"""Who would move if a rule set had other numbers, without writing anything."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.clock import day_start, local_day
from lumi_desk.customers.rules import (
    ChurnSettings,
    GradeSettings,
    Pace,
    PoolSettings,
    RelationshipSettings,
    grade_of,
    is_warned,
    pool_of,
    relationship_of,
    see,
)
from lumi_desk.customers.rulesets.rules import Settings
from lumi_desk.customers.run_out.rules import RunOutSettings, due
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.touch_plan import service as touch_plan
from lumi_desk.customers.touch_plan.rules import Asked, HalfYearSettings, TouchStep
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import histories, running_out
from lumi_desk.hub.classifying import Move
from lumi_desk.security.masking import mask_text

WARNED = "warned"
_EXAMPLES = 3


class NoPreview(LumiError):
    """Numbers that only say what is asked for, and of whom."""

    title = N_("These numbers move nobody")
    advice = N_("They only say what desks ask for, and whom they may reach. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Example:
    """A customer who would move; `grade` is the one she has now."""

    id: str
    name: str
    grade: str | None
    move: Move


@dataclass(frozen=True, slots=True)
class StepCount:
    """So many customers are asked for by a step of the touch plan, before and after.

    `today` are those for whom it may be done today or was missed, `week` they and those for whom
    it begins within a week. `day` is its first day.
    """

    code: str
    day: int
    today: tuple[int, int]
    week: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Preview:
    """What other numbers would mean at a moment.

    `what` moves: "pool", "grade", "relationship", "churn" (warned of or not), "run_out" (when she
    is reminded, a value of customers.run_out.rules.Due) or "half_year" (when she is asked for by
    the touch plan, a value of customers.touch_plan.rules.Asked, then with `steps`). `counts` are
    of all customers by (with the numbers before, with those after), an empty text meaning none;
    who stays is counted too.
    """

    what: str
    counts: Mapping[Move, int]
    examples: tuple[Example, ...]
    steps: tuple[StepCount, ...] = ()

    @property
    def moves(self) -> dict[Move, int]:
        """The counts of those who would move."""
        return {move: count for move, count in self.counts.items() if move[0] != move[1]}


def preview(
    session: Session,
    before: Settings,
    after: Settings,
    now: datetime,
    most: int = _EXAMPLES,
) -> Preview:
    """Compare two settings of one rule set over all customers, as classifying would find them.

    Of every move at most `most` customers are named. Raises NoPreview for numbers by which nobody
    moves.
    """
    tally = _Tally()
    decided, nothing = _compared(session, before, after, now, tally)
    counts: Counter[Move] = Counter()
    movers: dict[Move, list[str]] = defaultdict(list)
    for one, move in decided:
        counts[move] += 1
        if move[0] != move[1] and len(movers[move]) < most:
            movers[move].append(one)
    # Of whoever was not looked at the numbers say what they say of somebody who bought nothing.
    everybody = session.scalar(select(func.count()).select_from(Customer)) or 0
    counts[nothing] += everybody - counts.total()
    named = tuple(_examples(session, movers))
    return Preview(_WHAT[type(after)], dict(+counts), named, tally.steps(before, after))


class _Tally:
    """Who is asked for by which step, before (0) and after (1)."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, Asked, int]] = Counter()

    def add(self, found: tuple[Asked, TouchStep] | None, side: int) -> str:
        """Count what she is asked for by. Returns when; an empty text for nothing."""
        if found is None:
            return ""
        when, step = found
        self._counts[step.code, when, side] += 1
        return when.value

    def steps(self, before: Settings, after: Settings) -> tuple[StepCount, ...]:
        """Every dated step of both plans in the order of days; none of other rules."""
        if not isinstance(before, HalfYearSettings) or not isinstance(after, HalfYearSettings):
            return ()
        days = {one.code: one.after for one in (*before.plan, *after.plan) if one.after is not None}
        return tuple(
            StepCount(code, day, self._sums(code, *_NOW), self._sums(code, *Asked))
            for code, day in sorted(days.items(), key=lambda one: one[1])
        )

    def _sums(self, code: str, *whens: Asked) -> tuple[int, int]:
        old, new = (sum(self._counts[code, when, side] for when in whens) for side in (0, 1))
        return old, new


_NOW = (Asked.MISSED, Asked.TODAY)


def _compared(
    session: Session, before: Settings, after: Settings, now: datetime, tally: _Tally
) -> tuple[Iterator[tuple[str, Move]], Move]:
    """What both say of everybody there is something to say of, and of everybody else."""
    if isinstance(before, HalfYearSettings) and isinstance(after, HalfYearSettings):
        return _touched(session, before, after, now, tally), ("", "")
    if isinstance(before, RunOutSettings) and isinstance(after, RunOutSettings):
        return _running_out(session, before, after, now), ("", "")
    if isinstance(before, GradeSettings) and isinstance(after, GradeSettings):
        return _graded(session, before, after, now), ("", "")
    # The other rules look at when she bought.
    was, becomes = _decider(before), _decider(after)
    paces = histories.paces(session, now)
    decided = ((one, (was(pace), becomes(pace))) for one, pace in paces)
    return decided, (was(Pace()), becomes(Pace()))


def _touched(
    session: Session,
    before: HalfYearSettings,
    after: HalfYearSettings,
    now: datetime,
    tally: _Tally,
) -> Iterator[tuple[str, Move]]:
    everybody = touch_plan.everybody(session, now, max(before.days, after.days))
    for her in everybody.touched:
        old, new = everybody.asked(her, before), everybody.asked(her, after)
        yield her.id, (tally.add(old, 0), tally.add(new, 1))


def _running_out(
    session: Session, before: RunOutSettings, after: RunOutSettings, now: datetime
) -> Iterator[tuple[str, Move]]:
    today = local_day(now)
    for one, taken in running_out.everybody(session, now).items():
        yield one, (due(taken, today, before) or "", due(taken, today, after) or "")


def _graded(
    session: Session, before: GradeSettings, after: GradeSettings, now: datetime
) -> Iterator[tuple[str, Move]]:
    """Of the newcomers of the longer time; of all others neither says anything."""
    days = timedelta(days=max(before.new_days, after.new_days))
    since = day_start(local_day(now) - days)
    for one, history in histories.newcomers(session, since, now).items():
        seen = see(history, now)
        yield one, (grade_of(seen, before) or "", grade_of(seen, after) or "")


def _decider(settings: Settings) -> Callable[[Pace], str]:
    if isinstance(settings, PoolSettings):
        return lambda pace: pool_of(pace, settings)
    if isinstance(settings, RelationshipSettings):
        return lambda pace: relationship_of(pace, settings) or ""
    if isinstance(settings, ChurnSettings):
        return lambda pace: WARNED if is_warned(pace, settings) else ""
    raise NoPreview


def _examples(session: Session, movers: Mapping[Move, Sequence[str]]) -> Iterable[Example]:
    table: Any = Customer.__table__
    ids = [one for some in movers.values() for one in some]
    asked = select(table.c.id, table.c.name, table.c.grade).where(table.c.id.in_(ids))
    known = {row.id: row for row in session.connection().execute(asked)}
    for move, some in sorted(movers.items()):
        yield from (
            Example(one, mask_text(known[one].name), known[one].grade, move) for one in some
        )


_WHAT: dict[type, str] = {
    PoolSettings: "pool",
    GradeSettings: "grade",
    RelationshipSettings: "relationship",
    ChurnSettings: "churn",
    RunOutSettings: "run_out",
    HalfYearSettings: "half_year",
}
