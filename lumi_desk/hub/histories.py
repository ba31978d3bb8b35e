"""What the rules look at, read for many customers at once, past SQLAlchemy's rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Contact
from lumi_desk.cards.rules import EntryKind
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.tables import DispositionRow
from lumi_desk.customers.rules import History, Line, Purchase, leading, line_of
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import from_millis
from lumi_desk.storage.direct import Direct, Row

_KNOWN = {line.value: line for line in Line}
# The same titles come back for years.
_line_of = lru_cache(maxsize=20_000)(line_of)

_orders: Any = Order.__table__
_lines: Any = OrderLine.__table__
_cards: Any = CardEntry.__table__
_loads = or_(_cards.c.kind == EntryKind.OPEN.value, _cards.c.kind == EntryKind.TOP_UP.value)
_contacts: Any = Contact.__table__
_results: Any = DispositionRow.__table__


def of(session: Session, customer_ids: Sequence[str]) -> dict[str, History]:
    """The history of each of these customers, from the database at hand."""
    connection, told = session.connection(), {IDS: customer_ids}
    cards = _CARDS.rows(connection, told)
    bought = _purchases(
        _ORDERS.rows(connection, told),
        _LINES.rows(connection, told),
        {order_id for _, _, order_id in cards if order_id},
    )
    opened = earliest(cards)
    answered = {one: from_millis(at) for one, at in _ANSWERED.rows(connection, told)}
    return {
        one: History(tuple(bought.get(one, ())), opened.get(one), answered.get(one))
        for one in customer_ids
    }


def earliest(cards: Iterable[Row]) -> dict[str, datetime]:
    """When each customer first loaded a card, of rows that begin with her id and the moment."""
    found: dict[str, int] = {}
    for customer_id, at, *_ in cards:
        found[customer_id] = min(at, found.get(customer_id, at))
    return {one: from_millis(at) for one, at in found.items()}


def _purchases(
    orders: Iterable[Row], lines: Iterable[Row], loading: set[str]
) -> Mapping[str, list[Purchase]]:
    """The orders of goods by customer; buying a card (`loading`) is none."""
    of_order: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for order_id, line, units in lines:
        of_order[order_id].append((line, units))
    found: dict[str, list[Purchase]] = defaultdict(list)
    for order_id, customer_id, paid_at, fen, by_card, title in orders:
        if order_id not in loading:
            line, units = _led(of_order.get(order_id), title)
            found[customer_id].append(
                Purchase(from_millis(paid_at), fen, 0, line, units, bool(by_card))
            )
    return found


def _led(lines: Sequence[tuple[str, int]] | None, title: str) -> tuple[Line, int]:
    """The line that leads an order, gifts aside, and how many pieces it has."""
    if lines is None:
        return _line_of(title), 1
    if len(lines) == 1:
        return _KNOWN.get(lines[0][0], Line.OTHER), lines[0][1]
    named = frozenset(_KNOWN.get(line, Line.OTHER) for line, _ in lines)
    return leading(named), sum(units for _, units in lines)


_ORDERS = Direct(
    select(
        _orders.c.id,
        _orders.c.customer_id,
        _orders.c.paid_at,
        _orders.c.paid_fen,
        _orders.c.by_card,
        _orders.c.title,
    ).where(among(_orders.c.customer_id), _orders.c.paid_at.is_not(None), _orders.c.paid_fen > 0)
)
_LINES = Direct(
    select(_lines.c.order_id, _lines.c.line, _lines.c.units).where(
        among(_lines.c.customer_id), _lines.c.price_fen > 0
    )
)
_CARDS = Direct(
    select(_cards.c.customer_id, _cards.c.at, _cards.c.order_id).where(
        among(_cards.c.customer_id), _loads
    )
)
_ANSWERED = Direct(
    select(_contacts.c.customer_id, func.max(_contacts.c.started_at))
    .join(_results, _results.c.id == _contacts.c.disposition)
    .where(among(_contacts.c.customer_id), _results.c.answered)
    .group_by(_contacts.c.customer_id)
)
