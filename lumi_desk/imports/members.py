"""The brand's own lists: who she is, how to reach her, which orders and cards are hers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.calls.rules import WechatState
from lumi_desk.cards.tables import CardEntry
from lumi_desk.clock import SHANGHAI, local_day
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.identity import rules as alike
from lumi_desk.imports.cards_in import CardWord
from lumi_desk.imports.columns import LeftOut, MemberRow, Reason
from lumi_desk.imports.consents_in import ConsentWord
from lumi_desk.imports.people import (
    FROM_LIST,
    Key,
    People,
    balance_entry,
    insert_rows,
    is_household_key,
    keys_of_member,
    link_problem,
    move_orders,
    order_key,
    update_rows,
)
from lumi_desk.imports.rules import Number
from lumi_desk.imports.tally import Met
from lumi_desk.imports.uniting import Uniting
from lumi_desk.imports.untouched import is_untouched, were_parted
from lumi_desk.orders.tables import Order
from lumi_desk.security.masking import mask_text
from lumi_desk.storage.among import chunks
from lumi_desk.storage.spool import Heap, Marks, Spool

Values = dict[str, Any]
_TOLD = ("name", "phone", "wechat", "wangwang", "city", "birthday", "wechat_state")
_OLDEST = 1900


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
    """Some people of the lists of one import. Everything is written at once, but for what they say
    of `cards` and consents, their `words`: that is weighed when all is read.
    """

    session: Session
    people: People
    now: datetime
    snapshot: Snapshot
    uniting: Uniting
    customers: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    linked: dict[str, str] = field(default_factory=dict)
    entries: list[Values] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    touched: list[tuple[str, str]] = field(default_factory=list)
    cards: list[tuple[str, CardWord]] = field(default_factory=list)
    words: list[tuple[str, ConsentWord]] = field(default_factory=list)

    def take(
        self,
        rows: Sequence[MemberRow],
        again: Callable[[str], bool],
        made_at: Callable[[str], datetime],
    ) -> None:
        """Find or make each person, and link her orders.

        `again` says whether a file was imported before, `made_at` when it was made.
        """
        numbers = [number for row in rows for number in row.numbers]
        self.people.load(key for row in rows for key in keys_of_member(row))
        self.people.load(key for number in numbers for key in order_key(number))
        orders = self.snapshot.of(numbers)
        for row in map(self._believed, rows):
            hers = [orders[n.text] for n in row.numbers if order_key(n) and n.text in orders]
            customer_id, keys = self._customer_of(row, hers)
            self.customers.add(customer_id)
            self._identify(row, customer_id, keys)
            self.touched += self.people.write()
            self._bring_together(row, customer_id)
            self._link(row, customer_id, hers)
            seen = again(row.file)
            self._tell(row, customer_id, again=seen)
            self.words += ((customer_id, word) for word in self._words_of(row, again=seen))
            if row.card is not None and not seen:
                self.cards.append((customer_id, (row.card, made_at(row.file))))
        self.uniting.write()
        self.snapshot.keep(order for order in orders.values() if order["id"] in self.linked)

    def _believed(self, row: MemberRow) -> MemberRow:
        """The row without a birthday that nobody alive can have."""
        day = row.birthday
        if day is None or (day.year >= _OLDEST and day <= local_day(self.now)):
            return row
        unread = (*row.unread, (Reason.BIRTHDAY, mask_text(day.isoformat())))
        return replace(row, birthday=None, unread=unread)

    def _words_of(self, row: MemberRow, *, again: bool) -> list[ConsentWord]:
        """What a row says of consents. A list seen before says nothing new without a time."""
        unread = list(row.unread)
        found = []
        for one in row.consents:
            if one.at is not None and one.at > self.now:
                unread.append((Reason.CONSENT, f"{one.at.astimezone(SHANGHAI):%Y-%m-%d}"))
            elif one.at is not None or not again:
                source = " · ".join(part for part in (row.file, one.source) if part)
                found.append((source, one))
        for reason, words in unread:
            self.left_out.append(LeftOut(row.file, row.line, reason, (("found", words),)))
        return found

    def _identify(self, row: MemberRow, customer_id: str, keys: Sequence[Key]) -> None:
        """Let her own keys name her; a WeChat friendship from the day it was made."""
        friends = [key for key in keys if key[0] == "friend"]
        own = [key for key in keys if key[0] != "friend"]
        self.people.identify(own, customer_id, self.now, FROM_LIST)
        self.people.identify(friends, customer_id, row.added_at or self.now, FROM_LIST)

    def _keys(self, row: MemberRow) -> list[Key]:
        """Her own keys, and her order numbers: the orders may come in later."""
        of_orders = [key for number in row.numbers for key in order_key(number)]
        return [*keys_of_member(row), *of_orders]

    def _customer_of(self, row: MemberRow, hers: Sequence[Values]) -> tuple[str, list[Key]]:
        """Whom a row speaks of, and the keys that may name her from now on.

        A phone alone names nobody whose name it contradicts: households share one. Who has it
        second is another customer, known by phone and name; the review list shows both.
        """
        keys = self._keys(row)
        strongest = self.people.strongest(keys)
        otherwise = "" if strongest is None else self._is_of_another(row, strongest)
        if otherwise:
            keys = [key for key in keys if key != strongest]
        if otherwise != "name":
            keys = [key for key in keys if not is_household_key(key) or key == strongest]
        named = self.people.customer_of(keys)
        if named is None:
            bought = (one for order in hers if (one := order["customer_id"]))
            named = next((one for one in bought if not self._is_gone(one)), None)
        if named is None:
            named = self.people.make(row.name or row.wangwang or row.member or "—")
            self.added.add(named)
        return named, keys

    def _is_of_another(self, row: MemberRow, key: Key) -> str:
        """What says that a phone is somebody else's, her "name" or her "member" id; or nothing."""
        if key[0] != "phone" or is_household_key(key):
            return ""
        customers: Any = Customer.__table__
        identities: Any = Identity.__table__
        holder, connection = self.people.known[key], self.session.connection()
        told = select(customers.c.name, customers.c.wangwang).where(customers.c.id == holder)
        name, wangwang = connection.execute(told).one()
        if name != wangwang and alike.other_name(row.name, name):
            return "name"
        ids = select(identities.c.value).where(
            identities.c.customer_id == holder, identities.c.kind == "member"
        )
        members = set(connection.scalars(ids)) if row.member else set()
        return "member" if members and row.member not in members else ""

    def _bring_together(self, row: MemberRow, customer_id: str) -> None:
        """Make one of her and those who have other ids of the row.

        Another list brought them before this one told that they are she: had it come first, they
        would never have been two. Who is in a rep's hands, or was linked or set apart by somebody,
        is left to the review list.
        """
        kinds = ("wecom", "card", "phone", "wechat")
        for key in keys_of_member(row):
            other = self.people.known.get(key)
            if other is None or other == customer_id:
                continue
            if key[0] not in kinds:
                continue
            if self._is_she(row, key, customer_id, other):
                said = {name: getattr(row, name) for name in _TOLD if name != "wechat_state"}
                self._unite(customer_id, other, said)
                self.changed.add(customer_id)
            elif were_parted(self.session, customer_id, other):
                self.left_out.append(link_problem(row, Reason.PARTED, mask_text(key[2])))

    def _is_she(self, row: MemberRow, key: Key, customer_id: str, other: str) -> bool:
        """Whether the holder of a key of the row is surely the one of whom the row speaks."""
        if is_household_key(key) or self._is_gone(other) or self._is_of_another(row, key):
            return False
        if not is_untouched(self.session, other):
            return False
        customers: Any = Customer.__table__
        identities: Any = Identity.__table__
        connection, both = self.session.connection(), (customer_id, other)
        columns = (customers.c.id, customers.c.name, customers.c.birthday)
        rows = connection.execute(select(*columns).where(customers.c.id.in_(both)))
        told = {found: (name, birthday) for found, name, birthday in rows}
        (name, birthday), (other_name, other_birthday) = told[customer_id], told[other]
        if any(alike.other_name(one, other_name) for one in (row.name, name)):
            return False
        if other_birthday and other_birthday != (row.birthday or birthday or other_birthday):
            return False
        ids = select(identities.c.customer_id).where(
            identities.c.customer_id.in_(both), identities.c.kind == "member"
        )
        return len(set(connection.scalars(ids))) < len(both)

    def _link(self, row: MemberRow, customer_id: str, hers: Sequence[Values]) -> None:
        for number in row.numbers:
            if number.rounded:
                self.left_out.append(link_problem(row, Reason.ROUNDED_LINK, number.text))
        for order in hers:
            holder = order["customer_id"]
            if holder == customer_id:
                continue
            if holder is None or self._is_gone(holder):
                self.touched += move_orders(self.session, [order["id"]], customer_id)
            elif self._may_be_she(holder):
                self._unite(customer_id, holder)
            else:
                parted = were_parted(self.session, customer_id, holder)
                reason = Reason.PARTED if parted else Reason.TWO_CUSTOMERS
                self.left_out.append(link_problem(row, reason, order["number"]))
                continue
            order["customer_id"] = customer_id
            self.linked[order["id"]] = customer_id

    def _is_gone(self, customer_id: str) -> bool:
        """Whether she was made one with another customer, by this piece or an earlier one."""
        return customer_id in self.moved or self.snapshot.is_gone(customer_id)

    def _unite(self, customer_id: str, other: str, said: Mapping[str, Any] | None = None) -> None:
        self.touched += self.uniting.unite(customer_id, other, said)
        self.people.rename(other, customer_id)
        self.moved[other] = customer_id

    def _may_be_she(self, customer_id: str) -> bool:
        """Whether a buyer is known by her orders alone, so that a list may say who she is."""
        return is_untouched(self.session, customer_id) and not self.people.listed(customer_id)

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
            for value in (_told(row, name, old),)
        }
        told["wechat_state"] = self._friend(row, customer_id, told["wechat_state"], again=again)
        if told != stood:
            update_rows(self.session, Customer, [{"id": customer_id} | told])
            self.changed.add(customer_id)
        if row.balance_fen is not None and not again:
            entry = balance_entry(self.session, customer_id, row.balance_fen, self.now)
            if entry is not None:
                insert_rows(self.session, CardEntry, [entry])
                self.touched.append(("card_entry", entry["id"]))
                self.changed.add(customer_id)

    def _friend(self, row: MemberRow, customer_id: str, stood: str, *, again: bool) -> str:
        """How far her WeChat friendship has come: lost only if no other account has one."""
        now = row.friend or (WechatState.ACCEPTED.value if row.wecom and row.account else "")
        if not now or (again and stood != WechatState.NONE):
            return stood
        if now != WechatState.DELETED:
            return now
        table: Any = Identity.__table__
        others = select(table.c.id).where(
            table.c.customer_id == customer_id,
            table.c.kind == "friend",
            table.c.scope != row.account,
        )
        return stood if self.session.connection().execute(others).first() else now


def _told(row: MemberRow, name: str, old: Any) -> Any:
    """What a row says of a column; a lesser name does not take the place of one that is known."""
    if name == "wechat_state":
        return ""
    if name == "name" and old and (row.account or alike.surname_only(row.name)):
        return ""
    return getattr(row, name)
