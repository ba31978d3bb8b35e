"""One order that some files tell with its shop and others without: sellers choose their columns.

The platform's own number, made in the same minute, is the same order whatever the shop is called.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.imports import rules
from lumi_desk.imports.columns import DEFAULT_SHOP, OrderRow
from lumi_desk.imports.matching import Known, key_of
from lumi_desk.orders.tables import Order
from lumi_desk.storage.among import IDS, among

_Sold = tuple[str, str]


class Shops:
    """Where the orders of some rows were sold, as far as these rows or the hub tell it."""

    def __init__(self, session: Session, rows: Sequence[OrderRow], channel: str) -> None:
        self._channel = channel
        self._told: dict[_Sold, set[str]] = defaultdict(set)
        known = {row.number.text: row for row in rows if row.number.names}
        for row in rows:
            self._note(row, row.shop)
        orders: Any = Order.__table__
        columns = (orders.c.number, orders.c.created_at, orders.c.shop, orders.c.channel)
        asked = select(*columns).where(among(orders.c.number), orders.c.shop != DEFAULT_SHOP)
        for number, created_at, shop, sold_on in session.execute(asked, {IDS: sorted(known)}):
            row = known[number]
            same = rules.minute_of(created_at) == rules.minute_of(row.created_at)
            if same and sold_on == self._channel_of(row):
                self._note(row, shop)

    def placed(self, row: OrderRow) -> OrderRow:
        """The row with its shop, where it tells none and another one does."""
        told = self._told.get(_sold(row), set())
        if row.shop != DEFAULT_SHOP or not row.number.names or len(told) != 1:
            return row
        return row._replace(shop=next(iter(told)))

    def brought(self, rows: Iterable[OrderRow], stored: Iterable[Known]) -> dict[str, Known]:
        """Those of the orders stored without a shop that these rows tell the shop of, by id."""
        told = {row.number.text: row for row in rows if row.number.names}
        found = {}
        for one in stored:
            row = told.get(str(one.order["number"]))
            if row is None or one.order["channel"] != self._channel_of(row):
                continue
            if rules.minute_of(one.order["created_at"]) == rules.minute_of(row.created_at):
                one.order |= {"shop": row.shop, "key": key_of(row)}
                one.changed = True
                found[one.id] = one
        return found

    def _note(self, row: OrderRow, shop: str) -> None:
        if shop != DEFAULT_SHOP:
            self._told[_sold(row)].add(shop)

    def _channel_of(self, row: OrderRow) -> str:
        return row.channel or self._channel


def _sold(row: OrderRow) -> _Sold:
    return row.number.text, rules.minute_of(row.created_at).isoformat()
