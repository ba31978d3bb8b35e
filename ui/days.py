"""A day as it is typed. Knows no Qt."""

import unicodedata
from datetime import date
from enum import Enum


class NoDay(Enum):
    """Why a text cannot be taken for a day to come."""

    NONE = "no day"
    PAST = "past"


def day_of(text: str, today: date) -> tuple[date, NoDay | None]:
    """The day of `2026-12-01` or `12-01`; today for nothing, and for what is no day to come."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("/", "-").replace(".", "-")
    if not plain:
        return today, None
    parts = plain.split("-")
    try:
        numbers = [int(one) for one in parts]
        found = _soon(*numbers, today=today) if len(numbers) < 3 else date(*numbers)
    except (ValueError, TypeError):
        return today, NoDay.NONE
    return (found, None) if found >= today else (today, NoDay.PAST)


def _soon(month: int, day: int, *, today: date) -> date:
    """The next such day, today among them."""
    found = date(today.year, month, day)
    return found if found >= today else date(today.year + 1, month, day)
