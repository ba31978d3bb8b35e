"""Importing files: everything in one transaction, or nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.errors import N_, LumiError
from lumi_desk.imports import columns, mapping, readers
from lumi_desk.imports.columns import ItemRow, Kind, LeftOut, MemberRow, OrderRow, Taken
from lumi_desk.imports.gathering import gather
from lumi_desk.imports.mapping import NoSuchColumn, Wish
from lumi_desk.imports.readers import Found, Sheet
from lumi_desk.imports.report import Report, add, sums_of_cells
from lumi_desk.imports.running import Batch, Progress, Run
from lumi_desk.imports.tables import ImportRun
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
    paths: Sequence[Path],
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
    batch = read_files(paths, shop=shop, wish=wish, progress=tell)
    with store.write() as session:
        report = import_batch(session, batch, now=now, channel=channel, progress=tell)
        if after is not None:
            after(session, report)
    return report


def read_files(
    paths: Sequence[Path],
    *,
    shop: str | None = None,
    wish: Wish = mapping.NONE,
    progress: Progress | None = None,
) -> Batch:
    """Read files without touching the database. Raises a LumiError on the first bad one."""
    tell = progress or _silent
    found: list[Found] = []
    names = Counter(path.name for path in paths)
    for n, path in enumerate(paths):
        tell("reading", n, len(paths))
        alone = names[path.name] == 1
        name = path.name if alone else f"{path.parent.name}/{path.name}"
        found.append(readers.read(path, name, wish))
        _refuse_twins(found)
    sheets = [sheet for one in found for sheet in one.sheets]
    _refuse_unheard(sheets, wish)
    skipped = tuple(name for one in found for name in one.skipped)
    batch = _understood(sheets, skipped, shop)
    tell("reading", len(paths), len(paths))
    return batch


def _understood(sheets: Sequence[Sheet], skipped: tuple[str, ...], shop: str | None) -> Batch:
    """The facts of all rows of all sheets."""
    orders: list[OrderRow] = []
    items: list[ItemRow] = []
    members: list[MemberRow] = []
    left_out: list[LeftOut] = []
    sums = []
    for sheet in sheets:
        of_orders, of_items, of_members = _facts(sheet, shop)
        _refuse_useless(sheet, of_orders, of_items, of_members)
        orders += of_orders.rows
        items += of_items.rows
        members += of_members.rows
        left_out += (*of_orders.left_out, *of_items.left_out, *of_members.left_out)
        sums.append(sums_of_cells(sheet, of_orders.rows))
    return Batch(
        sheets=tuple(sheets),
        skipped=skipped,
        orders=tuple(orders),
        items=tuple(items),
        members=tuple(members),
        left_out=tuple(left_out),
        dirt=dict(sum((readers.dirt(sheet) for sheet in sheets), Counter())),
        file_sums=add(sums),
    )


def _facts(
    sheet: Sheet, shop: str | None
) -> tuple[Taken[OrderRow], Taken[ItemRow], Taken[MemberRow]]:
    """The orders, lines and members of one sheet."""
    orders: Taken[OrderRow] = Taken((), ())
    items: Taken[ItemRow] = Taken((), ())
    members: Taken[MemberRow] = Taken((), ())
    if sheet.kind is Kind.WHOLE:
        orders, items = gather(sheet, shop)
    elif sheet.kind is Kind.ORDERS:
        orders = readers.taken(sheet, partial(columns.order_row, shop=shop))
    elif sheet.kind is Kind.ITEMS:
        items = readers.taken(sheet, columns.item_row)
    else:
        members = readers.taken(sheet, partial(columns.member_row, shop=shop))
    return orders, items, members


def _refuse_useless(sheet: Sheet, *parts: Taken[Any]) -> None:
    if not any(part.rows for part in parts):
        first = next(row for part in parts for row in part.left_out)
        reason = f"line {first.line}: {first.words}"
        raise NothingUsable(file=sheet.file, rows=len(sheet.lines), reason=reason)


def _refuse_twins(found: Sequence[Found]) -> None:
    *others, last = (one.sheets[0] for one in found)
    for other in others:
        if other.sha256 == last.sha256:
            raise SameFileTwice(file=last.file, other=other.file)


def _refuse_unheard(sheets: Sequence[Sheet], wish: Wish) -> None:
    """A column that was told to mean something must stand in one of the files."""
    for name in wish.told:
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
