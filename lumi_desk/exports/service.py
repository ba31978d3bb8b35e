"""What may be exported now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.catalog import shelf as catalog
from lumi_desk.clock import day_end, day_start, local_day
from lumi_desk.exports.rules import EXPORT, ExportSettings
from lumi_desk.exports.tables import ExportLog
from lumi_desk.people import service as people


@dataclass(frozen=True, slots=True)
class Exported:
    """One export, as the keeper reads of it."""

    at: datetime
    who: str
    format: str
    rows: int
    phones: bool
    reason: str
    what: str


def settings(session: Session, now: datetime) -> ExportSettings:
    """The manager's settings, or the defaults where there are none that can be used."""
    return catalog.usable(session, "export", local_day(now), EXPORT)


def done_today(session: Session, rep_id: str, now: datetime) -> int:
    """How many customers this person has exported today, in Shanghai."""
    day = local_day(now)
    asked = select(func.coalesce(func.sum(ExportLog.rows), 0)).where(
        ExportLog.rep_id == rep_id,
        ExportLog.at >= day_start(day),
        ExportLog.at < day_end(day),
    )
    return int(session.scalar(asked) or 0)


def latest(session: Session, most: int, rep_id: str | None = None) -> tuple[Exported, ...]:
    """The latest exports, newest first: of one person, or of all."""
    asked = select(ExportLog).order_by(ExportLog.at.desc(), ExportLog.id.desc()).limit(most)
    if rep_id is not None:
        asked = asked.where(ExportLog.rep_id == rep_id)
    rows = session.scalars(asked).all()
    names = _names(session, {row.rep_id for row in rows})
    return tuple(
        Exported(row.at, names[row.rep_id], row.format, row.rows, row.phones, row.reason, row.what)
        for row in rows
    )


def _names(session: Session, ids: set[str]) -> Mapping[str, str]:
    found = {one: people.person(session, one) for one in ids}
    return {one: person.name if person else one for one, person in found.items()}
