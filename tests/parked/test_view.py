"""The leader's list and the sync panel on screen: what the keys do."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.pages import listen, on_screen
from ui.gallery_work import panels, parked
from ui.parked.view import ParkedView
from ui.sync.screen import Screen
from ui.sync.view import SyncCard


@pytest.fixture
def view(qtbot: QtBot) -> ParkedView:
    view = on_screen(qtbot, ParkedView())
    view.setFocus()
    view.draw(parked("zh_CN")["parked"])
    return view


@pytest.fixture
def card(qtbot: QtBot) -> SyncCard:
    card = on_screen(qtbot, SyncCard(), 480, 640)
    card.draw(_panel("sync-refused"))
    QApplication.processEvents()
    return card


def test_the_keys_begin_at_the_chosen_row_and_arrows_move(view: ParkedView) -> None:
    picked = listen(view.picked)
    assert view.choices.buttons[0].hasFocus()

    QTest.keyClick(view.choices.buttons[0], Qt.Key.Key_Down)
    assert view.choices.buttons[1].hasFocus()
    QTest.keyClick(view.choices.buttons[1], Qt.Key.Key_Up)
    QTest.keyClick(view.choices.buttons[0], Qt.Key.Key_Up)

    assert view.choices.buttons[0].hasFocus()
    # What is shown as chosen is not picked again.
    assert picked == [("sale",)]


def test_digits_decide_but_not_while_words_are_written(view: ParkedView) -> None:
    decided = listen(view.decided)
    view.detail.field.setFocus()
    QTest.keyClicks(view.detail.field, "12")
    assert view.detail.field.text() == "12"
    assert decided == []

    view.choices.buttons[0].setFocus()
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        QTest.keyClick(view.choices.buttons[0], key)
    assert decided == [("accept",), ("hand_over",), ("decline",)]


def test_tab_leads_from_the_row_to_the_words_and_the_actions(view: ParkedView) -> None:
    QTest.keyClick(view.choices.buttons[0], Qt.Key.Key_Tab)
    assert view.detail.field.hasFocus()
    QTest.keyClick(view.detail.field, Qt.Key.Key_Tab)
    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.accessibleName() == "同意，记在林晓燕名下"
    QTest.keyClick(focus, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view.detail.field, Qt.Key.Key_Escape)
    assert view.choices.buttons[0].hasFocus()


def test_who_must_write_why_is_led_to_the_field(view: ParkedView) -> None:
    view.draw(parked("zh_CN")["parked-asked"])
    assert view.detail.field.hasFocus()


def test_tab_goes_through_the_panel_as_the_eye_does(card: SyncCard) -> None:
    card.tabs.setFocus()
    names = []
    for _ in range(8):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        after = QApplication.focusWidget()
        assert after is not None
        names.append(after.accessibleName().partition(":")[0])

    assert names[:2] == ["城市, 我改的", "城市, 服务器上现为"]
    assert names[6:] == ["按选中的保存", "请组长处理"]


def test_a_new_drawing_leaves_the_keys_and_the_words_in_place(card: SyncCard) -> None:
    card.draw(_panel("sync-asking"))
    QApplication.processEvents()
    asking = next(row.field for row in card._rows if row.field is not None)
    asking.setFocus()
    QTest.keyClicks(asking, "she")

    card._drawn = None
    card.draw(_panel("sync-asking"))

    again = next(row.field for row in card._rows if row.field is not None)
    assert again is not asking
    assert again.text() == "she"
    assert again.hasFocus()


def _panel(name: str) -> Screen:
    return panels("zh_CN")[name]
