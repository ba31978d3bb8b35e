"""What waits to be sent: doing operations on the desk, undoing them, what became of them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.errors import N_, LumiError
from lumi_desk.operations import CUSTOMER, Operation, decode, encode, kind_named, kind_of
from lumi_desk.storage.base import Table, from_millis, to_millis
from lumi_desk.storage.store import touch
from lumi_desk.sync import letters, rows
from lumi_desk.sync.entities import BY_NAME
from lumi_desk.sync.protocol import APPLIED, LONGEST_PAYLOAD, Answer, Envelope
from lumi_desk.sync.rows import AMONG
from lumi_desk.sync.tables import DeadLetter, Outbox

# A record by its entity and id.
Record = tuple[str, str]

UNDO_LASTS = timedelta(seconds=10)
# A push stays far below what a hub takes in one request, however long the notes are.
MOST_BYTES = 1_000_000
# A wait longer than any undo was made while the clock was wrong.
_DUE = (
    "SELECT op_id, client_seq, kind, kind_ver, payload, depends_on, sending FROM outbox"
    " WHERE NOT answered AND (not_before <= ? OR not_before > ?)"
    " ORDER BY first DESC, client_seq LIMIT ?"
)
_SQLITE = sqlite.dialect()


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
                customer_id=kind.root(op),
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
    late = now + UNDO_LASTS
    found = rows.run(session, _DUE, to_millis(now), to_millis(late), most)
    leaving = [Envelope(*row[:-1]) for row in found]
    unmarked = [row[0] for row in found if not row[-1]]
    # Most often it was marked before, on a line that is down: then nothing is written.
    if unmarked:
        _mark(session, "sending = 1", unmarked)
    return leaving


def in_parts(ops: Iterable[Envelope], most: int) -> Iterator[tuple[Envelope, ...]]:
    """What is due, cut into pushes of at most `most` operations and MOST_BYTES."""
    part: list[Envelope] = []
    size = 0
    for op in ops:
        bytes_ = len(op.payload.encode())
        if part and (len(part) == most or size + bytes_ > MOST_BYTES):
            yield tuple(part)
            part, size = [], 0
        part.append(op)
        size += bytes_
    if part:
        yield tuple(part)


def is_empty(session: Session) -> bool:
    """Whether nothing waits and nothing that was answered is still to come back."""
    return not rows.run(session, "SELECT 1 FROM outbox LIMIT 1")


def next_due(driver: Any) -> datetime | None:
    """When the first of the operations that wait may leave, by the driver's connection."""
    ((first,),) = driver.execute("SELECT min(not_before) FROM outbox WHERE NOT answered")
    return None if first is None else from_millis(first)


def settle(session: Session, answers: Iterable[Answer], now: datetime) -> list[str]:
    """Keep the hub's answers, and what it says of the rows of refused work.

    Returns the ids of the operations that were refused. What was taken stays until its rows
    come back with a pull: forget_answered().
    """
    told = {answer.op_id: answer for answer in answers}
    if not told:
        return []
    asked = f"SELECT op_id, customer_id FROM outbox WHERE NOT answered AND op_id {AMONG}"  # noqa: S608
    about = dict(map(tuple, rows.run(session, asked, rows.listed(told))))
    refused = [op_id for op_id in about if told[op_id].status != APPLIED]
    taken = [op_id for op_id in about if told[op_id].status == APPLIED]
    with aside(session, {about[op_id] or "" for op_id in refused}):
        letters.log(session, [told[op_id] for op_id in about], now)
        letters.bury(session, [told[op_id] for op_id in refused], now)
        letters.unearth(session, taken)
        _run(session, f"DELETE FROM outbox WHERE op_id {AMONG}", rows.listed(refused))  # noqa: S608
    _mark(session, "answered = 1", taken)
    return refused


def answered_about(session: Session) -> set[str]:
    """The customers about whom something was taken that has not come back yet."""
    found = rows.run(session, "SELECT DISTINCT customer_id FROM outbox WHERE answered")
    return {customer or "" for (customer,) in found}


def forget_answered(session: Session) -> None:
    """Every stream is being read to its head: what was taken stands there as the hub has it.

    The customers in answered_about() must stand aside.
    """
    _run(session, "DELETE FROM outbox WHERE answered")


@contextmanager
def aside(
    session: Session, customers: Collection[str], coming: Collection[Record] = ()
) -> Iterator[None]:
    """What waits about these customers stands aside meanwhile: rows are as the hub said.

    "" stands for work about no customer; for `coming` see lift().
    """
    lift(session, customers, coming)
    yield
    lay(session, customers)


def lift(session: Session, customers: Collection[str], coming: Collection[Record] = ()) -> None:
    """Take the work that waits about these customers off their rows.

    What is left is what the hub said. lay() puts the work back. Records that are `coming`,
    (entity, id), are left as they are: whole rows of the hub take their place at once.
    """
    if not customers:
        return
    session.flush()
    found = _about(session, customers, "client_seq, before")
    # Of each row the oldest state counts: what stood there before any of this work.
    oldest = {
        (table, pk): row for _, before in reversed(found) for table, pk, row in json.loads(before)
    }
    if oldest:
        _put_back(session, {key: row for key, row in oldest.items() if key not in coming})
        numbers = json.dumps([seq for seq, _ in found])
        rows.run(session, f"UPDATE outbox SET before = '[]' WHERE client_seq {AMONG}", numbers)  # noqa: S608
    session.expire_all()


def lay(session: Session, customers: Collection[str]) -> None:
    """Do what waits about these customers once more, in order, on what the hub said.

    Work about a customer who is not here, and work that does not fit any more, only waits: the
    hub will say what becomes of it.
    """
    if not customers:
        return
    session.flush()
    session.expire_all()
    for seq, customer, kind, kind_ver, payload in _about(
        session, customers, "client_seq, customer_id, kind, kind_ver, payload"
    ):
        try:
            known = kind_named(kind, kind_ver)
            if known.about == CUSTOMER and _is_away(session, customer):
                continue
            op = decode(known, payload)
            with session.begin_nested():
                before = _applied(session, op)
        except (LumiError, StatementError) as error:
            if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | DataError):
                raise
            continue
        sql = "UPDATE outbox SET before = ? WHERE client_seq = ?"
        rows.run(session, sql, json.dumps(before), seq)


def customers_of(session: Session, figures: Collection[str]) -> set[str]:
    """The customers of the waiting work that may have written these figures.

    A figure names the work it follows from: "<operation>:<kind>". That may wait here itself, or
    be a promise from elsewhere that is fulfilled by what waits here.
    """
    if not figures:
        return set()
    works = rows.listed(sorted({pk.partition(":")[0] for pk in figures}))
    asked = f"SELECT op_id, customer_id FROM outbox WHERE op_id {AMONG}"  # noqa: S608
    found = dict(rows.run(session, asked, works))
    others = [pk for pk in figures if pk.partition(":")[0] not in found]
    if others:
        stood = "outbox, json_each(before) AS stood"
        asked = f"SELECT op_id, customer_id FROM {stood} WHERE stood.value ->> 1 {AMONG}"  # noqa: S608
        found |= dict(rows.run(session, asked, rows.listed(others)))
    return {customer or "" for customer in found.values()}


def _about(session: Session, customers: Collection[str], columns: str) -> Sequence[Any]:
    """Columns of the outbox about these customers, in the order of the work."""
    none = " OR customer_id IS NULL" if "" in customers else ""
    asked = (
        f"SELECT {columns} FROM outbox WHERE customer_id {AMONG}{none}"  # noqa: S608
        " ORDER BY client_seq"
    )
    return rows.run(session, asked, rows.listed(sorted(customers)))


def _mark(session: Session, how: str, op_ids: Sequence[str]) -> None:
    _run(session, f"UPDATE outbox SET {how} WHERE op_id {AMONG}", rows.listed(op_ids))  # noqa: S608


def _run(session: Session, sql: str, *values: Any) -> None:
    """Write to the outbox by the driver, and say so."""
    rows.change(session, Outbox.__tablename__, sql, *values)


def send_again(session: Session, now: datetime) -> None:
    """Queue all that was ever taken: the hub was put back to an earlier day, or lost something.

    Refusals nobody has read yet go again too: it may have been another hub that said so. Rows
    are left as they are; what a pull brings gets this work laid on it.
    """
    _run(session, "UPDATE outbox SET answered = 0, sending = 1 WHERE answered")
    letters.queue_again(session, now)


def _is_away(session: Session, customer: str | None) -> bool:
    return customer is not None and session.get(Customer, customer) is None


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


def _put_back(session: Session, oldest: Mapping[tuple[str, str], dict[str, Any] | None]) -> None:
    connection = session.connection()
    gone: dict[str, list[tuple[str]]] = defaultdict(list)
    back: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = defaultdict(list)
    for (table, pk), row in oldest.items():
        gone[table].append((pk,))
        if row is not None:
            back[table, tuple(row)].append(tuple(row.values()))
    for table, pks in gone.items():
        if table in BY_NAME:
            connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE id = ?', pks)  # noqa: S608
            touch(session, table)
    for (table, names), some in back.items():
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" for _ in names)
        connection.exec_driver_sql(
            f'INSERT INTO "{table}" ({columns}) VALUES ({marks})',  # noqa: S608
            some,
        )
