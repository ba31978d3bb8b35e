"""The hub's application: doors under /v1, who waits at them, and how errors leave."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from lumi_desk import __version__, clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import callers, describing, health, poke, problems, sheets, watching
from lumi_desk.hub.bodies import BodyLimits, packed
from lumi_desk.hub.doors import Doors
from lumi_desk.hub.lanes import Lane, Lanes
from lumi_desk.storage.store import Store

Door = Callable[[str, bytes], bytes]
Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(store: Store, now: clock.Clock = clock.now, lanes: Lanes | None = None) -> FastAPI:
    """The application on one database. It keeps nothing in memory between requests.

    `app.state.lanes` tells who waits, `app.state.pokes.close()` sends the listeners home.
    """
    doors, lanes = Doors(store, now), lanes or Lanes()
    pokes = poke.Pokes(store, now)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        pokes.open()
        poke.close_on_signal(pokes)
        yield
        pokes.close()

    app = FastAPI(
        title="Lumi hub", version=__version__, docs_url=None, redoc_url=None, lifespan=living
    )
    app.state.lanes, app.state.pokes = lanes, pokes
    app.add_middleware(BodyLimits)
    app.add_middleware(watching.Watching)  # the last one is the outermost: it sees every answer
    app.add_exception_handler(LumiError, problems.told)
    app.add_exception_handler(HTTPException, problems.misdirected)
    app.add_exception_handler(Exception, problems.failed)
    for name, (lane, door) in _plain_doors(doors).items():
        _open(app, name, _endpoint(lanes, lane, door))
    _open(app, "snapshot", _snapshot(lanes, doors))
    poke.add(app, pokes, lanes, doors.caller)
    _add_health(app, store)
    describing.complete(app)
    return app


def _plain_doors(doors: Doors) -> dict[str, tuple[Lane, Door]]:
    return {
        "sign-in": (Lane.ENTRY, doors.sign_in),
        "refresh": (Lane.ENTRY, doors.refresh),
        "hello": (Lane.DELTA, doors.hello),
        "push": (Lane.PUSH, doors.push),
        "pull": (Lane.DELTA, doors.pull),
    }


def _open(app: FastAPI, name: str, endpoint: Endpoint) -> None:
    told: dict[str, Any] = describing.door(name)
    app.add_api_route(f"/v1/{name}", endpoint, methods=["POST"], name=name, **told)


def _endpoint(lanes: Lanes, lane: Lane, door: Door) -> Endpoint:
    """Bytes are handed over as they are: the framework's own models cost more than the work."""

    async def endpoint(request: Request) -> Response:
        body, headers = await request.body(), request.headers
        access, accepted = _access(request), headers.get("accept-encoding", "")

        def work() -> tuple[bytes, dict[str, str]]:
            return packed(door(access, body), accepted)

        content, added = await lanes.run(lane, work)
        return Response(content, headers=added, media_type="application/json")

    return endpoint


def _snapshot(lanes: Lanes, doors: Doors) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        body, access = await request.body(), _access(request)
        accepted = request.headers.get("accept-encoding", "")
        return await sheets.begin(lanes, lambda: doors.snapshot(access, body), accepted)

    return endpoint


def _access(request: Request) -> str:
    return callers.access_in(request.headers.get("authorization", ""))


def _add_health(app: FastAPI, store: Store) -> None:
    @app.get("/health", responses={health.AWAY: {"model": health.Health}})
    def healthy(answer: Response) -> health.Health:
        found = health.health(store)
        answer.status_code = found.code
        return found
