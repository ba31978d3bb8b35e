"""The screen of assignment: what the keys do, what screen readers hear, what is drawn."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.pages import focus, listen, on_screen
from ui import theme
from ui.assigning.parts import LoadBar
from ui.assigning.view import AssigningView
from ui.gallery_assigning import assigning

_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(qtbot: QtBot) -> AssigningView:
    view = on_screen(qtbot, AssigningView())
    view.setFocus()
    view.draw(assigning("zh_CN")["assigning"])
    return view


def test_arrows_choose_a_rep(view: AssigningView) -> None:
    picked = listen(view.picked)
    assert view.choices.buttons[1].hasFocus()
    QTest.keyClick(view.choices.buttons[1], Qt.Key.Key_Down)
    assert picked == [("he",)]


def test_tab_leads_from_the_rep_through_hand_over_plan_and_leave_to_the_history(
    view: AssigningView,
) -> None:
    stops: list[str] = []
    for _ in range(27):
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
        stops.append(focus().accessibleName())
    assert stops[:4] == ["库: 全部", "分级: 全部", "品类: 全部", "移交给: 选定的销售"]
    assert stops[4:9] == ["何丽", "欧阳敏", "周文静", "沈玉兰", "阿依古丽·买买提"]
    assert stops[9:11] == ["原因", "移交 312 位客户"]
    assert stops[11:20] == [
        "自动分配客户给她", "新老客: 老客", "胶原", "酵素", "其他品类", "A 级", "B 级", "C 级",
        "客户上限",
    ]  # fmt: skip
    assert stops[20:25] == [
        "第一天", "最后一天", "代班: 无人，客户仍归她", "原因", "撤回 13 位",
    ]  # fmt: skip


def test_space_ticks_a_rep_and_drawing_tells_nothing(view: AssigningView) -> None:
    changed = listen(view.changed)
    view.draw(assigning("zh_CN")["assigning"])
    assert changed == []
    box = view.hand_over.reps.boxes["wen"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert changed == [("rep", "wen")]


def test_the_keys_hand_over_take_back_and_lead_to_the_reason(view: AssigningView) -> None:
    did, undone = listen(view.did), listen(view.undone)
    QTest.keyClick(view, Qt.Key.Key_W, _ALT)
    assert view.hand_over.why.field.hasFocus()
    changed = listen(view.changed)
    QTest.keyClick(focus(), Qt.Key.Key_A, _CTRL)
    QTest.keyClicks(focus(), "x")
    assert changed == [("why", "x")]
    QTest.keyClick(focus(), Qt.Key.Key_Return, _CTRL)
    assert did == [()]
    QTest.keyClick(view, Qt.Key.Key_Z, _ALT)
    assert undone == [("1",)]
    QTest.keyClick(view.hand_over.why.field, Qt.Key.Key_Escape)
    assert view.choices.buttons[1].hasFocus()


def test_a_question_takes_the_keys_and_gives_them_back(view: AssigningView) -> None:
    did, stayed = listen(view.did), listen(view.stayed)
    view.hand_over.do_button.setFocus()
    view.draw(assigning("zh_CN")["assigning-confirm"])
    assert view.confirm.yes.hasFocus()
    assert "超过上限 142 位" in view.confirm.yes.accessibleDescription()
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert did == [()]
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert stayed == [()]
    view.draw(assigning("zh_CN")["assigning"])
    assert view.hand_over.do_button.hasFocus()


def test_a_plan_and_a_leave_are_told_as_they_are_typed(view: AssigningView) -> None:
    planned, leaving = listen(view.planned), listen(view.leaving)
    put, back = listen(view.leave_put), listen(view.came_back)
    view.draw(assigning("zh_CN")["assigning-leave"])
    view.plan.grades.boxes["B"].click()
    view.plan.lines.boxes["enzyme"].click()
    view.plan.takes.boxes["takes"].click()
    QTest.keyClicks(view.plan.most.field, "1")
    assert planned == [("grade", "B"), ("line", "enzyme"), ("takes", ""), ("most", "很多1")]
    QTest.keyClicks(view.leave.last.field, "9")
    assert leaving == [("last", "12-019")]
    # What cannot be set is not told.
    QTest.keyClick(view, Qt.Key.Key_L, _ALT)
    assert put == []
    QTest.keyClick(view, Qt.Key.Key_B, _ALT)
    assert back == [()]


def test_a_load_is_said_and_drawn(view: AssigningView) -> None:
    bars = view.choices.findChildren(LoadBar)
    assert [one.accessibleName() for one in bars][:2] == ["负荷 312 / 400", "负荷 412 / 400"]
    full, over = LoadBar(1.0, ""), LoadBar(1.3, "")
    for bar in (full, over):
        bar.resize(120, 10)
    assert full.grab().toImage() != over.grab().toImage()


def test_the_history_comes_last_where_there_is_no_room_beside(view: AssigningView) -> None:
    def left(part: QWidget) -> int:
        return part.mapTo(view, part.rect().topLeft()).x()

    def top(part: QWidget) -> int:
        return part.mapTo(view, part.rect().topLeft()).y()

    assert left(view.history) == left(view.hand_over) < left(view.plan)
    view.resize(800, 768)
    QApplication.processEvents()
    assert top(view.hand_over) < top(view.plan) < top(view.leave) < top(view.history)


def test_each_time_the_page_is_seen_it_says_so(view: AssigningView) -> None:
    came = listen(view.came)
    view.hide()
    view.show()
    assert came == [()]


def test_what_somebody_else_did_is_brought_into_sight(view: AssigningView) -> None:
    closed = listen(view.notice_closed)
    screen = assigning("zh_CN")["assigning-changed"]
    view.draw(screen)
    assert view.shown() == screen
    view.notice.closed.emit()
    assert closed == [()]


def test_every_picture_is_drawn_again_when_language_or_look_change(view: AssigningView) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, theme.Scheme.DARK)
    for screen in assigning("zh_CN").values():
        view.draw(screen)
        assert view.shown() == screen
    theme.apply(app, theme.Scheme.LIGHT)
    view.draw(replace(assigning("zh_CN")["assigning"], rows=(), empty="正在询问"))
    assert view.choices.buttons == []
