"""What the values of a column look like: order numbers, money, times, phones, names, titles.

`fits` says whether a cell can be what its column is called; `looks` whether a column without a
telling name may be taken for it. Both take the text of a filled cell.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from lumi_desk.imports import rules
from lumi_desk.imports.states import rules as states
from lumi_desk.imports.states.rules import given_back
from lumi_desk.security import masking

# A member id, an account or a code is shown as its ends only; an order number too.
_ENDS = 3
_MOST_SHOWN = 24
_MOST_FEN = 10**9
_MOST_UNITS = 9999
# Nobody younger is on a list of people to call.
_YOUNGEST = 2012
_STARRED_PHONE = re.compile(
    r"(?:\+?86)?-?1(?:\d{2}\*{3,8}\d{0,4}|(?=\d*\*)[\d*]{10})|\*{4,11}\d{0,4}", re.ASCII
)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af·•]{2,4}|[^\W\d]+(?:[·•・][^\W\d]+)+")
_WECHAT = re.compile(r"(?:wxid_)?[A-Za-z][-_A-Za-z0-9]{5,19}", re.ASCII)
_PROVINCE = re.compile(
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    "|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)"
)

Test = Callable[[str], bool]
Mask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of values. `alone` is how sure a look at them makes without a telling name, 0 to 1."""

    fits: Test
    looks: Test
    alone: float
    shown: Mask


def _phone(cell: str) -> bool:
    text = rules.clean(cell)
    starred = _STARRED_PHONE.fullmatch(text)
    return bool(rules.first_phone(cell) or starred or rules.virtual_phone(cell))


def _number(cell: str) -> bool:
    return rules.number(cell) is not None and sum(one.isdigit() for one in cell) >= 5


def _long_number(cell: str) -> bool:
    digits = sum(one.isdigit() for one in cell)
    return _number(cell) and digits >= 9 and not _phone(cell) and "." not in cell


def _numbers(cell: str) -> bool:
    return all(_number(part) for part in re.split(r"[，,、;；|\s]+", rules.clean(cell)) if part)


def _time(cell: str) -> bool:
    return rules.moment(cell) is not None


def _named_time(cell: str) -> bool:
    return rules.time_told(cell) is not None


def _parted_time(cell: str) -> bool:
    # An order number may begin with a date.
    return _time(cell) and not rules.clean(cell).isdigit()


def _day(cell: str) -> bool:
    return rules.day(cell) is not None


def _birthday(cell: str) -> bool:
    found = rules.day(cell)
    told = found is not None and found.year <= _YOUNGEST and ":" not in cell
    return told and not rules.is_serial(cell)


def _money(cell: str) -> bool:
    found = rules.fen(cell)
    return found is not None and 0 <= found < _MOST_FEN and not _phone(cell)


def _exact_money(cell: str) -> bool:
    text = rules.clean(cell)
    return _money(cell) and ("." in text or not text.replace(",", "").isdigit())


def _units(cell: str) -> bool:
    found = rules.pieces(cell)
    return found is not None and found <= _MOST_UNITS


def _status(cell: str) -> bool:
    return len(cell) <= 24 and states.status(cell) is not None


def _title(cell: str) -> bool:
    return any(one.isalpha() for one in cell)


def _long_title(cell: str) -> bool:
    return len(_HAN.findall(cell)) >= 4 and not _address(cell) and not _status(cell)


def _name(cell: str) -> bool:
    text = rules.clean(cell)
    return len(text) <= 30 and any(one.isalpha() or one == "*" for one in text)


def _han_name(cell: str) -> bool:
    text = unicodedata.normalize("NFKC", rules.clean(cell))
    return bool(_NAME.fullmatch(text)) and not _status(cell) and not _PROVINCE.match(text)


def _address(cell: str) -> bool:
    return bool(_PROVINCE.match(rules.clean(cell))) and len(cell) >= 6


def _wechat(cell: str) -> bool:
    return bool(_WECHAT.fullmatch(rules.clean(cell)))


def _text(cell: str) -> bool:
    return bool(cell)


def _never(cell: str) -> bool:
    return not cell


def _as_it_is(cell: str) -> str:
    """A value that says nothing about a person."""
    return rules.clean(cell)[:_MOST_SHOWN]


def _words(cell: str) -> str:
    return masking.mask_text(rules.clean(cell))[:_MOST_SHOWN]


def masked(cell: str) -> str:
    """A value that may say anything: first letter and dots; what can be dialled is never whole."""
    text = rules.clean(cell)
    if not text:
        return ""
    if any(one.isdigit() for one in text):
        return _ends(text)
    return text[0] + masking.DOT * 2


def _ends(text: str) -> str:
    if len(text) < 3 * _ENDS:
        return masking.DOT * len(text)
    return f"{text[:_ENDS]}{masking.DOT * 3}{text[-_ENDS:]}"


def _masked_phone(cell: str) -> str:
    text = rules.clean(cell)
    # Of several the first is enough to know them by.
    return masking.mask_phone(text if rules.real_phone(text) else rules.first_phone(text) or text)


def _masked_number(cell: str) -> str:
    return _ends(rules.clean(cell).removeprefix("No:"))


def _place(cell: str) -> str:
    province, city = rules.region(cell)
    return f"{province} {city} {masking.DOT * 2}" if province else masked(cell)


NUMBER = Sort(_number, _long_number, 0.6, _masked_number)
# A number that repeats may be anybody's: its name must say that it is the line's.
OWN_NUMBER = Sort(_number, _never, 0, _masked_number)
NUMBERS = Sort(_numbers, _never, 0, masked)
TIME = Sort(_named_time, _parted_time, 0.5, _as_it_is)
DAY = Sort(_day, _birthday, 0.4, masked)
MONEY = Sort(_money, _exact_money, 0.4, _as_it_is)
# Whatever else an amount may be, its name must say it: a wrong refund is worse than none.
OTHER_MONEY = Sort(_money, _never, 0, _as_it_is)
UNITS = Sort(_units, _units, 0.5, _as_it_is)
STATUS = Sort(_status, _status, 0.75, _words)
TITLE = Sort(_title, _long_title, 0.5, _words)
NAME = Sort(_name, _han_name, 0.6, masked)
PHONE = Sort(_phone, _phone, 0.8, _masked_phone)
ADDRESS = Sort(_title, _address, 0.75, _place)
WECHAT = Sort(_text, _wechat, 0.4, masked)
TEXT = Sort(_text, _never, 0, masked)
PLAIN = Sort(_text, _never, 0, _words)
AFTER_SALE = Sort(lambda cell: given_back(cell) is not None, _never, 0, _words)
# A time whose name must say which.
NAMED_TIME = Sort(_named_time, _never, 0, _as_it_is)

OF_FIELD: dict[str, Sort] = {
    "number": NUMBER,
    "own_number": OWN_NUMBER,
    "numbers": NUMBERS,
    "created": TIME,
    "paid_at": TIME,
    "confirmed_at": TIME,
    "birthday": DAY,
    "total": MONEY,
    "paid": OTHER_MONEY,
    "refund": OTHER_MONEY,
    "goods": OTHER_MONEY,
    "postage": OTHER_MONEY,
    "price": OTHER_MONEY,
    "balance": OTHER_MONEY,
    "units": UNITS,
    "status": STATUS,
    "after_sale": AFTER_SALE,
    "title": TITLE,
    "receiver": NAME,
    "name": NAME,
    "phone": PHONE,
    "mobile": PHONE,
    "landline": PHONE,
    "address": ADDRESS,
    "wechat": WECHAT,
    "nick": TEXT,
    "wangwang": TEXT,
    "open_user": TEXT,
    "member": TEXT,
    "code": TEXT,
    "shop": PLAIN,
    "spec": PLAIN,
    "package": PLAIN,
    "province": PLAIN,
    "city": PLAIN,
    "close": PLAIN,
    "wecom": TEXT,
    "remark": TEXT,
    "nickname": TEXT,
    "account": TEXT,
    "added": NAMED_TIME,
    "friend": PLAIN,
    "card": TEXT,
    "face": OTHER_MONEY,
    "principal": OTHER_MONEY,
    "bonus": OTHER_MONEY,
    "principal_left": OTHER_MONEY,
    "bonus_left": OTHER_MONEY,
    "opened": NAMED_TIME,
    "consent": PLAIN,
    "withdrawn": PLAIN,
    "told_from": PLAIN,
    "told_at": NAMED_TIME,
    "order_kind": PLAIN,
    "pay_method": PLAIN,
}
# What only the exports of platforms have.
_MONEY_OF_PLATFORMS = ("payable", "from_balance")


def is_money(field: str) -> bool:
    """Whether a field holds amounts of money."""
    return OF_FIELD.get(field) in (MONEY, OTHER_MONEY) or field in _MONEY_OF_PLATFORMS
