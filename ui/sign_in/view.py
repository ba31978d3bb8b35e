"""The sign-in: a card in the middle of the window, one pane at a time."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.sign_in.screen import Field, Person, Screen, Stage, Trouble
from ui.widgets.buttons import KeyButton, LinkButton
from ui.widgets.layouts import FlowLayout, clear, column, mark, row, show_if
from ui.widgets.texts import IconLabel, SpanLabel
from ui.widgets.values import Progress, Span, Tone
from ui.words import Language, language, switch, tr

_ROWS: Mapping[Stage, tuple[Field, ...]] = {
    Stage.FORM: (Field.HUB, Field.NAME, Field.PASSWORD),
    Stage.NEW_PIN: (Field.PIN, Field.AGAIN),
    Stage.PIN: (Field.PIN,),
}
_SECRET = (Field.PASSWORD, Field.PIN, Field.AGAIN)
_LANGUAGES = {Language.CHINESE: "中文", Language.ENGLISH: "English"}
_CARD = 440


class SignInView(QWidget):
    """Draws what the presenter shows.

    Signals: `submitted(values by field)`, `other_wanted`, `invited(place)`.
    """

    submitted = Signal(object)
    other_wanted = Signal()
    invited = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._shown_people: tuple[Person, ...] = ()
        self._stage: Stage | None = None
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._card = QFrame()
        self._card.setProperty("kind", "card")
        # Stretches instead of an alignment: with one, wrapped lines would be measured too wide.
        middle = row()
        middle.addStretch()
        middle.addWidget(self._card)
        middle.addStretch()
        outer = column(self, 24, 24, 24, 24)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)
        self._fill(column(self._card, 32, 26, 32, 20, gap=12))
        self._resize()
        theme.notices.changed.connect(self._resize)

    def draw(self, screen: Screen) -> None:
        changed = screen.stage is not self._stage
        self._stage = screen.stage
        self._title.say(screen.labels.title)
        self._hint.say(screen.labels.hint)
        show_if(self._hint, bool(screen.labels.hint))
        for name, line in self.lines.items():
            line.draw(screen.labels.fields.get(name, ""), name in _ROWS.get(screen.stage, ()))
        if changed:
            self._remember(screen)
        self.trouble.draw(screen.trouble)
        self._draw_people(screen.people)
        self.progress.draw(screen.progress)
        self.button.say(screen.labels.button, "Enter" if screen.labels.button else "")
        show_if(self.button, bool(screen.labels.button))
        self.other.setText(screen.labels.other)
        show_if(self.other, bool(screen.labels.other))
        for each, link in self.languages.items():
            link.setChecked(each is language())
        self._focus(screen, changed=changed)

    def invitations(self) -> list[KeyButton]:
        """The buttons of the people who sign in by one press, in their order."""
        items = (self.people.itemAt(at) for at in range(self.people.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, KeyButton)]

    def values(self) -> dict[Field, str]:
        """What stands in the fields of this pane."""
        shown = _ROWS.get(self._stage, ()) if self._stage else ()
        return {name: self.lines[name].edit.text() for name in shown}

    def _fill(self, layout: QVBoxLayout) -> None:
        layout.addWidget(SpanLabel("brand", "Lumi Desk"))
        self._title = SpanLabel("name", wrap=True)
        self._hint = SpanLabel("fact", wrap=True)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        self.lines = {name: _Line(secret=name in _SECRET) for name in Field if name}
        for name, line in self.lines.items():
            layout.addWidget(line)
            line.edit.returnPressed.connect(lambda at=name: self._entered(at))
        self.progress = _ProgressBox()
        self.trouble = _TroubleBox()
        self.button = KeyButton("primary")
        # Its key cap promises Enter, also where there is no field to press it in.
        self.button.setAutoDefault(True)
        self.button.clicked.connect(self._submitted)
        self.other = LinkButton()
        self.other.clicked.connect(self.other_wanted)
        for widget in (self.progress, self.trouble, self.button):
            layout.addWidget(widget)
        self.people = FlowLayout(6)
        layout.addLayout(self.people)
        layout.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.addWidget(self.other)
        foot.addStretch()
        self.languages: dict[Language, LinkButton] = {}
        for each, name in _LANGUAGES.items():
            link = LinkButton(name, checkable=True)
            link.clicked.connect(lambda _=False, to=each: switch(to))
            self.languages[each] = link
            foot.addWidget(link)
        return foot

    def _draw_people(self, people: tuple[Person, ...]) -> None:
        if people == self._shown_people:
            return
        self._shown_people = people
        clear(self.people)
        for place, person in enumerate(people):
            button = KeyButton("small", f"{person.name} · {person.role}")
            button.clicked.connect(lambda _=False, at=place: self.invited.emit(at))
            self.people.addWidget(button)

    def _entered(self, name: Field) -> None:
        """Enter goes on to the next field while that one is empty."""
        shown = _ROWS.get(self._stage, ()) if self._stage else ()
        after = next((other for other in shown[shown.index(name) + 1 :]), None)
        if after is not None and not self.lines[after].edit.text():
            self.lines[after].edit.setFocus()
        else:
            self._submitted()

    def _submitted(self) -> None:
        if self.button.isVisible():
            self.submitted.emit(self.values())

    def _remember(self, screen: Screen) -> None:
        for name, line in self.lines.items():
            known = {Field.HUB: screen.hub, Field.NAME: screen.name}.get(name, "")
            with QSignalBlocker(line.edit):
                line.edit.setText(known)

    def _focus(self, screen: Screen, *, changed: bool) -> None:
        if screen.focus and (changed or screen.trouble is not None):
            edit = self.lines[screen.focus].edit
            edit.setFocus()
            edit.selectAll()
        elif changed and screen.labels.button:
            self.button.setFocus()
        elif changed:
            # While nothing can be typed, no link should take the cursor over by chance.
            self.setFocus()

    def _resize(self) -> None:
        self._card.setFixedWidth(theme.current().px(_CARD))


class _Line(QWidget):
    """A field under its name."""

    def __init__(self, *, secret: bool) -> None:
        super().__init__()
        self.label = QLabel()
        self.label.setProperty("role", "label")
        self.edit = QLineEdit()
        self.label.setBuddy(self.edit)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        layout = column(self, gap=3)
        layout.addWidget(self.label)
        layout.addWidget(self.edit)

    def draw(self, label: str, shown: bool) -> None:  # noqa: FBT001  (it is the value)
        self.label.setText(label)
        self.edit.setAccessibleName(label)
        show_if(self, shown)


class _TroubleBox(QFrame):
    """What is wrong, in bold, and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "strip")
        layout = row(self, 12, 9, 12, 9, gap=10)
        layout.addWidget(IconLabel("warning", Tone.BAD), 0, Qt.AlignmentFlag.AlignTop)
        self.words = SpanLabel("detail", wrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        layout.addWidget(self.words, 1)
        mark(self, tone=Tone.BAD.value)
        self.hide()

    def draw(self, trouble: Trouble | None) -> None:
        show_if(self, trouble is not None)
        if trouble is not None:
            advice = f"\n{trouble.advice}" if trouble.advice else ""
            self.words.say((Span(trouble.title, strong=True), Span(advice)))


class _ProgressBox(QWidget):
    """What is being done, and how far; without a known size the bar just moves."""

    def __init__(self) -> None:
        super().__init__()
        layout = column(self, gap=6)
        self.title = SpanLabel("strong")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.text = SpanLabel("small", wrap=True)
        for widget in (self.title, self.bar, self.text):
            layout.addWidget(widget)
        self.hide()

    def draw(self, progress: Progress | None) -> None:
        show_if(self, progress is not None)
        if progress is None:
            return
        self.title.say(progress.title)
        self.text.say(progress.text)
        show_if(self.text, bool(progress.text))
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        self.bar.setAccessibleName(progress.title or tr("Progress"))
