"""The list of screens: name, title, what makes it, the right it needs."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from lumi_desk.clock import Clock
from lumi_desk.desk import Desk
from lumi_desk.security.roles import Right, may
from ui.board.view import BoardView
from ui.lane import Lane
from ui.words import N_
from ui.workspace.view import WorkspaceView


@dataclass(frozen=True)
class Shell:
    """What the window lends a screen. The lane already belongs to the screen's place in it."""

    desk: Desk
    lane: Lane
    now: Clock
    go: Callable[[str], None]
    show_sync: Callable[[], None]
    show_account: Callable[[], None]


@dataclass(frozen=True)
class Made:
    """A view, and its presenter, which lanes and signals hold only weakly."""

    view: QWidget
    presenter: object


@dataclass(frozen=True)
class Entry:
    """One screen. `make` gives its view, whose layout may begin with a bar of `kind` "top"."""

    name: str
    title: str
    make: Callable[[Shell], Made]
    right: Right


def _workspace(shell: Shell) -> Made:
    view = WorkspaceView(now=shell.now)
    view.sync_wanted.connect(shell.show_sync)
    view.account_wanted.connect(shell.show_account)
    return Made(view, None)


def _board(shell: Shell) -> Made:
    view = BoardView()
    view.went.connect(shell.go)
    view.sync_wanted.connect(shell.show_sync)
    view.account_wanted.connect(shell.show_account)
    return Made(view, None)


SCREENS: tuple[Entry, ...] = (
    Entry("workspace", N_("Today's list"), _workspace, Right.CONTACT),
    Entry("board", N_("Team targets"), _board, Right.LEAD),
)


def open_to(role: str) -> tuple[Entry, ...]:
    """The screens a role may see."""
    return tuple(entry for entry in SCREENS if may(role, entry.right))
