"""A rep's leave: who stands in gets her customers on its first day, and gives them back after it.

Every night does what is due. Whom somebody has moved elsewhere meanwhile stays there.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lumi_desk.assigning.rules import Move
from lumi_desk.assigning.tables import Leave, RepPlan
from lumi_desk.clock import local_day
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import keeping, moves
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Right, may
from lumi_desk.sync import feed


class NotALeave(LumiError):
    """Days that are no leave."""

    title = N_("{first} to {last} is no leave")
    advice = N_("The last day is today or later, and not before the first. Nothing was changed.")


class CannotStandIn(LumiError):
    """She cannot look after another's customers then."""

    title = N_("{name} cannot stand in")
    advice = N_("She is on leave in those days, or stands in for herself. Choose somebody else.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A leave as it is asked for; without a stand-in her customers stay hers."""

    id: str
    rep_id: str
    first: date
    last: date
    stand_in_id: str = ""
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Turned:
    """How many customers went to those who stand in, and came back; and what to publish."""

    went: int = 0
    came: int = 0
    pairs: tuple[feed.Pair, ...] = ()

    def __add__(self, other: "Turned") -> "Turned":
        return Turned(self.went + other.went, self.came + other.came, self.pairs + other.pairs)


def current(session: Session, rep_id: str) -> Leave | None:
    """Her leave that is not over, begun or still to come."""
    return session.scalar(_open().where(Leave.rep_id == rep_id))


def put(session: Session, wanted: Wanted, now: datetime) -> Turned:
    """Keep a leave, and begin it if this is its time. One she has already is ended by it.

    The session must be watched; publish `pairs`. Raises NotALeave and CannotStandIn.
    """
    today = local_day(now)
    if wanted.last < max(wanted.first, today):
        raise NotALeave(first=str(wanted.first), last=str(wanted.last))
    if wanted.stand_in_id:
        _require_free(session, wanted)
    before = current(session, wanted.rep_id)
    if before is not None and _goes_on(before, wanted, today):
        before.first, before.last, before.why = wanted.first, wanted.last, wanted.why
        done = Turned()
    else:
        done = end(session, wanted.rep_id, now)
        leave = Leave(
            id=wanted.id,
            rep_id=wanted.rep_id,
            first=wanted.first,
            last=wanted.last,
            stand_in_id=wanted.stand_in_id or None,
            by=wanted.by or None,
            at=now,
            why=wanted.why,
        )
        session.add(leave)
        session.flush()
        done += _turned(session, leave, now)
    _tell_plan(session, wanted.rep_id, (wanted.first, wanted.last))
    return done


def end(session: Session, rep_id: str, now: datetime) -> Turned:
    """She is back, or does not go: what the stand-in still holds of hers returns to her."""
    _tell_plan(session, rep_id, None)
    leave = current(session, rep_id)
    return _returned(session, leave, now) if leave is not None else Turned()


def turn(session: Session, now: datetime) -> Turned:
    """Begin and end what is due. The session must be watched; publish `pairs`."""
    done = Turned()
    for leave in session.scalars(_open().order_by(Leave.id)).all():
        done += _turned(session, leave, now)
    return done


def _open() -> Select[Leave]:
    return select(Leave).where(Leave.over_at.is_(None))


def _goes_on(before: Leave, wanted: Wanted, today: date) -> bool:
    """Whether it is the same leave with another end: nobody has to move for that."""
    begun = before.hand_over_id is not None
    return begun and before.stand_in_id == wanted.stand_in_id and wanted.first <= today


def _require_free(session: Session, wanted: Wanted) -> None:
    person = session.get(Person, wanted.stand_in_id)
    other = current(session, wanted.stand_in_id)
    away = other is not None and other.first <= wanted.last and wanted.first <= other.last
    if person is None or person.id == wanted.rep_id or away or not _works(person):
        raise CannotStandIn(name=person.name if person else "–")


def _works(person: Person | None) -> bool:
    return person is not None and person.active and may(person.role, Right.CONTACT)


def _turned(session: Session, leave: Leave, now: datetime) -> Turned:
    today = local_day(now)
    if today > leave.last:
        return _returned(session, leave, now)
    waits = leave.hand_over_id is None and leave.first <= today
    if not waits or not _works(session.get(Person, leave.stand_in_id or "")):
        return Turned()
    steps = [(one, leave.rep_id, leave.stand_in_id or "") for one in _hers(session, leave)]
    leave.hand_over_id = new_id()
    wanted = moves.made(leave.hand_over_id, leave.by, Move.LEAVE, leave.why, now)
    return Turned(len(steps), 0, tuple(moves.record(session, wanted, steps)))


def _hers(session: Session, leave: Leave) -> list[str]:
    """Her own customers; whom she keeps for another on leave is not hers to give on."""
    kept = moves.on_leave(session)
    return [one for one in sorted(keeping.held_by(session, leave.rep_id)) if one not in kept]


def _returned(session: Session, leave: Leave, now: datetime) -> Turned:
    leave.over_at = now
    if leave.hand_over_id is None or not _works(session.get(Person, leave.rep_id)):
        return Turned()
    rows = moves.steps_of(session, leave.hand_over_id)
    holds = moves.open_rows(session, [one.customer_id for one in rows])
    steps = [
        (one.customer_id, one.new_rep_id or "", leave.rep_id)
        for one in rows
        if holds.get(one.customer_id) == one.assignment_id
    ]
    wanted = moves.made(new_id(), None, Move.RETURN, leave.why, now)
    return Turned(0, len(steps), tuple(moves.record(session, wanted, steps)))


def _tell_plan(session: Session, rep_id: str, days: tuple[date, date] | None) -> None:
    """By her plan she is given nobody while she is away."""
    plan = session.get(RepPlan, rep_id)
    if plan is not None:
        plan.away_from, plan.away_until = days or (None, None)
