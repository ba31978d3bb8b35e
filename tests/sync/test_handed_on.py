"""Children who are handed on alone, and come back with whom they belong to by then."""

import pytest
from sqlalchemy import select

from lumi_desk.hub import deliver
from lumi_desk.hub.callers import Caller
from lumi_desk.orders.tables import Order
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import PULLED, Page, Pull
from lumi_desk.sync.streams import Stand
from lumi_desk.sync.tables import DeskMeta
from tests.hubs import Hub
from tests.makers import NOW
from tests.sync.test_rounds import assert_same_as_hub, count, give, move


def test_a_child_that_left_alone_and_comes_back_with_another_stays(
    hub: Hub, lin: str, wang: str
) -> None:
    give(hub, lin)
    (other,) = give(hub, wang, orders=0)
    desk = hub.desk("lin")
    desk.sync_round()
    hand_on(hub, other)
    move(hub, [other], lin)
    desk.sync_round()
    assert count(desk.store, Order) == 1
    assert_same_as_hub(hub, desk)


def test_a_child_that_was_handed_on_alone_comes_back_with_a_third(
    hub: Hub, lin: str, wang: str
) -> None:
    (one,) = give(hub, wang)
    hers, third = give(hub, lin, orders=0), give(hub, wang, orders=0)
    desk = hub.desk("lin")
    desk.sync_round()
    hand_on(hub, hers[0])
    desk.sync_round()
    hand_on(hub, third[0])
    move(hub, [*third, one], lin)
    desk.sync_round()
    assert count(desk.store, Order) == 1
    assert_same_as_hub(hub, desk)
    with desk.store.read() as session:
        assert session.get(DeskMeta, "sent_again") is None


def hand_on(hub: Hub, customer_id: str) -> None:
    """The only order belongs to this customer from now on."""
    with hub.store.write() as session:
        feed.watch(session)
        session.scalars(select(Order)).one().customer_id = customer_id
        feed.publish(session)


@pytest.mark.parametrize("proto", [2, 3])
def test_a_child_that_left_alone_goes_and_comes_as_the_desk_understands(
    hub: Hub, lin: str, wang: str, proto: int
) -> None:
    give(hub, lin)
    (other,) = give(hub, wang, orders=0)
    stands = pulled(hub, lin, {}, proto)
    hand_on(hub, other)
    move(hub, [other], lin)
    (changes,) = (
        page.changes
        for page in pulled(hub, lin, {page.stream: page.head for page in stands}, proto)
        if page.stream == f"rep:{lin}"
    )
    told = [(change.entity, change.op) for change in changes if change.entity == "order"]
    assert told == ([("order", "remove")] if proto > 2 else [])
    (came,) = (change for change in changes if change.pk == other)
    assert len((came.tree or {})["order"]) == 1


@pytest.mark.parametrize("proto", [2, 3])
def test_who_has_left_is_told_as_the_desk_understands(
    hub: Hub, lin: str, wang: str, proto: int
) -> None:
    (her,) = give(hub, lin)
    stands = pulled(hub, lin, {}, proto)
    move(hub, [her], wang)
    (page,) = (
        page
        for page in pulled(hub, lin, {page.stream: page.head for page in stands}, proto)
        if page.stream == f"rep:{lin}"
    )
    by_change = [(change.pk, change.op) for change in page.changes if change.entity == "customer"]
    assert (page.gone, by_change) == (((her,), []) if proto > 2 else ((), [(her, "remove")]))


def pulled(hub: Hub, person_id: str, cursors: dict[str, int], proto: int) -> tuple[Page, ...]:
    asked = Pull("stranger", cursors, 500, proto)
    with hub.store.snapshot() as connection:
        stands = {
            row[0]: Stand(*row[1:])
            for row in connection.exec_driver_sql(
                "SELECT id, head, min_seq, digest FROM sync_stream"
            )
        }
        caller = Caller(person_id, "rep", None, NOW, "epoch", stands)
        return PULLED.validate_json(deliver.pulled(connection, caller, asked)).pages


def test_a_child_that_was_handed_on_and_deleted_does_not_stay_with_the_first(
    hub: Hub, lin: str, wang: str
) -> None:
    give(hub, lin)
    (other,) = give(hub, lin, orders=0)
    desk = hub.desk("lin")
    desk.sync_round()
    hand_on(hub, other)
    with hub.store.write() as session:
        feed.watch(session)
        session.delete(session.scalars(select(Order)).one())
        feed.publish(session)
    move(hub, [other], wang)
    desk.sync_round()
    assert count(desk.store, Order) == 0
    assert_same_as_hub(hub, desk)


def test_a_child_that_went_and_came_back_with_another_does_not_stay_with_the_first(
    hub: Hub, lin: str, wang: str
) -> None:
    give(hub, lin)
    (outside,) = give(hub, wang, orders=0)
    (other,) = give(hub, lin, orders=0)
    desk = hub.desk("lin")
    desk.sync_round()
    hand_on(hub, outside)
    hand_on(hub, other)
    move(hub, [other], wang)
    desk.sync_round()
    assert count(desk.store, Order) == 0
    assert_same_as_hub(hub, desk)
