"""Decides what the screen of product titles shows, and what becomes of a word. Knows no Qt.

Its public methods carry the names of the view's signals (`SIGNALS`); `begin` comes first. Only the
hub knows all that was sold, so without it there is nothing to settle here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from lumi_desk.clock import Clock
from lumi_desk.customers.rules import Line
from lumi_desk.desk import Me
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.managing import titles as shapes
from lumi_desk.managing.titles import OpenTitle, SettleTitle, SettleTitles, TitleLeft, TitlesDone
from lumi_desk.managing.titles_client import TitlesAtHub
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.status import Status
from ui.lane import Lane, SyncNews
from ui.sync import presenter as sync
from ui.sync import screen as sync_screen
from ui.titles import saying
from ui.titles.loading import Lists
from ui.titles.saying import ALL
from ui.titles.screen import Detail, Screen, Tab
from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Notice, Row, SyncChip, Tone
from ui.words import sentence, tr

SIGNALS = ("opened", "picked", "searched", "decided", "agreed", "stayed", "undid", "asked_again",
           "came", "notice_closed")  # fmt: skip
# Somebody else settled it first, or no order holds it any more.
_GONE = ("TitleDecided", "NothingSold")


@dataclass(frozen=True, slots=True)
class _Said:
    """A decision of this sitting: its id, and the title it was about, if it was one."""

    id: str
    title: str


class TitlesPresenter:
    """Both lists, and what was chosen in the one at hand."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        hub: TitlesAtHub,
        me: Me,
        now: Clock,
    ) -> None:
        self._lane, self._show, self._hub, self._me, self._now = lane, show, hub, me, now
        self._lists = Lists(lane, hub, self._came, self._lost)
        self._chosen = dict.fromkeys(Tab, "")
        self._high = False
        # What is asked of many before it is done.
        self._confirming: SettleTitles | None = None
        self._sending = False
        # By what is said of what, the id it was sent under: sent again, it has one effect.
        self._ids: dict[tuple[str, ...], str] = {}
        self._last: _Said | None = None
        self._offline = False
        self._problem = ""
        self._notice: Notice | None = None
        self._chip: SyncChip = sync.chip(Status(), SyncNews())
        self._sync = sync.SyncPresenter(lane, self._sync_said, now, me.person_id)
        lane.on_sync(self._heard)
        lane.on_words(self._draw)

    def begin(self) -> None:
        """Show what is known, and ask for the titles."""
        self._draw()
        self._lists.look()

    def opened(self, tab: str) -> None:
        """The other list."""
        if tab != self._lists.tab and not self._sending:
            # What it offers to undo is not what is chosen in the other list.
            self._problem, self._notice = "", None
            self._choose_nothing_new()
            self._lists.open(Tab(tab))
            self._draw()

    def picked(self, name: str) -> None:
        """Another line of the list."""
        if name != self._chosen[self._lists.tab] and not self._sending:
            self._choose(name)
            self._draw()

    def searched(self, words: str) -> None:
        """Words that a title must hold."""
        words = words.strip()
        if words != self._lists.words:
            self._choose_nothing_new()
            self._lists.search(words)
            self._draw()

    def decided(self, name: str) -> None:
        """A line settles a title, high margin goes with it; many are asked about first."""
        if self._sending:
            return
        if name == saying.UNDO:
            chosen = self._decision()
            if chosen is not None:
                self._take_back(_said_in(chosen))
        elif self._detail() is None or self._lists.tab is not Tab.OPEN:
            return
        elif name == saying.HIGH:
            self._high = not self._high
            if self._confirming is not None:
                self._ask_about_all(Line(self._confirming.line))
            self._draw()
        elif name == saying.LATER:
            self._leave()
        elif self._chosen[Tab.OPEN] == ALL:
            self._ask_about_all(Line(name))
        else:
            self._settle(Line(name))

    def agreed(self) -> None:
        """Settle all of them."""
        told, self._confirming = self._confirming, None
        if told is not None and not self._sending:
            what, said = self._all_title(), saying.meaning(told.line, high=told.high_margin)
            self._send(
                lambda: self._hub.settle_all(told),
                lambda done: self._all_settled(what, said, done),
                self._refused,
            )

    def stayed(self) -> None:
        """She says no."""
        self._confirming = None
        self._draw()

    def undid(self) -> None:
        """Take back the decision at hand, else the last one of this sitting."""
        chosen = self._decision() if self._lists.tab is Tab.SAID else None
        said = _said_in(chosen) if chosen is not None else self._last
        if said is not None and not self._sending:
            self._take_back(said)

    def asked_again(self) -> None:
        """Fetch the lists anew."""
        self._problem, self._confirming = "", None
        self._lists.anew()
        self._draw()

    def came(self) -> None:
        """The page is seen again; an import may have brought others meanwhile."""
        if self._lists.is_known() and self._confirming is None and not self._sending:
            self._lists.look()

    def notice_closed(self) -> None:
        """The notice was read."""
        self._notice = None
        self._draw()

    # What comes.

    def _came(self) -> None:
        self._offline, self._problem = False, ""
        sums, asked = self._lists.sums, self._confirming
        if asked is not None and sums is not None and asked.base != sums.mark:
            # They are others than those she is asked about.
            self._confirming = None
        names = self._names()
        if self._chosen[self._lists.tab] not in names:
            self._choose(self._first(names))
        self._draw()

    def _lost(self, problem: LumiError) -> None:
        self._offline = isinstance(problem, HubOutOfReach)
        self._problem = "" if self._offline else sentence(problem)
        if self._problem and self._rows():
            self._notice = Notice(self._problem, Tone.WARN)
        self._draw()

    def _heard(self, news: SyncNews) -> None:
        """The line is there again, or is not."""
        if news.running:
            return
        was, self._offline = self._offline, isinstance(news.problem, HubOutOfReach)
        if was and not self._offline and not self._lists.is_known():
            self._lists.look()
        self._draw()

    def _sync_said(self, screen: sync_screen.Screen) -> None:
        self._chip = screen.chip
        self._draw()

    # Choosing.

    def _choose(self, name: str) -> None:
        self._chosen[self._lists.tab] = name
        self._choose_nothing_new()
        self._lists.reached(name)

    def _choose_nothing_new(self) -> None:
        """Whatever was said of what is before her is not said of anything else."""
        self._high, self._confirming = False, None

    def _first(self, names: list[str]) -> str:
        """The first line that is neither all of them nor left for later."""
        return next((one for one in names if self._is_next(one)), names[-1] if names else "")

    def _is_next(self, name: str) -> bool:
        return name != ALL and name not in self._lists.left()

    def _leave(self) -> None:
        """Leave a title for later, or no longer: the hub keeps it for every manager."""
        title = self._title()
        if title is None:
            return
        back = title.left_at is not None
        self._sending, self._notice = True, None
        self._draw()
        self._lane.outside(
            lambda: self._hub.leave(title.title, back=back),
            self._left,
            partial(self._refused, title=title.title),
        )

    def _left(self, told: TitleLeft) -> None:
        self._sending, self._offline = False, False
        names = self._titles()
        if told.at is None:
            self._lists.anew()
        elif told.title in names:
            place, was_chosen = names.index(told.title), self._chosen[Tab.OPEN] == told.title
            self._lists.leave(told.title, told.at, told.by)
            if was_chosen and self._lists.tab is Tab.OPEN:
                self._go_on(self._titles(), place)
        self._draw()

    def _go_on(self, names: list[str], place: int) -> None:
        """Choose what comes at or after a place, else the first; what was left comes last."""
        later = next((one for one in names[place:] if self._is_next(one)), "")
        self._choose(later or self._first(names))

    # Settling.

    def _settle(self, line: Line) -> None:
        title = self._title()
        if title is None:
            return
        told = SettleTitle(
            self._id(title.title, line, str(self._high)),
            title.title,
            line.value,
            self._high,
        )
        said = saying.meaning(line, high=self._high)
        self._send(
            lambda: self._hub.settle(told),
            lambda done: self._settled(title.title, said, done),
            partial(self._refused, title=title.title),
        )

    def _ask_about_all(self, line: Line) -> None:
        sums, words = self._lists.sums, self._lists.words
        if sums is None:
            return
        self._confirming = SettleTitles(
            self._id(words, sums.mark, line, str(self._high)),
            words,
            sums.mark,
            line.value,
            self._high,
        )
        self._draw()

    def _id(self, *said: str) -> str:
        return self._ids.setdefault(said, new_id())

    def _send(
        self,
        work: Callable[[], TitlesDone],
        done: Callable[[TitlesDone], object],
        refused: Callable[[LumiError], object],
    ) -> None:
        self._sending, self._notice = True, None
        self._draw()
        self._lane.outside(work, done, refused)

    def _settled(self, title: str, said: str, told: TitlesDone) -> None:
        self._last = _Said(told.id, title)
        self._note(saying.done(saying.quoted(title), said, told))
        self._drop(title)
        self._lane.sync_now()
        self._draw()

    def _all_settled(self, what: str, said: str, told: TitlesDone) -> None:
        self._last = _Said(told.id, "")
        self._note(saying.done(what, said, told))
        self._choose_nothing_new()
        # None of them is left; what else there is comes up.
        self._lists.search("")
        self._lane.sync_now()
        self._draw()

    def _note(self, words: str) -> None:
        self._sending, self._offline, self._ids = False, False, {}
        self._notice = Notice(words, Tone.GOOD, button=tr("Undo"))

    def _refused(self, problem: LumiError, title: str = "") -> None:
        self._sending = False
        self._offline = isinstance(problem, HubOutOfReach)
        if not self._offline:
            self._notice, self._ids = Notice(sentence(problem), Tone.WARN), {}
            if title and problem.code in _GONE:
                self._drop(title)
            elif not title:
                self._lists.anew()
        self._draw()

    def _drop(self, title: str) -> None:
        """Let a title leave the list; the next one comes."""
        names = self._titles()
        if title in names:
            place, was_chosen = names.index(title), self._chosen[Tab.OPEN] == title
            self._lists.drop(title)
            if was_chosen and self._lists.tab is Tab.OPEN:
                self._go_on(self._titles(), place)

    def _take_back(self, said: _Said) -> None:
        self._confirming = None
        self._send(
            lambda: self._hub.undo(said.id),
            lambda told: self._taken_back(said, told),
            self._not_taken_back,
        )

    def _taken_back(self, said: _Said, told: TitlesDone) -> None:
        self._sending, self._offline, self._ids = False, False, {}
        if self._last is not None and self._last.id == said.id:
            self._last = None
        if said.title:
            # It is before her again.
            self._chosen[Tab.OPEN] = said.title
        self._notice = Notice(saying.undone(told), Tone.GOOD)
        self._lists.anew()
        self._lane.sync_now()
        self._draw()

    def _not_taken_back(self, problem: LumiError) -> None:
        self._sending = False
        self._offline = isinstance(problem, HubOutOfReach)
        if not self._offline:
            self._notice = Notice(sentence(problem), Tone.WARN)
            self._lists.anew()
        self._draw()

    # Drawing.

    def _rows(self) -> tuple[Row, ...]:
        lists = self._lists
        if lists.tab is Tab.OPEN:
            return saying.rows(lists.titles, lists.sums, lists.words)
        return tuple(saying.said_row(one, self._now()) for one in lists.decisions)

    def _names(self) -> list[str]:
        return [row.id for row in self._rows()]

    def _titles(self) -> list[str]:
        return [one.title for one in self._lists.titles]

    def _title(self) -> OpenTitle | None:
        chosen = self._chosen[Tab.OPEN]
        return next((one for one in self._lists.titles if one.title == chosen), None)

    def _decision(self) -> shapes.TitlesDecision | None:
        chosen = self._chosen[Tab.SAID]
        return next((one for one in self._lists.decisions if one.id == chosen), None)

    def _all_title(self) -> str:
        sums = self._lists.sums
        return saying.all_title(self._lists.words, sums) if sums is not None else ""

    def _detail(self) -> Detail | None:
        lists, now = self._lists, self._now()
        if lists.tab is Tab.SAID:
            said = self._decision()
            return saying.said_detail(said, now) if said else None
        if self._chosen[Tab.OPEN] == ALL and lists.sums is not None:
            return saying.all_detail(lists.titles, lists.sums, lists.words, high=self._high)
        title = self._title()
        return saying.detail(title, now, high=self._high) if title else None

    def _confirm(self) -> Confirm | None:
        told, lists = self._confirming, self._lists
        if told is None or lists.sums is None:
            return None
        said = saying.meaning(told.line, high=told.high_margin)
        return saying.confirm(lists.titles, lists.sums, told.words, said)

    def _draw(self) -> None:
        rows, detail, sums = self._rows(), self._detail(), self._lists.sums
        if detail is not None and self._sending:
            busy = tuple(replace(one, enabled=False) for one in detail.actions)
            detail = replace(detail, actions=busy)
        self._show(
            Screen(
                title=tr("Product titles"),
                left=saying.left(sums),
                sync=self._chip,
                person=self._me.name,
                search=saying.search(self._lists.words),
                tabs=saying.tabs(self._lists.tab, sums),
                share=saying.share(sums),
                rows=rows,
                chosen=self._chosen[self._lists.tab],
                detail=detail,
                confirm=self._confirm(),
                notice=self._notice,
                offline=saying.away() if self._offline else "",
                empty="" if rows else self._nothing(),
                retry=tr("Ask again") if self._problem or self._offline else "",
                keys=saying.keys(),
            )
        )

    def _nothing(self) -> str:
        if self._problem:
            return self._problem
        if self._offline:
            return ""
        if not self._lists.is_known():
            return tr("The hub is looking through all orders …")
        return saying.nothing(self._lists.tab, self._lists.words)


def _said_in(one: shapes.TitlesDecision) -> _Said:
    return _Said(one.id, one.titles[0] if one.count == 1 and one.titles else "")
