"""A question before something is done: what happens if she says yes."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

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

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

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


class QuestionCard(QFrame):
    """A question with something in its middle, a yes and a no. Signals: `agreed`, `declined`."""

    agreed = Signal()
    declined = Signal()

    def __init__(self, middle: QWidget) -> None:
        super().__init__()
        self.setProperty("kind", "strip")
        mark(self, tone="brand")
        self._title = SpanLabel("strong", wrap=True)
        self.yes, self.no = KeyButton("primary", "", "Enter"), KeyButton("action", "", "Esc")
        buttons = FlowLayout(10)
        for part in (self.yes, self.no):
            buttons.addWidget(part)
        layout = column(self, 18, 10, 18, 10, gap=8)
        layout.addWidget(self._title)
        layout.addWidget(middle)
        layout.addLayout(buttons)
        self.yes.clicked.connect(self.agreed)
        self.no.clicked.connect(self.declined)
        self.hide()

    def _say(self, title: str, yes: str, no: str) -> None:
        self._title.say(title)
        self.yes.say(yes)
        self.no.say(no)


class ConfirmCard(QuestionCard):
    """What happens if she says yes; what does not fit scrolls by Page Up and Page Down."""

    def __init__(self) -> None:
        inside = QWidget()
        inside.setProperty("kind", "clear")
        area = scrolled(inside, _Lines())
        super().__init__(area)
        self._area, self._lines = area, column(inside, gap=3)
        self._confirm: Confirm | None = None

    def draw(self, confirm: Confirm | None) -> None:
        """Ask; the keys go to the answer."""
        before, self._confirm = self._confirm, confirm
        show_if(self, confirm is not None)
        if confirm is None or confirm == before:
            return
        self._say(confirm.title, confirm.yes, confirm.no)
        clear(self._lines)
        for words in confirm.lines:
            label = SpanLabel("detail", words, wrap=True)
            self._lines.addWidget(label)
            label.show()
        self._area.updateGeometry()
        self._area.verticalScrollBar().setValue(0)
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
