"""The stored orders that no number finds, by shop and minute of creation, in the scratch file."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lumi_desk.imports.columns import OrderRow
from lumi_desk.orders.tables import Order
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.direct import Direct
from lumi_desk.storage.spool import Heap, Spool

_MINUTE = 60_000
_AT_ONCE = 5000
_orders: Any = Order.__table__
_OF_ORDER = select(_orders.c.id, _orders.c.shop, _orders.c.created_at)
_FURTHER = (
    _OF_ORDER.where(_orders.c.id > bindparam("last"))
    .order_by(_orders.c.id)
    .limit(bindparam("most"))
)
_ALL = Direct(_FURTHER)
_ROUNDED = Direct(_FURTHER.where(_orders.c.rounded))


class Nearby:
    """Which stored orders a row may speak of though its number does not say so.

    A row with a whole number can be one whose number was rounded, a row with a rounded number
    any order of its minute. The hub's orders are gone through once for a whole import: asked
    piece by piece it would be once for each, for they do not stand in the order of their times.
    """

    def __init__(self, session: Session, spool: Spool, *, rounded: bool) -> None:
        """Go through the orders; `rounded` if rows of the files have rounded numbers."""
        self._ids: Heap[str] = Heap(spool)
        asked, connection = _ALL if rounded else _ROUNDED, session.connection()
        last = ""
        while found := asked.rows(connection, {"last": last, "most": _AT_ONCE}):
            for order_id, shop, created_at in found:
                self._ids.add(_key(shop, created_at), order_id)
            last = found[-1][0]

    def of(self, rows: Iterable[OrderRow]) -> list[str]:
        """The ids of the orders of the shops and minutes of these rows."""
        if not len(self._ids):
            return []
        keys = {_key(row.shop, to_millis(row.created_at)) for row in rows}
        return [one for key in keys for one in self._ids.of(key)]


def _key(shop: str, millis: int) -> str:
    return f"{shop}\x1f{millis // _MINUTE}"
