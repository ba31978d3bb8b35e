"""How many customers can be reached by each way: of each pool, and of each channel."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.consents.rules import Purpose, Way
from lumi_desk.customers.tables import Customer
from lumi_desk.imports.reach import Ways, ways_of
from lumi_desk.orders.tables import Order

# A customer without an order stands under no channel: she is from a list alone.
NO_ORDER = "no order"


@dataclass(frozen=True, slots=True)
class Reached:
    """One row: how many customers, how many of them by each way, and by any."""

    name: str
    customers: int
    by_way: Mapping[Way, int]
    by_any: int

    def share(self, many: int) -> float:
        """The part of the customers that `many` of them are, 0 to 1."""
        return many / self.customers if self.customers else 0.0

    def as_json(self) -> dict[str, Any]:
        """Counts and shares as plain values."""
        counts = {**{way.value: many for way, many in self.by_way.items()}, "any": self.by_any}
        shares = {name: round(self.share(many), 4) for name, many in counts.items()}
        return {"name": self.name, "customers": self.customers, "counts": counts, "shares": shares}


@dataclass(frozen=True, slots=True)
class Reach:
    """Everybody, each pool, and each channel; who bought on two channels counts in both."""

    everybody: Reached
    pools: tuple[Reached, ...]
    channels: tuple[Reached, ...]


def reach(session: Session, now: datetime, purpose: Purpose = Purpose.MARKETING) -> Reach:
    """Who can be reached for a purpose: she has the way, and has not closed it to that purpose."""
    ways = ways_of(session, now, purpose=purpose)
    pools: dict[str, set[str]] = {"V": set(), "1": set(), "0": set()}
    for customer_id, pool in session.execute(select(Customer.id, Customer.pool)):
        pools.setdefault(pool, set()).add(customer_id)
    channels: dict[str, set[str]] = {}
    asked = select(Order.channel, Order.customer_id).distinct()
    for channel, buyer in session.execute(asked.where(Order.customer_id.is_not(None))):
        channels.setdefault(channel, set()).add(buyer or "")
    bought = set[str]().union(*channels.values())
    if without := ways.keys() - bought:
        channels[NO_ORDER] = set(without)
    named = sorted(channels.items(), key=lambda one: (one[0] == NO_ORDER, one[0]))
    return Reach(
        _row("all", ways, ways),
        tuple(_row(name, some, ways) for name, some in pools.items()),
        tuple(_row(name, some, ways) for name, some in named),
    )


def _row(name: str, customers: Collection[str], ways: Mapping[str, Ways]) -> Reached:
    some = [ways[one] for one in customers if one in ways]
    return Reached(name, len(some), {way: _many(some, way) for way in Way}, sum(map(bool, some)))


def _many(some: Iterable[Ways], way: Way) -> int:
    return sum(way in ways for ways in some)
