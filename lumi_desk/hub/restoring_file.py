"""Putting an embedded hub back: a copy is made ready beside it, then the files change places."""

import contextlib
import os
import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from lumi_desk import schema
from lumi_desk.hub import restoring, saving
from lumi_desk.hub.restoring import DamagedBackup, HubServing, HubThere, NotRestored, Restored
from lumi_desk.storage import engines

# SQLite's own files beside a database.
_BESIDE = ("", "-wal", "-shm")
_LOCKED = "locked"
_OK = "ok"


def restore(file: Path, place: Path, now: datetime, *, force: bool) -> Restored:
    """Put a backup into the file `place`. Raises what restoring defines, or NewerSchema."""
    restoring.require_kind(file, for_postgres=False)
    taken = place.exists() and place.stat().st_size > 0
    if taken and not force:
        raise HubThere(database=str(place))
    ready = place.with_name(f"{place.name}.restoring")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _remove(ready)
        epoch = _made_ready(file, ready)
        kept = set_aside(place, now) if taken else ""
        ready.replace(place)
        _settle_folder(place.parent)
    except OSError as error:
        raise NotRestored(database=str(place), reason=restoring.in_words(error)) from error
    finally:
        with contextlib.suppress(OSError):
            _remove(ready)
    return Restored(str(place), epoch, kept)


def _made_ready(file: Path, ready: Path) -> str:
    """A checked copy, of this version, with a life of its own. Returns its epoch."""
    saving.make_private(ready)
    shutil.copyfile(file, ready)
    try:
        engine = engines.plain(ready)
        try:
            _require_whole(engine, file)
            restoring.require_hub(file, schema.stored_revisions(engine))
            epoch = restoring.begin_new_life(engine)
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        raise DamagedBackup(file=str(file), reason=restoring.in_words(error)) from error
    saving.settle(ready)
    return epoch


def _require_whole(engine: Engine, file: Path) -> None:
    with engine.connect().execution_options(lumi_reading=True) as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    if found != _OK:
        raise DamagedBackup(file=str(file), reason=str(found).partition("\n")[0])


def set_aside(place: Path, now: datetime) -> str:
    """Rename the hub that is there, with what lies beside it. Raises HubServing."""
    require_unused(place)
    kept = place.with_name(restoring.aside(place.name, now))
    for ending in reversed(_BESIDE):
        with contextlib.suppress(FileNotFoundError):
            place.with_name(place.name + ending).rename(kept.with_name(kept.name + ending))
    return str(kept)


def require_unused(place: Path) -> None:
    """Leaving the write-ahead log needs the file alone: whoever has it open is noticed."""
    try:
        engine = engines.plain(place)
        raw = engine.raw_connection()
        try:
            raw.driver_connection.execute("PRAGMA busy_timeout = 500")  # type: ignore[union-attr]
            raw.driver_connection.execute("PRAGMA journal_mode = DELETE")  # type: ignore[union-attr]
        except engine.dialect.loaded_dbapi.Error as error:
            if _LOCKED in str(error):
                raise HubServing(database=str(place), who="a hub or a command") from error
        finally:
            raw.invalidate()
            raw.close()
            engine.dispose()
    except SQLAlchemyError as error:
        # Damaged, as may be why it is replaced: it is kept as it is.
        if _LOCKED in str(error):
            raise HubServing(database=str(place), who="a hub or a command") from error


def _settle_folder(folder: Path) -> None:
    """Wait until the disk has the new names; Windows has no such thing."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(ready: Path) -> None:
    for ending in _BESIDE:
        ready.with_name(ready.name + ending).unlink(missing_ok=True)
