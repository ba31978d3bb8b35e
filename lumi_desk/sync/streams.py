"""The streams of the feed: locking them, raising their heads, forgetting old removals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.direct import Direct
from lumi_desk.sync import digest
from lumi_desk.sync.tables import SyncFeed, SyncStream

# What a row of the feed says of its record.
PUT = "put"
REMOVE = "remove"
# How long a removal is kept for desks that were away; one that stands before it begins anew.
REMOVALS_LAST = timedelta(days=90)
_FEED: Any = SyncFeed.__table__
_STREAMS: Any = SyncStream.__table__
_WANTED = among(_STREAMS.c.id)
_THERE = select(func.count()).select_from(_STREAMS).where(_WANTED).scalar_subquery()
_LOCKED = Direct(
    select(_STREAMS.c.id, _STREAMS.c.head, _STREAMS.c.min_seq, _STREAMS.c.digest)
    .where(_WANTED, bindparam("many", type_=BigInteger()) == _THERE)
    .order_by(_STREAMS.c.id)
    .with_for_update()
)
# Any number will do, as long as nobody else locks by it.
_WRITERS_LOCK: Any = literal_column("7305112022")


class _Turn(FunctionElement[Any]):
    """What a writer asks for first. On SQLite it is taken with the transaction."""

    inherit_cache = True
    type = NullType()


@compiles(_Turn)
def _taken(*_: Any, **__: Any) -> str:
    return "NULL"


@compiles(_Turn, "postgresql")
def _in_postgres(element: Any, compiler: Any, **told: Any) -> str:
    return str(compiler.process(element.clauses, **told))


# Beside the others who take it, or alone: then they wait, and it waits for them.
TURN = _Turn(func.pg_advisory_xact_lock_shared(_WRITERS_LOCK))
ALONE = _Turn(func.pg_advisory_xact_lock(_WRITERS_LOCK))


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a stream is: its head, the lowest cursor it can be continued from, its digest."""

    head: int = 0
    min_seq: int = 0
    digest: int = 0


def lock(session: Session, streams: Sequence[str]) -> dict[str, Stand]:
    """Lock the streams in sorted order, making those that are new. Returns them as they stand."""
    connection = session.connection()
    # All of them or none: a new one must not be made while others are locked.
    told = {IDS: streams, "many": len(streams)}
    found = _LOCKED.rows(connection, told)
    if not found:
        on_postgres = connection.dialect.name == "postgresql"
        dialect: Any = postgresql if on_postgres else sqlite
        for stream in streams:
            connection.execute(dialect.insert(_STREAMS).on_conflict_do_nothing(), {"id": stream})
        found = _LOCKED.rows(connection, told)
    return {row[0]: Stand(*row[1:]) for row in found}


def raise_heads(
    session: Session,
    streams: Mapping[str, Stand],
    heads: Mapping[str, int],
    changes: Mapping[str, int],
) -> None:
    """Set the heads of locked streams, and add to their digests what the new rows change."""
    values = [
        {
            "id": stream,
            "head": heads[stream],
            "digest": digest.signed(streams[stream].digest + change),
        }
        for stream, change in sorted(changes.items())
    ]
    bulk.change(session, _STREAMS, values)


def prune(session: Session, now: datetime) -> int:
    """Forget the removals of more than REMOVALS_LAST ago. Returns how many.

    A stream can then be read on only from its last forgotten removal (`min_seq`).
    """
    connection = session.connection()
    removal = _FEED.c.op == REMOVE
    # Of what was written before times were kept, this is the first that is known.
    connection.execute(update(_FEED).where(removal, _FEED.c.at == 0).values(at=to_millis(now)))
    over = (removal, _FEED.c.at < to_millis(now - REMOVALS_LAST))
    found = sorted(connection.scalars(select(_FEED.c.stream).where(*over).distinct()))
    if not found:
        return 0
    least = {stream: row.min_seq for stream, row in lock(session, found).items()}
    # Looked for again: what was put back meanwhile stays.
    gone = delete(_FEED).where(_FEED.c.stream.in_(found), *over)
    forgotten = connection.execute(gone.returning(_FEED.c.stream, _FEED.c.seq)).all()
    for stream, seq in forgotten:
        least[stream] = max(least[stream], seq)
    raised = update(_STREAMS).where(_STREAMS.c.id == bindparam("of"))
    told = [{"of": stream, "to": seq} for stream, seq in least.items()]
    connection.execute(raised.values(min_seq=bindparam("to")), told)
    return len(forgotten)
