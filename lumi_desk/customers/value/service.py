"""What customers have brought, from the orders of the database at hand, on desk and hub alike.

It is reckoned where it is shown: a desk holds all orders of its customers and is sent what the hub
learned. What is expected falls a little every day; as a column it would travel every night, with
everybody.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lumi_desk.because import Because
from lumi_desk.cards import service as cards
from lumi_desk.catalog import shelf
from lumi_desk.clock import local_day
from lumi_desk.customers.person import Person
from lumi_desk.customers.value.rules import VALUE, Brought, ValueSettings, why_value
from lumi_desk.orders import service as orders

RULE_SET = "value"


def settings(session: Session, now: datetime) -> ValueSettings:
    """What the hub learned; nothing where that cannot be used."""
    return shelf.usable(session, RULE_SET, local_day(now), VALUE)


def everybody(
    session: Session,
    now: datetime,
    year_fen: Mapping[str, int],
    only: Sequence[str] | None = None,
) -> dict[str, Brought]:
    """What each customer who ever bought has brought; `year_fen` is what her row says.

    With `only`, of these customers; they are few.
    """
    found = orders.sums(session, now, cards.loading_asked(), only)
    return {
        her: Brought(
            local_day(one.first_at),
            local_day(one.last_at),
            one.days,
            one.orders,
            one.fen,
            year_fen.get(her, 0),
        )
        for her, one in found.items()
    }


def of_person(her: Person, now: datetime) -> Brought | None:
    """What one customer has brought; None if she has bought nothing."""
    kept = [
        (local_day(one.paid_at), one.fen)
        for one in her.orders
        if one.fen > 0 and one.id not in her.loads and one.paid_at <= now
    ]
    if not kept:
        return None
    days = {day for day, _ in kept}
    total = sum(fen for _, fen in kept)
    return Brought(min(days), max(days), len(days), len(kept), total, her.year_fen)


def why(session: Session, her: Person, now: datetime) -> Because:
    """What she has brought and what is expected of her, and by what."""
    told = of_person(her, now), her.pool, her.grade, her.rhythm_days, local_day(now)
    return why_value(*told, settings(session, now))
