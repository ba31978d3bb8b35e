"""How the entries of recharge cards are kept."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Fen, Home, Record, Table


class CardEntry(Record, Table):
    """One movement on a customer's card.

    `kind` is a value of cards.rules.EntryKind. Amounts are signed: opening adds, spending takes
    away. Principal and bonus are never added up.
    """

    __tablename__ = "card_entry"
    home = Home.SHARED

    customer_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    principal_fen: Mapped[int] = mapped_column(Fen)
    bonus_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    plan_id: Mapped[str | None]
    order_id: Mapped[str | None]
    sale_id: Mapped[str | None]
