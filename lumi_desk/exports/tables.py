"""How exports are written down."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Table


class ExportLog(Table):
    """One export of a list; it goes up to the hub and never comes down.

    `id` is the operation's. `format` is a value of exports.rules.Format, `rows` how many
    customers, `phones` whether their numbers were whole; `what` says the filter in words.
    """

    __tablename__ = "export_log"
    home = Home.SHARED
    __table_args__ = (Index(None, "rep_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    rep_id: Mapped[str]
    at: Mapped[datetime]
    format: Mapped[str]
    rows: Mapped[int]
    phones: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    what: Mapped[str] = mapped_column(default="", server_default="")
