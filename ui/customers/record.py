"""All that the hub knows of a customer, to be read: who she is and why, who held her, her history,
and who looked at it.
"""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractSlider, QFrame, QGridLayout, QVBoxLayout, QWidget

from ui import theme
from ui.customers.screen import Record, Screen
from ui.customers.sums import figure
from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import FlowLayout, clear, column, scrolled, show_if
from ui.widgets.page import Page
from ui.widgets.page_head import PageHead
from ui.widgets.texts import BadgeLabel, FlagLabel, SpanLabel
from ui.words import tr

# The keys by which she reads on, and how far they go.
_STEPS = {
    "Up": QAbstractSlider.SliderAction.SliderSingleStepSub,
    "Down": QAbstractSlider.SliderAction.SliderSingleStepAdd,
    "PgUp": QAbstractSlider.SliderAction.SliderPageStepSub,
    "PgDown": QAbstractSlider.SliderAction.SliderPageStepAdd,
    "Home": QAbstractSlider.SliderAction.SliderToMinimum,
    "End": QAbstractSlider.SliderAction.SliderToMaximum,
}
# Where the card of who looked stands among the cards.
_LOOKS = 2


class RecordPage(Page[Screen]):
    """All that is known of a customer, to be read, below a head that stands elsewhere.

    Signals: `closed`.
    """

    closed = Signal()

    def __init__(self, head: PageHead) -> None:
        super().__init__(head=head)
        self._record: Record | None = None
        self._back, self._keys = KeyButton("action"), SpanLabel("small")
        self._name, self._facts = SpanLabel("name"), SpanLabel("fact", wrap=True)
        self._badges, self._flags, self._figures = FlowLayout(8), FlowLayout(8), FlowLayout(22)
        self._whys, self._held, self._looks = column(), column(), column()
        self._history, self._titles = QGridLayout(), [SpanLabel("heading") for _ in range(4)]
        self._cards: list[QFrame] = []
        self._build()
        self._back.clicked.connect(self.closed)
        self._key("Esc", self.closed.emit)
        for keys, step in _STEPS.items():
            self._key(keys, partial(self._area.verticalScrollBar().triggerAction, step))

    def draw(self, screen: Screen) -> None:
        """Show its record; without one nothing is drawn."""
        record, self._screen = screen.record, screen
        if record is None:
            return
        self._head.draw(screen.title, "", screen.sync, screen.person)
        self._back.say(tr("Back to the list"), "Esc")
        self._keys.say(tr("↑ ↓ read on · Page up, Page down · Home, End"))
        if record == self._record:
            return
        self._record = record
        self._area.verticalScrollBar().setValue(0)
        titles = (
            tr("Why she is where she is"),
            tr("Who held her"),
            tr("Who looked at this record"),
            tr("History"),
        )
        for label, words in zip(self._titles, titles, strict=True):
            label.say(words)
        self._name.say(record.name)
        self._facts.say(record.facts)
        self._draw_flows(record)
        _refill_lines(self._whys, record.whys or (tr("Nothing is known."),))
        _refill_lines(self._held, record.held or (tr("Nothing is known."),))
        _refill_lines(self._looks, record.looks or (tr("Nobody before now."),))
        show_if(self._cards[_LOOKS], record.looks is not None)
        self._draw_history(record)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw_flows(self, record: Record) -> None:
        badges = [BadgeLabel(badge) for badge in (*record.badges, *record.tags)]
        _refill(self._badges, badges)
        _refill(self._flags, [FlagLabel(flag) for flag in record.flags])
        _refill(self._figures, [figure(fact) for fact in record.figures])

    def _draw_history(self, record: Record) -> None:
        clear(self._history)
        for place, past in enumerate(record.history):
            self._history.addWidget(SpanLabel("fact", past.when), place, 0)
            self._history.addWidget(SpanLabel("fact", past.kind), place, 1)
            self._history.addWidget(SpanLabel("body", past.words, wrap=True), place, 2)
        if not record.history:
            self._history.addWidget(SpanLabel("fact", tr("Nothing has happened yet.")), 0, 0)

    def _build(self) -> None:
        self._history.setColumnStretch(2, 1)
        theme.space(self._history, gap=9)
        inside = QWidget()
        inside.setProperty("kind", "clear")
        body = column(inside, 20, 14, 20, 12, gap=12)
        who = column(_card(body), 18, 14, 18, 14, gap=8)
        for part in (self._name, self._facts):
            who.addWidget(part)
        for flow in (self._badges, self._flags, self._figures):
            who.addLayout(flow)
        layouts = (self._whys, self._held, self._looks, self._history)
        for title, layout in zip(self._titles, layouts, strict=True):
            self._cards.append(_card(body))
            card = column(self._cards[-1], 18, 14, 18, 14, gap=8)
            card.addWidget(title)
            card.addLayout(layout)
        body.addStretch(1)
        foot = QWidget()
        foot.setProperty("kind", "clear")
        line = FlowLayout(8)
        line.addWidget(self._back)
        line.addWidget(self._keys)
        column(foot, 20, 6, 20, 10).addLayout(line)
        page = column(self)
        self._area = scrolled(inside)
        page.addWidget(self._area, 1)
        page.addWidget(foot)

    def _redraw(self) -> None:
        """Words, sizes or colours are others: everything is made anew."""
        self._record = None
        super()._redraw()


def _card(body: QVBoxLayout) -> QFrame:
    """A card more on the page."""
    card = QFrame()
    card.setProperty("kind", "card")
    body.addWidget(card)
    return card


def _refill_lines(layout: QVBoxLayout, lines: Sequence[str]) -> None:
    """Put other lines of words into a column; they are there at once."""
    clear(layout)
    for words in lines:
        label = SpanLabel("fact", words, wrap=True)
        layout.addWidget(label)
        label.show()


def _refill(flow: FlowLayout, parts: Sequence[QWidget]) -> None:
    """Put other parts into a flow; they are there at once."""
    clear(flow)
    for part in parts:
        flow.addWidget(part)
        part.show()
