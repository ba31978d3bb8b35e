"""Whether a built copy works: it opens, signs in if it can, leaves one picture and ends."""

import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from ui.sign_in.view import SignInView
from ui.workspace.view import WorkspaceView

_EVERY_MS = 100
_PATIENCE_S = 60.0


def watch(window: QWidget, picture: Path, *, invited: bool) -> None:
    """Press the first person who can sign in by one press, and wait for her list.

    Where nobody is `invited`, the door itself is what is looked at. Ends the program with 0 when
    the picture could be kept, with 1 when nothing came.
    """
    Smoke(window, picture, invited=invited)


class Smoke(QTimer):
    """Looks every tenth of a second how far the window has come."""

    def __init__(self, window: QWidget, picture: Path, *, invited: bool) -> None:
        super().__init__(window)
        self._window, self._picture = window, picture
        self._invited, self._pressed = invited, False
        self._ends = time.monotonic() + _PATIENCE_S
        self.setInterval(_EVERY_MS)
        self.timeout.connect(self._look)
        self.start()

    def _look(self) -> None:
        if time.monotonic() > self._ends:
            self.stop()
            QApplication.exit(1)
        elif self._arrived():
            self.stop()
            QApplication.exit(0 if self._window.grab().save(str(self._picture)) else 1)

    def _arrived(self) -> bool:
        door = self._window.findChild(SignInView)
        if door is not None:
            return self._at_the_door(door)
        desk = self._window.findChild(WorkspaceView)
        screen = desk.shown() if desk is not None else None
        return screen is not None and screen.loading is None and bool(screen.queue.rows)

    def _at_the_door(self, door: SignInView) -> bool:
        """Whether there is nothing to do but to look at the door."""
        people = door.invitations()
        if people and not self._pressed:
            self._pressed = True
            people[0].click()
        return not self._invited
