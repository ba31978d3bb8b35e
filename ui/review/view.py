"""The screen of likely pairs: draws a Screen, tells what she decided.

Signals of ReviewView: opened(list) · picked(id) · decided(name) · agreed · stayed · undid ·
asked_again · notice_closed · sync_wanted · account_wanted
"""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui import theme
from ui.review.screen import Detail, Field, Row, Screen, Tab, Weight
from ui.widgets.buttons import small_button
from ui.widgets.choices import ChoiceButton
from ui.widgets.confirm_card import Confirm
from ui.widgets.digits import DigitRow
from ui.widgets.layouts import FlowLayout, clear, column, in_order, row, show_if
from ui.widgets.page import AskingPage
from ui.widgets.tab_bar import TabBar
from ui.widgets.texts import IconLabel, SpanLabel
from ui.widgets.values import Line, plain

_DIGITS = 3
_KEYS: dict[str, str] = {Tab.PAIRS: "Alt P", Tab.NUMBERS: "Alt N", Tab.SAID: "Alt H"}


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
        self._actions = DigitRow(8)
        layout = column(self, 18, 14, 18, 14, gap=10)
        for part in (self._title, self._words):
            layout.addWidget(part)
        layout.addLayout(self._weights)
        layout.addWidget(self._problem)
        layout.addLayout(self._actions)
        self._actions.decided.connect(self.decided)
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
            self._actions.draw(detail.actions)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return self._actions.buttons()

    def press(self, place: int) -> None:
        """The action with that digit."""
        self._actions.press(place)

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


class ReviewView(AskingPage[Screen]):
    list_width = 340
    digits_decide = True
    opened = Signal(str)
    decided = Signal(str)
    agreed = Signal()
    undid = Signal()
    asked_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, notice_key="Alt Z")
        self.tabs, self.detail = TabBar(_KEYS), DetailCard()
        self._empty, self._keys = SpanLabel("fact", wrap=True), SpanLabel("small", wrap=True)
        self.retry = small_button(self)
        self._build()
        self._connect()

    def draw(self, screen: Screen) -> None:
        before = self._begin(screen)
        self.tabs.draw(screen.tabs)
        self._draw_rows(screen.rows, _choice)
        show_if(self._area, bool(screen.rows))
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
        right = column(gap=10)
        for part in (self.notice, self.offline):
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
        self.detail.decided.connect(self.decided)
        self.confirm.agreed.connect(self.agreed)
        self.notice.pressed.connect(self.undid)
        self.retry.clicked.connect(self.asked_again)
        for place in range(_DIGITS):
            self._key(str(place + 1), partial(self.detail.press, place))
        for tab, keys in _KEYS.items():
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
        return [*self.choices.buttons, *self.detail.stops(), *lists, self.retry]

    def _forget(self) -> None:
        super()._forget()
        self.detail.forget()


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.id, one.title, one.line, one.badge, badge_right=True)
