"""Whether all that is known of a customer came from files: only then may a file make her another's.

What people have written, decided or been told of her is never moved without them.
"""

from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Callback, Contact, Note, Refusal
from lumi_desk.complaints.tables import Complaint
from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.customers.tags.rules import Source
from lumi_desk.identity.tables import IdentityApart, IdentityLink
from lumi_desk.orders.tables import Sale

_WRITTEN: tuple[Any, ...] = (Contact, Note, Callback, Refusal, Complaint, Sale)


def is_untouched(session: Session, customer_id: str) -> bool:
    """Whether no rep holds her, nobody has written of her, and nobody has said who she is."""
    connection = session.connection()
    customers: Any = Customer.__table__
    tags: Any = Tag.__table__
    links: Any = IdentityLink.__table__
    apart: Any = IdentityApart.__table__
    told = (
        select(customers.c.id).where(
            customers.c.id == customer_id, customers.c.rep_id.is_not(None)
        ),
        select(tags.c.id).where(tags.c.customer_id == customer_id, tags.c.source == Source.HAND),
        select(links.c.id).where(
            or_(links.c.kept_id == customer_id, links.c.other_id == customer_id)
        ),
        select(apart.c.id).where(
            or_(apart.c.one_id == customer_id, apart.c.other_id == customer_id)
        ),
        *(
            select(one.__table__.c.id).where(one.__table__.c.customer_id == customer_id)
            for one in _WRITTEN
        ),
    )
    return not any(connection.execute(one.limit(1)).first() for one in told)


def drop_tags_of_rules(session: Session, customer_id: str) -> None:
    """Let go of what rules gave her; they will say it of whom she is one with."""
    tags: Any = Tag.__table__
    session.connection().execute(
        delete(tags).where(tags.c.customer_id == customer_id, tags.c.source == Source.RULE)
    )
