"""What a hub does every night: reckon everybody through, hand out, learn, clear out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lumi_desk.customers.again.fitting import Learned
from lumi_desk.customers.value.rules import ValueSettings
from lumi_desk.hub import (
    import_jobs,
    intake,
    learning_again,
    learning_order,
    learning_value,
    leaves,
    outlooks,
    placing,
    rechecking,
    titles,
)
from lumi_desk.hub.classifying import Changes
from lumi_desk.hub.learning_order import Lesson
from lumi_desk.looks import service as looks
from lumi_desk.parked import service as parked
from lumi_desk.people.tables import Token
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.streams import prune
from lumi_desk.sync.tables import SyncMeta

Tell = Callable[[str, int, int], None]

# As long as a desk may send the decision again.
_DECIDED_LAST = timedelta(days=90)


@dataclass(frozen=True)
class Night:
    """What the night brought: who moved, who got a rep, and how much was cleared out.

    `learned` is what was learned anew of who buys again, `value` of what customers are worth, and
    `lesson` what calls taught about whom to call, on the nights it is time for that; `tokens` are
    sign-ins that had run out, `decided` is parked work that was decided long ago, `removals` the
    oldest word of what left a stream, `looks` are those that were kept their time.
    """

    changes: Changes
    learned: Learned | None
    tokens: int
    decided: int
    removals: int
    given: placing.Given
    lesson: Lesson | None
    value: ValueSettings | None
    looks: int


class _Steps:
    """The steps of a night: each is done whatever became of those before it."""

    def __init__(self) -> None:
        self._failed: list[Exception] = []

    @contextmanager
    def one(self) -> Iterator[None]:
        """Do a step, and remember how it failed."""
        try:
            yield
        except Exception as problem:  # noqa: BLE001  # It is raised once the others are done.
            self._failed.append(problem)

    def require_all(self) -> None:
        """Raise what went wrong first."""
        if self._failed:
            raise self._failed[0]


def run(store: Store, now: datetime, tell: Tell | None = None) -> Night:
    """Confirm sales, classify everybody, turn leaves, hand out, learn, clear out what is over.

    Desks go on working. When a step fails the others are done all the same; then its error is
    raised, and the night counts as not done.
    """
    steps = _Steps()
    with steps.one(), store.write() as session:
        changes = intake.reckon(session, now, tell=tell)
    with steps.one(), store.write() as session:
        feed.watch(session, alone=True)
        # First who is back and who goes: whom they leave or find decides who has room.
        turned = leaves.turn(session, now)
        given = placing.hand_out(session, now)
        feed.publish(session, {*turned.pairs, *given.pairs})
    with steps.one(), store.write() as session:
        feed.watch(session, alone=True)
        feed.publish(session, titles.tell(session))
    with steps.one():
        # Whatever was missed, and the numbers of another day.
        rechecking.recheck(store, now)
    with steps.one():
        learned = learning_again.renew(store, now)
    with steps.one():
        value = learning_value.renew(store, now)
    with steps.one():
        # A day more without buying, and the latest that was learned.
        outlooks.renew_everybody(store, now)
    with steps.one():
        lesson = learning_order.learn_when_due(store, now, tell)
    with steps.one(), store.write() as session:
        feed.watch(session)
        decided = parked.forget(session, now - _DECIDED_LAST)
        feed.publish(session)
    with steps.one(), store.write() as session:
        tokens, removals, looked = _cleared(session, now)
    with steps.one():
        import_jobs.sweep(store, now)
    steps.require_all()
    with store.write() as session:
        session.execute(update(SyncMeta).values(nightly_at=now))
    return Night(changes, learned, tokens, decided, removals, given, lesson, value, looked)


def _cleared(session: Session, now: datetime) -> tuple[int, int, int]:
    """How many sign-ins, removals and looks were over, and are gone."""
    over = Token.expires_at <= now
    tokens = session.scalar(select(func.count()).select_from(Token).where(over)) or 0
    session.execute(delete(Token).where(over))
    return tokens, prune(session, now), looks.forget(session, now)
