"""Moving an embedded hub to PostgreSQL when it has grown: the same life, whole or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, Table, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from lumi_desk import schema
from lumi_desk.errors import LumiError
from lumi_desk.hub import restoring, restoring_file, restoring_server, settings
from lumi_desk.storage import engines

Tell = Callable[[str, int, int], None]

_AT_ONCE = 5000


class NotToAFile(LumiError):
    """A hub moves to a server; a file is copied by a backup."""

    title = "{database} is no address of PostgreSQL"
    advice = "Give --into postgresql+psycopg://name:password@server/database."


class OnServerAlready(LumiError):
    """The hub that should move is no file."""

    title = "The hub is on PostgreSQL already"
    advice = "To move it to another server use lumi-hub backup and restore."


class PlaceTaken(LumiError):
    """Nothing is ever moved over something else."""

    title = "There is something in {database} already"
    advice = "Nothing was changed. Give the name of an empty database, or of none yet."


class NotMoved(LumiError):
    """The disk or the server did not do what moving needs."""

    title = "The hub could not be moved to {database}: {reason}"
    advice = "It is where it was, whole; what had been copied was taken back."


@dataclass(frozen=True)
class Moved:
    """Where the hub is now, how many rows it took along, and where its file is kept."""

    database: str
    rows: int
    kept: str


def move(place: Path, url: URL, now: datetime, tell: Tell) -> Moved:
    """Move the hub in the file `place` to the database of `url`, which is made if it is missing.

    Desks notice nothing: their cursors and sign-ins stay good. The file is set aside in the end,
    so that nobody starts it by accident. Raises HubServing, PlaceTaken, NotMoved, and what
    settings.opened raises.
    """
    settings.opened(str(place)).close()
    shown = url.render_as_string(hide_password=True)
    try:
        with restoring_server.lobby(url) as hall:
            made = not restoring_server.is_there(hall, str(url.database))
            if made:
                restoring_server.create(hall, str(url.database))
            elif restoring_server.is_taken(url):
                raise PlaceTaken(database=shown)
            try:
                restoring_file.require_unused(place)
                rows = _filled(place, url, tell)
                kept = restoring_file.set_aside(place, now)
            except BaseException:
                _taken_back(hall, url, made=made)
                raise
    except (OSError, SQLAlchemyError) as error:
        raise NotMoved(database=shown, reason=restoring.in_words(error)) from error
    return Moved(shown, rows, kept)


def _filled(place: Path, url: URL, tell: Tell) -> int:
    """Copy everything in one transaction on each side. Returns how many rows there were."""
    here, there = engines.plain(place), engines.postgres(url.render_as_string(hide_password=False))
    try:
        # What writes: nobody else does until the copy is whole.
        with here.connect() as source, source.begin(), there.begin() as target:
            schema.make(target, set(schema.HUB))
            return sum(_copied(source, target, one, tell) for one in schema.tables_of(schema.HUB))
    finally:
        here.dispose()
        there.dispose()


def _taken_back(hall: Connection, url: URL, *, made: bool) -> None:
    if made:
        restoring_server.drop(hall, str(url.database))
        return
    there = engines.postgres(url.render_as_string(hide_password=False))
    try:
        with there.begin() as target:
            schema.unmake(target, set(schema.HUB))
    finally:
        there.dispose()


def _copied(source: Connection, target: Connection, table: Table, tell: Tell) -> int:
    many = source.execute(select(func.count()).select_from(table)).scalar_one()
    done = 0
    for rows in source.execution_options(yield_per=_AT_ONCE).execute(select(table)).partitions():
        target.execute(table.insert(), [row._asdict() for row in rows])
        done += len(rows)
        tell(table.name, done, many)
    # A new table has no statistics, and without them the planner guesses badly.
    target.execute(text(f'ANALYZE "{table.name}"'))
    return done
