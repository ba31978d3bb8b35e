"""Which column means what, by its name: the exports of the platforms, and lists of people.

Sources: 11 header variants of public export files, 2011 to 2026. Headers are compared without
blanks and in any order.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum

from lumi_desk.imports import rules
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.units import Unit


class Amounts(StrEnum):
    """Whose the amounts of a row are, where an order has a row for every product."""

    ORDER = "order"
    LINE = "line"


class Platform(StrEnum):
    """Where an export comes from, where its header says it; also the orders' channel."""

    UNTOLD = ""
    JD = "jd"
    DOUYIN = "douyin"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is to be read. `places` says in which column (from 0) each field stands.

    `amounts` counts only where the kind is orders with lines. `units` are what columns of amounts
    are counted in, by place, yuan aside.
    """

    kind: Kind
    places: Mapping[str, int]
    platform: Platform = Platform.UNTOLD
    amounts: Amounts = Amounts.LINE
    units: Mapping[int, Unit] = dataclass_field(default_factory=dict)


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
    "name": ("客户姓名", "会员姓名", "姓名", "名字", "name"),
    "phone": ("手机", "手机号", "手机号码", "电话", "联系手机", "联系电话", "phone", "mobile"),
    "wechat": ("微信", "微信号", "wechat"),
    "wecom": ("外部联系人id", "外部联系人userid", "external_userid", "externaluserid"),
    "remark": ("备注名", "备注", "remark"),
    "nickname": ("微信昵称", "昵称", "nickname"),
    "account": ("添加人", "跟进人", "所属员工", "添加员工", "follow_user"),
    "added": ("添加时间", "添加日期", "添加好友时间", "added_at"),
    "friend": ("好友状态", "添加状态", "状态", "friend_state"),
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
    "card": ("充值卡号", "储值卡号", "卡号", "card_no"),
    "face": ("面值", "卡面值", "face_value"),
    "principal_left": ("本金余额", "剩余本金", "principal_left"),
    "bonus_left": ("赠金余额", "剩余赠金", "bonus_left"),
    "principal": ("本金", "充值本金", "principal"),
    "bonus": ("赠金", "赠送金额", "bonus"),
    "opened": ("开卡时间", "开卡日期", "办卡日期", "opened_at"),
    "consent": ("同意", "是否同意", "同意营销", "是否同意营销", "授权", "授权内容", "consent"),
    "withdrawn": ("退订", "是否退订", "退订时间", "withdrawn"),
    "told_from": ("来源", "同意来源", "登记来源", "source"),
    "told_at": ("同意时间", "授权时间", "登记时间", "报名时间", "时间", "signed_up_at"),
    "city": ("城市", "所在城市", "city"),
    "shop": ("店铺", "店铺名称", "shop"),
}
NAMES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.ORDERS: _ORDERS,
    Kind.ITEMS: _ITEMS,
    Kind.MEMBERS: _MEMBERS,
}
# One row for every product, the order's own facts repeated on each.
_JD = {
    "number": ("订单号",),
    "title": ("商品名称",),
    "units": ("订购数量",),
    "price": ("京东价",),
    "code": ("货号", "商品id"),
    "created": ("下单时间",),
    "paid_at": ("付款确认时间",),
    "confirmed_at": ("订单完成时间",),
    "total": ("订单金额",),
    "payable": ("应付金额",),
    "from_balance": ("余额支付",),
    "postage": ("运费金额",),
    "status": ("订单状态",),
    "nick": ("下单帐号",),
    "receiver": ("客户姓名",),
    "address": ("客户地址",),
    "mobile": ("联系电话",),
}
_DOUYIN = {
    "number": ("主订单编号",),
    "own_number": ("子订单编号",),
    "title": ("选购商品",),
    "spec": ("商品规格",),
    "units": ("商品数量",),
    "price": ("商品单价", "商品金额"),
    "code": ("商家编码",),
    "created": ("订单提交时间",),
    "paid_at": ("支付完成时间",),
    "confirmed_at": ("订单完成时间",),
    "total": ("订单应付金额",),
    "postage": ("运费",),
    "status": ("订单状态",),
    "after_sale": ("售后状态",),
    "close": ("取消原因",),
    "receiver": ("收件人",),
    "mobile": ("收件人手机号",),
    "province": ("省",),
    "city": ("市",),
}
# A platform's header is told by columns that no other has. JD repeats the order's amounts on
# every row; Douyin gives every row its own.
_PLATFORMS = (
    (Platform.JD, ("下单帐号", "京东价"), _JD, Amounts.ORDER),
    (Platform.DOUYIN, ("选购商品", "子订单编号"), _DOUYIN, Amounts.LINE),
)
# A file is of a kind when it has all of these; a list of people also one of PEOPLE and REACHES,
# or one of SURE, which do both.
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.ORDERS: ("number", "total", "created"),
    Kind.ITEMS: ("number", "title", "price", "units"),
    Kind.WHOLE: ("number", "total", "created", "title", "units"),
    Kind.MEMBERS: (),
}
PEOPLE = ("name", "member")
REACHES = ("phone", "wechat", "wangwang", "numbers")
SURE = ("wecom", "card")
# The same in the words of a list, for a sentence.
LIST_NEEDS = "姓名 / 会员ID、手机 / 微信 / 旺旺 / 订单号"
# A sign-up need not tell a name: a number, and what its owner agreed to.
WORDS = ("consent", "withdrawn")
_ORDER_SIGNS = {"订单状态", "总金额", "订单金额", "订单创建时间", "下单时间", "订单提交时间"}


def plain_header(cell: str) -> str:
    """A header cell as it is compared: without blanks, in half-width small letters."""
    return "".join(unicodedata.normalize("NFKC", rules.clean(cell)).split()).casefold()


def pointed_at(header: Sequence[str]) -> tuple[str, ...]:
    """What every column is called when it is pointed at, each otherwise.

    A column without a name goes by its place, one of several of a name by its number among them.
    """
    plain = [plain_header(cell) for cell in header]
    taken, seen = set(plain), Counter[str]()
    found = []
    for place, (cell, name) in enumerate(zip(header, plain, strict=True), start=1):
        base = cell.strip() if name else f"(column {place})"
        called = base
        while seen[name] and name and plain_header(called) in taken:
            seen[name] += 1
            called = f"{base} ({seen[name]})"
        seen[name] = max(seen[name], 1)
        taken.add(plain_header(called))
        found.append(called)
    return tuple(found)


def is_enough(kind: Kind, fields: Mapping[str, int]) -> bool:
    """Whether these columns are enough for a file of a kind.

    A list of people needs a name or an id, and one way to reach her or to know her again.
    """
    if kind is Kind.MEMBERS:
        if any(one in fields for one in SURE):
            return True
        who = (*PEOPLE, *WORDS)
        reaches = (*REACHES, "member") if {"name", *WORDS} & set(fields) else REACHES
        return any(one in fields for one in who) and any(one in fields for one in reaches)
    return all(field in fields for field in NEEDED[kind])


def recognise(header: Sequence[str]) -> Reading | None:
    """How to read a table with such a header; None if no platform's export has it."""
    plain = [plain_header(cell) for cell in header]
    for platform, signs, columns, amounts in _PLATFORMS:
        found = _places(plain, columns)
        if set(signs) <= set(plain) and is_enough(Kind.WHOLE, found):
            return Reading(Kind.WHOLE, found, platform, amounts)
    for kind, names in NAMES.items():
        found = _places(plain, names)
        # An order export that lacks a column names people too, but is no list of them.
        orders = kind is Kind.MEMBERS and _ORDER_SIGNS & set(plain)
        if not orders and is_enough(kind, found):
            return Reading(kind, found)
    return None


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
