"""How good a ranking is: it learns up to a day and is judged on what was bought after it."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lumi_desk.customers.again import fitting
from lumi_desk.customers.again.fitting import Learned
from lumi_desk.customers.again.rules import Diary, log_expected, score, spent, track
from lumi_desk.worklist.judging.rules import auc

_FIFTHS = 5
_TOP = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One ranking: the chance that it puts who came back before who did not, and its top tenth.

    `top_tenth` is the share of all later purchases that its first tenth of customers made.
    """

    name: str
    auc: float
    top_tenth: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """All rankings on the same customers.

    `learned_until` is the last day that was seen, `judged_until` the last that was judged;
    `again` of the `customers` bought in between, `purchases` times together.
    """

    learned: Learned
    learned_until: date
    judged_until: date
    customers: int
    again: int
    purchases: int
    rankings: tuple[Judged, ...]

    @property
    def share(self) -> float:
        """The share of customers who bought again."""
        return self.again / self.customers


def judge(diaries: Mapping[str, Diary], split: date, until: date) -> Verdict | None:
    """Learn from what was bought before the split, judge on what was from then to `until`.

    None if there is too little to learn from, or if all or none of them bought again.
    """
    seen_until = split - timedelta(days=1)
    weeks = (until - seen_until) / timedelta(weeks=1)
    learned = fitting.learn(diaries, seen_until, weeks)
    # Nothing but this reaches a ranking; what came later is kept apart.
    seen = {
        key: [one for one in diary if one[0] <= seen_until]
        for key, diary in diaries.items()
        if diary and diary[0][0] <= seen_until
    }
    later = [sum(split <= day <= until for day, _ in diaries[key]) for key in seen]
    again = sum(times > 0 for times in later)
    if learned is None or not 0 < again < len(seen):
        return None
    came = [times > 0 for times in later]
    rankings = tuple(
        Judged(name, area, top_tenth(scores, later))
        for name, scores in _rankings(list(seen.values()), seen_until, learned).items()
        if (area := auc(scores, came)) is not None
    )
    return Verdict(learned, seen_until, until, len(seen), again, sum(later), rankings)


def _rankings(seen: Sequence[Diary], on: date, learned: Learned) -> dict[str, Sequence[float]]:
    """What each ranking says of each customer; the larger, the likelier."""
    tracks = [track(diary, on) for diary in seen]
    plain, _ = fitting.fit_habits(Counter(tracks), at_once=False)
    recency: Sequence[float] = [diary[-1][0].toordinal() for diary in seen]
    frequency: Sequence[float] = [one.repeats for one in tracks]
    value: Sequence[float] = [spent(diary, on) for diary in seen]
    numbers = learned.settings
    return {
        "this ranking": [
            score(one, int(fen), numbers) for one, fen in zip(tracks, value, strict=True)
        ],
        "BG/NBD": [log_expected(plain, one, numbers.weeks) for one in tracks],
        "RFM fifths": [
            sum(parts) for parts in zip(*map(_fifths, (recency, frequency, value)), strict=True)
        ],
        "frequency": frequency,
        "recency": recency,
    }


def top_tenth(scores: Sequence[float], amounts: Sequence[float]) -> float:
    """The share of all amounts that the first tenth by score holds.

    Where equal scores lie across the border, each of them counts in part.
    """
    at: Counter[float] = Counter(scores)
    held: dict[float, float] = dict.fromkeys(at, 0.0)
    for value, amount in zip(scores, amounts, strict=True):
        held[value] += amount
    room, taken = len(scores) / _TOP, 0.0
    for value in sorted(at, reverse=True):
        part = min(at[value], room)
        taken += held[value] * part / at[value]
        room -= part
    return taken / sum(amounts)


def _fifths(values: Sequence[float]) -> list[int]:
    """The fifth of each value, 1 to 5; equal values share the higher one."""
    order = sorted(values)
    return [-(-_FIFTHS * bisect_right(order, one) // len(order)) for one in values]
