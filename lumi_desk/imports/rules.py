"""What one cell of an export says: numbers, money, times, phones, statuses; and who is newer.

Sources: the platforms' export files as described by public readers of them. Everything here takes
the text of a cell and gives a value or None; nothing guesses.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache, wraps
from typing import NamedTuple, TypeVar

from lumi_desk.imports.states.rules import OrderStatus

T = TypeVar("T")

# Since 2022 nicknames can change and exports mask people; from then on a nick identifies nobody.
NICK_IDENTIFIES_BEFORE = datetime(2021, 12, 31, 16, tzinfo=UTC)
# A nick seen in an order of the last two years still opens a chat for most people.
NICK_LIVE_DAYS = 730
# A spreadsheet keeps 15 significant digits and puts zeros behind them.
SHEET_DIGITS = 15
# Numbers this short count rows; the platforms' own ids have been longer since 2008.
RUNNING_DIGITS = 9
# Amounts of eleven digits are a phone in a column that moved.
_MOST_UNITS = 10**10
_MOST_FEN = 100 * _MOST_UNITS
_MOST_REMEMBERED = 200
# China has had no summer time since 1991, so a fixed offset is exact for every order.
_SHANGHAI = timezone(timedelta(hours=8))

_BLANKS = frozenset(
    (
        *("", "-", "--", "—", "——", "/", "//", "\\", "无", "暂无", "未填", "未填写", "0000-00-00"),
        *("null", "NULL", "None", "nan", "NaN", "#N/A", "N/A", "n/a"),
    )
)
# What stands for no time, the beginning of all clocks above all.
_NO_TIMES = ("0000-00-00 00:00:00", "1970-01-01 08:00:00")
# What stands in place of an id or a name in the sums below a table.
_SUMS = re.compile(
    r"(?:[合总小共]\s*计|总数|汇总)\s*[:：]?[\d,.\s人位笔单个条名元]{0,12}|(?:grand )?total",
    re.IGNORECASE,
)
# What a spreadsheet or a rep writes where there is no id: many people would have the same.
_NOBODYS = re.compile(
    "[是否有]|(?:暂?无|没有?|尚?未|暂未|非|不|已)"
    "(?:会员|微信|旺旺|注册|登记|绑定|提供|填写?|添?加|通过|知道?|详|明|关注|开通|办理|入会|有|开卡)?[号卡码]?"
    "|保密|空|散客|游客|未知|同上|#(?:REF!|VALUE!|NAME\\?|DIV/0!|NULL!|NUM!)|#{2,}"
)
_TELLING = re.compile("[1-9A-Za-z]", re.ASCII)
# Any that WeChat knows: an id, a QQ number, a phone. Nothing shorter, and no letters of ours.
_WECHAT = re.compile(r"(?=.*[1-9A-Za-z])[-+_.@A-Za-z0-9]{5,64}", re.ASCII)
# Days since the end of 1899, as a spreadsheet keeps times that it does not show as such.
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_FIRST_SERIAL = date(1899, 12, 30)
_TEN_THOUSANDS = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*万", re.ASCII)
_FORMULA = re.compile(r'^=\s*"(.*)"$', re.DOTALL)
_PLAIN_MONEY = re.compile(r"\d{1,10}\.\d{2}", re.ASCII)
_MONEY = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+)(?:\.\d*)?", re.ASCII)
_SCIENTIFIC = re.compile(r"(\d(?:\.(\d+))?)[eE]\+?(\d{1,2})", re.ASCII)
_WHOLE_FLOAT = re.compile(r"(\d{1,64})\.0+", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
# Blanks are gone through once: how many stand in a cell is for its file to say.
_TIME = re.compile(
    r"(\d{4})[-/.\\_年](\d{1,2})[-/.\\_月](\d{1,2})日?"
    r"(?:(?:(?<=日)|[T\s]++)\s*+(上午|下午|)\s*+(\d{1,2})[:：时点](\d{1,2})分?"
    r"(?:[:：]?(?<=[:：分])(\d{1,2})(?:\.\d+)?秒?)?\s*+(AM|PM|am|pm|)(Z|[+-]\d{2}:?\d{2}|))?",
    re.ASCII,
)
_PLAIN_TIME = re.compile(r"\d{4}-\d{2}-\d{2} (?:[01]\d|2[0-3]):\d{2}:\d{2}", re.ASCII)
# Without anything between the digits, as some programs write them.
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2})(\d{2})(\d{2})?)?", re.ASCII)
_MEASURE = re.compile(r"(\d+)(?:\.0+)?\s*[盒瓶件个袋支套罐包箱条粒片份组]", re.ASCII)
_CURRENCY = re.compile(
    r"^(?:RMB|CNY|人民币|¥)\s*|(?<!\s)\s*+(?:元整?|圆整?|块钱?|RMB|CNY)$", re.IGNORECASE
)
_FILE_TIME = re.compile(r"(20\d{2}[01]\d[0-3]\d)[-_]?([0-2]\d[0-5]\d)([0-5]\d)?(?!\d)", re.ASCII)
_PLAIN_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_MOBILE = re.compile(r"(?:(?:\+|00)?86-?|0)?(1[3-9](?:-?\d){9})", re.ASCII)
_PROVINCE = re.compile(
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    "|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)"
    "(?:壮族自治区|回族自治区|维吾尔自治区|特别行政区|自治区|省|市)?"
)
_CITY = re.compile(r"[^区县镇乡街路道\d\s*]{1,9}?(?:市|自治州|地区|盟)")
_POSTCODE = re.compile(r"\(\d*\)$")
_NOTHING_BEHIND = re.compile(r"\.0+$", re.ASCII)
# Behind the country code the area code has lost its nought.
_LANDLINE = re.compile(
    r"(?:(?:\+|00)?86-?0?|0)(10|2\d|[3-9]\d{2})-?([2-9]\d{2,3})-?(\d{4})", re.ASCII
)
# Seven digits and more, with a few signs between and around them.
_DIALLABLE = re.compile(
    r"(?:[^\w*)）\]】]|_){0,4}\d(?:(?:[^\w*]|_){0,3}\d){6,}(?:[^\w*(（\[【]|_){0,4}"
)
_BETWEEN_PHONES = re.compile(r"[/／、,，;；|\s]+")
_IN_BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
_VIRTUAL = re.compile(
    r"1\d{10}(?:\s*+(?:-|转|,|#|ext\.?)\s*+|\s++)\d{3,6}", re.ASCII | re.IGNORECASE
)


def _remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """Most cells of a column say what others have said before; very long ones are not kept."""
    kept = lru_cache(maxsize=4096)(read)

    @wraps(read)
    def remembering(cell: str) -> T:
        return kept(cell) if len(cell) <= _MOST_REMEMBERED else read(cell)

    return remembering


def clean(cell: str) -> str:
    """A cell without the dress of spreadsheets: `="…"`, apostrophes, tabs, outer blanks."""
    text = cell.strip(" \t\r\n\ufeff\u00a0\u3000")
    if text.startswith("=") and (found := _FORMULA.match(text)):
        text = found[1].replace('""', '"').strip()
    # A lone apostrophe tells a spreadsheet "this is text"; it is no part of what it says.
    text = text.lstrip("'\u2019").strip()
    return "" if text in _BLANKS or text in _NO_TIMES else text


class Number(NamedTuple):
    """An order number as a file shows it.

    `unit` is 0 when every digit can be trusted; else the true number lies less than one unit
    away from `value`. `running` numbers only count the rows of one file.
    """

    text: str
    value: int
    unit: int = 0
    running: bool = False

    @property
    def rounded(self) -> bool:
        """Whether a spreadsheet has destroyed the last digits."""
        return self.unit > 0

    @property
    def names(self) -> bool:
        """Whether it is the platform's own number, whole."""
        return not (self.rounded or self.running)

    @property
    def coarse(self) -> bool:
        """Whether even the fifteen digits that a spreadsheet keeps are gone (`1.23E+17`)."""
        return self.unit > 0 and self.value // self.unit < 10 ** (SHEET_DIGITS - 1)

    def may_be(self, other: "Number") -> bool:
        """Whether both can show the same id. Never enough to say that they do."""
        if not (self.rounded or other.rounded):
            return self.text == other.text
        return abs(self.value - other.value) <= max(self.unit, other.unit)


def number(cell: str) -> Number | None:
    """The order number of a cell, None if there is none."""
    text = clean(cell).removeprefix("No:").removeprefix("#")
    if found := _SCIENTIFIC.fullmatch(text):
        return _scientific(found[1], len(found[2] or ""), int(found[3]))
    if found := _WHOLE_FLOAT.fullmatch(text):
        # A binary float tells whole numbers apart only up to 2**53, some sixteen digits.
        lost = 10 ** max(0, len(found[1]) - SHEET_DIGITS)
        return Number(found[1], int(found[1]), lost if lost > 1 else 0)
    if not _ID.fullmatch(text):
        return None
    if not text.isdigit():
        return Number(text, 0)
    lost = 10 ** max(0, len(text) - SHEET_DIGITS)
    rounded = lost > 1 and int(text) % lost == 0
    return Number(text, int(text), lost if rounded else 0, running=len(text) <= RUNNING_DIGITS)


def _scientific(mantissa: str, decimals: int, exponent: int) -> Number:
    value = int(Decimal(mantissa).scaleb(exponent))
    unit = 10 ** max(0, exponent - decimals)
    return Number(str(value), value, unit if unit > 1 else 0)


@_remembered
def fen(cell: str) -> int | None:
    """Money of a cell in fen; None when it is blank, no amount, or finer than a fen.

    A tail of binary dirt (12.899999999999999) is repaired: it is nearer to a fen than 1e-6.
    """
    told = clean(cell)
    if _PLAIN_MONEY.fullmatch(told):
        return 100 * int(told[:-3]) + int(told[-2:])
    text = _CURRENCY.sub("", unicodedata.normalize("NFKC", told)).strip()
    if found := _TEN_THOUSANDS.fullmatch(text):
        text = str(Decimal(found[1]) * 10_000)
    return fen_of(text, 100)


def fen_of(text: str, each: int) -> int | None:
    """Fen of a bare number of units that are `each` so many; None as for the money of a cell."""
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "").replace(" ", "")
    if not _MONEY.fullmatch(text):
        return None
    number = Decimal(text)
    exact = number * each
    whole = exact.to_integral_value()
    if abs(exact - whole) > Decimal("0.0001") or abs(whole) >= _MOST_FEN:
        return None
    return int(whole) if abs(number) < _MOST_UNITS else None


def pieces(cell: str) -> int | None:
    """How many of something: `3`, `3.00`, `3盒`; None unless a whole number above nothing."""
    text = unicodedata.normalize("NFKC", clean(cell))
    found = _MEASURE.fullmatch(text)
    amount = fen(found[1] if found else text)
    return amount // 100 if amount and amount > 0 and amount % 100 == 0 else None


def moment(cell: str) -> datetime | None:
    """The instant of a cell in UTC; None if it is no time.

    It is read on the clocks of Shanghai unless it says on whose.
    """
    text = _half_width(cell)
    if _PLAIN_TIME.fullmatch(text):
        return _plain_moment(text)
    if found := _TIME.fullmatch(text):
        half, offset = found[4] or (found[8] or "").upper(), found[9]
        parts = [*found.groups()[:3], str(_hour(int(found[5] or 0), half)), found[6], found[7]]
    elif found := _COMPACT.fullmatch(text):
        offset, parts = "", list(found.groups())
    else:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in parts)
        local = datetime(year, month, day, hour, minute, second, tzinfo=_zone(offset))
        return local.astimezone(UTC) if _in_years(year) else None
    except ValueError:
        return None


def time_told(cell: str) -> datetime | None:
    """The instant of a cell in a column of times: there a number is days, as spreadsheets keep it.

    Elsewhere such a number may be anything.
    """
    found = moment(cell)
    if found is not None or not _SERIAL.fullmatch(text := clean(cell)):
        return found
    midnight = datetime.combine(_FIRST_SERIAL, time(), tzinfo=_SHANGHAI)
    # Spreadsheets keep the parts of a day as fractions: no nearer than a second.
    local = midnight + timedelta(seconds=round(float(text) * 86_400))
    return local.astimezone(UTC) if _in_years(local.year) else None


def _plain_moment(text: str) -> datetime | None:
    """The instant of a time as the platforms write it: many times faster than by its parts."""
    try:
        local = datetime.fromisoformat(f"{text}+08:00")
    except ValueError:
        return None
    return local.astimezone(UTC) if _in_years(local.year) else None


def _in_years(year: int) -> bool:
    return 2003 <= year <= 2099


def _half_width(cell: str) -> str:
    text = clean(cell)
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _hour(told: int, half: str) -> int:
    """The hour of 24; an hour that no half of a day has stays impossible."""
    if not half:
        return told
    if not 0 < told <= 12:
        return 24
    return told % 12 + (12 if half in {"下午", "PM"} else 0)


def _zone(offset: str | None) -> timezone:
    if not offset:
        return _SHANGHAI
    digits = "0000" if offset == "Z" else offset[1:].replace(":", "")
    east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-east if offset.startswith("-") else east)


def is_serial(cell: str) -> bool:
    """Whether a cell may be a day as a spreadsheet keeps it: only its column's name can say so."""
    return _SERIAL.fullmatch(clean(cell)) is not None


def day(cell: str) -> date | None:
    """The calendar day of a cell, a birthday above all; None if it is none."""
    text = _half_width(cell)
    if is_serial(text):
        return _FIRST_SERIAL + timedelta(days=int(float(text)))
    found = _TIME.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups()[:3])) if found else None
    except ValueError:
        return None


def minute_of(when: datetime) -> datetime:
    """A time without its seconds, which spreadsheets drop on saving."""
    return when.replace(second=0, microsecond=0)


def file_time(name: str) -> datetime | None:
    """When an export was made, if its file name says so (`ExportOrderList201705312359.csv`)."""
    found = _FILE_TIME.search(name)
    if not found:
        return None
    try:
        local = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M").replace(tzinfo=_SHANGHAI)
    except ValueError:
        return None
    return local.astimezone(UTC) + timedelta(seconds=int(found[3] or 0))


def real_phone(cell: str) -> str:
    """A number one can ring, in one form: `13800004127`, `0571-88001234`. Else empty.

    Country code, blanks, brackets and dashes are dress, and so is the `.0` of a number's cell.
    Masked numbers and virtual ones (with an extension, dead soon after the order) are none.
    """
    told = clean(cell)
    if _PLAIN_MOBILE.fullmatch(told):
        return told
    text = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", told))
    text = _NOTHING_BEHIND.sub("", text)
    if found := _MOBILE.fullmatch(text):
        return found[1].replace("-", "")
    if found := _LANDLINE.fullmatch(text):
        return f"0{found[1]}-{found[2]}{found[3]}"
    return ""


def first_phone(cell: str) -> str:
    """The number to ring of a cell that holds one, or a mobile one beside those of a house.

    Of two mobile numbers nobody knows which is hers.
    """
    if found := real_phone(cell):
        return found
    parts = [part for part in _BETWEEN_PHONES.split(clean(cell)) if part]
    found_all = [real_phone(part) for part in parts]
    if len(parts) < 2 or not all(found_all):
        return ""
    mobile = [one for one in found_all if one.startswith("1")]
    return mobile[0] if len(mobile) == 1 else ""


def virtual_phone(cell: str) -> bool:
    """Whether a cell holds a virtual number: 11 digits with an extension, lent for some 15 days."""
    return bool(_VIRTUAL.fullmatch(unicodedata.normalize("NFKC", clean(cell))))


def real_nick(cell: str) -> str:
    """A buyer's nick that is neither masked nor turned into a number by a spreadsheet."""
    text = clean(cell)
    if "*" in text or "匿名" in text or _SCIENTIFIC.fullmatch(text):
        return ""
    return "" if _NOBODYS.fullmatch(text) else text


def is_sum(cell: str) -> bool:
    """Whether a cell stands before the sums below a table."""
    return _SUMS.fullmatch(clean(cell)) is not None


def real_wechat(cell: str) -> str:
    """A WeChat id, unmasked; none is in Chinese (`同手机`, a nickname) or as short as a tick."""
    text = real_nick(cell)
    return text if _WECHAT.fullmatch(text) else ""


def real_id(cell: str) -> str:
    """An id of a person as a platform or a program gave it: unmasked, no digit filled in.

    Seventeen digits and more that end as a spreadsheet's rounding does are none, nor are noughts.
    """
    text = real_nick(cell)
    if _SUMS.fullmatch(text) or not _TELLING.search(text):
        return ""
    told = number(text) if len(text) > SHEET_DIGITS + 1 else None
    return "" if told and told.rounded else text


def real_name(cell: str) -> str:
    """A person's name: at least one letter, and nothing starred out.

    A number beside it that could be dialled (`王芳13800004127`, as reps write remarks) is no part
    of it: names are shown whole, numbers are not.
    """
    text = _DIALLABLE.sub(" ", clean(cell)).strip()
    if found := _IN_BRACKETS.fullmatch(text):
        text = found[1].strip()
    if _SUMS.fullmatch(text):
        return ""
    return text if "*" not in text and any(letter.isalpha() for letter in text) else ""


@dataclass(frozen=True, slots=True, order=True)
class Progress:
    """How late in an order's life a row was written; the greater row is the newer one.

    Statuses and refunds only ever go forward, so they decide before the time of the export.
    """

    rank: int
    refund_fen: int
    paid: bool
    confirmed: bool
    as_of: datetime


def progress(
    status: OrderStatus,
    refund_fen: int,
    paid_at: datetime | None,
    confirmed_at: datetime | None,
    as_of: datetime,
) -> Progress:
    rank = list(OrderStatus).index(status)
    return Progress(rank, refund_fen, paid_at is not None, confirmed_at is not None, as_of)


def kept_fen(total_fen: int, paid_fen: int, refund_fen: int) -> int:
    """What the buyer paid and we kept.

    Exports write the paid amount after refunds; where both together exceed the total it was
    written before them.
    """
    return paid_fen if paid_fen + refund_fen <= total_fen else max(0, paid_fen - refund_fen)


def unpaid(paid_at: datetime | None, paid_fen: int) -> bool:
    """Whether nobody ever paid the order."""
    return paid_at is None and paid_fen == 0


def wholly_refunded(paid_at: datetime | None, total_fen: int, refund_fen: int) -> bool:
    """Whether the order was paid and all of it given back."""
    return paid_at is not None and refund_fen >= total_fen > 0


def nick_identifies(nick: str, created_at: datetime) -> bool:
    """Whether a nick says for certain who bought: unmasked, and from before nicks could change."""
    return bool(nick) and created_at < NICK_IDENTIFIES_BEFORE


def nick_is_live(ordered_at: datetime, now: datetime) -> bool:
    """Whether a nick is recent enough to open a chat with it."""
    return now - ordered_at <= timedelta(days=NICK_LIVE_DAYS)


def split_titles(joined: str, kinds: int | None) -> tuple[str, ...]:
    """The product titles of an order, joined in one cell by a full-width or half-width comma.

    A title may hold a comma itself. Where the pieces do not agree with the number of kinds, the
    cell is left whole.
    """
    for comma in ("，", ","):
        parts = tuple(part.strip() for part in joined.split(comma) if part.strip())
        if kinds is None and len(parts) > 1:
            return parts
        if len(parts) == kinds:
            return parts
    return (joined.strip(),) if joined.strip() else ()


@_remembered
def region(address: str) -> tuple[str, str]:
    """Province and city of an address; empty where starred or not to be told apart.

    Taobao puts blanks between the parts. Where there are none the province is known by its name
    and the city by its ending: never is more of an address taken for one of them.
    """
    first, _, rest = clean(address).partition(" ")
    if known := _PROVINCE.match(first):
        province, more = known[0], first[known.end() :]
        if more:
            city = _CITY.match(more)
            return province, city[0] if city else ""
    province, city_part = (_POSTCODE.sub("", part).strip() for part in (first, rest.split(" ")[0]))
    return _short(province, 8), _short(city_part, 12)


def _short(part: str, most: int) -> str:
    return "" if "*" in part or len(part) > most else part
