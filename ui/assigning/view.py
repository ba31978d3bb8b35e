"""The screen of assignment: draws a Screen, tells what she chose, typed and decided.

Signals of AssigningView: picked(id) · changed(name, value) · planned(name, value) ·
leaving(name, value) · did · stayed · undone(id) · plan_put · leave_put · came_back · asked_again ·
came (the page is seen) · notice_closed · sync_wanted · account_wanted
"""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from ui import theme
from ui.assigning.parts import (
    HandOverCard,
    HistoryCard,
    LeaveCard,
    PlanCard,
    RepButton,
    WaitingCard,
)
from ui.assigning.screen import Screen
from ui.widgets.layouts import column, in_order, row, show_if
from ui.widgets.page import AskingPage
from ui.widgets.texts import SpanLabel

_BESIDE = 960


class AssigningView(AskingPage[Screen]):
    changed = Signal(str, str)
    planned = Signal(str, str)
    leaving = Signal(str, str)
    did = Signal()
    undone = Signal(str)
    plan_put = Signal()
    leave_put = Signal()
    came_back = Signal()
    asked_again = Signal()
    came = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hand_over, self.waiting, self.plan = HandOverCard(), WaitingCard(), PlanCard()
        self.leave, self.history = LeaveCard(), HistoryCard()
        self._empty, self._keys = SpanLabel("fact", wrap=True), SpanLabel("small", wrap=True)
        self._build()
        self._connect()

    def draw(self, screen: Screen) -> None:
        before = self._begin(screen)
        self._empty.say(screen.empty)
        show_if(self._empty, bool(screen.empty))
        self._draw_rows(screen.rows, RepButton)
        show_if(self._area, bool(screen.rows))
        self._keys.say(screen.keys if screen.rows else "")
        for part, one in (
            (self.hand_over, screen.hand_over),
            (self.waiting, screen.waiting),
            (self.plan, screen.plan),
            (self.leave, screen.leave),
            (self.history, screen.history),
        ):
            show_if(part, one is not None)
            if one is not None:
                part.draw(one)  # type: ignore[arg-type]  # Each draws its own.
        if screen.notice is not None and (before is None or before.notice != screen.notice):
            self._to_top()
        self._draw_confirm(screen.confirm)
        in_order(self._stops())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came.emit()

    def _build(self) -> None:
        left, beside = QWidget(), QWidget()
        for part in (left, beside):
            part.setProperty("kind", "clear")
        self._first, self._second = column(left, gap=12), column(beside, gap=12)
        for part in (self.hand_over, self.history):
            self._first.addWidget(part)
        self._first.addStretch(1)
        for part in (self.waiting, self.plan, self.leave):
            self._second.addWidget(part)
        self._second.addStretch(1)
        self._pair = row(gap=12)
        self._pair.addWidget(left, 3)
        self._pair.addWidget(beside, 2)
        content = column(self._inside, 0, 0, 4, 0, gap=10)
        for part in (self.offline, self.notice, self._empty):
            content.addWidget(part)
        content.addLayout(self._pair, 1)
        # A question is shown whole, in large type on a small screen too.
        self._page.setMinimumHeight(1)
        right = column(gap=8)
        right.addWidget(self._page, 1)
        right.addWidget(self.confirm)
        right.addWidget(self._keys)
        self._lay_out(right, 20, 14, 20, 12)

    def _connect(self) -> None:
        self.hand_over.changed.connect(self.changed)
        self.hand_over.did.connect(self.did)
        self.hand_over.retried.connect(self.asked_again)
        self.plan.changed.connect(self.planned)
        self.plan.put.connect(self.plan_put)
        self.leave.changed.connect(self.leaving)
        self.leave.put.connect(self.leave_put)
        self.leave.went_back.connect(self.came_back)
        self.history.undone.connect(self.undone)
        self.confirm.agreed.connect(self.did)
        for part in (self.hand_over, self.plan, self.leave):
            part.left.connect(self._back)
        self._key("Ctrl+Return", self.did.emit)
        self._key("Ctrl+Enter", self.did.emit)
        self._key("Alt+W", self.hand_over.why.field.setFocus)
        self._key("Alt+P", self.plan.put_button.click)
        self._key("Alt+L", self.leave.put_button.click)
        self._key("Alt+B", self.leave.back_button.click)
        self._key("Alt+Z", self.history.undo_last)

    def _stops(self) -> list[QWidget]:
        parts = (self.hand_over, self.plan, self.leave, self.history)
        return [*self.choices.buttons, *(stop for part in parts for stop in part.stops())]

    def _share(self) -> None:
        """The cards of a rep stand beside the hand-over where there is room, else below it."""
        super()._share()
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        wide = self.width() >= theme.current().px(_BESIDE)
        self._pair.setDirection(across if wide else down)
        # One below the other, the history comes last.
        held, place = (self._first, 1) if wide else (self._second, 3)
        if held.indexOf(self.history) < 0:
            held.insertWidget(place, self.history)

    def _forget(self) -> None:
        super()._forget()
        self.hand_over.forget()
        self.history.forget()
