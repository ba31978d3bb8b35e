"""The hub's application: doors under /v1, who waits at them, and how errors leave."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from lumi_desk import __version__, clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import describing, health, poke, problems, sheets
from lumi_desk.hub.bodies import Answer, Asking, packed
from lumi_desk.hub.centre import CentreDoors
from lumi_desk.hub.centre_tagging import TagDoors
from lumi_desk.hub.doors import Doors
from lumi_desk.hub.entrance import Door, Entrance
from lumi_desk.hub.exporting import ExportDoors
from lumi_desk.hub.figure_doors import FigureDoors
from lumi_desk.hub.import_doors import ImportDoors, Launches, launcher
from lumi_desk.hub.lanes import Lane, Lanes
from lumi_desk.hub.leading import AssignDoors
from lumi_desk.hub.poke import Pokes
from lumi_desk.hub.reviewing import ReviewDoors
from lumi_desk.hub.ruling import RuleDoors
from lumi_desk.hub.snapshot import Course
from lumi_desk.hub.titling import TitleDoors
from lumi_desk.hub.watching import Watching
from lumi_desk.storage.store import Store

Plain = Callable[[str, bytes], bytes]


def create_app(
    store: Store,
    now: clock.Clock = clock.now,
    lanes: Lanes | None = None,
    launch: Launches | None = None,
) -> ASGIApp:
    """The application on one database. It keeps nothing in memory between requests.

    `launch` has imports carried out, if not in processes of their own.
    """
    doors, lanes, pokes = Doors(store, now), lanes or Lanes(), Pokes(store, now)
    rest = _rest(pokes)
    poke.add(rest, pokes, lanes, doors.caller)
    _add_health(rest, store)
    describing.complete(rest)
    coming_in = ImportDoors(store, now, doors.caller, launch or launcher(store))
    every = (*_doors(doors, lanes), *_import_doors(coming_in, lanes))
    entrance = {describing.path_of(name): door for name, door in every}
    others = (getattr(route, "path", "") for route in rest.routes)
    return Watching(Entrance(entrance, rest), {*entrance, *others})


def _rest(pokes: Pokes) -> FastAPI:
    """What the framework answers: hints, health and the description; and what nobody does."""

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        pokes.open()
        poke.close_on_signal(pokes)
        yield
        pokes.close()

    app = FastAPI(
        title="Lumi hub", version=__version__, docs_url=None, redoc_url=None, lifespan=living
    )
    app.add_exception_handler(LumiError, problems.told)
    app.add_exception_handler(HTTPException, problems.misdirected)
    app.add_exception_handler(Exception, problems.failed)
    return app


def _doors(doors: Doors, lanes: Lanes) -> Iterator[tuple[str, Door]]:
    yield "sign-in", _plain(lanes, Lane.ENTRY, doors.sign_in)
    yield "refresh", _plain(lanes, Lane.ENTRY, doors.refresh)
    yield "hello", _plain(lanes, Lane.DELTA, doors.hello)
    yield "push", _plain(lanes, Lane.PUSH, doors.push)
    yield "pull", _plain(lanes, Lane.DELTA, doors.pull)
    yield "snapshot", _snapshot(lanes, doors)
    rules = RuleDoors(doors.store, doors.now, doors.caller)
    yield "rules", _plain(lanes, Lane.MANAGE, rules.listed)
    yield "rules/show", _plain(lanes, Lane.MANAGE, rules.shown)
    yield "rules/preview", _plain(lanes, Lane.MANAGE, rules.previewed)
    yield "rules/set", _plain(lanes, Lane.MANAGE, rules.set)
    yield "rules/roll-back", _plain(lanes, Lane.MANAGE, rules.rolled_back)
    pairs = ReviewDoors(doors.store, doors.now, doors.caller)
    yield "identity", _plain(lanes, Lane.MANAGE, pairs.listed)
    yield "identity/show", _plain(lanes, Lane.MANAGE, pairs.shown)
    yield "identity/one", _plain(lanes, Lane.MANAGE, pairs.said_one)
    yield "identity/two", _plain(lanes, Lane.MANAGE, pairs.said_two)
    yield "identity/undo", _plain(lanes, Lane.MANAGE, pairs.undone)
    yield "identity/history", _plain(lanes, Lane.MANAGE, pairs.history)
    yield "identity/numbers", _plain(lanes, Lane.MANAGE, pairs.numbers)
    titles = TitleDoors(doors.store, doors.now, doors.caller)
    yield "titles", _plain(lanes, Lane.MANAGE, titles.listed)
    yield "titles/settle", _plain(lanes, Lane.MANAGE, titles.settled)
    yield "titles/settle-all", _plain(lanes, Lane.MANAGE, titles.settled_all)
    yield "titles/later", _plain(lanes, Lane.MANAGE, titles.left)
    yield "titles/undo", _plain(lanes, Lane.MANAGE, titles.undone)
    yield "titles/history", _plain(lanes, Lane.MANAGE, titles.history)
    yield from _centre_doors(doors, lanes)
    yield from _figure_doors(doors, lanes)
    assigning = AssignDoors(doors.store, doors.now, doors.caller)
    yield "assigning", _plain(lanes, Lane.MANAGE, assigning.listed)
    yield "assigning/preview", _plain(lanes, Lane.MANAGE, assigning.previewed)
    yield "assigning/do", _plain(lanes, Lane.MANAGE, assigning.done)
    yield "assigning/undo", _plain(lanes, Lane.MANAGE, assigning.undone)
    yield "assigning/plan", _plain(lanes, Lane.MANAGE, assigning.planned)
    yield "assigning/leave", _plain(lanes, Lane.MANAGE, assigning.left)


def _centre_doors(doors: Doors, lanes: Lanes) -> Iterator[tuple[str, Door]]:
    customers = CentreDoors(doors.store, doors.now, doors.caller)
    tags = TagDoors(doors.store, doors.now, doors.caller)
    exports = ExportDoors(doors.store, doors.now, doors.caller)
    for name, door in (
        ("centre", customers.listed),
        ("centre/show", customers.shown),
        ("centre/tags", tags.listed),
        ("centre/tags/preview", tags.previewed),
        ("centre/tags/do", tags.done),
        ("centre/tags/undo", tags.undone),
        ("centre/export/preview", exports.previewed),
        ("centre/export", exports.done),
    ):
        yield name, _plain(lanes, Lane.MANAGE, door)


def _figure_doors(doors: Doors, lanes: Lanes) -> Iterator[tuple[str, Door]]:
    figures = FigureDoors(doors.store, doors.now, doors.caller)
    for name, door in (
        ("figures/cohorts", figures.cohorts),
        ("figures/renewals", figures.renewals),
        ("figures/loss", figures.loss),
        ("figures/rfm", figures.rfm),
        ("figures/value", figures.value),
    ):
        yield name, _plain(lanes, Lane.MANAGE, door)


def _import_doors(doors: ImportDoors, lanes: Lanes) -> Iterator[tuple[str, Door]]:
    for name, door in (
        ("imports", doors.listed),
        ("imports/show", doors.shown),
        ("imports/begin", doors.begun),
        ("imports/bring", doors.brought),
        ("imports/at", doors.asked),
        ("imports/plan", doors.planned),
        ("imports/work", doors.worked),
        ("imports/save-profile", doors.saved),
        ("imports/stop", doors.stopped),
    ):
        yield name, _plain(lanes, Lane.MANAGE, door)


def _plain(lanes: Lanes, lane: Lane, door: Plain) -> Door:
    async def opened(asking: Asking) -> ASGIApp:
        def work() -> Answer:
            return packed(door(asking.access, asking.plain()), asking.accepted)

        return await lanes.run(lane, work)

    return opened


def _snapshot(lanes: Lanes, doors: Doors) -> Door:
    async def opened(asking: Asking) -> ASGIApp:
        def course() -> Course:
            return doors.snapshot(asking.access, asking.plain())

        return await sheets.begin(lanes, course, asking.accepted)

    return opened


def _add_health(app: FastAPI, store: Store) -> None:
    app.state.store = store
    app.get("/health", responses={health.AWAY: {"model": health.Health}})(_healthy)


# Like the functions in `poke`, it holds nothing of an application.
def _healthy(request: Request, answer: Response) -> health.Health:
    found = health.health(request.app.state.store)
    answer.status_code = found.code
    return found
