"""What the rules look at, read for many customers at once, past SQLAlchemy's rows."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Contact
from lumi_desk.cards.rules import EntryKind
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.tables import DispositionRow
from lumi_desk.catalog.titles import Titles, titles
from lumi_desk.clock import day_end, day_start, local_day
from lumi_desk.customers.rules import History, Pace, Purchase
from lumi_desk.customers.tables import Customer
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.among import IDS, among, chunks
from lumi_desk.storage.base import UtcTime, from_millis, to_millis
from lumi_desk.storage.direct import Direct, Row
from lumi_desk.storage.joined import joined

Tell = Callable[[str, int, int], None]
HOUR_MS = 3_600_000
_CHUNK = 1000

_orders: Any = Order.__table__
_lines: Any = OrderLine.__table__
_cards: Any = CardEntry.__table__
_loads = or_(_cards.c.kind == EntryKind.OPEN.value, _cards.c.kind == EntryKind.TOP_UP.value)
# The orders that bought a card: they are no purchase of goods.
LOADING: Any = select(_cards.c.order_id).where(_loads, _cards.c.order_id.is_not(None))
_now, _since = (bindparam(name, type_=UtcTime()) for name in ("now", "since"))
_contacts: Any = Contact.__table__
_results: Any = DispositionRow.__table__


def of(session: Session, customer_ids: Sequence[str]) -> dict[str, History]:
    """The history of each of these customers, from the database at hand."""
    connection, told = session.connection(), {IDS: customer_ids}
    cards = _CARDS.rows(connection, told)
    bought = _purchases(
        _ORDERS.rows(connection, told),
        _LINES.rows(connection, told),
        {(customer_id, order_id) for customer_id, _, order_id in cards},
        titles(session),
    )
    opened = earliest(cards)
    answered = {one: from_millis(at) for one, at in _ANSWERED.rows(connection, told)}
    return {
        one: History(tuple(bought.get(one, ())), opened.get(one), answered.get(one))
        for one in customer_ids
    }


def everybody(session: Session, tell: Tell | None = None) -> Iterator[tuple[str, History]]:
    """Every customer with her history, in the order of ids."""
    ids = list(session.scalars(select(Customer.id).order_by(Customer.id)))
    for start in range(0, len(ids), _CHUNK):
        if tell:
            tell("reading customers", start, len(ids))
        yield from of(session, ids[start : start + _CHUNK]).items()
    if tell:
        tell("reading customers", len(ids), len(ids))


def newcomers(session: Session, since: datetime, now: datetime) -> dict[str, History]:
    """The beginnings of the histories of all who may have become customers since a moment.

    Without a card only what she bought first is told, all of one moment: that is what her grade
    looks at. With a card the whole history is. Some of those with a card may have been customers
    before; nobody else became one since.
    """
    connection, told = session.connection(), {"since": since, "now": now}
    orders = _FIRST_ORDERS.rows(connection, told)
    lines = _LINES_OF_ORDERS.rows(connection, {IDS: [order_id for order_id, *_ in orders]})
    first = _purchases(
        orders,
        lines,
        frozenset(),
        titles(session),
    )
    found = {one: History(tuple(bought)) for one, bought in first.items()}
    ids = [one for (one,) in _NEW_CARDS.rows(connection, told)]
    for some in chunks(ids, _CHUNK):
        found |= of(session, some)
    return found


class Days(dict[int, date]):
    """The day in Shanghai by the hour since 1970 in UTC: no day begins within an hour."""

    def __missing__(self, hour: int) -> date:
        """Reckon it once, for all hours of that day."""
        day = local_day(from_millis(hour * HOUR_MS))
        begins, ends = (to_millis(one) // HOUR_MS for one in (day_start(day), day_end(day)))
        self.update(dict.fromkeys(range(begins, ends), day))
        return day


def paces(session: Session, now: datetime) -> Iterator[tuple[str, Pace]]:
    """When everybody bought who did, or has a card, in no order."""
    connection, told = session.connection(), {"now": now}
    ago, until = _Ago(local_day(now)), to_millis(now)
    answered = {
        one: ago[at // HOUR_MS] for one, at in _ALL_ANSWERED.rows(connection, {}) if at <= until
    }
    bought: dict[str, list[int]] = defaultdict(list)
    for ids, hours in _MOMENTS.rows(connection, told):
        all_ago = map(ago.__getitem__, map(int, (hours or "").split()))
        for one, her_ago in zip((ids or "").split(), all_ago, strict=True):
            bought[one].append(her_ago)
    for one, hour in _LOADED.rows(connection, told):
        bought[one].remove(ago[hour])
    holders = {one for (one,) in _HOLDERS.rows(connection, told)}
    for one, some in bought.items():
        some.sort()
        yield one, Pace.of(some, holder=one in holders, answered=answered.get(one))
    for one in holders - bought.keys():
        yield one, Pace.of((), holder=True, answered=answered.get(one))


class _Ago(dict[int, int]):
    """The days from an hour since 1970 to a day."""

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today, self._days = today, Days()

    def __missing__(self, hour: int) -> int:
        """Reckon it once."""
        ago = self[hour] = (self._today - self._days[hour]).days
        return ago


def earliest(cards: Iterable[Row]) -> dict[str, datetime]:
    """When each customer first loaded a card, of rows that begin with her id and the moment."""
    found: dict[str, int] = {}
    for customer_id, at, *_ in cards:
        found[customer_id] = min(at, found.get(customer_id, at))
    return {one: from_millis(at) for one, at in found.items()}


def _purchases(
    orders: Iterable[Row],
    lines: Iterable[Row],
    loading: Container[tuple[str, str]],
    said: Titles,
) -> Mapping[str, list[Purchase]]:
    """The orders of goods by customer; buying a card (`loading`) is none."""
    of_order: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for order_id, line, units in lines:
        of_order[order_id].append((line, units))
    found: dict[str, list[Purchase]] = defaultdict(list)
    for order_id, customer_id, paid_at, fen, by_card, title in orders:
        if (customer_id, order_id) not in loading:
            line, units = said.led(of_order.get(order_id, ()), title)
            found[customer_id].append(
                Purchase(from_millis(paid_at), fen, 0, line, units, bool(by_card))
            )
    return found


_ORDER = tuple(
    _orders.c[name] for name in ("id", "customer_id", "paid_at", "paid_fen", "by_card", "title")
)
_LINE = (_lines.c.order_id, _lines.c.line, _lines.c.units)
_ORDERS = Direct(
    select(*_ORDER).where(
        among(_orders.c.customer_id), _orders.c.paid_at.is_not(None), _orders.c.paid_fen > 0
    )
)
_LINES = Direct(select(*_LINE).where(among(_lines.c.customer_id), _lines.c.price_fen > 0))
_CARDS = Direct(
    select(_cards.c.customer_id, _cards.c.at, _cards.c.order_id).where(
        among(_cards.c.customer_id), _loads
    )
)
_answered = (
    select(_contacts.c.customer_id, func.max(_contacts.c.started_at))
    .join(_results, _results.c.id == _contacts.c.disposition)
    .where(_results.c.answered)
    .group_by(_contacts.c.customer_id)
)
_ANSWERED = Direct(_answered.where(among(_contacts.c.customer_id)))
_ALL_ANSWERED = Direct(_answered)
_bought = and_(_orders.c.paid_fen > 0, _orders.c.paid_at <= _now)
# Card holders are looked at apart: an order that bought the card is no purchase.
_holders = select(_cards.c.customer_id).where(_loads)
_of_no_holder = and_(
    _bought, _orders.c.customer_id.is_not(None), _orders.c.customer_id.not_in(_holders)
)
# Once: else every process that helps a server would do it all.
_first = (
    select(_orders.c.customer_id, func.min(_orders.c.paid_at).label("at"))
    .where(_of_no_holder)
    .group_by(_orders.c.customer_id)
    .having(func.min(_orders.c.paid_at) >= _since)
    .cte("first")
    .prefix_with("MATERIALIZED")
)
_begins = and_(_orders.c.customer_id == _first.c.customer_id, _orders.c.paid_at == _first.c.at)
_FIRST_ORDERS = Direct(select(*_ORDER).join(_first, _begins).where(_bought))
_LINES_OF_ORDERS = Direct(
    select(*_LINE)
    .join(_orders, _orders.c.id == _lines.c.order_id)
    .where(
        among(_lines.c.order_id),
        _lines.c.customer_id == _orders.c.customer_id,
        _lines.c.price_fen > 0,
    )
)
_goods = and_(_bought, _orders.c.customer_id.is_not(None))
_hour = type_coerce(_orders.c.paid_at, BigInteger) // HOUR_MS
_MOMENTS = Direct(select(joined(_orders.c.customer_id), joined(_hour)).where(_goods))
_hers = and_(_cards.c.customer_id == _orders.c.customer_id, _cards.c.order_id == _orders.c.id)
_LOADED = Direct(select(_orders.c.customer_id, _hour).where(_goods, exists().where(_hers, _loads)))
_HOLDERS = Direct(select(_cards.c.customer_id).where(_loads, _cards.c.at <= _now).distinct())
_NEW_CARDS = Direct(select(_cards.c.customer_id).where(_loads, _cards.c.at >= _since).distinct())
