"""Putting a hub on PostgreSQL back: into a new database, which then takes the old one's name."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from lumi_desk import schema
from lumi_desk.hub import restoring
from lumi_desk.hub.restoring import (
    DamagedBackup,
    HubServing,
    HubThere,
    NotABackup,
    NotRestored,
    Restored,
)
from lumi_desk.hub.saving import ToolFailed, run_tool
from lumi_desk.storage import engines

_LOBBY = "postgres"
# PostgreSQL cuts longer names, and the time comes behind.
_LONGEST_NAME = 40
# The server takes a moment to see that a hub that was just stopped has hung up.
_GOODBYES_S = 3.0


def restore(file: Path, url: URL, now: datetime, *, force: bool) -> Restored:
    """Put a backup into the database of `url`. Raises what restoring defines, or NewerSchema."""
    restoring.require_kind(file, for_postgres=True)
    _require_sound(file)
    name = str(url.database)
    shown = url.render_as_string(hide_password=True)
    try:
        with lobby(url) as hall:
            there = is_there(hall, name)
            taken = there and is_taken(url)
            if taken and not force:
                raise HubThere(database=shown)
            if there:
                _require_unused(hall, name, shown)
            if there and not taken:
                return Restored(shown, _filled(file, url), "")
            return _exchanged(hall, file, url, now, there=there)
    except SQLAlchemyError as error:
        raise NotRestored(database=shown, reason=restoring.in_words(error)) from error
    except ToolFailed as error:
        raise NotRestored(database=shown, reason=str(error)) from error


def _exchanged(hall: Connection, file: Path, url: URL, now: datetime, *, there: bool) -> Restored:
    """Fill a database beside the old one, then let it take the name, both in one step."""
    name = str(url.database)
    kept = restoring.aside(name[:_LONGEST_NAME], now) if there else ""
    ready = f"{name[:_LONGEST_NAME]}_restoring"
    drop(hall, ready)
    create(hall, ready)
    try:
        epoch = _filled(file, url.set(database=ready))
        renames = [_renaming(hall, ready, name)]
        if kept:
            renames.insert(0, _renaming(hall, name, kept))
        # Sent as one they are one transaction: there is no moment without a hub by that name.
        hall.exec_driver_sql("; ".join(renames))
    except BaseException:
        drop(hall, ready)
        raise
    return Restored(url.render_as_string(hide_password=True), epoch, kept)


def _filled(file: Path, url: URL) -> str:
    """Put the dump into an empty database, all or nothing. Returns the new epoch."""
    words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    run_tool("pg_restore", url, [*words, f"--dbname={url.database}", str(file)])
    engine = engines.postgres(url.render_as_string(hide_password=False))
    try:
        epoch = restoring.begin_new_life(engine)
        with engine.connect() as connection, connection.begin():
            # A dump holds no statistics, and without them the planner guesses badly.
            connection.execute(text("ANALYZE"))
    finally:
        engine.dispose()
    return epoch


def _require_sound(file: Path) -> None:
    """Read the whole dump without a server: raises NotABackup, DamagedBackup or NewerSchema."""
    try:
        # Unpacks everything, so that a hole anywhere shows.
        run_tool("pg_restore", None, [f"--file={os.devnull}", str(file)])
        kept = run_tool(
            "pg_restore",
            None,
            ["--data-only", f"--table={schema.REVISION_TABLE}", "--file=-", str(file)],
        )
    except ToolFailed as error:
        raise DamagedBackup(file=str(file), reason=str(error)) from error
    lines = kept.partition("FROM stdin;\n")[2].partition("\\.")[0].split()
    if not lines:
        raise NotABackup(file=str(file), reason="it holds no hub")
    restoring.require_hub(file, set(lines))


@contextmanager
def lobby(url: URL) -> Iterator[Connection]:
    """Where one stands to make or rename another database of the server."""
    engine = engines.postgres(url.set(database=_LOBBY).render_as_string(hide_password=False))
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as hall:
            yield hall
    finally:
        engine.dispose()


def is_there(hall: Connection, name: str) -> bool:
    """Whether the server has a database of that name."""
    asked = text("SELECT 1 FROM pg_database WHERE datname = :name")
    return hall.execute(asked, {"name": name}).scalar() is not None


def create(hall: Connection, name: str) -> None:
    """Make an empty database."""
    hall.exec_driver_sql(
        f"CREATE DATABASE {_quoted(hall, name)} TEMPLATE template0 ENCODING 'UTF8'"
    )


def drop(hall: Connection, name: str) -> None:
    """Remove a database, if it is there."""
    hall.exec_driver_sql(f"DROP DATABASE IF EXISTS {_quoted(hall, name)}")


def is_taken(url: URL) -> bool:
    """Whether there is anything in the database."""
    engine = engines.postgres(url.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            return bool(inspect(connection).get_table_names())
    finally:
        engine.dispose()


def _require_unused(hall: Connection, name: str, shown: str) -> None:
    asked = text(
        "SELECT count(*), string_agg(DISTINCT application_name, ', ') FROM pg_stat_activity"
        " WHERE datname = :name AND backend_type = 'client backend'"
    )
    end = time.monotonic() + _GOODBYES_S
    while True:
        many, who = hall.execute(asked, {"name": name}).one()
        if not many:
            return
        if time.monotonic() > end:
            raise HubServing(database=shown, who=f"{many} connections ({who})")
        time.sleep(0.1)


def _renaming(hall: Connection, name: str, new: str) -> str:
    return f"ALTER DATABASE {_quoted(hall, name)} RENAME TO {_quoted(hall, new)}"


def _quoted(hall: Connection, name: str) -> str:
    return hall.dialect.identifier_preparer.quote_identifier(name)
