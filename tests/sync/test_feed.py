"""What the feed says of children that leave on their own, and what it forgets in time."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from lumi_desk import clock
from lumi_desk.calls.tables import Note
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping, nightly
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import rep_stream
from lumi_desk.sync.streams import REMOVALS_LAST, prune
from lumi_desk.sync.tables import SyncFeed, SyncStream
from tests.hubs import Hub
from tests.makers import NOW, hub_with_rep, make_customer, make_order
from tests.sync.test_rounds import assert_same_as_hub, audit, count, give, move


def an_order(store: Store, customer_id: str) -> str:
    with store.read() as session:
        return session.scalars(select(Order.id).where(Order.customer_id == customer_id)).one()


def give_order(store: Store, order: str, customer_id: str | None) -> None:
    """The order turns out to be somebody else's, or nobody's."""
    with store.write() as session:
        feed.watch(session)
        session.get_one(Order, order).customer_id = customer_id
        feed.publish(session)


def said(store: Store, rep_id: str, pk: str) -> tuple[str, str] | None:
    """What a rep's stream says of a record: put or remove, and its root."""
    with store.read() as session:
        asked = select(SyncFeed.op, SyncFeed.root).where(
            SyncFeed.stream == rep_stream(rep_id), SyncFeed.pk == pk
        )
        row = session.execute(asked).one_or_none()
    return (row[0], row[1]) if row else None


def test_a_child_that_is_deleted_leaves_the_desk(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    order = an_order(hub.store, customer)
    desk = hub.desk("lin")
    desk.sync_round()
    assert (said(hub.store, lin, order), count(desk.store, Order)) == (None, 1)
    with hub.store.write() as session:
        feed.watch(session)
        session.delete(session.get_one(Order, order))
        feed.publish(session)
    assert said(hub.store, lin, order) == ("remove", customer)
    desk.sync_round()
    assert count(desk.store, Order) == 0
    assert_same_as_hub(hub, desk)
    audit(hub.store)


def test_a_child_that_goes_to_anothers_customer_changes_desks(
    hub: Hub, lin: str, wang: str
) -> None:
    (hers,), (others,) = give(hub, lin), give(hub, wang, orders=0)
    order = an_order(hub.store, hers)
    lins, wangs = hub.desk("lin"), hub.desk("wang")
    lins.sync_round()
    wangs.sync_round()
    give_order(hub.store, order, others)
    assert said(hub.store, lin, order) == ("remove", hers)
    assert said(hub.store, wang, order) == ("put", others)
    lins.sync_round()
    wangs.sync_round()
    assert (count(lins.store, Order), count(wangs.store, Order)) == (0, 1)
    audit(hub.store)


def test_a_child_that_goes_to_nobody_leaves_the_desk(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    order = an_order(hub.store, customer)
    desk = hub.desk("lin")
    desk.sync_round()
    give_order(hub.store, order, None)
    desk.sync_round()
    assert count(desk.store, Order) == 0
    audit(hub.store)


def test_a_child_that_goes_to_another_of_her_customers_stays(hub: Hub, lin: str) -> None:
    (one,), (two,) = give(hub, lin), give(hub, lin, orders=0)
    order = an_order(hub.store, one)
    desk = hub.desk("lin")
    desk.sync_round()
    give_order(hub.store, order, two)
    assert said(hub.store, lin, order) == ("put", two)
    desk.sync_round()
    with desk.store.read() as session:
        assert session.get_one(Order, order).customer_id == two
    assert_same_as_hub(hub, desk)


def test_a_child_that_goes_to_another_who_leaves_is_not_left_with_the_first(
    hub: Hub, lin: str, wang: str
) -> None:
    (one,), (two,) = give(hub, lin), give(hub, lin, orders=0)
    order = an_order(hub.store, one)
    desk = hub.desk("lin")
    desk.sync_round()
    give_order(hub.store, order, two)
    move(hub, [two], wang)
    assert said(hub.store, lin, order) == ("remove", two)
    desk.sync_round()
    assert count(desk.store, Order) == 0
    assert_same_as_hub(hub, desk)
    audit(hub.store)
    move(hub, [two], lin)
    desk.sync_round()
    assert count(desk.store, Order) == 1
    assert_same_as_hub(hub, desk)


def test_a_child_that_was_written_past_the_session_is_told_with_its_former_customer(
    hub: Hub, lin: str
) -> None:
    (customer,) = give(hub, lin)
    order = an_order(hub.store, customer)
    desk = hub.desk("lin")
    desk.sync_round()
    with hub.store.write() as session:
        session.connection().execute(delete(Order).where(Order.id == order))
        feed.publish(session, former={("order", order): customer})
    desk.sync_round()
    assert count(desk.store, Order) == 0
    audit(hub.store)


def test_the_removal_of_a_customer_speaks_for_her_children(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    order = an_order(hub.store, customer)
    lins, wangs = hub.desk("lin"), hub.desk("wang")
    lins.sync_round()
    wangs.sync_round()
    with hub.store.write() as session:
        feed.watch(session)
        keeping.assign(session, [customer], wang, hub.clock())
        session.delete(session.get_one(Order, order))
        feed.publish(session)
    assert said(hub.store, lin, order) is None
    lins.sync_round()
    wangs.sync_round()
    assert (count(lins.store, Order), count(wangs.store, Order)) == (0, 0)
    audit(hub.store)


def test_a_child_that_goes_on_while_its_customer_leaves_is_told_once(
    hub: Hub, lin: str, wang: str
) -> None:
    (one,), (two,), (three,) = give(hub, lin), give(hub, lin, orders=0), give(hub, lin, orders=0)
    order = an_order(hub.store, one)
    desk = hub.desk("lin")
    desk.sync_round()
    give_order(hub.store, order, two)
    with hub.store.write() as session:
        feed.watch(session)
        keeping.assign(session, [two], wang, hub.clock())
        session.get_one(Order, order).customer_id = three
        feed.publish(session)
    assert said(hub.store, lin, order) == ("put", three)
    audit(hub.store)
    desk.sync_round()
    assert count(desk.store, Order) == 1
    assert_same_as_hub(hub, desk)


def test_a_child_that_left_may_come_back(hub: Hub, lin: str, wang: str) -> None:
    (hers,), (others,) = give(hub, lin), give(hub, wang, orders=0)
    order = an_order(hub.store, hers)
    desk = hub.desk("lin")
    for owner in (others, hers):
        with hub.store.write() as session:
            feed.watch(session)
            session.get_one(Order, order).customer_id = owner
            feed.publish(session)
        desk.sync_round()
    assert said(hub.store, lin, order) == ("put", hers)
    assert count(desk.store, Order) == 1
    assert_same_as_hub(hub, desk)
    audit(hub.store)


def test_what_failed_under_a_savepoint_leaves_no_trace(hub: Hub, lin: str) -> None:
    (customer,) = give(hub, lin)
    order = an_order(hub.store, customer)
    with hub.store.write() as session:
        feed.watch(session)
        savepoint = session.begin_nested()
        told = {"customer_id": customer, "rep_id": lin, "at": NOW, "words": "x"}
        session.add(Note(id="n", **told))
        session.delete(session.get_one(Order, order))
        session.flush()
        savepoint.rollback()
        feed.publish(session)
    assert said(hub.store, lin, "n") is None
    assert said(hub.store, lin, order) in (None, ("put", customer))
    audit(hub.store)


def test_a_first_version_is_one_and_every_later_one_higher(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        customer = make_customer(session, rep)
        customer.city = "杭州"
        session.flush()
        feed.publish(session)
        made = customer.id
        assert session.get_one(Customer, made).ver == 1
    for ver in (2, 3):
        with hub_store.write() as session:
            feed.watch(session)
            session.get_one(Customer, made).city += "!"
            feed.publish(session, [("customer", made)])
            assert session.get_one(Customer, made).ver == ver
    audit(hub_store)


def test_a_record_made_again_under_its_id_adds_up(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        customer = make_customer(session, rep)
        hers = customer.id
        feed.publish(session)
    for _ in range(2):
        with hub_store.write() as session:
            feed.watch(session)
            session.delete(session.get_one(Customer, hers))
            session.flush()
            make_customer(session, rep, id=hers)
            feed.publish(session)
        audit(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        session.delete(session.get_one(Customer, hers))
        feed.publish(session)
    with hub_store.write() as session:
        feed.watch(session)
        make_customer(session, rep, id=hers)
        feed.publish(session)
    audit(hub_store)
    assert said(hub_store, rep, hers) == ("put", hers)


def test_every_row_says_when_it_was_written(hub_store: Store) -> None:
    rep = hub_with_rep(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        make_customer(session, rep)
        feed.publish(session, now=NOW)
    with hub_store.read() as session:
        asked = select(SyncFeed.at).where(SyncFeed.stream == rep_stream(rep))
        assert session.scalars(asked).all() == [to_millis(NOW)]


def removed(hub: Hub, lin: str, wang: str) -> list[str]:
    """Two customers that left a rep, the first one long before the second."""
    gone = []
    for _ in range(2):
        (customer,) = give(hub, lin)
        move(hub, [customer], wang)
        gone.append(customer)
    old = to_millis(NOW - REMOVALS_LAST - timedelta(seconds=1))
    with hub.store.write() as session:
        session.execute(update(SyncFeed).values(at=to_millis(NOW)))
        session.execute(update(SyncFeed).where(SyncFeed.pk == gone[0]).values(at=old))
    return gone


def test_old_removals_are_forgotten_and_nothing_else(hub: Hub, lin: str, wang: str) -> None:
    old, new = removed(hub, lin, wang)
    with hub.store.read() as session:
        asked = select(SyncFeed.seq).where(SyncFeed.stream == rep_stream(lin), SyncFeed.pk == old)
        seq = session.scalars(asked).one()
        head = session.get_one(SyncStream, rep_stream(lin)).head
    with hub.store.write() as session:
        assert prune(session, NOW) == 1
    assert (said(hub.store, lin, old), said(hub.store, lin, new)) == (None, ("remove", new))
    assert said(hub.store, wang, old) == ("put", old)
    with hub.store.write() as session:
        stream = session.get_one(SyncStream, rep_stream(lin))
        assert (stream.min_seq, stream.head) == (seq, head)
        assert session.get_one(SyncStream, rep_stream(wang)).min_seq == 0
        assert prune(session, NOW) == 0


def test_a_removal_of_unknown_age_is_kept_as_if_it_were_new(hub: Hub, lin: str, wang: str) -> None:
    removed(hub, lin, wang)
    with hub.store.write() as session:
        session.execute(update(SyncFeed).values(at=0))
        assert prune(session, NOW) == 0
        assert prune(session, NOW + REMOVALS_LAST) == 0
        assert prune(session, NOW + REMOVALS_LAST + timedelta(seconds=1)) == 2


def test_a_desk_that_was_away_too_long_begins_anew(hub: Hub, lin: str, wang: str) -> None:
    (customer,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    move(hub, [customer], wang)
    give(hub, lin)
    with hub.store.write() as session:
        assert prune(session, clock.now() + REMOVALS_LAST * 2) == 1
    for _ in range(2):
        desk.sync_round()
    with desk.store.read() as session:
        assert session.get(Customer, customer) is None
    assert desk.is_whole()
    assert_same_as_hub(hub, desk)


def test_removals_are_forgotten_at_night(hub: Hub, lin: str, wang: str) -> None:
    removed(hub, lin, wang)
    assert nightly.run(hub.store, NOW).removals == 1
    assert nightly.run(hub.store, NOW).removals == 0


def test_an_order_nobody_holds_says_nothing(hub_store: Store) -> None:
    hub_with_rep(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        make_order(session, None, id=new_id())
        feed.publish(session)
    with hub_store.read() as session:
        assert (
            session.scalars(select(SyncFeed.entity).where(SyncFeed.entity == "order")).all() == []
        )
