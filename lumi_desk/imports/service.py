"""Importing files: everything in one transaction, or nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.imports import columns, readers
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.readers import Sheet
from lumi_desk.imports.report import Report, add, sums_of_cells
from lumi_desk.imports.running import Batch, Progress, Run
from lumi_desk.imports.tables import ImportRun
from lumi_desk.storage.store import Store, touch

After = Callable[[Session, Report], None]
TABLES = ("customer", "identity", "order", "order_line", "card_entry", "import_run")


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
    paths: Sequence[Path],
    *,
    now: datetime,
    shop: str | None = None,
    channel: str = "tmall",
    progress: Progress | None = None,
    after: After | None = None,
) -> Report:
    """Import order exports, items exports and member lists in one write transaction.

    `shop` names the shop the files come from, where they do not say it themselves. `after` is
    called inside the transaction, last, for what must commit with it (feed, pools and grades).
    Raises a LumiError, and then nothing is imported.
    """
    tell = progress or _silent
    batch = read_files(paths, shop=shop, progress=tell)
    with store.write() as session:
        report = import_batch(session, batch, now=now, channel=channel, progress=tell)
        if after is not None:
            after(session, report)
    return report


def read_files(
    paths: Sequence[Path], *, shop: str | None = None, progress: Progress | None = None
) -> Batch:
    """Read files without touching the database. Raises a LumiError on the first bad one."""
    tell = progress or _silent
    sheets: list[Sheet] = []
    names = Counter(path.name for path in paths)
    for n, path in enumerate(paths):
        tell("reading", n, len(paths))
        alone = names[path.name] == 1
        sheets.append(readers.read(path, path.name if alone else f"{path.parent.name}/{path.name}"))
        _refuse_twins(sheets)
    of_orders = partial(columns.order_row, shop=shop)
    of_members = partial(columns.member_row, shop=shop)
    orders = [_usable(s, of_orders) for s in sheets if s.kind is Kind.ORDERS]
    items = [_usable(s, columns.item_row) for s in sheets if s.kind is Kind.ITEMS]
    members = [_usable(s, of_members) for s in sheets if s.kind is Kind.MEMBERS]
    tell("reading", len(paths), len(paths))
    parts = [part.left_out for part in orders]
    parts += [part.left_out for part in items] + [part.left_out for part in members]
    return Batch(
        sheets=tuple(sheets),
        orders=tuple(row for part in orders for row in part.rows),
        items=tuple(row for part in items for row in part.rows),
        members=tuple(row for part in members for row in part.rows),
        left_out=tuple(row for part in parts for row in part),
        dirt=dict(sum((readers.dirt(sheet) for sheet in sheets), Counter())),
        file_sums=add(sums_of_cells(sheet) for sheet in sheets),
    )


def _usable(
    sheet: Sheet, build: Callable[[str, int, columns.Cells], columns.Row]
) -> columns.Taken[columns.Row]:
    taken = readers.taken(sheet, build)
    if not taken.rows:
        first = taken.left_out[0]
        reason = f"line {first.line}: {first.words}"
        raise NothingUsable(file=sheet.file, rows=len(sheet.lines), reason=reason)
    return taken


def _refuse_twins(sheets: Sequence[Sheet]) -> None:
    for other in sheets[:-1]:
        if other.sha256 == sheets[-1].sha256:
            raise SameFileTwice(file=sheets[-1].file, other=other.file)


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
