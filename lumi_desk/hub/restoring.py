"""Putting a hub back from a backup: checked first, whole or not at all, the old one kept aside."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete
from sqlalchemy.exc import SQLAlchemyError

from lumi_desk import clock, schema
from lumi_desk.errors import LumiError
from lumi_desk.hub import outlooks
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Token
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import SyncMeta

_SQLITE = b"SQLite format 3\0"
_DUMP = b"PGDMP"


class NotABackup(LumiError):
    """A file that is no backup of a hub."""

    title = "{file} is no backup of a hub: {reason}"
    advice = "Nothing was changed. Give a file that lumi-hub backup has written."


class DamagedBackup(LumiError):
    """A backup that is not whole."""

    title = "The backup {file} is damaged: {reason}"
    advice = "Nothing was changed. Take an earlier one."


class OtherEngine(LumiError):
    """A backup of the one engine for a database of the other."""

    title = "{file} is a backup from {its} and cannot be put into {other}"
    advice = "Nothing was changed. Say with --into where it belongs."


class HubThere(LumiError):
    """The place is taken by a hub that should not be lost by accident."""

    title = "There is a hub in {database} already"
    advice = "Nothing was changed. With --force it is kept aside and the backup takes its place."


class HubServing(LumiError):
    """Somebody works with the database that should be replaced."""

    title = "Somebody is using {database}: {who}"
    advice = "Nothing was changed. Stop the hub first, then restore."


class NotRestored(LumiError):
    """The disk or the server did not do what restoring needs."""

    title = "The backup could not be put into {database}: {reason}"
    advice = "The hub that was there is as it was."


@dataclass(frozen=True)
class Restored:
    """What was put back: `kept` is where the hub that was there is now, empty without one."""

    database: str
    epoch: str
    kept: str


def require_kind(file: Path, *, for_postgres: bool) -> None:
    """Raise NotABackup or OtherEngine unless the file begins like a backup of that engine."""
    try:
        with file.open("rb") as opened:
            begins = opened.read(len(_SQLITE))
    except OSError as error:
        raise NotABackup(file=str(file), reason=error.strerror or "it cannot be read") from error
    if begins != _SQLITE and not begins.startswith(_DUMP):
        raise NotABackup(file=str(file), reason="it begins like something else")
    if begins.startswith(_DUMP) != for_postgres:
        its, other = ("SQLite", "PostgreSQL") if for_postgres else ("PostgreSQL", "an SQLite file")
        raise OtherEngine(file=str(file), its=its, other=other)


def require_hub(file: Path, revisions: set[str]) -> None:
    """Raise NotABackup or NewerSchema unless these are revisions of a hub we can read."""
    homes = {one.rpartition("_")[0] for one in revisions}
    if homes != {home.value for home in schema.HUB}:
        raise NotABackup(file=str(file), reason="it holds no hub")
    if any(
        one > schema.HEADS[home]
        for home in schema.HUB
        for one in revisions
        if one.startswith(home.value)
    ):
        raise schema.NewerSchema


def begin_new_life(engine: Engine) -> str:
    """Bring a restored copy to this version and mark it as another life. Returns the epoch.

    By the epoch desks notice, fetch everything anew and send again what was acknowledged since
    the backup. Nobody is signed in any more: somebody may have been shut out since.
    """
    schema.upgrade(engine, schema.HUB)
    epoch = new_id()
    with Store(engine).write() as session:
        session.get_one(SyncMeta, 1).epoch = epoch
        session.execute(delete(Token))
        # The backup may be older than what is kept of them.
        outlooks.catch_up(session, clock.now())
    return epoch


def aside(name: str, now: datetime) -> str:
    """What a hub is called that had to make room."""
    return f"{name}_before_{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def in_words(error: OSError | SQLAlchemyError) -> str:
    """What a disk or a server says, in one line without values."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error.args[0] if error.args else type(error).__name__).partition("\n")[0]
