"""What an invented company consists of: one record per row of the tables of the same name."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lumi_desk.catalog.records import (
    Bundle,
    CardPlan,
    Disposition,
    Product,
    ScriptText,
    Setting,
)


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, with the login and password of the demonstration."""

    id: str
    name: str
    role: str
    team_id: str | None
    login: str
    password: str
    trainee_since: date | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with what the rules make of her orders."""

    id: str
    name: str
    pinyin: str
    initials: str
    phone: str
    wangwang: str
    wechat: str
    wechat_state: str
    city: str
    member_since: date | None
    birthday: date | None
    allergy: str
    household: int
    rep_id: str
    pool: str
    grade: str | None
    line: str | None
    relationship: str | None
    first_paid_at: datetime | None
    last_paid_at: datetime | None
    rhythm_days: int | None
    year_fen: int
    year_orders: int


@dataclass(frozen=True, slots=True)
class Identity:
    id: str
    customer_id: str
    kind: str
    scope: str
    value: str
    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """An order; `discount_fen` is what its lines cost more than `goods_fen`."""

    id: str
    key: str
    number: str
    shop: str
    channel: str
    customer_id: str
    nick: str
    status: str
    status_words: str
    created_at: datetime
    paid_at: datetime | None
    goods_fen: int
    postage_fen: int
    total_fen: int
    paid_fen: int
    refund_fen: int
    by_card: bool
    title: str
    province: str
    delivered_at: datetime | None
    discount_fen: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    id: str
    order_id: str
    customer_id: str
    position: int
    product_id: str | None
    title: str
    code: str
    units: int
    price_fen: int
    status: str
    status_words: str
    line: str


@dataclass(frozen=True, slots=True)
class CardEntry:
    """A movement of a card, signed: opening adds, spending takes away."""

    id: str
    customer_id: str
    at: datetime
    kind: str
    principal_fen: int
    bonus_fen: int
    plan_id: str | None
    order_id: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact; `dials` are [milliseconds since 1970, answered]."""

    id: str
    customer_id: str
    rep_id: str
    channel: str
    started_at: datetime
    ended_at: datetime
    talk_seconds: int
    wrap_up_seconds: int
    dials: list[list[Any]]
    disposition: str
    attitude: str
    note: str
    script_id: str | None = None
    path: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    case: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    customer_id: str
    rep_id: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Tag:
    id: str
    customer_id: str
    name: str
    source: str
    rep_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Callback:
    id: str
    customer_id: str
    rep_id: str
    contact_id: str | None
    made_at: datetime
    due_at: datetime
    why: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    id: str
    customer_id: str
    rep_id: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Complaint:
    id: str
    customer_id: str
    rep_id: str
    opened_at: datetime
    words: str
    replied_at: datetime | None
    due_at: datetime
    closed_at: datetime | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Target:
    id: str
    month: str
    team_id: str
    rep_id: str
    measure: str
    amount: int


@dataclass(frozen=True, slots=True)
class Fact:
    id: str
    rep_id: str
    team_id: str
    day: date
    kind: str
    fen: int
    units: int
    answered: int
    seconds: int
    customer_key: str
    source: str


@dataclass(frozen=True, slots=True)
class Holding:
    """Who has held a customer since when."""

    id: str
    customer_id: str
    rep_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Company:
    """Everything there is at `now`. Money is fen, times are UTC."""

    now: datetime
    teams: tuple[Team, ...]
    persons: tuple[Person, ...]
    products: tuple[Product, ...]
    bundles: tuple[Bundle, ...]
    card_plans: tuple[CardPlan, ...]
    dispositions: tuple[Disposition, ...]
    settings: tuple[Setting, ...]
    scripts: tuple[ScriptText, ...]
    customers: tuple[Customer, ...]
    identities: tuple[Identity, ...]
    orders: tuple[Order, ...]
    lines: tuple[OrderLine, ...]
    card_entries: tuple[CardEntry, ...]
    contacts: tuple[Contact, ...]
    notes: tuple[Note, ...]
    tags: tuple[Tag, ...]
    callbacks: tuple[Callback, ...]
    refusals: tuple[Refusal, ...]
    complaints: tuple[Complaint, ...]
    targets: tuple[Target, ...]
    facts: tuple[Fact, ...]
    holdings: tuple[Holding, ...]
