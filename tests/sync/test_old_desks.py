"""Desks of the first protocol, which no hub can tell to fetch a stream as a snapshot."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping
from lumi_desk.orders.tables import Order
from lumi_desk.sync import feed, streams
from tests.sync.fleet import checks, plans
from tests.sync.fleet.fleet import Fleet
from tests.sync.fleet.seats import Seat
from tests.sync.fleet.simulated import Simulated, start

LIN, OLD = PLACES = ("lin/home", "wang/old")


@pytest.fixture(params=[1, 3, 500])
def fleet(request: pytest.FixtureRequest) -> Fleet:
    """Two desks; the old one asks for so many changes at once."""
    made = Fleet(replace(plans.draw(1), places=PLACES, steps=()), Simulated(start()))
    made.seats[OLD].wire.most = request.param
    return made


def at_the_hub(fleet: Fleet, write: Callable[[Session], object]) -> None:
    with fleet.world.hub.write() as session:
        feed.watch(session, alone=True)
        write(session)
        feed.publish(session, now=fleet.world.clock())


def forget_removals(fleet: Fleet) -> None:
    with fleet.world.hub.write() as session:
        assert streams.prune(session, fleet.world.clock() + timedelta(days=91))


def customers_of(fleet: Fleet, login: str) -> list[str]:
    asked = f"SELECT id FROM customer WHERE rep_id = '{fleet.world.people[login]}' ORDER BY id"
    return [pk for (pk,) in checks.ask(fleet.world.hub, asked)]


def cities(*customers: str) -> Callable[[Session], object]:
    """A change that raises the head."""

    def write(session: Session) -> None:
        for customer in customers:
            session.get_one(Customer, customer).city = "成都"

    return write


def seq_of(seat: Seat) -> list[int]:
    return [seq for (seq,) in checks.ask(seat.at_work.store, "SELECT seq FROM cursor")]


def test_an_order_that_went_while_it_was_away_goes_there_too(fleet: Fleet) -> None:
    """Nobody counts it: it came with its customer, and its removal is forgotten."""
    hers = customers_of(fleet, "wang")
    before = checks.ask(fleet.seats[OLD].at_work.store, 'SELECT id FROM "order"')

    def delete(session: Session) -> None:
        session.delete(session.scalars(select(Order).where(Order.customer_id.in_(hers))).first())

    at_the_hub(fleet, delete)
    at_the_hub(fleet, cities(hers[0]))
    forget_removals(fleet)
    at_the_hub(fleet, cities(hers[-1]))
    fleet.come_to_rest()
    after = checks.ask(fleet.seats[OLD].at_work.store, 'SELECT id FROM "order"')
    assert len(after) == len(before) - 1


def test_a_customer_who_left_while_it_was_away_leaves_there_too(fleet: Fleet) -> None:
    first, *others = customers_of(fleet, "wang")
    person, at = fleet.world.people["lin"], fleet.world.clock()
    at_the_hub(fleet, lambda session: keeping.assign(session, [first], person, at))
    forget_removals(fleet)
    at_the_hub(fleet, cities(*others))
    fleet.come_to_rest()


def test_when_all_have_left_while_it_was_away_nobody_stays(fleet: Fleet) -> None:
    """The hub has nothing to say about the stream but its head."""
    person, at = fleet.world.people["lin"], fleet.world.clock()
    hers = customers_of(fleet, "wang")
    at_the_hub(fleet, lambda session: keeping.assign(session, hers, person, at))
    forget_removals(fleet)
    fleet.sync(fleet.seats[OLD])
    assert checks.ask(fleet.seats[OLD].at_work.store, "SELECT id FROM customer") == []
    fleet.come_to_rest()


def test_a_desk_that_begins_reads_past_what_is_forgotten_once(fleet: Fleet) -> None:
    first, *others = customers_of(fleet, "lin")
    person, at = fleet.world.people["wang"], fleet.world.clock()
    seat = fleet.seats[OLD]
    with seat.at_work.store.write() as session:
        for table in ("held", "cursor", "customer", "order"):
            session.connection().exec_driver_sql(f'DELETE FROM "{table}"')
    at_the_hub(fleet, lambda session: keeping.assign(session, [first], person, at))
    at_the_hub(fleet, lambda session: keeping.assign(session, [first], None, at))
    forget_removals(fleet)
    at_the_hub(fleet, cities(*others, *customers_of(fleet, "wang")))
    asked = []
    seat.wire.hear = lambda about, _: asked.append(about)
    fleet.come_to_rest()
    feeds = "SELECT count(*) FROM sync_feed WHERE op = 'put' AND stream IN"
    mine = f"('catalog', 'rep:{fleet.world.people['wang']}')"
    [(rows,)] = checks.ask(fleet.world.hub, f"{feeds} {mine}")
    assert asked.count("/v1/pull") <= rows / seat.wire.most + 4
    assert min(seq_of(seat)) >= 0
