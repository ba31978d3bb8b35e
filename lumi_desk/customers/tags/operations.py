"""Giving a tag to a customer by hand, and taking it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Tag
from lumi_desk.customers.tags.rules import LONGEST, NumberInTag, Source, clean
from lumi_desk.security.masking import mask_text
from lumi_desk.storage import known
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.direct import Direct

Name = Annotated[str, Field(min_length=1, max_length=2 * LONGEST)]


@dataclass(frozen=True, kw_only=True)
class AddTag:
    """A rep gives a customer a tag."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    name: Name


@dataclass(frozen=True, kw_only=True)
class RemoveTag:
    """A rep takes a tag from a customer, whoever gave it."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    name: Name


def new_name(text: str) -> str:
    """The name of a tag that is to be given. Raises BadTag, and NumberInTag."""
    name = clean(text)
    if mask_text(name) != name:
        raise NumberInTag
    return name


def add_tag(session: Session, op: AddTag) -> None:
    """Give her the tag, once: what a rule gave becomes the rep's own. Raises as new_name does."""
    name = new_name(op.name)
    hers = [one for one in _of(session, op.customer_id) if one.name == name]
    if not hers:
        values = {"customer_id": op.customer_id, "name": name, "rep_id": op.by, "at": op.at}
        known.keep(session, Tag, id=op.id, source=Source.HAND.value, **values)
        return
    there = next((one for one in hers if one.removed_at is None), hers[0])
    if there.removed_at is None and there.source == Source.HAND.value:
        return
    if there.removed_at is not None and there.removed_at > op.at:
        return
    there.source, there.rep_id, there.at = Source.HAND.value, op.by, op.at
    there.removed_at = there.removed_by = None


def remove_tag(session: Session, op: RemoveTag) -> None:
    """Take the tag from her, if it was given before. Raises BadTag."""
    name = clean(op.name)
    for one in _of(session, op.customer_id):
        if one.name == name and one.removed_at is None and one.at <= op.at:
            one.removed_at, one.removed_by = op.at, op.by


def prepare(session: Session, ops: Iterable[Any]) -> None:
    """Look up at once the tags of the customers whose tags these operations change."""
    customers = sorted({op.customer_id for op in ops if isinstance(op, AddTag | RemoveTag)})
    if customers:
        found = known.light(session, Tag, _TAGS, {IDS: customers})
        known.fill_sets(session, Tag, found, customers)


def _of(session: Session, customer_id: str) -> Sequence[Tag]:
    """All tags she has or had, those of a batch among them, the oldest first."""
    looked_up = known.find_set(session, Tag, customer_id)
    if looked_up is None:
        looked_up = session.scalars(select(Tag).where(Tag.customer_id == customer_id)).all()
    return sorted(looked_up, key=lambda one: one.id)


_TAG: Any = Tag.__table__
_TAGS = Direct(
    select(
        *(
            _TAG.c[name]
            for name in (
                "id", "customer_id", "name", "source", "rep_id", "at", "removed_at", "removed_by",
            )
        )
    ).where(among(_TAG.c.customer_id))
)  # fmt: skip
