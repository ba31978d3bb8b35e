"""Decides what the screen of assignment shows, and what is asked of the hub. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first. A desk
holds its own customers only: who looks after whom, the hub alone can say and change.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from lumi_desk.clock import Clock, local_day
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.managing import assigning as protocol
from lumi_desk.managing.assigning import (
    HandOverDone,
    HandOverPreviewed,
    HandOverUndone,
    PreviewHandOver,
    RepLoad,
    RepSet,
    RepsListed,
)
from lumi_desk.managing.client import RepsAtHub
from lumi_desk.security.roles import Right, may
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.status import Status
from ui.assigning import drafts, saying
from ui.assigning.drafts import CHOSEN, WAITING, HandOverDraft, LeaveDraft, PlanDraft
from ui.assigning.screen import Preview, Row, Screen
from ui.lane import Lane, SyncNews
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Button, Notice, SyncChip, Tone
from ui.words import sentence, tr, trn

T = TypeVar("T")

SIGNALS = (
    "picked",
    "changed",
    "planned",
    "leaving",
    "did",
    "stayed",
    "undone",
    "plan_put",
    "leave_put",
    "came_back",
    "asked_again",
    "came",
    "notice_closed",
)
# Somebody else was first: what is shown is old.
_CHANGED = ("CustomersMoved", "RepChanged")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What came of a preview: who would go where, or why that could not be asked."""

    asked: PreviewHandOver
    told: HandOverPreviewed | None = None
    problem: LumiError | None = None


class Asking(Enum):
    """What she is asked about before it is done."""

    HAND_OVER = "hand over"
    LEAVE = "leave"
    BACK = "back"


class AssigningPresenter:
    """The reps, one of them chosen, and what is to become of her customers."""

    def __init__(
        self, lane: Lane, show: Callable[[Screen], object], hub: RepsAtHub, me: Me, now: Clock
    ) -> None:
        self._lane, self._show, self._hub, self._me, self._now = lane, show, hub, me, now
        self._listed: RepsListed | None = None
        self._chosen = WAITING
        self._ids: tuple[str, ...] = ()
        self._draft = HandOverDraft()
        self._plan: PlanDraft | None = None
        self._leave: LeaveDraft | None = None
        self._seen: _Seen | None = None
        self._running: PreviewHandOver | None = None
        self._asking: Asking | None = None
        self._busy = self._offline = False
        # Sent again after a lost answer, under the same id it has one effect.
        self._sent: dict[object, str] = {}
        self._notice: Notice | None = None
        self._chip: SyncChip = sync.chip(Status(), SyncNews())
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_sync(self._heard)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Show what is known, and ask."""
        self._draw()
        self.refresh()

    def refresh(self) -> None:
        """Ask the hub for everything anew."""
        self._lane.outside(self._hub.listed, self._read, self._failed)

    def came(self) -> None:
        """The page is seen again; others may have moved customers meanwhile."""
        if self._listed is not None and not self._busy and not self._asking:
            self.refresh()

    def picked(self, rep_id: str) -> None:
        """Another rep, or who waits."""
        if rep_id != self._chosen and not self._busy:
            self._choose(rep_id)
            self._ask()
            self._draw()

    def chose(self, *customer_ids: str) -> None:
        """Customers chosen on another page."""
        if not self._busy:
            self._ids = customer_ids
            self._choose(CHOSEN)
            self._seen = None
            self._ask()
            self._draw()

    def changed(self, name: str, value: str) -> None:
        """Another filter, way, ticked rep or reason."""
        before = self._asked()
        self._asking = None
        self._draft = drafts.changed(self._draft, name, value)
        if self._asked() != before:
            self._ask()
        self._draw()

    def planned(self, name: str, value: str) -> None:
        """Something of whom she takes, as it is typed."""
        rep = self._rep()
        if rep is not None:
            self._plan = drafts.planned(self._plan or drafts.plan_of(rep), name, value)
            self._draw()

    def leaving(self, name: str, value: str) -> None:
        """Something of her leave, as it is typed."""
        rep = self._rep()
        if rep is not None:
            self._asking = None
            self._leave = drafts.leaving(self._leave or drafts.leave_of(rep), name, value)
            self._draw()

    def did(self) -> None:
        """Hand over: first she is asked, then it is done. It is the yes to every question."""
        if self._asking is Asking.LEAVE:
            self.leave_put()
            return
        if self._asking is Asking.BACK:
            self.came_back()
            return
        seen = self._told()
        if seen is None or not self._can_do():
            return
        if self._asking is None:
            self._ask_first(Asking.HAND_OVER)
            return
        asked, why = self._seen.asked if self._seen else None, self._draft.why.strip()
        if asked is None:
            return
        told = protocol.DoHandOver(self._id((asked, seen.mark, why)), asked, seen.mark, why)
        self._send(lambda: self._hub.hand_over(told), self._handed_over)

    def stayed(self) -> None:
        """She says no."""
        self._asking = None
        self._draw()

    def undone(self, hand_over_id: str) -> None:
        """Take a hand-over of today back."""
        told = protocol.UndoHandOver(self._id(("undo", hand_over_id)), hand_over_id)
        self._send(lambda: self._hub.undo(told), self._taken_back)

    def plan_put(self) -> None:
        """Set whom she takes."""
        rep, draft = self._rep(), self._plan
        if rep is None or draft is None:
            return
        most, fits = drafts.most_of(draft.most)
        if not fits:
            return
        told = protocol.SetPlan(
            rep.id,
            rep.mark,
            draft.takes,
            draft.side,  # type: ignore[arg-type]  # One of the choices that were shown.
            tuple(sorted(draft.lines)),  # type: ignore[arg-type]
            tuple(sorted(draft.grades)),  # type: ignore[arg-type]
            most,
        )
        self._send(lambda: self._hub.set_plan(told), self._rep_set)

    def leave_put(self) -> None:
        """Set her leave; first she is asked where her customers go at once."""
        rep, draft, today = self._rep(), self._leave, local_day(self._now())
        days, _ = drafts.days_of(draft, today) if draft else (None, "")
        if rep is None or draft is None or days is None:
            return
        if self._asking is not Asking.LEAVE and drafts.goes_at_once(rep, draft, days, today):
            self._ask_first(Asking.LEAVE)
            return
        wanted = self._id((rep.mark, draft)), rep.id, rep.mark, *days
        told = protocol.SetLeave(*wanted, draft.stand_in, draft.why.strip())
        self._send(lambda: self._hub.set_leave(told), self._rep_set)

    def came_back(self) -> None:
        """She is back, or does not go; first she is asked where customers come back at once."""
        rep = self._rep()
        if rep is not None and rep.first:
            if self._asking is not Asking.BACK and drafts.is_covered(rep):
                self._ask_first(Asking.BACK)
                return
            told = protocol.SetLeave(self._id((rep.mark, "back")), rep.id, rep.mark)
            self._send(lambda: self._hub.set_leave(told), self._rep_set)

    def asked_again(self) -> None:
        """Ask once more."""
        self._seen = None
        self.refresh()

    def notice_closed(self) -> None:
        """The notice was read."""
        self._notice = None
        self._draw()

    # What is known.

    def _rep(self) -> RepLoad | None:
        reps = self._listed.reps if self._listed else ()
        return next((one for one in reps if one.id == self._chosen), None)

    def _choose(self, rep_id: str) -> None:
        self._chosen, self._asking, self._notice = rep_id, None, None
        self._draft, self._plan, self._leave = HandOverDraft(), None, None

    def _read(self, listed: RepsListed) -> None:
        first = self._listed is None
        self._listed, self._offline = listed, False
        if self._rep() is None and (first or self._chosen != WAITING) and self._chosen != CHOSEN:
            self._choose(WAITING if listed.waiting or not listed.reps else listed.reps[0].id)
        # What would move may be something else by now.
        self._seen = None
        self._ask()
        self._draw()

    def _failed(self, problem: LumiError) -> None:
        self._busy = False
        self._note_line(problem)
        if not self._offline:
            self._notice = Notice(sentence(problem), Tone.BAD)
        if problem.code in _CHANGED:
            self._asking = None
            self._plan = self._leave = None
            self.refresh()
        self._draw()

    # Who would move.

    def _asked(self) -> PreviewHandOver | None:
        if self._listed is None:
            return None
        return drafts.asked(self._chosen, self._draft, self._ids)

    def _ask(self) -> None:
        """Ask who would move; while one answer is on its way, the newest question waits for it."""
        asked = self._asked()
        if asked is None or self._running is not None or self._holds() == 0:
            return
        if self._seen is not None and self._seen.asked == asked:
            return
        self._running = asked
        self._lane.outside(
            lambda: self._hub.preview(asked),
            lambda told: self._answered(_Seen(asked, told)),
            lambda problem: self._answered(_Seen(asked, problem=problem)),
        )

    def _answered(self, seen: _Seen) -> None:
        self._running, self._seen = None, seen
        self._note_line(seen.problem)
        self._ask()
        self._draw()

    def _holds(self) -> int:
        """How many customers there are to be handed over."""
        rep = self._rep()
        if self._chosen == CHOSEN:
            return len(self._ids)
        waiting = self._listed.waiting if self._listed else {}
        return rep.holds if rep is not None else sum(waiting.values())

    def _told(self) -> HandOverPreviewed | None:
        """What she has been told of exactly what is chosen now."""
        seen = self._seen
        return seen.told if seen is not None and seen.asked == self._asked() else None

    def _can_do(self) -> bool:
        told = self._told()
        return told is not None and told.moving > 0 and not self._busy

    # Doing.

    def _ask_first(self, asking: Asking) -> None:
        if not self._busy:
            self._asking = asking
            self._draw()

    def _id(self, what: object) -> str:
        return self._sent.setdefault(what, new_id())

    def _send(self, work: Callable[[], T], done: Callable[[T], object]) -> None:
        if self._busy:
            return
        self._asking, self._busy, self._notice = None, True, None
        self._draw()
        self._lane.outside(work, done, self._failed)

    def _handed_over(self, told: HandOverDone) -> None:
        self._draft = replace(self._draft, why="")
        self._is_done(saying.done(told))

    def _taken_back(self, told: HandOverUndone) -> None:
        self._is_done(saying.undone(told))

    def _rep_set(self, told: RepSet) -> None:
        self._plan = self._leave = None
        self._is_done(saying.kept(told))

    def _is_done(self, words: str) -> None:
        self._busy = False
        self._sent.clear()
        self._notice = Notice(words, Tone.GOOD)
        self._lane.sync_now()
        self.refresh()

    # The line.

    def _note_line(self, problem: LumiError | None) -> None:
        self._offline = isinstance(problem, HubOutOfReach)

    def _heard(self, news: SyncNews) -> None:
        """The line is there again, or is not."""
        if news.running:
            return
        was = self._offline
        self._note_line(news.problem)
        if was and not self._offline:
            self.refresh()
        self._draw()

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._chip = screen.chip
        self._draw()

    # Drawing.

    def _draw(self) -> None:
        self._show(self._screen())

    def _screen(self) -> Screen:
        listed, now = self._listed, self._now()
        screen = Screen(
            title=tr("Assignment"),
            left="",
            sync=self._chip,
            person=self._me.name,
            notice=self._notice,
            offline=away() if self._offline else "",
            keys=saying.keys(listed),
        )
        if listed is None:
            return replace(screen, empty="" if self._offline else tr("The hub is being asked …"))
        rep, of_all = self._rep(), may(self._me.role, Right.MANAGE)
        rows = (saying.row(one, of_all=of_all) for one in listed.reps)
        screen = replace(
            screen,
            left=trn("{n} rep", "{n} reps", len(listed.reps)),
            rows=(*self._first_rows(listed), *rows),
            chosen=self._chosen,
            hand_over=saying.hand_over(
                rep,
                listed.reps,
                self._draft,
                self._preview(),
                self._button(),
                waiting=self._chosen == WAITING,
            ),
            history=saying.history(listed, now),
        )
        if rep is None:
            waiting = saying.waiting(listed) if self._chosen == WAITING else None
            return replace(screen, waiting=waiting, confirm=self._confirm())
        plan, leave = self._plan or drafts.plan_of(rep), self._leave or drafts.leave_of(rep)
        put = Button(tr("Set plan"), enabled=self._is_new(rep, plan) and not self._busy)
        return replace(
            screen,
            plan=saying.plan(rep, plan, put) if rep.active else None,
            leave=(
                saying.leave(rep, listed.reps, leave, now, busy=self._busy) if rep.active else None
            ),
            confirm=self._confirm(),
        )

    def _first_rows(self, listed: RepsListed) -> tuple[Row, ...]:
        chosen = (saying.chosen_row(len(self._ids)),) if self._ids else ()
        return (*chosen, saying.waiting_row(listed))

    @staticmethod
    def _is_new(rep: RepLoad, plan: PlanDraft) -> bool:
        return plan != drafts.plan_of(rep) and drafts.most_of(plan.most)[1]

    def _button(self) -> Button:
        told = self._told()
        if self._busy:
            return Button(tr("Being done …"), enabled=False)
        if told is None or not told.moving:
            return Button(tr("Hand over"), enabled=False)
        words = trn("Hand over {n} customer", "Hand over {n} customers", told.moving)
        return Button(words, enabled=self._can_do())

    def _preview(self) -> Preview:
        asked, seen = self._asked(), self._seen
        if self._holds() == 0:
            nobody = tr("She has no customers.") if self._rep() else tr("Nobody waits for a rep.")
            return Preview(nobody)
        if asked is None:
            return Preview(tr("Tick one rep or several: several share them by their plans."))
        if seen is not None and seen.asked == asked:
            if isinstance(seen.problem, HubOutOfReach):
                return Preview(
                    tr("Who would go where only the hub can say."), retry=tr("Ask again")
                )
            if seen.problem is not None:
                return Preview(sentence(seen.problem))
            return saying.preview(seen.told) if seen.told else Preview("")
        if seen is not None and seen.told is not None:
            return saying.preview(seen.told, stale=True)
        return Preview(tr("The hub is being asked …"))

    def _confirm(self) -> Confirm | None:
        told, rep = self._told(), self._rep()
        if self._asking is Asking.HAND_OVER and told is not None:
            return saying.confirm(told, self._draft)
        if rep is None or self._listed is None or self._asking is None:
            return None
        if self._asking is Asking.BACK:
            return saying.confirm_back(rep, self._listed.reps)
        draft = self._leave or drafts.leave_of(rep)
        return saying.confirm_leave(rep, self._listed.reps, draft, self._now())


def away() -> str:
    """What she is told while the line is down."""
    return tr(
        "The hub cannot be reached. Who looks after whom can be seen and changed only when it can."
    )
