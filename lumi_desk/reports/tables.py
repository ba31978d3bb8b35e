"""How the fact rows behind boards and reports are kept."""

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import HUB_ONLY, Fen, Home, Record, Table


class Fact(Record, Table):
    """One countable thing a rep did or sold on a day, without name or phone.

    `kind` is a value of reports.rules.FactKind; `source` the contact, sale or order it follows
    from, `customer_key` tells customers apart without saying who they are. A call's dials (`units`)
    say along how many of them were `answered`, and for how many `seconds` was talked.
    """

    __tablename__ = "fact"
    home = Home.SHARED
    __table_args__ = (
        Index(None, "team_id", "day"),
        Index(None, "rep_id", "day"),
        Index(None, "source", info=HUB_ONLY),
    )

    rep_id: Mapped[str]
    team_id: Mapped[str]
    day: Mapped[date]
    kind: Mapped[str]
    fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    units: Mapped[int] = mapped_column(default=0, server_default="0")
    answered: Mapped[int] = mapped_column(default=0, server_default="0")
    seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    customer_key: Mapped[str] = mapped_column(default="", server_default="")
    source: Mapped[str]
