"""What the pages of a window have in common: their set-up, keys, a list, a last question."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from ui import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.choices import ChoiceButton, Choices
from ui.widgets.confirm_card import Confirm, ConfirmCard
from ui.widgets.layouts import column, row, scrolled
from ui.widgets.page_head import PageHead
from ui.widgets.strip import OfflineBar, Strip
from ui.widgets.values import Notice, SyncChip
from ui.words import on_switch

S = TypeVar("S")
R = TypeVar("R")


class Page(QWidget, Generic[S]):
    """A page that draws a Screen, anew when words or colours change.

    Signals: `sync_wanted`, `account_wanted`.
    """

    sync_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, head: PageHead | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._screen: S | None = None
        self._head = head or PageHead()
        self._head.sync_wanted.connect(self.sync_wanted)
        self._head.account_wanted.connect(self.account_wanted)
        # A widget Qt has deleted may live on in Python for a while; it must not be told any more.
        self.destroyed.connect(on_switch(self._redraw))
        theme.notices.changed.connect(self._restyle)

    def shown(self) -> S | None:
        """What is shown now."""
        return self._screen

    def draw(self, screen: S) -> None:
        """Show it."""
        raise NotImplementedError

    def _key(self, keys: str, does: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(does)
        return shortcut

    def _redraw(self) -> None:
        if self._screen:
            self.draw(self._screen)

    def _restyle(self) -> None:
        self._redraw()


class ListScreen(Protocol):
    """What the screen of a page with a list says of its head and of what is chosen."""

    @property
    def title(self) -> str: ...
    @property
    def left(self) -> str: ...
    @property
    def sync(self) -> SyncChip: ...
    @property
    def person(self) -> str: ...
    @property
    def chosen(self) -> str: ...


L = TypeVar("L", bound=ListScreen)


class ListPage(Page[L]):
    """A page with a list at its left. Signals: `picked(name)`.

    The list is `list_width` wide at 100 %, and takes at most `list_part` of the page. Where
    digits decide, a list that is made anew takes the keys back from the button that was pressed.
    """

    picked = Signal(str)
    list_width = 270
    list_part = (1, 3)
    digits_decide = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choices = Choices()
        self._area = scrolled(self.choices)
        self.choices.picked.connect(self._pick)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._rest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _begin(self, screen: L) -> L | None:
        """Draw the head; returns what was shown before."""
        before, self._screen = self._screen, screen
        self._head.draw(screen.title, screen.left, screen.sync, screen.person)
        return before

    def _draw_rows(self, rows: tuple[R, ...], make: Callable[[R], ChoiceButton]) -> None:
        chosen = self._screen.chosen if self._screen is not None else ""
        self.choices.draw(rows, chosen, make, keys=self._has_lost_keys())

    def _has_lost_keys(self) -> bool:
        """Whether a list that is made anew is to have the keys."""
        focus = QApplication.focusWidget()
        pressed = isinstance(focus, KeyButton) and self.isAncestorOf(focus)
        return focus is self or (self.digits_decide and pressed)

    def _lay_out(self, right: QLayout, *margins: float) -> None:
        """Head above, list and `right` side by side below."""
        body = row(None, *margins, gap=14)
        body.addWidget(self._area)
        body.addLayout(right, 1)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addLayout(body, 1)

    def _pick(self, name: str) -> None:
        if self._screen is not None and name != self._screen.chosen:
            self.picked.emit(name)

    def _rest(self) -> None:
        """Give the keys to what they are for when nobody has them."""
        self.choices.rest()

    def _share(self) -> None:
        """The list is as wide as it likes, but leaves the rest more than half."""
        part, of = self.list_part
        width = theme.current().px(self.list_width)
        self._area.setFixedWidth(min(width, self.width() * part // of))

    def _forget(self) -> None:
        """Sizes or colours are others: what keeps its parts makes them anew."""
        self.choices.forget()

    def _restyle(self) -> None:
        self._share()
        self._forget()
        self._redraw()


class AskingScreen(ListScreen, Protocol):
    """What a screen says whose doings only the hub can do."""

    @property
    def notice(self) -> Notice | None: ...
    @property
    def offline(self) -> str: ...
    @property
    def confirm(self) -> Confirm | None: ...


A = TypeVar("A", bound=AskingScreen)


class AskingPage(ListPage[A]):
    """A page whose doings only the hub can do: it says when that is away, and asks before it does.

    Signals: `stayed` for a question answered with no, `notice_closed`.
    """

    stayed = Signal()
    notice_closed = Signal()

    def __init__(self, parent: QWidget | None = None, notice_key: str = "") -> None:
        super().__init__(parent)
        self._came_from: QWidget | None = None
        self.notice, self.offline, self.confirm = Strip(key=notice_key), OfflineBar(), ConfirmCard()
        self._inside = QWidget()
        self._inside.setProperty("kind", "clear")
        self._page = scrolled(self._inside)
        self.notice.closed.connect(self.notice_closed)
        self.confirm.declined.connect(self.stayed)
        self._key("Esc", self._back)

    def _begin(self, screen: A) -> A | None:
        before = super()._begin(screen)
        self.notice.draw(screen.notice)
        self.offline.draw(screen.offline)
        return before

    def _draw_confirm(self, confirm: Confirm | None) -> None:
        asks, asked = confirm is not None, self.confirm.isVisibleTo(self)
        if asks and not asked:
            self._came_from = QApplication.focusWidget()
        self.confirm.draw(confirm)
        self._make_room(asks=asks)
        if asked and not asks:
            self._give_back()

    def _make_room(self, *, asks: bool) -> None:
        """Hide or show what stands where a question is asked."""

    def _give_back(self) -> None:
        """Give the keys to whatever had them before the question."""
        if self._came_from is not None and self._came_from in self._stops():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [*self.choices.buttons]

    def _to_top(self) -> None:
        self._page.verticalScrollBar().setValue(0)

    def _back(self) -> None:
        if self._screen is not None and self._screen.confirm is not None:
            self.stayed.emit()
        else:
            self.choices.rest()
