"""One import on its way: orders, buyers, lines, members, in this order, piece by piece.

Of no kind is ever more in memory than a piece. What belongs together is in one piece: rows that
can be the same order, orders whose buyers can be one person, lines of an order. So it comes to
the same as if all had been taken at once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.clock import SHANGHAI
from lumi_desk.consents.rules import Way
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.errors import N_, LumiError
from lumi_desk.ids import new_id
from lumi_desk.imports import rules
from lumi_desk.imports.batch import Batch
from lumi_desk.imports.cards_in import Cards, CardWord
from lumi_desk.imports.columns import (
    ItemRow,
    Kind,
    LeftOut,
    OrderRow,
    Reason,
    from_the_future,
)
from lumi_desk.imports.consents_in import Consents, ConsentWord
from lumi_desk.imports.joining import AtHand, joined
from lumi_desk.imports.matching import Known
from lumi_desk.imports.members import Members, Snapshot
from lumi_desk.imports.nearby import Nearby
from lumi_desk.imports.orders_in import Lines, Orders, Values
from lumi_desk.imports.people import (
    FROM_ORDERS,
    Key,
    People,
    keys_of_order,
    move_orders,
    order_key,
    update_rows,
)
from lumi_desk.imports.reach import Reaching
from lumi_desk.imports.readers import Sheet
from lumi_desk.imports.report import (
    MOST_LEFT_OUT,
    Counts,
    FileRead,
    Progress,
    Report,
    Sums,
    add,
    sums_of,
)
from lumi_desk.imports.tables import OrderTrace
from lumi_desk.imports.tally import Met, Tally
from lumi_desk.imports.uniting import Uniting
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.among import IDS, among, in_pieces
from lumi_desk.storage.base import Table
from lumi_desk.storage.growing import count_anew
from lumi_desk.storage.spool import Heap, Ties

T = TypeVar("T")

TICK = 1000
# So many rows are in memory at a time.
PIECE = 2000
# A table is counted anew until it is so many times as large as what is written to it at once.
_TIMES = 10
# Cells that were not kept of rows that were.
_CELLS = (Reason.CONSENT, Reason.PHONE, Reason.WECHAT, Reason.BIRTHDAY)
# Clocks of a hub and of a platform may differ by so much.
_AHEAD = timedelta(days=1)


class NoOrdersForItems(LumiError):
    """An items file came without the orders its lines belong to."""

    title = N_(
        "{file} holds order lines only: expected the order export they belong to, found "
        "{lines} lines and none of their orders"
    )
    advice = N_("Nothing was imported. Import it together with its order export.")


class _Bought(NamedTuple):
    """An order whose buyer is to be named.

    `own` identifies the buyer by the row, `listed` by the order's number, which a list has told
    of before. `holder` is the customer who has the order already.
    """

    id: str
    created_at: datetime
    own: tuple[Key, ...]
    listed: tuple[Key, ...]
    holder: str | None
    fresh: bool


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
        self.channel = channel
        self.tell = tell
        self.before = before
        self.files_before = {s.file for s in batch.sheets if s.sha256 in before}
        self.tally = Tally(batch.spool)
        self.at_hand = AtHand(batch.spool)
        self.bought: Heap[_Bought] = Heap(batch.spool)
        self.ties = Ties(batch.spool)
        self.cards: Heap[CardWord] = Heap(batch.spool)
        self.words: Heap[ConsentWord] = Heap(batch.spool)
        self.lines = Counter[str]()
        self.sums = Sums()
        self.uniting = Uniting(session, now, new_id())
        self.told = Counter[str]()

    def go(self) -> Report:
        """Bring everything in, orders before lines before members."""
        self._take_orders()
        self._name_buyers()
        self._take_lines()
        self._take_members()
        self._contact_facts()
        return self._report()

    def _again(self, file: str) -> bool:
        return file in self.files_before

    def _take_orders(self) -> None:
        whole, done = len(self.batch.orders), 0
        if not whole:
            return
        nearby = Nearby(self.session, self.batch.spool, rounded=self.batch.rounded > 0)
        for rows in self.batch.orders.groups(PIECE):
            orders = Orders(self.session, self.channel, nearby)
            orders.load(rows)
            for row in rows:
                if done % TICK == 0:
                    self.tell("orders", done, whole)
                self._take_order(orders, row)
                done += 1
            self.tally.touched.add(orders.write())
            self._note(orders)
            self._grew(len(rows), Order, OrderTrace)
        self.tell("orders", whole, whole)

    def _take_order(self, orders: Orders, row: OrderRow) -> None:
        if ahead := from_the_future(row, self.now + _AHEAD):
            refused = self._from_the_future(row, *ahead)
            orders.left_out.append(refused)
            self.at_hand.refused.add(row.number.text, refused)
            return
        # No export is newer than its import, whatever one of its rows says.
        as_of = min(self.batch.as_of[row.file], self.now)
        orders.take(row, as_of, imported_before=self._again(row.file))

    def _from_the_future(self, row: OrderRow, field: str, when: datetime) -> LeftOut:
        found = ("found", f"{when.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
        if field == "created":
            return LeftOut(row.file, row.line, Reason.FUTURE, (found,))
        sheet = next(one for one in self.batch.sheets if one.file == row.file)
        told = (("column", sheet.title_of(field)), found)
        return LeftOut(row.file, row.line, Reason.AHEAD, told)

    def _note(self, orders: Orders) -> None:
        """Keep of a piece of orders what is asked for later."""
        for left_out in orders.left_out:
            self.batch.left_out.add(left_out)
        self.told["upgraded"] += orders.upgraded
        self.sums = add((self.sums, sums_of(row for row, _ in orders.taken)))
        touched = orders.touched
        self.tally.orders.mark((one.id for one in touched if not one.fresh), Met.READ)
        self.tally.orders.mark((one.id for one in touched if one.fresh), Met.READ | Met.ADDED)
        self.tally.orders.mark((one.id for one in touched if one.changed), Met.CHANGED)
        for one in touched:
            order = one.order
            self.told["unsold"] += one.trace["unsold"]
            self.told["by_card"] += order["by_card"]
            self.told["unpaid"] += rules.unpaid(order["paid_at"], order["paid_fen"])
            self.told["refunded"] += rules.wholly_refunded(
                order["paid_at"], order["total_fen"], order["refund_fen"]
            )
        if len(self.batch.items):
            self.at_hand.add(touched)
        self._note_buyers(orders, touched)

    def _note_buyers(self, orders: Orders, touched: Sequence[Known]) -> None:
        people = People(self.session, self.now)
        people.load(key for one in touched for key in order_key(one.number))
        first_keys: dict[str, str] = {}
        nameless: set[str] = set()
        for row, one in orders.taken:
            own = keys_of_order(row, one.order["created_at"])
            listed = tuple(key for key in order_key(one.number) if key in people.known)
            holder = one.order["customer_id"]
            keys = [_text_of(key) for key in (*own, *listed)]
            if not keys:
                nameless.update([holder] if holder else [])
                continue
            for other in (*keys[1:], first_keys.setdefault(one.id, keys[0])):
                if other != keys[0]:
                    self.ties.tie(keys[0], other)
            found = _Bought(one.id, one.order["created_at"], own, listed, holder, one.fresh)
            self.bought.add(keys[0], found)
        self.tally.people.mark(nameless, Met.BUYER)

    def _name_buyers(self) -> None:
        """Give every order its customer, oldest order first."""
        for key, root in self.ties.moved():
            self.bought.rekey(key, root)
        done, whole = 0, len(self.bought)
        for some in self.bought.groups(PIECE):
            self.tell("buyers", done, whole)
            self._name(sorted(some, key=lambda one: (one.created_at, one.id)))
            self._grew(len(some), Customer, Identity)
            done += len(some)
        if whole:
            self.tell("buyers", whole, whole)

    def _name(self, bought: Sequence[_Bought]) -> None:
        people = People(self.session, self.now)
        people.load(key for one in bought for key in (*one.own, *one.listed))
        groups = [((*one.own, *one.listed), one.holder) for one in bought]
        holders = {one.id: one.holder for one in bought}
        given: list[Values] = []
        buyers: set[str] = set()
        for one, customer_id in zip(bought, people.settle(groups), strict=True):
            if customer_id is None:
                continue
            buyers.add(customer_id)
            people.identify(one.own, customer_id, one.created_at, FROM_ORDERS)
            if holders[one.id] == customer_id:
                continue
            holders[one.id] = customer_id
            if one.fresh:
                given.append({"id": one.id, "customer_id": customer_id})
            else:
                self.tally.orders.mark([one.id], Met.CHANGED)
                self.tally.touched.add([("order", one.id)])
                self.tally.touched.add(move_orders(self.session, [one.id], customer_id))
        self.tally.people.mark(buyers, Met.BUYER)
        self.tally.people.mark(people.new_customers, Met.ADDED)
        self.tally.touched.add(people.write())
        self.tally.people.mark((one["customer_id"] for one in people.written), Met.CHANGED)
        update_rows(self.session, Order, given)

    def _take_lines(self) -> None:
        items = self.batch.items
        if not len(items):
            return
        self.tell("lines", 0, len(items))
        by_order: Heap[ItemRow] = Heap(self.batch.spool)
        for some in items.pieces(PIECE):
            for order_id, item in joined(self.session, some, self.at_hand, self.batch.left_out):
                by_order.add(order_id, item)
        if not len(by_order) and not len(self.at_hand.refused):
            first = next(iter(items))
            raise NoOrdersForItems(file=first.file, lines=len(items))
        done = 0
        for some_orders in _by_key(by_order):
            self.tell("lines", done, len(items))
            lines = Lines(self.session)
            lines.take(some_orders, self._again)
            self.tally.touched.add(lines.write())
            self._grew(len(lines.fresh), OrderLine)
            for left_out in lines.left_out:
                self.batch.left_out.add(left_out)
            told = {"read": lines.read, "added": len(lines.fresh), "changed": len(lines.changed)}
            self.lines.update(told)
            done += sum(map(len, some_orders.values()))
        self.tell("lines", len(items), len(items))

    def _take_members(self) -> None:
        rows = self.batch.members
        if not len(rows):
            return
        made = {s.file: s.made_at for s in self.batch.sheets if s.made_at}
        snapshot = Snapshot(self.session, self.batch.spool, self.tally.people)
        for some in rows.pieces(PIECE):
            snapshot.load(some)
        done = 0
        for some in rows.pieces(PIECE):
            self.tell("members", done, len(rows))
            people = People(self.session, self.now)
            members = Members(self.session, people, self.now, snapshot, self.uniting)
            members.take(some, self._again, lambda file: made.get(file, self.now))
            self._note_members(members)
            self._grew(len(some), Customer, Identity)
            done += len(some)
        self._take_words()
        self.tell("members", len(rows), len(rows))

    def _note_members(self, members: Members) -> None:
        mark = self.tally.people.mark
        mark(members.customers, Met.PERSON)
        mark(members.added, Met.LISTED)
        mark(members.changed, Met.TOLD)
        mark(members.linked.values(), Met.LINKED)
        mark(members.moved, Met.GONE)
        self.tally.linked.mark(members.linked)
        self.tally.touched.add(members.touched)
        for left_out in members.left_out:
            self.batch.left_out.add(left_out)
        for customer_id, card in members.cards:
            self.cards.add(customer_id, card)
        for customer_id, word in members.words:
            self.words.add(customer_id, word)
        for gone in members.moved:
            now = _called_now(members.moved, gone)
            self.cards.rekey(gone, now)
            self.words.rekey(gone, now)

    def _take_words(self) -> None:
        """Weigh what the lists say of cards and consents, all of a customer's together."""
        cards, consents = Cards(self.session, self.now), Consents(self.session, self.now)
        for of_some in _by_key(self.cards):
            self.tally.touched.add(cards.write(of_some))
        for of_others in _by_key(self.words):
            self.tally.touched.add(consents.write(of_others))

    def _contact_facts(self) -> None:
        people, touched = self.tally.people, self.tally.touched
        told = people.which(Met.TOLD | Met.LINKED)
        touched.add(("customer", one) for one in told)
        for some in in_pieces(self.tally.customers, PIECE):
            changed = self.uniting.contact_facts(some)
            people.mark(changed, Met.CHANGED)
            touched.add(("customer", one) for one in changed)

    def _grew(self, rows: int, *tables: type[Table]) -> None:
        for one in tables:
            count_anew(self.session, one.__table__, rows, _TIMES)

    def _report(self) -> Report:
        batch, tally, lines = self.batch, self.tally, self.lines
        reach = Reaching(self.session, self.now)
        without_person, reachable = self._reach_of_orders(reach)
        people, reached = self._reach_of_people(reach)
        rest = lines["read"] - lines["added"] - lines["changed"]
        gone = self._left_out(Kind.ITEMS, Kind.WHOLE)
        kept = tuple(islice(batch.left_out, MOST_LEFT_OUT))
        repairs = tuple(batch.repairs.kept)
        return Report(
            run_id=self.uniting.import_id,
            files=tuple(self._file(sheet) for sheet in batch.sheets),
            skipped=batch.skipped,
            orders=tally.order_counts(self._left_out(Kind.ORDERS)),
            lines=Counts(lines["read"], lines["added"], lines["changed"], rest, gone),
            buyers=tally.buyer_counts(),
            members=tally.member_counts(self._left_out(Kind.MEMBERS)),
            file_sums=batch.file_sums,
            sums=self.sums,
            unpaid=self.told["unpaid"],
            wholly_refunded=self.told["refunded"],
            unsold=self.told["unsold"],
            by_card=self.told["by_card"],
            rounded=batch.rounded,
            upgraded=self.told["upgraded"],
            without_person=without_person,
            reachable=reachable,
            people=people,
            reached=reached,
            linked=tally.linked.count(),
            dirt=dict(batch.dirt),
            left_out=kept,
            left_out_more=_more(batch.left_out.reasons, (row.reason.value for row in kept)),
            repairs=repairs,
            repairs_more=_more(batch.repairs.counted, (one.repair.value for one in repairs)),
            changed_anything=any(True for _ in tally.touched),
            touched=tally.touched,
            customer_ids=tally.customers,
            met=tally.met,
        )

    def _reach_of_orders(self, reach: Reaching) -> tuple[int, int]:
        """How many orders have no person, and how many have one who can be reached."""
        table: Any = Order.__table__
        without_person = reachable = 0
        for some in in_pieces(self.tally.orders.which(Met.READ), PIECE):
            asked = select(table.c.customer_id).where(among(table.c.id))
            buyers = list(self.session.connection().scalars(asked, {IDS: some}))
            named = [one for one in buyers if one]
            ways = reach.ways_of(set(named))
            without_person += len(buyers) - len(named)
            reachable += sum(bool(ways.get(one)) for one in named)
        return without_person, reachable

    def _reach_of_people(self, reach: Reaching) -> tuple[int, dict[str, int]]:
        """How many people the files speak of, and how many of them each way reaches, and any."""
        people, reached = 0, Counter[str]()
        for some in in_pieces(self.tally.customers, PIECE):
            found = reach.ways_of(some)
            people += len(found)
            reached.update(way.value for ways in found.values() for way in ways)
            reached["any"] += sum(map(bool, found.values()))
        return people, {name: reached[name] for name in (*Way, "any")}

    def _file(self, sheet: Sheet) -> FileRead:
        again = sheet.sha256 in self.before
        rows = len(sheet.lines)
        told = (sheet.file, sheet.kind.value, sheet.encoding, rows, sheet.sha256, again)
        layout = sheet.layout
        return FileRead(*told, layout.columns, layout.units) if layout else FileRead(*told)

    def _left_out(self, *kinds: Kind) -> int:
        files = {sheet.file for sheet in self.batch.sheets if sheet.kind in kinds}
        links = {Reason.TWO_CUSTOMERS, Reason.PARTED, Reason.ROUNDED_LINK, *_CELLS}
        return self.batch.left_out.count(files, links)


def _text_of(key: Key) -> str:
    return "\x1f".join(key)


def _by_key(found: Heap[T]) -> Iterator[dict[str, list[T]]]:
    """Values by their keys, those of some keys at a time."""
    some: dict[str, list[T]] = {}
    many = 0
    for key, of_key in found.by_key():
        some[key] = of_key
        many += len(of_key)
        if many >= PIECE:
            yield some
            some, many = {}, 0
    if some:
        yield some


def _called_now(moved: Mapping[str, str], customer_id: str) -> str:
    """Whom a customer has become, where a list made one of two."""
    while customer_id in moved:
        customer_id = moved[customer_id]
    return customer_id


def _more(counts: Counter[str], kept: Iterable[str]) -> dict[str, int]:
    """How many there are beyond those that are kept."""
    return dict(sorted((counts - Counter(kept)).items()))
