"""Imports on their way from a screen: their files in sealed pieces, what is done, what came of it.

On PostgreSQL they lie in the hub's database. Beside a hub's file they have one of their own: it is
told how far an import is, and whether it is to stop, while the import alone may write the hub's.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.imports.sealed import SealedFile
from lumi_desk.imports.tables import ImportFile, ImportJob, ImportPiece
from lumi_desk.managing.imports import PIECE, BeginImport, BringPiece, FileAt, ImportAt, Task
from lumi_desk.security import sealing
from lumi_desk.storage import engines
from lumi_desk.storage.base import Table
from lumi_desk.storage.store import Store
from lumi_desk.sync.protocol import Problem

MOST_BYTES = 2**29
# Files that nobody has asked for in so long are let go of, as is what is remembered of them later.
KEPT, REMEMBERED = timedelta(hours=12), timedelta(days=7)
# A process at work says so every second or so; one that is silent for so long has died.
SILENT = timedelta(minutes=10)
# The stage of an import that is done but for its commit.
SETTLING = "settling"
_MIB = 2**20
# Counted up when the tables change: an older file is left alone, there is nothing lasting in it.
_FILE = ".imports-1"
_HEAVY = (Task.TRY, Task.RUN)
_TRIAL = ".trial"
_PARTS = ("", "-wal", "-shm")
# So many pages may lie idle.
_MOST_FREE = 16
_TABLES = (ImportJob, ImportFile, ImportPiece)


class NoSuchImport(LumiError):
    """There is no import of this id, or it is somebody else's."""

    title = N_("This import is over")
    advice = N_("Choose the files again.")


class TooLargeToBring(LumiError):
    """The files are larger than a screen may bring up."""

    title = N_("The files have {found} MB: from a screen at most {most} MB can be imported at once")
    advice = N_("Nothing was imported. Use lumi-hub import on the hub's machine for them.")


class PieceAstray(LumiError):
    """A piece that has not the size, or the place, it should have."""

    title = N_("{file} was changed while it was brought up")
    advice = N_("Nothing was imported. Choose the file again.")


class NotAllThere(LumiError):
    """Work was asked for on files that have not come yet."""

    title = N_("{file} is not wholly here yet: {found} of {expected} pieces")
    advice = N_("Nothing was imported. Bring up the rest first.")


class ImportUnderWay(LumiError):
    """Somebody else imports just now."""

    title = N_("Another import is under way")
    advice = N_("Nothing was imported. Try again when it is done.")


class BrokenOff(LumiError):
    """The process that worked at it ended without a word."""

    title = N_("The import broke off")
    advice = N_("See among the imports whether it was carried out; else try again.")


class TooLateToStop(LumiError):
    """All is done but for the last step."""

    title = N_("It is too late to stop the import")
    advice = N_("It is done in a moment.")


def beside(store: Store) -> Store:
    """Where the imports of a hub lie; made if it is not there."""
    if store.on_postgres:
        return store
    engine = engines.plain(Path(file_of(store) + _FILE))
    with engine.begin() as connection:
        metadata = Table.metadata
        metadata.create_all(connection, [metadata.tables[one.__tablename__] for one in _TABLES])
    return Store(engine)


def file_of(store: Store) -> str:
    """The path of a hub's file."""
    with store.read() as session:
        # Its own comes before the scratch file it may have.
        [(_, _, file), *_] = session.connection().exec_driver_sql("PRAGMA database_list").all()
    return str(file)


def begin(session: Session, asked: BeginImport, person_id: str, now: datetime) -> ImportJob:
    """Begin an import; what this person had begun before is let go of, unless it is at work.

    Raises TooLargeToBring; NoSuchImport where another has taken the id.
    """
    found = session.get(ImportJob, asked.id)
    if found is not None:
        return _hers(found, person_id)
    size = sum(one.size for one in asked.files)
    if size > MOST_BYTES:
        raise TooLargeToBring(found=-(-size // _MIB), most=MOST_BYTES // _MIB)
    forget(session, now)
    idle = select(ImportJob.id).where(ImportJob.person_id == person_id, ImportJob.doing == "")
    let_go(session, session.scalars(idle).all())
    job = ImportJob(id=asked.id, person_id=person_id, began_at=now, touched_at=now)
    session.add(job)
    names: set[str] = set()
    for place, one in enumerate(asked.files):
        name = _apart(one.name, names)
        session.add(ImportFile(job_id=job.id, place=place, name=name, size=one.size))
    session.flush()
    return job


def _apart(name: str, taken: set[str]) -> str:
    """A name that no other file of the import has."""
    stem, dot, ending = name.partition(".")
    called, number = name, 1
    while called in taken:
        number += 1
        called = f"{stem} ({number}){dot}{ending}"
    taken.add(called)
    return called


def forget(session: Session, now: datetime) -> None:
    """Let go of the files nobody has asked for in KEPT, and later of the rest."""
    old = select(ImportJob.id).where(ImportJob.touched_at < now - KEPT)
    let_go(session, session.scalars(old).all())
    older = select(ImportJob.id).where(ImportJob.touched_at < now - REMEMBERED)
    session.execute(delete(ImportJob).where(ImportJob.id.in_(older.scalar_subquery())))


def sweep(store: Store, now: datetime) -> None:
    """Let go of what is old in a hub, as every night."""
    if not store.on_postgres and not Path(file_of(store) + _FILE).exists():
        return
    place = beside(store)
    with place.write() as session:
        forget(session, now)
        if not store.on_postgres and not _at_heavy_work(session, now):
            remove_trial(store)
    shrink(place)
    if place is not store:
        place.close()


def shrink(place: Store) -> None:
    """Give the room of files that were let go of back to the disk, if that is most of it.

    A server does so by itself. What cannot be done now is done after the next import.
    """
    if place.on_postgres:
        return
    with suppress(LumiError), place.glance() as driver:
        [(free,), (pages,)] = (
            driver.execute(f"PRAGMA {name}").fetchone() for name in ("freelist_count", "page_count")
        )
        if free > _MOST_FREE and 2 * free > pages:
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def trial_of(store: Store) -> Path:
    """Where the copy of a hub's file lies into which an import is tried."""
    return Path(file_of(store) + _TRIAL)


def remove_trial(store: Store) -> None:
    """Remove that copy, also one that was left when a trial was killed."""
    for part in _PARTS:
        Path(f"{trial_of(store)}{part}").unlink(missing_ok=True)


def let_go(session: Session, jobs: Sequence[str]) -> None:
    """Delete the files of imports, and the look that was had into them."""
    for job_id in jobs:
        for table in (ImportPiece, ImportFile):
            session.execute(delete(table).where(table.job_id == job_id))
        session.get_one(ImportJob, job_id).seen = None


def bring(session: Session, asked: BringPiece, person_id: str, now: datetime) -> ImportJob:
    """Keep a piece, sealed. Raises NoSuchImport, PieceAstray."""
    job = of(session, asked.id, person_id)
    file = session.get(ImportFile, (job.id, asked.file))
    if file is None:
        raise NoSuchImport
    expected = min(PIECE, file.size - asked.place * PIECE)
    if len(asked.body) != expected:
        raise PieceAstray(file=file.name)
    if session.get(ImportPiece, (job.id, asked.file, asked.place)) is None:
        body = sealing.seal(
            bytes.fromhex(asked.key), _place(job.id, asked.file, asked.place), asked.body
        )
        session.add(ImportPiece(job_id=job.id, file=asked.file, place=asked.place, body=body))
        session.flush()
    job.touched_at = now
    return job


def of(session: Session, job_id: str, person_id: str, *, lock: bool = False) -> ImportJob:
    """The import of that id. Raises NoSuchImport if it is not this person's."""
    return _hers(session.get(ImportJob, job_id, with_for_update=lock or None), person_id)


def _hers(found: ImportJob | None, person_id: str) -> ImportJob:
    if found is None or found.person_id != person_id:
        raise NoSuchImport
    return found


def claim(session: Session, job: ImportJob, task: Task, now: datetime) -> bool:
    """Note that a task is begun; False if it is being done already.

    Raises NoSuchImport where the files are gone, NotAllThere, ImportUnderWay.
    """
    buried(job, now)
    if job.doing == task:
        return False
    _require_all(session, job)
    if job.doing or (task in _HEAVY and _at_heavy_work(session, now)):
        raise ImportUnderWay
    job.doing, job.turn, job.touched_at = task.value, job.turn + 1, now
    job.stage, job.done, job.whole, job.stopping = "", 0, 0, False
    job.ended, job.problem, job.result = "", None, None
    session.flush()
    return True


def _at_heavy_work(session: Session, now: datetime) -> bool:
    """Whether something is tried or imported just now."""
    alive = ImportJob.touched_at >= now - SILENT
    found = select(ImportJob.id).where(ImportJob.doing.in_(_HEAVY), alive)
    return session.scalars(found).first() is not None


def buried(job: ImportJob, now: datetime) -> None:
    """Write off a process that has been silent for too long."""
    if job.doing and job.touched_at < now - SILENT:
        ended(job, job.doing, problem=BrokenOff())


def ended(
    job: ImportJob,
    task: str,
    *,
    result: dict[str, object] | None = None,
    problem: LumiError | None = None,
) -> None:
    """Note what came of a task."""
    job.doing, job.stage, job.stopping, job.ended = "", "", False, task
    job.result, job.problem = result, as_json(problem) if problem else None


def stop(session: Session, job: ImportJob, *, dead: bool) -> None:
    """Have what is being done stop, and let go of the files. Raises TooLateToStop.

    Nothing that was not finished is kept. With `dead` nobody is at work any more.
    """
    if job.doing and not dead:
        if job.stage == SETTLING:
            raise TooLateToStop
        job.stopping = True
        return
    job.doing, job.stopping = "", False
    let_go(session, [job.id])


def _require_all(session: Session, job: ImportJob) -> None:
    found = files_at(session, job.id)
    if not found:
        raise NoSuchImport
    for one in found:
        expected = pieces_of(one.size)
        if one.pieces < expected:
            raise NotAllThere(file=one.name, found=one.pieces, expected=expected)


def pieces_of(size: int) -> int:
    """In how many pieces a file of so many bytes comes."""
    return -(-size // PIECE)


def files_at(session: Session, job_id: str) -> tuple[FileAt, ...]:
    """The files of an import, and how many pieces of each are there from the first on."""
    files = select(ImportFile).where(ImportFile.job_id == job_id).order_by(ImportFile.place)
    many = (
        select(ImportPiece.file, func.count(), func.max(ImportPiece.place))
        .where(ImportPiece.job_id == job_id)
        .group_by(ImportPiece.file)
    )
    there = {file: (count, last) for file, count, last in session.execute(many)}
    return tuple(
        FileAt(one.name, one.size, _first(session, one, *there.get(one.place, (0, -1))))
        for one in session.scalars(files)
    )


def _first(session: Session, file: ImportFile, count: int, last: int) -> int:
    """How many pieces are there without a gap; they come in order, so there is hardly ever one."""
    if last + 1 == count:
        return count
    of_it = (ImportPiece.job_id == file.job_id, ImportPiece.file == file.place)
    places = session.scalars(select(ImportPiece.place).where(*of_it).order_by(ImportPiece.place))
    return next(n for n, place in enumerate([*places, last + 2]) if n != place)


def documents(session: Session, jobs: Store, job_id: str, key: bytes) -> tuple[SealedFile, ...]:
    """The files of an import, to be read piece by piece from `jobs`."""
    files = select(ImportFile).where(ImportFile.job_id == job_id).order_by(ImportFile.place)

    def opener(place: int) -> SealedFile:
        file = session.get_one(ImportFile, (job_id, place))

        def piece(number: int) -> bytes:
            with jobs.read() as reading:
                found = reading.get(ImportPiece, (job_id, place, number))
                sealed = found.body if found is not None else b""
            return sealing.unseal(key, _place(job_id, place, number), sealed)

        return SealedFile(file.name, file.size, piece)

    return tuple(opener(one.place) for one in session.scalars(files))


def _place(job_id: str, file: int, piece: int) -> str:
    return f"{job_id}/{file}/{piece}"


def at(session: Session, job: ImportJob) -> ImportAt:
    """How an import stands."""
    files = files_at(session, job.id)
    return ImportAt(
        job.id,
        files,
        job.doing,
        job.stage,
        job.done,
        job.whole,
        job.ended,
        Problem(**job.problem) if job.problem else None,
        job.result,
        over=not files,
    )


def as_json(problem: LumiError) -> dict[str, object]:
    """A problem as it is kept, and as it goes over the wire."""
    return {
        "code": problem.code,
        "params": dict(problem.params),
        "title": problem.title,
        "advice": problem.advice,
        "words": problem.in_english(),
    }
