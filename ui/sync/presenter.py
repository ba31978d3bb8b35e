"""Decides what the sync chip says and what its panel lists. Knows no Qt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from lumi_desk.catalog import service as catalog
from lumi_desk.clock import Clock
from lumi_desk.customers.fields.rules import Field
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.parked.operations import AskLeader
from lumi_desk.sync import again
from lumi_desk.sync.status import Refused, Status, seen, status
from ui.lane import Lane, SyncNews
from ui.sync import lists, saying
from ui.sync.saying import Outcomes
from ui.sync.screen import Action, Item, Screen, Tab
from ui.widgets.values import Choice, SyncChip, SyncState, Tone
from ui.words import N_, clock_time, said, sentence, tr, trn, when

TABLES = ("outbox", "dead_letter", "parked", "sent_log")
_TABS = {
    Tab.REFUSED: N_("Refused"),
    Tab.LEADER: N_("With the leader"),
    Tab.WAITING: N_("Waiting"),
    Tab.SENT: N_("Sent today"),
}
_EMPTY = {
    Tab.REFUSED: N_("Nothing was refused."),
    Tab.LEADER: N_("Nothing lies with your team leader."),
    Tab.WAITING: N_("Nothing waits. What you save leaves by itself."),
    Tab.SENT: N_("Nothing has been sent today yet."),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What the store says, and the manager's list of results."""

    status: Status = field(default_factory=Status)
    outcomes: Outcomes = ()


@dataclass(slots=True)
class Doing:
    """What she is doing in the panel: the list she chose, whom she asks, which fields are hers."""

    tab: Tab | None = None
    asking: str = ""
    mine: dict[str, frozenset[Field]] = field(default_factory=dict)
    said: str = ""
    said_tone: Tone = Tone.GOOD


class SyncPresenter:
    """Keeps the chip true: after each round, after each commit, and when the language changes."""

    def __init__(
        self,
        lane: Lane,
        show: Callable[[Screen], object],
        now: Clock,
        me: str = "",
        copy: Callable[[str], object] = str,
    ) -> None:
        self._lane, self._show, self._now = lane, show, now
        self._me, self._copy = me, copy
        self._found = Found()
        self._news = SyncNews()
        self._doing = Doing()
        lane.on_change(TABLES, self.refresh)
        lane.on_sync(self._heard)
        lane.on_words(self._draw)
        self.refresh()

    def refresh(self) -> None:
        me, now = self._me, self._now()

        def work(session: Session) -> Found:
            return Found(status(session, me, now), catalog.outcomes(session))

        self._lane.read(work, self._loaded, key="sync status")

    def sync_now(self) -> None:
        self._lane.sync_now()

    def opened(self) -> None:
        """The panel is looked at. It begins with the gravest list."""
        self._doing = Doing(tab=_gravest(self._found.status))
        self._draw()
        self.read()

    def tab_chosen(self, name: str) -> None:
        """Another list."""
        self._doing.tab, self._doing.asking, self._doing.said = Tab(name), "", ""
        self._draw()
        self.read()

    def read(self) -> None:
        """What is listed was looked at."""
        found, tab = self._found.status, self._tab()
        unseen = [one.op_id for one in found.refused if not one.seen and tab is Tab.REFUSED]
        unseen += [one.op_id for one in found.leader if one.news and tab is Tab.LEADER]
        if unseen:
            now = self._now()
            self._lane.write(lambda session: seen(session, unseen, now))

    def acted(self, op_id: str, action: str) -> None:
        """One of the actions beside a piece of work."""
        match Action(action):
            case Action.RETRY:
                self._change(lambda session: again.again(session, op_id, self._now()), _sent_again)
            case Action.DROP:
                self._change(lambda session: again.drop(session, op_id), _dropped)
            case Action.COPY:
                self._copy_words(op_id)
            case Action.ASK:
                self._doing.asking = op_id
                self._draw()

    def ask_closed(self) -> None:
        """Never mind."""
        self._doing.asking = ""
        self._draw()

    def asked(self, words: str) -> None:
        """The question goes to her leader."""
        one = self._refused(self._doing.asking)
        if one is None or not words.strip():
            return
        customer_id = saying.customer_of(one.payload)
        op = AskLeader(
            id=new_id(),
            customer_id=customer_id,
            by=self._me,
            at=self._now(),
            op_id=one.op_id,
            words=words.strip(),
        )
        self._doing.asking = ""
        self._lane.do(op, done=lambda _: self._done(_asked()), failed=self._failed)

    def side_chosen(self, op_id: str, name: str, mine: bool) -> None:  # noqa: FBT001  # A value.
        """Of one field of a clash, hers or the hub's."""
        one = self._refused(op_id)
        if one is None:
            return
        hers = self._doing.mine.get(op_id, frozenset(each.field for each in one.differs))
        chosen = Field(name)
        self._doing.mine[op_id] = hers | {chosen} if mine else hers - {chosen}
        self._draw()

    def settled(self, op_id: str) -> None:
        """The clash is to end as marked."""
        one = self._refused(op_id)
        if one is None:
            return
        hers = self._doing.mine.get(op_id, frozenset(each.field for each in one.differs))
        self._change(lambda session: again.choose(session, op_id, hers, self._now()), _settled)

    def _change(self, work: Callable[[Session], object], words: Callable[[], str]) -> None:
        def done(_: object) -> None:
            self._done(words())
            self._lane.sync_now()

        self._lane.write(work, done, failed=self._failed)

    def _copy_words(self, op_id: str) -> None:
        found = next((one for one in self._screen().items if one.op_id == op_id), None)
        if found is not None:
            self._copy(found.words or found.title)
            self._done(tr("Copied."))

    def _refused(self, op_id: str) -> Refused | None:
        return next((one for one in self._found.status.refused if one.op_id == op_id), None)

    def _done(self, words: str) -> None:
        self._doing.said, self._doing.said_tone = words, Tone.GOOD
        self._draw()

    def _failed(self, problem: LumiError) -> None:
        self._doing.said, self._doing.said_tone = sentence(problem), Tone.BAD
        self._draw()

    def _loaded(self, found: Found) -> None:
        self._found = found
        self._draw()

    def _heard(self, news: SyncNews) -> None:
        self._news = news
        self._draw()

    def _tab(self) -> Tab:
        return self._doing.tab or _gravest(self._found.status)

    def _draw(self) -> None:
        self._show(self._screen())

    def _screen(self) -> Screen:
        return screen(self._found, self._news, self._now(), self._doing)


def screen(found: Found, news: SyncNews, now: datetime, doing: Doing | None = None) -> Screen:
    """The whole piece from what the store and the last round say."""
    doing = doing or Doing()
    tab = doing.tab or _gravest(found.status)
    title, words, tone = _headline(found.status, news, now)
    items = _items(found, tab, doing, now)
    left = _counts(found.status)[tab] - len(items)
    return Screen(
        chip=chip(found.status, news),
        title=title,
        words=words,
        tone=tone,
        tabs=_tabs(found.status, tab),
        items=items,
        more=trn("and {n} more", "and {n} more", left) if left > 0 else "",
        empty="" if items else tr(_EMPTY[tab]),
        button=tr("Syncing…") if news.running else tr("Sync now"),
        can_press=not news.running,
        keys=tr("Tab and arrows move · Enter presses · Esc closes"),
        said=doing.said,
        said_tone=doing.said_tone,
    )


def chip(found: Status, news: SyncNews) -> SyncChip:
    """What stands in the top bar, the gravest thing first."""
    tip = sentence(news.problem) if news.problem else tr("Press to see what waits and why.")
    if found.unseen_count:
        many = found.unseen_count
        refused = trn("{n} refused", "{n} refused", many)
        return SyncChip(SyncState.REFUSED, refused, refused, tip)
    if found.news_count:
        told = trn("{n} from the leader", "{n} from the leader", found.news_count)
        return SyncChip(SyncState.WAITING, told, told, tip)
    at = f" · {clock_time(news.at)}" if news.at else ""
    if found.waiting_count:
        waits = trn("{n} waiting", "{n} waiting", found.waiting_count)
        state = SyncState.OFFLINE if news.problem else SyncState.WAITING
        return SyncChip(state, waits + at, str(found.waiting_count), tip)
    if news.problem:
        return SyncChip(SyncState.OFFLINE, tr("Offline") + at, tr("Offline"), tip)
    if news.at is None:
        return SyncChip(SyncState.WORKING, tr("Syncing…"), "…", tip)
    return SyncChip(SyncState.SYNCED, tr("Synced"), tr("Synced"), tip)


def _headline(found: Status, news: SyncNews, now: datetime) -> tuple[str, str, Tone]:
    last = tr("Last sync {when}.", when=when(news.at, now)) if news.at else ""
    if news.problem is not None:
        kept = (
            trn(
                "{n} is kept here and leaves later by itself.",
                "{n} are kept here and leave later by themselves.",
                found.waiting_count,
            )
            if found.waiting_count
            else ""
        )
        title, advice = said(news.problem)
        words = "\n".join(line for line in (advice, kept, last) if line)
        return title, words, Tone.WARN
    if found.waiting_count:
        title = trn("{n} waits for the hub", "{n} wait for the hub", found.waiting_count)
        return title, last, Tone.INFO
    if found.refused:
        many = len(found.refused)
        return trn("{n} refused", "{n} refused", many), last, Tone.BAD
    return tr("Everything is at the hub"), last, Tone.GOOD


def _tabs(found: Status, chosen: Tab) -> tuple[Choice, ...]:
    counts = _counts(found)
    return tuple(
        Choice(tab, f"{tr(text)} {counts[tab]}" if counts[tab] else tr(text), tab is chosen)
        for tab, text in _TABS.items()
    )


def _counts(found: Status) -> dict[Tab, int]:
    return {
        Tab.REFUSED: len(found.refused),
        Tab.LEADER: len(found.leader),
        Tab.WAITING: found.waiting_count,
        Tab.SENT: found.sent_count,
    }


def _gravest(found: Status) -> Tab:
    """The list to begin with: what is new, then what is open."""
    if found.unseen_count:
        return Tab.REFUSED
    if found.news_count:
        return Tab.LEADER
    counts = _counts(found)
    open_ones = (tab for tab in (Tab.REFUSED, Tab.WAITING, Tab.SENT) if counts[tab])
    return next(open_ones, Tab.WAITING)


def _items(found: Found, tab: Tab, doing: Doing, now: datetime) -> tuple[Item, ...]:
    known, outcomes = found.status, found.outcomes
    match tab:
        case Tab.REFUSED:
            return tuple(
                lists.refused(one, outcomes, doing.mine, doing.asking, now) for one in known.refused
            )
        case Tab.LEADER:
            return tuple(lists.with_leader(one, outcomes, now) for one in known.leader)
        case Tab.WAITING:
            return tuple(lists.waiting(one, now) for one in known.waiting)
        case Tab.SENT:
            return tuple(lists.sent(one, now) for one in known.sent)


def _sent_again() -> str:
    return tr("Sent again. It leaves by itself.")


def _dropped() -> str:
    return tr("It is off the list.")


def _asked() -> str:
    return tr("Your leader will see it with the next sync.")


def _settled() -> str:
    return tr("Settled. What is yours leaves by itself.")
