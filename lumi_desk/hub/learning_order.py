"""Learning from the calls a hub knows whom to call first; desks get it as a setting.

A call counts with what was known of her just before it: her earlier contacts, and what the rule
sets would have said of her then. What came of the call is its result, never how long it lasted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.calls import service as contacts
from lumi_desk.calls.rules import Channel, Told
from lumi_desk.calls.tables import Contact
from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.rules import History
from lumi_desk.hub import classifying, histories
from lumi_desk.hub.classifying import Numbers
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.worklist.judging.rules import auc
from lumi_desk.worklist.known.rules import (
    FEATURES,
    GOOD,
    RULE_SET,
    Known,
    Past,
    levels,
    read,
    written,
)
from lumi_desk.worklist.learned.rules import Levels, Points, fit, score
from lumi_desk.worklist.rules import WORKLIST

LEAST_ANSWERED = 1_000
LEAST_GOOD = 200
"""Fewer answered calls, or fewer that sold or interested, teach nothing worth following."""

CLEARLY = 0.02
"""By so much more AUC the points must order later calls: chance alone makes smaller differences."""

_MOST_CALLS = 100_000
_BACK = timedelta(days=365)
_AGAIN = timedelta(days=7)
_CHUNK = 1000
# The latest fifth of the calls judges what the others taught.
_JUDGED = 5

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Tried:
    """One call: when, what was known before it, her place by value and time, and the outcome."""

    at: datetime
    levels: Levels
    worth: tuple[int, int]
    answered: bool
    good: bool


@dataclass(frozen=True, slots=True)
class Lesson:
    """What calls taught.

    `points` are None without enough outcomes. `auc` is how well points learned from the earlier
    calls order the latest fifth, `auc_before` how well value and time since contact do.
    """

    calls: int
    answered: int
    good: int
    points: Points | None = None
    auc: float | None = None
    auc_before: float | None = None

    @property
    def answered_missing(self) -> int:
        """How many answered calls are still to come before anything is learned."""
        return max(LEAST_ANSWERED - self.answered, 0)

    @property
    def good_missing(self) -> int:
        """How many calls that sell or interest are still to come."""
        return max(LEAST_GOOD - self.good, 0)

    @property
    def is_better(self) -> bool:
        """Whether the points order later calls clearly better than value and time, and chance."""
        before = max(self.auc_before or 0.0, 0.5)
        return self.auc is not None and self.auc > before + CLEARLY


def learn_when_due(store: Store, now: datetime, tell: Tell | None = None) -> Lesson | None:
    """Learn and keep what is better, a week after points were last kept; None before."""
    with store.read() as session:
        latest = catalog.holding_since(session, RULE_SET, clock.local_day(now))
    if latest is not None and latest > clock.local_day(now - _AGAIN):
        return None
    return learn_and_keep(store, now, tell=tell)


def learn_and_keep(
    store: Store, now: datetime, *, keep: bool = True, tell: Tell | None = None
) -> Lesson:
    """Learn from the calls of the last year; points that are better hold from today on.

    Where they are no better, those in force are withdrawn: the rules stand alone again. With
    `keep` off nothing is written. Raises BadSetting.
    """
    with store.read() as session:
        lesson = lesson_of(tried(session, now, tell))
        followed = read(catalog.setting(session, RULE_SET, clock.local_day(now))) is not None
    if keep and lesson.points is not None and (lesson.is_better or followed):
        with store.write() as session:
            feed.watch(session)
            session.add(_setting(lesson, lesson.points, now))
            feed.publish(session)
    return lesson


def lesson_of(calls: Sequence[Tried]) -> Lesson:
    """What these calls teach, judged on the latest of them by what the earlier ones taught."""
    answered, good = sum(one.answered for one in calls), sum(one.good for one in calls)
    few = Lesson(len(calls), answered, good)
    if few.answered_missing or few.good_missing:
        return few
    ordered = sorted(calls, key=lambda one: (one.at, one.levels, one.good))
    cut = len(ordered) * (_JUDGED - 1) // _JUDGED
    earlier, later = _points(ordered[:cut]), ordered[cut:]
    outcomes = [one.good for one in later]
    return replace(
        few,
        points=_points(ordered),
        auc=auc([score(earlier, FEATURES, one.levels) for one in later], outcomes),
        auc_before=auc([one.worth for one in later], outcomes),
    )


def tried(session: Session, now: datetime, tell: Tell | None = None) -> list[Tried]:
    """The latest calls of the last year, each with what was known before it. Raises BadSetting."""
    since = _since(session, now)
    called = select(Contact.customer_id).where(_calls_from(since)).distinct()
    ids = list(session.scalars(called.order_by(Contact.customer_id)))
    numbers, answering = classifying.numbers_on(session, now), catalog.answering(session)
    found: list[Tried] = []
    for start in range(0, len(ids), _CHUNK):
        if tell:
            tell("learning", start, len(ids))
        some = ids[start : start + _CHUNK]
        bought = histories.of(session, some)
        for customer_id, told in groupby(contacts.in_order(session, some), lambda row: row[0]):
            hers = _hers(told, bought[customer_id], numbers, answering)
            found += [one for one in hers if since <= one.at <= now]
    if tell:
        tell("learning", len(ids), len(ids))
    return found


def _hers(
    told: Iterator[Told], history: History, numbers: Numbers, answering: frozenset[str]
) -> Iterator[Tried]:
    """Every call to one customer, with what was known before it."""
    past = Past()
    for _, at, channel, result in told:
        answered = result in answering
        if channel == Channel.CALL:
            known = _known(past, history, at, numbers)
            quiet = WORKLIST.rest_days
            if past.contacted_at is not None:
                days = clock.local_day(at) - clock.local_day(past.contacted_at)
                quiet = min(days.days, quiet)
            worth = (known.year_fen * quiet, quiet)
            good = answered and result in GOOD
            yield Tried(at, levels(known, at), worth, answered, good)
        past = past.after(at, channel, result, answered=answered)


def _known(past: Past, history: History, at: datetime, numbers: Numbers) -> Known:
    # The latest answered contact of all would tell of the time after the call.
    then = replace(history, last_answered_at=past.answered_at)
    said = classifying.computed(then, at, numbers)
    return Known(
        past=past,
        last_paid_at=said["last_paid_at"],
        rhythm_days=said["rhythm_days"],
        pool=said["pool"],
        grade=said["grade"],
        relationship=said["relationship"],
        year_fen=said["year_fen"],
    )


def _points(calls: Sequence[Tried]) -> Points:
    return fit(FEATURES, ((one.levels, one.good) for one in calls))


def _calls_from(since: datetime) -> ColumnElement[bool]:
    return and_(Contact.channel == Channel.CALL.value, Contact.started_at >= since)


def _since(session: Session, now: datetime) -> datetime:
    """From when on calls count: a year back, or later where a year holds too many."""
    started = select(Contact.started_at).where(_calls_from(now - _BACK))
    latest = started.order_by(Contact.started_at.desc()).offset(_MOST_CALLS - 1).limit(1)
    return session.scalar(latest) or now - _BACK


def _setting(lesson: Lesson, points: Points, now: datetime) -> Setting:
    learned_from = {"calls": lesson.calls, "answered": lesson.answered, "good": lesson.good}
    body = (written(points) if lesson.is_better else {}) | {"learned_from": learned_from}
    day = clock.local_day(now)
    return Setting(id=new_id(), rule_set=RULE_SET, effective=day, body=body)
