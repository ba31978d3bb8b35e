"""The table of customers: a model that puts into words what is looked at, and its painting."""

from typing import Any, cast

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from ui import theme
from ui.customers.screen import Cell, CustomerLine, Heading, Lines
from ui.widgets import painting
from ui.widgets.values import Badge, Tone
from ui.words import tr

Index = QModelIndex | QPersistentModelIndex
CELL = Qt.ItemDataRole.UserRole
MARKED = Qt.ItemDataRole.UserRole + 1
_ROW, _PAD, _GAP, _BOX, _TICK = 32, 8, 5, 22, 15
# A longer name ends in dots; further tags are counted.
_TEXT, _TAGS = 240, 190
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ARROWS = {"up": " ▲", "down": " ▼", "": ""}


class CustomersModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headings: tuple[Heading, ...] = ()
        self._lines: Lines | None = None
        self._marked: frozenset[str] = frozenset()

    def show_lines(
        self, headings: tuple[Heading, ...], lines: Lines, marked: frozenset[str]
    ) -> bool:
        """Show these; returns whether rows or columns are others than before."""
        if headings != self._headings or lines is not self._lines:
            self.beginResetModel()
            self._headings, self._lines, self._marked = headings, lines, marked
            self.endResetModel()
            return True
        if marked != self._marked:
            self._marked = marked
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        return False

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() or self._lines is None else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def heading(self, column: int) -> Heading:
        return self._headings[column]

    def place(self, customer_id: str) -> int:
        """Return her row, or -1."""
        return self._lines.place(customer_id) if self._lines is not None else -1

    def samples(self) -> list[CustomerLine]:
        """Return lines with the longest of everything."""
        return self._lines.samples() if self._lines is not None else []

    def line(self, row: int) -> CustomerLine:
        """Return a row in words."""
        return self._lines[row] if self._lines is not None else CustomerLine("", ())

    def is_marked(self, row: int) -> bool:
        return self.id_at(row) in self._marked

    def id_at(self, row: int) -> str:
        """Return whose row it is."""
        return self._lines.id_at(row) if self._lines is not None else ""

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._headings):
            return None
        heading = self._headings[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{heading.text}{_ARROWS[heading.order]}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return heading.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if heading.right else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._lines is None:
            return None
        line: CustomerLine = self._lines[index.row()]
        cell = line.cells[index.column()]
        if role == CELL:
            return cell
        if role == MARKED:
            return line.customer_id in self._marked
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index.column(), cell, marked=line.customer_id in self._marked)
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.tip or None
        return None

    def _spoken(self, column: int, cell: Cell, *, marked: bool) -> str:
        parts = [cell.text, *(badge.text for badge in cell.badges)]
        if marked and not column:
            parts.append(tr("marked"))
        said = " ".join(part for part in parts if part)
        return f"{self._headings[column].text}: {said or '–'}"


def measured(cell: Cell, *, first: bool) -> QSize:
    """Return what a cell needs; tags have so much room, and are counted beyond it."""
    look = theme.current()
    metrics = QFontMetrics(look.font(theme.BODY, strong=cell.strong))
    badges = sum(painting.badge_width(badge) + look.px(_GAP) for badge in cell.badges)
    text = min(metrics.horizontalAdvance(cell.text), look.px(_TEXT))
    width = text + min(badges, look.px(_TAGS))
    box = look.px(_BOX) if first else 0
    return QSize(width + box + look.px(2 * _PAD) + 2, look.px(_ROW))


class CustomersDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return measured(index.data(CELL), first=index.column() == 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect, state = theme.current(), QRect(option.rect), option.state
        # Asked directly: by roles it takes as long again as the painting.
        model, row, column = cast(CustomersModel, index.model()), index.row(), index.column()
        line, marked = model.line(row), model.is_marked(row)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("brand_soft"))
        elif marked:
            painter.fillRect(rect, look.colour("hover"))
        edge = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(edge, look.colour("line_soft"))
        cell = line.cells[column]
        if column and not cell.text and not cell.badges:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_HasFocus and column == 0:
            painter.setPen(QPen(look.colour("focus"), look.px(2)))
            painter.drawRect(rect.adjusted(look.px(1), look.px(1), -look.px(1), -look.px(2)))
        inner = rect.adjusted(look.px(_PAD), 0, -look.px(_PAD), 0)
        if column == 0:
            inner = self._box(painter, inner, marked=marked)
        self._cell(painter, inner, cell, right=model.heading(column).right)
        painter.restore()

    @staticmethod
    def _box(painter: QPainter, rect: QRect, *, marked: bool) -> QRect:
        """The box to tick; returns what is left beside it."""
        look = theme.current()
        name, tone = ("box_ticked", Tone.BRAND) if marked else ("box", Tone.QUIET)
        picture = theme.icon(name, tone.value, _TICK)
        painter.drawPixmap(rect.left(), rect.center().y() - look.px(_TICK) // 2, picture)
        return rect.adjusted(look.px(_BOX), 0, 0, 0)

    @staticmethod
    def _cell(painter: QPainter, rect: QRect, cell: Cell, *, right: bool) -> None:
        look, room, took = theme.current(), rect, 0
        if cell.text and cell.badges:
            badges = sum(painting.badge_width(badge) + look.px(_GAP) for badge in cell.badges)
            room = rect.adjusted(0, 0, -min(badges, look.px(_TAGS)), 0)
        if cell.text:
            font = look.font(theme.BODY, strong=cell.strong)
            took = painting.words(painter, room, cell.text, font, cell.tone.value, right=right)
            took += look.px(_GAP)
        if cell.badges:
            _badges(painter, rect.left() + took, rect, cell.badges)


def _badges(painter: QPainter, left: int, rect: QRect, badges: tuple[Badge, ...]) -> None:
    """Draw what fits, and how many more there are."""
    look = theme.current()
    for place, badge in enumerate(badges):
        rest = len(badges) - place
        more = Badge(f"+{rest - 1}") if rest > 1 else None
        needed = painting.badge_width(badge)
        needed += look.px(_GAP) + painting.badge_width(more) if more else 0
        if left + needed > rect.right() + 1 and rest:
            painting.badge(painter, left, rect.center().y(), Badge(f"+{rest}"))
            return
        painting.badge(painter, left, rect.center().y(), badge)
        left += painting.badge_width(badge) + look.px(_GAP)


class CustomersTable(QTableView):
    """Signals: `pointed(id)`, `marked(id)`, `marked_to(id)` from the last one on, `all_marked`,
    `opened(id)`, `ordered(column)`; `typed(letters)` when somebody simply begins to write.
    """

    pointed = Signal(str)
    marked = Signal(str)
    marked_to = Signal(str)
    all_marked = Signal()
    opened = Signal(str)
    ordered = Signal(str)
    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.lines = CustomersModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(CustomersDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(10)
        header.sectionClicked.connect(self._order)
        self.doubleClicked.connect(self._open)

    def draw(self, headings: tuple[Heading, ...], lines: Lines, marked: frozenset[str],
             current: str) -> None:  # fmt: skip
        """Show the rows, the keys standing on one of them."""
        changed = self.lines.show_lines(headings, lines, marked)
        place = self.lines.place(current)
        if place >= 0 and self.currentIndex().row() != place:
            self.setCurrentIndex(self.lines.index(place, 0))
        if changed:
            self.fit()

    def fit(self) -> None:
        """Give each column what it needs; the last one, the tags, takes the rest."""
        header = self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(theme.current().px(_ROW))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines = self.lines.samples()
        for place in range(self.lines.columnCount()):
            cells = [line.cells[place] for line in lines]
            widest = max((measured(one, first=place == 0).width() for one in cells), default=0)
            header.resizeSection(place, max(widest, header.sectionSizeHint(place)))
        last = self.lines.columnCount() - 1
        slack = self.viewport().width() - header.length()
        if last >= 0 and slack > 0:
            header.resizeSection(last, header.sectionSize(last) + slack)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        who = self.lines.id_at(index.row()) if index.isValid() else ""
        digit = event.text() if event.text().isascii() and event.text().isdigit() else ""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and who:
            self.opened.emit(who)
        elif event.key() == Qt.Key.Key_Space and who:
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.marked_to if shift else self.marked).emit(who)
        elif event.key() == Qt.Key.Key_A and control:
            self.all_marked.emit()
        elif digit:
            self._order_by(digit)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """What is typed here is meant for the search; Qt would look through every row itself."""
        self.typed.emit(search)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.pointed.emit(self.lines.id_at(current.row()))

    def _order(self, column: int) -> None:
        if 0 <= column < self.lines.columnCount():
            self.ordered.emit(self.lines.heading(column).name)

    def _order_by(self, digit: str) -> None:
        for column in range(self.lines.columnCount()):
            if self.lines.heading(column).key == digit:
                self._order(column)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """On the box, or anywhere with Ctrl, a click marks; with Shift all up to here."""
        super().mousePressEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        edge = self.visualRect(index).left() + theme.current().px(_PAD + _BOX)
        on_box = index.column() == 0 and place.x() < edge
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.marked_to.emit(self.lines.id_at(index.row()))
        elif on_box or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.marked.emit(self.lines.id_at(index.row()))

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self.lines.id_at(index.row()))
