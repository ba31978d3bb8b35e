"""The cards of the screen of imports: choosing, being at work, and what came of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from ui import theme
from ui.imports.grid import Grid
from ui.imports.screen import Result, Sheet, Start, Working
from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import FlowLayout, clear, column, show_if
from ui.widgets.texts import BadgeLabel, SpanLabel

_PER_MILLE, _LEAST = 1000, 150


class StartCard(QFrame):
    """Nothing is chosen yet. Signals: `wanted`."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._start: Start | None = None
        self._title, self._lines = SpanLabel("heading", wrap=True), column(gap=8)
        self.choose = KeyButton("primary", "", "Alt O")
        buttons = FlowLayout(10)
        buttons.addWidget(self.choose)
        layout = column(self, 22, 18, 22, 18, gap=14)
        layout.addWidget(self._title)
        layout.addLayout(self._lines)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.choose.clicked.connect(self.wanted)

    def draw(self, start: Start | None) -> None:
        """Show it."""
        show_if(self, start is not None)
        if start is None or start == self._start:
            return
        self._start = start
        self._title.say(start.title)
        clear(self._lines)
        for words in start.lines:
            label = SpanLabel("body", words, wrap=True)
            self._lines.addWidget(label)
            label.show()
        self.choose.say(start.choose)


class WorkingCard(QFrame):
    """How far it is. Signals: `stopped`."""

    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._files_shown: tuple[object, ...] = ()
        self._title, self._text = SpanLabel("heading", wrap=True), SpanLabel("body", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _PER_MILLE)
        self._files = column(gap=4)
        self.stop = KeyButton("action", "", "Alt X")
        buttons = FlowLayout(10)
        buttons.addWidget(self.stop)
        layout = column(self, 22, 18, 22, 18, gap=12)
        for part in (self._title, self.bar, self._text):
            layout.addWidget(part)
        layout.addLayout(self._files)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.stop.clicked.connect(self.stopped)

    def draw(self, working: Working | None) -> None:
        """Show it."""
        show_if(self, working is not None)
        if working is None:
            return
        progress = working.progress
        self._title.say(progress.title)
        self._text.say(progress.text)
        self.bar.setValue(_PER_MILLE * progress.done // max(progress.total, 1))
        self.bar.setAccessibleName(f"{progress.title}: {progress.text}")
        if working.files != self._files_shown:
            self._files_shown = working.files
            clear(self._files)
            for line in working.files:
                label = SpanLabel("detail", line, wrap=True)
                self._files.addWidget(label)
                label.show()
        self.stop.say(working.stop.text)
        self.stop.setEnabled(working.stop.enabled)


class ResultCard(QFrame):
    """What an import did. Signals: `saved(sheet)`, `went_back`."""

    saved = Signal(str)
    went_back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._result: Result | None = None
        self._sheet = ""
        self._title, self._lines = SpanLabel("heading", wrap=True, natural=True), column(gap=3)
        self._head = FlowLayout(10)
        self._tabs = FlowLayout(6)
        self.tabs: dict[str, KeyButton] = {}
        self.grid, self._more = Grid(), SpanLabel("small", wrap=True)
        self.back, self.save = KeyButton("primary", "", "Esc"), KeyButton("action", "", "Alt W")
        buttons = FlowLayout(10)
        for part in (self.back, self.save):
            buttons.addWidget(part)
        layout = column(self, 20, 14, 20, 14, gap=10)
        self._head.addWidget(self._title)
        layout.addLayout(self._head)
        layout.addLayout(self._lines)
        layout.addLayout(self._tabs)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self._more)
        layout.addLayout(buttons)
        layout.addStretch()
        self.fit()
        self.save.clicked.connect(lambda: self.saved.emit(""))
        self.back.clicked.connect(self.went_back)

    def draw(self, result: Result | None) -> None:
        """Show it."""
        show_if(self, result is not None)
        if result is None or result == self._result:
            return
        before, self._result = self._result, result
        if before is None or before.name != result.name or not self._sheet_of(result):
            self._sheet = result.sheets[0].name if result.sheets else ""
        self._title.say(result.title)
        while self._head.count() > 1:
            item = self._head.takeAt(1)
            badge = item.widget() if item is not None else None
            if badge is not None:
                badge.hide()
                badge.setParent(None)
                badge.deleteLater()
        if result.badge is not None:
            label = BadgeLabel(result.badge)
            self._head.addWidget(label)
            label.show()
        clear(self._lines)
        for words in result.lines:
            line = SpanLabel("body", words, wrap=True)
            self._lines.addWidget(line)
            line.show()
        self._draw_tabs(result)
        self._draw_sheet()
        self.save.say(result.save)
        show_if(self.save, bool(result.save))
        self.back.say(result.back.text)
        show_if(self.back, bool(result.back.text))

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [*self.tabs.values(), self.grid, self.back, self.save]

    def fit(self) -> None:
        """Sizes are others."""
        self.grid.setMinimumHeight(theme.current().px(_LEAST))
        self.grid.fit()

    def _draw_tabs(self, result: Result) -> None:
        clear(self._tabs)
        self.tabs = {}
        for sheet in result.sheets:
            button = KeyButton("choice", sheet.title)
            button.clicked.connect(lambda _=False, name=sheet.name: self._choose(name))
            self.tabs[sheet.name] = button
            self._tabs.addWidget(button)
            button.show()

    def _choose(self, name: str) -> None:
        self._sheet = name
        self._draw_sheet()

    def _draw_sheet(self) -> None:
        sheet = self._sheet_of(self._result)
        for name, button in self.tabs.items():
            button.choose(name == self._sheet)
        show_if(self.grid, sheet is not None)
        show_if(self._more, sheet is not None and bool(sheet.more))
        if sheet is not None:
            self.grid.setAccessibleName(sheet.title)
            self.grid.draw(sheet.headings, sheet.rows, frozenset())
            self._more.say(sheet.more)

    def _sheet_of(self, result: Result | None) -> Sheet | None:
        sheets = result.sheets if result is not None else ()
        return next((one for one in sheets if one.name == self._sheet), None)
