"""Files into rows of text: packing, encoding, commas, sheets. Every fault is one sentence.

The standard library's csv module reads the text files: it keeps every cell as it was written, so
no amount passes through a float and no number loses a digit, and it knows the line a row stands
in, also behind line breaks inside quotes. pandas does neither.
"""

import csv
import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from lumi_desk.errors import N_, LumiError
from lumi_desk.imports import columns, rules
from lumi_desk.imports.columns import Bad, Kind, LeftOut, Reason

_PACKED = b"\x1f\x8b"
_SHEET = b"PK\x03\x04"
_STRANGE = (
    (b"\xd0\xcf\x11\xe0", "Excel 97 (.xls)"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_MOST_BYTES = 2**30
_MOST_CELL = 2**20
_LOST = ("\ufffd", "锟斤拷")


class NoFile(LumiError):
    """There is no such file, or it may not be read."""

    title = N_("The file {file} cannot be read")
    advice = N_("Nothing was imported. Check the name and who may read it.")


class NothingInside(LumiError):
    """The file is empty, or has a header and no row."""

    title = N_("{file} is empty: expected a header and rows, found {found}")
    advice = N_("Nothing was imported. Export the orders again.")


class NotAnExport(LumiError):
    """The header is none we know."""

    title = N_(
        "{file} is no order export, items export or member list: expected a header with "
        "{expected}, found {found}"
    )
    advice = N_("Nothing was imported. Choose the file the platform exported, unchanged.")


class OtherPlatform(LumiError):
    """The export of a platform we do not read."""

    title = N_("{file} is an export of {platform}: expected one of Taobao or Tmall")
    advice = N_("Nothing was imported.")


class WrongFormat(LumiError):
    """The bytes are no text, whatever the file is called."""

    title = N_("{file} is no text file: expected CSV in UTF-8 or GBK, found {found}")
    advice = N_("Nothing was imported. Save it as CSV, or give it the ending it should have.")


class WrongEncoding(LumiError):
    """The text is neither UTF-8 nor GBK from beginning to end."""

    title = N_("{file} has a damaged encoding: expected UTF-8 or GBK, found {found} in line {line}")
    advice = N_("Nothing was imported. Export the orders again and do not join files by hand.")


class CutOff(LumiError):
    """The file ends in the middle."""

    title = N_("{file} is cut off in line {line}: expected {expected}, found {found}")
    advice = N_("Nothing was imported. Download the file again.")


class BrokenQuote(LumiError):
    """A quoted cell goes on after its quote."""

    title = N_("{file} has a broken quote in line {line}: expected a comma after it, found text")
    advice = N_("Nothing was imported. Export the orders again.")


class DamagedSheet(LumiError):
    """A spreadsheet file that does not open."""

    title = N_("{file} is a damaged spreadsheet: expected an .xlsx workbook, found {found}")
    advice = N_("Nothing was imported. Save it again from the spreadsheet program.")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file, with the line it begins in (1 is the first), cells as written."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read: its kind and its rows by field name."""

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

    def cells(self, line: Line) -> dict[str, str]:
        """The cells of one row by field; a row without its last, empty cells is filled up."""
        return {
            field: line.cells[place] if place < len(line.cells) else ""
            for field, place in self.places
        }


def read(path: Path, name: str = "") -> Sheet:
    """Read one export or list: .csv in UTF-8 or GBK, .xlsx, either packed with gzip.

    `name` is what to call the file. Raises one of this module's errors; each says what was
    expected and what was found.
    """
    file = name or path.name
    raw = _bytes(path)
    digest = hashlib.sha256(raw).hexdigest()
    raw = _unpacked(file, raw)
    if not raw.strip(b"\xef\xbb\xbf \r\n\t"):
        raise NothingInside(file=file, found=f"{len(raw)} bytes")
    named_sheet = ".xlsx" in path.name.lower()
    if raw.startswith(_SHEET) and not named_sheet:
        raise WrongFormat(file=file, found="an Excel workbook (.xlsx)")
    if named_sheet:
        return _sheet(file, digest, "xlsx", _workbook_rows(file, raw), whole=True)
    text, encoding = _text(file, raw)
    rows = _csv_rows(file, text)
    return _sheet(file, digest, encoding, rows, whole=text.endswith(("\n", "\r")))


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
            left_out.append(LeftOut(sheet.file, line.number, bad.reason, bad.params))
    return columns.Taken(tuple(rows), tuple(left_out))


def _holds_needed(sheet: Sheet, line: Line) -> bool:
    # A program that drops empty cells at the end of a row never drops what a row needs.
    needed = columns.NEEDED[sheet.kind]
    return all(place < len(line.cells) for field, place in sheet.places if field in needed)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise WrongFormat(file=path.name, found="more than 1 GiB")
        return path.read_bytes()
    except OSError as error:
        raise NoFile(file=path.name) from error


def _unpacked(file: str, raw: bytes) -> bytes:
    if not raw.startswith(_PACKED):
        return raw
    try:
        with gzip.open(io.BytesIO(raw)) as packed:
            inside = packed.read(_MOST_BYTES + 1)
    except EOFError as error:
        raise CutOff(
            file=file, line="?", expected="the end of the gzip data", found="none"
        ) from error
    except (OSError, zlib.error) as error:
        raise WrongFormat(file=file, found="damaged gzip data") from error
    if len(inside) > _MOST_BYTES:
        raise WrongFormat(file=file, found="more than 1 GiB")
    return inside


def _text(file: str, raw: bytes) -> tuple[str, str]:
    """The text and its encoding. GBK is read as GB18030, which holds it."""
    for magic, name in _STRANGE:
        if raw.startswith(magic):
            raise WrongFormat(file=file, found=name)
    if b"\0" in raw:
        raise WrongFormat(file=file, found="binary data")
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        in_utf8 = error
    if raw.startswith(b"\xef\xbb\xbf") or _is_utf8_but_for_the_end(in_utf8, raw):
        raise _broken(file, raw, in_utf8, "UTF-8")
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
    """The first line that is UTF-8 in a file that is not; 0 if there is none.

    Ten and more bytes of GBK that also make whole UTF-8 characters do not come about by chance.
    """
    for number, line in enumerate(raw.split(b"\n"), start=1):
        beyond = sum(byte >= 0x80 for byte in line)
        if beyond >= 12 and beyond % 3 == 0:
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                continue
            return number
    return 0


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


def _workbook_rows(file: str, raw: bytes) -> list[Line]:
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw)) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        raise DamagedSheet(file=file, found=f"{len(raw)} bytes") from error
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


def _sheet(file: str, digest: str, encoding: str, rows: Sequence[Line], *, whole: bool) -> Sheet:
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    header = filled[0].cells if filled else ()
    known = columns.recognise(header)
    if known is None:
        raise _unknown(file, header)
    if len(filled) < 2:
        raise NothingInside(file=file, found="a header and no row")
    kind, places = known
    lines = tuple(filled[1:])
    width = len(header)
    short = [line for line in lines if len(line.cells) < width]
    _refuse_cut(file, lines, width, whole=whole)
    return Sheet(
        file=file,
        sha256=digest,
        kind=kind,
        encoding=encoding,
        made_at=rules.file_time(file),
        header=header,
        places=tuple(places.items()),
        lines=lines,
        blank_rows=len(rows) - len(filled),
        short_rows=len(short),
        lost_letters=_lost(lines),
    )


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


def _unknown(file: str, header: Sequence[str]) -> LumiError:
    if platform := columns.stranger(header):
        return OtherPlatform(file=file, platform=platform)
    shown = ", ".join(cell.strip()[:20] for cell in header[:6])
    if len(header) > 6:
        shown += f" … ({len(header)})"
    return NotAnExport(file=file, expected=columns.missing(header), found=shown[:120] or "—")


def _lost(lines: Iterable[Line]) -> int:
    return sum(cell.count(lost) for line in lines for cell in line.cells for lost in _LOST)


def dirt(sheet: Sheet) -> Counter[str]:
    """What had to be repaired to read a sheet, counted by kind."""
    found = Counter(
        {
            "empty rows": sheet.blank_rows,
            "empty cells dropped at the end of a row": sheet.short_rows,
            "letters lost before the file came here": sheet.lost_letters,
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
            elif cell != cell.strip():
                found["blanks around cells"] += 1
    return +found
