"""A hand-over that somebody decides: laid out, carried out in one step, and taken back."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from lumi_desk.assigning.rules import ASSIGN, Move, Plan, Waiting
from lumi_desk.assigning.tables import HandOver, HandOverMove
from lumi_desk.clock import local_day
from lumi_desk.customers.rules import Pool
from lumi_desk.customers.tables import Customer
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import leaves, likely, moves, placing
from lumi_desk.hub.rulebook import IdTaken
from lumi_desk.ids import least_id
from lumi_desk.managing.assigning import PreviewHandOver
from lumi_desk.operations import CUSTOMER, KINDS
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import NotYours, Right, may
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import APPLIED
from lumi_desk.sync.tables import SyncOp

_HERS: Any = Customer.__table__
# A desk's clock may be slow by so much, and its ids with it.
_SLOW = timedelta(days=7)
WORKED, MOVED, LEFT = "worked", "moved", "left"
# Why a chosen one stays who is not, or not any more, within reach.
BEYOND = "beyond"


class CustomersMoved(LumiError):
    """Somebody or something else moved customers after the preview."""

    title = N_("Customers were moved meanwhile, the last time by {who}")
    advice = N_("Nothing was changed now. Look at the preview again, then decide.")


class NobodyMoves(LumiError):
    """A hand-over of nobody."""

    title = N_("Nobody would move")
    advice = N_("Nothing was changed. Choose other customers, or another rep.")


class NoRepToGoTo(LumiError):
    """Nobody is left to give them to."""

    title = N_("There is no rep to hand them over to")
    advice = N_("Nothing was changed. Choose a rep who works here, or give a rep a plan.")


class NoSuchHandOver(LumiError):
    """There is no such hand-over to take back."""

    title = N_("There is no such hand-over to take back")
    advice = N_("Look at the history again.")


class TooLateToUndo(LumiError):
    """It was made on another day, or was taken back."""

    title = N_("This hand-over can be taken back no more")
    advice = N_("That goes on the day itself, once. Hand the customers over again instead.")


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose customers somebody may move: a team's, or with no team everybody's."""

    team_id: str | None = None

    def covers(self, person: Person | None) -> bool:
        """Whether this person's customers are within reach, whether or not she still works."""
        return person is not None and self.team_id in (None, person.team_id or "")


@dataclass(frozen=True, slots=True)
class Laid:
    """A hand-over laid out: the steps, who stays by reason, and the plans of whom they go to.

    `loads` are before it.
    """

    rows: Mapping[str, Waiting]
    steps: tuple[moves.Step, ...]
    stays: Mapping[str, int]
    plans: Mapping[str, Plan]
    loads: Mapping[str, int]

    @property
    def mark(self) -> str:
        """Another one as soon as anybody would go elsewhere, or come from elsewhere."""
        told = "\n".join("\t".join(step) for step in sorted(self.steps))
        return blake2b(told.encode(), digest_size=8).hexdigest()


# Customer → who did something about her, and when it came to the hub.
Works = Mapping[str, Sequence[tuple[str, datetime]]]


@dataclass(frozen=True, slots=True)
class Undone:
    """How many came back, and who stays by reason; `again` if it had been done before."""

    back: int
    stays: Mapping[str, int]
    again: bool = False


def lay_out(session: Session, reach: Reach, asked: PreviewHandOver, now: datetime) -> Laid:
    """Say who would go where. Raises NotYours and NoRepToGoTo."""
    persons = {one.id: one for one in session.scalars(select(Person))}
    rows, beyond = _rows(session, reach, persons, asked, now)
    loads, stays = placing.loads_of(session), Counter({BEYOND: beyond} if beyond else {})
    if asked.way == "nobody":
        steps = tuple((one.customer_id, rep_id, "") for one, rep_id in rows if rep_id)
        return Laid(_by_id(rows), steps, stays, {}, loads)
    plans = _plans(session, reach, persons, asked)
    if not plans:
        raise NoRepToGoTo
    if len(plans) == 1 and asked.way == "reps":
        # She was named: her plan and her cap warn, and forbid nothing.
        given = dict.fromkeys(_by_id(rows), plans[0].rep_id)
    else:
        found = placing.placed(rows, plans, loads, local_day(now))
        given = dict(found.given)
        stays.update(reason.value for reason in found.stays.values())
    steps = tuple(
        (one.customer_id, rep_id, given[one.customer_id])
        for one, rep_id in rows
        if given.get(one.customer_id, rep_id) != rep_id
    )
    return Laid(_by_id(rows), steps, stays, {one.rep_id: one for one in plans}, loads)


def carry_out(
    session: Session,
    reach: Reach,
    by: str,
    asked: PreviewHandOver,
    wanted: tuple[str, str, str],
    now: datetime,
) -> tuple[int, bool]:
    """Do it in one step. `wanted` is the id, the mark of the preview and the reason.

    Returns how many moved, and whether that had been done before by the same asking. Raises
    CustomersMoved, NobodyMoves, IdTaken and what lay_out raises; then nothing has moved.
    """
    hand_over_id, base, why = wanted
    feed.watch(session, alone=True)
    before = session.get(HandOver, hand_over_id)
    if before is not None:
        if before.by != by or before.kind != Move.CHOSEN:
            raise IdTaken(id=hand_over_id)
        return len(moves.steps_of(session, hand_over_id)), True
    laid = lay_out(session, reach, asked, now)
    if laid.mark != base:
        raise CustomersMoved(who=_last_mover(session))
    if not laid.steps:
        raise NobodyMoves
    made = moves.made(hand_over_id, by, Move.CHOSEN, why, now)
    feed.publish(session, moves.record(session, made, laid.steps))
    return len(laid.steps), False


def undo(
    session: Session, reach: Reach, by: str, undo_id: str, hand_over_id: str, now: datetime
) -> Undone:
    """Take a hand-over of today back as far as nobody has worked on them or moved them since.

    Raises NoSuchHandOver, NotYours, IdTaken and TooLateToUndo.
    """
    feed.watch(session, alone=True)
    made = session.get(HandOver, hand_over_id)
    if made is None or made.kind != Move.CHOSEN:
        raise NoSuchHandOver
    rows = moves.steps_of(session, hand_over_id)
    _require_within(session, reach, rows)
    if made.undone_by == undo_id:
        return Undone(len(moves.steps_of(session, undo_id)), {}, again=True)
    if session.get(HandOver, undo_id) is not None:
        raise IdTaken(id=undo_id)
    if made.undone_by is not None or local_day(made.at) != local_day(now):
        raise TooLateToUndo
    kept = staying(session, made, rows, works(session, made.at))
    steps = [
        (one.customer_id, one.new_rep_id or "", one.old_rep_id or "")
        for one in rows
        if one.customer_id not in kept
    ]
    made.undone_by = undo_id
    wanted = moves.made(undo_id, by, Move.UNDO, made.why, now)
    feed.publish(session, moves.record(session, wanted, steps))
    return Undone(len(steps), Counter(kept.values()))


def works(session: Session, since: datetime) -> Works:
    """What was done about customers and has come to the hub since then.

    Desks' clocks may be wrong, so when the hub had it counts, not when a desk says it was done.
    Of a desk whose clock is slow by more than a week nothing is found.
    """
    asked = select(SyncOp.payload, SyncOp.person_id, SyncOp.at).where(
        SyncOp.op_id >= least_id(since - _SLOW),
        SyncOp.at >= since,
        SyncOp.status == APPLIED,
        SyncOp.kind.in_([kind.name for kind in KINDS if kind.about == CUSTOMER]),
    )
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for payload, by, at in session.execute(asked):
        found[json.loads(payload)[CUSTOMER]].append((by, at))
    for other, kept in likely.kept_of(session, found.keys()).items():
        found[kept] += found[other]
    return found


def staying(
    session: Session, made: HandOver, rows: Sequence[HandOverMove], done: Works
) -> dict[str, str]:
    """Whom taking it back would leave where they are: customer → why.

    `done` is what was done since then or longer, as works() finds it.
    """
    holds = moves.open_rows(session, [one.customer_id for one in rows])
    gone = set(session.scalars(select(Person.id).where(Person.active.in_((False,)))))
    kept = {}
    for one in rows:
        if holds.get(one.customer_id) != one.assignment_id:
            kept[one.customer_id] = MOVED
        elif _is_worked_on(one, done, made.at):
            kept[one.customer_id] = WORKED
        elif one.old_rep_id in gone:
            kept[one.customer_id] = LEFT
    return kept


def _is_worked_on(one: HandOverMove, done: Works, since: datetime) -> bool:
    """Whether anybody has but the one whom she would come back to."""
    hers = done.get(one.customer_id, ())
    return any(at >= since and by != one.old_rep_id for by, at in hers)


def plan_of(person: Person, found: Mapping[str, Plan]) -> Plan:
    """Her plan; without one she takes everybody, up to what is usual."""
    return found.get(person.id) or Plan(person.id, person.team_id or "")


def most_of(plan: Plan) -> int:
    """How many customers she looks after at most."""
    return ASSIGN.usual if plan.most is None else plan.most


def _rows(
    session: Session,
    reach: Reach,
    persons: Mapping[str, Person],
    asked: PreviewHandOver,
    now: datetime,
) -> tuple[list[tuple[Waiting, str]], int]:
    """Who is asked about, each with who holds her, and how many chosen ones are beyond reach."""
    if asked.source == "rep":
        if not reach.covers(persons.get(asked.rep_id)):
            raise NotYours
        found = placing.rows_of(session, now, _HERS.c.rep_id == asked.rep_id)
    elif asked.source == "waiting":
        waits = _HERS.c.rep_id.is_(None) & (_HERS.c.pool != Pool.ZERO.value)
        found = placing.rows_of(session, now, waits)
    else:
        found = placing.rows_of(session, now, true(), set(asked.chosen))
    # Nobody's customers may be taken by every team; those of another are as if there were none.
    within = [one for one in found if not one[1] or reach.covers(persons.get(one[1]))]
    beyond = len(set(asked.chosen)) - len(within) if asked.source == "chosen" else 0
    return sorted((one for one in within if _wanted(one[0], asked)), key=_by_customer), beyond


def _by_customer(row: tuple[Waiting, str]) -> str:
    return row[0].customer_id


def _by_id(rows: Sequence[tuple[Waiting, str]]) -> dict[str, Waiting]:
    return {one.customer_id: one for one, _ in rows}


def _wanted(one: Waiting, asked: PreviewHandOver) -> bool:
    return (
        (not asked.pools or one.pool in asked.pools)
        and (not asked.grades or one.grade in asked.grades)
        and (not asked.lines or one.line in asked.lines)
    )


def _plans(
    session: Session, reach: Reach, persons: Mapping[str, Person], asked: PreviewHandOver
) -> list[Plan]:
    """The plans of whom they may go to: those named, or everybody's with a plan within reach."""
    found = {one.rep_id: one for one in placing.plans(session)}
    named = set(asked.reps) if asked.way == "reps" else set(found)
    if asked.way == "reps" and not all(_may_get(reach, persons.get(one)) for one in named):
        raise NotYours
    named.discard(asked.rep_id)
    here = (persons[one] for one in sorted(named) if _may_get(reach, persons[one]))
    return [_with_leave(session, plan_of(one, found)) for one in here]


def _with_leave(session: Session, plan: Plan) -> Plan:
    """Who has no plan may be on leave all the same."""
    leave = leaves.current(session, plan.rep_id) if plan.away is None else None
    return plan if leave is None else replace(plan, away=(leave.first, leave.last))


def _may_get(reach: Reach, person: Person | None) -> bool:
    return (
        person is not None
        and reach.covers(person)
        and person.active
        and may(person.role, Right.CONTACT)
    )


def _require_within(session: Session, reach: Reach, rows: Sequence[HandOverMove]) -> None:
    """Raise NotYours unless everybody who gave or got customers is within reach."""
    reps = {rep for one in rows for rep in (one.old_rep_id, one.new_rep_id) if rep}
    if not all(reach.covers(session.get(Person, rep)) for rep in reps):
        raise NotYours


def _last_mover(session: Session) -> str:
    """Who moved customers last, by name; the hub where nobody did."""
    asked = select(HandOver).order_by(HandOver.at.desc(), HandOver.id.desc()).limit(1)
    last = session.scalar(asked)
    person = session.get(Person, last.by) if last is not None and last.by else None
    return person.name if person is not None else "Lumi"
