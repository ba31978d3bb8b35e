"""Delivering streams: what a desk has not read yet, from one snapshot.

A protocol.Pulled leaves as it is put together here, in dicts and tuples: dataclasses and the
looks a model takes at each value would cost more than the database does.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from pydantic_core import to_json
from sqlalchemy import (
    BigInteger,
    Connection,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from lumi_desk.hub import callers, stored
from lumi_desk.hub.callers import Caller, streams_of
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import can_be_kept
from lumi_desk.storage.direct import Direct, Row
from lumi_desk.sync.entities import BY_NAME, CHILDREN, CUSTOMER, Entity
from lumi_desk.sync.feed import PUT, REMOVE
from lumi_desk.sync.protocol import Change, Pull
from lumi_desk.sync.streams import Stand
from lumi_desk.sync.tables import SyncFeed, SyncMeta, SyncStream

# A page is cut after so many rows of children: a first sync must not fill the hub's memory.
MOST_CHILDREN = 4000
# The protocol in which a desk can fetch a snapshot.
_SNAPSHOTS_SINCE = 2
# The one in which it takes in the removals of a page first, and is told of customers who are gone
# by their ids alone.
_REMOVALS_FIRST_SINCE = 3

# Of so many streams what is new is read at the door: as many as anybody has.
_PLACES = range(3)

# A protocol.Page and a protocol.Change on their way out.
_Page = dict[str, Any]
_Change = dict[str, Any]
_Rows = Mapping[tuple[str, str], Row]
_Trees = Mapping[str, dict[str, list[Row]]]
_HeldBy = Mapping[str, Sequence[tuple[str, str, int]]]


class _Entry(NamedTuple):
    """A row of the feed."""

    entity: str
    pk: str
    root: str
    seq: int
    entered: int
    op: str
    ver: int


# Rows of the feed by stream.
Noted = Mapping[str, Sequence[_Entry]]


def epoch(session: Session) -> str:
    """Which life of the hub's database this is."""
    return session.get_one(SyncMeta, 1).epoch


def pulled(connection: Connection, caller: Caller, asked: Pull) -> bytes:
    """What a caller has not read yet, at most `asked.limit` feed rows of each stream.

    The connection must read from one snapshot, in which she was looked up: head, feed and rows
    belong together.
    """
    stands = _stands(caller, caller.stands)
    read = {
        stream: _onwards(connection, stream, stands[stream], asked.cursors.get(stream, 0), asked)
        for stream in _moved(stands, asked)
    }
    return _told(caller, stands, read, asked)


def at_the_door(
    connection: Connection, access: str, asked: Pull, now: datetime
) -> tuple[Caller, Noted | None]:
    """Who shows this token, and what is noted in her streams after the cursors: one statement.

    The rows are the first `asked.limit` of each stream and one more, in their order, by stream;
    None when there are too many to tell them so. Raises SessionOver or HasLeft.
    """
    told = {**callers.shown(access), "most": asked.limit + 1, **_NOTHING}
    names = (one for one in asked.cursors.items() if can_be_kept([one[0]]))
    for place, (stream, cursor) in zip(_PLACES, names, strict=False):
        told |= {f"stream{place}": stream, f"cursor{place}": cursor}
    rows = _AT_THE_DOOR[connection.dialect.name].rows(connection, told)
    caller = callers.of(rows, now)
    if len(rows) >= told["most"] * len(_PLACES):
        # Some may have been left out, perhaps even where a stream stands.
        return caller, None
    noted: dict[str, list[_Entry]] = defaultdict(list)
    for row in rows:
        if row[callers.WIDTH] is not None:
            noted[row[callers.STREAM]].append(_Entry._make(row[callers.WIDTH :]))
    for found in noted.values():
        found.sort(key=_SEQ)
    return caller, noted


def at_once(
    connection: Connection, caller: Caller, noted: Noted | None, asked: Pull
) -> bytes | None:
    """The same as pulled() without a transaction: that nothing is new, or a page of each stream.

    Of what was read at_the_door() in one statement. Each of those that follow reads from a
    snapshot of its own: a record whose version is the one noted there still is what it was then.
    None when this does not do.
    """
    if noted is None:
        return None
    stands = _stands(caller, caller.stands)
    moved = _moved(stands, asked)
    if moved and (asked.proto < _REMOVALS_FIRST_SINCE or len(asked.cursors) > len(_PLACES)):
        return None
    for stream in moved:
        cursor, found = asked.cursors[stream], noted.get(stream, ())
        if len(found) > asked.limit or any(_enters(row, cursor) for row in found):
            return None
    parted = {stream: _parted(noted.get(stream, ())) for stream in moved}
    others = [row for _, some in parted.values() for row in some]
    rows = _rows_of(connection, others)
    if not _is_as_told(others, rows):
        return None
    read = {}
    for stream, (gone, some) in parted.items():
        changes = [_change(row, rows, {}, {}) for row in some]
        read[stream] = _as_page(stream, stands[stream], stands[stream].head, changes, gone)
    return _told(caller, stands, read, asked)


def _is_as_told(found: Iterable[_Entry], rows: _Rows) -> bool:
    """Whether each record still has the version that the feed tells."""
    return all(
        row.op != PUT
        or (
            (one := rows.get((row.entity, row.pk))) is not None
            and one[BY_NAME[row.entity].columns.index("ver")] == row.ver
        )
        for row in found
    )


def _stands(caller: Caller, known: Mapping[str, Stand]) -> dict[str, Stand]:
    """Where each of her streams stands; one that nobody has written to yet is empty."""
    return {stream: known.get(stream, _UNWRITTEN) for stream in streams_of(caller)}


def _moved(stands: Mapping[str, Stand], asked: Pull) -> list[str]:
    """The streams of which there is something to read at this door."""
    cursors = ((stream, asked.cursors.get(stream, 0)) for stream in stands)
    return [
        stream
        for stream, cursor in cursors
        if stands[stream].head != cursor and not _again(stands[stream], cursor, asked.proto)
    ]


def _told(
    caller: Caller, stands: Mapping[str, Stand], read: Mapping[str, _Page], asked: Pull
) -> bytes:
    pages = [
        read.get(stream) or _empty(stream, stand, asked.cursors.get(stream, 0), asked.proto)
        for stream, stand in stands.items()
    ]
    used = {name for page in pages for change in page["changes"] for name in _names(change)}
    columns = {name: BY_NAME[name].columns for name in sorted(used)}
    return to_json({"epoch": caller.epoch, "pages": pages, "columns": columns})


def _again(stand: Stand, cursor: int, proto: int) -> bool:
    """Whether the stream can't be continued from there, and the desk knows how to begin anew."""
    if proto < _SNAPSHOTS_SINCE or stand.head == cursor == 0:
        return False
    return cursor == 0 or not stand.min_seq <= cursor <= stand.head


def _empty(stream: str, stand: Stand, cursor: int, proto: int) -> _Page:
    again = _again(stand, cursor, proto)
    # What was read stays read: only a snapshot sets the cursor back.
    return _as_page(stream, stand, cursor if again else stand.head, again=again)


def _as_page(
    stream: str,
    stand: Stand,
    seq: int,
    changes: Sequence[_Change] = (),
    gone: Sequence[str] = (),
    *,
    more: bool = False,
    again: bool = False,
) -> _Page:
    return {
        "stream": stream,
        "seq": seq,
        "head": stand.head,
        "digest": str(stand.digest),
        "more": more,
        "changes": changes,
        "again": again,
        "gone": gone,
    }


def as_it_stands(session: Session, customer_id: str) -> tuple[Change, ...]:
    """The customer's row as the hub has it; nothing when there is none."""
    row = _rows(session.connection(), CUSTOMER, [customer_id]).get(customer_id)
    if row is None:
        return ()
    ver = row[CUSTOMER.columns.index("ver")]
    return (Change(CUSTOMER.name, customer_id, customer_id, "put", ver, row),)


def _onwards(connection: Connection, stream: str, stand: Stand, cursor: int, asked: Pull) -> _Page:
    """The page after a cursor; one that is too old, of a desk without snapshots, begins anew.

    Until such a desk has passed what is forgotten, its cursor stands below zero: above, it would
    be taken for too old once more.
    """
    is_old = not stand.min_seq <= cursor <= stand.head
    page = _page(connection, stream, stand, max(-cursor, 0) if is_old else cursor, asked)
    if page["more"] and page["seq"] < stand.min_seq:
        page["seq"] = -page["seq"]
    return page


def _page(connection: Connection, stream: str, stand: Stand, cursor: int, asked: Pull) -> _Page:
    limit = asked.limit
    read = _next(connection, stream, cursor, limit)
    found, children = _fitting(connection, read[:limit], cursor)
    more = len(read) > len(found)
    if more:
        # A cursor must not pass where somebody came in before she was delivered: she would be
        # taken for known when the last change of her row comes.
        read = _next(connection, stream, cursor, limit, in_turn=True)
        found, children = _fitting(connection, read[:limit], cursor)
    seq = stand.head
    if more:
        seq = found[-1].entered if _enters(found[-1], cursor) else found[-1].seq
    gone: list[str] = []
    if asked.proto >= _REMOVALS_FIRST_SINCE:
        gone, found = _parted(found)
    changes = _changes(connection, stream, found, cursor, children, asked.proto)
    return _as_page(stream, stand, seq, changes, gone, more=more)


def _next(
    connection: Connection, stream: str, cursor: int, limit: int, *, in_turn: bool = False
) -> Sequence[_Entry]:
    """The rows after a cursor, one more than fits."""
    told = {"stream": stream, "cursor": cursor, "most": limit + 1}
    after = _after(from_zero=cursor == 0, in_turn=in_turn)
    return [*map(_Entry._make, after.rows(connection, told))]


@cache
def _after(*, from_zero: bool, in_turn: bool) -> Direct:
    feed, cursor = _FEED.c, bindparam("cursor", type_=BigInteger)
    asked = select(*(feed[name] for name in _Entry._fields))
    asked = asked.where(feed.stream == bindparam("stream"), feed.seq > cursor)
    if from_zero:
        asked = asked.where(feed.op == PUT)
    # Whoever has come in since the cursor has her turn where she came in.
    came_in = and_(feed.op == PUT, feed.entity == CUSTOMER.name, feed.entered > cursor)
    order = case((came_in, feed.entered), else_=feed.seq) if in_turn else feed.seq
    return Direct(asked.order_by(order).limit(bindparam("most")))


def _fitting(
    connection: Connection, found: Sequence[_Entry], cursor: int
) -> tuple[Sequence[_Entry], set[str]]:
    """The first of these rows whose trees fit into one page, never none of them.

    Beside them, which kinds of children the trees have.
    """
    entering = [row.pk for row in found if _enters(row, cursor)]
    if not entering:
        return found, set()
    kinds, children = _many_children(connection, entering)
    total = 0
    for position, row in enumerate(found):
        total += children[row.pk] if _enters(row, cursor) else 0
        if total > MOST_CHILDREN and position:
            return found[:position], kinds
    return found, kinds


def _enters(row: _Entry, cursor: int) -> bool:
    """Whether she has come into the stream since: then all her children come along."""
    return row.entered > cursor and row.op == PUT and row.entity == CUSTOMER.name


def _parted(found: Sequence[_Entry]) -> tuple[list[str], Sequence[_Entry]]:
    """The customers who have left, and what is told of all others."""
    gone = [row.pk for row in found if row.op == REMOVE and row.entity == CUSTOMER.name]
    if not gone:
        return gone, found
    left = set(gone)
    return gone, [row for row in found if row.entity != CUSTOMER.name or row.pk not in left]


def _many_children(
    connection: Connection, customers: Sequence[str]
) -> tuple[set[str], Counter[str]]:
    """Which kinds of children these customers have, and how many of all kinds each has."""
    kinds: set[str] = set()
    children: Counter[str] = Counter()
    for name, customer, many in _MANY.rows(connection, {IDS: customers}):
        kinds.add(name)
        children[customer] += many
    return kinds, children


def _counting(entity: Entity) -> Any:
    hers = entity.kept.c.customer_id
    told = select(literal(entity.name).label("name"), hers.label("customer"), func.count())
    return told.where(among(hers)).group_by(hers)


def _changes(
    connection: Connection,
    stream: str,
    found: Sequence[_Entry],
    cursor: int,
    children: Iterable[str],
    proto: int,
) -> list[_Change]:
    rows = _rows_of(connection, found)
    entering = [row.pk for row in found if _enters(row, cursor)]
    trees, held = _trees(connection, entering, children), _held(connection, stream, entering)
    if proto >= _REMOVALS_FIRST_SINCE:
        return [_change(row, rows, trees, held) for row in found]
    brought = _brought(found, trees)
    told = [row for row in found if row[:2] not in brought]
    return [_in_full(_change(row, rows, trees, held)) for row in told]


def _brought(found: Sequence[_Entry], trees: _Trees) -> set[tuple[str, str]]:
    """Records that once left alone and now come back with a customer: they are not to go.

    Older desks would drop them with what brought them, and hold on to their earlier stay instead.
    """
    left = {(row.entity, row.pk) for row in found if row.op == REMOVE and row.pk != row.root}
    if not left:
        return set()
    return {
        (name, row[BY_NAME[name].columns.index("id")])
        for tree in trees.values()
        for name, rows in tree.items()
        for row in rows
    } & left


def _change(row: _Entry, rows: _Rows, trees: _Trees, held: _HeldBy) -> _Change:
    change: _Change = {
        "entity": row.entity,
        "pk": row.pk,
        "root": row.root,
        "op": row.op,
        "ver": row.ver,
    }
    if row.op == PUT:
        is_customer = row.entity == CUSTOMER.name
        change["row"] = rows[row.entity, row.pk]
        change["tree"] = trees.get(row.pk) if is_customer else None
        change["held"] = held.get(row.pk, ()) if is_customer else ()
    return change


def _in_full(change: _Change) -> _Change:
    """As clients of earlier protocols know it: nothing is left out."""
    return {"row": None, "tree": None, "held": (), **change}


def _rows_of(connection: Connection, found: Iterable[_Entry]) -> _Rows:
    """The rows of the records that are to be written."""
    puts: dict[str, list[str]] = defaultdict(list)
    for row in found:
        if row.op == PUT:
            puts[row.entity].append(row.pk)
    return {
        (name, pk): row
        for name, pks in puts.items()
        for pk, row in _rows(connection, BY_NAME[name], pks).items()
    }


def _rows(connection: Connection, entity: Entity, pks: Sequence[str]) -> dict[str, Row]:
    at = entity.columns.index("id")
    return {row[at]: row for row in stored.rows_among(connection, entity, "id", pks)}


def _trees(
    connection: Connection, customers: Sequence[str], kinds: Iterable[str]
) -> dict[str, dict[str, list[Row]]]:
    trees: dict[str, dict[str, list[Row]]] = {pk: {} for pk in customers}
    for entity in (BY_NAME[name] for name in sorted(kinds)):
        at = entity.columns.index("customer_id")
        for row in stored.rows_among(connection, entity, "customer_id", customers):
            trees[row[at]].setdefault(entity.name, []).append(row)
    return trees


def _held(connection: Connection, stream: str, customers: Sequence[str]) -> _HeldBy:
    held: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    if customers:
        told = {"stream": stream, IDS: customers}
        for root, *record in _HELD.rows(connection, told):
            held[root].append((record[0], record[1], record[2]))
    return held


def _names(change: _Change) -> Iterable[str]:
    yield change["entity"]
    yield from change.get("tree") or ()


_SEQ = attrgetter("seq")
_UNWRITTEN = Stand()
_FEED: Any = SyncFeed.__table__
_STREAM: Any = SyncStream.__table__
_MANY = Direct(union_all(*(_counting(entity) for entity in CHILDREN)))
_HELD = Direct(
    select(_FEED.c.root, _FEED.c.entity, _FEED.c.pk, _FEED.c.ver).where(
        _FEED.c.stream == bindparam("stream"),
        among(_FEED.c.root),
        _FEED.c.entity != CUSTOMER.name,
        _FEED.c.op == PUT,
    )
)


def _at_the_door(*, on_postgres: bool) -> Direct:
    """Who she is and what is new in each stream; a file cuts all of it together."""
    cursors = (
        (_STREAM.c.id == bindparam(f"stream{at}"), bindparam(f"cursor{at}", type_=BigInteger))
        for at in _PLACES
    )
    new = and_(_FEED.c.stream == _STREAM.c.id, _FEED.c.seq > case(*cursors))
    columns = [_FEED.c[name].label(f"its_{name}") for name in _Entry._fields]
    most: Any = bindparam("most")
    if not on_postgres:
        return Direct(callers.asking(_FEED, new, columns).limit(most * len(_PLACES)))
    first = select(*columns).where(new).order_by(_FEED.c.seq).limit(most).lateral()
    return Direct(callers.asking(first, true(), [*first.c]))


_NOTHING: Mapping[str, Any] = {
    name: value for at in _PLACES for name, value in ((f"stream{at}", ""), (f"cursor{at}", 0))
}
_AT_THE_DOOR = {
    name: _at_the_door(on_postgres=name == "postgresql") for name in ("sqlite", "postgresql")
}
