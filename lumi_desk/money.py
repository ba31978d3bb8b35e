"""Yuan as people and files write them, and fen as the desk counts them."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

_AMOUNT = re.compile(
    r"(?P<sign>[-+]?)[¥$]?(?P<late_sign>[-+]?)"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?:\.(?P<part>\d*))?"
    r"(?P<ten_thousand>万)?(?:元|圆|块|cny|rmb)?"
)
# Excel writes 71.9 as 71.900000000000006; a real third decimal is further from a whole fen.
_BINARY_DIRT = Decimal("0.000001")


class NotMoney(ValueError):
    """A text that is no amount in yuan, or has parts of a fen."""


def to_fen(text: str) -> int:
    """Fen of an amount in yuan: `1,234.5`, `¥12.00`, `0元`, `-3`, `1.2万`, full-width too.

    Raises NotMoney, for an empty text too.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).lower().split()).replace("−", "-")
    match = _AMOUNT.fullmatch(plain)
    if match is None or not (match["whole"] or match["part"]):
        raise NotMoney(text)
    if match["sign"] and match["late_sign"]:
        raise NotMoney(text)
    whole = (match["whole"] or "0").replace(",", "")
    amount = Decimal(f"{whole}.{match['part'] or '0'}")
    exact = amount * (1_000_000 if match["ten_thousand"] else 100)
    fen = exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if abs(exact - fen) > _BINARY_DIRT:
        raise NotMoney(text)
    return -int(fen) if "-" in match["sign"] + match["late_sign"] else int(fen)


def to_yuan(fen: int) -> str:
    """The amount with two decimals and nothing else, for files: `1234.50`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def shown(fen: int, symbol: str = "¥") -> str:
    """The amount for the screen: `¥12,000`, with decimals only when there are any: `¥0.50`."""
    sign = "-" if fen < 0 else ""
    whole, part = divmod(abs(fen), 100)
    return f"{sign}{symbol}{whole:,}" + (f".{part:02d}" if part else "")
