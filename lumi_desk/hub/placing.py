"""Handing customers out by the reps' plans: after imports, every night, when a rep leaves.

Only reps who have a plan take part: a hub without plans hands nobody out by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.assigning.rules import Placing, Plan, Side, Waiting, place
from lumi_desk.assigning.tables import RepPlan
from lumi_desk.clock import local_day
from lumi_desk.customers.rules import Grade, Line, Pool, is_handed_over
from lumi_desk.customers.tables import Customer
from lumi_desk.errors import LumiError
from lumi_desk.hub import keeping, leaves, moves
from lumi_desk.hub.classifying import numbers_on
from lumi_desk.people.tables import Credential, Person
from lumi_desk.security.roles import Right, may
from lumi_desk.storage.among import chunks
from lumi_desk.sync import feed

_HERS: Any = Customer.__table__
_TEAMS = select(Person.id, Person.team_id)


class BadPlan(LumiError):
    """A plan with a side, a line or a grade that does not exist."""

    title = "The plan of “{login}” cannot be used: {why}"
    advice = "Nothing was changed. Drop it, then make it anew: lumi-hub plans drop {login}"


@dataclass(frozen=True, slots=True)
class Given:
    """What handing out did, or would do.

    `moved` is (customer, from whom, to whom); `loads` how many customers each rep with a plan,
    and each who gave some away, looks after then; `stays` who stays where she is, by reason (a
    value of Stays); `gave_way` how many of the moved left a place to somebody who has no other.
    """

    moved: tuple[tuple[str, str, str], ...]
    loads: Mapping[str, int]
    stays: Mapping[str, int]
    gave_way: int = 0

    @property
    def pairs(self) -> list[feed.Pair]:
        """What is to be published."""
        return [("customer", one) for one, _, _ in self.moved]

    @property
    def gets(self) -> Mapping[str, int]:
        """How many customers each rep is given."""
        return Counter(rep_id for _, _, rep_id in self.moved)

    @property
    def handed_over(self) -> int:
        """How many came from another rep."""
        return sum(1 for _, before, _ in self.moved if before)


NOTHING = Given((), {}, {})


def plans(session: Session) -> list[Plan]:
    """The plans of everybody who may be given customers. Raises BadPlan."""
    asked = select(RepPlan, Person).join(Person, Person.id == RepPlan.person_id)
    return [
        _read(session, plan, person)
        for plan, person in session.execute(asked.order_by(Person.id))
        if person.active and may(person.role, Right.CONTACT)
    ]


def _read(session: Session, plan: RepPlan, person: Person) -> Plan:
    try:
        return plan.value(person.team_id or "")
    except ValueError as error:
        asked = select(Credential.login).where(Credential.person_id == person.id)
        login = session.scalar(asked) or person.name
        raise BadPlan(login=login, why=str(error)) from None


def hand_out(
    session: Session,
    now: datetime,
    among: Iterable[str] | None = None,
    *,
    keep: bool = True,
) -> Given:
    """Give away who is in nobody's hands, and hand newcomers over who are new no longer.

    Pool 0 stays in nobody's hands: it is called from shared lists. With `among`, only these
    customers; with `keep` off nothing is written. The session must be watched; publish `pairs`.
    """
    found = plans(session)
    if not found:
        return NOTHING
    on_new_side = [plan.rep_id for plan in found if plan.side is Side.NEW]
    # Whoever stands in keeps them as the one on leave would: they come back to her.
    owners = moves.on_leave(session)
    held = _HERS.c.rep_id.in_(on_new_side) | _HERS.c.rep_id.in_(moves.stand_ins(session))
    rows = [
        (one, rep_id)
        for one, rep_id in rows_of(session, now, _HERS.c.rep_id.is_(None) | held, among)
        if (
            one.pool is not Pool.ZERO
            if not rep_id
            else not one.is_new and owners.get(one.customer_id, rep_id) in on_new_side
        )
    ]
    return _give(session, rows, found, now, keep=keep)


def take(session: Session, rep_id: str, now: datetime, **values: Any) -> Given:
    """Keep whom a rep takes, as set_plan does; whoever waits and falls to her by it comes at once.

    A plan that is told no days knows of the leave she is on. The session must be watched; publish
    `pairs`. Raises BadPlan.
    """
    leave = None if "away_from" in values else leaves.current(session, rep_id)
    if leave is not None:
        values |= {"away_from": leave.first, "away_until": leave.last}
    set_plan(session, rep_id, **values)
    return _fill(session, rep_id, now)


def _fill(session: Session, rep_id: str, now: datetime) -> Given:
    """Give her whoever waits and falls to her by all the plans; nobody else moves."""
    found = plans(session)
    waits = _HERS.c.rep_id.is_(None) & (_HERS.c.pool != Pool.ZERO.value)
    rows = list(rows_of(session, now, waits))
    given = _give(session, rows, found, now, keep=False)
    hers = tuple(one for one in given.moved if one[2] == rep_id)
    _move(session, hers, now)
    return Given(hers, {}, {})


def hand_over(session: Session, rep_id: str, now: datetime, *, keep: bool = True) -> Given:
    """Give all customers of a rep to her colleagues by their plans, of her own team first."""
    found = plans(session)
    rows = rows_of(session, now, _HERS.c.rep_id == rep_id, None)
    others = [plan for plan in found if plan.rep_id != rep_id]
    return _give(session, list(rows), others, now, keep=keep)


def _give(
    session: Session,
    rows: Sequence[tuple[Waiting, str]],
    found: Sequence[Plan],
    now: datetime,
    *,
    keep: bool,
) -> Given:
    loads = loads_of(session)
    before = {one.customer_id: rep_id for one, rep_id in rows}
    placing = placed(rows, found, loads, local_day(now))
    moved = tuple(_moves(placing, before))
    if keep:
        _move(session, moved, now)
    after = _loads_after(found, loads, moved)
    return Given(moved, after, _reasons(placing), len(placing.gave_way))


def placed(
    rows: Sequence[tuple[Waiting, str]],
    found: Sequence[Plan],
    loads: Mapping[str, int],
    today: date,
) -> Placing:
    """Who goes where; the room that some leave behind is taken by those who found none.

    `rows` are customers, each with the rep who holds her, empty for nobody.
    """
    waiting = [one for one, _ in rows]
    before = {one.customer_id: rep_id for one, rep_id in rows}
    placing = place(waiting, found, loads, today)
    while placing.stays and any(before[one] for one in placing.given):
        then = _loads_after(found, loads, [*_moves(placing, before)])
        left = [one for one in waiting if one.customer_id in placing.stays]
        more = place(left, found, then, today)
        if not more.given:
            break
        gave_way = {**placing.gave_way, **more.gave_way}
        placing = Placing({**placing.given, **more.given}, more.stays, gave_way)
    return placing


def _moves(placing: Placing, before: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for one, rep_id in sorted(placing.given.items()):
        if before[one] != rep_id:
            yield one, before[one], rep_id


def _move(session: Session, moved: Iterable[tuple[str, str, str]], now: datetime) -> None:
    by_rep: dict[str, list[str]] = defaultdict(list)
    for one, _, rep_id in moved:
        by_rep[rep_id].append(one)
    for rep_id, hers in sorted(by_rep.items()):
        keeping.assign(session, hers, rep_id, now)


def rows_of(
    session: Session, now: datetime, which: Any, among: Iterable[str] | None = None
) -> Iterator[tuple[Waiting, str]]:
    """The customers in question, each with the rep who holds her, empty for nobody."""
    settings = numbers_on(session, now).grade
    # Of everybody: who has left has no plan any more, but had a team.
    teams = {one: team_id or "" for one, team_id in session.execute(_TEAMS)}
    today = local_day(now)
    for row in _asked(session, which, among):
        first, rep_id = row.first_paid_at, row.rep_id or ""
        days = None if first is None else (today - local_day(first)).days
        # Whoever bought on two days has a rhythm; whoever has bought nothing yet is still to come.
        is_old = is_handed_over(days, again=row.rhythm_days is not None, settings=settings)
        yield (
            Waiting(
                row.id,
                is_new=not is_old,
                pool=Pool(row.pool),
                grade=Grade(row.grade) if row.grade else None,
                line=Line(row.line) if row.line else None,
                value_fen=row.year_fen,
                team_id=teams.get(rep_id, ""),
            ),
            rep_id,
        )


def _asked(session: Session, which: Any, among: Iterable[str] | None) -> Iterator[Any]:
    names = ("id", "rep_id", "pool", "grade", "line", "year_fen", "first_paid_at", "rhythm_days")
    asked = select(*(_HERS.c[name] for name in names)).where(which)
    if among is None:
        yield from session.connection().execute(asked)
        return
    for some in chunks(sorted(among)):
        yield from session.connection().execute(asked.where(_HERS.c.id.in_(some)))


def loads_of(session: Session) -> dict[str, int]:
    """How many customers each rep looks after who has any."""
    asked = select(_HERS.c.rep_id, func.count()).group_by(_HERS.c.rep_id)
    return {rep_id: many for rep_id, many in session.connection().execute(asked) if rep_id}


def _loads_after(
    found: Sequence[Plan], loads: Mapping[str, int], moved: Sequence[tuple[str, str, str]]
) -> Mapping[str, int]:
    reps = {plan.rep_id for plan in found} | {before for _, before, _ in moved if before}
    left, got = (Counter(one[place] for one in moved) for place in (1, 2))
    return {rep_id: loads.get(rep_id, 0) - left[rep_id] + got[rep_id] for rep_id in sorted(reps)}


def _reasons(placing: Placing) -> Mapping[str, int]:
    return Counter(reason.value for reason in placing.stays.values())


def set_plan(session: Session, person_id: str, **values: Any) -> RepPlan:
    """Keep whom a rep takes; what is not named stays. Columns as in RepPlan."""
    plan = session.get(RepPlan, person_id)
    if plan is None:
        plan = RepPlan(person_id=person_id)
        session.add(plan)
    for name, value in values.items():
        setattr(plan, name, value)
    session.flush()
    return plan


def drop_plan(session: Session, person_id: str) -> None:
    """She is given nobody by herself any more; whom she holds stays hers."""
    plan = session.get(RepPlan, person_id)
    if plan is not None:
        session.delete(plan)
