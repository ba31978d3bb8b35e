"""Whether all that is known of a customer came from files: only then may a file make her another's.

What people have written, decided or been told of her is never moved without them.
"""

from typing import Any

from sqlalchemy import String, and_, bindparam, delete, exists, literal, or_, select
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Callback, Contact, Note, Refusal, Skip
from lumi_desk.complaints.tables import Complaint
from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.customers.tags.rules import Source
from lumi_desk.identity.tables import IdentityApart, IdentityLink
from lumi_desk.orders.tables import Sale
from lumi_desk.storage.direct import Direct

_WRITTEN: tuple[Any, ...] = (Contact, Note, Callback, Refusal, Skip, Complaint, Sale)

_HER = bindparam("her", type_=String())
_customers: Any = Customer.__table__
_tags: Any = Tag.__table__
_links: Any = IdentityLink.__table__
_apart: Any = IdentityApart.__table__
# A link that an import made is nobody's word. Who undid it said that they are two.
_BY_PEOPLE = _links.c.import_id.is_(None)
_TOLD = (
    and_(_customers.c.id == _HER, _customers.c.rep_id.is_not(None)),
    and_(_tags.c.customer_id == _HER, _tags.c.source == Source.HAND.value),
    and_(_links.c.kept_id == _HER, _BY_PEOPLE),
    and_(_links.c.other_id == _HER, _BY_PEOPLE),
    or_(_apart.c.one_id == _HER, _apart.c.other_id == _HER),
    *(one.__table__.c.customer_id == _HER for one in _WRITTEN),
)
_TOUCHED = Direct(
    select(literal(1).label("touched")).where(or_(*(exists().where(one) for one in _TOLD)))
)


def is_untouched(session: Session, customer_id: str) -> bool:
    """Whether no rep holds her, nobody has written of her, and nobody has said who she is."""
    return not _TOUCHED.rows(session.connection(), {"her": customer_id})


def were_parted(session: Session, one_id: str, other_id: str) -> bool:
    """Whether somebody undid that a list made one of these two."""
    both = (one_id, other_id)
    asked = select(_links.c.id).where(
        _links.c.kept_id.in_(both),
        _links.c.other_id.in_(both),
        _links.c.import_id.is_not(None),
        _links.c.undone_at.is_not(None),
    )
    return session.connection().execute(asked.limit(1)).first() is not None


def drop_tags_of_rules(session: Session, customer_id: str) -> None:
    """Let go of what rules gave her; they will say it of whom she is one with."""
    tags: Any = Tag.__table__
    session.connection().execute(
        delete(tags).where(tags.c.customer_id == customer_id, tags.c.source == Source.RULE)
    )
