"""Accepting operations: authorise, apply, publish; each gets one answer that is kept."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.errors import LumiError
from lumi_desk.hub import booking, likely, outlooks, parking
from lumi_desk.hub.classifying import NO_CHANGES, classify
from lumi_desk.hub.deliver import as_it_stands
from lumi_desk.hub.faults import ITS_FAULT, require_its_fault
from lumi_desk.operations import (
    CLAIM,
    CUSTOMER,
    DECIDE,
    BadOperation,
    Kind,
    Operation,
    decode,
    kind_named,
    prepare,
)
from lumi_desk.parked.operations import AskLeader, NotWaiting
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import NotYours, require
from lumi_desk.storage import bulk, known
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.direct import Direct, Row
from lumi_desk.storage.store import Store
from lumi_desk.storage.unwaited import unwaited
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import (
    APPLIED,
    BLOCKED,
    LONGEST_PAYLOAD,
    PARKED,
    REJECTED,
    Answer,
    Envelope,
)
from lumi_desk.sync.tables import Assignment, SyncOp

_LONGEST_ID = 200


class _Poison(Exception):
    """One operation of the batch can't be carried out: the batch must go one by one."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """An envelope with what was in it, or why that can't be read."""

    envelope: Envelope
    kind: Kind | None
    op: Operation | None
    problem: LumiError | None
    customer_id: str


# Since when she held a customer, and until when if no longer, in milliseconds since 1970.
_Stay = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who sends a batch: what of her row decides about it."""

    id: str
    role: str
    team_id: str | None


@dataclass
class _Batch:
    """A batch on its way: who sent it, and what was looked up for it.

    `told` are the answers given before and in this batch, `strangers` the operations that
    somebody else sent, `decided` those answered now; `unkept` are the answers to be kept.
    `customers` are by the ids that the operations name: who was joined with another is that one.
    """

    session: Session
    person: _Sender
    client_id: str
    opened: Sequence[_Opened]
    now: datetime
    told: dict[str, Answer] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    customers: dict[str, Customer] = field(default_factory=dict)
    stays: dict[str, list[_Stay]] = field(default_factory=lambda: defaultdict(list))
    decided: set[str] = field(default_factory=set)
    unkept: list[dict[str, Any]] = field(default_factory=list)


def accept(
    store: Store, person_id: str, client_id: str, ops: Sequence[Envelope], now: datetime
) -> tuple[Answer, ...]:
    """Carry out a batch for a person and answer each operation, in order.

    First the whole batch in one go; only when one of them fails, each under its own savepoint.
    An operation that was answered before gets the same answer and has no second effect.
    """
    opened = [_opened(envelope) for envelope in ops]
    try:
        with store.write() as session:
            return _batch(session, person_id, client_id, opened, now, careful=False)
    except (_Poison, *ITS_FAULT):
        with store.write() as session:
            return _batch(session, person_id, client_id, opened, now, careful=True)


def _batch(
    session: Session,
    person_id: str,
    client_id: str,
    opened: Sequence[_Opened],
    now: datetime,
    *,
    careful: bool,
) -> tuple[Answer, ...]:
    batch = _begun(session, person_id, client_id, opened, now)
    answers = [_answer(batch, one, careful=careful) for one in opened]
    # Carefully, each answer of the database is waited for.
    with nullcontext() if careful else unwaited(session):
        return _kept(batch, answers, careful=careful)


def _kept(batch: _Batch, answers: Sequence[Answer], *, careful: bool) -> tuple[Answer, ...]:
    """Write what the operations did, their answers, and what follows for others."""
    session = batch.session
    written = _written(session, careful=careful)
    pairs = zip(batch.opened, answers, strict=True)
    answers = [_explained(batch, one, answer) for one, answer in pairs]
    _keep_answers(batch)
    decided = parking.decide_at_last(session, _laid_down(batch, answers))
    changed = [*written.changed, *_follow(batch, answers, decided)]
    # They are locked since the beginning: nobody can have moved them.
    locked = {customer.id: customer.rep_id for customer in batch.customers.values()}
    feed.publish(
        session, changed, made=written.made, locked=locked, afresh=not careful, now=batch.now
    )
    return tuple(answers)


def _opened(envelope: Envelope) -> _Opened:
    try:
        kind = kind_named(envelope.kind, envelope.kind_ver)
        if len(envelope.payload) > LONGEST_PAYLOAD:
            raise BadOperation(kind=kind.name, where="too long")
        op = decode(kind, envelope.payload)
        if op.id != envelope.op_id:
            raise BadOperation(kind=kind.name, where="id")
    except LumiError as problem:
        return _Opened(envelope, None, None, problem, _customer_in(envelope))
    customer_id = op.customer_id if _is_plain(op.customer_id) else ""
    return _Opened(envelope, kind, op, None, customer_id)


def _begun(
    session: Session, person_id: str, client_id: str, opened: Sequence[_Opened], now: datetime
) -> _Batch:
    """Lock the person and the customers, always in this order, and look up what is needed.

    So a batch that is sent twice at once is carried out once, and two batches about the same
    customers queue instead of waiting for each other.
    """
    feed.watch(session, in_turn=True)
    connection = session.connection()
    ids = {one.envelope.op_id for one in opened}
    ids |= {one.envelope.depends_on for one in opened if one.envelope.depends_on}
    # One after the other, but none of them has to wait for what another one found.
    with unwaited(session):
        her = _PERSON.ask(connection, {"person": person_id})
        told = _ANSWERS.ask(connection, {IDS: sorted(ids)})
        customers = _CUSTOMERS.ask(connection, {IDS: _customers_of(opened)})
    [(role, team_id, _)] = her.rows()
    person = _Sender(person_id, role, team_id)
    batch = _Batch(session, person, client_id, opened, now)
    _remember_answers(batch, told.rows())
    _look_up(batch, customers.rows(), unused=True)
    others = [pk for pk, one in batch.customers.items() if one.rep_id != person_id]
    if others:
        for customer_id, since, until in _STAYS.rows(
            connection, {IDS: others, "person": person_id}
        ):
            batch.stays[customer_id].append((since, until))
    return batch


def _customers_of(opened: Sequence[_Opened]) -> list[str]:
    """The customers that these operations name, in the order in which they are locked."""
    return sorted({one.customer_id for one in opened if one.customer_id})


def _remember_answers(batch: _Batch, told: Iterable[Row]) -> None:
    """What was answered before: to these operations, and to those they depend on.

    A question about work that was not here is no answer for good: a hub that was put back is
    asked before it is sent the work again.
    """
    early = []
    for op_id, person_id, status, reason, params in told:
        if person_id != batch.person.id:
            batch.strangers.add(op_id)
        elif reason == NotWaiting.__name__:
            early.append(op_id)
            continue
        batch.told[op_id] = Answer(op_id, status, reason, json.loads(params))
    if early:
        batch.session.connection().execute(_FORGOTTEN, {IDS: early})


def _look_up(
    batch: _Batch, locked: Iterable[Row], *, unused: bool, done: known.Written | None = None
) -> None:
    """Ask at once for what the operations will ask for; storage.known.

    The customers are `locked`. With `unused` the records that new operations make are taken for
    new: if one is not, the database refuses it, and it is carried out again without.
    """
    new = [one.op for one in batch.opened if one.op and one.op.id not in batch.told]
    known.begin(batch.session, {op.id for op in new} if unused else (), done)
    known.fill(batch.session, Person, [cast(Person, batch.person)])
    batch.customers = _hers(batch.session, _customers_of(batch.opened), locked)
    prepare(batch.session, [_about_her_now(batch, op) for op in new])


def _locked_again(batch: _Batch) -> list[Row]:
    return _locked(batch.session, _customers_of(batch.opened))


def _locked(session: Session, ids: Sequence[str]) -> list[Row]:
    return _CUSTOMERS.rows(session.connection(), {IDS: ids})


def _hers(session: Session, ids: list[str], locked: Iterable[Row]) -> dict[str, Customer]:
    """The locked customers by these ids; who was joined with another since is that one."""
    found = _remembered(session, locked, ids)
    gone = [pk for pk in ids if pk not in found]
    joined = likely.kept_of(session, gone) if gone else {}
    if joined:
        there = sorted({*found, *joined.values()})
        by_id = _remembered(session, _locked(session, there), there)
        found = {pk: by_id[now] for pk in ids if (now := joined.get(pk, pk)) in by_id}
    return found


def _remembered(session: Session, locked: Iterable[Row], ids: Iterable[str]) -> dict[str, Customer]:
    hers = known.take(session, Customer, _CUSTOMERS.names, locked, ids)
    return {customer.id: customer for customer in hers}


def _about_her_now(batch: _Batch, op: Any) -> Any:
    """The operation about whoever the customer is now."""
    customer = batch.customers.get(op.customer_id)
    if customer is None or customer.id == op.customer_id:
        return op
    return replace(op, customer_id=customer.id)


def _answer(batch: _Batch, one: _Opened, *, careful: bool) -> Answer:
    op_id = one.envelope.op_id
    if op_id in batch.strangers:
        return Answer(op_id, REJECTED, NotYours.__name__)
    if op_id not in batch.told:
        answer = _one(batch, one, careful=careful)
        batch.told[op_id] = answer
        batch.decided.add(op_id)
        batch.unkept.append(_row(batch, one.envelope, answer))
    return batch.told[op_id]


def _one(batch: _Batch, one: _Opened, *, careful: bool) -> Answer:
    """Carry out one operation. What is refused before it touches anything poisons no batch."""
    envelope = one.envelope
    if _is_blocked(batch, envelope):
        return Answer(envelope.op_id, BLOCKED, "DependsOnRefused")
    try:
        kind = _authorised(batch.person, one)
    except LumiError as error:
        return Answer(envelope.op_id, REJECTED, error.code, error.params)
    if kind.about != CUSTOMER:
        # It may be about work that was refused in this very batch.
        _keep_answers(batch)
    if careful:
        return _carefully(batch, kind, one)
    try:
        return _carried_out(batch, kind, one)
    except (LumiError, StatementError) as error:
        require_its_fault(error)
        raise _Poison from error


def _carried_out(batch: _Batch, kind: Kind, one: _Opened) -> Answer:
    """Apply an operation that is in her scope; another one waits for her leader."""
    op = cast(Operation, one.op)
    if kind.about == CUSTOMER and not _in_scope(batch, kind, op):
        parking.park(batch.session, batch.person, one.envelope, op)
        return Answer(op.id, PARKED, parking.NOT_HERS, {"customer": one.customer_id})
    if kind.about == CUSTOMER:
        op = _about_her_now(batch, op)
    parking.carry_out(batch.session, batch.person, kind, op)
    return Answer(op.id, APPLIED)


def _authorised(person: _Sender, one: _Opened) -> Kind:
    """The kind of an operation that can be read and that the person may do. Raises why not."""
    if one.problem is not None:
        raise one.problem
    kind, op = cast(Kind, one.kind), cast(Operation, one.op)
    require(person.role, kind.right)
    if op.by != person.id:
        raise NotYours
    return kind


def _carefully(batch: _Batch, kind: Kind, one: _Opened) -> Answer:
    """Carry out one operation under a savepoint; if it fails, once more looking at every row.

    What it makes may be there already: a hub that was put back is sent again what it has.
    """
    written = known.written(batch.session)
    found = _tried(batch, kind, one)
    if not isinstance(found, Answer):
        _look_up(batch, _locked_again(batch), unused=False, done=written)
        found = _tried(batch, kind, one)
        done = known.written(batch.session) if isinstance(found, Answer) else written
        _look_up(batch, _locked_again(batch), unused=True, done=done)
    if isinstance(found, Answer):
        return found
    if isinstance(found, LumiError):
        return Answer(one.envelope.op_id, REJECTED, found.code, found.params)
    return Answer(one.envelope.op_id, REJECTED, type(found.orig).__name__)


def _tried(batch: _Batch, kind: Kind, one: _Opened) -> Answer | LumiError | StatementError:
    """Carry out an operation under a savepoint. Returns what speaks against it, if anything."""
    try:
        with batch.session.begin_nested():
            answer = _carried_out(batch, kind, one)
            known.write(batch.session)
            batch.session.flush()
    except (LumiError, StatementError) as error:
        require_its_fault(error)
        return error
    return answer


def _written(session: Session, *, careful: bool) -> known.Written:
    """Write what the operations left to be written at once. Returns the records it made."""
    try:
        made = known.end(session)
        session.flush()
    except (LumiError, StatementError) as error:
        require_its_fault(error)
        if careful:
            raise
        raise _Poison from error
    return made


def _explained(batch: _Batch, one: _Opened, answer: Answer) -> Answer:
    """With the customer's row as it stands, when this refusal was decided now.

    For who holds her: a refusal must not tell of anybody else's customer.
    """
    if answer.status != REJECTED or answer.op_id not in batch.decided:
        return answer
    customer = batch.customers.get(one.customer_id)
    if customer is None or customer.rep_id != batch.person.id:
        return answer
    return replace(answer, now=as_it_stands(batch.session, customer.id))


def _laid_down(batch: _Batch, answers: Sequence[Answer]) -> list[str]:
    """The work that has come before a leader with this batch."""
    parked = [answer.op_id for answer in answers if answer.status == PARKED]
    return [*parked, *(one.op.op_id for one in batch.opened if isinstance(one.op, AskLeader))]


def _follow(batch: _Batch, answers: Sequence[Answer], decided: Collection[str]) -> list[feed.Pair]:
    """Confirm claims whose order came before them, and see what all makes of the customers."""
    zipped = zip(batch.opened, answers, strict=True)
    applied = [one for one, answer in zipped if answer.status == APPLIED]
    # What was decided may be anything.
    anything = set(decided) | {one.customer_id for one in applied if one.envelope.kind == DECIDE}
    claimed = {one.customer_id for one in applied if one.envelope.kind == CLAIM}
    pairs = booking.settle(batch.session, anything | claimed) if anything | claimed else []
    changes = classify(batch.session, anything | claimed, batch.now) if pairs else NO_CHANGES
    # An order that bought a card is no purchase any more; of three in a household it lasts less.
    expected = anything | (claimed if pairs else set())
    expected.update(
        batch.customers[one.customer_id].id for one in applied if outlooks.is_changed_by(one.op)
    )
    if expected:
        outlooks.renew(batch.session, expected, batch.now)
    return [*pairs, *changes.pairs]


def _in_scope(batch: _Batch, kind: Kind, op: Operation) -> bool:
    """Whether she holds the customer, or held her when she did the work.

    What cannot wait (a refusal) binds at once if she ever held her, whoever holds her now.
    """
    customer = batch.customers.get(op.customer_id)
    if customer is None:
        return False
    at = to_millis(op.at)
    return customer.rep_id == batch.person.id or any(
        kind.first or (since <= at and (until is None or until > at))
        for since, until in batch.stays.get(op.customer_id, ())
    )


def _is_blocked(batch: _Batch, envelope: Envelope) -> bool:
    first = batch.told.get(envelope.depends_on) if envelope.depends_on else None
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


def _keep_answers(batch: _Batch) -> None:
    bulk.insert(batch.session, _SYNC_OP, batch.unkept)
    batch.unkept.clear()


def _row(batch: _Batch, envelope: Envelope, answer: Answer) -> dict[str, Any]:
    """The operation as it was received, with its answer, to be kept."""
    return {
        "op_id": envelope.op_id,
        "client_id": batch.client_id,
        "client_seq": envelope.client_seq,
        "person_id": batch.person.id,
        "kind": envelope.kind,
        "kind_ver": envelope.kind_ver,
        # As it was received, but for what no engine can keep; far too long, only its beginning.
        "payload": envelope.payload[:LONGEST_PAYLOAD].replace("\0", "\ufffd"),
        "sha256": hashlib.sha256(envelope.payload.encode(errors="surrogatepass")).hexdigest(),
        "status": answer.status,
        "reason": answer.reason,
        "params": answer.params,
        "at": batch.now,
    }


_SYNC_OP: Any = SyncOp.__table__
_PEOPLE: Any = Person.__table__
_CUSTOMER: Any = Customer.__table__
_STAY: Any = Assignment.__table__
_PERSON = Direct(
    select(_PEOPLE.c.role, _PEOPLE.c.team_id, feed.TURN.label("turn"))
    .where(_PEOPLE.c.id == bindparam("person"))
    .with_for_update(key_share=True)
)
_ANSWERS = Direct(
    select(
        _SYNC_OP.c.op_id,
        _SYNC_OP.c.person_id,
        _SYNC_OP.c.status,
        _SYNC_OP.c.reason,
        _SYNC_OP.c.params,
    ).where(among(_SYNC_OP.c.op_id))
)
_FORGOTTEN = delete(_SYNC_OP).where(among(_SYNC_OP.c.op_id))
_CUSTOMERS = Direct(
    select(_CUSTOMER.c.id, _CUSTOMER.c.rep_id, _CUSTOMER.c.wechat_state)
    .where(among(_CUSTOMER.c.id))
    .order_by(_CUSTOMER.c.id)
    .with_for_update(key_share=True)
)
_STAYS = Direct(
    select(_STAY.c.customer_id, _STAY.c.since, _STAY.c.until).where(
        among(_STAY.c.customer_id), _STAY.c.rep_id == bindparam("person")
    )
)
