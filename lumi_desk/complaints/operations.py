"""Opening a complaint."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from lumi_desk.complaints.tables import Complaint
from lumi_desk.storage import known

CLOSED_WITHIN = timedelta(days=7)  # design: closed within 7 days


@dataclass(frozen=True, kw_only=True)
class OpenComplaint:
    """A customer complains."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    words: str


def open_complaint(session: Session, op: OpenComplaint) -> None:
    """Keep the complaint with the time it is due."""
    if known.find(session, Complaint, op.id) is None:
        known.keep(
            session,
            Complaint,
            id=op.id,
            customer_id=op.customer_id,
            rep_id=op.by,
            opened_at=op.at,
            words=op.words,
            due_at=op.at + CLOSED_WITHIN,
        )
