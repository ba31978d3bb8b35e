"""`lumi-hub backup`, `restore` and `move`: into a file, back, and from a file to a server."""

from pathlib import Path
from typing import Annotated

import typer

from lumi_desk import clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import moving, restoring_file, restoring_server, saving, settings
from lumi_desk.hub.cli_shared import AsJson, Database, hub, progress, speaking

INTO = "LUMI_HUB_INTO"


class KeepWhere(LumiError):
    """Rotation was asked for, but not where."""

    title = "--keep works in a folder, and {file} is none"
    advice = "Nothing was written. Give a folder that is there; names are made from the time."


def backup(
    file: Annotated[
        Path, typer.Argument(help="Where the copy goes; in a folder it is named by the time.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier backup.")] = False,
    keep: Annotated[
        int | None, typer.Option(min=1, help="In a folder: remove all but the newest so many.")
    ] = None,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Write a consistent copy while desks go on working. A file, or a dump for pg_restore."""
    with speaking(as_json) as speech, hub(database) as store:
        if keep is not None and not file.is_dir():
            raise KeepWhere(file=str(file))
        now = clock.now()
        target = saving.named(store, file, now) if file.is_dir() else file
        size = saving.save(store, target, now, force=force)
        # Only now: a backup that failed must not cost an earlier one.
        gone = saving.rotate(file, keep) if keep is not None else []
        words = f"{target}: {size:,} bytes" + (f", {len(gone)} older removed" if gone else "")
        data = {"file": str(target), "bytes": size, "removed": [str(one) for one in gone]}
        speech.say(data, words)


def restore(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The backup.")],
    database: Annotated[
        str,
        typer.Option(
            "--into",
            "--database",
            envvar=settings.DATABASE,
            show_default="hub.db in the platform's data folder",
            help="The file or database to put it in; made if missing.",
        ),
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Put it in place of the hub there, which is kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a hub back from a backup. Stop the hub first.

    Desks notice at their next contact: their people sign in again, they fetch everything anew,
    and send once more what was done since the backup. Nothing of it is lost or done twice.
    """
    with speaking(as_json) as speech:
        url = settings.address_of(database)
        now = clock.now()
        if url is None:
            place = Path(database or settings.default_database())
            done = restoring_file.restore(file, place, now, force=force)
        else:
            done = restoring_server.restore(file, url, now, force=force)
        words = f"{file} is the hub in {done.database} now, as another life: {done.epoch}."
        if done.kept:
            words += f"\nThe hub that was there is kept as {done.kept}; remove it when all is well."
        speech.say(
            {"database": done.database, "epoch": done.epoch, "kept": done.kept or None}, words
        )


def move(
    into: Annotated[
        str,
        typer.Option(
            "--into",
            envvar=INTO,
            help="postgresql+psycopg://name:password@server/database, made if missing. A password "
            f"is safer in {INTO}.",
        ),
    ],
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Move a hub that has outgrown its file to PostgreSQL. Stop the hub first.

    Desks notice nothing, nobody signs in again. The file is kept beside its old place.
    """
    with speaking(as_json) as speech, progress() as tell:
        url = settings.address_of(into)
        if url is None:
            raise moving.NotToAFile(database=into)
        if settings.address_of(database) is not None:
            raise moving.OnServerAlready
        place = Path(database or settings.default_database())
        done = moving.move(place, url, clock.now(), tell)
        words = (
            f"The hub is in {done.database} now, {done.rows:,} rows.\nStart it there. Its file is"
            f" kept as {done.kept}; remove it when all is well."
        )
        speech.say({"database": done.database, "rows": done.rows, "kept": done.kept}, words)
