"""Beside the form: who would move, as picture, table and names; and the history."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QPushButton,
    QTableView,
    QWidget,
)

from ui import theme
from ui.rules.flow import FlowPicture
from ui.rules.screen import Count, History, Preview, Table, Version
from ui.widgets.buttons import KeyButton, small_button
from ui.widgets.layouts import FlowLayout, clear, column, show_if
from ui.widgets.texts import BadgeLabel, SpanLabel

_ROW, _FEW = 30, 2
Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class MovesModel(QAbstractTableModel):
    """From group to group: the counts, those who move in bold with their move as tip."""

    def __init__(self) -> None:
        super().__init__()
        self._table = Table("", (), ())

    def show_table(self, table: Table) -> None:
        """Show other counts."""
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


class MovesTable(QTableView):
    """The counts, as tall as they are, with what says which side is which above."""

    def __init__(self) -> None:
        super().__init__()
        self.sides, self._model = SpanLabel("small"), MovesModel()
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
        """Show these counts; nothing without any."""
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


class PreviewCard(QFrame):
    """Signals: `retried`."""

    retried = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._title, self._summary = SpanLabel("heading"), SpanLabel("body", wrap=True)
        self.picture, self.table, self.steps = FlowPicture(), MovesTable(), MovesTable()
        self.retry = small_button(self)
        self._names = column(gap=4)
        layout = column(self, 18, 14, 18, 14, gap=10)
        for part in (self._title, self._summary, self.retry, self.picture):
            layout.addWidget(part)
        for table in (self.table, self.steps):
            held = column(gap=0)
            held.addWidget(table.sides)
            held.addWidget(table)
            layout.addLayout(held)
        layout.addLayout(self._names)
        self.retry.clicked.connect(self.retried)

    def draw(self, preview: Preview) -> None:
        """Show who would move."""
        self._title.say(preview.title)
        self._summary.say(preview.summary)
        self.retry.setText(preview.retry)
        show_if(self.retry, bool(preview.retry))
        self.picture.draw(preview.flow, stale=preview.stale)
        show_if(self.picture, preview.flow is not None)
        self.table.draw(preview.table, preview.title)
        self.steps.draw(preview.steps, preview.steps.sides if preview.steps else "")
        clear(self._names)
        for line in preview.names:
            label = SpanLabel("detail", line, wrap=True)
            self._names.addWidget(label)
            label.show()

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [self.retry, self.table, self.steps]


class VersionLine(QFrame):
    """One version of the history."""

    def __init__(self, one: Version) -> None:
        super().__init__()
        self.setProperty("kind", "inset")
        layout = column(self, 12, 8, 12, 8, gap=2)
        head = FlowLayout(8)
        head.addWidget(SpanLabel("strong", one.title))
        if one.badge is not None:
            head.addWidget(BadgeLabel(one.badge))
        if one.who:
            head.addWidget(SpanLabel("small", one.who, wrap=True, natural=True))
        layout.addLayout(head)
        for words in one.changes:
            layout.addWidget(SpanLabel("detail", words, wrap=True))
        if one.why:
            layout.addWidget(SpanLabel("small", f"“{one.why}”", wrap=True))
        if one.problem:
            layout.addWidget(SpanLabel("bad", one.problem, wrap=True))
        badge = one.badge.text if one.badge else ""
        told = (one.title, badge, one.who, *one.changes, one.why, one.problem)
        self.setAccessibleName(", ".join(part for part in told if part))
        self.back: QPushButton | None = None
        if one.back:
            self.back = small_button(self)
            self.back.setText(one.back)
            self.back.setAccessibleName(f"{one.back}: {one.title}")
            layout.addWidget(self.back)


class HistoryCard(QFrame):
    """Signals: `went_back`, `went_back_to(version)`."""

    went_back = Signal()
    went_back_to = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._history: History | None = None
        self._ways: list[QPushButton] = []
        self._title = SpanLabel("heading")
        self.back = KeyButton("action", "", "Alt R")
        self._list = column(gap=8)
        head = FlowLayout(10, right_from=1)
        head.addWidget(self._title)
        head.addWidget(self.back)
        layout = column(self, 18, 14, 18, 14, gap=10)
        layout.addLayout(head)
        layout.addLayout(self._list)
        layout.addStretch(1)
        self.back.clicked.connect(self.went_back)

    def draw(self, history: History) -> None:
        """Show the versions."""
        if history == self._history:
            return
        self._history = history
        self._title.say(history.title)
        self.back.say(history.back.text)
        self.back.setEnabled(history.back.enabled)
        clear(self._list)
        self._ways = []
        for one in history.versions:
            line = VersionLine(one)
            self._list.addWidget(line)
            line.show()
            if line.back is not None:
                line.back.clicked.connect(lambda _=False, to=one.id: self.went_back_to.emit(to))
                self._ways.append(line.back)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [self.back, *self._ways]

    def forget(self) -> None:
        """Draw everything anew: sizes or colours are others."""
        self._history = None
