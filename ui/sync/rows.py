"""One piece of work in the sync panel: what, when, why, and what can be done about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui import theme
from ui.sync.screen import Clash, Item, Question
from ui.widgets.buttons import KeyButton, small_button
from ui.widgets.entry import AskField
from ui.widgets.layouts import FlowLayout, column, row
from ui.widgets.texts import BadgeLabel, SpanLabel
from ui.widgets.values import Span


class ItemRow(QFrame):
    """Signals: `acted(op_id, action)`, `asked(words)`, `ask_closed`,
    `side_chosen(op_id, field, mine)`, `settled(op_id)`.
    """

    acted = Signal(str, str)
    asked = Signal(str)
    ask_closed = Signal()
    side_chosen = Signal(str, str, bool)
    settled = Signal(str)

    def __init__(self, item: Item, draft: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "inset")
        self.field: AskField | None = None
        self._item = item
        self._layout = column(self, 10, 8, 10, 8, gap=5)
        self._layout.addLayout(self._head())
        if item.words:
            self._layout.addWidget(SpanLabel("detail", item.words, wrap=True))
        if item.reason:
            reason = (Span(item.reason, tone=item.tone),)
            self._layout.addWidget(SpanLabel("detail", reason, wrap=True))
        for line in item.lines:
            self._layout.addWidget(SpanLabel("detail", line, wrap=True))
        if item.clash is not None:
            self._add_clash(item.clash)
        if item.question is not None:
            self._add_question(item.question, draft)
        if item.actions:
            self._add_actions()

    def draft(self) -> str:
        """What is written to the leader so far."""
        return self.field.text() if self.field is not None else ""

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        parts = self.findChildren(QWidget)
        return [one for one in parts if one.focusPolicy() & Qt.FocusPolicy.TabFocus]

    def _head(self) -> FlowLayout:
        head = FlowLayout(8, right_from=2 if self._item.badge else 1)
        head.addWidget(SpanLabel("strong", self._item.title, wrap=True, natural=True))
        if self._item.badge:
            head.addWidget(BadgeLabel(self._item.badge))
        head.addWidget(SpanLabel("small", self._item.at))
        return head

    def _add_actions(self) -> None:
        line = FlowLayout(6)
        for choice in self._item.actions:
            button = small_button(self)
            button.setText(choice.text)
            button.setAccessibleName(f"{choice.text}: {self._item.title}")
            _name(button, self._item.op_id, choice.name)
            button.clicked.connect(
                lambda _=False, name=choice.name: self.acted.emit(self._item.op_id, name)
            )
            line.addWidget(button)
        self._layout.addLayout(line)

    def _add_question(self, question: Question, draft: str) -> None:
        self.field = AskField(draft)
        self.field.setProperty("role", "small")
        self.field.setPlaceholderText(question.placeholder)
        self.field.setAccessibleName(question.placeholder)
        _name(self.field, self._item.op_id, "question")
        send = KeyButton("small", question.send, "Enter")
        cancel = small_button(self)
        cancel.setText(question.cancel)
        self.field.entered.connect(self._send)
        self.field.left.connect(self.ask_closed)
        send.clicked.connect(self._send)
        cancel.clicked.connect(self.ask_closed)
        line = row(gap=6)
        for part in (self.field, send, cancel):
            line.addWidget(part, int(part is self.field))
        self._layout.addLayout(line)

    def _send(self) -> None:
        self.asked.emit(self.draft())

    def _add_clash(self, clash: Clash) -> None:
        grid = QGridLayout()
        theme.space(grid, gap=6)
        for place, words in enumerate((clash.hers, clash.hubs), start=1):
            grid.addWidget(SpanLabel("section", words), 0, place)
            grid.setColumnStretch(place, 1)
        for line, one in enumerate(clash.rows, start=1):
            grid.addWidget(SpanLabel("detail", one.name, wrap=True), line, 0)
            for place, mine in ((1, True), (2, False)):
                text = one.hers if mine else one.hubs
                heading = clash.hers if mine else clash.hubs
                button = KeyButton("choice", text, "✓" if one.mine is mine else "", first=True)
                button.choose(one.mine is mine)
                button.setAccessibleName(f"{one.name}, {heading}: {text}")
                _name(button, self._item.op_id, f"{one.field}-{place}")
                button.clicked.connect(
                    lambda _=False, field=one.field, mine=mine: self.side_chosen.emit(
                        self._item.op_id, field, mine
                    )
                )
                grid.addWidget(button, line, place)
        self._layout.addLayout(grid)
        save = KeyButton("primary", clash.save, "Enter")
        _name(save, self._item.op_id, "settle")
        save.clicked.connect(lambda: self.settled.emit(self._item.op_id))
        self._layout.addWidget(save, 0, Qt.AlignmentFlag.AlignRight)


def _name(widget: QWidget, op_id: str, what: str) -> None:
    """So that the keys find their place again after the list was drawn anew."""
    widget.setObjectName(f"{op_id} {what}")
