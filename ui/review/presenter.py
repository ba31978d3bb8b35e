"""Decides what the screen of likely pairs shows, and what becomes of a word. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first. Only the
hub can compare everybody with everybody, so without it there is nothing to decide here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from lumi_desk.clock import Clock
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.managing.client import PairsAtHub
from lumi_desk.managing.review import (
    Becomes,
    Decision,
    LikelyPair,
    NumberShared,
    NumbersListed,
    PairDone,
    PairShown,
    PairsListed,
    SaidListed,
    SayOne,
    SayTwo,
)
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.status import Status
from ui.lane import Lane, SyncNews
from ui.review import saying
from ui.review.screen import Detail, Screen, Tab
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.widgets.values import Notice, Row, SyncChip, Tone
from ui.words import sentence, tr, trn

SIGNALS = ("opened", "picked", "decided", "agreed", "stayed", "undid", "asked_again",
           "came", "notice_closed")  # fmt: skip
_DECIDED, _CHANGED = "PairDecided", "PairChanged"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a list stands: its page's end, and whether it has been fetched at all."""

    more: str = ""
    known: bool = False


class ReviewPresenter:
    """The three lists, and what was chosen in the one at hand."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        hub: PairsAtHub,
        me: Me,
        now: Clock,
    ) -> None:
        self._lane, self._show, self._hub, self._me, self._now = lane, show, hub, me, now
        self._tab = Tab.PAIRS
        self._pairs: list[LikelyPair] = []
        self._said: list[Decision] = []
        self._numbers: list[NumberShared] = []
        self._places = dict.fromkeys(Tab, _Place())
        self._chosen = dict.fromkeys(Tab, "")
        self._waiting: int | None = None
        self._comparing = 0
        self._shared: int | None = None
        self._shown: dict[str, PairShown] = {}
        self._asking: Tab | None = None
        self._fetching = ""
        # Of which pair, and what would come of it: another pair that comes up is not asked about.
        self._confirming: tuple[str, Becomes] | None = None
        self._sending = False
        # By pair and word, the id it was sent under: sent again, it has one effect.
        self._ids: dict[tuple[str, str], str] = {}
        self._last = ""
        self._offline = False
        self._problem = ""
        self._notice: Notice | None = None
        self._chip: SyncChip = sync.chip(Status(), SyncNews())
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_sync(self._heard)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Show what is known, and ask for the pairs."""
        self._draw()
        self._ask(Tab.PAIRS)

    def opened(self, tab: str) -> None:
        """Another list."""
        if tab != self._tab and not self._sending:
            self._tab, self._confirming, self._problem = Tab(tab), None, ""
            if not self._places[self._tab].known or self._tab is Tab.SAID:
                self._ask(self._tab)
            self._draw()

    def picked(self, name: str) -> None:
        """Another line of the list."""
        if name != self._chosen[self._tab] and not self._sending:
            self._choose(name)
            self._draw()

    def decided(self, name: str) -> None:
        """One person, keeping a side: she is told first what happens. Two people: done at once."""
        if name == saying.UNDO:
            self._take_back(self._chosen[Tab.SAID])
            return
        pair, shown = self._pair(), self._shown.get(self._chosen[Tab.PAIRS])
        if self._tab is not Tab.PAIRS or pair is None or shown is None or self._sending:
            return
        if name == saying.TWO:
            told = SayTwo(self._id(pair, name), pair.one, pair.other, shown.mark)
            self._send(pair, lambda: self._hub.say_two(told))
        elif not shown.against:
            keep = pair.one if name == saying.LEFT else pair.other
            becomes = next(one for one in shown.becomes if one.keep == keep)
            self._confirming = (saying.key_of(pair), becomes)
            self._draw()

    def agreed(self) -> None:
        """Make them one."""
        pair, becomes = self._pair(), self._becomes()
        shown = self._shown.get(self._chosen[Tab.PAIRS])
        if pair is None or becomes is None or shown is None or self._sending:
            return
        other = pair.other if becomes.keep == pair.one else pair.one
        told = SayOne(self._id(pair, becomes.keep), becomes.keep, other, shown.mark)
        self._confirming = None
        self._send(pair, lambda: self._hub.say_one(told), gone=other)

    def stayed(self) -> None:
        """She says no."""
        self._confirming = None
        self._draw()

    def undid(self) -> None:
        """Take back the decision at hand, else the last one of this sitting."""
        chosen = self._chosen[Tab.SAID] if self._tab is Tab.SAID else ""
        self._take_back(chosen or self._last)

    def asked_again(self) -> None:
        """Fetch the list at hand anew."""
        self._problem, self._shown, self._confirming = "", {}, None
        self._ask(self._tab)
        self._draw()

    def came(self) -> None:
        """The page is seen again; an import may have brought others meanwhile."""
        if self._places[self._tab].known and self._confirming is None and not self._sending:
            self._ask(self._tab)

    def notice_closed(self) -> None:
        """The notice was read."""
        self._notice = None
        self._draw()

    # Asking.

    def _ask(self, tab: Tab, after: str = "") -> None:
        if self._asking is not None:
            return
        self._asking = tab
        if tab is Tab.PAIRS:
            self._lane.outside(
                lambda: self._hub.listed(after), lambda told: self._listed(told, after), self._lost
            )
        elif tab is Tab.SAID:
            self._lane.outside(
                lambda: self._hub.history(after),
                lambda told: self._history(told, after),
                self._lost,
            )
        else:
            self._lane.outside(self._hub.numbers, self._numbered, self._lost)

    def _listed(self, told: PairsListed, after: str) -> None:
        self._pairs = _joined(self._pairs if after else [], told.pairs, saying.key_of)
        self._waiting, self._shared = told.waiting, told.numbers
        self._comparing = told.comparing
        self._arrived(Tab.PAIRS, told.more)

    def _history(self, told: SaidListed, after: str) -> None:
        self._said = _joined(self._said if after else [], told.decisions, lambda one: one.id)
        self._arrived(Tab.SAID, told.more)

    def _numbered(self, told: NumbersListed) -> None:
        self._numbers = list(told.numbers)
        self._arrived(Tab.NUMBERS, "")

    def _arrived(self, tab: Tab, more: str) -> None:
        self._asking, self._offline, self._problem = None, False, ""
        self._places[tab] = _Place(more, known=True)
        names = self._names(tab)
        if self._chosen[tab] not in names:
            self._chosen[tab] = names[0] if names else ""
        self._fetch()
        if not self._places[self._tab].known:
            # Another list was opened meanwhile.
            self._ask(self._tab)
        self._draw()

    def _lost(self, problem: LumiError) -> None:
        self._asking = None
        self._offline = isinstance(problem, HubOutOfReach)
        self._problem = "" if self._offline else sentence(problem)
        if self._problem and self._rows():
            self._notice = Notice(self._problem, Tone.WARN)
        self._draw()

    def _choose(self, name: str) -> None:
        tab = self._tab
        self._chosen[tab], self._confirming = name, None
        names, more = self._names(tab), self._places[tab].more
        if more and name == names[-1]:
            self._ask(tab, more)
        self._fetch()

    def _fetch(self) -> None:
        """Fetch both of the chosen pair; while one is on its way, the newest waits for it."""
        pair = self._pair()
        if self._tab is not Tab.PAIRS or pair is None or self._fetching:
            return
        key = saying.key_of(pair)
        if key in self._shown:
            return
        self._fetching = key
        one, other = pair.one, pair.other
        self._lane.outside(
            lambda: self._hub.shown(one, other),
            lambda told: self._fetched(key, told),
            lambda problem: self._not_fetched(key, problem),
        )

    def _fetched(self, key: str, told: PairShown) -> None:
        self._fetching, self._offline, self._problem = "", False, ""
        self._shown[key] = told
        self._fetch()
        self._draw()

    def _not_fetched(self, key: str, problem: LumiError) -> None:
        self._fetching = ""
        if problem.code in (_DECIDED, _CHANGED):
            # Somebody else was first, or one of the two is gone: the next one.
            self._drop(key)
            self._notice = Notice(sentence(problem), Tone.WARN)
        else:
            self._lost(problem)
            if key != self._chosen[Tab.PAIRS]:
                self._fetch()
        self._draw()

    # Deciding.

    def _id(self, pair: LikelyPair, word: str) -> str:
        return self._ids.setdefault((saying.key_of(pair), word), new_id())

    def _send(self, pair: LikelyPair, work: Callable[[], PairDone], gone: str = "") -> None:
        self._sending, self._notice = True, None
        self._draw()
        self._lane.outside(
            work,
            lambda told: self._done(pair, told, gone),
            lambda problem: self._refused(pair, problem),
        )

    def _done(self, pair: LikelyPair, told: PairDone, gone: str) -> None:
        self._sending, self._offline = False, False
        self._last = told.id
        self._notice = Notice(saying.done(pair, told), Tone.GOOD, button=tr("Undo"))
        self._forget(pair)
        others = [one for one in self._pairs if gone in (one.one, one.other) and one != pair]
        for one in (*others, pair):
            self._drop(saying.key_of(one))
        if others:
            # Who else may be she is compared with the one who was kept now.
            self._ask(Tab.PAIRS)
        self._lane.sync_now()
        self._draw()

    def _refused(self, pair: LikelyPair, problem: LumiError) -> None:
        self._sending = False
        self._offline = isinstance(problem, HubOutOfReach)
        key = saying.key_of(pair)
        if not self._offline:
            self._notice = Notice(sentence(problem), Tone.WARN)
            self._forget(pair)
            self._shown.pop(key, None)
        if problem.code == _DECIDED:
            self._drop(key)
        self._fetch()
        self._draw()

    def _forget(self, pair: LikelyPair) -> None:
        """Whatever is said of these two next is something new."""
        key = saying.key_of(pair)
        self._ids = {name: made for name, made in self._ids.items() if name[0] != key}

    def _drop(self, key: str) -> None:
        """Let a pair leave the list; what comes after it is next."""
        names = self._names(Tab.PAIRS)
        if key not in names:
            return
        place = names.index(key)
        del self._pairs[place]
        self._shown.pop(key, None)
        self._waiting = max((self._waiting or 1) - 1, len(self._pairs))
        if self._chosen[Tab.PAIRS] == key:
            left = self._names(Tab.PAIRS)
            self._chosen[Tab.PAIRS] = left[min(place, len(left) - 1)] if left else ""
        if not self._pairs or (self._places[Tab.PAIRS].more and place >= len(self._pairs)):
            self._ask(Tab.PAIRS, self._places[Tab.PAIRS].more)
        self._fetch()

    def _take_back(self, decision_id: str) -> None:
        if not decision_id or self._sending:
            return
        self._sending, self._notice, self._confirming = True, None, None
        self._draw()
        self._lane.outside(
            lambda: self._hub.undo(decision_id),
            lambda told: self._taken_back(decision_id, told),
            self._not_taken_back,
        )

    def _taken_back(self, decision_id: str, told: PairDone) -> None:
        self._sending, self._offline = False, False
        if self._last == decision_id:
            self._last = ""
        self._notice = Notice(saying.undone(told), Tone.GOOD)
        self._anew()

    def _not_taken_back(self, problem: LumiError) -> None:
        self._sending = False
        self._offline = isinstance(problem, HubOutOfReach)
        if not self._offline:
            self._notice = Notice(sentence(problem), Tone.WARN)
            self._anew()
        self._draw()

    def _anew(self) -> None:
        """What was undone is somewhere else now: all lists are fetched again when looked at."""
        self._shown = {}
        self._places = {tab: replace(place, known=False) for tab, place in self._places.items()}
        self._lane.sync_now()
        self._ask(self._tab)
        self._draw()

    def _heard(self, news: SyncNews) -> None:
        """The line is there again, or is not."""
        if news.running:
            return
        was, self._offline = self._offline, isinstance(news.problem, HubOutOfReach)
        if was and not self._offline:
            if not self._places[self._tab].known:
                self._ask(self._tab)
            self._fetch()
        self._draw()

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._chip = screen.chip
        self._draw()

    # Drawing.

    def _names(self, tab: Tab) -> list[str]:
        if tab is Tab.PAIRS:
            return [saying.key_of(one) for one in self._pairs]
        if tab is Tab.SAID:
            return [one.id for one in self._said]
        return [one.key for one in self._numbers]

    def _pair(self) -> LikelyPair | None:
        chosen = self._chosen[Tab.PAIRS]
        return next((one for one in self._pairs if saying.key_of(one) == chosen), None)

    def _becomes(self) -> Becomes | None:
        """What she is asked about, if it is still of the pair before her."""
        of, becomes = self._confirming or ("", None)
        return becomes if of in self._shown and of == self._chosen[Tab.PAIRS] else None

    def _rows(self) -> tuple[Row, ...]:
        if self._tab is Tab.PAIRS:
            return tuple(map(saying.row, self._pairs))
        if self._tab is Tab.SAID:
            return tuple(saying.said_row(one, self._now()) for one in self._said)
        return tuple(map(saying.number_row, self._numbers))

    def _detail(self) -> Detail | None:
        chosen = self._chosen[self._tab]
        if self._tab is Tab.PAIRS:
            pair = self._pair()
            return saying.detail(pair, self._shown.get(chosen), self._now()) if pair else None
        if self._tab is Tab.SAID:
            said = next((one for one in self._said if one.id == chosen), None)
            return saying.said_detail(said, self._now()) if said else None
        number = next((one for one in self._numbers if one.key == chosen), None)
        return saying.number_detail(number) if number else None

    def _draw(self) -> None:
        rows, detail, pair = self._rows(), self._detail(), self._pair()
        if detail is not None and self._sending:
            busy = tuple(replace(one, enabled=False) for one in detail.actions)
            detail = replace(detail, actions=busy)
        becomes = self._becomes() if self._tab is Tab.PAIRS else None
        confirm = saying.confirm(pair, becomes) if pair and becomes else None
        waiting = self._waiting
        self._show(
            Screen(
                title=tr("One person or two"),
                left="" if waiting is None else _left(waiting, self._comparing),
                sync=self._chip,
                person=self._me.name,
                tabs=saying.tabs(self._tab, waiting, self._shared),
                rows=rows,
                chosen=self._chosen[self._tab],
                detail=detail,
                confirm=confirm,
                notice=self._notice,
                offline=away() if self._offline else "",
                empty="" if rows else self._nothing(),
                retry=tr("Ask again") if self._problem or self._offline else "",
                keys=tr("↑ ↓ choose · 1 2 3 decide · Alt Z undo · Alt P N H lists · F5 anew"),
            )
        )

    def _nothing(self) -> str:
        if self._problem:
            return self._problem
        if self._offline:
            return ""
        if not self._places[self._tab].known:
            return tr("The hub is comparing customers …")
        if self._tab is Tab.SAID:
            return tr("Nothing has been decided yet.")
        if self._tab is Tab.NUMBERS:
            return tr("No number belongs to several people.")
        return tr("Nobody is likely there twice. After an import new pairs may appear here.")


def _left(waiting: int, comparing: int) -> str:
    told = trn("{n} pair waits", "{n} pairs wait", waiting) if waiting else tr("nothing waits")
    if not comparing:
        return told
    more = trn(
        "{n} customer is still to be compared", "{n} customers are still to be compared", comparing
    )
    return f"{told} · {more}"


def _joined(before: Sequence[T], told: Sequence[T], key: Callable[[T], str]) -> list[T]:
    """One list of what was known and what came, each once."""
    known = {key(one) for one in before}
    return [*before, *(one for one in told if key(one) not in known)]


def away() -> str:
    """What she is told while the line is down."""
    return tr(
        "The hub cannot be reached. Only the hub can compare customers: deciding has to wait until"
        " the line is back."
    )
