"""The table of figures and the RFM grid: their models, and what paints their cells."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ui import theme
from ui.figures.screen import Cell, Figures, Grid, Square
from ui.widgets import painting

Index = QModelIndex | QPersistentModelIndex
CELL = Qt.ItemDataRole.UserRole
_ROW, _PAD, _BAR, _ROWS = 30, 8, 4, 6
_SQUARE = 60
# The strongest ground of the grid: words on it still keep their contrast.
_STRONGEST = 0.3
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class FiguresModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.figures = Figures((), ())

    def show_figures(self, figures: Figures) -> bool:
        """Show these; returns whether they are others."""
        if figures == self.figures:
            return False
        self.beginResetModel()
        self.figures = figures
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.figures.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.figures.headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.figures.headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section < self.figures.names else _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.figures.rows[index.row()]
        cell = row[index.column()]
        if role == CELL:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            names = " ".join(one.text for one in row[: self.figures.names])
            return f"{names}, {self.figures.headings[index.column()]}: {cell.text}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if index.column() < self.figures.names else _RIGHT
        return None


class FiguresDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return what the cell needs, so that columns can be fitted to their contents."""
        look, cell = theme.current(), index.data(CELL)
        metrics = QFontMetrics(look.font(theme.BODY, strong=cell.strong))
        width = metrics.horizontalAdvance(cell.text) + look.px(2 * _PAD) + 2
        return QSize(width, look.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, cell = theme.current(), index.data(CELL)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("brand_soft"))
        edge = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(edge, look.colour("line_soft"))
        inner = rect.adjusted(look.px(_PAD), 0, -look.px(_PAD), 0)
        self._cell(painter, inner, cell, right=bool(index.data(_ALIGNED) & _FAR))
        painter.restore()

    @staticmethod
    def _cell(painter: QPainter, rect: QRect, cell: Cell, *, right: bool) -> None:
        look = theme.current()
        if cell.part is not None:
            tall = look.px(_BAR)
            bar = QRectF(rect.left(), rect.bottom() - tall - look.px(1), rect.width(), tall)
            painting.share(painter, bar, cell.part, "brand")
            rect = rect.adjusted(0, 0, 0, -tall)
        font = look.font(theme.BODY, strong=cell.strong)
        painting.words(painter, rect, cell.text, font, "ink", right=right)


_ALIGNED, _FAR = Qt.ItemDataRole.TextAlignmentRole, Qt.AlignmentFlag.AlignRight


class FiguresTable(QTableView):
    """Up and down walk through the rows; what does not fit can be scrolled."""

    def __init__(self) -> None:
        super().__init__()
        self._model = FiguresModel(self)
        self.setModel(self._model)
        self.setItemDelegate(FiguresDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        _set_up(self)

    def draw(self, figures: Figures, name: str) -> None:
        """Show them, the keys where they stood."""
        self.setAccessibleName(name)
        row = self.currentIndex().row()
        if self._model.show_figures(figures) and figures.rows:
            self.setCurrentIndex(self._model.index(min(max(row, 0), len(figures.rows) - 1), 0))
        self.fit()

    def fit(self) -> None:
        """Give each column what it needs, and share out the rest."""
        look = theme.current()
        self.verticalHeader().setDefaultSectionSize(look.px(_ROW))
        self.resizeColumnsToContents()
        _share_out(self)
        rows = self._model.rowCount()
        self.setMinimumHeight(self._tall(min(rows, _ROWS)))
        self.setMaximumHeight(self._tall(rows))

    def sizeHint(self) -> QSize:
        """A few rows: it takes the room there is, up to all of them."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def _tall(self, rows: int) -> int:
        header, bar = self.horizontalHeader(), self.horizontalScrollBar().sizeHint().height()
        more = bar if header.length() > self.viewport().width() else 0
        return header.sizeHint().height() + rows * theme.current().px(_ROW) + more + 2

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.viewport() and event.type() == QEvent.Type.Resize:
            self.fit()
        return super().eventFilter(watched, event)


class GridModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid: Grid | None = None

    def show_grid(self, grid: Grid) -> None:
        """Show it; where only another cell is chosen, nothing is made anew."""
        before, self.grid = self.grid, grid
        if before is None or (before.across, before.down, before.squares) != (
            grid.across, grid.down, grid.squares,
        ):  # fmt: skip
            self.beginResetModel()
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() or self.grid is None else len(self.grid.down)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() or self.grid is None else len(self.grid.across)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if self.grid is None or role != Qt.ItemDataRole.DisplayRole:
            return None
        told = self.grid.across if orientation == Qt.Orientation.Horizontal else self.grid.down
        return told[section] if 0 <= section < len(told) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.grid is None:
            return None
        square = self.grid.squares[index.row()][index.column()]
        if role == CELL:
            return square
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{square.count}\n{square.money}" if square.money else square.count
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{square.words}, {square.money}" if square.money else square.words
        return None


class SquareDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return what the cell needs, so that columns can be fitted to their contents."""
        look, square = theme.current(), index.data(CELL)
        strong = QFontMetrics(look.font(theme.BODY, strong=True))
        small = QFontMetrics(look.font(theme.SMALL))
        wide = max(strong.horizontalAdvance(square.count), small.horizontalAdvance(square.money))
        return QSize(wide + look.px(2 * _PAD) + 2, look.px(_SQUARE))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, square = theme.current(), index.data(CELL)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground(square.shade))
        if option.state & QStyle.StateFlag.State_Selected:
            here = option.state & QStyle.StateFlag.State_HasFocus
            painter.setPen(QPen(look.colour("focus" if here else "brand"), look.px(2)))
        painter.drawRoundedRect(box, look.px(4), look.px(4))
        self._words(painter, rect, square)
        painter.restore()

    @staticmethod
    def _words(painter: QPainter, rect: QRect, square: Square) -> None:
        look = theme.current()
        strong, small = look.font(theme.BODY, strong=True), look.font(theme.SMALL)
        tall = QFontMetrics(strong).height() + QFontMetrics(small).height()
        painter.setPen(look.colour("ink"))
        if not square.money:
            painter.setFont(small)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, square.count)
            return
        inside = QRect(rect.left(), rect.center().y() - tall // 2, rect.width(), tall)
        for font, side, text in (
            (strong, Qt.AlignmentFlag.AlignTop, square.count),
            (small, Qt.AlignmentFlag.AlignBottom, square.money),
        ):
            painter.setFont(font)
            painter.drawText(inside, side | Qt.AlignmentFlag.AlignHCenter, text)


class GridTable(QTableView):
    """Arrows walk through the cells. Signals: `chose(row, column)`."""

    chose = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._model = GridModel(self)
        self.setModel(self._model)
        self.setItemDelegate(SquareDelegate(self))
        self.setProperty("kind", "matrix")
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setSectionsClickable(False)
        self.verticalHeader().setHighlightSections(False)
        self.verticalHeader().setMinimumSectionSize(10)
        _set_up(self)

    def draw(self, grid: Grid, name: str) -> None:
        """Show it, the keys on the chosen cell."""
        self.setAccessibleName(name)
        self._model.show_grid(grid)
        here = self.currentIndex()
        if (here.row(), here.column()) != grid.chosen:
            self.setCurrentIndex(self._model.index(*grid.chosen))
        self.fit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chose.emit(current.row(), current.column())

    def fit(self) -> None:
        """As tall as it is; columns share the width."""
        look, across, down = theme.current(), self.horizontalHeader(), self.verticalHeader()
        down.setDefaultSectionSize(look.px(_SQUARE))
        self.resizeColumnsToContents()
        _share_out(self)
        bar = 0
        if across.length() > self.viewport().width():
            bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(across.sizeHint().height() + down.length() + bar + 2)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.viewport() and event.type() == QEvent.Type.Resize:
            self.fit()
        return super().eventFilter(watched, event)


def ground(shade: float) -> QColor:
    """The card with as much of the brand's colour as there are customers."""
    look = theme.current()
    card, brand = look.colour("card"), look.colour("brand")
    part = _STRONGEST * shade
    red, green, blue = (
        round(one * (1 - part) + other * part)
        for one, other in (
            (card.red(), brand.red()),
            (card.green(), brand.green()),
            (card.blue(), brand.blue()),
        )
    )
    return QColor(red, green, blue)


def _set_up(table: QTableView) -> None:
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionsClickable(False)
    header.setMinimumSectionSize(10)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.viewport().installEventFilter(table)


def _share_out(table: QTableView) -> None:
    """Give the columns the width that is left."""
    header = table.horizontalHeader()
    columns, slack = header.count(), table.viewport().width() - header.length()
    if columns and slack > 0:
        for place in range(columns):
            more = slack // columns + (slack % columns if place == 0 else 0)
            header.resizeSection(place, header.sectionSize(place) + more)
