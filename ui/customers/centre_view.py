"""The centre's customers on screen: the list of customers, and the record of one over it.

What is done on either page is told by that page itself, `list` or `record`.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from lumi_desk import clock
from lumi_desk.clock import Clock
from ui.customers.record import RecordPage
from ui.customers.screen import Screen
from ui.customers.view import CustomersView


class CentreView(QStackedWidget):
    def __init__(self, parent: QWidget | None = None, now: Clock = clock.now) -> None:
        super().__init__(parent)
        self.list, self.record = CustomersView(now=now), RecordPage()
        self.addWidget(self.list)
        self.addWidget(self.record)
        self.setFocusProxy(self.list)

    def shown(self) -> Screen | None:
        """What is shown now."""
        return self.list.shown()

    def draw(self, screen: Screen) -> None:
        """Show the record if there is one, else the list."""
        self.list.draw(screen)
        self.record.draw(screen)
        page = self.list if screen.record is None else self.record
        if page is not self.currentWidget():
            self.setCurrentWidget(page)
            self.setFocusProxy(page)
            page.setFocus(Qt.FocusReason.OtherFocusReason)
