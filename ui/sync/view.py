"""The panel behind the sync chip: how the last round went, what waits, what was refused."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from lumi_desk.clock import Clock
from ui import theme
from ui.lane import Lane
from ui.sync.presenter import SyncPresenter
from ui.sync.screen import Group, Item, Screen
from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import clear, column, row, show_if
from ui.widgets.sync_pill import SyncPill
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Span, SyncChip

_WIDTH, _HEIGHT = 380, 420


class SyncPanel(QWidget):
    """A small window below the chip; it goes when something else is pressed."""

    def __init__(
        self,
        parent: QWidget,
        lane: Lane,
        now: Clock,
        chip: Callable[[SyncChip], object] | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        # A see-through window around the card: its round corners would stand on a white square.
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        card = QFrame()
        card.setProperty("kind", "overlay")
        column(self).addWidget(card)
        self._chip = chip
        self._layout = column(card, 16, 14, 16, 14, gap=8)
        self._fill(self._layout)
        self.presenter = SyncPresenter(lane.owned_by(self), self.draw, now)
        self.button.clicked.connect(self.presenter.sync_now)

    def draw(self, screen: Screen) -> None:
        if self._chip is not None:
            self._chip(screen.chip)
        self._title.say((Span(screen.title, strong=True, tone=screen.tone),))
        self._words.say(screen.words)
        show_if(self._words, bool(screen.words))
        self.button.say(screen.button)
        self.button.setEnabled(screen.can_press)
        clear(self._list)
        for group in screen.groups:
            self._add(group)
        self._list.addStretch()
        show_if(self._scroll, bool(screen.groups))
        self._resize()

    def open_below(self, anchor: QWidget) -> None:
        """Show under a widget, its right edge in line with it."""
        self._resize()
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height() + 4))
        self.move(corner.x() - self.width(), corner.y())
        self.show()
        self.button.setFocus()
        self.presenter.read()

    def headline(self) -> str:
        """How it stands, in a few words."""
        return self._title.words()

    def _fill(self, layout: QVBoxLayout) -> None:
        self._title = SpanLabel("heading", wrap=True)
        self._words = SpanLabel("small", wrap=True)
        inside = QWidget()
        inside.setProperty("kind", "clear")
        self._list = column(inside, gap=6)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self.button = KeyButton("action")
        for widget in (self._title, self._words):
            layout.addWidget(widget)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.button)

    def _add(self, group: Group) -> None:
        self._list.addWidget(SpanLabel("section", group.title))
        for item in group.items:
            self._list.addWidget(_ItemRow(item))
        if group.more:
            self._list.addWidget(SpanLabel("small", group.more))

    def _resize(self) -> None:
        width = theme.current().px(_WIDTH)
        tall = self._scroll.isVisibleTo(self)
        height = theme.current().px(_HEIGHT) if tall else self._layout.heightForWidth(width)
        self.setFixedSize(width, height)


class _ItemRow(QWidget):
    def __init__(self, item: Item) -> None:
        super().__init__()
        layout = column(self, gap=1)
        line = row(gap=8)
        line.addWidget(SpanLabel("detail", item.title), 1)
        line.addWidget(SpanLabel("small", item.at))
        layout.addLayout(line)
        if item.reason:
            words = (Span(item.reason, tone=item.tone),)
            layout.addWidget(SpanLabel("small", words, wrap=True))


class SyncCorner(SyncPill):
    """The chip with its panel, for any top bar."""

    def __init__(self, lane: Lane, now: Clock) -> None:
        super().__init__()
        self.panel = SyncPanel(self, lane, now, self.draw)
        self.clicked.connect(lambda: self.panel.open_below(self))
