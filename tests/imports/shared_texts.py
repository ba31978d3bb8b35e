"""Workbooks as spreadsheet programs write them: every text stands among the shared ones."""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from tests.imports.test_workbooks import book

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """A workbook of one sheet with these rows."""
    frame = book(path.with_suffix(".frame.xlsx"), 订单=[["x"]])
    shared = path.with_suffix(".xml")
    with (
        zipfile.ZipFile(frame) as parts,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        shared.open("w", encoding="utf-8") as texts,
    ):
        texts.write(f'<sst xmlns="{_MAIN}">')
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for n, cells in enumerate(rows, start=1):
                sheet.write(_row(n, cells, texts))
            sheet.write(b"</sheetData></worksheet>")
        texts.write("</sst>")
        texts.flush()
        packed.write(shared, "xl/sharedStrings.xml")
        for name in parts.namelist():
            if name not in packed.namelist():
                packed.writestr(name, parts.read(name))
    return path


def _row(n: int, cells: Sequence[str], texts: IO[str]) -> bytes:
    said = []
    for place, cell in enumerate(cells):
        texts.write(f"<si><r><t>{escape(cell)}</t></r><rPh><t>-</t></rPh></si>")
        index = (n - 1) * len(cells) + place
        said.append(f'<c r="{chr(65 + place)}{n}" t="s"><v>{index}</v></c>')
    return f'<row r="{n}">{"".join(said)}</row>'.encode()
