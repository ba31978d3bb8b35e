"""What the leader's list of parked work asks of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lumi_desk.catalog import service as catalog
from lumi_desk.parked import service as parked
from lumi_desk.parked.service import Lying
from lumi_desk.people import service as people
from lumi_desk.sync.status import Refused, refused_about
from ui.sync.saying import Outcomes

# How long a decision stays in the list.
_SHOWN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A team's parked work, names by person, and decisions that could not be carried out."""

    rows: tuple[Lying, ...]
    names: Mapping[str, str]
    refused: Mapping[str, Refused]
    outcomes: Outcomes


def waiting(session: Session, team_id: str, now: datetime) -> Waiting:
    """What lies with the leader of this team, and what she decided lately."""
    rows = tuple(
        one
        for one in parked.of_team(session, team_id)
        if one.decided_at is None or one.decided_at > now - _SHOWN
    )
    asked = {who for one in rows for who in (one.rep_id, one.holder_id, one.decided_by) if who}
    found = {who: people.person(session, who) for who in asked}
    return Waiting(
        rows,
        {who: person.name for who, person in found.items() if person is not None},
        refused_about(session, [one.id for one in rows]),
        catalog.outcomes(session),
    )
