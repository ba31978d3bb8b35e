"""The main window: the door first, then the screens, with a way around for who has several."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from lumi_desk.clock import Clock
from lumi_desk.desk import Desk, Me
from lumi_desk.parked import service as parked
from lumi_desk.security.roles import Right, may
from lumi_desk.sync.client import SignInOver
from ui import theme
from ui.account import STEP, Look, account_menu
from ui.lane import Lane, SyncNews
from ui.screens import Entry, Made, Shell, open_to
from ui.sync.view import SyncPanel
from ui.widgets.layouts import column, mark, row, show_if
from ui.widgets.strip import Strip
from ui.widgets.sync_pill import SyncPill
from ui.widgets.texts import SpanLabel
from ui.widgets.values import Notice, Tone
from ui.words import on_switch, sentence, tr

_SMALLEST = (800, 560)
_FIRST = (1366, 768)
_NAV = 176
# What a window has around it, and what stands at the edge of a screen, is at least so high.
_FRAME = 48
_ZOOM_KEYS = {"Ctrl++": STEP, "Ctrl+=": STEP, "Ctrl+-": -STEP, "Ctrl+0": 0}


class Window(QMainWindow):
    """Signals: `sign_out_wanted`, `sign_in_wanted` (the hub knows us no more), `closed`."""

    sign_out_wanted = Signal()
    sign_in_wanted = Signal()
    closed = Signal()

    def __init__(self, lane: Lane, now: Clock, look: Look) -> None:
        super().__init__()
        self.setWindowTitle("Lumi Desk")
        self._lane, self._now, self._look = lane, now, look
        self._inside: Inside | None = None
        for keys, step in _ZOOM_KEYS.items():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
            shortcut.activated.connect(lambda by=step: look.zoom(by))
        self.setMinimumSize(*_SMALLEST)
        self.resize(*_FIRST)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._keys_moved)

    def fit(self, room: QSize) -> None:
        """Fill a screen that has only so much room, if it cannot hold the window and its frame."""
        wide, high = _FIRST
        if room.width() < wide or room.height() < high + _FRAME:
            self.showMaximized()

    def show_sign_in(self, view: QWidget) -> None:
        """Show the door, and nothing of whoever was here before."""
        self._inside = None
        self.setCentralWidget(view)
        view.show()

    def show_desk(self, desk: Desk) -> None:
        """Show the screens this person may see."""
        inside = Inside(desk, self._lane, self._now, self._look)
        inside.sign_out_wanted.connect(self.sign_out_wanted)
        inside.sign_in_wanted.connect(self.sign_in_wanted)
        self._inside = inside
        self.setCentralWidget(inside)
        # Else it would be there only after the next event, and the keys until then were lost.
        inside.show()
        # The door had the keys, and is gone; before this the screens were in no window.
        inside.take_keys()

    def inside(self) -> "Inside | None":
        """What stands behind the door, while somebody is signed in."""
        return self._inside

    def say(self, words: str) -> bool:
        """Show a problem above the screens; False while there is nowhere to show it."""
        if self._inside is None:
            return False
        self._inside.strip.draw(Notice(words, Tone.BAD))
        return True

    def _keys_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        if self._inside is not None and before is not None:
            self._inside.keep_keys(before, now)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


@dataclass(frozen=True)
class _Place:
    """A screen taken apart: its top bar goes above the way around, the rest beside it."""

    made: Made
    top: QWidget
    body: QWidget


class Inside(QWidget):
    """The screens of the person signed in, made when first asked for."""

    sign_out_wanted = Signal()
    sign_in_wanted = Signal()

    def __init__(self, desk: Desk, lane: Lane, now: Clock, look: Look) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk, self._now, self._look = desk, now, look
        self._lane = lane.owned_by(self)
        self._entries = open_to(desk.me.role)
        self._places: dict[str, _Place] = {}
        self._counts: dict[str, int] = {}
        self._news = SyncNews()
        self._build()
        self.panel = SyncPanel(self, self._lane, now, desk.me.person_id)
        self._set_keys()
        self._lane.on_sync(self._heard)
        self._lane.on_change(("parked",), self._count_parked)
        on_switch(self._draw_nav)
        on_switch(self._say_again)
        theme.notices.changed.connect(self._resize)
        self._count_parked()
        if self._entries:
            self.go(_first(desk.me, self._entries).name)
        else:
            self._bodies.addWidget(SpanLabel("fact", _nothing_here(), wrap=True))

    def go(self, name: str, *customer_ids: str) -> None:
        """Show a screen, with a customer in it where one is told."""
        entry = next(each for each in self._entries if each.name == name)
        if name not in self._places:
            self._places[name] = self._make(entry)
        place = self._places[name]
        self._tops.setCurrentWidget(place.top)
        self._bodies.setCurrentWidget(place.body)
        place.body.setFocus()
        if customer_ids and place.made.open is not None:
            place.made.open(*customer_ids)
        self._draw_nav()

    def take_keys(self) -> None:
        """Give the keys to the screen that is shown."""
        body = self._bodies.currentWidget()
        if body is not None:
            body.setFocus()

    def keep_keys(self, before: QWidget, now: QWidget | None) -> None:
        """Give the keys back to the screen if they left it because what had them went away.

        What is hidden or disabled gives them to whatever comes next, or to nobody.
        """
        body = self._bodies.currentWidget()
        gone = not (before.isEnabled() and before.isVisible())
        if gone and body is not None and body.isAncestorOf(before) and self._are_astray(now):
            QTimer.singleShot(0, self, self._fetch_keys)

    def _fetch_keys(self) -> None:
        elsewhere = QApplication.activePopupWidget() is not None or not self.isActiveWindow()
        if not elsewhere and self._are_astray(QApplication.focusWidget()):
            self.take_keys()

    def _are_astray(self, now: QWidget | None) -> bool:
        """Whether the keys are beside the screen, or nowhere."""
        return now is None or any(side.isAncestorOf(now) for side in (self.nav, self._tops))

    def current(self) -> str:
        """The name of the screen that is shown; empty where there is none."""
        body = self._bodies.currentWidget()
        return next((name for name, place in self._places.items() if place.body is body), "")

    def show_sync(self) -> None:
        """Open the panel of what waits, below its chip."""
        top = self._tops.currentWidget() or self
        pills = (pill for pill in top.findChildren(SyncPill) if pill.isVisible())
        self.panel.open_below(next(pills, top))

    def show_account(self) -> None:
        """Open the menu behind the name, in the right corner below the top bar."""
        menu = account_menu(self, self._desk.me, self._look, self.sign_out_wanted.emit)
        corner = self._tops.mapToGlobal(QPoint(self._tops.width(), self._tops.height()))
        menu.popup(QPoint(corner.x() - menu.sizeHint().width() - 8, corner.y() - 4))

    def _build(self) -> None:
        self._tops, self._bodies = QStackedWidget(), QStackedWidget()
        self._tops.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.nav = QFrame()
        self.nav.setProperty("kind", "side")
        self._nav_keys = SpanLabel("small", wrap=True)
        self.ways = {entry.name: self._button(entry) for entry in self._entries}
        side = column(self.nav, 8, 12, 8, 12, gap=2)
        for button in self.ways.values():
            side.addWidget(button)
        side.addStretch()
        side.addWidget(self._nav_keys)
        self.strip = Strip()
        self.strip.closed.connect(lambda: self.strip.draw(None))
        self.strip.pressed.connect(self.sign_in_wanted)
        beside = row()
        beside.addWidget(self.nav)
        beside.addWidget(self._bodies, 1)
        layout = column(self)
        layout.addWidget(self._tops)
        layout.addWidget(self.strip)
        layout.addLayout(beside, 1)
        self._resize()

    def _set_keys(self) -> None:
        """What can be pressed on every screen."""
        keys: dict[str, Callable[[], object]] = {
            "Alt+S": self.show_sync,
            "Alt+A": self.show_account,
            "F6": self._to_ways,
            "Ctrl+6": self._to_ways,
            "Ctrl+PgDown": lambda: self._step(1),
            "Ctrl+PgUp": lambda: self._step(-1),
        }
        if "customers" in self.ways:
            keys["Ctrl+L"] = lambda: self.go("customers")
        for sequence, does in keys.items():
            QShortcut(QKeySequence(sequence), self).activated.connect(does)
        back = QShortcut(QKeySequence("Esc"), self.nav)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(self.take_keys)

    def _to_ways(self) -> None:
        if self.nav.isVisible():
            self.ways[self.current()].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _step(self, by: int) -> None:
        """The screen so many further down the way around, which goes in a ring."""
        names = list(self.ways)
        if self.current():
            self.go(names[(names.index(self.current()) + by) % len(names)])

    def _button(self, entry: Entry) -> QPushButton:
        button = QPushButton()
        button.setProperty("kind", "nav")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(True)
        button.clicked.connect(lambda: self.go(entry.name))
        return button

    def _make(self, entry: Entry) -> _Place:
        frame = QWidget()
        held = column(frame)
        shell = Shell(
            desk=self._desk,
            lane=self._lane.owned_by(frame),
            now=self._now,
            go=self.go,
            show_sync=self.show_sync,
            show_account=self.show_account,
        )
        made = entry.make(shell)
        top = _top_of(made.view)
        held.addWidget(made.view)
        frame.setFocusProxy(made.view)
        self._tops.addWidget(top)
        self._bodies.addWidget(frame)
        return _Place(made, top, frame)

    def _draw_nav(self) -> None:
        """A rep has all the width and goes by keys; the way around is for who leads."""
        current = self.current()
        for entry in self._entries:
            button = self.ways[entry.name]
            count = self._counts.get(entry.name, 0)
            button.setText(f"{tr(entry.title)} · {count}" if count else tr(entry.title))
            mark(button, chosen=entry.name == current)
        self._nav_keys.say(tr("F6 chooses a screen\nCtrl PgUp/PgDn turns to the next"))
        wide = may(self._desk.me.role, Right.LEAD) or may(self._desk.me.role, Right.MANAGE)
        show_if(self.nav, wide and bool(self._entries))

    def _count_parked(self) -> None:
        """How much waits for this leader's word stands beside the way there."""
        team = self._desk.me.team_id
        if team and "parked" in self.ways:
            self._lane.read(
                lambda session: parked.waiting(session, team), self._parked_counted, key="parked"
            )

    def _parked_counted(self, count: int) -> None:
        self._counts["parked"] = count
        self._draw_nav()

    def _resize(self) -> None:
        self.nav.setFixedWidth(theme.current().px(_NAV))

    def _say_again(self) -> None:
        """What stands above the screens was said in another language."""
        self._heard(self._news)

    def _heard(self, news: SyncNews) -> None:
        self._news = news
        if isinstance(news.problem, SignInOver):
            self.strip.draw(Notice(sentence(news.problem), Tone.WARN, button=tr("Sign in")))


def _first(me: Me, entries: tuple[Entry, ...]) -> Entry:
    """Who leads a team begins with its board, a manager without one with the rules, a rep with
    her list.
    """
    right = Right.LEAD if me.team_id or not may(me.role, Right.MANAGE) else Right.MANAGE
    return next((entry for entry in entries if entry.right is right), entries[0])


def _top_of(view: QWidget) -> QWidget:
    """Take the top bar out of a screen, or stand in for it with nothing.

    Of pages that lie on one another each has its own, and the one that is seen shows it.
    """
    if isinstance(view, QStackedWidget):
        return _tops_of(view)
    layout = view.layout()
    item = layout.itemAt(0) if layout is not None else None
    top = item.widget() if item is not None else None
    if layout is None or top is None or top.property("kind") != "top":
        return QWidget()
    layout.removeWidget(top)
    return top


def _tops_of(pages: QStackedWidget) -> QStackedWidget:
    tops = QStackedWidget()
    for page in map(pages.widget, range(pages.count())):
        tops.addWidget(_top_of(page) if page is not None else QWidget())
    tops.setCurrentIndex(pages.currentIndex())
    pages.currentChanged.connect(tops.setCurrentIndex)
    return tops


def _nothing_here() -> str:
    return tr("Your role works with the hub's commands. There is nothing to see here.")
