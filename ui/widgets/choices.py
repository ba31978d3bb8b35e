"""A list of cards one of which is chosen, for screens with a list at their left."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from ui.widgets.buttons import CardButton
from ui.widgets.layouts import FlowLayout, clear, column, mark
from ui.widgets.texts import BadgeLabel, SpanLabel, mute
from ui.widgets.values import Badge

T = TypeVar("T")

_STEPS = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}


class ChoiceButton(CardButton):
    """One of the cards: a title with a badge, and a line below."""

    def __init__(
        self, name: str, title: str, line: str, badge: Badge | None, *, badge_right: bool = False
    ) -> None:
        super().__init__("choice")
        self.name = name
        head = FlowLayout(8, right_from=1) if badge_right else FlowLayout(8)
        head.addWidget(SpanLabel("strong", title, wrap=True, natural=True))
        if badge is not None:
            head.addWidget(BadgeLabel(badge))
        self.face.addLayout(head)
        self.face.addWidget(SpanLabel("small", line, wrap=True))
        mute(*self.findChildren(QWidget))
        told = (title, line, badge.text if badge else "")
        self.setAccessibleName(", ".join(part for part in told if part))


class Choices(QWidget):
    """The cards. Up and down go through them; whichever has the keys is `picked(name)`."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self.buttons: list[ChoiceButton] = []
        self._rows: tuple[object, ...] = ()
        self._chosen = ""
        held = column(self, 0, 0, 4, 0, gap=8)
        self._list = column(gap=8)
        held.addLayout(self._list)
        held.addStretch(1)

    def draw(
        self, rows: tuple[T, ...], chosen: str, make: Callable[[T], ChoiceButton], *, keys: bool
    ) -> None:
        """Show these rows; with `keys`, a list that is made anew gives the keys to the chosen."""
        self._chosen = chosen
        if rows != self._rows:
            keys = keys or QApplication.focusWidget() in self.buttons
            self._rows = rows
            clear(self._list)
            self.buttons = [make(one) for one in rows]
            for button in self.buttons:
                button.installEventFilter(self)
                button.clicked.connect(button.setFocus)
                self._list.addWidget(button)
                # Else it would be there only after the next event, too late for the keys.
                button.show()
            if keys:
                self.rest()
        for button in self.buttons:
            is_chosen = button.name == chosen
            mark(button, chosen=is_chosen)
            # Tab leads from the chosen card to what belongs to it, not through all others.
            policy = Qt.FocusPolicy.TabFocus if is_chosen else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def rest(self) -> None:
        """Give the keys to the chosen card."""
        button = next((each for each in self.buttons if each.name == self._chosen), None)
        if button is not None:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Make the cards anew when they are drawn next: their look has changed."""
        self._rows = ()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, ChoiceButton) or watched not in self.buttons:
            return False
        if event.type() == QEvent.Type.FocusIn:
            self.picked.emit(watched.name)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _STEPS.get(event.key(), 0)
            place = self.buttons.index(watched) + step
            if step and 0 <= place < len(self.buttons):
                self.buttons[place].setFocus(Qt.FocusReason.OtherFocusReason)
            return bool(step)
        return False
