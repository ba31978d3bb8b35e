"""What customers bought last, as the run-out looks at it, on desk and hub alike."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lumi_desk.cards import service as cards
from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.service import Ware
from lumi_desk.clock import local_day
from lumi_desk.customers import held
from lumi_desk.customers.rules import Line
from lumi_desk.customers.run_out.rules import Taken
from lumi_desk.orders import service as orders
from lumi_desk.orders.service import Ordered

# A purchase older than this is used up whatever it was.
ORDERS_BACK = timedelta(days=400)
_LINES = {line.value: line for line in Line}


def taken(latest: Ordered | None, household: int, wares: Mapping[str, Ware]) -> Taken | None:
    """What her latest order gives her to take, by the part most of the money went into."""
    main = latest.main if latest else None
    if latest is None or main is None:
        return None
    ware = wares.get(main.product_id or "")
    return Taken(
        local_day(latest.delivered_at or latest.paid_at),
        _LINES.get(ware.line if ware else main.line, Line.OTHER),
        main.units,
        household,
        ware.days_per_unit if ware else None,
    )


def of_customer(session: Session, customer_id: str, household: int, now: datetime) -> Taken | None:
    """What one customer has to take."""
    loads = cards.loading_orders(session)
    hers = (
        one
        for one in orders.of_customer(session, customer_id)
        if one.fen > 0 and one.id not in loads and one.paid_at >= now - ORDERS_BACK
    )
    return taken(next(hers, None), household, catalog.products(session))


def everybody(session: Session, now: datetime) -> dict[str, Taken]:
    """What each customer who bought lately has to take, as her desk sees it."""
    wares = catalog.products(session)
    households = {her.id: her.household for her in held.everybody(session)}
    latest = orders.latest(session, now - ORDERS_BACK, cards.loading_orders(session))
    return {
        one: hers
        for one, order in latest.items()
        if one in households and (hers := taken(order, households[one], wares)) is not None
    }
