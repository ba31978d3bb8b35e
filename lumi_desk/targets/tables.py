"""How targets are kept."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Record, Table


class Target(Record, Table):
    """What a team, or a rep of it, should reach in a month (`YYYY-MM`).

    `measure` is a value of targets.rules.Measure; `amount` is fen for money, else units.
    `rep_id` is empty for the team's own target.
    """

    __tablename__ = "target"
    home = Home.SHARED
    __table_args__ = (UniqueConstraint("month", "team_id", "rep_id", "measure"),)

    month: Mapped[str]
    team_id: Mapped[str] = mapped_column(index=True)
    rep_id: Mapped[str] = mapped_column(default="", server_default="")
    measure: Mapped[str]
    amount: Mapped[int]
