"""What is to be expected of customers, kept beside them: to find, order and add up by it.

A desk reckons it where it shows it. Of a whole centre that would take seconds at every look, so it
is kept here, and reckoned anew with whatever changes it: an import, a decision, the night.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lumi_desk.cards import service as cards
from lumi_desk.catalog import service as catalog
from lumi_desk.catalog import shelf
from lumi_desk.catalog.service import Ware
from lumi_desk.clock import local_day
from lumi_desk.customers.fields.rules import Field
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.run_out import service as run_outs
from lumi_desk.customers.run_out.rules import RUN_OUT, RunOutSettings, used_up
from lumi_desk.customers.tables import Customer, Outlook
from lumi_desk.customers.value import service as value
from lumi_desk.customers.value.rules import Brought, ValueSettings, expected_fen
from lumi_desk.hub.histories import HOUR_MS, Days
from lumi_desk.orders.service import Ordered, Part
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among, in_pieces
from lumi_desk.storage.base import from_millis, to_millis
from lumi_desk.storage.direct import Direct
from lumi_desk.storage.store import Store, touch
from lumi_desk.sync import feed

_AT_ONCE = 2000
_customers: Any = Customer.__table__
_outlooks: Any = Outlook.__table__
_NAMES = ("id", "brought_fen", "expected_fen", "runs_out")
_orders: Any = Order.__table__
_lines: Any = OrderLine.__table__
_CUSTOMERS = Direct(
    select(
        *(_customers.c[name] for name in ("id", "pool", "grade", "household", "year_fen"))
    ).where(among(_customers.c.id))
)
# Each by customer alone: a join of tables that an import has just filled may be planned badly.
_ORDERS = Direct(
    select(
        *(_orders.c[name] for name in ("id", "customer_id", "paid_at", "delivered_at", "paid_fen"))
    ).where(among(_orders.c.customer_id), _orders.c.paid_at.is_not(None), _orders.c.paid_fen > 0)
)
_LINES = Direct(
    select(
        *(_lines.c[name] for name in ("order_id", "product_id", "units", "price_fen", "line"))
    ).where(among(_lines.c.customer_id))
)
Row = tuple[str, int, int, date | None]


class _Bought(NamedTuple):
    """An order of hers; moments in milliseconds since 1970."""

    paid_at: int
    order_id: str
    delivered_at: int | None
    fen: int


@dataclass(frozen=True)
class _Known:
    """What is looked up once for everybody."""

    now: datetime
    learned: ValueSettings
    run_out: RunOutSettings
    wares: dict[str, Ware]
    loads: frozenset[str]
    today: date
    days: Days


def renew(session: Session, customer_ids: Iterable[str] | None, now: datetime) -> int:
    """Reckon it anew for these customers (None: for all). Returns for how many it changed.

    The session must work alone, or hold the rows of these customers.
    """
    known = _Known(
        now,
        value.settings(session, now),
        shelf.usable(session, "run_out", local_day(now), RUN_OUT),
        catalog.products(session),
        cards.loading_orders(session),
        local_day(now),
        Days(),
    )
    ids = sorted(set(customer_ids)) if customer_ids is not None else _all_ids(session)
    return sum(_renew(session, some, known) for some in in_pieces(ids, _AT_ONCE))


def renew_everybody(store: Store, now: datetime) -> int:
    """The same for all, while nobody else writes: what it read must not be older than what stands.

    Returns for how many it changed.
    """
    with store.write() as session:
        feed.watch(session, alone=True)
        return renew(session, None, now)


def is_changed_by(op: object) -> bool:
    """Whether an operation says that what she bought lasts longer, or less."""
    return isinstance(op, EditCustomer) and any(one.field is Field.HOUSEHOLD for one in op.changes)


def catch_up(session: Session, now: datetime) -> int:
    """Reckon for those who have bought, and of whom nothing is kept. Returns how many they are."""
    kept = select(_outlooks.c.id)
    asked = select(_customers.c.id).where(
        _customers.c.last_paid_at.is_not(None), _customers.c.id.not_in(kept)
    )
    return renew(session, list(session.scalars(asked)), now)


def _renew(session: Session, ids: Sequence[str], known: _Known) -> int:
    reckoned = _reckoned(session, ids, known)
    asked = select(*(_outlooks.c[name] for name in _NAMES)).where(among(_outlooks.c.id))
    stood = {row[0]: tuple(row) for row in session.execute(asked, {IDS: ids})}
    gone = [one for one in stood if one not in reckoned]
    better = [row for one, row in reckoned.items() if stood.get(one) != row]
    bulk.insert(session, _outlooks, [dict(zip(_NAMES, row, strict=True)) for row in better], "id")
    if gone:
        session.execute(delete(Outlook).where(among(_outlooks.c.id)), {IDS: gone})
        touch(session, Outlook.__tablename__)
    return len(better) + len(gone)


def _reckoned(session: Session, ids: Sequence[str], known: _Known) -> dict[str, Row]:
    """Of those of them who have bought anything."""
    connection, told = session.connection(), {IDS: ids}
    bought: dict[str, list[_Bought]] = defaultdict(list)
    until = to_millis(known.now)
    for order_id, her, paid_at, delivered_at, fen in _ORDERS.rows(connection, told):
        if order_id not in known.loads and paid_at <= until:
            bought[her].append(_Bought(paid_at, order_id, delivered_at, fen))
    parts: dict[str, list[Part]] = defaultdict(list)
    for order_id, product_id, units, price_fen, line in _LINES.rows(connection, told):
        parts[order_id].append(Part(product_id, "", units, price_fen, line))
    found: dict[str, Row] = {}
    for her, pool, grade, household, year_fen in _CUSTOMERS.rows(connection, told):
        if hers := bought.get(her):
            sums = _brought(hers, year_fen, known.days)
            expected = expected_fen(sums, pool, grade, known.today, known.learned)
            taken = run_outs.taken(_latest(her, hers, parts, known), household, known.wares)
            found[her] = (her, sums.fen, expected, used_up(taken, known.run_out))
    return found


def _brought(hers: Sequence[_Bought], year_fen: int, day_of: Days) -> Brought:
    days = {day_of[one.paid_at // HOUR_MS] for one in hers}
    fen = sum(one.fen for one in hers)
    return Brought(min(days), max(days), len(days), len(hers), fen, year_fen)


def _latest(
    her: str, hers: Sequence[_Bought], parts: Mapping[str, list[Part]], known: _Known
) -> Ordered | None:
    """What she bought last, unless it is used up whatever it was."""
    last = min(hers, key=lambda one: (-one.paid_at, one.order_id))
    paid_at = from_millis(last.paid_at)
    if paid_at < known.now - run_outs.ORDERS_BACK:
        return None
    delivered_at = None if last.delivered_at is None else from_millis(last.delivered_at)
    some = sorted(parts.get(last.order_id, ()), key=lambda one: -one.units * one.price_fen)
    return Ordered(
        last.order_id, her, paid_at, delivered_at, last.fen, 0, by_card=False, title="",
        parts=tuple(some),
    )  # fmt: skip


def _all_ids(session: Session) -> list[str]:
    """Everybody, and who is kept but is here no longer."""
    here, kept = select(_customers.c.id), select(_outlooks.c.id)
    return list(session.scalars(here.union(kept)))
