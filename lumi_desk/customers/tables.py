"""How customers and what identifies them are kept."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import HUB_ONLY, Fen, Home, Json, Record, Table


class Customer(Record, Table):
    """A person we may call.

    `rep_id` is the rep who holds her. `pool`, `grade`, `relationship` and what follows are
    computed on the hub by the rule sets and travel with her.
    """

    __tablename__ = "customer"
    home = Home.SHARED
    __table_args__ = (Index(None, "rep_id", info=HUB_ONLY), Index(None, "pool", info=HUB_ONLY))

    name: Mapped[str]
    pinyin: Mapped[str] = mapped_column(default="", server_default="")
    initials: Mapped[str] = mapped_column(default="", server_default="")
    phone: Mapped[str] = mapped_column(default="", server_default="")
    wangwang: Mapped[str] = mapped_column(default="", server_default="")
    wechat: Mapped[str] = mapped_column(default="", server_default="")
    wechat_state: Mapped[str] = mapped_column(default="none", server_default="none")
    city: Mapped[str] = mapped_column(default="", server_default="")
    member_since: Mapped[date | None]
    birthday: Mapped[date | None]
    allergy: Mapped[str] = mapped_column(default="", server_default="")
    household: Mapped[int] = mapped_column(default=1, server_default="1")
    rep_id: Mapped[str | None]
    pool: Mapped[str] = mapped_column(default="0", server_default="0")
    grade: Mapped[str | None]
    line: Mapped[str | None]
    relationship: Mapped[str | None]
    first_paid_at: Mapped[datetime | None]
    last_paid_at: Mapped[datetime | None]
    rhythm_days: Mapped[int | None]
    year_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    year_orders: Mapped[int] = mapped_column(default=0, server_default="0")


class Outlook(Table):
    """What a customer has brought, and what is to be expected of her, as of the last reckoning.

    `id` is hers. `brought_fen` is all she ever paid, `expected_fen` what is expected in 365 days,
    `runs_out` the day on which what she bought last is used up. The hub reckons it anew after
    imports and every night, to order and to add up by it; a desk reckons what it shows.
    """

    __tablename__ = "outlook"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    brought_fen: Mapped[int] = mapped_column(Fen)
    expected_fen: Mapped[int] = mapped_column(Fen)
    runs_out: Mapped[date | None]


class Identity(Record, Table):
    """One thing that identifies a customer for certain.

    `kind` is "nick", "open_user", "member", "wecom", "card", "phone", "wechat", "friend", or
    "order" for the number of an order that is not here yet. `scope` is the shop a nick or open
    user id belongs to, the account whose WeChat friend she is (since `since`), the name of who
    shares a phone that identifies somebody else; empty for what holds everywhere.
    """

    __tablename__ = "identity"
    home = Home.SHARED
    __table_args__ = (UniqueConstraint("kind", "scope", "value", info=HUB_ONLY),)

    customer_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    scope: Mapped[str] = mapped_column(default="", server_default="")
    value: Mapped[str]
    source: Mapped[str] = mapped_column(default="", server_default="")
    since: Mapped[datetime]


class Tag(Record, Table):
    """A tag of a customer, given at a time by a rep, or by a rule: then nobody gave it.

    `source` is a value of customers.tags.rules.Source. She has it until `removed_at`; a rule
    leaves alone what a person gave her, and what a person, `removed_by`, took from her.
    """

    __tablename__ = "tag"
    home = Home.SHARED

    customer_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    source: Mapped[str]
    rep_id: Mapped[str | None]
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]


class Tagging(Table):
    """Somebody gave many customers a tag at once, or took it from them, on the hub alone.

    `customers` is how many changed; `undone_at` is None while it holds.
    """

    __tablename__ = "tagging"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str]
    name: Mapped[str]
    adding: Mapped[bool]
    customers: Mapped[int]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class TaggingStep(Table):
    """A tag that was changed so, when it says it was, and how it stood before.

    `before` holds values of a Tag, moments in milliseconds; None where it was made.
    """

    __tablename__ = "tagging_step"
    home = Home.HUB

    tagging_id: Mapped[str] = mapped_column(primary_key=True)
    tag_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    before: Mapped[Any | None] = mapped_column(Json)


class SavedView(Table):
    """A view of a list of customers that somebody keeps; it never leaves the desk.

    `page` says of which list: a value of customers.listing.rules.Page. `body` is what
    customers.listing.rules makes of a filter and an order.
    """

    __tablename__ = "saved_view"
    home = Home.DESK

    page: Mapped[str] = mapped_column(primary_key=True, default="own", server_default="own")
    name: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime]
