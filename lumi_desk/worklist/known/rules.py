"""What is known of a customer before a call, as levels the learned order gives points to.

Only what stood before the call is looked at. How long calls lasted is no part of it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lumi_desk.because import Because, because
from lumi_desk.calls.rules import Channel, Disposition, Told
from lumi_desk.clock import local_day
from lumi_desk.customers.rules import Grade, Pool, Relationship
from lumi_desk.worklist.learned.rules import Feature, Levels, Points, Way, fits, score, strongest

BECAUSE_CODES = frozenset(
    {
        "learned_tries",
        "learned_contact",
        "learned_purchase",
        "learned_pool",
        "learned_grade",
        "learned_relationship",
        "learned_value",
        "learned_result",
    }
)
RULE_SET = "call_order"

GOOD = frozenset({Disposition.SOLD.value, Disposition.INTERESTED.value})
"""The results that make a call one that was worth it."""

_TRIES = (1, 2, 3, 4)
_QUIET = (7, 30, 90)
# Days since the last purchase, in hundredths of her own rhythm.
_RHYTHM = (50, 100, 150, 250)
_VALUE_FEN = (1, 100_000, 300_000, 1_000_000)
# Results of calls that were answered, from the one that promises least.
_RESULTS = ("no", "none", "thinking", "interested", "sold")
_RESULT_OF = {
    Disposition.NO_NEED.value: "no",
    Disposition.NOT_HER.value: "no",
    Disposition.COMPLAINT.value: "no",
    Disposition.THINKING.value: "thinking",
    Disposition.INTERESTED.value: "interested",
    Disposition.SOLD.value: "sold",
}

FEATURES = (
    # Ringing in vain once more never lifts her; a better last result never lowers her.
    Feature("tries", ("0", "1", "2", "3", "4+"), Way.FALLS),
    Feature("contact", ("never", "under 7 days", "under 30", "under 90", "90+")),
    Feature("purchase", ("none", "once", "under .5", "under 1", "under 1.5", "under 2.5", "2.5+")),
    Feature("pool", (Pool.ZERO.value, Pool.ONE.value, Pool.V.value), Way.RISES),
    Feature("grade", ("none", *(one.value for one in Grade))),
    Feature("relationship", ("none", *(one.value for one in reversed(Relationship))), Way.RISES),
    Feature("value", ("0", "under 1000", "under 3000", "under 10000", "10000+"), Way.RISES),
    Feature("result", _RESULTS, Way.RISES),
)

_LEVELS = {one.name: one.levels for one in FEATURES}


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier contacts left behind.

    `tries` are the calls in vain since she last took part in a contact, `answered_at` is that
    contact and `result` its result; `contacted_at` is the latest of all.
    """

    tries: int = 0
    contacted_at: datetime | None = None
    answered_at: datetime | None = None
    result: str = ""

    def after(self, at: datetime, channel: str, disposition: str, *, answered: bool) -> "Past":
        """The past once one more contact is over; contacts come in the order of time."""
        if answered:
            return Past(0, at, at, disposition)
        tries = self.tries + (channel == Channel.CALL)
        return Past(tries, at, self.answered_at, self.result)


_NOTHING = Past()


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of her at a moment. `year_fen` is her spend of the last year."""

    past: Past = _NOTHING
    last_paid_at: datetime | None = None
    rhythm_days: int | None = None
    pool: str = Pool.ZERO
    grade: str | None = None
    relationship: str | None = None
    year_fen: int = 0


def pasts(contacts: Iterable[Told], answering: frozenset[str]) -> dict[str, Past]:
    """What contacts in the order of time left behind, by customer."""
    found: dict[str, Past] = {}
    for customer_id, at, channel, result in contacts:
        past = found.get(customer_id, _NOTHING)
        found[customer_id] = past.after(at, channel, result, answered=result in answering)
    return found


def levels(known: Known, now: datetime) -> Levels:
    """The level of every feature, in the order of FEATURES."""
    past = known.past
    result = _RESULT_OF.get(past.result, "none")
    return (
        bisect_right(_TRIES, past.tries),
        _contact(past.contacted_at, now),
        _purchase(known, now),
        _place("pool", known.pool),
        _place("grade", known.grade),
        _place("relationship", known.relationship),
        bisect_right(_VALUE_FEN, known.year_fen),
        _RESULTS.index(result),
    )


def read(body: Any) -> Points | None:
    """The points a setting holds; None if it holds none for these features.

    A newer hub may know other features, and a desk must not lose its list over them: then the
    rules of the design stand alone.
    """
    if not isinstance(body, Mapping) or not isinstance(body.get("points"), Mapping):
        return None
    told = body["points"]
    if not all(_are_points(one) for one in told.values()) or type(body.get("base")) is not int:
        return None
    points = Points(body["base"], {name: tuple(one) for name, one in told.items()})
    return points if fits(points, FEATURES) else None


def written(points: Points) -> dict[str, Any]:
    """The inverse of `read`, as plain values."""
    return {"base": points.base, "points": {name: list(one) for name, one in points.of.items()}}


def standing(points: Points, known: Known, now: datetime) -> tuple[int, Because | None]:
    """Her sum of points, and the strongest reason for it; None if nothing lifts her."""
    hers = levels(known, now)
    best = strongest(points, FEATURES, hers)
    return score(points, FEATURES, hers), None if best is None else _because(best, known, now)


def _are_points(told: Any) -> bool:
    return isinstance(told, list) and all(type(one) is int for one in told)


def _place(feature: str, value: str | None) -> int:
    """The level of a value by name; the first for what the feature does not know."""
    named = _LEVELS[feature]
    return named.index(value) if value in named else 0


def _days(since: datetime, now: datetime) -> int:
    return max((local_day(now) - local_day(since)).days, 0)


def _contact(at: datetime | None, now: datetime) -> int:
    return 0 if at is None else 1 + bisect_right(_QUIET, _days(at, now))


def _purchase(known: Known, now: datetime) -> int:
    if known.last_paid_at is None:
        return 0
    if not known.rhythm_days:
        return 1
    hundredths = _days(known.last_paid_at, now) * 100 // known.rhythm_days
    return 2 + bisect_right(_RHYTHM, hundredths)


def _because(feature: str, known: Known, now: datetime) -> Because:
    past, paid = known.past, known.last_paid_at
    match feature:
        case "tries":
            return because("learned_tries", tries=past.tries)
        case "contact":
            at = past.contacted_at
            return because("learned_contact", days=None if at is None else _days(at, now))
        case "purchase":
            days = None if paid is None else _days(paid, now)
            return because("learned_purchase", days=days, usual=known.rhythm_days)
        case "pool":
            return because("learned_pool", pool=str(known.pool))
        case "grade":
            return because("learned_grade", grade=known.grade)
        case "relationship":
            return because("learned_relationship", relationship=known.relationship)
        case "value":
            return because("learned_value", value_fen=known.year_fen)
    return because("learned_result", result=_RESULT_OF.get(past.result, "none"))
