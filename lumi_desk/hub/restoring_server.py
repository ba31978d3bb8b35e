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

# Where one stands to rename another database.
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
        with _lobby(url) as lobby:
            there = _is_there(lobby, name)
            taken = there and _is_taken(url)
            if taken and not force:
                raise HubThere(database=shown)
            if there:
                _require_unused(lobby, name, shown)
            if there and not taken:
                return Restored(shown, _filled(file, url), "")
            return _exchanged(lobby, file, url, now, there=there)
    except SQLAlchemyError as error:
        raise NotRestored(database=shown, reason=restoring.in_words(error)) from error
    except ToolFailed as error:
        raise NotRestored(database=shown, reason=str(error)) from error


def _exchanged(lobby: Connection, file: Path, url: URL, now: datetime, *, there: bool) -> Restored:
    """Fill a database beside the old one, then let it take the name, both in one step."""
    name = str(url.database)
    kept = restoring.aside(name[:_LONGEST_NAME], now) if there else ""
    ready = f"{name[:_LONGEST_NAME]}_restoring"
    quoted = lobby.dialect.identifier_preparer.quote_identifier
    lobby.exec_driver_sql(f"DROP DATABASE IF EXISTS {quoted(ready)}")
    lobby.exec_driver_sql(f"CREATE DATABASE {quoted(ready)} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        epoch = _filled(file, url.set(database=ready))
        renames = [f"ALTER DATABASE {quoted(ready)} RENAME TO {quoted(name)}"]
        if kept:
            renames.insert(0, f"ALTER DATABASE {quoted(name)} RENAME TO {quoted(kept)}")
        # Sent as one they are one transaction: there is no moment without a hub by that name.
        lobby.exec_driver_sql("; ".join(renames))
    except BaseException:
        lobby.exec_driver_sql(f"DROP DATABASE IF EXISTS {quoted(ready)}")
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
def _lobby(url: URL) -> Iterator[Connection]:
    engine = engines.postgres(url.set(database=_LOBBY).render_as_string(hide_password=False))
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as lobby:
            yield lobby
    finally:
        engine.dispose()


def _is_there(lobby: Connection, name: str) -> bool:
    asked = text("SELECT 1 FROM pg_database WHERE datname = :name")
    return lobby.execute(asked, {"name": name}).scalar() is not None


def _is_taken(url: URL) -> bool:
    engine = engines.postgres(url.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            return bool(inspect(connection).get_table_names())
    finally:
        engine.dispose()


def _require_unused(lobby: Connection, name: str, shown: str) -> None:
    asked = text(
        "SELECT count(*), string_agg(DISTINCT application_name, ', ') FROM pg_stat_activity"
        " WHERE datname = :name AND backend_type = 'client backend'"
    )
    end = time.monotonic() + _GOODBYES_S
    while True:
        many, who = lobby.execute(asked, {"name": name}).one()
        if not many:
            return
        if time.monotonic() > end:
            raise HubServing(database=shown, who=f"{many} connections ({who})")
        time.sleep(0.1)
