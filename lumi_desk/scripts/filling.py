"""What is known about a customer, put into the words a script's fields stand for."""

from dataclasses import dataclass
from datetime import datetime

_COMPOUND = (
    "欧阳上官司马诸葛东方皇甫尉迟公孙慕容司徒令狐宇文长孙夏侯端木南宫轩辕"
    "完颜呼延独孤闻人申屠赫连澹台钟离拓跋万俟百里东郭公羊仲孙太史淳于单于"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND[at : at + 2] for at in range(0, len(_COMPOUND), 2))


@dataclass(frozen=True, slots=True)
class Known:
    """What we know for the words. None or "" where we do not; money in fen.

    `callback_at` is in the zone it shall be spoken in.
    """

    name: str = ""
    rep: str = ""
    balance_fen: int | None = None
    monthly_use_fen: int | None = None
    days_left: int | None = None
    card_value_fen: int | None = None
    card_months: float | None = None
    gift: str = ""
    last_product: str = ""
    first_product: str = ""
    daily_use: str = ""
    quiet_days: int | None = None
    bundle: str = ""
    bundle_fen: int | None = None
    list_fen: int | None = None
    coupon_fen: int | None = None
    callback_at: datetime | None = None
    callback_about: str = ""


def surname_of(name: str) -> str:
    """The surname, or the first part of a dotted name; "" for no name."""
    name = name.strip()
    for dot in "·•・‧":
        if dot in name:
            return name.split(dot)[0]
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return name[:2]
    first = name[:1] if _is_han(name[:1]) else name.split(" ")[0]
    # A shop's nickname of digits is no name to greet anyone by.
    return first if first.isalpha() else ""


def _is_han(char: str) -> bool:
    return bool(char) and ord(char) > 0x2E7F


def values(known: Known, language: str) -> dict[str, str]:
    """The fields' values by name, in the words of a language; what is unknown is left out."""
    zh = language == "zh_CN"
    surname = surname_of(known.name)
    filled = {
        "salutation": (f"{surname}姐" if zh else f"Ms {surname}") if surname else "",
        "surname": surname,
        "name": known.name,
        "rep": known.rep,
        "balance": _money(known.balance_fen, zh=zh),
        "monthly_use": _money(_to_tens(known.monthly_use_fen), zh=zh),
        "days_left": _days(known.days_left, zh=zh),
        "card_value": _yuan(known.card_value_fen),
        "card_months": _months(known.card_months, zh=zh),
        "gift": known.gift,
        "last_product": known.last_product,
        "first_product": known.first_product,
        "daily_use": known.daily_use,
        "quiet_days": _days(known.quiet_days, zh=zh),
        "bundle": known.bundle,
        "bundle_price": _money(known.bundle_fen, zh=zh),
        "list_price": _money(known.list_fen, zh=zh),
        "coupon": _money(known.coupon_fen, zh=zh),
        "callback_time": _moment(known.callback_at, zh=zh),
        "callback_about": known.callback_about,
    }
    return {name: value for name, value in filled.items() if value}


def _to_tens(fen: int | None) -> int | None:
    """Rounded to ten yuan: nobody speaks of 1,193 yuan a month."""
    return None if fen is None else (fen + 500) // 1000 * 1000


def _yuan(fen: int | None) -> str:
    """12,000 or 12.50: whole yuan without decimals."""
    if fen is None:
        return ""
    return f"{fen // 100:,}" if fen % 100 == 0 else f"{fen / 100:,.2f}"


def _money(fen: int | None, *, zh: bool) -> str:
    yuan = _yuan(fen)
    return "" if not yuan else f"{yuan} 元" if zh else f"{yuan} yuan"


def _days(days: int | None, *, zh: bool) -> str:
    if days is None:
        return ""
    return f"{days} 天" if zh else f"{days} day" if days == 1 else f"{days} days"


def _months(months: float | None, *, zh: bool) -> str:
    if months is None:
        return ""
    return f"{months:.1f} 个月" if zh else f"{months:.1f} months"


def _moment(at: datetime | None, *, zh: bool) -> str:
    if at is None:
        return ""
    return f"{at.month} 月 {at.day} 日 {at:%H:%M}" if zh else f"{at:%H:%M} on {at:%d %B}"
