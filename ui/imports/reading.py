"""The card of a table: which column is taken for what, and what is to be done with all of it."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from ui import theme
from ui.imports.grid import Grid
from ui.imports.screen import Naming, Reading
from ui.widgets.buttons import KeyButton, MenuButton
from ui.widgets.confirm_card import QuestionCard
from ui.widgets.entry import AskField
from ui.widgets.layouts import FlowLayout, clear, column, row, show_if
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Choice, Span, Tone
from ui.words import tr

_SHOP, _LEAST = 250, 150


class ReadingCard(QFrame):
    """How a table is read.

    Signals: `pointed(row)`, `told(meaning)`, `table_picked(place)`, `profile_picked(name)`,
    `amounts_picked(whose)`, `shop_written(text)`, `channel_picked(name)`, `left_out`, `attempted`,
    `put`, `named`, `started_over`, `unit_picked(unit)`.
    """

    pointed = Signal(int)
    told = Signal(str)
    table_picked = Signal(str)
    profile_picked = Signal(str)
    amounts_picked = Signal(str)
    shop_written = Signal(str)
    channel_picked = Signal(str)
    unit_picked = Signal(str)
    left_out = Signal()
    attempted = Signal()
    put = Signal()
    named = Signal()
    started_over = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._reading: Reading | None = None
        self._title, self._fact = SpanLabel("heading", wrap=True, natural=True), SpanLabel("fact")
        self.tables, self.profiles, self.amounts = MenuButton(), MenuButton(), MenuButton()
        self.channels, self.units = MenuButton(), MenuButton()
        self._shop_label, self.shop = SpanLabel("label"), AskField()
        self.grid = Grid()
        self._doubts, self._problem = column(gap=2), SpanLabel("bad", wrap=True)
        self.put_button = KeyButton("primary", "", "Ctrl Enter")
        self.try_button = KeyButton("action", "", "Ctrl T")
        self.keep_button = KeyButton("action", "", "Alt P")
        self.leave_button = KeyButton("action", "", "Alt L")
        self.other_button = KeyButton("action", "", "Alt X")
        self.menu: QMenu | None = None
        self._foot = QWidget()
        self._build()
        self._connect()

    def draw(self, reading: Reading | None) -> None:
        """Show it."""
        show_if(self, reading is not None)
        if reading is None:
            return
        before, self._reading = self._reading, reading
        self._title.say(reading.title)
        self._fact.say(reading.fact)
        self.tables.draw(reading.tables, tr("Table"))
        self.profiles.draw(reading.profiles, tr("Profile"))
        self.amounts.draw(reading.amounts, tr("The amounts are"))
        self.channels.draw(reading.channels, tr("Sold at"))
        self.units.draw(reading.units, tr("What the column is counted in"))
        self.units.setEnabled(any(one.enabled for one in reading.units))
        self._shop_label.say(reading.shop.label)
        self.shop.setFixedWidth(theme.current().px(_SHOP))
        if self.shop.text() != reading.shop.text:
            self.shop.setText(reading.shop.text)
        self.shop.setPlaceholderText(reading.shop.placeholder)
        self.shop.setAccessibleName(reading.shop.label)
        self._draw_grid(reading, before)
        if before is None or before.doubts != reading.doubts:
            self._draw_doubts(reading.doubts)
        self._problem.say(reading.problem)
        show_if(self._problem, bool(reading.problem))
        for button, told in (
            (self.put_button, reading.put),
            (self.try_button, reading.attempt),
            (self.keep_button, reading.keep),
            (self.leave_button, reading.leave),
            (self.other_button, reading.other),
        ):
            button.say(told.text)
            button.setEnabled(told.enabled)
            show_if(button, bool(told.text))

    def make_room(self, *, asked: bool) -> None:
        """While something is asked the buttons make room for it."""
        show_if(self._foot, not asked)

    def stops(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        menus = [self.tables, self.profiles, self.amounts, self.channels]
        return [self.grid, self.units, *menus, self.shop, *self._buttons()]

    def _buttons(self) -> list[KeyButton]:
        held = [self.put_button, self.try_button, self.keep_button]
        return [*held, self.leave_button, self.other_button]

    def fit(self) -> None:
        """Sizes are others."""
        self.grid.setMinimumHeight(theme.current().px(_LEAST))
        self.grid.fit()

    def correct(self, place: int) -> None:
        """Open the menu of what the column in that row may be."""
        self.pointed.emit(place)
        reading = self._reading
        if reading is None or not reading.meanings:
            return
        below = self.grid.visualRect(self.grid.lines.index(place, 0)).bottomLeft()
        self.menu = _menu(self, reading.meanings, self.told.emit)
        self.menu.popup(self.grid.viewport().mapToGlobal(below + QPoint(0, 2)))

    def _draw_grid(self, reading: Reading, before: Reading | None) -> None:
        rows = tuple((one.meaning, one.name, one.how, one.samples) for one in reading.columns)
        unsure = frozenset(n for n, one in enumerate(reading.columns) if not one.sure)
        self.grid.setAccessibleName(reading.title)
        same = before is not None and before.title == reading.title
        place = self.grid.currentIndex().row() if same else 0
        self.grid.draw(reading.headings, rows, unsure, max(place, 0))

    def _draw_doubts(self, doubts: tuple[str, ...]) -> None:
        clear(self._doubts)
        for words in doubts:
            line = (Span(words, tone=Tone.WARN),)
            label = SpanLabel("detail", line, wrap=True)
            self._doubts.addWidget(label)
            label.show()

    def _build(self) -> None:
        self.grid.setMinimumHeight(theme.current().px(_LEAST))
        head = FlowLayout(10)
        head.addWidget(self._title)
        head.addWidget(self._fact)
        shop = QWidget()
        shop.setProperty("kind", "clear")
        held = row(shop, gap=6)
        held.addWidget(self._shop_label)
        held.addWidget(self.shop)
        bar = FlowLayout(10)
        for part in (self.units, self.tables, self.profiles, self.amounts, self.channels, shop):
            bar.addWidget(part)
        self._foot.setProperty("kind", "clear")
        buttons = FlowLayout(10, right_from=4)
        column(self._foot).addLayout(buttons)
        for button in self._buttons():
            buttons.addWidget(button)
        layout = column(self, 20, 14, 20, 14, gap=10)
        layout.addLayout(head)
        layout.addLayout(bar)
        layout.addWidget(self.grid, 1)
        layout.addLayout(self._doubts)
        layout.addWidget(self._problem)
        layout.addWidget(self._foot)

    def _connect(self) -> None:
        self.grid.pointed.connect(self.pointed)
        self.grid.opened.connect(self.correct)
        self.tables.picked.connect(self.table_picked)
        self.profiles.picked.connect(self.profile_picked)
        self.amounts.picked.connect(self.amounts_picked)
        self.channels.picked.connect(self.channel_picked)
        self.units.picked.connect(self.unit_picked)
        self.shop.textEdited.connect(self.shop_written)
        self.shop.left.connect(self.grid.setFocus)
        self.shop.entered.connect(self.shop.focusNextChild)
        self.put_button.clicked.connect(self.put)
        self.try_button.clicked.connect(self.attempted)
        self.keep_button.clicked.connect(self.named)
        self.leave_button.clicked.connect(self.left_out)
        self.other_button.clicked.connect(self.started_over)


class NamingCard(QuestionCard):
    """Under which name a reading is kept. Signals: `written(text)` and those of a question."""

    written = Signal(str)

    def __init__(self) -> None:
        field = AskField()
        super().__init__(field)
        self.field = field
        self._naming: Naming | None = None
        self.field.textEdited.connect(self.written)
        self.field.entered.connect(self.agreed)
        self.field.left.connect(self.declined)

    def draw(self, naming: Naming | None) -> None:
        """Ask; the keys go to the name."""
        before, self._naming = self._naming, naming
        show_if(self, naming is not None)
        if naming is None:
            return
        self._say(naming.title, naming.yes, naming.no)
        if self.field.text() != naming.text:
            self.field.setText(naming.text)
        self.field.setPlaceholderText(naming.placeholder)
        self.field.setAccessibleName(naming.title)
        if before is None:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)


def _menu(parent: QWidget, choices: tuple[Choice, ...], pick: Callable[[str], object]) -> QMenu:
    """A menu of choices, the arrows beginning where the choice stands."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    chosen: QAction | None = None
    for choice in choices:
        action = menu.addAction(choice.text)
        action.setCheckable(True)
        action.setChecked(choice.chosen)
        action.triggered.connect(lambda _=False, name=choice.name: pick(name))
        chosen = action if choice.chosen else chosen
    if chosen is not None:
        menu.setActiveAction(chosen)
    return menu
