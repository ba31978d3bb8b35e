"""The festivals at which the company sends gifts."""

from datetime import date, timedelta

from borax.calendars.lunardate import LunarDate

_SOLAR = (("女神节", 3, 8), ("双 11", 11, 11))
_LUNAR = (("春节", 1, 1), ("端午", 5, 5), ("中秋", 8, 15))
_LONG_AGO = timedelta(days=20)


def last_festival(today: date) -> str:
    """The latest one at least 20 days ago: its gift has arrived everywhere."""
    until = today - _LONG_AGO
    past = [(day, name) for name, day in _festivals(until.year - 1) if day <= until]
    past += [(day, name) for name, day in _festivals(until.year) if day <= until]
    return max(past)[1]


def _festivals(year: int) -> list[tuple[str, date]]:
    days = [(name, date(year, month, day)) for name, month, day in _SOLAR]
    for name, month, day in _LUNAR:
        days.append((name, LunarDate(year, month, day).to_solar_date()))
    return days
