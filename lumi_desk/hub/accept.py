"""Accepting operations: authorise, apply, publish; each gets one answer that is kept."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.errors import LumiError
from lumi_desk.hub.deliver import as_it_stands
from lumi_desk.operations import BadOperation, Kind, Operation, decode, kind_named
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import NotYours, require
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import Answer, Envelope, Status
from lumi_desk.sync.tables import Assignment, SyncOp

APPLIED: Status = "applied"
REJECTED: Status = "rejected"
PARKED: Status = "parked"
BLOCKED: Status = "blocked"

# What the database says when the operation is wrong, not when the database is in trouble.
_ITS_FAULT = (IntegrityError, DataError)


class _Poison(Exception):
    """One operation of the batch can't be carried out: the batch must go one by one."""


def accept(
    store: Store, person_id: str, client_id: str, ops: tuple[Envelope, ...], now: datetime
) -> tuple[Answer, ...]:
    """Carry out a batch for a person and answer each operation, in order.

    First the whole batch in one go; only when one of them fails, each under its own savepoint.
    An operation that was answered before gets the same answer and has no second effect.
    """
    try:
        with store.write() as session:
            return _batch(session, person_id, client_id, ops, now, careful=False)
    except _Poison:
        with store.write() as session:
            return _batch(session, person_id, client_id, ops, now, careful=True)


def _batch(
    session: Session,
    person_id: str,
    client_id: str,
    ops: tuple[Envelope, ...],
    now: datetime,
    *,
    careful: bool,
) -> tuple[Answer, ...]:
    feed.watch(session)
    person = session.get_one(Person, person_id)
    answers: list[Answer] = []
    for envelope in ops:
        answer = _stored(session, envelope.op_id)
        if answer is None:
            answer = _one(session, person, envelope, careful=careful)
            session.add(_keep(person_id, client_id, envelope, answer, now))
        answers.append(answer)
    feed.publish(session)
    return tuple(answers)


def _stored(session: Session, op_id: str) -> Answer | None:
    row = session.get(SyncOp, op_id)
    if row is None:
        return None
    status: Status = row.status  # type: ignore[assignment]  # only statuses are written
    return Answer(op_id, status, row.reason, row.params)


def _one(session: Session, person: Person, envelope: Envelope, *, careful: bool) -> Answer:
    try:
        if _is_blocked(session, envelope):
            return Answer(envelope.op_id, BLOCKED, "DependsOnRefused")
        kind, op = _open(person, envelope)
        if not _in_scope(session, person, op):
            return Answer(envelope.op_id, PARKED, "NotHers", {"customer": op.customer_id})
        if careful:
            with session.begin_nested():
                kind.apply(session, op)
                session.flush()
        else:
            kind.apply(session, op)
            session.flush()
    except LumiError as error:
        if not careful:
            raise _Poison from error
        now = as_it_stands(session, _customer_in(envelope))
        return Answer(envelope.op_id, REJECTED, error.code, error.params, now)
    except StatementError as error:
        if not isinstance(error.orig, LumiError) and not isinstance(error, _ITS_FAULT):
            raise
        if not careful:
            raise _Poison from error
        return Answer(envelope.op_id, REJECTED, type(error.orig).__name__)
    return Answer(envelope.op_id, APPLIED)


def _open(person: Person, envelope: Envelope) -> tuple[Kind, Operation]:
    kind = kind_named(envelope.kind, envelope.kind_ver)
    require(person.role, kind.right)
    op = decode(kind, envelope.payload)
    if op.id != envelope.op_id:
        raise BadOperation(kind=kind.name, where="id")
    if op.by != person.id:
        raise NotYours
    return kind, op


def _in_scope(session: Session, person: Person, op: Operation) -> bool:
    """Whether she holds the customer, or held her when she did the work."""
    customer = session.get(Customer, op.customer_id)
    if customer is None:
        return False
    if customer.rep_id == person.id:
        return True
    held = select(Assignment.id).where(
        Assignment.customer_id == op.customer_id,
        Assignment.rep_id == person.id,
        Assignment.since <= op.at,
        or_(Assignment.until.is_(None), Assignment.until > op.at),
    )
    return session.scalar(held.limit(1)) is not None


def _is_blocked(session: Session, envelope: Envelope) -> bool:
    if envelope.depends_on is None:
        return False
    first = session.get(SyncOp, envelope.depends_on)
    return first is not None and first.status in (REJECTED, BLOCKED)


def _customer_in(envelope: Envelope) -> str:
    try:
        told = json.loads(envelope.payload)
    except ValueError:
        return ""
    return str(told.get("customer_id", "")) if isinstance(told, dict) else ""


def _keep(
    person_id: str, client_id: str, envelope: Envelope, answer: Answer, now: datetime
) -> SyncOp:
    return SyncOp(
        op_id=envelope.op_id,
        client_id=client_id,
        client_seq=envelope.client_seq,
        person_id=person_id,
        kind=envelope.kind,
        kind_ver=envelope.kind_ver,
        payload=envelope.payload,
        sha256=hashlib.sha256(json.dumps(asdict(envelope)).encode()).hexdigest(),
        status=answer.status,
        reason=answer.reason,
        params=answer.params,
        at=now,
    )
