"""The sums of whom the list shows: a table where there is room for it, else one line."""

from PySide6.QtWidgets import QFrame, QWidget

from ui.customers.screen import Fact
from ui.widgets.layouts import FlowLayout, clear, column, show_if
from ui.widgets.matrix import Matrix
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Span, Table, Tone
from ui.words import tr


class Sums(QFrame):
    """The whole table, or folded what it comes to; hidden without any."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.table, self.line = Matrix(), QWidget()
        self.line.setProperty("kind", "clear")
        self._figures = FlowLayout(22)
        column(self.line, 8, 5, 8, 4).addLayout(self._figures)
        layout = column(self, 7, 2, 7, 4)
        layout.addWidget(self.table)
        layout.addWidget(self.line)
        self._facts: tuple[Fact, ...] = ()
        self._table: Table | None = None
        self._folded = False

    def draw(self, table: Table | None, facts: tuple[Fact, ...]) -> None:
        """Show these sums."""
        self._table = table
        if facts != self._facts:
            self._facts = facts
            clear(self._figures)
            for fact in facts:
                label = figure(fact)
                self._figures.addWidget(label)
                label.show()
        self._share()

    def fold(self, *, folded: bool) -> None:
        """Fold it into one line, or open it."""
        if folded is not self._folded:
            self._folded = folded
            self._share()

    def is_folded(self) -> bool:
        """Whether it is one line now."""
        return self._folded

    def _share(self) -> None:
        self.table.draw(None if self._folded else self._table, tr("Sums"))
        show_if(self.line, self._folded)
        show_if(self, self._table is not None)


def figure(fact: Fact) -> SpanLabel:
    """A figure with its name before it, and a hint behind it."""
    label = SpanLabel("fact")
    parts = (Span(f"{fact.label} ", tone=Tone.QUIET), Span(fact.value, strong=True))
    label.say((*parts, Span(f" {fact.hint}", tone=Tone.QUIET)) if fact.hint else parts)
    return label
