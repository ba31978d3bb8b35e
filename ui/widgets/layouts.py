"""A row that wraps, and the small chores every hand-built form has."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui import theme


class FlowLayout(QLayout):
    """Sets its widgets in a row and goes on below when the row is full.

    Widgets from index `right_from` on stand at the right edge of their row.
    """

    def __init__(
        self, gap: float = 8, *, row_gap: float = 6, right_from: int | None = None
    ) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._right_from = right_from
        self._row_gap = row_gap
        theme.space(self, gap=gap)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = self._rows(width - self._side())
        gaps = theme.current().px(self._row_gap) * max(0, len(rows) - 1)
        return sum(self._tallest(row, width - self._side()) for row in rows) + gaps + self._ends()

    def sizeHint(self) -> QSize:
        shown = self._shown()
        width = sum(item.sizeHint().width() for item in shown)
        width += self.spacing() * max(0, len(shown) - 1)
        tallest = max((item.sizeHint().height() for item in shown), default=0)
        return QSize(width + self._side(), tallest + self._ends())

    def minimumSize(self) -> QSize:  # noqa: N802  # Qt's own name.
        sizes = [item.minimumSize() for item in self._shown()]
        widest = max((size.width() for size in sizes), default=0)
        tallest = max((size.height() for size in sizes), default=0)
        return QSize(widest + self._side(), tallest + self._ends())

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        inner = rect.marginsRemoved(self.contentsMargins())
        rows, top = self._rows(inner.width()), inner.top()
        for row in rows:
            height = self._tallest(row, inner.width())
            self._place(row, QRect(inner.left(), top, inner.width(), height))
            top += height + theme.current().px(self._row_gap)

    def _place(self, row: list[QLayoutItem], line: QRect) -> None:
        left = line.left()
        slack = line.width() - self._length(row, line.width())
        for item in row:
            if self._is_first_right(item, row):
                left += max(0, slack)
            size = self._size(item, line.width())
            item.setGeometry(QRect(left, line.top() + (line.height() - size.height()) // 2,
                                   size.width(), size.height()))  # fmt: skip
            left += size.width() + self.spacing()

    def _is_first_right(self, item: QLayoutItem, row: list[QLayoutItem]) -> bool:
        if self._right_from is None:
            return False
        right = self._items[self._right_from :]
        return item is next((one for one in row if one in right), None)

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = []
        for item in self._shown():
            if rows and self._length([*rows[-1], item], width) <= width:
                rows[-1].append(item)
            else:
                rows.append([item])
        return rows

    def _length(self, row: list[QLayoutItem], width: int) -> int:
        lengths = sum(self._size(item, width).width() for item in row)
        return lengths + self.spacing() * (len(row) - 1)

    def _tallest(self, row: list[QLayoutItem], width: int) -> int:
        return max(self._size(item, width).height() for item in row)

    @staticmethod
    def _size(item: QLayoutItem, width: int) -> QSize:
        size = item.sizeHint()
        if size.width() > width and item.hasHeightForWidth():
            return QSize(width, item.heightForWidth(width))
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _side(self) -> int:
        margins = self.contentsMargins()
        return margins.left() + margins.right()

    def _ends(self) -> int:
        margins = self.contentsMargins()
        return margins.top() + margins.bottom()


def column(parent: QWidget | None = None, *margins: float, gap: float = 0) -> QVBoxLayout:
    """Return a vertical layout with lengths at 100 %."""
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    theme.space(layout, *margins, gap=gap)
    return layout


def row(parent: QWidget | None = None, *margins: float, gap: float = 0) -> QHBoxLayout:
    """Return a horizontal layout with lengths at 100 %."""
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    theme.space(layout, *margins, gap=gap)
    return layout


def clear(layout: QLayout) -> None:
    """Take out and destroy everything a layout holds."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        inner = item.layout()
        if inner is not None:
            clear(inner)


def fill(layout: QBoxLayout, *widgets: QWidget) -> None:
    for widget in widgets:
        layout.addWidget(widget)


def mark(widget: QWidget, **properties: object) -> None:
    """Set properties the style sheet asks for, and restyle only when one is new."""
    fresh = {name: value for name, value in properties.items() if widget.property(name) != value}
    for name, value in fresh.items():
        widget.setProperty(name, value)
    if fresh:
        for one in (widget, *widget.findChildren(QWidget)):
            one.style().unpolish(one)
            one.style().polish(one)
        widget.update()


def show_if(widget: QWidget, wanted: bool) -> None:  # noqa: FBT001  # It is the value itself.
    """Show or hide a part; one without a parent yet is never shown, as it would be a window."""
    if not wanted:
        widget.hide()
    elif widget.parentWidget() is not None:
        widget.show()


def scrolled(inside: QWidget, area: QScrollArea | None = None) -> QScrollArea:
    """Return a frameless area that scrolls its contents up and down, never sideways."""
    area = area or QScrollArea()
    area.setProperty("kind", "clear")
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area


def in_order(stops: Sequence[QWidget]) -> None:
    """Lead Tab from one to the next."""
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
