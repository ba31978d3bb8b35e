"""Writing the feed: the last thing of every business transaction on the hub."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, event, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lumi_desk.sync import digest
from lumi_desk.sync.entities import (
    BY_NAME,
    CATALOG_STREAM,
    CUSTOMER,
    Entity,
    Scope,
    rep_stream,
    team_stream,
)
from lumi_desk.sync.tables import SyncFeed, SyncStream

PUT = "put"
REMOVE = "remove"
_CHUNK = 500
# Any number will do, as long as nobody else locks by it.
_WRITERS_LOCK = 7_305_112_022

# The columns that decide in which streams a record is.
_DECIDING = {
    Scope.CATALOG: (),
    Scope.CUSTOMER: ("rep_id",),
    Scope.CHILD: ("customer_id",),
    Scope.FACT: ("team_id", "rep_id"),
}

Pair = tuple[str, str]
Row = dict[str, Any]
_Standing = dict[str, Any]


@dataclass
class _Plan:
    """What one record's change means for the streams."""

    entity: str
    pk: str
    root: str
    ver: int
    wanted: frozenset[str]


@dataclass
class _Writing:
    """The rows one stream gets, and what they do to its digest."""

    rows: list[Row] = field(default_factory=list)
    change: int = 0


def watch(session: Session, *, alone: bool = False) -> None:
    """Remember every travelling record the session writes, for publish().

    Call it first. What reads much to decide what it writes (an import, a move) works `alone`:
    what a desk sends meanwhile waits, as it does for every writer on SQLite.
    """
    _take_turns(session, alone=alone)

    @event.listens_for(session, "before_flush")
    def flushing(session: Session, *_: object) -> None:
        pairs = session.info.setdefault("pairs", set())
        for row in (*session.new, *session.dirty, *session.deleted):
            name = row.__tablename__
            if name in BY_NAME and (row not in session.dirty or session.is_modified(row)):
                pairs.add((name, row.id))


def _take_turns(session: Session, *, alone: bool) -> None:
    if session.get_bind().dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        session.execute(select(lock(_WRITERS_LOCK)))


def publish(session: Session, pairs: Iterable[Pair] = ()) -> None:
    """Give every touched record its next version and write it into its streams.

    `pairs` are (table name, id) written past the session; the session's own were seen by
    watch(). Call it last: it locks the touched streams, in sorted order, until the commit.
    """
    session.flush()
    touched = session.info.pop("pairs", set()) | set(pairs)
    if not touched:
        return
    by_entity: dict[str, list[str]] = defaultdict(list)
    for name, pk in sorted(touched):
        by_entity[name].append(pk)
    for name, pks in by_entity.items():
        _raise_versions(session, BY_NAME[name], pks)
    # From here on the records' own rows are locked: nobody else can change their feed rows.
    _write(session, *_planned(session, by_entity))
    session.expire_all()


def _planned(
    session: Session, by_entity: dict[str, list[str]]
) -> tuple[list[_Plan], dict[Pair, _Standing]]:
    """What each record's change means, and the feed rows there are for them."""
    customers = list(_plans(session, CUSTOMER, by_entity.pop(CUSTOMER.name, [])))
    standing = _standing(session, customers)
    entering = {
        (stream, her.pk)
        for her in customers
        for stream in her.wanted
        if not _is_put(standing[CUSTOMER.name, her.pk].get(stream))
    }
    others = [
        plan
        for name in sorted(by_entity)
        for plan in _plans(session, BY_NAME[name], by_entity[name])
    ]
    standing.update(_standing(session, others))
    return [*customers, *(plan for plan in others if _is_news(plan, standing, entering))], standing


def _is_news(plan: _Plan, standing: dict[Pair, _Standing], entering: set[Pair]) -> bool:
    """Who comes into a stream just now comes with all her children: they need no row there."""
    known = bool(standing[plan.entity, plan.pk])
    return known or any((stream, plan.root) not in entering for stream in plan.wanted)


def _raise_versions(session: Session, entity: Entity, pks: Sequence[str]) -> None:
    table = entity.kept
    for some in _chunks(pks):
        session.connection().execute(
            update(table).where(table.c.id.in_(some)).values(ver=table.c.ver + 1)
        )


def _plans(session: Session, entity: Entity, pks: Sequence[str]) -> Iterator[_Plan]:
    asked = entity.raw("id", "ver", *_DECIDING[entity.scope])
    for some in _chunks(pks):
        rows = session.connection().execute(asked.where(entity.kept.c.id.in_(some)))
        found = {row.id: row for row in rows}
        holders = _holders(session, entity, found.values())
        for pk in some:
            row = found.get(pk)
            if row is None:
                yield _Plan(entity.name, pk, pk, 0, frozenset())
            else:
                root = (row.customer_id or pk) if entity.scope is Scope.CHILD else pk
                yield _Plan(entity.name, pk, root, row.ver, _streams(entity, row, holders))


def _holders(session: Session, entity: Entity, rows: Iterable[Any]) -> dict[str, str]:
    """Who holds the customers that these rows are children of."""
    if entity.scope is not Scope.CHILD:
        return {}
    customers = sorted({row.customer_id for row in rows if row.customer_id})
    table = CUSTOMER.kept
    # Held until the commit: a customer must not move while her child is being published.
    asked = (
        select(table.c.id, table.c.rep_id)
        .where(table.c.id.in_(customers))
        .order_by(table.c.id)
        .with_for_update(read=True)
    )
    return {
        customer_id: rep_id
        for customer_id, rep_id in session.connection().execute(asked)
        if rep_id is not None
    }


def _streams(entity: Entity, row: Any, holders: dict[str, str]) -> frozenset[str]:
    if entity.scope is Scope.CATALOG:
        return frozenset({CATALOG_STREAM})
    if entity.scope is Scope.FACT:
        streams = {team_stream(row.team_id)} if row.team_id else set()
        return frozenset(streams | ({rep_stream(row.rep_id)} if row.rep_id else set()))
    holder = row.rep_id if entity.scope is Scope.CUSTOMER else holders.get(row.customer_id)
    return frozenset({rep_stream(holder)} if holder else ())


def _write(session: Session, plans: Sequence[_Plan], standing: dict[Pair, _Standing]) -> None:
    streams = {stream for plan in plans for stream in plan.wanted}
    heads = _lock(session, sorted(streams.union(*standing.values())))
    writings: dict[str, _Writing] = defaultdict(_Writing)
    gone = _gone_roots(plans, standing)
    for stream, roots in gone.items():
        writings[stream].change -= _forget_children(session, stream, roots)
    for plan in plans:
        before = _still_standing(standing[plan.entity, plan.pk], gone)
        for stream in sorted(plan.wanted | before.keys()):
            if stream in plan.wanted or _is_put(before.get(stream)):
                heads[stream] += 1
                _plan_row(plan, stream, before.get(stream), heads[stream], writings[stream])
    for stream, writing in sorted(writings.items()):
        _write_stream(session, stream, writing, heads[stream])


def _gone_roots(
    plans: Sequence[_Plan], standing: dict[Pair, _Standing]
) -> dict[str, dict[str, None]]:
    """The customers that leave each stream, in order."""
    gone: dict[str, dict[str, None]] = defaultdict(dict)
    for plan in plans:
        if plan.entity == CUSTOMER.name:
            for stream, row in standing[plan.entity, plan.pk].items():
                if _is_put(row) and stream not in plan.wanted:
                    gone[stream][plan.pk] = None
    return gone


def _still_standing(before: _Standing, gone: dict[str, dict[str, None]]) -> _Standing:
    """Without the rows that went with their customer: her removal speaks for them."""
    return {
        stream: row
        for stream, row in before.items()
        if row["entity"] == CUSTOMER.name or row["root"] not in gone.get(stream, ())
    }


def _is_put(row: Any) -> bool:
    return row is not None and row["op"] == PUT


def _plan_row(plan: _Plan, stream: str, old: Any, seq: int, writing: _Writing) -> None:
    is_put, was_put = stream in plan.wanted, _is_put(old)
    if was_put:
        writing.change -= digest.of_record(plan.entity, plan.pk, old["ver"])
    if is_put:
        writing.change += digest.of_record(plan.entity, plan.pk, plan.ver)
    writing.rows.append(
        {
            "stream": stream,
            "entity": plan.entity,
            "pk": plan.pk,
            "root": plan.root,
            "seq": seq,
            "entered": old["entered"] if is_put and was_put else seq,
            "op": PUT if is_put else REMOVE,
            "ver": plan.ver if is_put else old["ver"],
        }
    )


def _standing(session: Session, plans: Sequence[_Plan]) -> dict[Pair, _Standing]:
    """The feed rows there are for these records: by record, then by stream."""
    standing: dict[Pair, _Standing] = defaultdict(dict)
    by_entity: dict[str, list[str]] = defaultdict(list)
    for plan in plans:
        by_entity[plan.entity].append(plan.pk)
    table = SyncFeed.__table__
    for entity, pks in by_entity.items():
        for some in _chunks(pks):
            asked = select(table).where(table.c.entity == entity, table.c.pk.in_(some))
            for row in session.connection().execute(asked).mappings():
                standing[entity, row["pk"]][row["stream"]] = row
    return standing


def _lock(session: Session, streams: Sequence[str]) -> dict[str, int]:
    """Lock the streams in sorted order, making those that are new. Returns their heads."""
    table: Any = SyncStream.__table__
    connection = session.connection()
    known = set(connection.scalars(select(table.c.id).where(table.c.id.in_(streams))))
    for stream in streams:
        if stream not in known:
            connection.execute(_insert_or_leave(session, table), {"id": stream})
    asked = (
        select(table.c.id, table.c.head)
        .where(table.c.id.in_(streams))
        .order_by(table.c.id)
        .with_for_update()
    )
    return dict(connection.execute(asked).all())


def _insert_or_leave(session: Session, table: Any) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def _write_stream(session: Session, stream: str, writing: _Writing, head: int) -> None:
    if not writing.rows:
        return
    feed: Any = SyncFeed.__table__
    streams: Any = SyncStream.__table__
    connection = session.connection()
    for entity in {row["entity"] for row in writing.rows}:
        pks = [row["pk"] for row in writing.rows if row["entity"] == entity]
        for some in _chunks(pks):
            connection.execute(
                delete(feed).where(
                    feed.c.stream == stream, feed.c.entity == entity, feed.c.pk.in_(some)
                )
            )
    connection.execute(insert(feed), writing.rows)
    old = connection.scalar(select(streams.c.digest).where(streams.c.id == stream)) or 0
    connection.execute(
        update(streams)
        .where(streams.c.id == stream)
        .values(head=head, digest=digest.signed(old + writing.change))
    )


def _forget_children(session: Session, stream: str, roots: Iterable[str]) -> int:
    """Drop the rows of children whose customer leaves the stream. Returns their hash sum."""
    feed: Any = SyncFeed.__table__
    total = 0
    for some in _chunks(list(roots)):
        children = (
            feed.c.stream == stream,
            feed.c.root.in_(some),
            feed.c.entity != CUSTOMER.name,
        )
        asked = select(feed.c.entity, feed.c.pk, feed.c.ver).where(*children, feed.c.op == PUT)
        for entity, pk, ver in session.connection().execute(asked):
            total += digest.of_record(entity, pk, ver)
        session.connection().execute(delete(feed).where(*children))
    return total


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
