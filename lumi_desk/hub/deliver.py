"""Delivering streams: what a desk has not read yet, from one snapshot."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from lumi_desk.hub.callers import Caller, Reader, Stand, streams_of
from lumi_desk.sync.entities import BY_NAME, CHILDREN, CUSTOMER, Entity
from lumi_desk.sync.feed import PUT, REMOVE
from lumi_desk.sync.protocol import Change, Page, Pull, Pulled
from lumi_desk.sync.tables import SyncFeed, SyncMeta, SyncStream

# A page is cut after so many rows of children: a first sync must not fill the hub's memory.
MOST_CHILDREN = 4000
# The protocol in which a desk can fetch a snapshot.
_SNAPSHOTS_SINCE = 2

_Rows = Mapping[tuple[str, str], tuple[Any, ...]]
_Trees = Mapping[str, dict[str, list[tuple[Any, ...]]]]
_HeldBy = Mapping[str, tuple[tuple[str, str, int], ...]]


def epoch(session: Session) -> str:
    """Which life of the hub's database this is."""
    return session.get_one(SyncMeta, 1).epoch


def pull(
    session: Session, person: Reader, cursors: Mapping[str, int], limit: int, proto: int = 1
) -> Pulled:
    """The next page of every stream of a person, at most `limit` feed rows each.

    The session must read from one snapshot: head, feed and rows belong together.
    """
    streams = streams_of(person)
    asked = select(SyncStream).where(SyncStream.id.in_(streams))
    stands = {row.id: Stand(row.head, row.min_seq, row.digest) for row in session.scalars(asked)}
    return _pulled(session, epoch(session), _stands(streams, stands), cursors, limit, proto)


def pull_for(session: Session, caller: Caller, asked: Pull) -> Pulled:
    """What a caller has not read yet; she was looked up in the same snapshot."""
    stands = _stands(streams_of(caller), caller.stands)
    return _pulled(session, caller.epoch, stands, asked.cursors, asked.limit, asked.proto)


def nothing_new(caller: Caller, asked: Pull) -> Pulled | None:
    """The answer when there is nothing to read: known without looking into the feed."""
    stands = _stands(streams_of(caller), caller.stands)
    pages = []
    for stream, stand in stands.items():
        cursor = asked.cursors.get(stream, 0)
        if stand.head != cursor and not _again(stand, cursor, asked.proto):
            return None
        pages.append(_empty(stream, stand, cursor, asked.proto))
    return Pulled(caller.epoch, tuple(pages), {})


def _stands(streams: Iterable[str], found: Mapping[str, Stand]) -> dict[str, Stand]:
    """Where each stream stands; one that nobody has written to yet is empty."""
    return {stream: found.get(stream, Stand()) for stream in streams}


def _pulled(
    session: Session,
    epoch: str,
    stands: Mapping[str, Stand],
    cursors: Mapping[str, int],
    limit: int,
    proto: int,
) -> Pulled:
    pages = []
    for stream, stand in stands.items():
        cursor = cursors.get(stream, 0)
        if stand.head == cursor or _again(stand, cursor, proto):
            pages.append(_empty(stream, stand, cursor, proto))
        else:
            pages.append(_page(session, stream, stand, cursor, limit))
    used = {name for page in pages for change in page.changes for name in _names(change)}
    columns = {name: BY_NAME[name].columns for name in sorted(used)}
    return Pulled(epoch, tuple(pages), columns)


def _again(stand: Stand, cursor: int, proto: int) -> bool:
    """Whether the stream can't be continued from there, and the desk knows how to begin anew."""
    if proto < _SNAPSHOTS_SINCE or stand.head == cursor == 0:
        return False
    return cursor == 0 or not stand.min_seq <= cursor <= stand.head


def _empty(stream: str, stand: Stand, cursor: int, proto: int) -> Page:
    again = _again(stand, cursor, proto)
    # What was read stays read: only a snapshot sets the cursor back.
    seq = cursor if again else stand.head
    return Page(stream, seq, stand.head, str(stand.digest), more=False, changes=(), again=again)


def as_it_stands(session: Session, customer_id: str) -> tuple[Change, ...]:
    """The customer's row as the hub has it; nothing when there is none."""
    row = _rows(session, CUSTOMER, [customer_id]).get(customer_id)
    if row is None:
        return ()
    ver = row[CUSTOMER.columns.index("ver")]
    return (Change(CUSTOMER.name, customer_id, customer_id, "put", ver, row),)


def _page(session: Session, stream: str, stand: Stand, cursor: int, limit: int) -> Page:
    read = _next(session, stream, cursor, limit, _FEED.c.seq)
    found, children = _fitting(session, read[:limit], cursor)
    more = len(read) > len(found)
    if more:
        # A cursor must not pass where somebody came in before she was delivered: she would be
        # taken for known when the last change of her row comes.
        read = _next(session, stream, cursor, limit, _turn(cursor))
        found, children = _fitting(session, read[:limit], cursor)
    seq = stand.head
    if more:
        seq = found[-1].entered if _enters(found[-1], cursor) else found[-1].seq
    changes = _changes(session, stream, found, cursor, children)
    return Page(stream, seq, stand.head, str(stand.digest), more, changes)


def _next(session: Session, stream: str, cursor: int, limit: int, order: Any) -> Sequence[Any]:
    """The rows after a cursor, one more than fits."""
    asked = select(_FEED).where(_FEED.c.stream == stream, _FEED.c.seq > cursor)
    if cursor == 0:
        asked = asked.where(_FEED.c.op == PUT)
    return session.connection().execute(asked.order_by(order).limit(limit + 1)).all()


def _turn(cursor: int) -> Any:
    """Whoever has come in since the cursor has her turn where she came in."""
    came_in = and_(_FEED.c.op == PUT, _FEED.c.entity == CUSTOMER.name, _FEED.c.entered > cursor)
    return case((came_in, _FEED.c.entered), else_=_FEED.c.seq)


def _fitting(session: Session, found: Sequence[Any], cursor: int) -> tuple[Sequence[Any], set[str]]:
    """The first of these rows whose trees fit into one page, never none of them.

    Beside them, which kinds of children the trees have.
    """
    entering = [row.pk for row in found if _enters(row, cursor)]
    kinds, children = _many_children(session, entering)
    total = 0
    for position, row in enumerate(found):
        total += children[row.pk] if _enters(row, cursor) else 0
        if total > MOST_CHILDREN and position:
            return found[:position], kinds
    return found, kinds


def _enters(row: Any, cursor: int) -> bool:
    """Whether she has come into the stream since: then all her children come along."""
    return bool(row.op == PUT and row.entity == CUSTOMER.name and row.entered > cursor)


def _many_children(session: Session, customers: Sequence[str]) -> tuple[set[str], Counter[str]]:
    """Which kinds of children these customers have, and how many of all kinds each has."""
    kinds: set[str] = set()
    children: Counter[str] = Counter()
    if customers:
        for name, customer, many in session.connection().execute(_MANY, {"customers": customers}):
            kinds.add(name)
            children[customer] += many
    return kinds, children


def _counting(entity: Entity) -> Any:
    hers = entity.kept.c.customer_id
    told = select(literal(entity.name).label("name"), hers.label("customer"), func.count())
    return told.where(hers.in_(bindparam("customers", expanding=True))).group_by(hers)


def _changes(
    session: Session, stream: str, found: Sequence[Any], cursor: int, children: Iterable[str]
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
    trees, held = _trees(session, entering, children), _held(session, stream, entering)
    brought = _brought(found, trees)
    return tuple(
        _change(row, rows, trees, held) for row in found if (row.entity, row.pk) not in brought
    )


def _brought(found: Sequence[Any], trees: _Trees) -> set[tuple[str, str]]:
    """Records that once left alone and now come back with a customer: they are not to go."""
    left = {(row.entity, row.pk) for row in found if row.op == REMOVE and row.pk != row.root}
    if not left:
        return set()
    return {
        (name, row[BY_NAME[name].columns.index("id")])
        for tree in trees.values()
        for name, rows in tree.items()
        for row in rows
    } & left


def _change(row: Any, rows: _Rows, trees: _Trees, held: _HeldBy) -> Change:
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
    rows = session.connection().execute(_wanted(entity.name, "id"), {"keys": pks})
    return {row[at]: tuple(row) for row in rows}


@cache
def _wanted(name: str, key: str) -> Any:
    """The rows with these keys. Making a statement costs more than running it: each is kept."""
    entity = BY_NAME[name]
    return entity.raw().where(entity.kept.c[key].in_(bindparam("keys", expanding=True)))


def _trees(
    session: Session, customers: Sequence[str], kinds: Iterable[str]
) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
    trees: dict[str, dict[str, list[tuple[Any, ...]]]] = {pk: {} for pk in customers}
    for entity in (BY_NAME[name] for name in sorted(kinds)):
        at = entity.columns.index("customer_id")
        asked = _wanted(entity.name, "customer_id")
        for row in session.connection().execute(asked, {"keys": customers}):
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


_FEED: Any = SyncFeed.__table__
_MANY = union_all(*(_counting(entity) for entity in CHILDREN))
