"""One import on its way: orders, buyers, lines, members, in this order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lumi_desk.consents.rules import Way
from lumi_desk.errors import N_, LumiError
from lumi_desk.ids import new_id
from lumi_desk.imports import rules
from lumi_desk.imports.columns import ItemRow, Kind, LeftOut, MemberRow, OrderRow, Reason
from lumi_desk.imports.matching import Known
from lumi_desk.imports.members import Members
from lumi_desk.imports.orders_in import Lines, Orders
from lumi_desk.imports.people import (
    FROM_ORDERS,
    People,
    called_now,
    contact_facts,
    keys_of_order,
    move_orders,
    order_key,
)
from lumi_desk.imports.reach import Ways, ways_of
from lumi_desk.imports.readers import Sheet
from lumi_desk.imports.report import Counts, FileRead, Report, Sums, add, sums_of_row

# What is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]
_TICK = 1000


class NoOrdersForItems(LumiError):
    """An items file came without the orders its lines belong to."""

    title = N_(
        "{file} holds order lines only: expected the order export they belong to, found "
        "{lines} lines and none of their orders"
    )
    advice = N_("Nothing was imported. Import it together with its order export.")


@dataclass(frozen=True)
class Batch:
    """Files that were read and understood; importing them can no longer fail on their account."""

    sheets: tuple[Sheet, ...]
    skipped: tuple[str, ...]
    orders: tuple[OrderRow, ...]
    items: tuple[ItemRow, ...]
    members: tuple[MemberRow, ...]
    left_out: tuple[LeftOut, ...]
    dirt: dict[str, int]
    file_sums: Sums


class Run:
    """One import on its way."""

    def __init__(
        self,
        session: Session,
        batch: Batch,
        now: datetime,
        channel: str,
        before: frozenset[str],
        tell: Progress,
    ) -> None:
        self.session = session
        self.batch = batch
        self.now = now
        self.tell = tell
        self.before = before
        self.files_before = {s.file for s in batch.sheets if s.sha256 in before}
        self.people = People(session, now)
        self.orders = Orders(session, channel)
        self.lines = Lines(session)
        self.members = Members(session, self.people, now)
        self.touched: list[tuple[str, str]] = []
        self.buyers: set[str] = set()
        self.added: set[str] = set()

    def go(self) -> Report:
        """Bring everything in, orders before lines before members."""
        self._take_orders()
        self._name_buyers()
        self.touched += self.people.write()
        self.touched += self.orders.write()
        self._take_lines()
        self._take_members()
        changed = self._contact_facts()
        return self._report(changed)

    def _take_orders(self) -> None:
        rows = self.batch.orders
        self.orders.load(rows)
        as_of = _times(self.batch)
        for n, row in enumerate(rows):
            if n % _TICK == 0:
                self.tell("orders", n, len(rows))
            again = self._again(row.file)
            self.orders.take(row, as_of[row.file], imported_before=again)
        self.tell("orders", len(rows), len(rows))

    def _again(self, file: str) -> bool:
        return file in self.files_before

    def _name_buyers(self) -> None:
        """Give every order its customer, oldest order first."""
        taken = sorted(self.orders.taken, key=lambda one: (one[1].order["created_at"], one[1].id))
        keys = [keys_of_order(row, known.order["created_at"]) for row, known in taken]
        numbers = [order_key(known.number) for _, known in taken]
        self.people.load(key for some in (*keys, *numbers) for key in some)
        listed = [tuple(k for k in some if k in self.people.known) for some in numbers]
        groups = [
            ((*own, *order), known.order["customer_id"])
            for own, order, (_, known) in zip(keys, listed, taken, strict=True)
        ]
        for own, customer_id, (_, known) in zip(
            keys, self.people.settle(groups), taken, strict=True
        ):
            if customer_id is None:
                continue
            self.buyers.add(customer_id)
            self.people.identify(own, customer_id, known.order["created_at"], FROM_ORDERS)
            if known.order["customer_id"] != customer_id:
                known.order["customer_id"] = customer_id
                known.changed = True
                if not known.fresh:
                    self.touched += move_orders(self.session, [known.id], customer_id)
        self.added = set(self.people.new_customers)

    def _take_lines(self) -> None:
        items = self.batch.items
        if not items:
            return
        self.tell("lines", 0, len(items))
        by_order = self.lines.join(items, self.orders.touched)
        if not by_order:
            raise NoOrdersForItems(file=items[0].file, lines=len(items))
        self.lines.take(by_order, self._again)
        self.touched += self.lines.write()
        self.tell("lines", len(items), len(items))

    def _take_members(self) -> None:
        rows = self.batch.members
        if rows:
            self.tell("members", 0, len(rows))
            made = {s.file: s.made_at for s in self.batch.sheets if s.made_at}
            self.members.take(rows, self._again, lambda file: made.get(file, self.now))
            self.touched += self.members.write()
            self.tell("members", len(rows), len(rows))

    def _contact_facts(self) -> set[str]:
        changed = set(contact_facts(self.session, self._customers()))
        self.touched += [("customer", one) for one in sorted(changed - self.added)]
        return changed

    def _report(self, changed: set[str]) -> Report:
        batch = self.batch
        known = self.orders.touched
        persons = {one.id: one.order["customer_id"] for one in known} | self.members.linked
        named = [self._now(who) for one in known if (who := persons[one.id])]
        reach = ways_of(self.session, self.now, self._customers())
        left_out = (
            *batch.left_out,
            *self.orders.left_out,
            *self.lines.left_out,
            *self.members.left_out,
        )
        touched = tuple(dict.fromkeys(self.touched))
        identified = {i["customer_id"] for i in self.people.written if i["source"] == FROM_ORDERS}
        return Report(
            run_id=new_id(),
            files=tuple(self._file(sheet) for sheet in batch.sheets),
            skipped=batch.skipped,
            orders=_count(known, self._left_out(left_out, Kind.ORDERS)),
            lines=self._line_counts(left_out),
            buyers=_people(self.buyers, self.added, changed | identified),
            members=self.members.counts(self._left_out(left_out, Kind.MEMBERS)),
            file_sums=batch.file_sums,
            sums=add(sums_of_row(row) for row, _ in self.orders.taken),
            unpaid=sum(rules.unpaid(o["paid_at"], o["paid_fen"]) for o in _values(known)),
            wholly_refunded=sum(
                rules.wholly_refunded(o["paid_at"], o["total_fen"], o["refund_fen"])
                for o in _values(known)
            ),
            rounded=sum(row.number.rounded for row in batch.orders),
            upgraded=self.orders.upgraded,
            without_person=len(known) - len(named),
            reachable=sum(bool(reach.get(one)) for one in named),
            people=len(reach),
            reached=_by_way(reach),
            linked=len(self.members.linked),
            dirt=batch.dirt,
            left_out=tuple(sorted(left_out, key=lambda row: (row.file, row.line))),
            touched=touched,
            customer_ids=tuple(sorted(self._customers())),
        )

    def _customers(self) -> set[str]:
        return {self._now(one) for one in self.buyers | self.members.customers}

    def _now(self, customer_id: str) -> str:
        """Whom a customer has become, where a member list made one of two."""
        return called_now(self.members.moved, customer_id)

    def _file(self, sheet: Sheet) -> FileRead:
        again = sheet.sha256 in self.before
        rows = len(sheet.lines)
        columns = sheet.layout.columns if sheet.layout else ()
        told = (sheet.file, sheet.kind.value, sheet.encoding, rows, sheet.sha256, again)
        return FileRead(*told, columns=columns)

    def _left_out(self, left_out: Iterable[LeftOut], *kinds: Kind) -> int:
        files = {sheet.file for sheet in self.batch.sheets if sheet.kind in kinds}
        links = {Reason.TWO_CUSTOMERS, Reason.ROUNDED_LINK, Reason.CONSENT}
        return sum(row.file in files and row.reason not in links for row in left_out)

    def _line_counts(self, left_out: Iterable[LeftOut]) -> Counts:
        lines = self.lines
        added, changed = len(lines.fresh), len(lines.changed)
        rest = lines.read - added - changed
        gone = self._left_out(left_out, Kind.ITEMS, Kind.WHOLE)
        return Counts(lines.read, added, changed, rest, gone)


def _times(batch: Batch) -> dict[str, datetime]:
    """When each file of orders was made: by its name, else the latest time it holds."""
    times: dict[str, datetime] = {}
    for row in batch.orders:
        latest = max(filter(None, (row.created_at, row.paid_at, row.confirmed_at)))
        times[row.file] = max(times.get(row.file, latest), latest)
    named = {sheet.file: sheet.made_at for sheet in batch.sheets if sheet.made_at}
    return times | {file: when for file, when in named.items() if file in times}


def _values(known: Iterable[Known]) -> list[dict[str, Any]]:
    return [one.order for one in known]


def _count(known: Sequence[Known], left_out: int) -> Counts:
    added = sum(one.fresh for one in known)
    changed = sum(one.changed and not one.fresh for one in known)
    return Counts(len(known), added, changed, len(known) - added - changed, left_out)


def _people(read: set[str], added: set[str], changed: set[str]) -> Counts:
    new = len(added & read)
    other = len((changed - added) & read)
    return Counts(len(read), new, other, len(read) - new - other)


def _by_way(reach: Mapping[str, Ways]) -> dict[str, int]:
    """How many are reached by each way, and by any."""
    told = {way.value: sum(way in ways for ways in reach.values()) for way in Way}
    return {**told, "any": sum(map(bool, reach.values()))}
