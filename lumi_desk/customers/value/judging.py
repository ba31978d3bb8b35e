"""How good an expectation is: it learns up to a day and is judged on what was brought after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean

from lumi_desk.customers.again.rules import Diary
from lumi_desk.customers.value.fitting import brought, fit
from lumi_desk.customers.value.rules import Brought, ValueModel

_TENTHS = 10
# All that is expected together may be so far from what came.
_LEAST, _MOST = 0.75, 1.33


@dataclass(frozen=True, slots=True)
class Error:
    """One way to expect: its mean absolute error in fen, and all expected ÷ all that came."""

    name: str
    fen: float
    total: float


@dataclass(frozen=True, slots=True)
class Tenth:
    """A tenth of the customers, the first the best: what one was expected to bring, and brought."""

    customers: int
    expected_fen: float
    came_fen: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The model, a mean for everybody, and as much as before, on the same customers.

    `learned_until` is the last day that was seen, `judged_until` the last that was judged; `fen` is
    what the `customers` brought in between. `tenths` are those of the model.
    """

    model: ValueModel
    learned_until: date
    judged_until: date
    customers: int
    fen: int
    errors: tuple[Error, ...]
    tenths: tuple[Tenth, ...]

    @property
    def is_strong(self) -> bool:
        """Whether the model is nearer than both other ways, and right about all together."""
        model, *others = self.errors
        return all(model.fen < one.fen for one in others) and _LEAST <= model.total <= _MOST


def judge(diaries: Mapping[str, Diary], split: date, until: date) -> Verdict | None:
    """Learn from what was bought before the split, judge on what was from then to `until`.

    None if there is too little to learn from, or if nothing was brought after the split.
    """
    seen_until = split - timedelta(days=1)
    # Nothing but this reaches an expectation; what came later is kept apart.
    seen = {
        key: [one for one in diary if one[0] <= seen_until]
        for key, diary in diaries.items()
        if diary and diary[0][0] <= seen_until
    }
    model = fit(seen, seen_until)
    came = [sum(fen for day, fen in diaries[key] if split <= day <= until) for key in seen]
    if model is None or not any(came):
        return None
    ways = _ways(model, list(seen.values()), seen_until, (until - seen_until).days)
    errors = tuple(
        Error(name, fmean(map(_apart, told, came)), sum(told) / sum(came))
        for name, told in ways.items()
    )
    ranked = tenths(ways["this model"], came)
    return Verdict(model, seen_until, until, len(seen), sum(came), errors, ranked)


def _apart(one: float, other: float) -> float:
    return abs(one - other)


def _ways(
    model: ValueModel, seen: Sequence[Diary], on: date, days: int
) -> dict[str, Sequence[float]]:
    """What each way expects of each customer in the next days."""
    known: list[Brought] = [her for diary in seen if (her := brought(diary, on)) is not None]
    since = on - timedelta(days=days)
    before = [sum(fen for day, fen in diary if day > since) for diary in seen]
    return {
        "this model": [model.expected_fen(her, on, days) for her in known],
        "mean": [_mean(seen, known, on) * days] * len(seen),
        "as before": before,
    }


def _mean(seen: Sequence[Diary], known: Sequence[Brought], on: date) -> float:
    """What a customer brought a day since her first purchase, that one not counted."""
    later = sum(fen for diary in seen for _, fen in diary[1:])
    return later / (sum((on - her.first).days for her in known) or 1)


def tenths(expected: Sequence[float], came: Sequence[float]) -> tuple[Tenth, ...]:
    """The customers in tenths by what was expected of them; of equals as they stand."""
    order = sorted(range(len(expected)), key=lambda at: -expected[at])
    edges = [len(order) * place // _TENTHS for place in range(_TENTHS + 1)]
    parts = [order[start:end] for start, end in pairwise(edges)]
    return tuple(
        Tenth(len(part), fmean(expected[at] for at in part), fmean(came[at] for at in part))
        for part in parts
        if part
    )
