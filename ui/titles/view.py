"""The screen of product titles: draws a Screen, tells what she decided.

Signals of TitlesView: opened(list) · picked(id) · searched(words) · decided(name) · agreed ·
stayed · undid · asked_again · notice_closed · sync_wanted · account_wanted
"""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui import theme
from ui.titles.screen import Detail, Fact, Row, Screen, Share, Tab
from ui.widgets.buttons import small_button
from ui.widgets.choices import ChoiceButton
from ui.widgets.confirm_card import Confirm
from ui.widgets.digits import DigitRow
from ui.widgets.layouts import FlowLayout, clear, column, in_order, row, show_if
from ui.widgets.page import AskingPage
from ui.widgets.search_field import SearchField
from ui.widgets.share_bar import ShareBar
from ui.widgets.tab_bar import TabBar
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Entry

_DIGITS = 5
_KEYS: dict[str, str] = {Tab.OPEN: "Alt N", Tab.SAID: "Alt H"}


class DetailCard(QFrame):
    """What was chosen, and what can be said of it. Signals: `decided(name)`."""

    decided = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._detail: Detail | None = None
        self._title, self._words = SpanLabel("heading", wrap=True), SpanLabel("body", wrap=True)
        self._actions, self._facts = DigitRow(8), QGridLayout()
        theme.space(self._facts, gap=9)
        self._facts.setColumnStretch(1, 1)
        layout = column(self, 18, 14, 18, 14, gap=12)
        for part in (self._title, self._words):
            layout.addWidget(part)
        for inside in (self._actions, self._facts):
            layout.addLayout(inside)
        layout.addStretch(1)
        self._actions.decided.connect(self.decided)

    def draw(self, detail: Detail | None) -> None:
        """Show it; without one there is nothing."""
        show_if(self, detail is not None)
        if detail is None or detail == self._detail:
            return
        before, self._detail = self._detail, detail
        self._title.say(detail.title)
        self._words.say(detail.words)
        show_if(self._words, bool(detail.words))
        if before is None or (before.id, before.actions) != (detail.id, detail.actions):
            self._actions.draw(detail.actions)
        if before is None or before.facts != detail.facts:
            self._draw_facts(detail.facts)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return self._actions.buttons()

    def press(self, place: int) -> None:
        """The action with that digit."""
        self._actions.press(place)

    def forget(self) -> None:
        """Draw everything anew: sizes or colours are others."""
        self._detail = None

    def _draw_facts(self, facts: tuple[Fact, ...]) -> None:
        clear(self._facts)
        for line, fact in enumerate(facts):
            text = SpanLabel("detail", fact.text, wrap=True)
            text.setAccessibleName(", ".join(part for part in (fact.label, fact.text) if part))
            for place, part in enumerate((SpanLabel("label", fact.label), text)):
                self._facts.addWidget(part, line, place, Qt.AlignmentFlag.AlignTop)
                part.show()


class ShareLine(QWidget):
    """What part of all sales is not settled yet."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self._bar, self._words = ShareBar(), SpanLabel("label", wrap=True, natural=True)
        line = FlowLayout(10)
        line.addWidget(self._bar)
        line.addWidget(self._words)
        column(self).addLayout(line)

    def draw(self, share: Share | None) -> None:
        """Show it, or nothing while it is not known."""
        show_if(self, share is not None)
        if share is not None:
            self._bar.draw(share.part, share.words)
            self._words.say(share.words)


class TitlesView(AskingPage[Screen]):
    list_width = 360
    digits_decide = True
    opened = Signal(str)
    searched = Signal(str)
    decided = Signal(str)
    agreed = Signal()
    undid = Signal()
    asked_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, notice_key="Alt Z")
        self.tabs, self.share, self.detail = TabBar(_KEYS), ShareLine(), DetailCard()
        self._field = SearchField("Ctrl K")
        self.search = self._field.line
        self._empty, self._keys = SpanLabel("fact", wrap=True), SpanLabel("small", wrap=True)
        self.retry = small_button(self)
        self._build()
        self._connect()

    def draw(self, screen: Screen) -> None:
        before = self._begin(screen)
        self.tabs.draw(screen.tabs)
        self.share.draw(screen.share)
        self._draw_search(screen.search)
        self._draw_rows(screen.rows, _choice)
        self.detail.draw(screen.detail)
        if before is None or before.chosen != screen.chosen:
            self._to_top()
        self._draw_confirm(screen.confirm)
        self._empty.say(screen.empty)
        show_if(self._empty, bool(screen.empty))
        self.retry.setText(screen.retry)
        show_if(self.retry, bool(screen.retry))
        self._keys.say(screen.keys)
        in_order(self._stops())

    def _build(self) -> None:
        inside = column(self._inside, 0, 0, 4, 0, gap=8)
        # Within what scrolls: large type leaves it no room anywhere else.
        inside.addWidget(self.confirm)
        inside.addWidget(self.detail)
        inside.addWidget(self._empty, 1)
        inside.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        left, right = column(gap=10), column(gap=10)
        left.addWidget(self._field)
        left.addWidget(self._area, 1)
        for part in (self.notice, self.offline):
            right.addWidget(part)
        right.addWidget(self._page, 1)
        right.addWidget(self._keys)
        parts = row(None, gap=14)
        parts.addLayout(left)
        parts.addLayout(right, 1)
        head = FlowLayout(20, right_from=1)
        head.addWidget(self.tabs)
        head.addWidget(self.share)
        body = column(None, 20, 12, 20, 10, gap=10)
        body.addLayout(head)
        body.addLayout(parts, 1)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addLayout(body, 1)

    def _connect(self) -> None:
        self.tabs.opened.connect(self.opened)
        self.detail.decided.connect(self.decided)
        self.confirm.agreed.connect(self.agreed)
        self.notice.pressed.connect(self.undid)
        self.retry.clicked.connect(self.asked_again)
        self.search.textEdited.connect(self.searched)
        self.search.down.connect(self.choices.rest)
        self.search.entered.connect(self.choices.rest)
        for place in range(_DIGITS):
            self._key(str(place + 1), partial(self.detail.press, place))
        for tab, keys in _KEYS.items():
            self._key(keys.replace(" ", "+"), partial(self.opened.emit, str(tab)))
        self._key("Ctrl+K", self._seek)
        self._key("Alt+Z", self.undid.emit)
        self._key("F5", self.asked_again.emit)
        # For keyboards whose F-keys do something else.
        self._key("Ctrl+R", self.asked_again.emit)

    def _draw_search(self, search: Entry) -> None:
        """What is being written is left alone."""
        self.search.setPlaceholderText(search.placeholder)
        self.search.setAccessibleName(search.label)
        if not self.search.hasFocus() and self.search.text().strip() != search.text:
            self.search.setText(search.text)

    def _draw_confirm(self, confirm: Confirm | None) -> None:
        if confirm is not None and not self.confirm.isVisibleTo(self):
            self._to_top()
        super()._draw_confirm(confirm)

    def _share(self) -> None:
        super()._share()
        # As wide as the cards.
        self._field.setFixedWidth(self._area.width() - theme.current().px(4))

    def _seek(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _back(self) -> None:
        """A question is answered with no, else what is looked for is forgotten."""
        asks = self._screen is not None and self._screen.confirm is not None
        if not asks and self.search.text():
            self.search.clear()
            self.searched.emit("")
        super()._back()

    def _give_back(self) -> None:
        self.choices.rest()

    def _stops(self) -> list[QWidget]:
        lists = self.tabs.buttons.values()
        return [*self.choices.buttons, *self.detail.stops(), *lists, self.search, self.retry]

    def _forget(self) -> None:
        super()._forget()
        self.detail.forget()


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.id, one.title, one.line, one.badge, badge_right=True)
