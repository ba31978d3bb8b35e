"""Customers of a hub found, filtered and ordered by the database, a page at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Contact, Refusal
from lumi_desk.cards import service as cards
from lumi_desk.clock import day_end, day_start, local_day
from lumi_desk.customers import service as customers
from lumi_desk.customers.rules import Grade, Pool, Relationship
from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.customers.value import service as value
from lumi_desk.customers.value.rules import expected_fen
from lumi_desk.managing.centre import CentreCustomer, ListCentre
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Person
from lumi_desk.security.masking import mask_phone
from lumi_desk.storage.base import to_millis

_FIELDS = ("pool", "grade", "line", "relationship")
# The largest sum and the latest day stand first, as in the list of a desk.
_LARGEST_FIRST = frozenset({"last_paid", "day", "year", "brought", "last_contact"})
_customers: Any = Customer.__table__
_tags: Any = Tag.__table__
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of those who fit, and how many fit."""

    customers: tuple[CentreCustomer, ...]
    total: int


def within(reps: frozenset[str] | None) -> Condition:
    """Whose customers are looked at: these reps', or everybody's with None."""
    held: Condition = _customers.c.rep_id.in_(reps or ())
    return _customers.c.id.is_not(None) if reps is None else held


def find(session: Session, reps: frozenset[str] | None, asked: ListCentre, now: datetime) -> Found:
    """The page that was asked for."""
    fitting = and_(within(reps), *_conditions(asked, local_day(now)))
    total = session.scalar(select(func.count()).select_from(_customers).where(fitting)) or 0
    ids = session.scalars(_ordered(fitting, asked, now).offset(asked.before).limit(asked.limit))
    return Found(listed(session, list(ids), now), total)


def counts(session: Session, reps: frozenset[str] | None) -> dict[str, dict[str, int]]:
    """How many customers within reach have each value of a field."""
    found: dict[str, dict[str, int]] = {}
    for name in _FIELDS:
        shown = func.coalesce(_customers.c[name], "")
        asked = select(shown, func.count()).where(within(reps)).group_by(shown)
        found[name] = dict(session.execute(asked).all())
    tagged = (
        select(_tags.c.name, func.count(_tags.c.customer_id.distinct()))
        .join(_customers, _customers.c.id == _tags.c.customer_id)
        .where(within(reps), _tags.c.removed_at.is_(None))
        .group_by(_tags.c.name)
    )
    found["tag"] = dict(session.execute(tagged).all())
    return found


def listed(session: Session, ids: Sequence[str], now: datetime) -> tuple[CentreCustomer, ...]:
    """These customers as a list shows them, in their order; who is gone is left out."""
    asked = select(Customer, Person.name).outerjoin(Person, Person.id == Customer.rep_id)
    rows: Any = session.execute(asked.where(Customer.id.in_(ids))).all()
    found = {row.id: (row, rep or "") for row, rep in rows}
    tags, contacts, refused = (
        _tags_of(session, ids),
        _contacts_of(session, ids),
        _refused(session, ids),
    )
    years = {one: row.year_fen for one, (row, _) in found.items()}
    brought = value.everybody(session, now, years, only=ids)
    learned, today = value.settings(session, now), local_day(now)
    made = []
    for one in ids:
        if one not in found:
            continue
        (row, rep), hers, last = found[one], brought.get(one), contacts.get(one)
        made.append(
            CentreCustomer(
                **_copied(row),
                phone=mask_phone(row.phone),
                last_paid_at=None if row.last_paid_at is None else to_millis(row.last_paid_at),
                tags=tuple(tags.get(one, ())),
                last_contact=None if last is None else to_millis(last),
                refused=one in refused,
                brought_fen=hers.fen if hers else 0,
                expected_fen=expected_fen(hers, row.pool, row.grade, today, learned),
                rep=rep,
            )
        )
    return tuple(made)


def _copied(row: Customer) -> dict[str, Any]:
    """What a line of the list takes from her row as it is."""
    told: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
    return told | {name: getattr(row, name) or "" for name in _FIELDS}


_COPIED = ("id", "name", "pinyin", "initials", "wangwang", "city", "year_fen", "year_orders")


def _conditions(asked: ListCentre, today: date) -> Iterable[Condition]:
    for part in asked.words.lower().split():
        yield or_(customers.fits(_customers, part), _tagged(_named(part)))
    for field, values in asked.values.items():
        if values:
            yield _is_tagged(values) if field == "tag" else _has(field, values)
    last = _customers.c.last_paid_at
    if asked.quiet_from is not None:
        yield last < day_end(today - timedelta(days=asked.quiet_from))
    if asked.quiet_to is not None:
        yield last >= day_start(today - timedelta(days=asked.quiet_to))
    if asked.refused != "all":
        refused = _customers.c.id.in_(_refusals())
        yield refused if asked.refused == "only" else ~refused


def _has(field: str, values: Sequence[str]) -> Condition:
    return func.coalesce(_customers.c[field], "").in_(values)


def _is_tagged(values: Sequence[str]) -> Condition:
    """Whether she has one of these tags; an empty text stands for none at all."""
    has = _tagged(_tags.c.name.in_([one for one in values if one]))
    return or_(has, ~_tagged(_tags.c.name.is_not(None))) if "" in values else has


def _named(part: str) -> Condition:
    return func.lower(_tags.c.name).contains(part, autoescape=True)


def _tagged(which: Condition) -> Condition:
    hers = _tags.c.customer_id == _customers.c.id
    return exists().where(hers, _tags.c.removed_at.is_(None), which)


def _ordered(fitting: Condition, asked: ListCentre, now: datetime) -> Select[Any]:
    """The ids in order: who has no value comes last, of equals who bought last stands first."""
    rows = select(_customers.c.id).where(fitting)
    key, join = _key(asked.order, now)
    if join is not None:
        rows = rows.outerjoin(join, join.c.customer_id == _customers.c.id)
    down = asked.backwards is not (asked.order in _LARGEST_FIRST)
    first = (key.desc() if down else key.asc()).nulls_last()
    return rows.order_by(first, _customers.c.last_paid_at.desc().nulls_last(), _customers.c.id)


def _key(order: str, now: datetime) -> tuple[Any, Any]:
    """What it is ordered by, and the table that is needed for it."""
    table = _customers.c
    if order == "brought":
        kept = (Order.paid_at <= now, Order.paid_fen > 0, Order.id.not_in(cards.loading_asked()))
        sums = select(Order.customer_id, func.sum(Order.paid_fen).label("fen")).where(
            Order.customer_id.is_not(None), *kept
        )
        join = sums.group_by(Order.customer_id).subquery()
        return join.c.fen, join
    if order == "last_contact":
        last = select(Contact.customer_id, func.max(Contact.started_at).label("at"))
        join = last.group_by(Contact.customer_id).subquery()
        return join.c.at, join
    return {
        "name": case((table.pinyin == "", func.lower(table.name)), else_=table.pinyin),
        "pool": _placed(table.pool, [one.value for one in Pool]),
        "grade": _placed(table.grade, [one.value for one in Grade]),
        "line": func.nullif(table.line, ""),
        "relationship": _placed(table.relationship, [one.value for one in Relationship]),
        "last_paid": table.last_paid_at,
        "day": table.last_paid_at,
        "year": case((table.year_orders > 0, table.year_fen), else_=None),
        "city": func.nullif(table.city, ""),
    }[order], None


def _placed(column: Any, values: Sequence[str]) -> Any:
    return case({one: place for place, one in enumerate(values)}, value=column, else_=None)


def _tags_of(session: Session, ids: Sequence[str]) -> Mapping[str, list[str]]:
    asked = select(_tags.c.customer_id, _tags.c.name).where(
        _tags.c.customer_id.in_(ids), _tags.c.removed_at.is_(None)
    )
    found: dict[str, list[str]] = {}
    for one, name in session.execute(asked.distinct().order_by(_tags.c.name)):
        found.setdefault(one, []).append(name)
    return found


def _contacts_of(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    asked = select(Contact.customer_id, func.max(Contact.started_at)).where(
        Contact.customer_id.in_(ids)
    )
    return dict(session.execute(asked.group_by(Contact.customer_id)).all())


def _refusals() -> Select[Any]:
    return select(Refusal.customer_id).where(Refusal.withdrawn_at.is_(None))


def _refused(session: Session, ids: Sequence[str]) -> frozenset[str]:
    return frozenset(session.scalars(_refusals().where(Refusal.customer_id.in_(ids))))
