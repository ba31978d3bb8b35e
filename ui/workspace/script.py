"""The words to say, the answers by digit, and the search for an objection."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.buttons import CardButton, KeyButton, LinkButton
from ui.widgets.layouts import clear, column, mark, row, show_if
from ui.widgets.texts import KeyCap, SpanLabel, mute
from ui.widgets.values import Line, Span, Tone
from ui.words import tr
from ui.workspace.screen import Hit, Script

_ONE_COLUMN = 480
_LEADING = 108


class ObjectionField(QLineEdit):
    """Signals: `left` on Esc, with the search given up."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class ScriptCard(QFrame):
    """Signals: `answer_chosen(place)`, `objection_chosen(place)`, `objection_searched(words)`,
    `stepped_back`, `left` when the search is given up. Places count from 0.
    """

    answer_chosen = Signal(int)
    objection_chosen = Signal(int)
    objection_searched = Signal(str)
    stepped_back = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._script: Script | None = None
        self._digits = True
        self._title = SpanLabel("path", wrap=True)
        self._back = LinkButton()
        self.words = SpanLabel("script", wrap=True, leading=_LEADING)
        self._answers = QGridLayout()
        self._hits: QVBoxLayout = column(gap=6)
        self.search = ObjectionField()
        self._no_hits = SpanLabel("label", wrap=True)
        self._buttons: list[KeyButton] = []
        self._build()

    def draw(self, script: Script, *, digits: bool) -> None:
        """Show a node; `digits` says whether the digit keys are this card's now."""
        self._back.setText(tr("Esc: one step back"))
        show_if(self._back, script.can_back)
        self.search.setPlaceholderText(tr("What did she say? Too dear, no effect, family against…"))
        self.search.setAccessibleName(tr("Search objections"))
        if (script, digits) == (self._script, self._digits):
            return
        self._script, self._digits = script, digits
        self._title.say(_heading(script))
        self.words.say(script.words)
        if not self.search.hasFocus() and self.search.text() != script.searched:
            self.search.setText(script.searched)
        self._draw_answers(script)
        self._draw_hits(script)

    def owner(self) -> str:
        """Return whose the digits are inside this card: "hits" or "answers"."""
        return "hits" if self._script and self._script.hits else "answers"

    def count(self) -> int:
        """Return how many digits mean something now."""
        if self._script is None:
            return 0
        return len(self._script.hits or self._script.answers)

    def press(self, place: int) -> None:
        """Choose the answer or objection at a place from 0, as its digit does."""
        if place < self.count():
            told = self.objection_chosen if self.owner() == "hits" else self.answer_chosen
            told.emit(place)

    def _build(self) -> None:
        head = row(gap=10)
        head.addWidget(self._title, 1)
        head.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        theme.space(self._answers, gap=8)
        layout = column(self, 18, 14, 18, 14, gap=10)
        layout.addLayout(head)
        layout.addWidget(self.words)
        layout.addLayout(self._answers)
        layout.addWidget(self._search_row())
        layout.addLayout(self._hits)
        layout.addWidget(self._no_hits)
        layout.addStretch(1)
        self._no_hits.hide()
        self._back.clicked.connect(self.stepped_back)
        self.search.textEdited.connect(self.objection_searched)
        self.search.left.connect(self._leave_search)

    def _search_row(self) -> QFrame:
        self._field = QFrame()
        self._field.setProperty("kind", "field")
        inside = row(self._field, 10, 7, 10, 7, gap=8)
        inside.addWidget(KeyCap("/"))
        inside.addWidget(self.search, 1)
        self.search.installEventFilter(self)
        return self._field

    def _draw_answers(self, script: Script) -> None:
        clear(self._answers)
        self._buttons = []
        mine = self._digits and not script.hits
        for place, answer in enumerate(script.answers):
            button = KeyButton("answer", answer.text, str(place + 1) if mine else "", first=True)
            button.choose(answer.chosen)
            button.setEnabled(answer.enabled)
            button.clicked.connect(lambda _=False, at=place: self.answer_chosen.emit(at))
            self._buttons.append(button)
        self._lay_answers()

    def _lay_answers(self) -> None:
        wide = self.width() / (theme.current().zoom / 100) >= _ONE_COLUMN
        columns = 2 if wide else 1
        if self._answers.property("columns") == (columns, len(self._buttons)):
            return
        for button in self._buttons:
            self._answers.removeWidget(button)
        for place, button in enumerate(self._buttons):
            self._answers.addWidget(button, place // columns, place % columns)
        self._answers.setColumnStretch(0, 1)
        self._answers.setColumnStretch(1, columns - 1)

    def _draw_hits(self, script: Script) -> None:
        clear(self._hits)
        for place, hit in enumerate(script.hits):
            card = _hit_card(hit, str(place + 1) if self._digits else "")
            card.clicked.connect(lambda _=False, at=place: self.objection_chosen.emit(at))
            self._hits.addWidget(card)
        self._no_hits.say(script.no_hits)
        show_if(self._no_hits, bool(script.no_hits))

    def _leave_search(self) -> None:
        self.search.clear()
        self.objection_searched.emit("")
        self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_answers()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            mark(self._field, focused=event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)


def _heading(script: Script) -> Line:
    parts = [Span(f"{script.title}\u2003", strong=True, tone=Tone.QUIET)]
    for place, step in enumerate(script.path):
        last = place == len(script.path) - 1
        parts.append(Span(step, strong=last, tone=Tone.PLAIN if last else Tone.QUIET))
        if not last:
            parts.append(Span(" › ", tone=Tone.QUIET))
    return tuple(parts)


def _hit_card(hit: Hit, key: str) -> CardButton:
    card = CardButton("offer")
    head = row(gap=8)
    cap, title = KeyCap(key), SpanLabel("strong", hit.title)
    head.addWidget(cap)
    head.addWidget(title, 1)
    card.face.addLayout(head)
    reply = SpanLabel("body", hit.reply, wrap=True)
    card.face.addWidget(reply)
    mute(cap, title, reply)
    card.setAccessibleName(hit.title)
    card.setAccessibleDescription(reply.words())
    return card
