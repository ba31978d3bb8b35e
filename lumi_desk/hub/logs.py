"""Logs of the hub: one line for each thing that happened, as JSON or text, without values.

A log line never holds what a person typed or is called: of an error it tells the kinds and the
places in the program, not the message, which may quote a row.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter
from sqlalchemy.exc import DBAPIError, StatementError

from lumi_desk.errors import LumiError
from lumi_desk.security.masking import mask_text

log = logging.getLogger("lumi_hub")
access = logging.getLogger("lumi_hub.access")

# Whose messages are made of templates that hold no values of ours.
_TRUSTED = ("lumi_hub", "uvicorn")
_DEEPEST = 8
_MOST_FRAMES = 30
_LONGEST_STATEMENT = 300
_PROGRAM = str(Path(__file__).parents[2])

# What a line about a request tells beside its message, in this order.
FIELDS = ("door", "status", "ms", "person", "client", "code", "left_out")

request_id: ContextVar[str] = ContextVar("lumi_hub_request_id", default="")


class Form(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"


class Level(StrEnum):
    """The least that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class NoValues(logging.Filter):
    """Takes out of a record whatever could be about a person, and adds the request it is of."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place; every record passes."""
        if record.exc_info:
            error = record.exc_info[1]
            record.exc_text = told(error) if error is not None else None
            record.exc_info = None
        record.stack_info = None
        record.msg, record.args = mask_text(_message(record)), ()
        record.at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        record.request = request_id.get()
        return True


class Text(logging.Formatter):
    """`time level [process] message field=value …` for people."""

    def __init__(self) -> None:
        super().__init__("%(at)s %(levelname)s [%(process)d] %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (given)
        """The line without its traceback."""
        said = vars(record)
        fields = [f"{name}={said[name]}" for name in (*FIELDS, "request") if said.get(name)]
        return " ".join((super().formatMessage(record), *fields))


class Json(JsonFormatter):
    """One JSON object a line for machines."""

    def __init__(self) -> None:
        super().__init__(
            ("at", "levelname", "process", "name", "message", "request"),
            rename_fields={"levelname": "level", "process": "worker", "name": "logger"},
            rename_fields_keep_missing=False,
            json_ensure_ascii=False,
        )


def config(form: Form, level: Level, *, all_requests: bool = False) -> dict[str, Any]:
    """What `logging.config.dictConfig` wants: everything through one careful handler.

    `all_requests` writes a line also about those that are neither slow nor failed.
    """
    requests = "INFO" if all_requests else _quieter(level)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"careful": {"()": NoValues}},
        "formatters": {"chosen": {"()": Json if form is Form.JSON else Text}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "filters": ["careful"],
                "formatter": "chosen",
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "lumi_hub": {"level": level.upper()},
            "lumi_hub.access": {"level": requests},
            "uvicorn": {"level": _quieter(level)},
        },
    }


def tell_crashes() -> None:
    """Have an error nobody expected told like this too, not with its values."""
    sys.excepthook = _crashed


def told(error: BaseException) -> str:
    """An error with what caused it: where in the program, and of which kinds; no messages."""
    return "\n".join(line for one in _chain(error) for line in (*_places(one), _kind(one)))


def _crashed(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        sys.__excepthook__(kind, error, place)
        return
    sys.stderr.write(f"{told(error)}\n")


def _quieter(level: Level) -> str:
    # The server tells of every start and stop of a process: that is for debugging.
    return "INFO" if level is Level.DEBUG else max(level, Level.WARNING, key=_rank).upper()


def _rank(level: Level) -> int:
    return list(Level).index(level)


def _message(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] not in _TRUSTED:
        # Only the template: what it is filled with, or its further lines, may quote anything.
        return str(record.msg).partition("\n")[0]
    try:
        return record.getMessage().partition("\n")[0]
    except (TypeError, ValueError):
        return str(record.msg)


def _chain(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """The error and what led to it, the first cause first."""
    if depth > _DEEPEST:
        return
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before, depth + 1)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _chain(one, depth + 1)
    yield error


def _places(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]:
        file = frame.filename.removeprefix(_PROGRAM).lstrip("/\\")
        yield f"  {file}:{frame.lineno} in {frame.name}"


def _kind(error: BaseException) -> str:
    kind = type(error)
    parts = [f"{kind.__module__}.{kind.__qualname__}"]
    if isinstance(error, LumiError):
        parts.append(error.title)
    if isinstance(error, DBAPIError):
        parts += _of_the_database(error.orig)
    if isinstance(error, StatementError) and error.statement:
        # Without its parameters: these are the values.
        parts.append(" ".join(error.statement.split())[:_LONGEST_STATEMENT])
    return mask_text(" | ".join(parts))


def _of_the_database(error: BaseException | None) -> list[str]:
    """Names of the schema that the database's error mentions; its sentences quote values."""
    said: Any = getattr(error, "diag", None)
    names = [getattr(said, name, None) for name in ("table_name", "column_name", "constraint_name")]
    state = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    return [str(one) for one in (state, *names) if one]
