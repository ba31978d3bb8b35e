"""Setting targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.ids import new_id
from lumi_desk.targets.rules import Measure, split
from lumi_desk.targets.tables import Target

TEAM = ""


@dataclass(frozen=True, kw_only=True)
class SetTarget:
    """What a team should reach in a month (`YYYY-MM`): fen for money, else pieces.

    `weights` says how it is split among reps, by their ids; without any it stays the team's.
    """

    month: str
    team_id: str
    measure: Measure
    amount: int
    weights: Mapping[str, int] = field(default_factory=dict)


def set_target(session: Session, op: SetTarget) -> dict[str, int]:
    """Keep the target and its parts, which sum to it exactly. Returns the parts by rep.

    Parts of reps who no longer have one go. Raises ValueError for negative numbers.
    """
    if op.amount < 0:
        raise ValueError("a target must not be negative")
    reps = list(op.weights)
    parts = split(op.amount, list(op.weights.values())) if reps else ()
    shares = dict(zip(reps, parts, strict=True))
    wanted = {TEAM: op.amount, **shares}
    for row in _standing(session, op):
        if row.rep_id in wanted:
            row.amount = wanted.pop(row.rep_id)
        else:
            session.delete(row)
    for rep_id, amount in wanted.items():
        session.add(
            Target(
                id=new_id(),
                month=op.month,
                team_id=op.team_id,
                rep_id=rep_id,
                measure=op.measure.value,
                amount=amount,
            )
        )
    session.flush()
    return shares


def _standing(session: Session, op: SetTarget) -> list[Target]:
    chosen = select(Target).where(
        Target.month == op.month,
        Target.team_id == op.team_id,
        Target.measure == op.measure.value,
    )
    return list(session.scalars(chosen))
