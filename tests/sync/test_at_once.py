"""A few changes of one stream, told without a transaction: as if there had been one, or not so."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import callers, deliver, stored
from lumi_desk.hub.callers import Caller
from lumi_desk.orders.tables import Order
from lumi_desk.security.roles import Role
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import Pull
from lumi_desk.sync.streams import Stand
from tests.hubs import Hub
from tests.makers import NOW
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


def caller(connection: Any, person_id: str, role: Role = Role.REP) -> Caller:
    stands = {
        row[0]: Stand(*row[1:])
        for row in connection.exec_driver_sql("SELECT id, head, min_seq, digest FROM sync_stream")
    }
    team = connection.exec_driver_sql("SELECT team_id FROM person").scalar()
    return Caller(person_id, role, team, NOW, "epoch", stands)


def heads(hub: Hub, rep: str) -> Heads:
    with hub.store.snapshot() as connection:
        her = caller(connection, rep)
    return {stream: her.stands.get(stream, Stand()).head for stream in callers.streams_of(her)}


def at_once(
    hub: Hub, rep: str, cursors: Heads, *, known: Caller | None = None, limit: int = 500
) -> Any:
    """What is told without a transaction; None when it needs one."""
    asked = Pull("desk", cursors, limit, 3)
    with hub.store.snapshot() as connection:
        her = known or caller(connection, rep)
    with hub.store.look() as connection:
        told = deliver.at_once(connection, her, asked)
    return None if told is None else json.loads(told)


def in_one(hub: Hub, rep: str, cursors: Heads, proto: int = 3) -> Any:
    """The same, from one snapshot."""
    with hub.store.snapshot() as connection:
        asked = Pull("desk", cursors, 500, proto)
        return json.loads(deliver.pulled(connection, caller(connection, rep), asked))


def test_that_nothing_is_new_is_told_at_once(hub: Hub, lin: str) -> None:
    give(hub, lin)
    now = heads(hub, lin)
    assert at_once(hub, lin, now) == in_one(hub, lin, now)


@pytest.mark.parametrize("what", ["edited", "moved away", "deleted", "all of it"])
def test_a_few_changes_are_told_as_from_one_snapshot(
    hub: Hub, lin: str, wang: str, what: str
) -> None:
    one, other, third = give(hub, lin, 3)
    before = heads(hub, lin)
    if what in ("edited", "all of it"):
        edit(hub, one)
    if what in ("moved away", "all of it"):
        move(hub, [other], wang)
    if what in ("deleted", "all of it"):
        delete_orders(hub, third)
    told = at_once(hub, lin, before)
    assert told == in_one(hub, lin, before)
    (page,) = (page for page in told["pages"] if page["stream"] == f"rep:{lin}")
    assert page["changes"] or page["gone"]


def test_who_comes_in_brings_her_tree_from_one_snapshot(hub: Hub, lin: str) -> None:
    give(hub, lin)
    before = heads(hub, lin)
    give(hub, lin)
    assert at_once(hub, lin, before) is None


def test_many_changes_are_read_page_by_page(hub: Hub, lin: str) -> None:
    many = give(hub, lin, 3, orders=0)
    before = heads(hub, lin)
    edit(hub, *many)
    assert at_once(hub, lin, before, limit=3) is not None
    assert at_once(hub, lin, before, limit=2) is None


def test_changes_of_two_streams_belong_together(hub: Hub, lin: str) -> None:
    (one,) = give(hub, lin)
    before = heads(hub, lin)
    edit(hub, one)
    raise_head(hub, "catalog")
    assert at_once(hub, lin, before) is None


def test_a_record_that_changes_meanwhile_is_read_with_its_version(
    hub: Hub, lin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = give(hub, lin, 2)
    before = heads(hub, lin)
    edit(hub, one)
    with between(monkeypatch, lambda: edit(hub, other)):
        told = at_once(hub, lin, before)
    # The other one's change is of the next round: the feed was read before.
    (page,) = (page for page in told["pages"] if page["stream"] == f"rep:{lin}")
    assert ([change["pk"] for change in page["changes"]], page["head"]) == ([one], page["seq"])
    assert page["head"] == heads(hub, lin)[f"rep:{lin}"] - 1
    with between(monkeypatch, lambda: edit(hub, one)):
        assert at_once(hub, lin, before) is None
    with between(monkeypatch, lambda: delete(hub, one)):
        assert at_once(hub, lin, before) is None


def test_what_was_noted_after_she_was_looked_up_is_told_with_its_head(hub: Hub, lin: str) -> None:
    one, other = give(hub, lin, 2)
    before = heads(hub, lin)
    edit(hub, one)
    with hub.store.snapshot() as connection:
        known = caller(connection, lin)
    edit(hub, other)
    assert at_once(hub, lin, before, known=known) == in_one(hub, lin, before)
    assert at_once(hub, lin, before, known=known, limit=1) is None


def test_another_stream_that_moves_meanwhile_is_not_told_apart(hub: Hub, lin: str) -> None:
    (one,) = give(hub, lin)
    before = heads(hub, lin)
    edit(hub, one)
    with hub.store.snapshot() as connection:
        known = caller(connection, lin)
    raise_head(hub, "catalog")
    assert at_once(hub, lin, before, known=known) is None


def test_a_stream_whose_removals_were_forgotten_meanwhile_begins_anew(hub: Hub, lin: str) -> None:
    (one,) = give(hub, lin)
    before = heads(hub, lin)
    edit(hub, one)
    with hub.store.snapshot() as connection:
        known = caller(connection, lin)
    with hub.store.write() as session:
        session.connection().exec_driver_sql("UPDATE sync_stream SET min_seq = head")
    assert at_once(hub, lin, before, known=known) is None


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


def delete(hub: Hub, customer: str) -> None:
    delete_orders(hub, customer)
    with hub.store.write() as session:
        feed.watch(session)
        session.delete(session.get_one(Customer, customer))
        feed.publish(session)


def raise_head(hub: Hub, stream: str) -> None:
    with hub.store.write() as session:
        session.connection().exec_driver_sql(
            f"UPDATE sync_stream SET head = head + 1 WHERE id = '{stream}'"
        )


@contextmanager
def between(monkeypatch: pytest.MonkeyPatch, then: Any) -> Iterator[None]:
    """Something happens after the feed was read, before the records are."""
    usual = stored.rows_among

    def late(*told: Any) -> Any:
        monkeypatch.setattr(stored, "rows_among", usual)
        then()
        return usual(*told)

    monkeypatch.setattr(stored, "rows_among", late)
    yield
    assert stored.rows_among is usual
