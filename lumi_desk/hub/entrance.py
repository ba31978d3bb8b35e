"""The entrance: the doors under /v1 as one plain ASGI callable, in front of the framework.

What the framework does around a request costs several times what a head check does behind its
door. So it keeps the rest: hints, health and the description.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from lumi_desk.errors import LumiError
from lumi_desk.hub import problems
from lumi_desk.hub.bodies import Asking, HungUp, asked

METHOD = "POST"

# Gives the answer, which then sends itself.
Door = Callable[[Asking], Awaitable[ASGIApp]]


class Entrance:
    """Leads a request to its door, and whatever is not for one of these on to the rest."""

    def __init__(self, doors: Mapping[str, Door], rest: ASGIApp) -> None:
        """`doors` by their paths."""
        self._doors = doors
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        door = self._doors.get(scope["path"]) if scope["type"] == "http" else None
        if door is None:
            await self._rest(scope, receive, send)
            return
        try:
            answer = await _answer(door, scope, receive)
        except HungUp:
            return
        except Exception:
            # A mistake of ours: told to the desk, then to the server, which writes it down.
            await problems.broken()(scope, receive, send)
            raise
        await answer(scope, receive, send)


async def _answer(door: Door, scope: Scope, receive: Receive) -> ASGIApp:
    try:
        if scope["method"] != METHOD:
            raise problems.WrongMethod
        return await door(await asked(scope, receive))
    except LumiError as error:
        return problems.answer(error, {"Allow": METHOD} if error.code == "WrongMethod" else None)
