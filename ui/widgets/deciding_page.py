"""A page where digits decide on one after the other of a list; there may be several lists."""

from collections.abc import Mapping
from functools import partial
from typing import Protocol, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLayout, QWidget

from ui.widgets.buttons import small_button
from ui.widgets.confirm_card import Confirm
from ui.widgets.digits import DigitRow
from ui.widgets.layouts import column, in_order, row, show_if
from ui.widgets.page import AskingPage, AskingScreen
from ui.widgets.tab_bar import TabBar
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Choice


class DecidingScreen(AskingScreen, Protocol):
    """What such a page says of its lists and keys, and where there is nothing to decide."""

    @property
    def tabs(self) -> tuple[Choice, ...]: ...
    @property
    def empty(self) -> str: ...
    @property
    def retry(self) -> str: ...
    @property
    def keys(self) -> str: ...


D = TypeVar("D", bound=DecidingScreen)


class DecisionCard(QFrame):
    """What was chosen, and what can be said of it, by digit. Signals: `decided(name)`."""

    decided = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._title, self._words = SpanLabel("heading", wrap=True), SpanLabel("body", wrap=True)
        self._actions = DigitRow(8)
        self._actions.decided.connect(self.decided)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return self._actions.buttons()

    def press(self, place: int) -> None:
        """The action with that digit."""
        self._actions.press(place)

    def forget(self) -> None:
        """Draw everything anew: sizes or colours are others."""
        raise NotImplementedError


class DecidingPage(AskingPage[D]):
    """`tab_keys` are the keys of the lists by name, `digits` how many actions there may be.

    Signals: `opened(list)`, `decided(name)`, `agreed`, `undid`, `asked_again`, `came` (the page is
    seen).
    """

    digits_decide = True
    digits = 9
    tab_keys: Mapping[str, str] = {}
    opened = Signal(str)
    decided = Signal(str)
    agreed = Signal()
    undid = Signal()
    asked_again = Signal()
    came = Signal()

    def __init__(self, card: DecisionCard, parent: QWidget | None = None) -> None:
        super().__init__(parent, notice_key="Alt Z")
        self.tabs, self._card = TabBar(self.tab_keys), card
        self._empty, self._keys = SpanLabel("fact", wrap=True), SpanLabel("small", wrap=True)
        self.retry = small_button(self)
        self._connect()

    def draw(self, screen: D) -> None:
        before = self._begin(screen)
        self.tabs.draw(screen.tabs)
        self._draw_parts(screen)
        if before is None or before.chosen != screen.chosen:
            self._to_top()
        self._draw_confirm(screen.confirm)
        self._empty.say(screen.empty)
        show_if(self._empty, bool(screen.empty))
        self.retry.setText(screen.retry)
        show_if(self.retry, bool(screen.retry))
        self._keys.say(screen.keys)
        in_order(self._stops())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came.emit()

    def _draw_parts(self, screen: D) -> None:
        """Draw what only this page has: its rows, its card."""
        raise NotImplementedError

    def _put_together(self, top: QWidget | QLayout, left: QWidget | QLayout) -> None:
        """`top` stands below the head, `left` beside the card."""
        inside = column(self._inside, 0, 0, 4, 0, gap=8)
        # Within what scrolls: large type leaves it no room anywhere else.
        inside.addWidget(self.confirm)
        inside.addWidget(self._card)
        inside.addWidget(self._empty, 1)
        inside.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        right = column(gap=10)
        for part in (self.notice, self.offline):
            right.addWidget(part)
        right.addWidget(self._page, 1)
        right.addWidget(self._keys)
        parts, body = row(None, gap=14), column(None, 20, 12, 20, 10, gap=10)
        for layout, first in ((parts, left), (body, top)):
            if isinstance(first, QWidget):
                layout.addWidget(first)
            else:
                layout.addLayout(first)
        parts.addLayout(right, 1)
        body.addLayout(parts, 1)
        page = column(self)
        page.addWidget(self._head)
        page.addLayout(body, 1)

    def _connect(self) -> None:
        self.tabs.opened.connect(self.opened)
        self._card.decided.connect(self.decided)
        self.confirm.agreed.connect(self.agreed)
        self.notice.pressed.connect(self.undid)
        self.retry.clicked.connect(self.asked_again)
        for place in range(self.digits):
            self._key(str(place + 1), partial(self._card.press, place))
        for tab, keys in self.tab_keys.items():
            self._key(keys.replace(" ", "+"), partial(self.opened.emit, str(tab)))
        self._key("Alt+Z", self.undid.emit)
        self._key("F5", self.asked_again.emit)
        # For keyboards whose F-keys do something else.
        self._key("Ctrl+R", self.asked_again.emit)

    def _draw_confirm(self, confirm: Confirm | None) -> None:
        if confirm is not None and not self.confirm.isVisibleTo(self):
            self._to_top()
        super()._draw_confirm(confirm)

    def _give_back(self) -> None:
        self.choices.rest()

    def _stops(self) -> list[QWidget]:
        lists = self.tabs.buttons.values()
        return [*self.choices.buttons, *self._card.stops(), *lists, self.retry]

    def _forget(self) -> None:
        super()._forget()
        self._card.forget()
