"""Rows of a file as they stand in it, to be gone through as often as need be, never all at once."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple, Protocol

from lumi_desk.errors import N_
from lumi_desk.imports.packing import Source
from lumi_desk.imports.problems import BrokenQuote, CutOff

_MOST_CELL = 2**20
# So many lines tell what stands between the cells.
_TELLING = 8


class Line(NamedTuple):
    """One row of a file, with the line it begins in (1 is the first), cells as written."""

    number: int
    cells: tuple[str, ...]


class Rows(Protocol):
    """Rows that can be gone through again."""

    def __iter__(self) -> Iterator[Line]: ...


@dataclass(frozen=True)
class Body:
    """The filled rows under a header; `skipped` filled ones stand before them."""

    rows: Rows
    skipped: int
    count: int

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Line]:
        return islice(filled(self.rows), self.skipped, None)


def filled(rows: Iterable[Line]) -> Iterator[Line]:
    """The rows with anything in them."""
    return (row for row in rows if any(map(str.strip, row.cells)))


@dataclass(frozen=True)
class Text:
    """The rows of a text file. Going through them raises CutOff and BrokenQuote."""

    source: Source
    encoding: str

    def __iter__(self) -> Iterator[Line]:
        with self.source.bytes_of() as raw:
            name = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
            text = io.TextIOWrapper(raw, name, newline="")
            # A title stands above the names without a comma in it.
            first = list(islice(text, _TELLING))
            yield from _parted(self.source.file, chain(first, text), _delimiter(first))


def _delimiter(first: Sequence[str]) -> str:
    """What stands between the cells: a comma or a tab, else what stands as often in most lines."""
    tabs, commas = (sum(line.count(one) for line in first) for one in "\t,")
    for one in ";|":
        counts = [found for line in first if (found := line.count(one))]
        most = max(counts, default=0)
        if most * len(counts) > tabs + commas and counts.count(most) > 1:
            return one
    return "\t" if tabs > commas else ","


def _parted(file: str, text: Iterator[str], delimiter: str) -> Iterator[Line]:
    csv.field_size_limit(_MOST_CELL)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield Line(begins, tuple(cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            found = N_("the end of the file")
        elif "field larger" in str(error):
            found = N_("a cell without end")
        else:
            raise BrokenQuote(file=file, line=begins) from error
        raise CutOff(file=file, line=begins, expected=N_("a closing quote"), found=found) from error
