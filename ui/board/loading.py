"""What the leader's board asks of the store."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lumi_desk.clock import local_day
from lumi_desk.parked import service as parked
from lumi_desk.people import service as people
from lumi_desk.reports import service as reports
from lumi_desk.targets import service as targets
from lumi_desk.targets.service import Month
from lumi_desk.worklist import service as worklist


@dataclass(frozen=True, slots=True)
class Board:
    """A team's month. `ending` are customers at hand whose card ends, not dialled this week;
    `parked` is how much work waits for the leader's word.
    """

    team: str
    month: Month
    ending: int
    parked: int = 0


def board(session: Session, team_id: str, now: datetime) -> Board:
    """Where the team stands now."""
    today = local_day(now)
    team = people.team(session, team_id)
    monday = today - timedelta(days=today.weekday())
    ending = worklist.ending_balances(session, now) - reports.contacted(session, monday, today)
    return Board(
        team.name if team else "",
        targets.month(session, team_id, f"{today:%Y-%m}", now),
        len(ending),
        parked.waiting(session, team_id),
    )
