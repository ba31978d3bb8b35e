"""A page on screen, and somebody who sits before one at a real hub."""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.hubs import Hub, Line
from tests.lane import LaneNow
from ui.widgets.page import AskingScreen

V = TypeVar("V", bound=QWidget)
S = TypeVar("S", bound=AskingScreen)


def on_screen(qtbot: QtBot, view: V, width: int = 1366, height: int = 768) -> V:
    """The view, shown in a window of its own which has the keys."""
    qtbot.addWidget(view)
    view.resize(width, height)
    with qtbot.waitExposed(view):
        view.show()
    view.activateWindow()
    return view


def listen(signal: SignalInstance) -> list[tuple[object, ...]]:
    """What is told from now on."""
    told: list[tuple[object, ...]] = []
    signal.connect(lambda *values: told.append(values))
    return told


def focus() -> QWidget:
    """Whatever has the keys."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


class Sitter(Generic[S]):
    """At her desk, on a line of her own. What she sees is `screen`; `does` is its presenter."""

    does: Any

    def __init__(self, hub: Hub, login: str) -> None:
        self.line: Line = hub.line()
        self.desk = hub.desk(login, self.line, seat=login)
        self.desk.sync_round()
        self.sit()

    def sit(self) -> None:
        """Open the page, as after a start of the program."""
        self.screens: list[S] = []
        self.lane = LaneNow(desk=self.desk)
        self.does = self.presenter()
        self.does.begin()

    def presenter(self) -> Any:
        """What decides what she sees."""
        raise NotImplementedError

    @property
    def screen(self) -> S:
        return self.screens[-1]

    @property
    def notice(self) -> str:
        return self.screen.notice.text if self.screen.notice else ""


P = TypeVar("P", bound=Sitter[Any])


def until_she_leaves(sitter: P) -> Iterator[P]:
    """For a fixture: her desk is closed after the test."""
    yield sitter
    sitter.desk.close()
