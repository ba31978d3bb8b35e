"""The screen of rules: what the keys do, what screen readers hear, what is drawn."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.pages import focus, listen, on_screen
from ui import theme
from ui.gallery_rules import rules
from ui.rules.beside import VersionLine
from ui.rules.flow import FlowPicture
from ui.rules.screen import Band, Flow
from ui.rules.view import RulesView
from ui.widgets.matrix import MatrixModel

_ALT, _CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(qtbot: QtBot) -> RulesView:
    view = on_screen(qtbot, RulesView())
    view.setFocus()
    view.draw(rules("zh_CN")["rules"])
    return view


def test_arrows_choose_a_rule_set(view: RulesView) -> None:
    picked = listen(view.picked)
    assert view.choices.buttons[1].hasFocus()
    QTest.keyClick(view.choices.buttons[1], Qt.Key.Key_Down)
    assert view.choices.buttons[2].hasFocus()
    assert picked == [("relationship",)]


def test_tab_leads_from_the_rule_set_through_every_number_to_the_history(view: RulesView) -> None:
    stops: list[str] = []
    for _ in range(14):
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
        stops.append(focus().accessibleName())
    numbers = [f"{one.label}, {one.unit}" for one in view.shown().form.fields]  # type: ignore[union-attr]  # It is shown.
    assert stops[: len(numbers)] == numbers
    rest = stops[len(numbers) :]
    assert rest[:6] == ["生效日", "原因", "从今天起生效", "放弃输入", "谁会移动", "回到上一版"]


def test_typing_is_told_letter_by_letter_and_settles_once(view: RulesView, qtbot: QtBot) -> None:
    typed, settled = listen(view.typed), listen(view.settled)
    field = view.form.lines["a_points"].field
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, "950")
    assert typed == [("a_points", "9"), ("a_points", "95"), ("a_points", "950")]
    assert settled == []
    qtbot.waitUntil(lambda: settled == [()])
    qtbot.wait(500)
    assert settled == [()]


def test_leaving_for_another_rule_set_settles_what_was_typed_first(view: RulesView) -> None:
    told: list[str] = []
    view.settled.connect(lambda: told.append("settled"))
    view.picked.connect(told.append)
    field = view.form.lines["a_points"].field
    field.setFocus()
    QTest.keyClicks(field, "9")
    view.choices.buttons[2].setFocus()
    assert told == ["settled", "relationship"]


def test_what_is_being_typed_is_not_touched_by_drawing(view: RulesView) -> None:
    field = view.form.lines["a_points"].field
    field.setCursorPosition(2)
    view.draw(replace(rules("zh_CN")["rules"], keys="x"))
    assert (field.text(), field.cursorPosition()) == ("1000", 2)


def test_ctrl_enter_asks_and_enter_says_yes(view: RulesView) -> None:
    put, stayed = listen(view.put), listen(view.stayed)
    field = view.form.lines["b_points"].field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return, _CTRL)
    assert put == [()]
    view.draw(rules("zh_CN")["rules-confirm"])
    assert focus() is view.confirm.yes
    assert not view.foot.isVisible()
    assert "A 级起点：¥800 → ¥1,000" in focus().accessibleDescription()
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert put == [(), ()]
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert stayed == [()]
    view.draw(rules("zh_CN")["rules"])
    assert field.hasFocus()
    assert view.foot.isVisible()


@pytest.fixture
def planned(view: RulesView) -> RulesView:
    """The view with a touch plan that is being changed."""
    view.draw(rules("zh_CN")["rules-plan"])
    return view


def test_steps_are_reached_typed_moved_left_out_and_added_by_keys(planned: RulesView) -> None:
    steps = planned.form.steps
    typed, moved = listen(planned.step_typed), listen(planned.step_moved)
    removed, added = listen(planned.step_removed), listen(planned.step_added)
    planned.form.lines["stale"].field.setFocus()
    stops: list[str] = []
    for _ in range(5):
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
        stops.append(focus().accessibleName())
    assert stops == [
        "第 1 步, 天数或事件", "第 1 步, 方式: 微信", "第 1 步, 话术: 通常的话术", "第 1 步, 目的",
        "第 2 步, 天数或事件",
    ]  # fmt: skip
    QTest.keyClicks(focus(), "x")
    assert typed == [(1, "when", "x")]
    QTest.keyClick(focus(), Qt.Key.Key_Down, _ALT)
    assert moved == [(1, 1)]
    # The keys go with the step.
    assert steps.lines[2].when.hasFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Up, _ALT)
    assert moved == [(1, 1), (2, -1)]
    QTest.keyClick(focus(), Qt.Key.Key_Delete, _ALT)
    assert removed == [(1,)]
    QTest.keyClick(focus(), Qt.Key.Key_N, _ALT)
    assert added == [()]
    assert steps.lines[-1].when.hasFocus()


def test_what_is_chosen_of_a_step_is_told(planned: RulesView) -> None:
    typed = listen(planned.step_typed)
    line = planned.form.steps.lines[2]
    line.way.picked.emit("wechat")
    line.script.picked.emit("care")
    QTest.keyClicks(line.purpose, "!")
    assert typed[:2] == [(2, "way", "wechat"), (2, "script", "care")]
    assert typed[2] == (2, "purpose", "问问怎么吃!")


def test_lines_follow_the_number_of_steps_and_go_with_other_rules(planned: RulesView) -> None:
    steps = planned.form.steps
    assert len(steps.lines) == 8
    planned.draw(rules("zh_CN")["rules-plan-wrong"])
    assert len(steps.lines) == 7
    assert [bool(line.when.property("wrong")) for line in steps.lines] == [
        False, False, False, True, True, True, True,
    ]  # fmt: skip
    planned.draw(rules("zh_CN")["rules"])
    assert not steps.isVisible()
    assert not set(steps.stops()) & set(planned.form.stops())


def test_esc_leads_from_a_number_back_to_its_rule_set(view: RulesView) -> None:
    field = view.form.lines["b_points"].field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert view.choices.buttons[1].hasFocus()


def test_letters_with_alt_reach_day_reason_dropping_and_history(view: RulesView) -> None:
    dropped, went_back = listen(view.dropped), listen(view.went_back)
    for key, field in ((Qt.Key.Key_D, view.foot.day.field), (Qt.Key.Key_W, view.foot.why.field)):
        QTest.keyClick(focus(), key, _ALT)
        assert field.hasFocus()
    QTest.keyClick(focus(), Qt.Key.Key_X, _ALT)
    QTest.keyClick(focus(), Qt.Key.Key_R, _ALT)
    assert (dropped, went_back) == ([()], [()])


def test_an_earlier_version_is_reached_and_chosen_by_keys(view: RulesView) -> None:
    told = listen(view.went_back_to)
    taking_back, first = [
        line.back for line in view.history.findChildren(VersionLine) if line.back is not None
    ]
    for tabs, way in ((1, taking_back), (2, first)):
        view.history.back.setFocus()
        for _ in range(tabs):
            QTest.keyClick(focus(), Qt.Key.Key_Tab)
        assert way.hasFocus()
        QTest.keyClick(way, Qt.Key.Key_Space)
    assert told == [("2026-12-20",), ("2026-09-01",)]


def test_enter_goes_on_to_the_next_number(view: RulesView) -> None:
    first, second = (view.form.lines[key].field for key in ("a_points", "b_points"))
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Return)
    assert second.hasFocus()


def test_a_wrong_number_is_heard_with_its_field(view: RulesView) -> None:
    view.draw(rules("zh_CN")["rules-wrong"])
    field = view.form.lines["a_points"].field
    assert "请写金额（元）" in field.accessibleDescription()
    assert field.property("wrong") is True
    assert not view.foot.put_button.isEnabled()


def test_the_hub_away_is_said_for_as_long_as_it_is(view: RulesView) -> None:
    asked = listen(view.asked_again)
    view.draw(rules("zh_CN")["rules-offline"])
    assert view.offline.isVisible()
    QTest.mouseClick(view.preview.retry, Qt.MouseButton.LeftButton)
    assert asked == [()]
    view.draw(rules("zh_CN")["rules"])
    assert not view.offline.isVisible()


def test_the_table_keeps_qts_rules_and_says_each_move(view: RulesView) -> None:
    preview = rules("zh_CN")["rules"].preview
    assert preview is not None
    assert preview.table is not None
    model = MatrixModel()
    tester = QAbstractItemModelTester(model)
    model.show_table(preview.table)
    assert tester.model() is model
    spoken = [
        model.index(0, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in range(2)
    ]
    assert spoken == ["A → A: 402", "A → B 131"]
    assert model.index(0, 1).data(Qt.ItemDataRole.FontRole).bold()
    assert not model.index(0, 0).data(Qt.ItemDataRole.FontRole).bold()


def test_the_picture_says_what_it_shows(view: RulesView) -> None:
    assert (
        view.preview.picture.accessibleName() == "3,000 位客户中有 212 位移动：A → B 131、B → C 81"
    )


def _drawn(flow: Flow, *, stale: bool = False) -> int:
    """How many points of the picture have the colour of who moves."""
    picture = FlowPicture()
    picture.resize(400, 200)
    picture.draw(flow, stale=stale)
    image = picture.grab().toImage()
    brand = theme.current().colour("brand").rgb()
    return sum(
        image.pixel(x, y) == brand for x in range(image.width()) for y in range(image.height())
    )


def test_who_moves_is_seen_however_few_they_are(qapp: QApplication) -> None:
    stays = (Band(0, 0, 30_000), Band(1, 1, 30_000))
    assert _drawn(Flow(("A", "B"), stays, "now", "then", "")) == 0
    assert _drawn(Flow(("A", "B"), (*stays, Band(0, 1, 1)), "now", "then", "")) > 20


def test_nobody_at_all_is_drawn_too(qapp: QApplication) -> None:
    assert _drawn(Flow((), (), "now", "then", "")) == 0
    assert _drawn(Flow(("A",), (), "now", "then", "")) == 0


def test_the_history_says_who_when_what_and_why(view: RulesView) -> None:
    # Not the word for a customer's history, which is of contacts.
    assert "修改记录" in {label.text() for label in view.history.findChildren(QLabel)}
    lines = view.history.findChildren(VersionLine)
    texts = [label.text() for label in lines[2].findChildren(QLabel)]
    assert lines[2].accessibleName().startswith("从09-01起, 顾明兰 · ")
    assert any("双十一前收紧" in text for text in texts)


def test_in_a_narrow_window_the_sum_stands_beside_the_buttons(
    view: RulesView, qtbot: QtBot
) -> None:
    assert (
        view.form.mapTo(view, view.form.rect().topLeft()).y()
        == view.preview.mapTo(view, view.preview.rect().topLeft()).y()
    )
    view.resize(900, 768)
    qtbot.waitUntil(lambda: view.preview.mapTo(view, view.rect().topLeft()).y() > 400)
    assert view.foot._beside.words() == "212 位客户会移动（共 3,000 位）"


def test_in_large_type_on_a_small_screen_the_numbers_are_in_sight(
    view: RulesView, qapp: QApplication, qtbot: QtBot
) -> None:
    view.resize(1366, 700)
    theme.apply(qapp, "light", 200)
    field = view.form.lines["new_days"].field
    qtbot.waitUntil(lambda: not view.foot.isAncestorOf(view.foot.day))
    qtbot.waitUntil(lambda: _is_in_sight(field))
    why = view.foot.why.field
    qtbot.waitUntil(lambda: why.height() > 60 and not _is_in_sight(why))
    qtbot.wait(50)
    QTest.keyClick(focus(), Qt.Key.Key_W, _ALT)
    assert why.hasFocus()
    qtbot.waitUntil(lambda: _is_in_sight(why))
    theme.apply(qapp, "light", 100)
    qtbot.waitUntil(lambda: view.foot.isAncestorOf(view.foot.day))
    assert why.hasFocus()


def test_who_goes_back_sees_whom_it_moves_and_writes_why(view: RulesView) -> None:
    back = listen(view.went_back)
    QTest.keyClick(focus(), Qt.Key.Key_R, _ALT)
    assert back == [()]
    assert view.foot.why.field.hasFocus()


def _is_in_sight(field: QWidget) -> bool:
    return field.visibleRegion().boundingRect().height() == field.height()
