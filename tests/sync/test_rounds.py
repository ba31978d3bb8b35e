"""Desk and hub come to hold the same: what one rep does reaches the hub, and hers comes back."""

from collections.abc import Iterable

import pytest
from sqlalchemy import delete, func, select

from lumi_desk.calls.operations import PromiseCallback, Refuse, WriteNote
from lumi_desk.calls.tables import Callback, Contact, Note, Refusal
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.hub import keeping
from lumi_desk.ids import new_id
from lumi_desk.orders.operations import ClaimSale
from lumi_desk.orders.tables import Order, Sale
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.base import Table
from lumi_desk.storage.store import Store
from lumi_desk.sync import digest, feed
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.entities import ENTITIES
from lumi_desk.sync.outbox import AlreadySent
from lumi_desk.sync.tables import (
    Cursor,
    DeadLetter,
    Held,
    Outbox,
    SyncFeed,
    SyncMeta,
    SyncOp,
    SyncStream,
)
from tests.hubs import Hub, NullVault
from tests.makers import NOW, a_call, hub_with_rep, make_customer, make_order


def give(hub: Hub, rep_id: str | None, many: int = 1, orders: int = 1) -> list[str]:
    """Customers with orders for a rep."""
    with hub.store.write() as session:
        feed.watch(session)
        customers = [make_customer(session) for _ in range(many)]
        for customer in customers:
            for _ in range(orders):
                make_order(session, customer)
        ids = [customer.id for customer in customers]
        keeping.assign(session, ids, rep_id, hub.clock())
        feed.publish(session)
    return ids


def move(hub: Hub, customers: Iterable[str], rep_id: str | None) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        keeping.assign(session, list(customers), rep_id, hub.clock())
        feed.publish(session)


def count(store: Store, table: type[Table]) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def do(desk: Desk, *ops: object) -> None:
    with desk.store.write() as session:
        desk.do(session, *ops)  # type: ignore[arg-type]


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Everything that travels, as stored."""
    with store.read() as session:
        return {
            entity.name: sorted(map(tuple, session.execute(entity.raw())), key=str)
            for entity in ENTITIES
        }


def audit(store: Store) -> None:
    """The hub's feed agrees with its rows, heads and digests."""
    with store.read() as session:
        for line in session.scalars(select(SyncStream)):
            lines = session.scalars(select(SyncFeed).where(SyncFeed.stream == line.id)).all()
            assert line.head == max((one.seq for one in lines), default=line.head)
            puts = [(one.entity, one.pk, one.ver) for one in lines if one.op == feed.PUT]
            assert line.digest == digest.of_records(puts)
            for entity in ENTITIES:
                for one in lines:
                    if one.entity == entity.name and one.op == feed.PUT:
                        assert session.get_one(entity.table, one.pk).ver == one.ver  # type: ignore[attr-defined]


def test_a_first_round_brings_everything_of_hers_and_nothing_else(
    hub: Hub, lin: str, wang: str
) -> None:
    hers = give(hub, lin, many=3, orders=2)
    give(hub, wang, many=2)
    desk = hub.desk("lin")
    report = desk.sync_round()
    with desk.store.read() as session:
        assert set(session.scalars(select(Customer.id))) == set(hers)
    assert count(desk.store, Order) == 6
    assert report.received > 0
    assert desk.is_whole()
    audit(hub.store)


def test_a_round_without_news_is_one_request(hub: Hub, lin: str) -> None:
    give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    line.requests.clear()
    report = desk.sync_round()
    assert line.requests == ["/v1/pull"]
    assert (report.sent, report.received) == (0, 0)


def test_what_a_rep_does_offline_reaches_the_hub_once(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    line.cut = True
    call = a_call(lin, customer, note="女儿下月结婚")
    sale = ClaimSale(
        id=new_id(),
        customer_id=customer,
        by=lin,
        at=NOW,
        kind="card",
        item_id="plan",
        what="12,000 充值卡",
        fen=1_200_000,
        proof="P1",
        contact_id=call.id,
    )
    do(desk, call, sale)
    with pytest.raises(HubOutOfReach):
        desk.sync_round()
    assert count(desk.store, Outbox) == 2
    line.cut = False
    report = desk.sync_round()
    assert (report.sent, report.refused) == (2, 0)
    assert count(desk.store, Outbox) == 0
    with hub.store.read() as session:
        assert session.get_one(Contact, call.id).note == "女儿下月结婚"
        assert session.get_one(Sale, sale.id).fen == 1_200_000
        cash = select(func.sum(Fact.fen)).where(Fact.kind == "cash_claimed", Fact.rep_id == lin)
        assert session.scalar(cash) == 1_200_000
    audit(hub.store)


def test_a_lost_reply_has_one_effect(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    do(desk, a_call(lin, customer))
    line.lose_reply_to = "/v1/push"
    with pytest.raises(HubOutOfReach):
        desk.sync_round()
    desk.sync_round()
    assert count(hub.store, Contact) == 1
    assert count(hub.store, SyncOp) == 1
    assert count(desk.store, Outbox) == 0


def test_a_poison_operation_lets_the_others_through(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    poison = WriteNote(id=new_id(), customer_id=customer, by="somebody else", at=NOW, words="x")
    good = [
        WriteNote(id=new_id(), customer_id=customer, by=lin, at=NOW, words=str(n)) for n in range(4)
    ]
    do(desk, *good[:2], poison, *good[2:])
    report = desk.sync_round()
    assert (report.sent, report.refused) == (5, 1)
    assert count(hub.store, Note) == 4
    with desk.store.read() as session:
        letter = session.scalars(select(DeadLetter)).one()
        assert (letter.op_id, letter.reason) == (poison.id, "NotYours")
        assert session.get(Note, poison.id) is None, "its effect here is taken back"
    assert count(desk.store, Note) == 4


def test_what_builds_on_a_refused_operation_is_blocked(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    call = a_call("somebody else", customer)
    callback = PromiseCallback(
        id=new_id(), customer_id=customer, by=lin, at=NOW, due_at=NOW, contact_id=call.id
    )
    do(desk, call, callback)
    desk.sync_round()
    with desk.store.read() as session:
        fates = dict(session.execute(select(DeadLetter.op_id, DeadLetter.status)).all())
    assert fates == {call.id: "rejected", callback.id: "blocked"}


def test_a_refusal_leaves_before_everything_else(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    with desk.store.write() as session:
        note = WriteNote(id=new_id(), customer_id=customer, by=lin, at=NOW, words="x")
        refusal = Refuse(id=new_id(), customer_id=customer, by=lin, at=NOW)
        desk.do(session, note, refusal, hold=True)
    desk.sync_round()
    assert (count(hub.store, Refusal), count(hub.store, Note)) == (1, 0)
    hub.clock.forward(seconds=11)
    desk.sync_round()
    assert count(hub.store, Note) == 1


def test_a_moved_customer_leaves_one_desk_and_comes_whole_to_the_other(
    hub: Hub, lin: str, wang: str
) -> None:
    customers = give(hub, lin, many=2, orders=3)
    lins, wangs = hub.desk("lin"), hub.desk("wang")
    lins.sync_round()
    wangs.sync_round()
    do(lins, a_call(lin, customers[0]))
    lins.sync_round()
    hub.clock.forward(minutes=5)
    move(hub, customers[:1], wang)
    lins.sync_round()
    wangs.sync_round()
    assert count(lins.store, Customer) == 1
    assert count(lins.store, Order) == 3
    assert count(wangs.store, Order) == 3
    assert count(wangs.store, Contact) == 1
    audit(hub.store)


def test_unsent_work_about_a_moved_customer_still_counts(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    line.cut = True
    hub.clock.forward(minutes=1)
    call = a_call(lin, customer, at=hub.clock())
    do(desk, call)
    hub.clock.forward(minutes=5)
    move(hub, [customer], wang)
    line.cut = False
    report = desk.sync_round()
    assert report.refused == 0
    with hub.store.read() as session:
        assert session.get(Contact, call.id) is not None
    assert count(desk.store, Customer) == 0
    assert count(desk.store, Contact) == 0


def test_work_about_somebody_elses_customer_is_parked(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, wang)
    desk = hub.desk("lin")
    desk.sync_round()
    do(desk, a_call(lin, customer))
    desk.sync_round()
    with desk.store.read() as session:
        assert session.scalars(select(DeadLetter.status)).all() == ["parked"]
    assert count(hub.store, Contact) == 0


def test_away_and_back_while_offline_leaves_no_ghosts(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin, orders=2)
    lins, wangs = hub.desk("lin"), hub.desk("wang")
    lins.sync_round()
    do(lins, a_call(lin, customer))
    lins.sync_round()
    hub.clock.forward(minutes=5)
    move(hub, [customer], wang)
    wangs.sync_round()
    note = WriteNote(id=new_id(), customer_id=customer, by=wang, at=hub.clock(), words="hers")
    do(wangs, note)
    wangs.sync_round()
    hub.clock.forward(minutes=5)
    move(hub, [customer], lin)
    lins.sync_round()
    with lins.store.read() as session:
        assert session.scalars(select(Note.words)).all() == ["hers"]
    audit(hub.store)
    assert_same_as_hub(hub, lins)


def test_work_that_waits_survives_a_pull_of_the_same_customer(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    with desk.store.write() as session:
        call = a_call(lin, customer, wechat_state="passed")
        desk.do(session, call, hold=True)
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Customer, customer).city = "杭州"
        feed.publish(session)
    desk.sync_round()
    with desk.store.read() as session:
        hers = session.get_one(Customer, customer)
        assert (hers.city, hers.wechat_state) == ("杭州", "passed")
        assert session.get(Contact, call.id) is not None


def test_an_undo_puts_back_what_stood_there(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    promise = PromiseCallback(id=new_id(), customer_id=customer, by=lin, at=NOW, due_at=NOW)
    do(desk, promise)
    desk.sync_round()
    before = rows(desk.store)
    call = a_call(lin, customer, wechat_state="passed")
    with desk.store.write() as session:
        desk.do(session, call, hold=True)
    with desk.store.read() as session:
        assert session.get_one(Callback, promise.id).done_at is not None
    with desk.store.write() as session:
        desk.undo(session, call.id)
    assert rows(desk.store) == before
    desk.sync_round()
    assert count(hub.store, Contact) == 0


def test_what_has_left_cannot_be_undone(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    line = hub.line()
    desk = hub.desk("lin", line)
    desk.sync_round()
    call = a_call(lin, customer)
    do(desk, call)
    line.lose_reply_to = "/v1/push"
    with pytest.raises(HubOutOfReach):
        desk.sync_round()
    # No answer came, so nobody here knows whether the hub has it.
    with pytest.raises(AlreadySent), desk.store.write() as session:
        desk.undo(session, call.id)
    desk.sync_round()
    with pytest.raises(AlreadySent), desk.store.write() as session:
        desk.undo(session, call.id)


def test_a_hub_in_another_life_gets_acknowledged_work_again(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    call = a_call(lin, customer)
    do(desk, call)
    desk.sync_round()
    # Put back from yesterday's backup: the call is gone, the epoch is new.
    with hub.store.write() as session:
        for table in (SyncOp, Contact, Fact):
            session.execute(delete(table))
        session.execute(delete(SyncFeed).where(SyncFeed.entity.in_(("contact", "fact"))))
        for stream in session.scalars(select(SyncStream)):
            left = session.scalars(select(SyncFeed).where(SyncFeed.stream == stream.id)).all()
            stream.digest = digest.of_records(
                (one.entity, one.pk, one.ver) for one in left if one.op == feed.PUT
            )
            stream.head = max((one.seq for one in left), default=0)
        session.get_one(SyncMeta, 1).epoch = new_id()
    desk.sync_round()
    desk.sync_round()
    with hub.store.read() as session:
        assert session.get(Contact, call.id) is not None
    audit(hub.store)
    assert_same_as_hub(hub, desk)


def test_a_cache_that_does_not_add_up_is_read_again(hub: Hub, lin: str) -> None:
    customers = give(hub, lin, many=3)
    desk = hub.desk("lin")
    desk.sync_round()
    with desk.store.write() as session:
        session.execute(delete(Held).where(Held.pk == customers[0]))
        session.execute(delete(Customer).where(Customer.id == customers[0]))
        session.add(Held(stream=f"rep:{lin}", entity="customer", pk="ghost", root="ghost", ver=1))
        session.add(Customer(id="ghost", name="ghost"))
    give(hub, lin)
    # Everything is counted anew once a day, and at each start.
    hub.clock.forward(days=2)
    desk.sync_round()
    with desk.store.read() as session:
        assert set(customers) < set(session.scalars(select(Customer.id)))
        assert session.get(Customer, "ghost") is None
        assert session.get_one(Cursor, f"rep:{lin}").whole


def test_pages_are_cut_and_resumed(hub: Hub, lin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lumi_desk.sync.round.PAGE", 2)
    give(hub, lin, many=7, orders=2)
    line = hub.line()
    desk = hub.desk("lin", line)
    line.lose_reply_to = "/v1/pull"
    with pytest.raises(HubOutOfReach):
        desk.sync_round()
    assert not desk.is_whole()
    desk.sync_round()
    assert desk.is_whole()
    assert count(desk.store, Customer) == 7
    assert_same_as_hub(hub, desk)


def test_the_leader_sees_the_teams_figures_and_no_customer_of_theirs(
    hub: Hub, lin: str, wu: str
) -> None:
    (customer,) = give(hub, lin)
    desk, board = hub.desk("lin"), hub.desk("wu")
    desk.sync_round()
    do(desk, a_call(lin, customer))
    desk.sync_round()
    board.sync_round()
    with board.store.read() as session:
        dials = select(func.sum(Fact.units)).where(Fact.kind == "dials")
        assert session.scalar(dials) == 1
    assert count(board.store, Customer) == 0
    assert count(board.store, Contact) == 0
    assert wu


def test_another_person_on_the_same_machine_has_another_file(hub: Hub, lin: str) -> None:
    give(hub, lin)
    hub_with_rep(hub.store, "zhao")
    one, two = hub.desk("lin"), hub.desk("zhao")
    one.sync_round()
    two.sync_round()
    assert count(one.store, Customer) == 1
    assert count(two.store, Customer) == 0


def test_expired_tokens_are_renewed_by_themselves(hub: Hub, lin: str) -> None:
    give(hub, lin)
    vault = NullVault()
    desk = hub.desk("lin", vault=vault)
    desk.sync_round()
    shown = vault.secrets["refresh"]
    hub.clock.forward(minutes=16)
    desk.sync_round()
    assert vault.secrets["refresh"] != shown


def assert_same_as_hub(hub: Hub, desk: Desk) -> None:
    """At rest the cache is the hub's scope."""
    with desk.store.read() as session:
        held = set(session.execute(select(Held.stream, Held.entity, Held.pk, Held.ver)))
        streams = list(session.scalars(select(Cursor.stream)))
    with hub.store.read() as session:
        asked = select(SyncFeed.stream, SyncFeed.entity, SyncFeed.pk, SyncFeed.ver)
        there = set(
            session.execute(asked.where(SyncFeed.stream.in_(streams), SyncFeed.op == feed.PUT))
        )
    assert held == there
    mine, theirs = rows(desk.store), rows(hub.store)
    for entity, some in mine.items():
        assert set(some) <= set(theirs[entity]), entity
