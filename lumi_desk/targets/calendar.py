"""The Chinese calendar of working days: days off, and weekend days worked in their stead."""

from datetime import date, timedelta
from functools import cache

from borax.calendars.lunardate import LunarDate, TermUtils
from chinese_calendar import constants

from lumi_desk.targets.rules import Calendar

# The last year whose days off the State Council has announced, as far as the package knows.
LAST_ANNOUNCED: int = max(day.year for day in constants.holidays)
FIRST_ANNOUNCED: int = min(day.year for day in constants.holidays)

# Statutory days off since 2025: fixed ones by month and day, lunar ones by lunar month and day.
_FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
_LUNAR = ((1, 1), (1, 2), (1, 3), (5, 5), (8, 15))
_PURE_BRIGHTNESS = "清明"


def is_announced(year: int) -> bool:
    """Whether days off and swapped working days of a year are known, not only reckoned."""
    return FIRST_ANNOUNCED <= year <= LAST_ANNOUNCED


@cache
def calendar(year: int) -> Calendar:
    """The exceptions to Monday-to-Friday in a year.

    Source: the package chinesecalendar (State Council announcements). For a year not announced
    yet these are the statutory days off alone, without bridges and swapped days.
    """
    if not is_announced(year):
        return dict.fromkeys(_statutory(year), False)
    off = {day: False for day in constants.holidays if day.year == year}
    return off | {day: True for day in constants.workdays if day.year == year}


def _statutory(year: int) -> list[date]:
    fixed = [date(year, month, day) for month, day in _FIXED]
    lunar = [LunarDate(year, month, day).to_solar_date() for month, day in _LUNAR]
    new_years_eve = lunar[0] - timedelta(days=1)
    return [*fixed, *lunar, new_years_eve, TermUtils.nth_term_day(year, _brightness())]


def _brightness() -> int:
    return int(TermUtils.get_index_for_name(_PURE_BRIGHTNESS))
