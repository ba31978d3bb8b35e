"""Orders into the ledgers: claims confirmed by orders, and the facts that follow from orders."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.cards.rules import EntryKind
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.shelf import Shelf, shelf
from lumi_desk.catalog.tables import CardPlan
from lumi_desk.customers.tables import Customer
from lumi_desk.ids import new_id
from lumi_desk.orders.rules import MATCH, Booked, Claim, Paid, Piece, confirmations, counts
from lumi_desk.orders.tables import Order, OrderLine, Sale
from lumi_desk.people.tables import Person
from lumi_desk.reports.tables import Fact
from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among, chunks
from lumi_desk.storage.base import from_millis
from lumi_desk.storage.direct import Direct
from lumi_desk.storage.store import touch
from lumi_desk.sync.tables import Assignment

CLAIMED = "claimed"
CONFIRMED = "confirmed"
_CHUNK = 1000
_DONE = "done"
_CLOSED = "closed"
_LOADING = (EntryKind.OPEN.value, EntryKind.TOP_UP.value)
_FACT = ("rep_id", "team_id", "day", "kind", "fen", "units", "customer_key", "source")

Pair = tuple[str, str]
Row = Mapping[Any, Any]
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Stay:
    """A rep held a customer from when to when, in milliseconds."""

    rep_id: str
    since: int
    until: int | None


def book(session: Session, order_ids: Iterable[str], tell: Tell | None = None) -> list[Pair]:
    """Confirm the claims these orders prove, then count the orders. Returns what to publish.

    Counting again changes only what is different: an order counts once however often it comes.
    """
    asked = set(order_ids)
    pairs, proving = _confirm(session, _customers_of(session, sorted(asked)))
    return pairs + _count_all(session, sorted(asked | proving), tell)


def settle(session: Session, customer_ids: Collection[str] | None = None) -> list[Pair]:
    """Confirm every open claim (or those of some customers) whose order is there already.

    Returns what to publish.
    """
    waiting = set(customer_ids or ())
    if customer_ids is None:
        waiting.update(session.scalars(select(Sale.customer_id).where(Sale.state == CLAIMED)))
    pairs, proving = _confirm(session, waiting)
    return pairs + _count_all(session, sorted(proving), None)


def _count_all(session: Session, order_ids: Sequence[str], tell: Tell | None) -> list[Pair]:
    session.flush()
    kinds = shelf(session)
    teams = {person.id: person.team_id or "" for person in session.scalars(select(Person))}
    pairs: list[Pair] = []
    for done, some in _chunks(order_ids):
        if tell:
            tell("booking", done, len(order_ids))
        pairs += _count(session, some, kinds, teams)
    if tell:
        tell("booking", len(order_ids), len(order_ids))
    return pairs


def _confirm(session: Session, customer_ids: Iterable[str]) -> tuple[list[Pair], set[str]]:
    """Match the open claims of these customers with their orders.

    Returns what to publish and the orders that proved something. A confirmed claim's own facts
    go: its order counts instead. A card is opened, unless a list already brought it.
    """
    claims = _open_claims(session, sorted(customer_ids))
    if not claims:
        return [], set()
    hers = sorted({claim.customer_id for claim in claims.values()})
    orders = _free_orders(session, hers, min(claim.at for claim in claims.values()))
    told = [Claim(one.id, one.customer_id, one.at, one.fen, one.proof) for one in claims.values()]
    pairs: list[Pair] = []
    matched = confirmations(told, orders)
    for claim_id, order_id in sorted(matched.items()):
        sale = claims[claim_id]
        sale.state, sale.order_id = CONFIRMED, order_id
        pairs.append(("sale", claim_id))
        pairs += _drop_facts(session, claim_id)
        if sale.kind == "card":
            pairs.append(("card_entry", _open_card(session, sale, order_id)))
    return pairs, set(matched.values())


def _customers_of(session: Session, order_ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for _, some in _chunks(order_ids):
        found.update(row["customer_id"] for row in _found(session, _ORDERS, some))
    return found - {None}


def _open_claims(session: Session, customer_ids: Sequence[str]) -> dict[str, Sale]:
    return {
        sale.id: sale
        for _, some in _chunks(customer_ids)
        for sale in session.scalars(
            select(Sale).where(Sale.customer_id.in_(some), Sale.state == CLAIMED)
        )
    }


def _free_orders(session: Session, customer_ids: Sequence[str], since: datetime) -> list[Paid]:
    """The paid orders of these customers that no sale has taken yet."""
    taken = select(Sale.order_id).where(Sale.order_id.is_not(None))
    found = []
    for _, some in _chunks(customer_ids):
        asked = select(Order).where(
            Order.customer_id.in_(some),
            Order.paid_at >= since - timedelta(days=MATCH.days),
            Order.paid_fen > 0,
            Order.id.not_in(taken),
        )
        for one in session.scalars(asked):
            amounts = frozenset({one.paid_fen, one.paid_fen + one.refund_fen, one.total_fen})
            hers, at = one.customer_id or "", one.paid_at or one.created_at
            found.append(Paid(one.id, one.number, hers, at, amounts))
    return found


def _drop_facts(session: Session, source: str) -> list[Pair]:
    table: Any = Fact.__table__
    gone = list(session.connection().scalars(select(table.c.id).where(table.c.source == source)))
    session.connection().execute(delete(table).where(table.c.source == source))
    touch(session, "fact")
    return [("fact", one) for one in gone]


def _open_card(session: Session, sale: Sale, order_id: str) -> str:
    """The entry of a sold card: the one a list brought meanwhile, or a new one."""
    entries = list(
        session.scalars(select(CardEntry).where(CardEntry.customer_id == sale.customer_id))
    )
    for entry in entries:
        unclaimed = entry.sale_id is None and entry.order_id is None
        same = entry.kind in _LOADING and entry.principal_fen == sale.fen
        if unclaimed and same and entry.at >= sale.at - timedelta(days=1):
            entry.sale_id, entry.order_id, entry.plan_id = sale.id, order_id, sale.item_id
            return entry.id
    plan = session.get(CardPlan, sale.item_id)
    entry = CardEntry(
        id=new_id(),
        customer_id=sale.customer_id,
        at=sale.at,
        kind=(EntryKind.TOP_UP if entries else EntryKind.OPEN).value,
        principal_fen=sale.fen,
        bonus_fen=plan.bonus_fen if plan else 0,
        plan_id=plan.id if plan else None,
        order_id=order_id,
        sale_id=sale.id,
    )
    session.add(entry)
    return entry.id


def _count(
    session: Session, order_ids: Sequence[str], kinds: Shelf, teams: Mapping[str, str]
) -> list[Pair]:
    rows = _found(session, _ORDERS, order_ids)
    pieces = _pieces(session, order_ids, kinds)
    cards: dict[str, int] = dict(_CARDS_BOUGHT.rows(session.connection(), {IDS: order_ids}))
    reps = _reps(session, rows)
    wanted: dict[str, Row] = {}
    for row in rows:
        rep_id = reps.get(row["id"], "")
        parts = pieces[row["id"]] if row["id"] in pieces else _own(row, kinds)
        order = _booked(row, parts, cards.get(row["id"], 0))
        for day, one in counts(order):
            fact = (rep_id, teams.get(rep_id, ""), day, one.kind.value, one.fen, one.units)
            told = dict(zip(_FACT, (*fact, row["customer_id"] or "", row["id"]), strict=True))
            wanted[f"{row['id']}:{one.kind}"] = told
    return _bring(session, order_ids, wanted)


def _found(session: Session, asked: Direct, ids: Sequence[str]) -> list[Row]:
    """What there is among some ids, as it is stored: times in milliseconds, days as text."""
    rows = asked.rows(session.connection(), {IDS: ids})
    return [dict(zip(asked.names, row, strict=True)) for row in rows]


def _booked(row: Row, pieces: tuple[Piece, ...], card_fen: int) -> Booked:
    paid_day = _day_of(row["paid_at"])
    # Some exports close an order without saying when it arrived.
    arrived = paid_day if row["status"] == _DONE else None
    return Booked(
        kept_fen=row["paid_fen"],
        paid_day=paid_day,
        delivered_day=_day_of(row["delivered_at"]) or arrived,
        by_card=bool(row["by_card"]),
        card_fen=card_fen,
        pieces=pieces,
    )


def _day_of(millis: int | None) -> date | None:
    return clock.local_day(from_millis(millis)) if millis else None


def _pieces(
    session: Session, order_ids: Sequence[str], kinds: Shelf
) -> dict[str, tuple[Piece, ...]]:
    """What stays of each order that has lines: nothing where all of them were closed."""
    found: dict[str, list[Piece]] = defaultdict(list)
    for row in _LINES.rows(session.connection(), {IDS: order_ids}):
        order_id, product_id, code, title, price_fen, units, status = row
        alive = found[order_id]
        if status == _CLOSED:
            continue
        kind = kinds.kind_of(product_id, code, title)
        fen = max(price_fen * units, 0)
        alive.append(Piece(fen, units, kind.measure, kind.high_margin))
    return {order_id: tuple(pieces) for order_id, pieces in found.items()}


def _own(order: Row, kinds: Shelf) -> tuple[Piece, ...]:
    """An order whose lines never came is all of the title it has itself, if that was settled."""
    kind = kinds.settled(order["title"])
    if kind is None:
        return ()
    return (Piece(max(order["paid_fen"], 0), 1, kind.measure, kind.high_margin),)


def _reps(session: Session, orders: Sequence[Row]) -> dict[str, str]:
    """Whose each order is: who claimed it, else who held her when she paid, else who holds her."""
    connection = session.connection()
    claimed: dict[str, str] = dict(
        _CLAIMANTS.rows(connection, {IDS: [row["id"] for row in orders]})
    )
    hers = {IDS: sorted({row["customer_id"] for row in orders if row["customer_id"]})}
    stays: dict[str, list[_Stay]] = defaultdict(list)
    for customer_id, *stay in _STAYS.rows(connection, hers):
        stays[customer_id].append(_Stay(*stay))
    holders: dict[str, str] = dict(_HOLDERS.rows(connection, hers))
    found = {}
    for row in orders:
        customer_id = row["customer_id"] or ""
        at = row["paid_at"] or row["created_at"]
        then = _holder_at(stays.get(customer_id, ()), at)
        found[row["id"]] = claimed.get(row["id"]) or then or holders.get(customer_id, "")
    return found


def _holder_at(stays: Iterable[_Stay], at: int) -> str:
    held = (one for one in stays if one.since <= at and (one.until is None or at < one.until))
    return next((one.rep_id for one in held), "")


def _bring(session: Session, order_ids: Sequence[str], wanted: Mapping[str, Row]) -> list[Pair]:
    """Make the facts of these orders what they should be; touch only what differs."""
    stood = {row["id"]: row for row in _found(session, _FACTS, order_ids)}
    gone = [one for one in stood if one not in wanted]
    fresh = [{"id": one, **told} for one, told in wanted.items() if one not in stood]
    other = [
        {"id": one, **told}
        for one, told in wanted.items()
        if one in stood and any(str(stood[one][name]) != str(told[name]) for name in _FACT)
    ]
    for some in chunks(gone):
        session.connection().execute(delete(_facts).where(_facts.c.id.in_(some)))
    bulk.insert(session, _facts, fresh)
    bulk.change(session, _facts, other)
    touch(session, "fact")
    # What belongs to nobody is in no stream.
    seen = [row["id"] for row in fresh if row["rep_id"]]
    return [("fact", one) for one in (*gone, *seen, *(row["id"] for row in other))]


def _chunks(items: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(items), _CHUNK):
        yield start, items[start : start + _CHUNK]


_orders: Any = Order.__table__
_lines: Any = OrderLine.__table__
_entries: Any = CardEntry.__table__
_sales: Any = Sale.__table__
_stays: Any = Assignment.__table__
_customers: Any = Customer.__table__
_facts: Any = Fact.__table__
_OF_ORDER = (
    *("id", "customer_id", "created_at", "paid_at", "delivered_at"),
    *("status", "paid_fen", "by_card", "title"),
)
_ORDERS = Direct(select(*(_orders.c[name] for name in _OF_ORDER)).where(among(_orders.c.id)))
_OF_LINE = ("order_id", "product_id", "code", "title", "price_fen", "units", "status")
_LINES = Direct(
    select(*(_lines.c[name] for name in _OF_LINE))
    .where(among(_lines.c.order_id))
    .order_by(_lines.c.order_id, _lines.c.position, _lines.c.id)
)
_CARDS_BOUGHT = Direct(
    select(_entries.c.order_id, _entries.c.principal_fen).where(
        among(_entries.c.order_id), or_(*(_entries.c.kind == one for one in _LOADING))
    )
)
_CLAIMANTS = Direct(select(_sales.c.order_id, _sales.c.rep_id).where(among(_sales.c.order_id)))
_STAYS = Direct(
    select(_stays.c.customer_id, _stays.c.rep_id, _stays.c.since, _stays.c.until).where(
        among(_stays.c.customer_id), _stays.c.rep_id.is_not(None)
    )
)
_HOLDERS = Direct(
    select(_customers.c.id, _customers.c.rep_id).where(
        among(_customers.c.id), _customers.c.rep_id.is_not(None)
    )
)
_FACTS = Direct(select(*(_facts.c[name] for name in ("id", *_FACT))).where(among(_facts.c.source)))
