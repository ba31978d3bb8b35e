"""All that the hub knows of a customer, to be read: who she is, why, who held her, her history."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from ui import theme
from ui.customers.screen import Fact, Record, Screen
from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import FlowLayout, clear, column, scrolled
from ui.widgets.page_head import PageHead
from ui.widgets.texts import BadgeLabel, FlagLabel, SpanLabel
from ui.widgets.values import Span, Tone
from ui.words import on_switch, tr


class RecordPage(QWidget):
    """All that is known of a customer, to be read. Signals: `closed`, those of the head."""

    closed = Signal()
    sync_wanted = Signal()
    account_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._record: Record | None = None
        self._head, self._back = PageHead(), KeyButton("action")
        self._name, self._facts = SpanLabel("name"), SpanLabel("fact", wrap=True)
        self._badges, self._flags, self._figures = FlowLayout(8), FlowLayout(8), FlowLayout(22)
        self._whys, self._held = column(), column()
        self._history, self._titles = QGridLayout(), [SpanLabel("heading") for _ in range(3)]
        self._build()
        self._back.clicked.connect(self.closed)
        self._head.sync_wanted.connect(self.sync_wanted)
        self._head.account_wanted.connect(self.account_wanted)
        shortcut = QShortcut(QKeySequence("Esc"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.closed)
        self.destroyed.connect(on_switch(self._forget))
        theme.notices.changed.connect(self._forget)

    def draw(self, screen: Screen, record: Record) -> None:
        """Show a record."""
        self._head.draw(screen.title, "", screen.sync, screen.person)
        self._back.say(tr("Back to the list"), "Esc")
        if record == self._record:
            return
        self._record = record
        titles = (tr("Why she is where she is"), tr("Who held her"), tr("History"))
        for label, words in zip(self._titles, titles, strict=True):
            label.say(words)
        self._name.say(record.name)
        self._facts.say(record.facts)
        self._draw_flows(record)
        for layout, lines in ((self._whys, record.whys), (self._held, record.held)):
            clear(layout)
            for words in lines or (tr("Nothing is known."),):
                layout.addWidget(SpanLabel("fact", words, wrap=True))
        self._draw_history(record)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw_flows(self, record: Record) -> None:
        badges = [BadgeLabel(badge) for badge in (*record.badges, *record.tags)]
        _refill(self._badges, badges)
        _refill(self._flags, [FlagLabel(flag) for flag in record.flags])
        _refill(self._figures, [_figure(fact) for fact in record.figures])

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
        who = _card(body)
        for part in (self._name, self._facts):
            who.addWidget(part)
        for flow in (self._badges, self._flags, self._figures):
            who.addLayout(flow)
        for title, layout in zip(
            self._titles, (self._whys, self._held, self._history), strict=True
        ):
            card = _card(body)
            card.addWidget(title)
            card.addLayout(layout)
        body.addStretch(1)
        foot = QWidget()
        foot.setProperty("kind", "clear")
        line = FlowLayout(8)
        line.addWidget(self._back)
        column(foot, 20, 6, 20, 10).addLayout(line)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addWidget(scrolled(inside), 1)
        layout.addWidget(foot)

    def _forget(self) -> None:
        """Sizes, colours or the language are others: draw it anew next time."""
        self._record = None


def _card(body: QVBoxLayout) -> QVBoxLayout:
    """A card more on the page."""
    card = QFrame()
    card.setProperty("kind", "card")
    body.addWidget(card)
    return column(card, 18, 14, 18, 14, gap=8)


def _refill(flow: FlowLayout, parts: Sequence[QWidget]) -> None:
    """Put other parts into a flow; they are there at once."""
    clear(flow)
    for part in parts:
        flow.addWidget(part)
        part.show()


def _figure(fact: Fact) -> SpanLabel:
    label = SpanLabel("fact")
    parts = (Span(f"{fact.label} ", tone=Tone.QUIET), Span(fact.value, strong=True))
    label.say((*parts, Span(f" {fact.hint}", tone=Tone.QUIET)) if fact.hint else parts)
    return label
