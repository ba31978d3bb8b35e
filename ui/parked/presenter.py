"""Decides what the leader sees of parked work, and what her word becomes. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first.
"""

from collections.abc import Callable
from dataclasses import replace

from lumi_desk.clock import Clock
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.parked.operations import DecideParked
from lumi_desk.parked.rules import Verdict, is_open
from lumi_desk.parked.service import Lying
from lumi_desk.sync.status import Status
from ui.lane import Lane, SyncNews
from ui.parked import saying
from ui.parked.loading import Waiting, waiting
from ui.parked.screen import Screen
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.values import SyncChip
from ui.words import sentence, tr, trn

SIGNALS = ("picked", "answered", "decided")
TABLES = ("parked", "person", "disposition", "dead_letter")


class ParkedPresenter:
    """What waits for the leader's word, from the rows this desk holds, offline too."""

    def __init__(self, lane: Lane, show: Callable[[Screen], object], me: Me, now: Clock) -> None:
        self._lane, self._show, self._me, self._now = lane, show, me, now
        self._found: Waiting | None = None
        self._chosen = self._words = self._problem = ""
        self._needs_words = False
        self._chip: SyncChip = sync.chip(Status(), SyncNews())
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_change(TABLES, self.refresh)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Show what is known."""
        self._draw()
        self.refresh()

    def refresh(self) -> None:
        """Read the list again."""
        team, now = self._me.team_id, self._now()
        if team:
            self._lane.read(lambda session: waiting(session, team, now), self._read, key="parked")

    def picked(self, parked_id: str) -> None:
        """Another piece of work."""
        if parked_id != self._chosen:
            self._chosen, self._words, self._problem = parked_id, "", ""
            self._needs_words = False
            self._draw()

    def answered(self, words: str) -> None:
        """What is written to the rep so far."""
        self._words = words
        if self._needs_words and words.strip():
            self._needs_words = False
            self._draw()

    def decided(self, name: str) -> None:
        """Her word. Declining takes a reason; whatever waits comes next."""
        one, verdict = self._row(), Verdict(name)
        if one is None or not is_open(one.state):
            return
        if verdict is Verdict.DECLINE and not self._words.strip():
            self._needs_words = True
            self._draw()
            return
        op = DecideParked(
            id=new_id(),
            customer_id=one.customer_id,
            by=self._me.person_id,
            at=self._now(),
            parked_id=one.id,
            verdict=verdict,
            words=self._words.strip(),
        )
        self._lane.do(op, done=lambda _: self._done(one), failed=self._failed)

    def _done(self, one: Lying) -> None:
        left = [each for each in self._open() if each.id != one.id]
        if left:
            self.picked(left[0].id)
        self._words = self._problem = ""
        self._draw()

    def _failed(self, problem: LumiError) -> None:
        self._problem = sentence(problem)
        self._draw()

    def _read(self, found: Waiting) -> None:
        self._found = found
        known = [one.id for one in found.rows]
        if self._chosen not in known:
            self._chosen = known[0] if known else ""
        self._draw()

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._chip = screen.chip
        self._draw()

    def _open(self) -> list[Lying]:
        rows = self._found.rows if self._found else ()
        return [one for one in rows if is_open(one.state)]

    def _row(self) -> Lying | None:
        rows = self._found.rows if self._found else ()
        return next((one for one in rows if one.id == self._chosen), None)

    def _draw(self) -> None:
        self._show(self._screen())

    def _screen(self) -> Screen:
        found, one, now = self._found, self._row(), self._now()
        rows = tuple(saying.row(each, found, now) for each in found.rows) if found else ()
        waits = len(self._open())
        detail = None
        if found is not None and one is not None:
            detail = saying.detail(one, found, now, needs_words=self._needs_words)
            detail = replace(detail, problem=self._problem or detail.problem)
        return Screen(
            title=tr("Waiting for your word"),
            left=trn("{n} waits", "{n} wait", waits) if waits else tr("nothing waits"),
            sync=self._chip,
            person=self._me.name,
            rows=rows,
            chosen=self._chosen,
            detail=detail,
            empty="" if rows else self._nothing(),
            keys=tr("↑ ↓ choose · 1 2 3 decide · Tab to the words"),
        )

    def _nothing(self) -> str:
        if not self._me.team_id:
            return tr("You belong to no team. Ask the hub's keeper.")
        return tr(
            "Nothing waits. Work about customers who have moved on, and what your reps ask about,"
            " appears here."
        )
