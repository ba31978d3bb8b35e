"""A bar of what part of something is still to be done."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.widgets import painting


class ShareBar(QWidget):
    """Filled to a part from 0 to 1."""

    def __init__(self) -> None:
        super().__init__()
        self._part = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def draw(self, part: float, words: str) -> None:
        """Show the part; `words` say the same to a screen reader."""
        self._part = part
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        look = theme.current()
        return QSize(look.px(180), look.px(10))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painting.share(painter, QRectF(self.rect()), self._part, "bar_warn")
