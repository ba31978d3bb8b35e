"""Workbooks read cell by cell say what they say when read at once."""

import gzip
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumi_desk.imports import packing, problems, workbooks
from lumi_desk.imports.lines import Line
from lumi_desk.imports.service import import_files
from lumi_desk.storage.spool import Spool
from lumi_desk.storage.store import Store
from tests.imports import files, shared_texts, sold
from tests.imports.test_workbooks import DEALS, ITEMS, NOTES, NOW, ORDERS, book

DAY = date(1975, 3, 8)
CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12).map(
        lambda text: text.lstrip("=").strip()
    ),
    st.integers(-(10**17), 10**17),
    st.floats(-1e9, 1e9).map(lambda one: round(one, 4)),
    st.booleans(),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001  (as sheets are)
        lambda one: one.replace(microsecond=0)
    ),
    st.dates(date(1930, 1, 1), date(2090, 1, 1)),
    st.times().map(lambda one: one.replace(microsecond=0)),
)


def rows(path: Path, *, large: bool) -> dict[str, list[Line]]:
    """The rows of every sheet, by its name."""
    with Spool() as spool, pytest.MonkeyPatch.context() as patched:
        patched.setattr(workbooks, "LARGE", -1 if large else 2**40)
        source = packing.source(path, path.name, lambda _: None)
        return {leaf.file: list(leaf.rows) for leaf in workbooks.leaves(source, (), spool)}


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6))
@settings(max_examples=60)
def test_both_ways_give_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, told: list[list[object]]
) -> None:
    path = tmp_path_factory.mktemp("book") / "any.xlsx"
    book(path, 甲=[["开头"], *told], 乙=NOTES)
    assert rows(path, large=True) == rows(path, large=False)


def test_gaps_widths_and_shared_texts(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    for n in range(1, 700):
        sheet.append([f"文本 {n}", n])
    sheet.cell(705, 4, "far")
    made.save(tmp_path / "gaps.xlsx")
    found = rows(tmp_path / "gaps.xlsx", large=True)
    assert found == rows(tmp_path / "gaps.xlsx", large=False)
    (lines,) = found.values()
    assert lines[0] == Line(1, ("文本 1", "1", "", ""))
    assert lines[699] == Line(700, ("", "", "", ""))


def test_texts_that_cells_share(tmp_path: Path) -> None:
    told = [[f"订单 {n}", f"<{n}>", "同"] for n in range(400)]
    path = shared_texts.workbook(tmp_path / "shared.xlsx", told)
    found = rows(path, large=True)
    assert found == rows(path, large=False)
    assert [list(line.cells) for line in found["shared.xlsx"]] == told


def test_all_sorts_of_cells(tmp_path: Path) -> None:
    at = datetime(2018, 9, 1, 9, 30, 5)  # noqa: DTZ001  (as sheets are)
    cells = [
        DAY,
        at,
        time(9, 30),
        timedelta(hours=30),
        True,
        "#N/A",
        1e20,
        0.1 + 0.2,
        "  x ",
        "一\n二",
    ]
    path = book(tmp_path / "sorts.xlsx", 表=[["头"] * len(cells), list(cells)])
    found = rows(path, large=True)
    assert found == rows(path, large=False)
    assert found["sorts.xlsx"][1].cells[:3] == ("1975-03-08", "2018-09-01 09:30:05", "09:30:00")


def test_an_import_of_a_large_one(
    tmp_path: Path, hub_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "LARGE", 0)
    path = book(tmp_path / "all.xlsx", 说明=NOTES, 订单=ORDERS, 空=[], 明细=ITEMS)
    packed = tmp_path / "packed.xlsx"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    report = import_files(hub_store, [packed], now=NOW)
    assert (report.orders.added, report.skipped) == (len(DEALS), ("packed.xlsx / 说明",))
    assert report.sums.total_fen == sum(deal.total_fen for deal in DEALS)
    assert report.lines.added == sum(len(deal.pieces) for deal in DEALS)


def test_a_large_one_that_declares_a_document_type_is_refused(tmp_path: Path) -> None:
    path = _with_sheet(tmp_path, '<!DOCTYPE a [<!ENTITY b "bb">]><worksheet/>')
    with pytest.raises(problems.DamagedSheet, match=r"bad\.xlsx"):
        rows(path, large=True)


def test_a_large_one_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = _with_sheet(tmp_path, "<worksheet><sheetData><row>")
    with pytest.raises(problems.DamagedSheet, match=r"bad\.xlsx"):
        rows(path, large=True)


def _with_sheet(folder: Path, xml: str) -> Path:
    """A workbook whose only sheet is this."""
    whole = book(folder / "whole.xlsx", 订单=ORDERS[:2])
    bad = folder / "bad.xlsx"
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(bad, "w") as packed:
        for name in parts.namelist():
            told = xml.encode() if name.startswith("xl/worksheets/") else parts.read(name)
            packed.writestr(name, told)
    return bad


def test_headers_of_every_variant(tmp_path: Path, shared_data: Path) -> None:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, header in files.variants(shared_data).items():
        sheet = made.create_sheet(name[:30])
        sheet.append(header)
        sheet.append([sold.taobao(DEALS[0])[0].get(cell.strip(), "") for cell in header])
    made.save(tmp_path / "variants.xlsx")
    assert rows(tmp_path / "variants.xlsx", large=True) == rows(
        tmp_path / "variants.xlsx", large=False
    )
