"""`lumi-hub rules` and `lumi-hub customers`, on both engines, as a keeper types them."""

from datetime import timedelta
from typing import Any

import pytest

from lumi_desk import clock
from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.tables import Customer
from lumi_desk.ids import new_id
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from tests import makers
from tests.hub.conftest import Type


def _graded(store: Store, fen: int) -> str:
    with store.write() as session:
        customer = makers.make_customer(session)
        makers.make_order(session, customer, fen=fen, paid_at=clock.now() - timedelta(days=9))
        return customer.id


def _numbers(told: Any) -> dict[str, tuple[str, str]]:
    return {one["key"]: (one["value"], one["unit"]) for one in told["numbers"]}


def test_rules_are_listed_with_their_units(type_: Type) -> None:
    listed = {one["name"]: one for one in type_("rules", "list", "--json").data["rules"]}
    assert _numbers(listed["grade"])["a_points"] == ("800", "CNY")
    assert _numbers(listed["pool"]) == {"active_days": ("365", "days")}
    assert _numbers(listed["relationship"])["late_2"] == ("1.5", "rhythms")
    words = type_("rules", "list").out
    assert "800 CNY" in words
    assert "as shipped" in words


def test_rules_are_previewed_set_shown_and_rolled_back(type_: Type, hub_store: Store) -> None:
    customer = _graded(hub_store, 50_000)
    makers.hub_with_rep(hub_store, "wu", role=Role.MANAGER)
    type_("classify")
    seen = type_("rules", "preview", "grade", "a_points=500", "--json").data
    assert seen["counts"] == [{"from": "B", "to": "A", "customers": 1}]
    assert seen["examples"] == [{"id": customer, "grade": "B", "from": "B", "to": "A"}]
    words = type_("rules", "preview", "grade", "a_points=500").out
    assert f"{customer}, grade B: B → A" in words
    assert "Nothing was changed" in words
    why = ("--by", "wu", "--why", "after 11-11")
    done = type_("rules", "set", "grade", "a_points=500", *why, "--json").data
    assert done["classified"]["grades"] == [{"from": "B", "to": "A", "customers": 1}]
    with hub_store.read() as session:
        assert session.get_one(Customer, customer).grade == "A"
    back = type_("rules", "roll-back", "grade").out
    assert "a_points=800 (rolled back)" in back
    assert "grade A → B: 1" in back
    versions = type_("rules", "show", "grade", "--json").data["versions"]
    assert [one["place"] for one in versions] == [0, 1, 2]
    assert [one["by"] for one in versions] == [None, "wu", None]
    assert [_numbers(one)["a_points"][0] for one in versions] == ["800", "500", "800"]
    assert [one["in_force"] for one in versions] == [False, False, True]
    assert [one["why"] for one in versions] == [None, "after 11-11", None]
    shown = type_("rules", "show", "grade").out
    assert "holds now" in shown
    assert "after 11-11" in shown


def test_rules_that_cannot_be_read_are_shown_as_such_and_replaced(
    type_: Type, hub_store: Store
) -> None:
    with hub_store.write() as session:
        told = {"effective": clock.local_day(clock.now()), "body": {"a_points": "much"}}
        session.add(Setting(id=new_id(), rule_set="grade", **told))
    assert type_("classify", "--json").error["code"] == "BadSetting"
    assert "cannot be used" in type_("rules", "list").out
    assert "cannot be used: a_points" in type_("rules", "show", "grade").out
    shown = type_("rules", "show", "grade", "--json").data["versions"]
    assert [bool(one["problem"]) for one in shown] == [False, True]
    assert type_("rules", "set", "grade", "a_points=800").code == 0
    assert type_("classify").code == 0
    assert type_("rules", "set", "grade", "a_points=800", "--json").error["code"] == "NothingNew"


def test_rules_of_a_later_day_are_to_come(type_: Type) -> None:
    later = (clock.local_day(clock.now()) + timedelta(days=40)).isoformat()
    said = type_("rules", "set", "pool", "active_days=300", "--from", later).out
    assert "in the night of that day" in said
    assert "to come" in type_("rules", "show", "pool").out
    assert f"From {later} on" in type_("rules", "set", "pool", "active_days=200").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("set", "grade", "a_points=1"), "Contradiction"),
        (("set", "grade", "a_points=900", "--from", "soon"), "NoDay"),
        (("set", "grade", "a_points=900", "--from", "2020-01-01"), "PastDay"),
        (("set", "grade", "a_points=900", "--by", "nobody"), "NoSuchLogin"),
        (("set", "nothing", "a_points=900"), "NoSuchRuleSet"),
        (("preview", "grade", "points=900"), "NoSuchNumber"),
        (("roll-back", "grade"), "NothingBefore"),
        (("roll-back", "grade", "--to", "0"), "NothingBefore"),
    ],
)
def test_rules_that_cannot_be_are_one_sentence_and_are_not_kept(
    type_: Type, words: tuple[str, ...], code: str
) -> None:
    assert type_("rules", *words, "--json").error["code"] == code
    assert len(type_("rules", "show", "grade", "--json").data["versions"]) == 1


def test_the_touch_plan_is_edited_step_by_step(type_: Type, hub_store: Store) -> None:
    customer = _graded(hub_store, 50_000)  # She bought nine days ago.
    type_("classify")
    listed = type_("rules", "list").out
    assert "plan.7" in listed
    assert "day 7, phone" in listed
    step = ("half_year", "plan.7=", "plan.9=9-12 | wechat | care | ask her")
    seen = type_("rules", "preview", *step, "--json").data
    assert seen["counts"] == [{"from": "touch_missed", "to": "touch_today", "customers": 1}]
    assert seen["steps"][:2] == [
        {"step": "day7", "day": 7, "today": [1, 0], "week": [1, 0]},
        {"step": "day9", "day": 9, "today": [0, 1], "week": [0, 1]},
    ]
    assert "this week now" in type_("rules", "preview", *step).out
    plan = "sent; delivered; 9-12 | wechat | care | ask her; 30; run_out; 90; 150"
    done = type_("rules", "set", *step, "--json").data
    assert _numbers(done)["plan"] == (plan, "steps")
    told = type_("customers", "why", customer).out
    assert "Half-year clock: day 9 of 180" in told
    assert "day 9-12, wechat, care, ask her: due, day 9 to 12." in told
    clock_ = type_("customers", "why", customer, "--json").data["half_year"]
    assert [one["state"] for one in clock_["steps"]] == [
        "waiting", "waiting", "due", "next", "waiting", "later", "later",
    ]  # fmt: skip
    back = type_("rules", "roll-back", "half_year").out
    assert "plan=sent; delivered; 7; 30; run_out; 90; 150 (rolled back)" in back
    assert "day 7, phone: due" not in type_("customers", "why", customer).out
    problem = type_("rules", "set", "half_year", "plan.8=8", "--json").error
    assert problem["code"] == "StepTooSoon"


def test_a_customer_is_explained_in_words(type_: Type, hub_store: Store) -> None:
    customer = _graded(hub_store, 90_000)
    stale = type_("customers", "why", customer).out
    assert "Her record still says otherwise (pool, grade, relationship)" in stale
    type_("classify")
    told = type_("customers", "why", customer, "--json").data
    assert (told["id"], told["stale"]) == (customer, [])
    assert [one["code"] for one in told["why"]] == [
        "pool_bought",
        "grade_points",
        "relationship_points",
        "value_last_year",
        "run_out_nothing",
    ]
    assert "Grade A: ¥900 (A from ¥800, B from ¥300)" in type_("customers", "why", customer).out
    assert type_("customers", "why", "stranger", "--json").error["code"] == "UnknownCustomers"


def test_the_grid_counts_who_bought(type_: Type, hub_store: Store) -> None:
    _graded(hub_store, 90_000)
    _graded(hub_store, 10_000)
    with hub_store.write() as session:
        makers.make_customer(session)
    (cell,) = type_("customers", "rfm", "--json").data["grid"]
    assert cell == {"recency": 1, "frequency": 1, "customers": 2, "lifetime_fen": 100_000}
    words = type_("customers", "rfm").out
    assert "2 · ¥500" in words
    assert "F5" in words
