"""Beside the form: who would move, as picture, table and names; and the history."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from ui.rules.flow import FlowPicture
from ui.rules.screen import History, Preview, Version
from ui.widgets.buttons import KeyButton, small_button
from ui.widgets.layouts import FlowLayout, clear, column, show_if
from ui.widgets.matrix import Matrix
from ui.widgets.texts import BadgeLabel, SpanLabel


class PreviewCard(QFrame):
    """Signals: `retried`."""

    retried = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._title, self._summary = SpanLabel("heading"), SpanLabel("body", wrap=True)
        self.picture, self.table, self.steps = FlowPicture(), Matrix(), Matrix()
        self.retry = small_button(self)
        self._names = column(gap=4)
        layout = column(self, 18, 14, 18, 14, gap=10)
        for part in (self._title, self._summary, self.retry, self.picture):
            layout.addWidget(part)
        for table in (self.table, self.steps):
            held = column(gap=0)
            held.addWidget(table.sides)
            held.addWidget(table)
            layout.addLayout(held)
        layout.addLayout(self._names)
        self.retry.clicked.connect(self.retried)

    def draw(self, preview: Preview) -> None:
        """Show who would move."""
        self._title.say(preview.title)
        self._summary.say(preview.summary)
        self.retry.setText(preview.retry)
        show_if(self.retry, bool(preview.retry))
        self.picture.draw(preview.flow, stale=preview.stale)
        show_if(self.picture, preview.flow is not None)
        self.table.draw(preview.table, preview.title)
        self.steps.draw(preview.steps, preview.steps.sides if preview.steps else "")
        clear(self._names)
        for line in preview.names:
            label = SpanLabel("detail", line, wrap=True)
            self._names.addWidget(label)
            label.show()

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [self.retry, self.table, self.steps]


class VersionLine(QFrame):
    """One version of the history."""

    def __init__(self, one: Version) -> None:
        super().__init__()
        self.setProperty("kind", "inset")
        layout = column(self, 12, 8, 12, 8, gap=2)
        head = FlowLayout(8)
        head.addWidget(SpanLabel("strong", one.title))
        if one.badge is not None:
            head.addWidget(BadgeLabel(one.badge))
        if one.who:
            head.addWidget(SpanLabel("small", one.who, wrap=True, natural=True))
        layout.addLayout(head)
        for words in one.changes:
            layout.addWidget(SpanLabel("detail", words, wrap=True))
        if one.why:
            layout.addWidget(SpanLabel("small", f"“{one.why}”", wrap=True))
        if one.problem:
            layout.addWidget(SpanLabel("bad", one.problem, wrap=True))
        badge = one.badge.text if one.badge else ""
        told = (one.title, badge, one.who, *one.changes, one.why, one.problem)
        self.setAccessibleName(", ".join(part for part in told if part))
        self.back: QPushButton | None = None
        if one.back:
            self.back = small_button(self)
            self.back.setText(one.back)
            self.back.setAccessibleName(f"{one.back}: {one.title}")
            layout.addWidget(self.back)


class HistoryCard(QFrame):
    """Signals: `went_back`, `went_back_to(version)`."""

    went_back = Signal()
    went_back_to = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._history: History | None = None
        self._ways: list[QPushButton] = []
        self._title = SpanLabel("heading")
        self.back = KeyButton("action", "", "Alt R")
        self._list = column(gap=8)
        head = FlowLayout(10, right_from=1)
        head.addWidget(self._title)
        head.addWidget(self.back)
        layout = column(self, 18, 14, 18, 14, gap=10)
        layout.addLayout(head)
        layout.addLayout(self._list)
        layout.addStretch(1)
        self.back.clicked.connect(self.went_back)

    def draw(self, history: History) -> None:
        """Show the versions."""
        if history == self._history:
            return
        self._history = history
        self._title.say(history.title)
        self.back.say(history.back.text)
        self.back.setEnabled(history.back.enabled)
        clear(self._list)
        self._ways = []
        for one in history.versions:
            line = VersionLine(one)
            self._list.addWidget(line)
            line.show()
            if line.back is not None:
                line.back.clicked.connect(lambda _=False, to=one.id: self.went_back_to.emit(to))
                self._ways.append(line.back)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [self.back, *self._ways]

    def forget(self) -> None:
        """Draw everything anew: sizes or colours are others."""
        self._history = None
