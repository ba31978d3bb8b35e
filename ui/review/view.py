"""The screen of likely pairs: draws a Screen, tells what she decided.

Signals of ReviewView: opened(list) · picked(id) · decided(name) · agreed · stayed · undid ·
asked_again · notice_closed · sync_wanted · account_wanted
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui import theme
from ui.review.screen import Detail, Field, Screen, Tab, Weight
from ui.widgets.choices import ChoiceButton
from ui.widgets.deciding_page import DecidingPage, DecisionCard
from ui.widgets.layouts import FlowLayout, clear, column, row, show_if
from ui.widgets.texts import IconLabel, SpanLabel
from ui.widgets.values import Line, Row, plain

_KEYS: dict[str, str] = {Tab.PAIRS: "Alt P", Tab.NUMBERS: "Alt N", Tab.SAID: "Alt H"}


class DetailCard(DecisionCard):
    """What was chosen: both side by side, with what agrees."""

    def __init__(self) -> None:
        super().__init__()
        self._detail: Detail | None = None
        self._weights, self._fields = FlowLayout(14), QGridLayout()
        self._problem = SpanLabel("bad", wrap=True)
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
            self._actions.draw(detail.actions)

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


class ReviewView(DecidingPage[Screen]):
    list_width = 340
    digits = 3
    tab_keys = _KEYS

    def __init__(self, parent: QWidget | None = None) -> None:
        detail = DetailCard()
        super().__init__(detail, parent)
        self.detail = detail
        self._put_together(self.tabs, self._area)

    def _draw_parts(self, screen: Screen) -> None:
        self._draw_rows(screen.rows, _choice)
        show_if(self._area, bool(screen.rows))
        self.detail.draw(screen.detail)


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.id, one.title, one.line, one.badge, badge_right=True)
