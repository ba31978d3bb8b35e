"""A snapshot on its way out: sheet after sheet, each made when the one before has left."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from lumi_desk.errors import LumiError
from lumi_desk.hub.bodies import Packer
from lumi_desk.hub.lanes import Lane, Lanes
from lumi_desk.hub.snapshot import Course

MEDIA_TYPE = "application/x-ndjson"
# A line that takes nothing for so long is given up; the desk asks for the rest.
_STALL_S = 60.0
_WELL = 200

Opened = Callable[[], Course]


@dataclass
class _Underway:
    """A course, what packs its sheets, and the first of them."""

    course: Course
    pack: Packer
    sheet: bytes

    def next(self) -> bytes:
        """The next sheet, packed."""
        plain = self.course.sheet()
        return self.pack(plain, last=not self.course.more)


async def begin(lanes: Lanes, opened: Opened, accepted: str) -> "Sheets":
    """The answer with the first sheet in it. Raises what the course does: nothing was sent yet."""

    def first() -> _Underway:
        underway = _Underway(opened(), Packer(accepted), b"")
        underway.sheet = underway.next()
        return underway

    return Sheets(lanes, await lanes.run(Lane.SNAPSHOT, first))


class Sheets:
    """Streams the sheets. One that can't be made ends the answer early: the desk asks again."""

    def __init__(self, lanes: Lanes, underway: _Underway) -> None:
        self._lanes = lanes
        self._underway = underway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until there is no more, or nobody takes it."""
        kind = (b"content-type", MEDIA_TYPE.encode())
        headers = [kind, *self._underway.pack.headers]
        await send({"type": "http.response.start", "status": _WELL, "headers": headers})
        asker = Request(scope, receive)
        while await self._sent(send) and self._underway.course.more:
            if await asker.is_disconnected() or not await self._made():
                break
        await _within_reason(send({"type": "http.response.body", "body": b""}))

    async def _sent(self, send: Send) -> bool:
        message = {"type": "http.response.body", "body": self._underway.sheet, "more_body": True}
        return await _within_reason(send(message))

    async def _made(self) -> bool:
        try:
            work = self._underway.next
            self._underway.sheet = await self._lanes.run(Lane.SNAPSHOT, work, begun=True)
        except LumiError:
            # The answer has begun: why it ends is told when the rest is asked for.
            return False
        return True


async def _within_reason(sending: Awaitable[None]) -> bool:
    with anyio.move_on_after(_STALL_S):
        await sending
        return True
    return False
