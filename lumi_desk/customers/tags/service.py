"""What people did to a customer's tags."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Tag
from lumi_desk.customers.tags.rules import Source
from lumi_desk.people import service as people


@dataclass(frozen=True, slots=True)
class Tagged:
    """Somebody gave her a tag, or took it; `by` is a name, empty where nobody knows who."""

    at: datetime
    name: str
    adding: bool
    by: str


def of_customer(session: Session, customer_id: str) -> tuple[Tagged, ...]:
    """What people did to her tags the last time, each; what rules did is not told."""
    return tuple(_told(session, customer_id))


def _told(session: Session, customer_id: str) -> Iterator[Tagged]:
    asked = select(Tag).where(Tag.customer_id == customer_id).order_by(Tag.id)
    for tag in session.scalars(asked):
        if tag.source == Source.HAND:
            yield Tagged(tag.at, tag.name, adding=True, by=_name(session, tag.rep_id))
        if tag.removed_at is not None and tag.removed_by is not None:
            by = _name(session, tag.removed_by)
            yield Tagged(tag.removed_at, tag.name, adding=False, by=by)


def _name(session: Session, person_id: str | None) -> str:
    person = people.person(session, person_id) if person_id else None
    return person.name if person else ""
