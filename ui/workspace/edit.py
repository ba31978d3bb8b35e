"""The form in which a customer's details are changed, in the page."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui import theme
from ui.widgets.buttons import KeyButton, small_button
from ui.widgets.entry import AskField
from ui.widgets.layouts import clear, column, mark, row, show_if
from ui.widgets.texts import SpanLabel
from ui.workspace.screen import Edit, EditField

_COLUMNS = 2


class EditCard(QFrame):
    """Signals: `saved(texts by field)`, `closed`."""

    saved = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "strip")
        mark(self, tone="brand")
        self._edit: Edit | None = None
        self.lines: dict[str, AskField] = {}
        self._problems: dict[str, SpanLabel] = {}
        self._title = SpanLabel("strong", wrap=True)
        self._close = small_button(self)
        self._save = KeyButton("primary", "", "Enter")
        self._grid = QGridLayout()
        theme.space(self._grid, gap=8)
        head = row(gap=8)
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        layout = column(self, 14, 10, 12, 10, gap=8)
        layout.addLayout(head)
        layout.addLayout(self._grid)
        layout.addWidget(self._save, 0, Qt.AlignmentFlag.AlignRight)
        self._close.clicked.connect(self.closed)
        self._save.clicked.connect(self.save)
        self.hide()

    def draw(self, edit: Edit | None) -> None:
        """Show the form; what is being typed stays as long as it is about the same customer."""
        before, self._edit = self._edit, edit
        show_if(self, edit is not None)
        if edit is None or edit == before:
            return
        if before is None or before.of != edit.of:
            self._make(edit)
        self._title.say(edit.title)
        self._close.setText(edit.cancel)
        self._save.say(edit.save)
        for one in edit.fields:
            self._problems[one.name].say(one.problem)
            show_if(self._problems[one.name], bool(one.problem))
        wrong = next((one.name for one in edit.fields if one.problem), "")
        if wrong or before is None or before.of != edit.of:
            line = self.lines[wrong or edit.fields[0].name]
            line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def save(self) -> None:
        """Tell what the fields hold."""
        self.saved.emit({name: line.text() for name, line in self.lines.items()})

    def _make(self, edit: Edit) -> None:
        clear(self._grid)
        self.lines, self._problems = {}, {}
        for place, one in enumerate(edit.fields):
            cell = QWidget(self)
            cell.setProperty("kind", "clear")
            self._fill(cell, one)
            self._grid.addWidget(
                cell, place // _COLUMNS, place % _COLUMNS, Qt.AlignmentFlag.AlignTop
            )
            # Else it would be there only after the next event, too late for the keys.
            cell.show()
        # Made while the window stands, they would come last, and in no order.
        parts = [self._close, *self.lines.values(), self._save]
        for before, after in pairwise(parts):
            QWidget.setTabOrder(before, after)

    def _fill(self, cell: QWidget, one: EditField) -> None:
        held = column(cell, gap=2)
        label = f"{one.label} · {one.hint}" if one.hint else one.label
        line, problem = AskField(one.value), SpanLabel("bad", wrap=True)
        line.setAccessibleName(label)
        line.entered.connect(self.save)
        line.left.connect(self.closed)
        line.down.connect(line.focusNextChild)
        held.addWidget(SpanLabel("label", label, wrap=True))
        held.addWidget(line)
        held.addWidget(problem)
        self.lines[one.name], self._problems[one.name] = line, problem
