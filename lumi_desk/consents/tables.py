"""How her word about ways and purposes is kept."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Record, Table


class Consent(Record, Table):
    """One word about being reached: given, withdrawn, or first one and then the other.

    `way`, `purpose` and `basis` are values of consents.rules; a withdrawal alone has no basis.
    `source` says where a consent comes from, `withdrawn_source` where the withdrawal does, in
    words a rep can read: a list, a rep's name, the wording she agreed to. `rep_id` is None where
    an import brought it. Rows are added, never deleted.
    """

    __tablename__ = "consent"
    home = Home.SHARED

    customer_id: Mapped[str] = mapped_column(index=True)
    rep_id: Mapped[str | None]
    way: Mapped[str]
    purpose: Mapped[str]
    basis: Mapped[str] = mapped_column(default="", server_default="")
    source: Mapped[str] = mapped_column(default="", server_default="")
    given_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_source: Mapped[str] = mapped_column(default="", server_default="")
