"""The table of reps: a model of cells and the delegate that paints bars and badges."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import theme
from ui.board.screen import Bar, Cell, Heading, RepLine
from ui.widgets import painting
from ui.widgets.values import Tone

Index = QModelIndex | QPersistentModelIndex
LINE = Qt.ItemDataRole.UserRole
CELL = Qt.ItemDataRole.UserRole + 1
_ROW, _PAD, _BAR_WIDTH, _BAR_LEAST, _BAR_HEIGHT = 36, 8, 150, 84, 8
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RepsModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headings: tuple[Heading, ...] = ()
        self._lines: tuple[RepLine, ...] = ()

    def show_lines(self, headings: tuple[Heading, ...], lines: tuple[RepLine, ...]) -> None:
        if (headings, lines) != (self._headings, self._lines):
            self.beginResetModel()
            self._headings, self._lines = headings, lines
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._headings):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section].text
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._headings[section].formula or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        cell = self._cell(line, index.column())
        if role == LINE:
            return line
        if role == CELL:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.words if isinstance(cell, Bar) else cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            heading = self._headings[index.column()].text
            return f"{heading}: {cell.words if isinstance(cell, Bar) else cell.tip or cell.text}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return (cell.words if isinstance(cell, Bar) else cell.tip) or None
        return None

    @staticmethod
    def _cell(line: RepLine, column: int) -> Cell | Bar:
        if column == 0:
            tip = f"{line.name} {line.badge.text}" if line.badge else ""
            return Cell(line.name, strong=True, tip=tip)
        return line.cells[column - 1] if column <= len(line.cells) else Cell("")


class RepsDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return what the cell needs, so that columns can be fitted to their contents."""
        look = theme.current()
        cell, line = index.data(CELL), index.data(LINE)
        if isinstance(cell, Bar):
            return QSize(look.px(_BAR_LEAST + 2 * _PAD), look.px(_ROW))
        metrics = QFontMetrics(look.font(theme.BODY, strong=cell.strong or line.total))
        width = metrics.horizontalAdvance(cell.text) + look.px(2 * _PAD) + 2
        if index.column() == 0 and line.badge:
            width += painting.badge_width(line.badge) + look.px(6)
        return QSize(width, look.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme.current()
        rect: QRect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("brand_soft"))
        edge = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(edge, look.colour("line_soft"))
        pad = look.px(_PAD)
        self._cell(painter, rect.adjusted(pad, 0, -pad, 0), index)
        painter.restore()

    @staticmethod
    def _cell(painter: QPainter, rect: QRect, index: Index) -> None:
        look, cell, line = theme.current(), index.data(CELL), index.data(LINE)
        if isinstance(cell, Bar):
            width, height = min(rect.width(), look.px(_BAR_WIDTH)), look.px(_BAR_HEIGHT)
            left, top = rect.right() + 1 - width, rect.center().y() - height // 2 + look.px(1)
            painting.pace(painter, QRectF(left, top, width, height), cell.done, cell.elapsed)
            return
        strong = cell.strong or (line.total and cell.tone is not Tone.QUIET)
        font = look.font(theme.BODY, strong=strong)
        right = index.column() > 0
        took = painting.words(painter, rect, cell.text, font, cell.tone.value, right=right)
        if not right and line.badge:
            left = rect.left() + took + look.px(6)
            painting.badge(painter, left, rect.center().y(), line.badge)
