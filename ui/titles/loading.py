"""Fetches both lists of titles from the hub, page by page. Knows no Qt."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import TypeVar

from lumi_desk.errors import LumiError
from lumi_desk.managing.titles import DecisionsListed, OpenTitle, TitlesDecision, TitlesListed
from lumi_desk.managing.titles_client import TitlesAtHub
from ui.lane import Lane
from ui.titles.screen import Tab

T = TypeVar("T")

# So few titles at hand have more of them fetched.
_FEW = 20


class Lists:
    """What came of both lists, for the words that are looked for.

    `sums` is None until the titles came; `changed` is called when a list came, `lost` when none
    could.
    """

    def __init__(
        self,
        lane: Lane,
        hub: TitlesAtHub,
        changed: Callable[[], object],
        lost: Callable[[LumiError], object],
    ) -> None:
        self._lane, self._hub, self._changed, self._lost = lane, hub, changed, lost
        self.tab, self.words = Tab.OPEN, ""
        self.titles: list[OpenTitle] = []
        self.sums: TitlesListed | None = None
        self.decisions: list[TitlesDecision] = []
        self._more = ""
        self._known: set[Tab] = set()
        self._asking = self._again = False

    def is_known(self) -> bool:
        """Whether the list at hand came, for these words."""
        return self.tab in self._known

    def open(self, tab: Tab) -> None:
        """Look at another list; what was settled may be more each time."""
        self.tab = tab
        if tab is Tab.SAID or not self.is_known():
            self.look()

    def search(self, words: str) -> None:
        """Look for titles that hold these words, in both lists."""
        self.words = words
        self.anew()

    def anew(self) -> None:
        """Both lists are others now: fetch the one at hand, and the other one when it is opened."""
        self._known.clear()
        self.look()

    def reached(self, name: str) -> None:
        """Somebody looks at this line: behind the last one the next page is fetched."""
        if self.tab is Tab.OPEN:
            last, more = [one.title for one in self.titles[-1:]], self._has_more()
        else:
            last, more = [one.id for one in self.decisions[-1:]], bool(self._more)
        if more and name in last:
            self.look(more=True)

    def drop(self, title: str) -> None:
        """A title is settled: it leaves the list and the sums, and others come up."""
        gone = next((one for one in self.titles if one.title == title), None)
        if gone is None or self.sums is None:
            return
        self.titles.remove(gone)
        self.sums = replace(
            self.sums,
            fitting=self.sums.fitting - 1,
            fitting_fen=self.sums.fitting_fen - gone.fen,
            waiting=self.sums.waiting - 1,
            waiting_fen=self.sums.waiting_fen - gone.fen,
        )
        if self.words or self._asking:
            # All of them together are others now, and so is their mark; so is where a page begins.
            self.look()
        elif len(self.titles) < _FEW and self._has_more():
            self.look(more=True)

    def left(self) -> frozenset[str]:
        """The titles at hand that are left for later."""
        return frozenset(one.title for one in self.titles if one.left_at is not None)

    def leave(self, title: str, at: int, by: str) -> None:
        """A title is left for later: it comes at the end, with the last page."""
        gone = next((one for one in self.titles if one.title == title), None)
        if gone is None:
            return
        self.titles.remove(gone)
        if self._asking:
            # The page that is under way begins elsewhere now.
            self.look()
        elif self.sums is not None and len(self.titles) + 1 >= self.sums.fitting:
            self.titles.append(replace(gone, left_at=at, left_by=by))
        elif len(self.titles) < _FEW:
            self.look(more=True)

    def look(self, *, more: bool = False) -> None:
        """Fetch the list at hand, or its next page.

        One is asked for at a time. What is under way may be older than what happened since, so
        the list is then fetched once more.
        """
        if self._asking:
            self._again = self._again or not more
            return
        self._asking = True
        words = self.words
        if self.tab is Tab.OPEN:
            before = len(self.titles) if more else 0
            self._lane.outside(
                lambda: self._hub.listed(words, before),
                lambda told: self._listed(told, words, before),
                self._failed,
            )
        else:
            after = self._more if more else ""
            self._lane.outside(
                lambda: self._hub.history(words, after),
                lambda told: self._told(told, words, after),
                self._failed,
            )

    def _has_more(self) -> bool:
        return self.sums is not None and len(self.titles) < self.sums.fitting

    def _listed(self, told: TitlesListed, words: str, before: int) -> None:
        if words == self.words:
            known = self.titles if before else []
            self.titles = _joined(known, told.titles, lambda one: one.title)
            self.sums = told
            self._known.add(Tab.OPEN)
        self._arrived()

    def _told(self, told: DecisionsListed, words: str, after: str) -> None:
        if words == self.words:
            known = self.decisions if after else []
            self.decisions = _joined(known, told.decisions, lambda one: one.id)
            self._more = told.more
            self._known.add(Tab.SAID)
        self._arrived()

    def _arrived(self) -> None:
        again, self._asking, self._again = self._again, False, False
        if again or not self.is_known():
            # Something happened meanwhile, or other words were written, or the other list opened.
            self.look()
        self._changed()

    def _failed(self, problem: LumiError) -> None:
        self._asking = self._again = False
        self._lost(problem)


def _joined(before: Sequence[T], told: Sequence[T], key: Callable[[T], Hashable]) -> list[T]:
    """One list of what was known and what came, each once."""
    known = {key(one) for one in before}
    return [*before, *(one for one in told if key(one) not in known)]
