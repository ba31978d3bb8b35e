"""A bar of completion beside elapsed time."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.widgets import painting


class PaceBar(QWidget):
    """The bar is what is done, the tick where time stands; both from 0 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self._done, self._elapsed = 0.0, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def draw(self, done: float, elapsed: float, words: str) -> None:
        """Show both; `words` say the same to a screen reader."""
        self._done, self._elapsed = done, elapsed
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        look = theme.current()
        return QSize(look.px(100), look.px(12))

    def minimumSizeHint(self) -> QSize:
        look = theme.current()
        return QSize(look.px(40), look.px(12))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(self.rect()).adjusted(0, look.px(2), 0, -look.px(2))
        painting.pace(painter, bar, self._done, self._elapsed)
