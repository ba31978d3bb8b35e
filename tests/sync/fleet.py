"""A fleet under a seeded history: one hub, four desks of three people, and everything goes wrong.

Four desks: Lin at two machines, Wang, and their leader Wu. A history is a list of steps drawn
from one seed; at_rest() brings everybody to rest and checks what must hold then.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from lumi_desk.calls.operations import (
    LogContact,
    PromiseCallback,
    Refuse,
    SkipCustomer,
    WriteNote,
)
from lumi_desk.clock import local_day
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Account, Desk, resume, sign_in
from lumi_desk.errors import LumiError
from lumi_desk.hub import booking, keeping
from lumi_desk.hub.app import create_app
from lumi_desk.hub.classifying import classify
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.orders.operations import ClaimSale
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import digest, feed
from lumi_desk.sync.client import HubClient
from lumi_desk.sync.entities import ENTITIES, Scope
from lumi_desk.sync.outbox import AlreadySent
from lumi_desk.sync.tables import (
    DeadLetter,
    Held,
    Outbox,
    SentLog,
    SyncFeed,
    SyncMeta,
    SyncOp,
    SyncStream,
)
from tests.hubs import HandClock, Hub, Line, NullVault
from tests.makers import PASSWORD, a_call, hub_with_rep, make_customer, make_order

ADDRESS = "http://127.0.0.1"
SEATS = (("lin", "home"), ("lin", "office"), ("wang", "office"), ("wu", "office"))
MOST_REST_ROUNDS = 8

Backup = Callable[[], Callable[[], Store]]


@dataclass
class Seat:
    """One machine of one person, with its own line and its own, perhaps wrong, clock."""

    login: str
    folder: Path
    line: Line
    clock: HandClock
    vault: NullVault = field(default_factory=NullVault)
    desk: Desk | None = None
    saved: list[str] = field(default_factory=list)

    @property
    def at_work(self) -> Desk:
        assert self.desk is not None
        return self.desk

    def start(self) -> None:
        """Start the program: on its file if there is one."""
        account = Account(ADDRESS, self.login)
        client = HubClient(httpx2.Client(transport=self.line, base_url=ADDRESS))
        if account.data(self.folder).exists():
            self.desk = resume(account, self.folder, self.vault, client, self.clock)
        else:
            self.desk = sign_in(account, PASSWORD, self.folder, self.vault, client, self.clock)

    def stop(self) -> None:
        """End the program; what is on the disk stays."""
        self.at_work.close()


class Fleet:
    """A hub, its desks, and the dice that decide what happens next."""

    def __init__(self, store: Store, folder: Path, seed: int, backup: Backup) -> None:
        self.seed, self.dice = seed, random.Random(seed)
        self.hub = Hub(store, folder)
        self.backup = backup
        self.restore: Callable[[], Store] | None = None
        self.people = {
            login: hub_with_rep(store, login, role=Role.LEADER if login == "wu" else Role.REP)
            for login in ("lin", "wang", "wu")
        }
        self.customers: list[str] = []
        self.steps: list[str] = []
        self._fill()
        self.seats = [
            Seat(login, folder / place, self.hub.line(), HandClock(self.hub.clock()))
            for login, place in SEATS
        ]
        for seat in self.seats:
            seat.start()
            seat.at_work.sync_round()

    def run(self, steps: int) -> None:
        """Let things happen."""
        choices: tuple[tuple[int, Callable[[], None]], ...] = (
            (30, self.work),
            (22, self.sync),
            (8, self.undo),
            (9, self.reassign),
            (8, self.edit),
            (6, self.import_orders),
            (6, self.trouble_the_line),
            (5, self.restart),
            (4, self.jump),
            (6, self.wait),
            (2, self.back_up),
            (1, self.put_back),
            (2, self.poison),
        )
        weights = [weight for weight, _ in choices]
        for _ in range(steps):
            (_, step) = self.dice.choices(choices, weights)[0]
            self.steps.append(step.__name__)
            step()

    # What people do

    def work(self) -> None:
        seat = self.dice.choice(self.seats)
        customer = self._somebody(seat)
        ops = self._operations(seat, customer)
        hold = self.dice.random() < 0.6
        with seat.at_work.store.write() as session:
            seat.at_work.do(session, *ops, hold=hold)
        seat.saved += [op.id for op in ops]

    def undo(self) -> None:
        seat = self.dice.choice(self.seats)
        with seat.at_work.store.read() as session:
            asked = select(Outbox.op_id).order_by(Outbox.client_seq.desc()).limit(2)
            last = list(session.scalars(asked))
        some = last[: self.dice.randint(1, 2)]
        if not some:
            return
        try:
            with seat.at_work.store.write() as session:
                seat.at_work.undo(session, *some)
        except AlreadySent:
            return
        seat.saved = [one for one in seat.saved if one not in some]

    def poison(self) -> None:
        """A disposition nobody can store, sent between good work."""
        seat = self.dice.choice(self.seats)
        customer = self._somebody(seat)
        op = WriteNote(
            id=new_id(),
            customer_id=customer,
            by=self.people["wang" if seat.login == "lin" else "lin"],
            at=seat.clock(),
            words="in another's name",
        )
        with seat.at_work.store.write() as session:
            seat.at_work.do(session, op)
        seat.saved.append(op.id)

    def _somebody(self, seat: Seat) -> str:
        """Mostly somebody of hers, now and then anybody."""
        with seat.at_work.store.read() as session:
            hers = list(session.scalars(select(Customer.id).order_by(Customer.id)))
        return self.dice.choice(hers if hers and self.dice.random() < 0.93 else self.customers)

    def _operations(self, seat: Seat, customer: str) -> list[Operation]:
        told: dict[str, Any] = {"customer_id": customer, "by": self.people[seat.login]}
        told["at"] = seat.clock()
        call = a_call(
            told["by"],
            customer,
            at=told["at"],
            started_at=told["at"] - timedelta(minutes=3),
            ended_at=told["at"],
            disposition=self.dice.choice(("sold", "no_answer")),
            wechat_state=self.dice.choice(("", "asked", "passed", "deleted")),
        )
        kinds: tuple[Callable[[], list[Operation]], ...] = (
            lambda: [call],
            lambda: [call, self._promise(told, call)],
            lambda: [call, self._claim(told, call)],
            lambda: [WriteNote(id=new_id(), words="她说好", **told)],
            lambda: [self._promise(told, None)],
            lambda: [Refuse(id=new_id(), words="不要再打", **told)],
            lambda: [SkipCustomer(id=new_id(), day=local_day(told["at"]), reason="忙", **told)],
        )
        return self.dice.choice(kinds)()

    def _promise(self, told: dict[str, Any], call: LogContact | None) -> PromiseCallback:
        due_at = told["at"] + timedelta(hours=self.dice.randint(1, 50))
        contact_id = call.id if call else None
        return PromiseCallback(id=new_id(), due_at=due_at, contact_id=contact_id, **told)

    def _claim(self, told: dict[str, Any], call: LogContact) -> ClaimSale:
        fen = self.dice.choice((49_800, 99_600, 1_200_000))
        kind = "card" if fen == 1_200_000 else "product"
        return ClaimSale(
            id=new_id(),
            kind=kind,
            item_id="x",
            what="x",
            fen=fen,
            proof="P",
            contact_id=call.id,
            **told,
        )

    # What happens to the machines and the lines

    def sync(self) -> None:
        seat = self.dice.choice(self.seats)
        try:
            seat.at_work.sync_round()
        except LumiError:
            if not (seat.line.cut or seat.line.lost):
                raise
        seat.line.lost = False

    def trouble_the_line(self) -> None:
        line = self.dice.choice(self.seats).line
        if self.dice.random() < 0.5:
            line.cut = not line.cut
        else:
            line.lose_reply_to = self.dice.choice(("/v1/push", "/v1/push", "/v1/pull"))

    def restart(self) -> None:
        seat = self.dice.choice(self.seats)
        seat.stop()
        seat.start()

    def jump(self) -> None:
        clock = self.dice.choice(self.seats).clock
        clock.forward(minutes=self.dice.choice((-1500, -7, -1, 1, 7, 1500)))

    def wait(self) -> None:
        seconds = self.dice.choice((3, 11, 400, 4000))
        for clock in (self.hub.clock, *(seat.clock for seat in self.seats)):
            clock.forward(seconds=seconds)

    # What happens on the hub

    def reassign(self) -> None:
        some = self.dice.sample(self.customers, self.dice.randint(1, 3))
        holder = self.dice.choice([*self.people.values(), None])
        with self.hub.store.write() as session:
            feed.watch(session, alone=True)
            moved = keeping.assign(session, some, holder, self.hub.clock())
            feed.publish(session, moved)

    def edit(self) -> None:
        with self.hub.store.write() as session:
            feed.watch(session, alone=True)
            one = session.get(Customer, self.dice.choice(self.customers))
            if one is not None:
                one.city = self.dice.choice(("杭州", "上海", "成都"))
                if self.dice.random() < 0.3:
                    one.rep_id = self.dice.choice([*self.people.values(), None])
                    self._move_an_order(session, one)
            feed.publish(session)

    def _move_an_order(self, session: Any, customer: Customer) -> None:
        """Touch a child in the transaction that moves her."""
        asked = select(Order).where(Order.customer_id == customer.id).order_by(Order.id)
        order = session.scalars(asked.limit(1)).first()
        if order is not None:
            order.title = f"{order.title}+"

    def import_orders(self) -> None:
        with self.hub.store.write() as session:
            feed.watch(session, alone=True)
            customer = session.get(Customer, self.dice.choice(self.customers))
            fen = self.dice.choice((49_800, 99_600, 1_200_000))
            order = make_order(session, customer, fen=fen, paid_at=self.hub.clock())
            pairs = booking.book(session, [order.id])
            hers = [customer.id] if customer else []
            changes = classify(session, hers, self.hub.clock())
            feed.publish(session, {*pairs, *changes.pairs})

    def back_up(self) -> None:
        self.restore = self.backup()

    def put_back(self) -> None:
        """The hub is put back to an earlier copy, in a new life."""
        if self.restore is None:
            return
        self.hub.store = self.restore()
        with self.hub.store.write() as session:
            session.get_one(SyncMeta, 1).epoch = new_id()
        self.hub.client = TestClient(create_app(self.hub.store, self.hub.clock))
        self.restore = None
        with self.hub.store.read() as session:
            known = set(session.scalars(select(Customer.id)))
        self.customers = [one for one in self.customers if one in known]
        for seat in self.seats:
            seat.line.lead_to(self.hub.client)
            self._sign_in_again(seat)

    def _sign_in_again(self, seat: Seat) -> None:
        """The earlier copy does not know the newest tokens: she types her password."""
        cut, lose = seat.line.cut, seat.line.lose_reply_to
        seat.line.cut, seat.line.lose_reply_to = False, None
        seat.stop()
        client = HubClient(httpx2.Client(transport=seat.line, base_url=ADDRESS))
        account = Account(ADDRESS, seat.login)
        seat.desk = sign_in(account, PASSWORD, seat.folder, seat.vault, client, seat.clock)
        seat.line.cut, seat.line.lose_reply_to = cut, lose

    def _fill(self) -> None:
        with self.hub.store.write() as session:
            feed.watch(session, alone=True)
            for number in range(7):
                customer = make_customer(session, name=f"客户{number}")
                for _ in range(number % 3):
                    make_order(session, customer, fen=49_800)
                self.customers.append(customer.id)
            holders = [*self.people.values(), None]
            for customer_id in self.customers:
                keeping.assign(session, [customer_id], self.dice.choice(holders), self.hub.clock())
            feed.publish(session)

    # What must hold

    def at_rest(self) -> None:
        """Mend every line, wait, let everybody sync until nothing moves, then check."""
        for seat in self.seats:
            seat.line.cut, seat.line.lose_reply_to = False, None
        self.wait()
        for _ in range(MOST_REST_ROUNDS):
            for clock in (self.hub.clock, *(seat.clock for seat in self.seats)):
                clock.forward(seconds=30)
            reports = [seat.at_work.sync_round() for seat in self.seats]
            if not any(one.sent or one.received or one.next_due for one in reports):
                break
        else:
            raise AssertionError("the fleet does not come to rest")
        self._check_hub()
        for seat in self.seats:
            self._check_scope(seat)
            self._check_streams(seat)
            self._check_work(seat)

    def _check_hub(self) -> None:
        with self.hub.store.read() as session:
            for stream in session.scalars(select(SyncStream)):
                rows = session.scalars(select(SyncFeed).where(SyncFeed.stream == stream.id)).all()
                assert stream.head == max((row.seq for row in rows), default=0)
                assert len({row.seq for row in rows}) == len(rows)
                puts = [row for row in rows if row.op == feed.PUT]
                told = digest.of_records((row.entity, row.pk, row.ver) for row in puts)
                assert stream.digest == told, stream.id
                for row in puts:
                    assert row.ver > 0
                    assert self._version(session, row.entity, row.pk) == row.ver, (row.entity,)
            self._check_counted_once(session)

    @staticmethod
    def _version(session: Any, entity: str, pk: str) -> int | None:
        table = next(one.kept for one in ENTITIES if one.name == entity)
        found: int | None = session.scalar(select(table.c.ver).where(table.c.id == pk))
        return found

    @staticmethod
    def _check_counted_once(session: Any) -> None:
        """No sale stands in the books as claimed and as confirmed."""
        rows = {entity.name: entity for entity in ENTITIES}
        facts, sales = rows["fact"].kept, rows["sale"].kept
        claimed = set(session.scalars(select(facts.c.source).where(facts.c.kind == "cash_claimed")))
        confirmed = set(session.scalars(select(sales.c.id).where(sales.c.state == "confirmed")))
        assert not claimed & confirmed

    def _check_scope(self, seat: Seat) -> None:
        """The cache is the hub's scope, byte for byte."""
        there = self._scope(self.people[seat.login])
        with seat.at_work.store.read() as session:
            for entity in ENTITIES:
                here = sorted(map(tuple, session.execute(entity.raw())), key=str)
                assert here == there[entity.name], (seat.login, entity.name)

    def _scope(self, person_id: str) -> dict[str, list[tuple[Any, ...]]]:
        """What a person may have, by the tables alone: the feed is not asked."""
        with self.hub.store.read() as session:
            person = session.get_one(Person, person_id)
            hers = select(Customer.id).where(Customer.rep_id == person_id)
            found = {}
            for entity in ENTITIES:
                asked, columns = entity.raw(), entity.kept.c
                if entity.scope is Scope.CUSTOMER:
                    asked = asked.where(columns.rep_id == person_id)
                elif entity.scope is Scope.CHILD:
                    asked = asked.where(columns.customer_id.in_(hers))
                elif entity.scope is Scope.FACT:
                    own = columns.rep_id == person_id
                    leads = person.role == Role.LEADER
                    asked = asked.where(own | (columns.team_id == person.team_id) if leads else own)
                found[entity.name] = sorted(map(tuple, session.execute(asked)), key=str)
            return found

    def _check_streams(self, seat: Seat) -> None:
        """held = feed = digest."""
        with seat.at_work.store.read() as session:
            held = list(session.execute(select(Held.stream, Held.entity, Held.pk, Held.ver)))
        by_stream: dict[str, list[tuple[str, str, int]]] = {}
        for stream, entity, pk, ver in held:
            by_stream.setdefault(stream, []).append((entity, pk, ver))
        with self.hub.store.read() as session:
            for stream, rows in by_stream.items():
                head = session.get_one(SyncStream, stream)
                assert digest.of_records(rows) == head.digest, (seat.login, stream)

    def _check_work(self, seat: Seat) -> None:
        """Every operation has one status at the hub; what was saved is lost nowhere."""
        with seat.at_work.store.read() as session:
            assert session.scalar(select(func.count()).select_from(Outbox)) == 0
            log = {one.op_id: one.status for one in session.scalars(select(SentLog))}
            dead = set(session.scalars(select(DeadLetter.op_id)))
        assert set(log) == set(seat.saved)
        with self.hub.store.read() as session:
            answered = {one.op_id: one.status for one in session.scalars(select(SyncOp))}
            for op_id in seat.saved:
                kept = answered.get(op_id)
                assert kept is not None or log[op_id] in ("rejected", "blocked"), op_id
                assert (kept == "applied") == self._has_effect(session, op_id), (op_id, kept)
                assert kept in (None, "applied") or op_id in dead, (op_id, kept)

    @staticmethod
    def _has_effect(session: Any, op_id: str) -> bool:
        children: Iterable[Any] = (one for one in ENTITIES if one.scope is Scope.CHILD)
        found = [
            entity.name
            for entity in children
            if session.scalar(select(entity.kept.c.id).where(entity.kept.c.id == op_id))
        ]
        assert len(found) <= 1
        return bool(found)
