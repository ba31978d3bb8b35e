"""What waits to be sent: doing operations on the desk, undoing them, what became of them."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, event, func, inspect, or_, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.errors import N_, LumiError
from lumi_desk.operations import KINDS, Operation, decode, encode, kind_named, kind_of
from lumi_desk.storage.base import Table
from lumi_desk.storage.store import touch
from lumi_desk.sync.entities import BY_NAME
from lumi_desk.sync.protocol import LONGEST_PAYLOAD, Answer, Envelope
from lumi_desk.sync.tables import DeadLetter, Outbox, SentLog

UNDO_LASTS = timedelta(seconds=10)
# A push stays far below what a hub takes in one request, however long the notes are.
MOST_BYTES = 1_000_000
_CHUNK = 500
_SQLITE = sqlite.dialect()
_FIRST = frozenset(kind.name for kind in KINDS if kind.first)
APPLIED = "applied"
# What the hub keeps: it did it, or it holds it for the leader.
_KEPT = (APPLIED, "parked")


class AlreadySent(LumiError):
    """Too late for an undo."""

    title = N_("This has already been sent")
    advice = N_("Write down what changed in a new note.")


class TooLong(LumiError):
    """More words than one operation may carry."""

    title = N_("This is too long to be sent")
    advice = N_("Shorten it to {most} characters or fewer.")


def do(session: Session, ops: Iterable[Operation], now: datetime, *, hold: bool = False) -> None:
    """Carry out operations here and queue them for the hub, in one transaction.

    With `hold` they wait for the ten seconds in which they can be undone; operations that go
    first never wait. Raises TooLong.
    """
    for op in ops:
        kind = kind_of(op)
        before = _applied(session, op)
        payload = encode(op)
        if len(payload) > LONGEST_PAYLOAD:
            raise TooLong(most=LONGEST_PAYLOAD * 9 // 10)
        session.add(
            Outbox(
                op_id=op.id,
                kind=kind.name,
                kind_ver=kind.version,
                payload=payload,
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
    rows = list(session.scalars(select(Outbox).where(Outbox.op_id.in_(op_ids))))
    if len(rows) != len(set(op_ids)) or any(row.sending for row in rows):
        raise AlreadySent
    customers = {row.customer_id or "" for row in rows}
    lift(session, customers)
    for row in rows:
        session.delete(row)
    lay(session, customers)


def due(session: Session, now: datetime, most: int) -> list[Envelope]:
    """The next operations to send, refusals first; they cannot be undone from now on."""
    # A wait longer than any undo was made while the clock was wrong.
    in_time = or_(Outbox.not_before <= now, Outbox.not_before > now + UNDO_LASTS)
    rows = session.scalars(
        select(Outbox)
        .where(in_time, ~Outbox.answered)
        .order_by(Outbox.first.desc(), Outbox.client_seq)
        .limit(most)
    )
    leaving: list[Envelope] = []
    size = 0
    for row in rows.all():
        size += len(row.payload.encode())
        if size > MOST_BYTES and leaving:
            break
        row.sending = True
        leaving.append(_envelope(row))
    return leaving


def next_due(session: Session) -> datetime | None:
    """When the first of the operations that wait may leave."""
    return session.scalar(select(func.min(Outbox.not_before)).where(~Outbox.answered))


def settle(session: Session, answers: Iterable[Answer], now: datetime) -> list[str]:
    """Keep the hub's answers, and what it says of the rows of refused work.

    Returns the ids of the operations that were refused. What was taken stays until its rows
    come back with a pull: forget_answered().
    """
    told = {answer.op_id: answer for answer in answers}
    rows = session.scalars(select(Outbox).where(Outbox.op_id.in_(list(told)), ~Outbox.answered))
    found = {row.op_id: row for row in rows}
    refused = [row for row in found.values() if told[row.op_id].status != APPLIED]
    customers = {row.customer_id or "" for row in refused}
    lift(session, customers)
    for op_id, row in found.items():
        _log(session, row, told[op_id], now)
        if row in refused:
            _bury(session, row, told[op_id], now)
            session.delete(row)
        else:
            row.answered = True
    session.flush()
    lay(session, customers)
    return [row.op_id for row in refused]


def forget_answered(session: Session) -> None:
    """Every stream is being read to its head: what was taken stands there as the hub has it."""
    rows = session.scalars(select(Outbox).where(Outbox.answered)).all()
    if not rows:
        return
    customers = {row.customer_id or "" for row in rows}
    lift(session, customers)
    for row in rows:
        session.delete(row)
    session.flush()
    lay(session, customers)


def lift(session: Session, customers: Collection[str]) -> None:
    """Take the work that waits about these customers off their rows, the newest first.

    What is left is what the hub said. lay() puts the work back.
    """
    session.flush()
    rows = _about(session, customers)
    # All at once: looking at every row again after each would take long for a full outbox.
    _put_back(session, [one for row in reversed(rows) for one in row.before])
    for row in rows:
        row.before = []
    session.flush()


def lay(session: Session, customers: Collection[str]) -> None:
    """Do what waits about these customers once more, in order, on what the hub said.

    Work about a customer who is not here, and work that does not fit any more, only waits: the
    hub will say what becomes of it.
    """
    for row in _about(session, customers):
        if row.customer_id is not None and session.get(Customer, row.customer_id) is None:
            continue
        try:
            op = decode(kind_named(row.kind, row.kind_ver), row.payload)
            with session.begin_nested():
                row.before = _applied(session, op)
        except (LumiError, StatementError) as error:
            if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | DataError):
                raise
            row.before = []
    session.flush()


def customers_of(session: Session, op_ids: Collection[str]) -> set[str]:
    """The customers that this waiting work is about."""
    wanted, found = sorted(op_ids), set[str]()
    for start in range(0, len(wanted), _CHUNK):
        some = Outbox.op_id.in_(wanted[start : start + _CHUNK])
        found.update(one or "" for one in session.scalars(select(Outbox.customer_id).where(some)))
    return found


def _about(session: Session, customers: Collection[str]) -> list[Outbox]:
    found: list[Outbox] = []
    wanted = sorted(customers)
    for start in range(0, len(wanted), _CHUNK):
        some = Outbox.customer_id.in_(wanted[start : start + _CHUNK])
        found += session.scalars(select(Outbox).where(some))
    return sorted(found, key=lambda row: row.client_seq)


def send_again(session: Session, now: datetime) -> None:
    """Queue all that was ever taken: the hub was put back to an earlier day."""
    session.execute(update(Outbox).values(answered=False, sending=True).where(Outbox.answered))
    waiting = set(session.scalars(select(Outbox.op_id)))
    rows = session.scalars(select(SentLog).order_by(SentLog.client_seq)).all()
    again = [_again(row, now) for row in rows if row.op_id not in waiting and row.status in _KEPT]
    customers = {row.customer_id for row in again if row.customer_id is not None}
    lift(session, customers)
    session.add_all(again)
    session.flush()
    lay(session, customers)
    touch(session, Outbox.__tablename__)


def _again(row: SentLog, now: datetime) -> Outbox:
    about = json.loads(row.payload)
    return Outbox(
        client_seq=row.client_seq,
        op_id=row.op_id,
        kind=row.kind,
        kind_ver=row.kind_ver,
        payload=row.payload,
        customer_id=about.get("customer_id"),
        depends_on=None,
        first=row.kind in _FIRST,
        not_before=now,
        made_at=now,
        sending=True,
        before=[],
    )


def _envelope(row: Outbox) -> Envelope:
    return Envelope(row.op_id, row.client_seq, row.kind, row.kind_ver, row.payload, row.depends_on)


def _waiting(session: Session, op_id: str | None) -> str | None:
    """The operation this one builds on, if it has not been answered with a yes."""
    if op_id is None:
        return None
    known = select(Outbox.op_id).where(Outbox.op_id == op_id, ~Outbox.answered)
    refused = select(DeadLetter.op_id).where(DeadLetter.op_id == op_id)
    return session.scalar(known.union(refused))


def _applied(session: Session, op: Operation) -> list[list[Any]]:
    """Apply an operation; returns what stood there before: [table, id, row or None]."""
    before: dict[tuple[str, str], dict[str, Any] | None] = {}

    def watching(session: Session, *_: object) -> None:
        for row in (*session.new, *session.dirty, *session.deleted):
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


def _log(session: Session, row: Outbox, answer: Answer, now: datetime) -> None:
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
