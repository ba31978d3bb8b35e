"""The screen of figures: draws a Screen, tells what she wants to see.

Signals of FiguresView: opened(figures) · begun(month) · reached(days) · parted(by) ·
chose(row, column) · saved · asked_again · notice_closed · sync_wanted · account_wanted
"""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QFrame,
    QLayout,
    QPushButton,
    QSizePolicy,
    QTableView,
    QWidget,
)

from ui import theme
from ui.figures.curves import CurvesPicture
from ui.figures.screen import Screen, Tab
from ui.figures.table import FiguresTable, GridTable
from ui.widgets import save_as
from ui.widgets.buttons import KeyButton, MenuButton, small_button
from ui.widgets.entry import EntryLine
from ui.widgets.layouts import FlowLayout, clear, column, in_order, mark, scrolled, show_if
from ui.widgets.page import Page
from ui.widgets.strip import OfflineBar, Strip
from ui.widgets.tab_bar import TabBar
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Entry, Line
from ui.words import tr

_LINES = 3
# So much is seen above and below where the keys are, at 100 %.
_AROUND = 40
_STEPS = {
    "PgUp": QAbstractSlider.SliderAction.SliderPageStepSub,
    "PgDown": QAbstractSlider.SliderAction.SliderPageStepAdd,
}
_KEYS: dict[str, str] = {tab: f"Alt {place}" for place, tab in enumerate(Tab, 1)}


class Asking(QWidget):
    """From which month, for how many days, parted by what. Signals: `begun`, `reached`."""

    begun = Signal(str)
    reached = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self.since, self.days = EntryLine(wide=False), EntryLine(wide=False)
        self.by = MenuButton()
        self.problem = SpanLabel("bad", wrap=True)
        line = FlowLayout(18)
        for part in (self.since, self.days, self.by):
            line.addWidget(part)
        layout = column(self, gap=4)
        layout.addLayout(line)
        layout.addWidget(self.problem)
        for entry, told in ((self.since, self.begun), (self.days, self.reached)):
            entry.field.editingFinished.connect(partial(self._tell, entry, told))

    def draw(self, screen: Screen) -> None:
        """Show how it was asked."""
        for line, entry in ((self.since, screen.since), (self.days, screen.days)):
            show_if(line, entry is not None)
            if entry is not None:
                _draw_entry(line, entry)
        self.by.draw(screen.by, tr("Parted by"))
        asked = [one for one in (screen.since, screen.days) if one is not None]
        problem = next((one.problem for one in asked if one.problem), "")
        self.problem.say(problem)
        show_if(self.problem, bool(problem))
        show_if(self, bool(asked))

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        return [self.since.field, self.days.field, self.by]

    @staticmethod
    def _tell(entry: EntryLine, told: SignalInstance) -> None:
        if entry.field.isModified():
            entry.field.setModified(False)
            told.emit(entry.field.text())


class FiguresView(Page[Screen]):
    opened = Signal(str)
    begun = Signal(str)
    reached = Signal(str)
    parted = Signal(str)
    chose = Signal(int, int)
    saved = Signal()
    asked_again = Signal()
    notice_closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs, self.asking = TabBar(_KEYS), Asking()
        self.save = KeyButton("small", "", "Alt E")
        self.notice, self.offline = Strip(), OfflineBar()
        self.curves, self.table, self.grid = CurvesPicture(), FiguresTable(), GridTable()
        self.chosen = SpanLabel("body", wrap=True, natural=True)
        policy = self.chosen.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Maximum)
        self.chosen.setSizePolicy(policy)
        self.empty, self.keys = SpanLabel("fact", wrap=True), SpanLabel("small", wrap=True)
        self.retry: QPushButton = small_button(self)
        self._inside = QWidget()
        self._area = scrolled(self._inside)
        self._formulas = column(gap=2)
        self._told: tuple[Line, ...] = ()
        self._build()
        self._connect()

    def ask_path(self, name: str) -> str:
        """Ask where a file of that name is to lie; empty when nowhere."""
        return save_as.ask_path(self, tr("Save as a file"), name)

    def draw(self, screen: Screen) -> None:
        self._screen = screen
        self._head.draw(screen.title, screen.left, screen.sync, screen.person)
        self.tabs.draw(screen.tabs)
        self.asking.draw(screen)
        self.save.say(screen.save)
        show_if(self.save, bool(screen.save))
        self.notice.draw(screen.notice)
        self.offline.draw(screen.offline)
        self._draw_figures(screen)
        self._draw_formulas(screen.formulas)
        self.empty.say(screen.empty)
        show_if(self.empty, bool(screen.empty))
        self.retry.setText(screen.retry)
        show_if(self.retry, bool(screen.retry))
        self.keys.say(screen.keys)
        tabs = self.tabs.buttons.values()
        in_order([self._rests(), *tabs, *self.asking.stops(), self.save, self.retry])

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._rest()

    def _draw_figures(self, screen: Screen) -> None:
        name = next((one.text for one in screen.tabs if one.chosen), screen.title)
        # Also while a menu has them.
        had_keys = self.window().focusWidget() in (self.table, self.grid, self)
        self.curves.draw(screen.curves)
        show_if(self.curves, screen.curves is not None)
        if screen.table is not None:
            self.table.draw(screen.table, name)
        show_if(self.table, screen.table is not None)
        if screen.grid is not None:
            self.grid.draw(screen.grid, name)
            self.chosen.say(screen.grid.words)
            # The grid stays where it is, however much there is to say of a cell.
            self.chosen.setMinimumHeight(self.chosen.fontMetrics().lineSpacing() * _LINES)
        for part in (self.grid, self.chosen):
            show_if(part, screen.grid is not None)
        show_if(self._card, screen.table is not None or screen.grid is not None)
        if had_keys:
            # What was hidden gave them to the next button.
            self._rest()

    def _draw_formulas(self, formulas: tuple[Line, ...]) -> None:
        if formulas == self._told:
            return
        self._told = formulas
        clear(self._formulas)
        for line in formulas:
            label = SpanLabel("detail", line, wrap=True)
            self._formulas.addWidget(label)
            label.show()

    def _build(self) -> None:
        self._card = QFrame()
        self._card.setProperty("kind", "card")
        held = column(self._card, 14, 10, 14, 10, gap=8)
        held.addWidget(self.curves)
        held.addWidget(self.table, 1)
        held.addWidget(self.chosen)
        held.addWidget(self.grid)
        # Never taller than all the rows.
        held.setSizeConstraint(QLayout.SizeConstraint.SetMinAndMaxSize)
        self._inside.setProperty("kind", "clear")
        page = column(self._inside, 0, 0, 4, 0, gap=8)
        page.addWidget(self._card, 1)
        page.addLayout(self._formulas)
        page.addWidget(self.empty, 1)
        page.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        top = FlowLayout(20, right_from=1)
        top.addWidget(self.tabs)
        top.addWidget(self.save)
        theme.space(top, 0, 0, 4, 0, gap=20)
        body = column(None, 20, 12, 20, 10, gap=10)
        body.addLayout(top)
        for part in (self.asking, self.notice, self.offline):
            body.addWidget(part)
        body.addWidget(self._area, 1)
        body.addWidget(self.keys)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addLayout(body, 1)

    def _connect(self) -> None:
        self.tabs.opened.connect(self.opened)
        self.asking.begun.connect(self.begun)
        self.asking.reached.connect(self.reached)
        self.asking.by.picked.connect(self.parted)
        self.save.clicked.connect(self.saved)
        self.grid.chose.connect(self.chose)
        self.retry.clicked.connect(self.asked_again)
        self.notice.closed.connect(self.notice_closed)
        for tab, keys in _KEYS.items():
            self._key(keys.replace(" ", "+"), partial(self.opened.emit, str(tab)))
        for keys, field in (("Alt+M", self.asking.since.field), ("Alt+D", self.asking.days.field)):
            self._key(keys, partial(self._to, field))
            field.left.connect(self._rest)
            field.entered.connect(self._rest)
        self._key("Alt+G", self._choose_way)
        self._key("Alt+E", self.saved.emit)
        self._key("F5", self.asked_again.emit)
        # For keyboards whose F-keys do something else.
        self._key("Ctrl+R", self.asked_again.emit)
        self._key("Esc", self._rest)
        bar = self._area.verticalScrollBar()
        for keys, step in _STEPS.items():
            turn = self._key(keys, partial(bar.triggerAction, step))
            # Where the whole page is in sight, they are the table's.
            turn.setEnabled(False)
            bar.rangeChanged.connect(lambda _, most, turn=turn: turn.setEnabled(most > 0))
        for each in (self.table, self.grid):
            each.selectionModel().currentChanged.connect(partial(self._bring, each))

    def _to(self, field: QWidget) -> None:
        if field.isVisible():
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _choose_way(self) -> None:
        if self.asking.by.isVisible():
            self.asking.by.click()

    def _bring(self, table: QTableView, current: QModelIndex, _before: QModelIndex) -> None:
        """Where the page is higher than its room, the keys stay in sight."""
        if current.isValid() and table.hasFocus():
            place = table.viewport().mapTo(self._inside, table.visualRect(current).center())
            self._area.ensureVisible(place.x(), place.y(), 0, theme.current().px(_AROUND))

    def _rests(self) -> QWidget:
        """Where the keys stand when nothing else has them."""
        if self._screen is not None and self._screen.grid is not None:
            return self.grid
        return self.table

    def _rest(self) -> None:
        rests = self._rests()
        (rests if rests.isVisibleTo(self) else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _restyle(self) -> None:
        self._told = ()
        super()._restyle()


def _draw_entry(line: EntryLine, entry: Entry) -> None:
    """What is wrong stands below the whole row: beside its field it would have no room."""
    if not line.field.isModified():
        line.draw(replace(entry, problem=""))
        line.field.setAccessibleDescription(entry.problem or entry.placeholder)
        mark(line.field, wrong=bool(entry.problem))
