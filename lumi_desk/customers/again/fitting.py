"""Learning the ranking's numbers from histories, and only from what lies before a day."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, inf, log1p
from operator import itemgetter
from statistics import fmean, pstdev

from lumi_desk.customers.again.rules import (
    AgainSettings,
    Diary,
    Habits,
    Track,
    log_expected,
    log_likelihood,
    spent,
    track,
)

# More customers move the numbers less than the crowd itself changes from month to month.
MOST_CUSTOMERS = 6_000
ENOUGH_CUSTOMERS = 200
ENOUGH_REPEATERS = 50
_AHEAD = timedelta(weeks=13)
_PART = 3
_BOUNDS = (-14.0, 9.0)
_STEPS = 2_000
_CLOSE = 1e-9

Point = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: the numbers, and of how many customers, so many of whom bought again."""

    settings: AgainSettings
    log_likelihood: float
    customers: int
    repeaters: int


def learn(diaries: Mapping[str, Diary], on: date, weeks: float) -> Learned | None:
    """Learn a ranking for the `weeks` after a day from what was bought up to it.

    The weight of spend is found the way it will be used: the habits of the first part of what is
    known, judged on its last. Of very many customers a `sample` is taken; None with too few.
    """
    began = (key for key, diary in diaries.items() if diary and diary[0][0] <= on)
    known = [diaries[key] for key in sample(began)]
    tracks = [track(diary, on) for diary in known]
    repeaters = sum(one.repeats > 0 for one in tracks)
    if len(known) < ENOUGH_CUSTOMERS or repeaters < ENOUGH_REPEATERS:
        return None
    habits, likelihood = fit_habits(Counter(tracks))
    settings = AgainSettings(habits, _spend(known, on), weeks)
    return Learned(settings, likelihood, len(known), repeaters)


def fit_habits(tracks: Mapping[Track, int], *, at_once: bool = True) -> tuple[Habits, float]:
    """The habits that explain the tracks best, and the likelihood's logarithm.

    `tracks` with how often each was seen. The search is among logarithms: habits are positive.
    """

    def loss(point: Point) -> float:
        if not all(_BOUNDS[0] <= one <= _BOUNDS[1] for one in point):
            return inf
        return -log_likelihood(_habits(point, at_once=at_once), tracks)

    best, least = lowest(loss, (0.0, 0.0, 0.0, 0.0))
    return _habits(best, at_once=at_once), -least


def _habits(point: Point, *, at_once: bool) -> Habits:
    r, alpha, a, b = map(exp, point)
    return Habits(r, alpha, a, b, at_once)


def lowest(loss: Callable[[Point], float], start: Point) -> tuple[Point, float]:
    """Where a function of few numbers is lowest, near a start, by Nelder and Mead (1965)."""
    corners = [start, *(_moved(start, place, 0.5) for place in range(len(start)))]
    simplex = sorted(((loss(one), one) for one in corners), key=itemgetter(0))
    for _ in range(_STEPS):
        least, most = simplex[0][0], simplex[-1][0]
        if most - least <= _CLOSE * (1 + abs(least)) and _width(simplex) < 1e-4:
            break
        simplex = sorted(_stepped(simplex, loss), key=itemgetter(0))
    return simplex[0][1], simplex[0][0]


_Corner = tuple[float, Point]


def _stepped(simplex: Sequence[_Corner], loss: Callable[[Point], float]) -> list[_Corner]:
    """The simplex after one step: its worst corner mirrored, stretched or drawn in, or all."""
    *better, worst = simplex
    middle = tuple(fmean(one) for one in zip(*(point for _, point in better), strict=True))

    def at(reach: float) -> _Corner:
        point = tuple(m + reach * (w - m) for m, w in zip(middle, worst[1], strict=True))
        return loss(point), point

    mirrored = at(-1.0)
    if mirrored[0] < better[0][0]:
        return [*better, min(at(-2.0), mirrored, key=itemgetter(0))]
    if mirrored[0] < better[-1][0]:
        return [*better, mirrored]
    drawn = at(-0.5 if mirrored[0] < worst[0] else 0.5)
    if drawn[0] < min(mirrored[0], worst[0]):
        return [*better, drawn]
    best = simplex[0][1]
    points = [
        tuple((b + p) / 2 for b, p in zip(best, point, strict=True)) for _, point in simplex[1:]
    ]
    return [simplex[0], *((loss(point), point) for point in points)]


def _width(simplex: Sequence[_Corner]) -> float:
    first = simplex[0][1]
    return max(abs(one - b) for _, point in simplex for one, b in zip(point, first, strict=True))


def _moved(point: Point, place: int, by: float) -> Point:
    return (*point[:place], point[place] + by, *point[place + 1 :])


def sample(keys: Iterable[str]) -> list[str]:
    """Of very many customers an even part, in the order of their keys; all of fewer."""
    order = sorted(keys)
    return order[:: -(-len(order) // MOST_CUSTOMERS) or 1]


def _spend(diaries: Sequence[Diary], on: date) -> float:
    """How much spend should weigh beside what the habits expect; never below 0."""
    began = min(diary[0][0] for diary in diaries)
    ahead = min((on - began) // _PART, _AHEAD)
    then = on - ahead
    seen = [diary for diary in diaries if diary[0][0] <= then]
    bought = [any(then < day <= on for day, _ in diary) for diary in seen]
    tracks = [track(diary, then) for diary in seen]
    if len(set(bought)) < 2 or not any(one.repeats for one in tracks):
        return 0.0
    habits, _ = fit_habits(Counter(tracks))
    weeks = ahead / timedelta(weeks=1)
    expected = [log_expected(habits, one, weeks) for one in tracks]
    worth = [log1p(spent(diary, then)) for diary in seen]
    return _ratio(expected, worth, bought)


def _ratio(first: Sequence[float], second: Sequence[float], came: Sequence[bool]) -> float:
    """The weight of the second beside the first in a logistic regression of what came."""
    wide = pstdev(first), pstdev(second)
    if not all(wide):
        return 0.0
    means = fmean(first), fmean(second)
    rows = [
        ((x - means[0]) / wide[0], (y - means[1]) / wide[1], -1.0 if one else 1.0)
        for x, y, one in zip(first, second, came, strict=True)
    ]

    def loss(point: Point) -> float:
        base, by_first, by_second = point
        margins = (sign * (base + by_first * x + by_second * y) for x, y, sign in rows)
        return sum(m + log1p(exp(-m)) if m > 0 else log1p(exp(m)) for m in margins)

    (_, by_first, by_second), _ = lowest(loss, (0.0, 1.0, 0.0))
    if by_first <= 0 or by_second <= 0:
        return 0.0
    return float(by_second / wide[1] / (by_first / wide[0]))
