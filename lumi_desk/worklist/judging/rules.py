"""How well scores order calls, or customers: areas under two curves, equal scores counted half."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any


def auc(scores: Sequence[Any], good: Sequence[bool]) -> float | None:
    """The chance that one that went well stands above one that did not.

    Scores are of any kind that can be compared. None where all went well, or none.
    """
    wells, others = _tallies(scores, good)
    above = 0.0
    left = sum(others.values())
    for one in sorted({*wells, *others}, reverse=True):
        left -= others[one]
        above += wells[one] * (left + others[one] / 2)
    pairs = sum(wells.values()) * sum(others.values())
    return above / pairs if pairs else None


def alift(scores: Sequence[Any], good: Sequence[bool]) -> float | None:
    """The area under the cumulative lift curve (Moro, Cortez, Rita 2014), 0 to 1.

    Of the best-scored part of all calls, which part of all that go well is in it: the mean over
    every part. Chance is one half. None where none went well.
    """
    wells, others = _tallies(scores, good)
    whole, calls = sum(wells.values()), len(scores)
    if not whole:
        return None
    area = found = 0.0
    for one in sorted({*wells, *others}, reverse=True):
        area += (wells[one] + others[one]) * (found + wells[one] / 2)
        found += wells[one]
    return area / (whole * calls)


def _tallies(
    scores: Sequence[Any], good: Sequence[bool]
) -> tuple[Mapping[Any, int], Mapping[Any, int]]:
    wells: Counter[Any] = Counter()
    others: Counter[Any] = Counter()
    for one, well in zip(scores, good, strict=True):
        (wells if well else others)[one] += 1
    return wells, others
