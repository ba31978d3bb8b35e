"""The rep's desk on screen: draws a Screen, tells what the person did (see signals.py)."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QWidget

from lumi_desk import clock
from lumi_desk.clock import Clock
from ui import theme
from ui.widgets.buttons import LinkButton
from ui.widgets.keys_card import KeysCard
from ui.widgets.layouts import column, fill, row, scrolled, show_if
from ui.widgets.strip import Strip
from ui.widgets.texts import KeyCap
from ui.words import on_switch, tr
from ui.workspace.actions import ActionBar
from ui.workspace.ask import AskCard
from ui.workspace.edit import EditCard
from ui.workspace.in_sight import SCROLLS, InSight
from ui.workspace.keymap import KeyMap, rows
from ui.workspace.note import NoteCard
from ui.workspace.offers import OffersPane
from ui.workspace.person import DialCard, PersonCard
from ui.workspace.pinned import RIM, PinnedLine
from ui.workspace.queue import QueuePane
from ui.workspace.screen import Screen, Stage
from ui.workspace.script import ScriptCard
from ui.workspace.signals import WorkspaceSignals
from ui.workspace.tabs import QUEUE, SCRIPT, SIDE, PaneTabs
from ui.workspace.timeline import TimelineCard
from ui.workspace.top_bar import TopBarView
from ui.workspace.waiting import WaitingCard
from ui.workspace.wrap_up import WrapUpPane

# Widths and heights at 100 %.
_LEFT, _RIGHT = 252, 336
_THREE_PANES, _TWO_PANES, _LOW = 1160, 760, 640
_ALL = 3
QWIDGETSIZE_MAX = (1 << 24) - 1


class WorkspaceView(WorkspaceSignals):
    def __init__(self, parent: QWidget | None = None, now: Clock = clock.now) -> None:
        super().__init__(parent)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._now = now
        self._screen: Screen | None = None
        self._mode = (-1, False)
        self._make_parts()
        self._build()
        self._connect()
        self._keys = KeyMap(self, (self.top,), self._act, self._digit)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)
        # A widget Qt has deleted may live on in Python for a while; it must not be told any more.
        self.destroyed.connect(on_switch(self._redraw))
        theme.notices.changed.connect(self._restyle)

    def draw(self, screen: Screen) -> None:
        """Show this moment; what is being typed stays as it is."""
        entered = self._stage() is not screen.stage and screen.stage is Stage.WRAP_UP
        asked = self._screen is not None and (self._screen.ask or self._screen.edit)
        focus = QApplication.focusWidget()
        self._screen = screen
        now = self._now()
        self.top.draw(screen.top, screen.stage, now)
        self.queue.draw(screen.queue)
        self._draw_centre(screen)
        self._draw_side(screen)
        self.toast.draw(screen.toast)
        self.problem.draw(screen.problem)
        self._tick()
        self._arrange()
        if entered:
            self._enter_wrap_up()
        if asked and not (screen.ask or screen.edit):
            self._go_on()
        elif focus is not None and self.isAncestorOf(focus) and not focus.isVisible():
            # Qt would hand the keys to whatever comes next, in the top bar at last.
            self._rest()

    def shown(self) -> Screen | None:
        """What is shown now."""
        return self._screen

    def write_note(self) -> None:
        self.note.start()

    # What stands where.

    def _make_parts(self) -> None:
        self.top, self.queue = TopBarView(), QueuePane()
        self.person, self.dial, self.script = PersonCard(), DialCard(), ScriptCard()
        self.waiting, self.ask, self.note = WaitingCard(), AskCard(), NoteCard()
        self.action_bar, self.offers, self.timeline = ActionBar(), OffersPane(), TimelineCard()
        self.wrap_up, self.edit = WrapUpPane(), EditCard()
        self.toast, self.problem = Strip(key="Ctrl Z"), Strip()
        self._tabs, self._all_keys = PaneTabs(), LinkButton()
        self._overlay = KeysCard(self)

    def _build(self) -> None:
        self._side = QWidget()
        side = column(self._side, gap=10)
        side.addWidget(self.offers)
        side.addWidget(self.timeline, 1)
        side.addWidget(self.wrap_up, 1)
        side.addLayout(self._keys_row())
        body = row()
        body.addWidget(self.queue)
        body.addWidget(self._build_centre(), 1)
        body.addWidget(self._side)
        self._body = body
        layout = column(self)
        layout.addWidget(self.top)
        layout.addLayout(body, 1)

    def _keys_row(self) -> QHBoxLayout:
        self._keys_line = row(gap=6)
        self._keys_line.addStretch()
        self._keys_cap = KeyCap("?")
        self._keys_line.addWidget(self._keys_cap)
        self._keys_line.addWidget(self._all_keys)
        return self._keys_line

    def _build_centre(self) -> QWidget:
        inside = QWidget()
        inside.setProperty("kind", "clear")
        self._pages = column(inside, 0, 12, RIM, 0, gap=10)
        fill(self._pages, self.problem, self.person, self.dial, self._tabs, self.ask, self.edit)
        self._pages.addWidget(self.script, 1)
        self._pages.addWidget(self.waiting, 1)
        self._area = scrolled(inside)
        # Always there, so that the cards do not change their width when it is needed.
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        parts = {"ask": self.ask, "edit": self.edit, "dial": self.dial, "side": self._side}
        parts |= {"script": self.script, "words": self.script.words}
        self.pinned = PinnedLine(self._area, inside, self.person)
        self._in_sight = InSight(self._area, inside, parts, self.script.search, self.pinned)
        centre = QWidget()
        layout = column(centre, 14, 0, 0, 12, gap=10)
        layout.addWidget(self._area, 1)
        below = column(None, 0, 0, 14, 0, gap=10)
        fill(below, self.toast, self.note, self.action_bar)
        layout.addLayout(below)
        return centre

    def _arrange(self) -> None:
        """Give each part its place for the width at hand: three panes, two, or tabs alone."""
        moved: QWidget | None = None
        zoom = theme.current().zoom / 100
        width, height = self.width() / zoom, self.height() / zoom
        panes = _ALL if width >= _THREE_PANES else 2 if width >= _TWO_PANES else 1
        low = height < _LOW
        if (panes, low) != self._mode:
            self._mode = (panes, low)
            moved = QApplication.focusWidget()
            self._move_panes(panes)
        look = theme.current()
        # Type stops shrinking at 13 px, so below 100 % the panes stop a little later.
        left, right = max(look.px(_LEFT), _LEFT - 8), max(look.px(_RIGHT), _RIGHT - 20)
        _set_width(self.queue, left if panes > 1 else 0)
        _set_width(self._side, right if panes == _ALL else 0)
        self.note.set_low(low)
        self.dial.set_low(low)
        self.person.set_low(low)
        self.wrap_up.set_whole(panes < _ALL)
        form = self._screen.wrap_up if self._screen else None
        self.action_bar.offer_save(
            form is not None and panes < _ALL, form is not None and form.can_save
        )
        self._show_parts()
        if moved is not None and moved is not QApplication.focusWidget():
            # Qt takes the keys from what changes its parent.
            if self.isAncestorOf(moved) and moved.isVisible():
                moved.setFocus(Qt.FocusReason.OtherFocusReason)
            elif QApplication.focusWidget() is None:
                self._rest()

    def _move_panes(self, panes: int) -> None:
        at = self._pages.indexOf(self.script)
        if panes == 1:
            self._pages.insertWidget(at, self.queue, 1)
        else:
            self._body.insertWidget(0, self.queue)
        if panes < _ALL:
            self._pages.insertWidget(at, self._side, 1)
        else:
            self._body.addWidget(self._side)
        layout = self._side.layout()
        if layout is not None:
            wide = panes == _ALL
            theme.space(layout, 0, 12 if wide else 0, 14 if wide else 0, 12 if wide else 0, gap=10)

    def _show_parts(self) -> None:
        screen, panes = self._screen, self._mode[0]
        if screen is None:
            return
        somebody = screen.person is not None
        side = somebody and (bool(screen.offers or screen.timeline) or screen.wrap_up is not None)
        self._tabs.fit(panes, somebody=somebody, side=side)
        tab = self._tabs.currentIndex()
        alone = panes == 1
        show_if(self.queue, panes > 1 or tab == QUEUE)
        show_if(self._side, side and (panes == _ALL or tab == SIDE))
        here = (not alone or tab != QUEUE) and (panes == _ALL or tab != SIDE)
        show_if(self.script, screen.script is not None and here)
        show_if(self.waiting, screen.script is None and here)
        show_if(self.note, somebody and not (alone and tab == QUEUE))
        show_if(self.dial, screen.dial is not None and here)
        show_if(self.action_bar, somebody)
        self._in_sight.show(screen, tab)

    # Drawing.

    def _draw_centre(self, screen: Screen) -> None:
        show_if(self.person, screen.person is not None)
        if screen.person:
            self.person.draw(screen.person)
            self.pinned.draw(screen.person)
        if screen.dial:
            self.dial.draw(screen.dial, screen.stage)
        if screen.script:
            self.script.draw(screen.script, digits=self._digits_at() == "script")
        self.waiting.draw(screen.message, screen.loading)
        self.ask.draw(screen.ask)
        self.edit.draw(screen.edit)
        self.note.draw(screen.note)
        self.action_bar.draw(screen.stage)

    def _draw_side(self, screen: Screen) -> None:
        in_wrap_up = screen.wrap_up is not None
        show_if(self.wrap_up, in_wrap_up)
        show_if(self.offers, not in_wrap_up and bool(screen.offers))
        show_if(self.timeline, not in_wrap_up)
        if screen.wrap_up:
            here = self._digits_at() == "wrap_up"
            self.wrap_up.draw(screen.wrap_up, self._now(), digits=here)
        self.offers.draw(screen.offers)
        self.timeline.draw(screen.timeline)
        self._all_keys.setText(tr("All keys"))
        show_if(self._all_keys, not in_wrap_up)
        show_if(self._keys_cap, not in_wrap_up)
        self._tabs.draw(in_wrap_up=in_wrap_up)

    def _enter_wrap_up(self) -> None:
        self._tabs.setCurrentIndex(SIDE)
        self.wrap_up.outcomes.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go_on(self) -> None:
        """After a question the keys belong to what is missing still, or to the page."""
        if self._screen and self._screen.wrap_up and self.wrap_up.start_proof():
            return
        self._rest()

    def _rest(self) -> None:
        """Give the keys to what waits for them: the outcomes after a call, else the page."""
        screen = self._screen
        if screen and screen.wrap_up and not screen.ask and self.wrap_up.isVisible():
            self.wrap_up.outcomes.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tick(self) -> None:
        now = self._now()
        self.top.tick(now)
        self.wrap_up.tick(now)
        self.toast.tick(now)
        if self._runs() and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _runs(self) -> bool:
        screen = self._screen
        if screen is None:
            return False
        clocks = [screen.top.lamp.timer, *([screen.wrap_up.timer] if screen.wrap_up else [])]
        waits = screen.toast is not None and screen.toast.until is not None
        return waits or any(timer.since is not None for timer in clocks)

    def _redraw(self) -> None:
        if self._screen:
            self.draw(self._screen)

    def _restyle(self) -> None:
        self._mode = (-1, False)
        self._redraw()

    def _stage(self) -> Stage:
        return self._screen.stage if self._screen else Stage.NOBODY

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick()
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside everything leaves the text field, so that digits act again."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    # Keys.

    def _digits_at(self) -> str:
        """Return whose the digits are: one visible panel's at a time."""
        screen = self._screen
        if screen is None:
            return ""
        if screen.ask and screen.ask.choices:
            return "ask"
        if screen.wrap_up:
            return "wrap_up"
        return "script" if screen.script else ""

    def _digit(self, place: int) -> bool:
        owners: dict[str, AskCard | WrapUpPane | ScriptCard] = {
            "ask": self.ask,
            "wrap_up": self.wrap_up,
            "script": self.script,
        }
        owner = owners.get(self._digits_at())
        if owner is None or not owner.isVisible():
            return False
        owner.press(place)
        return True

    def _act(self, action: str) -> bool:
        if action in SCROLLS:
            elsewhere = self._overlay.isVisible() or self.queue.list.hasFocus()
            return not elsewhere and self._in_sight.scroll(action)
        if self._overlay.isVisible():
            self._overlay.close_card()
            if action in ("back", "keys"):
                return True
        deeds = {
            "next": self.next_wanted.emit,
            "step": self._step,
            "wechat": lambda: self.dial.write("wechat"),
            "wangwang": lambda: self.dial.write("wangwang"),
            "objection": self._search_objection,
            "note": self.note.start,
            "callback": self._callback,
            "sale": self.sale_wanted.emit,
            "offer1": lambda: self.offers.press(0),
            "offer2": lambda: self.offers.press(1),
            "complaint": self.complaint_wanted.emit,
            "why": self._show_whys,
            "edit": self.edit_wanted.emit,
            "end": self._end,
            "refuse": self.refusal_wanted.emit,
            "consent": self.consent_wanted.emit,
            "search": self._search,
            "save": self.wrap_up.save,
            "undo": self._undo,
            "back": self._back,
            "keys": self._show_keys,
        }
        if self._stage() is Stage.NOBODY and action not in _ALWAYS:
            return False
        deeds[action]()
        return True

    def _step(self) -> None:
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractButton):
            # Who went to a button means that button, not the next step of the call.
            focus.click()
        elif focus is self.queue.list:
            self.queue.settle()
        elif self._screen and self._screen.ask:
            self.ask_confirmed.emit()
        elif self._screen and self._screen.dial:
            self.dial.step()

    def _show_whys(self) -> None:
        self._in_sight.scroll("record")
        self.person.toggle_whys()

    def _end(self) -> None:
        if self._stage() in (Stage.TALKING, Stage.DIALLED):
            self.ended.emit()

    def _callback(self) -> None:
        if self._screen and self._screen.wrap_up:
            self._tabs.setCurrentIndex(SIDE)
            self.wrap_up.next.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.callback_wanted.emit()

    def _search(self) -> None:
        self._tabs.setCurrentIndex(QUEUE if self._mode[0] == 1 else self._tabs.currentIndex())
        self.queue.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.queue.search.selectAll()

    def _search_objection(self) -> None:
        self._tabs.setCurrentIndex(SCRIPT)
        self.script.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _back(self) -> None:
        if self._screen and self._screen.edit:
            self.edit_closed.emit()
        elif self._screen and self._screen.ask:
            self.ask_closed.emit()
        elif self._screen and self._screen.problem:
            self.problem_closed.emit()
        elif self._screen and self._screen.queue.searching:
            self.searched.emit("")
        elif self._screen and self._screen.wrap_up:
            # The call is over, so its way through the script stays as it was.
            self._rest()
        elif self._screen and self._screen.script and self._screen.script.can_back:
            self.stepped_back.emit()

    def _undo(self) -> None:
        if self.toast.offers():
            self.undone.emit()

    def _show_keys(self) -> None:
        self._overlay.open(tr("All keys"), rows())

    def _connect(self) -> None:
        pairs = (
            (self.top.copied, self.number_copied),
            (self.top.ended, self.ended),
            (self.top.today_wanted, self.today_wanted),
            (self.top.month_wanted, self.month_wanted),
            (self.top.sync_wanted, self.sync_wanted),
            (self.top.account_wanted, self.account_wanted),
            (self.queue.picked, self.picked),
            (self.queue.next_wanted, self.next_wanted),
            (self.queue.searched, self.searched),
            (self.queue.all_wanted, self.customers_wanted),
            (self.dial.copied, self.number_copied),
            *((getattr(self.dial, name), getattr(self, name)) for name in _DIAL_SIGNALS),
            (self.script.answer_chosen, self.answer_chosen),
            (self.script.objection_chosen, self.objection_chosen),
            (self.script.objection_searched, self.objection_searched),
            (self.script.stepped_back, self.stepped_back),
            (self.offers.offer_chosen, self.offer_chosen),
            (self.note.noted, self.noted),
            (self.action_bar.refusal_wanted, self.refusal_wanted),
            (self.action_bar.complaint_wanted, self.complaint_wanted),
            (self.action_bar.sale_wanted, self.sale_wanted),
            (self.action_bar.ended, self.ended),
            (self.action_bar.saved, self.saved),
            *((getattr(self.person, name), getattr(self, name)) for name in _PERSON_SIGNALS),
            (self.edit.saved, self.edit_saved),
            (self.edit.closed, self.edit_closed),
            *((getattr(self.ask, name), getattr(self, f"ask_{name}")) for name in _ASK_SIGNALS),
            (self.toast.pressed, self.undone),
            (self.toast.closed, self.toast_closed),
            (self.problem.pressed, self.problem_pressed),
            (self.problem.closed, self.problem_closed),
            *((getattr(self.wrap_up, name), getattr(self, name)) for name in _WRAP_UP_SIGNALS),
        )
        for told, on in pairs:
            told.connect(on)
        self.action_bar.callback_wanted.connect(self._callback)
        self._all_keys.clicked.connect(self._show_keys)
        self.pinned.clicked.connect(lambda: self._in_sight.scroll("record"))
        # Where the keys go to a part, it would be scrolled to, away from her record.
        self.pinned.left.connect(self.setFocus)
        for left in (self.note.left, self.script.left, self.queue.left, self._overlay.closed):
            left.connect(self._rest)
        self._tabs.currentChanged.connect(self._show_parts)


_ALWAYS = ("next", "search", "keys", "back", "undo", "step")
_PERSON_SIGNALS = ("consent_wanted", "edit_wanted")
_ASK_SIGNALS = ("chosen", "written", "confirmed", "closed")
_DIAL_SIGNALS = ("dialled", "written_to", "answered", "unanswered")
_WRAP_UP_SIGNALS = (
    "disposition_chosen",
    "side_switched",
    "attitude_chosen",
    "wechat_chosen",
    "proof_written",
    "next_written",
    "next_kind_chosen",
    "case_marked",
    "saved",
)


def _set_width(widget: QWidget, width: int) -> None:
    """Fix a width in px; 0 lets the layout decide."""
    widget.setMinimumWidth(width)
    widget.setMaximumWidth(width or QWIDGETSIZE_MAX)
