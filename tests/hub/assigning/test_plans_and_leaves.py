"""Whom a rep takes and when she is away, set through the doors of assignment."""

import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import leaves
from lumi_desk.ids import new_id
from lumi_desk.sync import feed
from lumi_desk.sync.entities import rep_stream
from lumi_desk.sync.tables import SyncFeed
from tests import makers
from tests.hub.assigning.teams import (
    DAY,
    Ask,
    asking,
    done,
    holders,
    leave,
    lins,
    night,
    plans,
    rep,
    shown,
)
from tests.hub.conftest import Type
from tests.hubs import Hub
from tests.makers import NOW, TODAY

pytestmark = pytest.mark.slow


def test_a_plan_is_set_seen_and_dropped(hub: Hub, wu: Ask) -> None:
    told = {"rep_id": rep(hub, "lin"), "takes": True, "side": "new", "grades": ["B", "A"]}
    told |= {"lines": ["enzyme"], "most": 120}
    before = shown(wu, "Lin")["mark"]
    status, answer = wu("/plan", base=before, **told)
    assert status == 200
    assert answer["rep"] == shown(wu, "Lin")
    assert (answer["rep"]["grades"], answer["rep"]["most"]) == (["A", "B"], 120)
    status, problem = asking(hub, "gu")("/plan", base=before, **told)
    assert (status, problem["code"], problem["params"]) == (409, "RepChanged", {"name": "Lin"})
    told = {"rep_id": rep(hub, "lin"), "base": answer["rep"]["mark"], "takes": False}
    assert not wu("/plan", **told)[1]["rep"]["takes"]
    assert asking(hub, "mo")("/plan", **told)[1]["code"] == "NotYours"


def test_a_higher_cap_brings_who_waits_at_once(hub: Hub, wu: Ask) -> None:
    plans(hub, wang={"most": 1, "grades": "A,B"}, xu={"most": 0})
    done(wu, lins(hub, way="nobody"))
    asked = {"rep_id": rep(hub, "wang"), "takes": True, "grades": ["A", "B"], "side": "both"}
    status, answer = wu("/plan", **asked, base=shown(wu, "Wang")["mark"], most=1)
    assert (status, answer["given"]) == (200, 1)
    assert holders(hub) == {"a": "Wang", "b": None, "c": None}
    status, answer = wu("/plan", **asked, base=answer["rep"]["mark"], most=10)
    # C is not among what she takes, and waits on.
    assert (answer["given"], answer["rep"]["holds"]) == (1, 2)
    assert holders(hub) == {"a": "Wang", "b": "Wang", "c": None}
    with hub.store.read() as session:
        stream = select(SyncFeed.pk).where(SyncFeed.stream == rep_stream(rep(hub, "wang")))
        assert "b" in session.scalars(stream.where(SyncFeed.entity == "customer")).all()


def test_a_plan_that_is_made_knows_of_her_leave_at_the_door_and_by_command(
    hub: Hub, wu: Ask, type_: Type
) -> None:
    leave(hub, wu, 0, 3)
    told = {"rep_id": rep(hub, "lin"), "base": shown(wu, "Lin")["mark"], "takes": True}
    assert wu("/plan", **told, side="both")[0] == 200
    by_door = next(one for one in type_("plans", "list", "--json").data if one["login"] == "lin")
    type_("plans", "drop", "lin")
    by_command = type_("plans", "set", "lin", "--side", "both", "--json").data
    days = [str(TODAY), str(TODAY + 3 * DAY)]
    assert (by_door["away"], by_command["away"], by_command["gets"]) == (days, days, 0)


def test_nobody_else_is_given_anybody_by_a_plan_that_is_set(hub: Hub, wu: Ask) -> None:
    plans(hub, xu={"grades": "C"})
    done(wu, lins(hub, way="nobody"))
    told = {"rep_id": rep(hub, "wang"), "base": shown(wu, "Wang")["mark"], "takes": True}
    assert wu("/plan", **told, grades=["A", "B"])[1]["given"] == 2
    assert holders(hub) == {"a": "Wang", "b": "Wang", "c": None}
    assert wu("")[1]["waiting"] == {"": 1}
    told["base"] = shown(wu, "Wang")["mark"]
    assert wu("/plan", **told | {"takes": False})[1]["given"] == 0


def test_on_leave_her_customers_are_with_who_stands_in_and_come_back(hub: Hub, wu: Ask) -> None:
    plans(hub, lin={}, wang={"most": 0})
    status, answer = leave(hub, wu, 1, 3)
    assert (status, answer["went"], answer["rep"]["is_away"]) == (200, 0, False)
    night(hub, 0)
    assert set(holders(hub).values()) == {"Lin"}
    night(hub, 1)
    assert set(holders(hub).values()) == {"Wang"}
    seen = asking(hub, "wu")
    assert shown(seen, "Lin")["is_away"]
    assert (shown(seen, "Wang")["holds"], shown(seen, "Wang")["kept"]) == (3, 3)
    night(hub, 3)
    assert set(holders(hub).values()) == {"Wang"}
    night(hub, 4)
    assert set(holders(hub).values()) == {"Lin"}
    _, listed = asking(hub, "wu")("")
    assert [(one["kind"], one["why"]) for one in listed["history"]] == [
        ("return", "年假"),
        ("leave", "年假"),
    ]
    lin = shown(asking(hub, "wu"), "Lin")
    assert (lin["first"], lin["away_why"]) == (None, "")


def test_the_reason_of_a_leave_is_told_to_who_leads_her(hub: Hub, wu: Ask) -> None:
    leave(hub, wu, 0, 3)
    lin = shown(wu, "Lin")
    assert lin["away_why"] == "年假"
    told = {"id": new_id(), "rep_id": lin["id"], "base": lin["mark"], "stand_in": lin["stand_in"]}
    _, answer = wu("/leave", **told, first=lin["first"], last=lin["last"], why="培训")
    assert (answer["rep"]["away_why"], answer["went"], answer["came"]) == ("培训", 0, 0)
    assert "Lin" not in [one["name"] for one in asking(hub, "mo")("")[1]["reps"]]


def test_a_leave_that_begins_today_moves_at_once_and_ends_at_a_word(hub: Hub, wu: Ask) -> None:
    assert leave(hub, wu, 0, 5)[1]["went"] == 3
    assert set(holders(hub).values()) == {"Wang"}
    # A longer leave of the same kind moves nobody.
    _, answer = leave(hub, wu, 0, 9)
    assert (answer["went"], answer["came"]) == (0, 0)
    # Whom somebody moved elsewhere meanwhile stays there.
    chosen = {"source": "chosen", "chosen": ["b"], "way": "reps", "reps": [rep(hub, "wu")]}
    done(wu, chosen)
    back = {"id": new_id(), "rep_id": rep(hub, "lin"), "base": answer["rep"]["mark"]}
    status, answer = wu("/leave", **back)
    assert (status, answer["came"], answer["rep"]["first"]) == (200, 2, None)
    assert holders(hub) == {"a": "Lin", "b": "Wu", "c": "Lin"}


def test_who_is_on_leave_without_a_plan_is_said_to_be_away(hub: Hub, wu: Ask) -> None:
    done(wu, lins(hub, "wu"))
    leave(hub, wu, 0, 2, "")
    asked = {"source": "rep", "way": "reps", "rep_id": rep(hub, "wu")}
    _, seen = wu("/preview", **asked, reps=[rep(hub, "lin")])
    assert [one["is_away"] for one in seen["goes"]] == [True]
    _, seen = wu("/preview", **asked, reps=[rep(hub, "lin"), rep(hub, "wang")])
    assert [one["name"] for one in seen["goes"]] == ["Wang"]


def test_another_stand_in_gets_them_from_the_first(hub: Hub, wu: Ask) -> None:
    leave(hub, wu, 0, 5)
    _, answer = leave(hub, wu, 0, 5, "wu")
    assert (answer["came"], answer["went"]) == (3, 3)
    assert set(holders(hub).values()) == {"Wu"}
    night(hub, 6)
    assert set(holders(hub).values()) == {"Lin"}


def test_a_leave_without_a_stand_in_leaves_customers_where_they_are(hub: Hub, wu: Ask) -> None:
    plans(hub, lin={})
    leave(hub, wu, 0, 2, "")
    assert set(holders(hub).values()) == {"Lin"}
    with hub.store.write() as session:
        customer = makers.make_customer(session, id="z")
        makers.make_order(session, customer)
    night(hub, 1)
    assert holders(hub)["z"] is None
    night(hub, 3)
    assert holders(hub)["z"] == "Lin"


def test_asking_for_a_leave_again_has_one_effect(hub: Hub, wu: Ask) -> None:
    told = {"id": new_id(), "rep_id": rep(hub, "lin"), "base": shown(wu, "Lin")["mark"]}
    told |= {"first": str(TODAY), "last": str(TODAY), "stand_in": rep(hub, "wang")}
    assert wu("/leave", **told)[1]["went"] == 3
    assert wu("/leave", **told)[0] == 200
    assert len(wu("")[1]["history"]) == 1


@pytest.mark.parametrize(("first", "last"), [(2, 1), (-3, -1)])
def test_days_that_are_no_leave_are_refused(hub: Hub, wu: Ask, first: int, last: int) -> None:
    status, problem = leave(hub, wu, first, last)
    assert (status, problem["code"]) == (422, "NotALeave")


def test_who_is_away_or_herself_cannot_stand_in(hub: Hub, wu: Ask) -> None:
    assert leave(hub, wu, 1, 2, "lin")[1]["code"] == "CannotStandIn"
    wanted = leaves.Wanted(new_id(), rep(hub, "wang"), TODAY + 2 * DAY, TODAY + 2 * DAY)
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        leaves.put(session, wanted, NOW)
        feed.publish(session)
    assert leave(hub, wu, 1, 2)[1]["code"] == "CannotStandIn"
    assert leave(hub, wu, 3, 4)[0] == 200
    assert leave(hub, asking(hub, "gu"), 3, 4, "xu")[0] == 200
    assert leave(hub, wu, 3, 4, "mo")[1]["code"] == "NotYours"


def test_a_stand_in_keeps_newcomers_as_the_one_on_leave_would(hub: Hub, wu: Ask) -> None:
    # Wang takes newcomers only; Lin's old customer stays with her all the same, and comes back.
    plans(hub, lin={"side": "old"}, wang={"side": "new"}, wu={"side": "old"})
    with hub.store.write() as session:
        makers.make_order(session, session.get_one(Customer, "a"), paid_at=NOW - 40 * DAY)
    leave(hub, wu, 0, 1)
    night(hub, 0)
    assert set(holders(hub).values()) == {"Wang"}
    night(hub, 2)
    assert set(holders(hub).values()) == {"Lin"}


def test_a_newcomer_goes_over_though_her_rep_is_on_leave(hub: Hub, wu: Ask) -> None:
    plans(hub, lin={"side": "new"}, wang={"side": "both"}, wu={"side": "old"})
    leave(hub, wu, 0, 5)
    with hub.store.write() as session:
        makers.make_order(session, session.get_one(Customer, "a"), paid_at=NOW - 40 * DAY)
    night(hub, 1)
    assert holders(hub)["a"] in ("Wang", "Wu")
    night(hub, 6)
    # She is no newcomer any more, so she does not return to the side of newcomers.
    assert holders(hub)["a"] != "Lin"
    assert (holders(hub)["b"], holders(hub)["c"]) == ("Lin", "Lin")
