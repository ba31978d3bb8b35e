"""What is asked about products, bundles, card plans, dispositions and settings."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import Bundle, CardPlan, DispositionRow, Product, Setting


@dataclass(frozen=True, slots=True)
class Ware:
    """A product as the desk shows it; what it costs us stays on the hub."""

    id: str
    name: str
    line: str
    unit: str
    price_fen: int
    days_per_unit: int
    allergens: frozenset[str]
    high_margin: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """The numbers of a rule set as they are kept, from a day on."""

    id: str
    effective: date
    body: Any


@dataclass(frozen=True, slots=True)
class Package:
    """A bundle; `items` are (product id, units), empty `pools` or `grades` let everybody in."""

    id: str
    name: str
    items: tuple[tuple[str, int], ...]
    price_fen: int
    list_fen: int
    high_margin: bool
    pools: frozenset[str]
    grades: frozenset[str]


@dataclass(frozen=True, slots=True)
class Card:
    """A recharge card that can be sold."""

    id: str
    name: str
    value_fen: int
    gift: str
    gift_fen: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result of a call, in both languages."""

    id: str
    answered: bool
    zh: str
    en: str


def products(session: Session) -> dict[str, Ware]:
    """Every product by id, also those no longer sold: old orders name them."""
    return {
        row.id: Ware(
            row.id,
            row.name,
            row.line,
            row.unit,
            row.price_fen,
            row.days_per_unit,
            _parts(row.allergens),
            row.high_margin,
        )
        for row in session.scalars(select(Product))
    }


def bundles(session: Session) -> tuple[Package, ...]:
    """The bundles on sale."""
    rows = session.scalars(select(Bundle).where(Bundle.active).order_by(Bundle.id))
    return tuple(
        Package(
            row.id,
            row.name,
            tuple((str(product), int(units)) for product, units in row.items),
            row.price_fen,
            row.list_fen,
            row.high_margin,
            _parts(row.pools),
            _parts(row.grades),
        )
        for row in rows
    )


def cards(session: Session) -> tuple[Card, ...]:
    """The card plans on sale, smallest first."""
    rows = session.scalars(select(CardPlan).where(CardPlan.active).order_by(CardPlan.value_fen))
    return tuple(Card(row.id, row.name, row.value_fen, row.gift, row.gift_fen) for row in rows)


def outcomes(session: Session) -> tuple[Outcome, ...]:
    """The manager's list of call results, in its order."""
    chosen = select(DispositionRow).where(DispositionRow.active)
    rows = session.scalars(chosen.order_by(DispositionRow.position, DispositionRow.id))
    return tuple(Outcome(row.id, row.answered, row.zh, row.en) for row in rows)


def answering(session: Session) -> frozenset[str]:
    """The outcomes that say that she was there, also those no longer given."""
    # Flags are numbers on both engines, and PostgreSQL takes no number for a condition.
    chosen = select(DispositionRow.id).where(DispositionRow.answered.in_((True,)))
    return frozenset(session.scalars(chosen))


def setting(session: Session, rule_set: str, day: date) -> Any | None:
    """The numbers of a rule set that hold on a day, as they are kept; None for the defaults."""
    chosen = select(Setting.body).where(Setting.rule_set == rule_set, Setting.effective <= day)
    return session.scalar(chosen.order_by(Setting.effective.desc(), Setting.id.desc()).limit(1))


def settings(session: Session, rule_set: str) -> tuple[Kept, ...]:
    """All that was ever kept for a rule set, in the order in which it holds."""
    chosen = select(Setting).where(Setting.rule_set == rule_set)
    rows = session.scalars(chosen.order_by(Setting.effective, Setting.id))
    return tuple(Kept(row.id, row.effective, row.body) for row in rows)


def holding_since(session: Session, rule_set: str, day: date) -> date | None:
    """From when on the numbers hold that hold on a day; None for the defaults."""
    chosen = select(func.max(Setting.effective))
    return session.scalar(chosen.where(Setting.rule_set == rule_set, Setting.effective <= day))


def _parts(listed: str) -> frozenset[str]:
    """The entries of `V,1` or `鱼、虾`."""
    parts = listed.replace("、", ",").replace("，", ",").split(",")
    return frozenset(part.strip() for part in parts if part.strip())
