"""The hubs of the journeys: an invented company, and one whose customers are a real shop's."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from lumi_desk.clock import SHANGHAI
from lumi_desk.customers.tables import Customer
from lumi_desk.demo.company import invent
from lumi_desk.demo.records import Company, Person
from lumi_desk.demo.seed import seed
from lumi_desk.hub import intake, keeping
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.targets.calendar import calendar
from tests.makers import NOW

HERS = 12
_OF_CUSTOMERS = (
    "customers", "identities", "orders", "lines", "card_entries", "contacts", "notes",
    "callbacks", "refusals", "complaints", "facts", "holdings",
)  # fmt: skip


@cache
def company() -> Company:
    """A team with its leader, its customers and its targets of the month."""
    local = NOW.astimezone(SHANGHAI)
    return invent(30, today=local.date(), at=local.time(), workdays=calendar(local.year))


def staff() -> Company:
    """The same people, lists and targets, without customers and what came of them."""
    nobody: dict[str, Any] = dict.fromkeys(_OF_CUSTOMERS, ())
    return replace(company(), **nobody)


def rep() -> Person:
    return next(one for one in company().persons if one.role == Role.REP)


def leader() -> Person:
    """The leader of the rep's team."""
    leaders = (one for one in company().persons if one.role == Role.LEADER)
    return next(one for one in leaders if one.team_id == rep().team_id)


def manager() -> Person:
    return next(one for one in company().persons if one.role == Role.MANAGER)


def settle(store: Store, what: Company) -> None:
    """Put a company into an empty hub."""
    with store.write() as session:
        feed.watch(session)
        feed.publish(session, seed(session, what))


def open_toy_shop(store: Store, data: Path) -> None:
    """Put the staff into an empty hub, import the shop's orders, and hand some buyers out.

    The export knows no phones, so those who were handed out get invented ones here.
    """
    settle(store, staff())
    files = [data / f"taobao_toyshop_{what}_sample.csv" for what in ("orders", "items")]
    intake.take_in(store, files, intake.ORDERS, now=NOW)
    with store.write() as session:
        feed.watch(session)
        chosen = keeping.unassigned(session, HERS)
        for place, customer_id in enumerate(chosen):
            session.get_one(Customer, customer_id).phone = f"1380000{place:04}"
        moved = keeping.assign(session, chosen, rep().id, NOW)
        feed.publish(session, moved)
