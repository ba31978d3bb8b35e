"""Why she is where she is, told on a desk from what it holds: as the hub has reckoned."""

from datetime import timedelta
from pathlib import Path

import pytest

from lumi_desk.calls.operations import log_contact
from lumi_desk.catalog.tables import Setting
from lumi_desk.customers import person
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.why.service import whys
from lumi_desk.hub import titles
from lumi_desk.hub.classifying import classify
from lumi_desk.hub.explaining import explain
from lumi_desk.hub.titles import Settling
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import OrderLine
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hubs import Hub
from tests.makers import NOW, TODAY, a_call

DAY = timedelta(days=1)
_OTHERS = ("value_last_year", "run_out_nothing")


@pytest.mark.parametrize("days", [(), (3,), (170,), (300, 40), (500, 400), (200, 150, 100, 50, 5)])
@pytest.mark.parametrize("card", [False, True])
@pytest.mark.parametrize("answered", [False, True])
def test_the_desk_tells_what_the_hub_has_reckoned(
    hub_store: Store, days: tuple[int, ...], card: bool, answered: bool
) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        customer = makers.make_customer(session, rep)
        for place, ago in enumerate(days):
            order = makers.make_order(session, customer, fen=20_000, paid_at=NOW - ago * DAY)
            told = {"order_id": order.id, "customer_id": customer.id, "units": 1, "title": "x"}
            for line, fen in (("enzyme", 20_000), ("collagen", 0)):
                session.add(
                    OrderLine(id=new_id(), position=place, line=line, price_fen=fen, **told)
                )
        if card:
            makers.make_card(session, customer)
        if answered:
            log_contact(session, a_call(rep, customer.id))
        numbers = {"b_points": 20_000, "line_points": {"enzyme": 5_000}}
        session.add(Setting(id=new_id(), rule_set="grade", effective=TODAY, body=numbers))
        session.flush()
        classify(session, None, NOW)
        customer_id = customer.id
    with hub_store.read() as session:
        her = person.about(session, customer_id)
        assert her is not None
        found = whys(session, her, NOW)
        row = session.get_one(Customer, customer_id)
        names = [why.code.partition("_")[0] for why in found]
        assert names == ["pool", "grade", "relationship", "value", "run"]
        for why, name in zip(found[:3], names[:3], strict=True):
            assert why.fields[name] == getattr(row, name)


def test_what_the_manager_settled_of_a_title_reaches_the_desk_that_explains_by_it(
    hub_store: Store, tmp_path: Path
) -> None:
    rep = makers.hub_with_rep(hub_store, "lin")
    with hub_store.write() as session:
        feed.watch(session)
        customer = makers.make_customer(session, rep)
        # The order's lines were never imported: only its title says of which line it is.
        makers.make_order(session, customer, fen=60_000, title="养颜茶", paid_at=NOW - 3 * DAY)
        numbers = {"b_points": 60_000, "line_points": {"enzyme": 50_000}}
        session.add(Setting(id=new_id(), rule_set="grade", effective=TODAY, body=numbers))
        session.flush()
        classify(session, None, NOW)
        feed.publish(session)
        customer_id = customer.id
    hub = Hub(hub_store, tmp_path)
    desk = hub.desk("lin", hub.line())

    def lines() -> set[object]:
        """The line by which the desk explains her grade, and the one in her row."""
        desk.sync_round()
        with desk.store.read() as session:
            her = person.about(session, customer_id)
            assert her is not None
            why = next(one for one in whys(session, her, NOW) if one.code.startswith("grade"))
            return {why.fields["line"], session.get_one(Customer, customer_id).line}

    assert lines() == {"other"}
    for line in ("enzyme", "collagen", "other"):
        with hub_store.write() as session:
            feed.watch(session, alone=True)
            titles.settle(session, [Settling("养颜茶", line)], NOW)
        assert lines() == {line}
    with hub_store.write() as session:
        # Of what the words say as well nobody has to be told.
        assert session.get_one(Setting, "titles").body == {}
        assert titles.tell(session) == []
    desk.close()


def test_what_the_row_says_otherwise_is_left_out(hub_store: Store) -> None:
    with hub_store.write() as session:
        customer = makers.make_customer(session)
        makers.make_order(session, customer, paid_at=NOW - 365 * DAY)
        classify(session, None, NOW)
        customer_id = customer.id
    with hub_store.read() as session:
        her = person.about(session, customer_id)
        assert her is not None
        told = [{why.code for why in whys(session, her, at)} for at in (NOW, NOW + DAY)]
    assert told == [
        {"pool_bought", "grade_old", "relationship_points", *_OTHERS},
        {"grade_old", *_OTHERS},
    ]


def test_the_desk_and_the_hub_tell_alike_when_her_order_is_used_up(hub_store: Store) -> None:
    with hub_store.write() as session:
        customer = makers.make_customer(session, household=2)
        bought = makers.make_order(session, customer, paid_at=NOW - 9 * DAY)
        told = {"order_id": bought.id, "customer_id": customer.id, "title": "x", "position": 1}
        session.add(OrderLine(id=new_id(), line="enzyme", price_fen=100, units=3, **told))
        body = {"days_per_unit": {"enzyme": 20}}
        session.add(Setting(id=new_id(), rule_set="run_out", effective=TODAY, body=body))
        session.flush()
        classify(session, None, NOW)
        her = person.about(session, customer.id)
        assert her is not None
        why = whys(session, her, NOW)[-1]
        assert why == explain(session, customer.id, NOW).whys[-1]
        # Three units of twenty days for two people, from the day she paid.
        assert why.code == "run_out_line"
        assert why.fields["run_out"] == (TODAY + 20 * DAY).isoformat()


def test_numbers_nobody_can_read_leave_out_their_own_reason_alone(hub_store: Store) -> None:
    with hub_store.write() as session:
        customer = makers.make_customer(session)
        makers.make_order(session, customer, paid_at=NOW - 3 * DAY)
        classify(session, None, NOW)
        told = {"rule_set": "grade", "effective": TODAY, "body": {"a_points": "much"}}
        session.add(Setting(id=new_id(), **told))
        customer_id = customer.id
    with hub_store.read() as session:
        her = person.about(session, customer_id)
        assert her is not None
        assert [why.code for why in whys(session, her, NOW)] == [
            "pool_bought",
            "relationship_points",
            "value_last_year",
            "run_out_nothing",
        ]
