"""A field to search with: its drawing, the line, and the key that leads into it."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame

from ui.widgets.entry import AskField
from ui.widgets.layouts import mark, row
from ui.widgets.texts import IconLabel, KeyCap
from ui.widgets.values import Tone


class SearchField(QFrame):
    """What is written stands in `line`; the frame shows whether it has the keys."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.setProperty("kind", "field")
        self.line = AskField()
        inside = row(self, 9, 6, 7, 6, gap=6)
        inside.addWidget(IconLabel("search", Tone.QUIET, 15))
        inside.addWidget(self.line, 1)
        inside.addWidget(KeyCap(key))
        self.line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            mark(self, focused=event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)
