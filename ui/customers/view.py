"""The list of customers on screen: draws a Screen, tells what was done.

Signals of CustomersView: came · went_away · searched(words) · picked_in_menu(menu, name) ·
chip_removed(name) · cleared · ordered(column) · pointed(id) · marked(id) · marked_to(id) ·
all_marked · opened(id) · left · acted(action) · ask_chosen(name) · ask_written(text) ·
ask_confirmed · ask_closed · undone · toast_closed · problem_closed · sync_wanted · account_wanted
"""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

from lumi_desk import clock
from lumi_desk.clock import Clock
from ui import theme
from ui.customers.bars import ActionBar, Narrowing
from ui.customers.screen import Screen
from ui.customers.sums import Sums
from ui.customers.table import CustomersTable
from ui.widgets import save_as
from ui.widgets.layouts import column, scrolled, show_if
from ui.widgets.page import Page
from ui.widgets.page_head import PageHead
from ui.widgets.strip import Strip
from ui.widgets.texts import SpanLabel
from ui.words import tr
from ui.workspace.ask import AskCard

_TICK_MS = 500
_LEAST = 150
# In a page of so many pixels, at 100 %, six rows stand below the sums.
_ROOMY = 570


class CustomersView(Page[Screen]):
    """The list, below a head of its own unless it is given one that stands elsewhere.

    What is searched for is told `pause_ms` after the last key.
    """

    came = Signal()
    went_away = Signal()
    searched = Signal(str)
    picked_in_menu = Signal(str, str)
    chip_removed = Signal(str)
    cleared = Signal()
    ordered = Signal(str)
    pointed = Signal(str)
    marked = Signal(str)
    marked_to = Signal(str)
    all_marked = Signal()
    opened = Signal(str)
    left = Signal()
    acted = Signal(str)
    ask_chosen = Signal(str)
    ask_written = Signal(str)
    ask_confirmed = Signal()
    ask_closed = Signal()
    undone = Signal()
    toast_closed = Signal()
    problem_closed = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        now: Clock = clock.now,
        head: PageHead | None = None,
        pause_ms: int = 0,
    ) -> None:
        super().__init__(parent, head)
        self._heads = head is None
        self._now = now
        self._card = QFrame()
        # Whether the search has the keys only because there was nobody yet.
        self._waits = False
        # Whether she wants the sums whole, once she has said so.
        self._unfolds: bool | None = None
        self.narrowing, self.bar = Narrowing(pause_ms), ActionBar()
        self.toast, self.problem = Strip(key="Ctrl Z"), Strip()
        self.ask, self.sums, self.table = AskCard(), Sums(), CustomersTable()
        self._empty = SpanLabel("fact", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build()
        self._connect()
        self._hear_keys()
        self._timer = QTimer(self)
        self._timer.timeout.connect(lambda: self.toast.tick(self._now()))
        self._timer.start(_TICK_MS)

    def ask_path(self, name: str) -> str:
        """Ask where a file of that name is to lie; empty when nowhere."""
        return save_as.ask_path(self, tr("Export"), name)

    def draw(self, screen: Screen) -> None:
        before = self._screen.ask if self._screen is not None else None
        self._screen = screen
        self._card.setMinimumHeight(theme.current().px(_LEAST))
        self._head.draw(screen.title, screen.count, screen.sync, screen.person)
        self.narrowing.draw(screen)
        self.toast.draw(screen.toast)
        self.problem.draw(screen.problem)
        self.ask.draw(screen.ask)
        if screen.ask is not None and not screen.ask.entry and screen.ask != before:
            self.ask.take_keys()
        elif screen.ask is not None and self.ask.field.text() != screen.asked:
            self.ask.field.setText(screen.asked)
            self.ask.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sums.draw(screen.sums, screen.summed)
        self.table.setAccessibleName(screen.title)
        self.table.draw(screen.headings, screen.lines, screen.marked, screen.current)
        if screen.empty and self.table.hasFocus():
            # Else what is hidden hands its keys to a button below, and Enter presses that.
            self._rest()
        self._empty.say(screen.empty)
        show_if(self._empty, bool(screen.empty))
        show_if(self.table, not screen.empty)
        self.bar.draw(screen)
        left_alone = self._waits and self.narrowing.search.hasFocus()
        if (before is not None and screen.ask is None) or (left_alone and not screen.empty):
            self._rest()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._rest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.went_away.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose where nothing is written; the table's own order by its columns."""
        ask, digit = self._screen.ask if self._screen else None, event.text()
        if ask is not None and not ask.entry and digit.isascii() and digit.isdigit():
            self.ask.press(int(digit) - 1)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table.viewport() and event.type() == QEvent.Type.Resize:
            self.table.fit()
        return False

    def _build(self) -> None:
        self._card.setProperty("kind", "card")
        held = column(self._card, 7, 4, 7, 8)
        held.addWidget(self.table, 1)
        held.addWidget(self._empty, 1)
        inside = QWidget()
        inside.setProperty("kind", "clear")
        body = column(inside, 20, 14, 20, 12, gap=10)
        for part in (self.narrowing, self.problem, self.toast, self.ask, self.sums):
            body.addWidget(part)
        body.addWidget(self._card, 1)
        body.addWidget(self.bar)
        layout = column(self)
        if self._heads:
            layout.addWidget(self._head)
        # Very large type on a small screen: the page scrolls, a few rows stay in sight.
        layout.addWidget(scrolled(inside), 1)

    def _connect(self) -> None:
        self.table.viewport().installEventFilter(self)
        for told, to in (
            (self.narrowing.search.textEdited, self._typed),
            (self.narrowing.searched, self.searched),
            (self.narrowing.picked, self.picked_in_menu),
            (self.narrowing.removed, self.chip_removed),
            (self.narrowing.cleared, self.cleared),
            (self.narrowing.left, self._back),
            (self.narrowing.down, self._rest),
            (self.table.pointed, self.pointed),
            (self.table.marked, self.marked),
            (self.table.marked_to, self.marked_to),
            (self.table.all_marked, self.all_marked),
            (self.table.opened, self.opened),
            (self.table.ordered, self.ordered),
            (self.table.typed, self._type),
            (self.bar.acted, self._act),
            (self.ask.chosen, self.ask_chosen),
            (self.ask.written, self.ask_written),
            (self.ask.confirmed, self.ask_confirmed),
            (self.ask.closed, self.ask_closed),
            (self.toast.pressed, self.undone),
            (self.toast.closed, self.toast_closed),
            (self.problem.closed, self.problem_closed),
        ):
            told.connect(to)

    def _hear_keys(self) -> None:
        self._key("Ctrl+K", self._search)
        self._key("Alt+F", self._to_filters)
        self._key("Esc", self._back)
        self._key("Ctrl+Z", lambda: self.undone.emit() if self.toast.offers() else None)
        for keys, name in (
            ("Alt+T", "tag"), ("Alt+R", "untag"), ("Alt+V", "view"), ("Alt+E", "export"),
            ("Alt+H", "hand_over"), ("Alt+D", "done"), ("Alt+M", "more"), ("Alt+U", "sums"),
        ):  # fmt: skip
            self._key(keys, partial(self.bar.press, name))

    def _act(self, name: str) -> None:
        """Sums fold and unfold here; all else is told."""
        if name == "sums":
            self._unfolds = self.sums.is_folded()
            self._share()
        else:
            self.acted.emit(name)

    def _share(self) -> None:
        """Unless she said it, sums are unfolded where the list keeps room enough beside them."""
        roomy = self.height() >= theme.current().px(_ROOMY)
        self.sums.fold(folded=not (roomy if self._unfolds is None else self._unfolds))

    def _search(self) -> None:
        self.narrowing.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.narrowing.search.selectAll()

    def _type(self, letters: str) -> None:
        """Whoever begins to write searches."""
        self._search()
        self.narrowing.search.setText(letters)
        self.narrowing.written()

    def _typed(self, _: str) -> None:
        self._waits = False

    def _to_filters(self) -> None:
        if self.narrowing.menus:
            self.narrowing.menus[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _back(self) -> None:
        """One step back. Out of the search the keys go into the table first."""
        if self.narrowing.search.hasFocus() and not self.narrowing.search.text():
            self._rest()
            return
        if self.narrowing.search.hasFocus():
            self.narrowing.search.clear()
            self.narrowing.seek()
            return
        asks = self._screen is not None and self._screen.ask is not None
        (self.ask_closed if asks else self.left).emit()

    def _rest(self) -> None:
        """Give the keys to the table, or to the search where there is nobody."""
        where: QWidget = self.narrowing.search
        self._waits = self._screen is None or bool(self._screen.empty)
        if not self._waits:
            where = self.table
        where.setFocus(Qt.FocusReason.OtherFocusReason)

    def _restyle(self) -> None:
        super()._restyle()
        self._share()
        self.table.fit()
