"""Writing down who looked at whom, reading it again, and forgetting what is old."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lumi_desk.catalog import shelf as catalog
from lumi_desk.clock import local_day
from lumi_desk.ids import new_id
from lumi_desk.looks.rules import LOOKS, SAME_LIST, LookSettings, kept_from
from lumi_desk.looks.tables import Look
from lumi_desk.people import service as people
from lumi_desk.security.masking import DOT, mask_text

RULE_SET = "looks"


@dataclass(frozen=True, slots=True)
class Looked:
    """One look; an empty `customer_id` is a list, of which `rows` customers were shown."""

    at: datetime
    person_id: str
    who: str
    customer_id: str
    rows: int
    asked: Mapping[str, Any]


def settings(session: Session, now: datetime) -> LookSettings:
    """The keeper's settings, or the defaults where there are none that can be used."""
    return catalog.usable(session, RULE_SET, local_day(now), LOOKS)


def note_one(session: Session, person_id: str, customer_id: str, now: datetime) -> None:
    """Write down that she was shown the record of a customer."""
    session.add(
        Look(id=new_id(), at=now, person_id=person_id, customer_id=customer_id, rows=1, asked={})
    )


def note_list(
    session: Session, person_id: str, rows: int, asked: Mapping[str, Any], now: datetime
) -> None:
    """Write down that she was shown so many customers of a list; numbers in texts are masked."""
    told = _told(asked)
    session.add(Look(id=new_id(), at=now, person_id=person_id, rows=rows, asked=told))


def is_noted(
    session: Session, person_id: str, rows: int, asked: Mapping[str, Any], now: datetime
) -> bool:
    """Whether just the same list stands there, by her and of less than a minute ago.

    Never where a number was masked: two numbers may look alike then, and mean two people.
    """
    told = _told(asked)
    if DOT in str(told):
        return False
    lately = select(Look.rows, Look.asked).where(
        Look.person_id == person_id, Look.at > now - SAME_LIST, Look.customer_id == ""
    )
    return any(one.rows == rows and one.asked == told for one in session.execute(lately))


def latest(
    session: Session,
    most: int,
    person_id: str | None = None,
    customer_ids: Collection[str] | None = None,
) -> tuple[Looked, ...]:
    """The latest looks, newest first: of one person, at one customer's records, or all."""
    asked = select(Look).order_by(Look.at.desc(), Look.id.desc()).limit(most)
    if person_id is not None:
        asked = asked.where(Look.person_id == person_id)
    if customer_ids is not None:
        asked = asked.where(Look.customer_id.in_(customer_ids))
    rows = session.scalars(asked).all()
    names = {one: _name(session, one) for one in {row.person_id for row in rows}}
    return tuple(
        Looked(row.at, row.person_id, names[row.person_id], row.customer_id, row.rows, row.asked)
        for row in rows
    )


def forget(session: Session, now: datetime) -> int:
    """Forget what is older than it is to be kept. Returns how many looks that were."""
    old = Look.at < kept_from(settings(session, now), now)
    many = session.scalar(select(func.count()).select_from(Look).where(old)) or 0
    session.execute(delete(Look).where(old))
    return many


def _told(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _masked(one) for name, one in asked.items()}


def _masked(told: Any) -> Any:
    if isinstance(told, str):
        # A search looks at words: how many blanks stand between them says nothing.
        return mask_text(" ".join(told.split()))
    if isinstance(told, Mapping):
        return {name: _masked(one) for name, one in told.items()}
    return [_masked(one) for one in told] if isinstance(told, tuple | list) else told


def _name(session: Session, person_id: str) -> str:
    person = people.person(session, person_id)
    return person.name if person else person_id
