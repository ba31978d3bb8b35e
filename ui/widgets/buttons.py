"""Buttons that show their key; a click never takes the focus from the note being written.

They are automatic defaults, so that Enter presses the one Tab has come to.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.layouts import column, mark, row
from ui.widgets.texts import IconLabel, KeyCap, SpanLabel, mute
from ui.widgets.values import Choice, Line, Span, Tone


class LayoutButton(QPushButton):
    """A button whose face is a layout: as large as its contents, wrapping with them."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(True)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.totalSizeHint() if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return layout.totalMinimumSize() if layout else super().minimumSizeHint()


class KeyButton(LayoutButton):
    """Text and key cap. `first` puts the cap before the text, as answers have it; with `natural`
    such a text wraps only where there is no room for one line.
    """

    def __init__(
        self,
        kind: str,
        text: str = "",
        key: str = "",
        *,
        first: bool = False,
        natural: bool = False,
        danger: bool = False,
    ) -> None:
        super().__init__(kind)
        self.setProperty("danger", danger)
        self.cap = KeyCap(key)
        self.words = SpanLabel(_ROLES.get(kind, "body"), wrap=first, natural=natural)
        mute(self.cap, self.words)
        self._line = row(self, *_MARGINS.get(kind, (12, 7, 12, 7)), gap=_GAPS.get(kind, 9))
        self._compose(self._line, first=first)
        self.say(text, key)

    def _compose(self, layout: QHBoxLayout, *, first: bool) -> None:
        if first:
            layout.addWidget(self.cap, 0, Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(self.words, 1)
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        else:
            layout.addStretch()
            layout.addWidget(self.words)
            layout.addWidget(self.cap)
            layout.addStretch()
            self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def say(self, text: str, key: str | None = None) -> None:
        if key is not None:
            self.cap.say(key)
        self.words.say(text)
        shown = self.cap.text()
        self.setAccessibleName(text)
        self.setAccessibleDescription(shown)

    def width_of(self, text: str, *, key: bool) -> int:
        """How wide it would be with another text, with its key or without."""
        for part in (self.words, self.cap):
            part.ensurePolished()
        margins = self._line.contentsMargins()
        words = self.words.fontMetrics().horizontalAdvance(text) + _ROUNDING
        cap = self._line.spacing() + self.cap.sizeHint().width() if key else 0
        return margins.left() + words + cap + margins.right()

    def choose(self, chosen: bool) -> None:  # noqa: FBT001  # It is the value, not a switch.
        mark(self, chosen=chosen)


_ROLES = {"choice": "detail", "small": "detail", "action": "strong", "primary": "strong"}
_GAPS: dict[str, float] = {"small": 6, "action": 7}
_MARGINS: dict[str, tuple[float, float, float, float]] = {
    "answer": (12, 8, 12, 8),
    "choice": (9, 6, 9, 6),
    "small": (8, 3, 6, 3),
    "action": (12, 7, 10, 7),
    "primary": (14, 7, 12, 7),
}


# A label of rich text is wider than its letters by up to so much.
_ROUNDING = 2


class Pill(LayoutButton):
    """A rounded figure or state that can be asked for more."""

    def __init__(self) -> None:
        super().__init__("pill")
        self.picture = IconLabel("", size=14)
        self.words = SpanLabel("pill")
        mute(self.picture, self.words)
        layout = row(self, 11, 3, 11, 3, gap=5)
        layout.addWidget(self.picture)
        layout.addWidget(self.words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, words: Line | str, tone: Tone = Tone.QUIET, icon: str = "") -> None:
        line = (Span(words),) if isinstance(words, str) else words
        self.words.say(line)
        # Figures stay in ink on the quiet ground; a toned pill speaks in its own colour.
        mark(self.words, tone=tone.value)
        mark(self, tone=tone.value)
        self.picture.show_icon(icon, tone)
        self.setAccessibleName(self.words.words())
        self.updateGeometry()


class LinkButton(QPushButton):
    """Quiet words that can be pressed."""

    def __init__(self, text: str = "", *, checkable: bool = False) -> None:
        super().__init__(text)
        self.setProperty("kind", "link")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setCheckable(checkable)
        self.setAutoDefault(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class Toggle(LayoutButton):
    """A box to tick, with its words."""

    def __init__(self) -> None:
        super().__init__("toggle")
        self.setCheckable(True)
        self._box, self._words = IconLabel("box", Tone.QUIET, 15), SpanLabel("label")
        mute(self._box, self._words)
        layout = row(self, 4, 3, 6, 3, gap=6)
        layout.addWidget(self._box)
        layout.addWidget(self._words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._show)

    def say(self, text: str) -> None:
        self._words.say(text)
        self.setAccessibleName(text)

    def _show(self, on: bool) -> None:  # noqa: FBT001  # Qt calls it.
        self._box.show_icon("box_ticked" if on else "box", Tone.BRAND if on else Tone.QUIET)


class MenuButton(LayoutButton):
    """One choice of several, the rest in a menu. Signals: `picked(name)`."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__("small")
        self._choices: tuple[Choice, ...] = ()
        self._words, arrow = SpanLabel("detail"), IconLabel("down", Tone.QUIET, 12)
        mute(self._words, arrow)
        layout = row(self, 9, 5, 7, 5, gap=5)
        layout.addWidget(self._words)
        layout.addWidget(arrow)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)

    def draw(self, choices: tuple[Choice, ...], name: str) -> None:
        """Show what is chosen; `name` says what the choice is about."""
        self._choices = choices
        chosen = next((choice.text for choice in choices if choice.chosen), "–")
        self._words.say((Span(chosen, strong=True),))
        self.setAccessibleName(f"{name}: {chosen}")
        self.setToolTip(name)
        self.setVisible(bool(choices))

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen: QAction | None = None
        for choice in self._choices:
            action = menu.addAction(choice.text)
            action.setCheckable(True)
            action.setChecked(choice.chosen)
            action.setEnabled(choice.enabled)
            action.triggered.connect(lambda _=False, name=choice.name: self.picked.emit(name))
            if choice.chosen:
                chosen = action
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        if chosen is not None:
            menu.setActiveAction(chosen)  # So the arrows begin where the choice stands.


class CardButton(LayoutButton):
    """A whole card that can be pressed; fill `face`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.face: QVBoxLayout = column(self, 12, 10, 12, 10, gap=4)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


def small_button(parent: QWidget | None = None) -> QPushButton:
    button = QPushButton(parent)
    button.setProperty("kind", "small")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAutoDefault(True)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def cap_button(parent: QWidget | None = None) -> QPushButton:
    """Return a button that looks like its key."""
    button = small_button(parent)
    button.setProperty("kind", "cap")
    return button


def icon_only(button: QPushButton, name: str, size: float = 16) -> None:
    """Show a drawing instead of words; the words stay as tip and accessible name."""
    side = theme.current().px(size)
    button.setIcon(theme.button_icon(name))
    button.setIconSize(QSize(side, side))
