"""Who is likely the same person: the customers as the rules see them, and the review list."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from lumi_desk.catalog import shelf as catalog
from lumi_desk.clock import local_day
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.hub.histories import HOUR_MS, Days
from lumi_desk.identity import rules
from lumi_desk.identity.rules import Evidence, Kind, Likeness, Profile, Told
from lumi_desk.identity.tables import IdentityApart, IdentityLink, ProposedPair
from lumi_desk.imports.headers import Platform
from lumi_desk.imports.tables import OrderTrace
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Person
from lumi_desk.storage.among import IDS, among, chunks
from lumi_desk.storage.direct import Direct

RULE_SET = "identity"
# The surest pairs first, then by their ids.
IN_ORDER = (ProposedPair.rank, ProposedPair.one_id, ProposedPair.other_id)
_PLATFORMS = frozenset(map(str, Platform))
# Of so many customers everything that was said is at hand.
_AT_ONCE = 2000
_ORDERS: Any = Order.__table__
_TRACES: Any = OrderTrace.__table__
_CUSTOMERS: Any = Customer.__table__
_IDENTITIES: Any = Identity.__table__
_WORDS = {
    Kind.PHONE: "the same mobile number",
    Kind.LANDLINE: "the same landline",
    Kind.WECHAT: "the same WeChat id",
    Kind.NICK: "the same nick in another shop",
    Kind.NAME: "the same name",
    Kind.BIRTHDAY: "the same birthday",
    Kind.NEAR: "the same city at about the same time",
    Kind.OTHER_NAME: "but another name",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One customer of a pair, as she is shown: numbers still unmasked, `rep` the rep's name."""

    id: str
    name: str
    phone: str
    wechat: str
    wangwang: str
    city: str
    birthday: date | None
    members: tuple[str, ...]
    pool: str
    orders: int
    last_order: date | None
    rep: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers who are likely one person, side by side."""

    one: Side
    other: Side
    likeness: Likeness


def review(session: Session, limit: int) -> tuple[list[Pair], int]:
    """The likely pairs of the list, the surest first, at most `limit`; and how many there are."""
    rows = session.scalars(select(ProposedPair).order_by(*IN_ORDER).limit(limit)).all()
    sides = _sides(session, {pk for row in rows for pk in (row.one_id, row.other_id)})
    found = [
        Pair(sides[row.one_id], sides[row.other_id], likeness_of(row))
        for row in rows
        if row.one_id in sides and row.other_id in sides
    ]
    return found, session.scalar(select(func.count()).select_from(ProposedPair)) or 0


def likeness_of(row: ProposedPair) -> Likeness:
    """A pair of the list as the rules found it."""
    evidence = (Evidence(Kind(kind), points) for kind, points in row.evidence)
    return Likeness(row.one_id, row.other_id, tuple(evidence), -row.rank)


def pairs(session: Session, among: Collection[Profile], now: datetime) -> list[Likeness]:
    """All likely pairs among these, the surest first, by today's weights. Raises BadSetting."""
    weights = catalog.numbers(session, RULE_SET, local_day(now), rules.WEIGHTS)
    return rules.likely(among, apart(session), weights)


def in_words(likeness: Likeness) -> str:
    """What speaks for it, in English."""
    return ", ".join(_WORDS[each.kind] for each in likeness.evidence)


def apart(session: Session) -> dict[frozenset[str], frozenset[str] | None]:
    """The pairs that are said to be different people, by whom their customers are now.

    With each goes what was known then, as marks; None where whatever they share changes nothing.
    """
    said = select(IdentityApart).where(IdentityApart.undone_at.is_(None))
    rows = session.scalars(said).all()
    now = kept_of(session, {pk for row in rows for pk in (row.one_id, row.other_id)})
    found: dict[frozenset[str], frozenset[str] | None] = {}
    for row in rows:
        pair = frozenset((now.get(row.one_id, row.one_id), now.get(row.other_id, row.other_id)))
        known = found.get(pair, frozenset())
        marks = None if row.marks is None else frozenset(row.marks)
        found[pair] = None if known is None or marks is None else known | marks
    return found


def kept_of(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Of customers that were linked to another: who they are now."""
    now = {pk: pk for pk in ids}
    while True:
        asked = set(now.values())
        stepped: dict[str, str] = {}
        for some in chunks(sorted(asked)):
            links = select(IdentityLink.other_id, IdentityLink.kept_id).where(
                IdentityLink.other_id.in_(some), IdentityLink.undone_at.is_(None)
            )
            stepped.update((other, kept) for other, kept in session.execute(links))
        if not stepped:
            return {pk: kept for pk, kept in now.items() if kept != pk}
        now = {pk: stepped.get(kept, kept) for pk, kept in now.items()}


def profiles(session: Session, ids: Collection[str] | None = None) -> list[Profile]:
    """These customers (None: all) as the rules compare them, in the order of ids."""
    return list(each_profile(session, ids))


def each_profile(session: Session, ids: Collection[str] | None = None) -> Iterator[Profile]:
    """The same one by one: what was said of all is never at hand together."""
    wanted = sorted(ids) if ids is not None else session.scalars(select(_CUSTOMERS.c.id)).all()
    for some in chunks(sorted(wanted), _AT_ONCE):
        found = told_of(session, some)
        yield from (found[pk].profile() for pk in some if pk in found)


def told_of(session: Session, ids: Collection[str]) -> dict[str, Told]:
    """What was said of these customers, as it was written, by id."""
    connection, asked = session.connection(), {IDS: list(ids)}
    told = {
        pk: Told(pk, [name], [phone], [wechat], handles=[handle], birthday=_day_of(born), city=city)
        for pk, name, phone, wechat, handle, born, city in _HERS.rows(connection, asked)
    }
    for pk, kind, scope, value in _NAMED.rows(connection, asked):
        if pk in told:
            _identified(told[pk], kind, scope, value)
    days = Days()
    for pk, at, nick, channel, receiver, phone in _BOUGHT.rows(connection, asked):
        if one := told.get(pk):
            one.days.append(days[at // HOUR_MS])
            one.nicks.append((_platform(channel), nick))
            one.names.append(receiver or "")
            one.phones.append(phone or "")
    return told


def _day_of(kept: Any) -> date | None:
    """A day as a driver gives it: SQLite keeps it as text."""
    return date.fromisoformat(kept) if isinstance(kept, str) else kept


def _identified(one: Told, kind: str, scope: str, value: str) -> None:
    one.handles.append(value)
    kinds = {"phone": one.phones, "wechat": one.wechats, "member": one.members}
    if kind in kinds:
        kinds[kind].append(value)
    elif kind == "nick":
        one.nicks.append((_platform(scope.partition(":")[0]), value))


def _platform(channel: str) -> str:
    """Where a nick is somebody's own: everything of Taobao and Tmall is one place."""
    return channel if channel in _PLATFORMS else ""


_HERS = Direct(
    select(
        *(
            _CUSTOMERS.c[name]
            for name in ("id", "name", "phone", "wechat", "wangwang", "birthday", "city")
        )
    ).where(among(_CUSTOMERS.c.id))
)
_NAMED = Direct(
    select(*(_IDENTITIES.c[name] for name in ("customer_id", "kind", "scope", "value"))).where(
        among(_IDENTITIES.c.customer_id)
    )
)
_BOUGHT = Direct(
    select(
        *(_ORDERS.c[name] for name in ("customer_id", "created_at", "nick", "channel")),
        _TRACES.c.receiver,
        _TRACES.c.phone,
    )
    .outerjoin(_TRACES, _TRACES.c.order_id == _ORDERS.c.id)
    .where(among(_ORDERS.c.customer_id))
)


def _rows(session: Session, table: Any, column: Any, ids: Collection[str]) -> Iterator[RowMapping]:
    for some in chunks(sorted(ids)):
        asked = select(table).where(column.in_(some))
        yield from session.connection().execute(asked).mappings()


def _sides(session: Session, ids: Collection[str]) -> dict[str, Side]:
    reps = {person.id: person.name for person in session.scalars(select(Person))}
    members: dict[str, list[str]] = {pk: [] for pk in ids}
    for row in _rows(session, _IDENTITIES, _IDENTITIES.c.customer_id, ids):
        if row["kind"] == "member":
            members[row["customer_id"]].append(row["value"])
    bought = dict(_counted(session, ids))
    sides = {}
    for row in _rows(session, _CUSTOMERS, _CUSTOMERS.c.id, ids):
        pk = row["id"]
        orders, last = bought.get(pk, (0, None))
        plain = {name: row[name] for name in ("name", "phone", "wechat", "wangwang", "city")}
        sides[pk] = Side(
            pk,
            **plain,
            birthday=row["birthday"],
            members=tuple(sorted(members[pk])),
            pool=row["pool"],
            orders=orders,
            last_order=last and local_day(last),
            rep=reps.get(row["rep_id"] or "", ""),
        )
    return sides


def _counted(
    session: Session, ids: Collection[str]
) -> Iterator[tuple[str, tuple[int, datetime | None]]]:
    for some in chunks(sorted(ids)):
        asked = (
            select(_ORDERS.c.customer_id, func.count(), func.max(_ORDERS.c.created_at))
            .where(_ORDERS.c.customer_id.in_(some))
            .group_by(_ORDERS.c.customer_id)
        )
        for pk, many, last in session.connection().execute(asked):
            yield pk, (many, last)
