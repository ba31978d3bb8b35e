"""Desks see two customers become one, and two again."""

import pytest
from sqlalchemy import select

from lumi_desk.calls.operations import Refuse, WriteNote
from lumi_desk.calls.tables import Note, Refusal
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.hub import linking
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order
from lumi_desk.sync import feed
from lumi_desk.sync.tables import DeadLetter, DeskMeta, Outbox
from tests.hubs import Hub
from tests.makers import NOW
from tests.sync.fleet.checks import check_hub
from tests.sync.test_rounds import assert_same_as_hub, audit, count, do, give, move


def join(hub: Hub, kept: str, other: str, *, force: bool = False) -> str:
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        return linking.link(session, kept, other, hub.clock(), force=force).id


def part(hub: Hub, link_id: str) -> None:
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        linking.unlink(session, link_id, hub.clock())


def here(desk: Desk) -> dict[str, list[str]]:
    """The customers of a desk, each with her orders."""
    with desk.store.read() as session:
        orders = session.execute(select(Order.customer_id, Order.id).order_by(Order.id)).all()
        return {
            pk: [order for customer_id, order in orders if customer_id == pk]
            for pk in session.scalars(select(Customer.id))
        }


def assert_sound(hub: Hub, *desks: Desk) -> None:
    audit(hub.store)
    check_hub(hub.store)
    for desk in desks:
        assert desk.is_whole()
        assert_same_as_hub(hub, desk)
        with desk.store.read() as session:
            assert session.get(DeskMeta, "sent_again") is None


def test_a_desk_that_holds_both_sees_one_and_two_again(hub: Hub, lin: str) -> None:
    kept, other = give(hub, lin, many=2, orders=2)
    desk = hub.desk("lin")
    desk.sync_round()
    before = here(desk)
    link_id = join(hub, kept, other)
    desk.sync_round()
    assert here(desk) == {kept: sorted([*before[kept], *before[other]])}
    assert_sound(hub, desk)
    part(hub, link_id)
    desk.sync_round()
    assert here(desk) == before
    assert_sound(hub, desk)


def test_a_desk_that_was_away_meanwhile_sees_nothing_of_it(hub: Hub, lin: str) -> None:
    kept, other = give(hub, lin, many=2)
    desk = hub.desk("lin")
    desk.sync_round()
    before = here(desk)
    part(hub, join(hub, kept, other))
    desk.sync_round()
    assert here(desk) == before
    assert_sound(hub, desk)


def test_with_force_she_leaves_the_other_reps_desk(hub: Hub, lin: str, wang: str) -> None:
    (kept,), (other,) = give(hub, lin), give(hub, wang)
    hers, others = hub.desk("lin"), hub.desk("wang", seat="wang")
    for desk in (hers, others):
        desk.sync_round()
    before = here(hers), here(others)
    link_id = join(hub, kept, other, force=True)
    for desk in (hers, others):
        desk.sync_round()
    assert here(hers) == {kept: sorted([*before[0][kept], *before[1][other]])}
    assert here(others) == {}
    assert count(others.store, Order) == 0
    assert_sound(hub, hers, others)
    part(hub, link_id)
    for desk in (hers, others):
        desk.sync_round()
    assert (here(hers), here(others)) == before
    assert_sound(hub, hers, others)


def test_who_was_nobodys_comes_with_all_of_the_other(hub: Hub, lin: str) -> None:
    (kept,), (other,) = give(hub, None), give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    before = here(desk)
    link_id = join(hub, kept, other)
    desk.sync_round()
    assert len(here(desk)[kept]) == 2
    assert_sound(hub, desk)
    part(hub, link_id)
    desk.sync_round()
    assert here(desk) == before
    assert_sound(hub, desk)


@pytest.mark.parametrize("force", [False, True])
def test_work_done_offline_about_who_is_gone_comes_to_who_was_kept(
    hub: Hub, lin: str, wang: str, force: bool
) -> None:
    (kept,), (other,) = give(hub, wang if force else lin), give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    note = WriteNote(id=new_id(), customer_id=other, by=lin, at=NOW, words="想要发票")
    no = Refuse(id=new_id(), customer_id=other, by=lin, at=NOW)
    do(desk, note, no)
    hub.clock.forward(hours=1)
    join(hub, kept, other, force=force)
    desk.sync_round()
    desk.sync_round()
    with hub.store.read() as session:
        assert session.get_one(Note, note.id).customer_id == kept
        assert session.get_one(Refusal, no.id).customer_id == kept
    assert count(desk.store, Outbox) == 0
    assert count(desk.store, DeadLetter) == 0
    assert count(desk.store, Note) == (0 if force else 1)
    assert_sound(hub, desk)


def test_what_came_with_who_was_kept_leaves_her_new_reps_desk(
    hub: Hub, lin: str, wang: str, wu: str
) -> None:
    (kept,), (other,) = give(hub, lin), give(hub, wang)
    link_id = join(hub, kept, other, force=True)
    move(hub, [kept], wu)
    desks = hub.desk("wu"), hub.desk("wang", seat="wang")
    for desk in desks:
        desk.sync_round()
    assert [len(orders) for orders in here(desks[0]).values()] == [2]
    part(hub, link_id)
    for desk in desks:
        desk.sync_round()
    assert [len(orders) for desk in desks for orders in here(desk).values()] == [1, 1]
    assert_sound(hub, *desks)
