"""Steps: what happens on the hub."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Note
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import booking, keeping
from lumi_desk.hub.classifying import classify
from lumi_desk.orders.tables import Order
from lumi_desk.sync import feed, streams
from tests.makers import make_customer, make_order
from tests.sync.fleet.fleet import Fleet
from tests.sync.fleet.fuses import Crash
from tests.sync.fleet.seats import Seat

_FEN = (49_800, 99_600, 1_200_000)
_A_WHILE, _LONG = timedelta(days=30), timedelta(days=91)
_CITIES = ("杭州", "上海", "成都", "西安")
Write = Callable[[Session], list[feed.Pair]]


def reassign(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """Some customers are given to somebody, or to nobody."""
    known = fleet.customers()
    some = dice.sample(known, min(len(known), dice.randint(1, 3)))
    login = dice.choice([*fleet.world.people, "nobody"])
    return f"{_names(some)} to {login}: {_move(fleet, some, login)}"


def back_and_forth(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """Customers of hers go to another and come back while she hears of nothing."""
    person = fleet.world.people[seat.login]
    with fleet.world.hub.read() as session:
        hers = select(Customer.id).where(Customer.rep_id == person).order_by(Customer.id)
        some = list(session.scalars(hers))[: dice.randint(1, 2)]
    others = [login for login in fleet.world.people if login != seat.login]
    away = _move(fleet, some, dice.choice([*others, "nobody"]))
    touched = change_children(fleet, seat, dice) if dice.random() < 0.5 else "nothing touched"
    return f"{_names(some)}: {away}, {touched}, {_move(fleet, some, seat.login)}"


def edit(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """The office changes a customer, sometimes who holds her and a child in one go."""
    chosen = _one(fleet, dice)
    city, moves = dice.choice(_CITIES), dice.random() < 0.3
    holder = dice.choice([*fleet.world.people.values(), None])

    def write(session: Session) -> list[feed.Pair]:
        one = session.get(Customer, chosen)
        if one is None:
            return []
        one.city = city
        if moves:
            keeping.assign(session, [chosen], holder, fleet.world.clock())
            for order in _children(session, Order, chosen)[:1]:
                order.title = f"{order.title}+"
        return []

    return f"{_names([chosen])}: {city}{', moved' if moves else ''}, {_write(fleet, write)}"


def change_children(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """A note or an order of a customer is changed or deleted, without herself."""
    chosen, table = _one(fleet, dice), dice.choice((Note, Order))
    deletes = dice.random() < 0.5

    def write(session: Session) -> list[feed.Pair]:
        for row in _children(session, table, chosen)[:1]:
            if deletes:
                fleet.deleted.add(row.id)
                session.delete(row)
            elif table is Note:
                row.words = f"{row.words}!"
            else:
                row.title = f"{row.title}+"
        return []

    what = "deleted" if deletes else "changed"
    return f"{table.__tablename__} of {_names([chosen])} {what}, {_write(fleet, write)}"


def move_a_child(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """An order turns out to be another customer's."""
    first, second = _one(fleet, dice), _one(fleet, dice)

    def write(session: Session) -> list[feed.Pair]:
        for order in _children(session, Order, first)[:1]:
            order.customer_id = second
        return []

    return f"from {_names([first])} to {_names([second])}, {_write(fleet, write)}"


def import_orders(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """An order comes in, perhaps of somebody new or of nobody known."""
    chosen, fen = _one(fleet, dice), dice.choice(_FEN)
    new, unknown = dice.random() < 0.2, dice.random() < 0.1

    def write(session: Session) -> list[feed.Pair]:
        customer = make_customer(session) if new else session.get(Customer, chosen)
        at = fleet.world.clock()
        order = make_order(session, None if unknown else customer, fen=fen, paid_at=at)
        pairs = booking.book(session, [order.id])
        hers = [customer.id] if customer else []
        return [*pairs, *classify(session, hers, at).pairs]

    return f"{fen} fen, {'new' if new else _names([chosen])}, {_write(fleet, write)}"


def back_up(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """The hub is backed up."""
    fleet.restore = fleet.world.back_up()
    return ""


def put_back(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """The hub is put back to an earlier copy, in a new life."""
    fleet.put_back()
    return ""


def blank_hub(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """For some rounds an empty hub answers; then the right one is back."""
    back, life = fleet.world.blank(), fleet.ledger.life
    fleet.ledger.life = fleet.new_life()
    seats = sorted(fleet.seats)
    some = dice.sample(seats, dice.randint(1, len(seats)))
    for place in some:
        fleet.sync(fleet.seats[place])
    back()
    fleet.ledger.life = life
    return f"met by {', '.join(some)}"


def prune(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """A quarter of a year later old removals are forgotten: who was away fetches anew."""
    later = fleet.world.clock() + dice.choice((_A_WHILE, _LONG))
    try:
        with fleet.world.hub.write() as session:
            return f"{streams.prune(session, later)} forgotten"
    except Crash:
        fleet.world.hub_fuse.mend()
        return "and the hub died"


def _move(fleet: Fleet, some: list[str], login: str) -> str:
    holder, at = fleet.world.people.get(login), fleet.world.clock()
    return _write(fleet, lambda session: keeping.assign(session, some, holder, at))


def _write(fleet: Fleet, write: Write) -> str:
    """In a transaction of its own, as the office's programs write; they may die in it."""
    try:
        with fleet.world.hub.write() as session:
            feed.watch(session, alone=True)
            feed.publish(session, write(session), now=fleet.world.clock())
    except Crash:
        fleet.world.hub_fuse.mend()
        return "and the hub died"
    return "done"


def _children(session: Session, table: type[Any], customer_id: str) -> list[Any]:
    asked = select(table).where(table.customer_id == customer_id).order_by(table.id)
    return list(session.scalars(asked))


def _one(fleet: Fleet, dice: random.Random) -> str:
    known = fleet.customers()
    return dice.choice(known) if known else ""


def _names(some: list[str]) -> str:
    return " ".join(one[-4:] for one in some)
