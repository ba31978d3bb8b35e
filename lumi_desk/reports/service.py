"""Sums of fact rows."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lumi_desk.reports.rules import FactKind
from lumi_desk.reports.tables import Fact


@dataclass(frozen=True, slots=True)
class Sums:
    """What a rep did and sold in a span of days: fen or units by kind; what is missing is 0."""

    fen: Mapping[FactKind, int]
    units: Mapping[FactKind, int]

    def money(self, *kinds: FactKind) -> int:
        """Fen of these kinds together."""
        return sum(self.fen.get(kind, 0) for kind in kinds)

    def count(self, *kinds: FactKind) -> int:
        """Units of these kinds together."""
        return sum(self.units.get(kind, 0) for kind in kinds)


NOTHING = Sums({}, {})


def by_rep(session: Session, team_id: str, first: date, last: date) -> dict[str, Sums]:
    """The sums of every rep of a team who has any, both days included."""
    return _sums(session, first, last, Fact.team_id == team_id)


def of_rep(session: Session, rep_id: str, first: date, last: date) -> Sums:
    """The sums of one rep, both days included."""
    return _sums(session, first, last, Fact.rep_id == rep_id).get(rep_id, NOTHING)


def overdue(session: Session, today: date) -> dict[str, int]:
    """How many callbacks each rep promised for a day that is over, and has not made."""
    asked = select(Fact.rep_id, func.sum(Fact.units)).where(
        Fact.kind == FactKind.PROMISED.value, Fact.day < today, Fact.units > 0
    )
    return {rep_id: int(n) for rep_id, n in session.execute(asked.group_by(Fact.rep_id))}


def contacted(session: Session, first: date, last: date) -> frozenset[str]:
    """The keys of the customers dialled in these days."""
    asked = select(Fact.customer_key).where(
        Fact.kind == FactKind.DIALS.value, Fact.units > 0, Fact.day >= first, Fact.day <= last
    )
    return frozenset(session.scalars(asked.distinct()))


def _sums(session: Session, first: date, last: date, whose: ColumnElement[bool]) -> dict[str, Sums]:
    asked = (
        select(
            Fact.rep_id,
            Fact.kind,
            func.sum(Fact.fen),
            func.sum(Fact.units),
            func.sum(Fact.answered),
            func.sum(Fact.seconds),
        )
        .where(whose, Fact.day >= first, Fact.day <= last)
        .group_by(Fact.rep_id, Fact.kind)
    )
    fen: defaultdict[str, Counter[FactKind]] = defaultdict(Counter)
    units: defaultdict[str, Counter[FactKind]] = defaultdict(Counter)
    for rep_id, kind, money, pieces, answered, seconds in session.execute(asked):
        # A newer hub may count what this desk does not know yet.
        if kind in set(FactKind):
            fen[rep_id][FactKind(kind)] += int(money)
            units[rep_id][FactKind(kind)] += int(pieces)
        units[rep_id][FactKind.ANSWERED] += int(answered)
        units[rep_id][FactKind.TALK_SECONDS] += int(seconds)
    return {rep_id: Sums(fen[rep_id], units[rep_id]) for rep_id in units}
