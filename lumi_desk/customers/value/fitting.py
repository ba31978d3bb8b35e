"""Learning what purchases are worth, and only from what lies before a day."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import exp, inf, lgamma, log
from statistics import fmean

from lumi_desk.customers.again.fitting import (
    ENOUGH_CUSTOMERS,
    ENOUGH_REPEATERS,
    Point,
    fit_habits,
    lowest,
    sample,
)
from lumi_desk.customers.again.rules import Diary
from lumi_desk.customers.value.rules import AHEAD_DAYS, Brought, ValueModel

ENOUGH_OF_A_GROUP = 30
_BOUND = 12.0
_YEAR = timedelta(days=AHEAD_DAYS)


def brought(diary: Diary, on: date) -> Brought | None:
    """What a diary says of her at the end of a day: an order a day. None before her first."""
    past = [(day, fen) for day, fen in diary if day <= on]
    if not past:
        return None
    year = sum(fen for day, fen in past if day >= on - _YEAR)
    total = sum(fen for _, fen in past)
    return Brought(past[0][0], past[-1][0], len(past), len(past), total, year)


def fit(diaries: Mapping[str, Diary], on: date) -> ValueModel | None:
    """Learn from what was bought up to a day; of very many customers from a `sample`.

    None with too few customers, with too few who bought twice, or if nobody paid anything.
    """
    known = [her for key in sample(diaries) if (her := brought(diaries[key], on)) is not None]
    again = sum(one.days > 1 for one in known)
    if len(known) < ENOUGH_CUSTOMERS or again < ENOUGH_REPEATERS:
        return None
    worth = fit_worth((one.days, one.fen / one.days) for one in known if one.fen > 0)
    if worth is None:
        return None
    habits, _ = fit_habits(Counter(one.track(on) for one in known))
    return ValueModel(habits, *worth)


def fit_worth(averages: Iterable[tuple[int, float]]) -> tuple[float, float] | None:
    """The crowd's average of a purchase, and how many of her own weigh as much (gamma-gamma).

    `averages` are each customer's purchases and what one of hers was worth, above 0. None without
    any.
    """
    seen = list(averages)
    if not seen:
        return None
    scale = fmean(worth for _, worth in seen)
    of_times: dict[int, list[float]] = {}
    for times, worth in seen:
        of_times.setdefault(times, []).append(worth / scale)

    def loss(point: Point) -> float:
        if not all(-_BOUND <= one <= _BOUND for one in point):
            return inf
        p, above, v = map(exp, point)
        return -sum(_likelihood(p, 1 + above, v, *one) for one in of_times.items())

    (log_p, log_above, log_v), _ = lowest(loss, (0.0, 0.0, 0.0))
    return scale * exp(log_v + log_p - log_above), exp(log_above - log_p)


def _likelihood(p: float, q: float, v: float, times: int, averages: Sequence[float]) -> float:
    """How well p, q and v explain the averages of all who bought so many times."""
    shape = p * times
    shared = lgamma(shape + q) - lgamma(shape) - lgamma(q) + q * log(v) + shape * log(times)
    each = sum((shape - 1) * log(one) - (shape + q) * log(v + times * one) for one in averages)
    return len(averages) * shared + each


def fit_means(
    diaries: Mapping[str, Diary], groups: Mapping[str, str], since: date, until: date
) -> dict[str, int]:
    """What customers of a group brought in the days after one day up to another, as of 365 days.

    `groups` says where each stood on the day `since`. A group of fewer than 30 is left out.
    """
    found: dict[str, list[int]] = {}
    for key, name in groups.items():
        later = sum(fen for day, fen in diaries.get(key, ()) if since < day <= until)
        found.setdefault(name, []).append(later)
    days = (until - since).days
    return {
        name: round(fmean(some) * AHEAD_DAYS / days)
        for name, some in sorted(found.items())
        if len(some) >= ENOUGH_OF_A_GROUP
    }
