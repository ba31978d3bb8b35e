"""Hints: `GET /v1/poke` tells a desk within a second that something has changed for it.

They may be lost, and the desk asks from time to time anyway: so nothing is kept of them. One
looker in each process reads the heads of the streams, whoever wrote to them, while somebody
listens. A listener costs a connection and no thread.
"""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy import select

from lumi_desk.clock import Clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import callers, describing
from lumi_desk.hub.accounts import ACCESS, sha256
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.lanes import HubBusy, Lane, Lanes
from lumi_desk.people.tables import Person, Token
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import SyncStream

Heads = Mapping[str, int]
_Handler = Callable[[int, FrameType | None], None]

_EVERY_S = 1.0
# Between two looks whether those who listen may still.
_TICKS_BETWEEN_CHECKS = 20
# A desk that lost its line leaves its listener behind: the newest few of a person are hers.
_MOST_EACH = 4
_CHUNK = 500


@dataclass(eq=False)
class _Listener:
    caller: Caller
    token: str
    heads: dict[str, int]
    news: dict[str, int] = field(default_factory=dict)
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def tell(self, heads: Heads) -> None:
        for stream, known in self.heads.items():
            head = heads.get(stream, known)
            if head != known:
                self.heads[stream] = self.news[stream] = head
                self.awake.set()

    def end(self) -> None:
        self.over = True
        self.awake.set()


class Pokes:
    """All who listen in this process."""

    def __init__(self, store: Store, now: Clock, every_s: float = _EVERY_S) -> None:
        self._store = store
        self._now = now
        self._every_s = every_s
        # By person: thousands come back at once after a restart, and each looks only at her own.
        self._by_person: dict[str, list[_Listener]] = {}
        self._looker: asyncio.Task[None] | None = None
        self._closed = False

    def __len__(self) -> int:
        return sum(map(len, self._by_person.values()))

    def require_open(self) -> None:
        """Raise HubBusy while the hub is stopping."""
        if self._closed:
            raise HubBusy(seconds=1)

    def open(self) -> None:
        """Let people listen, as from the beginning."""
        self._closed = False

    def close(self) -> None:
        """Send everybody home, so that stopping does not wait for them. Call it in the loop."""
        self._closed = True
        for listener in self._all():
            listener.end()

    async def listen(self, caller: Caller, access: str) -> AsyncIterator[Heads]:
        """The heads of her streams as they stand, then those that change, until her token ends."""
        streams = callers.streams_of(caller)
        heads = {one: caller.stands[one].head if one in caller.stands else 0 for one in streams}
        listener = _Listener(caller, sha256(access), heads, dict(heads))
        listener.awake.set()
        self._join(listener)
        try:
            while True:
                await listener.awake.wait()
                listener.awake.clear()
                if listener.over:
                    return
                news, listener.news = listener.news, {}
                yield news
        finally:
            self._leave(listener)

    def _join(self, listener: _Listener) -> None:
        hers = self._by_person.setdefault(listener.caller.id, [])
        listening = [one for one in hers if not one.over]
        for oldest in listening[: max(0, len(listening) + 1 - _MOST_EACH)]:
            oldest.end()
        hers.append(listener)
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look())

    def _leave(self, listener: _Listener) -> None:
        hers = self._by_person[listener.caller.id]
        hers.remove(listener)
        if not hers:
            del self._by_person[listener.caller.id]

    def _all(self) -> list[_Listener]:
        return [one for hers in self._by_person.values() for one in hers]

    async def _look(self) -> None:
        ticks = 0
        while self._by_person:
            await asyncio.sleep(self._every_s)
            ticks += 1
            try:
                heads = await asyncio.to_thread(self._heads)
                if ticks % _TICKS_BETWEEN_CHECKS == 0:
                    await self._check()
            except LumiError:
                # The database is away for a while: the desks ask by themselves.
                continue
            now = self._now()
            for listener in self._all():
                listener.tell(heads)
                if listener.caller.until <= now:
                    listener.end()

    def _heads(self) -> Heads:
        with self._store.look() as connection:
            asked = select(SyncStream.id, SyncStream.head)
            return {row.id: row.head for row in connection.execute(asked)}

    async def _check(self) -> None:
        """End the listeners whose token is revoked, who left, or who may read other streams now."""
        listeners = self._all()
        tokens = sorted({one.token for one in listeners})
        found = await asyncio.to_thread(self._streams_by_token, tokens, self._now())
        for one in listeners:
            if found.get(one.token) != callers.streams_of(one.caller):
                one.end()

    def _streams_by_token(self, tokens: list[str], now: datetime) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for start in range(0, len(tokens), _CHUNK):
            asked = (
                select(Token.sha256, Person.id, Person.role, Person.team_id)
                .join(Person, Person.id == Token.person_id)
                .where(
                    Token.sha256.in_(tokens[start : start + _CHUNK]),
                    Token.purpose == ACCESS,
                    Token.expires_at > now,
                    Person.active,
                )
            )
            with self._store.look() as connection:
                rows: Any = connection.execute(asked)
                found |= {row.sha256: callers.streams_of(row) for row in rows}
        return found


def close_on_signal(pokes: Pokes) -> None:
    """Send the listeners home when the server is told to stop; it goes on to stop as it would.

    A server waits for answers under way, and those of listeners never end by themselves. Call it
    in the server's loop.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        stop = signal.getsignal(number)
        if callable(stop):
            signal.signal(number, _closing(pokes, loop, stop))


def _closing(pokes: Pokes, loop: asyncio.AbstractEventLoop, stop: Callable[..., Any]) -> _Handler:
    def handler(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(pokes.close)
        stop(number, frame)

    return handler


@dataclass(frozen=True)
class _Asking:
    caller: Caller
    access: str


@dataclass(frozen=True)
class _Hall:
    """Where those who listen to one application stand. `caller` tells who shows a token."""

    pokes: Pokes
    lanes: Lanes
    caller: Any

    async def signed_in(self, authorization: str) -> _Asking:
        self.pokes.require_open()
        access = callers.access_in(authorization)
        return _Asking(await self.lanes.run(Lane.LISTEN, lambda: self.caller(access)), access)


# The framework remembers, as long as the process lives, the functions it has called: these hold
# nothing of an application, or none could ever be let go of.
_router = APIRouter()


async def _signed_in(request: Request) -> _Asking:
    hall: _Hall = request.app.state.hall
    return await hall.signed_in(request.headers.get("authorization", ""))


@_router.get(
    "/v1/poke",
    response_class=EventSourceResponse,
    responses=describing.PROBLEMS,
    summary="Be told when something has changed",
)
async def listening(
    request: Request, asking: Annotated[_Asking, Depends(_signed_in)]
) -> AsyncIterator[Any]:
    hall: _Hall = request.app.state.hall
    async for heads in hall.pokes.listen(asking.caller, asking.access):
        yield ServerSentEvent(data={"streams": heads})


def add(app: FastAPI, pokes: Pokes, lanes: Lanes, caller: Any) -> None:
    """Add the door. `caller` tells who shows a token."""
    app.state.hall = _Hall(pokes, lanes, caller)
    app.include_router(_router)
