"""The brand's own member list: who she is, how to reach her, which orders are hers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.cards.tables import CardEntry
from lumi_desk.customers.tables import Customer
from lumi_desk.imports.columns import LeftOut, MemberRow, Reason
from lumi_desk.imports.people import (
    FROM_LIST,
    Key,
    People,
    absorb,
    balance_entry,
    in_nobodys_hands,
    insert_rows,
    keys_of_member,
    link_problem,
    move_orders,
    order_key,
    update_rows,
)
from lumi_desk.imports.rules import Number
from lumi_desk.imports.tally import Met
from lumi_desk.orders.tables import Order
from lumi_desk.storage.among import chunks
from lumi_desk.storage.spool import Heap, Marks, Spool

Values = dict[str, Any]
_TOLD = ("name", "phone", "wechat", "wangwang", "city", "birthday")


class Snapshot:
    """Whose the orders were that a list names, before any of it was taken, and what it changed."""

    def __init__(self, session: Session, spool: Spool, people: Marks) -> None:
        self._session, self._people = session, people
        self._orders: Heap[Values] = Heap(spool)

    def load(self, rows: Iterable[MemberRow]) -> None:
        """Read the stored orders that these rows name."""
        table: Any = Order.__table__
        named = {n.text for row in rows for n in row.numbers if order_key(n)}
        for some in chunks(sorted(named)):
            asked = select(table.c.id, table.c.number, table.c.customer_id).where(
                table.c.number.in_(some)
            )
            self.keep(dict(row) for row in self._session.connection().execute(asked).mappings())

    def keep(self, orders: Iterable[Values]) -> None:
        """Note whose these orders are."""
        for order in orders:
            self._orders.add(order["number"], order, 0)

    def of(self, numbers: Iterable[Number]) -> dict[str, Values]:
        """The orders with these numbers, by number."""
        found = {n.text: self._orders.of(n.text) for n in numbers if order_key(n)}
        return {text: orders[0] for text, orders in found.items() if orders}

    def is_gone(self, customer_id: str) -> bool:
        """Whether an earlier piece of the list made her one with another customer."""
        return self._people.has(customer_id, Met.GONE)


@dataclass
class Members:
    """Some people of the lists of one import. Everything is written at once."""

    session: Session
    people: People
    now: datetime
    snapshot: Snapshot
    customers: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    linked: dict[str, str] = field(default_factory=dict)
    entries: list[Values] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    touched: list[tuple[str, str]] = field(default_factory=list)

    def take(self, rows: Sequence[MemberRow], again: Callable[[str], bool]) -> None:
        """Find or make each person, and link her orders."""
        numbers = [number for row in rows for number in row.numbers]
        self.people.load(key for row in rows for key in keys_of_member(row))
        self.people.load(key for number in numbers for key in order_key(number))
        orders = self.snapshot.of(numbers)
        for row in rows:
            hers = [orders[n.text] for n in row.numbers if order_key(n) and n.text in orders]
            customer_id = self._customer_of(row, hers)
            self.customers.add(customer_id)
            self.people.identify(self._keys(row), customer_id, self.now, FROM_LIST)
            self.touched += self.people.write()
            self._link(row, customer_id, hers)
            self._tell(row, customer_id, again=again(row.file))
        self.snapshot.keep(order for order in orders.values() if order["id"] in self.linked)

    def _keys(self, row: MemberRow) -> list[Key]:
        """Her own keys, and her order numbers: the orders may come in later."""
        of_orders = [key for number in row.numbers for key in order_key(number)]
        return [*keys_of_member(row), *of_orders]

    def _customer_of(self, row: MemberRow, hers: Sequence[Values]) -> str:
        named = self.people.customer_of(self._keys(row))
        if named is None:
            bought = (order["customer_id"] for order in hers if order["customer_id"])
            named = next(bought, None)
        if named is None:
            named = self.people.make(row.name or row.wangwang or row.member or "—")
            self.added.add(named)
        return named

    def _link(self, row: MemberRow, customer_id: str, hers: Sequence[Values]) -> None:
        for number in row.numbers:
            if number.rounded:
                self.left_out.append(link_problem(row, Reason.ROUNDED_LINK, number))
        for order in hers:
            holder = order["customer_id"]
            if holder == customer_id:
                continue
            if holder is None or holder in self.moved or self.snapshot.is_gone(holder):
                self.touched += move_orders(self.session, [order["id"]], customer_id)
            elif self._may_absorb(holder):
                self.touched += absorb(self.session, customer_id, holder)
                self.people.rename(holder, customer_id)
                self.moved[holder] = customer_id
            else:
                number = next(n for n in row.numbers if n.text == order["number"])
                self.left_out.append(link_problem(row, Reason.TWO_CUSTOMERS, number))
                continue
            order["customer_id"] = customer_id
            self.linked[order["id"]] = customer_id

    def _may_absorb(self, customer_id: str) -> bool:
        free = in_nobodys_hands(self.session, customer_id)
        return free and not self.people.listed(customer_id)

    def _tell(self, row: MemberRow, customer_id: str, *, again: bool) -> None:
        """Bring the list's words to the customer. A list seen before only fills blanks."""
        table: Any = Customer.__table__
        columns = [table.c[name] for name in _TOLD]
        stood = dict(
            self.session.connection()
            .execute(select(*columns).where(table.c.id == customer_id))
            .mappings()
            .one()
        )
        told = {
            name: value if value and not (again and old) else old
            for name, old in stood.items()
            for value in (getattr(row, name),)
        }
        if told != stood:
            update_rows(self.session, Customer, [{"id": customer_id} | told])
            self.changed.add(customer_id)
        if row.balance_fen is not None and not again:
            entry = balance_entry(self.session, customer_id, row.balance_fen, self.now)
            if entry is not None:
                insert_rows(self.session, CardEntry, [entry])
                self.touched.append(("card_entry", entry["id"]))
                self.changed.add(customer_id)
