"""Files into rows of text: packing, encoding, commas, sheets. Every fault is one sentence.

The standard library's csv module reads the text files: it keeps every cell as it was written, so
no amount passes through a float and no number loses a digit, and it knows the line a row stands
in, also behind line breaks inside quotes. pandas does neither.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lumi_desk.errors import N_
from lumi_desk.imports import columns, headers, heading, mapping, packing, rules, units, workbooks
from lumi_desk.imports.columns import Bad, Kind, LeftOut, Reason
from lumi_desk.imports.headers import Amounts, Platform
from lumi_desk.imports.lines import Body, Line, Rows, Text
from lumi_desk.imports.mapping import Layout, Stand, Wish
from lumi_desk.imports.packing import Document, Read
from lumi_desk.imports.problems import CutOff, NotAnExport, NothingInside, TooWide
from lumi_desk.imports.unheard import Unheard
from lumi_desk.imports.units import Unit
from lumi_desk.storage.spool import Spool

_LOST = ("\ufffd", "锟斤拷")
# Under so many names one cell may be all that is known.
_MOST_OF_NOTES = 3
# So many rows say what a column holds.
_SAMPLE = 500


def _untold(_: int) -> None:
    """Nobody counts the bytes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that was read: its kind and its rows by field name.

    `layout` tells which columns were taken for what where no platform's header did; it is then
    part of `sha256`, so that a file read in another way is another file. `units` are those of
    amounts that are not in yuan, by field.
    """

    file: str
    sha256: str
    kind: Kind
    encoding: str
    made_at: datetime | None
    header: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    lines: Body
    blank_rows: int
    short_rows: int
    lost_letters: int
    title_rows: int
    amounts: Amounts
    platform: Platform
    layout: Layout | None
    units: tuple[tuple[str, Unit], ...] = ()

    def title_of(self, field: str) -> str:
        """The name of a field's column in this file; the field's own if it has none."""
        place = dict(self.places).get(field.removesuffix("_fen"))
        return field if place is None else self.header[place].strip()

    def cells(self, line: Line) -> dict[str, str]:
        """The cells of one row by field, amounts in yuan; a row without its last, empty cells is
        filled up.
        """
        written = line.cells
        if len(written) < len(self.header):
            written = (*written, *[""] * (len(self.header) - len(written)))
        found = {field: written[place] for field, place in self.places}
        for field, unit in self.units:
            found[field] = units.as_yuan(found[field], unit)
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """The tables of a file, and the sheets of a workbook that are none."""

    sheets: tuple[Sheet, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows as they stand in a file; `whole` where the file's end was seen."""

    file: str
    encoding: str
    rows: Rows
    whole: bool


def read(
    path: Document,
    name: str = "",
    wish: Wish = mapping.NONE,
    *,
    spool: Spool | None = None,
    told: Read = _untold,
) -> Found:
    """Read one export or list: .csv in UTF-8, UTF-16 or GBK, .xlsx, either packed with gzip.

    `name` is what to call the file. A large workbook goes through `spool`, which must stay open
    as long as its rows are wanted; `told` hears of bytes that have been read. Nothing is found in
    what the wish leaves out. Raises an error of
    problems.py or mapping.py; each says what was expected and what was found.
    """
    source = packing.source(path, name or path.name, told)
    if source.file in wish.without:
        return Found((), ())
    digest = source.digest()
    tables = _tables(path, source, wish.sheets, spool or Spool(), wish.without)
    if ".xlsx" not in path.name.lower():
        return Found((_sheet(tables[0], digest, wish),), ())
    return _of_workbook(tables, digest, wish)


@dataclass(frozen=True, slots=True)
class Glance:
    """What a table looks like before anybody has said how to read it.

    `rows` are the first ones under the header, and some that say what those do not, of `lines` in
    all; it stands in line `line`, for certain or not.
    """

    file: str
    encoding: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: int
    line: int = 1
    certain: bool = True

    @property
    def stand(self) -> Stand:
        """What its columns alone do not say of it."""
        return Stand(self.lines, self.line, certain=self.certain)


def glance(
    path: Document, name: str = "", *, spool: Spool, told: Read = _untold
) -> tuple[Glance, ...]:
    """Look at the tables of a file. Raises an error of problems.py that no mapping could help."""
    source = packing.source(path, name or path.name, told)
    tables = _tables(path, source, (), spool)
    found = [_glanced(table, alone=len(tables) == 1) for table in tables]
    return tuple(one for one in found if one.lines or len(found) == 1)


def _glanced(table: _Table, *, alone: bool) -> Glance:
    seen = _Seen(table.rows)
    _refuse_wide(table.file, seen)
    if alone and not seen.lines:
        raise NothingInside(file=table.file, found=N_("a header and no row"))
    _refuse_cut(table.file, seen, whole=table.whole)
    rows, told = tuple(seen.first_rows), (seen.lines, seen.heading.line, seen.heading.certain)
    return Glance(table.file, table.encoding, seen.header, rows, *told)


def _tables(
    path: Document,
    source: packing.Source,
    sheets: Sequence[str],
    spool: Spool,
    without: Collection[str] = frozenset(),
) -> list[_Table]:
    if ".xlsx" not in path.name.lower():
        writing = packing.writing_of(source.file, source.pieces)
        text = Text(source, writing.encoding)
        return [_Table(source.file, writing.encoding, text, writing.whole)]
    packing.require_something(source)
    leaves = workbooks.leaves(source, sheets, spool, without)
    return [_Table(leaf.file, "xlsx", leaf.rows, whole=True) for leaf in leaves]


def _of_workbook(tables: Sequence[_Table], digest: str, wish: Wish) -> Found:
    """The sheets of a workbook that hold orders or people; the rest is named, not read."""
    sheets, skipped, problems = [], [], []
    for table in tables:
        try:
            sheets.append(_sheet(table, digest, wish))
        except (NotAnExport, NothingInside) as problem:
            problems.append(problem)
            skipped.append(table.file)
    if problems and not sheets:
        raise problems[0]
    return Found(tuple(sheets), tuple(skipped))


def fact_of(
    sheet: Sheet,
    line: Line,
    cells: columns.Cells,
    build: Callable[[str, int, columns.Cells], columns.Row],
) -> columns.Row | LeftOut:
    """Turn a row of a sheet into facts; one that cannot be read is left out, with why."""
    try:
        if len(line.cells) != len(sheet.header) and not _may_be_short(sheet, line):
            found, expected = str(len(line.cells)), str(len(sheet.header))
            raise Bad(Reason.CELLS, found=found, expected=expected)
        return build(sheet.file, line.number, cells)
    except Bad as bad:
        params = tuple(
            (name, sheet.title_of(told) if name == "column" else told) for name, told in bad.params
        )
        return LeftOut(sheet.file, line.number, bad.reason, params)


def _may_be_short(sheet: Sheet, line: Line) -> bool:
    # A program that drops empty cells at the end of a row never drops what a row needs.
    needed = headers.NEEDED[sheet.kind]
    holds = all(place < len(line.cells) for field, place in sheet.places if field in needed)
    return holds and len(line.cells) < len(sheet.header)


def _sheet(table: _Table, digest: str, wish: Wish) -> Sheet:
    file = table.file
    seen = _Seen(table.rows)
    _refuse_wide(file, seen)
    stand = Stand(seen.lines, seen.heading.line, certain=seen.heading.certain)
    reading, layout = mapping.decide(file, seen.header, seen.first_rows, wish, stand)
    if not seen.lines:
        raise NothingInside(file=file, found=N_("a header and no row"))
    _refuse_cut(file, seen, whole=table.whole)
    return Sheet(
        file=file,
        sha256=hashlib.sha256(f"{digest} {layout.told}".encode()).hexdigest() if layout else digest,
        kind=reading.kind,
        encoding=table.encoding,
        made_at=rules.file_time(file),
        header=seen.header,
        places=tuple(reading.places.items()),
        lines=Body(table.rows, seen.heading.rows, seen.lines),
        blank_rows=seen.rows - seen.filled,
        short_rows=seen.short_rows,
        lost_letters=seen.lost_letters,
        title_rows=seen.heading.rows - 1,
        amounts=reading.amounts,
        platform=reading.platform,
        layout=layout,
        units=tuple(
            (field, reading.units[place])
            for field, place in reading.places.items()
            if place in reading.units
        ),
    )


class _Seen:
    """A table gone through once: its header, its first rows, and what there is of the rest.

    Rows further down that say something new stand among the first ones.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = self.filled = self.short_rows = self.lost_letters = 0
        self.last: Line | None = None
        head: list[Line] = []
        counted = self._counted(rows)
        head += islice(counted, heading.LOOK)
        self.heading = heading.find(head)
        self.header = self.heading.names
        first = head[self.heading.rows :]
        for line in first:
            self._take(line)
        first += self._some(counted, _SAMPLE - len(first))
        self.first_rows = [line.cells for line in first if not self._is_note(line)]
        unheard = Unheard(self.first_rows)
        for line in counted:
            self._take(line)
            if unheard.is_said(line.cells):
                self.first_rows.append(line.cells)
        self.lines = self.filled - self.heading.rows

    def _is_note(self, line: Line) -> bool:
        """Whether a row says nothing of any column: one cell alone, under many names."""
        names = sum(map(bool, map(str.strip, self.header)))
        return names > _MOST_OF_NOTES and sum(map(bool, map(str.strip, line.cells))) == 1

    def _counted(self, rows: Rows) -> Iterator[Line]:
        """The filled rows; all are counted."""
        for row in rows:
            self.rows += 1
            if any(map(str.strip, row.cells)):
                self.filled += 1
                yield row

    def _some(self, rows: Iterator[Line], most: int) -> list[Line]:
        some = list(islice(rows, most))
        for line in some:
            self._take(line)
        return some

    def _take(self, line: Line) -> None:
        self.last = line
        self.short_rows += len(line.cells) < len(self.header)
        self.lost_letters += _lost(line)


def _refuse_wide(file: str, seen: _Seen) -> None:
    if len(seen.header) > packing.MOST_COLUMNS:
        raise TooWide(file=file, found=len(seen.header), most=packing.MOST_COLUMNS)


def _refuse_cut(file: str, seen: _Seen, *, whole: bool) -> None:
    """A short last row means a cut, unless the file ends with a line's end: a note, or a program
    that drops empty cells.
    """
    width, last = len(seen.header), seen.last
    if last is None or len(last.cells) >= width:
        return
    if not whole:
        raise CutOff(
            file=file,
            line=last.number,
            expected=f"{width} cells",
            found=f"{len(last.cells)} cells",
        )


def _lost(line: Line) -> int:
    written = "\t".join(line.cells)
    return sum(written.count(lost) for lost in _LOST) if not written.isascii() else 0


def dirt(sheet: Sheet) -> Counter[str]:
    """What had to be repaired to read a sheet, its cells aside, counted by kind."""
    return +Counter(
        {
            "empty rows": sheet.blank_rows,
            "empty cells dropped at the end of a row": sheet.short_rows,
            "letters lost before the file came here": sheet.lost_letters,
            "rows of titles and units at the header": sheet.title_rows,
            "blanks in header names": sum(cell != cell.strip() for cell in sheet.header),
        }
    )


def dirt_of(cell: str) -> str:
    """What had to be repaired to read a cell; empty if nothing."""
    first, last = cell[:1], cell[-1:]
    if first == "=":
        return 'cells written as ="…"'
    if first in {"'", "\u2019"}:
        return "apostrophes before cells"
    if last == "元" and cell[:-1].replace(".", "").isdigit():
        return "yuan written behind amounts"
    if last.isalpha() and first.isdigit() and rules.pieces(cell):
        return "units written behind quantities"
    return "blanks around cells" if first.isspace() or last.isspace() else ""
