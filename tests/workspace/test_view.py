"""The rep's desk on screen: keys do what the map says, drawing never disturbs typing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.workspace.test_models import rows
from ui.gallery_parts import NOW
from ui.gallery_screens import workspace
from ui.widgets.values import Notice, SyncChip, SyncState, Timer, Tone
from ui.workspace.queue import ROW
from ui.workspace.screen import Queue, Screen, Stage
from ui.workspace.view import WorkspaceView

SCREENS = workspace("zh_CN")
Told = list[tuple[object, ...]]


@pytest.fixture
def view(qtbot: QtBot) -> WorkspaceView:
    view = WorkspaceView(now=lambda: NOW)
    qtbot.addWidget(view)
    view.resize(1366, 768)
    view.draw(SCREENS["in-call"])
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    view.setFocus()
    return view


def listen(signal: object) -> Told:
    told: Told = []
    signal.connect(lambda *values: told.append(values))  # type: ignore[attr-defined]  # A signal.
    return told


def press(
    key: Qt.Key, text: str = "", modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press a key where the focus is, as the window system would."""
    target = QApplication.focusWidget()
    assert target is not None
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text))


ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
KEYPAD, SHIFT = Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize(
    ("screen", "key", "text", "modifiers", "signal", "told"),
    [
        ("in-call", Qt.Key.Key_F2, "", None, "next_wanted", ()),
        ("in-call", Qt.Key.Key_2, "", CTRL, "next_wanted", ()),
        ("in-call", Qt.Key.Key_3, "3", None, "answer_chosen", (2,)),
        ("in-call", Qt.Key.Key_3, "3", KEYPAD, "answer_chosen", (2,)),
        ("in-call", Qt.Key.Key_unknown, "２", None, "answer_chosen", (1,)),
        ("in-call", Qt.Key.Key_F8, "", None, "ended", ()),
        ("in-call", Qt.Key.Key_8, "", CTRL, "ended", ()),
        ("in-call", Qt.Key.Key_F9, "", None, "refusal_wanted", ()),
        ("in-call", Qt.Key.Key_R, "r", ALT, "consent_wanted", ()),
        ("consent", Qt.Key.Key_3, "3", None, "ask_chosen", ("wechat",)),
        ("in-call", Qt.Key.Key_C, "c", ALT, "complaint_wanted", ()),
        ("in-call", Qt.Key.Key_9, "", CTRL, "refusal_wanted", ()),
        ("in-call", Qt.Key.Key_B, "b", ALT, "callback_wanted", ()),
        ("in-call", Qt.Key.Key_O, "o", ALT, "sale_wanted", ()),
        ("in-call", Qt.Key.Key_1, "1", ALT, "offer_chosen", (0,)),
        ("in-call", Qt.Key.Key_2, "2", ALT, "offer_chosen", (1,)),
        ("in-call", Qt.Key.Key_Escape, "", None, "stepped_back", ()),
        ("objection", Qt.Key.Key_2, "2", None, "objection_chosen", (1,)),
        ("ready", Qt.Key.Key_Return, "\r", None, "dialled", ()),
        ("dialled", Qt.Key.Key_Enter, "\r", KEYPAD, "answered", ()),
        ("dialled", Qt.Key.Key_F8, "", None, "ended", ()),
        ("callback", Qt.Key.Key_2, "2", None, "ask_chosen", ("tomorrow",)),
        ("wrap-up", Qt.Key.Key_2, "2", None, "disposition_chosen", ("interested",)),
        ("wrap-up", Qt.Key.Key_Return, "\r", CTRL, "saved", ()),
        ("wrap-up-missed", Qt.Key.Key_3, "3", None, "disposition_chosen", ("busy",)),
        ("nobody", Qt.Key.Key_F2, "", None, "next_wanted", ()),
    ],
)
def test_keys_say_what_the_map_says(
    view: WorkspaceView,
    screen: str,
    key: Qt.Key,
    text: str,
    modifiers: Qt.KeyboardModifier | None,
    signal: str,
    told: tuple[object, ...],
) -> None:
    view.draw(SCREENS[screen])
    if screen != "wrap-up":
        view.setFocus()
    heard = listen(getattr(view, signal))
    press(key, text, modifiers or Qt.KeyboardModifier.NoModifier)
    assert heard == [told]


@pytest.mark.parametrize(
    ("screen", "key", "signal"),
    [
        ("blocked", Qt.Key.Key_Return, "dialled"),
        ("ready", Qt.Key.Key_F8, "ended"),
        ("wrap-up", Qt.Key.Key_F8, "ended"),
        ("wrap-up-missed", Qt.Key.Key_9, "disposition_chosen"),
        ("nobody", Qt.Key.Key_F9, "refusal_wanted"),
        ("nobody", Qt.Key.Key_1, "answer_chosen"),
    ],
)
def test_keys_without_a_meaning_now_do_nothing(
    view: WorkspaceView, screen: str, key: Qt.Key, signal: str
) -> None:
    view.draw(SCREENS[screen])
    view.setFocus()
    heard = listen(getattr(view, signal))
    press(key)
    assert heard == []


def test_digits_belong_to_one_panel_at_a_time(view: WorkspaceView) -> None:
    view.draw(SCREENS["wrap-up"])
    answers, outcomes = listen(view.answer_chosen), listen(view.disposition_chosen)
    press(Qt.Key.Key_1, "1")
    assert (answers, outcomes) == ([], [("sold",)])
    view.draw(SCREENS["objection"])
    hits = listen(view.objection_chosen)
    view.setFocus()
    press(Qt.Key.Key_1, "1")
    assert (answers, hits) == ([], [(0,)])


def test_digits_and_signs_are_words_inside_the_note(view: WorkspaceView) -> None:
    answers, keys = listen(view.answer_chosen), view._overlay
    notes = listen(view.noted)
    press(Qt.Key.Key_N, "n", ALT)
    assert QApplication.focusWidget() is view.note.field
    before = view.note.field.toPlainText()
    for key, text in ((Qt.Key.Key_1, "1"), (Qt.Key.Key_Slash, "/"), (Qt.Key.Key_Question, "?")):
        press(key, text)
    assert view.note.field.toPlainText() == f"{before}1/?"
    assert notes[-1] == (f"{before}1/?",)
    assert answers == []
    assert not keys.isVisible()


def test_esc_leaves_the_note_and_digits_act_again(view: WorkspaceView) -> None:
    answers, stepped = listen(view.answer_chosen), listen(view.stepped_back)
    view.note.start()
    press(Qt.Key.Key_Escape)
    press(Qt.Key.Key_1, "1")
    assert answers == [(0,)]
    assert stepped == []


def test_function_keys_act_from_inside_the_note(view: WorkspaceView) -> None:
    view.note.start()
    ended = listen(view.ended)
    press(Qt.Key.Key_F8)
    assert ended == [()]


def test_a_key_first_commits_what_is_being_composed(
    view: WorkspaceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.note.start()
    field = view.note.field
    QApplication.sendEvent(field, QInputMethodEvent("愿意", []))
    assert "愿意" not in field.toPlainText()

    class Method:
        """Stands for the machine's input method, which this machine does not have."""

        def commit(self) -> None:
            event = QInputMethodEvent()
            event.setCommitString("愿意")
            QApplication.sendEvent(field, event)

    monkeypatch.setattr("ui.workspace.keymap.QGuiApplication.inputMethod", Method)
    heard: list[str] = []
    view.ended.connect(lambda: heard.append(field.toPlainText()))
    press(Qt.Key.Key_F8)
    assert len(heard) == 1
    assert heard[0].endswith("愿意")


def test_slash_and_ctrl_k_go_to_their_fields(view: WorkspaceView) -> None:
    press(Qt.Key.Key_Slash, "/")
    assert QApplication.focusWidget() is view.script.search
    searched = listen(view.objection_searched)
    press(Qt.Key.Key_A, "太")
    assert searched == [("太",)]
    press(Qt.Key.Key_Escape)
    assert searched[-1] == ("",)
    assert QApplication.focusWidget() is view
    press(Qt.Key.Key_K, "k", CTRL)
    assert QApplication.focusWidget() is view.queue.search


def test_a_chinese_slash_opens_the_objections_too(view: WorkspaceView) -> None:
    press(Qt.Key.Key_unknown, "、")
    assert QApplication.focusWidget() is view.script.search


def test_tab_changes_the_side_and_down_goes_on(view: WorkspaceView) -> None:
    view.draw(SCREENS["wrap-up"])
    assert QApplication.focusWidget() is view.wrap_up.outcomes
    switched = listen(view.side_switched)
    press(Qt.Key.Key_Tab, "\t")
    assert switched == [()]
    press(Qt.Key.Key_Down)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus is not view.wrap_up.outcomes
    assert view.wrap_up.isAncestorOf(focus)


def test_enter_presses_the_button_tab_came_to_instead_of_dialling(view: WorkspaceView) -> None:
    view.draw(SCREENS["ready"])
    dialled, copied = listen(view.dialled), listen(view.number_copied)
    view.dial._copy.setFocus()
    press(Qt.Key.Key_Return, "\r")
    assert (dialled, copied) == ([], [()])


def test_enter_in_the_list_gives_the_keys_back_and_dials_nobody(view: WorkspaceView) -> None:
    view.draw(SCREENS["ready"])
    dialled = listen(view.dialled)
    view.queue.list.setFocus()
    press(Qt.Key.Key_Return, "\r")
    assert dialled == []
    assert QApplication.focusWidget() is view


def test_arrows_look_through_what_was_found_and_enter_takes_one(view: WorkspaceView) -> None:
    picked = listen(view.picked)
    queue = replace(SCREENS["in-call"].queue, searching="l", chosen="")
    view.draw(replace(SCREENS["in-call"], queue=queue))
    view.queue.search.setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    view.draw(replace(SCREENS["in-call"], queue=queue))
    assert picked == []
    press(Qt.Key.Key_Return, "\r")
    assert picked == [(queue.rows[1].customer_id,)]
    assert QApplication.focusWidget() is view


def test_ctrl_z_takes_back_only_while_that_is_offered(view: WorkspaceView) -> None:
    undone = listen(view.undone)
    view.draw(replace(SCREENS["ready"], toast=None))
    view.setFocus()
    press(Qt.Key.Key_Z, "z", CTRL)
    assert undone == []
    view.draw(replace(SCREENS["ready"], toast=Notice("已保存", Tone.GOOD, "撤销")))
    press(Qt.Key.Key_Z, "z", CTRL)
    assert undone == [()]


def test_esc_closes_a_problem_before_it_steps_back(view: WorkspaceView) -> None:
    closed, stepped = listen(view.problem_closed), listen(view.stepped_back)
    view.draw(replace(SCREENS["in-call"], problem=Notice("请先结束通话", Tone.WARN)))
    press(Qt.Key.Key_Escape)
    assert (closed, stepped) == ([()], [])


def test_after_a_call_esc_leads_to_the_outcomes_and_leaves_the_script(view: WorkspaceView) -> None:
    view.draw(SCREENS["wrap-up"])
    stepped = listen(view.stepped_back)
    for place in (view.wrap_up.next, view):
        place.setFocus()
        press(Qt.Key.Key_Escape)
        assert QApplication.focusWidget() is view.wrap_up.outcomes
    assert stepped == []


def test_an_attitude_comes_after_the_outcomes_and_keeps_the_keys(view: WorkspaceView) -> None:
    form = SCREENS["wrap-up"].wrap_up
    assert form is not None
    view.draw(SCREENS["wrap-up"])
    QApplication.processEvents()
    press(Qt.Key.Key_Down)
    first = view.wrap_up.attitudes[form.attitudes[0].name]
    assert QApplication.focusWidget() is first
    view.draw(replace(SCREENS["wrap-up"], wrap_up=replace(form, as_case=True)))
    assert QApplication.focusWidget() is first


def test_type_of_another_size_leaves_the_keys_where_they_were(view: WorkspaceView) -> None:
    view.draw(SCREENS["wrap-up"])
    for width in (1000, 1366):
        view.resize(width, 768)
        assert QApplication.focusWidget() is view.wrap_up.outcomes


def test_a_line_to_write_keeps_the_digits_and_down_leads_to_the_choices(
    view: WorkspaceView,
) -> None:
    view.draw(SCREENS["callback"])
    QApplication.processEvents()
    chosen = listen(view.ask_chosen)
    view.ask.field.setFocus()
    press(Qt.Key.Key_1, "1")
    assert view.ask.field.text().endswith("1")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_2, "2")
    assert chosen == [("tomorrow",)]


def test_the_key_map_opens_and_closes(view: WorkspaceView) -> None:
    press(Qt.Key.Key_Question, "?", SHIFT)
    assert view._overlay.isVisible()
    stepped = listen(view.stepped_back)
    press(Qt.Key.Key_Escape)
    assert not view._overlay.isVisible()
    assert stepped == []


def test_drawing_again_leaves_what_is_being_typed(view: WorkspaceView) -> None:
    view.note.start()
    press(Qt.Key.Key_A, "妹")
    typed = view.note.field.toPlainText()
    cursor = view.note.field.textCursor().position()
    view.draw(replace(SCREENS["in-call"], toast=SCREENS["ready"].toast))
    assert view.note.field.toPlainText() == typed
    assert view.note.field.textCursor().position() == cursor
    assert view.note.field.hasFocus()


def test_another_contact_brings_its_own_note_without_telling(view: WorkspaceView) -> None:
    notes = listen(view.noted)
    note = SCREENS["in-call"].note
    assert note is not None
    view.draw(replace(SCREENS["in-call"], note=replace(note, of="call-2", text="新的一通")))
    assert view.note.field.toPlainText() == "新的一通"
    assert notes == []


def test_choosing_in_the_list_is_told_and_drawing_is_not(view: WorkspaceView) -> None:
    picked = listen(view.picked)
    queue = SCREENS["in-call"].queue
    view.draw(replace(SCREENS["in-call"], queue=replace(queue, chosen="何丽")))
    assert view.queue.list.currentIndex().data(ROW).name == "何丽"
    assert picked == []
    view.queue.list.setFocus()
    press(Qt.Key.Key_Up)
    assert picked == [("徐玉兰",)]


def test_searching_tells_each_change_and_enter_takes_the_first(view: WorkspaceView) -> None:
    searched, picked = listen(view.searched), listen(view.picked)
    press(Qt.Key.Key_K, "k", CTRL)
    press(Qt.Key.Key_O, "o")
    press(Qt.Key.Key_Y, "y")
    assert searched == [("o",), ("oy",)]
    press(Qt.Key.Key_Return, "\r")
    assert picked == [("周文静",)]


def test_the_lamp_runs_by_the_clock(qtbot: QtBot) -> None:
    moment = [NOW]
    view = WorkspaceView(now=lambda: moment[0])
    qtbot.addWidget(view)
    view.draw(SCREENS["in-call"])
    assert "03:42" in view.top.lamp._words.words()
    moment[0] = NOW + timedelta(hours=1, seconds=1)
    view._tick()
    assert "1:03:43" in view.top.lamp._words.words()


def test_a_toast_goes_when_its_time_is_over(qtbot: QtBot) -> None:
    moment = [NOW]
    view = WorkspaceView(now=lambda: moment[0])
    qtbot.addWidget(view)
    view.draw(SCREENS["ready"])
    undone = listen(view.undone)
    assert not view.toast.isHidden()
    QTest.mouseClick(view.toast._button, Qt.MouseButton.LeftButton)
    assert undone == [()]
    moment[0] = NOW + timedelta(seconds=9)
    view._tick()
    assert view.toast.isHidden()


def test_a_clock_set_back_shows_nothing_below_zero() -> None:
    assert Timer(NOW + timedelta(minutes=5), 3).elapsed(NOW) == 3


@pytest.mark.parametrize("state", list(SyncState))
def test_the_sync_chip_says_its_state_in_words(view: WorkspaceView, state: SyncState) -> None:
    top = replace(SCREENS["in-call"].top, sync=SyncChip(state, f"state {state}", "s", "why"))
    view.draw(replace(SCREENS["in-call"], top=top))
    assert view.top._sync.accessibleName() == f"state {state}"
    assert view.top._sync.toolTip() == "why"


def test_right_pane_becomes_a_tab_where_there_is_no_room(view: WorkspaceView) -> None:
    assert not view._tabs.isVisible()
    assert view.offers.isVisible()
    view.resize(1000, 700)
    assert view._tabs.isVisible()
    assert not view.offers.isVisible()
    view._tabs.setCurrentIndex(2)
    assert view.offers.isVisible()
    assert not view.script.isVisible()
    assert view.note.isVisible()
    view.draw(SCREENS["wrap-up"])
    assert view.wrap_up.isVisible()
    view.resize(1366, 768)
    assert view.script.isVisible()
    assert view.wrap_up.isVisible()


def test_digits_do_not_act_on_a_hidden_panel(view: WorkspaceView) -> None:
    view.resize(1000, 700)
    view._tabs.setCurrentIndex(2)
    view.setFocus()
    answers = listen(view.answer_chosen)
    press(Qt.Key.Key_1, "1")
    assert answers == []


@pytest.mark.parametrize("name", list(SCREENS))
def test_every_control_has_a_name(view: WorkspaceView, name: str) -> None:
    view.draw(SCREENS[name])
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit)
    for widget in view.findChildren(QWidget):
        if isinstance(widget, kinds) and widget.isVisibleTo(view):
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert widget.accessibleName() or text, widget


@pytest.mark.parametrize("name", ["in-call", "wrap-up", "ready", "callback"])
def test_tab_reaches_every_control_that_can_be_pressed(view: WorkspaceView, name: str) -> None:
    view.draw(SCREENS[name])
    for button in view.findChildren(QAbstractButton):
        inside = view.wrap_up.outcomes.isAncestorOf(button)
        if button.isVisibleTo(view) and button.isEnabled() and not inside:
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, button.accessibleName()


def test_a_click_on_an_answer_leaves_the_cursor_in_the_note(view: WorkspaceView) -> None:
    view.note.start()
    answers = listen(view.answer_chosen)
    QTest.mouseClick(view.script._buttons[1], Qt.MouseButton.LeftButton)
    assert answers == [(1,)]
    assert view.note.field.hasFocus()


def test_thousands_of_rows_are_drawn_at_once(view: WorkspaceView) -> None:
    queue = Queue("今日名单", "", rows(5000), "4990")
    view.draw(replace(SCREENS["in-call"], queue=queue))
    view.queue.list.grab()
    index = view.queue.list.currentIndex()
    assert index.row() == 4990
    assert view.queue.list.viewport().rect().contains(view.queue.list.visualRect(index).center())


def test_an_empty_list_says_why(view: WorkspaceView) -> None:
    view.draw(SCREENS["empty"])
    assert view.queue._empty.isVisible()
    assert view.waiting.isVisible()
    assert not view.note.isVisible()


def test_every_stage_has_a_picture() -> None:
    assert {screen.stage for screen in SCREENS.values()} == set(Stage)
    assert all(isinstance(screen, Screen) for screen in SCREENS.values())
