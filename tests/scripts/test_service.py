"""Which words fit a customer, and what is filled into them."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from lumi_desk.calls import service as calls
from lumi_desk.catalog.tables import Setting
from lumi_desk.customers import person
from lumi_desk.customers.rules import ChurnSettings
from lumi_desk.customers.touch_plan import service as touch_plan
from lumi_desk.ids import new_id
from lumi_desk.offers import service as offers
from lumi_desk.scripts import filling, service
from lumi_desk.scripts.rules import Situation
from lumi_desk.scripts.tables import ScriptRow
from lumi_desk.storage.store import Store
from tests import floor
from tests.floor import her, promised, wenjing
from tests.makers import NOW, TODAY


@pytest.fixture
def store(desk_store: Store) -> Store:
    floor.stock(desk_store)
    return desk_store


def fields(store: Store, customer_id: str, language: str = "zh_CN") -> dict[str, str]:
    with store.read() as session:
        about = person.about(session, customer_id)
        assert about is not None
        shown = offers.for_her(session, about, NOW, offers.baskets_here(session))
        promise = calls.promise(session, customer_id)
        return filling.values(service.known(about, shown, promise, "林晓燕", NOW), language)


def test_the_fields_are_her_real_numbers(store: Store) -> None:
    with store.write() as session:
        customer = wenjing(session)
    found = fields(store, customer.id)
    assert found["balance"] == "460 元"
    assert found["monthly_use"] == "1,190 元"
    assert found["days_left"] == "12 天"
    assert found["card_value"] == "12,000"
    assert found["gift"] == "两盒大酵素"
    assert found["last_product"] == "梦胶原"
    assert found["quiet_days"] == "26 天"


def test_what_is_not_known_is_left_out(store: Store) -> None:
    with store.write() as session:
        customer = her(session, "徐玉兰")
    found = fields(store, customer.id)
    assert not {"balance", "monthly_use", "days_left", "card_value", "gift"} & set(found)


def test_a_kind_of_callback_is_not_spoken_as_what_it_was_about(store: Store) -> None:
    with store.write() as session:
        one, other = her(session, "甲"), her(session, "乙")
        promised(session, one, timedelta(), "again")
        promised(session, other, timedelta(), "钙片能不能一起吃")
    assert "callback_about" not in fields(store, one.id)
    assert fields(store, other.id)["callback_about"] == "钙片能不能一起吃"


@pytest.mark.parametrize(
    ("days", "values", "situation"),
    [
        (3, {"grade": "C", "year_orders": 1}, Situation.NEWCOMER),
        (30, {"rhythm_days": 45}, Situation.CARE),
        (83, {"rhythm_days": 45}, Situation.RECALL),
    ],
)
def test_the_situation_follows_from_what_she_bought(
    store: Store, days: int, values: dict[str, object], situation: Situation
) -> None:
    bought = NOW - timedelta(days=days)
    with store.write() as session:
        one = her(session, "甲", last_paid_at=bought, first_paid_at=bought, **values)
        floor.buys(session, one, "enzyme-30", 1, paid_at=bought, delivered_at=bought)
    with store.read() as session:
        about = person.about(session, one.id)
        assert about is not None
        assert service.situation_for(about, None, NOW, renewal=False) is situation
        # Whoever is warned of at once is called back, if she is no newcomer.
        strict = ChurnSettings(late=Fraction(1, 10), least=0)
        told = service.situation_for(about, None, NOW, renewal=False, churn=strict)
        warned = situation is not Situation.NEWCOMER
        assert told is (Situation.RECALL if warned else situation)


def test_a_step_of_the_touch_plan_may_name_its_words(store: Store) -> None:
    bought = NOW - timedelta(days=8)
    with store.write() as session:
        one = her(session, "甲", last_paid_at=bought, first_paid_at=bought)
        plan = [{"code": "day7", "after": 7, "until": 9, "script": "recall"}]
        told = {"rule_set": "half_year", "effective": TODAY, "body": {"plan": plan}}
        session.add(Setting(id=new_id(), **told))
    with store.read() as session:
        about = person.about(session, one.id)
        assert about is not None
        for days, words in ((-2, Situation.CARE), (0, Situation.RECALL)):
            at = NOW + timedelta(days=days)
            step = touch_plan.step_in_hand(session, about, at)
            found = service.situation_for(about, None, at, renewal=False, step=step)
            assert found is words


def test_the_newest_script_of_the_language_is_loaded(store: Store) -> None:
    with store.write() as session:
        renewals = select(ScriptRow).where(ScriptRow.situation == "renewal")
        old = session.scalars(renewals.where(ScriptRow.language == "zh_CN")).one()
        body = {**old.body, "version": 8, "title": "新话术"}
        session.add(
            ScriptRow(
                id="new", situation="renewal", language="zh_CN", version=8, title="新", body=body
            )
        )
    with store.read() as session:
        chinese = service.load(session, Situation.RENEWAL, "zh_CN")
        english = service.load(session, Situation.RENEWAL, "en")
    assert chinese is not None
    assert english is not None
    assert (chinese.row_id, chinese.script.version) == ("new", 8)
    assert english.script.language == "en"


def test_a_broken_script_is_passed_over(store: Store) -> None:
    with store.write() as session:
        session.add(
            ScriptRow(
                id="broken", situation="renewal", language="zh_CN", version=99, title="坏", body={}
            )
        )
    with store.read() as session:
        found = service.load(session, Situation.RENEWAL, "zh_CN")
        assert found is not None
        assert found.row_id != "broken"
        assert service.situation_kept(session, found.row_id) is Situation.RENEWAL
        assert service.situation_kept(session, "gone") is None
