"""What waits for the hub and what it refused, as the sync chip and its panel show it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.sync.tables import DeadLetter, Outbox

MOST = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that has not been answered. Until `not_before` it can be undone."""

    op_id: str
    kind: str
    customer: str
    made_at: datetime
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """Work the hub did not take: why, as an error's code and fields."""

    op_id: str
    kind: str
    customer: str
    status: str
    reason: str
    params: dict[str, str | int]
    answered_at: datetime
    seen: bool


@dataclass(frozen=True, slots=True)
class Status:
    """Both lists, cut to the newest `MOST`, and how many there really are."""

    waiting: tuple[Waiting, ...] = ()
    refused: tuple[Refused, ...] = ()
    waiting_count: int = 0
    unseen_count: int = 0


def status(session: Session) -> Status:
    """What waits, oldest first, and what was refused, newest first."""
    waiting = select(func.count()).select_from(Outbox).where(~Outbox.answered)
    unseen = select(func.count()).select_from(DeadLetter).where(DeadLetter.seen_at.is_(None))
    return Status(
        waiting=_waiting(session),
        refused=_refused(session),
        waiting_count=session.scalars(waiting).one(),
        unseen_count=session.scalars(unseen).one(),
    )


def seen(session: Session, op_ids: Collection[str], now: datetime) -> None:
    """She has read these refusals."""
    session.execute(
        update(DeadLetter)
        .where(DeadLetter.op_id.in_(op_ids), DeadLetter.seen_at.is_(None))
        .values(seen_at=now)
    )


def _waiting(session: Session) -> tuple[Waiting, ...]:
    rows = session.execute(
        select(Outbox, Customer.name)
        .outerjoin(Customer, Customer.id == Outbox.customer_id)
        .where(~Outbox.answered)
        .order_by(Outbox.client_seq)
        .limit(MOST)
    )
    return tuple(
        Waiting(row.op_id, row.kind, name or "", row.made_at, row.not_before)
        for row, name in rows.all()
    )


def _refused(session: Session) -> tuple[Refused, ...]:
    rows = session.execute(
        select(DeadLetter, Customer.name)
        .outerjoin(Customer, Customer.id == DeadLetter.customer_id)
        .order_by(DeadLetter.answered_at.desc(), DeadLetter.client_seq.desc())
        .limit(MOST)
    )
    return tuple(
        Refused(
            op_id=row.op_id,
            kind=row.kind,
            customer=name or "",
            status=row.status,
            reason=row.reason,
            params=dict(row.params or {}),
            answered_at=row.answered_at,
            seen=row.seen_at is not None,
        )
        for row, name in rows.all()
    )
