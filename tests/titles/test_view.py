"""The screen of product titles: what the keys do, and what screen readers hear."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.pages import focus, listen, on_screen
from ui.gallery_titles import titles
from ui.titles.saying import ALL
from ui.titles.view import TitlesView
from ui.widgets.share_bar import ShareBar
from ui.widgets.texts import SpanLabel

_ALT = Qt.KeyboardModifier.AltModifier
_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(qtbot: QtBot) -> TitlesView:
    view = on_screen(qtbot, TitlesView())
    view.setFocus()
    view.draw(titles("zh_CN")["titles"])
    return view


def test_arrows_choose_a_title_and_digits_decide(view: TitlesView) -> None:
    picked, decided = listen(view.picked), listen(view.decided)
    assert view.choices.buttons[0].hasFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    assert picked == [("白芸豆轻盈片 90片",)]
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5):
        QTest.keyClick(focus(), key)
    assert decided == [("collagen",), ("enzyme",), ("other",), ("high",), ("later",)]


def test_digits_in_the_search_are_searched_for(view: TitlesView) -> None:
    searched, decided = listen(view.searched), listen(view.decided)
    QTest.keyClick(focus(), Qt.Key.Key_K, _CTRL)
    assert view.search.hasFocus()
    QTest.keyClicks(focus(), "60")
    assert (searched[-1], decided) == (("60",), [])
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    assert view.choices.buttons[0].hasFocus()
    QTest.keyClick(focus(), Qt.Key.Key_1)
    assert decided == [("collagen",)]


def test_esc_forgets_what_was_looked_for(view: TitlesView) -> None:
    searched = listen(view.searched)
    QTest.keyClick(focus(), Qt.Key.Key_K, _CTRL)
    QTest.keyClicks(focus(), "60")
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert searched[-1] == ("",)
    assert (view.search.text(), view.choices.buttons[0].hasFocus()) == ("", True)
    count = len(searched)
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert len(searched) == count


def test_what_is_being_written_is_left_alone(view: TitlesView) -> None:
    QTest.keyClick(focus(), Qt.Key.Key_K, _CTRL)
    QTest.keyClicks(focus(), "vita ")
    view.draw(titles("zh_CN")["titles-found"])
    assert view.search.text() == "vita "
    view.choices.rest()
    view.draw(titles("zh_CN")["titles-found"])
    assert view.search.text() == "软糖"


def test_all_titles_with_words_are_the_first_line(view: TitlesView) -> None:
    view.draw(titles("zh_CN")["titles-found"])
    assert view.choices.buttons[0].name == ALL
    assert view.choices.buttons[0].accessibleName().startswith("含“软糖”的全部 7 个标题")
    decided = listen(view.decided)
    QTest.keyClick(focus(), Qt.Key.Key_5)
    assert decided == []


def test_enter_says_yes_and_esc_leads_back_to_the_list(view: TitlesView) -> None:
    agreed, stayed, searched = listen(view.agreed), listen(view.stayed), listen(view.searched)
    view.draw(titles("zh_CN")["titles-confirm"])
    assert focus() is view.confirm.yes
    assert "可以撤销" in focus().accessibleDescription()
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert (agreed, stayed, searched) == ([()], [()], [])
    view.draw(titles("zh_CN")["titles-found"])
    assert view.choices.buttons[0].hasFocus()


def test_letters_with_alt_open_the_lists_and_undo(view: TitlesView) -> None:
    opened, undid, again = listen(view.opened), listen(view.undid), listen(view.asked_again)
    for key in (Qt.Key.Key_H, Qt.Key.Key_N, Qt.Key.Key_Z):
        QTest.keyClick(focus(), key, _ALT)
    QTest.keyClick(focus(), Qt.Key.Key_F5)
    assert opened == [("said",), ("open",)]
    assert (undid, again) == ([()], [()])


def test_the_keys_stay_in_the_list_when_the_next_title_comes(view: TitlesView) -> None:
    shown = titles("zh_CN")
    view.detail.press(0)
    view.draw(shown["titles-done"])
    assert view.notice.offers()
    view.draw(shown["titles-said"])
    assert focus().accessibleName().startswith("晚安软糖 30粒及另外 16 个")


def test_tab_leads_from_the_title_to_what_can_be_said_the_lists_and_the_search(
    view: TitlesView,
) -> None:
    stops = []
    for _ in range(8):
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
        stops.append(focus().accessibleName())
    assert stops == [
        "胶原", "酵素", "其他商品", "高毛利：否", "稍后再定", "未归类 · 37", "已归类", "搜索标题",
    ]  # fmt: skip


def test_each_fact_says_what_it_is_about_and_the_bar_what_it_shows(view: TitlesView) -> None:
    heard = [label.accessibleName() for label in view.detail.findChildren(SpanLabel)]
    assert "销售额, ¥1,283,188" in heard
    [bar] = view.findChildren(ShareBar)
    assert bar.accessibleName() == "未归类占销售额 18.1%：¥1,779,622 / ¥9,840,000"


def test_a_list_with_nothing_in_it_says_so_and_still_can_be_searched(view: TitlesView) -> None:
    view.draw(titles("zh_CN")["titles-empty"])
    assert view._empty.isVisible()
    assert not view.detail.isVisible()
    QTest.keyClick(focus(), Qt.Key.Key_K, _CTRL)
    assert view.search.hasFocus()
