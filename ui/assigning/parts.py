"""The cards of the screen of assignment: loads, a hand-over, a plan, a leave, the history."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from ui import theme
from ui.assigning.screen import Goes, HandOver, History, Leave, Past, Pick, Plan, Row, Waiting
from ui.widgets.buttons import KeyButton, MenuButton, Toggle, small_button
from ui.widgets.choices import ChoiceButton
from ui.widgets.entry import EntryLine
from ui.widgets.layouts import FlowLayout, clear, column, row, show_if
from ui.widgets.texts import BadgeLabel, SpanLabel, mute
from ui.widgets.values import Choice, Span, Tone


class LoadBar(QWidget):
    """How full a rep is: 1 is her cap, which a tick marks; what is over it is hatched.

    Colour is not needed to read it, and the words beside it say the same.
    """

    def __init__(self, load: float, words: str) -> None:
        super().__init__()
        self._load = load
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = theme.current()
        return QSize(look.px(90), look.px(10))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.current().px(40), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        # A fifth of the width is for what is over the cap.
        high, cap = float(self.height()), self.width() / 1.2
        painter.setBrush(look.colour("bar_track"))
        painter.drawRect(QRectF(0, 2, cap, high - 4))
        painter.setBrush(look.colour("brand"))
        painter.drawRect(QRectF(0, 2, cap * min(self._load, 1.0), high - 4))
        if self._load > 1:
            over = QRectF(cap, 2, cap * min(self._load - 1, 0.2), high - 4)
            painter.setBrush(QBrush(look.colour("bad"), Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(look.colour("bad"), 1))
            painter.drawRect(over)
        painter.fillRect(QRectF(cap - 1, 0, 2, high), look.colour("ink"))


class RepButton(ChoiceButton):
    """A rep in the list, with the bar of her load."""

    def __init__(self, one: Row) -> None:
        super().__init__(one.id, one.title, one.line, one.badge, badge_right=True)
        if one.load is not None:
            bar = LoadBar(one.load, one.load_words)
            self.face.addWidget(bar)
            mute(bar)


class Picks(QWidget):
    """Labelled choices in a row. Signals: `picked(name, value)`."""

    picked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self._names: tuple[str, ...] = ()
        self.menus: dict[str, MenuButton] = {}
        self._labels: dict[str, SpanLabel] = {}
        self._flow = FlowLayout(12)
        held = column(self)
        held.addLayout(self._flow)

    def draw(self, picks: Sequence[Pick]) -> None:
        """Show them; what has the keys keeps them."""
        names = tuple(one.name for one in picks)
        if names != self._names:
            self._names = names
            self._make(names)
        for one in picks:
            self._labels[one.name].say(one.label)
            self.menus[one.name].draw(one.choices, one.label)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return list(self.menus.values())

    def _make(self, names: Sequence[str]) -> None:
        clear(self._flow)
        for name in names:
            cell = QWidget()
            cell.setProperty("kind", "clear")
            line = row(cell, gap=6)
            label, menu = SpanLabel("label"), MenuButton()
            line.addWidget(label)
            line.addWidget(menu)
            menu.picked.connect(lambda value, name=name: self.picked.emit(name, value))
            self._labels[name], self.menus[name] = label, menu
            self._flow.addWidget(cell)
            cell.show()


class Ticks(QWidget):
    """Boxes to tick in a row that wraps. Signals: `ticked(name)`."""

    ticked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self._names: tuple[str, ...] = ()
        self.boxes: dict[str, Toggle] = {}
        self._flow = FlowLayout(6)
        held = column(self)
        held.addLayout(self._flow)

    def draw(self, choices: Sequence[Choice]) -> None:
        """Show them; what has the keys keeps them."""
        names = tuple(one.name for one in choices)
        if names != self._names:
            self._names = names
            clear(self._flow)
            self.boxes = {}
            for name in names:
                box = self.boxes[name] = Toggle()
                # A tick is told when she makes it, not when it is drawn.
                box.clicked.connect(lambda _=False, name=name: self.ticked.emit(name))
                self._flow.addWidget(box)
                box.show()
        for one in choices:
            self.boxes[one.name].say(one.text)
            self.boxes[one.name].setChecked(one.chosen)
            self.boxes[one.name].setEnabled(one.enabled)
        show_if(self, bool(choices))

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return list(self.boxes.values())


class _Card(QFrame):
    """A card with a heading and a sentence below it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._title, self._sentence = SpanLabel("heading", wrap=True), SpanLabel("fact", wrap=True)
        self.inside = column(self, 18, 12, 18, 12, gap=9)
        self.inside.addWidget(self._title)
        self.inside.addWidget(self._sentence)

    def say(self, title: str, sentence: str = "") -> None:
        self._title.say(title)
        self._sentence.say(sentence)
        show_if(self._sentence, bool(sentence))


# Row, column and width in columns of each cell: name, customers, grades, bar, then, badge.
_ABREAST = ((0, 0, 1), (0, 1, 1), (0, 2, 1), (0, 3, 1), (0, 4, 1), (0, 5, 1))
_STACKED = ((0, 0, 1), (0, 1, 1), (0, 2, 2), (1, 0, 2), (1, 2, 2), (2, 0, 4))
_LINE_ROWS, _ROOM = 3, 540


class HandOverCard(_Card):
    """Signals: `changed(name, value)`, `did`, `retried`, `left` on Esc."""

    changed = Signal(str, str)
    did = Signal()
    retried = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.picks, self.reps, self.why = Picks(), Ticks(), EntryLine(wide=True)
        self.do_button, self.retry = KeyButton("primary", "", "Ctrl Enter"), small_button(self)
        self._summary = SpanLabel("body", wrap=True)
        self._goes, self._along = QGridLayout(), column(gap=3)
        self._lines: tuple[Goes, ...] = ()
        self._cells = _ABREAST
        theme.space(self._goes, gap=8)
        self._goes.setColumnStretch(3, 1)
        for part in (self.picks, self.reps, self._summary, self.retry):
            self.inside.addWidget(part)
        self.inside.addLayout(self._goes)
        self.inside.addLayout(self._along)
        self.inside.addWidget(self.why)
        foot = row(gap=0)
        foot.addWidget(self.do_button)
        foot.addStretch(1)
        self.inside.addLayout(foot)
        self.picks.picked.connect(self.changed)
        self.reps.ticked.connect(lambda rep_id: self.changed.emit("rep", rep_id))
        self.why.field.textEdited.connect(lambda text: self.changed.emit("why", text))
        self.why.field.entered.connect(self.why.field.focusNextChild)
        self.why.field.left.connect(self.left)
        self.do_button.clicked.connect(self.did)
        self.retry.clicked.connect(self.retried)

    def draw(self, one: HandOver) -> None:
        """Show whose customers go where."""
        self.say(one.title)
        self.picks.draw(one.picks)
        self.reps.draw(one.reps)
        self.why.draw(one.why)
        seen = one.preview
        self._summary.say(seen.summary)
        self.retry.setText(seen.retry)
        show_if(self.retry, bool(seen.retry))
        self._draw_goes(seen.goes)
        clear(self._along)
        for line in seen.along:
            label = SpanLabel("detail", line, wrap=True)
            self._along.addWidget(label)
            label.show()
        self.do_button.say(one.do.text)
        self.do_button.setEnabled(one.do.enabled)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [
            *self.picks.stops(), *self.reps.stops(), self.retry, self.why.field, self.do_button,
        ]  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        cells = _ABREAST if self.width() >= theme.current().px(_ROOM) else _STACKED
        if cells is not self._cells:
            self._cells, lines = cells, self._lines
            self.forget()
            self._draw_goes(lines)

    def forget(self) -> None:
        """Draw the lines anew when they are drawn next: their look has changed."""
        self._lines = ()

    def _draw_goes(self, lines: tuple[Goes, ...]) -> None:
        if lines == self._lines:
            return
        self._lines = lines
        clear(self._goes)
        for place, one in enumerate(lines):
            cells: list[QWidget | None] = [
                SpanLabel("detail", (Span(one.name, strong=True),)),
                SpanLabel("detail", (Span(one.customers, strong=True),)),
                SpanLabel("small", one.grades),
                None if one.load is None else LoadBar(one.load, one.then),
                SpanLabel("small", one.then),
                None if one.badge is None else BadgeLabel(one.badge),
            ]
            for (down, at, wide), cell in zip(self._cells, cells, strict=True):
                if cell is not None:
                    self._goes.addWidget(cell, _LINE_ROWS * place + down, at, 1, wide)
                    cell.show()


class WaitingCard(_Card):
    """Who waits for a rep, by reason, and the best of them by name."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Waiting | None = None
        self._reasons, self._names = column(gap=3), QGridLayout()
        theme.space(self._names, gap=6)
        self._names.setColumnStretch(1, 1)
        self.inside.addLayout(self._reasons)
        self.inside.addLayout(self._names)

    def draw(self, waiting: Waiting) -> None:
        """Show them."""
        if waiting == self._shown:
            return
        self._shown = waiting
        self.say(waiting.title)
        clear(self._reasons)
        clear(self._names)
        for words in waiting.reasons:
            label = SpanLabel("detail", words, wrap=True)
            self._reasons.addWidget(label)
            label.show()
        for place, (name, facts) in enumerate(waiting.names):
            for at, cell in enumerate(
                (SpanLabel("strong", name), SpanLabel("small", facts, wrap=True))
            ):
                self._names.addWidget(cell, place, at)
                cell.show()


class PlanCard(_Card):
    """Signals: `changed(name, value)`, `put`, `left` on Esc."""

    changed = Signal(str, str)
    put = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.takes, self.side = Ticks(), Picks()
        self.lines, self.grades, self.most = Ticks(), Ticks(), EntryLine(wide=False)
        self.put_button = KeyButton("action", "", "Alt P")
        for part in (self.takes, self.side, self.lines, self.grades, self.most):
            self.inside.addWidget(part)
        foot = row(gap=0)
        foot.addWidget(self.put_button)
        foot.addStretch(1)
        self.inside.addLayout(foot)
        self.takes.ticked.connect(lambda name: self.changed.emit(name, ""))
        self.side.picked.connect(self.changed)
        self.lines.ticked.connect(lambda name: self.changed.emit("line", name))
        self.grades.ticked.connect(lambda name: self.changed.emit("grade", name))
        self.most.field.textEdited.connect(lambda text: self.changed.emit("most", text))
        self.most.field.entered.connect(self.most.field.focusNextChild)
        self.most.field.left.connect(self.left)
        self.put_button.clicked.connect(self.put)

    def draw(self, plan: Plan) -> None:
        """Show whom she takes."""
        self.say(plan.title, plan.sentence)
        self.takes.draw((plan.takes,))
        self.side.draw((plan.side,))
        self.lines.draw(plan.lines)
        self.grades.draw(plan.grades)
        self.most.field.setFixedWidth(theme.current().px(90))
        self.most.draw(plan.most)
        self.put_button.say(plan.put.text)
        self.put_button.setEnabled(plan.put.enabled)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        parts = (self.takes, self.side, self.lines, self.grades)
        return [
            *(stop for part in parts for stop in part.stops()),
            self.most.field,
            self.put_button,
        ]


class LeaveCard(_Card):
    """Signals: `changed(name, value)`, `put`, `went_back`, `left` on Esc."""

    changed = Signal(str, str)
    put = Signal()
    went_back = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = EntryLine(wide=False), EntryLine(wide=False)
        self.stand_in, self.why = Picks(), EntryLine(wide=True)
        self.put_button = KeyButton("action", "", "Alt L")
        self.back_button = KeyButton("action", "", "Alt B")
        for part in (self.first, self.last, self.stand_in, self.why):
            self.inside.addWidget(part)
        foot = FlowLayout(10)
        for button in (self.put_button, self.back_button):
            foot.addWidget(button)
        self.inside.addLayout(foot)
        for name, line in (("first", self.first), ("last", self.last), ("why", self.why)):
            line.field.textEdited.connect(lambda text, name=name: self.changed.emit(name, text))
            line.field.entered.connect(line.field.focusNextChild)
            line.field.left.connect(self.left)
        self.stand_in.picked.connect(self.changed)
        self.put_button.clicked.connect(self.put)
        self.back_button.clicked.connect(self.went_back)

    def draw(self, leave: Leave) -> None:
        """Show her leave."""
        self.say(leave.title, leave.sentence)
        for line, entry in ((self.first, leave.first), (self.last, leave.last)):
            line.field.setFixedWidth(theme.current().px(130))
            line.draw(entry)
        self.stand_in.draw((leave.stand_in,))
        self.why.draw(leave.why)
        self.put_button.say(leave.put.text)
        self.put_button.setEnabled(leave.put.enabled)
        self.back_button.say(leave.back.text)
        self.back_button.setEnabled(leave.back.enabled)
        show_if(self.back_button, bool(leave.back.text))

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        fields = (self.first.field, self.last.field)
        buttons = (self.put_button, self.back_button)
        return [*fields, *self.stand_in.stops(), self.why.field, *buttons]


class HistoryCard(_Card):
    """What moved lately. Signals: `undone(id)`."""

    undone = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Past, ...] | None = None
        self.buttons: list[KeyButton] = []
        self._list = column(gap=8)
        self.inside.addLayout(self._list)

    def draw(self, history: History) -> None:
        """Show it."""
        self.say(history.title, history.empty)
        if history.lines == self._lines:
            return
        self._lines = history.lines
        clear(self._list)
        self.buttons = []
        for one in history.lines:
            line = self._line(one)
            self._list.addWidget(line)
            line.show()

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return list(self.buttons)

    def undo_last(self) -> None:
        """Press the first button there is."""
        if self.buttons:
            self.buttons[0].click()

    def forget(self) -> None:
        """Make the lines anew when they are drawn next: their look has changed."""
        self._lines = None

    def _line(self, one: Past) -> QWidget:
        line = QWidget()
        line.setProperty("kind", "clear")
        held = column(line, gap=2)
        head = FlowLayout(8)
        head.addWidget(
            SpanLabel("detail", (Span(one.title, strong=True),), wrap=True, natural=True)
        )
        if one.badge is not None:
            head.addWidget(BadgeLabel(one.badge))
        if one.undo:
            button = KeyButton("small", one.undo, "" if self.buttons else "Alt Z")
            button.setAccessibleDescription(one.title)
            button.clicked.connect(lambda _=False, which=one.id: self.undone.emit(which))
            self.buttons.append(button)
            head.addWidget(button)
        held.addLayout(head)
        told = SpanLabel("small", wrap=True)
        why = f" · {one.why}" if one.why else ""
        told.say((Span(one.who, tone=Tone.QUIET), Span(why)))
        held.addWidget(told)
        return line
