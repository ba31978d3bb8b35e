"""What waits to be sent: doing operations on the desk, undoing them, what became of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, event, insert, inspect, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.operations import Operation, decode, encode, kind_named, kind_of
from lumi_desk.storage.base import Table
from lumi_desk.storage.store import touch
from lumi_desk.sync.entities import BY_NAME
from lumi_desk.sync.protocol import Answer, Envelope
from lumi_desk.sync.tables import DeadLetter, Outbox, SentLog

UNDO_LASTS = timedelta(seconds=10)
_SQLITE = sqlite.dialect()


class AlreadySent(LumiError):
    """Too late for an undo."""

    title = N_("This has already been sent")
    advice = N_("Write down what changed in a new note.")


def do(session: Session, ops: Iterable[Operation], now: datetime, *, hold: bool = False) -> None:
    """Carry out operations here and queue them for the hub, in one transaction.

    With `hold` they wait for the ten seconds in which they can be undone; operations that go
    first never wait.
    """
    for op in ops:
        kind = kind_of(op)
        before = _applied(session, op)
        session.add(
            Outbox(
                op_id=op.id,
                kind=kind.name,
                kind_ver=kind.version,
                payload=encode(op),
                customer_id=op.customer_id,
                depends_on=_waiting(session, getattr(op, "contact_id", None)),
                first=kind.first,
                not_before=now + UNDO_LASTS if hold and not kind.first else now,
                made_at=now,
                before=before,
            )
        )
        session.flush()


def undo(session: Session, op_ids: Sequence[str]) -> None:
    """Take back operations that have not left yet. Raises AlreadySent, then none is undone."""
    rows = list(
        session.scalars(
            select(Outbox).where(Outbox.op_id.in_(op_ids)).order_by(Outbox.client_seq.desc())
        )
    )
    if len(rows) != len(op_ids) or any(row.sending for row in rows):
        raise AlreadySent
    for row in rows:
        _put_back(session, row.before)
        session.delete(row)


def due(session: Session, now: datetime, most: int) -> list[Envelope]:
    """The next operations to send, refusals first; they cannot be undone from now on."""
    rows = list(
        session.scalars(
            select(Outbox)
            .where(Outbox.not_before <= now)
            .order_by(Outbox.first.desc(), Outbox.client_seq)
            .limit(most)
        )
    )
    for row in rows:
        row.sending = True
    return [
        Envelope(row.op_id, row.client_seq, row.kind, row.kind_ver, row.payload, row.depends_on)
        for row in rows
    ]


def settle(session: Session, answers: Iterable[Answer], now: datetime) -> list[str]:
    """Keep the hub's answers. Returns the customers whose rows must be applied anew."""
    customers: list[str] = []
    for answer in answers:
        row = session.scalar(select(Outbox).where(Outbox.op_id == answer.op_id))
        if row is None:
            continue
        session.merge(
            SentLog(
                op_id=row.op_id,
                client_seq=row.client_seq,
                kind=row.kind,
                kind_ver=row.kind_ver,
                payload=row.payload,
                status=answer.status,
                answered_at=now,
            )
        )
        if answer.status != "applied":
            _bury(session, row, answer, now)
            _put_back(session, row.before)
            customers.append(row.customer_id or "")
        session.delete(row)
        session.flush()
    return customers


def apply_again(session: Session, customers: Iterable[str]) -> None:
    """Do what waits about these customers once more, on the rows that just came in."""
    waiting = select(Outbox).where(Outbox.customer_id.in_(list(customers)))
    for row in session.scalars(waiting.order_by(Outbox.client_seq)).all():
        op = decode(kind_named(row.kind, row.kind_ver), row.payload)
        row.before = _applied(session, op)


def send_again(session: Session, now: datetime) -> None:
    """Queue all that was ever acknowledged: the hub was put back to an earlier day."""
    waiting = set(session.scalars(select(Outbox.op_id)))
    rows = session.scalars(select(SentLog).order_by(SentLog.client_seq)).all()
    again = [
        {
            "client_seq": row.client_seq,
            "op_id": row.op_id,
            "kind": row.kind,
            "kind_ver": row.kind_ver,
            "payload": row.payload,
            "not_before": now,
            "made_at": now,
            "sending": True,
            "before": [],
        }
        for row in rows
        if row.op_id not in waiting and row.status == "applied"
    ]
    if again:
        session.execute(insert(Outbox), again)
        session.execute(delete(SentLog).where(SentLog.op_id.in_([one["op_id"] for one in again])))
        touch(session, Outbox.__tablename__)


def _waiting(session: Session, op_id: str | None) -> str | None:
    """The operation this one builds on, if it has not been answered with a yes."""
    if op_id is None:
        return None
    known = select(Outbox.op_id).where(Outbox.op_id == op_id)
    refused = select(DeadLetter.op_id).where(DeadLetter.op_id == op_id)
    return session.scalar(known.union(refused))


def _applied(session: Session, op: Operation) -> list[list[Any]]:
    """Apply an operation; returns what stood there before: [table, id, row or None]."""
    before: dict[tuple[str, str], dict[str, Any] | None] = {}

    def watching(session: Session, *_: object) -> None:
        for row in (*session.new, *session.dirty):
            key = (row.__tablename__, getattr(row, "id", ""))
            if key[0] in BY_NAME and key not in before:
                before[key] = None if row in session.new else _stored(row)

    session.flush()
    event.listen(session, "before_flush", watching)
    try:
        kind_of(op).apply(session, op)
        session.flush()
    finally:
        event.remove(session, "before_flush", watching)
    return [[table, pk, row] for (table, pk), row in before.items()]


def _stored(row: Table) -> dict[str, Any]:
    """A mapped row as the database still has it, in stored values."""
    state = inspect(row)
    plain: dict[str, Any] = {}
    for column in state.mapper.columns:
        history = state.attrs[column.key].history
        value = history.deleted[0] if history.deleted else getattr(row, column.key)
        bind = column.type.bind_processor(_SQLITE)
        plain[column.name] = bind(value) if bind else value
    return plain


def _put_back(session: Session, before: Iterable[Sequence[Any]]) -> None:
    session.flush()
    for table, pk, row in before:
        kept = BY_NAME[table].kept
        connection = session.connection()
        connection.execute(delete(kept).where(kept.c.id == pk))
        if row is not None:
            columns = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" for _ in row)
            connection.exec_driver_sql(
                f'INSERT INTO "{table}" ({columns}) VALUES ({marks})',  # noqa: S608
                tuple(row.values()),
            )
        touch(session, table)
    session.expire_all()


def _bury(session: Session, row: Outbox, answer: Answer, now: datetime) -> None:
    session.merge(
        DeadLetter(
            op_id=row.op_id,
            client_seq=row.client_seq,
            kind=row.kind,
            kind_ver=row.kind_ver,
            payload=row.payload,
            customer_id=row.customer_id,
            status=answer.status,
            reason=answer.reason,
            params=answer.params,
            answered_at=now,
        )
    )
