"""Moves of customers with their reason: written into the history, and read from it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.assigning.rules import Move
from lumi_desk.assigning.tables import HandOver, HandOverMove, Leave
from lumi_desk.hub import keeping
from lumi_desk.storage.among import IDS, among
from lumi_desk.sync import feed
from lumi_desk.sync.tables import Assignment

# Customer, from whom and to whom; empty for nobody.
Step = tuple[str, str, str]


def record(session: Session, wanted: HandOver, steps: Sequence[Step]) -> list[feed.Pair]:
    """Move customers as the steps say, and keep why. Returns what to publish."""
    session.add(wanted)
    by_rep: dict[str, list[str]] = defaultdict(list)
    for one, _, rep_id in steps:
        by_rep[rep_id].append(one)
    pairs = []
    for rep_id, some in sorted(by_rep.items()):
        pairs += keeping.assign(session, some, rep_id or None, wanted.at)
    session.flush()
    began = open_rows(session, [one for one, _, _ in steps])
    session.add_all(
        HandOverMove(
            assignment_id=began[one],
            hand_over_id=wanted.id,
            customer_id=one,
            old_rep_id=old or None,
            new_rep_id=new or None,
        )
        for one, old, new in steps
    )
    session.flush()
    return pairs


def made(hand_over_id: str, by: str | None, kind: Move, why: str, now: datetime) -> HandOver:
    """A hand-over to be recorded; `by` is None for the hub itself."""
    return HandOver(id=hand_over_id, at=now, by=by, kind=kind.value, why=why)


def open_rows(session: Session, customer_ids: Iterable[str]) -> dict[str, str]:
    """The rows of the assignment history that hold now, by customer."""
    asked = select(Assignment.customer_id, Assignment.id).where(
        among(Assignment.__table__.c.customer_id), Assignment.until.is_(None)
    )
    return dict(session.execute(asked, {IDS: list(customer_ids)}).all())


def steps_of(session: Session, hand_over_id: str) -> list[HandOverMove]:
    """The customers of a hand-over, in an order that is always the same."""
    asked = select(HandOverMove).where(HandOverMove.hand_over_id == hand_over_id)
    return list(session.scalars(asked.order_by(HandOverMove.customer_id)))


def on_leave(session: Session) -> dict[str, str]:
    """Customers who are with a stand-in now, each with the rep on leave to whom they belong."""
    asked = (
        select(HandOverMove.customer_id, Leave.rep_id)
        .join(Leave, Leave.hand_over_id == HandOverMove.hand_over_id)
        .join(Assignment, Assignment.id == HandOverMove.assignment_id)
        .where(Leave.over_at.is_(None), Assignment.until.is_(None))
    )
    return dict(session.execute(asked).all())


def stand_ins(session: Session) -> list[Any]:
    """Who stands in for somebody now."""
    asked = select(Leave.stand_in_id).where(
        Leave.over_at.is_(None), Leave.hand_over_id.is_not(None)
    )
    return list(session.scalars(asked))
