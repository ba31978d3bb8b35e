"""What every table shares: naming convention, column types, the record with its version."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from lumi_desk.errors import N_, LumiError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# A paste from elsewhere may hold half of a character outside the basic plane.
_UNKEPT = re.compile("[\0\ud800-\udfff]")
_TO_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


class Home(Enum):
    """Where a table lives; each home is a branch of the migrations."""

    SHARED = "shared"
    HUB = "hub"
    DESK = "desk"


# Marks, by a column's or index's `info`, what a desk does without: it never travels there, or
# makes nothing faster there.
HUB_ONLY = {"hub_only": True}


class NulInText(LumiError):
    """A text holds a NUL, which PostgreSQL cannot store, or half a character, which nobody can."""

    title = N_("The text holds a character that cannot be stored")
    advice = N_("Delete the invisible character at position {position} and try again.")


class Words(TypeDecorator[str]):
    """Text without NUL characters and halves of characters: no engine could keep them all."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and not can_be_kept((value,)):
            found = _UNKEPT.search(value)
            raise NulInText(position=found.start() if found else 0)
        return value


def can_be_kept(texts: Iterable[str | None]) -> bool:
    """Whether every engine can keep all of these texts: asked once, for many."""
    joined = "".join(filter(None, texts))
    if joined.isascii():
        return "\0" not in joined
    try:
        # Several times faster than to search for halves of characters.
        return b"\0" not in joined.encode()
    except UnicodeEncodeError:
        return False


class UtcTime(TypeDecorator[datetime]):
    """An instant, kept as milliseconds since 1970 so that both engines and the wire agree."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_millis(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_millis(value)


class Fen(TypeDecorator[int]):
    """Money as an integer number of fen; 75 million CNY do not fit into 32 bits."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        if value is not None and not isinstance(value, int):
            raise TypeError(f"money must be integer fen, not {type(value).__name__}")
        return value


def to_millis(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware instant."""
    return (moment - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    """The instant of so many milliseconds since 1970, in UTC."""
    return _EPOCH + millis * _MILLISECOND


class Day(TypeDecorator[date]):
    """A calendar day, kept as `YYYY-MM-DD`."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """A small document of lists, texts and numbers, kept as text."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        # Most are empty lists.
        return _TO_JSON(value) if value or not isinstance(value, list | dict) else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Table(DeclarativeBase):
    """Base of every mapped class. Each says its `home`."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Words,
        int: BigInteger,
        date: Day,
        datetime: UtcTime,
    }
    home: ClassVar[Home]


class Record:
    """Mixin of everything that travels: an id and the version the hub gave it (0: not yet)."""

    id: Mapped[str] = mapped_column(primary_key=True)
    ver: Mapped[int] = mapped_column(default=0, server_default="0")
