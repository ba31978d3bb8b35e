"""One round of sync: push, then pull. A plain function; store, hub and clock come in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.clock import Clock
from lumi_desk.storage.store import Store
from lumi_desk.sync import cache, outbox
from lumi_desk.sync.protocol import MOST_OPS, PAGE, Pull, Pulled, Push
from lumi_desk.sync.protocol import Pushed as PushAnswers
from lumi_desk.sync.tables import Cursor, DeskMeta

EPOCH = "epoch"
_MOST_READINGS = 3


@dataclass(frozen=True)
class Doors:
    """What a round needs of the hub: the two doors, already opened for this person."""

    push: Callable[[Push], PushAnswers]
    pull: Callable[[Pull], Pulled]


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


def run(
    store: Store, doors: Doors, client_id: str, now: Clock, watch: Watch | None = None
) -> Report:
    """Send what is due, then fetch until every stream is at its head.

    Raises what the doors raise; whatever was answered until then is kept.
    """
    report = _push(store, doors, client_id, now)
    for left in reversed(range(_MOST_READINGS)):
        received, again = _pull(store, doors, client_id, now, watch)
        report = replace(report, received=report.received + received)
        if not (again and left):
            break
        with store.write() as session:
            cache.start_over(session, again)
    with store.read() as session:
        return replace(report, next_due=outbox.next_due(session))


def _push(store: Store, doors: Doors, client_id: str, now: Clock) -> Report:
    report = Report()
    while True:
        with store.write() as session:
            ops = outbox.due(session, now(), MOST_OPS)
        if not ops:
            return report
        pushed = doors.push(Push(client_id, tuple(ops)))
        with store.write() as session:
            refused = outbox.settle(session, pushed.answers, now())
            for answer in pushed.answers:
                cache.as_the_hub_says(session, answer.now)
        report = replace(
            report,
            sent=report.sent + len(pushed.answers),
            refused=report.refused + len(refused),
        )
        if {op.op_id for op in ops}.isdisjoint(answer.op_id for answer in pushed.answers):
            return report


def _pull(
    store: Store, doors: Doors, client_id: str, now: Clock, watch: Watch | None
) -> tuple[int, list[str]]:
    """Read every stream to its head. Returns records received and streams that don't add up."""
    received, again = 0, []
    while True:
        with store.read() as session:
            cursors = cache.cursors(session)
        pulled = doors.pull(Pull(client_id, cursors, PAGE))
        more = any(page.more for page in pulled.pages)
        with store.write() as session:
            if _another_life(session, pulled, cursors):
                outbox.send_again(session, now())
                cache.start_over(session, cursors)
                session.merge(DeskMeta(name=EPOCH, value=pulled.epoch))
                continue
            if not more:
                # Before these last pages: what they bring need not be lifted over it again.
                outbox.forget_answered(session)
            cache.keep_only(session, [page.stream for page in pulled.pages])
            again += [
                page.stream for page in pulled.pages if cache.apply(session, page, pulled.columns)
            ]
        received += sum(len(page.changes) for page in pulled.pages)
        if watch is not None:
            left = sum(page.head - page.seq for page in pulled.pages)
            watch(Progress(received, left))
        if not more:
            return received, again


def _another_life(session: Session, pulled: Pulled, cursors: Mapping[str, int]) -> bool:
    """Whether the hub was put back to an earlier day: a new epoch, or a head behind our cursor."""
    known = session.get(DeskMeta, EPOCH)
    if known is None:
        session.add(DeskMeta(name=EPOCH, value=pulled.epoch))
        return False
    behind = any(page.head < cursors.get(page.stream, 0) for page in pulled.pages)
    return behind or known.value != pulled.epoch


def is_whole(store: Store) -> bool:
    """Whether every stream was read to its head at least once."""
    with store.read() as session:
        asked = select(func.count()).select_from(Cursor)
        return bool(session.scalar(asked)) and not session.scalar(asked.where(~Cursor.whole))
