"""A process of its own that looks at the files of an import, or imports them.

Beside the doors, so that reading a large file stops none of them; the doors start it, tell it the
key of the files over its standard input, and hear of it by what it writes to its job.
"""

import contextlib
import json
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import import_jobs as jobs
from lumi_desk.hub import intake, logs, proposing, settings, trying
from lumi_desk.hub.intake import Taken
from lumi_desk.imports import mapping, profiles, readers, units
from lumi_desk.imports.headers import Amounts
from lumi_desk.imports.mapping import Wish
from lumi_desk.imports.packing import Document
from lumi_desk.imports.readers import Glance
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_batch, read_files
from lumi_desk.imports.tables import ImportJob
from lumi_desk.managing.imports import ImportWish, Task
from lumi_desk.security import sealing
from lumi_desk.storage.base import from_millis
from lumi_desk.storage.spool import Spool
from lumi_desk.storage.store import Store

_GLANCES = TypeAdapter(tuple[Glance, ...])
# So many seconds pass between two words of how far it is.
_TELLS_S = 0.5
# Of so many processes that have ended it is known that they have.
_REMEMBERED = 32


class Stopped(LumiError):
    """It was stopped before anything was done for good."""

    title = N_("Stopped")
    advice = N_("Nothing was imported.")


class HubFailedAtIt(LumiError):
    """A mistake of the hub's own while it worked at an import."""

    title = N_("The hub made a mistake")
    advice = N_("Nothing was imported. The hub's keeper finds more in its log.")


@dataclass(frozen=True)
class Order:
    """What is to be done with which files, by which wish; `at` is the hub's time in milliseconds.

    `key` opens the files, 64 hex digits; `turn` is that of the job when this was asked.
    """

    job: str
    turn: int
    task: Task
    key: str
    wish: ImportWish
    at: int


_ORDER = TypeAdapter(Order)


class Launcher:
    """Starts a process for each order, and knows which of them have ended."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: dict[tuple[str, int], subprocess.Popen[bytes]] = {}

    def __call__(self, order: Order) -> None:
        """Have it carried out, in a process of its own."""
        told = {"database": self._database(), "order": _ORDER.dump_python(order, mode="json")}
        process = subprocess.Popen(
            [sys.executable, "-m", "lumi_desk.hub.import_work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        # One that could not start reads nothing; it is noticed by its end.
        with contextlib.suppress(BrokenPipeError), process.stdin or contextlib.nullcontext():
            if process.stdin is not None:
                process.stdin.write(json.dumps(told).encode())
        self._running[order.job, order.turn] = process
        self._forget()

    def has_ended(self, job: str, turn: int) -> bool:
        """Whether a process that was started here is no more."""
        process = self._running.get((job, turn))
        return process is not None and process.poll() is not None

    def _forget(self) -> None:
        """Of processes that ended long ago nobody asks any more."""
        ended = [one for one, process in self._running.items() if process.poll() is not None]
        for one in ended[:-_REMEMBERED]:
            del self._running[one]

    def _database(self) -> str:
        if not self._store.on_postgres:
            return jobs.file_of(self._store)
        return self._store.engine.url.render_as_string(hide_password=False)


def carry_out(store: Store, order: Order) -> None:
    """Do what was ordered; what came of it, or went wrong with it, stands in its job."""
    with contextlib.ExitStack() as stack:
        beside = jobs.beside(store)
        if beside is not store:
            stack.callback(beside.close)
        work = _Work(store, beside, order)
        try:
            result = work.do()
        except LumiError as problem:
            work.ended(problem=problem)
        except KeyboardInterrupt:
            work.ended(problem=Stopped())
        except BaseException:
            work.ended(problem=HubFailedAtIt())
            raise
        else:
            work.ended(result=result)
            if order.task is Task.RUN:
                proposing.catch_up_if_can_be(store, from_millis(order.at))


class _Work:
    """One order being carried out."""

    def __init__(self, store: Store, beside: Store, order: Order) -> None:
        self._store, self._beside, self._order = store, beside, order
        self._key = bytes.fromhex(order.key)
        self._began = time.monotonic()
        self._told = -_TELLS_S

    def do(self) -> dict[str, Any]:
        """Carry it out; returns the result. Raises a LumiError."""
        with self._beside.read() as session:
            files = jobs.documents(session, self._beside, self._order.job, self._key)
        if self._order.task is Task.LOOK:
            return self._look(files)
        wish = wish_of(self._store, self._order.wish)
        if self._order.task is Task.TRY:
            return self._try(files, wish)
        return self._run(files, wish)

    def ended(
        self, *, result: dict[str, Any] | None = None, problem: LumiError | None = None
    ) -> None:
        """Note what came of it, and let go of files that have been imported."""
        with self._beside.write() as session:
            job = session.get(ImportJob, self._order.job, with_for_update=True)
            if job is None or job.turn != self._order.turn:
                return
            jobs.ended(job, self._order.task.value, result=result, problem=problem)
            job.touched_at = self._now()
            imported = self._order.task is Task.RUN and problem is None
            if imported or isinstance(problem, Stopped):
                jobs.let_go(session, [job.id])
        jobs.shrink(self._beside)

    def _look(self, files: tuple[Document, ...]) -> dict[str, Any]:
        found: list[Glance] = []
        whole = sum(one.stat().st_size for one in files)
        done = 0
        with closing(Spool()) as spool:
            for one in files:
                begins = done

                def told(many: int) -> None:
                    nonlocal done
                    done += many
                    self._tell("checking", min(done, whole), whole)

                found += readers.glance(one, spool=spool, told=told)
                done = begins + one.stat().st_size
        self._keep(tuple(found))
        return {"tables": len(found)}

    def _keep(self, found: tuple[Glance, ...]) -> None:
        sealed = sealing.seal(self._key, self._order.job, _GLANCES.dump_json(found))
        with self._beside.write() as session:
            session.get_one(ImportJob, self._order.job).seen = sealed

    def _try(self, files: tuple[Document, ...], wish: Wish) -> dict[str, Any]:
        """Import, and take all of it back; into a copy of a file, so that desks go on working."""
        with (
            closing(read_files(files, shop=self._shop(), wish=wish, progress=self._tell)) as batch,
            trying.beside(self._store) as place,
        ):
            try:
                with place.write() as session:
                    report = import_batch(
                        session,
                        batch,
                        now=from_millis(self._order.at),
                        channel=self._order.wish.channel,
                        progress=self._tell,
                    )
                    raise _TakenBack(report)
            except _TakenBack as trial:
                return trial.report.as_json()

    def _run(self, files: tuple[Document, ...], wish: Wish) -> dict[str, Any]:
        taken = intake.take_in(
            self._store,
            files,
            (),
            now=from_millis(self._order.at),
            shop=self._shop(),
            channel=self._order.wish.channel,
            wish=wish,
            tell=self._tell,
            settled=self._settle,
        )
        return _told_of(taken)

    def _shop(self) -> str | None:
        return self._order.wish.shop or None

    def _now(self) -> datetime:
        """The hub's time: when it was asked, and what has passed since."""
        return from_millis(self._order.at) + timedelta(seconds=time.monotonic() - self._began)

    def _tell(self, stage: str, done: int, whole: int) -> None:
        """Say now and then how far it is. Raises Stopped when it is to stop."""
        if time.monotonic() - self._told < _TELLS_S:
            return
        self._told = time.monotonic()
        with self._beside.write(lasting=False) as session:
            job = _wanted(session.get(ImportJob, self._order.job), self._order)
            job.stage, job.done, job.whole = stage, done, whole
            job.touched_at = self._now()

    def _settle(self) -> None:
        """From here on it is too late to stop. Raises Stopped if it was not."""
        with self._beside.write() as session:
            found = session.get(ImportJob, self._order.job, with_for_update=True)
            _wanted(found, self._order).stage = jobs.SETTLING


class _TakenBack(Exception):
    """A trial is over: nothing of it is kept."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


def _wanted(job: ImportJob | None, order: Order) -> ImportJob:
    if job is None or job.stopping or job.turn != order.turn:
        raise Stopped
    return job


def wish_of(store: Store, told: ImportWish) -> Wish:
    """A wish as it came over the wire. Raises NoSuchMeaning, NoSuchUnit, NoSuchProfile,
    BadSetting.
    """
    wish = Wish(
        profile=told.profile,
        told=mapping.told_of([f"{column}={meant}" for column, meant in told.told.items()]),
        units=units.told_of([f"{column}={unit}" for column, unit in told.units.items()]),
        amounts=Amounts(told.amounts) if told.amounts in set(Amounts) else None,
        confirmed=told.confirmed,
        sheets=told.sheets,
        without=frozenset(told.without),
    )
    if not told.profile:
        return wish
    with store.read() as session:
        return replace(wish, layout=profiles.named(session, told.profile).layout)


def seen(job: ImportJob, key: str) -> tuple[Glance, ...]:
    """What a look into the files of an import has shown. Raises NoSuchImport, SealBroken."""
    if job.seen is None:
        raise jobs.NoSuchImport
    return _GLANCES.validate_json(sealing.unseal(bytes.fromhex(key), job.id, job.seen))


def _told_of(taken: Taken) -> dict[str, Any]:
    """The report of an import, and what followed from it."""
    told = {"seen": taken.changes.seen, "changed": taken.changes.changed}
    more = {"confirmed": taken.confirmed, "given_to_reps": len(taken.given.moved)}
    return taken.report.as_json() | {"classified": told} | more


def main() -> None:
    """Carry out the order that comes over the standard input."""
    logs.tell_crashes()
    told = json.loads(sys.stdin.buffer.read())
    # A hub that is stopped stops what it has begun, and nothing of it is kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    store = settings.opened(told["database"])
    try:
        carry_out(store, _ORDER.validate_python(told["order"]))
    finally:
        store.close()


if __name__ == "__main__":
    main()
