"""Computing who a customer is by the rule sets: after imports, every night, and by command."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Contact
from lumi_desk.cards.rules import EntryKind
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog import shelf as catalog
from lumi_desk.catalog.tables import DispositionRow
from lumi_desk.catalog.titles import titles
from lumi_desk.clock import local_day
from lumi_desk.customers import rules
from lumi_desk.customers.naming import sound
from lumi_desk.customers.rules import History, Line, Purchase
from lumi_desk.customers.tables import Customer
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import touch

_CHUNK = 1000
_LOADING = (EntryKind.OPEN.value, EntryKind.TOP_UP.value)
_COMPUTED = (
    "pinyin",
    "initials",
    "pool",
    "grade",
    "line",
    "relationship",
    "first_paid_at",
    "last_paid_at",
    "rhythm_days",
    "year_fen",
    "year_orders",
)

_NOTHING_BOUGHT: dict[str, Any] = {
    "pool": rules.Pool.ZERO.value,
    "grade": None,
    "line": None,
    "relationship": None,
    "first_paid_at": None,
    "last_paid_at": None,
    "rhythm_days": None,
    "year_fen": 0,
    "year_orders": 0,
}

Pair = tuple[str, str]
Move = tuple[str, str]
Tell = Callable[[str, int, int], None]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of the rule sets that say who a customer is."""

    pool: rules.PoolSettings
    grade: rules.GradeSettings
    relationship: rules.RelationshipSettings


@dataclass(frozen=True, slots=True)
class Changes:
    """What classifying changed.

    `pairs` are to be published; `pools` and `grades` count the customers that moved, by
    (from, to), an empty text meaning no grade; `seen` counts all that were looked at.
    """

    pairs: tuple[Pair, ...]
    pools: Mapping[Move, int]
    grades: Mapping[Move, int]
    seen: int


def classify(
    session: Session,
    customer_ids: Iterable[str] | None,
    now: datetime,
    *,
    keep: bool = True,
    tell: Tell | None = None,
) -> Changes:
    """Compute what the rules say of these customers (None: of all) and write what changed.

    With `keep` off nothing is written: a preview. Raises BadSetting.
    """
    numbers = numbers_on(session, now)
    ids = sorted(set(customer_ids)) if customer_ids is not None else _all_ids(session)
    pools: Counter[Move] = Counter()
    grades: Counter[Move] = Counter()
    changed: list[str] = []
    for done, some in _chunks(ids):
        if tell:
            tell("classifying", done, len(ids))
        better = _better(session, some, now, numbers)
        for stood, values in better:
            pools[stood["pool"], values["pool"]] += stood["pool"] != values["pool"]
            grades[stood["grade"] or "", values["grade"] or ""] += stood["grade"] != values["grade"]
        if keep:
            _write(session, [values for _, values in better])
        changed += [stood["id"] for stood, _ in better]
    if tell:
        tell("classifying", len(ids), len(ids))
    pairs = tuple(("customer", one) for one in changed)
    return Changes(pairs, dict(+pools), dict(+grades), len(ids))


def numbers_on(session: Session, now: datetime) -> Numbers:
    """The numbers in force at a moment. Raises BadSetting."""
    day = local_day(now)
    return Numbers(
        catalog.numbers(session, "pool", day, rules.POOL),
        catalog.numbers(session, "grade", day, rules.GRADE),
        catalog.numbers(session, "relationship", day, rules.RELATIONSHIP),
    )


def computed(history: History, now: datetime, numbers: Numbers) -> Mapping[str, Any]:
    """What the rules say of a customer, by column."""
    kept = rules.kept(history, now)
    if not kept and history.card_opened_at is None:
        return _NOTHING_BOUGHT
    # Sorted and filtered once: every rule would do it again.
    seen = History(kept, history.card_opened_at, history.last_answered_at)
    grade = rules.grade(seen, now, numbers.grade)
    relationship = rules.relationship(seen, now, numbers.relationship)
    year = rules.year_purchases(seen, now)
    return {
        "pool": rules.pool(seen, now, numbers.pool).value,
        "grade": grade.value if grade else None,
        "line": main_line(year or kept),
        "relationship": relationship.value if relationship else None,
        "first_paid_at": rules.first_paid_at(seen, now),
        "last_paid_at": kept[-1].paid_at if kept else None,
        "rhythm_days": rules.own_rhythm(seen, now),
        "year_fen": sum(one.kept_fen for one in year),
        "year_orders": len(year),
    }


def main_line(purchases: Sequence[Purchase]) -> str | None:
    """The line most was spent on; the leading one of equals, None without a purchase."""
    spent: Counter[Line] = Counter()
    for one in purchases:
        spent[one.line] += one.kept_fen
    return max(Line, key=lambda line: spent[line]).value if spent else None


def history(session: Session, customer_ids: Sequence[str]) -> dict[str, History]:
    """What the rules look at, for each of these customers, from the database at hand."""
    purchases = _purchases(session, customer_ids)
    opened = _earliest_cards(session, customer_ids)
    answered = _last_answered(session, customer_ids)
    return {
        one: History(tuple(purchases.get(one, ())), opened.get(one), answered.get(one))
        for one in customer_ids
    }


def _all_ids(session: Session) -> list[str]:
    return list(session.scalars(select(Customer.id).order_by(Customer.id)))


def _better(
    session: Session, ids: Sequence[str], now: datetime, numbers: Numbers
) -> list[tuple[Any, Values]]:
    """The rows that stand otherwise than the rules say, each with its new values."""
    table: Any = Customer.__table__
    histories = history(session, ids)
    asked = select(table.c.id, table.c.name, *(table.c[name] for name in _COMPUTED))
    better = []
    for row in session.connection().execute(asked.where(table.c.id.in_(ids))).mappings():
        pinyin, initials = sound(row["name"])
        values = {"pinyin": pinyin, "initials": initials}
        values |= computed(histories[row["id"]], now, numbers)
        if any(row[name] != values[name] for name in _COMPUTED):
            better.append((row, {"of": row["id"], **values}))
    return better


def _write(session: Session, rows: Sequence[Values]) -> None:
    if not rows:
        return
    table: Any = Customer.__table__
    changing: Values = {name: bindparam(name) for name in _COMPUTED}
    # On the connection: the session would take many rows for an update by primary key.
    session.connection().execute(
        update(table).where(table.c.id == bindparam("of")).values(**changing), list(rows)
    )
    touch(session, "customer")
    session.expire_all()


def _purchases(session: Session, ids: Sequence[str]) -> dict[str, list[Purchase]]:
    orders: Any = Order.__table__
    asked = select(
        orders.c.id,
        orders.c.customer_id,
        orders.c.paid_at,
        orders.c.paid_fen,
        orders.c.by_card,
        orders.c.title,
    ).where(orders.c.customer_id.in_(ids), orders.c.paid_at.is_not(None), orders.c.paid_fen > 0)
    lines = _lines(session, ids)
    cards = _card_orders(session, ids)
    said = titles(session)
    found: dict[str, list[Purchase]] = defaultdict(list)
    for order_id, customer_id, paid_at, fen, by_card, title in _rows(session, asked):
        if order_id in cards:
            continue
        named, units = lines.get(order_id, ((), 1))
        line = rules.leading(frozenset(named)) if named else Line(said.meaning(title).line)
        found[customer_id].append(Purchase(paid_at, fen, line=line, units=units, by_card=by_card))
    return found


def _lines(session: Session, ids: Sequence[str]) -> dict[str, tuple[set[Line], int]]:
    """Of each order: the lines its products belong to, gifts aside, and how many pieces."""
    table: Any = OrderLine.__table__
    asked = select(table.c.order_id, table.c.line, table.c.units).where(
        table.c.customer_id.in_(ids), table.c.price_fen > 0
    )
    known = {line.value: line for line in Line}
    found: dict[str, tuple[set[Line], int]] = {}
    for order_id, line, units in _rows(session, asked):
        named, pieces = found.get(order_id, (set(), 0))
        found[order_id] = (named | {known.get(line, Line.OTHER)}, pieces + units)
    return found


def _card_orders(session: Session, ids: Sequence[str]) -> set[str]:
    """The orders that bought a card: they are no purchase of goods."""
    table: Any = CardEntry.__table__
    asked = select(table.c.order_id).where(
        table.c.customer_id.in_(ids), table.c.kind.in_(_LOADING), table.c.order_id.is_not(None)
    )
    return {order_id for (order_id,) in _rows(session, asked)}


def _earliest_cards(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    table: Any = CardEntry.__table__
    asked = (
        select(table.c.customer_id, func.min(table.c.at))
        .where(table.c.customer_id.in_(ids), table.c.kind.in_(_LOADING))
        .group_by(table.c.customer_id)
    )
    return dict(tuple(row) for row in _rows(session, asked))


def _last_answered(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    table: Any = Contact.__table__
    results: Any = DispositionRow.__table__
    asked = (
        select(table.c.customer_id, func.max(table.c.started_at))
        .join(results, results.c.id == table.c.disposition)
        .where(table.c.customer_id.in_(ids), results.c.answered.in_((True,)))
        .group_by(table.c.customer_id)
    )
    return dict(tuple(row) for row in _rows(session, asked))


def _rows(session: Session, asked: Select[Any]) -> Iterable[Any]:
    return session.connection().execute(asked).all()


def _chunks(items: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(items), _CHUNK):
        yield start, items[start : start + _CHUNK]
