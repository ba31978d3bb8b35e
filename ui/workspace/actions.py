"""The actions of a contact, below the note, each with its key."""

from collections.abc import Iterator

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import FlowLayout, show_if
from ui.words import tr
from ui.workspace.screen import Stage

# From so little room on: no keys but that of the last one, short words, no keys at all.
_FEW_KEYS, _SHORT, _NO_KEYS = 1, 2, 3


class ActionBar(QWidget):
    """One row: where there is little room it says less, and the tips say the rest.

    Signals: `refusal_wanted`, `complaint_wanted`, `callback_wanted`, `sale_wanted`, `ended`,
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
        self._line = FlowLayout(8, right_from=3)
        self.setLayout(self._line)
        self._deeds = (self._refuse, self._complain, self._callback, self._sale)
        for part in (*self._deeds, self._end, self._save):
            self._line.addWidget(part)
        self._refuse.clicked.connect(self.refusal_wanted)
        self._complain.clicked.connect(self.complaint_wanted)
        self._callback.clicked.connect(self.callback_wanted)
        self._sale.clicked.connect(self.sale_wanted)
        self._end.clicked.connect(self.ended)
        self._save.clicked.connect(self.saved)
        self._save.hide()

    def draw(self, stage: Stage) -> None:
        self._end.say(tr("End call"))
        show_if(self._end, stage is Stage.TALKING)
        self.setEnabled(stage is not Stage.NOBODY)
        self.fit()

    def fit(self) -> None:
        """Say as much as one row has room for."""
        levels = range(_NO_KEYS)
        room = self.width()
        level = next((one for one in levels if self._width(one) <= room), _NO_KEYS)
        for button, whole, words in self._said(level):
            button.say(words)
            button.setAccessibleName(whole)
            _show_key(button, shown=level < _FEW_KEYS, tip=f"{whole} · {button.cap.text()}")
        for button in (self._end, self._save):
            _show_key(button, shown=level < _NO_KEYS, tip=button.cap.text())

    def _width(self, level: int) -> int:
        """How wide a row is: with room for the last button even while it is not there."""
        last = self._end if self._save.isHidden() else self._save
        keys = level < _FEW_KEYS
        deeds = [button.width_of(words, key=keys) for button, _, words in self._said(level)]
        end = last.width_of(last.words.words(), key=level < _NO_KEYS)
        return sum(deeds) + end + self._line.spacing() * len(deeds)

    def _said(self, level: int) -> Iterator[tuple[KeyButton, str, str]]:
        """Each deed, how it is called, and what of it is said where there is little room."""
        whole = (
            tr("Do not call"), tr("Log complaint"), tr("Book callback"), tr("Record sale"),
        )  # fmt: skip
        short = (tr("Do not call"), tr("Complaint"), tr("Callback"), tr("Sale"))
        return zip(self._deeds, whole, short if level >= _SHORT else whole, strict=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def offer_save(self, offered: bool, enabled: bool) -> None:  # noqa: FBT001  # Two values.
        """Show the wrap-up's save button here, where the form itself has to be scrolled."""
        self._save.say(tr("Save and next"))
        self._save.setEnabled(enabled)
        show_if(self._save, offered)
        self.fit()


def _show_key(button: KeyButton, *, shown: bool, tip: str) -> None:
    show_if(button.cap, shown)
    button.setToolTip("" if shown else tip)
