"""A question before something is done: what happens if she says yes."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from ui import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import FlowLayout, clear, column, mark, scrolled, show_if
from ui.widgets.texts import SpanLabel


@dataclass(frozen=True, slots=True)
class Confirm:
    """What happens if she says yes."""

    title: str
    lines: tuple[str, ...]
    yes: str
    no: str


class _Lines(QScrollArea):
    """As high as its lines where there is room, else they scroll."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._whole())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self._whole(), theme.current().px(44)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # How high lines are that wrap is known only once they have their width.
        self.updateGeometry()

    def _whole(self) -> int:
        inside = self.widget()
        return max(0, inside.heightForWidth(self.viewport().width())) if inside else 0


class ConfirmCard(QFrame):
    """What happens if she says yes; what does not fit scrolls by Page Up and Page Down.

    Signals: `agreed`, `declined`.
    """

    agreed = Signal()
    declined = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "strip")
        mark(self, tone="brand")
        self._confirm: Confirm | None = None
        inside = QWidget()
        inside.setProperty("kind", "clear")
        self._title, self._lines = SpanLabel("strong", wrap=True), column(inside, gap=3)
        self._area = scrolled(inside, _Lines())
        self.yes, self.no = KeyButton("primary", "", "Enter"), KeyButton("action", "", "Esc")
        buttons = FlowLayout(10)
        for part in (self.yes, self.no):
            buttons.addWidget(part)
        layout = column(self, 18, 10, 18, 10, gap=8)
        layout.addWidget(self._title)
        layout.addWidget(self._area)
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
        self._area.updateGeometry()
        self._area.verticalScrollBar().setValue(0)
        self.yes.say(confirm.yes)
        self.no.say(confirm.no)
        told = ". ".join((confirm.title, *confirm.lines))
        self.yes.setAccessibleDescription(told)
        QWidget.setTabOrder(self.yes, self.no)
        if before is None:
            self.yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self._area.verticalScrollBar()
        ways = {Qt.Key.Key_PageUp: -bar.pageStep(), Qt.Key.Key_PageDown: bar.pageStep()}
        if event.key() in ways:
            bar.setValue(bar.value() + ways[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
