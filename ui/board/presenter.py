"""Decides what the leader's board shows. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first, `tick`
is to be called every few minutes: time alone moves the ticks.
"""

from collections.abc import Callable
from datetime import datetime

from lumi_desk.clock import Clock, local_day
from lumi_desk.desk import Me
from lumi_desk.sync.status import Status
from ui.board import saying
from ui.board.loading import Board, board
from ui.board.screen import Screen
from ui.lane import Lane, SyncNews
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.values import Notice, SyncChip, Tone
from ui.words import tr

SIGNALS = ("advice_why_wanted", "problem_pressed", "problem_closed")
TABLES = ("fact", "target", "person", "team", "callback", "card_entry", "customer", "parked")


class BoardPresenter:
    """The team's month, from the facts this desk holds, offline too."""

    def __init__(self, lane: Lane, show: Callable[[Screen], object], me: Me, now: Clock) -> None:
        self._lane, self._show, self._me, self._now = lane, show, me, now
        self._board: Board | None = None
        self._problem: Notice | None = None
        self._synced: datetime | None = None
        self._chip: SyncChip = sync.chip(Status(), SyncNews())
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_sync(self._heard)
        lane.on_change(TABLES, self.refresh)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Show what is known."""
        self._draw()
        self.refresh()

    def tick(self) -> None:
        """Time has passed."""
        self.refresh()

    def refresh(self) -> None:
        """Read the figures again."""
        if not self._me.team_id:
            self._draw()
            return
        team, now = self._me.team_id, self._now()
        self._lane.read(lambda session: board(session, team, now), self._read, key="board")

    def advice_why_wanted(self) -> None:
        """Say how the advice was reckoned."""
        if self._board is not None:
            self._problem = Notice(saying.why(self._board), Tone.INFO)
            self._draw()

    def problem_pressed(self) -> None:
        """The notice was read."""
        self.problem_closed()

    def problem_closed(self) -> None:
        """The notice was read."""
        self._problem = None
        self._draw()

    def _read(self, found: Board) -> None:
        self._board = found
        self._draw()

    def _heard(self, news: SyncNews) -> None:
        self._synced = news.at
        self._draw()

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._chip = screen.chip
        self._draw()

    def _draw(self) -> None:
        self._show(self._screen())

    def _screen(self) -> Screen:
        found = self._board
        if found is None:
            lost = "" if self._me.team_id else tr("You belong to no team. Ask the hub's keeper.")
            return Screen("", "", (), self._chip, self._me.name, (), (), (), empty=lost)
        return Screen(
            title=saying.title(found),
            days=saying.days(found.month.time),
            as_of=saying.as_of(found, self._synced),
            sync=self._chip,
            person=self._me.name,
            measures=saying.measures(found.month),
            headings=saying.headings(),
            reps=saying.lines(found.month, local_day(self._now())),
            advice=saying.advice(found),
            problem=self._problem,
            empty="" if found.month.reps else tr("The team has no reps yet."),
            parked=saying.parked(found),
        )
