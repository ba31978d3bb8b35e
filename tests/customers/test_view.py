"""The list of customers on screen: what the keys and the mouse do."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.hubs import HandClock
from tests.pages import listen, on_screen
from ui.customers.view import CustomersView
from ui.gallery_customers import customers
from ui.gallery_parts import NOW
from ui.widgets.buttons import KeyButton
from ui.widgets.values import Choice
from ui.workspace.ask import AskCard
from ui.workspace.screen import Ask

_CONTROL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def view(qtbot: QtBot) -> CustomersView:
    view = on_screen(qtbot, CustomersView(now=HandClock(NOW)))
    view.draw(customers("zh_CN")["customers-many"])
    view.setFocus()
    return view


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifier)


def test_the_keys_begin_in_the_table_and_go_from_row_to_row(view: CustomersView) -> None:
    pointed, opened = listen(view.pointed), listen(view.opened)
    assert view.table.hasFocus()
    place = view.table.currentIndex().row()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert view.table.currentIndex().row() == place + 1
    assert pointed == opened
    assert len(opened) == 1


def test_space_marks_control_a_marks_all_and_digits_order(view: CustomersView) -> None:
    marked, every, ordered = listen(view.marked), listen(view.all_marked), listen(view.ordered)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_A, _CONTROL)
    for key in (Qt.Key.Key_1, Qt.Key.Key_8, Qt.Key.Key_0):
        press(key)
    assert marked == [("00003",)]
    assert every == [()]
    assert ordered == [("name",), ("year",), ("expected",)]


def test_with_shift_space_and_a_click_mark_up_to_there(view: CustomersView) -> None:
    marked, marked_to = listen(view.marked), listen(view.marked_to)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    cell = view.table.visualRect(view.table.currentIndex())
    QTest.mouseClick(
        view.table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
        cell.center(),
    )
    who = view.table.lines.id_at(view.table.currentIndex().row())
    assert (marked, marked_to) == ([], [(who,), (who,)])


def test_a_click_on_the_box_marks_and_elsewhere_does_not(view: CustomersView) -> None:
    marked, ordered = listen(view.marked), listen(view.ordered)
    cell = view.table.visualRect(view.table.currentIndex())
    port = view.table.viewport()
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=cell.topLeft() + QPoint(12, 14))
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, pos=cell.center())
    QTest.mouseClick(port, Qt.MouseButton.LeftButton, _CONTROL, cell.center())
    assert marked == [("00003",), ("00003",)]
    header = view.table.horizontalHeader()
    place = QPoint(header.sectionPosition(1) + 10, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert ordered == [("pool",)]


def test_control_k_searches_and_down_leads_back(view: CustomersView) -> None:
    searched = listen(view.searched)
    press(Qt.Key.Key_K, _CONTROL)
    QTest.keyClicks(view.narrowing.search, "zhou 12")
    assert view.narrowing.search.text() == "zhou 12"
    assert searched[-1] == ("zhou 12",)
    press(Qt.Key.Key_Down)
    assert view.table.hasFocus()


def test_whoever_begins_to_write_searches(view: CustomersView) -> None:
    searched = listen(view.searched)
    press(Qt.Key.Key_Z)
    QTest.keyClicks(view.narrowing.search, "w")
    assert searched == [("z",), ("zw",)]
    assert view.narrowing.search.hasFocus()


def test_escape_empties_the_search_then_leaves_it_then_the_page(view: CustomersView) -> None:
    searched, left = listen(view.searched), listen(view.left)
    press(Qt.Key.Key_K, _CONTROL)
    QTest.keyClicks(view.narrowing.search, "z")
    press(Qt.Key.Key_Escape)
    assert searched == [("z",), ("",)]
    press(Qt.Key.Key_Escape)
    assert view.table.hasFocus()
    assert left == []
    press(Qt.Key.Key_Escape)
    assert left == [()]


def test_the_actions_have_keys_that_act_from_anywhere(view: CustomersView) -> None:
    acted = listen(view.acted)
    for key in (Qt.Key.Key_T, Qt.Key.Key_R, Qt.Key.Key_V, Qt.Key.Key_E):
        press(key, _ALT)
    press(Qt.Key.Key_K, _CONTROL)
    press(Qt.Key.Key_T, _ALT)
    assert [name for (name,) in acted] == ["tag", "untag", "view", "export", "tag"]


def test_filters_open_by_key_and_tell_what_was_ticked(view: CustomersView) -> None:
    picked = listen(view.picked_in_menu)
    press(Qt.Key.Key_F, _ALT)
    assert view.narrowing.menus[0].hasFocus()
    press(Qt.Key.Key_Return)
    menu = view.narrowing.menus[0].findChild(QMenu)
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert picked == [("pool", "V")]


def test_chips_are_buttons_and_take_something_off_the_filter(view: CustomersView) -> None:
    removed, cleared = listen(view.chip_removed), listen(view.cleared)
    view.draw(customers("zh_CN")["customers-filtered"])
    chips = view.narrowing.chips.findChildren(QPushButton)
    assert [one.accessibleName() for one in chips][:2] == [
        "去掉筛选条件：V 库",
        "去掉筛选条件：1 库",
    ]
    for chip in chips[:1] + chips[-1:]:
        chip.setFocus()
        press(Qt.Key.Key_Return)
    assert removed == [("pool:V",)]
    assert cleared == [()]


def test_a_question_takes_the_keys_and_gives_them_back(view: CustomersView) -> None:
    written, confirmed, closed = (
        listen(one) for one in (view.ask_written, view.ask_confirmed, view.ask_closed)
    )
    view.draw(customers("zh_CN")["customers-preview"])
    assert view.ask.field.hasFocus()
    assert view.ask.field.text() == "礼品 3/8"
    QTest.keyClicks(view.ask.field, "!")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Escape)
    assert (written, confirmed, closed) == ([("礼品 3/8!",)], [()], [()])
    view.draw(customers("zh_CN")["customers"])
    assert view.table.hasFocus()


def test_a_list_that_becomes_empty_gives_its_keys_to_the_search_and_has_them_back(
    view: CustomersView,
) -> None:
    assert view.table.hasFocus()
    view.draw(customers("zh_CN")["customers-no-match"])
    assert view.narrowing.search.hasFocus()
    view.draw(customers("zh_CN")["customers-many"])
    assert view.table.hasFocus()


def test_control_z_undoes_only_while_it_is_offered(view: CustomersView) -> None:
    undone = listen(view.undone)
    press(Qt.Key.Key_Z, _CONTROL)
    view.draw(customers("zh_CN")["customers-done"])
    press(Qt.Key.Key_Z, _CONTROL)
    assert undone == [()]


def test_cells_are_spoken_with_their_columns(view: CustomersView) -> None:
    view.draw(customers("zh_CN")["customers-preview"])
    model = view.table.lines
    said = [
        model.index(0, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in (0, 1, 12)
    ]
    assert said == ["姓名: 周文静 已勾选", "库: V", "标签: 礼品 3/8 生日 11 月"]
    assert view.table.accessibleName() == "客户"


def test_only_what_is_looked_at_is_put_into_words(view: CustomersView) -> None:
    lines = customers("en")["customers-many"].lines
    said = lines._said
    assert not said
    view.table.draw(customers("en")["customers-many"].headings, lines, frozenset(), "00003")
    QApplication.processEvents()
    assert 0 < len(said) < 100
    assert len(lines) == 1204


def test_the_model_keeps_qts_promises(view: CustomersView) -> None:
    tester = QAbstractItemModelTester(
        view.table.lines, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    for name in ("customers", "customers-none", "customers-filtered", "customers-preview"):
        view.draw(customers("zh_CN")[name])
    tester.deleteLater()


def test_what_was_done_is_told_whole_also_where_its_line_is_longer_than_the_page(
    qtbot: QtBot,
) -> None:
    card = on_screen(qtbot, AskCard())
    long = "today 13:58 · Gu Chunmei · tag added · " * 5
    card.draw(Ask("Done to many at once", (Choice("a", long), Choice("b", "short"))))
    card.resize(500, card.heightForWidth(500))
    qtbot.waitUntil(lambda: card.width() == 500)
    first, second = card.findChildren(KeyButton)[-2:]
    assert first.words.height() >= first.words.heightForWidth(first.words.width())
    assert first.geometry().right() <= 500
    one_line = second.words.fontMetrics().height()
    assert second.words.height() < 2 * one_line < first.words.height()
