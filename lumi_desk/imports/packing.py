"""Files into bytes and text, and what is not to be opened: bombs, passwords, other formats."""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lumi_desk.errors import LumiError
from lumi_desk.imports.problems import (
    CutOff,
    DamagedSheet,
    NoFile,
    NoResult,
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
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STRANGE = (
    (_OLE, "Excel 97 (.xls)"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_MOST_BYTES = 2**30
# Tables shrink to a fifth or a twentieth when packed. What shrinks more is no table, or a bomb;
# small files may be as dull as they like.
_MOST_TIMES = 200
_HARMLESS = 2**26
_CHUNK = 2**20
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
_ROW = re.compile(rb'<(?:\w+:)?row [^<>]*?r="([0-9]+)"')


def contents(path: Path, file: str) -> bytes:
    """The bytes of a file. Raises NoFile, WrongFormat."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise WrongFormat(file=file, found="more than 1 GiB")
        return path.read_bytes()
    except OSError as error:
        raise NoFile(file=file) from error


def unpacked(file: str, raw: bytes) -> bytes:
    """Bytes without their gzip packing, if they have one.

    Raises CutOff, WrongFormat, TooMuchInside.
    """
    if not raw.startswith(_PACKED):
        return raw
    try:
        with gzip.open(io.BytesIO(raw)) as packed:
            return b"".join(_measured(file, len(raw), packed))
    except EOFError as error:
        raise CutOff(
            file=file, line="?", expected="the end of the gzip data", found="none"
        ) from error
    except (OSError, zlib.error) as error:
        raise WrongFormat(file=file, found="damaged gzip data") from error


def _measured(
    file: str, packed_bytes: int, packed: IO[bytes] | gzip.GzipFile, before: int = 0
) -> Iterator[bytes]:
    """What is inside, piece by piece, until it is more than can be true."""
    whole = before
    while piece := packed.read(_CHUNK):
        whole += len(piece)
        if whole > _HARMLESS and whole > _MOST_TIMES * packed_bytes:
            found = f"{packed_bytes:,} bytes that become more than {whole:,}"
            raise TooMuchInside(file=file, times=_MOST_TIMES, found=found)
        if whole > 2 * _MOST_BYTES:
            raise WrongFormat(file=file, found="more than 2 GiB")
        yield piece


def check_workbook(file: str, raw: bytes) -> None:
    """Look through a workbook before it is opened.

    Raises Protected, WrongFormat, DamagedSheet, TooMuchInside, TooWide, StrayCell, NoResult.
    """
    if raw.startswith(_OLE):
        raise Protected(file=file) if _ENCRYPTED in raw else _strange(file, raw)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            whole = 0
            for member in book.infolist():
                if member.flag_bits & 1:
                    raise Protected(file=file)
                with book.open(member) as packed:
                    pieces = _measured(file, len(raw), packed, whole)
                    is_sheet = member.filename.startswith("xl/worksheets/")
                    whole += _look_through(file, pieces, is_sheet=is_sheet)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError) as error:
        raise DamagedSheet(file=file, found=f"{len(raw)} bytes") from error


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


def _strange(file: str, raw: bytes) -> LumiError:
    known = (name for magic, name in _STRANGE if raw.startswith(magic))
    return WrongFormat(file=file, found=next(known, "binary data"))


def text_of(file: str, raw: bytes) -> tuple[str, str]:
    """The text and its encoding. GBK is read as GB18030, which holds it.

    Raises WrongFormat, WrongEncoding, CutOff.
    """
    if b"\0" in raw or any(raw.startswith(magic) for magic, _ in _STRANGE):
        raise _strange(file, raw)
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        in_utf8 = error
    if raw.startswith(b"\xef\xbb\xbf") or _is_utf8_but_for_the_end(in_utf8, raw):
        raise _broken(file, raw, in_utf8, "UTF-8")
    if _is_utf8(raw[: raw.rfind(b"\n", 0, in_utf8.start) + 1]):
        line = raw.count(b"\n", 0, in_utf8.start) + 1
        raise WrongEncoding(file=file, line=line, found="another encoding inside UTF-8")
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _broken(file, raw, error, "GBK") from None
    if line := _utf8_inside(raw):
        raise WrongEncoding(file=file, line=line, found="UTF-8 inside GBK")
    return text, "gb18030"


def _is_utf8_but_for_the_end(error: UnicodeDecodeError, raw: bytes) -> bool:
    return error.start >= len(raw) - 3 and error.reason == "unexpected end of data"


def _broken(file: str, raw: bytes, error: UnicodeDecodeError, name: str) -> LumiError:
    line = raw.count(b"\n", 0, error.start) + 1
    if error.start >= len(raw) - 3:
        return CutOff(file=file, line=line, expected="a whole character", found="half of one")
    shown = raw[error.start : error.start + 4].hex(" ")
    return WrongEncoding(file=file, line=line, found=f"{shown} ({name})")


def _utf8_inside(raw: bytes) -> int:
    """The first line with a cell that is UTF-8 in a file that is not; 0 if there is none.

    Twelve and more bytes of GBK that also make whole Chinese letters of UTF-8 do not come about
    by chance.
    """
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.isascii() and any(map(_is_utf8, _CELL_ENDS.split(line))):
            return number
    return 0


def _is_utf8(cell: bytes) -> bool:
    if len(cell) < _CERTAIN or cell.isascii():
        return False
    try:
        letters = [one for one in cell.decode("utf-8") if not one.isascii()]
    except UnicodeDecodeError:
        return False
    return 3 * len(letters) >= _CERTAIN and all(one >= "\u2000" for one in letters)
