"""Decides what the list of customers shows, and what is done to many at once. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first, `tick`
is to be called every few seconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from lumi_desk.clock import Clock, local_day
from lumi_desk.customers.listing.rules import Column, Field, Filter, Listed, Order, chosen
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.sync.status import Status
from ui.customers import asking as asks
from ui.customers import marking, narrowing, saying, viewing
from ui.customers.doing import Doing
from ui.customers.loading import Everybody, everybody
from ui.customers.screen import Screen
from ui.customers.state import MOST_AT_ONCE, Question
from ui.lane import Lane, SyncNews
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.values import Notice, Tone

SIGNALS = (
    "came", "went_away", "searched", "picked_in_menu", "chip_removed", "cleared", "ordered",
    "pointed", "marked", "marked_to", "all_marked", "opened", "left",
    "acted", "ask_chosen", "ask_written", "ask_confirmed", "ask_closed",
    "undone", "toast_closed", "problem_closed",
)  # fmt: skip
TABLES = ("customer", "order", "setting", "tag", "contact", "refusal", "saved_view")


class CustomersPresenter(Doing):
    """The customers this desk holds: found, narrowed, ordered, marked, opened."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        me: Me,
        now: Clock,
        go: Callable[[str], object],
        hand_over: Callable[[Sequence[str]], object],
        ask_path: Callable[[str], str],
    ) -> None:
        super().__init__(lane, show, me, now, ask_path, sync.chip(Status(), SyncNews()))
        self._go, self._hand_over = go, hand_over
        self._is_seen = True
        # How often something has changed, and as of which change everybody was read.
        self._changes, self._read_as_of = 1, 0
        self._day = local_day(now())
        self._marked_last = ""
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_change(TABLES, self.refresh)
        lane.on_words(self._say_again)

    def begin(self) -> None:
        """Show what is known."""
        self._draw()
        self.refresh()

    def tick(self) -> None:
        """Time has passed: a toast goes, and after midnight days and the day's numbers are new."""
        now = self._now()
        toast = self._state.toast
        if toast is not None and toast.is_over(now):
            self.toast_closed()
        if local_day(now) != self._day:
            self._day = local_day(now)
            self.refresh()

    def refresh(self) -> None:
        """Something has changed: read again, as soon as somebody looks."""
        self._changes += 1
        if self._is_seen:
            self.look()

    def came(self) -> None:
        """The page is seen."""
        self._is_seen = True
        if self._is_stale():
            self.look()

    def went_away(self) -> None:
        """Another page is seen; what changes meanwhile waits."""
        self._is_seen = False

    def look(self) -> None:
        """Find whoever fits the filter, beside the page's own work; a newer question wins."""
        known = None if self._is_stale() else self._state.everybody
        changes = self._changes
        filter_, order, today = self._state.filter, self._state.order, local_day(self._now())

        def work(session: Session) -> tuple[Everybody, tuple[Listed, ...]]:
            found = known or everybody(session, self._now())
            return found, chosen(found.rows, filter_, order, today)

        done = partial(self._looked, changes)
        self._lane.read(work, done, key="customers", failed=self._not_read)

    def _is_stale(self) -> bool:
        """Whether something has changed that was not read yet; a read may be overtaken."""
        return self._read_as_of != self._changes

    def _looked(self, changes: int, found: tuple[Everybody, tuple[Listed, ...]]) -> None:
        state = self._state
        self._read_as_of = changes
        state.everybody, state.rows = found
        state.lines = None
        if state.asking is not None:
            hers = {one.id: one for one in state.everybody.rows}
            about = tuple(hers[one.id] for one in state.asking.about if one.id in hers)
            state.asking = replace(state.asking, about=about)
        shown = {one.id for one in state.rows}
        state.marked &= shown
        if state.current not in shown:
            state.current = state.rows[0].id if state.rows else ""
        if state.view not in {one.name for one in state.everybody.views}:
            state.view = ""
        self._draw()

    def _not_read(self, problem: LumiError) -> None:
        self._changes += 1
        self._failed(problem)

    # Whom the list shows.

    def searched(self, words: str) -> None:
        """Words by which somebody is looked for."""
        self._narrow(replace(self._state.filter, words=words.strip()))

    def picked_in_menu(self, menu: str, name: str) -> None:
        """Something behind one of the buttons: a value of the filter, or a view."""
        if menu == narrowing.QUIET and name == saying.OWN_DAYS:
            self._ask(Question.DAYS)
        elif menu == saying.VIEWS:
            self._pick_view(name)
        else:
            self._narrow(narrowing.picked(self._state.filter, menu, name))

    def chip_removed(self, name: str) -> None:
        """One thing less that the filter says."""
        self._narrow(narrowing.removed(self._state.filter, name))

    def cleared(self) -> None:
        """Everybody is shown."""
        self._narrow(Filter())

    def ordered(self, name: str) -> None:
        """Ordered by a column; once more turns it round."""
        column, order = Column(name), self._state.order
        turned = column is order.column and not order.backwards
        self._state.order, self._state.view = Order(column, turned), ""
        self.look()

    def _narrow(self, filter_: Filter) -> None:
        self._state.filter, self._state.view = filter_, ""
        self.look()

    def _pick_view(self, name: str) -> None:
        state = self._state
        if name == saying.KEEP_VIEW:
            self._ask(Question.VIEW)
        elif name == saying.RENAME_VIEW:
            self._ask(Question.RENAME)
        elif name == saying.DROP_VIEW:
            self._views.forget(self._state, self._offer, self.look, self._failed)
        else:
            everybody = state.everybody
            view = viewing.picked(everybody.views, name) if everybody else None
            if everybody is not None and view is not None:
                state.filter, state.order, state.view = view.filter, view.order, view.name
                tags = {"", *(tag for one in everybody.rows for tag in one.tags)}
                state.problem = viewing.notice(view, {Field.TAG: tags})
                self.look()

    def acted(self, name: str) -> None:
        """One of the actions below the list."""
        if name == saying.BACK:
            self._go("")
        elif name == saying.HAND_OVER:
            self._to_hand_over()
        else:
            super().acted(name)

    def _to_hand_over(self) -> None:
        """That is seen beforehand and done on a page of its own."""
        whom = self._state.whom
        if len(whom) > MOST_AT_ONCE:
            self._state.toast = Notice(asks.too_many(len(whom)), Tone.WARN)
            self._draw()
        elif whom:
            self._hand_over([one.id for one in whom])

    # Whom the actions are about.

    def pointed(self, customer_id: str) -> None:
        """The row the keys stand on."""
        self._state.current = customer_id

    def marked(self, customer_id: str) -> None:
        """A row is marked, or no longer."""
        self._state.marked ^= {customer_id}
        self._marked_last = customer_id
        self._draw()

    def marked_to(self, customer_id: str) -> None:
        """All rows from the last one that was marked to this one are marked."""
        state = self._state
        state.marked |= marking.between(state.rows, self._marked_last, customer_id)
        self._marked_last = customer_id
        self._draw()

    def all_marked(self) -> None:
        """All rows are marked; if they are, none is."""
        every = frozenset(one.id for one in self._state.rows)
        self._state.marked = frozenset() if self._state.marked == every else every
        self._draw()

    def opened(self, customer_id: str) -> None:
        """She is to be worked with."""
        self._go(customer_id)

    def left(self) -> None:
        """One step back: the question, the marks, the search, then the page."""
        state = self._state
        if state.asking is not None:
            self.ask_closed()
        elif state.marked:
            state.marked = frozenset()
            self._draw()
        elif state.filter.words:
            self.chip_removed(narrowing.WORDS)
        else:
            self._go("")

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._state.chip = screen.chip
        self._draw()

    def _say_again(self) -> None:
        self._state.lines = self._state.toast = self._state.problem = None
        self._draw()
