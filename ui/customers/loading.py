"""What the list of customers asks of the store."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lumi_desk.customers.listing import service as listing
from lumi_desk.customers.listing.rules import Listed
from lumi_desk.customers.listing.service import View
from lumi_desk.exports import service as exports
from lumi_desk.exports.rules import ExportSettings


@dataclass(frozen=True, slots=True)
class Everybody:
    """The customers this desk holds, and the views that were kept."""

    rows: tuple[Listed, ...]
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """What may be exported: the settings, and how much this person has exported today."""

    settings: ExportSettings
    done_today: int


def everybody(session: Session) -> Everybody:
    """All customers and views as they are now."""
    return Everybody(listing.everybody(session), listing.views(session))


def leave(session: Session, person_id: str, now: datetime) -> Leave:
    """What this person may export now."""
    return Leave(exports.settings(session, now), exports.done_today(session, person_id, now))
