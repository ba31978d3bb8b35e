"""How links between customers are kept, and who was said to be another person."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Json, Table


class IdentityLink(Table):
    """Two customers were made one: whose records moved, and how the other stood.

    `moved` holds the ids of the records that went over, by table; `other` the other customer's
    row as it was stored; `filled` what changed in the row of the kept one by it: before and after,
    by column, as stored. `undone_at` is None while the link holds. `by_id` and `undone_by` are the
    persons who decided; None where it was a command.
    """

    __tablename__ = "identity_link"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    kept_id: Mapped[str] = mapped_column(index=True)
    other_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    moved: Mapped[Any] = mapped_column(Json)
    other: Mapped[Any] = mapped_column(Json)
    filled: Mapped[Any] = mapped_column(Json)
    undone_at: Mapped[datetime | None]
    by_id: Mapped[str | None]
    undone_by: Mapped[str | None]


class IdentityApart(Table):
    """Two customers are different people; the lesser id first.

    `marks` are hashes of what they shared then: only something new has them proposed again. None
    has them never proposed again. `undone_at` is None while it holds. `by_id` and `undone_by` are
    the persons who decided; None where it was a command.
    """

    __tablename__ = "identity_apart"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    one_id: Mapped[str] = mapped_column(index=True)
    other_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    by_id: Mapped[str | None]
    marks: Mapped[Any] = mapped_column(Json, nullable=True)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
