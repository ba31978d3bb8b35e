"""Importing files: everything in one transaction, or nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import chain, product
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.imports import mapping, readers
from lumi_desk.imports.batch import Batch
from lumi_desk.imports.mapping import NoSuchColumn, Wish
from lumi_desk.imports.packing import Document
from lumi_desk.imports.problems import AllLeftOut
from lumi_desk.imports.readers import Found, Sheet
from lumi_desk.imports.report import Progress, Report, add
from lumi_desk.imports.running import TICK, Run
from lumi_desk.imports.tables import ImportRun
from lumi_desk.imports.understanding import Meter, SheetReading
from lumi_desk.storage.store import Store, touch

After = Callable[[Session, Report], None]
TABLES = ("customer", "identity", "order", "order_line", "card_entry", "consent", "import_run")


class NothingUsable(LumiError):
    """Not one row of a file could be read."""

    title = N_("No row of {file} could be read: expected {rows} rows, found none; {reason}")
    advice = N_("Nothing was imported. Choose the file the platform exported, unchanged.")


class SameFileTwice(LumiError):
    """The same file was given twice."""

    title = N_("{file} and {other} are the same file")
    advice = N_("Nothing was imported. Give each file once.")


def import_files(
    store: Store,
    paths: Sequence[Document],
    *,
    now: datetime,
    shop: str | None = None,
    channel: str = "tmall",
    wish: Wish = mapping.NONE,
    progress: Progress | None = None,
    after: After | None = None,
) -> Report:
    """Import order exports, items exports and member lists in one write transaction.

    `shop` names the shop the files come from, where they do not say it themselves. `wish` is what
    the keeper said about columns nobody knows. `after` is called inside the transaction, last,
    for what must commit with it (feed, pools and grades).
    Raises a LumiError, and then nothing is imported.
    """
    tell = progress or _silent
    with (
        closing(read_files(paths, shop=shop, wish=wish, progress=tell)) as batch,
        store.write() as session,
    ):
        report = import_batch(session, batch, now=now, channel=channel, progress=tell)
        if after is not None:
            after(session, report)
        return report


def read_files(
    paths: Sequence[Document],
    *,
    shop: str | None = None,
    wish: Wish = mapping.NONE,
    progress: Progress | None = None,
) -> Batch:
    """Read files without touching the database. Raises a LumiError on the first bad one.

    The batch is to be closed. `progress` hears of bytes, first "checking" what the files are,
    then "reading" their rows.
    """
    batch = Batch()
    try:
        _fill(batch, paths, shop, wish, progress or _silent)
    except BaseException:
        batch.close()
        raise
    return batch


def _fill(
    batch: Batch, paths: Sequence[Document], shop: str | None, wish: Wish, tell: Progress
) -> None:
    found: list[Found] = []
    names = Counter(path.name for path in paths)
    meter = Meter("checking", paths, tell)
    for n, path in enumerate(paths):
        name = path.name
        if names[name] > 1 and isinstance(path, Path):
            name = f"{path.parent.name}/{name}"
        told = partial(meter.more, n)
        found.append(readers.read(path, name, wish, spool=batch.spool, told=told))
        _refuse_twins(found)
    meter.end()
    batch.sheets = tuple(sheet for one in found for sheet in one.sheets)
    if not batch.sheets:
        raise AllLeftOut
    batch.skipped = tuple(name for one in found for name in one.skipped)
    _refuse_unheard(batch.sheets, wish)
    _understand(batch, found, shop, Meter("reading", paths, tell))


def _understand(batch: Batch, found: Sequence[Found], shop: str | None, meter: Meter) -> None:
    """Take the facts of all rows of all sheets."""
    sums, place = [], 0
    for n, one in enumerate(found):
        for sheet in one.sheets:
            reading = SheetReading(batch, sheet, place, shop)
            for many, line in enumerate(sheet.lines):
                if many % TICK == 0:
                    meter.at(n, many / len(sheet.lines))
                reading.take(line)
            sums.append(reading.done())
            _refuse_useless(sheet, reading)
            place += 1
    batch.file_sums = add(sums)
    batch.all_taken()
    meter.end()


def _refuse_useless(sheet: Sheet, reading: SheetReading) -> None:
    if not reading.taken:
        first = next(row for row in reading.batch.left_out if row.file == sheet.file)
        reason = f"line {first.line}: {first.words}"
        raise NothingUsable(file=sheet.file, rows=len(sheet.lines), reason=reason)


def _refuse_twins(found: Sequence[Found]) -> None:
    *others, newest = (one.sheets[:1] for one in found)
    for other, last in product(chain(*others), newest):
        if other.sha256 == last.sha256:
            raise SameFileTwice(file=last.file, other=other.file)


def _refuse_unheard(sheets: Sequence[Sheet], wish: Wish) -> None:
    """A column that something was said of must stand in one of the files."""
    for name in wish.named:
        if not any(mapping.has_column(sheet.header, name) for sheet in sheets):
            header = mapping.shown(sheets[0].header)
            raise NoSuchColumn(file=sheets[0].file, column=name, found=header)


def import_batch(
    session: Session,
    batch: Batch,
    *,
    now: datetime,
    channel: str = "tmall",
    progress: Progress | None = None,
) -> Report:
    """Bring a batch into the hub's tables. Never commits."""
    before = imported_before(session)
    report = Run(session, batch, now, channel, before, progress or _silent).go()
    session.add(
        ImportRun(
            id=report.run_id,
            at=now,
            files=[[sheet.file, sheet.sha256] for sheet in batch.sheets],
            report=report.as_json(),
        )
    )
    session.flush()
    touch(session, *TABLES)
    return report


def imported_before(session: Session) -> frozenset[str]:
    """The SHA-256 of every file that was ever imported."""
    runs = session.scalars(select(ImportRun.files))
    return frozenset(sha256 for files in runs for _, sha256 in files)


def _silent(stage: str, done: int, whole: int) -> None:
    """Nobody watches."""
