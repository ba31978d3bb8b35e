"""A small question in the page: a reason by digit, a time to write."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui.widgets.buttons import KeyButton, small_button
from ui.widgets.entry import AskField
from ui.widgets.layouts import FlowLayout, clear, column, mark, row, show_if
from ui.widgets.texts import SpanLabel
from ui.words import tr
from ui.workspace.screen import Ask


class AskCard(QFrame):
    """Signals: `chosen(name)`, `written(text)`, `confirmed`, `closed`."""

    chosen = Signal(str)
    written = Signal(str)
    confirmed = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "strip")
        mark(self, tone="brand")
        self._ask: Ask | None = None
        self._title = SpanLabel("strong", wrap=True)
        self._close = small_button(self)
        self._choices = FlowLayout(8)
        self.field = AskField()
        self._confirm = KeyButton("primary", "", "Enter")
        self._reading = SpanLabel("label", wrap=True)
        self._build()
        self.hide()

    def _build(self) -> None:
        head = row(gap=8)
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        line = row(gap=8)
        line.addWidget(self.field, 1)
        line.addWidget(self._confirm)
        layout = column(self, 14, 10, 12, 10, gap=8)
        layout.addLayout(head)
        layout.addLayout(self._choices)
        layout.addLayout(line)
        layout.addWidget(self._reading)
        self._close.clicked.connect(self.closed)
        self._confirm.clicked.connect(self.confirmed)
        self.field.textEdited.connect(self.written)
        self.field.left.connect(self.closed)
        self.field.down.connect(self._to_choices)
        self.field.entered.connect(self.confirmed)

    def draw(self, ask: Ask | None) -> None:
        fresh = ask is not None and (self._ask is None or ask.title != self._ask.title)
        same, self._ask = ask == self._ask, ask
        show_if(self, ask is not None)
        if ask is None or same:
            return
        self._title.say(ask.title)
        self._close.setText(tr("Cancel · Esc"))
        self._draw_choices(ask)
        show_if(self.field, ask.entry)
        show_if(self._confirm, bool(ask.confirm))
        self._confirm.say(ask.confirm)
        self.field.setPlaceholderText(ask.placeholder)
        self.field.setAccessibleName(ask.title)
        self._reading.say(ask.reading)
        show_if(self._reading, bool(ask.reading))
        if fresh:
            self.field.clear()
            (self.field if ask.entry else self).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def count(self) -> int:
        return len(self._ask.choices) if self._ask else 0

    def press(self, place: int) -> None:
        if self._ask and place < len(self._ask.choices) and self._ask.choices[place].enabled:
            self.chosen.emit(self._ask.choices[place].name)

    def take_keys(self) -> None:
        """Give the keys to what answers it, where there is nothing to write."""
        if self._ask is not None and self._ask.confirm:
            self._confirm.setFocus(Qt.FocusReason.TabFocusReason)
        elif not self._to_choices():
            self._close.setFocus(Qt.FocusReason.TabFocusReason)

    def _to_choices(self) -> bool:
        """Give the keys to the first choice that can be made, if there is one."""
        for place in range(self._choices.count()):
            item = self._choices.itemAt(place)
            button = item.widget() if item is not None else None
            if button is not None and button.isEnabled():
                button.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    def _draw_choices(self, ask: Ask) -> None:
        clear(self._choices)
        for place, choice in enumerate(ask.choices):
            # A digit would go into the line that is being written; the arrow leads out of it.
            key = str(place + 1) if not ask.entry else "" if place else "↓"
            button = KeyButton("choice", choice.text, key, first=True, natural=True)
            button.choose(choice.chosen)
            button.setEnabled(choice.enabled)
            button.clicked.connect(lambda _=False, name=choice.name: self.chosen.emit(name))
            self._choices.addWidget(button)
            # Else it would be there only after the next event, too late for the keys.
            button.show()
