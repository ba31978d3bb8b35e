"""How likely a customer is to buy again: what is expected of her, and what she has spent.

The model is the MBG/NBD (Batislam, Denizel, Filiztekin 2007), the BG/NBD (Fader, Hardie, Lee
2005) in which a customer may also leave right after her first purchase. In the BG/NBD whoever
bought once can never be lost, which is no use to a churn warning. While she is a customer she
buys at a rate of her own, gamma(`r`, `alpha` weeks) over all; after each purchase she leaves with
a chance of her own, beta(`a`, `b`).

The ranking adds the logarithm of what she spent within a year, by a weight that is learned too.
Chosen on held-out histories (AUC of "buys again", CDNOW sample and half of Online Retail):
BG/NBD .7725 and .7506, MBG/NBD .7728 and .7506, with spend .776 and .760. Days since the last
purchase in her own rhythms added nothing to either (.776 and .758) and were left out.
"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import exp, inf, isfinite, lgamma, log, log1p
from typing import NamedTuple

from lumi_desk.clock import local_day
from lumi_desk.customers.rules import History, kept

# The days she bought on, oldest first, each once, with what was paid on it in fen (or in
# hundredths of another money): what a history is here.
Diary = Sequence[tuple[date, int]]

_YEAR_DAYS = 365
_WEEK_DAYS = 7
_TERMS = 10_000
_EXACT = 1e-12
# Where the sum of expected purchases has a removable hole; beside it the digits hold.
_HOLE = 1e-7


class Track(NamedTuple):
    """What the model sees of a customer.

    `repeats` are the days with a purchase after the first such day, `recency` the weeks from her
    first to her last, `age` those from her first until now.
    """

    repeats: int
    recency: float
    age: float


@dataclass(frozen=True, slots=True)
class Habits:
    """How a crowd of customers buys and leaves; weeks are the unit of time.

    With `at_once` she may leave after her first purchase (MBG/NBD), without only after a repeat
    (BG/NBD). ValueError for numbers that are not above 0.
    """

    r: float
    alpha: float
    a: float
    b: float
    at_once: bool = True

    def __post_init__(self) -> None:
        """A rate or a chance has a positive shape."""
        if not all(isfinite(one) and one > 0 for one in (self.r, self.alpha, self.a, self.b)):
            raise ValueError("r, alpha, a and b must be above 0")

    def chances_to_leave(self, repeats: int) -> int:
        """After how many of her purchases she could have left."""
        return repeats + 1 if self.at_once else repeats


@dataclass(frozen=True, slots=True)
class AgainSettings:
    """The numbers of the ranking: the crowd's habits, the weight of spend, how far it looks.

    The defaults are those of the CDNOW sample (2,357 customers, 1997), until a hub has histories
    enough of its own: a purchase in twelve weeks on average, as with a jar that lasts a month or
    two. ValueError if more spend would lower the rank.
    """

    habits: Habits = Habits(0.525, 6.183, 0.891, 1.614)
    spend: float = 0.2
    weeks: float = 13.0

    def __post_init__(self) -> None:
        """Whoever spends more is never behind for it."""
        if not (isfinite(self.spend) and self.spend >= 0 and 0 < self.weeks < inf):
            raise ValueError("spend must not be negative and weeks must be above 0")


AGAIN = AgainSettings()


def diary(history: History, now: datetime) -> Diary:
    """The Shanghai days with an order that was kept, up to a moment."""
    days: Counter[date] = Counter()
    for one in kept(history, now):
        days[local_day(one.paid_at)] += one.kept_fen
    return sorted(days.items())


def track(diary: Diary, on: date) -> Track:
    """What the model sees at the end of a day; ValueError if she had not bought by then."""
    days = [day for day, _ in diary if day <= on]
    if not days:
        raise ValueError("nothing was bought yet")
    first, last = days[0], days[-1]
    return Track(len(days) - 1, _weeks(first, last), _weeks(first, on))


def spent(diary: Diary, on: date) -> int:
    """Fen paid in the 365 days up to a day."""
    return sum(fen for day, fen in diary if 0 <= (on - day).days <= _YEAR_DAYS)


def remembered(first: date, last: date, on: date, rhythm: int | None, year_orders: int) -> Track:
    """A track from the few facts a desk holds of everybody, without her orders.

    `first` is the day she became a customer, `rhythm` her usual days between two purchases. Exact
    for whoever began with an order, within the year, and bought once a day at most. Of others the
    number of purchases is reckoned from her rhythm.
    """
    repeats = max(year_orders - 1, 0)
    if (on - first).days > _YEAR_DAYS and rhythm:
        repeats = max(repeats, round((last - first).days / rhythm))
    # Two days with a purchase are a repeat, whatever else is known.
    repeats = max(repeats, 1) if last > first else 0
    return Track(repeats, _weeks(first, last), max(_weeks(first, on), _weeks(first, last)))


def log_likelihood(habits: Habits, tracks: Mapping[Track, int]) -> float:
    """How well the habits explain what was seen; `tracks` with how often each was."""
    by_repeats: dict[int, tuple[float, float]] = {}
    total = 0.0
    for (repeats, recency, age), times in tracks.items():
        if repeats not in by_repeats:
            by_repeats[repeats] = _constants(habits, repeats)
        shared, left = by_repeats[repeats]
        shape = habits.r + repeats
        stays = -shape * log(habits.alpha + age)
        leaves = left - shape * log(habits.alpha + recency)
        total += times * (shared + stays + _softplus(leaves - stays))
    return total


def log_alive(habits: Habits, seen: Track) -> float:
    """The logarithm of the chance that she is still a customer; 0 is certain."""
    _, left = _constants(habits, seen.repeats)
    shape = habits.r + seen.repeats
    return -_softplus(
        left + shape * (log(habits.alpha + seen.age) - log(habits.alpha + seen.recency))
    )


def expected_if_alive(habits: Habits, seen: Track, weeks: float) -> float:
    """How many purchases in the next weeks, if she is still a customer."""
    rate, a = habits.r + seen.repeats, habits.a
    a += _HOLE if abs(a - 1) < _HOLE else 0.0
    below = a + habits.b + habits.chances_to_leave(seen.repeats) - 1
    below += _HOLE if abs(below) < _HOLE else 0.0
    z = weeks / (habits.alpha + seen.age + weeks)
    # Two forms of one sum (Euler's transformation): the one that converges up to z = 1.
    if a - 1 <= rate:
        rest = exp((a - 1) * log1p(-z)) * _hypergeometric(below - rate, a - 1, below, z)
    else:
        rest = exp(rate * log1p(-z)) * _hypergeometric(rate, below - a + 1, below, z)
    most = rate * weeks / (habits.alpha + seen.age)
    return min(max(below / (a - 1) * (1 - rest), sys.float_info.min), most)


def log_expected(habits: Habits, seen: Track, weeks: float) -> float:
    """The logarithm of the purchases expected of her in the next weeks."""
    return log_alive(habits, seen) + log(expected_if_alive(habits, seen, weeks))


def score(seen: Track, spent_fen: int, settings: AgainSettings = AGAIN) -> float:
    """Her place among customers: the larger, the likelier she buys again and the more she is worth.

    It falls with every day she does not buy and never falls with what she spent.
    """
    expected = log_expected(settings.habits, seen, settings.weeks)
    return expected + settings.spend * log1p(max(spent_fen, 0))


def _weeks(start: date, end: date) -> float:
    return (end - start).days / _WEEK_DAYS


def _constants(habits: Habits, repeats: int) -> tuple[float, float]:
    """Of everybody with so many repeats: the shared part of the likelihood, and of leaving."""
    r, a, b = habits.r, habits.a, habits.b
    chances = habits.chances_to_leave(repeats)
    bought = lgamma(r + repeats) - lgamma(r) + r * log(habits.alpha)
    stayed = lgamma(a + b) + lgamma(b + chances) - lgamma(b) - lgamma(a + b + chances)
    left = log(a) - log(b + chances - 1) if chances else -inf
    return bought + stayed, left


def _softplus(x: float) -> float:
    """log(1 + e^x), without overflow."""
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))


def _hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """The sum 2F1(a, b; c; z) for 0 <= z < 1."""
    term = total = 1.0
    for n in range(_TERMS):
        term *= (a + n) * (b + n) / (c + n) * z / (n + 1)
        total += term
        # Terms may grow before they fall: what is left is judged once they fall.
        if abs(term) <= _EXACT * abs(total) * (1 - z) and n > abs(a):
            break
    return total
