"""The note of this contact: always in sight, told at every change, saved as typed."""

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from ui import theme
from ui.widgets.layouts import column, mark, row
from ui.widgets.texts import KeyCap, SpanLabel
from ui.words import tr
from ui.workspace.screen import Note

_HEIGHT, _LOW = 86, 66


class NoteCard(QFrame):
    """Signals: `noted(text)`, the whole note after each change of hers; `left` on Esc."""

    noted = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._of: str | None = None
        self._title = SpanLabel("section")
        self._status = SpanLabel("label")
        self.field = QPlainTextEdit()
        self.field.setProperty("kind", "note")
        self.field.setTabChangesFocus(True)
        self.field.document().setDocumentMargin(0)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._tell)
        head = row(gap=8)
        head.addWidget(self._title)
        head.addWidget(self._status)
        head.addStretch()
        head.addWidget(KeyCap("Alt N"))
        layout = column(self, 14, 9, 14, 6, gap=2)
        layout.addLayout(head)
        layout.addWidget(self.field, 1)

    def draw(self, note: Note | None) -> None:
        self._title.say(tr("Follow-up note"))
        self.field.setAccessibleName(tr("Follow-up note"))
        self.field.setPlaceholderText(tr("What should the next call know?"))
        self.setEnabled(note is not None and note.enabled)
        self._status.say(note.status if note else "")
        of = note.of if note else None
        if of != self._of:
            # While the contact stays the same the field knows best: she may be in mid-word.
            self._of = of
            with QSignalBlocker(self.field):
                self.field.setPlainText(note.text if note else "")

    def set_low(self, low: bool) -> None:  # noqa: FBT001  # It is the value itself.
        self.setFixedHeight(theme.current().px(_LOW if low else _HEIGHT))

    def start(self) -> None:
        """Put the cursor behind the last word."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        cursor = self.field.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.field.setTextCursor(cursor)

    def _tell(self) -> None:
        self.noted.emit(self.field.toPlainText())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            mark(self, focused=event.type() == QEvent.Type.FocusIn)
        if isinstance(event, QKeyEvent) and _is_esc(event):
            self.left.emit()
            return True
        return super().eventFilter(watched, event)


def _is_esc(event: QKeyEvent) -> bool:
    return event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape
