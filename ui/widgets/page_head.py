"""The bar at the top of a leader's page: what it is, what is said beside it, sync and account."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui.widgets.buttons import Pill
from ui.widgets.layouts import FlowLayout, column
from ui.widgets.sync_pill import SyncPill
from ui.widgets.texts import SpanLabel
from ui.widgets.values import SyncChip
from ui.words import tr


class PageHead(QFrame):
    """Title and a fact at the left; pills, sync and account at the right.

    Signals: `sync_wanted`, `account_wanted`.
    """

    sync_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, *pills: QWidget) -> None:
        super().__init__()
        self.setProperty("kind", "top")
        self._title, self._fact = SpanLabel("heading"), SpanLabel("fact")
        self._sync, self._person = SyncPill(), Pill()
        line = FlowLayout(14, right_from=3)
        brand = SpanLabel("brand", "Lumi Desk")
        for part in (brand, self._title, self._fact, *pills, self._sync, self._person):
            line.addWidget(part)
        column(self, 16, 9, 16, 9).addLayout(line)
        self._sync.clicked.connect(self.sync_wanted)
        self._person.clicked.connect(self.account_wanted)

    def draw(self, title: str, fact: str, sync: SyncChip, person: str) -> None:
        self._title.say(title)
        self._fact.say(fact)
        self._sync.draw(sync)
        self._person.say(person)
        self._person.setAccessibleName(tr("Account of {name}", name=person))
