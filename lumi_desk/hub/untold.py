"""Product titles that nobody knows: which they are, and what they and all sold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import SettledTitle
from lumi_desk.customers.rules import spoken_line
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.among import chunks

_CLOSED = "closed"
_LINES: Any = OrderLine.__table__
_ORDERS: Any = Order.__table__
_SETTLED: Any = SettledTitle.__table__


@dataclass(frozen=True, slots=True)
class Untold:
    """A title that nobody knows: how often it was sold, and for how much by its list price.

    `fen` is integer fen; `customers` counts those who are known by name.
    """

    title: str
    fen: int
    units: int
    orders: int
    customers: int


@dataclass(frozen=True, slots=True)
class Example:
    """The last order that holds a title: when, in which shop, so many units for so much each."""

    at: datetime
    shop: str
    units: int
    fen: int


def unclassified(session: Session) -> list[Untold]:
    """The titles that catalogue, patterns and manager say nothing of, most sold first."""
    sold = union_all(_of_lines(), _of_orders()).subquery()
    asked = select(
        sold.c.title,
        func.sum(sold.c.fen),
        func.sum(sold.c.units),
        func.count(sold.c.order_id.distinct()),
        func.count(sold.c.customer_id.distinct()),
    ).group_by(sold.c.title)
    found = [
        # A server gives sums of big numbers as decimals.
        Untold(title, int(fen), int(units), orders, customers)
        for title, fen, units, orders, customers in session.connection().execute(asked)
        if spoken_line(title) is None
    ]
    return sorted(found, key=lambda one: (-one.fen, one.title))


def holding(found: Iterable[Untold], words: str) -> list[Untold]:
    """Those whose title holds the words, whatever the case; without words all."""
    sought = words.strip().casefold()
    return [one for one in found if sought in one.title.casefold()]


def sold_fen(session: Session) -> int:
    """What all titles sold by their list price, the known ones too, in fen."""
    lines = select(func.sum(_LINES.c.price_fen * _LINES.c.units)).where(_LINES.c.status != _CLOSED)
    orders = select(func.sum(_ORDERS.c.paid_fen)).where(*_own_title())
    connection = session.connection()
    return sum(int(connection.scalar(asked) or 0) for asked in (lines, orders))


def examples(session: Session, titles: Sequence[str]) -> dict[str, Example]:
    """The last order of each of these titles, where there is one."""
    found: dict[str, Example] = {}
    for some in chunks(titles):
        of_lines = (
            select(
                _LINES.c.title,
                _ORDERS.c.created_at,
                _ORDERS.c.shop,
                _LINES.c.units,
                _LINES.c.price_fen,
            )
            .join(_ORDERS, _ORDERS.c.id == _LINES.c.order_id)
            .where(_LINES.c.title.in_(some), _LINES.c.status != _CLOSED)
        )
        of_orders = select(
            _ORDERS.c.title, _ORDERS.c.created_at, _ORDERS.c.shop, literal(1), _ORDERS.c.paid_fen
        ).where(_ORDERS.c.title.in_(some), *_own_title())
        for asked in (of_lines, of_orders):
            for title, *told in session.connection().execute(_last(asked)):
                one = Example(*told)
                if title not in found or one.at > found[title].at:
                    found[title] = one
    return found


def _last(asked: Any) -> Any:
    """Of each title the row of the newest order."""
    ordered = asked.add_columns(
        func.row_number()
        .over(
            partition_by=asked.selected_columns[0],
            order_by=(_ORDERS.c.created_at.desc(), _ORDERS.c.id),
        )
        .label("place")
    ).subquery()
    return select(*[column for column in ordered.c if column.name != "place"]).where(
        ordered.c.place == 1
    )


def _of_lines() -> Any:
    return select(
        _LINES.c.title,
        (_LINES.c.price_fen * _LINES.c.units).label("fen"),
        _LINES.c.units,
        _LINES.c.order_id,
        _LINES.c.customer_id,
    ).where(
        _LINES.c.product_id.is_(None),
        _LINES.c.status != _CLOSED,
        ~exists().where(_SETTLED.c.title == _LINES.c.title),
    )


def _of_orders() -> Any:
    """Titles of orders whose lines were never imported."""
    return select(
        _ORDERS.c.title,
        _ORDERS.c.paid_fen,
        literal(1),
        _ORDERS.c.id,
        _ORDERS.c.customer_id,
    ).where(*_own_title(), ~exists().where(_SETTLED.c.title == _ORDERS.c.title))


def _own_title() -> tuple[Any, ...]:
    return (
        _ORDERS.c.title != "",
        _ORDERS.c.paid_fen > 0,
        ~exists().where(_LINES.c.order_id == _ORDERS.c.id),
    )
