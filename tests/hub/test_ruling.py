"""The doors of the rule sets: what the commands do, for managers alone, and never over another."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.rulesets import service as rulesets
from lumi_desk.customers.rulesets.rules import RULE_SETS
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import intake
from lumi_desk.ids import new_id
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from tests import makers
from tests.hub.test_doors import Stranger
from tests.hubs import Hub
from tests.makers import NOW, TODAY

TOMORROW = (TODAY + timedelta(days=1)).isoformat()
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """A hub with two managers and a rep's newcomer, who is B by 500 CNY."""
    makers.hub_with_rep(hub_store, "gu", role=Role.MANAGER)
    makers.hub_with_rep(hub_store, "he", role=Role.MANAGER)
    rep = makers.hub_with_rep(hub_store, "lin")
    with hub_store.write() as session:
        customer = makers.make_customer(session, rep, id="zhou", name="周文静")
        makers.make_order(session, customer, fen=50_000)
        intake.reckon(session, NOW)
    return Hub(hub_store, tmp_path)


def asking(hub: Hub, login: str) -> Ask:
    who = Stranger(hub, login)

    def ask(door: str, **told: Any) -> tuple[int, Any]:
        answer = who.ask(door, told)
        return answer.status_code, answer.json()

    return ask


@pytest.fixture
def gu(hub: Hub) -> Ask:
    return asking(hub, "gu")


def setting(ask: Ask, **told: Any) -> dict[str, Any]:
    """What is sent to set 400 CNY for A, seen as things stand."""
    _, shown = ask("rules/show", name="grade")
    return {"id": new_id(), "name": "grade", "numbers": {"a_points": "400"}} | {
        "base": shown["mark"],
        **told,
    }


def grade(hub: Hub) -> str | None:
    with hub.store.read() as session:
        return session.get_one(Customer, "zhou").grade


def kept(hub: Hub) -> int:
    with hub.store.read() as session:
        return session.scalar(select(func.count()).select_from(Setting)) or 0


@pytest.mark.parametrize("role", [Role.REP, Role.TRAINEE, Role.LEADER, Role.KEEPER])
@pytest.mark.parametrize(
    "door", ["rules", "rules/show", "rules/preview", "rules/set", "rules/roll-back"]
)
def test_a_door_of_rules_opens_for_who_may_manage(hub: Hub, role: Role, door: str) -> None:
    makers.hub_with_rep(hub.store, "wu", role=role)
    whole = {"id": new_id(), "name": "grade", "numbers": {"a_points": "400"}, "base": ""}
    status, problem = asking(hub, "wu")(door, **whole)
    assert (status, problem["code"]) == (403, "NotYours")
    assert (kept(hub), grade(hub)) == (0, "B")


def test_every_rule_set_is_listed_with_limits_and_the_numbers_of_today(gu: Ask) -> None:
    _, listed = gu("rules")
    assert [one["name"] for one in listed["rules"]] == [one.name for one in RULE_SETS]
    points = next(one for one in listed["rules"][1]["numbers"] if one["key"] == "a_points")
    assert (points["unit"], points["least"], points["most"]) == ("CNY", "0", "1000000")
    assert listed["rules"][1]["versions"][0]["numbers"]["a_points"] == "800"
    for one in listed["rules"]:
        assert gu("rules/show", name=one["name"]) == (200, one)


def test_a_preview_names_who_would_move_and_changes_nothing(hub: Hub, gu: Ask) -> None:
    _, seen = gu("rules/preview", name="grade", numbers={"a_points": "400"})
    assert seen["counts"] == [{"old": "B", "new": "A", "customers": 1}]
    assert seen["movers"] == [
        {"id": "zhou", "name": "周文静", "grade": "B", "old": "B", "new": "A"}
    ]
    assert (kept(hub), grade(hub)) == (0, "B")
    _, seen = gu("rules/preview", name="grade", numbers={"a_points": "400"}, names=0)
    assert (seen["moving"], seen["movers"]) == (1, [])


def test_a_preview_of_a_later_day_compares_with_what_would_hold_then(gu: Ask) -> None:
    gu("rules/set", **setting(gu, day=TOMORROW))
    asked = {"name": "grade", "numbers": {"a_points": "400"}}
    assert gu("rules/preview", **asked)[1]["moving"] == 1
    assert gu("rules/preview", **asked, day=TOMORROW)[1]["moving"] == 0


def test_numbers_are_put_in_force_and_rolled_back_with_who_when_and_why(hub: Hub, gu: Ask) -> None:
    _, done = gu("rules/set", **setting(gu, why="双十一之后"))
    assert done["moved"]["grade"] == [{"old": "B", "new": "A", "customers": 1}]
    assert grade(hub) == "A"
    _, shown = gu("rules/show", name="grade")
    last = shown["versions"][-1]
    assert (last["by"], last["name"], last["why"]) == ("gu", "Gu", "双十一之后")
    assert (last["since"], last["at"]) == (TODAY.isoformat(), int(NOW.timestamp() * 1000))
    back = {"id": new_id(), "name": "grade", "base": shown["mark"]}
    _, done = gu("rules/roll-back", **back)
    assert done["moved"]["grade"] == [{"old": "A", "new": "B", "customers": 1}]
    assert grade(hub) == "B"
    assert gu("rules/show", name="grade")[1]["versions"][-1]["back"]


def test_any_earlier_version_can_be_gone_back_to(hub: Hub, gu: Ask) -> None:
    for points in ("500", "450", "900"):
        gu("rules/set", **setting(gu, numbers={"a_points": points}))
    _, shown = gu("rules/show", name="grade")
    back = {"name": "grade", "base": shown["mark"]}
    for to, status in ((3, 422), (4, 422), (-1, 422)):
        assert gu("rules/roll-back", id=new_id(), to=to, **back)[0] == status
    assert (kept(hub), grade(hub)) == (3, "B")
    told = {"id": new_id(), "to": 1, **back}
    _, done = gu("rules/roll-back", **told)
    assert (done["numbers"]["a_points"], grade(hub)) == ("500", "A")
    assert gu("rules/roll-back", **told)[1]["again"]
    _, shown = gu("rules/show", name="grade")
    shipped = {"id": new_id(), "name": "grade", "base": shown["mark"], "to": 0}
    assert gu("rules/roll-back", **shipped)[1]["numbers"]["a_points"] == "800"
    _, shown = gu("rules/show", name="grade")
    # What holds already is nothing to go back to.
    same = {"id": new_id(), "name": "grade", "base": shown["mark"], "to": 0}
    assert gu("rules/roll-back", **same)[1]["code"] == "NothingNew"


def test_of_two_managers_the_second_is_told_who_was_first(hub: Hub, gu: Ask) -> None:
    he = asking(hub, "he")
    hers, his = setting(gu), setting(he, numbers={"a_points": "2000"})
    assert gu("rules/set", **hers)[0] == 200
    status, problem = he("rules/set", **his)
    assert (status, problem["code"]) == (409, "RulesChanged")
    assert problem["params"] == {"rule_set": "grade", "who": "Gu"}
    assert he("rules/roll-back", id=new_id(), name="grade", base=his["base"])[0] == 409
    assert (kept(hub), grade(hub)) == (1, "A")
    assert he("rules/set", **setting(he, numbers={"a_points": "2000"}))[0] == 200


def test_another_rule_set_that_changed_is_in_nobodys_way(gu: Ask) -> None:
    hers = setting(gu)
    _, pool = gu("rules/show", name="pool")
    told = {"id": new_id(), "name": "pool", "numbers": {"active_days": "300"}}
    assert gu("rules/set", **told, base=pool["mark"])[0] == 200
    assert gu("rules/set", **hers)[0] == 200


@pytest.mark.parametrize("door", ["rules/set", "rules/roll-back"])
def test_asking_again_has_one_effect(hub: Hub, gu: Ask, door: str) -> None:
    gu("rules/set", **setting(gu))
    told = setting(gu, numbers={"a_points": "300"})
    _, first = gu(door, **told)
    before = kept(hub), grade(hub)
    status, again = gu(door, **told)
    assert (status, again) == (200, {**first, "moved": None, "again": True})
    assert (kept(hub), grade(hub)) == before


def test_an_id_that_is_another_versions_is_refused(hub: Hub, gu: Ask) -> None:
    hers = setting(gu)
    gu("rules/set", **hers)
    _, pool = gu("rules/show", name="pool")
    told = {"id": hers["id"], "name": "pool", "numbers": {"active_days": "300"}}
    status, problem = gu("rules/set", **told, base=pool["mark"])
    assert (status, problem["code"], kept(hub)) == (422, "IdTaken", 1)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"numbers": {"a_points": "1"}}, "Contradiction"),
        ({"numbers": {"a_points": "-1"}}, "OutOfRange"),
        ({"numbers": {"a_points": "a lot"}}, "NotANumber"),
        ({"numbers": {"points": "1"}}, "NoSuchNumber"),
        ({"numbers": {"a_points": "800"}}, "NothingNew"),
        ({"name": "nothing"}, "NoSuchRuleSet"),
        ({"day": "2026-11-16"}, "PastDay"),
        ({"numbers": {}}, "NotUnderstood"),
        ({"id": "mine"}, "NotUnderstood"),
        ({"day": "soon"}, "NotUnderstood"),
        ({"why": "x" * 201}, "NotUnderstood"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(
    hub: Hub, gu: Ask, told: dict[str, Any], code: str
) -> None:
    status, problem = gu("rules/set", **setting(gu, **told))
    assert (status, problem["code"]) == (422, code)
    assert (kept(hub), grade(hub)) == (0, "B")


def test_a_step_of_the_touch_plan_is_previewed_and_set_for_desks(hub: Hub, gu: Ask) -> None:
    with hub.store.write() as session:
        session.get_one(Customer, "zhou").last_paid_at = NOW - timedelta(days=10)
    plan = {"plan": "10-14 | wechat | care | " + "问" * 60}
    _, seen = gu("rules/preview", name="half_year", numbers=plan)
    assert (seen["what"], seen["moving"]) == ("half_year", 1)
    assert seen["movers"][0]["old"] == "touch_missed"
    assert [tuple(one.values()) for one in seen["steps"]] == [
        ("day7", 7, 1, 0, 1, 0),
        ("day10", 10, 0, 1, 0, 1),
        *((f"day{day}", day, 0, 0, 0, 0) for day in (30, 90, 150)),
    ]
    mark = next(one for one in gu("rules")[1]["rules"] if one["name"] == "half_year")["mark"]
    asked = {"id": new_id(), "name": "half_year", "numbers": plan, "base": mark}
    status, done = gu("rules/set", **asked)
    assert (status, done["numbers"]["plan"], done["moved"]) == (200, plan["plan"], None)
    with hub.store.read() as session:
        (step,) = rulesets.half_year(session, NOW).plan
        stale = rulesets.half_year(session, NOW - timedelta(days=1)).plan
    assert (step.after, step.until, step.way, step.purpose) == (10, 14, "wechat", "问" * 60)
    assert len(stale) == 7
    status, problem = gu("rules/preview", name="half_year", numbers={"plan": "7-40; 30"})
    assert (status, problem["code"]) == (422, "StepTooSoon")


def test_numbers_that_move_nobody_say_so(gu: Ask) -> None:
    status, problem = gu("rules/preview", name="consents", numbers={"sms": "0"})
    assert (status, problem["code"]) == (422, "NoPreview")
