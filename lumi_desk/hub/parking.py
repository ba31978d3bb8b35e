"""Parked work on the hub: putting it before the leader, and carrying out what she decides."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.errors import LumiError
from lumi_desk.hub import likely, proposing
from lumi_desk.hub.faults import require_its_fault
from lumi_desk.operations import (
    CUSTOMER,
    DECIDE,
    EDIT,
    EXPORT,
    BadOperation,
    Kind,
    Operation,
    UnknownOperation,
    decode,
    encode,
    kind_named,
)
from lumi_desk.parked import service as parked
from lumi_desk.parked.operations import (
    AskLeader,
    CustomerIsGone,
    DecideParked,
    NobodyHolds,
    NotWaiting,
)
from lumi_desk.parked.rules import State, Verdict
from lumi_desk.parked.service import Work
from lumi_desk.parked.tables import EarlyDecision, Parked
from lumi_desk.people.tables import Person
from lumi_desk.security.masking import mask_text
from lumi_desk.security.roles import NotYours
from lumi_desk.sync.protocol import BLOCKED, PARKED, REJECTED, Envelope
from lumi_desk.sync.tables import SyncOp

NOT_HERS = "NotHers"
# What the hub did not carry out; a parked one may be asked about as well.
_NOT_DONE = (REJECTED, BLOCKED, PARKED)


class Sender(Protocol):
    """Who sends an operation."""

    @property
    def id(self) -> str:
        """Her id."""

    @property
    def team_id(self) -> str | None:
        """Her team's id."""


def park(session: Session, person: Sender, envelope: Envelope, op: Operation) -> None:
    """Keep an operation about a customer who was not hers, for her leader."""
    work = Work(op, envelope.kind, envelope.kind_ver, envelope.payload)
    with session.begin_nested():
        _put(session, person, work, NOT_HERS)


def carry_out(session: Session, person: Sender, kind: Kind, op: Operation) -> None:
    """Apply an operation; one about parked work is authorised by team, and has its effect here.

    A decision about work that is not here is kept until the work comes: decide_at_last().

    Raises what the operation raises, NotYours, and for a decision whatever the parked work
    raises when it is carried out: then the decision has not been made.
    """
    if kind.about == CUSTOMER:
        _apply(session, kind, op)
    elif isinstance(op, AskLeader):
        _bring(session, person, op)
        kind.apply(session, op)
    elif isinstance(op, DecideParked):
        _decide(session, person, kind, op)
    elif kind.name == EXPORT:
        kind.apply(session, op)


def decide_at_last(session: Session, ids: Collection[str]) -> set[str]:
    """Work has come about which a leader decided before: what she said counts now.

    Where it cannot be carried out, the work waits for her like any other. Returns the customers.
    """
    if not ids:
        return set()
    # Only where it really has come: a question about it may have been refused.
    asked = select(EarlyDecision).join(Parked, Parked.id == EarlyDecision.parked_id)
    asked = asked.where(EarlyDecision.parked_id.in_(ids))
    customers = set()
    for early in session.scalars(asked.order_by(EarlyDecision.id)).all():
        kind = kind_named(DECIDE, early.kind_ver)
        op: Any = decode(kind, early.payload)
        try:
            with session.begin_nested():
                _decide(session, session.get_one(Person, op.by), kind, op)
            customers.add(op.customer_id)
        except (LumiError, StatementError) as error:
            # Raised here, it would refuse the whole batch, each time it is sent again.
            require_its_fault(error)
        session.delete(early)
    return customers


def _decide(session: Session, person: Sender, kind: Kind, op: DecideParked) -> None:
    if session.get(Parked, op.parked_id) is None:
        # It was decided before the hub was put back; the work is on its way from the rep's desk.
        told = {"parked_id": op.parked_id, "kind_ver": kind.version, "payload": encode(op)}
        session.add(EarlyDecision(id=op.id, at=op.at, **told))
        return
    _require_her_team(session, person, op)
    kind.apply(session, op)
    _do(session, op)


def _bring(session: Session, person: Sender, op: AskLeader) -> None:
    """Put refused work of hers before her leader, as the hub received it."""
    refused = session.get(SyncOp, op.op_id)
    if refused is None or refused.status not in _NOT_DONE:
        raise NotWaiting
    if refused.person_id != person.id:
        raise NotYours
    if session.get(Parked, op.op_id) is not None:
        return
    work = decode(kind_named(refused.kind, refused.kind_ver), refused.payload)
    if work.by != person.id or work.id != op.op_id:
        raise NotYours
    told = Work(work, refused.kind, refused.kind_ver, refused.payload)
    _put(session, person, told, refused.reason, State.ASKED)


def _put(
    session: Session, person: Sender, work: Work, reason: str, state: State = State.PARKED
) -> None:
    customer = session.get(Customer, work.op.customer_id)
    parked.park(
        session,
        work,
        team_id=person.team_id or "",
        holder_id=customer.rep_id if customer else None,
        customer_name=mask_text(customer.name) if customer else "",
        reason=reason,
        state=state,
    )


def _require_her_team(session: Session, person: Sender, op: DecideParked) -> None:
    row = session.get_one(Parked, op.parked_id)
    if not person.team_id or row.team_id != person.team_id:
        raise NotYours
    if row.customer_id != op.customer_id:
        raise BadOperation(kind=DECIDE, where=CUSTOMER)


def _do(session: Session, op: DecideParked) -> None:
    """Carry out the parked work, in the name the leader has chosen."""
    if op.verdict is Verdict.DECLINE:
        return
    row = session.get_one(Parked, op.parked_id)
    kind = kind_named(row.kind, row.kind_ver)
    if kind.about != CUSTOMER:
        raise UnknownOperation(kind=row.kind)
    # She may have been joined with another since; what is written comes to that one.
    whom = likely.kept_of(session, [row.customer_id]).get(row.customer_id, row.customer_id)
    customer = session.get(Customer, whom)
    if customer is None:
        raise CustomerIsGone
    row.holder_id = customer.rep_id
    work: Any = decode(kind, row.payload)
    work = replace(work, customer_id=whom)
    if op.verdict is Verdict.HAND_OVER:
        if customer.rep_id is None:
            raise NobodyHolds
        work = replace(work, by=customer.rep_id)
    _apply(session, kind, work)


def _apply(session: Session, kind: Kind, op: Operation) -> None:
    """Carry out what is about a customer; edited, she may be like another now."""
    kind.apply(session, op)
    if kind.name == EDIT:
        proposing.note(session, [op.customer_id])
