"""The centre's customers on screen: the list of customers, and the record of one over it.

What is done on either is told by that part itself, `list` or `record`.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from lumi_desk import clock
from lumi_desk.clock import Clock
from ui.customers.record import RecordPage
from ui.customers.screen import Screen
from ui.customers.view import CustomersView
from ui.widgets.layouts import column
from ui.widgets.page import Page

# The hub is asked when she pauses, not at every key: each answer is written down there.
_PAUSE_MS = 300


class CentreView(Page[Screen]):
    """One head, and below it the list or a record."""

    def __init__(self, parent: QWidget | None = None, now: Clock = clock.now) -> None:
        super().__init__(parent)
        self.list = CustomersView(now=now, head=self._head, pause_ms=_PAUSE_MS)
        self.record = RecordPage(self._head)
        self._parts = QStackedWidget()
        for part in (self.list, self.record):
            self._parts.addWidget(part)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addWidget(self._parts, 1)
        self.setFocusProxy(self.list)

    def draw(self, screen: Screen) -> None:
        """Show the record if there is one, else the list."""
        self._screen = screen
        self.list.draw(screen)
        self.record.draw(screen)
        part = self.list if screen.record is None else self.record
        if part is not self._parts.currentWidget():
            self._parts.setCurrentWidget(part)
            self.setFocusProxy(part)
            part.setFocus(Qt.FocusReason.OtherFocusReason)
