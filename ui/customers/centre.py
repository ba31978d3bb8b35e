"""Decides what a leader or manager sees of customers she does not hold. Knows no Qt.

Its public methods carry the names of the signals of the list (`SIGNALS`) and of the record
(`RECORD_SIGNALS`); `begin` comes first. The customers are the hub's: without it there is nobody to
see, and it keeps who was shown whom.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

from sqlalchemy.orm import Session

from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.service import Outcome
from lumi_desk.clock import Clock
from lumi_desk.customers.listing.rules import Column, Filter, Order
from lumi_desk.customers.rulesets import service as rulesets
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.managing.centre import (
    MOST_BEFORE,
    ByColumn,
    ByField,
    CentreListed,
    CustomerShown,
    ListCentre,
)
from lumi_desk.managing.centre_client import CentreAtHub
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.status import Status
from ui.customers import asking as asks
from ui.customers import centre_saying, narrowing, saying
from ui.customers.centre_doing import CentreDoing
from ui.customers.centre_state import Centre
from ui.customers.exporting import Exporting
from ui.customers.screen import Screen
from ui.customers.state import MOST_AT_ONCE, Question
from ui.lane import Lane, SyncNews
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.values import Notice, Tone
from ui.words import sentence, tr

SIGNALS = (
    "came", "went_away", "searched", "picked_in_menu", "chip_removed", "cleared", "ordered",
    "pointed", "marked", "marked_to", "all_marked", "opened", "left", "acted", "problem_closed",
    "ask_chosen", "ask_written", "ask_confirmed", "ask_closed", "undone", "toast_closed",
)  # fmt: skip
RECORD_SIGNALS = ("closed",)
# So long a hub that was busy is left alone before it is asked again.
_PATIENCE = timedelta(seconds=3)
_LIST, _RECORD = "list", "record"


class CentrePresenter(CentreDoing):
    """Customers found at the hub a page at a time, and the record of one of them."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        hub: CentreAtHub,
        me: Me,
        now: Clock,
        hand_over: Callable[[Sequence[str]], object],
        ask_path: Callable[[str], str],
    ) -> None:
        super().__init__(lane, show, hub, Centre(me, sync.chip(Status(), SyncNews())), now)
        self._hand_over = hand_over
        # What is being asked; what is typed meanwhile is asked once the answer is there.
        self._asking: ListCentre | None = None
        self._wanted = ""
        # What the rows that are shown were asked for.
        self._answered: ListCentre | None = None
        # What a hub that was busy is asked again, and when.
        self._again: dict[str, Callable[[], object]] = {}
        self._again_at = now()
        self.exporting = Exporting(lane, hub, now, ask_path, self._export_changed, self._say_why)
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_sync(self._heard)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Show what is known, and ask for the first page."""
        self._draw()
        self._learn()
        self.read_views()
        self._look()

    def came(self) -> None:
        """The page is seen again: somebody else may have moved customers meanwhile."""
        self._learn()
        if self._state.total is not None:
            self._counted = False
            self._look()

    def went_away(self) -> None:
        """Another page is seen: nothing is asked again until she comes back."""
        self._again.clear()

    def tick(self) -> None:
        """Time has passed: a toast goes, and a hub that was busy is asked again."""
        super().tick()
        self.exporting.tick()
        if self._again_at <= self._now():
            waiting, self._again = self._again, {}
            for ask in waiting.values():
                ask()

    def _learn(self) -> None:
        """What this desk knows itself: the names of outcomes, and how long the half year is."""

        def known(session: Session) -> tuple[tuple[Outcome, ...], int]:
            return catalog.outcomes(session), rulesets.half_year(session, self._now()).days

        self._lane.read(known, self._learned, key="centre")

    # Whom the list shows.

    def searched(self, words: str) -> None:
        """Words by which somebody is looked for."""
        self._narrow(replace(self._state.filter, words=words.strip()))

    def picked_in_menu(self, menu: str, name: str) -> None:
        """A value behind one of the buttons, or a view."""
        if menu == saying.VIEWS:
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
        """Ordered by a column, if the hub can; once more turns it round."""
        if name in centre_saying.UNORDERED:
            return
        column, order = Column(name), self._state.order
        self._state.order = Order(column, column is order.column and not order.backwards)
        self._state.view = ""
        self._look()

    def _narrow(self, filter_: Filter) -> None:
        self._state.filter, self._state.view = filter_, ""
        self._state.all_found = False
        self._look()
        self._draw()

    def _look(self, *, more: bool = False) -> None:
        """Ask for the first page, or for the one behind those that are there."""
        asked = self._asked(len(self._state.rows) if more else 0)
        if self._asking is None:
            self._asking = asked
            self._lane.outside(
                lambda: self._hub.listed(asked), lambda told: self._listed(asked, told), self._lost
            )

    def _asked(self, before: int) -> ListCentre:
        filter_, order = self._state.filter, self._state.order
        values = {field.value: tuple(sorted(some)) for field, some in filter_.values}
        return ListCentre(
            words=filter_.words,
            values=cast(dict[ByField, tuple[str, ...]], values),
            quiet_from=filter_.quiet_from,
            quiet_to=filter_.quiet_to,
            refused=filter_.refused.value,
            order=cast(ByColumn, order.column.value),
            backwards=order.backwards,
            before=min(before, MOST_BEFORE),
            counts=not self._counted,
        )

    def _listed(self, asked: ListCentre, told: CentreListed) -> None:
        state = self._state
        self._asking = None
        self._again.pop(_LIST, None)
        state.offline, state.problem = False, None
        if asked.counts:
            self._counted, state.counts, state.reps = True, told.counts, told.reps
        if not self._is_wanted(asked):
            self._look()
            return
        self._answered = asked
        known = state.rows if asked.before else ()
        there = {one.id for one in known}
        state.rows = (*known, *(one for one in told.customers if one.id not in there))
        state.total, state.all, state.sums = told.total, told.all, told.sums
        ids = [one.id for one in state.rows]
        state.marked = frozenset(ids) if state.all_found else state.marked & frozenset(ids)
        if state.current not in ids:
            state.current = ids[0] if ids else ""
        self._draw()

    def _is_wanted(self, asked: ListCentre) -> bool:
        """Whether it is what the list shows by now, on whatever page."""
        return replace(asked, before=0, counts=False) == replace(self._asked(0), counts=False)

    def _lost(self, problem: LumiError) -> None:
        self._asking = None
        self._not_told(problem, _LIST, self._look)

    def _not_told(self, problem: LumiError, what: str, again: Callable[[], object]) -> None:
        """A hub that is busy is asked again by itself; of all else she is told."""
        if problem.code != "Busy":
            self._say_why(problem)
            return
        self._state.offline = False
        self._state.problem = centre_saying.busy()
        self._again[what], self._again_at = again, self._now() + _PATIENCE
        self._draw()

    def _say_why(self, problem: LumiError) -> None:
        """Why the hub showed nobody."""
        self._state.offline = isinstance(problem, HubOutOfReach)
        if not self._state.offline:
            self._state.problem = Notice(sentence(problem), Tone.BAD)
        self._draw()

    # Who is looked at.

    def pointed(self, customer_id: str) -> None:
        """The row the keys stand on; behind the last one the next page is asked for."""
        state = self._state
        state.current = customer_id
        if state.rows and customer_id == state.rows[-1].id and len(state.rows) < (state.total or 0):
            self._look(more=True)

    def opened(self, customer_id: str) -> None:
        """Her record is asked for, unless others are looked for and about to come."""
        if self._answered is None or not self._is_wanted(self._answered):
            return
        self._wanted = customer_id

        def again() -> None:
            if self._wanted == customer_id:
                self.opened(customer_id)

        self._lane.outside(
            lambda: self._hub.shown(customer_id),
            self._shown,
            lambda problem: self._not_told(problem, _RECORD, again),
        )

    def closed(self) -> None:
        """Back to the list."""
        self._wanted, self._state.record = "", None
        self._draw()

    def acted(self, name: str) -> None:
        """One of the actions below the list."""
        if name == centre_saying.MORE:
            self._look(more=True)
        elif name == Question.EXPORT:
            ids = () if self._state.all_found else [one.id for one in self._state.whom]
            asked = replace(self._asked(0), counts=False)
            self.exporting.begin(asked, ids, self._state.half_year)
        elif name in set(Question):
            self._ask(Question(name))
        elif name == saying.HAND_OVER and self._many() > MOST_AT_ONCE:
            self._state.problem = Notice(asks.too_many(self._many()), Tone.WARN)
            self._draw()
        elif name == saying.HAND_OVER and self._many() > len(self._state.whom):
            words = tr("Show all of them first: whoever is handed over is seen beforehand.")
            self._state.problem = Notice(words, Tone.WARN)
            self._draw()
        elif name == saying.HAND_OVER and self._state.whom:
            self._hand_over([one.id for one in self._state.whom])

    # One question at a time: about an export, or about what is done to them.

    def _ask(self, question: Question) -> None:
        self.exporting.ask_closed()
        super()._ask(question)

    def ask_chosen(self, name: str) -> None:
        """One of the answers to choose from."""
        if self.exporting.asks:
            self.exporting.ask_chosen(name)
        else:
            super().ask_chosen(name)

    def ask_written(self, text: str) -> None:
        """What stands in the line so far."""
        if self.exporting.asks:
            self.exporting.ask_written(text)
        else:
            super().ask_written(text)

    def ask_confirmed(self) -> None:
        """Do what was asked."""
        if self.exporting.asks:
            self.exporting.ask_confirmed()
        else:
            super().ask_confirmed()

    def ask_closed(self) -> None:
        """Nothing is done."""
        if self.exporting.asks:
            self.exporting.ask_closed()
        else:
            super().ask_closed()

    def toast_closed(self) -> None:
        """What was done has been read."""
        self.exporting.toast_closed()
        super().toast_closed()

    def _export_changed(self) -> None:
        if self.exporting.asks:
            self._state.asking = None
        if self.exporting.toast is not None:
            self._state.toast = self._undo = None
        self._draw()

    def _shown(self, told: CustomerShown) -> None:
        # Another one may have been opened, or the list, before she came.
        if told.customer.id == self._wanted:
            self._state.record, self._state.offline, self._state.problem = told, False, None
            self._draw()

    # What comes by itself.

    def _learned(self, found: tuple[tuple[Outcome, ...], int]) -> None:
        self._state.outcomes, self._state.half_year = found
        self._draw()

    def _heard(self, news: SyncNews) -> None:
        """The line is there again, or is not."""
        if news.running:
            return
        was = self._state.offline
        self._state.offline = isinstance(news.problem, HubOutOfReach)
        if was and not self._state.offline:
            self._look()
        self._draw()

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._state.chip = screen.chip
        self._draw()

    def _draw(self) -> None:
        screen = centre_saying.screen(self._state, self._now())
        ask, asked = self.exporting.question()
        if ask is not None:
            screen = replace(screen, ask=ask, asked=asked)
        self._show(replace(screen, toast=screen.toast or self.exporting.toast))
