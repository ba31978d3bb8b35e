"""The keys of the rep's desk: one table, and the one place that hears them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

from ui.words import N_, tr


class Binding(NamedTuple):
    """`keys` as Qt writes them; `typing` tells whether they act inside a text field too.

    One without a meaning is told of together with another.
    """

    action: str
    keys: tuple[str, ...]
    meaning: str
    typing: bool = True


BINDINGS = (
    Binding("next", ("F2", "Ctrl+2"), N_("Next customer")),
    Binding("step", ("Return", "Enter"), N_("Mark dialled, then answered"), typing=False),
    Binding("wechat", ("Alt+W",), N_("Write on WeChat")),
    Binding("wangwang", ("Alt+T",), N_("Write on Wangwang")),
    Binding("objection", ("/", "、", "／"), N_("Search objections"), typing=False),
    Binding("note", ("Alt+N",), N_("Write the note")),
    Binding("callback", ("Alt+B",), N_("Book callback")),
    Binding("sale", ("Alt+O",), N_("Record sale")),
    Binding("offer1", ("Alt+1",), N_("First offer")),
    Binding("offer2", ("Alt+2",), N_("Second offer")),
    Binding("complaint", ("Alt+C",), N_("Log complaint")),
    Binding("why", ("Alt+Y",), N_("Why she is where she is")),
    Binding("edit", ("Ctrl+E",), N_("Change her details")),
    Binding("end", ("F8", "Ctrl+8"), N_("End call")),
    Binding("refuse", ("F9", "Ctrl+9"), N_("Do not call")),
    Binding("consent", ("Alt+R",), N_("How she wants to be reached")),
    Binding("search", ("Ctrl+K",), N_("Search customers")),
    Binding("save", ("Ctrl+Return", "Ctrl+Enter"), N_("Save and next")),
    Binding("undo", ("Ctrl+Z",), N_("Undo the last save"), typing=False),
    Binding("back", ("Esc",), N_("One step back, close"), typing=False),
    Binding("record", ("Home",), N_("Back to her record"), typing=False),
    Binding("page_up", ("PgUp",), "", typing=False),
    Binding("page_down", ("PgDown",), "", typing=False),
    Binding("keys", ("?", "Shift+?", "？"), N_("All keys"), typing=False),
)

_WIDE_DIGITS = "１２３４５６７８９"
_NAMES = {"Return": "Enter", "Esc": "Esc"}
_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit)


def rows() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Return the key map as it is shown: key caps and what they do."""
    shown: list[tuple[tuple[str, ...], str]] = [(("1 – 9",), tr("Choose the answer or outcome"))]
    for binding in BINDINGS:
        keys = [key for key in binding.keys if key.isascii() and key not in ("Enter", "Shift+?")]
        keys = [key for key in keys if key != "Ctrl+Enter"]
        if binding.meaning:
            shown.append((tuple(_cap(key) for key in keys), tr(binding.meaning)))
    shown.append((("PgUp", "PgDn"), tr("Scroll up or down")))
    shown.append((("Tab",), tr("Answered or not answered, in wrap-up")))
    shown.append((("Ctrl +", "Ctrl −"), tr("Larger or smaller type")))
    shown.append((("Ctrl L",), tr("All customers")))
    shown.append((("Alt S",), tr("What waits to be sent")))
    shown.append((("Alt A",), tr("Language, look, sign out")))
    return tuple(shown)


def _cap(key: str) -> str:
    return " ".join(_NAMES.get(part, part) for part in key.split("+"))


class KeyMap(QObject):
    """Hears keys meant for `view` and its parts, and calls `act(action)` or `digit(place)`.

    `apart` are parts shown outside of it. Both calls return whether they did something; only then
    is the key used up. Digits and plain keys never act inside text fields. What an input method is
    composing is committed before anything acts, so the last word is in the note.
    """

    def __init__(
        self,
        view: QWidget,
        apart: Sequence[QWidget],
        act: Callable[[str], bool],
        digit: Callable[[int], bool],
    ) -> None:
        super().__init__(view)
        self._parts, self._act, self._digit = (view, *apart), act, digit
        self._table = {_code(key): binding for binding in BINDINGS for key in binding.keys}
        self._heard: QWidget | None = None
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)
        self._follow(None, QApplication.focusWidget())

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        # Hearing only who has the focus costs nothing; a filter on the program hears every event.
        if self._heard is not None and isValid(self._heard):
            self._heard.removeEventFilter(self)
        inside = new is not None and any(
            isValid(part) and (new is part or part.isAncestorOf(new)) for part in self._parts
        )
        self._heard = new if inside else None
        if self._heard is not None:
            self._heard.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A subclass test, not the type alone: shortcut overrides are key events as well.
        if not isinstance(event, QKeyEvent) or watched is not self._heard:
            return False
        return event.type() == QEvent.Type.KeyPress and self._press(event)

    def _press(self, event: QKeyEvent) -> bool:
        typing = isinstance(QApplication.focusWidget(), _FIELDS)
        place = _digit_place(event)
        if place is not None and not typing:
            return self._do(lambda: self._digit(place))
        binding = self._table.get(_combined(event)) or self._table.get(_spoken(event))
        if binding is None or (typing and not binding.typing):
            return False
        return self._do(lambda: self._act(binding.action))

    @staticmethod
    def _do(call: Callable[[], bool]) -> bool:
        QGuiApplication.inputMethod().commit()
        return call()


def _digit_place(event: QKeyEvent) -> int | None:
    """Return 0 to 8 for the plain digits 1 to 9, from the keypad and full-width ones too."""
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return None
    if Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_9:
        return int(event.key()) - int(Qt.Key.Key_1)
    place = _WIDE_DIGITS.find(event.text()) if event.text() else -1
    return place if place >= 0 else None


def _combined(event: QKeyEvent) -> int:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return QKeyCombination(modifiers, Qt.Key(event.key())).toCombined()


def _spoken(event: QKeyEvent) -> int:
    """Return the key by its sign, for layouts where the sign needs Shift."""
    text = event.text()
    plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
    return _code(text) if plain and text and text in "/?、／？" else 0


def _code(key: str) -> int:
    return int(QKeySequence(key)[0].toCombined())  # type: ignore[index]  # The stubs forget it.
