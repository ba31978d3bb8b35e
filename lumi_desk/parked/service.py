"""What waits for a leader's word: put there by the hub, looked at by rep and leader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, delete, func, select
from sqlalchemy.orm import Session

from lumi_desk.parked.rules import OPEN, State
from lumi_desk.parked.tables import EarlyDecision, Parked

MOST = 200


@dataclass(frozen=True, slots=True)
class Work:
    """An operation as it was received: `op` is what `payload` says."""

    op: Any
    kind: str
    kind_ver: int
    payload: str


@dataclass(frozen=True, slots=True)
class Lying:
    """One piece of parked work, as rep and leader see it."""

    id: str
    rep_id: str
    customer_id: str
    customer: str
    holder_id: str | None
    kind: str
    kind_ver: int
    payload: str
    state: State
    reason: str
    words: str
    answer: str
    at: datetime
    decided_by: str | None
    decided_at: datetime | None


def park(
    session: Session,
    work: Work,
    *,
    team_id: str,
    holder_id: str | None,
    customer_name: str,
    reason: str,
    state: State = State.PARKED,
) -> None:
    """Put work before the leader of the team; what lies there already stays as it is."""
    if session.get(Parked, work.op.id) is not None:
        return
    session.add(
        Parked(
            id=work.op.id,
            rep_id=work.op.by,
            team_id=team_id,
            customer_id=work.op.customer_id,
            customer_name=customer_name,
            holder_id=holder_id,
            kind=work.kind,
            kind_ver=work.kind_ver,
            payload=work.payload,
            state=state.value,
            reason=reason,
            at=work.op.at,
        )
    )
    session.flush()


def of_rep(session: Session, rep_id: str) -> tuple[Lying, ...]:
    """A rep's parked work, what is open first, then by time, newest first; at most MOST."""
    return _lying(session, select(Parked).where(Parked.rep_id == rep_id))


def of_team(session: Session, team_id: str) -> tuple[Lying, ...]:
    """A team's parked work, what is open first, then by time, newest first; at most MOST."""
    return _lying(session, select(Parked).where(Parked.team_id == team_id))


def forget(session: Session, decided_before: datetime) -> int:
    """Delete what was decided before that time, on the hub. Returns how many."""
    over = session.scalars(select(Parked).where(Parked.decided_at < decided_before)).all()
    for row in over:
        session.delete(row)
    # The work they were about never came.
    session.execute(delete(EarlyDecision).where(EarlyDecision.at < decided_before))
    return len(over)


def waiting(session: Session, team_id: str) -> int:
    """How much of a team's work waits for its leader."""
    asked = select(func.count()).where(Parked.team_id == team_id, Parked.state.in_(_open()))
    return session.scalars(asked).one()


def _lying(session: Session, asked: Select[Any]) -> tuple[Lying, ...]:
    decided = case((Parked.state.in_(_open()), 0), else_=1)
    latest = func.coalesce(Parked.decided_at, Parked.at).desc()
    rows = session.scalars(asked.order_by(decided, latest, Parked.id).limit(MOST))
    return tuple(
        Lying(
            id=row.id,
            rep_id=row.rep_id,
            customer_id=row.customer_id,
            customer=row.customer_name,
            holder_id=row.holder_id,
            kind=row.kind,
            kind_ver=row.kind_ver,
            payload=row.payload,
            state=State(row.state),
            reason=row.reason,
            words=row.words,
            answer=row.answer,
            at=row.at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in rows
    )


def _open() -> Sequence[str]:
    return sorted(OPEN)
