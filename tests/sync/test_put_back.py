"""A hub that is put back: what was asked and decided since then counts again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lumi_desk.calls.operations import WriteNote
from lumi_desk.customers.fields.rules import Field, Patch
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.orders.tables import Order
from lumi_desk.parked.operations import AskLeader, DecideParked
from lumi_desk.parked.rules import State, Verdict
from lumi_desk.sync import feed, status
from tests.sync.fleet import checks, plans
from tests.sync.fleet.fleet import Fleet
from tests.sync.fleet.seats import Seat
from tests.sync.fleet.simulated import Simulated, start

LIN, WANG, WU = PLACES = ("lin/home", "wang/office", "wu/office")
ORDERS = [(WU, LIN), (LIN, WU), (LIN, WU, LIN), (WU, WANG, WU, LIN)]


@pytest.fixture
def fleet() -> Fleet:
    plan = replace(plans.draw(1), places=PLACES, steps=())
    return Fleet(plan, Simulated(start()))


def does(fleet: Fleet, place: str, op: Operation) -> None:
    """Save it, let the line carry it and what it brings."""
    seat = fleet.seats[place]
    with seat.at_work.store.write() as session:
        seat.at_work.do(session, op)
    seat.saved.append(op.id)
    seat.poisoned.add(op.id)
    for one in (place, LIN, WU):
        fleet.sync(fleet.seats[one])


def common(fleet: Fleet, place: str, customer: str) -> dict[str, object]:
    seat = fleet.seats[place]
    by = fleet.world.people[seat.login]
    return {"id": new_id(), "by": by, "customer_id": customer, "at": seat.clock()}


def hers(seat: Seat) -> str:
    return str(min(pk for (pk,) in checks.ask(seat.at_work.store, "SELECT id FROM customer")))


def put_back(fleet: Fleet, order: tuple[str, ...]) -> None:
    """The hub is put back, and the desks come by in that order."""
    fleet.put_back()
    for place in order:
        fleet.sync(fleet.seats[place])
    fleet.come_to_rest()


def taken_away(fleet: Fleet, customer: str) -> None:
    with fleet.world.hub.write() as session:
        feed.watch(session)
        at = fleet.world.clock() - timedelta(hours=1)
        feed.publish(session, keeping.assign(session, [customer], None, at))


def state(fleet: Fleet, op: Operation) -> str:
    asked = f"SELECT state FROM parked WHERE id = '{op.id}'"
    [(told,)] = checks.ask(fleet.world.hub, asked)
    return str(told)


@pytest.mark.parametrize("order", ORDERS)
def test_a_decision_counts_again_whoever_comes_by_first(
    fleet: Fleet, order: tuple[str, ...]
) -> None:
    customer = hers(fleet.seats[LIN])
    taken_away(fleet, customer)
    fleet.restore = fleet.world.back_up()
    note = WriteNote(words="她说好", **common(fleet, LIN, customer))  # type: ignore[arg-type]
    does(fleet, LIN, note)
    does(
        fleet,
        WU,
        DecideParked(
            parked_id=note.id,
            verdict=Verdict.ACCEPT,
            **common(fleet, WU, customer),  # type: ignore[arg-type]
        ),
    )
    assert state(fleet, note) == State.ACCEPTED

    put_back(fleet, order)

    assert state(fleet, note) == State.ACCEPTED
    made = f"SELECT rep_id FROM note WHERE id = '{note.id}'"
    assert checks.ask(fleet.world.hub, made) == [(note.by,)]
    assert not checks.ask(fleet.seats[WU].at_work.store, "SELECT op_id FROM dead_letter")


@pytest.mark.parametrize("order", ORDERS)
def test_refused_work_she_has_read_and_asked_about_lies_with_the_leader_again(
    fleet: Fleet, order: tuple[str, ...]
) -> None:
    lin = fleet.seats[LIN]
    customer = hers(lin)
    with fleet.world.hub.write() as session:
        feed.watch(session)
        session.get_one(Customer, customer).city = "上海"
        feed.publish(session, now=fleet.world.clock())
    fleet.restore = fleet.world.back_up()
    edit = EditCustomer(
        base_ver=1,
        changes=(Patch(Field.CITY, "", "北京"),),
        **common(fleet, LIN, customer),  # type: ignore[arg-type]
    )
    does(fleet, LIN, edit)
    with lin.at_work.store.write() as session:
        status.seen(session, [edit.id], lin.clock())
    asked = AskLeader(op_id=edit.id, words="她搬到北京了", **common(fleet, LIN, customer))  # type: ignore[arg-type]
    does(fleet, LIN, asked)
    assert state(fleet, edit) == State.ASKED

    put_back(fleet, order)

    assert state(fleet, edit) == State.ASKED
    refused = checks.ask(lin.at_work.store, "SELECT op_id FROM dead_letter")
    assert refused == [(edit.id,)]


def test_an_order_that_is_another_customers_again_stays(fleet: Fleet) -> None:
    """It was hers before, then another's who was with the rep for a while."""
    lin = fleet.seats[LIN]
    [(order, first)] = checks.ask(lin.at_work.store, _ORDERS + " ORDER BY id LIMIT 1")
    [(nobodys,)] = checks.ask(fleet.world.hub, "SELECT id FROM customer WHERE rep_id IS NULL")
    with fleet.world.hub.write() as session:
        feed.watch(session)
        pairs = keeping.assign(session, [nobodys], fleet.world.people["lin"], fleet.world.clock())
        session.get_one(Order, order).customer_id = nobodys
        feed.publish(session, pairs, now=fleet.world.clock())
    fleet.sync(lin)
    assert (order, nobodys) in checks.ask(lin.at_work.store, _ORDERS)

    fleet.put_back()
    fleet.come_to_rest()

    assert (order, first) in checks.ask(lin.at_work.store, _ORDERS)


_ORDERS = 'SELECT id, customer_id FROM "order"'
