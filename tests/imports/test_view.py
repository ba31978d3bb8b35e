"""The screen of imports: what the keys do, what screen readers hear, what may be dropped on it."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.pages import focus, listen, on_screen
from ui import theme
from ui.gallery_imports import imports
from ui.imports.grid import GridModel
from ui.imports.view import ImportsView
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Choice

_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(qtbot: QtBot) -> ImportsView:
    view = on_screen(qtbot, ImportsView())
    show(view, "imports-reading")
    view.setFocus()
    return view


def show(view: ImportsView, name: str) -> None:
    view.draw(imports("zh_CN")[name])


def test_the_keys_begin_at_the_columns_and_enter_corrects_one(view: ImportsView) -> None:
    pointed, told = listen(view.pointed), listen(view.told)
    assert view.reading.grid.hasFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    assert pointed[-1] == (1,)
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    menu = view.reading.menu
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert told == [("created",)]


def test_the_unit_of_a_column_is_chosen_by_keys(view: ImportsView) -> None:
    show(view, "imports-units")
    picked = listen(view.unit_picked)
    QTest.keyClick(focus(), Qt.Key.Key_U, _ALT)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Up)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert picked == [("thousand",)]
    QTest.keyClick(view.reading.grid, Qt.Key.Key_Tab)
    assert focus().accessibleName() == "这一列金额的单位: 单位：万元"


def test_of_a_column_without_amounts_there_is_no_unit_to_choose(view: ImportsView) -> None:
    screen = imports("zh_CN")["imports-units"]
    assert screen.reading is not None
    nothing = replace(screen.reading, units=(Choice("", "单位：–", chosen=True, enabled=False),))
    view.draw(replace(screen, reading=nothing))
    assert view.reading.units.isVisible()
    QTest.keyClick(focus(), Qt.Key.Key_U, _ALT)
    assert QApplication.activePopupWidget() is None


def test_tab_leads_through_all_that_can_be_done(view: ImportsView) -> None:
    stops: list[str] = []
    for _ in range(7):
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
        stops.append(focus().accessibleName())
    asked = ["方案: 不用方案", "销售渠道: 天猫", "店铺"]
    assert stops == [*asked, "导入", "试一下", "保存为方案", "换文件"]


@pytest.mark.parametrize(
    ("key", "modifier", "signal"),
    [
        (Qt.Key.Key_Return, _CTRL, "put"),
        (Qt.Key.Key_T, _CTRL, "attempted"),
        (Qt.Key.Key_P, _ALT, "named"),
        (Qt.Key.Key_X, _ALT, "started_over"),
    ],
)
def test_every_action_has_a_key(
    view: ImportsView, key: Qt.Key, modifier: Qt.KeyboardModifier, signal: str
) -> None:
    told = listen(getattr(view, signal))
    QTest.keyClick(focus(), key, modifier)
    assert told == [()]


def test_what_cannot_be_done_has_no_key(view: ImportsView) -> None:
    show(view, "imports-tables")
    put, attempted = listen(view.put), listen(view.attempted)
    QTest.keyClick(focus(), Qt.Key.Key_Return, _CTRL)
    QTest.keyClick(focus(), Qt.Key.Key_T, _CTRL)
    assert (put, attempted) == ([], [])


def test_the_last_question_has_the_keys_until_it_is_answered(view: ImportsView) -> None:
    put, stayed = listen(view.put), listen(view.stayed)
    show(view, "imports-confirm")
    assert view.confirm.yes.hasFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert stayed == [()]
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert put == [()]
    show(view, "imports-reading")
    assert view.reading.grid.hasFocus()


def test_a_name_is_typed_and_kept(view: ImportsView) -> None:
    written, kept, stayed = listen(view.name_written), listen(view.kept), listen(view.stayed)
    show(view, "imports-naming")
    assert view.naming.field.hasFocus()
    QTest.keyClicks(focus(), "ERP")
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert written[-1] == ("ERP",)
    assert (kept, stayed) == ([()], [()])
    show(view, "imports-reading")
    assert view.reading.grid.hasFocus()


def test_alt_o_chooses_files(view: ImportsView, monkeypatch: pytest.MonkeyPatch) -> None:
    show(view, "imports")
    found = (["orders.csv"], "")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: found)
    chose = listen(view.chose)
    assert view.start.choose.hasFocus()
    QTest.keyClick(focus(), Qt.Key.Key_O, _ALT)
    assert chose == [(["orders.csv"],)]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    QTest.keyClick(focus(), Qt.Key.Key_O, _ALT)
    assert len(chose) == 1


@pytest.mark.parametrize(("name", "taken"), [("imports", True), ("imports-reading", False)])
def test_files_are_dropped_while_none_are_chosen(
    view: ImportsView, name: str, taken: bool, tmp_path: Path
) -> None:
    show(view, name)
    chose = listen(view.chose)
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.csv")), QUrl("https://x.example/b")])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        dropped,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    # Qt itself lets drops through only behind a real pointer.
    view.dropEvent(event)
    assert chose == ([([str(tmp_path / "a.csv")],)] if taken else [])


def test_the_rows_of_a_result_are_looked_through_and_saved(view: ImportsView) -> None:
    show(view, "imports-tried")
    assert view.result.back.hasFocus()
    assert view.result.grid.lines.rowCount() == 3
    view.result.tabs["repairs"].click()
    assert view.result.grid.lines.rowCount() == 2
    saved, back = listen(view.saved), listen(view.went_back)
    QTest.keyClick(focus(), Qt.Key.Key_W, _ALT)
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert (saved, back) == ([("",)], [()])


def test_a_past_import_is_gone_through_by_arrows(view: ImportsView) -> None:
    picked = listen(view.picked)
    view.choices.rest()
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    assert picked == [("r3",)]
    show(view, "imports-past")
    assert view.result.isVisible()
    assert not view.result.back.isVisible()


def test_what_is_at_work_can_be_stopped(view: ImportsView) -> None:
    show(view, "imports-running")
    stopped = listen(view.stopped)
    # An Enter too many, after the one that began it, stops nothing.
    assert not view.working.stop.hasFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert stopped == []
    assert "正在导入订单" in view.working.bar.accessibleName()
    assert view.working.bar.value() == 657
    QTest.keyClick(focus(), Qt.Key.Key_X, _ALT)
    assert stopped == [()]


def test_another_file_is_looked_at_from_its_first_column(view: ImportsView) -> None:
    grid = view.reading.grid
    QTest.keyClick(grid, Qt.Key.Key_Down)
    show(view, "imports-confirm")
    assert grid.currentIndex().row() == 1
    show(view, "imports")
    show(view, "imports-tables")
    assert grid.currentIndex().row() == 0


def test_what_was_done_stands_together(view: ImportsView) -> None:
    """Without a table below them the lines do not spread over the page."""
    screen = imports("zh_CN")["imports-past"]
    assert screen.result is not None
    view.draw(replace(screen, result=replace(screen.result, sheets=())))
    QApplication.processEvents()
    labels = [one for one in view.result.findChildren(SpanLabel) if one.isVisible()]
    assert sum(one.height() for one in labels) < 40 * len(labels)


def test_the_keys_are_seen_in_a_table(view: ImportsView) -> None:
    grid = view.reading.grid
    with_keys = grid.grab().toImage()
    view.reading.put_button.setFocus()
    assert grid.grab().toImage() != with_keys


def test_a_screen_reader_hears_the_heading_with_each_cell(view: ImportsView) -> None:
    grid = view.reading.grid
    index = grid.lines.index(2, 2)
    said = grid.lines.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert said == "怎样认出: 猜测，把握 60%"


def test_the_table_is_a_sound_model(view: ImportsView) -> None:
    model = view.reading.grid.lines
    assert isinstance(model, GridModel)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    show(view, "imports-tables")
    show(view, "imports-reading")


@pytest.mark.parametrize("zoom", [100, 150])
def test_how_it_was_found_is_in_sight(view: ImportsView, qapp: QApplication, zoom: int) -> None:
    theme.apply(qapp, "light", zoom)
    QApplication.processEvents()
    header = view.reading.grid.horizontalHeader()
    ends = header.sectionPosition(2) + header.sectionSize(2)
    assert ends <= view.reading.grid.viewport().width()
    theme.apply(qapp, "light", 100)
