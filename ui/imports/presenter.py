"""Decides what the screen of imports shows, and brings files to the hub. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first. What an
import does, only the hub can say: here are its files, its key, and what was said of its columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lumi_desk.clock import Clock
from lumi_desk.desk import Me
from lumi_desk.exports.export import write
from lumi_desk.managing import imports
from lumi_desk.managing.imports import (
    PIECE,
    ImportAt,
    ImportShown,
    ImportWish,
    ProfileSaved,
    TablePlan,
    Task,
)
from lumi_desk.managing.imports_client import ImportsAtHub
from lumi_desk.sync.status import Status
from ui.imports import loading, saying, telling
from ui.imports.bringing import Bringing, id_of
from ui.imports.loading import Job
from ui.imports.screen import Result, Row, Screen
from ui.lane import Lane, SyncNews
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Badge, Button, SyncChip, Tone
from ui.words import tr, trn

SIGNALS = (
    "picked",
    "chose",
    "pointed",
    "told",
    "table_picked",
    "profile_picked",
    "amounts_picked",
    "shop_written",
    "channel_picked",
    "unit_picked",
    "left_out",
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


class ImportsPresenter(Bringing):
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
        super().__init__(lane, hub)
        self._show, self._me, self._now, self._ask_path = show, me, now, ask_path
        self._shown: dict[str, ImportShown] = {}
        self._chosen = NEW
        self._chip: SyncChip = sync.chip(Status(), SyncNews())
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Show what is known, and go on with what was on its way."""
        self._draw()
        self._list()
        self._lane.read(loading.held, self._resume, key="imports")

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

    def unit_picked(self, unit: str) -> None:
        """The column that is pointed at is counted in this."""
        state, table = self._state, self._table()
        if table is None or not 0 <= state.row < len(table.columns):
            return
        units = {**state.wish.units, table.columns[state.row].name: unit}
        self._wish(replace(state.wish, units=units))

    def table_picked(self, place: str) -> None:
        """Another table."""
        self._state.table, self._state.row = int(place), 0
        self._draw()

    def profile_picked(self, name: str) -> None:
        """Read by a profile, or by none; what was told of columns is forgotten."""
        self._wish(replace(self._state.wish, profile=name, told={}, units={}))

    def amounts_picked(self, whose: str) -> None:
        """Whose the amounts are."""
        self._wish(replace(self._state.wish, amounts=whose))

    def shop_written(self, text: str) -> None:
        """The shop the files come from."""
        self._state.wish = replace(self._state.wish, shop=text)
        self._draw()

    def channel_picked(self, name: str) -> None:
        """Where orders were sold whose file does not say it."""
        self._state.wish = replace(self._state.wish, channel=name)
        self._draw()

    def left_out(self) -> None:
        """The table at hand is not to be read after all, or it is again."""
        table = self._table()
        if table is None or len(self._state.tables) < 2:
            return
        without = {*self._state.wish.without} ^ {table.table}
        self._wish(replace(self._state.wish, without=tuple(sorted(without))))

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
        wish = replace(state.wish, told=_all_of(table), units=_units_of(table))
        asked = imports.SaveProfile(job.id, job.key, table.table, name, wish)
        self._ask(lambda: self._hub.save(asked), lambda told: self._profile_kept(name, table, told))

    def stopped(self) -> None:
        """Stop what is being done."""
        state = self._state
        if state.job is None or state.stopping:
            return
        if state.at is None:
            self._let_go()
            return
        state.stopping = True
        self._ask(lambda: self._hub.stop(id_of(state)), self._stop_heard, self._stop_refused)
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

    # How they are read.

    def _wish(self, wish: ImportWish) -> None:
        self._state.wish, self._state.confirming, self._notice = wish, False, None
        self._plan()
        self._draw()

    def _table(self) -> TablePlan | None:
        state = self._state
        return state.tables[state.table] if state.tables else None

    def _reading(self) -> Any:
        state = self._state
        profiles = self._listed.profiles if self._listed else ()
        return saying.reading(state.tables, state.table, state.row, state.wish, profiles)

    def _is_ready(self) -> bool:
        state = self._state
        idle = state.at is not None and not state.at.doing
        return idle and bool(state.tables) and bool(self._reading().put.enabled)

    def _profile_kept(self, name: str, table: TablePlan, told: ProfileSaved) -> None:
        if self._listed is not None:
            self._listed = replace(self._listed, profiles=told.profiles)
        self._state.naming = None
        # From here on the profile says what she and the guesses said of this table.
        its, wish = {column.name for column in table.columns}, self._state.wish
        others = {one: meaning for one, meaning in wish.told.items() if one not in its}
        units = {one: unit for one, unit in wish.units.items() if one not in its}
        self._wish(replace(wish, profile=name, told=others, units=units))
        self._say(tr("Kept as the profile “{name}”.", name=name), Tone.GOOD)

    # Past imports.

    def _show_past(self, told: ImportShown) -> None:
        self._shown[told.past.run] = told
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
            keys=tr(
                "Up and down, Enter corrects a column, Alt U its unit · Ctrl T tries · Ctrl Enter"
                " imports"
            ),
        )

    def _confirm(self) -> Confirm | None:
        state = self._state
        return saying.confirm(state.tables, state.wish) if state.confirming else None

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


def _all_of(table: TablePlan) -> dict[str, str]:
    """What every column of a table is taken for, as if it had been told."""
    return {one.name: one.meaning or saying.UNUSED for one in table.columns}


def _units_of(table: TablePlan) -> dict[str, str]:
    return {one.name: one.unit for one in table.columns if one.unit}


def _unknown(job: Job) -> ImportAt:
    """An import the hub has not been heard of yet."""
    told = zip(job.paths, job.sizes, strict=True)
    files = tuple(imports.FileAt(Path(path).name, size, 0) for path, size in told)
    return ImportAt(job.id, files)


def away() -> str:
    """What she is told while the line is down."""
    return tr("The hub cannot be reached. It goes on by itself as soon as there is a line.")
