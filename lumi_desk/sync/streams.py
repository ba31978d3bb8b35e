"""The streams of the feed: locking them, raising their heads, forgetting old removals."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lumi_desk.storage.base import to_millis
from lumi_desk.sync import digest
from lumi_desk.sync.tables import SyncFeed, SyncStream

# What a row of the feed says of its record.
PUT = "put"
REMOVE = "remove"
# How long a removal is kept for desks that were away; one that stands before it begins anew.
REMOVALS_LAST = timedelta(days=90)
_FEED: Any = SyncFeed.__table__
_STREAMS: Any = SyncStream.__table__


def lock(session: Session, streams: Sequence[str]) -> dict[str, Any]:
    """Lock the streams in sorted order, making those that are new. Returns them as they stand."""
    connection = session.connection()
    wanted = _STREAMS.c.id.in_(streams)
    there = select(func.count()).select_from(_STREAMS).where(wanted).scalar_subquery()
    # All of them or none: a new one must not be made while others are locked.
    asked = (
        select(_STREAMS)
        .where(wanted, there == len(streams))
        .order_by(_STREAMS.c.id)
        .with_for_update()
    )
    found = connection.execute(asked).all()
    if not found:
        on_postgres = connection.dialect.name == "postgresql"
        dialect: Any = postgresql if on_postgres else sqlite
        for stream in streams:
            connection.execute(dialect.insert(_STREAMS).on_conflict_do_nothing(), {"id": stream})
        found = connection.execute(asked).all()
    return {row.id: row for row in found}


def raise_heads(
    session: Session,
    streams: Mapping[str, Any],
    heads: Mapping[str, int],
    changes: Mapping[str, int],
) -> None:
    """Set the heads of locked streams, and add to their digests what the new rows change."""
    values = [
        {
            "of": stream,
            "to": heads[stream],
            "adds_up_to": digest.signed(streams[stream].digest + change),
        }
        for stream, change in sorted(changes.items())
    ]
    if values:
        raised = update(_STREAMS).where(_STREAMS.c.id == bindparam("of"))
        told: dict[str, Any] = {"head": bindparam("to"), "digest": bindparam("adds_up_to")}
        session.connection().execute(raised.values(told), values)


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
