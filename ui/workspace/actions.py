"""The actions of a contact, below the note, each with its key."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import FlowLayout, show_if
from ui.words import tr
from ui.workspace.screen import Stage


class ActionBar(QWidget):
    """Signals: `refusal_wanted`, `complaint_wanted`, `callback_wanted`, `sale_wanted`, `ended`,
    `saved`.
    """

    refusal_wanted = Signal()
    complaint_wanted = Signal()
    callback_wanted = Signal()
    sale_wanted = Signal()
    ended = Signal()
    saved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._refuse = KeyButton("action", "", "F9", danger=True)
        self._complain = KeyButton("action", "", "Alt C")
        self._callback = KeyButton("action", "", "Alt B")
        self._sale = KeyButton("action", "", "Alt O")
        self._end = KeyButton("primary", "", "F8")
        self._save = KeyButton("primary", "", "Ctrl ↵")
        layout = FlowLayout(8, right_from=3)
        self.setLayout(layout)
        for part in (
            self._refuse,
            self._complain,
            self._callback,
            self._sale,
            self._end,
            self._save,
        ):
            layout.addWidget(part)
        self._refuse.clicked.connect(self.refusal_wanted)
        self._complain.clicked.connect(self.complaint_wanted)
        self._callback.clicked.connect(self.callback_wanted)
        self._sale.clicked.connect(self.sale_wanted)
        self._end.clicked.connect(self.ended)
        self._save.clicked.connect(self.saved)
        self._save.hide()

    def draw(self, stage: Stage) -> None:
        self._refuse.say(tr("Do not call"))
        self._complain.say(tr("Log complaint"))
        self._callback.say(tr("Book callback"))
        self._sale.say(tr("Record sale"))
        self._end.say(tr("End call"))
        show_if(self._end, stage is Stage.TALKING)
        self.setEnabled(stage is not Stage.NOBODY)

    def set_low(self, low: bool) -> None:  # noqa: FBT001  # It is the value itself.
        """Leave the keys to the tips where there is little room."""
        for button in (self._refuse, self._complain, self._callback, self._sale):
            show_if(button.cap, not low)
            button.setToolTip(button.cap.text() if low else "")

    def offer_save(self, offered: bool, enabled: bool) -> None:  # noqa: FBT001  # Two values.
        """Show the wrap-up's save button here, where the form itself has to be scrolled."""
        self._save.say(tr("Save and next"))
        self._save.setEnabled(enabled)
        show_if(self._save, offered)
