"""Brings files to the hub, and hears what it does with them. Knows no Qt."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.managing import imports
from lumi_desk.managing.imports import (
    PIECE,
    ImportAt,
    ImportPlanned,
    ImportsListed,
    ImportWish,
    TablePlan,
    Task,
)
from lumi_desk.managing.imports_client import ImportsAtHub
from lumi_desk.sync.client import HubOutOfReach
from ui.imports import loading, saying
from ui.imports.loading import Job
from ui.lane import Lane
from ui.widgets.values import Notice, Tone
from ui.words import sentence

# After so many ticks without a line it is tried again.
_PAUSE = 4
_OVER = "NoSuchImport"
_STOPPED = "Stopped"
_LOST = (_OVER, "SealBroken", "FileGone", "PieceAstray", "TooLargeToBring")


@dataclass
class State:
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


class Bringing:
    """One import at a time: its files come up, are looked at, tried, imported, or let go of."""

    def __init__(self, lane: Lane, hub: ImportsAtHub) -> None:
        self._lane, self._hub = lane, hub
        self._listed: ImportsListed | None = None
        self._state = State()
        self._offline = False
        self._asked = 0
        self._rests = 0
        self._notice: Notice | None = None

    def _draw(self) -> None:
        raise NotImplementedError

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
            self._ask(lambda: self._hub.at(id_of(state)), self._heard)
        elif not self._is_whole(state.at) and not state.at.over:
            self._bring(state.job, state.at)
        elif not state.tables and not state.at.over:
            self._plan() if state.at.ended else self._work(Task.LOOK)

    # Files on their way.

    def _resume(self, job: Job | None) -> None:
        if job is not None and self._state.job is None:
            self._state = State(job=job)
            self._draw()

    def _take(self, paths: tuple[str, ...], sizes: tuple[int, ...]) -> None:
        job = Job(new_id(), secrets.token_hex(32), paths, sizes)
        self._state = State(job=job)
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
            tone = Tone.INFO if at.problem.code == _STOPPED else Tone.BAD
            self._say(saying.problem(at.problem), tone)
        elif at.ended == Task.LOOK:
            self._plan()
        elif at.result is not None:
            state.result = (Task(at.ended), at.result)
            if at.ended == Task.RUN:
                self._hold(None)
                self._list()
                self._lane.sync_now()

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
        self._state = State()
        self._hold(None)
        self._draw()

    def _hold(self, job: Job | None) -> None:
        self._lane.write(lambda session: loading.hold(session, job))

    def _list(self) -> None:
        self._ask(self._hub.every, self._list_heard)

    def _list_heard(self, told: ImportsListed) -> None:
        self._listed = told
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
        if problem.code in _LOST and state.job is not None and not state.result:
            self._state = State()
            self._hold(None)
        self._say(sentence(problem), Tone.BAD)

    def _say(self, words: str, tone: Tone) -> None:
        self._notice = Notice(words, tone)
        self._draw()


def id_of(state: State) -> str:
    """The id of the import that is being made; empty if there is none."""
    return state.job.id if state.job else ""
