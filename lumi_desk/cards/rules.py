"""Recharge cards: balances, how long one lasts, which one fits, when to renew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from lumi_desk.because import Because, because

BECAUSE_CODES = frozenset(
    {
        "card_months",
        "card_too_long",
        "ask_household",
        "balance_ending",
        "balance_empty",
    }
)


class EntryKind(StrEnum):
    """What moves a card's balance: the first two and `restore` add, the others take."""

    OPEN = "open"
    TOP_UP = "top_up"
    SPEND = "spend"
    RESTORE = "restore"  # A card-paid order was refunded onto the card.
    REFUND = "refund"  # Card money was paid back to her.


ADDING = frozenset({EntryKind.OPEN, EntryKind.TOP_UP, EntryKind.RESTORE})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a card's ledger, in positive fen, principal 本金 and bonus 赠金 apart.

    The parts of a spend are fixed when it is written (`divide`), so a later change of the
    setting never rewrites what was.
    """

    at: datetime
    kind: EntryKind
    principal_fen: int
    bonus_fen: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left on a card, in fen."""

    principal_fen: int = 0
    bonus_fen: int = 0

    @property
    def fen(self) -> int:
        """Both parts together."""
        return self.principal_fen + self.bonus_fen


class Division(StrEnum):
    """Which part pays first."""

    PRINCIPAL_FIRST = "principal_first"
    PRO_RATA = "pro_rata"


class Source(StrEnum):
    """Where a monthly use comes from."""

    OWN = "own"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Intake:
    """What was asked on the call: portions a day for one, of units holding so many portions."""

    per_day: int
    per_unit: int
    unit_fen: int
    people: int = 1


@dataclass(frozen=True, slots=True)
class MonthlyUse:
    """What she uses up, more than nothing.

    The exact figure is kept for a year: a twelfth is rarely whole fen.
    """

    year_fen: int
    source: Source = Source.OWN

    def __post_init__(self) -> None:
        """Use of nothing is not knowing her use: say None for that."""
        if self.year_fen <= 0:
            raise ValueError("monthly use must be positive")

    @property
    def fen(self) -> int:
        """Fen a month, rounded half up."""
        return (self.year_fen + 6) // 12


class Verdict(StrEnum):
    """The three answers."""

    FITS = "fits"
    NOT_RECOMMENDED = "not_recommended"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Fit:
    """The answer for one card value; `months` to one decimal, None when not known."""

    verdict: Verdict
    months: float | None
    because: Because


@dataclass(frozen=True, slots=True)
class CardSettings:
    """Design part 4 (brief: 12,000 and 25,000 CNY): at most 12 and 18 months; renewal under 1.

    A value between two limits is judged by the next larger one, above all by the last.
    How a spend divides is for counsel and the manager; principal first is our default.
    """

    limits: tuple[tuple[int, int], ...] = ((1_200_000, 12), (2_500_000, 18))
    full_history_days: int = 365
    days_a_year: int = 360
    renewal_months: int = 1
    division: Division = Division.PRINCIPAL_FIRST


CARDS = CardSettings()


def balance(entries: Iterable[Entry], now: datetime) -> Balance:
    """What the ledger leaves at `now`; below zero if the ledger itself is short."""
    principal = bonus = 0
    for entry in entries:
        if entry.at <= now:
            sign = 1 if entry.kind in ADDING else -1
            principal += sign * entry.principal_fen
            bonus += sign * entry.bonus_fen
    return Balance(principal, bonus)


def divide(left: Balance, fen: int, settings: CardSettings = CARDS) -> Balance | None:
    """The parts a spend of `fen` takes from each side; None if the card does not hold it."""
    if fen < 0 or fen > left.fen or min(left.principal_fen, left.bonus_fen) < 0:
        return None
    if settings.division is Division.PRINCIPAL_FIRST or left.fen == 0:
        principal = min(fen, left.principal_fen)
    else:
        principal = fen * left.principal_fen // left.fen
    return Balance(principal, fen - principal)


def monthly_use(
    first_paid: date | None,
    today: date,
    year_spend_fen: int,
    asked: Intake | None = None,
    settings: CardSettings = CARDS,
) -> MonthlyUse | None:
    """Own spend of the last 12 months with a full year of history, else what she said.

    None when neither is known, or when nothing is used.
    """
    full = first_paid is not None and (today - first_paid).days >= settings.full_history_days
    if full and year_spend_fen > 0:
        return MonthlyUse(year_spend_fen)
    if asked is None or min(asked.per_day, asked.per_unit, asked.unit_fen, asked.people) <= 0:
        return None
    portions = settings.days_a_year * asked.per_day * asked.people
    year_fen = portions * asked.unit_fen // asked.per_unit
    return MonthlyUse(year_fen, Source.ASKED) if year_fen > 0 else None


def limit_months(value_fen: int, settings: CardSettings = CARDS) -> int:
    """The most months a card of this value should last."""
    limits = sorted(settings.limits)
    return next((months for value, months in limits if value_fen <= value), limits[-1][1])


def months_of(value_fen: int, use: MonthlyUse) -> Fraction:
    """How many months a value lasts, exactly."""
    return Fraction(value_fen * 12, use.year_fen)


def fit(value_fen: int, use: MonthlyUse | None, settings: CardSettings = CARDS) -> Fit:
    """Whether a card of this value suits her use, and why."""
    if use is None:
        return Fit(Verdict.ASK, None, because("ask_household", value_fen=value_fen))
    exact, limit = months_of(value_fen, use), limit_months(value_fen, settings)
    months = int(exact * 10 + Fraction(1, 2)) / 10
    facts = {"value_fen": value_fen, "months": months, "monthly_fen": use.fen, "limit": limit}
    if exact <= limit:
        return Fit(Verdict.FITS, months, because("card_months", source=use.source.value, **facts))
    return Fit(Verdict.NOT_RECOMMENDED, months, because("card_too_long", **facts))


def days_left(balance_fen: int, use: MonthlyUse) -> int:
    """Days until a balance is used up, to the nearest day."""
    return int(Fraction(max(balance_fen, 0) * 365, use.year_fen) + Fraction(1, 2))


def renewal_due(
    balance_fen: int, use: MonthlyUse | None, settings: CardSettings = CARDS
) -> Because | None:
    """Why a card holder should renew now: less than a month left, or nothing. None if not due."""
    if balance_fen <= 0:
        return because("balance_empty")
    if use is None or months_of(balance_fen, use) >= settings.renewal_months:
        return None
    days = days_left(balance_fen, use)
    return because("balance_ending", balance_fen=balance_fen, days=days, monthly_fen=use.fen)
