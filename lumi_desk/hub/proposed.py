"""The lists of likely pairs and of shared numbers, as far as somebody may see them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from lumi_desk.customers.tables import Customer
from lumi_desk.hub.likely import IN_ORDER
from lumi_desk.hub.pairs import Sight
from lumi_desk.identity.tables import IdentityMark, ProposedPair, SharedNumber
from lumi_desk.managing import review
from lumi_desk.people.tables import Person
from lumi_desk.security.masking import mask_phone, mask_text

# A rank and two ids, as the list of pairs is ordered.
Place = tuple[int, str, str]

_One, _Other = aliased(Customer), aliased(Customer)


def pairs(session: Session, seen: Sight, after: Place | None, limit: int) -> Sequence[ProposedPair]:
    """The pairs she decides about, the surest first, behind a place in their order."""
    asked = _visible_pairs(select(ProposedPair), seen)
    if after is not None:
        asked = asked.where(tuple_(*IN_ORDER) > after)
    return session.scalars(asked.order_by(*IN_ORDER).limit(limit)).all()


def count(session: Session, seen: Sight) -> int:
    """How many pairs she decides about."""
    asked = _visible_pairs(select(func.count()).select_from(ProposedPair), seen)
    return session.scalar(asked) or 0


def sharing(session: Session, page: Sequence[ProposedPair]) -> dict[tuple[str, str], int]:
    """How many have the number that a pair shares, if it is a household's or a company's."""
    ids = {pk for row in page for pk in (row.one_id, row.other_id)}
    hers = (
        select(IdentityMark.customer_id, SharedNumber.mark, SharedNumber.people)
        .join(SharedNumber, SharedNumber.mark == IdentityMark.mark)
        .where(IdentityMark.customer_id.in_(ids))
    )
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for pk, mark, people in session.execute(hers):
        numbers[pk][mark] = people
    found = {}
    for row in page:
        one, other = numbers[row.one_id], numbers[row.other_id]
        if same := one.keys() & other.keys():
            found[row.one_id, row.other_id] = max(one[mark] for mark in same)
    return found


def numbers(session: Session, seen: Sight, most: int) -> tuple[review.NumberShared, ...]:
    """The numbers of households and companies that she may see, each with a few who have it."""
    asked = (
        select(SharedNumber)
        .where(_some_of_hers(seen))
        .order_by(SharedNumber.people.desc(), SharedNumber.kind, SharedNumber.number)
        .limit(review.MOST_PAIRS)
    )
    page = session.scalars(asked).all()
    sharers = _sharers(session, [one.mark for one in page], seen, most)
    return tuple(
        review.NumberShared(
            one.mark, mask_phone(one.number), one.kind, one.people, tuple(sharers[one.mark])
        )
        for one in page
    )


def count_numbers(session: Session, seen: Sight) -> int:
    """How many of these numbers she may see."""
    asked = select(func.count()).select_from(SharedNumber).where(_some_of_hers(seen))
    return session.scalar(asked) or 0


def _visible_pairs(asked: Select[Any], seen: Sight) -> Select[Any]:
    """As Sight.sees() says it."""
    if seen.everything:
        return asked
    return (
        asked.join(_One, _One.id == ProposedPair.one_id)
        .join(_Other, _Other.id == ProposedPair.other_id)
        .where(
            _may_be_seen(_One, seen),
            _may_be_seen(_Other, seen),
            or_(_One.rep_id.is_not(None), _Other.rep_id.is_not(None)),
        )
    )


def _may_be_seen(customer: Any, seen: Sight) -> ColumnElement[bool]:
    """Nobody's, or her team's."""
    if seen.everything:
        return true()
    return or_(customer.rep_id.is_(None), customer.rep_id.in_(seen.reps))


def _some_of_hers(seen: Sight) -> ColumnElement[bool]:
    """Whether a number is one of her team's customers."""
    if seen.everything:
        return true()
    return exists().where(
        IdentityMark.mark == SharedNumber.mark,
        Customer.id == IdentityMark.customer_id,
        Customer.rep_id.in_(seen.reps),
    )


def _sharers(
    session: Session, marks: Sequence[str], seen: Sight, most: int
) -> dict[str, list[review.Sharer]]:
    """The first of those who have each number, whom she may see."""
    place = func.row_number().over(partition_by=IdentityMark.mark, order_by=Customer.id)
    ranked = (
        select(
            IdentityMark.mark,
            Customer.id,
            Customer.name,
            Customer.city,
            Customer.rep_id,
            place.label("place"),
        )
        .join(Customer, Customer.id == IdentityMark.customer_id)
        .where(and_(IdentityMark.mark.in_(marks), _may_be_seen(Customer, seen)))
        .subquery()
    )
    asked = (
        select(ranked, func.coalesce(Person.name, "").label("rep"))
        .outerjoin(Person, Person.id == ranked.c.rep_id)
        .where(ranked.c.place <= most)
        .order_by(ranked.c.mark, ranked.c.place)
    )
    found: dict[str, list[review.Sharer]] = defaultdict(list)
    for row in session.execute(asked):
        found[row.mark].append(review.Sharer(row.id, mask_text(row.name), row.city, row.rep))
    return found
