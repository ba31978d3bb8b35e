"""A whole stream over a line that breaks, by a desk that dies, while the hub is written to."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from lumi_desk import clock
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.errors import LumiError
from lumi_desk.hub import keeping
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import Cursor
from tests.faults import jobs, proxy
from tests.faults.kit import Seat, assert_same, closing, settle
from tests.faults.proxy import SOUND, Fault
from tests.hub_process import HubProcess
from tests.makers import hub_with_rep, make_customer

pytestmark = pytest.mark.slow

# Five sheets and a bit, of some 50 kB each on the line.
MANY = 2600
# More sheets than are kept at once.
FEW = 2100
CUTS = 12


def meddle(store: Store, dice: random.Random, other: str) -> None:
    """What goes on at a hub meanwhile: changes, deletions, moves away, arrivals."""
    with store.write() as session:
        feed.watch(session, alone=True)
        ids = list(session.scalars(select(Customer.id)))
        for customer_id in dice.sample(ids, 5):
            session.get_one(Customer, customer_id).city = f"城{dice.randrange(99)}"
        order = session.scalars(select(Order).limit(1)).first()
        if order is not None:
            session.delete(order)
        moved = keeping.assign(session, dice.sample(ids, 3), other, clock.now())
        holder = session.get_one(Customer, dice.choice(ids)).rep_id
        make_customer(session, holder)
        feed.publish(session, moved)


def how_far(desk: Desk) -> dict[str, tuple[str, str]]:
    with desk.store.read() as session:
        asked = select(Cursor.stream, Cursor.generation, Cursor.after)
        return {stream: (generation, after) for stream, generation, after in session.execute(asked)}


def test_a_snapshot_cut_anywhere_is_gone_on_with_while_the_hub_is_written_to(
    hub_store: Store, hub: HubProcess, seat: Seat, tries: Callable[[int], int]
) -> None:
    settle(hub_store, many=MANY)
    other = hub_with_rep(hub_store, "wang")
    dice = random.Random(11)
    resumed, generations = 0, set[str]()
    with (
        proxy.between(hub.address) as line,
        closing(replace(seat, via=line.address).signed_in(clock.now)) as desk,
    ):
        for turn in range(max(8, tries(CUTS))):
            # In the middle of a sheet, and after one.
            at = dice.randrange(55_000, 80_000) if turn % 2 else dice.randrange(500, 50_000)
            line.turn(Fault(cut_down=at))
            try:
                desk.sync_round()
            except LumiError:
                generation, after = how_far(desk).get(f"rep:{desk.me.person_id}", ("", ""))
                resumed += bool(after)
                generations |= {generation} - {""}
            meddle(hub_store, dice, other)
        line.turn(SOUND)
        desk.sync_round()
        assert resumed > 1, "no cut fell between two sheets"
        assert len(generations) == 1, "what was fetched is not fetched again"
        assert desk.is_whole()
        assert_same(hub_store, desk.store)
        with desk.store.read() as session:
            hers = set(session.scalars(select(Customer.id)))
        with hub_store.read() as session:
            asked = select(Customer.id).where(Customer.rep_id == desk.me.person_id)
            assert hers == set(session.scalars(asked)), "a ghost, or somebody is missing"


def test_a_desk_killed_between_two_sheets_goes_on(
    hub_store: Store, hub: HubProcess, seat: Seat
) -> None:
    settle(hub_store, many=FEW, orders=0)
    seat.signed_in(clock.now).close()
    found = jobs.run("die_in_rounds", folder=str(seat.folder), address=seat.address, step=9)
    assert found["code"] == 0, found["complaints"]
    assert found["deaths"] > 3
    with closing(seat.started(clock.now)) as desk:
        assert_same(hub_store, desk.store)
