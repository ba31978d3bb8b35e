"""When what a customer bought last is used up, and when she is reminded of it.

Design part 4: the last order's quantity by the daily use of the product. How long a unit lasts one
person is said by the catalogue, and by the manager's number of the line for a product that the
catalogue does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from lumi_desk.customers.rules import Line

_SOON_DAYS = 30
_WEEK_DAYS = 7


class Due(StrEnum):
    """When she is reminded, soonest first."""

    NOW = "due_now"
    SOON = "due_soon"  # within thirty days
    LATER = "due_later"
    OVER = "due_over"  # it was time, and is no longer


class UsedUp(StrEnum):
    """When what she bought last is used up, in days from today; unknown where nobody knows."""

    OVER = "over"  # before today
    WEEK = "week"  # within seven days, today among them
    MONTH = "month"  # within thirty days, but not within seven
    LATER = "later"
    UNKNOWN = ""


def _every_line(days: int) -> Mapping[Line, int]:
    return MappingProxyType(dict.fromkeys(Line, days))


@dataclass(frozen=True, slots=True)
class RunOutSettings:
    """Our choice; all in days, by line.

    `days_per_unit` is how long a unit lasts one person where the catalogue does not know the
    product; 0 says nothing of it, so that nobody is called by a guess. She is reminded from
    `ahead` days before the last portion until `behind` days after it.
    """

    days_per_unit: Mapping[Line, int] = field(default_factory=lambda: _every_line(0))
    ahead: Mapping[Line, int] = field(default_factory=lambda: _every_line(6))
    behind: int = 6


RUN_OUT = RunOutSettings()


@dataclass(frozen=True, slots=True)
class Taken:
    """What she bought last: `units` of a product, taken from `start` on by `people`.

    `days_per_unit` is what the catalogue says of the product, None where it does not know it.
    """

    start: date
    line: Line
    units: int
    people: int = 1
    days_per_unit: int | None = None

    def lasts(self, settings: RunOutSettings = RUN_OUT) -> int:
        """Days that one unit lasts one person; 0 if nobody knows."""
        if self.days_per_unit is not None:
            return self.days_per_unit
        return settings.days_per_unit.get(self.line, 0)


def run_out_day(start: date, units: int, per_unit: int, per_day: int) -> date | None:
    """The day on which the last portion is taken, the first one being taken on `start`.

    `per_unit` portions are in a unit, `per_day` are taken by everyone in the household
    together. None when there is nothing to take.
    """
    portions = units * per_unit
    if portions <= 0 or per_day <= 0:
        return None
    return start + timedelta(days=-(-portions // per_day) - 1)


def used_up(taken: Taken | None, settings: RunOutSettings = RUN_OUT) -> date | None:
    """The day on which it is used up; None if nobody knows."""
    if taken is None:
        return None
    return run_out_day(taken.start, taken.units, taken.lasts(settings), max(taken.people, 1))


def ends_before(today: date) -> Mapping[UsedUp, date]:
    """The day on which each of these times is over, seen from today; LATER never is."""
    return {
        UsedUp.OVER: today,
        UsedUp.WEEK: today + timedelta(days=_WEEK_DAYS),
        UsedUp.MONTH: today + timedelta(days=_SOON_DAYS),
    }


def remind_from(taken: Taken, last: date, settings: RunOutSettings = RUN_OUT) -> date:
    """From when she is reminded that it is used up on the day `last`."""
    return last - timedelta(days=settings.ahead.get(taken.line, 0))


def due(taken: Taken | None, today: date, settings: RunOutSettings = RUN_OUT) -> Due | None:
    """When she is reminded, seen from today; None if nothing of hers runs out."""
    last = used_up(taken, settings)
    if taken is None or last is None:
        return None
    begins = remind_from(taken, last, settings)
    if today > last + timedelta(days=settings.behind):
        return Due.OVER
    if today >= begins:
        return Due.NOW
    return Due.SOON if (begins - today).days <= _SOON_DAYS else Due.LATER
