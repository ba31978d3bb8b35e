"""The panel behind the sync chip: how the last round went, and four lists of work."""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QPushButton,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from lumi_desk.clock import Clock
from ui import theme
from ui.lane import Lane
from ui.sync.presenter import SyncPresenter
from ui.sync.rows import ItemRow
from ui.sync.screen import Item, Screen
from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import clear, column, row, scrolled, show_if
from ui.widgets.sync_pill import SyncPill
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Choice, Span, SyncChip

WIDTH, HEIGHT = 560, 640
_LEAST = 300


class SyncCard(QFrame):
    """What stands in the panel; draws a Screen and tells the presenter what was done."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "overlay")
        self.presenter: SyncPresenter | None = None
        self._drawn: tuple[Item, ...] | None = None
        self._tabs_drawn: tuple[Choice, ...] = ()
        self._rows: list[ItemRow] = []
        self._title = SpanLabel("heading", wrap=True)
        self._words = SpanLabel("small", wrap=True)
        self._said = SpanLabel("detail", wrap=True)
        self._empty = SpanLabel("fact", wrap=True)
        self._more, self._keys = SpanLabel("small"), SpanLabel("small", wrap=True)
        self.tabs = QTabBar()
        self.button = KeyButton("action")
        self._fill(column(self, 16, 14, 16, 12, gap=8))

    def listen(self, presenter: SyncPresenter) -> None:
        """Tell this presenter from now on."""
        self.presenter = presenter
        self.button.clicked.connect(presenter.sync_now)
        self.tabs.currentChanged.connect(self._tab_changed)

    def draw(self, screen: Screen) -> None:
        self._title.say((Span(screen.title, strong=True, tone=screen.tone),))
        self._words.say(screen.words)
        show_if(self._words, bool(screen.words))
        self._draw_tabs(screen.tabs)
        self._said.say((Span(screen.said, tone=screen.said_tone),))
        show_if(self._said, bool(screen.said))
        self._empty.say(screen.empty)
        show_if(self._empty, bool(screen.empty))
        self._more.say(screen.more)
        show_if(self._more, bool(screen.more))
        self._keys.say(screen.keys)
        self.button.say(screen.button)
        self.button.setEnabled(screen.can_press)
        self._draw_items(screen.items)

    def shown(self) -> tuple[Item, ...]:
        """What is listed now."""
        return self._drawn or ()

    def begin(self) -> None:
        """Give the keys to what can be done about the first refusal, else to the button."""
        actions = self._rows[0].findChildren(QPushButton) if self._rows else []
        (actions[0] if actions else self.button).setFocus(Qt.FocusReason.PopupFocusReason)

    def _fill(self, layout: QVBoxLayout) -> None:
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        inside = QWidget()
        inside.setProperty("kind", "clear")
        held = column(inside, 0, 0, 4, 0, gap=8)
        self._list = column(gap=8)
        held.addWidget(self._empty)
        held.addLayout(self._list)
        held.addWidget(self._more)
        held.addStretch(1)
        self.area = scrolled(inside)
        for part in (self._title, self._words, self.tabs, self._said):
            layout.addWidget(part)
        layout.addWidget(self.area, 1)
        below = row(gap=10)
        below.addWidget(self._keys, 1)
        below.addWidget(self.button)
        layout.addLayout(below)

    def _draw_tabs(self, tabs: tuple[Choice, ...]) -> None:
        if tabs == self._tabs_drawn:
            return
        self._tabs_drawn = tabs
        self.tabs.blockSignals(True)  # noqa: FBT003  # Qt's own.
        for place, tab in enumerate(tabs):
            if place == self.tabs.count():
                self.tabs.addTab(tab.text)
            self.tabs.setTabText(place, tab.text)
            if tab.chosen:
                self.tabs.setCurrentIndex(place)
        self.tabs.blockSignals(False)  # noqa: FBT003  # Qt's own.

    def _tab_changed(self, place: int) -> None:
        if self.presenter is not None and 0 <= place < len(self._tabs_drawn):
            self.presenter.tab_chosen(self._tabs_drawn[place].name)

    def _draw_items(self, items: tuple[Item, ...]) -> None:
        """Only what has changed is made anew: the keys and what is being typed stay in place."""
        if items == self._drawn:
            return
        self._drawn = items
        focus = QApplication.focusWidget()
        inside = focus is not None and self._holds(focus)
        name = focus.objectName() if focus is not None and inside else ""
        drafts = {row._item.op_id: row.draft() for row in self._rows if row.field is not None}
        clear(self._list)
        self._rows = [self._row(item, drafts.get(item.op_id, "")) for item in items]
        for one in self._rows:
            self._list.addWidget(one)
            # Else it would be there only after the next event, too late for the keys.
            one.show()
        stops = [each for one in self._rows for each in one.stops()]
        for before, after in pairwise((self.tabs, *stops, self.button)):
            QWidget.setTabOrder(before, after)
        self._give_keys(name, lost=inside)

    def _holds(self, widget: QWidget) -> bool:
        return any(row.isAncestorOf(widget) for row in self._rows)

    def _row(self, item: Item, draft: str) -> ItemRow:
        one, presenter = ItemRow(item, draft), self.presenter
        if presenter is not None:
            one.acted.connect(presenter.acted)
            one.asked.connect(presenter.asked)
            one.ask_closed.connect(presenter.ask_closed)
            one.side_chosen.connect(presenter.side_chosen)
            one.settled.connect(presenter.settled)
        return one

    def _give_keys(self, name: str, *, lost: bool) -> None:
        """To the question that has just opened, to where they were, or to the lists."""
        asking = next((row.field for row in self._rows if row.field is not None), None)
        known = self.findChild(QWidget, name) if name else None
        if asking is not None and lost:
            asking.setFocus(Qt.FocusReason.OtherFocusReason)
        elif known is not None:
            known.setFocus(Qt.FocusReason.OtherFocusReason)
        elif lost:
            self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)


class SyncPanel(QWidget):
    """A small window below the chip; it goes when something else is pressed."""

    def __init__(
        self,
        parent: QWidget,
        lane: Lane,
        now: Clock,
        me: str = "",
        chip: Callable[[SyncChip], object] | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        # A see-through window around the card: its round corners would stand on a white square.
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.card = SyncCard()
        self.button = self.card.button
        column(self).addWidget(self.card)
        self._chip = chip
        self._last: Screen | None = None
        copy = QGuiApplication.clipboard().setText
        self.presenter = SyncPresenter(lane.owned_by(self), self.draw, now, me, copy)
        self.card.listen(self.presenter)

    def draw(self, screen: Screen) -> None:
        """Keep the chip true; the card is drawn while somebody looks at it."""
        if self._chip is not None:
            self._chip(screen.chip)
        self._last = screen
        self.button.setEnabled(screen.can_press)
        if self.isVisible():
            self.card.draw(screen)
            # Opened during a round: until it ends there is nothing that could take the keys.
            if screen.can_press and not self.isAncestorOf(QApplication.focusWidget() or self):
                self.card.begin()

    def open_below(self, anchor: QWidget) -> None:
        """Show under a widget, its right edge in line with it."""
        self.presenter.opened()
        if self._last is not None:
            self.card.draw(self._last)
        look = theme.current()
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height() + 4))
        window = self.parentWidget()
        bottom = window.mapToGlobal(QPoint(0, window.height())).y() if window else corner.y()
        room = max(bottom - corner.y() - look.px(12), look.px(_LEAST))
        self.setFixedSize(look.px(WIDTH), min(look.px(HEIGHT), room))
        self.move(corner.x() - self.width(), corner.y())
        self.show()
        if self._last is not None:
            self.card.draw(self._last)
        self.card.begin()

    def headline(self) -> str:
        """How it stands, in a few words."""
        return self._last.title if self._last is not None else ""


class SyncCorner(SyncPill):
    """The chip with its panel, for any top bar."""

    def __init__(self, lane: Lane, now: Clock, me: str = "") -> None:
        super().__init__()
        self.panel = SyncPanel(self, lane, now, me, self.draw)
        self.clicked.connect(lambda: self.panel.open_below(self))
