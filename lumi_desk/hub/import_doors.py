"""The doors of imports, for who may import: what the commands do, asked from a desk."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.clock import Clock
from lumi_desk.hub import import_jobs as jobs
from lumi_desk.hub import import_work, past_imports
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.import_work import Order, seen, wish_of
from lumi_desk.hub.problems import parsed
from lumi_desk.imports import planning, profiles
from lumi_desk.imports.planning import Column, Plan
from lumi_desk.imports.tables import ImportJob, ImportRun
from lumi_desk.managing import imports
from lumi_desk.managing.imports import ImportAt, PastImport
from lumi_desk.security.roles import Right, require
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import Problem

_MOST_SHOWN = 50


class Launches(Protocol):
    """Has orders carried out beside the doors."""

    def __call__(self, order: Order) -> None:
        """Begin with one."""
        ...

    def has_ended(self, job: str, turn: int) -> bool:
        """Whether one that was begun here is worked at no more."""
        ...


@dataclass(frozen=True)
class ImportDoors:
    """The doors on one database. Each raises NotYours for who may not import, and SessionOver."""

    store: Store
    now: Clock
    caller: Callable[[str], Caller]
    launch: Launches

    @cached_property
    def jobs(self) -> Store:
        """Where imports lie that are on their way."""
        return jobs.beside(self.store)

    def listed(self, access: str, body: bytes) -> bytes:
        """The imports there were, and the profiles."""
        self._importer(access)
        parsed(imports.LIST, body)
        with self.store.read() as session:
            newest = select(ImportRun).order_by(ImportRun.at.desc(), ImportRun.id.desc())
            found = tuple(_past(one) for one in session.scalars(newest.limit(_MOST_SHOWN)))
            told = imports.ImportsListed(found, _profiles(session))
        return imports.LISTED.dump_json(told)

    def shown(self, access: str, body: bytes) -> bytes:
        """The report of one import. Raises NoSuchRun."""
        self._importer(access)
        asked = parsed(imports.SHOW, body)
        with self.store.read() as session:
            run = past_imports.named(session, asked.run)
            return imports.SHOWN.dump_json(imports.ImportShown(_past(run), run.report))

    def begun(self, access: str, body: bytes) -> bytes:
        """Begin an import. Raises what import_jobs.begin raises."""
        caller = self._importer(access)
        asked = parsed(imports.BEGIN, body)
        with self.jobs.write() as session:
            return _at(session, jobs.begin(session, asked, caller.id, self.now()))

    def brought(self, access: str, body: bytes) -> bytes:
        """Keep a piece of a file. Raises NoSuchImport, PieceAstray."""
        caller = self._importer(access)
        asked = parsed(imports.BRING, body)
        with self.jobs.write(lasting=False) as session:
            return _at(session, jobs.bring(session, asked, caller.id, self.now()))

    def asked(self, access: str, body: bytes) -> bytes:
        """How an import stands. Raises NoSuchImport."""
        caller = self._importer(access)
        job_id = parsed(imports.ASK, body).id
        with self.jobs.read() as session:
            job = jobs.of(session, job_id, caller.id)
            if not self._is_dead(job):
                return _at(session, job)
        with self.jobs.write() as session:
            job = jobs.of(session, job_id, caller.id, lock=True)
            if self._is_dead(job):
                jobs.ended(job, job.doing, problem=jobs.BrokenOff())
            return _at(session, job)

    def planned(self, access: str, body: bytes) -> bytes:
        """How its tables would be read. Raises NoSuchImport, SealBroken, NoSuchProfile."""
        caller = self._importer(access)
        asked = parsed(imports.PLAN, body)
        wish = wish_of(self.store, asked.wish)
        with self.jobs.read() as session:
            tables = seen(jobs.of(session, asked.id, caller.id), asked.key)
        wanted = [one for one in tables if not wish.sheets or one.file in wish.sheets]
        plans = tuple(_plan(planning.plan(one, wish)) for one in wanted)
        return imports.PLANNED.dump_json(imports.ImportPlanned(plans))

    def worked(self, access: str, body: bytes) -> bytes:
        """Have a task begun. Raises what import_jobs.claim raises, and a wish that cannot be."""
        caller = self._importer(access)
        asked, now = parsed(imports.WORK, body), self.now()
        wish_of(self.store, asked.wish)
        with self.jobs.write() as session:
            job = jobs.of(session, asked.id, caller.id, lock=True)
            begins = jobs.claim(session, job, asked.task, now)
            turn, told = job.turn, _at(session, job)
        if begins:
            order = Order(asked.id, turn, asked.task, asked.key, asked.wish, to_millis(now))
            self.launch(order)
        return told

    def saved(self, access: str, body: bytes) -> bytes:
        """Keep how a table is read. Raises BadProfileName, NothingToKeep, and as a plan does."""
        caller = self._importer(access)
        asked = parsed(imports.SAVE, body)
        profiles.require_name(asked.name)
        wish = wish_of(self.store, asked.wish)
        with self.jobs.read() as session:
            tables = seen(jobs.of(session, asked.id, caller.id), asked.key)
        found = [one for one in tables if one.file == asked.table]
        layout = planning.layout_of(found[0], wish) if found else None
        if layout is None:
            raise past_imports.NothingToKeep
        with self.store.write() as session:
            feed.watch(session)
            profiles.save(session, asked.name, layout, clock.local_day(self.now()))
            feed.publish(session)
        with self.store.read() as session:
            return imports.SAVED.dump_json(imports.ProfileSaved(_profiles(session)))

    def stopped(self, access: str, body: bytes) -> bytes:
        """Stop an import, and let go of its files. Raises NoSuchImport, TooLateToStop."""
        caller = self._importer(access)
        job_id = parsed(imports.STOP, body).id
        with self.jobs.write() as session:
            job = jobs.of(session, job_id, caller.id, lock=True)
            jobs.stop(session, job, dead=self._is_dead(job))
            told = _at(session, job)
        jobs.shrink(self.jobs)
        return told

    def _importer(self, access: str) -> Caller:
        caller = self.caller(access)
        require(caller.role, Right.IMPORT)
        return caller

    def _is_dead(self, job: ImportJob) -> bool:
        """Whether nobody works at what is being done."""
        if not job.doing:
            return False
        silent = job.touched_at < self.now() - jobs.SILENT
        return silent or self.launch.has_ended(job.id, job.turn)


def _at(session: Session, job: ImportJob) -> bytes:
    told: ImportAt = jobs.at(session, job)
    return imports.AT.dump_json(told)


def _profiles(session: Session) -> tuple[str, ...]:
    return tuple(one.name for one in profiles.every(session))


def _past(run: ImportRun) -> PastImport:
    told: dict[str, Any] = past_imports.summary(run)
    return PastImport(
        run.id,
        to_millis(run.at),
        tuple(told["files"]),
        told["added"],
        told["changed"],
        told["left_out"],
        told["repaired"],
    )


def _column(one: Column) -> tuple[str, str, str, float]:
    return one.name, one.meaning, one.way.value, round(one.certainty, 2)


def _plan(one: Plan) -> imports.TablePlan:
    columns = tuple(imports.ColumnPlan(*_column(c), c.samples, c.unit or "") for c in one.columns)
    return imports.TablePlan(
        one.file,
        one.lines,
        one.kind.value if one.kind else "",
        columns,
        one.meanings,
        one.amounts.value if one.amounts else "",
        tuple(doubt.value for doubt in one.doubts),
        one.sure,
        Problem(**jobs.as_json(one.problem)) if one.problem else None,  # type: ignore[arg-type]
        one.platform.value,
        {doubt.value: tuple(names) for doubt, names in one.about.items()},
    )


def launcher(store: Store) -> Launches:
    """What starts processes for orders, on this machine."""
    return import_work.Launcher(store)
