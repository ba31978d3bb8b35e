"""The key map, laid over the page until Esc or a click."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui import theme
from ui.widgets.layouts import clear, column, mark, row, scrolled
from ui.widgets.texts import KeyCap, SpanLabel

Rows = tuple[tuple[tuple[str, ...], str], ...]


class KeysCard(QFrame):
    """Shows rows of (keys, what they do) in the middle of its parent.

    In two columns, or in one where there is no room for them; what is too high scrolls.
    Signals: `closed`.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "overlay")
        mark(self, overlay=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rows: Rows = ()
        layout = column(self, 22, 18, 22, 18, gap=12)
        self._title = SpanLabel("heading")
        layout.addWidget(self._title)
        self._inside = QWidget()
        self._inside.setProperty("kind", "clear")
        self._grid = QGridLayout(self._inside)
        theme.space(self._grid, gap=9)
        self._area = scrolled(self._inside)
        layout.addWidget(self._area)
        parent.installEventFilter(self)
        self.hide()

    def open(self, title: str, rows: Rows) -> None:
        self._title.say(title)
        self.setAccessibleName(title)
        self._rows = rows
        self.show()
        self.raise_()
        self._centre()
        self._area.verticalScrollBar().setValue(0)
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._centre()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self._area.verticalScrollBar()
        ways = {
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_Up: -bar.singleStep(),
            Qt.Key.Key_Down: bar.singleStep(),
        }
        if event.key() == Qt.Key.Key_Escape or event.text() in ("?", "？"):
            self.close_card()
        elif event.key() in ways:
            bar.setValue(bar.value() + ways[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.close_card()

    def close_card(self) -> None:
        self.hide()
        self.closed.emit()

    def _lay(self, columns: int) -> None:
        clear(self._grid)
        lines = -(-len(self._rows) // columns)
        for index, (keys, meaning) in enumerate(self._rows):
            line, side = index % lines, index // lines * 2
            caps = QWidget()
            # The second pair of columns stands a little apart from the first.
            held = row(caps, 22 if side else 0, 0, 6, 0, gap=5)
            for key in keys:
                held.addWidget(KeyCap(key))
            held.addStretch()
            words = SpanLabel("detail", meaning)
            for at, part in enumerate((caps, words)):
                self._grid.addWidget(part, line, side + at)
                part.show()

    def _centre(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        self._lay(2)
        wanted = self._wanted()
        if wanted.width() > parent.width():
            self._lay(1)
            wanted = self._wanted()
        self.resize(wanted.boundedTo(parent.size()))
        space = parent.size() - self.size()
        self.move(space.width() // 2, space.height() // 2)

    def _wanted(self) -> QSize:
        """As large as it is without scrolling."""
        self.ensurePolished()
        self._grid.activate()
        inside, title = self._grid.sizeHint(), self._title.sizeHint()
        edges, layout = self.contentsMargins(), self.layout()
        if layout is not None:
            edges += layout.contentsMargins()
        bar = self._area.verticalScrollBar().sizeHint().width()
        gap = layout.spacing() if layout is not None else 0
        return QSize(
            inside.width() + bar + edges.left() + edges.right(),
            inside.height() + title.height() + gap + edges.top() + edges.bottom(),
        )
