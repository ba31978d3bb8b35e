"""What every part of the rep's presenter stands on: the state, its keeping, doing and undoing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from lumi_desk.calls import service as calls
from lumi_desk.calls.operations import WriteNote
from lumi_desk.calls.underway.rules import UnderWay
from lumi_desk.clock import Clock
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.offers.rules import Baskets
from lumi_desk.operations import Operation
from lumi_desk.scripts import rules as scripts
from lumi_desk.sync import outbox
from lumi_desk.sync.status import Status
from ui.lane import Lane, SyncNews
from ui.sync import presenter as sync
from ui.widgets.values import Notice, Tone
from ui.words import language, sentence, tr
from ui.workspace import loading
from ui.workspace.loading import Chosen, Day
from ui.workspace.saying.whole import screen
from ui.workspace.screen import Screen, Stage
from ui.workspace.state import Desktop

_BASKETS_LAST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Done:
    """What can be undone for ten seconds: the operations, and the call they brought to its end."""

    op_ids: tuple[str, ...]
    call: UnderWay | None


class Base:
    """Holds the state. Nothing is shown as done before it is written."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        me: Me,
        now: Clock,
        copy: Callable[[str], object] = str,
    ) -> None:
        self._lane, self._show, self._now, self._copy = lane, show, now, copy
        self._desk = Desktop(me, sync.chip(Status(), SyncNews()))
        self._pending: dict[str, UnderWay] = {}
        self._keeping = False
        self._saving = False
        self._done: Done | None = None
        self._again: Callable[[], object] | None = None
        self._trouble: LumiError | None = None
        self._wanted = ""
        self._advance_from: str | None = None
        self._starting = True
        self._around: Baskets | None = None
        self._around_at = now()
        self._read_at = now()

    def _draw(self) -> None:
        self._show(screen(self._desk, self._now()))

    # Reading.

    def _refresh(self) -> None:
        """Read the day and the chosen customer again."""
        self._read_at, me, at = self._now(), self._desk.me, self._now()
        self._lane.read(lambda session: loading.day(session, me, at), self._day_read, key="day")
        if self._wanted:
            self._read_chosen()

    def _read_chosen(self) -> None:
        wanted, me, at = self._wanted, self._desk.me, self._now()
        tongue = language().value
        around = self._around if at - self._around_at < _BASKETS_LAST else None

        def work(session: Session) -> Chosen | None:
            return loading.chosen(session, wanted, me, at, tongue, around)

        self._lane.read(work, self._chosen_read, key="chosen")

    def _day_read(self, day: Day) -> None:
        self._desk.day = day
        if self._starting:
            self._starting = False
            if day.under_way and not self._wanted:
                # Wrap-up debt stands first, also after a crash.
                self._choose(day.under_way[0].customer_id)
                return
        if self._advance_from is not None:
            left, self._advance_from = self._advance_from, None
            self._choose(self._next_of(left))
            return
        self._draw()

    def _chosen_read(self, found: Chosen | None) -> None:
        if found is None or found.her.id != self._wanted:
            if found is None:
                self._nobody()
            return
        if found.around is not self._around:
            self._around, self._around_at = found.around, self._now()
        her, before = found.her.id, self._desk.walk
        same = self._desk.chosen is not None and self._desk.chosen.her.id == her
        self._desk.chosen = found
        self._desk.call = self._desk.calls.get(her) or found.call or UnderWay(her, new_id())
        self._desk.calls[her] = self._desk.call
        self._desk.walk = self._walk(found, before.path if same and before else ())
        self._draw()

    def _walk(self, found: Chosen, path: tuple[str, ...]) -> scripts.Walk | None:
        """Where the words stand: as kept, as they stood a moment ago, or at the beginning."""
        call = self._desk.call
        if found.script is None or call is None:
            return None
        return scripts.resume(found.script.script, path or call.path)

    # Choosing.

    def _choose(self, customer_id: str) -> None:
        """Put a customer before the rep; an empty id puts nobody there."""
        if customer_id and customer_id == self._wanted and self._desk.chosen is not None:
            self._draw()
            return
        self._leave()
        self._wanted = customer_id
        if customer_id:
            self._read_chosen()
        else:
            self._nobody()

    def _nobody(self) -> None:
        self._wanted = ""
        self._clear_call()
        self._draw()

    def _clear_call(self) -> None:
        desk = self._desk
        desk.chosen = desk.call = desk.walk = desk.asking = desk.editing = None
        desk.said, desk.hits, desk.faults = "", (), {}

    def _leave(self) -> None:
        """Turn from her: a note written outside a call becomes a note of hers."""
        self._commit_note()
        call = self._desk.call
        if call is not None and not call.is_debt:
            self._desk.calls.pop(call.customer_id, None)
        self._clear_call()

    def _commit_note(self) -> None:
        call = self._desk.call
        if call is None or call.is_debt or not call.note.strip():
            return
        op = WriteNote(
            id=call.contact_id,
            customer_id=call.customer_id,
            by=self._desk.me.person_id,
            at=self._now(),
            words=call.note.strip(),
        )
        fresh = UnderWay(call.customer_id, new_id())
        self._desk.calls[call.customer_id] = self._desk.call = fresh
        self._lane.do(op, done=lambda _: self._drop(call), failed=self._failed)

    def _next_of(self, customer_id: str) -> str:
        """Who comes next on the list."""
        rows = self._desk.day.today.rows if self._desk.day else ()
        ids = [one.customer.id for one in rows if one.customer.id != customer_id]
        return ids[0] if ids else ""

    # Keeping what is typed.

    def _change(self, call: UnderWay) -> None:
        """The call is now like this: keep it and show it."""
        self._put(call)
        self._draw()

    def _put(self, call: UnderWay) -> None:
        self._desk.call = self._desk.calls[call.customer_id] = call
        self._pending[call.customer_id] = call
        if not self._keeping:
            self._flush()

    def _flush(self) -> None:
        """Write what changed since the last write began: at most one write is under way."""
        batch, self._pending, at = self._pending, {}, self._now()
        self._keeping = True

        def work(session: Session) -> None:
            for call in batch.values():
                calls.keep(session, call, at)

        self._lane.write(work, done=self._kept, failed=self._not_kept)

    def _kept(self, _: None) -> None:
        self._keeping = False
        if self._pending:
            self._flush()

    def _not_kept(self, problem: LumiError) -> None:
        self._keeping = False
        for call in self._desk.calls.values():
            self._pending.setdefault(call.customer_id, call)
        self._failed(problem, self._flush)

    def _drop(self, call: UnderWay) -> None:
        """Forget a call that is saved; a newer one with her stays."""
        her = call.customer_id
        newer = self._desk.calls.get(her)
        if newer is not None and newer.contact_id != call.contact_id and not newer.is_empty:
            return
        self._pending.pop(her, None)
        self._lane.write(lambda session: calls.drop(session, her), failed=self._failed)

    # Doing and undoing.

    def _do(self, *ops: Operation, said: str, before: UnderWay, advance: bool) -> None:
        """Carry out operations that can be undone for ten seconds, then say so."""
        if self._saving:
            return
        self._saving = True

        def done(_: None) -> None:
            self._saving = False
            self._done = Done(tuple(op.id for op in ops), before if advance else None)
            until = self._now() + outbox.UNDO_LASTS
            self._desk.toast = Notice(said, Tone.GOOD, tr("Undo"), until)
            self._desk.problem = None
            if advance:
                self._finish(before)
            else:
                self._refresh()

        self._lane.do(*ops, done=done, failed=self._not_done, hold=True)

    def _finish(self, call: UnderWay) -> None:
        """Her call is over and saved: go on to whoever is next."""
        self._desk.calls.pop(call.customer_id, None)
        self._drop(call)
        self._clear_call()
        self._wanted = self._desk.searching = ""
        self._advance_from = call.customer_id
        self._refresh()

    def _not_done(self, problem: LumiError) -> None:
        self._saving = False
        self._failed(problem)

    def undone(self) -> None:
        """Take back what was saved in the last ten seconds."""
        done, self._done = self._done, None
        if done is None:
            return
        at = self._now()

        def work(session: Session) -> None:
            outbox.undo(session, done.op_ids)
            if done.call is not None:
                calls.keep(session, done.call, at)

        self._lane.write(work, done=lambda _: self._put_back(done.call), failed=self._failed)

    def _put_back(self, finished: UnderWay | None) -> None:
        self._desk.toast = None
        call = self._desk.call
        if finished is None:
            if call is not None and call.complaint:
                self._put(replace(call, complaint=False))
            self._refresh()
            return
        self._leave()
        self._desk.calls[finished.customer_id] = finished
        self._wanted = finished.customer_id
        self._refresh()

    def _failed(self, problem: LumiError, again: Callable[[], object] | None = None) -> None:
        self._again, self._trouble = again, problem
        self._desk.toast = None
        self._say_trouble()
        self._draw()

    def _say_trouble(self) -> None:
        """The problem in the language in use."""
        if self._trouble is not None:
            button = tr("Try again") if self._again else ""
            self._desk.problem = Notice(sentence(self._trouble), Tone.BAD, button)

    def _complain(self, words: str) -> None:
        """Say why something cannot be done now."""
        self._again = self._trouble = None
        self._desk.problem = Notice(words, Tone.WARN)
        self._draw()

    def _stage(self) -> Stage:
        return self._desk.stage

    def _fill(self, **values: object) -> None:
        """Change the wrap-up form."""
        call = self._desk.call
        if call is not None:
            form = replace(call.form, **values)  # type: ignore[arg-type]
            self._change(replace(call, form=form))
