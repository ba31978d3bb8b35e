"""The customers this desk holds, a few facts of each, all at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.security.masking import mask_text


@dataclass(frozen=True, slots=True)
class Held:
    """What the day's list asks about everybody; `name` shows no whole phone number."""

    id: str
    name: str
    pool: str
    grade: str | None
    line: str | None
    relationship: str | None
    household: int
    first_paid_at: datetime | None
    last_paid_at: datetime | None
    rhythm_days: int | None
    year_fen: int
    year_orders: int


def everybody(session: Session) -> list[Held]:
    """Every customer, in the order of ids."""
    columns = [getattr(Customer, name) for name in Held.__slots__]
    rows = session.execute(select(*columns).order_by(Customer.id))
    return [Held(one, mask_text(name), *rest) for one, name, *rest in rows]
