"""The centre's customers on screen: the list of customers, and the record of one over it.

Signals of CentreView: came · searched(words) · picked_in_menu(menu, name) · chip_removed(name) ·
cleared · ordered(column) · pointed(id) · marked(id) · all_marked · opened(id) · closed ·
acted(action) · problem_closed · sync_wanted · account_wanted
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from lumi_desk import clock
from lumi_desk.clock import Clock
from ui.customers.record import RecordPage
from ui.customers.screen import Screen
from ui.customers.view import CustomersView


class CentreView(QWidget):
    came = Signal()
    searched = Signal(str)
    picked_in_menu = Signal(str, str)
    chip_removed = Signal(str)
    cleared = Signal()
    ordered = Signal(str)
    pointed = Signal(str)
    marked = Signal(str)
    all_marked = Signal()
    opened = Signal(str)
    closed = Signal()
    acted = Signal(str)
    problem_closed = Signal()
    sync_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, now: Clock = clock.now) -> None:
        super().__init__(parent)
        self.list, self.record = CustomersView(now=now), RecordPage()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.record)
        self.setFocusProxy(self.list)
        for told, to in (
            (self.list.came, self.came),
            (self.list.searched, self.searched),
            (self.list.picked_in_menu, self.picked_in_menu),
            (self.list.chip_removed, self.chip_removed),
            (self.list.cleared, self.cleared),
            (self.list.ordered, self.ordered),
            (self.list.pointed, self.pointed),
            (self.list.marked, self.marked),
            (self.list.all_marked, self.all_marked),
            (self.list.opened, self.opened),
            (self.list.acted, self.acted),
            (self.list.problem_closed, self.problem_closed),
            (self.list.sync_wanted, self.sync_wanted),
            (self.list.account_wanted, self.account_wanted),
            (self.record.closed, self.closed),
            (self.record.sync_wanted, self.sync_wanted),
            (self.record.account_wanted, self.account_wanted),
        ):
            told.connect(to)

    def shown(self) -> Screen | None:
        """What is shown now."""
        return self.list.shown()

    def draw(self, screen: Screen) -> None:
        """Show the record if there is one, else the list."""
        self.list.draw(screen)
        page: QWidget = self.list
        if screen.record is not None:
            self.record.draw(screen, screen.record)
            page = self.record
        if page is not self._stack.currentWidget():
            self._stack.setCurrentWidget(page)
            self.setFocusProxy(page)
            page.setFocus(Qt.FocusReason.OtherFocusReason)
