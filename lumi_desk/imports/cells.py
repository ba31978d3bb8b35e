"""The cells of a large sheet as the parser passes them, and the texts they point to.

Nothing of the document is kept: a tree of it, even an emptied one, grows with the rows.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

_CHUNK = 2**18
_TEXT = ("v", "t")
_PLACE = re.compile(r"([A-Z]+)([0-9]+)")


class NotPlain(ValueError):
    """A part of a workbook that no spreadsheet program has written."""


@dataclass
class Cell:
    """One cell as its XML has it: its column from 0, its kind, its style, its text."""

    column: int
    kind: str
    style: int
    text: str


@dataclass
class _Rows:
    """Takes a sheet apart; whole rows are in `done`.

    `in_reading`: what stands there tells how a name is read aloud, in Japanese workbooks.
    """

    done: list[tuple[int, list[Cell]]] = field(default_factory=list)
    row: int = 0
    cells: list[Cell] = field(default_factory=list)
    cell: Cell | None = None
    in_text: bool = False
    in_reading: bool = False
    words: list[str] = field(default_factory=list)

    def begins(self, name: str, told: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            column = self._column(told.get("r", ""))
            self.cell = Cell(column, told.get("t", "n"), int(told.get("s", 0)), "")
            self.words = []
        elif name in _TEXT:
            self.in_text = not self.in_reading
        elif name == "rPh":
            self.in_reading = True
        elif name == "row":
            self.row = int(told.get("r", self.row + 1))
            self.cells = []

    def says(self, words: str) -> None:
        if self.in_text:
            self.words.append(words)

    def ends(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "c" and self.cell is not None:
            self.cell.text = "".join(self.words)
            self.cells.append(self.cell)
            self.cell = None
        elif name in _TEXT:
            self.in_text = False
        elif name == "rPh":
            self.in_reading = False
        elif name == "row":
            self.done.append((self.row, self.cells))

    def _column(self, place: str) -> int:
        if found := _PLACE.fullmatch(place):
            column = 0
            for letter in found[1]:
                column = column * 26 + ord(letter) - 64
            return column - 1
        return self.cells[-1].column + 1 if self.cells else 0


@dataclass
class _Texts:
    """Takes the shared texts apart; those that are whole are in `done`."""

    done: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    in_text: bool = False
    in_reading: bool = False

    def begins(self, name: str, _: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "si":
            self.words = []
        elif name == "rPh":
            self.in_reading = True
        elif name == "t":
            self.in_text = not self.in_reading

    def says(self, words: str) -> None:
        if self.in_text:
            self.words.append(words)

    def ends(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "si":
            self.done.append("".join(self.words))
        elif name == "rPh":
            self.in_reading = False
        elif name == "t":
            self.in_text = False


def rows(part: IO[bytes]) -> Iterator[tuple[int, list[Cell]]]:
    """The filled rows of a sheet: number (from 1) and cells. Raises NotPlain."""
    yield from _taken_apart(part, _Rows())


def texts(part: IO[bytes]) -> Iterator[str]:
    """The texts that cells point to, in order. Raises NotPlain."""
    yield from _taken_apart(part, _Texts())


def _taken_apart(part: IO[bytes], taker: Any) -> Iterator[Any]:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = taker.begins
    parser.CharacterDataHandler = taker.says
    parser.EndElementHandler = taker.ends
    parser.StartDoctypeDeclHandler = _refuse
    feed: Callable[[bytes, bool], object] = parser.Parse
    try:
        while piece := part.read(_CHUNK):
            feed(piece, False)  # noqa: FBT003  (the parser's own)
            yield from taker.done
            taker.done.clear()
        feed(b"", True)  # noqa: FBT003  (the parser's own)
    except expat.ExpatError as error:
        raise NotPlain(str(error)) from error
    yield from taker.done


def _refuse(*_: object) -> None:
    raise NotPlain("it declares a document type")
