"""The lists of a page to choose from, each with its key."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import FlowLayout, column
from ui.widgets.values import Choice


class TabBar(QWidget):
    """`keys` are the keys by the name of a list. Signals: `opened(list)`."""

    opened = Signal(str)

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self.setProperty("kind", "clear")
        self.buttons: dict[str, KeyButton] = {}
        self._keys = keys
        self._line = FlowLayout(6)
        column(self).addLayout(self._line)

    def draw(self, tabs: tuple[Choice, ...]) -> None:
        """Show the lists; the buttons stay, so that the keys stay where they are."""
        for tab in tabs:
            if tab.name not in self.buttons:
                button = KeyButton("small", "", self._keys[tab.name])
                button.clicked.connect(lambda _=False, name=tab.name: self.opened.emit(name))
                self.buttons[tab.name] = button
                self._line.addWidget(button)
                button.show()
            self.buttons[tab.name].say(tab.text)
            self.buttons[tab.name].choose(tab.chosen)
