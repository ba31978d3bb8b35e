"""Founding the demonstration's hub: an invented company, or real orders and invented staff."""

from dataclasses import replace
from itertools import cycle
from pathlib import Path

from lumi_desk.demo.company import invent
from lumi_desk.demo.place import Place, Playing
from lumi_desk.demo.processes import Told, hub_command, items_beside
from lumi_desk.demo.records import Company
from lumi_desk.demo.seed import seed
from lumi_desk.hub import keeping
from lumi_desk.security.roles import Right, may
from lumi_desk.storage import engines
from lumi_desk.sync import feed

_STAFF_ONLY = 30


def found(place: Place, playing: Playing) -> Company:
    """Make the hub's database and fill it. Returns the company, as far as it is invented."""
    company = invent(max(playing.customers, _STAFF_ONLY), now=playing.now())
    if playing.orders:
        company = _without_customers(company)
    store = keeping.found(engines.plain(place.database))
    with store.write() as session:
        feed.watch(session)
        feed.publish(session, seed(session, company))
    store.close()
    return company


def bring_in(place: Place, company: Company, orders: Path) -> Told:
    """Import real orders by the hub's own command and hand the buyers out. Returns the report."""
    report = import_orders(place, orders)
    reps = [person for person in company.persons if may(person.role, Right.CONTACT)]
    reps = [person for person in reps if person.role != "leader"]
    share = str(-(-report["buyers"]["read"] // len(reps)))
    for rep, _ in zip(cycle(reps), reps, strict=False):
        hub_command(place, "assign", "--rep", rep.login, "--unassigned", share)
    return report


def import_orders(place: Place, orders: Path) -> Told:
    """Import an orders file, with its lines where they lie beside it. Returns the report."""
    files = [orders, items_beside(orders)]
    return hub_command(place, "import", "orders", *(str(file) for file in files if file))


def _without_customers(company: Company) -> Company:
    """The staff, the lists and the targets alone."""
    empty = ("customers", "identities", "orders", "lines", "cards", "contacts", "notes")
    empty += ("callbacks", "refusals", "complaints", "sales", "facts")
    return replace(company, **dict.fromkeys(empty, ()))
