"""Who can be reached by which way: of each pool and channel, on both engines."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lumi_desk.calls.operations import Refuse, refuse
from lumi_desk.catalog.tables import Setting
from lumi_desk.consents.operations import WithdrawConsent, withdraw_consent
from lumi_desk.consents.rules import Purpose, Way
from lumi_desk.hub import reaching
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from tests.hub.conftest import Type
from tests.makers import NOW, TODAY, make_customer, make_order

MOBILE = "13800004127"
OLD = NOW - timedelta(days=731)


@pytest.fixture
def people(hub_store: Store) -> Store:
    with hub_store.write() as session:
        every = make_customer(
            session, pool="V", phone=MOBILE, wechat="wenjing", wechat_state="accepted"
        )
        make_order(session, every, channel="tmall", nick="小鱼儿")
        make_order(session, every, channel="jd")
        landline = make_customer(session, pool="1", phone="0571-88001234")
        make_order(session, landline, channel="jd", nick="大鱼儿", created_at=OLD)
        make_customer(session, pool="0", wechat="gone", wechat_state="deleted")
        make_customer(session, pool="0", wechat_state="accepted")
        no_offers = make_customer(session, pool="0", phone=MOBILE)
        _withdraws(session, no_offers.id, Way.PHONE, Purpose.MARKETING)
        not_at_all = make_customer(session, pool="0", phone=MOBILE)
        _withdraws(session, not_at_all.id, Way.PHONE, Purpose.SERVICE)
        refused = make_customer(session, pool="0", phone=MOBILE, wechat="x")
        refuse(session, Refuse(id=new_id(), customer_id=refused.id, by="lin", at=NOW))
    return hub_store


def _withdraws(session: Session, customer_id: str, way: Way, purpose: Purpose) -> None:
    op = WithdrawConsent(
        id=new_id(), customer_id=customer_id, by="lin", at=NOW, way=way, purpose=purpose
    )
    withdraw_consent(session, op)


def counts(row: reaching.Reached) -> tuple[int, ...]:
    return row.customers, *row.by_way.values(), row.by_any


def test_pools_and_channels_by_way(people: Store) -> None:
    with people.read() as session:
        found = reaching.reach(session, NOW)
    #          customers, phone, sms, WeChat, Wangwang, post, any
    assert {row.name: counts(row) for row in found.pools} == {
        "V": (1, 1, 1, 1, 1, 0, 1),
        "1": (1, 1, 0, 0, 0, 0, 1),
        "0": (5, 0, 2, 1, 0, 0, 3),
    }
    assert {row.name: counts(row) for row in found.channels} == {
        "jd": (2, 2, 1, 1, 1, 0, 2),
        "tmall": (1, 1, 1, 1, 1, 0, 1),
        "no order": (5, 0, 2, 1, 0, 0, 3),
    }
    assert counts(found.everybody) == (7, 2, 3, 2, 1, 0, 5)
    assert found.everybody.share(found.everybody.by_any) == 5 / 7


def test_service_goes_where_no_offers_may(people: Store) -> None:
    with people.read() as session:
        found = reaching.reach(session, NOW, Purpose.SERVICE)
    assert found.everybody.by_way[Way.PHONE] == 3


def test_where_nothing_is_said_the_managers_rules_hold(people: Store) -> None:
    body: dict[str, Any] = {"sms": 0}
    with people.write() as session:
        session.add(Setting(id=new_id(), rule_set="consents", effective=TODAY, body=body))
    with people.read() as session:
        assert reaching.reach(session, NOW).everybody.by_way[Way.SMS] == 0


def test_an_empty_hub_has_no_shares(hub_store: Store) -> None:
    with hub_store.read() as session:
        found = reaching.reach(session, NOW)
    assert found.everybody.share(0) == 0.0
    assert found.channels == ()


def test_the_command_prints_counts_and_shares(type_: Type, people: Store) -> None:
    shown = type_("customers", "reachable").out
    [row] = [line.split() for line in shown.splitlines() if line.startswith("pool 0")]
    assert row == ["pool", "0", "5", "0", "0%", "2", "40%", "1", "20%", "0", "0%", "3", "60%"]
    data = type_("customers", "reachable", "--json").data
    assert data["purpose"] == "marketing"
    assert data["all"][0]["counts"]["any"] == 5
    assert data["pools"][0]["shares"]["phone"] == 1.0
    told = type_("customers", "reachable", "--purpose", "service", "--json").data
    assert told["all"][0]["counts"]["phone"] == 3


def test_the_manager_asks_for_a_consent_to_text_messages(type_: Type, people: Store) -> None:
    assert "sms" in type_("rules", "show", "consents").out
    assert "whom they may reach" in type_("rules", "preview", "consents", "sms=0").err
    type_("rules", "set", "consents", "sms=0")
    told = type_("customers", "reachable", "--json").data
    assert (told["all"][0]["counts"]["sms"], told["all"][0]["counts"]["phone"]) == (0, 2)
    error = type_("rules", "set", "consents", "sms=2", "--json").error
    assert error["code"] == "OutOfRange"
