"""Middleware around every request: its id, what it counts, and a line about it in the log."""

import logging
import re
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count
from os import getpid
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumi_desk.hub import logs, metrics
from lumi_desk.security.masking import mask_text

SLOW_S = 1.0
# Bursts of refusals must not turn into a second load: so many lines a second, the rest counted.
MOST_LINES = 50
_HEADER = b"x-request-id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Made by a machine: the digits in it are nobody's number.
_MADE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE)
_LISTENS = "/v1/poke"
_SIGN_IN = "/v1/sign-in"
_OTHER = "other"
_FAILED, _EXPIRED, _BROKEN, _OVERLOADED = 400, 401, 500, 503


@dataclass(slots=True)
class Seen:
    """What became known of a request on its way: ids only."""

    person: str = ""
    client: str = ""
    code: str = ""


_SEEN: ContextVar[Seen | None] = ContextVar("lumi_hub_seen", default=None)


def note(*, person: str = "", client: str = "", code: str = "") -> None:
    """Add to the line about the request under way: ids and codes, never a name or a number."""
    seen = _SEEN.get()
    if seen is not None:
        seen.person = person or seen.person
        # What a stranger's client calls itself may be anything.
        seen.client = client if _MADE.fullmatch(client) else seen.client
        seen.code = code or seen.code


class Watching:
    """Counts, times and logs each request; those that are well only if the log wants all."""

    def __init__(self, app: ASGIApp, doors: Iterable[str]) -> None:
        """`doors` are the application's own paths."""
        self._app = app
        self._doors = frozenset(doors)
        self._lines = _Lines()
        # Unlike those of any other process, and cheap.
        self._name, self._number = f"{getpid():x}-{token_hex(4)}", count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, seen = time.perf_counter(), 0, Seen()
        request_id = self._id_of(scope)
        logs.request_id.set(request_id)
        _SEEN.set(seen)
        door = self._door(scope)

        async def sending(message: Message) -> None:
            nonlocal status, began
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((_HEADER, request_id.encode("ascii")))
                if door == _LISTENS:
                    # A desk listens for hours; what took time is the beginning.
                    self._end(door, status, time.perf_counter() - began, seen)
            await send(message)

        metrics.UNDER_WAY.inc()
        try:
            await self._app(scope, receive, sending)
        except Exception:
            status = status or _BROKEN
            raise
        finally:
            metrics.UNDER_WAY.dec()
            if door != _LISTENS or status in (0, _BROKEN):
                self._end(door, status, time.perf_counter() - began, seen)

    def _id_of(self, scope: Scope) -> str:
        # Looked through by hand: this happens at every request.
        given = next((value for name, value in scope["headers"] if name == _HEADER), b"").decode(
            "latin-1"
        )
        if given and (
            _MADE.fullmatch(given) or (_ID.fullmatch(given) and mask_text(given) == given)
        ):
            return given
        return f"{self._name}-{next(self._number):x}"

    def _door(self, scope: Scope) -> str:
        """One of the application's own paths: a label must not hold what a stranger typed."""
        path: str = scope["path"]
        return path if path in self._doors else _OTHER

    def _end(self, door: str, status: int, seconds: float, seen: Seen) -> None:
        metrics.answered(door, status, seconds)
        level = _level(door, status, seconds)
        if not logs.access.isEnabledFor(level):
            return
        left_out = self._lines.left_out(time.monotonic())
        if left_out is None:
            return
        told: dict[str, str | int | float] = {
            "door": door,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "person": seen.person,
            "client": seen.client,
            "code": seen.code,
            "left_out": left_out,
        }
        logs.access.log(level, "request", extra={name: one for name, one in told.items() if one})


class _Lines:
    """How many lines were written in this second."""

    def __init__(self) -> None:
        self._second, self._written, self._left_out = 0, 0, 0

    def left_out(self, now: float) -> int | None:
        """How many were left out before this line; None when this one is left out too."""
        second = int(now)
        if second != self._second:
            self._second, self._written = second, 0
        self._written += 1
        if self._written > MOST_LINES:
            self._left_out += 1
            return None
        left_out, self._left_out = self._left_out, 0
        return left_out


def _level(door: str, status: int, seconds: float) -> int:
    """How serious it is. A desk that hung up (no status) had a bad line, not a bad hub."""
    if status >= _BROKEN and status != _OVERLOADED:
        return logging.ERROR
    # A token that ran out is everyday life: the desk fetches a new one.
    expired = status == _EXPIRED and door != _SIGN_IN
    if (status >= _FAILED and not expired) or (status and seconds >= SLOW_S):
        return logging.WARNING
    return logging.INFO
