"""What customers bought last, as the run-out looks at it, on desk and hub alike."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lumi_desk.cards import service as cards
from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.service import Ware
from lumi_desk.clock import local_day
from lumi_desk.customers.rules import Line
from lumi_desk.customers.run_out.rules import Taken
from lumi_desk.orders import service as orders
from lumi_desk.orders.service import Ordered, Part

# A purchase older than this is used up whatever it was.
ORDERS_BACK = timedelta(days=400)
_LINES = {line.value: line for line in Line}


def taken(latest: Ordered | None, household: int, wares: Mapping[str, Ware]) -> Taken | None:
    """What her latest order gives her to take, by the part most of the money went into."""
    main = latest.main if latest else None
    if latest is None or main is None:
        return None
    start = local_day(latest.delivered_at or latest.paid_at)
    return taken_of(start, main, household, wares.get(main.product_id or ""))


def taken_of(start: date, main: Part, household: int, ware: Ware | None) -> Taken:
    """The same, by what is known of that part."""
    line = _LINES.get(ware.line if ware else main.line, Line.OTHER)
    return Taken(start, line, main.units, household, ware.days_per_unit if ware else None)


def of_customer(session: Session, customer_id: str, household: int, now: datetime) -> Taken | None:
    """What one customer has to take."""
    loads = cards.loading_orders(session)
    hers = (
        one
        for one in orders.of_customer(session, customer_id)
        if one.fen > 0 and one.id not in loads and one.paid_at >= now - ORDERS_BACK
    )
    return taken(next(hers, None), household, catalog.products(session))
