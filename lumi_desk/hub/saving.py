"""Backups of a running hub: one whole file, or none."""

import contextlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

from sqlalchemy import URL

from lumi_desk.errors import LumiError
from lumi_desk.storage.store import Store


class FileExists(LumiError):
    """A backup must not replace an earlier one by accident."""

    title = "{file} is there already"
    advice = "Nothing was changed. Choose another name, or --force to replace it."


class NotSaved(LumiError):
    """The backup could not be written or is not whole."""

    title = "The backup {file} could not be made: {reason}"
    advice = "The hub is as it was; the unfinished file was removed."


def save(store: Store, file: Path, *, force: bool = False) -> int:
    """Write a consistent copy of the hub's database. Returns its size in bytes.

    Desks go on working meanwhile. SQLite gives a database file, PostgreSQL what pg_restore
    reads. The file is its owner's alone. Raises FileExists or NotSaved.
    """
    if file.exists() and not force:
        raise FileExists(file=str(file))
    partial = file.with_name(f"{file.name}.part")
    try:
        _remove(partial)
        _make_private(partial)
        if store.on_postgres:
            _dump(store.engine.url, partial)
        else:
            _vacuum(store, partial)
        _settle(partial)
        partial.replace(file)
    except OSError as error:
        raise NotSaved(file=str(file), reason=error.strerror or type(error).__name__) from error
    finally:
        with contextlib.suppress(OSError):
            _remove(partial)
    return file.stat().st_size


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
    if shutil.which("pg_dump") is None:
        raise NotSaved(file=str(file), reason="pg_dump is not installed")
    # The password travels in the environment: everybody can read a process's arguments.
    address = {"host": url.host, "port": url.port, "username": url.username}
    told = [f"--{name}={value}" for name, value in address.items() if value]
    command = ["pg_dump", "--format=custom", "--no-password", f"--file={file}", *told]
    environment = {**os.environ, "PGPASSWORD": str(url.password)} if url.password else None
    done = subprocess.run(
        [*command, str(url.database)], env=environment, capture_output=True, text=True
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pg_dump failed"])[0]
        raise NotSaved(file=str(file), reason=reason)


def _make_private(file: Path) -> None:
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR))


def _settle(file: Path) -> None:
    """Wait until the disk has it: a backup that a power cut empties is none."""
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
