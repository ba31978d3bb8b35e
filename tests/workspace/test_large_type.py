"""Large type on small screens: what the moment is about is seen, and the key map is legible."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from tests.pages import focus, on_screen
from ui import theme
from ui.gallery_parts import NOW
from ui.gallery_screens import workspace
from ui.widgets.keys_card import KeysCard
from ui.widgets.texts import SpanLabel
from ui.workspace.view import WorkspaceView

SCREENS = workspace("zh_CN")
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def view(qtbot: QtBot) -> WorkspaceView:
    view = on_screen(qtbot, WorkspaceView(now=lambda: NOW))
    view.draw(SCREENS["in-call"])
    view.setFocus()
    return view


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focus(), key, modifier)


def _look(view: WorkspaceView, app: QApplication, size: tuple[int, int], zoom: int) -> None:
    """A window no larger than the screen, whatever its parts would like."""
    view.setMinimumSize(1, 1)
    theme.apply(app, "light", zoom)
    view.resize(*size)


def _in_sight(view: WorkspaceView, part: QWidget) -> bool:
    """Whether all of it is seen below her line, or as much as there is room for, from its top."""
    room, gap = view._area.viewport().height(), theme.current().px(14)
    line = view.pinned.height() if view.pinned.isVisible() else 0
    top = part.mapTo(view._area, QPoint()).y()
    ends_there = top + part.height() <= room
    return part.isVisible() and line <= top and (ends_there or top <= line + gap)


@pytest.mark.parametrize(("size", "zoom"), [((1280, 720), 150), ((1366, 768), 200)])
def test_in_large_type_the_moments_part_comes_into_sight(
    view: WorkspaceView, qtbot: QtBot, qapp: QApplication, size: tuple[int, int], zoom: int
) -> None:
    view.draw(SCREENS["ready"])
    _look(view, qapp, size, zoom)
    qtbot.waitUntil(lambda: _in_sight(view, view.person))
    view.draw(SCREENS["dialled"])
    qtbot.waitUntil(lambda: _in_sight(view, view.dial))
    view.draw(SCREENS["in-call"])
    qtbot.waitUntil(lambda: _in_sight(view, view.script.words))
    qtbot.waitUntil(lambda: _in_sight(view, view.script._buttons[0]))
    press(Qt.Key.Key_Slash)
    qtbot.waitUntil(lambda: _in_sight(view, view.script.search))
    press(Qt.Key.Key_Escape)
    view.draw(SCREENS["wrap-up"])
    qtbot.waitUntil(lambda: _in_sight(view, view.wrap_up.outcomes))
    press(Qt.Key.Key_B, ALT)
    qtbot.waitUntil(lambda: _in_sight(view, view.wrap_up.next))
    view.draw(SCREENS["callback"])
    qtbot.waitUntil(lambda: _in_sight(view, view.ask))


def test_page_keys_scroll_and_what_she_scrolled_stays(
    view: WorkspaceView, qtbot: QtBot, qapp: QApplication
) -> None:
    _look(view, qapp, (1280, 720), 150)
    qtbot.waitUntil(lambda: _in_sight(view, view.script.words))
    view.setFocus()
    bar = view._area.verticalScrollBar()
    press(Qt.Key.Key_PageUp)
    press(Qt.Key.Key_PageUp)
    assert bar.value() == 0
    view.draw(replace(SCREENS["in-call"], toast=None))
    qtbot.wait(50)
    assert bar.value() == 0
    press(Qt.Key.Key_PageDown)
    assert bar.value() > 0


@pytest.mark.parametrize(
    ("size", "zoom", "scrolls"), [((1366, 768), 100, False), ((1366, 768), 200, True)]
)
def test_the_key_map_is_legible_in_every_size(
    view: WorkspaceView, qapp: QApplication, size: tuple[int, int], zoom: int, scrolls: bool
) -> None:
    _look(view, qapp, size, zoom)
    view.setFocus()
    press(Qt.Key.Key_Question)
    card = view.findChild(KeysCard)
    assert card is not None
    qapp.processEvents()
    words = card.findChildren(SpanLabel)
    assert all(one.height() >= one.sizeHint().height() for one in words)
    assert all(one.width() >= one.sizeHint().width() for one in words)
    bar = card.findChildren(QScrollBar)
    assert any(one.maximum() > 0 for one in bar) is scrolls
    if scrolls:
        press(Qt.Key.Key_PageDown)
        assert any(one.value() > 0 for one in bar)
    assert card.isVisible()
    press(Qt.Key.Key_Escape)
    assert not card.isVisible()
