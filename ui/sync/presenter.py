"""Decides what the sync chip says and what its panel lists. Knows no Qt."""

from collections.abc import Callable, Mapping
from datetime import datetime

from lumi_desk.clock import Clock
from lumi_desk.errors import LumiError
from lumi_desk.sync.status import Refused, Status, Waiting, seen, status
from ui.lane import Lane, SyncNews
from ui.sync.screen import Group, Item, Screen
from ui.widgets.values import SyncChip, SyncState, Tone
from ui.words import N_, clock_time, said, sentence, tr, trn, when

TABLES = ("outbox", "dead_letter")

_KINDS: Mapping[str, str] = {
    "contact.log": N_("Contact"),
    "note.write": N_("Note"),
    "callback.promise": N_("Callback"),
    "customer.refuse": N_("Do not call"),
    "customer.skip": N_("Skipped"),
    "sale.claim": N_("Sale"),
    "complaint.open": N_("Complaint"),
}


class SyncPresenter:
    """Keeps the chip true: after each round, after each commit, and when the language changes."""

    def __init__(self, lane: Lane, show: Callable[[Screen], object], now: Clock) -> None:
        self._lane, self._show, self._now = lane, show, now
        self._status = Status()
        self._news = SyncNews()
        lane.on_change(TABLES, self.refresh)
        lane.on_sync(self._heard)
        lane.on_words(self._draw)
        self.refresh()

    def refresh(self) -> None:
        self._lane.read(status, self._loaded, key="sync status")

    def sync_now(self) -> None:
        self._lane.sync_now()

    def read(self) -> None:
        """The panel was looked at: its refusals no longer colour the chip."""
        unseen = [each.op_id for each in self._status.refused if not each.seen]
        if unseen:
            now = self._now()
            self._lane.write(lambda session: seen(session, unseen, now))

    def _loaded(self, found: Status) -> None:
        self._status = found
        self._draw()

    def _heard(self, news: SyncNews) -> None:
        self._news = news
        self._draw()

    def _draw(self) -> None:
        self._show(screen(self._status, self._news, self._now()))


def screen(found: Status, news: SyncNews, now: datetime) -> Screen:
    """The whole piece from what the store and the last round say."""
    title, words, tone = _headline(found, news, now)
    return Screen(
        chip=chip(found, news),
        title=title,
        words=words,
        tone=tone,
        groups=_groups(found, now),
        button=tr("Syncing…") if news.running else tr("Sync now"),
        can_press=not news.running,
    )


def chip(found: Status, news: SyncNews) -> SyncChip:
    """What stands in the top bar, the gravest thing first."""
    tip = sentence(news.problem) if news.problem else tr("Press to see what waits and why.")
    if found.unseen_count:
        many = found.unseen_count
        refused = trn("{n} refused", "{n} refused", many)
        return SyncChip(SyncState.REFUSED, refused, refused, tip)
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
    return tr("Everything is at the hub"), last, Tone.GOOD


def _groups(found: Status, now: datetime) -> tuple[Group, ...]:
    refused = tuple(_refused(each, now) for each in found.refused)
    waiting = tuple(_waiting(each, now) for each in found.waiting)
    left = found.waiting_count - len(waiting)
    more = trn("and {n} more", "and {n} more", left) if left > 0 else ""
    groups = (Group(tr("Refused"), refused), Group(tr("Waiting"), waiting, more))
    return tuple(group for group in groups if group.items)


def _waiting(each: Waiting, now: datetime) -> Item:
    held = tr("Leaves when it can no longer be undone.") if each.not_before > now else ""
    return Item(_title(each.kind, each.customer), when(each.made_at, now), held)


def _refused(each: Refused, now: datetime) -> Item:
    tone = Tone.WARN if each.status == "parked" else Tone.BAD
    return Item(_title(each.kind, each.customer), when(each.answered_at, now), reason(each), tone)


def _title(kind: str, customer: str) -> str:
    name = tr(_KINDS[kind]) if kind in _KINDS else kind
    return f"{name} · {customer}" if customer else name


def reason(each: Refused) -> str:
    """Why the hub did not take it, in the words of the error it named."""
    if each.status == "parked":
        return tr("She is no longer yours. It lies with your team leader, who decides.")
    if each.status == "blocked":
        return tr("It builds on something that was refused.")
    kind = _errors().get(each.reason)
    if kind is None:
        return tr("The hub gave the reason “{code}”.", code=each.reason)
    return sentence(kind(**each.params))


def _errors() -> dict[str, type[LumiError]]:
    """Every error this program knows, by its code."""
    known: dict[str, type[LumiError]] = {}
    waiting = [LumiError]
    while waiting:
        kind = waiting.pop()
        known[kind.__name__] = kind
        waiting += kind.__subclasses__()
    return known
