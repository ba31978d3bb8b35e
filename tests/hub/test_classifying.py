"""Classifying on the hub: what the rules say, written where it differs and nowhere else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from lumi_desk.calls.operations import log_contact
from lumi_desk.catalog.shelf import BadSetting
from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.tables import Customer
from lumi_desk.hub.classifying import classify
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import OrderLine
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.makers import NOW, a_call

DAY = timedelta(days=1)


def test_a_customer_gets_what_the_rules_say(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        customer = makers.make_customer(session, rep, name="单晓燕")
        first = makers.make_order(session, customer, fen=90_000, paid_at=NOW - 70 * DAY)
        makers.make_order(session, customer, fen=10_000, paid_at=NOW - 30 * DAY)
        session.add(
            OrderLine(
                id=new_id(),
                order_id=first.id,
                customer_id=customer.id,
                position=1,
                title="x",
                units=2,
                price_fen=45_000,
                line="enzyme",
            )
        )
        session.flush()
        changes = classify(session, [customer.id], NOW)
        feed.publish(session, changes.pairs)
        her = session.get_one(Customer, customer.id)
        assert (her.pinyin, her.initials) == ("shanxiaoyan", "sxy")
        assert (her.pool, her.grade, her.line) == ("1", "A", "enzyme")
        assert (her.relationship, her.rhythm_days) == ("steady", 40)
        assert (her.first_paid_at, her.last_paid_at) == (NOW - 70 * DAY, NOW - 30 * DAY)
        assert (her.year_fen, her.year_orders) == (100_000, 2)
        assert her.ver == 1
        assert changes.pools == {("0", "1"): 1}
        assert changes.grades == {("", "A"): 1}
        assert changes.pairs == (("customer", customer.id),)


def test_again_changes_nothing_and_a_year_later_moves_her(hub_store: Store) -> None:
    with hub_store.write() as session:
        makers.make_order(session, makers.make_customer(session))
        classify(session, None, NOW)
        assert classify(session, None, NOW).pairs == ()
        later = classify(session, None, NOW + 400 * DAY)
        assert later.pools == {("1", "0"): 1}


def test_buying_a_card_is_no_purchase_but_makes_pool_v(hub_store: Store) -> None:
    with hub_store.write() as session:
        customer = makers.make_customer(session)
        entry = makers.make_card(session, customer)
        entry.order_id = makers.make_order(session, customer, fen=1_200_000).id
        session.flush()
        classify(session, None, NOW)
        session.refresh(customer)
        assert (customer.pool, customer.year_fen, customer.last_paid_at) == ("V", 0, None)
        assert customer.first_paid_at == entry.at


def test_an_answered_contact_brings_her_nearer(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        near, missed = (makers.make_customer(session, rep) for _ in range(2))
        for customer, result in ((near, "sold"), (missed, "no_answer")):
            makers.make_order(session, customer, paid_at=NOW - 50 * DAY)
            log_contact(session, a_call(rep, customer.id, disposition=result))
        session.flush()
        classify(session, None, NOW)
        session.expire_all()
        assert (near.relationship, missed.relationship) == ("close", "steady")


def test_the_managers_numbers_hold_from_their_day(hub_store: Store) -> None:
    with hub_store.write() as session:
        makers.make_order(session, makers.make_customer(session), fen=50_000)
        body = {"a_points": 40_000, "b_points": 10_000}
        for day in (date(2026, 11, 1), date(2027, 1, 1)):
            numbers = body if day.year == 2026 else {"a_points": 90_000_000}
            session.add(Setting(id=new_id(), rule_set="grade", effective=day, body=numbers))
        session.flush()
        assert classify(session, None, NOW).grades == {("", "A"): 1}
        session.execute(update(Setting).values(body={"a_points": "much"}))
        with pytest.raises(BadSetting, match="a_points"):
            classify(session, None, NOW)


def test_a_preview_writes_nothing(hub_store: Store) -> None:
    with hub_store.write() as session:
        customer = makers.make_customer(session)
        makers.make_order(session, customer)
        assert classify(session, None, NOW, keep=False).pools == {("0", "1"): 1}
        session.refresh(customer)
        assert customer.pool == "0"
