"""The only place that asks the time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The instant that is, in UTC, to the millisecond: as exact as it can be stored."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def ahead(by: timedelta) -> Clock:
    """A clock that runs ahead of now() (or behind it): demonstrations play at a fair hour."""
    return lambda: now() + by


def local_day(moment: datetime) -> date:
    """The calendar day in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def day_start(day: date) -> datetime:
    """The first instant of a Shanghai day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The first instant after a Shanghai day, in UTC."""
    return day_start(day + timedelta(days=1))
