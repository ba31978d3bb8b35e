"""Decides what the rep's desk shows, and what each thing she does becomes. Knows no Qt.

Its public methods carry the names of the view's signals and take what those carry (`SIGNALS`).
`begin` comes first; `tick` is to be called every few seconds.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from lumi_desk.clock import Clock
from lumi_desk.customers import service as customers
from lumi_desk.customers.service import Found
from lumi_desk.desk import Me
from ui.lane import Lane
from ui.sync import screen as sync_screen
from ui.sync.presenter import SyncPresenter
from ui.words import tr
from ui.workspace.editing import EditEvents
from ui.workspace.screen import Screen, Stage
from ui.workspace.state import Asking, Question

SIGNALS = (
    "picked", "next_wanted", "searched", "number_copied",
    "dialled", "written_to", "answered", "unanswered", "ended",
    "answer_chosen", "stepped_back", "objection_searched", "objection_chosen", "offer_chosen",
    "noted", "refusal_wanted", "consent_wanted", "complaint_wanted", "callback_wanted",
    "sale_wanted",
    "disposition_chosen", "side_switched", "attitude_chosen", "wechat_chosen", "proof_written",
    "next_written", "next_kind_chosen", "case_marked", "saved",
    "ask_chosen", "ask_written", "ask_confirmed", "ask_closed",
    "edit_wanted", "edit_saved", "edit_closed",
    "undone", "toast_closed", "problem_pressed", "problem_closed",
)  # fmt: skip
TABLES = (
    "customer", "order", "card_entry", "contact", "callback", "refusal", "consent", "skip",
    "complaint",
    "note", "sale", "fact", "target", "disposition", "script", "setting", "product", "bundle",
    "card_plan",
)  # fmt: skip
_PAUSE = timedelta(minutes=2)
_REFRESH = timedelta(minutes=1)


class WorkspacePresenter(EditEvents):
    """The rep's desk from the first list to the last saved call."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        me: Me,
        now: Clock,
        copy: Callable[[str], object] = str,
    ) -> None:
        super().__init__(lane, show, me, now, copy)
        self._noted_at: datetime | None = None
        self._sync = SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_change(TABLES, self._refresh)
        lane.on_words(self._words_changed)

    def begin(self) -> None:
        """Show the day; whoever's call is not finished comes first."""
        self._draw()
        self._refresh()

    def tick(self) -> None:
        """Time has passed: a toast goes, a note is committed, the list moves on."""
        now = self._now()
        toast = self._desk.toast
        if toast is not None and toast.is_over(now):
            self.toast_closed()
        if self._noted_at is not None and now - self._noted_at >= _PAUSE:
            self._noted_at = None
            self._commit_note()
        if now - self._read_at >= _REFRESH:
            self._refresh()

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._desk.chip = screen.chip
        self._draw()

    def _words_changed(self) -> None:
        """What still stands is said anew; what was said about a moment goes."""
        if self._desk.problem is not None:
            self._desk.problem = None
            self._say_trouble()
        self._refresh()

    # The list.

    def picked(self, customer_id: str) -> None:
        """Somebody of the list or the search. A live call is not left."""
        if self._stays(customer_id):
            return
        self._end_search()
        self._choose(customer_id)

    def next_wanted(self) -> None:
        """Whoever is next. Passing over somebody who waits on the list needs a reason."""
        her = self._desk.chosen.her.id if self._desk.chosen else ""
        if self._stays(""):
            return
        if self._stage() is Stage.WRAP_UP:
            self._complain(tr("Save this call first: Ctrl Enter."))
            return
        self._end_search()
        if her and self._stands_on_list(her):
            self._desk.asking = Asking(Question.SKIP)
            self._draw()
            return
        self._choose(self._next_of(her))

    def searched(self, words: str) -> None:
        """Show whom the words find instead of the list; no words end it."""
        self._desk.searching = words.strip()
        if not self._desk.searching:
            self._end_search()
            self._draw()
            return
        self._lane.read(
            lambda session: tuple(customers.find(session, words)), self._searched, key="search"
        )

    def _searched(self, found: tuple[Found, ...]) -> None:
        if self._desk.searching:
            self._desk.found = found
            self._draw()

    def _end_search(self) -> None:
        self._desk.searching, self._desk.found = "", ()

    def _stays(self, customer_id: str) -> bool:
        """Whether the call under way keeps the rep where she is."""
        here = self._desk.chosen.her.id if self._desk.chosen else ""
        if not self._desk.is_live or customer_id == here:
            return self._saving
        self._complain(tr("End the call first: F8."))
        return True

    def _stands_on_list(self, customer_id: str) -> bool:
        rows = self._desk.day.today.rows if self._desk.day else ()
        return any(one.customer.id == customer_id for one in rows)

    # The rest.

    def noted(self, text: str) -> None:
        """The note as it stands, kept at once."""
        self._noted_at = self._now()
        super().noted(text)

    def toast_closed(self) -> None:
        """The toast goes, and with it the undo."""
        self._desk.toast = self._done = None
        self._draw()

    def problem_pressed(self) -> None:
        """Try again what failed."""
        again, self._again = self._again, None
        self._desk.problem = None
        self._draw()
        if again is not None:
            again()

    def problem_closed(self) -> None:
        """The problem was read."""
        self._desk.problem = None
        self._draw()
