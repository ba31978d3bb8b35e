"""The figures by cohort, read from the hub's records."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lumi_desk.cards.rules import EntryKind
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.titles import Titles, titles
from lumi_desk.clock import local_day
from lumi_desk.customers.rules import Line, see
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import histories
from lumi_desk.hub.classifying import numbers_on
from lumi_desk.hub.histories import Tell
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.reports.cohorts import rules
from lumi_desk.reports.cohorts.rules import (
    Cohort,
    Loss,
    LowCard,
    Movement,
    Newcomer,
    Renewals,
    Sold,
)
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import from_millis
from lumi_desk.storage.direct import Direct

_CHUNK = 1000
_CLOSED = "closed"


class By(StrEnum):
    """What the newcomers of a month may be parted by."""

    GRADE = "grade"
    LINE = "line"


def cohorts(
    session: Session,
    since: date,
    now: datetime,
    days: int,
    by: By | None = None,
    tell: Tell | None = None,
) -> tuple[Cohort, ...]:
    """The newcomers of each month from that of `since` on. Raises BadSetting."""
    begin = since.replace(day=1)
    found = (one for one in _newcomers(session, now, days, tell) if one.day >= begin)
    return rules.cohorts(found, lambda one: _group(one, by))


def renewals(
    session: Session, since: date, now: datetime, days: int, tell: Tell | None = None
) -> tuple[Renewals, ...]:
    """The cards that ran low in each month from that of `since` on."""
    begin = since.replace(day=1)
    found = (one for one in _low_cards(session, now, days, tell) if one.day >= begin)
    return rules.renewals(found)


def loss(
    session: Session, since: date, now: datetime, days: int, tell: Tell | None = None
) -> tuple[Loss, ...]:
    """The loss of pool 1 in each month from that of `since` on. Raises BadSetting."""
    today, pool = local_day(now), numbers_on(session, now).pool
    everybody = (see(one, now) for _, one in histories.everybody(session, tell))
    return rules.losses(everybody, rules.months(since, today), today, days, pool)


def _group(one: Newcomer, by: By | None) -> str:
    if by is None:
        return ""
    return (one.grade if by is By.GRADE else one.line) or ""


def _newcomers(session: Session, now: datetime, days: int, tell: Tell | None) -> Iterator[Newcomer]:
    grades, said = numbers_on(session, now).grade, titles(session)
    ids = list(session.scalars(select(Customer.id).order_by(Customer.id)))
    for some in _chunks(ids, tell):
        sold = _sold(session, some, said)
        for customer_id, history in histories.of(session, some).items():
            one = rules.newcomer(history, sold.get(customer_id, ()), now, days, grades)
            if one is not None:
                yield one


def _low_cards(session: Session, now: datetime, days: int, tell: Tell | None) -> Iterator[LowCard]:
    ids = list(session.scalars(select(CardEntry.customer_id).distinct().order_by("customer_id")))
    for some in _chunks(ids, tell):
        moved = _movements(session, some)
        for customer_id, history in histories.of(session, some).items():
            yield from rules.low_cards(history, moved[customer_id], now, days)


def _chunks(ids: Sequence[str], tell: Tell | None) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        if tell:
            tell("reading customers", start, len(ids))
        yield ids[start : start + _CHUNK]
    if tell:
        tell("reading customers", len(ids), len(ids))


def _sold(session: Session, ids: Sequence[str], said: Titles) -> dict[str, Sold]:
    """The lines of the kept orders of goods by customer; an order without lines has its title's."""
    found: dict[str, list[tuple[datetime, Line]]] = defaultdict(list)
    for customer_id, at, line, title in _SOLD.rows(session.connection(), {IDS: ids}):
        known = _KNOWN.get(said.meaning(title).line if line is None else line)
        if known is not None:
            found[customer_id].append((from_millis(at), known))
    return dict(found)


def _movements(session: Session, ids: Sequence[str]) -> dict[str, list[Movement]]:
    found: dict[str, list[Movement]] = defaultdict(list)
    for customer_id, at, kind, principal, bonus in _MOVED.rows(session.connection(), {IDS: ids}):
        one = Movement(from_millis(at), EntryKind(kind), principal + bonus)
        found[customer_id].append(one)
    return found


_KNOWN = {line.value: line for line in rules.CROSS_LINES}
_orders: Any = Order.__table__
_lines: Any = OrderLine.__table__
_cards: Any = CardEntry.__table__
_loads = or_(_cards.c.kind == EntryKind.OPEN.value, _cards.c.kind == EntryKind.TOP_UP.value)
# Buying a card is no purchase of goods, whatever its title says.
_buys_a_card = (
    select(_cards.c.id)
    .where(_cards.c.customer_id == _orders.c.customer_id, _cards.c.order_id == _orders.c.id, _loads)
    .exists()
)
_SOLD = Direct(
    select(_orders.c.customer_id, _orders.c.paid_at, _lines.c.line, _orders.c.title)
    .select_from(_orders.outerjoin(_lines, _lines.c.order_id == _orders.c.id))
    .where(
        among(_orders.c.customer_id),
        _orders.c.paid_at.is_not(None),
        _orders.c.paid_fen > 0,
        # Neither a gift nor what was closed is sold.
        or_(
            _lines.c.id.is_(None),
            and_(_lines.c.price_fen > 0, _lines.c.status != _CLOSED),
        ),
        ~_buys_a_card,
    )
)
_MOVED = Direct(
    select(
        *(_cards.c[name] for name in ("customer_id", "at", "kind", "principal_fen", "bonus_fen"))
    ).where(among(_cards.c.customer_id))
)
