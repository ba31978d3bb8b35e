"""What the centre shows while nobody is chosen: a sentence, or the first sync under way."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from ui.widgets.layouts import column, row, show_if
from ui.widgets.texts import IconLabel, SpanLabel
from ui.widgets.values import Progress, Tone


class WaitingCard(QFrame):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._icon = IconLabel("people", Tone.QUIET, 40)
        self._title = SpanLabel("heading", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._text = SpanLabel("fact", wrap=True)
        layout = column(self, 60, 24, 60, 24, gap=14)
        layout.addStretch(2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._title)
        line = row()
        line.addStretch(1)
        line.addWidget(self._bar, 2)
        line.addStretch(1)
        layout.addLayout(line)
        layout.addWidget(self._text)
        layout.addStretch(3)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def draw(self, message: str, loading: Progress | None) -> None:
        self._icon.show_icon("sync" if loading else "people", Tone.QUIET)
        show_if(self._title, loading is not None)
        show_if(self._bar, loading is not None)
        self._text.say(loading.text if loading else message)
        if loading:
            self._title.say(loading.title)
            self._bar.setRange(0, max(1, loading.total))
            self._bar.setValue(loading.done)
            self._bar.setAccessibleName(loading.text)
