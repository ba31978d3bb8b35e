"""The leader's list of parked work on screen: draws a Screen, tells what she decided.

Signals of ParkedView: picked(id) · answered(words) · decided(verdict) · sync_wanted ·
account_wanted
"""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui import theme
from ui.parked.screen import Detail, Row, Screen
from ui.widgets.choices import ChoiceButton
from ui.widgets.digits import DigitRow
from ui.widgets.entry import AskField
from ui.widgets.layouts import clear, column, in_order, scrolled, show_if
from ui.widgets.page import ListPage
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Span

_DIGITS = 3


class DetailCard(QFrame):
    """The chosen work and what can be said about it.

    Signals: `decided(verdict)`, `answered(words)`, `left`.
    """

    decided = Signal(str)
    answered = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._detail: Detail | None = None
        self._title = SpanLabel("heading", wrap=True)
        self._words = SpanLabel("body", wrap=True)
        self._facts = QGridLayout()
        self._problem = SpanLabel("bad", wrap=True)
        self.field = AskField()
        self._actions = DigitRow(8)
        layout = column(self, 18, 14, 18, 14, gap=12)
        layout.addWidget(self._title)
        layout.addWidget(self._words)
        theme.space(self._facts, gap=8)
        self._facts.setColumnStretch(1, 1)
        layout.addLayout(self._facts)
        layout.addWidget(self.field)
        layout.addWidget(self._problem)
        layout.addLayout(self._actions)
        self._actions.decided.connect(self.decided)
        layout.addStretch(1)
        self.field.textEdited.connect(self.answered)
        self.field.left.connect(self.left)
        self.field.down.connect(self._to_actions)
        self.field.entered.connect(self._to_actions)

    def draw(self, detail: Detail | None) -> None:
        show_if(self, detail is not None)
        if detail is None or detail == self._detail:
            return
        before, self._detail = self._detail, detail
        if before is None or before.id != detail.id:
            self.field.clear()
        self._title.say(detail.title)
        self._words.say(detail.words)
        show_if(self._words, bool(detail.words))
        self._draw_facts(detail)
        show_if(self.field, bool(detail.actions))
        self.field.setPlaceholderText(detail.placeholder)
        self.field.setAccessibleName(detail.placeholder)
        self._problem.say(detail.problem)
        show_if(self._problem, bool(detail.problem))
        if before is None or before.actions != detail.actions or before.id != detail.id:
            self._actions.draw(detail.actions, danger_last=True)
        if detail.needs_words:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [self.field, *self._actions.buttons()]

    def press(self, place: int) -> None:
        """The action with that digit."""
        self._actions.press(place)

    def _to_actions(self) -> None:
        for button in self._actions.buttons()[:1]:
            button.setFocus(Qt.FocusReason.TabFocusReason)

    def _draw_facts(self, detail: Detail) -> None:
        clear(self._facts)
        for line, fact in enumerate(detail.facts):
            label, text = SpanLabel("label", fact.label), SpanLabel("detail", wrap=True)
            text.say((Span(fact.text, tone=fact.tone),))
            self._facts.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(text, line, 1)


class ParkedView(ListPage[Screen]):
    list_width = 360
    list_part = (2, 5)
    digits_decide = True
    answered = Signal(str)
    decided = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = SpanLabel("fact", wrap=True)
        self._keys = SpanLabel("small", wrap=True)
        self.detail = DetailCard()
        self._build()
        self._connect()

    def draw(self, screen: Screen) -> None:
        self._begin(screen)
        self._draw_rows(screen.rows, _choice)
        self._empty.say(screen.empty)
        show_if(self._empty, bool(screen.empty))
        show_if(self._area, bool(screen.rows))
        self.detail.draw(screen.detail)
        in_order([*self.choices.buttons, *self.detail.stops()])
        self._keys.say(screen.keys)
        show_if(self._keys, bool(screen.rows))

    def _build(self) -> None:
        beside = QWidget()
        beside.setProperty("kind", "clear")
        right = column(beside, gap=8)
        right.addWidget(self.detail)
        right.addWidget(self._keys)
        right.addWidget(self._empty, 1)
        right.addStretch()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        page = column()
        page.addWidget(scrolled(beside))
        self._lay_out(page, 20, 16, 20, 14)

    def _connect(self) -> None:
        self.detail.decided.connect(self.decided)
        self.detail.answered.connect(self.answered)
        self.detail.left.connect(self.choices.rest)
        for place in range(_DIGITS):
            self._key(str(place + 1), partial(self.detail.press, place))


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.id, one.title, one.who, one.badge, badge_right=True)
