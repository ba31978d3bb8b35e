"""What stands around the table: the search, the filter's buttons and chips, the actions."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QWidget

from ui import theme
from ui.customers.screen import Action, Menu, Screen
from ui.widgets.buttons import KeyButton, LayoutButton, LinkButton
from ui.widgets.layouts import FlowLayout, clear, column, mark, row, show_if
from ui.widgets.search_field import SearchField
from ui.widgets.texts import IconLabel, SpanLabel, mute
from ui.widgets.values import Choice, Span, Tone
from ui.words import tr

_SEARCH = 270


class TickMenu(LayoutButton):
    """A button with things to tick behind it. Signals: `picked(menu, name)`."""

    picked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("small")
        self._menu: Menu | None = None
        self._words, arrow = SpanLabel("detail"), IconLabel("down", Tone.QUIET, 12)
        mute(self._words, arrow)
        layout = row(self, 9, 5, 7, 5, gap=5)
        layout.addWidget(self._words)
        layout.addWidget(arrow)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)

    def draw(self, menu: Menu) -> None:
        self._menu = menu
        shown = f"{menu.title} · {menu.chosen}" if menu.chosen else menu.title
        self._words.say((Span(shown, strong=bool(menu.chosen)),))
        self.choose(bool(menu.chosen))
        self.setAccessibleName(shown)
        self.setEnabled(bool(menu.choices))

    def choose(self, chosen: bool) -> None:  # noqa: FBT001  # It is the value, not a switch.
        mark(self, chosen=chosen)

    def _open(self) -> None:
        if self._menu is None:
            return
        shown, name = QMenu(self), self._menu.name
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        first: QAction | None = None
        for choice in self._menu.choices:
            action = shown.addAction(choice.text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(choice.chosen)
            action.triggered.connect(
                lambda _=False, value=choice.name: self.picked.emit(name, value)
            )
            first = first or action
        shown.popup(self.mapToGlobal(self.rect().bottomLeft()))
        if first is not None:
            shown.setActiveAction(first)


class Narrowing(QFrame):
    """Signals: `searched(words)`, `picked(menu, name)`, `removed(name)`, `cleared`, `left`,
    `down` when the keys go into the table.

    What is written is looked for `pause_ms` after the last key, or as soon as the line is left.
    """

    searched = Signal(str)
    picked = Signal(str, str)
    removed = Signal(str)
    cleared = Signal()
    left = Signal()
    down = Signal()

    def __init__(self, pause_ms: int = 0) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(pause_ms)
        self._pause.timeout.connect(self.seek)
        self._chips: tuple[Choice, ...] = ()
        self._clear_words = ""
        self._field = SearchField("Ctrl K")
        self.search = self._field.line
        self.menus: list[TickMenu] = []
        self._buttons, self._chosen = FlowLayout(8), FlowLayout(8)
        self._field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._buttons.addWidget(self._field)
        self.chips = QWidget()
        self.chips.setProperty("kind", "clear")
        column(self.chips).addLayout(self._chosen)
        layout = column(self, gap=8)
        layout.addLayout(self._buttons)
        layout.addWidget(self.chips)
        self.search.textEdited.connect(self.written)
        self.search.left.connect(self.left)
        for over in (self.search.down, self.search.entered, self.search.editingFinished):
            over.connect(self._seek_now)
        self.search.down.connect(self.down)
        self.search.entered.connect(self.down)

    def written(self) -> None:
        """A key more: look for it, or wait for the next."""
        if self._pause.interval():
            self._pause.start()
        else:
            self.seek()

    def seek(self) -> None:
        """Look for what stands in the line, at once."""
        self._pause.stop()
        self.searched.emit(self.search.text())

    def _seek_now(self) -> None:
        if self._pause.isActive():
            self.seek()

    def draw(self, screen: Screen) -> None:
        self._field.setFixedWidth(theme.current().px(_SEARCH))
        self.search.setPlaceholderText(tr("Find a customer"))
        self.search.setAccessibleName(tr("Search customers"))
        self.search.setToolTip(
            tr("Search by name, pinyin, initials, last digits of the phone, Wangwang or tag")
        )
        if not self.search.hasFocus() and self.search.text().strip() != screen.searching:
            self.search.setText(screen.searching)
        while len(self.menus) < len(screen.menus):
            button = TickMenu()
            button.picked.connect(self.picked)
            self.menus.append(button)
            self._buttons.addWidget(button)
            button.show()
        for button, menu in zip(self.menus, screen.menus, strict=False):
            button.draw(menu)
        self._draw_chips(screen.chips, screen.clear)

    def _draw_chips(self, chips: tuple[Choice, ...], clear_words: str) -> None:
        show_if(self.chips, bool(chips))
        if (chips, clear_words) == (self._chips, self._clear_words):
            return
        self._chips, self._clear_words = chips, clear_words
        clear(self._chosen)
        for chip in chips:
            button = KeyButton("small", chip.text, "×")
            button.setAccessibleName(tr("Remove from the filter: {what}", what=chip.text))
            button.clicked.connect(lambda _=False, name=chip.name: self.removed.emit(name))
            self._chosen.addWidget(button)
            # Else it would be there only after the next event, too late for the keys.
            button.show()
        if clear_words:
            link = LinkButton(clear_words)
            link.clicked.connect(self.cleared)
            self._chosen.addWidget(link)
            link.show()


class ActionBar(QFrame):
    """On whom the actions work, and the actions. Signals: `acted(name)`."""

    acted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self._whom, self._keys = SpanLabel("strong"), SpanLabel("small", wrap=True)
        self.buttons: dict[str, KeyButton] = {}
        self._line = FlowLayout(8)
        self._line.addWidget(self._whom)
        layout = column(self, gap=6)
        layout.addLayout(self._line)
        layout.addWidget(self._keys)

    def draw(self, screen: Screen) -> None:
        self._whom.say(screen.whom)
        show_if(self._whom, bool(screen.whom))
        self._keys.say(screen.keys)
        for action in screen.actions:
            self._button(action).setEnabled(action.enabled)

    def press(self, name: str) -> None:
        """Press a button by its key."""
        button = self.buttons.get(name)
        if button is not None and button.isEnabled():
            button.click()

    def _button(self, action: Action) -> KeyButton:
        if action.name not in self.buttons:
            made = KeyButton("action")
            made.clicked.connect(lambda _=False, name=action.name: self.acted.emit(name))
            self.buttons[action.name] = made
            self._line.addWidget(made)
            made.show()
        button = self.buttons[action.name]
        button.say(action.text, action.key)
        return button
