"""What is done to many customers at once, its undoing, and the way out as a file. Knows no Qt."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from lumi_desk.clock import Clock, local_day
from lumi_desk.customers.listing.rules import Listed, Page
from lumi_desk.customers.tags.operations import AddTag, RemoveTag
from lumi_desk.desk import Me
from lumi_desk.errors import N_, LumiError
from lumi_desk.exports.export import as_file, write
from lumi_desk.exports.operations import LogExport
from lumi_desk.exports.rules import Format, require_reason, room
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.sync import outbox
from ui.customers import asking as asks
from ui.customers import saying
from ui.customers.filing import where_to
from ui.customers.loading import Leave, leave
from ui.customers.screen import Screen
from ui.customers.state import MOST_AT_ONCE, Asking, Question, State
from ui.customers.viewing import Views
from ui.lane import Lane
from ui.widgets.values import Notice, SyncChip, Tone
from ui.words import sentence, tr, trn

_DAYS = re.compile(r"(?P<since>\d{0,4})[-–—~至到](?P<until>\d{0,4})", re.ASCII)
_MOST_WORDS = 400


class NotDays(LumiError):
    """A text that says no days."""

    title = N_("“{told}” says no days")
    advice = N_("Write from – to, as in 60-90, 60- or -30.")


class DaysTurned(LumiError):
    """More days first than last: that would be nobody."""

    title = N_("“{told}” has the greater number first")
    advice = N_("Write the fewer days first, as in 60-90.")


class Doing:
    """Asks first what is to be done to whom, does it in one transaction, takes it back."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        me: Me,
        now: Clock,
        ask_path: Callable[[str], str],
        chip: SyncChip,
    ) -> None:
        self._lane, self._show, self._now, self._ask_path = lane, show, now, ask_path
        self._state = State(me, chip)
        self._views = Views(lane, Page.OWN, now)
        # How what was done last is taken back.
        self._undo: Callable[[], object] | None = None
        self._busy = False

    def look(self) -> None:
        """Find whoever fits, anew."""
        raise NotImplementedError

    def _draw(self) -> None:
        self._show(saying.screen(self._state, self._now()))

    # Asking.

    def acted(self, name: str) -> None:
        """One of the actions below the list."""
        question = Question(name)
        if question is Question.EXPORT:
            who, now = self._state.me.person_id, self._now()
            self._lane.read(
                lambda session: leave(session, who, now),
                self._may_export,
                key="leave",
                failed=self._failed,
            )
        else:
            self._ask(question)

    def ask_chosen(self, name: str) -> None:
        """A tag of those there are, or how to export."""
        asking = self._state.asking
        if asking is None:
            return
        if asking.question is not Question.EXPORT:
            self.ask_written(name)
        elif name in set(Format):
            self._change(replace(asking, format=Format(name)))
        else:
            self._change(replace(asking, whole=name == asks.WHOLE, problem=None))

    def ask_written(self, text: str) -> None:
        """What stands in the line so far."""
        if self._state.asking is not None:
            self._change(replace(self._state.asking, text=text, problem=None))

    def ask_confirmed(self) -> None:
        """Do what was asked."""
        asking = self._state.asking
        if asking is None or self._busy:
            return
        try:
            _ANSWERS[asking.question](self, asking)
        except LumiError as problem:
            self._change(replace(asking, problem=problem))

    def ask_closed(self) -> None:
        """Nothing is done."""
        self._state.asking = None
        self._draw()

    def _ask(self, question: Question) -> None:
        self._state.asking = Asking(question, self._state.whom)
        self._draw()

    def _change(self, asking: Asking) -> None:
        self._state.asking = asking
        self._draw()

    # Tags.

    def _tag(self, asking: Asking) -> None:
        name = asks.tag_of(asking)
        changing, _ = asks.preview(asking)
        if not changing or len(changing) > MOST_AT_ONCE:
            return
        adding = asking.question is Question.TAG
        ops = tuple(self._op(one, name, adding=adding) for one in changing)
        said = asks.done(asking.question, name, len(ops))
        self._busy = True
        self._lane.do(*ops, done=lambda _: self._did(ops, said), failed=self._failed, hold=True)

    def _op(self, one: Listed, name: str, *, adding: bool) -> Operation:
        kind = AddTag if adding else RemoveTag
        by = self._state.me.person_id
        return kind(id=new_id(), customer_id=one.id, by=by, at=self._now(), name=name)

    def _did(self, ops: tuple[Operation, ...], said: str) -> None:
        self._busy = False
        self._state.asking = self._state.problem = None
        self._state.marked = frozenset()
        toast = Notice(said, Tone.GOOD, tr("Undo"), self._now() + outbox.UNDO_LASTS)
        self._offer(toast, partial(self._take_back, tuple(op.id for op in ops)))

    def _offer(self, toast: Notice, undo: Callable[[], object]) -> None:
        self._state.toast, self._undo = toast, undo
        self._draw()

    def undone(self) -> None:
        """Take all of it back."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    def _take_back(self, done: tuple[str, ...]) -> None:
        self._lane.write(lambda session: outbox.undo(session, done), self._taken_back, self._failed)

    def _taken_back(self, _: None) -> None:
        self._state.toast = None
        self._draw()

    def toast_closed(self) -> None:
        """The toast goes, and with it the undo."""
        self._state.toast = self._undo = None
        self._draw()

    def problem_closed(self) -> None:
        """The problem was read."""
        self._state.problem = None
        self._draw()

    def _failed(self, problem: LumiError) -> None:
        self._busy = False
        self._state.asking = self._state.toast = None
        self._state.problem = Notice(sentence(problem), Tone.BAD)
        self._draw()

    # Views and days.

    def _keep_view(self, asking: Asking) -> None:
        state = self._state
        self._views.keep(
            asking.text, state.filter, state.order, {}, self._named, partial(self._unfit, asking)
        )

    def _rename_view(self, asking: Asking) -> None:
        self._views.rename(self._state.view, asking.text, self._named, partial(self._unfit, asking))

    def _named(self, name: str) -> None:
        self._state.view, self._state.asking = name, None
        self.look()

    def _unfit(self, asking: Asking, problem: LumiError) -> None:
        self._change(replace(asking, problem=problem))

    def _filter_days(self, asking: Asking) -> None:
        plain = "".join(unicodedata.normalize("NFKC", asking.text).split())
        found = _DAYS.fullmatch(plain.replace("天", ""))
        if found is None or not (found["since"] or found["until"]):
            raise NotDays(told=asking.text.strip()[:40])
        since, until = (int(text) if text else None for text in found.groups())
        if since is not None and until is not None and since > until:
            raise DaysTurned(told=asking.text.strip()[:40])
        self._state.filter = replace(self._state.filter, quiet_from=since, quiet_to=until)
        self._state.asking, self._state.view = None, ""
        self.look()

    # Exports.

    def _may_export(self, found: Leave) -> None:
        about = self._state.whom
        try:
            many = room(found.settings, self._state.me.role, found.done_today, len(about))
        except LumiError as problem:
            self._failed(problem)
            return
        self._change(Asking(Question.EXPORT, about, leave=found, room=many))

    def _export(self, asking: Asking) -> None:
        """Ask where to, write it down, and only then write the file."""
        if asking.leave is None:
            return
        if asking.whole:
            require_reason(asking.leave.settings, self._state.me.role, asking.text)
        path = where_to(self._ask_path, asking.format, local_day(self._now()))
        if path is None:
            return
        self._busy = True
        if asking.logged == asking.to_log():
            self._write(asking, path)
            return
        op = LogExport(
            id=new_id(),
            by=self._state.me.person_id,
            at=self._now(),
            format=asking.format,
            rows=asking.room,
            phones=asking.whole,
            reason=asking.text.strip()[:_MOST_WORDS],
            what=saying.said(self._state.filter)[:_MOST_WORDS],
        )
        logged = replace(asking, logged=asking.to_log())
        self._lane.do(op, done=lambda _: self._write(logged, path), failed=self._failed)

    def _write(self, asking: Asking, path: Path) -> None:
        now, rows, days = self._now(), asking.about[: asking.room], self._state.half_year
        headings = saying.headings_of_file(days)
        lines = [saying.line_of_file(one, days, now, whole=asking.whole) for one in rows]
        title = tr("Customers")
        self._lane.outside(
            lambda: write(path, as_file(asking.format, title, headings, lines)),
            lambda _: self._written(len(rows), path),
            lambda problem: self._not_written(asking, problem),
        )

    def _not_written(self, asking: Asking, problem: LumiError) -> None:
        """The question stays, with what she wrote, unless she has closed it."""
        self._busy = False
        if self._state.asking is None:
            self._failed(problem)
        else:
            self._change(replace(asking, problem=problem))

    def _written(self, many: int, path: Path) -> None:
        self._busy = False
        self._state.asking = self._state.problem = None
        said = trn("{n} customer is in {file}", "{n} customers are in {file}", many, file=path.name)
        until = self._now() + outbox.UNDO_LASTS
        self._state.toast, self._undo = Notice(said, Tone.GOOD, until=until), None
        self._draw()


_ANSWERS: dict[Question, Callable[[Doing, Asking], None]] = {
    Question.TAG: Doing._tag,
    Question.UNTAG: Doing._tag,
    Question.VIEW: Doing._keep_view,
    Question.RENAME: Doing._rename_view,
    Question.DAYS: Doing._filter_days,
    Question.EXPORT: Doing._export,
}
