"""A table of texts to look through; what does not fit is in the tip."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtCore import QPersistentModelIndex as Kept
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from ui import theme

Index = QModelIndex | Kept
Row = Sequence[str]
_ROW, _TOLD = 30, 2


class GridModel(QAbstractTableModel):
    """Rows of texts under headings; of `bold` rows the first and the third text stand out."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.headings: Row = ()
        self.rows: Sequence[Row] = ()
        self._bold: frozenset[int] = frozenset()

    def show_rows(self, headings: Row, rows: Sequence[Row], bold: frozenset[int]) -> bool:
        """Show these; returns whether there are others, or others stand out."""
        if (headings, rows, bold) == (self.headings, self.rows, self._bold):
            return False
        self.beginResetModel()
        self.headings, self.rows, self._bold = headings, rows, bold
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.headings):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        text = self.rows[index.row()][index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.headings[index.column()]}: {text or '–'}"
        if role == Qt.ItemDataRole.FontRole:
            return self._font(bold=index.row() in self._bold and not index.column())
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(index)
        return None

    @staticmethod
    def _font(*, bold: bool) -> QFont:
        return theme.current().font(theme.BODY, strong=bold)

    def _colour(self, index: Index) -> QColor:
        stands_out = index.column() == _TOLD and index.row() in self._bold
        return theme.current().colour("brand" if stands_out else "ink")


class Grid(QTableView):
    """Signals: `pointed(row)` where the keys stand, `opened(row)` on Enter or a double click."""

    pointed = Signal(int)
    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "grid")
        self.lines = GridModel(self)
        self.setModel(self.lines)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(10)
        self.viewport().installEventFilter(self)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def draw(
        self, headings: Row, rows: Sequence[Row], bold: frozenset[int], current: int = 0
    ) -> None:
        """Show the rows, the keys standing on one of them."""
        if self.lines.show_rows(headings, rows, bold):
            self.fit()
        if 0 <= current < len(rows) and self.currentIndex().row() != current:
            self.setCurrentIndex(self.lines.index(current, 0))

    def fit(self) -> None:
        """Give each column what its texts need; the last one takes the rest."""
        header = self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(theme.current().px(_ROW))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.resizeColumnsToContents()
        self._stretch()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()
            else:
                self.opened.emit(row)
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.pointed.emit(current.row())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.viewport() and event.type() == QEvent.Type.Resize:
            self._stretch()
        return super().eventFilter(watched, event)

    def _stretch(self) -> None:
        header = self.horizontalHeader()
        last = self.lines.columnCount() - 1
        slack = self.viewport().width() - header.length()
        if last >= 0 and slack > 0:
            header.resizeSection(last, header.sectionSize(last) + slack)
