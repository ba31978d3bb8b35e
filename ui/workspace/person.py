"""Who she is, in two lines, with red flags; and the way to a call while there is none."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.widgets.buttons import KeyButton, small_button
from ui.widgets.layouts import FlowLayout, clear, column, mark, row, show_if
from ui.widgets.texts import BadgeLabel, FlagLabel, SpanLabel
from ui.widgets.values import Line, Span, Tone
from ui.words import N_, tr
from ui.workspace.screen import Channel, Dial, Figure, Person, Stage


class PersonCard(QFrame):
    """Signals: `edit_wanted`, `consent_wanted`."""

    edit_wanted = Signal()
    consent_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._person: Person | None = None
        self._low = False
        self._facts = SpanLabel("fact")
        self._who = FlowLayout(8)
        self._flags = FlowLayout(6)
        self._figures = FlowLayout(22)
        head = row(gap=8)
        head.addLayout(self._who, 1)
        self._edit = KeyButton("small", "", "Ctrl E")
        self._edit.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._edit.clicked.connect(self.edit_wanted)
        self._consent = KeyButton("small", "", "Alt R")
        self._consent.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._consent.clicked.connect(self.consent_wanted)
        self._why = KeyButton("small", "", "Alt Y")
        self._why.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._why.setCheckable(True)
        self._why.toggled.connect(self._show_whys)
        for button in (self._why, self._consent, self._edit):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._whys, self._steps = column(gap=3), FlowLayout(6)
        layout = column(self, 14, 11, 14, 11, gap=7)
        layout.addLayout(head)
        layout.addLayout(self._flags)
        layout.addLayout(self._figures)
        layout.addLayout(self._whys)
        layout.addLayout(self._steps)

    def edge(self) -> int:
        """Where her flags begin, or her name where she has none: at what height of the card."""
        flagged = self._person is not None and self._person.flags
        first = (self._flags if flagged else self._who).itemAt(0)
        return first.geometry().top() if first is not None else 0

    def toggle_whys(self) -> None:
        """Show why she has her pool, grade and relationship, and her touch plan; or no longer."""
        self._why.toggle()

    def draw(self, person: Person) -> None:
        self._edit.say(tr("Edit"))
        self._consent.say(tr("Consent"))
        self._why.say(tr("Why"))
        if person == self._person:
            return
        self._person = person
        self.setAccessibleName(person.name)
        told = (*(flag.text for flag in person.flags), person.facts, person.all_tags)
        self.setAccessibleDescription(". ".join(part for part in told if part))
        for part in (self._who, self._flags, self._figures, self._whys, self._steps):
            clear(part)
        self._why.setChecked(False)
        show_if(self._why, bool(person.whys or person.clock))
        self._who.addWidget(SpanLabel("name", person.name, wrap=True, natural=True))
        for badge in person.badges:
            self._who.addWidget(BadgeLabel(badge))
        self._facts = SpanLabel("fact", person.facts, wrap=True, natural=True)
        self._who.addWidget(self._facts)
        for flag in person.flags:
            self._flags.addWidget(FlagLabel(flag))
        for tag in person.tags:
            label = BadgeLabel(tag)
            label.setToolTip(person.all_tags)
            self._flags.addWidget(label)
        for figure in person.figures:
            self._figures.addWidget(SpanLabel("figure", _line(figure)))
        for words in filter(None, (*person.whys, person.clock)):
            self._whys.addWidget(SpanLabel("fact", words, wrap=True))
        for step in person.steps:
            self._steps.addWidget(BadgeLabel(step))
        self._show_whys(wanted=False)
        self.set_low(self._low)

    def _show_whys(self, wanted: bool) -> None:  # noqa: FBT001  # It is the value itself.
        for held in (self._whys, self._steps):
            for place in range(held.count()):
                item = held.itemAt(place)
                label = item.widget() if item is not None else None
                if label is not None:
                    show_if(label, wanted)

    def set_low(self, low: bool) -> None:  # noqa: FBT001  # It is the value itself.
        """Leave the facts and the keys to the tips where there is little room."""
        self._low = low
        show_if(self._facts, not low)
        for button in (self._why, self._consent, self._edit):
            show_if(button.cap, not low)
            button.setToolTip(button.cap.text() if low else "")
        self.setToolTip(self._facts.words() if low else "")


def _line(figure: Figure) -> Line:
    tail = (Span(f" {figure.tail}", tone=Tone.QUIET),) if figure.tail else ()
    return (Span(f"{figure.label} ", tone=Tone.QUIET), Span(figure.value, strong=True), *tail)


_WAY_KEYS = {Channel.WECHAT: "Alt W", Channel.WANGWANG: "Alt T"}
_WAY_NAMES = {Channel.WECHAT: N_("WeChat"), Channel.WANGWANG: N_("Wangwang")}


class DialCard(QFrame):
    """Dial by hand, then mark each step: dialled, answered or not.

    Signals: `copied`, `dialled`, `written_to(channel)`, `answered`, `unanswered`.
    """

    copied = Signal()
    dialled = Signal()
    written_to = Signal(str)
    answered = Signal()
    unanswered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        mark(self, best=True)
        self._low = False
        self._number = SpanLabel("huge")
        self._copy = small_button(self)
        self._hint = SpanLabel("label", wrap=True, natural=True)
        self._steps = [SpanLabel("step") for _ in range(3)]
        self._not = KeyButton("action", "", "F8")
        self._go = KeyButton("primary", "", "Enter")
        self._ways = {name: KeyButton("small", "", key) for name, key in _WAY_KEYS.items()}
        self._stage, self._instead = Stage.READY, ""
        self._build()
        self._copy.clicked.connect(self.copied)
        self._not.clicked.connect(self.unanswered)
        self._go.clicked.connect(self.step)
        for name, button in self._ways.items():
            button.clicked.connect(lambda _=False, way=name: self.written_to.emit(way))

    def _build(self) -> None:
        first = FlowLayout(8, right_from=4)
        for part in (self._number, self._copy, *self._ways.values(), self._not, self._go):
            first.addWidget(part)
        second = FlowLayout(6)
        for part in (*self._steps, self._hint):
            second.addWidget(part)
        layout = column(self, 18, 12, 14, 12, gap=8)
        layout.addLayout(first)
        layout.addLayout(second)

    def draw(self, dial: Dial, stage: Stage) -> None:
        self._stage = stage
        waiting = stage is Stage.DIALLED
        self._instead = dial.ways[0].name if dial.instead else ""
        self._number.say(dial.number)
        self._copy.setText(tr("Copy"))
        self._copy.setAccessibleName(tr("Copy number"))
        self._draw_ways(dial, stage)
        self._hint.say(dial.blocked or dial.hint)
        mark(self._hint, role="bad" if dial.blocked else "label")
        self._go.say(tr("Answered") if waiting else self._begin_words())
        self._go.setEnabled(not dial.blocked)
        self._not.say(tr("No answer"))
        show_if(self._not, waiting)
        self._draw_steps(stage)
        self.set_low(self._low)

    def set_low(self, low: bool) -> None:  # noqa: FBT001  # It is the value itself.
        """Leave out the steps where there is little height; a reason why not always stays."""
        self._low = low
        for step in self._steps:
            show_if(step, not low and not self._instead)
        show_if(self._hint, not low or self._hint.property("role") == "bad")
        self._go.setToolTip(self._hint.words() if low else "")

    def _draw_steps(self, stage: Stage) -> None:
        now = 1 if stage is Stage.DIALLED else 0
        texts = (tr("1 Dial"), tr("2 Answered"), tr("3 End and write up"))
        for place, (label, text) in enumerate(zip(self._steps, texts, strict=True)):
            state = "done" if place < now else "next" if place == now else "later"
            label.say(f"✓ {text}" if state == "done" else text)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            mark(label, state=state)

    def step(self) -> None:
        """Go the next step, as Enter does; nothing while dialling is not allowed."""
        if not self._go.isEnabled():
            return
        if self._stage is Stage.DIALLED:
            self.answered.emit()
        elif self._stage is Stage.READY and self._instead:
            self.written_to.emit(self._instead)
        elif self._stage is Stage.READY:
            self.dialled.emit()

    def write(self, way: str) -> None:
        """Begin on a written channel, if she can be found there."""
        if not self._ways[Channel(way)].isHidden():
            self.written_to.emit(way)

    def _begin_words(self) -> str:
        return tr("Begin writing") if self._instead else tr("Mark as dialled")

    def _draw_ways(self, dial: Dial, stage: Stage) -> None:
        known = {choice.name: choice.text for choice in dial.ways}
        for name, button in self._ways.items():
            button.say(tr(_WAY_NAMES[name]))
            button.setToolTip(known.get(name, ""))
            show_if(button, name in known and stage is Stage.READY)
