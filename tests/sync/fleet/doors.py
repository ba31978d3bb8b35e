"""The hub's doors opened by hand: the application's own functions, without HTTP and threads."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from fastapi.responses import Response, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from lumi_desk.clock import Clock
from lumi_desk.errors import LumiError
from lumi_desk.hub.accounts import SessionOver
from lumi_desk.hub.app import create_app
from lumi_desk.people.tables import Person
from lumi_desk.storage.store import Store
from tests.sync.fleet.wires import Reply

_JSON = {"content-type": "application/json"}
_MISFIT = 422


class Doors:
    """Each door of the application on a store, called as a function.

    What stands before a door is left out (limits, lanes, tokens): who asks is named by the
    bearer itself.
    """

    def __init__(self, store: Store, now: Clock) -> None:
        self._store = store
        app = create_app(store, now)
        self._problem: Any = app.exception_handlers[LumiError]
        self._doors = {
            (method, route.path): _Door(route.endpoint)
            for route in app.routes
            if isinstance(route, APIRoute)
            for method in route.methods
        }

    def carry(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request as the application does."""
        try:
            door = self._doors[method, path]
            with self._store.read() as session:
                person = _person(session, headers.get("authorization", ""))
            answer = door.open(person, body)
        except ValidationError as error:
            return Reply(_MISFIT, _JSON, iter([str(error).encode()]))
        except LumiError as error:
            answer = self._problem(None, error)
        if isinstance(answer, StreamingResponse):
            return Reply(answer.status_code, dict(answer.headers), _unthreaded(answer))
        assert isinstance(answer, Response)
        plain = {k: v for k, v in answer.headers.items() if k != "content-length"}
        return Reply(answer.status_code, plain, iter([bytes(answer.body)]))


class _Door:
    """One endpoint: what it is asked, and in which form it answers."""

    def __init__(self, endpoint: Callable[..., Any]) -> None:
        self._endpoint = endpoint
        told = inspect.signature(endpoint)
        self._names = set(told.parameters)
        asked = told.parameters.get("asked")
        self._asked = TypeAdapter[Any](asked.annotation) if asked else None
        said = told.return_annotation
        streams = isinstance(said, type) and issubclass(said, Response)
        self._said = None if streams else TypeAdapter[Any](said)

    def open(self, person: Person, body: bytes) -> Response:
        """Ask, and answer in JSON."""
        given: dict[str, Any] = {}
        if self._asked is not None:
            given["asked"] = self._asked.validate_json(body)
        if "person" in self._names:
            given["person"] = person
        answer = self._endpoint(**given)
        if isinstance(answer, Response):
            return answer
        assert self._said is not None
        return Response(self._said.dump_json(answer), media_type="application/json")


def _person(session: Session, authorization: str) -> Person:
    person = session.get(Person, authorization.removeprefix("Bearer "))
    if person is None:
        raise SessionOver
    return person


def _unthreaded(answer: StreamingResponse) -> Iterator[bytes]:
    """What the response would stream from a thread, taken directly."""
    frame = getattr(answer.body_iterator, "ag_frame", None)
    lines: Iterable[bytes] = frame.f_locals["iterator"] if frame else iter(())
    yield from lines
