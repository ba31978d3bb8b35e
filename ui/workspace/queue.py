"""Today's list: who is next and why, painted row by row so that thousands scroll at ease."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui import theme
from ui.widgets import painting
from ui.widgets.buttons import KeyButton, cap_button
from ui.widgets.entry import AskField
from ui.widgets.layouts import column, mark, row, show_if
from ui.widgets.texts import IconLabel, KeyCap, SpanLabel
from ui.widgets.values import Tone
from ui.words import tr
from ui.workspace.screen import Queue, QueueRow

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
_NAME, _REASON = 16, 13


class QueueModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[QueueRow, ...] = ()

    def show_rows(self, rows: tuple[QueueRow, ...]) -> None:
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def place(self, customer_id: str) -> int:
        """Return her row, or -1."""
        return next((n for n, one in enumerate(self._rows) if one.customer_id == customer_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        one = self._rows[index.row()]
        spoken = " · ".join(
            part
            for part in (
                one.name,
                *(badge.text for badge in one.badges),
                one.flag.text if one.flag else "",
                one.reason,
            )
            if part
        )
        if role == ROW:
            return one
        if role == Qt.ItemDataRole.DisplayRole:
            return one.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken
        return None


class QueueDelegate(QStyledItemDelegate):
    """Two lines: name, badges and flag; then the reason. Positions are in px at 100 %."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        look = theme.current()
        return QSize(look.px(200), look.px(61))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one: QueueRow = index.data(ROW)
        look, rect = theme.current(), option.rect
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, rect, chosen, bool(state & QStyle.StateFlag.State_MouseOver))
        inner = rect.adjusted(look.px(14), look.px(9), -look.px(14), -look.px(8))
        half = inner.height() // 2
        self._first(painter, QRect(inner.left(), inner.top(), inner.width(), half), one)
        second = QRect(inner.left(), inner.top() + half, inner.width(), inner.height() - half)
        token = "ink" if chosen else "quiet"
        font = look.font(_REASON)
        reason = painting.whole_clauses(one.reason, tr("; "), font, second.width())
        painting.words(painter, second, reason, font, token)
        if state & QStyle.StateFlag.State_HasFocus:
            edge = look.px(2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.colour("focus"), edge))
            painter.drawRect(rect.adjusted(edge // 2, edge // 2, -edge, -edge))
        painter.restore()

    @staticmethod
    def _ground(painter: QPainter, rect: QRect, chosen: bool, hovered: bool) -> None:  # noqa: FBT001
        look = theme.current()
        if chosen or hovered:
            painter.fillRect(rect, look.colour("brand_soft" if chosen else "hover"))
        if chosen:
            bar = QRect(rect.left(), rect.top(), look.px(4), rect.height())
            painter.fillRect(bar, look.colour("brand"))
        else:
            line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
            painter.fillRect(line, look.colour("line_soft"))

    @staticmethod
    def _first(painter: QPainter, line: QRect, one: QueueRow) -> None:
        look, middle = theme.current(), line.center().y()
        right = line.right() + 1
        if one.flag:
            right -= painting.badge_width(one.flag)
            painting.badge(painter, right, middle, one.flag)
            right -= look.px(8)
        badges = sum(painting.badge_width(badge) + look.px(7) for badge in one.badges)
        font = look.font(_NAME, strong=True)
        space = QRect(line.left(), line.top(), max(0, right - line.left() - badges), line.height())
        left = line.left() + painting.words(painter, space, one.name, font, "ink") + look.px(8)
        for badge in one.badges:
            painting.badge(painter, left, middle, badge)
            left += painting.badge_width(badge) + look.px(7)


class QueuePane(QFrame):
    """Signals: `picked(customer_id)`, `next_wanted`, `searched(words)`; empty words end it;
    `left` when the search is given up; `all_wanted` for the list of all customers.
    """

    picked = Signal(str)
    next_wanted = Signal()
    searched = Signal(str)
    left = Signal()
    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "side")
        self._all = KeyButton("small", key="Ctrl L")
        self._model = QueueModel(self)
        self._searching = False
        self._title = SpanLabel("heading")
        self._left = SpanLabel("label")
        self._next = cap_button(self)
        self.search = AskField()
        self.list = QListView()
        self._empty = SpanLabel("label", wrap=True)
        self._build()
        self._connect()

    def draw(self, queue: Queue) -> None:
        self._title.say(queue.title)
        self._left.say(queue.left)
        self._next.setText(f"F2 {tr('Next')}")
        self._next.setAccessibleName(tr("Next customer"))
        self.search.setPlaceholderText(tr("Find a customer"))
        self.search.setAccessibleName(tr("Search customers"))
        self.search.setToolTip(tr("Search by name, pinyin, last digits of the phone, or Wangwang"))
        self.list.setAccessibleName(queue.title)
        self._all.say(tr("All customers"))
        self._empty.say(queue.empty)
        show_if(self._empty, bool(queue.empty) and not queue.rows)
        if not self.search.hasFocus() and self.search.text() != queue.searching:
            self.search.setText(queue.searching)
        self._model.show_rows(queue.rows)
        self._searching = bool(queue.searching)
        if self._searching and self.list.hasFocus():
            return  # She is on her way through what was found.
        self._choose(self._model.place(queue.chosen))

    def settle(self) -> None:
        """Take the line the arrows stand on, and give the keys back to the page."""
        index = self.list.currentIndex()
        self.left.emit()
        if self._searching and index.isValid():
            self.picked.emit(index.data(ROW).customer_id)

    def _choose(self, place: int) -> None:
        index = self._model.index(place, 0) if place >= 0 else QModelIndex()
        if self.list.currentIndex() == index:
            return
        with QSignalBlocker(self.list.selectionModel()):  # Only what the person does is told.
            self.list.setCurrentIndex(index)
            if place < 0:
                self.list.clearSelection()
        self.list.viewport().update()
        if place >= 0:
            self.list.scrollTo(index)

    def _build(self) -> None:
        layout = column(self, 0, 12, 0, 0, gap=8)
        layout.addLayout(self._head())
        layout.addLayout(self._search_row())
        holder = column(None, 14, 0, 14, 0)
        holder.addWidget(self._empty)
        layout.addLayout(holder)
        self._empty.hide()
        layout.addWidget(self.list, 1)
        foot = row(None, 14, 0, 14, 8)
        foot.addWidget(self._all)
        layout.addLayout(foot)
        self.list.setModel(self._model)
        self.list.setItemDelegate(QueueDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _head(self) -> QHBoxLayout:
        head = row(None, 14, 0, 14, 0, gap=8)
        head.addWidget(self._title)
        head.addWidget(self._left)
        head.addStretch()
        head.addWidget(self._next)
        return head

    def _search_row(self) -> QHBoxLayout:
        self._field = QFrame()
        self._field.setProperty("kind", "field")
        inside = row(self._field, 9, 6, 7, 6, gap=6)
        inside.addWidget(IconLabel("search", Tone.QUIET, 15))
        inside.addWidget(self.search, 1)
        inside.addWidget(KeyCap("Ctrl K"))
        self.search.installEventFilter(self)
        outside = row(None, 14, 0, 14, 0)
        outside.addWidget(self._field)
        return outside

    def _connect(self) -> None:
        self._next.clicked.connect(self.next_wanted)
        self._all.clicked.connect(self.all_wanted)
        self.search.textEdited.connect(self.searched)
        self.search.left.connect(self._leave_search)
        self.search.down.connect(self._enter_list)
        self.search.entered.connect(self._pick_first)
        self.list.selectionModel().currentChanged.connect(self._tell)
        self.list.clicked.connect(self._pick)
        theme.notices.changed.connect(self.list.scheduleDelayedItemsLayout)

    def _enter_list(self) -> None:
        self.list.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._model.index(0, 0))

    def _tell(self, index: QModelIndex) -> None:
        # Choosing somebody ends the search, so among its finds the arrows only look.
        if index.isValid() and not self._searching:
            self.picked.emit(index.data(ROW).customer_id)

    def _pick(self, index: QModelIndex) -> None:
        if self._searching:
            self.picked.emit(index.data(ROW).customer_id)

    def _pick_first(self) -> None:
        if self._model.rowCount():
            self.left.emit()
            self.picked.emit(self._model.index(0, 0).data(ROW).customer_id)

    def _leave_search(self) -> None:
        self.search.clear()
        self.searched.emit("")
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            mark(self._field, focused=event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)
