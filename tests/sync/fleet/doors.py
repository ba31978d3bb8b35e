"""The hub's doors opened by hand: what stands behind them, without HTTP and threads."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from lumi_desk.clock import Clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import callers, problems
from lumi_desk.hub.accounts import ACCESS, sha256
from lumi_desk.hub.doors import SNAPSHOT, Doors
from lumi_desk.hub.problems import parsed
from lumi_desk.hub.snapshot import Course, Size
from lumi_desk.people.tables import Token
from lumi_desk.storage.store import Store
from tests.sync.fleet.wires import Reply

_ACCEPTED = 200
_JSON = {"content-type": "application/json"}
_FOR_EVER = datetime(2100, 1, 1, tzinfo=UTC)


class OpenDoors:
    """Every door on a store, called as a function. Nobody waits, nothing is packed."""

    def __init__(self, store: Store, now: Clock) -> None:
        self._store, self._now = store, now
        self._doors: Any = Doors(store, now)
        self.size = Size()

    def carry(self, _: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request as the application does."""
        access = callers.access_in(headers.get("authorization", ""))
        door = path.rpartition("/")[2].replace("-", "_")
        try:
            if door == "snapshot":
                chunks = self._sheets(access, body)
            else:
                chunks = iter((getattr(self._doors, door)(access, body),))
            return Reply(_ACCEPTED, _JSON, chunks)
        except LumiError as error:
            said = problems.answer(error)
            told = {k: v for k, v in said.headers.items() if k != "content-length"}
            return Reply(said.status_code, told, iter((bytes(said.body),)))

    def _sheets(self, access: str, body: bytes) -> Iterator[bytes]:
        """The first sheet is made before anything is sent, as the application does it."""
        self._doors.caller(access)
        course = Course(self._store, access, parsed(SNAPSHOT, body), self._now, self.size)
        return _rest(course, course.sheet())


def admit(session: Session, person_id: str) -> None:
    """A token that never ends and is the person's id."""
    session.add(
        Token(
            sha256=sha256(person_id),
            person_id=person_id,
            client_id="",
            family=person_id,
            purpose=ACCESS,
            expires_at=_FOR_EVER,
        )
    )


def _rest(course: Course, first: bytes) -> Iterator[bytes]:
    yield first
    while course.more:
        try:
            sheet = course.sheet()
        except LumiError:
            return
        yield sheet
