"""The leader's board on screen: what is pressed is told, figures stand where they belong."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from ui.board.screen import Bar
from ui.board.table import CELL, RepsModel
from ui.board.view import BoardView
from ui.gallery_board import board

SCREENS = board("zh_CN")
FULL = SCREENS["board"]


@pytest.fixture
def view(qtbot: QtBot) -> BoardView:
    view = BoardView()
    qtbot.addWidget(view)
    view.resize(1366, 768)
    view.draw(FULL)
    view.show()
    return view


def listen(signal: object) -> list[tuple[object, ...]]:
    told: list[tuple[object, ...]] = []
    signal.connect(lambda *values: told.append(values))  # type: ignore[attr-defined]  # A signal.
    return told


def test_the_model_keeps_qts_rules(qapp: QApplication) -> None:
    model = RepsModel()
    tester = QAbstractItemModelTester(model)
    model.show_lines(FULL.headings, FULL.reps)
    model.show_lines(FULL.headings, ())
    model.show_lines(FULL.headings, FULL.reps[:2])
    assert tester.model() is model
    assert (model.rowCount(), model.columnCount()) == (2, 10)


def test_each_cell_speaks_with_its_heading(view: BoardView) -> None:
    model = view.table.model()
    spoken = model.index(0, 2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "完成 / 时间: 完成 68% · 时间 75%"
    assert isinstance(model.index(0, 2).data(CELL), Bar)
    missed = model.index(4, 9).data(Qt.ItemDataRole.AccessibleTextRole)
    assert missed == "本周开单: 本周未开单"


def test_opening_a_rep_is_told_and_the_total_is_not_a_rep(view: BoardView) -> None:
    opened = listen(view.rep_opened)
    view.table.activated.emit(view.table.model().index(1, 0))
    view.table.activated.emit(view.table.model().index(5, 0))
    assert opened == [("rep-1",)]


def test_enter_opens_the_chosen_rep(view: BoardView) -> None:
    opened = listen(view.rep_opened)
    view.table.setFocus()
    view.table.setCurrentIndex(view.table.model().index(2, 0))
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    assert opened == [("rep-2",)]


def test_advice_nav_and_measures_are_told(view: BoardView) -> None:
    listed, why = listen(view.advice_list_wanted), listen(view.advice_why_wanted)
    went, opened = listen(view.went), listen(view.measure_opened)
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(view._advice._list, left)
    QTest.mouseClick(view._advice._why, left)
    QTest.mouseClick(view._cards[2], left)
    reports = [one for one in view._nav.findChildren(QAbstractButton) if one.text() == "报表"]
    QTest.mouseClick(reports[0], left)
    assert (listed, why) == ([()], [()])
    assert opened == [("cards",)]
    assert went == [("reports",)]


def test_every_measure_has_its_formula_and_stands_beside_time(view: BoardView) -> None:
    assert len(view._cards) == 6
    for card in view._cards:
        assert "÷" in card.toolTip()
        assert "时间 75%" in card.accessibleDescription()


def test_measures_fold_into_fewer_columns(view: BoardView, qtbot: QtBot) -> None:
    def columns() -> int:
        return len({card.x() for card in view._cards})

    qtbot.waitUntil(lambda: columns() == 6)
    view.resize(900, 768)
    qtbot.waitUntil(lambda: columns() == 3)


def test_a_board_without_targets_says_so(view: BoardView) -> None:
    view.draw(SCREENS["board-empty"])
    assert view._empty.isVisible()
    assert not view.table.isVisible()
    assert not view._advice.isVisible()
    closed = listen(view.problem_closed)
    view._problem.closed.emit()
    assert closed == [()]


def test_without_nav_the_page_has_the_whole_width(view: BoardView) -> None:
    view.draw(replace(FULL, nav=()))
    assert not view._nav.isVisible()


def test_every_control_has_a_name(view: BoardView) -> None:
    for button in view.findChildren(QAbstractButton):
        if button.isVisibleTo(view):
            assert button.accessibleName() or button.text(), button
