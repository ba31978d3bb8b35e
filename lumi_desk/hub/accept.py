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
from lumi_desk.hub import booking, parking
from lumi_desk.hub.classifying import classify
from lumi_desk.hub.deliver import as_it_stands
from lumi_desk.operations import CUSTOMER, BadOperation, Kind, Operation, decode, kind_named
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import NotYours, require
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import LONGEST_PAYLOAD, Answer, Change, Envelope, Status
from lumi_desk.sync.tables import Assignment, SyncOp

APPLIED: Status = "applied"
REJECTED: Status = "rejected"
PARKED: Status = "parked"
BLOCKED: Status = "blocked"
CLAIM = "sale.claim"
_LONGEST_ID = 200

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
    except (_Poison, IntegrityError):
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
    person = _locked(session, person_id, ops)
    answers: list[Answer] = []
    for envelope in ops:
        answer = _stored(session, person, envelope)
        if answer is None:
            answer = _one(session, person, envelope, careful=careful)
            session.add(_keep(person_id, client_id, envelope, answer, now))
            session.flush()
        answers.append(answer)
    feed.publish(session, _follow(session, ops, answers, now))
    return tuple(answers)


def _locked(session: Session, person_id: str, ops: tuple[Envelope, ...]) -> Person:
    """The person; she and the customers are locked, always in this order.

    So a batch that is sent twice at once is carried out once, and two batches about the same
    customers queue instead of waiting for each other.
    """
    asked = select(Person).where(Person.id == person_id)
    person = session.scalars(asked.with_for_update(key_share=True)).one()
    customers = sorted({_customer_in(envelope) for envelope in ops})
    hers = select(Customer.id).where(Customer.id.in_(customers)).order_by(Customer.id)
    session.execute(hers.with_for_update(key_share=True)).all()
    return person


def _follow(
    session: Session, ops: tuple[Envelope, ...], answers: list[Answer], now: datetime
) -> list[feed.Pair]:
    """Confirm claims whose order came before them, and see what that makes of the customers."""
    session.flush()
    customers = {
        _customer_in(envelope)
        for envelope, answer in zip(ops, answers, strict=True)
        if envelope.kind in (CLAIM, parking.DECIDE) and answer.status == APPLIED
    }
    pairs = booking.settle(session, customers) if customers else []
    if not pairs:
        return []
    return [*pairs, *classify(session, customers, now).pairs]


def _stored(session: Session, person: Person, envelope: Envelope) -> Answer | None:
    row = session.get(SyncOp, envelope.op_id)
    if row is None:
        return None
    if row.person_id != person.id:
        return Answer(envelope.op_id, REJECTED, NotYours.__name__)
    status: Status = row.status  # type: ignore[assignment]  # only statuses are written
    return Answer(envelope.op_id, status, row.reason, row.params)


def _one(session: Session, person: Person, envelope: Envelope, *, careful: bool) -> Answer:
    try:
        if _is_blocked(session, envelope):
            return Answer(envelope.op_id, BLOCKED, "DependsOnRefused")
        kind, op = _open(person, envelope)
        if kind.about == CUSTOMER and not _in_scope(session, person, op):
            parking.park(session, person, envelope, op)
            return Answer(envelope.op_id, PARKED, parking.NOT_HERS, {"customer": op.customer_id})
        if careful:
            with session.begin_nested():
                parking.carry_out(session, person, kind, op)
                session.flush()
        else:
            parking.carry_out(session, person, kind, op)
            session.flush()
    except LumiError as error:
        if not careful:
            raise _Poison from error
        now = _as_it_stands(session, person, _customer_in(envelope))
        return Answer(envelope.op_id, REJECTED, error.code, error.params, now)
    except StatementError as error:
        if not isinstance(error.orig, LumiError) and not isinstance(error, _ITS_FAULT):
            raise
        if not careful:
            raise _Poison from error
        return Answer(envelope.op_id, REJECTED, type(error.orig).__name__)
    return Answer(envelope.op_id, APPLIED)


def _as_it_stands(session: Session, person: Person, customer_id: str) -> tuple[Change, ...]:
    """Her row, for who holds her: a refusal must not tell of anybody else's customer."""
    holder = session.scalar(select(Customer.rep_id).where(Customer.id == customer_id))
    return as_it_stands(session, customer_id) if holder == person.id else ()


def _open(person: Person, envelope: Envelope) -> tuple[Kind, Operation]:
    kind = kind_named(envelope.kind, envelope.kind_ver)
    require(person.role, kind.right)
    if len(envelope.payload) > LONGEST_PAYLOAD:
        raise BadOperation(kind=kind.name, where="too long")
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
    except (ValueError, RecursionError):
        return ""
    found = told.get("customer_id") if isinstance(told, dict) else None
    return found if isinstance(found, str) and _is_plain(found) else ""


def _is_plain(text: str) -> bool:
    return text.isprintable() and len(text) <= _LONGEST_ID


def _keep(
    person_id: str, client_id: str, envelope: Envelope, answer: Answer, now: datetime
) -> SyncOp:
    told = json.dumps(asdict(envelope)).encode()
    return SyncOp(
        op_id=envelope.op_id,
        client_id=client_id,
        client_seq=envelope.client_seq,
        person_id=person_id,
        kind=envelope.kind,
        kind_ver=envelope.kind_ver,
        # As it was received, but for what no engine can keep; far too long, only its beginning.
        payload=envelope.payload[:LONGEST_PAYLOAD].replace("\0", "\ufffd"),
        sha256=hashlib.sha256(told).hexdigest(),
        status=answer.status,
        reason=answer.reason,
        params=answer.params,
        at=now,
    )
