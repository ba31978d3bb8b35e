"""The manager's screen of rules: draws a Screen, tells what she typed and decided.

Signals of RulesView: picked(name) · typed(key, text) · step_typed(place, part, text) ·
step_moved(place, by) · step_removed(place) · step_added · dated(text) · reasoned(text) · settled
(a moment after the last letter) · put · stayed · dropped · went_back · went_back_to(version) ·
asked_again · notice_closed · sync_wanted · account_wanted
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget

from ui import theme
from ui.rules.beside import HistoryCard, PreviewCard
from ui.rules.form import FootBar, FormCard
from ui.rules.screen import Row, Screen
from ui.widgets.choices import ChoiceButton, Choices
from ui.widgets.confirm_card import ConfirmCard
from ui.widgets.layouts import column, in_order, row, scrolled, show_if
from ui.widgets.page_head import PageHead
from ui.widgets.strip import OfflineBar, Strip
from ui.words import on_switch

_LIST, _BESIDE = 216, 940
_PAUSE_MS = 350


class RulesView(QWidget):
    picked = Signal(str)
    typed = Signal(str, str)
    step_typed = Signal(int, str, str)
    step_moved = Signal(int, int)
    step_removed = Signal(int)
    step_added = Signal()
    dated = Signal(str)
    reasoned = Signal(str)
    settled = Signal()
    put = Signal()
    stayed = Signal()
    dropped = Signal()
    went_back = Signal()
    went_back_to = Signal(str)
    asked_again = Signal()
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
        self.form, self.foot, self.confirm = FormCard(), FootBar(), ConfirmCard()
        self.preview, self.history = PreviewCard(), HistoryCard()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
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
        has_keys = QApplication.focusWidget() is self
        self.choices.draw(screen.rows, screen.chosen, _choice, keys=has_keys)
        for part in (self.form, self.preview, self.history, self.foot):
            show_if(part, screen.form is not None)
        if screen.form is not None:
            self.form.draw(screen.form)
            self._draw_foot(screen)
        if screen.preview is not None:
            self.preview.draw(screen.preview)
        if screen.history is not None:
            self.history.draw(screen.history)
        if screen.notice is not None and (before is None or before.notice != screen.notice):
            self._page.verticalScrollBar().setValue(0)
        self._draw_confirm(screen)
        in_order(self._stops())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.choices.rest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _build(self) -> None:
        self._area = scrolled(self.choices)
        inside, beside = QWidget(), QWidget()
        for part in (inside, beside):
            part.setProperty("kind", "clear")
        right = column(beside, gap=12)
        right.addWidget(self.preview)
        right.addWidget(self.history, 1)
        self._pair = row(gap=12)
        self._pair.addWidget(self.form, 1)
        self._pair.addWidget(beside, 1)
        content = column(inside, 0, 0, 4, 0, gap=10)
        for part in (self._notice, self._offline):
            content.addWidget(part)
        content.addLayout(self._pair, 1)
        self._page = scrolled(inside)
        page = column(gap=10)
        page.addWidget(self._page, 1)
        page.addWidget(self.foot)
        page.addWidget(self.confirm)
        body = row(None, 20, 16, 20, 14, gap=14)
        body.addWidget(self._area)
        body.addLayout(page, 1)
        layout = column(self)
        layout.addWidget(self._head)
        layout.addLayout(body, 1)

    def _connect(self) -> None:
        self.choices.picked.connect(self._pick)
        self.form.typed.connect(self.typed)
        self.foot.dated.connect(self.dated)
        self.foot.reasoned.connect(self.reasoned)
        steps = self.form.steps
        steps.typed.connect(self.step_typed)
        steps.moved.connect(self.step_moved)
        steps.removed.connect(self.step_removed)
        steps.added.connect(self.step_added)
        changed = (steps.typed, steps.moved, steps.removed, steps.added)
        for written in (self.form.typed, self.foot.dated, self.foot.reasoned, *changed):
            written.connect(self._pause.start)
        self._pause.timeout.connect(self.settled)
        self.foot.put.connect(self.put)
        self.foot.dropped.connect(self.dropped)
        self.confirm.agreed.connect(self.put)
        self.confirm.declined.connect(self.stayed)
        self.history.went_back.connect(self.went_back)
        self.history.went_back_to.connect(self.went_back_to)
        self.preview.retried.connect(self.asked_again)
        self._notice.closed.connect(self.notice_closed)
        self._head.sync_wanted.connect(self.sync_wanted)
        self._head.account_wanted.connect(self.account_wanted)
        for part in (self.form, self.foot):
            part.left.connect(self.choices.rest)
        self._key("Ctrl+Return", self.put.emit)
        self._key("Ctrl+Enter", self.put.emit)
        self._key("Esc", self._back)
        self._key("Alt+R", self.history.back.click)
        self._key("Alt+X", self.foot.drop_button.click)
        self._key("Alt+D", self.foot.day.field.setFocus)
        self._key("Alt+W", self.foot.why.field.setFocus)
        self._key("Alt+N", self.form.steps.add.click)

    def _key(self, keys: str, does: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(does)

    def _pick(self, name: str) -> None:
        if self._screen is not None and name != self._screen.chosen:
            # What was typed of the one before is kept first.
            if self._pause.isActive():
                self._pause.stop()
                self.settled.emit()
            self.picked.emit(name)

    def _back(self) -> None:
        if self._screen is not None and self._screen.confirm is not None:
            self.stayed.emit()
        else:
            self.choices.rest()

    def _draw_foot(self, screen: Screen) -> None:
        """Where the preview is out of sight, its sum stands beside the buttons."""
        if screen.form is not None:
            summary = screen.preview.summary if screen.preview else ""
            self.foot.draw(screen.form, screen.keys if self._is_wide() else summary)

    def _draw_confirm(self, screen: Screen) -> None:
        asks = screen.confirm is not None
        was = self.confirm.isVisibleTo(self)
        if asks and not was:
            self._came_from = QApplication.focusWidget()
        self.confirm.draw(screen.confirm)
        show_if(self.foot, screen.form is not None and not asks)
        if was and not asks and self._came_from in self._stops():
            self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stops(self) -> list[QWidget]:
        form = (*self.form.stops(), *self.foot.stops())
        beside = (*self.preview.stops(), *self.history.stops())
        return [*self.choices.buttons, *form, *beside]

    def _share(self) -> None:
        """Form and preview stand side by side where there is room, else one below the other."""
        self._area.setFixedWidth(min(theme.current().px(_LIST), self.width() // 3))
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._pair.setDirection(across if self._is_wide() else down)
        if self._screen is not None:
            self._draw_foot(self._screen)

    def _is_wide(self) -> bool:
        return self.width() >= theme.current().px(_BESIDE)

    def _redraw(self) -> None:
        if self._screen:
            self.draw(self._screen)

    def _restyle(self) -> None:
        self._share()
        self.choices.forget()
        self.history.forget()
        self._redraw()


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.name, one.title, one.fact, one.badge)
