"""A line to write: alone, and with its label and what is made of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.widgets.layouts import column, mark, row, show_if
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Entry


class AskField(QLineEdit):
    """Signals: `left` on Esc, `down` when the arrow wants the choices, `entered` on Enter."""

    left = Signal()
    down = Signal()
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.left.emit()
            case Qt.Key.Key_Down:
                self.down.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.entered.emit()
            case _:
                super().keyPressEvent(event)


class EntryLine(QWidget):
    """A label, a line to write, and what is made of it."""

    def __init__(self, *, wide: bool) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self.label, self.field = SpanLabel("label"), AskField()
        self._reading, self._problem = SpanLabel("label"), SpanLabel("bad", wrap=True)
        line = row(gap=8)
        line.addWidget(self.label)
        line.addWidget(self.field, int(wide))
        line.addWidget(self._reading)
        line.addStretch(int(not wide))
        layout = column(self, gap=2)
        layout.addLayout(line)
        layout.addWidget(self._problem)

    def draw(self, entry: Entry) -> None:
        """Show it; what is being typed is left alone."""
        self.label.say(entry.label)
        if self.field.text() != entry.text:
            self.field.setText(entry.text)
        self.field.setPlaceholderText(entry.placeholder)
        self.field.setAccessibleName(entry.label)
        self.field.setAccessibleDescription(entry.problem or entry.reading or entry.placeholder)
        self._reading.say(entry.reading)
        show_if(self._reading, bool(entry.reading))
        self._problem.say(entry.problem)
        show_if(self._problem, bool(entry.problem))
        mark(self.field, wrong=bool(entry.problem))
