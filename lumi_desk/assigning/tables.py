"""How it is kept whom a rep takes."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.assigning.rules import Plan, Side
from lumi_desk.customers.rules import Grade, Line
from lumi_desk.storage.base import Home, Table


class RepPlan(Table):
    """Whom a rep takes, on the hub alone. `lines` and `grades` are values with commas between."""

    __tablename__ = "rep_plan"
    home = Home.HUB

    person_id: Mapped[str] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(default="both", server_default="both")
    lines: Mapped[str] = mapped_column(default="", server_default="")
    grades: Mapped[str] = mapped_column(default="", server_default="")
    most: Mapped[int | None]
    away_from: Mapped[date | None]
    away_until: Mapped[date | None]

    def value(self, team_id: str) -> Plan:
        """The plan as the rules see it."""
        away = None
        if self.away_from is not None and self.away_until is not None:
            away = self.away_from, self.away_until
        return Plan(
            self.person_id,
            team_id,
            Side(self.side),
            frozenset(map(Line, _parts(self.lines))),
            frozenset(map(Grade, _parts(self.grades))),
            self.most,
            away,
        )


def _parts(listed: str) -> list[str]:
    return [part for part in listed.split(",") if part]
