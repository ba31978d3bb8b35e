"""A small model of additive points: learned, read by people, and monotone where told so.

Every fact known before a call falls on one level of a feature, and every level is worth points.
The sum of the points orders customers. It is a logistic model, so that points are odds: a hundred
more are twice the odds. A feature may be told never to fall or never to rise from level to
level; then no data whatever make it do so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from math import exp, inf, log, log1p

DOUBLE = 100
"""So many points more are twice the odds."""

_PER_LOG_ODD = DOUBLE / log(2)
_ROUNDS = 30
_SWEEPS = 200
_HALVINGS = 20
# A change of a weight below this is a tenth of a point.
_STILL = 0.1 / _PER_LOG_ODD

Levels = tuple[int, ...]
Columns = tuple[tuple[int, float], ...]


class Way(StrEnum):
    """How points may go from level to level.

    FREE levels have no order. STEPS have one, and near levels are held together; RISES and FALLS
    are steps that never go the other way.
    """

    FREE = "free"
    STEPS = "steps"
    RISES = "rises"
    FALLS = "falls"


@dataclass(frozen=True, slots=True)
class Feature:
    """A fact by its name, and the names of its levels in their order."""

    name: str
    levels: tuple[str, ...]
    way: Way = Way.FREE

    @property
    def width(self) -> int:
        """How many weights it has: one a level, or one a step between two."""
        return len(self.levels) - (self.way is not Way.FREE)


@dataclass(frozen=True, slots=True)
class Points:
    """What was learned: `base` and the points of every level, by feature; 0 is the average."""

    base: int
    of: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Group:
    """Calls that look alike: their columns with values, how many they are, how many went well."""

    columns: Columns
    calls: int
    good: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """For every column: how low and how high its weight may be, and how firmly it is held at 0."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    ridge: tuple[float, ...]


def fit(
    features: Sequence[Feature], calls: Iterable[tuple[Levels, bool]], ridge: float = 50.0
) -> Points:
    """Learn the points from calls: the levels of each, feature by feature, and its success.

    `ridge` says how firmly every weight is held at nothing: few calls move it little. The work is
    bounded by a fixed number of rounds. Raises ValueError without calls.
    """
    counted = Counter(calls)
    if not counted:
        raise ValueError("nothing can be learned from no calls")
    seen: dict[Levels, list[int]] = {}
    for (levels, good), number in counted.items():
        tally = seen.setdefault(levels, [0, 0])
        tally[0] += number
        tally[1] += number * good
    groups = [
        Group(_columns(features, levels), *tally)
        # In a fixed order: sums of fractions must not depend on the order of the calls.
        for levels, tally in sorted(seen.items())
    ]
    weights = descend(groups, _bounds(features, ridge))
    return _pointed(features, weights, seen)


def score(points: Points, features: Sequence[Feature], levels: Levels) -> int:
    """The sum of the points of these levels: the higher the sooner."""
    return points.base + sum(
        points.of[one.name][level] for one, level in zip(features, levels, strict=True)
    )


def strongest(points: Points, features: Sequence[Feature], levels: Levels) -> str | None:
    """The feature that speaks most for her; None where nothing lifts her above the average."""
    lifts = {
        one.name: points.of[one.name][level] for one, level in zip(features, levels, strict=True)
    }
    best = max(lifts, key=lambda name: lifts[name], default=None)
    return best if best is not None and lifts[best] > 0 else None


def fits(points: Points, features: Sequence[Feature]) -> bool:
    """Whether points are for these features, level by level, and go only the ways allowed."""
    return set(points.of) == {one.name for one in features} and all(
        len(points.of[one.name]) == len(one.levels) and _goes(one.way, points.of[one.name])
        for one in features
    )


def descend(groups: Sequence[Group], bounds: Bounds) -> list[float]:
    """The weights of a logistic model with bounds, by Newton's steps; column 0 is in every call.

    Each step solves the curved model of the loss inside the bounds and is halved until the loss
    falls, so that it ends near the one lowest place whatever the calls.
    """
    weights = [min(max(0.0, low), high) for low, high in zip(bounds.low, bounds.high, strict=True)]
    loss = _loss(groups, bounds, weights)
    for _ in range(_ROUNDS):
        slope, curve = _bent(groups, bounds, weights)
        step = _inside(slope, curve, bounds, weights)
        found = _halved(groups, bounds, weights, step, loss)
        if found is None:
            break
        weights, loss = found
        if max(map(abs, step)) < _STILL:
            break
    return weights


def chance(log_odds: float) -> float:
    """The chance that log odds are, from 0 to 1."""
    if log_odds >= 0:
        return 1 / (1 + exp(-log_odds))
    grown = exp(log_odds)
    return grown / (1 + grown)


def _goes(way: Way, points: Sequence[int]) -> bool:
    if way is Way.RISES:
        return list(points) == sorted(points)
    return way is not Way.FALLS or list(points) == sorted(points, reverse=True)


def _columns(features: Sequence[Feature], levels: Levels) -> Columns:
    """The columns of a call: the first always, a free level's own, all steps up to a level."""
    found, at = [(0, 1.0)], 1
    for one, level in zip(features, levels, strict=True):
        if one.way is Way.FREE:
            found.append((at + level, 1.0))
        else:
            found += [(at + step, 1.0) for step in range(level)]
        at += one.width
    return tuple(found)


def _bounds(features: Sequence[Feature], ridge: float) -> Bounds:
    low, high = [-inf], [inf]
    for one in features:
        low += [0.0 if one.way is Way.RISES else -inf] * one.width
        high += [0.0 if one.way is Way.FALLS else inf] * one.width
    return Bounds(tuple(low), tuple(high), (0.0, *[ridge] * (len(low) - 1)))


def _pointed(
    features: Sequence[Feature], weights: Sequence[float], seen: Mapping[Levels, Sequence[int]]
) -> Points:
    """Weights as whole points, with 0 for the average call of each feature."""
    base, at, of = weights[0], 1, {}
    calls = sum(number for number, _ in seen.values())
    for place, one in enumerate(features):
        own = weights[at : at + one.width]
        levels = list(own) if one.way is Way.FREE else list(accumulate(own, initial=0.0))
        mean = sum(levels[row[place]] * number for row, (number, _) in seen.items()) / calls
        of[one.name] = tuple(round((level - mean) * _PER_LOG_ODD) for level in levels)
        base, at = base + mean, at + one.width
    return Points(round(base * _PER_LOG_ODD), of)


def _loss(groups: Sequence[Group], bounds: Bounds, weights: Sequence[float]) -> float:
    held = sum(ridge * one * one for ridge, one in zip(bounds.ridge, weights, strict=True)) / 2
    lost = 0.0
    for group in groups:
        odds = sum(weights[column] * value for column, value in group.columns)
        lost += group.calls * (max(odds, 0.0) + log1p(exp(-abs(odds)))) - group.good * odds
    return held + lost


def _bent(
    groups: Sequence[Group], bounds: Bounds, weights: Sequence[float]
) -> tuple[list[float], list[list[float]]]:
    """The slope of the loss, and its curve below the diagonal and on it, made whole at the end."""
    slope = [ridge * one for ridge, one in zip(bounds.ridge, weights, strict=True)]
    # A hair on the diagonal: a column that is always there would leave a flat valley.
    curve = [[0.0] * len(weights) for _ in weights]
    for place, ridge in enumerate(bounds.ridge):
        curve[place][place] = ridge + 1e-6
    for group in groups:
        likely = chance(sum(weights[column] * value for column, value in group.columns))
        missed = group.calls * likely - group.good
        spread = group.calls * likely * (1 - likely)
        for number, (column, value) in enumerate(group.columns):
            slope[column] += missed * value
            row, weight = curve[column], spread * value
            for other, another in group.columns[: number + 1]:
                row[other] += weight * another
    for column in range(len(weights)):
        for other in range(column):
            curve[other][column] = curve[column][other]
    return slope, curve


def _inside(
    slope: Sequence[float],
    curve: Sequence[Sequence[float]],
    bounds: Bounds,
    weights: Sequence[float],
) -> list[float]:
    """The step to the lowest place of the curved model inside the bounds, weight by weight."""
    step = [0.0] * len(weights)
    falling = list(slope)
    for _ in range(_SWEEPS):
        most = 0.0
        for place, row in enumerate(curve):
            wish = step[place] - falling[place] / row[place]
            low, high = bounds.low[place] - weights[place], bounds.high[place] - weights[place]
            moved = min(max(wish, low), high) - step[place]
            if moved:
                step[place] += moved
                falling = [one + moved * bend for one, bend in zip(falling, row, strict=True)]
                most = max(most, abs(moved))
        if most < _STILL / 10:
            break
    return step


def _halved(
    groups: Sequence[Group],
    bounds: Bounds,
    weights: Sequence[float],
    step: Sequence[float],
    loss: float,
) -> tuple[list[float], float] | None:
    """The weights after the step, or after a part of it, that lose less; None if none do."""
    part = 1.0
    for _ in range(_HALVINGS):
        tried = [one + part * move for one, move in zip(weights, step, strict=True)]
        less = _loss(groups, bounds, tried)
        if less < loss:
            return tried, less
        part /= 2
    return None
