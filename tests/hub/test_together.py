"""Many at once on the hub: nothing is missed, nobody waits for ever, nothing counts twice."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from lumi_desk.calls.operations import WriteNote
from lumi_desk.calls.tables import Note
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import booking, keeping
from lumi_desk.hub.accept import accept
from lumi_desk.ids import new_id
from lumi_desk.operations import encode, kind_of
from lumi_desk.orders.operations import ClaimSale
from lumi_desk.orders.tables import Sale
from lumi_desk.people.tables import Person
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import rep_stream
from lumi_desk.sync.protocol import Envelope, Pull
from lumi_desk.sync.tables import SyncOp, SyncStream
from tests.hub.copies import pulled
from tests.makers import NOW, a_call, hub_with_rep, make_customer, make_order, person
from tests.sync.test_rounds import audit

WRITERS = 8
BATCHES = 6


def envelope(op: Any, seq: int = 1) -> Envelope:
    kind = kind_of(op)
    return Envelope(op.id, seq, kind.name, kind.version, encode(op))


def note(by: str, customer_id: str) -> Envelope:
    return envelope(WriteNote(id=new_id(), customer_id=customer_id, by=by, at=NOW, words="她说好"))


def customers_of(store: Store, rep_id: str, many: int) -> list[str]:
    with store.write() as session:
        feed.watch(session)
        found = [make_customer(session, rep_id).id for _ in range(many)]
        feed.publish(session)
    return found


def at_once(*works: Callable[[], object]) -> None:
    """Do all of this in threads that start together; what one raises is raised here."""
    gate, problems = threading.Barrier(len(works)), []

    def go(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001  (it is raised below)
            problems.append(error)

    threads = [threading.Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    if problems:
        raise problems[0]


@pytest.fixture
def slow_commits(hub_store: Store) -> None:
    """Whoever commits takes a moment, so that others read and write meanwhile."""
    event.listen(hub_store.engine, "commit", lambda _: time.sleep(0.005))


@pytest.mark.slow
def test_a_reader_misses_nothing_of_what_eight_write(hub_store: Store, slow_commits: None) -> None:
    rep, other = hub_with_rep(hub_store), hub_with_rep(hub_store, "wang")
    hers = customers_of(hub_store, rep, WRITERS)
    who, seen, over = person(hub_store, rep), set[str](), threading.Event()
    cursor: dict[str, int] = {}

    def read() -> None:
        last = False
        while True:
            last = over.is_set()
            with hub_store.read() as session:
                pages = pulled(session, who, Pull("x", cursor, limit=50)).pages
            for page in pages:
                cursor[page.stream] = page.seq
                seen.update(change.pk for change in page.changes if change.entity == "note")
            if last and not any(page.more for page in pages):
                return

    def write(number: int) -> None:
        for turn in range(BATCHES):
            if number % 4 == 3:
                _move(hub_store, hers[-2:], other if turn % 2 == 0 else rep)
            some = [hers[(number + step * turn) % (WRITERS - 2)] for step in (0, 3, 5)]
            accept(hub_store, rep, f"d{number}", tuple(note(rep, one) for one in some), NOW)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        at_once(*(lambda number=number: write(number) for number in range(WRITERS)))
    finally:
        over.set()
        reader.join(60)
    with hub_store.read() as session:
        assert seen == set(session.scalars(select(Note.id)))
    assert len(seen) == WRITERS * BATCHES * 3
    audit(hub_store)


def _move(store: Store, customers: list[str], rep_id: str) -> None:
    with store.write() as session:
        feed.watch(session, alone=True)
        feed.publish(session, keeping.assign(session, customers, rep_id, NOW))


def test_batches_about_the_same_customers_in_other_orders_do_not_lock_up(
    hub_store: Store, slow_commits: None
) -> None:
    reps = [hub_with_rep(hub_store, name) for name in ("lin", "wang")]
    hers = customers_of(hub_store, reps[0], 4)
    hub_clock = NOW + timedelta(days=1)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        # Both held her at the time of the work.
        feed.publish(session, keeping.assign(session, hers, reps[1], NOW - timedelta(days=2)))
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        feed.publish(session, keeping.assign(session, hers, reps[0], hub_clock))

    def push(rep: str, customers: list[str]) -> None:
        for state in ("asked", "passed", "deleted", "asked"):
            ops = [envelope(a_call(rep, one, wechat_state=state)) for one in customers]
            answers = accept(hub_store, rep, rep, tuple(ops), NOW)
            assert {one.status for one in answers} == {"applied"}

    at_once(lambda: push(reps[0], hers), lambda: push(reps[1], hers[::-1]))
    audit(hub_store)


def test_the_same_push_twice_at_once_has_one_effect(hub_store: Store, slow_commits: None) -> None:
    rep = hub_with_rep(hub_store)
    (customer,) = customers_of(hub_store, rep, 1)
    ops = tuple(note(rep, customer) for _ in range(5))
    answers: list[Any] = []
    push = lambda: answers.append(accept(hub_store, rep, "desk", ops, NOW))  # noqa: E731
    at_once(push, push, push)
    assert answers[0] == answers[1] == answers[2]
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Note)) == 5
        assert session.scalar(select(func.count()).select_from(SyncOp)) == 5
    audit(hub_store)


def test_the_first_row_of_a_stream_is_written_by_two_at_once(
    hub_store: Store, slow_commits: None
) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.read() as session:
        assert session.get(SyncStream, rep_stream(rep)) is None
    at_once(*(lambda: customers_of(hub_store, rep, 1) for _ in range(4)))
    with hub_store.read() as session:
        assert session.get_one(SyncStream, rep_stream(rep)).head == 4
    audit(hub_store)


def test_a_claim_and_its_order_that_meet_count_once(hub_store: Store, slow_commits: None) -> None:
    rep = hub_with_rep(hub_store)
    hers = customers_of(hub_store, rep, 4)

    def claim() -> None:
        for one in hers:
            accept(hub_store, rep, "desk", (envelope(a_claim(rep, one)),), NOW)

    def arrive() -> None:
        for one in hers:
            with hub_store.write() as session:
                feed.watch(session, alone=True)
                order = make_order(session, session.get_one(Customer, one), paid_at=NOW)
                feed.publish(session, booking.book(session, [order.id]))

    at_once(claim, arrive)
    with hub_store.read() as session:
        assert set(session.scalars(select(Sale.state))) == {"confirmed"}
        assert "cash_claimed" not in set(session.scalars(select(Fact.kind)))
        cash = select(func.sum(Fact.fen)).where(Fact.kind == "cash")
        assert session.scalar(cash) == 4 * 49_800


def a_claim(rep: str, customer_id: str, **values: Any) -> ClaimSale:
    told: dict[str, Any] = {
        "id": new_id(),
        "customer_id": customer_id,
        "by": rep,
        "at": NOW,
        "kind": "product",
        "item_id": "p",
        "what": "胶原",
        "fen": 49_800,
        "proof": "P",
    }
    return ClaimSale(**{**told, **values})


def test_a_claim_whose_order_came_before_counts_once(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    (customer,) = customers_of(hub_store, rep, 1)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        order = make_order(session, session.get_one(Customer, customer), paid_at=NOW, fen=1_200_000)
        order_id = order.id
        feed.publish(session, booking.book(session, [order_id]))
    claim = a_claim(rep, customer, kind="card", fen=1_200_000)
    (answer,) = accept(hub_store, rep, "desk", (envelope(claim),), NOW)
    assert answer.status == "applied"
    with hub_store.read() as session:
        sale = session.get_one(Sale, claim.id)
        assert (sale.state, sale.order_id) == ("confirmed", order_id)
        facts = {fact.kind: fact.fen for fact in session.scalars(select(Fact))}
        assert facts == {"cash": 1_200_000, "cards": 0, "card_fen": 1_200_000}
        assert session.get_one(Customer, customer).pool == "V"
    audit(hub_store)


def test_yes_and_no_are_conditions_on_both_engines(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.read() as session:
        for condition in (Person.active, Person.active.is_(True), Person.active == True):  # noqa: E712
            assert session.scalars(select(Person.id).where(condition)).all() == [rep]
        assert session.scalars(select(Person.id).where(~Person.active)).all() == []
