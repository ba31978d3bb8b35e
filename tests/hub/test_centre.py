"""The doors to customers of the whole centre: who is found, who may look, and what is told."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from lumi_desk.calls.tables import Note, Refusal
from lumi_desk.catalog.tables import Product
from lumi_desk.customers.listing import service as listing
from lumi_desk.customers.listing.rules import Column, Filter, Order, chosen
from lumi_desk.customers.naming import sound
from lumi_desk.customers.tables import Customer, Tag
from lumi_desk.hub import finding, intake, keeping, linking, outlooks
from lumi_desk.ids import new_id
from lumi_desk.looks import service as looks
from lumi_desk.managing.centre import ListCentre
from lumi_desk.orders.tables import OrderLine
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import Assignment
from tests import makers
from tests.hub.test_doors import Stranger
from tests.hubs import Hub
from tests.makers import NOW, TODAY

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
# By whose last order three of them run out: units of a product that lasts fifteen days.
UNITS = {"shan": 2, "zeng": 6, "qiu": 1}
HELD = {"shan", "zeng", "qiu"}
# Id, name, phone, city, days since she bought (fen), tags, and whose she is.
PEOPLE: tuple[tuple[str, str, str, str, tuple[tuple[int, int], ...], tuple[str, ...], str], ...] = (
    ("shan", "单晓飞", "13800004127", "杭州", ((3, 50_000), (300, 9_000)), ("礼品 3/8",), "lin"),
    ("zeng", "曾敏", "13900005555", "", ((95, 20_000),), (), "lin"),
    ("qiu", "仇英", "0571-65554127", "南京", ((200, 90_000), (100, 7)), ("生日",), "xu"),
    ("ou", "欧阳敏", "", "上海", ((500, 1_000_000),), ("生日", "礼品 3/8"), ""),
    ("he", "何丽", "", "", (), (), ""),
)


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Team one: leader Wu, rep Lin; team two: leader Mo, rep Xu; Gu manages, Lo leads no team."""
    one, two = "一组", "二组"
    for login, role, team in (
        ("wu", Role.LEADER, one), ("lin", Role.REP, one), ("mo", Role.LEADER, two),
        ("xu", Role.REP, two), ("gu", Role.MANAGER, one),
    ):  # fmt: skip
        makers.hub_with_rep(hub_store, login, team, role)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        told = {"name": "梦胶原", "line": "collagen", "unit": "盒", "price_fen": 29_800}
        session.add(Product(id="dream", code="D", days_per_unit=15, **told))
        for pk, name, phone, city, bought, tags, login in PEOPLE:
            rep = keeping.person_named(session, login).id if login else None
            pinyin, initials = sound(name)
            told = {"name": name, "phone": phone, "city": city, "pinyin": pinyin}
            her = makers.make_customer(session, rep, id=pk, initials=initials, **told)
            for ago, fen in bought:
                order = makers.make_order(session, her, fen=fen, paid_at=NOW - ago * DAY)
                if pk in UNITS:
                    told = {"order_id": order.id, "customer_id": pk, "product_id": "dream"}
                    told |= {"units": UNITS[pk], "price_fen": fen, "line": "collagen"}
                    session.add(OrderLine(id=new_id(), position=1, title="梦胶原", **told))
            for tag in tags:
                values = {"source": "hand", "rep_id": rep, "at": NOW - DAY}
                session.add(Tag(id=new_id(), customer_id=pk, name=tag, **values))
            if rep:
                began = NOW - 30 * DAY
                session.add(Assignment(id=new_id(), customer_id=pk, rep_id=rep, since=began))
        session.add(Refusal(id=new_id(), customer_id="zeng", rep_id="lin", at=NOW))
        words = "他打 13712345678 也行"
        session.add(Note(id=new_id(), customer_id="shan", rep_id="lin", at=NOW - DAY, words=words))
        feed.publish(session)
        intake.reckon(session, NOW)
        outlooks.renew(session, None, NOW)
    return Hub(hub_store, tmp_path)


def asked(hub: Hub, login: str, door: str = "centre", **told: Any) -> tuple[int, Any]:
    answer = Stranger(hub, login).ask(door, told)
    return answer.status_code, answer.json()


def found(hub: Hub, login: str = "gu", **told: Any) -> list[str]:
    status, answer = asked(hub, login, **told)
    assert status == 200, answer
    assert answer["total"] >= len(answer["customers"])
    return [one["id"] for one in answer["customers"]]


@pytest.mark.parametrize("role", [Role.REP, Role.TRAINEE, Role.KEEPER])
def test_who_leads_nobody_sees_nobody(hub: Hub, role: Role) -> None:
    makers.hub_with_rep(hub.store, "other", "一组", role)
    for door, told in (("centre", {}), ("centre/show", {"id": "shan"})):
        status, problem = asked(hub, "other", door, **told)
        assert (status, problem["code"]) == (403, "NotYours")


def test_a_leader_sees_her_teams_customers_and_a_manager_all(hub: Hub) -> None:
    assert set(found(hub, "wu")) == {"shan", "zeng"}
    assert set(found(hub, "mo")) == {"qiu"}
    assert set(found(hub, "gu")) == {one[0] for one in PEOPLE}
    told = asked(hub, "wu")[1]
    assert (told["total"], told["all"]) == (2, 2)
    assert told["counts"]["tag"] == {"礼品 3/8": 1}
    assert sum(told["counts"]["pool"].values()) == 2
    assert found(hub, "wu", words="生日") == []


def test_nobody_is_shown_beyond_her_team(hub: Hub) -> None:
    for login, pk, status in (
        ("wu", "shan", 200), ("mo", "qiu", 200), ("gu", "ou", 200),
    ):  # fmt: skip
        assert asked(hub, login, "centre/show", id=pk)[0] == status, (login, pk)
    # Whether there is such a customer elsewhere is told to nobody.
    answers = [asked(hub, "wu", "centre/show", id=pk) for pk in ("qiu", "ou", "gone")]
    assert answers == [asked(hub, "gu", "centre/show", id="gone")] * 3
    assert (answers[0][0], answers[0][1]["code"]) == (404, "NoSuchCustomer")


def test_reps_and_teams_narrow_the_list_within_reach(hub: Hub) -> None:
    told = asked(hub, "gu")[1]
    reps = {one["name"]: one for one in told["reps"]}
    assert [one["name"] for one in told["reps"]] == ["Lin", "Wu", "Mo", "Xu"]
    lin, xu = reps["Lin"], reps["Xu"]
    assert (lin["team"], xu["team"], told["counts"]["rep"]) == (
        "一组", "二组", {lin["id"]: 2, xu["id"]: 1},
    )  # fmt: skip
    for values, expected in (
        ({"rep": [lin["id"]]}, {"shan", "zeng"}), ({"rep": [lin["id"], xu["id"]]}, HELD),
        ({"team": [xu["team_id"]]}, {"qiu"}), ({"team": [lin["team_id"], xu["team_id"]]}, HELD),
        ({"rep": [lin["id"]], "team": [xu["team_id"]]}, set()), ({"rep": ["gone"]}, set()),
        ({"rep": [lin["id"]], "pool": ["0"]}, set()),
    ):  # fmt: skip
        assert set(found(hub, values=values)) == expected, values
    assert [one["name"] for one in asked(hub, "wu")[1]["reps"]] == ["Lin", "Wu"]
    assert asked(hub, "gu", counts=False)[1]["reps"] == []
    for values in ({"rep": [xu["id"]]}, {"team": [xu["team_id"]]}):
        assert found(hub, "wu", values=values) == []


def test_who_has_left_stands_among_the_reps_while_she_holds_somebody(hub: Hub) -> None:
    with hub.store.write() as session:
        for login in ("xu", "wu"):
            keeping.person_named(session, login).active = False
    told = asked(hub, "gu")[1]
    assert [one["name"] for one in told["reps"]] == ["Lin", "Mo", "Xu"]


def test_no_whole_number_leaves_the_hub(hub: Hub) -> None:
    told = Stranger(hub, "gu").ask("centre", {}).text
    told += Stranger(hub, "gu").ask("centre/show", {"id": "shan"}).text
    assert "138 •••• 4127" in told
    for number in ("13800004127", "13712345678", "65554127"):
        assert number not in told


def test_a_number_in_a_nick_a_name_or_a_tag_is_masked_and_other_digits_are_not(hub: Hub) -> None:
    with hub.store.write() as session:
        shan = session.get_one(Customer, "shan")
        shan.wangwang, shan.city, shan.allergy = (
            "13900001111",
            "收139 0000 1112",
            "问１３９００００１１１３",
        )
        session.get_one(Customer, "zeng").wangwang = "王芳13900002222"
        session.get_one(Customer, "he").wangwang = "tb390002222"
        values = {"source": "hand", "rep_id": "lin", "at": NOW - DAY}
        session.add(Tag(id=new_id(), customer_id="zeng", name="打 13900002223", **values))
        qiu = session.get_one(Customer, "qiu")
        qiu.name = "+86 139-0000-3333"
        qiu.pinyin, qiu.initials = sound(qiu.name)
    lines = {one["id"]: one for one in asked(hub, "gu")[1]["customers"]}
    assert lines["shan"]["wangwang"] == "139 •••• 1111"
    assert lines["zeng"]["wangwang"] == "王芳139 •••• 2222"
    assert lines["zeng"]["tags"] == ["打 139 •••• 2223"]
    assert lines["he"]["wangwang"] == "tb390002222"
    assert lines["qiu"]["name"] == "139 •••• 3333"
    told = Stranger(hub, "gu").ask("centre", {}).text
    told += "".join(Stranger(hub, "gu").ask("centre/show", {"id": one}).text for one in lines)
    assert "139 •••• 3333" in told
    assert not re.search(r"(139|１３９)[- ]?(0000|００００)", told)
    assert found(hub, words="王芳13900002222") == ["zeng"]
    assert found(hub, words="13900002223") == ["zeng"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("敏", {"zeng", "ou"}), ("shanxiao", {"shan"}), ("oym", {"ou"}), ("4127", {"shan", "qiu"}),
        ("65554127", {"qiu"}), ("1380", set()), ("礼品", {"shan", "ou"}), ("生日 oy", {"ou"}),
        ("100%", set()), ("_", set()),
    ],
)  # fmt: skip
def test_words_find_by_name_sound_digits_and_tag(hub: Hub, words: str, expected: set[str]) -> None:
    assert set(found(hub, words=words)) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"values": {"pool": ["0"]}}, {"ou", "he"}),
        ({"values": {"tag": ["生日"]}}, {"qiu", "ou"}),
        ({"values": {"tag": ["", "生日"]}}, {"qiu", "ou", "zeng", "he"}),
        ({"values": {"tag": ["生日"], "pool": ["1"]}}, {"qiu"}),
        ({"values": {"grade": [""]}}, {"qiu", "ou", "he", "shan"}),
        ({"quiet_from": 95, "quiet_to": 100}, {"zeng", "qiu"}),
        ({"quiet_from": 96}, {"qiu", "ou"}),
        ({"refused": "only"}, {"zeng"}),
        ({"refused": "no", "values": {"pool": ["1"]}}, {"shan", "qiu"}),
        ({"values": {"held": ["nobody"]}}, {"ou", "he"}),
        ({"values": {"held": ["somebody"]}}, {"shan", "zeng", "qiu"}),
        ({"values": {"held": ["somebody", "nobody"], "pool": ["0"]}}, {"ou", "he"}),
        ({"values": {"expected": ["low"]}}, {"zeng", "ou", "he"}),
        ({"values": {"expected": ["middle"]}}, {"shan", "qiu"}),
        ({"values": {"run_out": ["over", "week"]}}, {"zeng", "qiu"}),
        ({"values": {"run_out": ["month"]}}, {"shan"}),
        ({"values": {"run_out": [""]}}, {"ou", "he"}),
    ],
)
def test_filters_narrow_the_list(hub: Hub, told: dict[str, Any], expected: set[str]) -> None:
    assert set(found(hub, **told)) == expected


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    "order",
    ["name", "pool", "grade", "line", "relationship", "last_paid", "day", "year", "brought",
     "expected", "city", "last_contact"],
)  # fmt: skip
def test_the_order_is_that_of_a_desks_list(hub: Hub, order: str, backwards: bool) -> None:
    with hub.store.read() as session:
        rows = listing.everybody(session, NOW)
    here = chosen(rows, Filter(), Order(Column(order), backwards), TODAY)
    assert found(hub, order=order, backwards=backwards) == [one.id for one in here]


def test_who_runs_out_first_stands_first(hub: Hub) -> None:
    assert found(hub, order="run_out") == ["qiu", "zeng", "shan", "ou", "he"]
    assert found(hub, order="run_out", backwards=True) == ["shan", "zeng", "qiu", "ou", "he"]


def test_each_count_is_what_its_filter_finds(hub: Hub) -> None:
    for login in ("gu", "wu"):
        told = asked(hub, login)[1]
        for name, values in told["counts"].items():
            for value, many in values.items():
                assert len(found(hub, login, values={name: [value]})) == many, (name, value)
        for name in ("pool", "grade", "line", "relationship", "expected", "run_out", "held"):
            assert sum(told["counts"][name].values()) == told["all"], name
    assert asked(hub, "gu", counts=False)[1]["counts"] == {}


@pytest.mark.parametrize("told", [{}, {"words": "敏"}, {"values": {"pool": ["1"]}}, {"limit": 1}])
def test_the_sums_are_of_all_who_fit(hub: Hub, told: dict[str, Any]) -> None:
    every = asked(hub, "gu", **{**told, "limit": 100})[1]["customers"]
    sums = asked(hub, "gu", **told)[1]["sums"]
    assert sum(one["customers"] for one in sums) == len(every)
    for one in sums:
        hers = [her for her in every if (her["pool"], her["grade"]) == (one["pool"], one["grade"])]
        assert one["customers"] == len(hers)
        for fen in ("year_fen", "expected_fen"):
            assert one[fen] == sum(her[fen] for her in hers)
    assert sum(one["year_fen"] for one in sums) > 0


def test_pages_hold_everybody_once(hub: Hub) -> None:
    pages = [found(hub, order="name", before=before, limit=2) for before in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert sorted(one for page in pages for one in page) == sorted(one[0] for one in PEOPLE)


def test_a_line_tells_what_a_desks_list_tells(hub: Hub) -> None:
    with hub.store.read() as session:
        here = {one.id: one for one in listing.everybody(session, NOW)}
        there = finding.find(session, None, ListCentre(), NOW).customers
    assert len(there) == len(here)
    for one in there:
        mine = here[one.id]
        assert (one.tags, one.refused, one.year_fen) == (mine.tags, mine.refused, mine.year_fen)
        assert (one.brought_fen, one.expected_fen) == (mine.brought_fen, mine.expected_fen)
        assert (one.grade, one.relationship) == (mine.grade or "", mine.relationship or "")
    assert {one.id: one.rep for one in there}["shan"] == "Lin"
    assert {one.id: one.rep for one in there}["he"] == ""


def test_the_record_says_why_who_held_her_and_what_happened(hub: Hub) -> None:
    told = asked(hub, "gu", "centre/show", id="shan")[1]
    codes = [one["code"] for one in told["whys"]]
    assert codes == [
        "pool_bought", "grade_old", "relationship_points", "value_last_year", "run_out_catalogue",
    ]  # fmt: skip
    assert told["held"][0]["rep"] == "Lin"
    assert [one["kind"] for one in told["history"]] == ["note", "tag", "order", "order"]
    assert [one["fen"] for one in told["history"]] == [None, None, 50_000, 9_000]
    assert (told["history"][1]["what"], told["history"][1]["note"]) == ("礼品 3/8", "Lin")
    assert told["history"][0]["what"] == "他打 137 •••• 5678 也行"
    assert told["customer"]["brought_fen"] == 59_000


@pytest.mark.parametrize(
    "told",
    [{"order": "tags"}, {"limit": 101}, {"before": -1}, {"values": {"name": ["x"]}},
     {"words": "x" * 201}, {"quiet_from": -1}, {"refused": "maybe"}],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(hub: Hub, told: dict[str, Any]) -> None:
    assert asked(hub, "gu", **told)[0] == 422


def test_looking_changes_nothing(hub: Hub) -> None:
    with hub.store.read() as session:
        before = [(one.id, one.ver) for one in session.query(Customer).order_by(Customer.id)]
    asked(hub, "gu")
    asked(hub, "gu", "centre/show", id="shan")
    with hub.store.read() as session:
        assert before == [(o.id, o.ver) for o in session.query(Customer).order_by(Customer.id)]


def looked(hub: Hub) -> list[tuple[str, str, int]]:
    """Who looked at whom, and at how many: the latest first."""
    with hub.store.read() as session:
        return [(one.who, one.customer_id, one.rows) for one in looks.latest(session, 99)]


def test_whoever_is_shown_a_record_or_a_list_is_written_down(hub: Hub) -> None:
    asked(hub, "gu", limit=3, words="13800004127")
    asked(hub, "wu")
    asked(hub, "wu", "centre/show", id="shan")
    assert looked(hub) == [("Wu", "shan", 1), ("Wu", "", 2), ("Gu", "", 1)]
    with hub.store.read() as session:
        *_, first = looks.latest(session, 99)
    assert first.asked == {"words": "138 •••• 4127", "limit": 3}


def test_whoever_is_refused_is_shown_nothing_and_leaves_no_trace(hub: Hub) -> None:
    for told in ({"id": "qiu"}, {"id": "gone"}):
        asked(hub, "wu", "centre/show", **told)
    asked(hub, "gu", order="tags")
    asked(hub, "lin")
    assert looked(hub) == []


def test_what_cannot_be_written_down_is_not_shown(hub: Hub) -> None:
    with hub.store.write() as session:
        session.execute(text("DROP TABLE look"))
    headers = Stranger(hub, "wu").headers
    client = TestClient(hub.client.app, raise_server_exceptions=False)
    for door, told in (("centre", {}), ("centre/show", {"id": "shan"})):
        answer = client.post(f"/v1/{door}", json=told, headers=headers)
        assert answer.status_code == 500
        assert "单晓飞" not in answer.text


def test_a_manager_is_told_who_looked_and_a_leader_is_not(hub: Hub) -> None:
    for login in ("wu", "wu", "gu"):
        asked(hub, login, "centre/show", id="shan")
    told = asked(hub, "gu", "centre/show", id="shan")[1]["looks"]
    assert [(one["who"], one["times"]) for one in told] == [("Gu", 1), ("Wu", 2)]
    assert asked(hub, "wu", "centre/show", id="shan")[1]["looks"] is None


def test_who_looked_is_known_after_two_were_made_one(hub: Hub) -> None:
    asked(hub, "wu", "centre/show", id="zeng")
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        linking.link(session, "shan", "zeng", NOW)
    told = asked(hub, "gu", "centre/show", id="shan")[1]["looks"]
    assert [one["who"] for one in told] == ["Wu"]
