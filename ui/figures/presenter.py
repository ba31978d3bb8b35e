"""Decides what the screen of figures shows, and what is counted. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first. Only the
hub knows everybody, so without it there is nothing to count.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

from lumi_desk.clock import Clock, local_day
from lumi_desk.customers.touch_plan.rules import HALF_YEAR
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.exports.export import as_file, write
from lumi_desk.exports.rules import Format
from lumi_desk.managing import figures as shapes
from lumi_desk.managing.figures_client import FiguresAtHub
from lumi_desk.reports.cohorts.rules import (
    LOSS_DAYS,
    MOST_DAYS,
    RENEWAL_DAYS,
    NoMonth,
    NoWindow,
    first_month,
)
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.status import Status
from ui.customers.filing import where_to
from ui.figures import by_month, saying, squares
from ui.figures.loading import Answer, Asked, Counts
from ui.figures.saying import Told
from ui.figures.screen import Grid, Screen, Tab
from ui.figures.sheets import sheet
from ui.lane import Lane, SyncNews
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.values import Entry, Notice, SyncChip, Tone
from ui.words import sentence, tr, when

SIGNALS = ("opened", "begun", "reached", "parted", "chose", "saved", "asked_again",
           "notice_closed")  # fmt: skip
_MONTH = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})月?", re.ASCII)
_USUAL = {Tab.NEW: HALF_YEAR.days, Tab.CARDS: RENEWAL_DAYS, Tab.LOSS: LOSS_DAYS}


class FiguresPresenter:
    """One kind of figures, and how it was asked for."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        hub: FiguresAtHub,
        me: Me,
        now: Clock,
        ask_path: Callable[[str], str],
    ) -> None:
        self._lane, self._show, self._me, self._now = lane, show, me, now
        self._ask_path = ask_path
        self._counts = Counts(lane, hub, now, self._came, self._lost)
        self._tab = Tab.NEW
        # As they were typed: what cannot be is not asked for.
        self._since, self._days = "", dict.fromkeys(_USUAL, "")
        self._by: shapes.By = ""
        self._square = squares.BEST
        self._problems: dict[Asked, LumiError] = {}
        self._offline = False
        self._notice: Notice | None = None
        self._chip: SyncChip = sync.chip(Status(), SyncNews())
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_sync(self._heard)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Have the first figures counted."""
        self._look()

    def opened(self, tab: str) -> None:
        """Other figures."""
        if tab != self._tab:
            self._tab, self._notice = Tab(tab), None
            self._look()

    def begun(self, told: str) -> None:
        """The first month, as it is typed; empty is January of last year."""
        self._since = told.strip()
        self._look()

    def reached(self, told: str) -> None:
        """How many days the window has, as they are typed."""
        if self._tab in _USUAL:
            self._days[self._tab] = told.strip()
            self._look()

    def parted(self, by: str) -> None:
        """Newcomers are parted by something else."""
        self._by = "grade" if by == "grade" else "line" if by == "line" else ""
        self._look()

    def chose(self, row: int, column: int) -> None:
        """Another cell of the grid."""
        if (row, column) != self._square:
            self._square = row, column
            self._draw()

    def saved(self) -> None:
        """Write what is shown to a file."""
        found = self._answer()
        if found is None or self._told(found) == Told():
            return
        day, what = local_day(found.at), saying.name(self._tab)
        path = where_to(self._ask_path, Format.CSV, day, what)
        if path is not None:
            headings, rows = sheet(found.told)
            content = as_file(Format.CSV, "", headings, rows)
            self._lane.outside(
                lambda: write(path, content), lambda _: self._written(path), self._not_written
            )

    def asked_again(self) -> None:
        """Count anew what is shown."""
        self._problems.pop(self._asked(), None)
        self._look(anew=True)

    def notice_closed(self) -> None:
        """The notice was read."""
        self._notice = None
        self._draw()

    # What comes.

    def _came(self, asked: Asked) -> None:
        self._offline = False
        self._problems.pop(asked, None)
        self._draw()

    def _lost(self, asked: Asked, problem: LumiError) -> None:
        self._offline = isinstance(problem, HubOutOfReach)
        if not self._offline:
            self._problems[asked] = problem
            if asked == self._asked() and self._answer() is not None:
                self._notice = Notice(sentence(problem), Tone.WARN)
        self._draw()

    def _heard(self, news: SyncNews) -> None:
        """The line is there again, or is not."""
        if news.running:
            return
        was, self._offline = self._offline, isinstance(news.problem, HubOutOfReach)
        if was and not self._offline:
            self._look()
        else:
            self._draw()

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._chip = screen.chip
        self._draw()

    def _written(self, path: Path) -> None:
        self._notice = Notice(tr("Saved: {file}", file=path.name), Tone.GOOD)
        self._draw()

    def _not_written(self, problem: LumiError) -> None:
        self._notice = Notice(sentence(problem), Tone.WARN)
        self._draw()

    # What is asked for.

    def _look(self, *, anew: bool = False) -> None:
        """Show the figures at hand, and have them counted if they were not."""
        if not self._is_wrong():
            self._counts.look(self._asked(), anew=anew)
        self._draw()

    def _asked(self) -> Asked:
        since = _month(self._since)
        days = _whole(self._days.get(self._tab, "")) or _USUAL.get(self._tab, 0)
        match self._tab:
            case Tab.NEW:
                return shapes.CountCohorts(since, self._by, days)
            case Tab.CARDS:
                return shapes.CountRenewals(since, days)
            case Tab.LOSS:
                return shapes.CountLoss(since, days)
            case Tab.GRID:
                return shapes.CountGrid()
            case Tab.VALUE:
                return shapes.CountValue()

    def _answer(self) -> Answer | None:
        return None if self._is_wrong() else self._counts.answer(self._asked())

    def _is_wrong(self) -> bool:
        """Whether something is typed that cannot be asked for."""
        wrong = self._month_problem() or self._days_problem()
        return self._tab in _USUAL and wrong is not None

    def _month_problem(self) -> LumiError | None:
        try:
            first_month(_month(self._since), self._today())
        except NoMonth as problem:
            return problem
        return None

    def _days_problem(self) -> LumiError | None:
        typed = self._days.get(self._tab, "")
        days = _whole(typed) if typed else 1
        if days is None:
            return NoWindow(days=typed, most=MOST_DAYS)
        try:
            NoWindow.unless(days)
        except NoWindow as problem:
            return problem
        return None

    def _today(self) -> date:
        return local_day(self._now())

    # Drawing.

    def _told(self, found: Answer | None) -> Told:
        match found.told if found is not None else None:
            case shapes.CohortsCounted() as told:
                return by_month.cohorts(told)
            case shapes.RenewalsCounted() as told:
                return by_month.renewals(told)
            case shapes.LossCounted() as told:
                return by_month.loss(told)
            case shapes.ValueCounted() as told:
                return saying.value(told)
            case shapes.GridCounted() as told if told.grid:
                return Told(formulas=squares.formulas())
        return Told()

    def _grid(self, found: Answer | None) -> Grid | None:
        told = found.told if found is not None else None
        return squares.grid(told, self._square) if isinstance(told, shapes.GridCounted) else None

    def _draw(self) -> None:
        found = self._answer()
        told, problem = self._told(found), self._problems.get(self._asked())
        at = when(found.at, self._now()) if found is not None else ""
        counting = found is not None and self._counts.is_counting(self._asked())
        self._show(
            Screen(
                title=tr("Figures"),
                left=saying.left(at, counting=counting),
                sync=self._chip,
                person=self._me.name,
                tabs=saying.tabs(self._tab),
                since=self._since_entry(),
                days=self._days_entry(),
                by=saying.ways(self._by) if self._tab is Tab.NEW else (),
                curves=told.curves,
                table=told.table,
                grid=self._grid(found),
                formulas=told.formulas,
                save=tr("Save") if told != Told() else "",
                notice=self._notice,
                offline=saying.away() if self._offline else "",
                empty=self._nothing(found, told, problem),
                retry=tr("Ask again") if problem is not None or self._offline else "",
                keys=saying.keys(self._tab),
            )
        )

    def _nothing(self, found: Answer | None, told: Told, problem: LumiError | None) -> str:
        if self._is_wrong() or told != Told():
            return ""
        if found is not None:
            return saying.nobody(self._tab)
        if self._counts.is_counting(self._asked()):
            return saying.counting()
        return "" if self._offline or problem is None else sentence(problem)

    def _since_entry(self) -> Entry | None:
        if self._tab not in _USUAL:
            return None
        usual = f"{first_month('', self._today()):%Y-%m}"
        problem = self._month_problem()
        told = sentence(problem) if problem is not None else ""
        return Entry(tr("From"), self._since, usual, problem=told)

    def _days_entry(self) -> Entry | None:
        if self._tab not in _USUAL:
            return None
        problem = self._days_problem()
        told = sentence(problem) if problem is not None else ""
        usual = str(_USUAL[self._tab])
        return Entry(tr("Days"), self._days[self._tab], usual, problem=told)


def _plain(typed: str) -> str:
    return "".join(unicodedata.normalize("NFKC", typed).split())


def _month(typed: str) -> str:
    """The month of `2026-1`, `2026/01` or `2026年1月` as in 2026-01; else what was typed."""
    found = _MONTH.fullmatch(_plain(typed))
    return f"{found[1]}-{int(found[2]):02d}" if found else typed


def _whole(typed: str) -> int | None:
    plain = _plain(typed)
    return int(plain) if re.fullmatch(r"\d{1,9}", plain, re.ASCII) else None
