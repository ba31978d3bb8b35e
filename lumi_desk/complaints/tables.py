"""How complaints are kept."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Record, Table


class Complaint(Record, Table):
    """A ticket with a due time; open until `closed_at`."""

    __tablename__ = "complaint"
    home = Home.SHARED

    customer_id: Mapped[str] = mapped_column(index=True)
    rep_id: Mapped[str]
    opened_at: Mapped[datetime]
    words: Mapped[str]
    replied_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    remedy: Mapped[str] = mapped_column(default="", server_default="")
