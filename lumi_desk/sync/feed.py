"""Writing the feed: the last thing of every business transaction on the hub."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, event, inspect, select, update
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.storage import bulk
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.growing import count_anew
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
from lumi_desk.sync.streams import ALONE, PUT, REMOVE, TURN, lock, raise_heads
from lumi_desk.sync.tables import SyncFeed

_CHUNK = 500
_NOTED = "feed"

# The columns that decide in which streams a record is.
_DECIDING: dict[Scope, tuple[str, ...]] = {
    Scope.CATALOG: (),
    Scope.CUSTOMER: ("rep_id",),
    Scope.CHILD: ("customer_id",),
    Scope.FACT: ("team_id", "rep_id"),
}

__all__ = ("PUT", "REMOVE", "TURN", "publish", "watch")

Pair = tuple[str, str]
Row = Mapping[str, Any]
_Standing = dict[str, Any]
_KEY = ("pk", "entity", "stream")
# A row of the feed as it is written.
_COLUMNS = ("stream", "entity", "pk", "root", "seq", "entered", "op", "ver", "at")
_Written = tuple[str, str, str, str, int, int, str, int, int]


@dataclass
class _Noted:
    """The travelling records a session wrote.

    `fresh` are those it made, at their first version; `former` are the customers that records
    belonged to before.
    """

    pairs: set[Pair] = field(default_factory=set)
    fresh: dict[Pair, Any] = field(default_factory=dict)
    former: dict[Pair, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(slots=True)
class _Plan:
    """What one record's change means for the streams: it is to be in those that are `wanted`.

    `left` are streams it is in without a row of its own, having come with a customer it does not
    belong to any more: that customer by stream. `moved` are streams in which it went from one
    customer to another.
    """

    entity: str
    pk: str
    root: str
    ver: int
    wanted: tuple[str, ...]
    left: Mapping[str, str] = field(default_factory=dict)
    moved: frozenset[str] = frozenset()


@dataclass
class _Writing:
    """The rows one stream gets `at` a moment, and what they do to its digest."""

    at: int
    rows: list[_Written] = field(default_factory=list)
    change: int = 0


def watch(session: Session, *, alone: bool = False, in_turn: bool = False) -> None:
    """Remember every travelling record the session writes, for publish().

    Call it first. What reads much to decide what it writes (an import, a move) works `alone`:
    what a desk sends meanwhile waits, as it does for every writer on SQLite. Who is `in_turn` has
    asked for TURN in its own first statement.
    """
    session.info[_NOTED] = _Noted()
    if not in_turn and session.get_bind().dialect.name == "postgresql":
        session.connection().execute(select(ALONE if alone else TURN))


@event.listens_for(Session, "before_flush")
def _flushing(session: Session, *_: object) -> None:
    noted: _Noted | None = session.info.get(_NOTED)
    if noted is None:
        return
    for row in session.new:
        _note_fresh(noted, row)
    # Asked for once: the session gathers them anew each time.
    deleted = session.deleted
    for row in (*session.dirty, *deleted):
        _note(session, noted, row, is_deleted=row in deleted)


def _note_fresh(noted: _Noted, row: Any) -> None:
    pair = (row.__tablename__, getattr(row, "id", ""))
    if pair[0] in BY_NAME and pair not in noted.pairs:
        row.ver = 1
        noted.fresh[pair] = row


def _note(session: Session, noted: _Noted, row: Any, *, is_deleted: bool) -> None:
    entity = BY_NAME.get(row.__tablename__)
    if entity is None or not (is_deleted or session.is_modified(row)):
        return
    pair = (entity.name, row.id)
    # Nobody has seen the first version of what this session made itself.
    if pair in noted.fresh and not is_deleted:
        return
    noted.pairs.add(pair)
    if entity.scope is Scope.CHILD:
        history = inspect(row).attrs.customer_id.history
        before = history.deleted or (history.unchanged if is_deleted else ())
        noted.former[pair].update(one for one in before if one)


def publish(
    session: Session,
    pairs: Iterable[Pair] = (),
    *,
    made: Mapping[Pair, Row] | None = None,
    former: Mapping[Pair, str] | None = None,
    locked: Mapping[str, str | None] | None = None,
    afresh: bool = False,
    now: datetime | None = None,
) -> None:
    """Give every touched record its next version and write it into its streams.

    The session's own records were seen by watch(). Of what was written past it, `pairs` are
    (table name, id); `made` are new records at version 1, with their values; `former` says which
    customer a record was of, if it was taken from her or deleted. `locked` are customers that
    this transaction has locked already, with who holds them. With `afresh`, no stream has ever
    told of a record that is new: if one has, the database refuses it. Call it last: it locks the
    touched streams, in sorted order, until the commit. `now` is when it happens.
    """
    session.flush()
    noted: _Noted = session.info.pop(_NOTED, None) or _Noted()
    noted.pairs |= set(pairs)
    for pair, customer_id in (former or {}).items():
        noted.pairs.add(pair)
        noted.former[pair].add(customer_id)
    made = made or {}
    fresh = _fresh(noted, made)
    if noted.pairs or fresh:
        # Once they are raised the records' own rows are locked: nobody else can change their
        # feed rows.
        _write(
            session,
            *_planned(session, noted, made, fresh, locked or {}),
            to_millis(now or clock.now()),
            afresh=afresh,
        )
        session.expire_all()


def _fresh(noted: _Noted, made: Mapping[Pair, Row]) -> dict[Pair, Row]:
    """The new records, each with its deciding columns; what is in doubt is asked for instead."""
    fresh = {pair: row for pair, row in made.items() if pair not in noted.pairs}
    for pair, row in noted.fresh.items():
        if pair in noted.pairs:
            continue
        if inspect(row).persistent:
            names = _DECIDING[BY_NAME[pair[0]].scope]
            fresh[pair] = {name: getattr(row, name) for name in names}
        else:
            noted.pairs.add(pair)
    return fresh


def _planned(
    session: Session,
    noted: _Noted,
    made: Mapping[Pair, Row],
    fresh: Mapping[Pair, Row],
    locked: Mapping[str, str | None],
) -> tuple[list[_Plan], dict[Pair, _Standing]]:
    """What each record's change means, and the feed rows there are for them."""
    # What this session made itself keeps its first version, however often it was written.
    own = {pair for pair in noted.pairs if pair in noted.fresh or pair in made}
    raised = _raised(session, noted.pairs - own) | _as_they_are(session, own)
    holders = _holders(session, [*raised.items(), *fresh.items()], noted.former, locked)
    plans = []
    for name, pk in sorted(noted.pairs):
        row, former = raised.get((name, pk)), noted.former.get((name, pk), ())
        plans.append(_plan(BY_NAME[name], pk, row, row["ver"] if row else 0, holders, former))
    standing = _standing(session, plans)
    for name, pk in sorted(fresh):
        plans.append(_plan(BY_NAME[name], pk, fresh[name, pk], 1, holders))
    entering = {
        (stream, her.pk)
        for her in plans
        for stream in her.wanted
        if her.entity == _CUSTOMER and not _is_put(standing[_CUSTOMER, her.pk].get(stream))
    }
    return [plan for plan in plans if _is_news(plan, standing, entering)], standing


def _is_news(
    plan: _Plan, standing: Mapping[Pair, _Standing], entering: set[tuple[str, str]]
) -> bool:
    """Who comes into a stream just now comes with all her children: they need no row there."""
    if plan.entity == _CUSTOMER or plan.left or plan.moved or standing[plan.entity, plan.pk]:
        return True
    return any((stream, plan.root) not in entering for stream in plan.wanted)


def _raised(session: Session, pairs: Iterable[Pair]) -> dict[Pair, Row]:
    """Raise the versions of records, and lock them. Returns those that are there still."""
    found: dict[Pair, Row] = {}
    for entity, some in _by_entity(pairs):
        table = entity.kept
        raised = update(table).where(table.c.id.in_(some)).values(ver=table.c.ver + 1)
        told = raised.returning(*_told(entity))
        for row in session.connection().execute(told).mappings():
            found[entity.name, row["id"]] = dict(row)
    return found


def _as_they_are(session: Session, pairs: Iterable[Pair]) -> dict[Pair, Row]:
    found: dict[Pair, Row] = {}
    for entity, some in _by_entity(pairs):
        asked = select(*_told(entity)).where(entity.kept.c.id.in_(some))
        for row in session.connection().execute(asked).mappings():
            found[entity.name, row["id"]] = dict(row)
    return found


def _told(entity: Entity) -> list[Any]:
    names = ("id", "ver", *_DECIDING[entity.scope])
    return [entity.kept.c[name] for name in names]


def _holders(
    session: Session,
    records: Iterable[tuple[Pair, Row]],
    former: Mapping[Pair, Iterable[str]],
    locked: Mapping[str, str | None],
) -> dict[str, str]:
    """Who holds the customers that these records are children of, or were."""
    customers = {row.get("customer_id") for pair, row in records if _is_child(pair)}
    customers.update(*former.values())
    table = CUSTOMER.kept
    holders = {one: rep_id for one, rep_id in locked.items() if rep_id}
    for some in _chunks(sorted(one for one in customers if one and one not in locked)):
        # Held until the commit: a customer must not move while her child is being published.
        asked = (
            select(table.c.id, table.c.rep_id)
            .where(table.c.id.in_(some))
            .order_by(table.c.id)
            .with_for_update(read=True)
        )
        rows = session.connection().execute(asked)
        holders.update((customer_id, rep_id) for customer_id, rep_id in rows if rep_id)
    return holders


def _is_child(pair: Pair) -> bool:
    return BY_NAME[pair[0]].scope is Scope.CHILD


def _plan(
    entity: Entity,
    pk: str,
    row: Row | None,
    ver: int,
    holders: Mapping[str, str],
    former: Iterable[str] = (),
) -> _Plan:
    root = pk if row is None or entity.scope is not Scope.CHILD else row.get("customer_id") or pk
    wanted = () if row is None else _streams(entity, row, holders)
    if not former:
        return _Plan(entity.name, pk, root, ver, wanted)
    before = {
        rep_stream(holders[customer_id]): customer_id
        for customer_id in sorted(former)
        if customer_id in holders and customer_id != root
    }
    left = {stream: customer_id for stream, customer_id in before.items() if stream not in wanted}
    moved = frozenset(before.keys() & set(wanted))
    return _Plan(entity.name, pk, root, ver, wanted, left, moved)


def _streams(entity: Entity, row: Row, holders: Mapping[str, str]) -> tuple[str, ...]:
    """The streams that a record is to be in, in order."""
    if entity.scope is Scope.CATALOG:
        return (CATALOG_STREAM,)
    if entity.scope is Scope.FACT:
        return _of_figures(row.get("team_id"), row.get("rep_id"))
    customer_id = row.get("customer_id") or ""
    holder = row["rep_id"] if entity.scope is Scope.CUSTOMER else holders.get(customer_id)
    return (rep_stream(holder),) if holder else ()


@lru_cache(maxsize=1024)
def _of_figures(team_id: str | None, rep_id: str | None) -> tuple[str, ...]:
    team = (team_stream(team_id),) if team_id else ()
    return tuple(sorted((*team, rep_stream(rep_id)))) if rep_id else team


def _write(
    session: Session,
    plans: Sequence[_Plan],
    standing: Mapping[Pair, _Standing],
    at: int,
    *,
    afresh: bool,
) -> None:
    gone = _gone_roots(plans, standing)
    touched = _touched(plans, standing)
    if not touched:
        return
    streams = lock(session, sorted(touched))
    heads = {stream: row.head for stream, row in streams.items()}
    writings: dict[str, _Writing] = defaultdict(lambda: _Writing(at))
    for stream, roots in gone.items():
        _forget_children(session, stream, roots, heads, writings[stream])
    for plan in plans:
        stands = standing.get((plan.entity, plan.pk))
        if not stands and not plan.left:
            _new_rows(plan, heads, writings)
            continue
        afresh = False
        before = _still_standing(stands, gone)
        for stream in sorted({*plan.wanted, *before, *plan.left}):
            leaves = stream in plan.left and plan.left[stream] not in gone.get(stream, ())
            if leaves or stream in plan.wanted or _is_put(before.get(stream)):
                heads[stream] += 1
                _plan_row(plan, stream, before.get(stream), heads[stream], writings[stream])
    # A child that a leaving customer's removal told of may have gone on to another: that counts.
    rows = {row[:3]: row for writing in writings.values() for row in writing.rows}
    if rows:
        columns = list(zip(*rows.values(), strict=True))
        # To look first whether a row stands there takes a server a third longer.
        over = () if afresh else _KEY
        bulk.put(session, _FEED, _COLUMNS, columns, *over)
        count_anew(session, _FEED, len(rows))
    changes = {stream: writing.change for stream, writing in writings.items()}
    raise_heads(session, streams, heads, changes)


def _touched(plans: Iterable[_Plan], standing: Mapping[Pair, _Standing]) -> set[str]:
    """The streams that these plans may write to."""
    touched: set[str] = set()
    for plan in plans:
        touched.update(plan.wanted, plan.left)
    for rows in standing.values():
        touched.update(stream for stream, row in rows.items() if _is_put(row))
    return touched


def _gone_roots(
    plans: Sequence[_Plan], standing: Mapping[Pair, _Standing]
) -> dict[str, dict[str, None]]:
    """The customers that leave each stream, in order."""
    gone: dict[str, dict[str, None]] = defaultdict(dict)
    for plan in plans:
        if plan.entity == _CUSTOMER:
            for stream, row in standing[plan.entity, plan.pk].items():
                if _is_put(row) and stream not in plan.wanted:
                    gone[stream][plan.pk] = None
    return gone


def _still_standing(before: _Standing | None, gone: Mapping[str, Mapping[str, None]]) -> _Standing:
    """Without the rows that went with their customer: her removal speaks for them."""
    if not before:
        return {}
    return {
        stream: row
        for stream, row in before.items()
        if row["entity"] == _CUSTOMER or row["root"] not in gone.get(stream, ())
    }


def _is_put(row: Any) -> bool:
    return row is not None and row["op"] == PUT


def _new_rows(plan: _Plan, heads: dict[str, int], writings: Mapping[str, _Writing]) -> None:
    """The rows of a record that stands in no stream yet: most of what is ever written."""
    grows = digest.of_record(plan.entity, plan.pk, plan.ver)
    for stream in plan.wanted:
        heads[stream] += 1
        seq, writing = heads[stream], writings[stream]
        entered = _entered(plan, stream, None, seq)
        row = (stream, plan.entity, plan.pk, plan.root, seq, entered, PUT, plan.ver, writing.at)
        writing.rows.append(row)
        writing.change += grows


def _plan_row(plan: _Plan, stream: str, old: Any, seq: int, writing: _Writing) -> None:
    is_put, was_put = stream in plan.wanted, _is_put(old)
    root = plan.root
    if was_put:
        writing.change -= digest.of_record(plan.entity, plan.pk, old["ver"])
    if is_put:
        writing.change += digest.of_record(plan.entity, plan.pk, plan.ver)
    else:
        root = old["root"] if was_put else plan.left[stream]
    op = PUT if is_put else REMOVE
    ver = plan.ver if is_put or old is None else old["ver"]
    entered = _entered(plan, stream, old, seq)
    written = (stream, plan.entity, plan.pk, root, seq, entered, op, ver, writing.at)
    writing.rows.append(written)


def _entered(plan: _Plan, stream: str, old: Any, seq: int) -> int:
    """When it came into the stream; below nothing if it was another customer's there before.

    A desk may have it with that one still, whoever holds it since, and if nobody does.
    """
    if stream in plan.moved:
        return -seq
    if old is None:
        return seq
    is_put = stream in plan.wanted
    if is_put and _is_put(old):
        return int(old["entered"])
    was_anothers = is_put and old["root"] != plan.root
    return -seq if was_anothers or old["entered"] < 0 else seq


def _standing(session: Session, plans: Sequence[_Plan]) -> dict[Pair, _Standing]:
    """The feed rows there are for these records: by record, then by stream."""
    standing: dict[Pair, _Standing] = defaultdict(dict)
    for entity, some in _by_entity((plan.entity, plan.pk) for plan in plans):
        asked = select(_FEED).where(_FEED.c.entity == entity.name, _FEED.c.pk.in_(some))
        for row in session.connection().execute(asked).mappings():
            standing[entity.name, row["pk"]][row["stream"]] = row
    return standing


def _forget_children(
    session: Session,
    stream: str,
    roots: Iterable[str],
    heads: dict[str, int],
    writing: _Writing,
) -> None:
    """Drop the rows of children whose customer leaves the stream: her removal speaks for them.

    Not for those that came to her there from another: a desk may still have them with that one.
    """
    for some in _chunks(list(roots)):
        children = delete(_FEED).where(
            _FEED.c.stream == stream,
            _FEED.c.root.in_(some),
            _FEED.c.entity != _CUSTOMER,
        )
        found = session.connection().execute(children.returning(_FEED)).mappings().all()
        for row in sorted(found, key=lambda row: int(row["seq"])):
            if row["op"] == PUT:
                writing.change -= digest.of_record(row["entity"], row["pk"], row["ver"])
            if row["entered"] < 0:
                heads[stream] += 1
                told = {**row, "op": REMOVE, "seq": heads[stream], "at": writing.at}
                writing.rows.append(_in_order(told))


def _by_entity(pairs: Iterable[Pair]) -> Iterator[tuple[Entity, Sequence[str]]]:
    """Records of one kind at a time, in order, no more than a statement can name."""
    by_entity: dict[str, list[str]] = defaultdict(list)
    for name, pk in sorted(pairs):
        by_entity[name].append(pk)
    for name, pks in by_entity.items():
        for some in _chunks(pks):
            yield BY_NAME[name], some


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


_FEED: Any = SyncFeed.__table__
_in_order: Any = itemgetter(*_COLUMNS)
_CUSTOMER = CUSTOMER.name
