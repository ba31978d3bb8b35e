"""Workbooks into rows of text: small ones at once, large ones cell by cell through a scratch file.

What a large one holds is read by a slower program that never has all of it in memory; the texts
its cells point to are kept in the scratch file, for they grow with the rows.
"""

import gzip
import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice
from typing import IO, Any, cast
from zipfile import BadZipFile

from lumi_desk.errors import N_
from lumi_desk.imports import cells, packing, rules
from lumi_desk.imports.cells import Cell
from lumi_desk.imports.lines import Line, Rows
from lumi_desk.imports.packing import Source
from lumi_desk.imports.problems import DamagedSheet, NoSuchSheet, NothingInside
from lumi_desk.storage.spool import Heap, Spool

# Workbooks with more inside, in bytes, are read cell by cell.
LARGE = 2**24
_BLOCK = 256
_BLOCKS = 256


@dataclass(frozen=True)
class Leaf:
    """One sheet of a workbook: its name in front of people, and its rows."""

    file: str
    rows: Rows


def leaves(
    source: Source,
    wanted: Sequence[str],
    spool: Spool,
    without: Collection[str] = frozenset(),
) -> list[Leaf]:
    """The sheets of a workbook that hold anything; only those wanted, if any are.

    Those `without` which it is read, by the names of their leaves, are not looked into.

    Raises NoSuchSheet, NothingInside, and what packing.check_workbook raises.
    """
    file = source.file
    with _opened(source) as (book, size):
        inside = packing.check_workbook(file, size, book)
        try:
            read = _large if inside > LARGE else _small
            found = read(file, book, wanted, spool, without)
        except (BadZipFile, OSError, IndexError, KeyError, ValueError) as error:
            raise DamagedSheet(file=file, found=f"{size} bytes") from error
    if not found and not without:
        raise NothingInside(file=file, found=N_("no cells"))
    return found


@contextmanager
def _opened(source: Source) -> Iterator[tuple[IO[bytes], int]]:
    """A workbook to look about in, and its size without the packing around it."""
    if not source.packed:
        with source.bytes_of() as book:
            yield book, source.size
        return
    size = sum(map(len, source.pieces()))
    if size <= LARGE:
        yield io.BytesIO(b"".join(source.pieces())), size
        return
    with source.path.open("rb") as raw, gzip.open(raw) as book:
        # It has been unpacked once already, and was no bomb.
        yield cast("IO[bytes]", book), size


def _small(
    file: str, book: IO[bytes], wanted: Sequence[str], _: Spool, without: Collection[str]
) -> list[Leaf]:
    import python_calamine

    book.seek(0)
    table = python_calamine.SheetTypeEnum.WorkSheet
    try:
        with python_calamine.CalamineWorkbook.from_filelike(book) as opened:
            tables = [one.name for one in opened.sheets_metadata if one.typ == table]
            found = []
            for name in _chosen(file, tables, wanted):
                called = _called(file, name, opened.sheet_names)
                if called in without:
                    continue
                told = opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
                rows = [
                    Line(n, tuple(_written(cell) for cell in row))
                    for n, row in enumerate(told, start=1)
                ]
                if rows:
                    found.append(Leaf(called, rows))
            return found
    except python_calamine.CalamineError as error:
        raise ValueError from error


def _large(
    file: str, book: IO[bytes], wanted: Sequence[str], spool: Spool, without: Collection[str]
) -> list[Leaf]:
    from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]
    from openpyxl.styles.stylesheet import apply_stylesheet  # type: ignore[import-untyped]

    book.seek(0)
    reader = ExcelReader(book, read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    sheets = {sheet.name: rel for sheet, rel in reader.parser.find_sheets()}
    tables = [name for name, rel in sheets.items() if rel.Type.endswith("/worksheet")]
    texts = _Texts(reader, spool)
    found = []
    for name in _chosen(file, tables, wanted):
        called = _called(file, name, list(sheets))
        if called in without:
            continue
        kept = _Kept(spool)
        with reader.archive.open(sheets[name].target) as part:
            for number, row in cells.rows(part):
                written = ((cell.column, texts.written(cell)) for cell in row if cell.text)
                kept.add(number, {column: text for column, text in written if text})
        if kept.last:
            found.append(Leaf(called, kept))
    return found


class _Texts:
    """What the cells of a large workbook say; the texts they share stand in the scratch file."""

    def __init__(self, reader: Any, spool: Spool) -> None:
        book = reader.wb
        self._epoch = book.epoch
        self._dates, self._spans = book._date_formats, book._timedelta_formats
        self._shared: Heap[list[str]] = Heap(spool)
        self.block = lru_cache(maxsize=_BLOCKS)(self._block)
        if (part := _texts_of(reader.valid_files)) is not None:
            with reader.archive.open(part) as inside:
                self._keep(cells.texts(inside))

    def _keep(self, texts: Iterator[str]) -> None:
        number = 0
        while block := list(islice(texts, _BLOCK)):
            self._shared.add(_padded(number), block)
            number += 1

    def _block(self, number: int) -> list[str]:
        return self._shared.of(_padded(number))[0]

    def written(self, cell: Cell) -> str:
        """A cell as a person sees it. Raises ValueError and IndexError where it makes no sense."""
        if cell.kind == "s":
            place = int(cell.text)
            return self.block(place // _BLOCK)[place % _BLOCK]
        if cell.kind == "e":
            return ""
        if cell.kind in ("str", "inlineStr"):
            return cell.text
        if cell.kind == "b":
            return _written(cell.text == "1")
        if cell.kind == "d":
            return _written(_whole_day(datetime.fromisoformat(cell.text)))
        return _written(self._number(cell))

    def _number(self, cell: Cell) -> object:
        from openpyxl.utils.datetime import from_excel  # type: ignore[import-untyped]

        number = float(cell.text)
        if cell.style not in self._dates:
            return number
        when = from_excel(number, self._epoch, timedelta=cell.style in self._spans)
        return _whole_day(when) if isinstance(when, datetime) else when


class _Kept:
    """The rows of a large sheet, in the scratch file; each as wide as the widest."""

    def __init__(self, spool: Spool) -> None:
        self._rows: Heap[tuple[int, tuple[str, ...]]] = Heap(spool)
        self._width, self.last = 0, 0

    def add(self, number: int, row: dict[int, str]) -> None:
        """Keep a row; `row` is text by column, from 0."""
        if not row:
            return
        width = max(row) + 1
        told = tuple(row.get(column, "") for column in range(width))
        self._rows.add(_padded(number), (number, told))
        self._width, self.last = max(self._width, width), max(self.last, number)

    def __iter__(self) -> Iterator[Line]:
        before = 0
        for number, told in self._rows:
            for blank in range(before + 1, number):
                yield Line(blank, ("",) * self._width)
            yield Line(number, told + ("",) * (self._width - len(told)))
            before = number


def _texts_of(names: Sequence[str]) -> str | None:
    """Where in a workbook the texts are that its cells share, if there are any."""
    return next((name for name in names if name.lower().endswith("sharedstrings.xml")), None)


def _padded(number: int) -> str:
    return f"{number:012d}"


def _whole_day(when: datetime) -> datetime | date:
    """A moment; only its day, if it says no more."""
    return when.date() if when.time() == time() else when


def _written(cell: object) -> str:
    """A cell of a workbook as a person sees it. Numbers are kept to a sheet's fifteen digits.

    Whole ones with more are written as `2.14026003863655E+18`, so that nobody takes what was filled
    in for digits of an id.
    """
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        if not cell.is_integer():
            return f"{cell:.{rules.SHEET_DIGITS}g}"
        exact = abs(cell) < 10**rules.SHEET_DIGITS
        return str(int(cell)) if exact else f"{cell:.{rules.SHEET_DIGITS - 1}E}"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell)


def _chosen(file: str, tables: Sequence[str], wanted: Sequence[str]) -> list[str]:
    for name in wanted:
        if name not in tables:
            raise NoSuchSheet(file=file, sheet=name, found="、".join(tables))
    return [name for name in tables if name in wanted] if wanted else list(tables)


def _called(file: str, name: str, names: Sequence[str]) -> str:
    return f"{file} / {name}" if len(names) > 1 else file
