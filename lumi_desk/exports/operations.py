"""Writing an export down, before its file is written."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from lumi_desk.exports.rules import Format
from lumi_desk.exports.tables import ExportLog
from lumi_desk.security.masking import mask_text

Said = Annotated[str, Field(max_length=500)]


@dataclass(frozen=True, kw_only=True)
class LogExport:
    """Somebody takes `rows` customers out of the program; it is about no one customer."""

    id: str
    by: str
    at: AwareDatetime
    format: Format
    rows: Annotated[int, Field(ge=1, le=1_000_000)]
    phones: bool
    reason: Said = ""
    what: Said = ""
    customer_id: str = ""


def log_export(session: Session, op: LogExport) -> None:
    """Keep that it was exported: whatever the role may, since it has happened.

    Phone numbers in the words are masked.
    """
    if session.get(ExportLog, op.id) is not None:
        return
    session.add(
        ExportLog(
            id=op.id,
            rep_id=op.by,
            at=op.at,
            format=op.format.value,
            rows=op.rows,
            phones=op.phones,
            reason=mask_text(op.reason),
            what=mask_text(op.what),
        )
    )
