"""What to recommend to whom, and why: one card, one bundle, each with its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from lumi_desk.because import Because, because
from lumi_desk.cards.rules import CARDS, CardSettings, MonthlyUse, Verdict, fit, renewal_due
from lumi_desk.customers.rules import Grade, Line, Pool

BECAUSE_CODES = frozenset({"years_buying", "line_repeat", "co_purchase", "lacks", "refill"})


class Kind(StrEnum):
    """What is offered."""

    CARD = "card"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may be offered something; an empty set lets everybody through.

    With grades named, customers who are no longer new are not asked for theirs.
    """

    pools: frozenset[Pool] = frozenset()
    grades: frozenset[Grade] = frozenset()

    def holds(self, pool: Pool, grade: Grade | None) -> bool:
        """Whether a customer of this pool and grade is meant."""
        if self.pools and pool not in self.pools:
            return False
        return not self.grades or grade is None or grade in self.grades


@dataclass(frozen=True, slots=True)
class Plan:
    """A recharge card on offer; `gift_fen` is the value of what comes with it."""

    id: str
    value_fen: int
    gift_fen: int = 0
    audience: Audience = Audience()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Products sold together. `contains` are allergens and what health notes may forbid."""

    id: str
    products: frozenset[str]
    price_fen: int
    list_fen: int
    cost_fen: int
    high_margin: bool = False
    contains: frozenset[str] = frozenset()
    audience: Audience = Audience()

    @property
    def margin_fen(self) -> int:
        """What is left after cost."""
        return self.price_fen - self.cost_fen


@dataclass(frozen=True, slots=True)
class Standing:
    """What the choice knows of her.

    `balance_fen` is None without a card, `years` are whole years since her first purchase,
    `line_orders` her orders per line in the last year, `avoids` her allergies and health notes
    (with consent).
    """

    pool: Pool
    grade: Grade | None = None
    use: MonthlyUse | None = None
    balance_fen: int | None = None
    has: frozenset[str] = frozenset()
    avoids: frozenset[str] = frozenset()
    complaint_open: bool = False
    years: int = 0
    line_orders: Mapping[Line, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Baskets:
    """Counts over people like her: all, holders of a product, holders of two.

    A pair is kept once under its two product ids in sorted order.
    """

    people: int = 0
    holders: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def both(self, one: str, other: str) -> int:
        """How many hold both."""
        return self.pairs.get((min(one, other), max(one, other)), 0)


@dataclass(frozen=True, slots=True)
class Companion:
    """A card not recommended beside the one that is, and why."""

    id: str
    value_fen: int
    because: Because


@dataclass(frozen=True, slots=True)
class Offer:
    """One recommendation. `list_fen` is struck through when larger than the price."""

    kind: Kind
    id: str
    verdict: Verdict
    price_fen: int
    list_fen: int
    because: tuple[Because, ...]
    gift_fen: int = 0
    high_margin: bool = False
    companions: tuple[Companion, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferSettings:
    """Our choice: two offers; a pair counts from 5 people; loyalty is said from 2 years on."""

    most: int = 2
    least_pairs: int = 5
    years: int = 2
    repeats: int = 3


OFFERS = OfferSettings()
