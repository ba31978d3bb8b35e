"""What travels between a manager's desk and the hub about figures by month, RFM and value.

Months are texts as in 2026-01, an empty one is January of last year; days are those of Shanghai;
money is fen. Whose days are not over `waits` and is in no share.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lumi_desk.customers.touch_plan.rules import HALF_YEAR
from lumi_desk.reports.cohorts.rules import LOSS_DAYS, RENEWAL_DAYS

By = Literal["", "grade", "line"]
Way = Literal["model", "means", "last year"]
Month = Annotated[str, Field(max_length=20, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True)
class CountCohorts:
    """Ask what became of the newcomers of each month from `since` on, within `days`.

    They may be parted by the grade of their first day, or by their first line.
    """

    since: Month = ""
    by: By = ""
    days: int = HALF_YEAR.days


@dataclass(frozen=True)
class CountRenewals:
    """Ask which cards that ran low in each month were loaded again within `days`."""

    since: Month = ""
    days: int = RENEWAL_DAYS


@dataclass(frozen=True)
class CountLoss:
    """Ask who of pool 1 was lost in the `days` from the first of each month."""

    since: Month = ""
    days: int = LOSS_DAYS


@dataclass(frozen=True)
class CountGrid:
    """Ask for the RFM grid of all who ever bought."""


@dataclass(frozen=True)
class CountValue:
    """Ask by pool and grade what customers have brought, and are expected to bring."""


@dataclass(frozen=True)
class FigureShare:
    """So many of so many; of nobody there is no share."""

    count: int
    of: int


@dataclass(frozen=True)
class FigureCohort:
    """The newcomers of a month, and of a group where they are parted: empty is none of them.

    Both lines were bought by who `cross_sold`; the shares are of those who do not wait.
    """

    month: str
    group: str
    customers: int
    waiting: int
    bought_again: FigureShare
    opened_card: FigureShare
    cross_sold: FigureShare


@dataclass(frozen=True)
class CohortsCounted:
    """The months in which anybody began."""

    days: int
    by: By
    cohorts: tuple[FigureCohort, ...]


@dataclass(frozen=True)
class FigureRenewals:
    """The cards that a purchase left too little on in a month, and those loaded again."""

    month: str
    cards: int
    waiting: int
    renewed: FigureShare


@dataclass(frozen=True)
class RenewalsCounted:
    """The months in which any card ran low."""

    days: int
    renewals: tuple[FigureRenewals, ...]


@dataclass(frozen=True)
class FigureLoss:
    """The members of pool 1 when a month began, and who was lost `until` a day, that included."""

    month: str
    until: date
    members: int
    waiting: int
    lost: FigureShare


@dataclass(frozen=True)
class LossCounted:
    """Every month up to the one that is."""

    days: int
    loss: tuple[FigureLoss, ...]


@dataclass(frozen=True)
class FigureCell:
    """The customers of one recency and one frequency, fifths of which 5 is the best.

    `lifetime_fen` is all they ever paid for goods, without refunds.
    """

    recency: int
    frequency: int
    customers: int
    lifetime_fen: int


@dataclass(frozen=True)
class FigureFifth:
    """What a fifth reaches from and to: days since the last purchase, or days with one."""

    fifth: int
    least: int
    most: int


@dataclass(frozen=True)
class GridCounted:
    """The cells in which there is anybody, and the fifths of both sides."""

    grid: tuple[FigureCell, ...]
    recency: tuple[FigureFifth, ...]
    frequency: tuple[FigureFifth, ...]


@dataclass(frozen=True)
class FigureValue:
    """The customers of a pool and grade who ever bought, as in "1A"; "all" is everybody.

    They brought so much, and are expected to bring so much in 365 days.
    """

    group: str
    customers: int
    brought_fen: int
    expected_fen: int


@dataclass(frozen=True)
class ValueCounted:
    """The groups, everybody at the end.

    What is expected is told `by` a model or by means that were learned from `learned_from`
    customers, or by the last year.
    """

    groups: tuple[FigureValue, ...]
    by: Way
    learned_from: int


COHORTS = TypeAdapter(CountCohorts)
RENEWALS = TypeAdapter(CountRenewals)
LOSS = TypeAdapter(CountLoss)
GRID = TypeAdapter(CountGrid)
VALUE = TypeAdapter(CountValue)
COHORTS_COUNTED = TypeAdapter(CohortsCounted)
RENEWALS_COUNTED = TypeAdapter(RenewalsCounted)
LOSS_COUNTED = TypeAdapter(LossCounted)
GRID_COUNTED = TypeAdapter(GridCounted)
VALUE_COUNTED = TypeAdapter(ValueCounted)
