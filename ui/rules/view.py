"""The manager's screen of rules: draws a Screen, tells what she typed and decided.

Signals of RulesView: picked(name) · typed(key, text) · step_typed(place, part, text) ·
step_moved(place, by) · step_removed(place) · step_added · dated(text) · reasoned(text) · settled
(a moment after the last letter) · put · stayed · dropped · went_back · went_back_to(version) ·
asked_again · notice_closed · sync_wanted · account_wanted
"""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget

from ui import theme
from ui.rules.beside import HistoryCard, PreviewCard
from ui.rules.form import FootBar, FormCard
from ui.rules.screen import Row, Screen
from ui.widgets.choices import ChoiceButton
from ui.widgets.layouts import column, in_order, row, show_if
from ui.widgets.page import AskingPage

_BESIDE = 940
# A page lower than this, at 100 %, shows too little of the numbers above a whole foot.
_LOW = 480
_PAUSE_MS = 350


class RulesView(AskingPage[Screen]):
    list_width = 216
    typed = Signal(str, str)
    step_typed = Signal(int, str, str)
    step_moved = Signal(int, int)
    step_removed = Signal(int)
    step_added = Signal()
    dated = Signal(str)
    reasoned = Signal(str)
    settled = Signal()
    put = Signal()
    dropped = Signal()
    went_back = Signal()
    went_back_to = Signal(str)
    asked_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form, self.foot = FormCard(), FootBar()
        self.preview, self.history = PreviewCard(), HistoryCard()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._build()
        self._connect()

    def draw(self, screen: Screen) -> None:
        before = self._begin(screen)
        self._draw_rows(screen.rows, _choice)
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
            self._to_top()
        self._draw_confirm(screen.confirm)
        in_order(self._stops())

    def _build(self) -> None:
        beside = QWidget()
        beside.setProperty("kind", "clear")
        right = column(beside, gap=12)
        right.addWidget(self.preview)
        right.addWidget(self.history, 1)
        self._pair = row(gap=12)
        self._pair.addWidget(self.form, 1)
        self._pair.addWidget(beside, 1)
        content = column(self._inside, 0, 0, 4, 0, gap=10)
        for part in (self.notice, self.offline):
            content.addWidget(part)
        content.addLayout(self._pair, 1)
        page = column(gap=10)
        page.addWidget(self._page, 1)
        page.addWidget(self.foot)
        page.addWidget(self.confirm)
        self._lay_out(page, 20, 16, 20, 14)

    def _connect(self) -> None:
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
        for told, to in (
            (self.history.went_back, self.went_back),
            (self.history.went_back_to, self.went_back_to),
        ):
            told.connect(to)
            told.connect(self._went_back)
        self.preview.retried.connect(self.asked_again)
        for part in (self.form, self.foot):
            part.left.connect(self.choices.rest)
        self._key("Ctrl+Return", self.put.emit)
        self._key("Ctrl+Enter", self.put.emit)
        self._key("Alt+R", self.history.back.click)
        self._key("Alt+X", self.foot.drop_button.click)
        self._key("Alt+D", lambda: self._go_to(self.foot.day.field))
        self._key("Alt+W", lambda: self._go_to(self.foot.why.field))
        self._key("Alt+N", self.form.steps.add.click)

    def _pick(self, name: str) -> None:
        # What was typed of the one before is kept first.
        if self._screen is not None and name != self._screen.chosen and self._pause.isActive():
            self._pause.stop()
            self.settled.emit()
        super()._pick(name)

    def _draw_foot(self, screen: Screen) -> None:
        """Where the preview is out of sight, its sum stands beside the buttons."""
        if screen.form is not None:
            summary = screen.preview.summary if screen.preview else ""
            self.foot.draw(screen.form, screen.keys if self._is_wide() else summary)

    def _make_room(self, *, asks: bool) -> None:
        show_if(self.foot, not asks and self._screen is not None and self._screen.form is not None)

    def _stops(self) -> list[QWidget]:
        form = (*self.form.stops(), *self.foot.stops())
        beside = (*self.preview.stops(), *self.history.stops())
        return [*self.choices.buttons, *form, *beside]

    def _share(self) -> None:
        """Form and preview stand side by side where there is room, else one below the other."""
        super()._share()
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._pair.setDirection(across if self._is_wide() else down)
        focus = QApplication.focusWidget()
        if self.height() < theme.current().px(_LOW):
            self.form.lend_room(self.foot.entries)
        else:
            self.foot.take_entries()
        if focus is not None and self.foot.entries.isAncestorOf(focus):
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._screen is not None:
            self._draw_foot(self._screen)

    def _go_to(self, field: QWidget) -> None:
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self._inside.isAncestorOf(field):
            self._page.ensureWidgetVisible(field)

    def _went_back(self) -> None:
        """An earlier version is in the form: whom it would move is seen, and why is written."""
        self._to_top()
        self.foot.why.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _is_wide(self) -> bool:
        return self.width() >= theme.current().px(_BESIDE)

    def _forget(self) -> None:
        super()._forget()
        self.history.forget()


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.name, one.title, one.fact, one.badge)
