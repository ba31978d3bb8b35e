"""The screen of assignment: draws a Screen, tells what she chose, typed and decided.

Signals of AssigningView: picked(id) · changed(name, value) · planned(name, value) ·
leaving(name, value) · did · stayed · undone(id) · plan_put · leave_put · came_back · asked_again ·
came (the page is seen) · notice_closed · sync_wanted · account_wanted
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget

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
from ui.widgets.choices import Choices
from ui.widgets.confirm_card import ConfirmCard
from ui.widgets.layouts import column, in_order, row, scrolled, show_if
from ui.widgets.page_head import PageHead
from ui.widgets.strip import OfflineBar, Strip
from ui.widgets.texts import SpanLabel
from ui.words import on_switch

_LIST, _BESIDE = 270, 960


class AssigningView(QWidget):
    picked = Signal(str)
    changed = Signal(str, str)
    planned = Signal(str, str)
    leaving = Signal(str, str)
    did = Signal()
    stayed = Signal()
    undone = Signal(str)
    plan_put = Signal()
    leave_put = Signal()
    came_back = Signal()
    asked_again = Signal()
    came = Signal()
    notice_closed = Signal()
    sync_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._screen: Screen | None = None
        self._came_from: QWidget | None = None
        self.choices = Choices()
        self._head, self._notice, self._offline = PageHead(), Strip(), OfflineBar()
        self.hand_over, self.confirm, self.waiting = HandOverCard(), ConfirmCard(), WaitingCard()
        self.plan, self.leave, self.history = PlanCard(), LeaveCard(), HistoryCard()
        self._empty, self._keys = SpanLabel("fact", wrap=True), SpanLabel("small", wrap=True)
        self._build()
        self._connect()
        # A widget Qt has deleted may live on in Python for a while; it must not be told any more.
        self.destroyed.connect(on_switch(self._redraw))
        theme.notices.changed.connect(self._restyle)

    def shown(self) -> Screen | None:
        """What is shown now."""
        return self._screen

    def draw(self, screen: Screen) -> None:
        before, self._screen = self._screen, screen
        self._head.draw(screen.title, screen.left, screen.sync, screen.person)
        self._notice.draw(screen.notice)
        self._offline.draw(screen.offline)
        self._empty.say(screen.empty)
        show_if(self._empty, bool(screen.empty))
        has_keys = QApplication.focusWidget() is self
        self.choices.draw(screen.rows, screen.chosen, RepButton, keys=has_keys)
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
            self._page.verticalScrollBar().setValue(0)
        self._draw_confirm(screen)
        in_order(self._stops())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.choices.rest()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _build(self) -> None:
        self._area = scrolled(self.choices)
        inside, left, beside = QWidget(), QWidget(), QWidget()
        for part in (inside, left, beside):
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
        content = column(inside, 0, 0, 4, 0, gap=10)
        for part in (self._offline, self._notice, self._empty):
            content.addWidget(part)
        content.addLayout(self._pair, 1)
        self._page = scrolled(inside)
        # A question is shown whole, in large type on a small screen too.
        self._page.setMinimumHeight(1)
        right = column(gap=8)
        right.addWidget(self._page, 1)
        right.addWidget(self.confirm)
        right.addWidget(self._keys)
        body = row(None, 20, 14, 20, 12, gap=14)
        body.addWidget(self._area)
        body.addLayout(right, 1)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addLayout(body, 1)

    def _connect(self) -> None:
        self.choices.picked.connect(self._pick)
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
        self.confirm.declined.connect(self.stayed)
        self._notice.closed.connect(self.notice_closed)
        self._head.sync_wanted.connect(self.sync_wanted)
        self._head.account_wanted.connect(self.account_wanted)
        for part in (self.hand_over, self.plan, self.leave):
            part.left.connect(self._back)
        self._key("Ctrl+Return", self.did.emit)
        self._key("Ctrl+Enter", self.did.emit)
        self._key("Esc", self._back)
        self._key("Alt+W", self.hand_over.why.field.setFocus)
        self._key("Alt+P", self.plan.put_button.click)
        self._key("Alt+L", self.leave.put_button.click)
        self._key("Alt+B", self.leave.back_button.click)
        self._key("Alt+Z", self.history.undo_last)

    def _key(self, keys: str, does: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(does)

    def _pick(self, rep_id: str) -> None:
        if self._screen is not None and rep_id != self._screen.chosen:
            self.picked.emit(rep_id)

    def _back(self) -> None:
        if self._screen is not None and self._screen.confirm is not None:
            self.stayed.emit()
        else:
            self.choices.rest()

    def _draw_confirm(self, screen: Screen) -> None:
        asks = screen.confirm is not None
        was = self.confirm.isVisibleTo(self)
        if asks and not was:
            self._came_from = QApplication.focusWidget()
        self.confirm.draw(screen.confirm)
        if was and not asks and self._came_from in self._stops():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stops(self) -> list[QWidget]:
        parts = (self.hand_over, self.plan, self.leave, self.history)
        return [*self.choices.buttons, *(stop for part in parts for stop in part.stops())]

    def _share(self) -> None:
        """The cards of a rep stand beside the hand-over where there is room, else below it."""
        self._area.setFixedWidth(min(theme.current().px(_LIST), self.width() // 3))
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        wide = self.width() >= theme.current().px(_BESIDE)
        self._pair.setDirection(across if wide else down)
        # One below the other, the history comes last.
        held, place = (self._first, 1) if wide else (self._second, 3)
        if held.indexOf(self.history) < 0:
            held.insertWidget(place, self.history)

    def _redraw(self) -> None:
        if self._screen:
            self.draw(self._screen)

    def _restyle(self) -> None:
        self._share()
        self.choices.forget()
        self.hand_over.forget()
        self.history.forget()
        self._redraw()
