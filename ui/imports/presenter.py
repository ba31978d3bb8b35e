"""Decides what the screen of imports shows, and brings files to the hub. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first. What an
import does, only the hub can say: here are its files, its key, and what was said of its columns.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lumi_desk.clock import Clock
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.exports.export import write
from lumi_desk.ids import new_id
from lumi_desk.managing import imports
from lumi_desk.managing.imports import (
    PIECE,
    ImportAt,
    ImportPlanned,
    ImportShown,
    ImportsListed,
    ImportWish,
    ProfileSaved,
    TablePlan,
    Task,
)
from lumi_desk.managing.imports_client import ImportsAtHub
from lumi_desk.sync.client import HubOutOfReach, HubSaid
from lumi_desk.sync.status import Status
from ui.imports import loading, saying, telling
from ui.imports.loading import Job
from ui.imports.screen import Button, Confirm, Result, Row, Screen
from ui.lane import Lane, SyncNews
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.values import Badge, Notice, SyncChip, Tone
from ui.words import sentence, tr, trn

SIGNALS = (
    "picked",
    "chose",
    "pointed",
    "told",
    "table_picked",
    "profile_picked",
    "amounts_picked",
    "shop_written",
    "attempted",
    "put",
    "stayed",
    "named",
    "name_written",
    "kept",
    "stopped",
    "started_over",
    "went_back",
    "saved",
    "notice_closed",
)
NEW = "new"
# After so many ticks without a line it is tried again.
_PAUSE = 4
_OVER = "NoSuchImport"


@dataclass
class _State:
    """The import that is being made, as far as it has come."""

    job: Job | None = None
    at: ImportAt | None = None
    tables: tuple[TablePlan, ...] = ()
    wish: ImportWish = field(default_factory=ImportWish)
    table: int = 0
    row: int = 0
    result: tuple[Task, dict[str, Any]] | None = None
    confirming: bool = False
    naming: str | None = None
    stopping: bool = False


class ImportsPresenter:
    """The imports there were, and one that is being made."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        hub: ImportsAtHub,
        me: Me,
        now: Clock,
        ask_path: Callable[[str], str],
    ) -> None:
        self._lane, self._show, self._hub, self._me, self._now = lane, show, hub, me, now
        self._ask_path = ask_path
        self._listed: ImportsListed | None = None
        self._shown: dict[str, ImportShown] = {}
        self._chosen = NEW
        self._state = _State()
        self._offline = False
        self._asked = 0
        self._rests = 0
        self._notice: Notice | None = None
        self._chip: SyncChip = sync.chip(Status(), SyncNews())
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Show what is known, and go on with what was on its way."""
        self._draw()
        self._list()
        self._lane.read(loading.held, self._resume, key="imports")

    def tick(self) -> None:
        """Go on: called now and then."""
        if self._asked:
            return
        if self._rests:
            self._rests -= 1
            return
        if self._listed is None:
            self._list()
        state = self._state
        if state.job is None:
            return
        if state.at is None:
            self._begin_there(state.job)
        elif state.at.doing:
            self._ask(lambda: self._hub.at(_id(state)), self._heard)
        elif not self._is_whole(state.at) and not state.at.over:
            self._bring(state.job, state.at)
        elif not state.tables and not state.at.over:
            self._plan() if state.at.ended else self._work(Task.LOOK)

    def picked(self, name: str) -> None:
        """The new import, or one of those there were."""
        if name == self._chosen:
            return
        self._chosen, self._notice = name, None
        self._state.confirming, self._state.naming = False, None
        if name != NEW and name not in self._shown:
            self._ask(lambda: self._hub.show(name), self._show_past)
        self._draw()

    def chose(self, paths: Sequence[str]) -> None:
        """These files are to be imported."""
        if not paths or self._state.job is not None:
            return
        self._chosen, self._notice = NEW, None
        found = tuple(paths)

        def work() -> tuple[int, ...]:
            return loading.sizes(found)

        self._ask(work, lambda sizes: self._take(found, sizes))

    def pointed(self, row: int) -> None:
        """A column of the table."""
        if row != self._state.row:
            self._state.row = row
            self._draw()

    def told(self, meaning: str) -> None:
        """The column that is pointed at means this."""
        state = self._state
        table = self._table()
        if table is None or not 0 <= state.row < len(table.columns):
            return
        told = dict(state.wish.told)
        column = table.columns[state.row]
        if meaning != saying.UNUSED:
            # A field is in one column: it leaves the one it was in.
            for other in table.columns:
                if other.meaning == meaning and other.name != column.name:
                    told[other.name] = saying.UNUSED
        told[column.name] = meaning
        self._wish(replace(state.wish, told=told))

    def table_picked(self, place: str) -> None:
        """Another table."""
        self._state.table, self._state.row = int(place), 0
        self._draw()

    def profile_picked(self, name: str) -> None:
        """Read by a profile, or by none; what was told of columns is forgotten."""
        self._wish(replace(self._state.wish, profile=name, told={}))

    def amounts_picked(self, whose: str) -> None:
        """Whose the amounts are."""
        self._wish(replace(self._state.wish, amounts=whose))

    def shop_written(self, text: str) -> None:
        """The shop the files come from."""
        self._state.wish = replace(self._state.wish, shop=text)
        self._draw()

    def attempted(self) -> None:
        """Import for show."""
        if self._is_ready():
            self._work(Task.TRY)

    def put(self) -> None:
        """Import: first she is told what, then it happens."""
        if not self._is_ready():
            return
        if not self._state.confirming:
            self._state.confirming, self._notice = True, None
            self._draw()
            return
        self._work(Task.RUN)

    def stayed(self) -> None:
        """She says no."""
        self._state.confirming, self._state.naming = False, None
        self._draw()

    def named(self) -> None:
        """How the table is read is to be kept: ask under which name."""
        if self._table() is not None:
            self._state.naming = self._state.wish.profile
            self._state.confirming = False
            self._draw()

    def name_written(self, text: str) -> None:
        """The name as it is typed."""
        self._state.naming = text
        self._draw()

    def kept(self) -> None:
        """Keep it under that name."""
        state, table = self._state, self._table()
        if state.job is None or table is None or state.naming is None:
            return
        job, name = state.job, state.naming.strip()
        wish = replace(state.wish, told=_all_of(table))
        asked = imports.SaveProfile(job.id, job.key, table.table, name, wish)
        self._ask(lambda: self._hub.save(asked), lambda told: self._profile_kept(name, told))

    def stopped(self) -> None:
        """Stop what is being done."""
        state = self._state
        if state.job is None or state.stopping:
            return
        if state.at is None:
            self._let_go()
            return
        state.stopping = True
        self._ask(lambda: self._hub.stop(_id(state)), self._stop_heard, self._stop_refused)
        self._draw()

    def started_over(self) -> None:
        """Choose other files: these are let go of."""
        if self._state.at is not None and self._state.at.doing:
            return
        self.stopped()

    def went_back(self) -> None:
        """From a trial back to the columns; from an import to the next one."""
        result = self._state.result
        if result is not None and result[0] is Task.RUN:
            self._let_go()
            return
        self._state.result = None
        self._draw()

    def saved(self, name: str = "") -> None:
        """Save the rows of the result as a file, where she says."""
        result = self._result()
        if result is None or not result.sheets:
            return
        path = self._ask_path(tr("import-rows.csv"))
        if not path:
            return
        sheets = tuple(one for one in result.sheets if name in ("", one.name))
        self._lane.outside(
            lambda: write(Path(path), telling.as_csv(sheets)),
            lambda _: self._say(tr("Saved: {file}", file=Path(path).name), Tone.GOOD),
            self._refused,
        )

    def notice_closed(self) -> None:
        """The notice was read."""
        self._notice = None
        self._draw()

    # Files on their way.

    def _resume(self, job: Job | None) -> None:
        if job is not None and self._state.job is None:
            self._state = _State(job=job)
            self._draw()

    def _take(self, paths: tuple[str, ...], sizes: tuple[int, ...]) -> None:
        job = Job(new_id(), secrets.token_hex(32), paths, sizes)
        self._state = _State(job=job)
        self._hold(job)
        self._begin_there(job)

    def _begin_there(self, job: Job) -> None:
        if job.begun:
            self._ask(lambda: self._hub.at(job.id), self._heard)
            return
        files = tuple(
            imports.FileTold(Path(path).name[-200:], size)
            for path, size in zip(job.paths, job.sizes, strict=True)
        )
        asked = imports.BeginImport(job.id, files)
        self._ask(lambda: self._hub.begin(asked), self._begun)

    def _begun(self, at: ImportAt) -> None:
        if self._state.job is not None:
            self._state.job = self._state.job.going()
            self._hold(self._state.job)
        self._heard(at)

    @staticmethod
    def _is_whole(at: ImportAt) -> bool:
        return all(one.pieces * PIECE >= one.size for one in at.files)

    def _bring(self, job: Job, at: ImportAt) -> None:
        """Bring up the next piece that is missing."""
        file = next(n for n, one in enumerate(at.files) if one.pieces * PIECE < one.size)
        place = at.files[file].pieces

        def work() -> ImportAt:
            body = loading.piece(job.paths[file], job.sizes[file], place, PIECE)
            return self._hub.bring(imports.BringPiece(job.id, job.key, file, place, body))

        self._ask(work, self._heard)

    def _heard(self, at: ImportAt) -> None:
        """How the import stands now, and what comes next."""
        state = self._state
        if state.job is None or at.id != state.job.id:
            return
        before, state.at = state.at, at
        worked = before is None or bool(before.doing)
        if at.doing or not worked or not at.ended:
            if not at.doing and not at.ended and not at.over:
                self._next()
        else:
            self._came_of(at)
        self._draw()

    def _next(self) -> None:
        """Go on at once where nothing has to be waited for."""
        self._lane.post(self.tick)

    def _came_of(self, at: ImportAt) -> None:
        """A task has ended."""
        state = self._state
        state.stopping = False
        if at.problem is not None:
            if at.over or at.ended == Task.LOOK:
                self._let_go()
                self._lane.outside(lambda: self._hub.stop(at.id), None, lambda _: None)
            self._say(sentence(HubSaid(at.problem)), Tone.BAD)
        elif at.ended == Task.LOOK:
            self._plan()
        elif at.result is not None:
            state.result = (Task(at.ended), at.result)
            if at.ended == Task.RUN:
                self._hold(None)
                self._list()
                self._lane.sync_now()

    # How they are read.

    def _wish(self, wish: ImportWish) -> None:
        self._state.wish, self._state.confirming, self._notice = wish, False, None
        self._plan()
        self._draw()

    def _plan(self) -> None:
        state = self._state
        if state.job is None:
            return
        asked = imports.PlanImport(state.job.id, state.job.key, state.wish)
        self._ask(lambda: self._hub.plan(asked), self._planned)

    def _planned(self, told: ImportPlanned) -> None:
        self._state.tables = told.tables
        self._state.table = min(self._state.table, len(told.tables) - 1)
        self._draw()

    def _table(self) -> TablePlan | None:
        state = self._state
        return state.tables[state.table] if state.tables else None

    def _reading(self) -> Any:
        state = self._state
        profiles = self._listed.profiles if self._listed else ()
        told = saying.reading(state.tables, state.table, state.row, state.wish, profiles)
        table = state.tables[state.table]
        if table.problem is not None:
            told = replace(told, problem=sentence(HubSaid(table.problem)))
        return told

    def _is_ready(self) -> bool:
        state = self._state
        idle = state.at is not None and not state.at.doing
        return idle and bool(state.tables) and bool(self._reading().put.enabled)

    def _work(self, task: Task) -> None:
        state = self._state
        if state.job is None:
            return
        state.confirming, state.naming, state.result, self._notice = False, None, None, None
        wish = replace(state.wish, confirmed=task is not Task.LOOK)
        asked = imports.WorkImport(state.job.id, state.job.key, task, wish)
        self._ask(lambda: self._hub.work(asked), self._working)
        self._draw()

    def _working(self, at: ImportAt) -> None:
        """It has begun; a short one may have ended already."""
        self._state.at = at
        self._draw()

    def _profile_kept(self, name: str, told: ProfileSaved) -> None:
        if self._listed is not None:
            self._listed = replace(self._listed, profiles=told.profiles)
        self._state.naming = None
        self._say(tr("Kept as the profile “{name}”.", name=name), Tone.GOOD)

    # The end of one.

    def _stop_heard(self, at: ImportAt) -> None:
        if at.over:
            self._let_go()
        else:
            self._heard(at)

    def _stop_refused(self, problem: LumiError) -> None:
        self._state.stopping = False
        if problem.code == _OVER:
            self._let_go()
        else:
            self._refused(problem)

    def _let_go(self) -> None:
        self._state = _State()
        self._hold(None)
        self._draw()

    def _hold(self, job: Job | None) -> None:
        self._lane.write(lambda session: loading.hold(session, job))

    # Past imports.

    def _list(self) -> None:
        self._ask(self._hub.every, self._list_heard)

    def _list_heard(self, told: ImportsListed) -> None:
        self._listed = told
        self._draw()

    def _show_past(self, told: ImportShown) -> None:
        self._shown[told.past.run] = told
        self._draw()

    # Asking the hub. While an answer is on its way nothing is asked by itself.

    def _ask(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[LumiError], object] | None = None,
    ) -> None:
        self._asked += 1

        def answered(told: Any) -> None:
            self._asked -= 1
            self._offline, self._rests = False, 0
            done(told)

        def refused(problem: LumiError) -> None:
            self._asked -= 1
            (failed or self._refused)(problem)

        self._lane.outside(work, answered, refused)

    def _refused(self, problem: LumiError) -> None:
        self._offline = isinstance(problem, HubOutOfReach)
        if self._offline or problem.code == "Busy":
            self._rests = _PAUSE
            self._draw()
            return
        state = self._state
        lost = problem.code in (_OVER, "SealBroken", "FileGone", "PieceAstray", "TooLargeToBring")
        if lost and state.job is not None and not state.result:
            self._state = _State()
            self._hold(None)
        self._say(sentence(problem), Tone.BAD)

    def _say(self, words: str, tone: Tone) -> None:
        self._notice = Notice(words, tone)
        self._draw()

    # Drawing.

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._chip = screen.chip
        self._draw()

    def _draw(self) -> None:
        self._show(self._screen())

    def _screen(self) -> Screen:
        past = self._listed.imports if self._listed else ()
        rows = (self._new_row(), *(telling.row(one, self._now()) for one in past))
        screen = Screen(
            title=tr("Imports"),
            left=trn("{n} import", "{n} imports", len(past)) if self._listed else "",
            sync=self._chip,
            person=self._me.name,
            rows=rows,
            chosen=self._chosen,
            notice=self._notice,
            offline=away() if self._offline else "",
        )
        if self._chosen != NEW:
            return replace(screen, result=self._result())
        return self._of_new(screen)

    def _new_row(self) -> Row:
        state = self._state
        if state.job is None:
            return Row(NEW, tr("New import"), tr("Choose files"))
        names = tr(", ").join(telling.short(Path(one).name) for one in state.job.paths)
        badge = None
        if state.at is None or state.at.doing or not self._is_whole(state.at):
            badge = Badge(tr("At work"), Tone.BRAND, solid=True)
        return Row(NEW, tr("New import"), names, badge)

    def _of_new(self, screen: Screen) -> Screen:
        state = self._state
        if state.job is None:
            return replace(screen, start=saying.start(), keys=tr("Alt O chooses files"))
        if state.result is not None:
            return replace(screen, result=self._result())
        if state.at is None or not self._is_whole(state.at):
            at = state.at or _unknown(state.job)
            return replace(screen, working=saying.coming(at, PIECE))
        if state.at.doing or not state.tables:
            working = saying.at_work(state.at, stopping=state.stopping)
            return replace(screen, working=working)
        return replace(
            screen,
            reading=self._reading(),
            confirm=self._confirm(),
            naming=saying.naming(state.naming) if state.naming is not None else None,
            keys=tr("Up and down, Enter corrects a column · Ctrl T tries · Ctrl Enter imports"),
        )

    def _confirm(self) -> Confirm | None:
        return saying.confirm(self._state.tables) if self._state.confirming else None

    def _result(self) -> Result | None:
        if self._chosen != NEW:
            told = self._shown.get(self._chosen)
            return telling.past(told.past, told.report, self._now()) if told else None
        if self._state.result is None:
            return None
        task, report = self._state.result
        if task is Task.TRY:
            return telling.tried(report, Button(tr("Back to the columns")))
        return telling.done(report, Button(tr("Next import")))


def _id(state: _State) -> str:
    return state.job.id if state.job else ""


def _all_of(table: TablePlan) -> dict[str, str]:
    """What every column of a table is taken for, as if it had been told."""
    return {one.name: one.meaning or saying.UNUSED for one in table.columns}


def _unknown(job: Job) -> ImportAt:
    """An import the hub has not been heard of yet."""
    told = zip(job.paths, job.sizes, strict=True)
    files = tuple(imports.FileAt(Path(path).name, size, 0) for path, size in told)
    return ImportAt(job.id, files)


def away() -> str:
    """What she is told while the line is down."""
    return tr("The hub cannot be reached. It goes on by itself as soon as there is a line.")
