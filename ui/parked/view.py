"""The leader's list of parked work on screen: draws a Screen, tells what she decided.

Signals of ParkedView: picked(id) · answered(words) · decided(verdict) · sync_wanted ·
account_wanted
"""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QWidget

from ui import theme
from ui.parked.screen import Detail, Row, Screen
from ui.widgets.buttons import KeyButton
from ui.widgets.choices import ChoiceButton, Choices
from ui.widgets.layouts import FlowLayout, clear, column, row, scrolled, show_if
from ui.widgets.page_head import PageHead
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Span
from ui.words import on_switch
from ui.workspace.ask import AskField

_LIST, _DIGITS = 360, 3


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
        self._actions = FlowLayout(8)
        layout = column(self, 18, 14, 18, 14, gap=12)
        layout.addWidget(self._title)
        layout.addWidget(self._words)
        theme.space(self._facts, gap=8)
        self._facts.setColumnStretch(1, 1)
        layout.addLayout(self._facts)
        layout.addWidget(self.field)
        layout.addWidget(self._problem)
        layout.addLayout(self._actions)
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
            self._draw_actions(detail)
        if detail.needs_words:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        items = (self._actions.itemAt(place) for place in range(self._actions.count()))
        found = [item.widget() for item in items if item is not None]
        return [self.field, *(widget for widget in found if widget is not None)]

    def press(self, place: int) -> None:
        """The action with that digit."""
        item = self._actions.itemAt(place)
        button = item.widget() if item is not None else None
        if isinstance(button, KeyButton) and button.isEnabled():
            button.click()

    def _to_actions(self) -> None:
        item = self._actions.itemAt(0)
        button = item.widget() if item is not None else None
        if button is not None:
            button.setFocus(Qt.FocusReason.TabFocusReason)

    def _draw_facts(self, detail: Detail) -> None:
        clear(self._facts)
        for line, fact in enumerate(detail.facts):
            label, text = SpanLabel("label", fact.label), SpanLabel("detail", wrap=True)
            text.say((Span(fact.text, tone=fact.tone),))
            self._facts.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(text, line, 1)

    def _draw_actions(self, detail: Detail) -> None:
        clear(self._actions)
        for place, choice in enumerate(detail.actions):
            kind = "action" if place else "primary"
            danger = place == len(detail.actions) - 1
            button = KeyButton(kind, choice.text, str(place + 1), danger=danger)
            button.setEnabled(choice.enabled)
            button.clicked.connect(lambda _=False, name=choice.name: self.decided.emit(name))
            self._actions.addWidget(button)
            button.show()


class ParkedView(QWidget):
    picked = Signal(str)
    answered = Signal(str)
    decided = Signal(str)
    sync_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._screen: Screen | None = None
        self.choices = Choices()
        self._head = PageHead()
        self._empty = SpanLabel("fact", wrap=True)
        self._keys = SpanLabel("small", wrap=True)
        self.detail = DetailCard()
        self._build()
        self._connect()
        # A widget Qt has deleted may live on in Python for a while; it must not be told any more.
        self.destroyed.connect(on_switch(self._redraw))
        theme.notices.changed.connect(self._restyle)

    def shown(self) -> Screen | None:
        """What is shown now."""
        return self._screen

    def draw(self, screen: Screen) -> None:
        self._screen = screen
        self._head.draw(screen.title, screen.left, screen.sync, screen.person)
        self._draw_rows(screen)
        self._empty.say(screen.empty)
        show_if(self._empty, bool(screen.empty))
        show_if(self._area, bool(screen.rows))
        self.detail.draw(screen.detail)
        for before, after in pairwise((*self.choices.buttons, *self.detail.stops())):
            QWidget.setTabOrder(before, after)
        self._keys.say(screen.keys)
        show_if(self._keys, bool(screen.rows))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.choices.rest()

    def _build(self) -> None:
        self._area = scrolled(self.choices)
        beside = QWidget()
        beside.setProperty("kind", "clear")
        right = column(beside, gap=8)
        right.addWidget(self.detail)
        right.addWidget(self._keys)
        right.addWidget(self._empty, 1)
        right.addStretch()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        body = row(None, 20, 16, 20, 14, gap=14)
        body.addWidget(self._area)
        body.addWidget(scrolled(beside), 1)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addLayout(body, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """The list is as wide as it likes, but leaves the detail more than half."""
        self._area.setFixedWidth(min(theme.current().px(_LIST), self.width() * 2 // 5))

    def _connect(self) -> None:
        self.choices.picked.connect(self.picked)
        self.detail.decided.connect(self.decided)
        self.detail.answered.connect(self.answered)
        self.detail.left.connect(self.choices.rest)
        self._head.sync_wanted.connect(self.sync_wanted)
        self._head.account_wanted.connect(self.account_wanted)
        for place in range(_DIGITS):
            shortcut = QShortcut(QKeySequence(str(place + 1)), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda place=place: self.detail.press(place))

    def _draw_rows(self, screen: Screen) -> None:
        focus = QApplication.focusWidget()
        inside = focus is not None and self.isAncestorOf(focus)
        lost = focus is self or (inside and isinstance(focus, KeyButton))
        self.choices.draw(screen.rows, screen.chosen, _choice, keys=lost)

    def _redraw(self) -> None:
        if self._screen:
            self.draw(self._screen)

    def _restyle(self) -> None:
        self._share()
        self.choices.forget()
        self._redraw()


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.id, one.title, one.who, one.badge, badge_right=True)
