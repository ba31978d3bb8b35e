"""Backups of a running hub: one whole file, or none."""

import contextlib
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, update

from lumi_desk.errors import LumiError
from lumi_desk.security.masking import mask_text
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import SyncMeta

# A name made from the time: in the order of names they are in the order of age.
_NAMED = re.compile(r"hub-\d{8}T\d{6}Z\.(?:db|dump)")

# What an address may say behind its question mark, and its tools read from the environment.
_SURROUNDINGS = ("PGHOST", "PGSSLMODE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY")


class FileExists(LumiError):
    """A backup must not replace an earlier one by accident."""

    title = "{file} is there already"
    advice = "Nothing was changed. Choose another name, or --force to replace it."


class NotSaved(LumiError):
    """The backup could not be written or is not whole."""

    title = "The backup {file} could not be made: {reason}"
    advice = "The hub is as it was; the unfinished file was removed."


class ToolFailed(Exception):
    """A program of PostgreSQL's did not do what it should; the text is its first complaint."""


def save(store: Store, file: Path, now: datetime, *, force: bool = False) -> int:
    """Write a consistent copy of the hub's database. Returns its size in bytes.

    Desks go on working meanwhile. SQLite gives a database file, PostgreSQL what pg_restore
    reads. The file is its owner's alone: it holds everybody's numbers, and the hashes of
    passwords and tokens. Raises FileExists or NotSaved.
    """
    if file.exists() and not force:
        raise FileExists(file=str(file))
    partial = file.with_name(f"{file.name}.part")
    try:
        _remove(partial)
        make_private(partial)
        if store.on_postgres:
            _dump(store.engine.url, partial)
        else:
            _vacuum(store, partial)
        settle(partial)
        partial.replace(file)
    except OSError as error:
        raise NotSaved(file=str(file), reason=error.strerror or type(error).__name__) from error
    finally:
        with contextlib.suppress(OSError):
            _remove(partial)
    with store.write() as session:
        session.execute(update(SyncMeta).values(backup_at=now))
    return file.stat().st_size


def named(store: Store, folder: Path, now: datetime) -> Path:
    """A file of that time in the folder, as `rotate` knows it."""
    ending = "dump" if store.on_postgres else "db"
    return folder / f"hub-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.{ending}"


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups that were named by time. Returns what went."""
    ours = sorted(one for one in folder.iterdir() if _NAMED.fullmatch(one.name))
    gone = ours[:-keep]
    for one in gone:
        one.unlink()
    return gone


def run_tool(tool: str, url: URL | None, words: Sequence[str]) -> str:
    """Run pg_dump or pg_restore, on the server of `url` if given. Returns what it wrote.

    Raises ToolFailed.
    """
    if shutil.which(tool) is None:
        raise ToolFailed(f"{tool} is not installed")
    done = subprocess.run(
        [tool, *words],
        env=None if url is None else {**os.environ, **_surroundings(url)},
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        # The first line only: further ones may quote rows.
        raise ToolFailed(mask_text((done.stderr.strip().splitlines() or [f"{tool} failed"])[0]))
    return done.stdout


def _surroundings(url: URL) -> dict[str, str]:
    """Where the server is, for its tools: everybody can read a process's arguments."""
    told = {name: url.query.get(name.removeprefix("PG").lower()) for name in _SURROUNDINGS}
    told |= {"PGHOST": url.host or told["PGHOST"], "PGUSER": url.username}
    told |= {"PGPORT": str(url.port) if url.port else None, "PGPASSWORD": url.password}
    return {name: str(value) for name, value in told.items() if value}


def _vacuum(store: Store, file: Path) -> None:
    pool = store.engine.raw_connection()
    raw = pool.driver_connection
    try:
        assert raw is not None  # noqa: S101  (a connection just taken from the pool)
        # Into an empty file: one that we made, so that nobody else could ever read it.
        raw.execute("VACUUM INTO ?", (str(file),))
        raw.execute("ATTACH DATABASE ? AS saved KEY ''", (str(file),))
        found = raw.execute("PRAGMA saved.integrity_check").fetchone()[0]
        raw.execute("DETACH DATABASE saved")
    except store.engine.dialect.loaded_dbapi.Error as error:
        raise NotSaved(file=str(file), reason=str(error)) from error
    finally:
        pool.close()
    if found != "ok":
        raise NotSaved(file=str(file), reason=str(found))


def _dump(url: URL, file: Path) -> None:
    try:
        run_tool("pg_dump", url, ["--format=custom", f"--file={file}", str(url.database)])
    except ToolFailed as error:
        raise NotSaved(file=str(file), reason=str(error)) from error


def make_private(file: Path) -> None:
    """Make a file that only its owner can ever read."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR))


def settle(file: Path) -> None:
    """Wait until the disk has it: a backup that a power cut empties is none."""
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
