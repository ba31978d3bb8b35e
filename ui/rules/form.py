"""The numbers of a rule set to be typed, the day and the reason, and the last question."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QWidget

from ui import theme
from ui.rules.screen import Field, Form
from ui.rules.steps import StepsPart
from ui.widgets.buttons import KeyButton
from ui.widgets.entry import AskField, EntryLine
from ui.widgets.layouts import FlowLayout, clear, column, mark, row, show_if
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Line, Span, Tone

_FIELD, _DAY, _ABREAST = 110, 130, 504


class NumberLine:
    """The widgets of one number, in three cells of a grid."""

    def __init__(self, grid: QGridLayout, place: int) -> None:
        self.words, self.field, self.beside = QWidget(), AskField(), QWidget()
        for part in (self.words, self.beside):
            part.setProperty("kind", "clear")
        self._label, self._sentence = SpanLabel("strong", wrap=True), SpanLabel("small", wrap=True)
        self._unit, self._hint = SpanLabel("detail"), SpanLabel("small", wrap=True)
        self._problem = SpanLabel("bad", wrap=True)
        left, right = column(self.words, gap=1), column(self.beside, gap=1)
        left.addWidget(self._label)
        left.addWidget(self._sentence)
        left.addStretch(1)
        for part in (self._unit, self._hint, self._problem):
            right.addWidget(part)
        right.addStretch(1)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self.words, place, 0)
        grid.addWidget(self.field, place, 1, top)
        grid.addWidget(self.beside, place, 2)

    def draw(self, one: Field) -> None:
        """Show it; what is being typed is left alone."""
        said = (Span(one.label), Span(f" · {one.changed}" if one.changed else "", tone=Tone.BRAND))
        self._label.say(said)
        self._sentence.say(one.sentence)
        self._unit.say(one.unit)
        self._hint.say(one.hint)
        self._problem.say(one.problem)
        show_if(self._problem, bool(one.problem))
        self.field.setFixedWidth(theme.current().px(_FIELD))
        if self.field.text() != one.text:
            self.field.setText(one.text)
        mark(self.field, wrong=bool(one.problem))
        told = (one.sentence, one.hint, one.changed, one.problem)
        self.field.setAccessibleName(f"{one.label}, {one.unit}")
        self.field.setAccessibleDescription(". ".join(part for part in told if part))

    def show(self) -> None:
        """Else it would be there only after the next event, too late for the keys."""
        for part in (self.words, self.field, self.beside):
            part.show()


class FormCard(QFrame):
    """Signals: `typed(key, text)`, `left` on Esc."""

    typed = Signal(str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._name = ""
        self.lines: dict[str, NumberLine] = {}
        self._title, self._sentence = SpanLabel("heading"), SpanLabel("fact", wrap=True)
        self._problem = SpanLabel("bad", wrap=True)
        self._grid, self.steps = QGridLayout(), StepsPart()
        theme.space(self._grid, gap=10)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(2, 1)
        layout = column(self, 18, 14, 18, 14, gap=10)
        for part in (self._title, self._sentence, self._problem):
            layout.addWidget(part)
        layout.addLayout(self._grid)
        layout.addWidget(self.steps)
        layout.addStretch(1)
        self._all = layout
        self.steps.left.connect(self.left)

    def draw(self, form: Form) -> None:
        """Show the numbers."""
        if form.name != self._name:
            self._name = form.name
            self._make(form)
        self._title.say(form.title)
        self._sentence.say(form.sentence)
        self._problem.say(form.problem)
        show_if(self._problem, bool(form.problem))
        for one in form.fields:
            self.lines[one.key].draw(one)
        show_if(self.steps, form.steps is not None)
        if form.steps is not None:
            self.steps.draw(form.steps)

    def lend_room(self, entries: QWidget) -> None:
        """Have these below the numbers."""
        if self._all.indexOf(entries) < 0:
            self._all.addWidget(entries)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        fields: list[QWidget] = [line.field for line in self.lines.values()]
        return [*fields, *(self.steps.stops() if not self.steps.isHidden() else ())]

    def _make(self, form: Form) -> None:
        clear(self._grid)
        self.lines = {one.key: NumberLine(self._grid, at) for at, one in enumerate(form.fields)}
        for key, line in self.lines.items():
            line.field.textEdited.connect(lambda text, key=key: self.typed.emit(key, text))
            line.field.entered.connect(line.field.focusNextChild)
            line.field.down.connect(line.field.focusNextChild)
            line.field.left.connect(self.left)
            line.show()


class _Entries(QWidget):
    """From when and why, side by side where there is room."""

    def __init__(self, day: EntryLine, why: EntryLine) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self._line = row(self, gap=14)
        self._line.addWidget(day, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addWidget(why, 1, Qt.AlignmentFlag.AlignTop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        wide = self.width() >= theme.current().px(_ABREAST)
        self._line.setDirection(across if wide else down)


class FootBar(QFrame):
    """From when, why, and the buttons; stays in sight.

    On a low page `entries` are lent to the form, else nothing would be seen of its numbers.

    Signals: `dated(text)`, `reasoned(text)`, `put`, `dropped`, `left` on Esc.
    """

    dated = Signal(str)
    reasoned = Signal(str)
    put = Signal()
    dropped = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.day, self.why = EntryLine(wide=False), EntryLine(wide=True)
        self.put_button = KeyButton("primary", "", "Ctrl Enter")
        self.drop_button = KeyButton("action", "", "Alt X")
        self._beside = SpanLabel("small", wrap=True, natural=True)
        self.entries = _Entries(self.day, self.why)
        buttons = FlowLayout(10, right_from=2)
        for part in (self.put_button, self.drop_button, self._beside):
            buttons.addWidget(part)
        self._all = column(self, 18, 10, 18, 10, gap=8)
        self._all.addWidget(self.entries)
        self._all.addLayout(buttons)
        self.day.field.textEdited.connect(self.dated)
        self.why.field.textEdited.connect(self.reasoned)
        for field in (self.day.field, self.why.field):
            field.entered.connect(field.focusNextChild)
            field.left.connect(self.left)
        self.put_button.clicked.connect(self.put)
        self.drop_button.clicked.connect(self.dropped)

    def draw(self, form: Form, beside: Line | str) -> None:
        """Show them, and some words beside the buttons."""
        self.day.field.setFixedWidth(theme.current().px(_DAY))
        self.day.draw(form.day)
        self.why.draw(form.why)
        self.put_button.say(form.put.text)
        self.put_button.setEnabled(form.put.enabled)
        self.drop_button.say(form.drop.text)
        self.drop_button.setEnabled(form.drop.enabled)
        self._beside.say(beside)

    def take_entries(self) -> None:
        """Have them again."""
        if self._all.indexOf(self.entries) < 0:
            self._all.insertWidget(0, self.entries)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [self.day.field, self.why.field, self.put_button, self.drop_button]
