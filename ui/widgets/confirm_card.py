"""A question before something is done: what happens if she says yes."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import FlowLayout, clear, column, mark, show_if
from ui.widgets.texts import SpanLabel


@dataclass(frozen=True, slots=True)
class Confirm:
    """What happens if she says yes."""

    title: str
    lines: tuple[str, ...]
    yes: str
    no: str


class ConfirmCard(QFrame):
    """What happens if she says yes. Signals: `agreed`, `declined`."""

    agreed = Signal()
    declined = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "strip")
        mark(self, tone="brand")
        self._confirm: Confirm | None = None
        self._title, self._lines = SpanLabel("strong", wrap=True), column(gap=3)
        self.yes, self.no = KeyButton("primary", "", "Enter"), KeyButton("action", "", "Esc")
        buttons = FlowLayout(10)
        for part in (self.yes, self.no):
            buttons.addWidget(part)
        layout = column(self, 18, 10, 18, 10, gap=8)
        layout.addWidget(self._title)
        layout.addLayout(self._lines)
        layout.addLayout(buttons)
        self.yes.clicked.connect(self.agreed)
        self.no.clicked.connect(self.declined)
        self.hide()

    def draw(self, confirm: Confirm | None) -> None:
        """Ask; the keys go to the answer."""
        before, self._confirm = self._confirm, confirm
        show_if(self, confirm is not None)
        if confirm is None or confirm == before:
            return
        self._title.say(confirm.title)
        clear(self._lines)
        for words in confirm.lines:
            label = SpanLabel("detail", words, wrap=True)
            self._lines.addWidget(label)
            label.show()
        self.yes.say(confirm.yes)
        self.no.say(confirm.no)
        told = ". ".join((confirm.title, *confirm.lines))
        self.yes.setAccessibleDescription(told)
        QWidget.setTabOrder(self.yes, self.no)
        if before is None:
            self.yes.setFocus(Qt.FocusReason.OtherFocusReason)
