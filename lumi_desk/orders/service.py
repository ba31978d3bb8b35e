"""What is asked about orders and claimed sales."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    func,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session

from lumi_desk.orders.tables import Order, OrderLine, Sale

Condition = ColumnElement[bool]
_DAY_MS = 86_400_000
# Shanghai is eight hours ahead, the whole year.
_AHEAD_MS = 28_800_000


@dataclass(frozen=True, slots=True)
class Part:
    """One product of an order. `product_id` is None where the export names none we know."""

    product_id: str | None
    title: str
    units: int
    price_fen: int
    line: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """One paid order with its parts, the dearest first."""

    id: str
    customer_id: str
    paid_at: datetime
    delivered_at: datetime | None
    fen: int
    refund_fen: int
    by_card: bool
    title: str
    parts: tuple[Part, ...] = ()

    @property
    def main(self) -> Part | None:
        """The part most of the money went into."""
        return self.parts[0] if self.parts else None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A sale a rep logged; `state` is "claimed" until an order confirms it."""

    at: datetime
    kind: str
    what: str
    fen: int
    gift: str
    state: str


class Sum(NamedTuple):
    """All kept orders of a customer: how many, on how many days, the first and last, their fen."""

    orders: int
    days: int
    first_at: datetime
    last_at: datetime
    fen: int


def sums(
    session: Session,
    now: datetime,
    but: Select[str | None],
    only: Sequence[str] | None = None,
) -> dict[str, Sum]:
    """What every customer has paid for up to a moment; who has bought nothing is not in it.

    `but` asks for orders to leave out: those that bought a card and no goods; with `only`, of
    these customers.
    """
    day = (type_coerce(Order.paid_at, BigInteger) + _AHEAD_MS) // _DAY_MS
    asked = (
        select(
            Order.customer_id,
            func.count(),
            func.count(day.distinct()),
            func.min(Order.paid_at),
            func.max(Order.paid_at),
            func.sum(Order.paid_fen),
        )
        .where(
            Order.customer_id.is_not(None),
            Order.paid_at <= now,
            Order.paid_fen > 0,
            Order.id.not_in(but),
        )
        .group_by(Order.customer_id)
    )
    if only is not None:
        asked = asked.where(Order.customer_id.in_(only))
    rows: Sequence[Any] = session.execute(asked).all()
    return {
        her: Sum(many, days, first, last, int(fen)) for her, many, days, first, last, fen in rows
    }


def of_customer(session: Session, customer_id: str) -> tuple[Ordered, ...]:
    """Her paid orders with what stayed paid, newest first."""
    return _ordered(session, Order.customer_id == customer_id)


def latest(
    session: Session, since: datetime, but: frozenset[str] = frozenset()
) -> dict[str, Ordered]:
    """The latest kept order of every customer who bought from `since` on.

    `but` are orders to leave out: those that bought a card and no goods.
    """
    kept = (Order.paid_at >= since, Order.paid_fen > 0, Order.id.not_in(but))
    newest = (
        select(Order.customer_id, func.max(Order.paid_at).label("paid_at"))
        .where(Order.customer_id.is_not(None), *kept)
        .group_by(Order.customer_id)
        .subquery()
    )
    found: dict[str, Ordered] = {}
    same = tuple_(Order.customer_id, Order.paid_at).in_(select(newest))
    for order in _ordered(session, same, *kept):
        found.setdefault(order.customer_id, order)
    return found


def claims_of(session: Session, customer_id: str) -> tuple[Claimed, ...]:
    """What reps say they sold her, newest first."""
    chosen = select(Sale).where(Sale.customer_id == customer_id).order_by(Sale.at.desc())
    return tuple(
        Claimed(row.at, row.kind, row.what, row.fen, row.gift, row.state)
        for row in session.scalars(chosen)
    )


def holdings(session: Session) -> Mapping[str, frozenset[str]]:
    """Which products every customer has ever bought."""
    asked = select(OrderLine.customer_id, OrderLine.product_id).where(
        OrderLine.customer_id.is_not(None), OrderLine.product_id.is_not(None), OrderLine.units > 0
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for customer_id, product_id in session.execute(asked.distinct()):
        found[str(customer_id)].add(str(product_id))
    return {customer_id: frozenset(products) for customer_id, products in found.items()}


def _ordered(session: Session, *conditions: Condition) -> tuple[Ordered, ...]:
    wanted = (Order.paid_at.is_not(None), *conditions)
    columns = (
        Order.id,
        Order.customer_id,
        Order.paid_at,
        Order.delivered_at,
        Order.paid_fen,
        Order.refund_fen,
        Order.by_card,
        Order.title,
    )
    rows: Sequence[Any] = session.execute(
        select(*columns).where(*wanted).order_by(Order.paid_at.desc(), Order.id)
    ).all()
    parts = _parts(session, *wanted)
    return tuple(replace(Ordered(*row), parts=parts.get(row[0], ())) for row in rows)


def _parts(session: Session, *conditions: Condition) -> dict[str, tuple[Part, ...]]:
    asked = select(
        OrderLine.order_id,
        OrderLine.product_id,
        OrderLine.title,
        OrderLine.units,
        OrderLine.price_fen,
        OrderLine.line,
    ).join(
        Order,
        # By the customer too: a desk finds lines by her alone.
        and_(Order.id == OrderLine.order_id, Order.customer_id == OrderLine.customer_id),
    )
    found: defaultdict[str, list[Part]] = defaultdict(list)
    rows: Sequence[Any] = session.execute(asked.where(*conditions)).all()
    for order_id, *rest in rows:
        found[order_id].append(Part(*rest))
    return {
        order_id: tuple(sorted(parts, key=lambda one: -one.units * one.price_fen))
        for order_id, parts in found.items()
    }
