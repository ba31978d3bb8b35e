"""Steps: what people do at their desks."""

import random
from typing import Any

from sqlalchemy import select, update

from lumi_desk.customers.tables import Customer
from lumi_desk.errors import LumiError
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.parked.tables import Parked
from lumi_desk.sync.outbox import AlreadySent
from lumi_desk.sync.tables import DeadLetter, Outbox
from tests.sync.fleet import checks, making
from tests.sync.fleet.fleet import Fleet
from tests.sync.fleet.fuses import Crash
from tests.sync.fleet.ledger import must
from tests.sync.fleet.making import Told
from tests.sync.fleet.seats import LEADER, Seat

_MOSTLY = 0.93


def work(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """Somebody does something about a customer and saves it."""
    told = _told(fleet, seat, dice)
    ops = making.work(told)
    try:
        _save(fleet, seat, ops, hold=dice.random() < 0.6)
    except LumiError as error:
        return f"{type(ops[0]).__name__}: {error.code}"
    return f"{', '.join(type(op).__name__ for op in ops)} about {told.customer_id[-4:]}"


def undo(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """She takes back what she saved last."""
    asked = "SELECT op_id FROM outbox ORDER BY client_seq DESC LIMIT 2"
    last = [op_id for (op_id,) in checks.ask(seat.at_work.store, asked)]
    some = last[: dice.randint(1, 2)]
    if not some:
        return "nothing"
    try:
        with seat.at_work.store.write() as session:
            seat.at_work.undo(session, *some)
    except AlreadySent:
        return "too late"
    except Crash:
        fleet.world.stop(seat)
        fleet.world.start(seat)
    _keep_to_what_is_there(seat, some)
    return f"{len(some)}"


def poison(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """Work the hub must refuse, alone, first, in the middle or with what builds on it."""
    told = _told(fleet, seat, dice)
    kind = dice.choice(("another's name", "a version of tomorrow", "no content", "with dependants"))
    before = making.work(told) if dice.random() < 0.5 else []
    after = making.work(told) if dice.random() < 0.5 else []
    if kind == "another's name":
        others = sorted(one for one in fleet.world.people.values() if one != told.by)
        told = Told(dice.choice(others), told.customer_id, told.at, dice)
    bad = [making.call_with_dependants(told)[0]]
    if kind == "with dependants":
        bad = making.call_with_dependants(told)
    try:
        _save(fleet, seat, [*before, *bad, *after], hold=False, bad=bad)
    except LumiError as error:
        return f"not even here: {error.code}"
    seat.forbidden.add(bad[0].id)
    if kind != "another's name":
        _spoil(seat, bad[0].id, kind)
    return f"{kind}, {len(before)} before it, {len(after)} after"


def lead(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """A rep asks about work the hub did not take; a leader decides about what waits for her."""
    told = Told(fleet.world.people[seat.login], new_id(), seat.clock(), dice)
    with seat.at_work.store.read() as session:
        refused = list(session.scalars(select(DeadLetter).order_by(DeadLetter.op_id)))
        waiting = list(session.scalars(select(Parked).order_by(Parked.id)))
    if seat.login == LEADER and waiting:
        op: Operation = making.decide(told, dice.choice(waiting))
    elif refused:
        op = making.ask(told, dice.choice(refused))
    else:
        return "nothing to say"
    try:
        _save(fleet, seat, [op], hold=False)
    except LumiError as error:
        return f"{type(op).__name__}: {error.code}"
    return type(op).__name__


def come_to_rest(fleet: Fleet, seat: Seat, dice: random.Random) -> str:
    """A quiet night: everything must add up."""
    fleet.come_to_rest()
    return "all is well"


def _save(
    fleet: Fleet,
    seat: Seat,
    ops: list[Operation],
    *,
    hold: bool,
    bad: list[Operation] | None = None,
) -> None:
    ids = [op.id for op in ops]
    try:
        with seat.at_work.store.write() as session:
            seat.at_work.do(session, *ops, hold=hold)
    except Crash:
        fleet.world.stop(seat)
        fleet.world.start(seat)
    _keep_to_what_is_there(seat, ids)
    bad = [*(bad or ()), *(op for op in ops if isinstance(op, making.MAY_FAIL))]
    seat.poisoned |= {op.id for op in bad}


def _keep_to_what_is_there(seat: Seat, ids: list[str]) -> None:
    """All of it was kept or none; what was kept has to reach the hub."""
    there = {row[0] for row in checks.ask(seat.at_work.store, "SELECT op_id FROM outbox")}
    kept = [one for one in ids if one in there]
    must(kept in ([], ids), "what is saved at once stands or falls together", seat.place, ids, kept)
    seat.saved = [one for one in seat.saved if one not in ids] + kept


def _spoil(seat: Seat, op_id: str, kind: str) -> None:
    """Change what waits, as a damaged file or a later version might have."""
    values: dict[str, Any] = {"payload": "{}"} if kind == "no content" else {"kind_ver": 99}
    if kind == "with dependants":
        values = {"kind": "tomorrow.work"}
    with seat.at_work.store.engine.begin() as connection:
        connection.execute(update(Outbox).where(Outbox.op_id == op_id).values(**values))


def _told(fleet: Fleet, seat: Seat, dice: random.Random) -> Told:
    """Mostly about somebody of hers, now and then about anybody."""
    desk = seat.at_work.store
    hers = sorted(pk for (pk,) in checks.ask(desk, "SELECT id FROM customer"))
    usual = hers and dice.random() < _MOSTLY
    choice = dice.choice(hers) if usual else dice.choice(fleet.customers() or [new_id()])

    def her_row() -> Customer | None:
        with desk.read() as session:
            return session.get(Customer, choice)

    return Told(fleet.world.people[seat.login], choice, seat.clock(), dice, her_row)
