"""How links between customers are kept, and who was said to be another person."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Json, Table

_BY_PEOPLE = text("import_id IS NULL")


class IdentityLink(Table):
    """Two customers were made one: whose records moved, and how the other stood.

    `moved` holds the ids of the records that went over, by table; `other` the other customer's
    row as it was stored; `filled` what changed in the row of the kept one by it: before and after,
    by column, as stored. `undone_at` is None while the link holds. `by_id` and `undone_by` are the
    persons who decided; None where it was a command.

    `import_id` is the import whose list told it; None where somebody decided. There may be very
    many of those: of such a one `other` holds only what is not reckoned anew, nor as every
    customer has it at first, and no lines of orders stand in `moved`: they go with their orders.
    """

    __tablename__ = "identity_link"
    home = Home.HUB
    __table_args__ = (Index(None, "at", sqlite_where=_BY_PEOPLE, postgresql_where=_BY_PEOPLE),)

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
    import_id: Mapped[str | None]


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


class ProposedPair(Table):
    """Two customers who are likely one person; the lesser id first.

    `rank` is their points, less than none: the surest come first in the index. `evidence` are
    pairs of a kind and its points. `again` says that somebody said they are different people, when
    they shared less.
    """

    __tablename__ = "proposed_pair"
    home = Home.HUB
    __table_args__ = (Index(None, "rank", "one_id", "other_id"),)

    one_id: Mapped[str] = mapped_column(primary_key=True)
    other_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    rank: Mapped[int]
    evidence: Mapped[Any] = mapped_column(Json)
    again: Mapped[bool]


class IdentityMark(Table):
    """Something of a customer that another may share, as a hash (identity.rules.mark_of)."""

    __tablename__ = "identity_mark"
    home = Home.HUB

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True, index=True)


class SharedNumber(Table):
    """A number of a household or a company, in one form; `people` is how many have it.

    `mark` is that of those who have it, `kind` "phone" or "landline".
    """

    __tablename__ = "shared_number"
    home = Home.HUB

    mark: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    number: Mapped[str]
    people: Mapped[int]


class ToCompare(Table):
    """A customer of whom something has changed, and who was not compared with others since.

    `id` says when she was noted, in order; she may be noted several times.
    """

    __tablename__ = "to_compare"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str]
