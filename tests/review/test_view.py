"""The screen of likely pairs: what the keys do, and what screen readers hear."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.pages import focus, listen, on_screen
from ui.gallery_review import review
from ui.review.view import AgreementLabel, ReviewView
from ui.widgets.texts import SpanLabel

_ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def view(qtbot: QtBot) -> ReviewView:
    view = on_screen(qtbot, ReviewView())
    view.setFocus()
    view.draw(review("zh_CN")["review"])
    return view


def test_arrows_choose_a_pair_and_digits_decide(view: ReviewView) -> None:
    picked, decided = listen(view.picked), listen(view.decided)
    assert view.choices.buttons[0].hasFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    assert picked == [("c:d",)]
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        QTest.keyClick(focus(), key)
    assert decided == [("left",), ("right",), ("two",)]


def test_a_page_that_is_seen_again_says_so(view: ReviewView) -> None:
    came = listen(view.came)
    view.hide()
    view.show()
    assert came == [()]


def test_what_cannot_be_said_is_not_said(view: ReviewView) -> None:
    view.draw(review("zh_CN")["review-against"])
    decided = listen(view.decided)
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        QTest.keyClick(focus(), key)
    assert decided == [("two",)]


def test_enter_says_yes_and_esc_leads_back_to_the_pair(view: ReviewView) -> None:
    agreed, stayed = listen(view.agreed), listen(view.stayed)
    view.draw(review("zh_CN")["review-confirm"])
    assert focus() is view.confirm.yes
    assert "合并后由林晓燕负责；赵敏不再负责静静不加糖。" in focus().accessibleDescription()
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert (agreed, stayed) == ([()], [()])
    view.draw(review("zh_CN")["review"])
    assert view.choices.buttons[0].hasFocus()


def test_letters_with_alt_open_the_lists_and_undo(view: ReviewView) -> None:
    opened, undid, again = listen(view.opened), listen(view.undid), listen(view.asked_again)
    for key in (Qt.Key.Key_N, Qt.Key.Key_H, Qt.Key.Key_P, Qt.Key.Key_Z):
        QTest.keyClick(focus(), key, _ALT)
    QTest.keyClick(focus(), Qt.Key.Key_F5)
    assert opened == [("numbers",), ("said",), ("pairs",)]
    assert (undid, again) == ([()], [()])


def test_the_keys_stay_in_the_list_when_the_next_pair_comes(view: ReviewView) -> None:
    shown = review("zh_CN")
    view.draw(shown["review-done"])
    assert view.notice.offers()
    view.draw(shown["review-said"])
    assert focus() is view.choices.buttons[0]


def test_tab_leads_from_the_pair_to_what_can_be_said_and_the_lists(view: ReviewView) -> None:
    stops = []
    for _ in range(6):
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
        stops.append(focus().accessibleName())
    assert stops == [
        "同一人，保留左边", "同一人，保留右边", "两个人",
        "疑似同一人 · 12", "共用号码 · 3", "已判定",
    ]  # fmt: skip


def test_each_side_says_whose_it_is_and_how_it_compares(view: ReviewView) -> None:
    heard = [label.accessibleName() for label in view.detail.findChildren(SpanLabel)]
    assert "右：周文静, 城市, 杭州市, 不同" in heard
    assert "左：静静不加糖, 微信, wj_zhou, 仅一方有" in heard


def test_what_agrees_and_what_differs_is_told_by_word_and_drawing(view: ReviewView) -> None:
    told = [
        [each.text() for each in label.findChildren(SpanLabel)]
        for label in view.detail.findChildren(AgreementLabel)
    ]
    assert told[:2] == [["一致"], ["一致"]]
    assert ["不同"] in told


def test_a_list_with_nothing_in_it_says_so(view: ReviewView) -> None:
    view.draw(review("zh_CN")["review-empty"])
    assert view._empty.isVisible()
    assert not view.detail.isVisible()
    assert not view._area.isVisible()
