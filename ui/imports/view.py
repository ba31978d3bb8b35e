"""The screen of imports: draws a Screen, takes files, tells what she chose.

Signals of ImportsView: picked(name) · chose(paths) · pointed(row) · told(meaning) ·
table_picked(place) · profile_picked(name) · amounts_picked(whose) · shop_written(text) ·
channel_picked(name) · unit_picked(unit) · left_out · attempted · put · stayed · named ·
name_written(text) · kept · stopped · started_over · went_back · saved(sheet) · notice_closed ·
sync_wanted · account_wanted
"""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget

from ui.imports.cards import ResultCard, StartCard, WorkingCard
from ui.imports.reading import NamingCard, ReadingCard
from ui.imports.screen import Row, Screen
from ui.widgets import save_as
from ui.widgets.choices import ChoiceButton
from ui.widgets.layouts import column, in_order, show_if
from ui.widgets.page import AskingPage
from ui.widgets.texts import SpanLabel
from ui.words import tr

_ENDINGS = "*.csv *.xlsx *.csv.gz *.xlsx.gz *.txt"


class ImportsView(AskingPage[Screen]):
    list_width = 250
    chose = Signal(list)
    pointed = Signal(int)
    told = Signal(str)
    table_picked = Signal(str)
    profile_picked = Signal(str)
    amounts_picked = Signal(str)
    shop_written = Signal(str)
    channel_picked = Signal(str)
    unit_picked = Signal(str)
    left_out = Signal()
    attempted = Signal()
    put = Signal()
    named = Signal()
    name_written = Signal(str)
    kept = Signal()
    stopped = Signal()
    started_over = Signal()
    went_back = Signal()
    saved = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.start, self.working = StartCard(), WorkingCard()
        self.reading, self.result = ReadingCard(), ResultCard()
        self.naming, self._keys = NamingCard(), SpanLabel("small", wrap=True)
        self._build()
        self._connect()

    def ask_files(self) -> None:
        """Ask which files are to be imported."""
        kinds = f"{tr('Tables')} ({_ENDINGS});;{tr('All files')} (*)"
        found, _ = QFileDialog.getOpenFileNames(self, tr("Choose files"), "", kinds)
        if found:
            self.chose.emit(found)

    def ask_path(self, name: str) -> str:
        """Ask where a file of that name is to lie; empty when nowhere."""
        return save_as.ask_path(self, tr("Save"), name)

    def draw(self, screen: Screen) -> None:
        before = self._begin(screen)
        self._draw_rows(screen.rows, _choice)
        lost = self._has_keys_inside()
        self.start.draw(screen.start)
        self.working.draw(screen.working)
        self.reading.draw(screen.reading)
        self.result.draw(screen.result)
        self.naming.draw(screen.naming)
        self._draw_confirm(screen.confirm)
        asked = screen.confirm is not None or screen.naming is not None
        self.reading.make_room(asked=asked)
        self._keys.say(screen.keys)
        show_if(self._keys, bool(screen.keys) and not asked)
        in_order([*self.choices.buttons, *self._stops()])
        answered = before is not None and before.naming is not None and screen.naming is None
        if (answered or _part(before) != _part(screen)) and lost:
            self._rest()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere while none are chosen."""
        if self._takes_files() and _files_in(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        found = _files_in(event)
        if self._takes_files() and found:
            event.acceptProposedAction()
            self.chose.emit(found)

    def _takes_files(self) -> bool:
        return self._screen is not None and self._screen.start is not None

    def _build(self) -> None:
        content = column(self._inside, 0, 0, 4, 0, gap=10)
        content.addWidget(self.notice)
        content.addWidget(self.offline)
        for card in (self.start, self.working, self.reading, self.result):
            content.addWidget(card, 1)
        page = column(gap=10)
        page.addWidget(self._page, 1)
        for part in (self.naming, self.confirm, self._keys):
            page.addWidget(part)
        self._lay_out(page, 20, 16, 20, 14)

    def _connect(self) -> None:
        self.start.wanted.connect(self.ask_files)
        self.working.stopped.connect(self.stopped)
        for name in (
            "pointed",
            "told",
            "table_picked",
            "profile_picked",
            "amounts_picked",
            "shop_written",
            "channel_picked",
            "unit_picked",
            "left_out",
            "attempted",
            "put",
            "named",
            "started_over",
        ):
            getattr(self.reading, name).connect(getattr(self, name))
        self.result.saved.connect(self.saved)
        self.result.went_back.connect(self.went_back)
        self.naming.written.connect(self.name_written)
        self.naming.agreed.connect(self.kept)
        self.naming.declined.connect(self.stayed)
        self.confirm.agreed.connect(self.put)
        for keys, button in (
            ("Alt+O", self.start.choose),
            ("Ctrl+Return", self.reading.put_button),
            ("Ctrl+Enter", self.reading.put_button),
            ("Ctrl+T", self.reading.try_button),
            ("Alt+P", self.reading.keep_button),
            ("Alt+U", self.reading.units),
            ("Alt+L", self.reading.leave_button),
            ("Alt+W", self.result.save),
        ):
            self._key(keys, partial(self._press, button))
        self._key("Alt+X", lambda: self._press(self.working.stop, self.reading.other_button))

    def _press(self, *buttons: QPushButton) -> None:
        """Press the one of these that is there."""
        for button in buttons:
            if button.isVisible() and button.isEnabled():
                button.click()
                return

    def _back(self) -> None:
        screen = self._screen
        if screen is not None and (screen.confirm is not None or screen.naming is not None):
            self.stayed.emit()
        elif screen is not None and screen.result is not None and screen.result.back.text:
            self.went_back.emit()
        else:
            self.choices.rest()

    def _stops(self) -> list[QWidget]:
        return [
            self.start.choose,
            self.working.stop,
            *self.reading.stops(),
            *self.result.stops(),
        ]

    def _has_keys_inside(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _rest(self) -> None:
        """Give the keys to what can be done now; to the list where nothing can.

        What is at work is not stopped by an Enter too many.
        """
        screen = self._screen
        if screen is not None and screen.reading is not None:
            self.reading.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        elif screen is not None and screen.start is not None:
            self.start.choose.setFocus(Qt.FocusReason.OtherFocusReason)
        elif screen is not None and screen.result is not None and screen.result.back.text:
            self.result.back.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.choices.rest()

    def _forget(self) -> None:
        super()._forget()
        self.reading.fit()
        self.result.fit()


def _part(screen: Screen | None) -> tuple[bool, ...]:
    """Which of the cards is shown."""
    if screen is None:
        return ()
    cards = (screen.start, screen.working, screen.reading, screen.result)
    return tuple(one is not None for one in cards)


def _files_in(event: QDropEvent) -> list[str]:
    urls = event.mimeData().urls()
    return [one.toLocalFile() for one in urls if one.isLocalFile()]


def _choice(one: Row) -> ChoiceButton:
    return ChoiceButton(one.name, one.title, one.fact, one.badge)
