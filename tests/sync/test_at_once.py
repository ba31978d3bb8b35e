"""A few changes, told without a transaction: as if there had been one, or not so."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from lumi_desk import clock
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import accounts, callers, deliver
from lumi_desk.hub.accounts import SessionOver
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Person
from lumi_desk.reports.tables import Fact
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import Pull, SignIn
from lumi_desk.sync.streams import Stand
from tests.hubs import Hub
from tests.makers import NOW, PASSWORD
from tests.sync.test_rounds import give, move

Heads = dict[str, int]


def edit(hub: Hub, *customers: str, name: str = "改") -> None:
    with hub.store.write() as session:
        feed.watch(session)
        for one in customers:
            her = session.get_one(Customer, one)
            her.name += name
        feed.publish(session)


def delete_orders(hub: Hub, customer: str) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        for order in session.query(Order).filter_by(customer_id=customer):
            session.delete(order)
        feed.publish(session)


def shown(hub: Hub, login: str = "lin") -> str:
    """Her token."""
    return accounts.sign_in(hub.store, SignIn(login, PASSWORD, "desk"), NOW).access


def heads(hub: Hub, token: str) -> Heads:
    with hub.store.snapshot() as connection:
        her = callers.behind(connection, token, NOW)
    return {stream: her.stands.get(stream, Stand()).head for stream in callers.streams_of(her)}


def at_once(
    hub: Hub,
    token: str,
    cursors: Heads,
    *,
    limit: int = 500,
    proto: int = 3,
    meanwhile: Callable[[], object] = lambda: None,
) -> Any:
    """What is told without a transaction; None when it needs one.

    Something may happen after the feed was read, before the records are.
    """
    asked = Pull("desk", cursors, limit, proto)
    with hub.store.look() as connection:
        her, noted = deliver.at_the_door(connection, token, asked, NOW)
        meanwhile()
        told = deliver.at_once(connection, her, noted, asked)
    return None if told is None else json.loads(told)


def in_one(hub: Hub, token: str, cursors: Heads) -> Any:
    """The same, from one snapshot."""
    with hub.store.snapshot() as connection:
        her = callers.behind(connection, token, NOW)
        return json.loads(deliver.pulled(connection, her, Pull("desk", cursors, 500, 3)))


def told_of(told: Any, stream: str) -> Any:
    (page,) = (page for page in told["pages"] if page["stream"] == stream)
    return page


def test_that_nothing_is_new_is_told_at_once(hub: Hub, lin: str) -> None:
    give(hub, lin)
    token = shown(hub)
    now = heads(hub, token)
    assert at_once(hub, token, now) == in_one(hub, token, now)


@pytest.mark.parametrize("what", ["edited", "moved away", "deleted", "all of it"])
def test_a_few_changes_are_told_as_from_one_snapshot(
    hub: Hub, lin: str, wang: str, what: str
) -> None:
    one, other, third = give(hub, lin, 3)
    token = shown(hub)
    before = heads(hub, token)
    if what in ("edited", "all of it"):
        edit(hub, one)
    if what in ("moved away", "all of it"):
        move(hub, [other], wang)
    if what in ("deleted", "all of it"):
        delete_orders(hub, third)
    told = at_once(hub, token, before)
    assert told == in_one(hub, token, before)
    page = told_of(told, f"rep:{lin}")
    assert page["changes"] or page["gone"]


def test_changes_of_several_streams_are_told_together(hub: Hub, wu: str) -> None:
    (one,) = give(hub, wu)
    count(hub, wu, "before")
    token = shown(hub, "wu")
    before = heads(hub, token)
    assert len(before) == 3
    edit(hub, one)
    rename(hub, wu)
    count(hub, wu, "after")
    told = at_once(hub, token, before)
    assert told == in_one(hub, token, before)
    assert all(page["changes"] for page in told["pages"])


def test_a_stream_that_is_not_hers_is_not_told(hub: Hub, lin: str, wang: str) -> None:
    (hers,) = give(hub, wang)
    token = shown(hub)
    theirs = heads(hub, shown(hub, "wang"))
    edit(hub, hers)
    now = heads(hub, token)
    told = at_once(hub, token, {**now, **theirs})
    assert told == in_one(hub, token, now)
    assert hers not in json.dumps(told)


def test_who_shows_no_good_token_is_told_nothing(hub: Hub, lin: str) -> None:
    give(hub, lin)
    with pytest.raises(SessionOver):
        at_once(hub, "none", {f"rep:{lin}": 0})


def test_who_comes_in_brings_her_tree_from_one_snapshot(hub: Hub, lin: str) -> None:
    give(hub, lin)
    token = shown(hub)
    before = heads(hub, token)
    give(hub, lin)
    assert at_once(hub, token, before) is None


def test_many_changes_are_read_page_by_page(hub: Hub, lin: str) -> None:
    many = give(hub, lin, 3, orders=0)
    token = shown(hub)
    before = heads(hub, token)
    edit(hub, *many)
    assert at_once(hub, token, before, limit=3) is not None
    assert at_once(hub, token, before, limit=2) is None


def test_many_changes_of_one_stream_hide_none_of_another(hub: Hub, lin: str) -> None:
    many = give(hub, lin, 30, orders=0)
    token = shown(hub)
    before = heads(hub, token)
    edit(hub, *many)
    rename(hub, lin)
    assert at_once(hub, token, before, limit=2) is None
    assert at_once(hub, token, before, limit=29) is None
    assert at_once(hub, token, before, limit=30) == in_one(hub, token, before)


def test_a_stream_that_is_left_out_for_another_is_not_taken_for_an_empty_one(
    hub: Hub, wu: str
) -> None:
    many = give(hub, wu, 30, orders=0)
    count(hub, wu, "before")
    token = shown(hub, "wu")
    before = heads(hub, token)
    edit(hub, *many)
    with hub.store.write() as session:
        mine = f"UPDATE sync_stream SET min_seq = head WHERE id = 'rep:{wu}'"
        session.connection().exec_driver_sql(mine)
    told = at_once(hub, token, before, limit=1)
    assert told in (None, in_one(hub, token, before))
    again = {page["stream"] for page in in_one(hub, token, before)["pages"] if page["again"]}
    assert again == {f"rep:{wu}"}


def test_who_names_more_streams_than_anybody_has_is_read_from_one_snapshot(
    hub: Hub, lin: str
) -> None:
    (one,) = give(hub, lin)
    token = shown(hub)
    before = {**heads(hub, token), "x": 1, "y": 1}
    assert at_once(hub, token, before) is not None
    edit(hub, one)
    assert at_once(hub, token, before) is None


def test_a_name_that_nobody_can_keep_is_no_stream(hub: Hub, lin: str) -> None:
    (one,) = give(hub, lin)
    token = shown(hub)
    before = heads(hub, token)
    edit(hub, one)
    told = at_once(hub, token, {"a\0": 1, **before})
    assert told == in_one(hub, token, before)


@pytest.mark.parametrize("hub_store", ["postgres"], indirect=True)
def test_a_feed_that_has_grown_is_counted_anew(hub: Hub, lin: str) -> None:
    with hub.store.write() as session:
        session.connection().exec_driver_sql("ANALYZE sync_feed")
    give(hub, lin, 1200, orders=0)
    with hub.store.look() as connection:
        asked = "SELECT reltuples FROM pg_class WHERE relname = 'sync_feed'"
        assert connection.exec_driver_sql(asked).scalar_one() >= 1200


def test_an_older_desk_is_read_to_from_one_snapshot(hub: Hub, lin: str) -> None:
    (one,) = give(hub, lin)
    token = shown(hub)
    before = heads(hub, token)
    edit(hub, one)
    assert at_once(hub, token, before, proto=2) is None


def test_a_desk_that_begins_or_is_too_far_behind_begins_anew(hub: Hub, lin: str) -> None:
    (one,) = give(hub, lin)
    token = shown(hub)
    before = heads(hub, token)
    edit(hub, one)
    with hub.store.write() as session:
        session.connection().exec_driver_sql("UPDATE sync_stream SET min_seq = head")
    assert [page["again"] for page in at_once(hub, token, {})["pages"]] == [True, True]
    assert told_of(at_once(hub, token, before), f"rep:{lin}")["again"]


def test_a_record_that_changes_meanwhile_is_read_with_its_version(hub: Hub, lin: str) -> None:
    one, other = give(hub, lin, 2)
    token = shown(hub)
    before = heads(hub, token)
    edit(hub, one)
    told = at_once(hub, token, before, meanwhile=lambda: edit(hub, other))
    # The other one's change is of the next round: the feed was read before.
    page = told_of(told, f"rep:{lin}")
    assert ([change["pk"] for change in page["changes"]], page["head"]) == ([one], page["seq"])
    assert page["head"] == heads(hub, token)[f"rep:{lin}"] - 1
    assert at_once(hub, token, before, meanwhile=lambda: edit(hub, one)) is None
    assert at_once(hub, token, before, meanwhile=lambda: delete(hub, one)) is None


def test_a_pull_of_little_opens_no_transaction(hub: Hub, lin: str) -> None:
    (one,) = give(hub, lin)
    desk = hub.desk("lin")
    desk.sync_round()
    begun: list[Any] = []

    @event.listens_for(hub.store.engine, "begin")
    def begin(connection: Any) -> None:
        begun.append(connection)

    edit(hub, one)
    begun.clear()
    assert desk.sync_round().received == 1
    assert begun == []
    give(hub, lin)
    begun.clear()
    assert desk.sync_round().received
    assert len(begun) == 1


def rename(hub: Hub, person: str) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Person, person).name += "改"
        feed.publish(session)


def count(hub: Hub, person: str, what: str) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        team = session.get_one(Person, person).team_id
        of = {"rep_id": person, "team_id": team, "customer_key": "k", "source": what}
        session.add(Fact(id=what, day=clock.local_day(NOW), kind="calls", units=1, **of))
        feed.publish(session)


def delete(hub: Hub, customer: str) -> None:
    delete_orders(hub, customer)
    with hub.store.write() as session:
        feed.watch(session)
        session.delete(session.get_one(Customer, customer))
        feed.publish(session)
