"""How products, bundles, card plans, dispositions and settings are kept."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import HUB_ONLY, Fen, Home, Json, Record, Table


class Product(Record, Table):
    """Something sold by the unit.

    `line` is a value of customers.rules.Line; `measure` is "dream", "enzyme" or "" and says in
    which unit target it counts; `days_per_unit` is how long one unit lasts one person.
    `cost_fen` stays on the hub.
    """

    __tablename__ = "product"
    home = Home.SHARED

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    line: Mapped[str]
    measure: Mapped[str] = mapped_column(default="", server_default="")
    high_margin: Mapped[bool] = mapped_column(default=False, server_default="0")
    price_fen: Mapped[int] = mapped_column(Fen)
    unit: Mapped[str] = mapped_column(default="", server_default="")
    days_per_unit: Mapped[int] = mapped_column(default=30, server_default="30")
    allergens: Mapped[str] = mapped_column(default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True, server_default="1")
    cost_fen: Mapped[int | None] = mapped_column(Fen, info=HUB_ONLY)


class Bundle(Record, Table):
    """Products sold together. `items` is a list of [product id, units]."""

    __tablename__ = "bundle"
    home = Home.SHARED

    name: Mapped[str]
    items: Mapped[Any] = mapped_column(Json)
    price_fen: Mapped[int] = mapped_column(Fen)
    list_fen: Mapped[int] = mapped_column(Fen)
    high_margin: Mapped[bool] = mapped_column(default=False, server_default="0")
    pools: Mapped[str] = mapped_column(default="", server_default="")
    grades: Mapped[str] = mapped_column(default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True, server_default="1")


class CardPlan(Record, Table):
    """A recharge card that can be sold: its value, and the gifts that come with it."""

    __tablename__ = "card_plan"
    home = Home.SHARED

    name: Mapped[str]
    value_fen: Mapped[int] = mapped_column(Fen)
    bonus_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    gift: Mapped[str] = mapped_column(default="", server_default="")
    gift_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    active: Mapped[bool] = mapped_column(default=True, server_default="1")


class DispositionRow(Record, Table):
    """One entry of the list of call results; `id` is its code. The manager keeps the list."""

    __tablename__ = "disposition"
    home = Home.SHARED

    answered: Mapped[bool]
    position: Mapped[int]
    zh: Mapped[str]
    en: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True, server_default="1")


class Setting(Record, Table):
    """The numbers of one rule set, by its name, from a day on."""

    __tablename__ = "setting"
    home = Home.SHARED

    rule_set: Mapped[str] = mapped_column(index=True)
    effective: Mapped[date]
    body: Mapped[Any] = mapped_column(Json)


class SettledTitle(Table):
    """What the manager has said of a product title that neither catalogue nor patterns know.

    `line` is a value of customers.rules.Line; `product_id` is None for a product that is not in
    the catalogue. The catalogue wins over it, and it over the patterns. `high_margin` counts all
    that is sold under the title among the high-margin products, where no product is named.
    It is what the last decision says that was not undone (TitleDecision).
    """

    __tablename__ = "settled_title"
    home = Home.HUB

    title: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[str]
    product_id: Mapped[str | None]
    at: Mapped[datetime]
    high_margin: Mapped[bool] = mapped_column(default=False, server_default="0")


class TitleDecision(Table):
    """Somebody said what one or several titles mean; `line` and the rest are as SettledTitle's.

    `by_id` and `undone_by` are the persons who decided; None where it was a command. `undone_at`
    is None while it holds.
    """

    __tablename__ = "title_decision"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[str | None]
    line: Mapped[str]
    product_id: Mapped[str | None]
    high_margin: Mapped[bool]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class DecidedTitle(Table):
    """A title that a decision is about."""

    __tablename__ = "decided_title"
    home = Home.HUB

    decision_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(primary_key=True, index=True)


class LeftTitle(Table):
    """A title that a manager left for later, when it had sold for `fen`; until it is settled."""

    __tablename__ = "left_title"
    home = Home.HUB

    title: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by_id: Mapped[str]
    fen: Mapped[int]
