"""Founding the demonstration's hub: an invented company, or real orders and invented staff."""

from dataclasses import replace
from pathlib import Path

from lumi_desk.clock import SHANGHAI
from lumi_desk.demo import twins
from lumi_desk.demo.company import invent
from lumi_desk.demo.labels import BY_RULE
from lumi_desk.demo.place import Place, Playing
from lumi_desk.demo.processes import Told, hub_command, items_beside
from lumi_desk.demo.records import Company
from lumi_desk.demo.seed import seed
from lumi_desk.hub import (
    keeping,
    learning_again,
    learning_value,
    outlooks,
    proposing,
    tagging,
)
from lumi_desk.security.roles import Role
from lumi_desk.storage import engines
from lumi_desk.sync import feed
from lumi_desk.targets.calendar import calendar

_WHO_CALL = (Role.REP, Role.TRAINEE)


def found(place: Place, playing: Playing) -> Company:
    """Make the hub's database and fill it. Returns the company, as far as it is invented."""
    now = playing.now().astimezone(SHANGHAI)
    company = invent(
        playing.customers, today=now.date(), at=now.time(), workdays=calendar(now.year)
    )
    if playing.orders:
        company = _without_customers(company)
    store = keeping.found(engines.plain(place.database))
    with store.write() as session:
        feed.watch(session)
        feed.publish(session, [*seed(session, company), *twins.add(session, company)])
        tagging.set_rules(session, BY_RULE, playing.now(), _manager(company))
        proposing.note_everybody(session)
    learning_again.renew(store, playing.now())
    learning_value.renew(store, playing.now())
    outlooks.renew_everybody(store, playing.now())
    proposing.catch_up(store, playing.now())
    store.close()
    return company


def _manager(company: Company) -> str:
    """The name by which the manager signs in."""
    return next(one.login for one in company.persons if one.role == Role.MANAGER)


def bring_in(place: Place, company: Company, orders: Path) -> Told:
    """Import real orders by the hub's own command and hand the buyers out. Returns the report."""
    report = import_orders(place, orders)
    reps = [person for person in company.persons if person.role in _WHO_CALL]
    share = str(-(-report["buyers"]["read"] // len(reps)))
    for rep in reps:
        hub_command(place, "assign", "--rep", rep.login, "--unassigned", share)
    return report


def import_orders(place: Place, orders: Path) -> Told:
    """Import an orders file, with its lines where they lie beside it. Returns the report."""
    files = [orders, items_beside(orders)]
    return hub_command(place, "import", "orders", *(str(file) for file in files if file))


def _without_customers(company: Company) -> Company:
    """The staff, the lists and the targets alone."""
    return replace(
        company,
        customers=(),
        identities=(),
        orders=(),
        lines=(),
        card_entries=(),
        contacts=(),
        notes=(),
        tags=(),
        callbacks=(),
        refusals=(),
        complaints=(),
        facts=(),
        holdings=(),
    )
