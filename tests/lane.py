# ruff: noqa: ARG002  (the twin has the signatures of the real lane)
"""LaneNow: a lane for presenter tests that works at once, on the calling thread, for real."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from lumi_desk.desk import Desk
from lumi_desk.errors import LumiError
from lumi_desk.operations import Operation
from lumi_desk.storage.store import Store
from ui.lane import Failed, Forget, Lane, SyncNews
from ui.words import on_switch

T = TypeVar("T")


class LaneNow:
    """Everything happens before the call returns; only the order is that of the real lane.

    With a desk, `do` and `sync_now` work too. Errors nobody takes are raised.
    """

    def __init__(self, store: Store | None = None, desk: Desk | None = None) -> None:
        self._store = store or (desk.store if desk else None)
        self._desk = desk
        self._news = SyncNews()
        self._listeners: list[tuple[frozenset[str], Callable[[], object]]] = []
        self._sync_listeners: list[Callable[[SyncNews], object]] = []
        if self._store is not None:
            self._store.subscribe(self._changed)

    def read(
        self,
        work: Callable[[Session], T],
        done: Callable[[T], object],
        owner: object | None = None,
        key: str | None = None,
        failed: Failed | None = None,
    ) -> None:
        def ask() -> T:
            with self._at_home().read() as session:
                return work(session)

        self.outside(ask, done, failed)

    def write(
        self,
        work: Callable[[Session], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        def change() -> T:
            with self._at_home().write() as session:
                return work(session)

        self.outside(change, done, failed)

    def do(
        self,
        *ops: Operation,
        done: Callable[[None], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
        hold: bool = False,
    ) -> None:
        desk = self._desk
        if desk is None:
            raise RuntimeError("this lane has no desk")
        self.write(lambda session: desk.do(session, *ops, hold=hold), done, failed)

    def outside(
        self,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        try:
            result = work()
        except LumiError as problem:
            if failed is None:
                raise
            failed(problem)
        else:
            if done is not None:
                done(result)

    def on_change(
        self, tables: Iterable[str], callback: Callable[[], object], owner: object | None = None
    ) -> Forget:
        listener = (frozenset(tables), callback)
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def on_sync(
        self, callback: Callable[[SyncNews], object], owner: object | None = None
    ) -> Forget:
        self._sync_listeners.append(callback)
        callback(self._news)
        return lambda: self._sync_listeners.remove(callback)

    def on_words(self, callback: Callable[[], object], owner: object | None = None) -> Forget:
        return on_switch(callback)

    def sync_now(self) -> None:
        desk = self._desk
        if desk is None:
            return
        self._tell(SyncNews(True, self._news.at, self._news.problem))
        try:
            report = desk.sync_round()
        except LumiError as problem:
            self._tell(SyncNews(at=self._news.at, problem=problem))
        else:
            self._tell(SyncNews(at=desk.now(), report=report))

    def post(self, call: Callable[[], object]) -> None:
        call()

    def owned_by(self, owner: object) -> Lane:
        return self

    def _at_home(self) -> Store:
        if self._store is None:
            raise RuntimeError("this lane has no store")
        return self._store

    def _changed(self, tables: frozenset[str]) -> None:
        for wanted, callback in list(self._listeners):
            if wanted & tables:
                callback()

    def _tell(self, news: SyncNews) -> None:
        self._news = news
        for callback in list(self._sync_listeners):
            callback(news)


class LateLane(LaneNow):
    """The hub answers at once, and its answers arrive when they are let in."""

    def __init__(self, store: Store | None = None, desk: Desk | None = None) -> None:
        super().__init__(store, desk)
        self.late: list[Callable[[], object]] = []

    def outside(
        self,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        def later(told: T) -> None:
            if done is not None:
                self.late.append(partial(done, told))

        super().outside(work, later, failed, owner)

    def let_in(self) -> None:
        """Let the oldest answer in."""
        self.late.pop(0)()


class BusyLane(LaneNow):
    """Questions wait to be read until it catches up; a newer one of the same key overtakes."""

    def __init__(self, store: Store | None = None, desk: Desk | None = None) -> None:
        super().__init__(store, desk)
        self._waiting: dict[object, Callable[[], object]] = {}

    def read(
        self,
        work: Callable[[Session], T],
        done: Callable[[T], object],
        owner: object | None = None,
        key: str | None = None,
        failed: Failed | None = None,
    ) -> None:
        ask = partial(super().read, work, done, owner, key, failed)
        self._waiting[object() if key is None else key] = ask

    def catch_up(self) -> None:
        """Read what was not overtaken."""
        waiting, self._waiting = self._waiting, {}
        for ask in waiting.values():
            ask()
