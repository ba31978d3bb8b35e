"""What everybody has to take, as their desks see it, read at once past SQLAlchemy's rows."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from lumi_desk.catalog import service as catalog
from lumi_desk.customers.run_out import service as run_outs
from lumi_desk.customers.run_out.rules import Taken
from lumi_desk.customers.tables import Customer
from lumi_desk.hub.histories import HOUR_MS, LOADING, Days
from lumi_desk.orders.service import Part
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.base import UtcTime
from lumi_desk.storage.direct import Direct


class _Row(NamedTuple):
    """A part of a latest order of one of these customers; moments in milliseconds since 1970."""

    customer_id: str
    household: int
    order_id: str
    paid_at: int
    delivered_at: int | None
    product_id: str | None
    title: str
    units: int | None
    price_fen: int
    line: str

    def is_before(self, other: "_Row") -> bool:
        """Of orders of one moment the first by id counts, of its parts the dearest."""
        return (self.order_id, -self.worth) < (other.order_id, -other.worth)

    @property
    def worth(self) -> int:
        """What the part comes to, in fen."""
        return (self.units or 0) * (self.price_fen or 0)


def everybody(session: Session, now: datetime) -> dict[str, Taken]:
    """What each customer who bought lately has to take."""
    wares, days = catalog.products(session), Days()
    found: dict[str, _Row] = {}
    told = {"since": now - run_outs.ORDERS_BACK}
    for row in map(_Row._make, _LATEST.rows(session.connection(), told)):
        stood = found.get(row.customer_id)
        if stood is None or row.is_before(stood):
            found[row.customer_id] = row
    return {
        row.customer_id: run_outs.taken_of(
            days[(row.delivered_at or row.paid_at) // HOUR_MS],
            Part(row.product_id, row.title, row.units, row.price_fen, row.line),
            row.household,
            wares.get(row.product_id or ""),
        )
        for row in found.values()
        # An order without parts gives nothing to take.
        if row.units is not None
    }


_hers: Any = Customer.__table__
_orders: Any = Order.__table__
_lines: Any = OrderLine.__table__
_kept = and_(
    _orders.c.paid_at >= bindparam("since", type_=UtcTime()),
    _orders.c.paid_fen > 0,
    _orders.c.id.not_in(LOADING),
)
_newest = (
    select(_orders.c.customer_id, func.max(_orders.c.paid_at).label("paid_at"))
    .where(_orders.c.customer_id.is_not(None), _kept)
    .group_by(_orders.c.customer_id)
    .subquery()
)
_LATEST = Direct(
    select(
        _hers.c.id,
        _hers.c.household,
        _orders.c.id.label("order_id"),
        _orders.c.paid_at,
        _orders.c.delivered_at,
        _lines.c.product_id,
        _lines.c.title,
        _lines.c.units,
        _lines.c.price_fen,
        _lines.c.line,
    )
    .join(_newest, _newest.c.customer_id == _hers.c.id)
    .join(
        _orders,
        and_(
            _orders.c.customer_id == _newest.c.customer_id,
            _orders.c.paid_at == _newest.c.paid_at,
            _kept,
        ),
    )
    .outerjoin(
        _lines,
        and_(_lines.c.order_id == _orders.c.id, _lines.c.customer_id == _orders.c.customer_id),
    )
)
