"""What leaders see of who looks after whom: loads, who waits and why, open work, the history."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.assigning.rules import Move, Plan, Waiting
from lumi_desk.assigning.tables import HandOver, HandOverMove, Leave
from lumi_desk.calls.tables import Callback
from lumi_desk.clock import local_day
from lumi_desk.complaints.tables import Complaint
from lumi_desk.customers.rules import Pool
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import handing, moves, placing
from lumi_desk.hub.handing import Laid, Reach
from lumi_desk.managing import assigning as told
from lumi_desk.parked.rules import OPEN
from lumi_desk.parked.tables import Parked
from lumi_desk.people.tables import Person, Team
from lumi_desk.security.masking import mask_text
from lumi_desk.security.roles import Right, may
from lumi_desk.storage.among import chunks
from lumi_desk.storage.base import to_millis
from lumi_desk.sync.tables import Assignment

_HERS: Any = Customer.__table__
_SHOWN, _EXAMPLES, _LINES = 30, 3, 40
_BACK = timedelta(days=30)
BY_HUB = "hub"
# Of a customer who waits where no rep has a plan at all.
NO_PLANS = "no_plans"


@dataclass(frozen=True, slots=True)
class _Held:
    """How many customers a rep holds by grade and by pool, and of them another's on leave."""

    grades: Mapping[str, Counter[str]]
    pools: Mapping[str, Counter[str]]
    kept: Counter[str]


def listed(session: Session, reach: Reach, now: datetime) -> told.RepsListed:
    """The reps within reach, who waits for a rep, and the history of thirty days."""
    waiting = _waiting(session, now)
    return told.RepsListed(
        reps(session, reach, now),
        Counter(why for _, why in waiting),
        _first(session, waiting[:_SHOWN]),
        tuple(_history(session, reach, now)),
    )


def reps(session: Session, reach: Reach, now: datetime) -> tuple[told.RepLoad, ...]:
    """The reps within reach, by team and name; who has left is among them while she holds any."""
    held = _held(session)
    plans = {one.rep_id: one for one in placing.plans(session)}
    leaves = {
        one.rep_id: one for one in session.scalars(select(Leave).where(Leave.over_at.is_(None)))
    }
    teams = dict(session.execute(select(Team.id, Team.name)).all())
    today = local_day(now)
    shown = [
        _load(one, plans.get(one.id), leaves.get(one.id), held, teams, today)
        for one in session.scalars(select(Person))
        if reach.covers(one)
        and (one.id in held.pools or (one.active and may(one.role, Right.CONTACT)))
    ]
    return tuple(sorted(shown, key=lambda one: (one.team, not one.active, one.name, one.id)))


def previewed(session: Session, laid: Laid, now: datetime) -> told.HandOverPreviewed:
    """A hand-over laid out, as it travels."""
    ids = [one for one, _, _ in laid.steps]
    left, got = (Counter(step[place] for step in laid.steps) for place in (1, 2))
    names = dict(session.execute(select(Person.id, Person.name)).all())
    goes = [
        _goes(session, laid, rep_id, names.get(rep_id, ""), got[rep_id] - left[rep_id], now)
        for rep_id in sorted(got, key=lambda one: (names.get(one, ""), one))
    ]
    return told.HandOverPreviewed(
        laid.mark,
        len(laid.steps),
        tuple(goes),
        dict(laid.stays),
        _many(session, Callback, ids, Callback.done_at.is_(None)),
        _many(session, Complaint, ids, Complaint.closed_at.is_(None)),
        _many(session, Parked, ids, Parked.state.in_([one.value for one in OPEN])),
    )


def _goes(
    session: Session, laid: Laid, rep_id: str, name: str, more: int, now: datetime
) -> told.Goes:
    hers = [one for one, _, new in laid.steps if new == rep_id]
    grades = Counter(_grade(laid.rows[one]) for one in hers)
    plan = laid.plans.get(rep_id)
    most = handing.most_of(plan) if plan is not None else 0
    then = laid.loads.get(rep_id, 0) + more if rep_id else 0
    return told.Goes(
        rep_id,
        name,
        len(hers),
        dict(grades),
        then,
        most,
        max(then - most, 0) if plan is not None else 0,
        plan is not None and plan.is_away(local_day(now)),
        _names(session, hers[:_EXAMPLES]),
    )


def _grade(one: Waiting) -> str:
    return one.grade.value if one.grade is not None else ""


def _names(session: Session, ids: Sequence[str]) -> tuple[str, ...]:
    asked = select(Customer.name).where(Customer.id.in_(ids)).order_by(Customer.id)
    return tuple(map(mask_text, session.scalars(asked)))


def _many(session: Session, table: Any, ids: Iterable[str], which: Any) -> int:
    asked = select(func.count()).select_from(table).where(which)
    return sum(
        session.scalar(asked.where(table.customer_id.in_(some))) or 0 for some in chunks(ids)
    )


def _held(session: Session) -> _Held:
    columns = _HERS.c.rep_id, _HERS.c.grade, _HERS.c.pool
    asked = select(*columns, func.count()).where(_HERS.c.rep_id.is_not(None)).group_by(*columns)
    grades: dict[str, Counter[str]] = defaultdict(Counter)
    pools: dict[str, Counter[str]] = defaultdict(Counter)
    for rep_id, grade, pool, many in session.connection().execute(asked):
        grades[rep_id][grade or ""] += many
        pools[rep_id][pool] += many
    kept = moves.on_leave(session)
    holders = select(_HERS.c.id, _HERS.c.rep_id).where(_HERS.c.rep_id.is_not(None))
    here = [
        rep_id
        for some in chunks(sorted(kept))
        for _, rep_id in session.connection().execute(holders.where(_HERS.c.id.in_(some)))
    ]
    return _Held(grades, pools, Counter(here))


def _load(
    person: Person,
    plan: Plan | None,
    leave: Leave | None,
    held: _Held,
    teams: Mapping[str, str],
    today: date,
) -> told.RepLoad:
    shown = plan or handing.plan_of(person, {})
    days = (leave.first, leave.last) if leave is not None else shown.away
    if days is not None and days[1] < today:
        days = None
    first, last = (str(days[0]), str(days[1])) if days is not None else (None, None)
    stand_in = (leave.stand_in_id or "") if leave is not None and days is not None else ""
    lines, grades = sorted(shown.lines), sorted(shown.grades)
    why = leave.why if leave is not None and days is not None else ""
    mark = (plan is not None, shown.side, *lines, *grades, shown.most, first, last, stand_in, why)
    pools = held.pools.get(person.id, Counter())
    return told.RepLoad(
        person.id,
        person.name,
        teams.get(person.team_id or "", ""),
        person.active and may(person.role, Right.CONTACT),
        plan is not None,
        shown.side.value,
        tuple(one.value for one in lines),
        tuple(one.value for one in grades),
        handing.most_of(shown),
        shown.most is not None,
        pools.total(),
        held.kept[person.id],
        dict(held.grades.get(person.id, Counter())),
        dict(pools),
        first,
        last,
        stand_in,
        days is not None and days[0] <= today,
        blake2b(repr(tuple(map(str, mark))).encode(), digest_size=8).hexdigest(),
        why,
    )


def _waiting(session: Session, now: datetime) -> list[tuple[Waiting, str]]:
    """Who is to have a rep and has none, the best first, each with the reason."""
    waits = _HERS.c.rep_id.is_(None) & (_HERS.c.pool != Pool.ZERO.value)
    rows = list(placing.rows_of(session, now, waits))
    plans = placing.plans(session)
    found = placing.placed(rows, plans, placing.loads_of(session), local_day(now))
    reasons = {one: why.value for one, why in found.stays.items()}
    told_ = [(one, reasons.get(one.customer_id, "") if plans else NO_PLANS) for one, _ in rows]
    return sorted(told_, key=lambda one: (one[0].pool is not Pool.V, -one[0].value_fen))


def _first(session: Session, waiting: Sequence[tuple[Waiting, str]]) -> tuple[told.RepWaiting, ...]:
    ids = [one.customer_id for one, _ in waiting]
    asked = select(Customer.id, Customer.name).where(Customer.id.in_(ids))
    names = dict(session.execute(asked).all())
    return tuple(
        told.RepWaiting(
            one.customer_id,
            mask_text(names[one.customer_id]),
            one.pool.value,
            _grade(one),
            one.line.value if one.line is not None else "",
            why,
        )
        for one, why in waiting
    )


def _history(session: Session, reach: Reach, now: datetime) -> list[told.HandedOver]:
    """What moved in thirty days from or to a rep within reach, the newest first."""
    persons = {one.id: one for one in session.scalars(select(Person))}
    mine = {one for one, person in persons.items() if reach.covers(person)}
    names = {one: person.name for one, person in persons.items()}
    found = [*_decided(session, mine, names, now), *_by_plans(session, mine, names, now)]
    return sorted(found, key=lambda one: (-one.at, one.id))[:_LINES]


def _decided(
    session: Session, mine: set[str], names: Mapping[str, str], now: datetime
) -> list[told.HandedOver]:
    made = select(HandOver).where(HandOver.at > now - _BACK)
    found = session.scalars(made.order_by(HandOver.at.desc()).limit(_LINES * 5)).all()
    columns = HandOverMove.hand_over_id, HandOverMove.old_rep_id, HandOverMove.new_rep_id
    asked = select(*columns, func.count()).group_by(*columns)
    counts: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for some in chunks(one.id for one in found):
        for which, old, new, many in session.execute(
            asked.where(HandOverMove.hand_over_id.in_(some))
        ):
            counts[which].append((old or "", new or "", many))
    first = min((one.at for one in found if _may_go_back(one, now)), default=None)
    done = {} if first is None else handing.works(session, first)
    return [
        _line(session, one, counts[one.id], mine, names, done, now)
        for one in found
        if any({old, new} & mine for old, new, _ in counts[one.id])
    ]


def _line(
    session: Session,
    one: HandOver,
    counts: Sequence[tuple[str, str, int]],
    mine: set[str],
    names: Mapping[str, str],
    done: handing.Works,
    now: datetime,
) -> told.HandedOver:
    back = 0
    whole = all({old, new} - {""} <= mine for old, new, _ in counts)
    if _may_go_back(one, now) and whole:
        rows = moves.steps_of(session, one.id)
        back = len(rows) - len(handing.staying(session, one, rows, done))
    went = tuple(
        told.RepMoves(names.get(old, ""), names.get(new, ""), many)
        for old, new, many in sorted(counts, key=lambda each: (-each[2], each))
    )
    return told.HandedOver(
        one.id,
        to_millis(one.at),
        names.get(one.by or "", ""),
        one.kind,
        one.why,
        went,
        back,
        one.undone_by is not None,
    )


def _may_go_back(one: HandOver, now: datetime) -> bool:
    today = local_day(one.at) == local_day(now)
    return one.kind == Move.CHOSEN and one.undone_by is None and today


def _by_plans(
    session: Session, mine: set[str], names: Mapping[str, str], now: datetime
) -> list[told.HandedOver]:
    """What the hub gave by the plans, or by a keeper's command: all of a moment in one line."""
    asked = (
        select(Assignment.since, Assignment.rep_id, func.count())
        .outerjoin(HandOverMove, HandOverMove.assignment_id == Assignment.id)
        .where(Assignment.since > now - _BACK, HandOverMove.assignment_id.is_(None))
        .group_by(Assignment.since, Assignment.rep_id)
        .order_by(Assignment.since.desc())
    )
    found: dict[datetime, list[told.RepMoves]] = defaultdict(list)
    for since, rep_id, many in session.execute(asked):
        if rep_id in mine:
            found[since].append(told.RepMoves("", names[rep_id], many))
    return [
        told.HandedOver(
            str(to_millis(at)), to_millis(at), "", BY_HUB, "", tuple(went), 0, undone=False
        )
        for at, went in list(found.items())[:_LINES]
    ]
