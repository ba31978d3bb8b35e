"""Lifetime value: what a customer has brought, and what is expected of her in 365 days.

Expected are the purchase days of the model that ranks who buys again (MBG/NBD, customers.again)
times what one of them is worth: her own average, drawn towards that of all customers the more, the
fewer purchases it rests on (gamma-gamma, Fader and Hardie 2005). A hub that could not show on its
own latest orders that this is better than simpler ways sends means of pool and grade instead; with
too few customers to learn from, the next year is taken for the last one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import exp, isfinite

from lumi_desk.because import Because, because
from lumi_desk.customers.again.rules import Habits, Track, log_alive, log_expected

AHEAD_DAYS = 365
_WEEK_DAYS = 7
_MONTHS = 12
_LEAST_YUAN = (3_000, 1_000, 300)
_FEN = 100


@dataclass(frozen=True, slots=True)
class Brought:
    """What she has brought: the first and last day she bought on, how many such days and orders.

    `fen` is all she paid for goods and did not get back; `year_fen` is that of the last 365 days.
    """

    first: date
    last: date
    days: int
    orders: int
    fen: int
    year_fen: int = 0

    def months(self, on: date) -> int:
        """Whole months since her first purchase."""
        months = (on.year - self.first.year) * _MONTHS + on.month - self.first.month
        return max(months - (on.day < self.first.day), 0)

    @property
    def average_fen(self) -> int:
        """What an order of hers was worth."""
        return self.fen // self.orders if self.orders else 0

    def track(self, on: date) -> Track:
        """What the model of buying sees of her at the end of a day."""
        since = (on - self.first).days / _WEEK_DAYS
        return Track(self.days - 1, (self.last - self.first).days / _WEEK_DAYS, max(since, 0.0))


@dataclass(frozen=True, slots=True)
class ValueModel:
    """How a crowd buys, and what a purchase day is worth.

    `usual_fen` is the crowd's average; it weighs as much as `weight` purchase days of her own.
    ValueError for what cannot be.
    """

    habits: Habits
    usual_fen: float
    weight: float

    def __post_init__(self) -> None:
        """A purchase is worth something, and a weight is none below 0."""
        if not (isfinite(self.usual_fen) and self.usual_fen > 0):
            raise ValueError("usual_fen must be above 0")
        if not (isfinite(self.weight) and self.weight >= 0):
            raise ValueError("weight must not be negative")

    def worth_fen(self, her: Brought) -> float:
        """What her next purchase day is expected to be worth."""
        return (self.weight * self.usual_fen + her.fen) / (self.weight + her.days)

    def purchases(self, her: Brought, on: date, days: int = AHEAD_DAYS) -> float:
        """On how many of the next days she is expected to buy."""
        return exp(log_expected(self.habits, her.track(on), days / _WEEK_DAYS))

    def expected_fen(self, her: Brought, on: date, days: int = AHEAD_DAYS) -> float:
        """What she is expected to bring in the next days."""
        return self.purchases(her, on, days) * self.worth_fen(her)

    def alive(self, her: Brought, on: date) -> float:
        """The chance that she is still a customer, 0 to 1."""
        return exp(log_alive(self.habits, her.track(on)))


@dataclass(frozen=True, slots=True)
class ValueSettings:
    """What a hub learned. Without anything the next year is taken for the last one.

    `model` is there where it was better on the hub's own latest orders than simpler ways. `means`
    are fen in 365 days by `group`, of `customers` together.
    """

    model: ValueModel | None = None
    means: Mapping[str, int] = field(default_factory=dict)
    customers: int = 0


VALUE = ValueSettings()


class Band(StrEnum):
    """How much is expected of her in 365 days, most first: from 3,000, 1,000, 300 CNY, or less."""

    TOP = "top"
    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


def band(expected_fen: int) -> Band:
    """In which band an expectation lies."""
    for one, least in zip(Band, _LEAST_YUAN, strict=False):
        if expected_fen >= least * _FEN:
            return one
    return Band.LOW


def least_fen(one: Band) -> int:
    """From how much a band begins; 0 for the last one."""
    place = list(Band).index(one)
    return _LEAST_YUAN[place] * _FEN if place < len(_LEAST_YUAN) else 0


def group(pool: str, grade: str | None) -> str:
    """The group whose mean stands for her: pool and grade, as in "1A"."""
    return pool + (grade or "")


def expected_fen(
    her: Brought | None, pool: str, grade: str | None, on: date, settings: ValueSettings = VALUE
) -> int:
    """What she is expected to bring in the 365 days after a day; 0 for who has bought nothing."""
    if her is None:
        return 0
    if settings.model is not None:
        return round(settings.model.expected_fen(her, on))
    mean = _mean(pool, grade, settings)
    return her.year_fen if mean is None else mean[1]


def why_value(
    her: Brought | None,
    pool: str,
    grade: str | None,
    rhythm: int | None,
    on: date,
    settings: ValueSettings = VALUE,
) -> Because:
    """What she has brought and what is expected of her, and by what; `rhythm` is in days."""
    if her is None:
        return because("value_nothing", value_fen=0, brought_fen=0)
    told = {
        "value_fen": expected_fen(her, pool, grade, on, settings),
        "brought_fen": her.fen,
        "orders": her.orders,
        "months": her.months(on),
        "average_fen": her.average_fen,
        "rhythm": rhythm,
    }
    if settings.model is not None:
        return because(
            "value_model",
            **told,
            percent=round(100 * settings.model.alive(her, on)),
            purchases=round(settings.model.purchases(her, on), 1),
            worth_fen=round(settings.model.worth_fen(her)),
        )
    mean = _mean(pool, grade, settings)
    if mean is None:
        return because("value_last_year", **told)
    return because("value_mean", **told, group=mean[0], customers=settings.customers)


def _mean(pool: str, grade: str | None, settings: ValueSettings) -> tuple[str, int] | None:
    """The mean of her group, else of her pool, with its name."""
    for name in (group(pool, grade), pool):
        if name in settings.means:
            return name, settings.means[name]
    return None
