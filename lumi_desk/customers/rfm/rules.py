"""The RFM grid: each customer's fifth of recency, frequency and value among all who bought.

The best fifth is 5. Equal customers are in the same fifth, so that fifths may differ in size.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lumi_desk.customers.rules import Seen

FIFTHS = 5
Ranges = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Buyer:
    """Whoever has bought: days since the last purchase, days with one, and her lifetime value.

    `fen` is all she ever paid for goods, by cash or card, without refunds.
    """

    quiet: int
    times: int
    fen: int


@dataclass(frozen=True, slots=True)
class Place:
    """Her fifths, 1 to 5."""

    recency: int
    frequency: int
    value: int


@dataclass(frozen=True, slots=True)
class Cell:
    """The customers of one recency and one frequency, and all they ever paid."""

    customers: int
    fen: int


def buyer(seen: Seen) -> Buyer | None:
    """What the grid looks at; None for whoever has bought nothing."""
    quiet = seen.quiet
    if quiet is None:
        return None
    return Buyer(quiet, len(set(seen.days)), sum(one.kept_fen for one in seen.kept))


def places(buyers: Sequence[Buyer]) -> tuple[Place, ...]:
    """The fifths of each, in their order."""
    recency = _fifths([-one.quiet for one in buyers])
    frequency = _fifths([one.times for one in buyers])
    value = _fifths([one.fen for one in buyers])
    return tuple(map(Place, recency, frequency, value))


def grid(buyers: Sequence[Buyer]) -> Mapping[tuple[int, int], Cell]:
    """The cells by (recency, frequency) in which there is anybody."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one, place in zip(buyers, places(buyers), strict=True):
        found[place.recency, place.frequency].append(one.fen)
    return {where: Cell(len(some), sum(some)) for where, some in found.items()}


def ranges(buyers: Sequence[Buyer]) -> tuple[Ranges, Ranges]:
    """The least and most days since the last purchase, and of days with one, by their fifths."""
    quiet: dict[int, list[int]] = defaultdict(list)
    times: dict[int, list[int]] = defaultdict(list)
    for one, place in zip(buyers, places(buyers), strict=True):
        quiet[place.recency].append(one.quiet)
        times[place.frequency].append(one.times)
    recency, frequency = (
        {fifth: (min(some), max(some)) for fifth, some in sorted(each.items())}
        for each in (quiet, times)
    )
    return recency, frequency


def _fifths(values: Iterable[int]) -> list[int]:
    """For each value how many fifths of all are below it, plus one."""
    told = list(values)
    ordered = sorted(told)
    return [1 + FIFTHS * bisect_left(ordered, one) // len(ordered) for one in told]
