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
# What people write between the digits of a number. A comma parts thousands, a colon hours.
_S = r"[\s./_()（）·・•*|~～\u00ad\u200b-\u200d\u2010-\u2015\u2060\u2212\uff0d\uff0e\ufeff-]{0,3}"
_ABROAD = rf"(?:(?:\+|00)?86{_S})?"
_TELEPHONE = re.compile(
    rf"(?<!\d)\(?(?P<number>{_ABROAD}1{_S}[3-9](?:{_S}\d){{9}}"
    rf"|{_ABROAD}0(?:10|2\d|[3-9]\d{{2}}){_S}[2-9](?:{_S}\d){{6,7}}"
    rf"|(?:\+|00)86(?:{_S}\d){{9,11}}"
    # Hong Kong, Macao, Taiwan.
    rf"|(?:\+|00)(?:85[23]|886)(?:{_S}\d){{8,10}}"
    r"|[48]00-?\d{3}-?\d{4}|[48]00-\d{4}-\d{3})(?!\d)"
    r"(?:\s*(?:-|转|分机|ext\.?|#)\s*(?P<extension>\d{1,6})(?!\d))?",
    re.IGNORECASE,
)
# Digits alone; around them stands what may tell that they are money or a shop's own nick.
_RUN = re.compile(
    r"(?<!\d)(?P<before>[¥￥]\s?|(?<![a-z])t[b_])?(?P<run>\d{7,})(?!\d)"
    r"(?P<behind>\.\d\d?(?!\d)|\s?[元块])?",
    re.IGNORECASE,
)
_SUBSCRIBER = re.compile(r"(?<!\d)(?<!\d[-\s])([2-9]\d{2,3})[-\s](\d{4})(?![-\s.:/]?\d)")
_WORDS = "〇○零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
# A mobile number in words; or some of its digits are, or are letters that look like a nought.
_SPOKEN = re.compile(
    rf"[一幺壹]{_S}[三四五六七八九叁肆伍陆柒捌玖](?:{_S}[{_WORDS}]){{9}}"
    rf"|(?<!\d)(?!\d{{11}})[1一幺壹][3-9三四五六七八九叁肆伍陆柒捌玖][\dOo{_WORDS}]{{9}}(?!\d)"
)
_OTHER_DIGIT = re.compile(r"[^\D0-9]|[²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒]")
_MANY = re.compile(r"(?:\d\D{0,3}){6}\d")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_MINUTE = re.compile(_DAY.pattern + r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?")
_IDENTITY = re.compile(r"[1-9]\d{5}" + _DAY.pattern + r"\d{4}")
_LONGEST_LOCAL = 8
_LONGEST_MONEY = 10
_ORDER_NUMBER = range(18, 20)


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
    """A text with every number in it masked that could be dialled, however it is written.

    For names, nicks, tags, notes, addresses and errors on their way to a screen, a file or a log.
    Days, money and order numbers of 18 or 19 digits stay; an identity card's number does not, nor
    do longer runs, which may hold two numbers. Masking twice changes nothing.
    """
    plain = _OTHER_DIGIT.sub(lambda match: str(unicodedata.digit(match.group())), text)
    told, before = plain, ""
    # What is left of a number may make another one with what stood beside it.
    while told != before:
        before = told
        told = _SPOKEN.sub(_JUNK, told)
        if _MANY.search(told):
            told = _TELEPHONE.sub(_telephone, told)
            told = _SUBSCRIBER.sub(_parted, _RUN.sub(_run, told))
    return text if told == plain else told


def _telephone(match: re.Match[str]) -> str:
    """A number with its area, its country or a mobile's beginning."""
    plain = "".join(re.findall(r"\d", match["number"]))
    from_abroad = re.match("(?:00)?86", plain)
    if from_abroad is not None:
        plain = plain[from_abroad.end() :]
        plain = plain if _MOBILE.fullmatch(plain) or plain[0] == "0" else f"0{plain}"
    shown = _number(plain)
    return f"{shown} - {DOT * len(match['extension'])}" if match["extension"] else shown


def _run(match: re.Match[str]) -> str:
    """Digits without anything between them."""
    run, before = match["run"], (match["before"] or "").lower()
    stays = (
        _DAY.fullmatch(run) is not None
        or _MINUTE.fullmatch(run) is not None
        or (len(run) in _ORDER_NUMBER and not _IDENTITY.fullmatch(run))
        or (len(run) <= _LONGEST_MONEY and bool(before or match["behind"]))
        or (before == "t_")
    )
    if stays:
        return match.group()
    masked = _subscriber(run) if len(run) <= _LONGEST_LOCAL else _JUNK
    return f"{match['before'] or ''}{masked}{match['behind'] or ''}"


def _parted(match: re.Match[str]) -> str:
    """A subscriber's number in two parts; two years, or two round sums, are a span."""
    one, other = match.groups()
    years = all(part.startswith(("19", "20")) and len(part) == 4 for part in (one, other))
    round_sums = one.endswith("00") and other.endswith("00")
    return match.group() if years or round_sums else _subscriber(one + other)
