"""The half-year clock after a purchase and its touch plan: which touch when, by which way, and why.

Design part 4 (brief: repeat purchase within half a year): each customer shows day N of 180 and the
steps of an editable plan; a missed step enters the day's list. Days are those since her last
purchase, which is day 0. A contact on any way since a step began has done it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lumi_desk.because import Because, because
from lumi_desk.consents.rules import Way

BECAUSE_CODES = frozenset({"touch_missed"})
# From today on: a week.
WEEK = 7


class Event(StrEnum):
    """What a step without a day of its own follows."""

    SENT = "sent"
    DELIVERED = "delivered"
    RUN_OUT = "run_out"


@dataclass(frozen=True, slots=True)
class TouchStep:
    """One step of the plan: from day `after` to day `until`, or after the event its code names.

    Without `until` it may be done as long as the settings' grace says. `script` is the situation
    of the words it is done with (a value of scripts.rules.Situation), empty for the usual ones;
    `purpose` is what it is for, in the manager's words.
    """

    code: str
    after: int | None = None
    until: int | None = None
    way: Way = Way.PHONE
    script: str = ""
    purpose: str = ""


Plan = tuple[TouchStep, ...]


def dated(
    after: int, until: int | None = None, way: Way = Way.PHONE, script: str = "", purpose: str = ""
) -> TouchStep:
    """A step with days of its own; its code is its first day."""
    return TouchStep(f"day{after}", after, until, way, script, purpose)


@dataclass(frozen=True, slots=True)
class HalfYearSettings:
    """The clock runs for `days`; the plan is the design's.

    A step without a last day may be done until `grace` days after its first before it counts as
    missed. A missed one is asked for as long as one with the usual grace is: until `stale` days
    after its first day, and as many days more as it was given more (our choice).
    """

    days: int = 180
    plan: Plan = (
        TouchStep(Event.SENT.value),
        TouchStep(Event.DELIVERED.value),
        dated(7),
        dated(30),
        TouchStep(Event.RUN_OUT.value),
        dated(90),
        dated(150),
    )
    grace: int = 1
    stale: int = 14

    def last(self, step: TouchStep, after: int) -> int:
        """The last day on which a step may be done that begins on day `after`."""
        return after + self.grace if step.until is None else step.until

    def asked_until(self, step: TouchStep, after: int) -> int:
        """The last day on which a step is asked for after it was missed."""
        return min(self.last(step, after) + self.stale - self.grace, self.days)


HALF_YEAR = HalfYearSettings()


class State(StrEnum):
    """How a step stands with a customer."""

    DONE = "done"
    DUE = "due"
    MISSED = "missed"  # it is asked for still
    OVER = "over"  # it was missed, and is asked for no longer
    NEXT = "next"
    LATER = "later"
    WAITING = "waiting"  # nobody knows when its event was, or will be


@dataclass(frozen=True, slots=True)
class Standing:
    """A step as it stands: its first and last day, and the day of the contact that has done it.

    All are None where nobody knows them.
    """

    step: TouchStep
    state: State
    first: int | None = None
    last: int | None = None
    done: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """Her half-year clock: day `day` of `days`, and every step of the plan in its order."""

    day: int
    days: int
    steps: tuple[Standing, ...]


def clock(
    day: int,
    contacts: Collection[int],
    events: Mapping[str, int],
    settings: HalfYearSettings = HALF_YEAR,
) -> Clock:
    """How every step stands on day `day`.

    `contacts` are the days of her contacts, `events` the days of what steps without days follow,
    all counted from her last purchase; what happened before it has done nothing.
    """
    steps = [
        _standing(step, day, contacts, events.get(step.code, step.after), settings)
        for step in settings.plan
    ]
    ahead = [one.first for one in steps if one.state is State.LATER and one.first is not None]
    following = min(ahead, default=None)
    told = (
        replace(one, state=State.NEXT)
        if one.state is State.LATER and one.first == following
        else one
        for one in steps
    )
    return Clock(day, settings.days, tuple(told))


def missed(
    day: int, contacted: int | None, settings: HalfYearSettings = HALF_YEAR
) -> tuple[Because, ...]:
    """The dated steps that should be done and are not, as they are asked for on day `day`.

    `contacted` is the day of her last contact. Steps that follow an event have reasons of their
    own on the day's list.
    """
    return tuple(
        because(
            "touch_missed",
            step=step.code,
            days=day,
            first=after,
            last=settings.last(step, after),
            way=step.way.value,
            purpose=step.purpose,
        )
        for step, after in _open(day, contacted, settings)
        if settings.last(step, after) < day <= settings.asked_until(step, after)
    )


class Asked(StrEnum):
    """When a customer is asked for by a step of the plan, the most pressing first."""

    MISSED = "touch_missed"  # she stands on today's list by it
    TODAY = "touch_today"
    WEEK = "touch_week"  # not today, but within a week


def asked(
    day: int, contacted: int | None, settings: HalfYearSettings = HALF_YEAR
) -> tuple[Asked, TouchStep] | None:
    """The dated step she is asked for by, today or within a week if nothing happens; else None.

    What was missed comes first. Of several that were missed the latest counts, of several to come
    the first.
    """
    opened = list(_open(day, contacted, settings))
    late = [
        step for step, after in opened
        if settings.last(step, after) < day <= settings.asked_until(step, after)
    ]  # fmt: skip
    if late:
        return Asked.MISSED, late[-1]
    now = [step for step, after in opened if after <= day <= settings.last(step, after)]
    if now:
        return Asked.TODAY, now[0]
    soon = [
        (after, step) for step, after in opened
        if day < after < day + WEEK and after <= settings.days
    ]  # fmt: skip
    return (Asked.WEEK, min(soon, key=lambda one: one[0])[1]) if soon else None


def in_hand(
    day: int, contacted: int | None, settings: HalfYearSettings = HALF_YEAR
) -> TouchStep | None:
    """The dated step that a contact on this day would do; None if there is none."""
    found = asked(day, contacted, settings)
    return None if found is None or found[0] is Asked.WEEK else found[1]


def _open(
    day: int, contacted: int | None, settings: HalfYearSettings
) -> Sequence[tuple[TouchStep, int]]:
    """The dated steps that no contact has done, with their first days; none past the half year."""
    if day > settings.days:
        return ()
    return [
        (step, step.after)
        for step in settings.plan
        if step.after is not None and (contacted is None or contacted < step.after)
    ]


def _standing(
    step: TouchStep,
    day: int,
    contacts: Collection[int],
    first: int | None,
    settings: HalfYearSettings,
) -> Standing:
    if first is None:
        return Standing(step, State.WAITING)
    last = settings.last(step, first)
    done = min((one for one in contacts if first <= one <= day), default=None)
    if done is not None:
        return Standing(step, State.DONE, first, last, done)
    if day < first:
        state = State.LATER
    elif day <= last:
        state = State.DUE
    else:
        state = State.MISSED if day <= settings.asked_until(step, first) else State.OVER
    return Standing(step, state, first, last)
