"""A day as it is typed. Knows no Qt."""

import re
import unicodedata
from contextlib import suppress
from datetime import date, timedelta
from enum import Enum

from lumi_desk.calls.words.rules import day_in_words

# A day without a year that was so short ago is that one, not the one of next year.
_JUST_OVER = timedelta(days=92)
_NUMBERS = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})|(\d{4})(\d\d)(\d\d)", re.ASCII)
_PARTS = {"/": "-", ".": "-", "年": "-", "月": "-", "日": "", "号": ""}


class NoDay(Enum):
    """Why a text cannot be taken for a day to come."""

    NONE = "no day"
    PAST = "past"


def day_of(text: str, today: date) -> tuple[date, NoDay | None]:
    """The day of a text; today for nothing, and for what is no day to come."""
    if not text.strip():
        return today, None
    found = any_day_of(text, today)
    if found is None:
        return today, NoDay.NONE
    return (found, None) if found >= today else (today, NoDay.PAST)


def any_day_of(text: str, today: date) -> date | None:
    """The day of `2026-12-01`, `12-01`, `2026年12月1日`, `明天` or `next wed`, over or to come."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    numbers = _NUMBERS.fullmatch("".join(_PARTS.get(one, one) for one in plain))
    if numbers is None:
        return day_in_words(text, today)
    year, month, day = numbers.group(1, 2, 3) if numbers[2] else numbers.group(4, 5, 6)
    try:
        if year is None:
            return _near(int(month), int(day), today)
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _near(month: int, day: int, today: date) -> date | None:
    """The next such day, unless the last one has only just been."""
    for year in (today.year - 1, today.year, today.year + 1):
        with suppress(ValueError):
            found = date(year, month, day)
            if found >= today - _JUST_OVER:
                return found
    return None
