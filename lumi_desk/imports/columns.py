"""Rows of text turned into rows of facts, cells by the names of the desk's fields."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from lumi_desk.consents.rules import Way
from lumi_desk.identity.rules import is_lent
from lumi_desk.imports import rules, telling
from lumi_desk.imports.kinds.rules import OrderKind, is_by_card, order_kind
from lumi_desk.imports.rules import Number
from lumi_desk.imports.shares import Kept
from lumi_desk.imports.states import rules as states
from lumi_desk.imports.states.rules import OrderStatus
from lumi_desk.imports.telling import CardTold, ConsentTold
from lumi_desk.security.masking import mask_phone, mask_text

Row = TypeVar("Row")
_MOST_SHOWN = 40
_DATE_FIRST = re.compile(r"(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}(?!\d)", re.ASCII)
Cells = Mapping[str, str]


class Kind(StrEnum):
    """What a file holds."""

    ORDERS = "orders"
    ITEMS = "items"
    WHOLE = "orders with lines"
    MEMBERS = "members"


class Reason(StrEnum):
    """Why a row was left out; a code for machines, `REASONS` has the words."""

    CELLS = "cells"
    NUMBER = "number"
    CREATED = "created"
    TIME = "time"
    MONEY = "money"
    UNITS = "units"
    TITLE = "title"
    REPEATED = "repeated"
    OTHER_BUYER = "other_buyer"
    FUTURE = "future"
    AHEAD = "ahead"
    AMBIGUOUS = "ambiguous"
    NO_ORDER = "no_order"
    NO_PERSON = "no_person"
    VIRTUAL = "virtual"
    CARD = "card"
    CONSENT = "consent"
    PHONE = "phone"
    WECHAT = "wechat"
    BIRTHDAY = "birthday"
    TWO_CUSTOMERS = "two_customers"
    PARTED = "parted"
    ROUNDED_LINK = "rounded_link"
    DISAGREE = "disagree"
    BROKEN_ORDER = "broken_order"
    TEST = "test"


REASONS = {
    Reason.CELLS: "the row has {found} cells, the header has {expected}",
    Reason.NUMBER: "there is no order number: {found}",
    Reason.CREATED: "the order has no readable creation time: {found}",
    Reason.TIME: "{column} is no time: {found}",
    Reason.MONEY: "{column} is no amount in yuan and fen: {found}",
    Reason.UNITS: "{column} is no whole number above nothing: {found}",
    Reason.TITLE: "the line has no product title",
    Reason.REPEATED: "the same {what} already stands in {found}",
    Reason.OTHER_BUYER: "the same order already stands in {found}, under another buyer",
    Reason.FUTURE: "the order would be made in the future: {found}",
    Reason.AHEAD: "{column} lies in the future: {found}",
    Reason.AMBIGUOUS: "the rounded number {found} fits more than one order",
    Reason.NO_ORDER: "there is no order {found} for this line",
    Reason.NO_PERSON: "the row has no member id, phone, WeChat, card or order number of hers",
    Reason.VIRTUAL: "the phone is a virtual number, which is lent out, and nothing else is told",
    Reason.CARD: "the amounts of the card contradict each other: {found}",
    Reason.CONSENT: "the words about consent are not understood, and were not kept: {found}",
    Reason.PHONE: "the phone cannot be read, and was not kept: {found}",
    Reason.WECHAT: "this is no WeChat id, and was not kept: {found}",
    Reason.BIRTHDAY: "the birthday cannot be true, and was not kept: {found}",
    Reason.TWO_CUSTOMERS: "order {found} belongs to another customer who is in a rep's hands",
    Reason.PARTED: "{found} is another customer's: a list had made them one, and that was undone",
    Reason.ROUNDED_LINK: "the order number {found} is rounded and links no order",
    Reason.DISAGREE: "the rows of order {found} disagree about {column}",
    Reason.BROKEN_ORDER: "another row of order {found} cannot be read",
    Reason.TEST: "it is no order, but a test: {found}",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was not taken, with the place to look at."""

    file: str
    line: int
    reason: Reason
    params: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> str:
        """The reason in English."""
        return REASONS[self.reason].format(**dict(self.params))


class Bad(Exception):
    """A row cannot be taken."""

    def __init__(self, reason: Reason, **params: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = tuple(sorted(params.items()))


class OrderRow(NamedTuple):
    """One order as a file tells it. Times are UTC, money is fen, blanks are empty.

    `channel` is empty where the file does not say where its shop is. `shares` are its lines, each
    with what tells it from the others, where their amounts made those of the order; `family` says
    which exports complete each other. What is `unsold` was sent for nothing: its paid amount is 0.
    """

    file: str
    line: int
    number: Number
    shop: str
    nick: str
    open_user: str
    member: str
    status: OrderStatus
    status_words: str
    close_words: str
    created_at: datetime
    paid_at: datetime | None
    confirmed_at: datetime | None
    goods_fen: int
    postage_fen: int
    total_fen: int
    paid_fen: int
    refund_fen: int
    title: str
    province: str
    city: str
    receiver: str
    phone: str
    channel: str = ""
    family: str = ""
    shares: tuple[tuple[str, Kept], ...] = ()
    unsold: bool = False
    by_card: bool = False


class ItemRow(NamedTuple):
    """One line of an order as an items file tells it."""

    file: str
    line: int
    number: Number
    own_number: str
    title: str
    price_fen: int
    units: int
    code: str
    spec: str
    package: str
    status: OrderStatus | None
    status_words: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person of a list of the brand's own. `balance_fen` is None when not told.

    `wecom` is the id WeCom has for her, `account` who added her there (at `added_at`), `friend`
    how far that has come (a calls.rules.WechatState) or empty. `unread` are cells that say nothing
    one could understand, masked, each with the reason to tell.
    """

    file: str
    line: int
    member: str
    name: str
    phone: str
    wechat: str
    wangwang: str
    shop: str
    city: str
    birthday: date | None
    balance_fen: int | None
    numbers: tuple[Number, ...]
    wecom: str = ""
    account: str = ""
    added_at: datetime | None = None
    friend: str = ""
    card: CardTold | None = None
    consents: tuple[ConsentTold, ...] = ()
    unread: tuple[tuple[Reason, str], ...] = ()


def order_row(file: str, line: int, cells: Cells, shop: str | None) -> OrderRow:
    """The facts of one row of an order export. Raises Bad."""
    get = _Getter(cells)
    unsold = _is_unsold(get)
    created_at = rules.time_told(cells.get("created", ""))
    if created_at is None:
        raise Bad(Reason.CREATED, found=_shown(cells.get("created", "")))
    total, paid_at = get.money("total", needed=True), get.time("paid_at")
    words = get.text("status")
    told = _state(get, words)
    paid, refund = _paid_and_refund(get, total if paid_at or _is_on_its_way(get, told) else 0, told)
    if paid_at is None and _was_never_paid(get, told):
        paid = refund = 0
    if "paid_at" not in cells and paid + refund > 0:
        # Sellers who choose their columns leave it out; buyers pay within the hour.
        paid_at = created_at
    from_money = states.status_from_money(paid_at=paid_at, total_fen=total, refund_fen=refund)
    province, city = _region(get)
    return OrderRow(
        file=file,
        line=line,
        number=_number(cells),
        shop=shop or _shop(get.text("shop")),
        nick=rules.real_nick(cells.get("nick", "")),
        open_user=rules.real_id(cells.get("open_user", "")),
        member=rules.real_id(cells.get("member", "")),
        status=told or from_money,
        status_words=words,
        close_words=get.text("close"),
        created_at=created_at,
        paid_at=paid_at,
        confirmed_at=get.time("confirmed_at"),
        goods_fen=get.money("goods"),
        postage_fen=get.money("postage"),
        total_fen=total,
        paid_fen=0 if unsold else paid,
        refund_fen=refund,
        title=get.text("title"),
        province=province,
        city=city,
        receiver=rules.real_name(cells.get("receiver", "")),
        phone=_phone(cells, "mobile", "landline"),
        unsold=unsold,
        by_card=is_by_card(get.text("pay_method")) is True,
    )


def _region(get: "_Getter") -> tuple[str, str]:
    province, city = rules.region(get.text("new_address") or get.text("address"))
    return get.text("province") or province, get.text("city") or city


def _is_unsold(get: "_Getter") -> bool:
    """Whether goods were sent and not sold. Raises Bad for a test."""
    words = get.text("order_kind")
    kind = order_kind(words)
    if kind is OrderKind.TEST:
        raise Bad(Reason.TEST, found=_shown(words))
    return kind is OrderKind.UNSOLD


def from_the_future(row: OrderRow, latest: datetime) -> tuple[str, datetime] | None:
    """The first of an order's times that lies behind the latest there can be, by its field."""
    times = (("created", row.created_at), ("paid_at", row.paid_at))
    told = (*times, ("confirmed_at", row.confirmed_at))
    return next(((name, when) for name, when in told if when and when > latest), None)


def _paid_and_refund(get: "_Getter", otherwise: int, status: OrderStatus | None) -> tuple[int, int]:
    """What was paid and what given back, in fen; `otherwise` is paid where no column tells."""
    paid = get.money("paid", otherwise=otherwise)
    if get.has("payable"):
        # JD tells what was due, beside what her balance had paid.
        paid = get.money("payable") + get.money("from_balance")
    if status is OrderStatus.CLOSED and not get.has("refund"):
        # A closed order keeps no money; only some exports have a column to say so.
        return 0, paid
    return paid, get.money("refund")


def _state(get: "_Getter", words: str) -> OrderStatus | None:
    """How far an order has come; one that came back whole is closed, where no amount tells more."""
    if not get.has("refund") and states.given_back(get.text("after_sale")):
        return OrderStatus.CLOSED
    return states.status(words)


def _was_never_paid(get: "_Getter", status: OrderStatus | None) -> bool:
    """Whether an order without a time of payment waits for it, or was closed still waiting.

    Programs write what is to be paid into the column of what was paid. Where nothing says how far
    an order has come, the time that it has not says it.
    """
    untold = status in (OrderStatus.CLOSED, None)
    silent = untold and get.has("paid_at") and not get.money("refund")
    return silent or status is OrderStatus.WAITING


def _is_on_its_way(get: "_Getter", status: OrderStatus | None) -> bool:
    """Whether an order was paid, in an export whose status is all that tells."""
    silent = not (get.has("paid") or get.has("paid_at"))
    return silent and status in (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.DONE)


def item_row(file: str, line: int, cells: Cells) -> ItemRow:
    """The facts of one row of an items export. Raises Bad."""
    get = _Getter(cells)
    title = get.text("title")
    if not title:
        raise Bad(Reason.TITLE)
    words = get.text("status")
    return ItemRow(
        file=file,
        line=line,
        number=_number(cells),
        own_number=get.text("own_number"),
        title=title,
        price_fen=get.money("price", needed=True),
        units=get.units("units"),
        code=get.text("code") or get.text("outer"),
        spec=get.text("spec"),
        package=get.text("package"),
        status=states.status(words),
        status_words=words,
    )


def member_row(file: str, line: int, cells: Cells, shop: str | None) -> MemberRow:
    """The facts of one row of a member list. Raises Bad."""
    get = _Getter(cells)
    card = _card(get)
    balance = get.text("balance") and card is None
    wecom, account = rules.real_id(cells.get("wecom", "")), get.text("account")
    row = MemberRow(
        file=file,
        line=line,
        member=rules.real_id(cells.get("member", "")) or _membership(cells, card),
        name=_name(cells, of_wechat=bool(wecom or (account and get.has("added")))),
        phone=_phone(cells, "phone"),
        wechat=rules.real_wechat(cells.get("wechat", "")),
        wangwang=rules.real_nick(cells.get("wangwang", "")),
        shop=shop or _shop(get.text("shop")),
        city=get.text("city"),
        birthday=rules.day(get.text("birthday")),
        balance_fen=get.money("balance") if balance else None,
        numbers=_numbers(get.text("numbers")),
        wecom=wecom,
        account=account,
        added_at=rules.time_told(get.text("added")),
        card=card,
        unread=tuple(_unread(cells)),
    )
    numbered = row.card is not None and row.card.number
    phone = "" if is_lent(row.phone) else row.phone
    if not (row.member or phone or row.wechat or row.numbers or row.wecom or numbered):
        virtual = row.phone or rules.virtual_phone(cells.get("phone", ""))
        raise Bad(Reason.VIRTUAL if virtual else Reason.NO_PERSON)
    return _with_words(row, get)


def _unread(cells: Cells) -> Iterator[tuple[Reason, str]]:
    """The phone, WeChat id and birthday, if something else stands there; a masked one is known."""
    phone, birthday = (rules.clean(cells.get(one, "")) for one in ("phone", "birthday"))
    known = rules.first_phone(phone) or rules.virtual_phone(phone) or "*" in phone
    if phone and not known:
        yield Reason.PHONE, mask_phone(phone[:_MOST_SHOWN])
    if (wechat := rules.real_nick(cells.get("wechat", ""))) and not rules.real_wechat(wechat):
        yield Reason.WECHAT, mask_text(wechat)[:_MOST_SHOWN]
    if birthday and rules.day(birthday) is None:
        yield Reason.BIRTHDAY, mask_text(birthday)[:_MOST_SHOWN]


def _name(cells: Cells, *, of_wechat: bool) -> str:
    """Her name. What a rep noted of a WeChat contact comes before what she calls herself.

    In other lists a remark is about her: it is her name only where somebody keeps her as a contact
    and she has no other.
    """
    if of_wechat:
        fields: tuple[str, ...] = ("remark", "name", "nickname")
    elif "account" in cells and "name" not in cells:
        fields = ("remark", "nickname")
    else:
        fields = ("name", "nickname")
    return next((n for n in (rules.real_name(cells.get(one, "")) for one in fields) if n), "")


def _membership(cells: Cells, card: CardTold | None) -> str:
    """The number of a card with no amount beside it: it says that she is a member, no more."""
    return "" if card else rules.real_id(cells.get("card", ""))


_AMOUNTS = ("face", "principal", "bonus", "principal_left", "bonus_left")


def _card(get: "_Getter") -> CardTold | None:
    """The card a row tells of; a balance alone, without a number, is an older list's."""
    number = rules.real_id(get.text("card"))
    fields = (*_AMOUNTS, "balance")
    told = {field: get.money(field) if get.text(field) else None for field in fields}
    if all(told[field] is None for field in (fields if number else _AMOUNTS)):
        return None
    found = telling.card(number, told, get.time("opened"))
    if found is None:
        amounts = (f"{field} {get.text(field)}" for field in fields if get.text(field))
        raise Bad(Reason.CARD, found=", ".join(amounts))
    return found


def _with_words(row: MemberRow, get: "_Getter") -> MemberRow:
    """The row with what it says of consents and of its WeChat friendship."""
    agreed, withdrawn = get.text("consent"), get.text("withdrawn")
    if row.wecom or row.account or row.wechat:
        row = replace(row, friend=telling.friend(get.text("friend")))
    if not (agreed or withdrawn):
        return row
    ways = []
    if row.phone:
        ways += [Way.PHONE] if row.phone.startswith("0") else [Way.PHONE, Way.SMS]
    if row.wechat or row.wecom:
        ways.append(Way.WECHAT)
    if row.wangwang:
        ways.append(Way.WANGWANG)
    at, source = get.time("told_at"), mask_text(get.text("told_from"))
    consents, unread = telling.consent(agreed, withdrawn, at, source, tuple(ways))
    told = ((Reason.CONSENT, mask_text(unread)[:_MOST_SHOWN]),) if unread else ()
    return replace(row, consents=consents, unread=(*row.unread, *told))


DEFAULT_SHOP = "main"


def _shop(told: str) -> str:
    # The shop's own exports often leave the column at 0.
    return DEFAULT_SHOP if told in {"", "0"} else told


def _number(cells: Cells) -> Number:
    found = rules.number(cells.get("number", ""))
    if found is None:
        raise Bad(Reason.NUMBER, found=_shown(cells.get("number", "")))
    return found


def _numbers(cell: str) -> tuple[Number, ...]:
    found = (rules.number(part) for part in re.split(r"[，,、;；|\s]+", cell))
    return tuple(dict.fromkeys(one for one in found if one))


def _phone(cells: Cells, *fields: str) -> str:
    return next((p for p in (rules.first_phone(cells.get(f, "")) for f in fields) if p), "")


def _shown(cell: str) -> str:
    """A cell that could not be read: in a column that has moved, anything may stand."""
    text = (cell.strip() or "—")[:_MOST_SHOWN]
    dated = _DATE_FIRST.match(text)
    behind = dated.end() if dated else 0
    return text[:behind] + mask_text(text[behind:])


class _Getter:
    """Reads the fields of one row, and names the field when one is unreadable."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    def has(self, field: str) -> bool:
        return field in self._cells

    def text(self, field: str) -> str:
        return rules.clean(cell) if (cell := self._cells.get(field)) else ""

    def money(self, field: str, *, needed: bool = False, otherwise: int = 0) -> int:
        text = self.text(field)
        if not text and not needed:
            return otherwise
        amount = rules.fen(text)
        if amount is None or amount < 0:
            raise Bad(Reason.MONEY, column=field, found=_shown(text))
        return amount

    def time(self, field: str) -> datetime | None:
        text = self.text(field)
        found = rules.time_told(text)
        if text and found is None:
            raise Bad(Reason.TIME, column=field, found=_shown(text))
        return found

    def units(self, field: str) -> int:
        text = self.text(field)
        amount = rules.pieces(text)
        if amount is None:
            raise Bad(Reason.UNITS, column=field, found=_shown(text))
        return amount
