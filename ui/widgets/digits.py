"""What can be decided, each with its digit."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.buttons import KeyButton
from ui.widgets.layouts import FlowLayout, clear
from ui.widgets.values import Choice


class DigitRow(FlowLayout):
    """Buttons in a row that wraps; the chosen one stands out. Signals: `decided(name)`."""

    decided = Signal(str)

    def draw(self, choices: tuple[Choice, ...], *, danger_last: bool = False) -> None:
        """Make the buttons anew."""
        clear(self)
        for place, choice in enumerate(choices):
            kind = "primary" if choice.chosen else "action"
            danger = danger_last and place == len(choices) - 1
            button = KeyButton(kind, choice.text, str(place + 1), danger=danger)
            button.setEnabled(choice.enabled)
            button.clicked.connect(lambda _=False, name=choice.name: self.decided.emit(name))
            self.addWidget(button)
            button.show()

    def buttons(self) -> list[QWidget]:
        """Where the keys can come to, in order."""
        items = (self.itemAt(place) for place in range(self.count()))
        found = (item.widget() for item in items if item is not None)
        return [widget for widget in found if widget is not None]

    def press(self, place: int) -> None:
        """The action with that digit."""
        buttons = self.buttons()
        if place < len(buttons):
            button = buttons[place]
            if isinstance(button, KeyButton) and button.isEnabled():
                button.click()
