"""The screen of likely pairs: draws a Screen, tells what she decided.

Signals of ReviewView: opened(list) · picked(id) · decided(name) · agreed · declined · undid ·
asked_again · notice_closed · sync_wanted · account_wanted
"""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QWidget

from ui import theme
from ui.review.screen import Detail, Field, Row, Screen, Tab, Weight
from ui.widgets.buttons import KeyButton, small_button
from ui.widgets.choices import ChoiceButton, Choices
from ui.widgets.confirm_card import ConfirmCard
from ui.widgets.layouts import FlowLayout, clear, column, row, scrolled, show_if
from ui.widgets.page_head import PageHead
from ui.widgets.strip import OfflineBar, Strip
from ui.widgets.texts import IconLabel, SpanLabel
from ui.widgets.values import Choice, Line, plain
from ui.words import on_switch

_LIST, _DIGITS = 340, 3
_KEYS = {Tab.PAIRS: "Alt P", Tab.NUMBERS: "Alt N", Tab.SAID: "Alt H"}


class TabBar(QWidget):
    """The lists to choose from. Signals: `opened(list)`."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self.buttons: dict[str, KeyButton] = {}
        self._tabs: tuple[Choice, ...] = ()
        self._line = FlowLayout(6)
        column(self).addLayout(self._line)

    def draw(self, tabs: tuple[Choice, ...]) -> None:
        """Show the lists; the buttons stay, so that the keys stay where they are."""
        for tab in tabs:
            if tab.name not in self.buttons:
                button = KeyButton("small", "", _KEYS[Tab(tab.name)])
                button.clicked.connect(lambda _=False, name=tab.name: self.opened.emit(name))
                self.buttons[tab.name] = button
                self._line.addWidget(button)
                button.show()
            self.buttons[tab.name].say(tab.text)
            self.buttons[tab.name].choose(tab.chosen)


class DetailCard(QFrame):
    """What was chosen: both side by side, with what agrees. Signals: `decided(name)`."""

    decided = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._detail: Detail | None = None
        self._title = SpanLabel("heading", wrap=True)
        self._words = SpanLabel("body", wrap=True)
        self._weights, self._fields = FlowLayout(14), QGridLayout()
        self._problem = SpanLabel("bad", wrap=True)
        self._actions = FlowLayout(8)
        layout = column(self, 18, 14, 18, 14, gap=10)
        for part in (self._title, self._words):
            layout.addWidget(part)
        layout.addLayout(self._weights)
        layout.addWidget(self._problem)
        layout.addLayout(self._actions)
        theme.space(self._fields, gap=9)
        layout.addLayout(self._fields)
        layout.addStretch(1)
        for place in (1, 2):
            self._fields.setColumnStretch(place, 1)

    def draw(self, detail: Detail | None) -> None:
        """Show it; without one there is nothing."""
        show_if(self, detail is not None)
        if detail is None or detail == self._detail:
            return
        before, self._detail = self._detail, detail
        self._title.say(detail.title)
        for label, words in ((self._words, detail.words), (self._problem, detail.problem)):
            label.say(words)
            show_if(label, bool(words))
        clear(self._weights)
        for weight in detail.weights:
            part = WeightLabel(weight)
            self._weights.addWidget(part)
            part.show()
        self._draw_fields(detail)
        if before is None or before.actions != detail.actions or before.id != detail.id:
            self._draw_actions(detail.actions)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        items = (self._actions.itemAt(place) for place in range(self._actions.count()))
        found = (item.widget() for item in items if item is not None)
        return [widget for widget in found if widget is not None]

    def press(self, place: int) -> None:
        """The action with that digit."""
        buttons = self.stops()
        if place < len(buttons):
            button = buttons[place]
            if isinstance(button, KeyButton) and button.isEnabled():
                button.click()

    def forget(self) -> None:
        """Draw everything anew: sizes or colours are others."""
        self._detail = None

    def _draw_fields(self, detail: Detail) -> None:
        clear(self._fields)
        if any(detail.heads):
            for place, head in enumerate(detail.heads, start=1):
                self._put(SpanLabel("strong", head, wrap=True), 0, place)
        for line, field in enumerate(detail.fields, start=1):
            self._put(SpanLabel("label", field.label), line, 0)
            self._put(_words(field.one, field, detail.heads[0]), line, 1)
            if any(detail.heads):
                self._put(_words(field.other, field, detail.heads[1]), line, 2)
                self._put(AgreementLabel(field), line, 3)

    def _put(self, part: QWidget, line: int, place: int) -> None:
        self._fields.addWidget(part, line, place, Qt.AlignmentFlag.AlignTop)
        part.show()

    def _draw_actions(self, actions: tuple[Choice, ...]) -> None:
        clear(self._actions)
        for place, choice in enumerate(actions):
            button = KeyButton(
                "primary" if choice.chosen else "action", choice.text, str(place + 1)
            )
            button.setEnabled(choice.enabled)
            button.clicked.connect(lambda _=False, name=choice.name: self.decided.emit(name))
            self._actions.addWidget(button)
            button.show()


class WeightLabel(QFrame):
    """One thing that speaks for one person, or against it."""

    def __init__(self, weight: Weight) -> None:
        super().__init__()
        layout = row(self, gap=5)
        layout.addWidget(IconLabel(weight.icon, weight.tone, 14))
        layout.addWidget(SpanLabel("detail", weight.text))


class AgreementLabel(QFrame):
    """How a field compares: a word with its drawing, so that colour is not needed."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        layout = row(self, gap=5)
        layout.addWidget(IconLabel(field.icon, field.tone, 14))
        layout.addWidget(SpanLabel("small", field.agreement))


def _words(line: Line, field: Field, head: str) -> SpanLabel:
    """A side of a field, which says by itself whose it is and how it compares."""
    label = SpanLabel("detail", line, wrap=True)
    told = (head, field.label, plain(line), field.agreement)
    label.setAccessibleName(", ".join(part for part in told if part))
    return label


class ReviewView(QWidget):
    opened = Signal(str)
    picked = Signal(str)
    decided = Signal(str)
    agreed = Signal()
    declined = Signal()
    undid = Signal()
    asked_again = Signal()
    notice_closed = Signal()
    sync_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._screen: Screen | None = None
        self.tabs, self.choices, self._head = TabBar(), Choices(), PageHead()
        self.notice, self._offline = Strip(key="Alt Z"), OfflineBar()
        self.detail, self.confirm = DetailCard(), ConfirmCard()
        self._empty, self._keys = SpanLabel("fact", wrap=True), SpanLabel("small", wrap=True)
        self.retry = small_button(self)
        self._build()
        self._connect()
        # A widget Qt has deleted may live on in Python for a while; it must not be told any more.
        self.destroyed.connect(on_switch(self._redraw))
        theme.notices.changed.connect(self._restyle)

    def shown(self) -> Screen | None:
        """What is shown now."""
        return self._screen

    def draw(self, screen: Screen) -> None:
        before, self._screen = self._screen, screen
        self._head.draw(screen.title, screen.left, screen.sync, screen.person)
        self.tabs.draw(screen.tabs)
        self.notice.draw(screen.notice)
        self._offline.draw(screen.offline)
        self._draw_rows(screen)
        self.detail.draw(screen.detail)
        if before is None or before.chosen != screen.chosen:
            self._page.verticalScrollBar().setValue(0)
        asked = self.confirm.isVisibleTo(self)
        self.confirm.draw(screen.confirm)
        if screen.confirm is not None and not asked:
            self._page.verticalScrollBar().setValue(0)
        if asked and screen.confirm is None:
            self.choices.rest()
        self._empty.say(screen.empty)
        show_if(self._empty, bool(screen.empty))
        self.retry.setText(screen.retry)
        show_if(self.retry, bool(screen.retry))
        self._keys.say(screen.keys)
        stops = (*self.choices.buttons, *self.detail.stops(), *self.tabs.buttons.values())
        for one, other in pairwise((*stops, self.retry)):
            QWidget.setTabOrder(one, other)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.choices.rest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _build(self) -> None:
        self._area = scrolled(self.choices)
        beside = QWidget()
        beside.setProperty("kind", "clear")
        inside = column(beside, 0, 0, 4, 0, gap=8)
        # Within what scrolls: large type leaves it no room anywhere else.
        inside.addWidget(self.confirm)
        inside.addWidget(self.detail)
        inside.addWidget(self._empty, 1)
        inside.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._page = scrolled(beside)
        right = column(gap=10)
        for part in (self.notice, self._offline):
            right.addWidget(part)
        right.addWidget(self._page, 1)
        right.addWidget(self._keys)
        parts = row(None, gap=14)
        parts.addWidget(self._area)
        parts.addLayout(right, 1)
        body = column(None, 20, 12, 20, 10, gap=10)
        body.addWidget(self.tabs)
        body.addLayout(parts, 1)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addLayout(body, 1)

    def _connect(self) -> None:
        self.tabs.opened.connect(self.opened)
        self.choices.picked.connect(self.picked)
        self.detail.decided.connect(self.decided)
        self.confirm.agreed.connect(self.agreed)
        self.confirm.declined.connect(self.declined)
        self.notice.pressed.connect(self.undid)
        self.notice.closed.connect(self.notice_closed)
        self.retry.clicked.connect(self.asked_again)
        self._head.sync_wanted.connect(self.sync_wanted)
        self._head.account_wanted.connect(self.account_wanted)
        for place in range(_DIGITS):
            self._key(str(place + 1), partial(self.detail.press, place))
        for tab, keys in _KEYS.items():
            self._key(keys.replace(" ", "+"), partial(self.opened.emit, str(tab)))
        self._key("Alt+Z", self.undid.emit)
        self._key("F5", self.asked_again.emit)
        # For keyboards whose F-keys do something else.
        self._key("Ctrl+R", self.asked_again.emit)
        self._key("Esc", self._back)

    def _key(self, keys: str, does: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(does)

    def _back(self) -> None:
        if self._screen is not None and self._screen.confirm is not None:
            self.declined.emit()
        else:
            self.choices.rest()

    def _draw_rows(self, screen: Screen) -> None:
        focus = QApplication.focusWidget()
        inside = focus is not None and self.isAncestorOf(focus)
        lost = focus is self or (inside and isinstance(focus, KeyButton))
        self.choices.draw(screen.rows, screen.chosen, _choice, keys=lost)
        show_if(self._area, bool(screen.rows))

    def _share(self) -> None:
        """The list is as wide as it likes, but leaves the detail more than half."""
        self._area.setFixedWidth(min(theme.current().px(_LIST), self.width() // 3))

    def _redraw(self) -> None:
        if self._screen:
            self.draw(self._screen)

    def _restyle(self) -> None:
        self._share()
        self.choices.forget()
        self.detail.forget()
        self._redraw()


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.id, one.title, one.line, one.badge, badge_right=True)
