"""A small table of figures: rows and columns with names, every cell a figure."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui import theme
from ui.widgets.layouts import show_if
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Count, Table

_ROW, _FEW = 30, 2
Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class MatrixModel(QAbstractTableModel):
    """Figures by row and column; those that move in bold, with what they mean as tip."""

    def __init__(self) -> None:
        super().__init__()
        self._table = Table("", (), ())

    def show_table(self, table: Table) -> None:
        """Show other figures."""
        if table != self._table:
            self.beginResetModel()
            self._table = table
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._table.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        across = orientation == Qt.Orientation.Horizontal
        if role == Qt.ItemDataRole.TextAlignmentRole and across:
            return _RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        told = self._table.columns if across else [name for name, _ in self._table.rows]
        if section >= len(told):
            return None
        # Names of several words stand in two lines where six columns have to fit.
        many = len(self._table.columns) > _FEW
        return "\n".join(told[section].rsplit(" ", 1)) if many else told[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        name, cells = self._table.rows[index.row()]
        cell = cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return cell.tip or f"{name} → {self._table.columns[index.column()]}: {cell.text}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        if role == Qt.ItemDataRole.FontRole:
            return self._font(cell)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(cell)
        return None

    @staticmethod
    def _font(cell: Count) -> QFont:
        return theme.current().font(theme.SMALL, strong=cell.moves)

    @staticmethod
    def _colour(cell: Count) -> QColor:
        return theme.current().colour("brand" if cell.moves else "ink")


class Matrix(QTableView):
    """A small table of figures, as tall as it is; `sides`, to stand above, says which is which."""

    def __init__(self) -> None:
        super().__init__()
        self.sides, self._model = SpanLabel("small"), MatrixModel()
        self.setModel(self._model)
        self.setProperty("kind", "matrix")
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
            header.setMinimumSectionSize(10)

    def draw(self, table: Table | None, name: str) -> None:
        """Show these figures; nothing without any."""
        for part in (self.sides, self):
            show_if(part, table is not None)
        if table is not None:
            self.sides.say(table.sides)
            self._model.show_table(table)
            self.setAccessibleName(name)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As tall as it is; columns wide enough, and sharing what is left."""
        across, down = self.horizontalHeader(), self.verticalHeader()
        down.setMinimumSectionSize(theme.current().px(_ROW))
        self.resizeRowsToContents()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.resizeColumnsToContents()
        slack = self.viewport().width() - across.length()
        columns = self._model.columnCount()
        if columns and slack > 0:
            for place in range(columns):
                across.resizeSection(place, across.sectionSize(place) + slack // columns)
        bar = self.horizontalScrollBar().sizeHint().height() if slack < 0 else 0
        self.setFixedHeight(across.sizeHint().height() + down.length() + bar + 2)
