"""Several processes answering on one socket: started, watched, replaced, ended together."""

import gc
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import uvicorn
from sqlalchemy.orm import configure_mappers
from starlette.types import ASGIApp
from uvicorn.supervisors.multiprocess import Multiprocess

from lumi_desk import clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import logs, metrics, settings
from lumi_desk.hub.app import create_app

# A worker that says nothing for so long hangs, and is replaced; starting one takes seconds.
HANGS_S = 30
_STARTS_WITHIN_S = 120.0
_YOUNG = 20_000


class WorkersFailed(LumiError):
    """A worker ended before it ever answered."""

    title = "The hub's workers cannot start"
    advice = "Nothing is served. The lines above tell why; --workers 1 shows it in one process."


@dataclass(frozen=True)
class MakeApp:
    """What a worker makes its application from; travels to it through a pipe, password and all."""

    database: str
    pool: int
    ahead_s: int = 0

    def __call__(self) -> ASGIApp:
        """The application on a store of its own."""
        store = settings.to_serve(self.database, self.pool)
        metrics.watch_pool(store.engine)
        logs.tell_crashes()
        app = create_app(store, clock.ahead(timedelta(seconds=self.ahead_s)))
        _settle_memory()
        return app


def _settle_memory() -> None:
    """What was loaded stays: walking through all of it stops every request for 0.1 s."""
    configure_mappers()
    gc.collect()
    gc.freeze()
    # A batch makes tens of thousands of short-lived objects and no rings.
    gc.set_threshold(_YOUNG, 20, 20)


@dataclass(frozen=True)
class EndWith:
    """Asked once a second in a worker: it ends when its supervisor is gone, and frees the port."""

    supervisor: int

    async def __call__(self) -> None:
        """End this process, gracefully, if it was left alone."""
        if os.getppid() != self.supervisor:
            logs.log.error("the supervisor is gone: this worker ends")
            os.kill(os.getpid(), signal.SIGTERM)


class Supervisor(Multiprocess):
    """Keeps the workers alive. SIGTERM ends all; SIGHUP replaces one after the other.

    `answering` is called once, when every worker answers; `gone` with the pid of each that ended.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        listener: socket.socket,
        answering: Callable[[], None],
        gone: Callable[[int], None],
    ) -> None:
        super().__init__(config, [listener])
        self._answering, self._gone = answering, gone
        self._answered = self._failed = False
        self._since = time.monotonic()

    def run(self) -> None:
        """Serve until told to end. Raises WorkersFailed if they never answered."""
        super().run()
        if self._failed:
            raise WorkersFailed

    def keep_subprocess_alive(self) -> None:
        """Replace workers that ended or hang; called twice a second."""
        if not self._answered:
            self._await_all()
            return
        before = {one.pid for one in self.processes}
        super().keep_subprocess_alive()
        self._note_gone(before)

    def restart_all(self) -> None:
        """Replace every worker, each after its successor answers."""
        before = {one.pid for one in self.processes}
        super().restart_all()
        self._note_gone(before)

    def _await_all(self) -> None:
        ended = any(one.exitcode is not None for one in self.processes)
        if ended or time.monotonic() - self._since > _STARTS_WITHIN_S:
            self._failed = True
            self.should_exit.set()
        elif all(one.is_ready(timeout=0.1) for one in self.processes):
            self._answered = True
            self._answering()

    def _note_gone(self, before: set[int | None]) -> None:
        for pid in before - {one.pid for one in self.processes}:
            if pid is not None:
                self._gone(pid)
                logs.log.warning("worker %d was replaced", pid)
