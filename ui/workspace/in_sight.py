"""Keeps in sight what a moment is about, where the middle of the desk is higher than its place."""

from PySide6.QtCore import QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget

from ui import theme
from ui.workspace.pinned import PinnedLine
from ui.workspace.screen import Screen, Stage

SCROLLS = {"page_up": -1, "page_down": 1, "record": 0}

# Of a page that is turned, so much is seen again.
_AGAIN = 40
# Below a field so much is seen too, at 100 %.
_WORDS = 48


class InSight(QObject):
    """Scrolls to a part when it is its turn, to a field when it gets the keys, and by page keys.

    A moment in which she has scrolled herself is left as it is.
    """

    def __init__(
        self,
        area: QScrollArea,
        inside: QWidget,
        parts: dict[str, QWidget],
        field: QWidget,
        pinned: PinnedLine,
    ) -> None:
        """`parts` by name; "words" are the words of "script", and below `field`, inside of it,
        stands what was found by it. `pinned` lies on the top of the area.
        """
        super().__init__(area)
        self._area, self._inside, self._parts, self._field = area, inside, parts, field
        self._pinned = pinned
        self._moment: object = None
        self._about = ""
        self._reached: QWidget | None = None
        self._bar = area.verticalScrollBar()
        self._bar.rangeChanged.connect(self._bring)
        self._bar.actionTriggered.connect(self._let_go)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def show(self, screen: Screen, tab: int) -> None:
        """Show what this moment is about, unless it is the same as before."""
        script, ask = screen.script, screen.ask
        node = (script.title, script.path, bool(script.hits)) if script else None
        who = screen.person.customer_id if screen.person else ""
        moment = (who, screen.stage, node, ask and ask.title, screen.edit is None, tab)
        if moment != self._moment:
            turned = isinstance(self._moment, tuple) and self._moment[-1] != tab
            self._moment, self._about = moment, self._subject(screen, turned=turned)
            QTimer.singleShot(0, self, self._bring)

    def scroll(self, action: str) -> bool:
        """Scroll by a page, or back to her record; False where there is nothing to scroll."""
        if self._bar.maximum() == 0:
            return False
        self._let_go()
        pages, page = SCROLLS[action], self._bar.pageStep() - _AGAIN - self._pinned.room()
        self._bar.setValue(self._bar.value() + pages * page if pages else 0)
        return True

    def _subject(self, screen: Screen, *, turned: bool) -> str:
        if screen.ask is not None:
            return "ask"
        if screen.edit is not None:
            return "edit"
        if screen.stage is Stage.DIALLED:
            return "dial"
        calls = screen.stage in (Stage.TALKING, Stage.WRAP_UP)
        if not (calls or turned):
            return "top"
        return next((name for name in ("side", "script") if self._is_here(name)), "top")

    def _is_here(self, name: str) -> bool:
        part = self._parts[name]
        return self._inside.isAncestorOf(part) and not part.isHidden()

    def _bring(self) -> None:
        if self._about == "top":
            self._bar.setValue(0)
        elif self._about and self._is_here(self._about):
            part = self._parts[self._about]
            if self._about == "script" and self._field.hasFocus():
                self._reveal(self._place(part, self._field))
            else:
                self._reveal(self._place(part))
                if self._about == "script":
                    # Answers are more than the heading, where there is no room for both.
                    self._reveal(self._place(part, self._parts["words"]))
                self._keep_field(part)

    def _keep_field(self, part: QWidget) -> None:
        """What she is writing in stays in sight, whatever comes or goes around it."""
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit) and part.isAncestorOf(field):
            self._reveal(_with_words(self._place(field)))

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self._inside.isAncestorOf(now):
            return
        if now is self._field:
            self._about = "script"
            QTimer.singleShot(0, self, self._bring)
        else:
            self._reached = now
            QTimer.singleShot(0, now, self._show_reached)

    def _show_reached(self) -> None:
        reached, self._reached = self._reached, None
        if reached is not None:
            self._reveal(_with_words(self._place(reached)))

    def _place(self, part: QWidget, since: QWidget | None = None) -> QRect:
        """Where a part lies in the scrolled, from a part of it on where one is told."""
        top = (since or part).mapTo(self._inside, QPoint()).y()
        return QRect(0, top, 1, part.mapTo(self._inside, QPoint(0, part.height())).y() - top)

    def _reveal(self, place: QRect) -> None:
        """Scroll no further than it takes; of what is too high the beginning is seen."""
        value = max(self._bar.value(), place.bottom() + 1 - self._area.viewport().height())
        self._bar.setValue(min(value, place.top() - self._pinned.room()))

    def _let_go(self, _action: int = 0) -> None:
        self._about, self._reached = "", None


def _with_words(place: QRect) -> QRect:
    """A field, and below it what is made of what is written."""
    return place.adjusted(0, 0, 0, theme.current().px(_WORDS))
