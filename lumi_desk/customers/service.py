"""Finding customers by a few letters."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.security.masking import mask_text


@dataclass(frozen=True, slots=True)
class Found:
    """A customer as a search shows her; her name and nick show no whole phone number."""

    id: str
    name: str
    phone: str
    wangwang: str
    city: str
    pool: str
    grade: str | None


def find(session: Session, words: str, limit: int = 20) -> list[Found]:
    """Customers by name, pinyin, initials, last digits of the phone, Wangwang; best first.

    Several words must all fit. Nothing is found by nothing.
    """
    parts = words.lower().split()
    if not parts:
        return []
    table: Any = Customer.__table__
    wanted = [fits(table, part) for part in parts]
    rank = case(
        (func.lower(table.c.name) == parts[0], 0), (table.c.initials == parts[0], 1), else_=2
    )
    by_pool = case({"V": 0, "1": 1}, value=table.c.pool, else_=2)
    columns = [table.c[name] for name in Found.__slots__]
    asked = (
        select(*columns)
        .where(*wanted)
        .order_by(rank, by_pool, table.c.last_paid_at.desc().nulls_last(), table.c.id)
        .limit(limit)
    )
    found = [Found(*row) for row in session.execute(asked)]
    return [replace(f, name=mask_text(f.name), wangwang=mask_text(f.wangwang)) for f in found]


def fits(table: Any, part: str) -> Any:
    """Whether one word, in small letters, is meant for a row of the table of customers."""
    ways = [
        func.lower(table.c.name).contains(part, autoescape=True),
        func.replace(table.c.pinyin, " ", "").startswith(part, autoescape=True),
        table.c.initials.startswith(part, autoescape=True),
        func.lower(table.c.wangwang).contains(part, autoescape=True),
    ]
    digits = part.replace("-", "")
    if digits.isdigit():
        ways.append(func.replace(table.c.phone, "-", "").endswith(digits, autoescape=True))
    return or_(*ways)


def tags_of(session: Session, customer_id: str) -> tuple[str, ...]:
    """The tags she has now, in the order of their names, each once."""
    asked = select(Tag.name).where(Tag.customer_id == customer_id, Tag.removed_at.is_(None))
    return tuple(session.scalars(asked.distinct().order_by(Tag.name)))


def holders(session: Session) -> frozenset[str]:
    """The reps whose customers this database holds: on a desk, few; on the hub, all."""
    asked = select(Customer.rep_id).where(Customer.rep_id.is_not(None)).distinct()
    return frozenset(str(rep_id) for rep_id in session.scalars(asked))
