"""Delivering streams: what a desk has not read yet, from one snapshot."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Right, may
from lumi_desk.sync.entities import (
    BY_NAME,
    CATALOG_STREAM,
    CHILDREN,
    CUSTOMER,
    Entity,
    rep_stream,
    team_stream,
)
from lumi_desk.sync.feed import PUT, REMOVE
from lumi_desk.sync.protocol import Change, Page, Pulled
from lumi_desk.sync.tables import SyncFeed, SyncMeta, SyncStream

# A page is cut after so many rows of children: a first sync must not fill the hub's memory.
MOST_CHILDREN = 4000

_Rows = Mapping[tuple[str, str], tuple[Any, ...]]
_Trees = Mapping[str, dict[str, list[tuple[Any, ...]]]]
_HeldBy = Mapping[str, tuple[tuple[str, str, int], ...]]


def streams_of(person: Person) -> tuple[str, ...]:
    """The streams a person may read."""
    streams = [CATALOG_STREAM]
    if may(person.role, Right.CONTACT):
        streams.append(rep_stream(person.id))
    if person.team_id and may(person.role, Right.LEAD):
        streams.append(team_stream(person.team_id))
    return tuple(streams)


def epoch(session: Session) -> str:
    """Which life of the hub's database this is."""
    return session.get_one(SyncMeta, 1).epoch


def pull(session: Session, person: Person, cursors: Mapping[str, int], limit: int) -> Pulled:
    """The next page of every stream of a person, at most `limit` feed rows each.

    The session must read from one snapshot: head, feed and rows belong together.
    """
    streams = streams_of(person)
    heads = {
        row.id: row for row in session.scalars(select(SyncStream).where(SyncStream.id.in_(streams)))
    }
    pages = [
        _page(session, stream, heads[stream], cursors.get(stream, 0), limit)
        if stream in heads
        else Page(stream, 0, 0, "0", more=False, changes=())
        for stream in streams
    ]
    used = {name for page in pages for change in page.changes for name in _names(change)}
    columns = {name: BY_NAME[name].columns for name in sorted(used)}
    return Pulled(epoch(session), tuple(pages), columns)


def as_it_stands(session: Session, customer_id: str) -> tuple[Change, ...]:
    """The customer's row as the hub has it; nothing when there is none."""
    row = _rows(session, CUSTOMER, [customer_id]).get(customer_id)
    if row is None:
        return ()
    ver = row[CUSTOMER.columns.index("ver")]
    return (Change(CUSTOMER.name, customer_id, customer_id, "put", ver, row),)


def _page(session: Session, stream: str, head: SyncStream, cursor: int, limit: int) -> Page:
    asked = select(SyncFeed).where(SyncFeed.stream == stream, SyncFeed.seq > cursor)
    if cursor == 0:
        asked = asked.where(SyncFeed.op == PUT)
    found = list(session.scalars(asked.order_by(SyncFeed.seq).limit(limit + 1)))
    fitting = _fitting(session, found[:limit], cursor)
    more, found = len(found) > len(fitting), fitting
    seq = found[-1].seq if more else head.head
    changes = _changes(session, stream, found, cursor)
    return Page(stream, seq, head.head, str(head.digest), more, changes)


def _fitting(session: Session, found: Sequence[SyncFeed], cursor: int) -> list[SyncFeed]:
    """The first of these rows whose trees fit into one page; never none of them."""
    entering = [row.pk for row in found if _enters(row, cursor)]
    children = _many_children(session, entering)
    total = 0
    fitting: list[SyncFeed] = []
    for row in found:
        total += children[row.pk] if _enters(row, cursor) else 0
        if total > MOST_CHILDREN and fitting:
            break
        fitting.append(row)
    return fitting


def _enters(row: SyncFeed, cursor: int) -> bool:
    """Whether she has come into the stream since: then all her children come along."""
    return row.op == PUT and row.entity == CUSTOMER.name and row.entered > cursor


def _many_children(session: Session, customers: Sequence[str]) -> Counter[str]:
    children: Counter[str] = Counter()
    for entity in CHILDREN if customers else ():
        hers = entity.kept.c.customer_id
        asked = select(hers, func.count()).where(hers.in_(customers)).group_by(hers)
        children.update(dict(tuple(row) for row in session.connection().execute(asked)))
    return children


def _changes(
    session: Session, stream: str, found: Sequence[SyncFeed], cursor: int
) -> tuple[Change, ...]:
    puts = [row for row in found if row.op == PUT]
    entering = [row.pk for row in puts if _enters(row, cursor)]
    rows = {
        (name, pk): row
        for name in {put.entity for put in puts}
        for pk, row in _rows(
            session, BY_NAME[name], [put.pk for put in puts if put.entity == name]
        ).items()
    }
    trees, held = _trees(session, entering), _held(session, stream, entering)
    return tuple(_change(row, rows, trees, held) for row in found)


def _change(row: SyncFeed, rows: _Rows, trees: _Trees, held: _HeldBy) -> Change:
    if row.op == REMOVE:
        return Change(row.entity, row.pk, row.root, "remove", row.ver)
    is_customer = row.entity == CUSTOMER.name
    return Change(
        row.entity,
        row.pk,
        row.root,
        "put",
        row.ver,
        rows[row.entity, row.pk],
        trees.get(row.pk) if is_customer else None,
        held.get(row.pk, ()) if is_customer else (),
    )


def _rows(session: Session, entity: Entity, pks: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    at = entity.columns.index("id")
    asked = entity.raw().where(entity.kept.c.id.in_(pks))
    return {row[at]: tuple(row) for row in session.connection().execute(asked)}


def _trees(
    session: Session, customers: Sequence[str]
) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    trees: dict[str, dict[str, list[tuple[Any, ...]]]] = {pk: {} for pk in customers}
    if not customers:
        return trees
    for entity in CHILDREN:
        at = entity.columns.index("customer_id")
        asked = entity.raw().where(entity.kept.c.customer_id.in_(customers))
        for row in session.connection().execute(asked):
            trees[row[at]].setdefault(entity.name, []).append(tuple(row))
    return trees


def _held(session: Session, stream: str, customers: Sequence[str]) -> _HeldBy:
    held: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    if customers:
        asked = select(SyncFeed.root, SyncFeed.entity, SyncFeed.pk, SyncFeed.ver).where(
            SyncFeed.stream == stream,
            SyncFeed.root.in_(customers),
            SyncFeed.entity != CUSTOMER.name,
            SyncFeed.op == PUT,
        )
        for root, entity, pk, ver in session.connection().execute(asked):
            held[root].append((entity, pk, ver))
    return {root: tuple(records) for root, records in held.items()}


def _names(change: Change) -> Iterable[str]:
    yield change.entity
    yield from change.tree or ()
