"""The doors by which a list of the centre's customers leaves: how much, for whom, and written down.

Whatever leaves is counted and kept before it does, in one transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.clock import Clock
from lumi_desk.exports import service
from lumi_desk.exports.operations import LogExport, log_export
from lumi_desk.exports.rules import Format, LessMayLeave, require_purpose, room
from lumi_desk.hub import finding, looking
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.centre import beyond_usual, reach
from lumi_desk.hub.problems import parsed
from lumi_desk.ids import new_id
from lumi_desk.managing import exporting as protocol
from lumi_desk.managing.centre import PAGE, ListCentre
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Right, require
from lumi_desk.storage.store import Store

_LONGEST = 500


@dataclass(frozen=True)
class ExportDoors:
    """The doors on one database. Each raises NotYours for who leads nobody, and SessionOver.

    Each raises NoExport for a role that may not, EnoughForToday and NothingToExport.
    """

    store: Store
    now: Clock
    caller: Callable[[str], Caller]

    def previewed(self, access: str, body: bytes) -> bytes:
        """How many of those who fit may be exported now."""
        caller, asked, now = self._leading(access), parsed(protocol.PREVIEW, body), self.now()
        with self.store.read() as session:
            reps = reach(session, caller)
            found = finding.fitting(session, reps, asked.asked, now, asked.ids)
            told = _may(session, caller, found, now)
        return protocol.PREVIEWED.dump_json(told)

    def done(self, access: str, body: bytes) -> bytes:
        """The customers themselves. Raises NoPurpose, and LessMayLeave where it is less by now."""
        caller, asked, now = self._leading(access), parsed(protocol.DO, body), self.now()
        require_purpose(asked.purpose)
        with self.store.read() as session:
            reps = reach(session, caller)
            rows = finding.first(session, reps, asked.asked, now, asked.rows, asked.ids)
        with self.store.write() as session:
            # Of two exports of a person the second counts the first.
            session.execute(select(Person.id).where(Person.id == caller.id).with_for_update())
            may = _may(session, caller, len(rows), now)
            if may.rows < len(rows):
                raise LessMayLeave(rows=may.rows, asked=len(rows))
            op = LogExport(
                id=new_id(),
                by=caller.id,
                at=now,
                format=Format(asked.format),
                rows=len(rows),
                phones=False,
                reason=asked.purpose.strip(),
                what=_what(asked.asked, len(asked.ids)),
            )
            log_export(session, op)
        return protocol.DONE.dump_json(protocol.Exported(rows))

    def _leading(self, access: str) -> Caller:
        caller = self.caller(access)
        require(caller.role, Right.LEAD)
        return caller


def _may(session: Session, caller: Caller, found: int, now: datetime) -> protocol.ExportPreviewed:
    settings, today = service.settings(session, now), service.done_today(session, caller.id, now)
    rows = min(room(settings, caller.role, today, found), protocol.MOST_ROWS)
    most = min(settings.most, protocol.MOST_ROWS)
    return protocol.ExportPreviewed(found, rows, most, settings.per_day, today)


def _what(asked: ListCentre, marked: int) -> str:
    """The filter in words, for the log."""
    of_any_page = replace(asked, before=0, limit=PAGE, counts=True)
    told = f"the centre: {looking.said(beyond_usual(of_any_page))}"
    return (f"{told}, {marked} marked" if marked else told)[:_LONGEST]
