"""An import on its way in words: files, how their tables are read, what would be done. No Qt."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from lumi_desk.imports.units import Unit
from lumi_desk.managing.imports import Channel, ColumnPlan, ImportAt, ImportWish, TablePlan, Task
from lumi_desk.sync.client import HubSaid
from lumi_desk.sync.protocol import Problem
from ui.imports import terms
from ui.imports.screen import Column, Naming, Reading, Start, Working
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Button, Choice, Entry, Line, Progress, Span
from ui.words import N_, count, percent, sentence, tr, trn

UNUSED = "-"
ALL = "*"
_IN_BYTES = ("checking", "reading")
_KIB, _MIB = 2**10, 2**20
_OF_ORDERS = ("orders", "orders with lines")
# What can be done on this screen about what a command says otherwise.
_ADVICE = {
    "NotAnExport": N_(
        "Point at a column and press Enter to say what it means, or choose other files."
    )
}
_DOING = {
    Task.LOOK.value: N_("Looking at the files"),
    Task.TRY.value: N_("Trying the import"),
    Task.RUN.value: N_("Importing"),
}
_AMOUNTS = {
    "order": N_("the order's, on each of its rows"),
    "line": N_("each row's own"),
}


def start() -> Start:
    """Nothing is chosen yet."""
    lines = (
        tr(
            "Exports of Taobao, Tmall, JD and Douyin, and lists of people: members, WeChat"
            " contacts, sign-ups, cards. Order lines go together with their orders: choose both"
            " files."
        ),
        tr("CSV in UTF-8, UTF-16 or GBK, Excel workbooks (.xlsx), either packed with gzip."),
        tr(
            "Files travel in pieces and lie sealed on the hub until they are imported. Nothing is"
            " written before you say so."
        ),
    )
    return Start(tr("Bring in orders or people"), lines, tr("Choose files"))


def megabytes(size: int) -> str:
    """A size, with what it is measured in."""
    if size < _MIB:
        return f"{ceil(size / _KIB)} KB"
    return f"{size / _MIB:.1f} MB"


def coming(at: ImportAt, piece: int) -> Working:
    """Files that are being brought up; a piece is so many bytes."""
    whole = sum(one.size for one in at.files)
    here = sum(min(one.size, one.pieces * piece) for one in at.files)
    text = tr("{done} of {whole}", done=megabytes(here), whole=megabytes(whole))
    files = tuple(_file(one.name, one.size, one.pieces * piece) for one in at.files)
    progress = Progress(tr("Bringing up the files"), text, here, max(whole, 1))
    return Working(progress, files, Button(tr("Stop")))


def _file(name: str, size: int, here: int) -> Line:
    share = percent(min(here, size) / size) if size else percent(1)
    return (Span(name, strong=True), Span(f"  {megabytes(size)} · {share}"))


def at_work(at: ImportAt, *, stopping: bool) -> Working:
    """What the hub is doing with them."""
    if at.stage in _IN_BYTES:
        told = {"done": megabytes(at.done), "whole": megabytes(at.whole)}
    else:
        told = {"done": count(at.done), "whole": count(at.whole)}
    text = terms.stage(at.stage)
    if at.whole and at.stage:
        text += " · " + tr("{done} of {whole}", **told)
    files: tuple[Line, ...] = tuple((Span(one.name, strong=True),) for one in at.files)
    button = Button(tr("Being stopped …"), enabled=False) if stopping else Button(tr("Stop"))
    title = tr(_DOING.get(at.doing, _DOING["look"]))
    return Working(Progress(title, text, at.done, max(at.whole, 1)), files, button)


def reading(
    tables: Sequence[TablePlan],
    chosen: int,
    row: int,
    wish: ImportWish,
    profiles: Sequence[str],
) -> Reading:
    """How a table is read; `row` is the column that is chosen, both are counted from 0."""
    table = tables[chosen]
    taken = [one for one in tables if one.table not in wish.without]
    usable = [one for one in taken if one.kind and not one.problem]
    ready = bool(usable) and all(one.kind or _is_left(taken, one) for one in taken)
    return Reading(
        table.table,
        table.table,
        _left_out() if table.table in wish.without else _fact(table),
        (tr("Our field"), tr("Column of the file"), tr("How it was found"), tr("Values")),
        tuple(_column(one) for one in table.columns),
        _meanings(table, row),
        _tables(tables, chosen, wish),
        _profiles(profiles, wish.profile),
        _amounts(table),
        Entry(tr("Shop"), wish.shop, tr("where the files do not say it")),
        _doubts(table),
        problem(table.problem) if table.problem and table in taken else "",
        Button(tr("Try"), enabled=ready),
        Button(tr("Import"), enabled=ready),
        Button(tr("Keep as a profile"), enabled=bool(table.kind)),
        Button(tr("Other files")),
        _channels(table, wish),
        _leave(tables, table, wish),
        _units(table, row),
    )


def problem(told: Problem) -> str:
    """Why a table cannot be read, and what can be done about it here."""
    return sentence(HubSaid(replace(told, advice=_ADVICE.get(told.code, told.advice))))


def _doubts(table: TablePlan) -> tuple[str, ...]:
    named = {one.meaning: terms.column(one.name) for one in table.columns if one.meaning}
    worth = named.get("goods") or named.get("paid")
    told = {"rows": count(table.lines), "paid_at": named.get("paid_at", "…"), "worth": worth or "…"}
    return tuple(
        terms.doubt(code, {**told, "columns": _about(table, code)}) for code in table.doubts
    )


def _about(table: TablePlan, doubt: str) -> str:
    return tr(", ").join(map(terms.column, table.about.get(doubt, ()))) or "…"


def _left_out() -> str:
    return tr("left out")


def _channels(table: TablePlan, wish: ImportWish) -> tuple[Choice, ...]:
    """Where its orders may have been sold; nothing where its header says so, or it has none."""
    if not _asks_where(table) or table.table in wish.without:
        return ()
    return tuple(
        Choice(one.value, terms.channel(one.value), one.value == wish.channel) for one in Channel
    )


def _asks_where(table: TablePlan) -> bool:
    return table.kind in _OF_ORDERS and not table.channel


def _leave(tables: Sequence[TablePlan], table: TablePlan, wish: ImportWish) -> Button:
    if table.table in wish.without:
        return Button(tr("Take this table in"))
    return Button(tr("Leave this table out")) if len(tables) > 1 else Button()


def _is_left(tables: Sequence[TablePlan], one: TablePlan) -> bool:
    """A sheet of a workbook that holds nothing of ours is left, as by command; refunds are ours."""
    if one.problem and one.problem.code == "RefundsApart":
        return False
    book = one.table.split(" / ")[0]
    beside = (other for other in tables if other is not one and other.kind)
    return " / " in one.table and any(each.table.startswith(f"{book} / ") for each in beside)


def _fact(table: TablePlan) -> str:
    rows = trn("{n} row", "{n} rows", table.lines)
    kind = (terms.kind(table.kind),) if table.kind else ()
    where = (terms.channel(table.channel),) if table.channel else ()
    return " · ".join((*kind, *where, rows))


def _column(one: ColumnPlan) -> Column:
    sure = not one.meaning or one.certainty >= 0.9
    return Column(
        terms.column(one.name),
        _meaning(one),
        " · ".join(one.samples),
        terms.way(one.way, percent(one.certainty)),
        sure,
    )


def _meaning(one: ColumnPlan) -> str:
    """What a column is taken for, and what it is counted in where that is not yuan."""
    field = terms.meaning(one.meaning)
    if one.unit in ("", Unit.YUAN):
        return field
    return tr("{field}, in {unit}", field=field, unit=terms.unit(one.unit))


def _units(table: TablePlan, row: int) -> tuple[Choice, ...]:
    """What the amounts of a column may be counted in; of other columns there is nothing to say."""
    if not any(one.unit for one in table.columns):
        return ()
    now = table.columns[row].unit if 0 <= row < len(table.columns) else ""
    if not now:
        return (Choice("", tr("Counted in {unit}", unit="–"), chosen=True, enabled=False),)
    return tuple(
        Choice(one.value, tr("Counted in {unit}", unit=terms.unit(one.value)), one.value == now)
        for one in Unit
    )


def _meanings(table: TablePlan, row: int) -> tuple[Choice, ...]:
    if not 0 <= row < len(table.columns):
        return ()
    now = table.columns[row].meaning
    taken = {one.meaning for one in table.columns}
    unused = Choice(UNUSED, tr("not used"), chosen=not now)
    every = (
        Choice(one, f"{terms.meaning(one)} ✓" if one in taken else terms.meaning(one), one == now)
        for one in table.meanings
    )
    return (unused, *every)


def _tables(tables: Sequence[TablePlan], chosen: int, wish: ImportWish) -> tuple[Choice, ...]:
    if len(tables) < 2:
        return ()

    def what(one: TablePlan) -> str:
        if one.table in wish.without:
            return _left_out()
        return terms.kind(one.kind) if one.kind else "–"

    return tuple(
        Choice(str(place), f"{one.table} ({what(one)})", place == chosen)
        for place, one in enumerate(tables)
    )


def _profiles(names: Sequence[str], chosen: str) -> tuple[Choice, ...]:
    if not names:
        return ()
    none = Choice("", tr("no profile"), chosen=not chosen)
    return (none, *(Choice(one, one, chosen=one == chosen) for one in names))


def _amounts(table: TablePlan) -> tuple[Choice, ...]:
    if table.kind != "orders with lines":
        return ()
    return tuple(Choice(name, tr(words), name == table.amounts) for name, words in _AMOUNTS.items())


def confirm(tables: Sequence[TablePlan], wish: ImportWish) -> Confirm:
    """What is about to be imported, and what nobody can be sure of."""
    taken = [one for one in tables if one.table not in wish.without]
    wanted = [one for one in taken if one.kind]
    lines = [f"{one.table}: {_fact(one)}" for one in wanted]
    for one in wanted:
        guessed = [terms.column(c.name) for c in one.columns if c.meaning and c.certainty < 0.9]
        if guessed:
            lines.append(
                tr(
                    "{table}: nobody has confirmed what these columns mean: {columns}",
                    table=one.table,
                    columns=tr(", ").join(guessed),
                )
            )
        lines += [f"{one.table}: {words}" for words in _doubts(one)]
    if any(map(_asks_where, wanted)):
        where = terms.channel(wish.channel)
        lines.append(tr("Sold at: {channel}, where the file does not say it", channel=where))
    left = [one.table for one in taken if not one.kind]
    lines += [f"{one.table}: {_left_out()}" for one in tables if one.table in wish.without]
    lines += [tr("{file}: not read, it holds no orders and no people", file=one) for one in left]
    title = trn("Import {n} table?", "Import {n} tables?", len(wanted))
    return Confirm(title, tuple(lines), tr("Import"), tr("Not yet"))


def naming(text: str) -> Naming:
    """Under which name a reading is kept."""
    return Naming(
        tr("Keep how this table is read, for files with the same header"),
        text,
        tr("a short name, such as ERP orders"),
        tr("Keep"),
        tr("Cancel"),
    )
