"""Who may export how much; files without formulas; every export stands in the log."""

import csv
import io
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lumi_desk.catalog.tables import Setting
from lumi_desk.exports import service
from lumi_desk.exports.export import as_file
from lumi_desk.exports.operations import LogExport
from lumi_desk.exports.rules import (
    EXPORT,
    EnoughForToday,
    ExportSettings,
    Format,
    NoExport,
    NoReason,
    NothingToExport,
    NoWholeNumbers,
    harmless,
    require_reason,
    room,
)
from lumi_desk.exports.tables import ExportLog
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync import outbox
from tests.hub.conftest import Floor, floor  # noqa: F401  # A fixture.
from tests.makers import NOW, TODAY

UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
ROWS = (("周文静", "=1+1", "13800004127"), ("-2", "  @SUM(A1)", "“引号”,逗号\n换行"))


def exported(**values: Any) -> LogExport:
    told: dict[str, Any] = {
        "id": new_id(), "by": "lin", "at": NOW, "format": Format.CSV, "rows": 20, "phones": False,
    }  # fmt: skip
    return LogExport(**{**told, **values})


def test_a_file_is_capped_by_its_size_and_by_the_day() -> None:
    assert room(EXPORT, "rep", 0, 345) == 345
    assert room(EXPORT, "rep", 0, 5000) == 500
    assert room(EXPORT, "leader", 900, 345) == 100
    with pytest.raises(EnoughForToday):
        room(EXPORT, "rep", 1000, 1)
    with pytest.raises(NothingToExport):
        room(EXPORT, "rep", 0, 0)
    for role in ("trainee", "keeper", ""):
        with pytest.raises(NoExport):
            room(EXPORT, role, 0, 1)


def test_whole_numbers_take_a_role_and_a_reason() -> None:
    require_reason(EXPORT, "leader", "寄三八节礼品")
    with pytest.raises(NoReason):
        require_reason(EXPORT, "leader", "  . ")
    with pytest.raises(NoWholeNumbers):
        require_reason(EXPORT, "rep", "寄三八节礼品")


@given(st.text())
def test_a_harmless_cell_begins_no_formula_and_says_the_same(text: str) -> None:
    made, seen = harmless(text), UNSEEN.sub("", text)
    assert made.lstrip(" ")[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert made in (seen, f"'{seen}")


@pytest.mark.parametrize("kind", Format)
def test_what_nobody_sees_is_in_no_file_and_hides_no_formula(kind: Format) -> None:
    content = as_file(kind, "x", ("姓名",), [("周\x0b文静\x00",), ("\x1f=1+1",)])
    if kind is Format.CSV:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [["姓名"], ["周文静"], ["'=1+1"]]


def test_the_text_file_opens_as_what_it_is() -> None:
    content = as_file(Format.CSV, "x", ("姓名", "旺旺", "电话"), ROWS)
    assert content.startswith(b"\xef\xbb\xbf")
    found = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert found == [
        ["姓名", "旺旺", "电话"],
        ["周文静", "'=1+1", "13800004127"],
        ["'-2", "'  @SUM(A1)", "“引号”,逗号\n换行"],
    ]


def test_the_workbook_holds_texts_alone_and_is_never_on_the_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a temporary file holds phone numbers")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, no)
    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", no)
    content = as_file(Format.XLSX, "客户", ("姓名", "旺旺", "电话"), ROWS)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet.title == "客户"
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells[3:6]] == ["周文静", "'=1+1", "13800004127"]


def test_an_export_is_written_down_and_waits_for_the_hub(desk_store: Store) -> None:
    op = exported(reason="给 13800004127 寄样", what="V 库 · 13911112222")
    with desk_store.write() as session:
        outbox.do(session, [op], NOW)
    with desk_store.read() as session:
        [row] = session.scalars(select(ExportLog))
        assert (row.rows, row.phones, row.format) == (20, False, "csv")
        assert (row.reason, row.what) == ("给 138 •••• 4127 寄样", "V 库 · 139 •••• 2222")
        assert [one.kind for one in outbox.due(session, NOW, 9)] == ["export.log"]


def test_only_what_this_person_took_out_today_counts(desk_store: Store) -> None:
    ops = (
        exported(),
        exported(rows=7),
        exported(by="wang", rows=100),
        exported(at=NOW - timedelta(hours=11), rows=300),
    )
    with desk_store.write() as session:
        outbox.do(session, ops, NOW)
    with desk_store.read() as session:
        assert service.done_today(session, "lin", NOW) == 27


def test_the_managers_settings_count_and_unusable_ones_do_not(desk_store: Store) -> None:
    with desk_store.read() as session:
        assert service.settings(session, NOW) == EXPORT
    with desk_store.write() as session:
        body = {"roles": ["leader"], "most": 50}
        session.add(Setting(id="a", rule_set="export", effective=TODAY, body=body))
    with desk_store.read() as session:
        told = service.settings(session, NOW)
    assert told == ExportSettings(roles=frozenset({"leader"}), most=50)
    with desk_store.write() as session:
        bad = {"most": "viel"}
        session.add(Setting(id="b", rule_set="export", effective=TODAY, body=bad))
    with desk_store.read() as session:
        assert service.settings(session, NOW) == EXPORT


def test_the_hub_takes_the_log_of_whoever_exported(floor: Floor, tmp_path: Path) -> None:  # noqa: F811
    ops = [exported(by=floor.lin, reason="寄礼品", what="V"), exported(by=floor.lin, rows=3)]
    assert {one.status for one in floor.sends(floor.lin, *ops)} == {"applied"}
    assert {one.status for one in floor.sends(floor.lin, *ops)} == {"applied"}
    assert floor.send(floor.wang, exported(by=floor.lin)).reason == "NotYours"
    with floor.store.read() as session:
        found = service.latest(session, 10)
        assert sorted((one.who, one.rows) for one in found) == [("Lin", 3), ("Lin", 20)]
        assert service.latest(session, 10, floor.wang) == ()
        assert len(service.latest(session, 1)) == 1
