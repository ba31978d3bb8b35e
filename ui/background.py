"""The only threads of the program: four lanes of one thread each, an ear, and one road back.

`write` keeps its order, `read` lets the latest question win, `sync` runs the rounds, `outside`
waits for the keyring and the hub; the ear hears the hub's hints. Whatever they bring home is
handled on the main thread.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRandomGenerator, Qt, QTimer, Signal, Slot
from shiboken6 import isValid
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.desk import Desk
from lumi_desk.errors import LumiError
from lumi_desk.operations import Operation
from lumi_desk.sync.client import Hints, HubSaid
from lumi_desk.sync.patience import Patience, wait_for_hint
from lumi_desk.sync.round import Report
from ui import words
from ui.garbage import Garbage
from ui.jobs import Job, Listener
from ui.lane import Failed, Forget, Lane, OwnedLane, SyncNews

T = TypeVar("T")

_SOONEST_MS = 200
_PATIENCE_S = 2.0
_OWN = "rep:"


class Background(QObject):
    """Lanes for presenters, a `post` for strange threads, and the news of the sync."""

    failed = Signal(object)
    """A LumiError nobody else took."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.garbage = Garbage(self)
        self._road = _Road(self)
        self._lock = threading.Lock()
        self._desk: Desk | None = None
        self._workers = {name: _Worker(name) for name in ("read", "write", "sync", "outside")}
        self._newest: dict[tuple[int, str], Job] = {}
        self._reading: tuple[Job, Any] | None = None
        self._outside: set[Job] = set()
        self._listeners: list[Listener] = []
        self._sync_listeners: list[Listener] = []
        self._word_listeners: list[Listener] = []
        words.bury(lambda owner: isinstance(owner, QObject) and not isValid(owner))
        words.on_switch(self._spoken)
        self._news = SyncNews()
        self._round: Job | None = None
        self._round_wanted = False
        self._patience = Patience()
        self._ear: _Ear | None = None
        self._unsubscribe: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.sync_now)

    # The desk comes after sign-in and may go before the program does.

    def attach(self, desk: Desk) -> None:
        """Serve this desk from now on, and begin to sync."""
        self._desk = desk
        self._unsubscribe = desk.store.subscribe(self._committed)
        self._patience = Patience()
        self.sync_now()
        self._ear = _Ear(desk, lambda shared: self._road.post(partial(self._heard, shared)))

    def detach(self) -> None:
        """Finish what is queued and let go of the desk; a blocked call outside is left behind."""
        self._timer.stop()
        self._stop_listening()
        self._interrupt(None)
        for name in ("read", "write", "sync"):
            self._workers[name].drain(_PATIENCE_S)
        self._leave_outside()
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._desk = self._unsubscribe = None
        self._news = SyncNews()

    def close(self) -> None:
        """End the threads. Writes are finished first; a blocked call outside is left behind."""
        self._timer.stop()
        self._stop_listening()
        self._interrupt(None)
        self._workers["write"].stop(None)
        for name in ("read", "sync", "outside"):
            self._workers[name].stop(_PATIENCE_S)
        self._road.close()
        self.garbage.stop()

    # What a presenter may ask (ui/lane.py).

    def read(
        self,
        work: Callable[[Session], T],
        done: Callable[[T], object],
        owner: object | None = None,
        key: str | None = None,
        failed: Failed | None = None,
    ) -> None:
        job = Job(work, done, failed, owner)
        if key is not None:
            slot = (id(job.owner()), key)
            older, self._newest[slot] = self._newest.get(slot), job
            job.slot = slot
            if older is not None:
                self._interrupt(older)
        self._send("read", self._run_read, job)

    def write(
        self,
        work: Callable[[Session], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        self._send("write", self._run_write, Job(work, done, failed, owner))

    def do(
        self,
        *ops: Operation,
        done: Callable[[None], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
        hold: bool = False,
    ) -> None:
        desk = self._attached()
        self.write(lambda session: desk.do(session, *ops, hold=hold), done, failed, owner)

    def outside(
        self,
        work: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        owner: object | None = None,
    ) -> None:
        job = Job(work, done, failed, owner)
        self._outside.add(job)
        self._send("outside", self._run_outside, job)

    def on_change(
        self, tables: Iterable[str], callback: Callable[[], object], owner: object | None = None
    ) -> Forget:
        listener = Listener(callback, owner, frozenset(tables))
        self._listeners.append(listener)
        return listener.forget

    def on_sync(
        self, callback: Callable[[SyncNews], object], owner: object | None = None
    ) -> Forget:
        listener = Listener(callback, owner)
        self._sync_listeners.append(listener)
        callback(self._news)
        return listener.forget

    def on_words(self, callback: Callable[[], object], owner: object | None = None) -> Forget:
        listener = Listener(callback, owner)
        self._word_listeners.append(listener)
        return listener.forget

    def owned_by(self, owner: object) -> Lane:
        return OwnedLane(self, owner)

    def post(self, call: Callable[[], object]) -> None:
        """Run something on the main thread, from any thread; nothing after `close`."""
        self._road.post(call)

    @Slot()
    def sync_now(self) -> None:
        if self._desk is None:
            return
        if self._news.running:
            self._round_wanted = True
            return
        self._timer.stop()
        self._tell(SyncNews(running=True, at=self._news.at, problem=self._news.problem))
        self._round = Job(self._desk.sync_round, self._synced, self._sync_failed, self)
        self._send("sync", self._run_outside, self._round)

    # On the lanes' threads.

    def _run_read(self, job: Job) -> None:
        with job, self._attached().store.read() as session:
            connection = session.connection().connection.driver_connection
            with self._lock:
                self._reading = (job, connection)
            try:
                job.result = None if job.superseded else job.work(session)
            finally:
                with self._lock:
                    self._reading = None
        self._come_home(job)

    def _run_write(self, job: Job) -> None:
        with job, self._attached().store.write() as session:
            job.result = job.work(session)
        self._come_home(job)

    def _run_outside(self, job: Job) -> None:
        with job:
            job.result = job.work()
        self._come_home(job)

    def _come_home(self, job: Job) -> None:
        self._road.post(partial(self._deliver, job))

    def _committed(self, tables: frozenset[str]) -> None:
        by_sync = threading.current_thread() is self._workers["sync"].thread
        self._road.post(partial(self._changed, tables, by_sync=by_sync))

    # On the main thread.

    def _attached(self) -> Desk:
        if self._desk is None:
            raise RuntimeError("no desk is attached")
        return self._desk

    def _send(self, name: str, run: Callable[[Job], None], job: Job) -> None:
        if name != "sync":
            self.garbage.stir()
        self._workers[name].put(partial(run, job))

    def _interrupt(self, job: "Job | None") -> None:
        """Stop this read, or with None whichever runs; the lock keeps it from hitting another."""
        if job is not None:
            job.superseded = True
        with self._lock:
            if self._reading is not None and job in (None, self._reading[0]):
                self._reading[0].superseded = True
                self._reading[1].interrupt()

    def _leave_outside(self) -> None:
        """Whoever signs in next neither waits for what was asked outside nor hears of it."""
        if not self._outside:
            return
        for job in self._outside:
            job.superseded = True
        self._outside.clear()
        self._workers["outside"].stop(0)
        self._workers["outside"] = _Worker("outside")

    def _deliver(self, job: Job) -> None:
        self._outside.discard(job)
        done, failed, result, problem = job.empty()
        if job.slot is not None and self._newest.get(job.slot) is job:
            del self._newest[job.slot]
        if job.superseded:
            return
        if problem is None:
            if done is not None and job.alive():
                done(result)
        elif not isinstance(problem, LumiError):
            if job is self._round:
                self._round_over(SyncNews(at=self._news.at))
            raise problem
        elif failed is not None and job.alive():
            failed(problem)
        else:
            self.failed.emit(problem)

    def _changed(self, tables: frozenset[str], *, by_sync: bool) -> None:
        self._listeners = [each for each in self._listeners if each.alive()]
        for listener in self._listeners:
            if listener.tables & tables:
                listener.call()
        if "outbox" in tables and not by_sync:
            self._sync_soon(self._patience.wait_for_work(_dice()))

    def _heard(self, shared: bool) -> None:  # noqa: FBT001
        """The hub hinted at news; of a stream that is shared everybody hears at once."""
        work = self._patience.wait_for_work(_dice())
        self._sync_soon(max(work, wait_for_hint(_dice(), shared=shared)))

    def _sync_soon(self, seconds: float) -> None:
        """A round in so many seconds, or at the time that was set if that is sooner."""
        if self._news.running:
            self._round_wanted = True
        elif seconds <= 0:
            self.sync_now()
        elif self._desk is not None:
            left = self._timer.remainingTime()
            if left < 0 or seconds * 1000 < left:
                self._timer.start(round(seconds * 1000))

    def _stop_listening(self) -> None:
        if self._ear is not None:
            self._ear.close()
            self._ear = None

    def _synced(self, report: Report) -> None:
        self._patience = Patience()
        self._round_over(SyncNews(at=self._now(), report=report))

    def _sync_failed(self, problem: LumiError) -> None:
        self._patience = self._patience.failed(_hold(problem))
        self._round_over(SyncNews(at=self._news.at, problem=problem))

    def _round_over(self, news: SyncNews) -> None:
        self._tell(news)
        if self._desk is None:
            return
        wait = round(self._patience.wait(_dice()) * 1000)
        self._timer.start(min([wait, *self._until_due(news)]))
        again, self._round_wanted = self._round_wanted, False
        if again:
            self._sync_soon(self._patience.wait_for_work(_dice()))

    def _until_due(self, news: SyncNews) -> list[int]:
        """Milliseconds until what can still be undone may leave; a round is due then."""
        due = news.report.next_due if isinstance(news.report, Report) else None
        if due is None:
            return []
        return [max(_SOONEST_MS, round((due - self._now()).total_seconds() * 1000))]

    def _now(self) -> datetime:
        return self._desk.now() if self._desk is not None else clock.now()

    def _spoken(self) -> None:
        self._word_listeners = [each for each in self._word_listeners if each.alive()]
        for listener in self._word_listeners:
            listener.call()

    def _tell(self, news: SyncNews) -> None:
        self._news = news
        self._sync_listeners = [each for each in self._sync_listeners if each.alive()]
        for listener in self._sync_listeners:
            listener.call(news)


class _Ear:
    """A thread that hears the hub's hints and says which are news; silent while there are none.

    A daemon, and nobody waits for it: a hub that does not answer holds up no window.
    """

    def __init__(self, desk: Desk, heard: Callable[[bool], object]) -> None:
        self._desk, self._heard = desk, heard
        self._over = threading.Event()
        self._hints: Hints | None = None
        self.thread = threading.Thread(target=self._loop, name="hints", daemon=True)
        self.thread.start()

    def close(self) -> None:
        """End it; what it waits for is broken off."""
        self._over.set()
        if (hints := self._hints) is not None:
            hints.close()

    def _loop(self) -> None:
        patience = Patience()
        while not self._over.is_set():
            try:
                self._listen()
                patience = Patience()
            except LumiError as problem:
                patience = patience.failed(_hold(problem))
            # What ended as it should is taken up again soon, but not by all desks at once.
            self._over.wait(patience.wait(_dice()) if patience.failures else _dice() * 2)

    def _listen(self) -> None:
        self._hints = hints = self._desk.hints()
        if self._over.is_set():
            hints.close()
        for heads in hints:
            if self._over.is_set():
                return
            if ahead := self._desk.ahead(heads):
                self._heard(not all(one.startswith(_OWN) for one in ahead))


def _dice() -> float:
    return QRandomGenerator.global_().generateDouble()


def _hold(problem: LumiError) -> float:
    """For how many seconds the hub asked for quiet."""
    return problem.wait if isinstance(problem, HubSaid) else 0.0


class _Worker:
    """One thread and its queue; a daemon, so that a blocked keyring cannot keep the program."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self.thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self.thread.start()

    def put(self, call: Callable[[], None]) -> None:
        self._jobs.put(call)

    def drain(self, seconds: float) -> bool:
        """Wait until everything queued so far is through."""
        empty = threading.Event()
        self._jobs.put(empty.set)
        return empty.wait(seconds)

    def stop(self, seconds: float | None) -> None:
        self._jobs.put(None)
        self.thread.join(seconds)

    def _loop(self) -> None:
        while (call := self._jobs.get()) is not None:
            call()
            del call


class _Road(QObject):
    """The one way back: a queued signal to a slot of an object of the main thread."""

    _called = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._calls: deque[Callable[[], object]] = deque()
        self._open = True
        self._called.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], object]) -> None:
        if self._open:
            self._calls.append(call)
            self._called.emit()

    def close(self) -> None:
        self._open = False
        self._calls.clear()

    @Slot()
    def _run(self) -> None:
        if self._calls:
            self._calls.popleft()()
