"""Customers of a hub found, filtered and ordered by the database, a page at a time."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Contact, Refusal
from lumi_desk.clock import day_end, day_start, local_day
from lumi_desk.customers import service as customers
from lumi_desk.customers.rules import Grade, Line, Pool, Relationship
from lumi_desk.customers.run_out.rules import UsedUp, ends_before
from lumi_desk.customers.tables import Customer, Outlook, Tag
from lumi_desk.customers.value.rules import Band, least_fen
from lumi_desk.managing.centre import (
    HELD,
    NOBODY,
    SOMEBODY,
    CentreCustomer,
    CentreRep,
    CentreSum,
    ListCentre,
)
from lumi_desk.people.tables import Person, Team
from lumi_desk.security.masking import mask_phone, mask_text
from lumi_desk.security.roles import Right, may
from lumi_desk.storage.base import to_millis

_FIELDS = ("pool", "grade", "line", "relationship")
# All that a filter may choose of a field, but for tags; an empty text is none.
_VALUES: Mapping[str, Sequence[str]] = {
    "pool": tuple(Pool),
    "grade": (*Grade, ""),
    "line": (*Line, ""),
    "relationship": (*Relationship, ""),
    "expected": tuple(Band),
    "run_out": tuple(UsedUp),
    HELD: (NOBODY, SOMEBODY),
}
# The largest sum and the latest day stand first, as in the list of a desk.
_LARGEST_FIRST = frozenset({"last_paid", "day", "year", "brought", "expected", "last_contact"})
_customers: Any = Customer.__table__
_outlooks: Any = Outlook.__table__
_tags: Any = Tag.__table__
# Who has bought nothing has no outlook.
_EVERYBODY: Any = _customers.outerjoin(_outlooks, _outlooks.c.id == _customers.c.id)
Condition = ColumnElement[bool]
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of those who fit, and the sums of all who fit."""

    customers: tuple[CentreCustomer, ...]
    sums: tuple[CentreSum, ...]

    @property
    def total(self) -> int:
        """How many fit."""
        return sum(one.customers for one in self.sums)


def within(reps: frozenset[str] | None) -> Condition:
    """Whose customers are looked at: these reps', or everybody's with None."""
    everybody: Condition = _customers.c.id.is_not(None)
    return everybody if reps is None else _of_reps(reps)


def find(session: Session, reps: frozenset[str] | None, asked: ListCentre, now: datetime) -> Found:
    """The page that was asked for."""
    those = fits(reps, asked, local_day(now))
    ids = session.scalars(_ordered(those, asked).offset(asked.before).limit(asked.limit))
    return Found(listed(session, list(ids)), tuple(_sums(session, those)))


def first(
    session: Session,
    reps: frozenset[str] | None,
    asked: ListCentre,
    now: datetime,
    most: int,
    among: Sequence[str] = (),
) -> tuple[CentreCustomer, ...]:
    """The first of those who fit, in their order; of these alone where some are named."""
    rows = _ordered(fits(reps, asked, local_day(now), among), asked).limit(most)
    return listed(session, list(session.scalars(rows)))


def fitting(
    session: Session,
    reps: frozenset[str] | None,
    asked: ListCentre,
    now: datetime,
    among: Sequence[str] = (),
) -> int:
    """How many fit; of these alone where some are named."""
    those = fits(reps, asked, local_day(now), among)
    return session.scalar(select(func.count()).select_from(_EVERYBODY).where(those)) or 0


def fits(
    reps: frozenset[str] | None, asked: ListCentre, today: date, among: Sequence[str] = ()
) -> Condition:
    """Who is within reach and fits all that is said; of these alone where some are named."""
    named = (_customers.c.id.in_(among),) if among else ()
    return and_(within(reps), *named, *_conditions(asked, today))


def matching(
    session: Session, reps: frozenset[str] | None, asked: ListCentre, now: datetime, most: int
) -> list[str]:
    """The ids of those who fit, as many as that at most."""
    rows = select(_customers.c.id).select_from(_EVERYBODY)
    return list(session.scalars(rows.where(fits(reps, asked, local_day(now))).limit(most)))


def many(session: Session, reps: frozenset[str] | None) -> int:
    """How many customers are within reach."""
    asked = select(func.count()).select_from(_customers).where(within(reps))
    return session.scalar(asked) or 0


def counts(session: Session, reps: frozenset[str] | None, now: datetime) -> dict[str, Counts]:
    """How many customers within reach have each value of a field."""
    fields = _fields(local_day(now))
    keys = [(name, value) for name, values in _VALUES.items() for value in values]
    # Twice as fast as in groups: nothing has to be sorted.
    each = (func.count().filter(fields[name] == value) for name, value in keys)
    row = session.execute(select(*each).select_from(_EVERYBODY).where(within(reps))).one()
    told = dict(zip(keys, row, strict=True))
    found = {
        name: {value: told[name, value] for value in values if told[name, value]}
        for name, values in _VALUES.items()
    }
    tagged = (
        select(_tags.c.name, func.count(_tags.c.customer_id.distinct()))
        .join(_customers, _customers.c.id == _tags.c.customer_id)
        .where(within(reps), _tags.c.removed_at.is_(None))
        .group_by(_tags.c.name)
    )
    tags: Sequence[Any] = session.execute(tagged).all()
    holding = select(_customers.c.rep_id, func.count()).where(_customers.c.rep_id.is_not(None))
    reps_: Sequence[Any] = session.execute(
        holding.where(within(reps)).group_by(_customers.c.rep_id)
    ).all()
    # Nobody can choose a tag by a name that is not shown whole.
    shown = {name: many for name, many in tags if mask_text(name) == name}
    return {**found, "tag": shown, "rep": dict(reps_)}


def people(
    session: Session, reps: frozenset[str] | None, holding: Mapping[str, int]
) -> tuple[CentreRep, ...]:
    """Those within reach who work with customers or hold some, by team and name."""
    asked = select(Person, Team.name).outerjoin(Team, Team.id == Person.team_id)
    found = [
        CentreRep(one.id, one.name, one.team_id or "", team or "")
        for one, team in session.execute(asked)
        if (reps is None or one.id in reps)
        and (one.id in holding or (one.active and may(one.role, Right.CONTACT)))
    ]
    return tuple(sorted(found, key=lambda one: (one.team, one.name, one.id)))


def _sums(session: Session, fitting: Condition) -> Iterable[CentreSum]:
    """How many fit of each pool and grade, what they spent in a year, and what is expected."""
    of = (_customers.c.pool, func.coalesce(_customers.c.grade, ""))
    added = (_customers.c.year_fen, _outlooks.c.expected_fen)
    asked = select(*of, func.count(), *(func.coalesce(func.sum(one), 0) for one in added))
    rows: Sequence[Any] = session.execute(
        asked.select_from(_EVERYBODY).where(fitting).group_by(*of).order_by(*of)
    ).all()
    for pool, grade, many, year, expected in rows:
        yield CentreSum(pool, grade, many, int(year), int(expected))


def listed(session: Session, ids: Sequence[str]) -> tuple[CentreCustomer, ...]:
    """These customers as a list shows them, in their order; who is gone is left out."""
    asked = (
        select(Customer, Outlook, Person.name)
        .outerjoin(Outlook, Outlook.id == Customer.id)
        .outerjoin(Person, Person.id == Customer.rep_id)
    )
    rows: Any = session.execute(asked.where(Customer.id.in_(ids))).all()
    found = {row.id: (row, outlook, rep or "") for row, outlook, rep in rows}
    tags, contacts, refused = (
        _tags_of(session, ids),
        _contacts_of(session, ids),
        _refused(session, ids),
    )
    made = []
    for one in ids:
        if one not in found:
            continue
        (row, outlook, rep), last = found[one], contacts.get(one)
        made.append(
            CentreCustomer(
                **_copied(row),
                phone=mask_phone(row.phone),
                last_paid_at=None if row.last_paid_at is None else to_millis(row.last_paid_at),
                tags=tuple(tags.get(one, ())),
                last_contact=None if last is None else to_millis(last),
                refused=one in refused,
                brought_fen=outlook.brought_fen if outlook else 0,
                expected_fen=outlook.expected_fen if outlook else 0,
                runs_out=outlook.runs_out if outlook else None,
                rep=rep,
            )
        )
    return tuple(made)


def _copied(row: Customer) -> dict[str, Any]:
    """What a line of the list takes from her row; a number in a name or nick is masked."""
    told: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
    told |= {name: mask_text(told[name]) for name in ("name", "pinyin", "wangwang", "city")}
    return told | {name: getattr(row, name) or "" for name in _FIELDS}


_COPIED = ("id", "name", "pinyin", "initials", "wangwang", "city", "year_fen", "year_orders")


def _conditions(asked: ListCentre, today: date) -> Iterable[Condition]:
    for part in asked.words.lower().split():
        yield or_(customers.fits(_customers, part), _tagged(_named(part)))
    fields = _fields(today)
    for field, values in asked.values.items():
        if values:
            yield _BY[field](values) if field in _BY else fields[field].in_(values)
    last = _customers.c.last_paid_at
    if asked.quiet_from is not None:
        yield last < day_end(today - timedelta(days=asked.quiet_from))
    if asked.quiet_to is not None:
        yield last >= day_start(today - timedelta(days=asked.quiet_to))
    if asked.refused != "all":
        refused = _customers.c.id.in_(_refusals())
        yield refused if asked.refused == "only" else ~refused


def _fields(today: date) -> dict[str, Any]:
    """What a filter asks of a customer, by field; an empty text where she has no value."""
    found: dict[str, Any] = {name: func.coalesce(_customers.c[name], "") for name in _FIELDS}
    found["expected"] = _banded(func.coalesce(_outlooks.c.expected_fen, 0))
    found["run_out"] = _timed(_outlooks.c.runs_out, today)
    found[HELD] = case((_customers.c.rep_id.is_(None), NOBODY), else_=SOMEBODY)
    return found


def _banded(fen: Any) -> Any:
    *bands, lowest = Band
    return case(*((fen >= least_fen(one), one.value) for one in bands), else_=lowest.value)


def _timed(day: Any, today: date) -> Any:
    times = ((day < end, one.value) for one, end in ends_before(today).items())
    unknown = day.is_(None), UsedUp.UNKNOWN.value
    return case(unknown, *times, else_=UsedUp.LATER.value)


def _is_tagged(values: Sequence[str]) -> Condition:
    """Whether she has one of these tags; an empty text stands for none at all."""
    has = _tagged(_tags.c.name.in_([one for one in values if one]))
    return or_(has, ~_tagged(_tags.c.name.is_not(None))) if "" in values else has


def _of_teams(teams: Sequence[str]) -> Condition:
    """Whether she is with somebody of these teams."""
    theirs: Condition = _customers.c.rep_id.in_(select(Person.id).where(Person.team_id.in_(teams)))
    return theirs


def _of_reps(reps: Collection[str]) -> Condition:
    held: Condition = _customers.c.rep_id.in_(reps)
    return held


def _named(part: str) -> Condition:
    return func.lower(_tags.c.name).contains(part, autoescape=True)


def _tagged(which: Condition) -> Condition:
    hers = _tags.c.customer_id == _customers.c.id
    return exists().where(hers, _tags.c.removed_at.is_(None), which)


# Fields whose values are no columns of hers.
_BY: Mapping[str, Callable[[Sequence[str]], Condition]] = {
    "tag": _is_tagged,
    "rep": _of_reps,
    "team": _of_teams,
}


def _ordered(fitting: Condition, asked: ListCentre) -> Select[Any]:
    """The ids in order: who has no value comes last, of equals who bought last stands first."""
    rows = select(_customers.c.id).select_from(_EVERYBODY)
    if asked.order != "last_contact":
        key = _KEYS[asked.order]
    else:
        last = select(Contact.customer_id, func.max(Contact.started_at).label("at"))
        contacts = last.group_by(Contact.customer_id).subquery()
        rows = rows.outerjoin(contacts, contacts.c.customer_id == _customers.c.id)
        key = contacts.c.at
    down = asked.backwards is not (asked.order in _LARGEST_FIRST)
    first = (key.desc() if down else key.asc()).nulls_last()
    of_equals = _customers.c.last_paid_at.desc().nulls_last(), _customers.c.id
    return rows.where(fitting).order_by(first, *of_equals)


def _placed(column: Any, values: Sequence[str]) -> Any:
    return case({one: place for place, one in enumerate(values)}, value=column, else_=None)


# What it is ordered by, but for the last contact.
_KEYS: Mapping[str, Any] = {
    "name": case(
        (_customers.c.pinyin == "", func.lower(_customers.c.name)), else_=_customers.c.pinyin
    ),
    "pool": _placed(_customers.c.pool, [one.value for one in Pool]),
    "grade": _placed(_customers.c.grade, [one.value for one in Grade]),
    "line": func.nullif(_customers.c.line, ""),
    "relationship": _placed(_customers.c.relationship, [one.value for one in Relationship]),
    "last_paid": _customers.c.last_paid_at,
    "day": _customers.c.last_paid_at,
    "year": case((_customers.c.year_orders > 0, _customers.c.year_fen), else_=None),
    "brought": func.nullif(_outlooks.c.brought_fen, 0),
    "expected": func.nullif(_outlooks.c.expected_fen, 0),
    "run_out": _outlooks.c.runs_out,
    "city": func.nullif(_customers.c.city, ""),
}


def _tags_of(session: Session, ids: Sequence[str]) -> Mapping[str, list[str]]:
    asked = select(_tags.c.customer_id, _tags.c.name).where(
        _tags.c.customer_id.in_(ids), _tags.c.removed_at.is_(None)
    )
    found: dict[str, list[str]] = {}
    for one, name in session.execute(asked.distinct().order_by(_tags.c.name)):
        found.setdefault(one, []).append(mask_text(name))
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
