"""How imported orders, their lines and claimed sales are kept."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import HUB_ONLY, Fen, Home, Record, Table


class Order(Record, Table):
    """One order of a shop export.

    `key` identifies it across imports; `number` is the shop's own id, empty when a spreadsheet
    rounded it (`rounded`). `customer_id` is None when the export names no person; such an order
    still counts in sales. `paid_fen` is what the buyer paid and we kept.
    """

    __tablename__ = "order"
    home = Home.SHARED
    __table_args__ = (UniqueConstraint("key", info=HUB_ONLY), Index(None, "number", info=HUB_ONLY))

    key: Mapped[str]
    number: Mapped[str] = mapped_column(default="", server_default="")
    rounded: Mapped[bool] = mapped_column(default=False, server_default="0")
    shop: Mapped[str]
    channel: Mapped[str] = mapped_column(default="tmall", server_default="tmall")
    customer_id: Mapped[str | None] = mapped_column(index=True)
    nick: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[str]
    status_words: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    goods_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    postage_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    total_fen: Mapped[int] = mapped_column(Fen)
    paid_fen: Mapped[int] = mapped_column(Fen)
    refund_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    by_card: Mapped[bool] = mapped_column(default=False, server_default="0")
    title: Mapped[str] = mapped_column(default="", server_default="")
    province: Mapped[str] = mapped_column(default="", server_default="")
    delivered_at: Mapped[datetime | None]


class OrderLine(Record, Table):
    """One product of an order. `line` is a value of customers.rules.Line or empty."""

    __tablename__ = "order_line"
    home = Home.SHARED
    __table_args__ = (Index(None, "order_id", info=HUB_ONLY),)

    order_id: Mapped[str]
    customer_id: Mapped[str | None] = mapped_column(index=True)
    position: Mapped[int]
    product_id: Mapped[str | None]
    title: Mapped[str]
    code: Mapped[str] = mapped_column(default="", server_default="")
    units: Mapped[int]
    price_fen: Mapped[int] = mapped_column(Fen)
    status: Mapped[str] = mapped_column(default="", server_default="")
    status_words: Mapped[str] = mapped_column(default="", server_default="")
    line: Mapped[str] = mapped_column(default="", server_default="")


class Sale(Record, Table):
    """A sale a rep says she made: claimed until an imported order confirms it.

    `kind` is "card", "bundle" or "product", `item_id` the plan, bundle or product; `proof` is an
    order number or the number of a payment; `gift` is given on top and counts in no target.
    """

    __tablename__ = "sale"
    home = Home.SHARED
    __table_args__ = (Index(None, "rep_id", info=HUB_ONLY),)

    customer_id: Mapped[str] = mapped_column(index=True)
    rep_id: Mapped[str]
    contact_id: Mapped[str | None]
    at: Mapped[datetime]
    kind: Mapped[str]
    item_id: Mapped[str]
    what: Mapped[str]
    fen: Mapped[int] = mapped_column(Fen)
    gift: Mapped[str] = mapped_column(default="", server_default="")
    proof: Mapped[str]
    state: Mapped[str] = mapped_column(default="claimed", server_default="claimed")
    order_id: Mapped[str | None]
