"""The form after a call: what happened, her attitude, the sale, the next step."""

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.widgets.buttons import KeyButton, LinkButton, MenuButton, Toggle
from ui.widgets.entry import AskField
from ui.widgets.layouts import FlowLayout, clear, column, fill, mark, row, scrolled, show_if
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Choice, Span, Tone
from ui.words import duration, tr
from ui.workspace.screen import Sale, WrapUp


class OutcomePanel(QFrame):
    """The outcomes of one side, a single stop for the keyboard.

    Tab changes the side, Left and Right move the choice, Down or Enter goes on to the next field,
    Shift Tab goes back. Signals: `chosen(name)`, `side_switched`.
    """

    chosen = Signal(str)
    side_switched = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._choices: tuple[Choice, ...] = ()
        self._digits = True
        self._grid = QGridLayout(self)
        theme.space(self._grid, 0, 0, 0, 0, gap=6)

    def draw(self, choices: tuple[Choice, ...], *, digits: bool) -> None:
        if (choices, digits) == (self._choices, self._digits):
            return
        self._choices, self._digits = choices, digits
        clear(self._grid)
        for place, choice in enumerate(choices):
            key = str(place + 1) if digits and place < 9 else ""  # Nine digits.
            button = KeyButton("answer", choice.text, key, first=True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.choose(choice.chosen)
            button.setEnabled(choice.enabled)
            button.clicked.connect(lambda _=False, name=choice.name: self.chosen.emit(name))
            self._grid.addWidget(button, place // 2, place % 2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)

    def press(self, place: int) -> None:
        if place < len(self._choices) and self._choices[place].enabled:
            self.chosen.emit(self._choices[place].name)

    def event(self, event: QEvent) -> bool:
        # Tab has to be taken here: keyPressEvent comes after Qt has moved the focus.
        if isinstance(event, QKeyEvent) and _is_tab(event):
            self.side_switched.emit()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        mark(self, focused=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        mark(self, focused=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Up:
                self._move(-1)
            case Qt.Key.Key_Right:
                self._move(1)
            case Qt.Key.Key_Down | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.focusNextChild()
            case _:
                super().keyPressEvent(event)

    def _move(self, by: int) -> None:
        now = next((n for n, one in enumerate(self._choices) if one.chosen), -1)
        if self._choices:
            self.press(max(0, now + by) % len(self._choices))


def _is_tab(event: QKeyEvent) -> bool:
    pressed = event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab
    return pressed and not event.modifiers()


class WholeArea(QScrollArea):
    """A scroll area that can instead be as high as its contents, for use inside another one."""

    whole = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._stretch()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stretch()

    def _stretch(self) -> None:
        inside = self.widget()
        height = inside.heightForWidth(self.viewport().width()) if self.whole and inside else 0
        if self.minimumHeight() != max(0, height):
            self.setMinimumHeight(max(0, height))


class WrapUpPane(QFrame):
    """Signals, all with what she chose or typed: `disposition_chosen(name)`, `side_switched`,
    `attitude_chosen(name)`, `wechat_chosen(name)`, `proof_written(text)`, `next_written(text)`,
    `next_kind_chosen(name)`, `case_marked(bool)`, `saved`.
    """

    disposition_chosen = Signal(str)
    side_switched = Signal()
    attitude_chosen = Signal(str)
    wechat_chosen = Signal(str)
    proof_written = Signal(str)
    next_written = Signal(str)
    next_kind_chosen = Signal(str)
    case_marked = Signal(bool)
    saved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        mark(self, best=True)
        self._form: WrapUp | None = None
        self._title = SpanLabel("heading")
        self._clock = SpanLabel("label")
        self._digits = SpanLabel("pill")
        self._side = SpanLabel("label")
        self._switch = LinkButton()
        self.outcomes = OutcomePanel()
        self._attitude_title = SpanLabel("label")
        self._attitudes = FlowLayout(6)
        self.attitudes: dict[str, KeyButton] = {}
        self._wechat_title = SpanLabel("label")
        self.wechat = MenuButton()
        self._sale_title = SpanLabel("label")
        self._sale = _SaleBox()
        self._next_title = SpanLabel("label")
        self.next = AskField()
        self.kinds = MenuButton()
        self._reading = SpanLabel("good", wrap=True)
        self._hint = SpanLabel("label", wrap=True)
        self._case = Toggle()
        self._save = KeyButton("primary", "", "Ctrl ↵")
        self._after = SpanLabel("label", wrap=True)
        self._build()
        self._connect()

    def _build(self) -> None:
        inside = QWidget()
        inside.setProperty("kind", "clear")
        body = column(inside, 14, 0, 14, 4, gap=7)
        self._build_outcome(body)
        self._build_attitude(body)
        body.addWidget(self._sale_title)
        body.addWidget(self._sale)
        self._build_next(body)
        body.addStretch(1)
        self._area = WholeArea()
        scrolled(inside, self._area)
        inside.installEventFilter(self._area)
        layout = column(self, 0, 11, 0, 11, gap=8)
        layout.addLayout(self._build_head())
        layout.addWidget(self._area, 1)
        layout.addLayout(self._build_foot())

    def _build_head(self) -> QVBoxLayout:
        pill = QFrame()
        pill.setProperty("kind", "pill")
        mark(pill, tone=Tone.BRAND.value)
        mark(self._digits, tone=Tone.BRAND.value)
        row(pill, 10, 3, 10, 3).addWidget(self._digits)
        self._pill = pill
        line = FlowLayout(8, right_from=2)
        for part in (self._title, self._clock, pill):
            line.addWidget(part)
        head = column(None, 14, 0, 14, 0)
        head.addLayout(line)
        return head

    def _build_outcome(self, body: QVBoxLayout) -> None:
        line = FlowLayout(8, right_from=1)
        line.addWidget(self._side)
        line.addWidget(self._switch)
        body.addLayout(line)
        body.addWidget(self.outcomes)

    def _build_attitude(self, body: QVBoxLayout) -> None:
        body.addWidget(self._attitude_title)
        self._attitude_box, wechat = QWidget(), QWidget()
        self._attitude_box.setLayout(self._attitudes)
        fill(row(wechat, gap=6), self._wechat_title, self.wechat)
        line = FlowLayout(8, right_from=1)
        line.addWidget(self._attitude_box)
        line.addWidget(wechat)
        body.addLayout(line)

    def _build_next(self, body: QVBoxLayout) -> None:
        body.addWidget(self._next_title)
        line = row(gap=8)
        line.addWidget(self.next, 1)
        line.addWidget(self.kinds)
        body.addLayout(line)
        body.addWidget(self._reading)
        body.addWidget(self._hint)

    def _build_foot(self) -> QVBoxLayout:
        line = FlowLayout(8, right_from=1)
        line.addWidget(self._case)
        line.addWidget(self._save)
        foot = column(None, 14, 0, 14, 0, gap=8)
        foot.addLayout(line)
        self._after.setAlignment(Qt.AlignmentFlag.AlignRight)
        foot.addWidget(self._after)
        return foot

    def _connect(self) -> None:
        self.outcomes.chosen.connect(self.disposition_chosen)
        for field in (self.next, self._sale.proof):
            field.left.connect(self.outcomes.setFocus)
        self.outcomes.side_switched.connect(self.side_switched)
        self._switch.clicked.connect(self.side_switched)
        self.wechat.picked.connect(self.wechat_chosen)
        self._sale.proof.textEdited.connect(self.proof_written)
        self.next.textEdited.connect(self.next_written)
        self.kinds.picked.connect(self.next_kind_chosen)
        self._case.clicked.connect(self.case_marked)
        self._save.clicked.connect(self.saved)

    def draw(self, form: WrapUp, now: datetime, *, digits: bool) -> None:
        """Show the form; `digits` says whether the digit keys choose outcomes now."""
        self._form = form
        self.tick(now)
        self._say_fixed(form)
        show_if(self._pill, digits)
        self.outcomes.draw(form.outcomes, digits=digits)
        self.outcomes.setAccessibleName(self._side.words())
        self._draw_attitude(form)
        show_if(self._sale_title, form.sale is not None)
        show_if(self._sale, form.sale is not None)
        if form.sale:
            self._sale.draw(form.sale)
        self._draw_next(form)
        self._case.setChecked(form.as_case)
        self._save.setEnabled(form.can_save)

    def set_whole(self, whole: bool) -> None:  # noqa: FBT001  # It is the value itself.
        """Be as high as the form; the save button is then beside the other actions."""
        self._area.whole = whole
        show_if(self._save, not whole)
        self._area.updateGeometry()
        self._area.resize(self._area.size())

    def tick(self, now: datetime) -> None:
        if self._form:
            timer = duration(self._form.timer.elapsed(now))
            self._clock.say((Span(tr("After call") + " "), Span(timer, strong=True)))

    def press(self, place: int) -> None:
        self.outcomes.press(place)

    def start_proof(self) -> bool:
        """Put the cursor where the proof of a sale is missing; whether one is."""
        missing = self._sale.isVisible() and not self._sale.proof.text()
        if missing:
            self._sale.proof.setFocus(Qt.FocusReason.OtherFocusReason)
        return missing

    def save(self) -> None:
        if self._form and self._form.can_save:
            self.saved.emit()

    def _say_fixed(self, form: WrapUp) -> None:
        self._title.say(tr("Wrap-up"))
        self._digits.say(tr("Digits act here"))
        self._side.say(tr("Outcome · answered") if form.answered else tr("Outcome · not answered"))
        other = tr("Tab: not answered") if form.answered else tr("Tab: answered")
        self._switch.setText(other)
        self._attitude_title.say(tr("Attitude"))
        self._wechat_title.say(tr("WeChat"))
        self._sale_title.say(tr("Sale"))
        self._next_title.say(tr("Next step"))
        self._case.say(tr("Suggest as a case"))
        self._save.say(tr("Save and next"))
        self._after.say(tr("10 s to undo · kept when offline too"))

    def _draw_attitude(self, form: WrapUp) -> None:
        show_if(self._attitude_title, bool(form.attitudes))
        show_if(self._attitude_box, bool(form.attitudes))
        names = tuple(choice.name for choice in form.attitudes)
        if names != tuple(self.attitudes):
            self._make_attitudes(names)
        for choice in form.attitudes:
            self.attitudes[choice.name].say(choice.text)
            self.attitudes[choice.name].choose(choice.chosen)
        show_if(self._wechat_title, bool(form.wechat))
        self.wechat.draw(form.wechat, tr("WeChat"))

    def _make_attitudes(self, names: tuple[str, ...]) -> None:
        """Make the buttons once: a pressed one keeps the keys, and Tab meets them in turn."""
        clear(self._attitudes)
        self.attitudes = {}
        before: QWidget = self.outcomes
        for name in names:
            button = KeyButton("choice")
            button.clicked.connect(lambda _=False, name=name: self.attitude_chosen.emit(name))
            self._attitudes.addWidget(button)
            self.attitudes[name] = button
            QWidget.setTabOrder(before, button)
            before = button

    def _draw_next(self, form: WrapUp) -> None:
        if not self.next.hasFocus() and self.next.text() != form.next_words:
            self.next.setText(form.next_words)
        self.next.setPlaceholderText(tr("+1d, tomorrow 19:30"))
        self.next.setAccessibleName(tr("Next step"))
        self.kinds.draw(form.next_kinds, tr("Kind of next step"))
        words = form.next_problem or form.next_reading
        self._reading.say(words)
        mark(self._reading, role="bad" if form.next_problem else "good")
        show_if(self._reading, bool(words))
        self._hint.say(form.next_hint)
        # What could not be read is told with the same examples.
        show_if(self._hint, bool(form.next_hint) and not form.next_problem)


class _SaleBox(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "inset")
        self._title = SpanLabel("strong", wrap=True)
        self._price = SpanLabel("strong")
        self._gift = SpanLabel("label", wrap=True)
        self._label = SpanLabel("label")
        self.proof = AskField()
        self.proof.setProperty("role", "small")
        self._problem = SpanLabel("bad", wrap=True)
        first, last = row(gap=8), row(gap=8)
        first.addWidget(self._title, 1)
        first.addWidget(self._price)
        last.addWidget(self._label)
        last.addWidget(self.proof, 1)
        layout = column(self, 10, 8, 10, 8, gap=3)
        layout.addLayout(first)
        layout.addWidget(self._gift)
        layout.addLayout(last)
        layout.addWidget(self._problem)

    def draw(self, sale: Sale) -> None:
        self._title.say(sale.title)
        self._price.say(sale.price)
        self._gift.say(sale.gift)
        show_if(self._gift, bool(sale.gift))
        self._label.say(tr("Proof or order no."))
        self.proof.setPlaceholderText(tr("One of them"))
        self.proof.setAccessibleName(tr("Proof or order no."))
        if not self.proof.hasFocus() and self.proof.text() != sale.proof:
            self.proof.setText(sale.proof)
        self._problem.say(sale.proof_problem)
        show_if(self._problem, bool(sale.proof_problem))
