"""Files into bytes and text, and what is not to be opened: bombs, passwords, other formats."""

import codecs
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Literal, Protocol

from lumi_desk.errors import N_, LumiError
from lumi_desk.imports import formats, utf16
from lumi_desk.imports.problems import (
    CutOff,
    DamagedSheet,
    NoFile,
    NoResult,
    NothingInside,
    Protected,
    StrayCell,
    TooMuchInside,
    TooWide,
    WrongEncoding,
    WrongFormat,
)

# More columns than any export has; a spreadsheet's column of that number is ALL.
MOST_COLUMNS = 1000
_PACKED = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
_BLANK = _MARK + b" \r\n\t"
_MOST_BYTES = 2**30
# Tables shrink to a fifth or a twentieth when packed. What shrinks more is no table, or a bomb;
# small files may be as dull as they like.
_MOST_TIMES = 200
_HARMLESS = 2**26
_CHUNK = 2**20
_MOST_LINE = 2**27
# A row this many times further down than there are rows was typed by accident.
_STRAY_TIMES = 4
_FIRST_STRAY = 200_000
# One cell is never longer than a spreadsheet allows, in bytes of its XML.
_OVERLAP = 2**15
_FORMULA_ALONE = re.compile(
    rb'<(?:\w+:)?c [^<>]*?r="([A-Z]+[0-9]+)"[^<>]*>\s*'
    rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_FAR_CELL = re.compile(rb' r="([A-Z]{3,})[0-9]')
_CELL_ENDS = re.compile(rb"[,;\t\r\"]+")
_CERTAIN = 12
_LOW = re.compile("[\x80-\u1fff]")
_HIGH = re.compile("[\u2000-\U0010ffff]")
_ROW = re.compile(rb'<(?:\w+:)?row [^<>]*?r="([0-9]+)"')


Read = Callable[[int], None]


class Sized(Protocol):
    """What is known of a file."""

    @property
    def st_size(self) -> int: ...


class Document(Protocol):
    """A file to be read, as often as need be: one on the disk, or one that lies elsewhere."""

    @property
    def name(self) -> str: ...

    def open(self, mode: Literal["rb"]) -> io.BufferedReader: ...

    def stat(self) -> Sized: ...


def size_of(path: Document) -> int:
    """The bytes of a file; none if it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


@dataclass(frozen=True)
class Source:
    """A file; `size` in bytes, `packed` if it is packed with gzip.

    `read` is told how many of its bytes have been read, each time some have.
    """

    path: Document
    file: str
    size: int
    packed: bool
    read: Read

    @contextmanager
    def bytes_of(self) -> Iterator[IO[bytes]]:
        """What is in it, unpacked, for reading once. Raises NoFile, CutOff, WrongFormat."""
        with _in_words(self.file), self.path.open("rb") as raw:
            told: Any = _Told(raw, self.read)
            if self.packed:
                with gzip.GzipFile(fileobj=told) as inside:
                    yield io.BufferedReader(_Measured(self, inside))
            else:
                yield io.BufferedReader(told, _CHUNK)

    def pieces(self) -> Iterator[bytes]:
        """What is in it, unpacked, piece by piece. Raises as bytes_of() does, and TooMuchInside."""
        with self.bytes_of() as inside:
            while piece := inside.read(_CHUNK):
                yield piece

    def digest(self) -> str:
        """The SHA-256 of the file as it lies there. Raises NoFile."""
        with _in_words(self.file), self.path.open("rb") as raw:
            return hashlib.file_digest(raw, "sha256").hexdigest()


class _Told(io.RawIOBase):
    """A file that tells how far it has been read."""

    def __init__(self, raw: IO[bytes], read: Read) -> None:
        super().__init__()
        self._raw, self._read = raw, read

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: Any) -> int:
        many = self._raw.readinto(buffer)  # type: ignore[attr-defined]
        self._read(many)
        return int(many)


class _Measured(io.RawIOBase):
    """What is inside a packed file, until it is more than can be true."""

    def __init__(self, source: Source, inside: IO[bytes] | gzip.GzipFile) -> None:
        super().__init__()
        self._source, self._inside, self._whole = source, inside, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._inside.read(len(buffer))
        self._whole += len(piece)
        _refuse_bomb(self._source.file, self._source.size, self._whole)
        buffer[: len(piece)] = piece
        return len(piece)


def source(path: Document, file: str, read: Read) -> Source:
    """A file that is to be read. Raises NoFile, WrongFormat."""
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise WrongFormat(file=file, found=N_("more than 1 GiB"))
        with path.open("rb") as raw:
            packed = raw.read(len(_PACKED)) == _PACKED
    except OSError as error:
        raise NoFile(file=file) from error
    return Source(path, file, size, packed, read)


@contextmanager
def _in_words(file: str) -> Iterator[None]:
    """Say in a sentence what the disk or the packing is at fault in."""
    try:
        yield
    except EOFError as error:
        raise CutOff(
            file=file, line="?", expected=N_("the end of the gzip data"), found=N_("none")
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise WrongFormat(file=file, found=N_("damaged gzip data")) from error
    except OSError as error:
        raise NoFile(file=file) from error


def _refuse_bomb(file: str, packed_bytes: int, whole: int) -> None:
    if whole > _HARMLESS and whole > _MOST_TIMES * packed_bytes:
        found = f"{packed_bytes:,} bytes that become more than {whole:,}"
        raise TooMuchInside(file=file, times=_MOST_TIMES, found=found)
    if whole > 2 * _MOST_BYTES:
        raise WrongFormat(file=file, found=N_("more than 2 GiB"))


def _measured(file: str, packed_bytes: int, packed: IO[bytes], before: int = 0) -> Iterator[bytes]:
    """What is inside, piece by piece, until it is more than can be true."""
    whole = before
    while piece := packed.read(_CHUNK):
        whole += len(piece)
        _refuse_bomb(file, packed_bytes, whole)
        yield piece


def require_something(one: Source) -> None:
    """Raise NothingInside for a file that is empty, or holds nothing but blanks."""
    length = 0
    for piece in one.pieces():
        length += len(piece)
        if piece.strip(_BLANK):
            return
    raise NothingInside(file=one.file, found=f"{length} bytes")


def check_workbook(file: str, size: int, packed: IO[bytes]) -> int:
    """Look through a workbook of `size` bytes before it is opened. Returns the bytes inside.

    Raises Protected, WrongFormat, DamagedSheet, TooMuchInside, TooWide, StrayCell, NoResult.
    """
    packed.seek(0)
    head = packed.read(formats.HEAD)
    if not head.startswith(formats.ZIP) or formats.is_open_document(head):
        packed.seek(0)
        _refuse(file, head, iter(lambda: packed.read(_CHUNK), b""))
    try:
        with zipfile.ZipFile(packed) as book:
            whole = 0
            for member in book.infolist():
                if member.flag_bits & 1:
                    raise Protected(file=file)
                with book.open(member) as inside:
                    pieces = _measured(file, size, inside, whole)
                    is_sheet = member.filename.startswith("xl/worksheets/")
                    whole += _look_through(file, pieces, is_sheet=is_sheet)
            return whole
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError) as error:
        raise DamagedSheet(file=file, found=f"{size} bytes") from error


def _look_through(file: str, pieces: Iterator[bytes], *, is_sheet: bool) -> int:
    """The bytes of one part of a workbook. Raises for cells that make a sheet unreadable."""
    tail, length, rows, last = b"", 0, 0, 0
    for piece in pieces:
        length += len(piece)
        if not is_sheet:
            continue
        seen = tail + piece
        if b"f>" in seen or b"<f" in seen:
            _refuse_bare_formulas(file, seen)
        if wide := _FAR_CELL.search(seen):
            _refuse_far(file, wide[1])
        for row in _ROW.finditer(seen):
            # What stands in the tail was counted before.
            if int(row[1]) > last:
                rows, last = rows + 1, int(row[1])
        tail = seen[-_OVERLAP:]
    if last > _FIRST_STRAY and last > _STRAY_TIMES * rows:
        raise StrayCell(file=file, rows=rows, line=last)
    return length


def _refuse_bare_formulas(file: str, seen: bytes) -> None:
    for formula in _FORMULA_ALONE.finditer(seen):
        # A formula whose result is an empty text says so.
        if b't="str"' not in formula[0]:
            raise NoResult(file=file, cell=formula[1].decode())


def _refuse_far(file: str, letters: bytes) -> None:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    if column > MOST_COLUMNS:
        raise TooWide(file=file, found=column, most=MOST_COLUMNS)


def _refuse(file: str, head: bytes, pieces: Iterable[bytes]) -> None:
    """Raise Protected or WrongFormat for what the first bytes say is neither text nor workbook."""
    if head.startswith(formats.OLE) and formats.is_locked(pieces):
        raise Protected(file=file)
    if known := formats.of(head):
        raise WrongFormat(file=file, found=known)


@dataclass(frozen=True, slots=True)
class Writing:
    """How a text is encoded, and whether its last line has its end."""

    encoding: str
    whole: bool


def writing_of(file: str, pieces: Callable[[], Iterable[bytes]]) -> Writing:
    """How a text is written. GBK is read as GB18030, which holds it.

    `pieces` gives its bytes from the beginning each time it is called. Raises NothingInside,
    WrongFormat, WrongEncoding, CutOff.
    """
    seen = _Seen()
    for piece in pieces():
        seen.take(piece)
        if seen.head.startswith(formats.UTF_16):
            return Writing("utf-16", utf16.ends_whole(file, pieces(), _MOST_LINE))
        _refuse(file, seen.head, pieces())
        if seen.has_nul:
            raise WrongFormat(file=file, found=formats.BINARY)
        if seen.line_bytes > _MOST_LINE:
            told = {"expected": N_("its end"), "found": N_("a line without end")}
            raise CutOff(file=file, line=seen.as_utf8.line, **told)
    if seen.is_blank:
        raise NothingInside(file=file, found=f"{seen.length} bytes")
    fault = seen.as_utf8.ended()
    if fault is None:
        return Writing("utf-8", seen.ends_whole)
    cut = fault.at >= seen.length - 3
    if seen.head.startswith(_MARK) or (cut and fault.half):
        raise _broken(file, fault, "UTF-8", cut=cut)
    if seen.as_utf8.is_chinese:
        raise WrongEncoding(file=file, line=fault.line, found=N_("another encoding inside UTF-8"))
    _require_gbk(file, seen.length, pieces)
    return Writing("gb18030", seen.ends_whole)


def _require_gbk(file: str, length: int, pieces: Callable[[], Iterable[bytes]]) -> None:
    decoding, lines = _Decoding("gb18030"), _Utf8Lines()
    for piece in pieces():
        decoding.take(piece)
        lines.take(piece)
    if fault := decoding.ended():
        raise _broken(file, fault, "GBK", cut=fault.at >= length - 3)
    if line := lines.ended():
        raise WrongEncoding(file=file, line=line, found=N_("UTF-8 inside GBK"))


class _Seen:
    """What the bytes of a text show, whatever their encoding."""

    def __init__(self) -> None:
        self.head = b""
        self.length = 0
        self.is_blank = True
        self.has_nul = False
        self.line_bytes = 0
        self.ends_whole = False
        self.as_utf8 = _Decoding("utf-8")

    def take(self, piece: bytes) -> None:
        if not self.head:
            self.head = piece[: formats.HEAD]
        self.length += len(piece)
        self.is_blank = self.is_blank and not piece.strip(_BLANK)
        self.has_nul = self.has_nul or b"\0" in piece
        self.as_utf8.take(piece)
        ends = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self.line_bytes = len(piece) - ends + (self.line_bytes if ends < 0 else 0)
        self.ends_whole = piece.endswith((b"\n", b"\r"))


@dataclass(frozen=True, slots=True)
class _Fault:
    """Bytes that are no letter: where (from 0), in which line, the first of them; `half` of one."""

    at: int
    line: int
    shown: bytes
    half: bool


class _Decoding:
    """Decodes a text piece by piece up to the first fault.

    `is_chinese` when what came before the line of the fault is an encoding for certain, not by
    chance: so many letters, and none of those that two bytes of GBK make by chance.
    """

    def __init__(self, name: str) -> None:
        self._decoder = codecs.getincrementaldecoder(name)()
        self._fault: _Fault | None = None
        self._at, self.line, self._pending = 0, 1, b""
        self._letters, self._low = 0, False

    @property
    def is_chinese(self) -> bool:
        return 3 * self._letters >= _CERTAIN and not self._low

    def take(self, piece: bytes, *, final: bool = False) -> None:
        if self._fault is not None:
            return
        try:
            text = self._decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            self._stop(error, self._pending + piece)
            return
        self._count(text)
        self._pending = self._decoder.getstate()[0]
        self._at += len(piece)
        self.line += piece.count(b"\n")

    def ended(self) -> _Fault | None:
        """The first fault; None if all of it could be read."""
        self.take(b"", final=True)
        return self._fault

    def _stop(self, error: UnicodeDecodeError, seen: bytes) -> None:
        at = self._at - len(self._pending) + error.start
        line = self.line + seen.count(b"\n", 0, error.start)
        half = error.reason == "unexpected end of data"
        self._fault = _Fault(at, line, seen[error.start : error.start + 4], half)
        before = seen[: seen.rfind(b"\n", 0, error.start) + 1]
        self._count(before.decode("utf-8", "ignore"))

    def _count(self, text: str) -> None:
        if text.isascii() or (self._low and self._letters >= _CERTAIN):
            return
        self._low = self._low or _LOW.search(text) is not None
        if self._letters < _CERTAIN:
            self._letters += sum(1 for _ in islice(_HIGH.finditer(text), _CERTAIN))


class _Utf8Lines:
    """Looks for the first line with a cell that is UTF-8 in a file that is not.

    Twelve and more bytes of GBK that also make whole Chinese letters of UTF-8 do not come about
    by chance; nor do lines of short cells, one after the other.
    """

    def __init__(self) -> None:
        self._line, self._found, self._rest = 0, 0, b""
        self._first, self._letters = 0, 0

    def take(self, piece: bytes) -> None:
        if self._found:
            return
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self._look(lines)
        if len(self._rest) > _CHUNK:
            # Lines that end otherwise: looked at all the same, and counted as one.
            self._look([self._rest])
            self._line, self._rest = self._line - 1, b""

    def ended(self) -> int:
        """The line's number, from 1; 0 if there is none."""
        if not self._found:
            self._look([self._rest])
        return self._found

    def _look(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self._line += 1
            if line.isascii():
                continue
            if any(map(_is_utf8, _CELL_ENDS.split(line))):
                self._found = self._line
                return
            letters = _letters_of_utf8(line)
            self._first = (self._first or self._line) if letters else 0
            self._letters = self._letters + letters if letters else 0
            if 3 * self._letters >= 2 * _CERTAIN:
                self._found = self._first
                return


def _broken(file: str, fault: _Fault, name: str, *, cut: bool) -> LumiError:
    if cut:
        return CutOff(
            file=file, line=fault.line, expected=N_("a whole character"), found=N_("half of one")
        )
    return WrongEncoding(file=file, line=fault.line, found=f"{fault.shown.hex(' ')} ({name})")


def _is_utf8(cell: bytes) -> bool:
    return len(cell) >= _CERTAIN and 3 * _letters_of_utf8(cell) >= _CERTAIN


def _letters_of_utf8(text: bytes) -> int:
    """How many letters make a text that is Chinese in UTF-8; none if it is not."""
    try:
        letters = [one for one in text.decode("utf-8") if not one.isascii()]
    except UnicodeDecodeError:
        return 0
    return len(letters) if all(one >= "\u2000" for one in letters) else 0
