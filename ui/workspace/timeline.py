"""What happened with her, across channels, newest first."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui import theme
from ui.widgets import painting
from ui.widgets.buttons import LinkButton
from ui.widgets.layouts import FlowLayout, column
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Tone, plain
from ui.words import tr
from ui.workspace.screen import Channel, Happening

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
_DAY, _WORDS = 13, 13
_FILTERS = (Channel.CALL, Channel.WECHAT, Channel.WANGWANG, Channel.ORDER)
_ICONS = {Channel.CALL: "phone"}


class TimelineModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[Happening, ...] = ()
        self._rows: tuple[Happening, ...] = ()
        self._only: frozenset[Channel] = frozenset()

    def show_rows(self, rows: tuple[Happening, ...]) -> None:
        if rows != self._all:
            self._all = rows
            self._filter()

    def show_only(self, channels: frozenset[Channel]) -> None:
        """Leave out other channels; none at all means every one."""
        if channels != self._only:
            self._only = channels
            self._filter()

    def _filter(self) -> None:
        self.beginResetModel()
        self._rows = tuple(one for one in self._all if not self._only or one.channel in self._only)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        one = self._rows[index.row()]
        if role == ROW:
            return one
        if role == Qt.ItemDataRole.DisplayRole:
            return plain(one.words)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{one.day} {plain(one.words)}"
        return None


class TimelineDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        look = theme.current()
        return QSize(look.px(150), look.px(29))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one: Happening = index.data(ROW)
        look = theme.current()
        rect: QRect = option.rect
        day = QRect(rect.left() + look.px(1), rect.top(), look.px(54), rect.height())
        painting.words(painter, day, one.day, look.font(_DAY), "quiet")
        side = look.px(15)
        at = QRect(day.right() + look.px(3), rect.center().y() - side // 2, side, side)
        name = _ICONS.get(one.channel, one.channel.value)
        token = "quiet" if one.tone is Tone.PLAIN else one.tone.value
        painter.drawPixmap(at, theme.icon(name, token, 15))
        left = at.right() + look.px(6)
        words = QRect(left, rect.top(), rect.right() - left, rect.height())
        painting.spans(painter, words, one.words, _WORDS)


class TimelineCard(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._model = TimelineModel(self)
        self._title = SpanLabel("section")
        self._filters = {channel: LinkButton(checkable=True) for channel in _FILTERS}
        self.list = QListView()
        head = FlowLayout(2, right_from=1)
        head.addWidget(self._title)
        for button in self._filters.values():
            head.addWidget(button)
            button.toggled.connect(self._filter)
        layout = column(self, 12, 10, 8, 10, gap=2)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        self._set_up_list()

    def draw(self, rows: tuple[Happening, ...]) -> None:
        self._title.say(tr("History"))
        names = (tr("Calls"), tr("WeChat"), tr("Wangwang"), tr("Orders"))
        for button, name in zip(self._filters.values(), names, strict=True):
            button.setText(name)
            button.setToolTip(tr("Show only {channel}", channel=name))
        self.list.setAccessibleName(tr("History"))
        self._model.show_rows(rows)

    def _set_up_list(self) -> None:
        self.list.setModel(self._model)
        self.list.setItemDelegate(TimelineDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        theme.notices.changed.connect(self.list.scheduleDelayedItemsLayout)

    def _filter(self) -> None:
        on = (channel for channel, button in self._filters.items() if button.isChecked())
        self._model.show_only(frozenset(on))
