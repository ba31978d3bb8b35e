"""The hub's application: doors under /v1, and how errors leave it."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse

from lumi_desk import __version__, clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import accounts, deliver
from lumi_desk.hub.accept import accept
from lumi_desk.hub.bodies import BodyLimits
from lumi_desk.people.tables import Person
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import protocol

_STATUS = {
    "WrongPassword": 401,
    "SessionOver": 401,
    "HasLeft": 401,
    "NotYours": 403,
    "TooManyTries": 429,
    "DiskFull": 507,
    "Busy": 503,
    "DatabaseAway": 503,
}
_RETRY_AFTER = {"Busy": "2", "DatabaseAway": "5"}


class NotUnderstood(LumiError):
    """A request that does not fit its door."""

    title = "The request is not understood: {where}"
    advice = "Install the newest version."


def create_app(store: Store, now: clock.Clock = clock.now) -> FastAPI:
    """The application on one database. It keeps nothing in memory between requests."""
    app = FastAPI(title="Lumi hub", version=__version__, docs_url=None, redoc_url=None)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=1)
    app.add_middleware(BodyLimits)
    app.add_exception_handler(LumiError, _problem)
    app.add_exception_handler(RequestValidationError, _misfit)
    _account_doors(app, store, now)
    _sync_doors(app, store, now)

    @app.get("/health")
    def health() -> dict[str, str]:
        with store.read() as session:
            return {"status": "ok", "epoch": deliver.epoch(session), "version": __version__}

    return app


def _account_doors(app: FastAPI, store: Store, now: clock.Clock) -> None:
    @app.post("/v1/sign-in")
    def sign_in(asked: protocol.SignIn) -> protocol.Tokens:
        return accounts.sign_in(store, asked, now())

    @app.post("/v1/refresh")
    def refresh(asked: protocol.Refresh) -> protocol.Tokens:
        return accounts.refresh(store, asked.refresh, asked.client_id, now())


def _sync_doors(app: FastAPI, store: Store, now: clock.Clock) -> None:
    signed_in = _signed_in(store, now)

    @app.post("/v1/hello")
    def hello(
        asked: protocol.Hello, person: Annotated[Person, Depends(signed_in)]
    ) -> protocol.Welcome:
        with store.write() as session:
            accounts.greet(session, asked.client_id, person.id, asked.version, now())
        with store.read() as session:
            return protocol.Welcome(
                deliver.epoch(session),
                protocol.PROTO_MIN,
                protocol.PROTO,
                to_millis(now()),
                deliver.streams_of(person),
            )

    @app.post("/v1/push")
    def push(
        asked: protocol.Push, person: Annotated[Person, Depends(signed_in)]
    ) -> protocol.Pushed:
        answers = accept(store, person.id, asked.client_id, asked.ops, now())
        with store.read() as session:
            return protocol.Pushed(deliver.epoch(session), answers)

    @app.post("/v1/pull", response_model=protocol.Pulled)
    def pull(asked: protocol.Pull, person: Annotated[Person, Depends(signed_in)]) -> Response:
        with store.read() as session:
            pulled = deliver.pull(session, person, asked.cursors, asked.limit)
        # Written straight to JSON: going through the framework's own models is six times slower.
        return Response(protocol.PULLED.dump_json(pulled), media_type="application/json")


def _signed_in(store: Store, now: clock.Clock) -> Callable[..., Iterator[Person]]:
    def signed_in(authorization: Annotated[str, Header()] = "") -> Iterator[Person]:
        with store.read() as session:
            person = accounts.person_behind(session, authorization.removeprefix("Bearer "), now())
        yield person

    return signed_in


def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, LumiError)  # noqa: S101  (only registered for these)
    problem = protocol.Problem(
        error.code, error.params, error.title, error.advice, error.in_english()
    )
    headers = {"Retry-After": _RETRY_AFTER[error.code]} if error.code in _RETRY_AFTER else None
    content: Any = protocol.PROBLEM.dump_python(problem)
    return JSONResponse(content, _STATUS.get(error.code, 422), headers)


def _misfit(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  (only registered for these)
    # The place only: what was sent may hold a phone number.
    places = (".".join(str(step) for step in one["loc"]) for one in error.errors())
    return _problem(request, NotUnderstood(where=", ".join(sorted(set(places))[:5])))
