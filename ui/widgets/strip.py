"""A sentence in the page: a toast that goes by itself, a problem that stays, a hub that is away."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui.widgets.buttons import icon_only, small_button
from ui.widgets.layouts import mark, row, show_if
from ui.widgets.texts import IconLabel, KeyCap, SpanLabel
from ui.widgets.values import Notice, Tone
from ui.words import tr

_ICONS = {Tone.GOOD: "check", Tone.BAD: "refused", Tone.WARN: "warning"}


class Strip(QFrame):
    """Shows a notice; `key` is the one that presses its button.

    Signals: `pressed` for the notice's button, `closed` for the cross.
    """

    pressed = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None, key: str = "") -> None:
        super().__init__(parent)
        self.setProperty("kind", "strip")
        self._notice: Notice | None = None
        self._icon = IconLabel("info")
        self._words = SpanLabel("body", wrap=True)
        self._button = small_button(self)
        self._cap = KeyCap(key)
        self._close = small_button(self)
        self._close.setProperty("kind", "link")
        layout = row(self, 12, 6, 8, 6, gap=10)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._cap)
        layout.addWidget(self._close)
        self._button.clicked.connect(self.pressed)
        self._close.clicked.connect(self.closed)
        self.hide()

    def draw(self, notice: Notice | None) -> None:
        self._notice = notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        self._words.say(notice.text)
        self._icon.show_icon(_ICONS.get(notice.tone, "info"), notice.tone)
        self._button.setText(notice.button)
        self._button.setVisible(bool(notice.button))
        self._cap.setVisible(bool(notice.button and self._cap.text()))
        icon_only(self._close, "close")
        self._close.setAccessibleName(tr("Close this message"))
        self._close.setToolTip(tr("Close this message"))
        mark(self, tone=notice.tone.value)

    def offers(self) -> bool:
        """Whether there is a button to press now."""
        return self.isVisible() and self._notice is not None and bool(self._notice.button)

    def tick(self, now: datetime) -> None:
        """Go when the notice's time is over, and count down on its button until then."""
        if self._notice is None or self._notice.until is None:
            return
        left = int((self._notice.until - now).total_seconds() + 0.999)
        if left <= 0:
            self.hide()
        elif self._notice.button:
            self._button.setText(f"{self._notice.button} · {left}")


class OfflineBar(QFrame):
    """Says that the hub is away, for as long as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "strip")
        mark(self, tone="warn")
        self._words = SpanLabel("body", wrap=True)
        layout = row(self, 12, 6, 12, 6, gap=10)
        layout.addWidget(IconLabel("offline", Tone.WARN))
        layout.addWidget(self._words, 1)
        self.hide()

    def draw(self, words: str) -> None:
        """Show it, or nothing."""
        self._words.say(words)
        show_if(self, bool(words))
