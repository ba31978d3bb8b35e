"""Files into rows of text: packing, encoding, commas, sheets. Every fault is one sentence.

The standard library's csv module reads the text files: it keeps every cell as it was written, so
no amount passes through a float and no number loses a digit, and it knows the line a row stands
in, also behind line breaks inside quotes. pandas does neither.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from lumi_desk.imports import columns, headers, mapping, packing, rules
from lumi_desk.imports.columns import Bad, Kind, LeftOut, Reason
from lumi_desk.imports.headers import Amounts, Platform
from lumi_desk.imports.mapping import Layout, Wish
from lumi_desk.imports.problems import (
    BrokenQuote,
    CutOff,
    DamagedSheet,
    NoSuchSheet,
    NotAnExport,
    NothingInside,
    TooWide,
    WrongFormat,
)

_SHEET = b"PK\x03\x04"
_MOST_CELL = 2**20
_LOST = ("\ufffd", "锟斤拷")
# So many rows say what a column holds.
_SAMPLE = 500
_MOST_TITLES = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file, with the line it begins in (1 is the first), cells as written."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that was read: its kind and its rows by field name.

    `layout` tells which columns were taken for what where no platform's header did; it is then
    part of `sha256`, so that a file read in another way is another file.
    """

    file: str
    sha256: str
    kind: Kind
    encoding: str
    made_at: datetime | None
    header: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    blank_rows: int
    short_rows: int
    lost_letters: int
    title_rows: int
    amounts: Amounts
    platform: Platform
    layout: Layout | None

    def title_of(self, field: str) -> str:
        """The name of a field's column in this file; the field's own if it has none."""
        place = dict(self.places).get(field.removesuffix("_fen"))
        return field if place is None else self.header[place].strip()

    def cells(self, line: Line) -> dict[str, str]:
        """The cells of one row by field; a row without its last, empty cells is filled up."""
        return {
            field: line.cells[place] if place < len(line.cells) else ""
            for field, place in self.places
        }


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
    rows: Sequence[Line]
    whole: bool


def read(path: Path, name: str = "", wish: Wish = mapping.NONE) -> Found:
    """Read one export or list: .csv in UTF-8 or GBK, .xlsx, either packed with gzip.

    `name` is what to call the file. Raises an error of problems.py or mapping.py; each says what
    was expected and what was found.
    """
    file = name or path.name
    raw = packing.contents(path, file)
    digest = hashlib.sha256(raw).hexdigest()
    raw = packing.unpacked(file, raw)
    if not raw.strip(b"\xef\xbb\xbf \r\n\t"):
        raise NothingInside(file=file, found=f"{len(raw)} bytes")
    named_sheet = ".xlsx" in path.name.lower()
    if raw.startswith(_SHEET) and not named_sheet:
        raise WrongFormat(file=file, found="an Excel workbook (.xlsx)")
    if named_sheet:
        return _of_workbook(_workbook(file, raw, wish.sheets), digest, wish)
    text, encoding = packing.text_of(file, raw)
    table = _Table(file, encoding, _csv_rows(file, text), text.endswith(("\n", "\r")))
    return Found((_sheet(table, digest, wish),), ())


def _of_workbook(tables: Sequence[_Table], digest: str, wish: Wish) -> Found:
    """The sheets of a workbook that hold orders or people; the rest is named, not read."""
    sheets, skipped, problems = [], [], []
    for table in tables:
        try:
            sheets.append(_sheet(table, digest, wish))
        except (NotAnExport, NothingInside) as problem:
            problems.append(problem)
            skipped.append(table.file)
    if not sheets:
        raise problems[0]
    return Found(tuple(sheets), tuple(skipped))


def taken(
    sheet: Sheet, build: Callable[[str, int, columns.Cells], columns.Row]
) -> columns.Taken[columns.Row]:
    """Turn the rows of a sheet into facts; those that cannot be read are left out, with why."""
    rows, left_out = [], []
    for line in sheet.lines:
        try:
            if len(line.cells) > len(sheet.header) or not _holds_needed(sheet, line):
                found, expected = str(len(line.cells)), str(len(sheet.header))
                raise Bad(Reason.CELLS, found=found, expected=expected)
            rows.append(build(sheet.file, line.number, sheet.cells(line)))
        except Bad as bad:
            params = tuple(
                (name, sheet.title_of(told) if name == "column" else told)
                for name, told in bad.params
            )
            left_out.append(LeftOut(sheet.file, line.number, bad.reason, params))
    return columns.Taken(tuple(rows), tuple(left_out))


def _holds_needed(sheet: Sheet, line: Line) -> bool:
    # A program that drops empty cells at the end of a row never drops what a row needs.
    needed = headers.NEEDED[sheet.kind]
    return all(place < len(line.cells) for field, place in sheet.places if field in needed)


def _csv_rows(file: str, text: str) -> list[Line]:
    first = text.partition("\n")[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    csv.field_size_limit(_MOST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, begins = [], 1
    try:
        for cells in reader:
            rows.append(Line(begins, tuple(cells)))
            begins = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise CutOff(
                file=file, line=begins, expected="a closing quote", found="the end of the file"
            ) from error
        if "field larger" in str(error):
            raise CutOff(
                file=file, line=begins, expected="a closing quote", found="a cell without end"
            ) from error
        raise BrokenQuote(file=file, line=begins) from error
    return rows


def _workbook(file: str, raw: bytes, wanted: Sequence[str]) -> list[_Table]:
    """The sheets of a workbook that hold anything; only those wanted, if any are.

    Raises NoSuchSheet, and what packing.check_workbook raises.
    """
    import python_calamine

    packing.check_workbook(file, raw)
    tables = []
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw)) as book:
            names = _sheets_of(file, book, wanted)
            several = len(book.sheet_names) > 1
            for name in names:
                called = f"{file} / {name}" if several else file
                tables.append(_Table(called, "xlsx", _filled(book, name), whole=True))
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        raise DamagedSheet(file=file, found=f"{len(raw)} bytes") from error
    filled = [table for table in tables if table.rows]
    if not filled:
        raise NothingInside(file=file, found="no cells")
    return filled


def _sheets_of(file: str, book: Any, wanted: Sequence[str]) -> list[str]:
    import python_calamine

    table = python_calamine.SheetTypeEnum.WorkSheet
    tables = [one.name for one in book.sheets_metadata if one.typ == table]
    for name in wanted:
        if name not in tables:
            raise NoSuchSheet(file=file, sheet=name, found="、".join(tables))
    return [name for name in tables if name in wanted] if wanted else tables


def _filled(book: Any, name: str) -> list[Line]:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [Line(n, tuple(_written(cell) for cell in row)) for n, row in enumerate(rows, start=1)]


def _written(cell: object) -> str:
    """A cell of a workbook as a person sees it. Numbers are kept to a sheet's fifteen digits."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        text = f"{cell:.{rules.SHEET_DIGITS}g}"
        return str(int(float(text))) if cell.is_integer() else text
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


def _sheet(table: _Table, digest: str, wish: Wish) -> Sheet:
    file = table.file
    filled = [row for row in table.rows if any(cell.strip() for cell in row.cells)]
    titles = _titles_above(filled)
    header = filled[titles].cells if filled else ()
    if len(header) > packing.MOST_COLUMNS:
        raise TooWide(file=file, found=len(header), most=packing.MOST_COLUMNS)
    lines = tuple(filled[titles + 1 :])
    reading, layout = mapping.decide(file, header, [one.cells for one in lines[:_SAMPLE]], wish)
    if not lines:
        raise NothingInside(file=file, found="a header and no row")
    width = len(header)
    _refuse_cut(file, lines, width, whole=table.whole)
    return Sheet(
        file=file,
        sha256=hashlib.sha256(f"{digest} {layout}".encode()).hexdigest() if layout else digest,
        kind=reading.kind,
        encoding=table.encoding,
        made_at=rules.file_time(file),
        header=header,
        places=tuple(reading.places.items()),
        lines=lines,
        blank_rows=len(table.rows) - len(filled),
        short_rows=sum(len(line.cells) < width for line in lines),
        lost_letters=_lost(lines),
        title_rows=titles,
        amounts=reading.amounts,
        platform=reading.platform,
        layout=layout,
    )


def _titles_above(filled: Sequence[Line]) -> int:
    """How many rows above the header are a title: a single filled cell over a table."""
    for place, row in enumerate(filled[:_MOST_TITLES]):
        if sum(bool(cell.strip()) for cell in row.cells) > 1:
            return place
    return 0


def _refuse_cut(file: str, lines: Sequence[Line], width: int, *, whole: bool) -> None:
    """A short last row means a cut, unless the program that wrote the file drops empty cells."""
    last = lines[-1]
    alike = whole and any(len(line.cells) <= len(last.cells) for line in lines[:-1])
    if len(last.cells) < width and not alike:
        raise CutOff(
            file=file,
            line=last.number,
            expected=f"{width} cells",
            found=f"{len(last.cells)} cells",
        )


def _lost(lines: Iterable[Line]) -> int:
    return sum(cell.count(lost) for line in lines for cell in line.cells for lost in _LOST)


def dirt(sheet: Sheet) -> Counter[str]:
    """What had to be repaired to read a sheet, counted by kind."""
    found = Counter(
        {
            "empty rows": sheet.blank_rows,
            "empty cells dropped at the end of a row": sheet.short_rows,
            "letters lost before the file came here": sheet.lost_letters,
            "title rows above the header": sheet.title_rows,
            "blanks in header names": sum(cell != cell.strip() for cell in sheet.header),
        }
    )
    for line in sheet.lines:
        for cell in line.cells:
            if cell.startswith("="):
                found['cells written as ="…"'] += 1
            elif cell.startswith(("'", "\u2019")):
                found["apostrophes before cells"] += 1
            elif cell.endswith("元") and cell[:-1].replace(".", "").isdigit():
                found["yuan written behind amounts"] += 1
            elif cell[-1:].isalpha() and cell[:1].isdigit() and rules.pieces(cell):
                found["units written behind quantities"] += 1
            elif cell != cell.strip():
                found["blanks around cells"] += 1
    return +found
