"""What a presenter may ask of the background, and what it hears of the sync. No Qt in here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from lumi_desk.errors import LumiError
from lumi_desk.operations import Operation
from lumi_desk.sync.round import Report

T = TypeVar("T")

Failed = Callable[[LumiError], object]
Forget = Callable[[], None]


@dataclass(frozen=True)
class SyncNews:
    """What became of the last sync round, as the chip shows it.

    `at` is when the last round succeeded; `problem` why the latest one did not.
    """

    running: bool = False
    at: datetime | None = None
    problem: LumiError | None = None
    report: Report | None = None


class Lane(Protocol):
    """Work goes out, answers come back on the main thread, and only while the owner lives.

    The owner is the object whose end makes the answer pointless: a widget, or else the object
    whose method `done` is. `owned_by` gives the same lane with an owner that needs no saying.
    """

    def read(
        self,
        work: Callable[[Session], T],
        done: Callable[[T], object],
        owner: object | None = None,
        key: str | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Ask the store; a newer read with the same key and owner takes this one's place."""
        ...

    def write(
        self,
        work: Callable[[Session], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        """Change what stays on this desk; writes keep their order. `failed` takes LumiErrors."""
        ...

    def do(
        self,
        *ops: Operation,
        done: Callable[[None], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
        hold: bool = False,
    ) -> None:
        """Carry out operations in one transaction, their outbox rows included.

        With `hold` they can be undone for ten seconds before they leave.
        """
        ...

    def outside(
        self,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        """Call something that may block: the keyring, the hub at sign-in, a file dialog's disk."""
        ...

    def on_change(
        self, tables: Iterable[str], callback: Callable[[], object], owner: object | None = None
    ) -> Forget:
        """Call back after each commit that touched one of the tables; returns the way out."""
        ...

    def on_sync(
        self, callback: Callable[[SyncNews], object], owner: object | None = None
    ) -> Forget:
        """Call back now and after each step of the sync; returns the way out."""
        ...

    def on_words(self, callback: Callable[[], object], owner: object | None = None) -> Forget:
        """Call back after each switch of the language; returns the way out."""
        ...

    def sync_now(self) -> None:
        """Ask for a round; while one runs, at most one more is queued."""
        ...

    def post(self, call: Callable[[], object]) -> None:
        """Run something on the main thread, from any thread."""
        ...

    def owned_by(self, owner: object) -> "Lane":
        """The same lane, whose answers and calls stop with this owner."""
        ...


class OwnedLane:
    """A lane whose answers and calls all belong to one owner."""

    def __init__(self, lane: Lane, owner: object) -> None:
        self._lane = lane
        self._owner = owner

    def read(
        self,
        work: Callable[[Session], T],
        done: Callable[[T], object],
        owner: object | None = None,
        key: str | None = None,
        failed: Failed | None = None,
    ) -> None:
        self._lane.read(work, done, self._owner if owner is None else owner, key, failed)

    def write(
        self,
        work: Callable[[Session], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        self._lane.write(work, done, failed, self._owner if owner is None else owner)

    def do(
        self,
        *ops: Operation,
        done: Callable[[None], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
        hold: bool = False,
    ) -> None:
        owner = self._owner if owner is None else owner
        self._lane.do(*ops, done=done, failed=failed, owner=owner, hold=hold)

    def outside(
        self,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        self._lane.outside(work, done, failed, self._owner if owner is None else owner)

    def on_change(
        self, tables: Iterable[str], callback: Callable[[], object], owner: object | None = None
    ) -> Forget:
        return self._lane.on_change(tables, callback, self._owner if owner is None else owner)

    def on_sync(
        self, callback: Callable[[SyncNews], object], owner: object | None = None
    ) -> Forget:
        return self._lane.on_sync(callback, self._owner if owner is None else owner)

    def on_words(self, callback: Callable[[], object], owner: object | None = None) -> Forget:
        return self._lane.on_words(callback, self._owner if owner is None else owner)

    def sync_now(self) -> None:
        self._lane.sync_now()

    def post(self, call: Callable[[], object]) -> None:
        self._lane.post(call)

    def owned_by(self, owner: object) -> Lane:
        return OwnedLane(self._lane, owner)
