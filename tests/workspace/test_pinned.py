"""While her card is out of sight her name and red flags stay; in sight they are there once."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.pages import focus, on_screen
from tests.ui.cuts import problems
from ui import gallery, theme, words
from ui.gallery_parts import NOW
from ui.gallery_screens import workspace
from ui.widgets.texts import BadgeLabel, FlagLabel, SpanLabel
from ui.workspace.view import WorkspaceView

SCREENS = workspace("zh_CN")
LARGE = [((1366, 768), 150), ((1280, 720), 150), ((1366, 768), 200), ((1280, 720), 200)]


@pytest.fixture(autouse=True)
def usual_look(qapp: QApplication) -> Iterator[None]:
    before = words.language()
    yield
    words.switch(before)
    theme.apply(qapp, "light", 100)


@pytest.fixture
def view(qtbot: QtBot) -> WorkspaceView:
    view = on_screen(qtbot, WorkspaceView(now=lambda: NOW))
    view.setMinimumSize(1, 1)
    view.draw(SCREENS["in-call"])
    view.setFocus()
    return view


def look(
    view: WorkspaceView, app: QApplication, size: tuple[int, int] = (1366, 768), zoom: int = 150
) -> None:
    theme.apply(app, "light", zoom)
    view.resize(*size)
    rest(app)


def rest(app: QApplication) -> None:
    for _ in range(3):
        gallery.settle(app)


def flags(within: QWidget) -> list[FlagLabel]:
    """In the order in which they are read."""
    found = [one for one in within.findChildren(FlagLabel) if not one.isHidden()]
    return sorted(found, key=lambda one: (one.y(), one.x()))


def said(within: QWidget) -> list[tuple[str, str]]:
    return [
        (label.words(), str(one.property("tone")))
        for one in flags(within)
        for label in one.findChildren(SpanLabel)
    ]


def place(view: WorkspaceView, part: QWidget) -> QRect:
    """Where it is in what is seen of the middle."""
    return QRect(part.mapTo(view._area, QPoint()), part.size())


def seen(view: WorkspaceView) -> list[FlagLabel]:
    """The flags that can be read whole, be it on her card or in the line."""
    room = view._area.viewport().geometry()
    line = view.pinned.geometry() if view.pinned.isVisible() else QRect()
    hers = [one for one in flags(view.person) if not place(view, one).intersects(line)]
    pinned = flags(view.pinned) if view.pinned.isVisible() else []
    return [one for one in (*hers, *pinned) if room.contains(place(view, one))]


@pytest.mark.parametrize(("size", "zoom"), LARGE)
def test_in_large_type_every_flag_is_seen_while_she_sells(
    view: WorkspaceView, qapp: QApplication, size: tuple[int, int], zoom: int
) -> None:
    look(view, qapp, size, zoom)
    for name in ("in-call", "wrap-up", "wrap-up-missed", "flagged"):
        view.draw(SCREENS[name])
        rest(qapp)
        person = SCREENS[name].person
        assert person is not None
        assert view.pinned.isVisible()
        assert said(view.pinned) == [(flag.text, flag.tone.value) for flag in person.flags]
        assert seen(view) == flags(view.pinned)
        assert view.pinned.findChildren(SpanLabel)[0].words() == person.name
        badges = [one.text() for one in view.pinned.findChildren(BadgeLabel)]
        assert badges == [person.badges[0].text]
        assert view.pinned.accessibleName() == " · ".join(
            (person.name, person.badges[0].text, *(flag.text for flag in person.flags))
        )
        assert problems(view) == []


@pytest.mark.parametrize(("size", "zoom"), LARGE)
def test_a_long_name_cuts_nothing(
    view: WorkspaceView, qapp: QApplication, size: tuple[int, int], zoom: int
) -> None:
    look(view, qapp, size, zoom)
    screen = SCREENS["in-call"]
    assert screen.person is not None
    name = "古丽巴哈尔·阿卜杜热合曼·买买提江·阿布都克里木·吐尔逊"
    view.draw(replace(screen, person=replace(screen.person, name=name)))
    rest(qapp)
    assert view.pinned.isVisible()
    assert problems(view) == []


def test_on_all_the_way_flags_are_seen_once_and_nothing_jumps(
    view: WorkspaceView, qapp: QApplication
) -> None:
    look(view, qapp)
    bar, height = view._area.verticalScrollBar(), view._area.viewport().height()
    inside = view._in_sight._inside
    shown = []
    for value in (*range(bar.maximum() + 1), *reversed(range(bar.maximum() + 1))):
        bar.setValue(value)
        shown.append(view.pinned.isVisible())
        assert len(seen(view)) == 1, value
        assert (bar.value(), -inside.y()) == (value, value)
        assert view._area.viewport().height() == height
    turns = [one for one, other in pairwise(shown) if one != other]
    assert turns == [False, True]


def test_tabs_are_whole_in_type_that_has_grown(view: WorkspaceView, qapp: QApplication) -> None:
    look(view, qapp)
    assert view._tabs.isVisible()
    assert problems(view) == []


def test_where_all_is_in_sight_there_is_no_line(view: WorkspaceView, qapp: QApplication) -> None:
    look(view, qapp, zoom=100)
    assert view._area.verticalScrollBar().maximum() == 0
    assert not view.pinned.isVisible()
    assert len(seen(view)) == 1


def test_of_one_without_flags_the_name_stays(view: WorkspaceView, qapp: QApplication) -> None:
    person = SCREENS["in-call"].person
    assert person is not None
    view.draw(replace(SCREENS["in-call"], person=replace(person, flags=())))
    look(view, qapp)
    assert view.pinned.isVisible()
    assert flags(view.pinned) == []
    assert view.pinned.accessibleName() == "周文静 · V 充值卡"


def test_a_flag_that_comes_during_the_call_is_seen_at_once(
    view: WorkspaceView, qapp: QApplication
) -> None:
    look(view, qapp)
    person, more = SCREENS["in-call"].person, SCREENS["flagged"].person
    assert person is not None
    assert more is not None
    view.draw(replace(SCREENS["in-call"], person=replace(person, flags=more.flags[:1])))
    rest(qapp)
    assert said(view.pinned) == [("勿扰", "bad")]
    assert seen(view) == flags(view.pinned)


def _tab_to(part: QWidget) -> None:
    for _ in range(60):
        if part.hasFocus():
            return
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
    raise AssertionError(part)


@pytest.mark.parametrize("name", ["in-call", "wrap-up"])
def test_her_card_comes_back_by_key_by_click_and_by_tab(
    view: WorkspaceView, qapp: QApplication, name: str
) -> None:
    view.draw(SCREENS[name])
    look(view, qapp)
    bar = view._area.verticalScrollBar()
    down = bar.value()
    assert down > 0
    QTest.keyClick(focus(), Qt.Key.Key_Home)
    assert (bar.value(), view.pinned.isVisible()) == (0, False)
    bar.setValue(down)
    QTest.mouseClick(view.pinned, Qt.MouseButton.LeftButton)
    assert (bar.value(), view.pinned.isVisible()) == (0, False)
    bar.setValue(down)
    if name == "in-call":
        _tab_to(view.pinned)
    view.pinned.setFocus()  # In wrap-up Tab turns the form.
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    rest(qapp)
    assert (bar.value(), view.pinned.isVisible()) == (0, False)
    assert focus() is view


def test_home_wins_over_what_the_keys_have_just_come_to(
    view: WorkspaceView, qapp: QApplication
) -> None:
    view.draw(SCREENS["wrap-up"])
    look(view, qapp)
    view.wrap_up.next.setFocus()
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    QTest.keyClick(focus(), Qt.Key.Key_Home)
    rest(qapp)
    assert view._area.verticalScrollBar().value() == 0


def test_home_in_the_note_goes_to_the_line_that_is_written(
    view: WorkspaceView, qapp: QApplication
) -> None:
    look(view, qapp)
    down = view._area.verticalScrollBar().value()
    view.note.start()
    QTest.keyClick(focus(), Qt.Key.Key_Home)
    assert view._area.verticalScrollBar().value() == down
    assert view.note.field.textCursor().atBlockStart()


def test_what_is_asked_why_is_seen(view: WorkspaceView, qapp: QApplication) -> None:
    look(view, qapp)
    QTest.keyClick(focus(), Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    assert view._area.verticalScrollBar().value() == 0


def test_a_screen_reader_hears_the_flags_with_her_card(view: WorkspaceView) -> None:
    assert view.person.accessibleDescription().startswith("虾类过敏. ")


@pytest.mark.parametrize("size", [(1366, 768), (1280, 720)])
@pytest.mark.parametrize("zoom", [100, 125, 150, 200])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_she_can_do_stands_in_one_row(
    view: WorkspaceView, qapp: QApplication, language: str, zoom: int, size: tuple[int, int]
) -> None:
    words.switch(words.Language(language))
    look(view, qapp, (1920, 1080), zoom)
    view.resize(*size)
    for name in ("in-call", "wrap-up", "ready"):
        view.draw(workspace(language)[name])
        rest(qapp)
        bar = view.action_bar
        shown = [one for one in bar.children() if isinstance(one, QWidget) and one.isVisible()]
        middles = [one.geometry().center().y() for one in shown]
        assert max(middles) - min(middles) <= 1
        assert all(one.width() >= one.sizeHint().width() for one in shown)
        assert all(one.geometry().right() < other.x() for one, other in pairwise(shown))
        assert shown[-1].geometry().right() <= bar.width()
        assert shown[1].accessibleName() == {"zh_CN": "登记客诉", "en": "Log complaint"}[language]
        assert problems(view) == []
