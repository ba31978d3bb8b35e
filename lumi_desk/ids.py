"""The one maker of ids: UUIDv7, so that ids made offline still sort by time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from uuid6 import uuid7

_maker: ContextVar[Callable[[], str] | None] = ContextVar("ids_maker", default=None)


def new_id() -> str:
    """A new id as 36 characters of text."""
    make = _maker.get()
    return str(uuid7()) if make is None else make()


def least_id(at: datetime) -> str:
    """What every id that is made from this moment on is greater than (RFC 9562, UUIDv7)."""
    told = f"{int(at.timestamp() * 1000):012x}"
    return f"{told[:8]}-{told[8:]}"


@contextmanager
def made_by(make: Callable[[], str]) -> Iterator[None]:
    """Let another maker make the ids meanwhile, in this context alone: a history told twice
    has to use the same ones.
    """
    token = _maker.set(make)
    try:
        yield
    finally:
        _maker.reset(token)
