"""What is asked about complaints."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.complaints.tables import Complaint


@dataclass(frozen=True, slots=True)
class Ticket:
    """One complaint; open while `closed_at` is None."""

    opened_at: datetime
    words: str
    due_at: datetime
    replied_at: datetime | None
    closed_at: datetime | None
    remedy: str


def due(session: Session) -> dict[str, tuple[datetime, bool]]:
    """For every customer with an open complaint: when the first is due, and if it was answered."""
    answered = func.min(Complaint.replied_at.is_not(None))
    asked = select(Complaint.customer_id, func.min(Complaint.due_at), answered).where(
        Complaint.closed_at.is_(None)
    )
    rows = session.execute(asked.group_by(Complaint.customer_id))
    return {customer_id: (at, bool(replied)) for customer_id, at, replied in rows}


def of_customer(session: Session, customer_id: str) -> tuple[Ticket, ...]:
    """Her complaints, newest first."""
    chosen = select(Complaint).where(Complaint.customer_id == customer_id)
    return tuple(
        Ticket(row.opened_at, row.words, row.due_at, row.replied_at, row.closed_at, row.remedy)
        for row in session.scalars(chosen.order_by(Complaint.opened_at.desc()))
    )
