"""How looks are kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Json, Table


class Look(Table):
    """Somebody was shown customers she does not hold: one, or a page of a list.

    `customer_id` is empty for a list; `rows` is how many customers she was shown. `asked` is what
    a list was narrowed and ordered by, as `managing.centre.ListCentre` names it, without whole
    phone numbers. It never leaves the hub but in words.
    """

    __tablename__ = "look"
    home = Home.HUB
    __table_args__ = (
        Index(None, "at"),
        Index(None, "customer_id", "at"),
        Index(None, "person_id", "at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[str]
    customer_id: Mapped[str] = mapped_column(default="", server_default="")
    rows: Mapped[int]
    asked: Mapped[Any] = mapped_column(Json)
