"""Which column means what, and rows of text turned into rows of facts.

Sources: 11 header variants of public export files, 2011 to 2026. Headers are compared without
blanks and in any order.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from lumi_desk.imports import rules
from lumi_desk.imports.rules import Number, OrderStatus

Row = TypeVar("Row")
Cells = Mapping[str, str]


class Kind(StrEnum):
    """What a file holds."""

    ORDERS = "orders"
    ITEMS = "items"
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
    AMBIGUOUS = "ambiguous"
    NO_ORDER = "no_order"
    NO_PERSON = "no_person"
    TWO_CUSTOMERS = "two_customers"
    ROUNDED_LINK = "rounded_link"


REASONS = {
    Reason.CELLS: "the row has {found} cells, the header has {expected}",
    Reason.NUMBER: "there is no order number: {found}",
    Reason.CREATED: "the order has no readable creation time: {found}",
    Reason.TIME: "{column} is no time: {found}",
    Reason.MONEY: "{column} is no amount in yuan and fen: {found}",
    Reason.UNITS: "{column} is no whole number above nothing: {found}",
    Reason.TITLE: "the line has no product title",
    Reason.REPEATED: "the same {what} already stands in {found}",
    Reason.AMBIGUOUS: "the rounded number {found} fits more than one order",
    Reason.NO_ORDER: "there is no order {found} for this line",
    Reason.NO_PERSON: "the row has no member id, phone, WeChat or order number to know her by",
    Reason.TWO_CUSTOMERS: "order {found} belongs to another customer who is in a rep's hands",
    Reason.ROUNDED_LINK: "the order number {found} is rounded and links no order",
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


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as a file tells it. Times are UTC, money is fen, blanks are empty."""

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


@dataclass(frozen=True, slots=True)
class ItemRow:
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
    """One person of the brand's own member list. `balance_fen` is None when not told."""

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


@dataclass(frozen=True, slots=True)
class Taken(Generic[Row]):
    """What one file gave: its rows, and those left out."""

    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...]


# Of several names the first one present counts. The names of the desk's fields are on the left.
_ORDERS = {
    "number": ("订单编号", "订单号", "主订单编号"),
    "total": ("总金额",),
    "created": ("订单创建时间",),
    "nick": ("买家会员名", "买家昵称", "买家旺旺"),
    "open_user": ("买家open_uid", "买家openuid", "open_uid", "openuid", "买家ouid"),
    "member": ("会员id", "会员编号", "会员号", "品牌会员id", "member_id"),
    "goods": ("买家应付货款",),
    "postage": ("买家应付邮费",),
    "paid": ("买家实际支付金额", "买家实付金额"),
    "refund": ("退款金额",),
    "status": ("订单状态",),
    "close": ("订单关闭原因",),
    "receiver": ("收货人姓名",),
    "address": ("收货地址",),
    "new_address": ("修改后的收货地址",),
    "mobile": ("联系手机",),
    "landline": ("联系电话",),
    "paid_at": ("订单付款时间",),
    "confirmed_at": ("确认收货时间",),
    "title": ("宝贝标题", "商品标题"),
    "shop": ("店铺名称",),
}
_ITEMS = {
    "number": ("主订单编号", "订单编号", "订单号"),
    "title": ("标题", "商品标题", "宝贝标题"),
    "price": ("价格", "商品价格"),
    "units": ("购买数量", "数量"),
    "own_number": ("子订单编号",),
    "code": ("商家编码", "外部系统编号"),
    "outer": ("外部系统编号",),
    "spec": ("商品属性",),
    "package": ("套餐信息",),
    "status": ("订单状态",),
}
_MEMBERS = {
    "name": ("姓名", "客户姓名", "会员姓名", "名字", "name"),
    "phone": ("手机", "手机号", "手机号码", "电话", "联系手机", "联系电话", "phone", "mobile"),
    "wechat": ("微信", "微信号", "wechat"),
    "wangwang": ("旺旺", "旺旺号", "旺旺名", "旺旺id", "淘宝昵称", "买家会员名", "wangwang"),
    "balance": (
        "卡余额",
        "充值卡余额",
        "储值余额",
        "会员卡余额",
        "余额",
        "card_balance",
        "balance",
    ),
    "numbers": ("订单号", "订单编号", "历史订单号", "关联订单号", "order_numbers", "orders"),
    "member": ("会员id", "会员编号", "会员号", "会员卡号", "品牌会员id", "member_id"),
    "birthday": ("生日", "出生日期", "birthday"),
    "city": ("城市", "所在城市", "city"),
    "shop": ("店铺", "店铺名称", "shop"),
}
NAMES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.ORDERS: _ORDERS,
    Kind.ITEMS: _ITEMS,
    Kind.MEMBERS: _MEMBERS,
}
# A file is of a kind when it has all of these.
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.ORDERS: ("number", "total", "created"),
    Kind.ITEMS: ("number", "title", "price", "units"),
    Kind.MEMBERS: ("name",),
}
_ORDER_SIGNS = {"订单状态", "总金额", "订单创建时间"}
_REACHES = ("phone", "wechat", "wangwang", "member", "numbers")
# Other platforms' exports, to be called by their names instead of "no order export".
_STRANGERS = (("JD", ("下单帐号", "京东价")), ("Douyin", ("选购商品", "子订单编号")))


def plain_header(cell: str) -> str:
    """A header cell as it is compared: without blanks, in half-width small letters."""
    return "".join(unicodedata.normalize("NFKC", rules.clean(cell)).split()).casefold()


def recognise(header: Sequence[str]) -> tuple[Kind, dict[str, int]] | None:
    """The kind of file with such a header, and where each field stands; None if unknown."""
    plain = [plain_header(cell) for cell in header]
    if stranger(header):
        return None
    for kind in Kind:
        found = _places(plain, NAMES[kind])
        # An order export that lacks a column names people too, but is no list of them.
        people = not _ORDER_SIGNS & set(plain) and any(field in found for field in _REACHES)
        reaches = kind is not Kind.MEMBERS or people
        if reaches and all(field in found for field in NEEDED[kind]):
            return kind, found
    return None


def stranger(header: Sequence[str]) -> str:
    """The other platform such a header comes from, or nothing."""
    plain = {plain_header(cell) for cell in header}
    return next((name for name, signs in _STRANGERS if plain.issuperset(signs)), "")


def missing(header: Sequence[str]) -> str:
    """The columns an order export would need and this header lacks, in the platform's words."""
    plain = [plain_header(cell) for cell in header]
    found = _places(plain, _ORDERS)
    return "、".join(_ORDERS[field][0] for field in NEEDED[Kind.ORDERS] if field not in found)


def _places(plain: Sequence[str], names: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    found = {}
    for field, aliases in names.items():
        for alias in aliases:
            if alias in plain:
                found[field] = plain.index(alias)
                break
    return found


def order_row(file: str, line: int, cells: Cells, shop: str | None) -> OrderRow:
    """The facts of one row of an order export. Raises Bad."""
    get = _Getter(cells, Kind.ORDERS)
    created_at = rules.moment(cells.get("created", ""))
    if created_at is None:
        raise Bad(Reason.CREATED, found=_shown(cells.get("created", "")))
    total, refund = get.money("total", needed=True), get.money("refund")
    paid_at = get.time("paid_at")
    paid = get.money("paid", otherwise=total if paid_at else 0)
    if "paid_at" not in cells and paid + refund > 0:
        # Sellers who choose their columns leave it out; buyers pay within the hour.
        paid_at = created_at
    words = get.text("status")
    from_money = rules.status_from_money(paid_at=paid_at, total_fen=total, refund_fen=refund)
    address = get.text("new_address") or get.text("address")
    province, city = rules.region(address)
    return OrderRow(
        file=file,
        line=line,
        number=_number(cells),
        shop=shop or _shop(get.text("shop")),
        nick=rules.real_nick(cells.get("nick", "")),
        open_user=rules.real_nick(cells.get("open_user", "")),
        member=rules.real_nick(cells.get("member", "")),
        status=rules.status(words) or from_money,
        status_words=words,
        close_words=get.text("close"),
        created_at=created_at,
        paid_at=paid_at,
        confirmed_at=get.time("confirmed_at"),
        goods_fen=get.money("goods"),
        postage_fen=get.money("postage"),
        total_fen=total,
        paid_fen=paid,
        refund_fen=refund,
        title=get.text("title"),
        province=province,
        city=city,
        receiver=rules.real_name(cells.get("receiver", "")),
        phone=_phone(cells, "mobile", "landline"),
    )


def item_row(file: str, line: int, cells: Cells) -> ItemRow:
    """The facts of one row of an items export. Raises Bad."""
    get = _Getter(cells, Kind.ITEMS)
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
        status=rules.status(words),
        status_words=words,
    )


def member_row(file: str, line: int, cells: Cells, shop: str | None) -> MemberRow:
    """The facts of one row of a member list. Raises Bad."""
    get = _Getter(cells, Kind.MEMBERS)
    balance = get.text("balance")
    row = MemberRow(
        file=file,
        line=line,
        member=rules.real_nick(cells.get("member", "")),
        name=rules.real_name(cells.get("name", "")),
        phone=_phone(cells, "phone"),
        wechat=rules.real_nick(cells.get("wechat", "")),
        wangwang=rules.real_nick(cells.get("wangwang", "")),
        shop=shop or _shop(get.text("shop")),
        city=get.text("city"),
        birthday=rules.day(get.text("birthday")),
        balance_fen=get.money("balance") if balance else None,
        numbers=_numbers(get.text("numbers")),
    )
    if not (row.member or row.phone or row.wechat or row.numbers):
        raise Bad(Reason.NO_PERSON)
    return row


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
    parts = cell
    for separator in "，,、;；|\n":
        parts = parts.replace(separator, " ")
    found = (rules.number(part) for part in parts.split())
    return tuple(dict.fromkeys(one for one in found if one))


def _phone(cells: Cells, *fields: str) -> str:
    return next((p for p in (rules.real_phone(cells.get(f, "")) for f in fields) if p), "")


def _shown(cell: str) -> str:
    return (cell.strip() or "—")[:40]


class _Getter:
    """Reads the fields of one row, and names the platform's column when one is unreadable."""

    def __init__(self, cells: Cells, kind: Kind) -> None:
        self._cells = cells
        self._names = NAMES[kind]

    def text(self, field: str) -> str:
        return rules.clean(self._cells.get(field, ""))

    def money(self, field: str, *, needed: bool = False, otherwise: int = 0) -> int:
        text = self.text(field)
        if not text and not needed:
            return otherwise
        amount = rules.fen(text)
        if amount is None or amount < 0:
            raise Bad(Reason.MONEY, column=self._names[field][0], found=_shown(text))
        return amount

    def time(self, field: str) -> datetime | None:
        text = self.text(field)
        found = rules.moment(text)
        if text and found is None:
            raise Bad(Reason.TIME, column=self._names[field][0], found=_shown(text))
        return found

    def units(self, field: str) -> int:
        text = self.text(field)
        amount = rules.fen(text)
        if amount is None or amount <= 0 or amount % 100:
            raise Bad(Reason.UNITS, column=self._names[field][0], found=_shown(text))
        return amount // 100
