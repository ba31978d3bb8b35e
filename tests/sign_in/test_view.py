"""The card of the sign-in: typed into, pressed, and never cut."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ui import theme, words
from ui.sign_in.screen import Field, Labels, Person, Screen, Stage, Trouble
from ui.sign_in.view import SignInView
from ui.theme import Scheme
from ui.widgets.buttons import KeyButton
from ui.widgets.values import Progress
from ui.words import Language

_LONG = "请检查用户名和密码，以及大写锁定是否打开。忘记密码请找服务器管理员重设。"
FORM = Screen(
    Stage.FORM,
    Labels(
        "登录",
        fields={Field.HUB: "服务器地址", Field.NAME: "用户名", Field.PASSWORD: "密码"},
        button="登录",
    ),
    hub="https://hub.example",
    focus=Field.NAME,
)


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> Iterator[SignInView]:
    theme.apply(qapp, Scheme.LIGHT, 100)
    view = SignInView()
    qtbot.addWidget(view)
    view.resize(1366, 768)
    view.show()
    yield view
    theme.apply(qapp, Scheme.LIGHT, 100)


def test_typing_and_enter_say_what_stands_in_the_fields(view: SignInView, qtbot: QtBot) -> None:
    view.draw(FORM)

    QTest.keyClicks(view.lines[Field.NAME].edit, "lin")
    QTest.keyClicks(view.lines[Field.PASSWORD].edit, "secret")
    with qtbot.waitSignal(view.submitted) as said:
        QTest.keyClick(view.lines[Field.PASSWORD].edit, Qt.Key.Key_Return)

    assert said.args == [
        {Field.HUB: "https://hub.example", Field.NAME: "lin", Field.PASSWORD: "secret"}
    ]


def test_enter_goes_on_to_an_empty_field(view: SignInView, qtbot: QtBot) -> None:
    view.draw(FORM)
    QTest.keyClicks(view.lines[Field.NAME].edit, "lin")
    with qtbot.assertNotEmitted(view.submitted):
        QTest.keyClick(view.lines[Field.NAME].edit, Qt.Key.Key_Return)
    assert view.lines[Field.PASSWORD].edit.hasFocus()


def test_what_was_typed_stays_when_a_problem_is_said(view: SignInView, qtbot: QtBot) -> None:
    view.draw(FORM)
    QTest.keyClicks(view.lines[Field.NAME].edit, "lin")

    view.draw(_with_trouble())

    assert view.lines[Field.NAME].edit.text() == "lin"
    assert view.trouble.isVisible()
    assert view.lines[Field.PASSWORD].edit.hasFocus()


def test_secrets_are_never_readable_and_do_not_outlive_their_pane(
    view: SignInView, qtbot: QtBot
) -> None:
    view.draw(FORM)
    password = view.lines[Field.PASSWORD].edit
    QTest.keyClicks(password, "secret")
    assert password.displayText() != "secret"

    view.draw(Screen(Stage.WORKING, Labels("请稍候"), progress=Progress("正在连接…", "", 0, 0)))
    view.draw(FORM)

    assert password.text() == ""


def test_enter_does_nothing_while_it_works(view: SignInView, qtbot: QtBot) -> None:
    said: list[object] = []
    view.submitted.connect(said.append)
    view.draw(Screen(Stage.WORKING, Labels("请稍候"), progress=Progress("正在连接…", "", 0, 0)))

    QTest.keyClick(view, Qt.Key.Key_Return)

    assert said == []
    assert not any(link.hasFocus() for link in view.languages.values())


def test_enter_tries_again_where_there_is_no_field(view: SignInView, qtbot: QtBot) -> None:
    said: list[object] = []
    view.submitted.connect(said.append)
    view.draw(Screen(Stage.WORKING, Labels("请稍候"), progress=Progress("正在连接…", "", 0, 0)))
    view.draw(Screen(Stage.SHUT, Labels("资料没有打开", button="重试", other="换个账户")))
    qtbot.waitUntil(lambda: QApplication.focusWidget() is view.button)

    QTest.keyClick(view.button, Qt.Key.Key_Return)

    assert said == [{}]


def test_an_invited_person_is_one_press_away(view: SignInView, qtbot: QtBot) -> None:
    people = (Person("林晓燕", "销售"), Person("吴敏", "组长"))
    view.draw(Screen(Stage.FORM, FORM.labels, people=people))
    buttons = [button for button in view.findChildren(KeyButton) if button is not view.button]

    with qtbot.waitSignal(view.invited) as said:
        QTest.mouseClick(buttons[1], Qt.MouseButton.LeftButton)

    assert said.args == [1]
    assert [button.accessibleName() for button in buttons] == ["林晓燕 · 销售", "吴敏 · 组长"]


def test_the_language_is_one_press_away(view: SignInView, qtbot: QtBot) -> None:
    before = words.language()
    view.draw(FORM)

    QTest.mouseClick(view.languages[Language.ENGLISH], Qt.MouseButton.LeftButton)

    assert words.language() is Language.ENGLISH
    words.switch(before)


@pytest.mark.parametrize("zoom", [80, 100, 150])
@pytest.mark.parametrize("scheme", list(Scheme))
def test_nothing_is_cut(view: SignInView, qapp: QApplication, zoom: int, scheme: Scheme) -> None:
    theme.apply(qapp, scheme, zoom)
    view.draw(_with_trouble())
    QApplication.processEvents()
    QApplication.processEvents()

    cut = [label.text() for label in view.findChildren(QLabel) if _is_cut(label)]

    assert cut == []


def test_every_field_and_button_has_a_name_for_screen_readers(view: SignInView) -> None:
    view.draw(FORM)

    shown = [view.lines[name].edit for name in (Field.HUB, Field.NAME, Field.PASSWORD)]

    assert [edit.accessibleName() for edit in shown] == ["服务器地址", "用户名", "密码"]
    assert view.button.accessibleName() == "登录"


def _with_trouble() -> Screen:
    trouble = Trouble("用户名或密码不对", _LONG * 2, Field.PASSWORD)
    return replace(FORM, trouble=trouble, focus=Field.PASSWORD)


def _is_cut(label: QLabel) -> bool:
    if not label.isVisible() or not label.text():
        return False
    if label.wordWrap():
        return label.heightForWidth(label.width()) > label.height()
    return label.sizeHint().width() > label.width() + 1
