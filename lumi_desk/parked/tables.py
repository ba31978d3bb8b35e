"""How work that waits for a leader's word is kept."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Record, Table


class Parked(Record, Table):
    """One operation that waits for the leader, or about which she has decided.

    `id` is the operation's. `rep_id` did the work, `team_id` is the team whose leader decides,
    `holder_id` held the customer when the hub put it here. `state` is a value of
    parked.rules.State; `reason` the code of the refusal, `words` what the rep wrote to her
    leader, `answer` what the leader wrote back.
    """

    __tablename__ = "parked"
    home = Home.SHARED
    __table_args__ = (Index(None, "team_id", "state"), Index(None, "rep_id", "state"))

    rep_id: Mapped[str]
    team_id: Mapped[str]
    customer_id: Mapped[str]
    customer_name: Mapped[str] = mapped_column(default="", server_default="")
    holder_id: Mapped[str | None]
    kind: Mapped[str]
    kind_ver: Mapped[int]
    payload: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    words: Mapped[str] = mapped_column(default="", server_default="")
    answer: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class EarlyDecision(Table):
    """A leader's decision about work that is not here: the hub was put back to before it came.

    `id` is the decision's, `payload` what it says; it counts when the work `parked_id` comes.
    """

    __tablename__ = "early_decision"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    parked_id: Mapped[str] = mapped_column(index=True)
    kind_ver: Mapped[int]
    payload: Mapped[str]
    at: Mapped[datetime]
