"""How it is kept whom a rep takes, who moved customers and why, and who is on leave."""

from datetime import date, datetime

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


class HandOver(Table):
    """One move of customers with its reason, on the hub alone.

    `by` is the person, empty for the hub itself; `kind` a value of assigning.rules.Move;
    `undone_by` the hand-over that took it back.
    """

    __tablename__ = "hand_over"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str | None]
    kind: Mapped[str]
    why: Mapped[str] = mapped_column(default="", server_default="")
    undone_by: Mapped[str | None]


class HandOverMove(Table):
    """One customer of a hand-over: the row of the assignment history it began, from and to whom."""

    __tablename__ = "hand_over_move"
    home = Home.HUB

    assignment_id: Mapped[str] = mapped_column(primary_key=True)
    hand_over_id: Mapped[str] = mapped_column(index=True)
    customer_id: Mapped[str]
    old_rep_id: Mapped[str | None]
    new_rep_id: Mapped[str | None]


class Leave(Table):
    """A rep's leave, first and last day, and who stands in for her.

    `hand_over_id` is the one that gave her customers to the stand-in; `over_at` when it was over,
    and they had come back.
    """

    __tablename__ = "leave"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    rep_id: Mapped[str] = mapped_column(index=True)
    first: Mapped[date]
    last: Mapped[date]
    stand_in_id: Mapped[str | None]
    by: Mapped[str | None]
    at: Mapped[datetime]
    why: Mapped[str] = mapped_column(default="", server_default="")
    hand_over_id: Mapped[str | None]
    over_at: Mapped[datetime | None]


def _parts(listed: str) -> list[str]:
    return [part for part in listed.split(",") if part]
