"""Orders of calls judged on a bank's public record of calls, always on calls that came later.

The record is that of Moro, Cortez and Rita (2014), in the order of its calls. It is read by the
names of its columns. How long a call lasted is known only after it: that column is left behind
in the file, whatever it holds.
"""

import csv
import gzip
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import inf, sqrt
from pathlib import Path
from statistics import fmean
from typing import IO, Any

from lumi_desk.errors import LumiError
from lumi_desk.worklist.judging.rules import alift, auc
from lumi_desk.worklist.learned.rules import (
    Bounds,
    Feature,
    Group,
    Levels,
    Points,
    Way,
    descend,
    fit,
    score,
)

WORDS = (
    "job",
    "marital",
    "education",
    "default",
    "housing",
    "loan",
    "contact",
    "month",
    "day_of_week",
    "poutcome",
)
NUMBERS = (
    "age",
    "campaign",
    "pdays",
    "previous",
    "emp.var.rate",
    "cons.price.idx",
    "cons.conf.idx",
    "euribor3m",
    "nr.employed",
)
PARTS = 6
"""The record is cut into so many parts; each but the first is judged by all before it."""

_LEAST_CALLS = 600
_MOST_CALLS = 1_000_000
_PACKED = b"\x1f\x8b"
_PLAIN_RIDGE = 1.0
_AGES = (25, 30, 35, 40, 45, 50, 55, 60)
_CALLS = (2, 3, 4, 6, 9)
_KNOWN = ("job", "marital", "education", "default")


class NoCalls(LumiError):
    """The file is no record of calls."""

    title = "{file} is no record of calls: expected {expected}, found {found}"
    advice = "Give the record of Moro, Cortez and Rita as CSV, packed by gzip or not."


class BadCall(LumiError):
    """One line of the record cannot be read."""

    title = "{file}, line {line}, {column}: expected {expected}, found “{found}”"
    advice = "Correct the line or leave it out, then try again."


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the words and numbers known before it, and whether it sold."""

    words: tuple[str, ...]
    numbers: tuple[float, ...]
    sold: bool

    def word(self, name: str) -> str:
        """What a column of words says."""
        return self.words[WORDS.index(name)]

    def number(self, name: str) -> float:
        """What a column of numbers says."""
        return self.numbers[NUMBERS.index(name)]


@dataclass(frozen=True, slots=True)
class Judged:
    """How one order did: both measures for each part in turn, and for all scores together.

    A measure is None where it cannot be taken.
    """

    name: str
    auc: tuple[float | None, ...]
    alift: tuple[float | None, ...]
    auc_in_all: float | None
    alift_in_all: float | None

    @property
    def mean_auc(self) -> float | None:
        """The mean of the parts that could be judged."""
        return _mean(self.auc)

    @property
    def mean_alift(self) -> float | None:
        """The mean of the parts that could be judged."""
        return _mean(self.alift)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out. `parts` are (calls before, calls judged, sold of these).

    `points` are those learned from the whole record, for looking at; nothing was judged by them.
    """

    parts: tuple[tuple[int, int, int], ...]
    orders: tuple[Judged, ...]
    features: tuple[Feature, ...]
    points: Points

    @property
    def passed(self) -> bool:
        """Whether the readable order is no worse than regression by the means of AUC and ALIFT."""
        means = {one.name: (one.mean_auc or 0.0, one.mean_alift or 0.0) for one in self.orders}
        ours = means[READABLE]
        return all(ours[at] >= means[one][at] for one in (PLAIN, PLAIN_SAME) for at in (0, 1))


Scores = Callable[[Call], Any]
Tell = Callable[[str, int, int], None]

READABLE = "readable points"
PLAIN = "logistic regression, every input"
PLAIN_SAME = "logistic regression, the inputs of the points"
BASE = "longest without contact, then fewest calls"


def read_calls(path: Path) -> list[Call]:
    """The calls of a record, in its order. Raises NoCalls, BadCall."""
    if not path.is_file():
        raise NoCalls(file=path.name, expected="a file", found="none of that name")
    try:
        with _opened(path) as file:
            return list(_calls(file, path.name))
    except (OSError, EOFError, zlib.error):
        raise NoCalls(file=path.name, expected="a whole file", found="a damaged one") from None
    except (UnicodeDecodeError, csv.Error):
        raise NoCalls(file=path.name, expected="CSV in UTF-8", found="something else") from None


def evaluate(path: Path, tell: Tell | None = None) -> Evaluation:
    """Judge each order on every part but the first, learned from the parts before it."""
    calls = read_calls(path)
    _require_both(calls, path.name)
    cuts = [len(calls) * part // PARTS for part in range(PARTS + 1)]
    ways: tuple[tuple[str, Callable[[Sequence[Call]], Scores]], ...] = (
        (READABLE, learned),
        (PLAIN, partial(plain, words=WORDS, numbers=NUMBERS)),
        (PLAIN_SAME, partial(plain, words=(*_KNOWN, "poutcome"), numbers=("age", "campaign"))),
        (BASE, lambda _: base),
    )
    orders = []
    for done, (name, way) in enumerate(ways):
        if tell:
            tell("judging", done, len(ways))
        orders.append(_judged(name, way, calls, cuts))
    if tell:
        tell("judging", len(ways), len(ways))
    parts = [
        (cuts[part], cuts[part + 1] - cuts[part], _sold(calls[cuts[part] : cuts[part + 1]]))
        for part in range(1, PARTS)
    ]
    features = features_of(calls)
    return Evaluation(tuple(parts), tuple(orders), features, points_of(features, calls))


def features_of(calls: Sequence[Call]) -> tuple[Feature, ...]:
    """What the points look at: who she is, and how earlier calls went.

    The day, the market and the kind of line are left out: they tell times apart, not people, and
    an order is always an order of people at one time.
    """
    return (
        Feature("calls in this campaign", ("1", "2", "3", "4-5", "6-8", "9+"), Way.FALLS),
        Feature("sold before", ("no", "yes"), Way.RISES),
        Feature("campaigns before", ("0", "1", "2+"), Way.STEPS),
        Feature("age", _named(_AGES), Way.STEPS),
        *(
            Feature(name, tuple(sorted({one.word(name) for one in calls} | {"unknown"})))
            for name in _KNOWN
        ),
    )


def levels_of(features: Sequence[Feature], call: Call) -> Levels:
    """The levels of a call; a word never seen before is unknown."""
    free = (
        one.levels.index(word if (word := call.word(one.name)) in one.levels else "unknown")
        for one in features
        if one.way is Way.FREE
    )
    return (
        bisect_right(_CALLS, call.number("campaign")),
        int(call.word("poutcome") == "success"),
        bisect_right((1, 2), call.number("previous")),
        bisect_right(_AGES, call.number("age")),
        *free,
    )


def points_of(features: Sequence[Feature], calls: Sequence[Call]) -> Points:
    """The points learned from these calls."""
    return fit(features, ((levels_of(features, one), one.sold) for one in calls))


def learned(calls: Sequence[Call]) -> Scores:
    """The readable order, learned from these calls."""
    features = features_of(calls)
    points = points_of(features, calls)
    return lambda call: score(points, features, levels_of(features, call))


def plain(calls: Sequence[Call], words: Sequence[str], numbers: Sequence[str]) -> Scores:
    """Logistic regression without bounds: every word a column, numbers in their deviations."""
    scales = [_scale([one.number(name) for one in calls]) for name in numbers]
    places = {
        one: 1 + len(numbers) + place
        for place, one in enumerate(sorted({(n, call.word(n)) for call in calls for n in words}))
    }

    def columns(call: Call) -> tuple[tuple[int, float], ...]:
        scaled = (
            (place, (call.number(name) - mean) / deviation)
            for place, (name, (mean, deviation)) in enumerate(
                zip(numbers, scales, strict=True), start=1
            )
        )
        known = sorted(places[n, call.word(n)] for n in words if (n, call.word(n)) in places)
        return ((0, 1.0), *scaled, *((place, 1.0) for place in known))

    width = len(numbers) + len(places)
    bounds = Bounds((-inf,) * (width + 1), (inf,) * (width + 1), (0.0, *[_PLAIN_RIDGE] * width))
    weights = descend([Group(columns(one), 1, int(one.sold)) for one in calls], bounds)
    return lambda call: sum(weights[place] * value for place, value in columns(call))


def base(call: Call) -> tuple[float, float]:
    """The order without learning, as far as the record knows it: it tells no values."""
    return call.number("pdays"), -call.number("campaign")


def _judged(
    name: str, way: Callable[[Sequence[Call]], Scores], calls: Sequence[Call], cuts: Sequence[int]
) -> Judged:
    aucs, alifts, every, sold = [], [], [], []
    for part in range(1, PARTS):
        scores = way(calls[: cuts[part]])
        later = calls[cuts[part] : cuts[part + 1]]
        found, good = [scores(one) for one in later], [one.sold for one in later]
        aucs.append(auc(found, good))
        alifts.append(alift(found, good))
        every += found
        sold += good
    return Judged(name, tuple(aucs), tuple(alifts), auc(every, sold), alift(every, sold))


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as file:
        packed = file.read(2) == _PACKED
    if packed:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _calls(file: IO[str], name: str) -> Iterator[Call]:
    header = file.readline(10_000)
    comma = ";" if header.count(";") > header.count(",") else ","
    columns = next(csv.reader([header], delimiter=comma), [])
    # Nothing but these columns is ever looked at.
    places = {one: columns.index(one) for one in (*WORDS, *NUMBERS, "y") if one in columns}
    missing = [one for one in (*WORDS, *NUMBERS, "y") if one not in places]
    if missing:
        found = f"a header without {', '.join(missing[:5])}"
        raise NoCalls(file=name, expected="its 20 columns", found=found)
    rows = csv.reader(file, delimiter=comma)
    for line, row in enumerate(rows, start=2):
        if line > _MOST_CALLS:
            raise NoCalls(file=name, expected=f"at most {_MOST_CALLS:,} calls", found="more")
        if len(row) != len(columns):
            cells = f"{len(row)} cells"
            raise BadCall(
                file=name,
                line=line,
                column="all of it",
                expected=f"{len(columns)} cells",
                found=cells,
            )
        yield _call({one: row[place] for one, place in places.items()}, name, line)


def _call(told: dict[str, str], file: str, line: int) -> Call:
    if told["y"] not in ("yes", "no"):
        raise BadCall(file=file, line=line, column="y", expected="yes or no", found=told["y"][:40])
    numbers = []
    for column in NUMBERS:
        try:
            number = float(told[column])
        except ValueError:
            number = inf
        if not abs(number) < inf:
            found = told[column][:40]
            raise BadCall(file=file, line=line, column=column, expected="a number", found=found)
        numbers.append(number)
    return Call(tuple(told[one] for one in WORDS), tuple(numbers), told["y"] == "yes")


def _require_both(calls: Sequence[Call], file: str) -> None:
    if len(calls) < _LEAST_CALLS:
        expected = f"at least {_LEAST_CALLS} calls"
        raise NoCalls(file=file, expected=expected, found=f"{len(calls)}")
    if _sold(calls) in (0, len(calls)):
        found = "one kind of outcome only"
        raise NoCalls(file=file, expected="calls that sold and calls that did not", found=found)


def _sold(calls: Sequence[Call]) -> int:
    return sum(one.sold for one in calls)


def _named(edges: Sequence[int]) -> tuple[str, ...]:
    inner = (f"{low}-{high - 1}" for low, high in pairwise(edges))
    return (f"under {edges[0]}", *inner, f"{edges[-1]}+")


def _scale(values: Sequence[float]) -> tuple[float, float]:
    mean = fmean(values)
    return mean, sqrt(fmean((one - mean) ** 2 for one in values)) or 1.0


def _mean(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return fmean(known) if known else None
