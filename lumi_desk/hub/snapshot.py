"""A whole stream, sheet by sheet: each from one snapshot of the database, none held in between.

The database makes the JSON of the rows itself; here its bytes are only joined. Nothing is
remembered of a snapshot: its name says from where the feed has to be read afterwards, and the key
of the last record kept says where it goes on. What changes meanwhile, before the key or behind it,
has a place in the feed after that, and comes with the pull that follows.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Connection,
    LargeBinary,
    String,
    Text,
    any_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import array

from lumi_desk.clock import Clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import callers
from lumi_desk.hub.callers import Caller
from lumi_desk.ids import new_id
from lumi_desk.security.roles import NotYours
from lumi_desk.storage.direct import Direct
from lumi_desk.storage.store import Store
from lumi_desk.sync.entities import (
    BY_NAME,
    CATALOG_STREAM,
    CUSTOMER,
    ENTITIES,
    Entity,
    Scope,
    team_stream,
)
from lumi_desk.sync.feed import PUT
from lumi_desk.sync.protocol import Snapshot
from lumi_desk.sync.streams import Stand
from lumi_desk.sync.tables import SyncFeed


@dataclass(frozen=True)
class Size:
    """Customers in a sheet, and rows of one kind: who has more comes in a smaller sheet."""

    roots: int = 500
    rows: int = 5000


USUAL = Size()
_ALL_ROWS = 2**62
_HELD = ""
_FEED: Any = SyncFeed.__table__
_MOST = bindparam("most", type_=BigInteger)
_LONGEST_NUMBER = 19
# Where a row goes on behind its texts. In JSON this character is escaped: no text looks like it.
_MARK = "\x01"
_GOES_ON = b"],\x01"


class SnapshotOver(LumiError):
    """The snapshot was begun in another life of the hub, or so long ago that it can't go on."""

    title = "The snapshot cannot be continued"
    advice = "Begin it anew."


@dataclass(frozen=True)
class Generation:
    """The name of a snapshot: the hub's life, the stream's head when it began, and an own id."""

    epoch: str
    seq: int
    own: str

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}:{self.own}"


class Course:
    """One request for a stream: gives its sheets until there is no `more`."""

    def __init__(
        self, store: Store, access: str, asked: Snapshot, now: Clock, size: Size = USUAL
    ) -> None:
        self.more = True
        self._store = store
        self._access = access
        self._now = now
        self._stream = asked.stream
        self._generation = _read(asked.generation) if asked.generation else None
        self._after = asked.after if asked.generation else ""
        self._size = size
        self._roots = size.roots
        self._left: int | None = None

    def sheet(self) -> bytes:
        """The next line. Raises SessionOver, HasLeft, NotYours or SnapshotOver."""
        with self._store.snapshot() as connection:
            caller = callers.behind(connection, self._access, self._now())
            self._generation = _require_going_on(caller, self._stream, self._generation)
            roots = _roots(connection, self._stream, self._after, self._roots)
            if self._left is None:
                self._left = _count(connection, self._stream, self._after)
            most = self._size.rows
            some = roots[: self._roots]
            many, found = _fitting(connection, self._stream, self._after, some, most)
        self.more = many < len(roots)
        # After a sheet that had to be cut, the next try is a small one.
        self._roots = min(2 * max(many, 1), self._size.roots)
        self._after = roots[many - 1] if many else self._after
        self._left = max(self._left - many, 0) if self.more else 0
        return self._line(self._generation, found)

    def _line(self, generation: Generation, found: Mapping[str, bytes]) -> bytes:
        head = {
            "epoch": generation.epoch,
            "stream": self._stream,
            "generation": str(generation),
            "seq": generation.seq,
            "after": self._after,
            "more": self.more,
            "left": self._left,
            "columns": {name: _names(BY_NAME[name]) for name in found if name != _HELD},
        }
        told = json.dumps(head, ensure_ascii=False).removesuffix("}").encode()
        kinds = [name for name in found if name != _HELD]
        rows = b",".join(b'"%s":[%s]' % (name.encode(), found[name]) for name in kinds)
        return b'%s,"rows":{%s},"held":[%s]}\n' % (told, rows, found.get(_HELD, b""))


def _read(generation: str) -> Generation:
    parts = generation.rsplit(":", 2)
    if len(parts) != len(("epoch", "seq", "own")):
        raise SnapshotOver
    epoch, seq, own = parts
    if not (seq.isascii() and seq.isdecimal() and len(seq) <= _LONGEST_NUMBER):
        raise SnapshotOver
    return Generation(epoch, int(seq), own)


def _require_going_on(caller: Caller, stream: str, begun: Generation | None) -> Generation:
    if stream not in callers.streams_of(caller):
        raise NotYours
    stand = caller.stands.get(stream, Stand())
    if begun is None:
        return Generation(caller.epoch, stand.head, new_id())
    if begun.epoch != caller.epoch or not stand.min_seq <= begun.seq <= stand.head:
        raise SnapshotOver
    return begun


def _roots(connection: Connection, stream: str, after: str, most: int) -> Sequence[str]:
    """The keys of the next customers and single records, one more than asked for."""
    told = {"stream": stream, "after": after, "most": most + 1}
    return [root for (root,) in _ROOTS.rows(connection, told)]


def _count(connection: Connection, stream: str, after: str) -> int:
    ((many,),) = _SINGLE.rows(connection, {"stream": stream, "after": after})
    return int(many)


def _fitting(
    connection: Connection, stream: str, after: str, roots: Sequence[str], most_rows: int
) -> tuple[int, dict[str, bytes]]:
    """How many of these roots fit into one sheet, never none of them, and their rows as JSON."""
    many = len(roots)
    while many:
        most = most_rows if many > 1 else _ALL_ROWS
        asked = _sheet(connection.dialect.name, _kinds(stream), most + 1)
        told = {"stream": stream, "after": after, "last": roots[many - 1]}
        found = asked.rows(connection, told)
        if all(count <= most for _, count, _ in found):
            return many, {name: _closed(rows) for name, count, rows in found if count}
        many //= 2
    return 0, {}


def _closed(rows: bytes) -> bytes:
    """The rows, whose arrays now end behind their last value. A file's have done so already."""
    # Split and joined: half of what it takes to replace, when there are thousands.
    return b"".join(rows.split(_GOES_ON))


def _kinds(stream: str) -> frozenset[Scope]:
    if stream == CATALOG_STREAM:
        return frozenset({Scope.CATALOG})
    if stream.startswith(team_stream("")):
        return frozenset({Scope.FACT})
    return frozenset({Scope.CUSTOMER, Scope.CHILD, Scope.FACT})


@lru_cache
def _sheet(dialect: str, kinds: Iterable[Scope], most: int) -> Direct:
    """One statement for all kinds: name, number of rows, and the rows as JSON, joined."""
    # In its words: a server that plans for any number takes it for a small one, and reads whole
    # tables until it has found so many.
    limit: Any = literal_column(str(most))
    parts = [_part(dialect, entity, limit) for entity in ENTITIES if entity.scope in kinds]
    held = _array(dialect, [_FEED.c[name] for name in ("entity", "pk", "root", "ver")])
    rows = select(held.label("row")).where(*_range()).limit(limit).subquery()
    return Direct(union_all(*parts, _joined(dialect, _HELD, rows)), in_bytes=True)


def _part(dialect: str, entity: Entity, limit: Any) -> Any:
    is_child = entity.scope is Scope.CHILD
    kept = entity.kept
    key = kept.c.customer_id if is_child else kept.c.id
    rows = select(_array(dialect, [kept.c[name] for name in _names(entity)]).label("row"))
    if dialect == "postgresql" and entity.scope in (Scope.CUSTOMER, Scope.CHILD):
        rows = rows.where(key == any_(_HERS))
    else:
        told = _FEED.c.entity == (CUSTOMER if is_child else entity).name
        rows = rows.select_from(_FEED.join(kept, key == _FEED.c.pk)).where(told, *_range())
    return _joined(dialect, entity.name, rows.limit(limit).subquery())


def _range() -> tuple[Any, ...]:
    return (*_behind(), _FEED.c.root <= bindparam("last"))


def _behind() -> tuple[Any, ...]:
    return (
        _FEED.c.stream == bindparam("stream"),
        _FEED.c.op == PUT,
        _FEED.c.root > bindparam("after"),
    )


def _joined(dialect: str, name: str, rows: Any) -> Any:
    return select(literal(name), func.count(), _in_bytes(dialect, rows.c.row))


def _in_bytes(dialect: str, row: Any) -> Any:
    """The rows, joined, as the bytes that go out: as text they would be made one here and back."""
    if dialect != "postgresql":
        return as_type(func.group_concat(row, ",", type_=String), LargeBinary)
    joined = func.string_agg(row, "],", type_=String).concat("]")
    return func.convert_to(joined, "UTF8", type_=LargeBinary)


@lru_cache
def _names(entity: Entity) -> tuple[str, ...]:
    """The columns of an entity as its rows have them: first the texts, then what is none."""
    return tuple(sorted(entity.columns, key=lambda name: not _is_text(entity.kept.c[name])))


def _array(dialect: str, columns: Sequence[Any]) -> Any:
    """The JSON array of a row's stored values, as text. The texts stand first.

    A server's is closed behind the texts and not behind the rest: see _in_bytes() and _closed().
    """
    if dialect != "postgresql":
        return func.json_array(*(_sqlite_value(one) for one in columns))
    # All texts at once: to_json() and json_build_array() look up each value's type for each row.
    texts = func.array_to_json(array([_stored(one) for one in columns if _is_text(one)]))
    others = [_postgres_value(one) for one in columns if not _is_text(one)]
    return func.concat_ws(",", texts, _MARK, *others, type_=String)


def _is_text(column: Any) -> bool:
    return isinstance(_stored(column).type, String)


def _postgres_value(column: Any) -> Any:
    stored = _stored(column)
    if not (column.nullable or isinstance(stored.type, Boolean)):
        return stored
    return func.coalesce(as_type(stored, Text), "null")


def _stored(column: Any) -> Any:
    return type_coerce(column, getattr(column.type, "impl_instance", column.type))


def _sqlite_value(column: Any) -> Any:
    stored = _stored(column)
    if not isinstance(stored.type, Boolean):
        return stored
    # The file keeps 0 and 1; the wire says what they mean.
    return func.json(case((stored.is_(None), "null"), (stored, "true"), else_="false"))


_CUSTOMERS = (
    select(func.array_agg(_FEED.c.pk).label("ids"))
    .where(_FEED.c.entity == CUSTOMER.name, *_range())
    .cte("customers")
)
# The customers of a sheet as one array: a server that looks up each of them in the feed anew for
# every kind of child takes twice as long.
_HERS: Any = as_type(select(_CUSTOMERS.c.ids).scalar_subquery(), ARRAY(String))
_ROOTS = Direct(
    select(_FEED.c.root).distinct().where(*_behind()).order_by(_FEED.c.root).limit(_MOST)
)
_SINGLE = Direct(select(func.count()).where(*_behind(), _FEED.c.pk == _FEED.c.root))
