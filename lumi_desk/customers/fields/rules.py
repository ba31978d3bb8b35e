"""The fields of a customer that a rep may change, as texts, and when two changes clash."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lumi_desk.errors import N_, LumiError

LONGEST = 200
_EARLIEST = date(1900, 1, 1)
_MOST_PEOPLE = 20


class Field(StrEnum):
    """A field, named as its column."""

    NAME = "name"
    CITY = "city"
    BIRTHDAY = "birthday"
    ALLERGY = "allergy"
    HOUSEHOLD = "household"
    WECHAT = "wechat"


class BadValue(LumiError):
    """Something a field cannot hold."""

    title = N_("“{value}” does not fit: {field}")
    advice = N_("A name must not be empty, a day is written 1990-05-01, a household is 1 to 20.")


@dataclass(frozen=True, slots=True)
class Patch:
    """One field: what stood there when it was changed, and what is to stand there."""

    field: Field
    was: str
    now: str


def text_of(value: str | int | date | None) -> str:
    """A field's value as a text; nothing is an empty one."""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def value_of(field: Field, text: str, today: date) -> str | int | date | None:
    """What a text means in a field. Raises BadValue."""
    text = text.strip()
    try:
        return _read(field, text, today)
    except ValueError:
        raise BadValue(value=text[:LONGEST], field=field.value) from None


def clashing(current: Mapping[Field, str], patches: Iterable[Patch]) -> tuple[Field, ...]:
    """The fields somebody else has changed to something else meanwhile, in order."""
    return tuple(
        one.field for one in patches if current[one.field] not in (one.was.strip(), one.now.strip())
    )


def _read(field: Field, text: str, today: date) -> str | int | date | None:
    if len(text) > LONGEST or (field is Field.NAME and not text):
        raise ValueError
    if field is Field.HOUSEHOLD:
        people = int(text)
        if not 1 <= people <= _MOST_PEOPLE:
            raise ValueError
        return people
    if field is Field.BIRTHDAY:
        day = date.fromisoformat(text) if text else None
        if day is not None and not _EARLIEST <= day <= today:
            raise ValueError
        return day
    return text
