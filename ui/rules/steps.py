"""The steps of a touch plan to be typed, moved, left out and added."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QPushButton, QWidget

from ui import theme
from ui.rules.screen import Step, Steps
from ui.widgets.buttons import KeyButton, MenuButton
from ui.widgets.entry import AskField
from ui.widgets.layouts import FlowLayout, column, mark, show_if
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Span, Tone
from ui.words import tr

_WHEN = 120


class StepLine(QFrame):
    """One step. Signals: `typed(part, text)`, `moved(by)`, `removed`, `left` on Esc."""

    typed = Signal(str, str)
    moved = Signal(int)
    removed = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "inset")
        self._title, self._problem = SpanLabel("strong"), SpanLabel("bad", wrap=True)
        self.when, self.purpose = AskField(), AskField()
        self.way, self.script = MenuButton(), MenuButton()
        self.up, self.down, self.out = (QPushButton(mark) for mark in ("↑", "↓", "✕"))
        for button in (self.up, self.down, self.out):
            button.setProperty("kind", "small")
            # By keys they are Alt ↑, Alt ↓ and Alt Del in any field of the step.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._build()
        self._connect()

    def draw(self, step: Step, steps: Steps, *, first: bool, last: bool) -> None:
        """Show it; what is being typed is left alone."""
        changed = (Span(f" · {step.changed}", tone=Tone.BRAND),) if step.changed else ()
        self._title.say((Span(step.title, strong=True), *changed))
        for field, text, entry in (
            (self.when, step.when, steps.when),
            (self.purpose, step.purpose, steps.purpose),
        ):
            if field.text() != text:
                field.setText(text)
            field.setPlaceholderText(entry.placeholder)
            field.setAccessibleName(f"{step.title}, {entry.label}")
            field.setAccessibleDescription(step.problem or step.changed)
        self.purpose.setToolTip(step.purpose)
        self.when.setFixedWidth(theme.current().px(_WHEN))
        self.way.draw(step.way, f"{step.title}, {steps.way}")
        self.script.draw(step.script, f"{step.title}, {steps.script}")
        self._name_ways(step)
        self.up.setEnabled(not first)
        self.down.setEnabled(not last)
        self._problem.say(step.problem)
        show_if(self._problem, bool(step.problem))
        mark(self.when, wrong=bool(step.problem))

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [self.when, self.way, self.script, self.purpose]

    def _name_ways(self, step: Step) -> None:
        for button, told, keys in (
            (self.up, tr("earlier"), "Alt ↑"),
            (self.down, tr("later"), "Alt ↓"),
            (self.out, tr("leave out"), "Alt Del"),
        ):
            button.setToolTip(f"{told} · {keys}")
            button.setAccessibleName(f"{step.title}, {told}")

    def _build(self) -> None:
        head = FlowLayout(8, right_from=4)
        for part in (self._title, self.when, self.way, self.script, self.up, self.down, self.out):
            head.addWidget(part)
        layout = column(self, 12, 8, 12, 8, gap=6)
        layout.addLayout(head)
        layout.addWidget(self.purpose)
        layout.addWidget(self._problem)

    def _connect(self) -> None:
        self.when.textEdited.connect(lambda text: self.typed.emit("when", text))
        self.purpose.textEdited.connect(lambda text: self.typed.emit("purpose", text))
        for field in (self.when, self.purpose):
            field.left.connect(self.left)
            field.entered.connect(field.focusNextChild)
            field.down.connect(field.focusNextChild)
        self.way.picked.connect(lambda name: self.typed.emit("way", name))
        self.script.picked.connect(lambda name: self.typed.emit("script", name))
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self.out.clicked.connect(self.removed)
        self._key("Alt+Up", self.up.click)
        self._key("Alt+Down", self.down.click)
        self._key("Alt+Del", self.out.click)

    def _key(self, keys: str, does: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(does)


class StepsPart(QWidget):
    """All of them. The keys follow a step that moves, and come to one that is new.

    Signals: `typed(place, part, text)`, `moved(place, by)`, `removed(place)`,
    `added`, `left` on Esc.
    """

    typed = Signal(int, str, str)
    moved = Signal(int, int)
    removed = Signal(int)
    added = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self.lines: list[StepLine] = []
        self._title, self._sentence = SpanLabel("strong"), SpanLabel("small", wrap=True)
        self._problem = SpanLabel("bad", wrap=True)
        self.add = KeyButton("action", "", "Alt N")
        self._list = column(gap=8)
        layout = column(self, gap=8)
        for part in (self._title, self._sentence, self._problem):
            layout.addWidget(part)
        layout.addLayout(self._list)
        layout.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.add.clicked.connect(self._add)

    def draw(self, steps: Steps) -> None:
        """Show them."""
        self._title.say(steps.title)
        self._sentence.say(steps.sentence)
        self._problem.say(steps.problem)
        show_if(self._problem, bool(steps.problem))
        self.add.say(steps.add.text)
        self.add.setEnabled(steps.add.enabled)
        if len(self.lines) != len(steps.rows):
            self._make(len(steps.rows))
        last = len(self.lines) - 1
        for place, (line, step) in enumerate(zip(self.lines, steps.rows, strict=True)):
            line.draw(step, steps, first=place == 0, last=place == last)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [*(stop for line in self.lines for stop in line.stops()), self.add]

    def _make(self, many: int) -> None:
        """As many lines as there are steps: more at the end, or fewer."""
        while len(self.lines) > many:
            self._list.removeWidget(line := self.lines.pop())
            line.hide()
            line.setParent(None)
            line.deleteLater()
        while len(self.lines) < many:
            self._line(len(self.lines))

    def _line(self, place: int) -> None:
        line = StepLine()
        line.typed.connect(lambda part, text: self.typed.emit(place, part, text))
        line.moved.connect(lambda by: self._move(place, by))
        line.removed.connect(lambda: self._remove(place))
        line.left.connect(self.left)
        self.lines.append(line)
        self._list.addWidget(line)
        line.show()

    def _move(self, place: int, by: int) -> None:
        held = self._held(place)
        self.moved.emit(place, by)
        self._rest(place + by, held)

    def _remove(self, place: int) -> None:
        held = self._held(place)
        self.removed.emit(place)
        self._rest(min(place, len(self.lines) - 1), held)

    def _add(self) -> None:
        self.added.emit()
        self._rest(len(self.lines) - 1, 0)

    def _held(self, place: int) -> int:
        """Which of its stops has the keys; the first if none has."""
        stops = self.lines[place].stops()
        focus = QApplication.focusWidget()
        return stops.index(focus) if focus in stops else 0

    def _rest(self, place: int, stop: int) -> None:
        """Give the keys to a step; to what adds one where there is none."""
        if 0 <= place < len(self.lines):
            self.lines[place].stops()[stop].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)
