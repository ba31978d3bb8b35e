"""The doors of the review: who may say who is who, what she sees, and never over another."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lumi_desk.calls.tables import Refusal
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.hub import linking, proposing
from lumi_desk.identity.tables import IdentityLink
from lumi_desk.ids import new_id
from lumi_desk.imports.tables import OrderTrace
from lumi_desk.imports.uniting import Uniting
from lumi_desk.orders.tables import Order
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.test_doors import Stranger
from tests.hubs import Hub
from tests.makers import NOW
from tests.sync.fleet.checks import check_hub

pytestmark = pytest.mark.slow

PHONE, LANDLINE = "13800138001", "0571-87654321"
DOORS = ("", "/show", "/one", "/two", "/undo", "/history", "/numbers")
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Two managers, two teams; a member, a buyer with her phone, and a household of another."""
    for login in ("gu", "he"):
        makers.hub_with_rep(hub_store, login, team="", role=Role.MANAGER)
    makers.hub_with_rep(hub_store, "wu", role=Role.LEADER)
    makers.hub_with_rep(hub_store, "bai", team="二组", role=Role.LEADER)
    lin = makers.hub_with_rep(hub_store, "lin")
    zhao = makers.hub_with_rep(hub_store, "zhao", team="二组")
    with hub_store.write() as session:
        feed.watch(session)
        told = {"phone": PHONE, "city": "杭州市", "birthday": date(1990, 5, 1)}
        makers.make_customer(session, lin, id="member", name="周文静", **told)
        identity = {"kind": "member", "value": "M000042", "since": NOW}
        session.add(Identity(id=new_id(), customer_id="member", **identity))
        makers.make_customer(session, id="buyer", name="静静不加糖", wechat="wj_zhou", city="杭州")
        buyer = session.get_one(Customer, "buyer")
        order = makers.make_order(session, buyer, nick="静静不加糖", channel="taobao")
        trace = {"receiver": "周文静", "phone": f"86-{PHONE}", "shown": "1", "as_of": NOW}
        session.add(OrderTrace(order_id=order.id, **trace))
        for pk, name, phone in (
            ("he", "何丽", LANDLINE),
            ("shen", "沈玉兰", "0571 8765 4321"),
            ("shen2", "沈玉兰", LANDLINE),
        ):
            makers.make_customer(session, zhao, id=pk, name=name, phone=phone)
        proposing.note_everybody(session)
        feed.publish(session)
    return Hub(hub_store, tmp_path)


def asking(hub: Hub, login: str) -> Ask:
    who = Stranger(hub, login)

    def ask(door: str, **told: Any) -> tuple[int, Any]:
        answer = who.ask(f"identity{door}", told)
        return answer.status_code, answer.json()

    return ask


@pytest.fixture
def gu(hub: Hub) -> Ask:
    return asking(hub, "gu")


def pair(ask: Ask, one: str = "member", other: str = "buyer") -> Any:
    status, shown = ask("/show", one=one, other=other)
    assert status == 200, shown
    return shown


def one(ask: Ask, keep: str = "member", other: str = "buyer", **told: Any) -> dict[str, Any]:
    """What is sent to say that they are one, as they are shown now."""
    mark = pair(ask, keep, other)["mark"]
    return {"id": new_id(), "keep": keep, "other": other, "mark": mark, **told}


def two(ask: Ask, one: str = "member", other: str = "buyer", **told: Any) -> dict[str, Any]:
    """What is sent to say that they are two, as they are shown now."""
    return {
        "id": new_id(),
        "one": one,
        "other": other,
        "mark": pair(ask, one, other)["mark"],
    } | told


def listed(ask: Ask, **told: Any) -> list[tuple[str, str]]:
    return [(row["one"], row["other"]) for row in ask("", **told)[1]["pairs"]]


def customers(hub: Hub) -> set[str]:
    with hub.store.read() as session:
        return set(session.scalars(select(Customer.id)))


@pytest.mark.parametrize("role", [Role.REP, Role.TRAINEE, Role.KEEPER])
@pytest.mark.parametrize("door", DOORS)
def test_a_door_opens_for_who_may_say_who_is_who(hub: Hub, role: Role, door: str) -> None:
    makers.hub_with_rep(hub.store, "mo", role=role)
    whole = {"id": new_id(), "one": "member", "other": "buyer", "keep": "member", "mark": ""}
    status, problem = asking(hub, "mo")(door, **whole)
    assert (status, problem["code"]) == (403, "NotYours")
    assert len(customers(hub)) == 5


def test_the_most_evidence_comes_first_page_by_page(gu: Ask) -> None:
    _, told = gu("", limit=1)
    [first] = told["pairs"]
    assert (told["waiting"], told["numbers"]) == (2, 1)
    assert (first["one"], first["other"], first["score"]) == ("buyer", "member", 80)
    assert (first["evidence"], first["sharing"], first["again"]) == (["phone", "name"], 0, False)
    assert (first["one_name"], first["other_name"]) == ("静静不加糖", "周文静")
    _, rest = gu("", limit=1, after=told["more"])
    [second] = rest["pairs"]
    assert (second["one"], second["other"], rest["more"]) == ("shen", "shen2", "")
    assert (second["evidence"], second["sharing"]) == (["landline", "name"], 3)
    assert listed(gu, after="nonsense") == listed(gu)


def test_a_page_goes_on_behind_a_pair_that_was_decided_meanwhile(gu: Ask) -> None:
    _, told = gu("", limit=1)
    assert gu("/two", **two(gu))[0] == 200
    assert listed(gu, after=told["more"]) == [("shen", "shen2")]


def test_both_stand_side_by_side_with_what_agrees_and_no_number(gu: Ask) -> None:
    shown = pair(gu)
    fields = {each["field"]: each for each in shown["fields"]}
    agreement = {name: each["agreement"] for name, each in fields.items()}
    assert (shown["one"], shown["other"], shown["score"], shown["against"]) == (
        "buyer",
        "member",
        80,
        "",
    )
    assert [(each["kind"], each["points"]) for each in shown["evidence"]] == [
        ("phone", 60),
        ("name", 20),
    ]
    assert {name: agreement[name] for name in ("name", "phone", "city")} == dict.fromkeys(
        ("name", "phone", "city"), "same"
    )
    assert {agreement[name] for name in ("wechat", "nick", "member", "birthday")} == {"one_side"}
    assert fields["phone"]["one"] == [{"text": "138 •••• 8001", "same": True, "lent": False}]
    assert fields["rep"]["other"] == [{"text": "Lin", "same": False, "lent": False}]
    assert fields["orders"]["one"] == [{"text": "1", "same": False, "lent": False}]
    assert "8001380" not in str(shown)
    assert PHONE not in str(shown)


def test_what_would_come_of_them_is_told_the_member_first(gu: Ask) -> None:
    member, buyer = pair(gu)["becomes"]
    assert member == {
        "keep": "member", "moving": {"order": 1}, "filled": ["wechat"], "rep": "Lin", "loser": "",
    }  # fmt: skip
    assert buyer == {
        "keep": "buyer", "moving": {"identity": 1}, "filled": ["phone", "birthday"], "rep": "Lin",
        "loser": "",
    }  # fmt: skip


def test_a_lent_number_is_shown_and_is_never_the_same(hub: Hub, gu: Ask) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        for pk, phone in (("member", "17012345678"), ("buyer", "17012345678")):
            session.get_one(Customer, pk).phone = phone
        feed.publish(session)
    shown = pair(gu)
    phones = next(each for each in shown["fields"] if each["field"] == "phone")
    lent = {"text": "170 •••• 5678", "same": False, "lent": True}
    assert phones["other"] == [lent]
    assert lent in phones["one"]
    assert phones["agreement"] != "same"
    assert "phone" not in [each["kind"] for each in shown["evidence"]]


def test_different_birthdays_rule_it_out_and_say_so(hub: Hub, gu: Ask) -> None:
    told = one(gu)
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Customer, "buyer").birthday = date(1990, 5, 2)
        feed.publish(session)
    shown = pair(gu)
    assert shown["against"] == "birthday"
    assert next(f for f in shown["fields"] if f["field"] == "birthday")["agreement"] == "differs"
    assert gu("/one", **told)[1]["code"] == "PairChanged"
    assert gu("/one", **one(gu))[1]["code"] == "CannotBeOne"
    assert len(customers(hub)) == 5


def test_they_become_one_and_two_again_and_the_history_says_by_whom(hub: Hub, gu: Ask) -> None:
    told = one(gu)
    status, done = gu("/one", **told)
    assert (status, done) == (
        200,
        {"id": told["id"], "said": "one", "moved": {"order": 1}, "again": False},
    )
    check_hub(hub.store)
    assert "buyer" not in customers(hub)
    assert listed(gu) == [("shen", "shen2")]
    _, history = asking(hub, "he")("/history")
    [made] = history["decisions"]
    assert (made["said"], made["one_name"], made["other_name"], made["by"], made["undone_at"]) == (
        "one", "周文静", "静静不加糖", "Gu", None,
    )  # fmt: skip
    assert made["at"] == int(NOW.timestamp() * 1000)
    assert asking(hub, "he")("/undo", id=told["id"])[1]["moved"] == {"order": 1}
    check_hub(hub.store)
    assert "buyer" in customers(hub)
    [made] = gu("/history")[1]["decisions"]
    assert (made["by"], made["undone_by"], made["undone_at"] is not None) == ("Gu", "He", True)
    assert listed(gu) == [("buyer", "member"), ("shen", "shen2")]


def test_two_people_are_not_asked_about_until_something_new_speaks(hub: Hub, gu: Ask) -> None:
    told = two(gu)
    assert gu("/two", **told)[1] == {"id": told["id"], "said": "two", "moved": {}, "again": False}
    assert listed(gu) == [("shen", "shen2")]
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Customer, "member").wechat = "WJ_zhou"
        proposing.note(session, ["member"])
        feed.publish(session)
    _, again = gu("")
    assert [row["again"] for row in again["pairs"]] == [True, False]
    assert gu("/one", **one(gu))[0] == 200
    assert "buyer" not in customers(hub)


def test_what_an_import_made_one_is_nobodys_decision_until_it_is_undone(hub: Hub, gu: Ask) -> None:
    told = pair(gu)
    with hub.store.write() as session:
        feed.watch(session)
        uniting = Uniting(session, NOW, "import")
        touched = uniting.unite("member", "buyer")
        uniting.write()
        feed.publish(session, touched)
    assert gu("/history")[1]["decisions"] == []
    shown = {"one": "member", "other": "buyer", "id": new_id(), "mark": told["mark"]}
    assert gu("/two", **shown)[1]["code"] == "PairChanged"
    with hub.store.read() as session:
        [link_id] = session.scalars(select(IdentityLink.id))
    assert gu("/undo", id=link_id)[1]["moved"] == {"order": 1}
    check_hub(hub.store)
    assert listed(gu) == [("shen", "shen2")]
    [made] = gu("/history")[1]["decisions"]
    assert (made["said"], made["by"], made["undone_at"]) == ("two", "Gu", None)
    assert gu("/undo", id=made["id"])[0] == 200
    assert listed(gu) == [("buyer", "member"), ("shen", "shen2")]


def test_that_they_are_two_can_be_undone(gu: Ask) -> None:
    told = two(gu)
    gu("/two", **told)
    assert gu("/undo", id=told["id"])[0] == 200
    assert listed(gu) == [("buyer", "member"), ("shen", "shen2")]
    assert [each["said"] for each in gu("/history")[1]["decisions"]] == ["two"]


@pytest.mark.parametrize(
    ("first", "what"),
    [("/one", "they are one person"), ("/two", "they are two people")],
)
def test_of_two_reviewers_the_second_is_told_who_was_first(
    hub: Hub, gu: Ask, first: str, what: str
) -> None:
    he = asking(hub, "he")
    hers = {"/one": one(gu), "/two": two(gu)}
    his = {"/one": one(he), "/two": two(he)}
    assert gu(first, **hers[first])[0] == 200
    before = customers(hub)
    for door, told in his.items():
        status, problem = he(door, **told)
        assert (status, problem["code"]) == (409, "PairDecided")
        assert problem["params"] == {"who": "Gu", "what": what}
    assert he("/show", one="member", other="buyer")[1]["code"] == "PairDecided"
    assert customers(hub) == before
    assert len(gu("/history")[1]["decisions"]) == 1
    assert gu("/undo", id=hers[first]["id"])[0] == 200
    status, problem = he("/undo", id=hers[first]["id"])
    assert (status, problem["code"], problem["params"]) == (409, "UndoneBefore", {"who": "Gu"})
    assert he("/one", **one(he))[0] == 200


def test_what_changed_since_it_was_shown_is_not_decided(hub: Hub, gu: Ask) -> None:
    told = two(gu), one(gu)
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Customer, "member").city = "宁波"
        feed.publish(session)
    assert gu("/two", **told[0])[1]["code"] == "PairChanged"
    assert gu("/one", **told[1])[1]["code"] == "PairChanged"
    assert gu("/history")[1]["decisions"] == []
    assert gu("/show", one="member", other="nobody")[1]["code"] == "PairChanged"
    assert gu("/show", one="member", other="member")[1]["code"] == "PairChanged"


@pytest.mark.parametrize("door", ["/one", "/two", "/undo"])
def test_asking_again_has_one_effect(hub: Hub, gu: Ask, door: str) -> None:
    told = {"/one": one(gu), "/two": two(gu)}.get(door) or {"id": new_id()}
    if door == "/undo":
        gu("/one", **one(gu, id=told["id"]))
    _, first = gu(door, **told)
    status, again = gu(door, **told)
    assert (status, again) == (200, {**first, "moved": {}, "again": True})
    assert len(gu("/history")[1]["decisions"]) == 1
    if door != "/undo":
        status, problem = asking(hub, "he")(door, **told)
        assert (status, problem["code"]) == (422, "IdTaken")


def test_a_link_of_one_who_went_on_is_undone_last(gu: Ask) -> None:
    first = one(gu)
    gu("/one", **first)
    second = one(gu, "he", "member")
    assert gu("/one", **second)[0] == 200
    status, problem = gu("/undo", id=first["id"])
    assert (status, problem["code"]) == (422, "KeptIsGone")
    assert gu("/undo", id=second["id"])[0] == 200
    assert gu("/undo", id=first["id"])[0] == 200
    assert gu("/undo", id=new_id())[1]["code"] == "NoSuchDecision"


def test_a_leader_decides_about_her_teams_customers_alone(hub: Hub) -> None:
    wu, bai = asking(hub, "wu"), asking(hub, "bai")
    assert listed(wu) == [("buyer", "member")]
    assert listed(bai) == [("shen", "shen2")]
    assert (wu("")[1]["numbers"], bai("")[1]["numbers"]) == (0, 1)
    assert bai("/show", one="member", other="buyer")[1]["code"] == "NotYours"
    told = one(wu)
    assert bai("/one", **told)[1]["code"] == "NotYours"
    assert bai("/two", id=new_id(), one="member", other="buyer", mark="x")[1]["code"] == "NotYours"
    assert wu("/one", **told)[0] == 200
    assert bai("/undo", id=told["id"])[1]["code"] == "NotYours"
    assert bai("/history")[1]["decisions"] == []
    assert len(wu("/history")[1]["decisions"]) == 1
    assert wu("/undo", id=told["id"])[0] == 200


def test_a_leader_without_a_team_sees_nobody(hub: Hub) -> None:
    makers.hub_with_rep(hub.store, "xu", team="", role=Role.LEADER)
    xu = asking(hub, "xu")
    assert xu("")[1] == {
        "waiting": 0, "pairs": [], "more": "", "numbers": 0, "comparing": 0,
    }  # fmt: skip
    assert xu("/numbers")[1] == {"numbers": []}


def test_who_loses_her_is_told_before_and_so_it_comes(hub: Hub, gu: Ask) -> None:
    with hub.store.read() as session:
        zhao = session.get_one(Customer, "he").rep_id
    with hub.store.write() as session:
        feed.watch(session)
        session.get_one(Customer, "buyer").rep_id = zhao
        feed.publish(session)
    first = pair(gu)["becomes"][0]
    assert (first["keep"], first["rep"], first["loser"]) == ("member", "Lin", "Zhao")
    assert gu("/one", **one(gu))[0] == 200
    check_hub(hub.store)
    # Now neither leader sees both: it is the manager's.
    assert asking(hub, "bai")("/history")[1]["decisions"] == []


def test_a_number_of_several_people_is_a_households(gu: Ask) -> None:
    _, told = gu("/numbers")
    [number] = told["numbers"]
    assert (number["number"], number["kind"], number["people"]) == (
        "0571 •••• 4321",
        "landline",
        3,
    )
    assert {each["name"] for each in number["sharers"]} == {"何丽", "沈玉兰"}
    assert {each["rep"] for each in number["sharers"]} == {"Zhao"}


def test_a_refusal_is_shown_and_moves_with_her(hub: Hub, gu: Ask) -> None:
    with hub.store.write() as session:
        feed.watch(session)
        session.add(Refusal(id="no", customer_id="buyer", rep_id="r", at=NOW))
        feed.publish(session)
    shown = pair(gu)
    refused = next(each for each in shown["fields"] if each["field"] == "refused")
    assert [len(refused[side]) for side in ("one", "other")] == [1, 0]
    assert shown["becomes"][0]["moving"] == {"order": 1, "refusal": 1}
    gu("/one", **one(gu))
    with hub.store.read() as session:
        assert session.get_one(Refusal, "no").customer_id == "member"
        assert session.scalars(select(Order.customer_id)).all() == ["member"]


def test_the_history_comes_page_by_page(gu: Ask) -> None:
    for first, second in (("member", "buyer"), ("shen", "shen2"), ("he", "shen")):
        assert gu("/two", **two(gu, first, second))[0] == 200
    _, page = gu("/history", limit=2)
    _, rest = gu("/history", limit=2, after=page["more"])
    ids = [each["id"] for each in (*page["decisions"], *rest["decisions"])]
    assert len(ids) == len(set(ids)) == 3
    assert rest["more"] == ""


def test_a_link_made_by_command_is_in_the_history_as_nobodys(hub: Hub, gu: Ask) -> None:
    told = one(gu)
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        linking.link(session, "member", "buyer", NOW)
    [made] = gu("/history")[1]["decisions"]
    assert made["by"] == ""
    assert gu("/one", **told)[1]["params"]["who"] == "The hub's keeper"
