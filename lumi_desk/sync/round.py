"""One round of sync: push, then pull. A plain function; store, hub and clock come in."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.clock import Clock
from lumi_desk.storage.base import from_millis, to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import cache, letters, outbox
from lumi_desk.sync.client import SnapshotOver
from lumi_desk.sync.protocol import (
    MOST_OPS,
    PAGE,
    PROTO,
    Answer,
    Page,
    Pull,
    Pulled,
    Push,
    Sheet,
    Snapshot,
)
from lumi_desk.sync.protocol import Pushed as PushAnswers
from lumi_desk.sync.tables import Cursor, DeskMeta

EPOCH = "epoch"
# When the work that a hub had taken was last sent again for a sum that was off.
_SENT_AGAIN = "sent_again"
_SENT_AGAIN_AFTER = timedelta(days=1)
# So many operations leave before their answers are kept.
_MOST_AT_ONCE = 500
_MOST_READINGS = 2
_MOST_BEGINNINGS = 3
# So many sheets are kept at once, if they come within this time.
_MOST_SHEETS = 3
_SHEETS_WITHIN = timedelta(seconds=1)
# All that a round without news asks of its own file.
_LOOK = (
    "SELECT (SELECT value FROM desk_meta WHERE name = ?), EXISTS (SELECT 1 FROM outbox),"  # noqa: S608
    f" {cache.PLACE} FROM (SELECT 1) LEFT JOIN cursor"
)


@dataclass(frozen=True)
class Doors:
    """What a round needs of the hub: the doors, already opened for this person.

    `snapshot` raises SnapshotOver where one cannot be gone on with.
    """

    push: Callable[[Push], PushAnswers]
    pull: Callable[[Pull], Pulled]
    snapshot: Callable[[Snapshot], Iterator[Sheet]]


@dataclass(frozen=True)
class Report:
    """What a round did: operations answered, of them refused, and records received.

    `next_due` is when the first of the operations that still wait may leave.
    """

    sent: int = 0
    refused: int = 0
    received: int = 0
    next_due: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """How far a pull is: records received, and how many more there may be at most."""

    received: int
    left: int


Watch = Callable[[Progress], None]


@dataclass(frozen=True)
class _Look:
    """What a round has to know before it asks: one short read."""

    places: Mapping[str, cache.Place]
    epoch: str | None
    waits: bool


def run(
    store: Store,
    doors: Doors,
    client_id: str,
    now: Clock,
    watch: Watch | None = None,
    *,
    check: bool = False,
    most: int = MOST_OPS,
) -> Report:
    """Send what is due, at most `most` operations at once, then fetch until all is at its head.

    With `check` everything held is counted anew, though nothing says that it does not add up.
    Raises what the doors raise; whatever was answered until then is kept.
    """
    return _Round(store, doors, client_id, now, watch).run(check=check, most=most)


class _Round:
    """The course of one round."""

    def __init__(
        self, store: Store, doors: Doors, client_id: str, now: Clock, watch: Watch | None
    ) -> None:
        self._store = store
        self._doors = doors
        self._client_id = client_id
        self._now = now
        self._watch = watch
        self._answers: list[Answer] = []
        # What the last push brought along: what a pull from there would.
        self._brought: tuple[_Look, Pulled] | None = None
        self._report = Report()
        self._received = 0
        self._waited = False

    def run(self, *, check: bool, most: int) -> Report:
        look = self._look()
        try:
            if look.waits:
                look = self._met(look, self._push(look, most))
            if check:
                self._prune()
            self._pull_until_it_adds_up(look, check=check)
        finally:
            # The answers are kept with what the first pull brings, or alone if none came.
            if self._answers:
                with self._store.write() as session:
                    self._settle(session)
        # What is done meanwhile asks for a round of its own.
        next_due = self._next_due() if self._waited else None
        return replace(self._report, received=self._received, next_due=next_due)

    def _pull_until_it_adds_up(self, look: _Look, *, check: bool) -> None:
        for left in reversed(range(_MOST_READINGS)):
            doubtful = self._pull(look, check=check)
            if not (doubtful and left):
                break
            self._mistrust(doubtful)
            look, check = self._look(), False

    def _look(self) -> _Look:
        with self._store.glance() as driver:
            found = driver.execute(_LOOK, (EPOCH,)).fetchall()
        epoch, waits = found[0][:2]
        self._waited |= bool(waits)
        known = (cache.Place(*row[2:]) for row in found if row[2] is not None)
        return _Look({place.stream: place for place in known}, epoch, bool(waits))

    def _next_due(self) -> datetime | None:
        with self._store.glance() as driver:
            return outbox.next_due(driver)

    def _prune(self) -> None:
        with self._store.write() as session:
            letters.prune(session, self._now())

    def _met(self, look: _Look, epochs: Sequence[str]) -> _Look:
        """Which hub it was that answered: if not the one that is known, it is another life."""
        for epoch in epochs:
            if look.epoch is None:
                with self._store.write() as session:
                    self._settle(session)
                    session.merge(DeskMeta(name=EPOCH, value=epoch))
                look = self._look()
            elif epoch != look.epoch:
                look = self._live_again(epoch)
        return look

    def _push(self, look: _Look, most: int) -> list[str]:
        """Send what is due. Returns the lives of the hub that answered.

        The answers are kept in one transaction with what is pulled next, which the hub sends
        along with the last of them.

        Whatever goes wrong until then, they are kept, or asked for again: a repeated operation
        has one effect.
        """
        epochs: dict[str, None] = {}
        while True:
            with self._store.write(lasting=False) as session:
                self._settle(session)
                ops = outbox.due(session, self._now(), _MOST_AT_ONCE)
            parts = list(outbox.in_parts(ops, most))
            for number, part in enumerate(parts, 1):
                is_last = number == len(parts) and len(ops) < _MOST_AT_ONCE
                pull = self._asking(look) if is_last else None
                pushed = self._doors.push(Push(self._client_id, part, pull))
                self._answers += pushed.answers
                epochs[pushed.epoch] = None
                if pushed.pulled is not None:
                    self._brought = look, pushed.pulled
            answered = {answer.op_id for answer in self._answers}
            if len(ops) < _MOST_AT_ONCE or answered.isdisjoint(op.op_id for op in ops):
                return list(epochs)

    def _settle(self, session: Session) -> None:
        if not self._answers:
            return
        refused = outbox.settle(session, self._answers, self._now())
        cache.as_the_hub_says(session, [row for answer in self._answers for row in answer.now])
        self._report = replace(
            self._report,
            sent=self._report.sent + len(self._answers),
            refused=self._report.refused + len(refused),
        )
        self._answers = []

    def _pull(self, look: _Look, *, check: bool) -> list[str]:
        """Read every stream to its head. Returns the streams that don't add up."""
        doubtful: list[str] = []
        begun = Counter[str]()
        while True:
            pulled = self._pulled(look)
            pages = [_said(page) for page in pulled.pages]
            again = [page.stream for page in pages if page.again]
            more = bool(again) or any(page.more for page in pages)
            if _another_life(look, pulled.epoch, pages):
                look = self._live_again(pulled.epoch)
                continue
            if _is_news(look, pulled.epoch, pages):
                doubtful += self._take(look, pulled, pages, last=not more)
            self._received += sum(len(page.changes) + len(page.gone) for page in pages)
            self._tell(sum(page.head - page.seq for page in pages if not page.again))
            if not more:
                # What was fetched just now has been counted just now.
                kept = [page for page in pages if check and page.stream not in begun]
                return sorted({*doubtful, *self._recounted(kept)})
            begun.update(again)
            for stream in again:
                self._fetch(stream)
            if begun and max(begun.values()) > _MOST_BEGINNINGS:
                return []
            look = self._look()

    def _pulled(self, look: _Look) -> Pulled:
        brought, self._brought = self._brought, None
        if brought is not None and brought[0] is look:
            return brought[1]
        return self._doors.pull(self._asking(look))

    def _asking(self, look: _Look) -> Pull:
        seqs = {stream: place.seq for stream, place in look.places.items()}
        return Pull(self._client_id, seqs, PAGE, PROTO)

    def _take(self, look: _Look, pulled: Pulled, pages: Sequence[Page], *, last: bool) -> list[str]:
        with self._store.write(lasting=False) as session:
            self._settle(session)
            if look.epoch is None:
                session.merge(DeskMeta(name=EPOCH, value=pulled.epoch))
            return cache.take(session, pages, pulled.columns, last=last)

    def _live_again(self, epoch: str) -> _Look:
        """The hub was put back: send again what it had taken, and read everything anew."""
        with self._store.write() as session:
            self._settle(session)
            outbox.send_again(session, self._now())
            cache.start_over(session, cache.places(session))
            session.merge(DeskMeta(name=EPOCH, value=epoch))
        return self._look()

    def _fetch(self, stream: str) -> None:
        """Fetch a whole stream, or the rest of it, sheet by sheet."""
        look = self._look()
        place = look.places.get(stream, cache.Place(stream))
        asked = Snapshot(self._client_id, stream, place.generation, place.after)
        waiting: list[Sheet] = []
        # The first one is kept as it comes: the hub makes the next ones meanwhile.
        most = 1
        since = self._now()
        try:
            for sheet in self._doors.snapshot(asked):
                if sheet.epoch != look.epoch:
                    return
                waiting.append(sheet)
                late = abs(self._now() - since) > _SHEETS_WITHIN
                if late or len(waiting) >= most or not sheet.more:
                    self._keep(waiting)
                    most = min(most + 1, _MOST_SHEETS)
                    since = self._now()
        except SnapshotOver:
            with self._store.write() as session:
                cache.start_over(session, [stream])
        finally:
            # An interruption loses nothing that has come.
            self._keep(waiting)

    def _keep(self, waiting: list[Sheet]) -> None:
        """Keep sheets that have come, in one transaction; none waits any more then."""
        sheets, waiting[:] = list(waiting), []
        if not sheets:
            return
        with self._store.write(lasting=False) as session:
            cache.keep(session, sheets)
        for sheet in sheets:
            self._received += len(sheet.held)
            self._tell(sheet.left)

    def _recounted(self, pages: Sequence[Page]) -> list[str]:
        if not pages:
            return []
        with self._store.read() as session:
            return cache.recount(session, pages)

    def _mistrust(self, streams: Sequence[str]) -> None:
        """Read these streams anew, and send again what was taken: the hub may have lost it.

        Sending everything again is done once a day at most.
        """
        now = self._now()
        with self._store.write() as session:
            cache.start_over(session, streams)
            last = session.get(DeskMeta, _SENT_AGAIN)
            if last is None or abs(now - from_millis(int(last.value))) > _SENT_AGAIN_AFTER:
                outbox.send_again(session, now)
                session.merge(DeskMeta(name=_SENT_AGAIN, value=str(to_millis(now))))

    def _tell(self, left: int) -> None:
        if self._watch is not None:
            self._watch(Progress(self._received, left))


def _said(page: Page) -> Page:
    """A stream in which nothing ever was needs no snapshot."""
    return replace(page, again=False) if page.again and not page.head else page


def _is_news(look: _Look, epoch: str, pages: Sequence[Page]) -> bool:
    """Whether anything has to be written; most rounds bring nothing."""
    if look.waits or look.epoch != epoch or len(pages) != len(look.places):
        return True
    return any(cache.is_news(page, look.places.get(page.stream)) for page in pages)


def _another_life(look: _Look, epoch: str, pages: Sequence[Page]) -> bool:
    """Whether the hub was put back to an earlier day: a new epoch, or a head behind our cursor."""
    if look.epoch is None:
        return False
    here = look.places
    behind = any(page.stream in here and page.head < here[page.stream].seq for page in pages)
    return behind or look.epoch != epoch


def is_whole(store: Store) -> bool:
    """Whether every stream was read to its head at least once."""
    with store.read() as session:
        asked = select(func.count()).select_from(Cursor)
        return bool(session.scalar(asked)) and not session.scalar(asked.where(~Cursor.whole))
