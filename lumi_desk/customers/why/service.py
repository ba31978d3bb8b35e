"""Why she is where she is, from what the database at hand holds of her."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

from lumi_desk.because import Because
from lumi_desk.calls import service as calls
from lumi_desk.cards import service as cards
from lumi_desk.catalog import shelf
from lumi_desk.catalog.titles import Titles, told
from lumi_desk.clock import local_day
from lumi_desk.customers.person import Person
from lumi_desk.customers.rules import (
    GRADE,
    POOL,
    RELATIONSHIP,
    History,
    Purchase,
    see,
)
from lumi_desk.customers.run_out import service as run_outs
from lumi_desk.customers.run_out.rules import RUN_OUT
from lumi_desk.customers.value import service as value
from lumi_desk.customers.why.rules import why_grade, why_pool, why_relationship, why_run_out
from lumi_desk.orders.service import Ordered


def whys(session: Session, her: Person, now: datetime) -> tuple[Because, ...]:
    """Why she has what the rules say of her, by the numbers in force.

    What her row says otherwise is left out: the hub reckons anew every night. So is what the hub
    has sent no usable numbers for.
    """
    day = local_day(now)
    seen = see(_history(session, her), now)
    ways: tuple[tuple[str, Callable[[], Because]], ...] = (
        ("pool", lambda: why_pool(seen, shelf.numbers(session, "pool", day, POOL))),
        ("grade", lambda: why_grade(seen, shelf.numbers(session, "grade", day, GRADE))),
        (
            "relationship",
            lambda: why_relationship(
                seen, shelf.numbers(session, "relationship", day, RELATIONSHIP)
            ),
        ),
    )
    found = []
    for name, way in ways:
        with suppress(shelf.BadSetting):
            why = way()
            found += [why] if why.fields[name] == getattr(her, name) else []
    found.append(value.why(session, her, now))
    with suppress(shelf.BadSetting):
        settings = shelf.numbers(session, "run_out", day, RUN_OUT)
        taken = run_outs.of_customer(session, her.id, her.household, now)
        found.append(why_run_out(taken, settings))
    return tuple(found)


def _history(session: Session, her: Person) -> History:
    titles = told(session)
    real = (one for one in her.orders if one.fen > 0 and one.id not in her.loads)
    bought = (_purchase(one, titles) for one in real)
    opened = cards.opened_at(session, her.id)
    return History(tuple(bought), opened, calls.last_answered(session, her.id))


def _purchase(one: Ordered, titles: Titles) -> Purchase:
    """An order as the hub looks at it."""
    paid = [(part.line, part.units) for part in one.parts if part.price_fen > 0]
    line, units = titles.led(paid, one.title)
    return Purchase(one.paid_at, one.fen, 0, line, units, one.by_card)
