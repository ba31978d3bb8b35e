"""A list as a file: text for any program, or a workbook. Neither holds a formula."""

import csv
import errno
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from lumi_desk.errors import N_, LumiError
from lumi_desk.exports.rules import Format, harmless

Row = Sequence[str]
_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_WIDEST = 60


class NotWritten(LumiError):
    """A disk or folder that takes no file."""

    title = N_("The file {name} could not be written")
    advice = N_("Choose another folder, or close the file in other programs, and export again.")


class DiskHasNoRoom(NotWritten):
    """The disk is full, or her part of it."""

    title = N_("There is no room on the disk for the file {name}")
    advice = N_("Choose another disk, or make room, and export again.")


class FolderRefuses(NotWritten):
    """A folder or a file that is not hers to write."""

    title = N_("The file {name} may not be written in that folder")


def write(path: Path, content: bytes) -> None:
    """Write the file for its owner's eyes alone: whole, or not at all.

    Raises NotWritten: DiskHasNoRoom or FolderRefuses where that is why.
    """
    part: Path | None = None
    try:
        # Nobody but its owner may read it from its first byte on.
        handle, name = tempfile.mkstemp(prefix=".lumi-", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as problem:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        raise _why(problem)(name=path.name) from problem


def _why(problem: OSError) -> type[NotWritten]:
    if problem.errno in _FULL:
        return DiskHasNoRoom
    return FolderRefuses if problem.errno in _REFUSED else NotWritten


def as_file(kind: Format, title: str, headings: Row, rows: Sequence[Row]) -> bytes:
    """The file's content, made in memory: nothing of it lies on the disk meanwhile."""
    cells = [[harmless(one) for one in row] for row in (headings, *rows)]
    return _csv(cells) if kind is Format.CSV else _xlsx(title, cells)


def _csv(cells: Sequence[Row]) -> bytes:
    """Comma-separated text; its mark at the beginning tells spreadsheets that it is UTF-8."""
    held = StringIO(newline="")
    csv.writer(held).writerows(cells)
    return held.getvalue().encode("utf-8-sig")


def _xlsx(title: str, cells: Sequence[Row]) -> bytes:
    from openpyxl import Workbook  # type: ignore[import-untyped] # a deferred door
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
    from openpyxl.writer.excel import ExcelWriter  # type: ignore[import-untyped]

    book = Workbook()
    sheet: Any = book.active
    sheet.title = title[:31]
    sheet.freeze_panes = "A2"
    for line, row in enumerate(cells, 1):
        for place, text in enumerate(row, 1):
            cell = sheet.cell(line, place, text)
            # Whatever it looks like, it is text.
            cell.data_type = "s"
    for place in range(1, len(cells[0]) + 1):
        widest = max(sum(1 + (ord(one) > 0x2E80) for one in row[place - 1]) for row in cells)
        sheet.column_dimensions[get_column_letter(place)].width = min(widest + 2, _WIDEST)
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        _in_memory(ExcelWriter)(book, archive).save()
    return held.getvalue()


def _in_memory(writer: Any) -> Any:
    """The library's writer, but sheets do not pass through a file in the machine's temp folder."""
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing  # type: ignore[import-untyped]
    from openpyxl.worksheet._writer import WorksheetWriter  # type: ignore[import-untyped]

    class InMemory(writer):  # type: ignore[misc]  # The library comes without types.
        def write_worksheet(self, sheet: Any) -> None:
            held, sheet._drawing = BytesIO(), SpreadsheetDrawing()
            told = WorksheetWriter(sheet, out=held)
            told.write()
            sheet._rels = told._rels
            self._archive.writestr(sheet.path[1:], held.getvalue())
            self.manifest.append(sheet)

    return InMemory
