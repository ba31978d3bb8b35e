"""The doors of assignment: loads, and hand-overs with preview and undo."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lumi_desk.calls.operations import SkipCustomer
from lumi_desk.calls.tables import Callback
from lumi_desk.clock import local_day
from lumi_desk.complaints.tables import Complaint
from lumi_desk.customers.fields.rules import Field, Patch
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.customers.tags.operations import AddTag, RemoveTag
from lumi_desk.hub import keeping, linking, placing
from lumi_desk.ids import least_id, new_id
from lumi_desk.operations import Operation, encode
from lumi_desk.security.roles import Role
from lumi_desk.sync import feed
from lumi_desk.sync.entities import rep_stream
from lumi_desk.sync.tables import Assignment, SyncFeed
from tests import makers
from tests.hub.assigning.teams import (
    DAY,
    DOORS,
    Ask,
    asking,
    done,
    holders,
    lins,
    plans,
    rep,
    shown,
)
from tests.hub.test_doors import Stranger, note
from tests.hubs import Hub
from tests.makers import NOW, TODAY

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("role", [Role.REP, Role.TRAINEE, Role.KEEPER])
@pytest.mark.parametrize("door", DOORS)
def test_a_door_of_assignment_opens_for_who_leads(hub: Hub, role: Role, door: str) -> None:
    makers.hub_with_rep(hub.store, "none", role=role)
    asked = {"source": "rep", "way": "nobody", "rep_id": rep(hub, "lin")}
    told = {"id": new_id(), "asked": asked, "base": "", "hand_over_id": "x", "takes": True, **asked}
    status, problem = asking(hub, "none")(door, **told)
    assert (status, problem["code"]) == (403, "NotYours")
    assert set(holders(hub).values()) == {"Lin"}


def test_a_leader_without_a_team_leads_nobody(hub: Hub, wu: Ask) -> None:
    with hub.store.write() as session:
        keeping.person_named(session, "wu").team_id = None
    assert wu("")[1]["code"] == "NotYours"


def test_a_leader_sees_her_team_and_a_manager_everybody(hub: Hub, wu: Ask) -> None:
    plans(hub, lin={"side": "new", "grades": "A", "lines": "collagen", "most": 2})
    assert [one["name"] for one in wu("")[1]["reps"]] == ["Lin", "Wang", "Wu"]
    found = asking(hub, "gu")("")[1]["reps"]
    assert [one["name"] for one in found] == ["Lin", "Wang", "Wu", "Mo", "Xu"] or [
        one["name"] for one in found
    ] == ["Mo", "Xu", "Lin", "Wang", "Wu"]
    lin = shown(wu, "Lin")
    assert (lin["holds"], lin["most"], lin["takes"]) == (3, 2, True)
    assert (lin["side"], lin["grades"], lin["lines"]) == ("new", ["A"], ["collagen"])
    assert (lin["by_grade"], lin["by_pool"]) == ({"A": 1, "B": 1, "C": 1}, {"1": 3})
    wang = shown(wu, "Wang")
    assert (wang["holds"], wang["takes"], wang["most"], wang["own_most"]) == (0, False, 400, False)


def test_who_has_left_is_seen_for_as_long_as_she_holds_customers(hub: Hub, wu: Ask) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        keeping.disable(session, "lin")
        keeping.disable(session, "wang")
        feed.publish(session)
    assert not shown(wu, "Lin")["active"]
    assert [one["name"] for one in wu("")[1]["reps"]] == ["Wu", "Lin"]
    assert done(wu, lins(hub, "wu"))[0] == 200
    assert [one["name"] for one in wu("")[1]["reps"]] == ["Wu"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, "no_plans"),
        ({"wang": {"side": "old"}}, "nobody"),
        ({"wang": {"away_from": TODAY, "away_until": TODAY}}, "away"),
        ({"wang": {"most": 0}}, "full"),
        ({"wang": {}}, ""),
    ],
)
def test_who_waits_is_told_with_the_reason(
    hub: Hub, wu: Ask, told: dict[str, dict[str, Any]], why: str
) -> None:
    plans(hub, **told)
    assert done(wu, lins(hub, way="nobody", grades=["A"]))[0] == 200
    _, listed = wu("")
    assert listed["waiting"] == {why: 1}
    (one,) = listed["first"]
    assert (one["id"], one["name"], one["grade"], one["why"]) == ("a", "客户a", "A", why)


def test_a_preview_says_who_goes_where_and_what_goes_along(hub: Hub, wu: Ask) -> None:
    plans(hub, wang={"most": 1, "away_from": TODAY, "away_until": TODAY})
    with hub.store.write() as session:
        made = {"rep_id": rep(hub, "lin"), "customer_id": "a"}
        for done_at in (None, NOW):
            callback = Callback(id=new_id(), made_at=NOW - DAY, due_at=NOW, **made)
            callback.done_at = done_at
            session.add(callback)
        opened = {"opened_at": NOW - DAY, "due_at": NOW, "words": "漏发"}
        session.add(Complaint(id=new_id(), **opened, **made))
    _, seen = wu("/preview", **lins(hub, "wang"))
    (goes,) = seen["goes"]
    assert (goes["name"], goes["customers"], goes["then"]) == ("Wang", 3, 3)
    assert (goes["most"], goes["over"], goes["is_away"]) == (1, 2, True)
    assert goes["by_grade"] == {"A": 1, "B": 1, "C": 1}
    assert goes["examples"] == ["客户a", "客户b", "客户c"]
    assert (seen["moving"], seen["callbacks"], seen["complaints"], seen["parked"]) == (3, 1, 1, 0)
    assert set(holders(hub).values()) == {"Lin"}


def test_some_go_to_several_by_their_plans_and_who_finds_no_room_stays(hub: Hub, wu: Ask) -> None:
    plans(hub, wang={"grades": "A"}, wu={"grades": "B,C", "most": 1})
    _, seen = wu("/preview", **lins(hub, "wang", "wu"))
    assert {one["name"]: one["by_grade"] for one in seen["goes"]} == {
        "Wang": {"A": 1},
        "Wu": {"B": 1},
    }
    assert seen["stays"] == {"full": 1}
    assert done(wu, lins(hub, "wang", "wu"))[1]["moved"] == 2
    assert holders(hub) == {"a": "Wang", "b": "Wu", "c": "Lin"}


def test_by_everybodys_plans_they_stay_in_the_leaders_own_team(hub: Hub, wu: Ask) -> None:
    plans(hub, xu={}, wang={})
    asked = lins(hub, way="plans")
    assert done(wu, asked)[1]["moved"] == 3
    assert set(holders(hub).values()) == {"Wang"}


@pytest.mark.parametrize(
    ("filters", "moved"),
    [
        ({"grades": ["A", "C"]}, ["a", "c"]),
        ({"pools": ["1"]}, ["a", "b", "c"]),
        ({"pools": ["V"]}, []),
        ({"lines": ["collagen"]}, []),
    ],
)
def test_filters_choose_some(hub: Hub, wu: Ask, filters: dict[str, Any], moved: list[str]) -> None:
    status, answer = done(wu, lins(hub, "wang", **filters))
    assert status == (200 if moved else 422)
    assert answer.get("code") == (None if moved else "NobodyMoves")
    assert [one for one, name in holders(hub).items() if name == "Wang"] == moved


def test_chosen_customers_go_with_history_and_through_sync(hub: Hub, wu: Ask) -> None:
    asked = {"source": "chosen", "chosen": ["a", "b"], "way": "reps", "reps": [rep(hub, "wang")]}
    assert done(wu, asked, "林要减量")[0] == 200
    assert holders(hub) == {"a": "Wang", "b": "Wang", "c": "Lin"}
    with hub.store.read() as session:
        (now,) = session.scalars(
            select(Assignment).where(Assignment.customer_id == "a", Assignment.until.is_(None))
        )
        assert (now.rep_id, now.since) == (rep(hub, "wang"), NOW)
        stream = select(SyncFeed.pk, SyncFeed.op).where(SyncFeed.entity == "customer")
        lost = stream.where(SyncFeed.stream == rep_stream(rep(hub, "lin")))
        got = stream.where(SyncFeed.stream == rep_stream(rep(hub, "wang")))
        assert ("a", "remove") in session.execute(lost).all()
        assert sorted(session.execute(got).all()) == [("a", "put"), ("b", "put")]
    last = wu("")[1]["history"][0]
    assert (last["by"], last["kind"], last["why"]) == ("Wu", "chosen", "林要减量")
    assert last["moves"] == [{"old": "Lin", "new": "Wang", "customers": 2}]
    assert (last["back"], last["undone"]) == (2, False)


def test_nobody_is_moved_from_or_to_another_team_by_a_leader(hub: Hub, wu: Ask) -> None:
    mo = asking(hub, "mo")
    for ask, asked in (
        (mo, lins(hub, "xu")),
        (wu, lins(hub, "xu")),
        (wu, lins(hub, "wang", rep_id="nobody of ours")),
    ):
        status, problem = ask("/preview", **asked)
        assert (status, problem["code"]) == (403, "NotYours")
    assert done(asking(hub, "gu"), lins(hub, "xu"))[1]["moved"] == 3
    assert set(holders(hub).values()) == {"Xu"}
    # She is told of what left her team, but only who may reach both teams takes it back.
    last = wu("")[1]["history"][0]
    assert (last["by"], last["back"]) == ("Gu", 0)
    status, problem = wu("/undo", id=new_id(), hand_over_id=last["id"])
    assert (status, problem["code"]) == (403, "NotYours")


def test_a_chosen_customer_of_another_team_is_as_if_there_were_none(hub: Hub) -> None:
    mo = asking(hub, "mo")
    for told in (
        {"way": "nobody"}, {"way": "plans"}, {"way": "reps", "reps": [rep(hub, "xu")]},
        {"way": "reps", "reps": [rep(hub, "xu")], "pools": ["0"]},
    ):  # fmt: skip
        hers, gone = (
            mo("/preview", source="chosen", chosen=[one], **told) for one in ("a", "gone")
        )
        assert hers == gone, told
        if told["way"] != "plans":
            assert (hers[0], hers[1]["moving"], hers[1]["stays"]) == (200, 0, {"beyond": 1})
    asked = {"source": "chosen", "chosen": ["a", "gone"], "way": "nobody"}
    assert done(mo, asked)[1]["code"] == "NobodyMoves"
    assert set(holders(hub).values()) == {"Lin"}


def test_of_the_chosen_those_within_reach_move(hub: Hub, wu: Ask) -> None:
    done(
        asking(hub, "gu"),
        {"source": "chosen", "chosen": ["b"], "way": "reps", "reps": [rep(hub, "xu")]},
    )
    asked = {"source": "chosen", "chosen": ["a", "b"], "way": "reps", "reps": [rep(hub, "wang")]}
    assert wu("/preview", **asked)[1]["stays"] == {"beyond": 1}
    assert done(wu, asked)[1]["moved"] == 1
    assert holders(hub) == {"a": "Wang", "b": "Xu", "c": "Lin"}


def test_who_waits_may_be_taken_by_a_team(hub: Hub, wu: Ask) -> None:
    done(wu, lins(hub, way="nobody"))
    mo = asking(hub, "mo")
    assert done(mo, {"source": "waiting", "way": "reps", "reps": [rep(hub, "xu")]})[0] == 200
    assert set(holders(hub).values()) == {"Xu"}


def test_without_a_plan_or_another_rep_there_is_nobody_to_go_to(hub: Hub, wu: Ask) -> None:
    for asked in (lins(hub, way="plans"), lins(hub, "lin"), lins(hub)):
        assert wu("/preview", **asked)[1]["code"] == "NoRepToGoTo"


def test_of_two_leaders_the_second_is_told_who_was_first(hub: Hub, wu: Ask) -> None:
    gu = asking(hub, "gu")
    hers, his = lins(hub, "wang"), lins(hub, "xu")
    _, seen = wu("/preview", **hers)
    assert done(gu, his)[0] == 200
    told = {"id": new_id(), "asked": hers, "base": seen["mark"]}
    status, problem = wu("/do", **told)
    assert (status, problem["code"]) == (409, "CustomersMoved")
    assert problem["params"] == {"who": "Gu"}
    assert set(holders(hub).values()) == {"Xu"}


def test_asking_again_has_one_effect(hub: Hub, wu: Ask) -> None:
    asked = lins(hub, "wang")
    told = {"id": new_id(), "asked": asked, "base": wu("/preview", **asked)[1]["mark"]}
    assert wu("/do", **told) == (200, {"id": told["id"], "moved": 3, "again": False})
    assert wu("/do", **told) == (200, {"id": told["id"], "moved": 3, "again": True})
    assert asking(hub, "gu")("/do", **told)[1]["code"] == "IdTaken"
    undo = {"id": new_id(), "hand_over_id": told["id"]}
    assert wu("/undo", **undo) == (200, {"back": 3, "stays": {}, "again": False})
    assert wu("/undo", **undo) == (200, {"back": 3, "stays": {}, "again": True})
    assert len(wu("")[1]["history"]) == 2


def test_who_was_worked_on_or_moved_again_stays_when_it_is_taken_back(hub: Hub, wu: Ask) -> None:
    _, first = done(wu, lins(hub, "wang"))
    hub.clock.forward(minutes=5)
    wang = Stranger(hub, "wang")
    assert wang.push(note(wang.person_id, "a"))[0]["status"] == "applied"
    chosen = {"source": "chosen", "chosen": ["b"], "way": "reps", "reps": [rep(hub, "wu")]}
    done(wu, chosen)
    assert next(one for one in wu("")[1]["history"] if one["id"] == first["id"])["back"] == 1
    status, back = wu("/undo", id=new_id(), hand_over_id=first["id"])
    assert (status, back["back"], back["stays"]) == (200, 1, {"worked": 1, "moved": 1})
    assert holders(hub) == {"a": "Wang", "b": "Wu", "c": "Lin"}


@pytest.mark.parametrize(
    "work", ["customer.edit", "customer.tag", "customer.untag", "customer.skip"]
)
@pytest.mark.parametrize("login", ["lin", "wang"])
def test_data_tags_and_passing_over_are_work_if_they_come_after(
    hub: Hub, wu: Ask, work: str, login: str
) -> None:
    who = Stranger(hub, login)
    given = {"source": "hand", "rep_id": who.person_id, "at": NOW - DAY}
    with hub.store.write() as session:
        session.add(Tag(id=new_id(), customer_id="a", name="VIP", **given))
    before = login == "lin"
    if before:
        assert who.push(_work(hub, who.person_id, work))[0]["status"] == "applied"
        hub.clock.forward(minutes=5)
    _, first = done(wu, lins(hub, "wang"))
    hub.clock.forward(minutes=5)
    if not before:
        assert who.push(_work(hub, who.person_id, work))[0]["status"] == "applied"
    left = 3 if before else 2
    assert asking(hub, "wu")("")[1]["history"][0]["back"] == left
    _, back = wu("/undo", id=new_id(), hand_over_id=first["id"])
    assert (back["back"], back["stays"]) == (left, {} if before else {"worked": 1})
    assert holders(hub)["a"] == ("Lin" if before else "Wang")


@pytest.mark.parametrize("slow", [timedelta(minutes=6), DAY, 6 * DAY])
@pytest.mark.parametrize("work", ["customer.edit", "customer.tag"])
def test_work_counts_by_when_the_hub_had_it_however_slow_a_desks_clock_is(
    hub: Hub, wu: Ask, work: str, slow: timedelta
) -> None:
    _, first = done(wu, lins(hub, "wang"))
    hub.clock.forward(minutes=5)
    wang = Stranger(hub, "wang")
    assert wang.push(_work(hub, wang.person_id, work, slow))[0]["status"] == "applied"
    assert asking(hub, "wu")("")[1]["history"][0]["back"] == 2
    _, back = wu("/undo", id=new_id(), hand_over_id=first["id"])
    assert (back["back"], back["stays"]) == (2, {"worked": 1})


def test_late_work_of_who_had_her_keeps_nobody_from_coming_back(hub: Hub, wu: Ask) -> None:
    _, first = done(wu, lins(hub, "wang"))
    hub.clock.forward(minutes=5)
    lin = Stranger(hub, "lin")
    assert lin.push(_work(hub, lin.person_id, "customer.tag", DAY))[0]["status"] == "applied"
    assert asking(hub, "wu")("")[1]["history"][0]["back"] == 3
    assert wu("/undo", id=new_id(), hand_over_id=first["id"])[1]["back"] == 3


def test_work_on_who_was_made_one_with_another_since_is_work_on_that_one(hub: Hub, wu: Ask) -> None:
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        makers.make_customer(session, rep(hub, "lin"), id="d", name="客户d")
        feed.publish(session)
    _, first = done(wu, lins(hub, "wang"))
    hub.clock.forward(minutes=5)
    wang = Stranger(hub, "wang")
    told = _work(hub, wang.person_id, "customer.tag")
    told["payload"] = told["payload"].replace('"customer_id":"a"', '"customer_id":"d"')
    assert wang.push(told)[0]["status"] == "applied"
    with hub.store.write() as session:
        linking.link(session, "a", "d", hub.clock.moment, force=True)
    _, back = wu("/undo", id=new_id(), hand_over_id=first["id"])
    assert holders(hub) == {"a": "Wang", "b": "Lin", "c": "Lin"}
    assert back["stays"]["worked"] == 1


def _work(hub: Hub, by: str, kind: str, slow: timedelta = timedelta()) -> dict[str, Any]:
    """An operation about customer a, made now by a clock that is slow by so much."""
    at = hub.clock.moment - slow
    told: dict[str, Any] = {"id": least_id(at) + new_id()[13:], "customer_id": "a"}
    told |= {"by": by, "at": at}
    with hub.store.read() as session:
        ver = session.get_one(Customer, "a").ver
    op: Operation = AddTag(**told, name="常打不通")
    if kind == "customer.edit":
        op = EditCustomer(**told, base_ver=ver, changes=(Patch(Field.CITY, "", "宁波"),))
    elif kind == "customer.untag":
        op = RemoveTag(**told, name="VIP")
    elif kind == "customer.skip":
        op = SkipCustomer(**told, day=local_day(at), reason="later")
    return {"op_id": op.id, "client_seq": 1, "kind": kind, "kind_ver": 1, "payload": encode(op)}


def test_taking_back_goes_on_the_day_itself_and_once(hub: Hub, wu: Ask) -> None:
    _, first = done(wu, lins(hub, "wang"))
    assert wu("/undo", id=new_id(), hand_over_id=first["id"])[0] == 200
    again = wu("/undo", id=new_id(), hand_over_id=first["id"])
    assert (again[0], again[1]["code"]) == (422, "TooLateToUndo")
    _, second = done(wu, lins(hub, "wang"))
    hub.clock.forward(days=1)
    late = asking(hub, "wu")
    assert late("")[1]["history"][0]["back"] == 0
    assert late("/undo", id=new_id(), hand_over_id=second["id"])[1]["code"] == "TooLateToUndo"
    assert late("/undo", id=new_id(), hand_over_id="none")[1]["code"] == "NoSuchHandOver"
    assert set(holders(hub).values()) == {"Wang"}


def test_what_the_plans_did_is_in_the_history_too(hub: Hub, wu: Ask) -> None:
    plans(hub, wang={})
    done(wu, lins(hub, way="nobody"), "重新分配")
    hub.clock.forward(hours=1)
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        given = placing.hand_out(session, hub.clock.moment)
        feed.publish(session, given.pairs)
    plan, nobody = asking(hub, "wu")("")[1]["history"][:2]
    assert (plan["kind"], plan["by"]) == ("hub", "")
    assert plan["moves"] == [{"old": "", "new": "Wang", "customers": 3}]
    assert nobody["moves"] == [{"old": "Lin", "new": "", "customers": 3}]
