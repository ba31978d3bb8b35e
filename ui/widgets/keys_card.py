"""The key map, laid over the page until Esc or a click."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui import theme
from ui.widgets.layouts import clear, column, mark, row
from ui.widgets.texts import KeyCap, SpanLabel


class KeysCard(QFrame):
    """Shows rows of (keys, what they do) in two columns, in the middle of its parent.

    Signals: `closed`.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "overlay")
        mark(self, overlay=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = column(self, 22, 18, 22, 18, gap=12)
        self._title = SpanLabel("heading")
        layout.addWidget(self._title)
        self._grid = QGridLayout()
        theme.space(self._grid, gap=9)
        layout.addLayout(self._grid)
        parent.installEventFilter(self)
        self.hide()

    def open(self, title: str, rows: tuple[tuple[tuple[str, ...], str], ...]) -> None:
        self._title.say(title)
        self.setAccessibleName(title)
        clear(self._grid)
        half = (len(rows) + 1) // 2
        for index, (keys, meaning) in enumerate(rows):
            line, side = index % half, index // half * 2
            caps = QWidget()
            # The second pair of columns stands a little apart from the first.
            held = row(caps, 22 if side else 0, 0, 6, 0, gap=5)
            for key in keys:
                held.addWidget(KeyCap(key))
            held.addStretch()
            self._grid.addWidget(caps, line, side)
            self._grid.addWidget(SpanLabel("detail", meaning), line, side + 1)
        self.show()
        self.raise_()
        self._centre()
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._centre()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape or event.text() in ("?", "？"):
            self.close_card()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.close_card()

    def close_card(self) -> None:
        self.hide()
        self.closed.emit()

    def _centre(self) -> None:
        parent = self.parentWidget()
        self.adjustSize()
        if parent is not None:
            self.resize(self.size().boundedTo(parent.size()))
            space = parent.size() - self.size()
            self.move(space.width() // 2, space.height() // 2)
