"""How much of a phone number is shown: enough to recognise it, never enough to dial it."""

import re
import unicodedata

DOT = "•"
_JUNK = DOT * 4

_EXTENSION = re.compile(
    r"(?P<number>.*[\d•])(?:\s*(?:转|分机|ext\.?|x|#|,|;)\s*| - )(?P<extension>[\d•]{1,6})"
)
_DASHED = re.compile(r"(?P<number>1[\d•]{10}|0\d{2,3}-?[\d•]{7,8})-(?P<extension>\d{1,6})")
_COUNTRY = re.compile(r"^(?:\+|00)86[-\s]*")
_MOBILE = re.compile(r"1[\d•]{10}")
_LANDLINE = re.compile(r"(?P<area>0(?:10|2\d|[3-9]\d{2}))(?P<rest>[2-9•][\d•]{6,7})")
_HOTLINE = re.compile(r"(?P<area>400|800)(?P<rest>[\d•]{7})")
# Digits with single blanks or dashes between them, long enough to be dialled.
_IN_TEXT = re.compile(r"(?<![\d•])\+?\d(?:[-\s]?\d){6,18}(?![\d•])")


def mask_phone(text: str) -> str:
    """`138 •••• 4127`, `0571 •••• 3456`; a virtual number's extension becomes dots.

    What is no phone number shows nothing but dots; nothing stays nothing. At most seven digits
    of a mobile number and four of a subscriber's are ever shown, and masking twice changes
    nothing.
    """
    plain = unicodedata.normalize("NFKC", text).replace("*", DOT).strip().lower()
    plain = _COUNTRY.sub("", plain)
    if not plain:
        return ""
    for pattern in (_EXTENSION, _DASHED):
        match = pattern.fullmatch(plain)
        if match is not None:
            shown = _number(match["number"])
            dots = DOT * len(match["extension"])
            return shown if shown == _JUNK else f"{shown} - {dots}"
    return _number(plain)


def _number(plain: str) -> str:
    """The masked form of a number without its extension."""
    if re.search(rf"[^\d{DOT}\s()+-]", plain):
        return _JUNK
    digits = "".join(re.findall(rf"[\d{DOT}]", plain))
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]} {DOT * 4} {digits[-4:]}"
    for pattern in (_LANDLINE, _HOTLINE):
        match = pattern.fullmatch(digits)
        if match is not None:
            return f"{match['area']} {_subscriber(match['rest'])}"
    return _subscriber(digits) if len(digits) in (7, 8) else _JUNK


def _subscriber(digits: str) -> str:
    return f"{DOT * (len(digits) - 4)} {digits[-4:]}"


def mask_text(text: str) -> str:
    """A text with every dialable number in it masked: for logs and error reports.

    Order numbers go with them; a log loses less by that than by one phone number.
    """
    return _IN_TEXT.sub(lambda match: mask_phone(match.group()), text)
