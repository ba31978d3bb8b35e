"""`lumi-hub identity`, as a keeper types it, on both engines."""

from datetime import date
from pathlib import Path

import pytest

from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.hub import intake, proposing
from lumi_desk.ids import new_id
from lumi_desk.imports.columns import Reason
from lumi_desk.imports.report import Report
from lumi_desk.imports.tables import OrderTrace
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.hub.conftest import Type
from tests.imports import files
from tests.makers import NOW, hub_with_rep, make_customer, make_order
from tests.sync.fleet.checks import check_hub

PHONE = "13800138001"


@pytest.fixture
def two(hub_store: Store) -> tuple[str, str]:
    """A member of the list, and a buyer whose parcels went to the member's phone."""
    lin = hub_with_rep(hub_store, "lin")
    with hub_store.write() as session:
        feed.watch(session)
        told = {"phone": PHONE, "city": "杭州", "birthday": date(1990, 5, 1)}
        member = make_customer(session, lin, name="周文静", **told)
        identity = {"kind": "member", "value": "M000042", "since": NOW}
        session.add(Identity(id=new_id(), customer_id=member.id, **identity))
        buyer = make_customer(session, name="静静不加糖", wangwang="静静不加糖")
        order = make_order(session, buyer, nick="静静不加糖")
        trace = {"receiver": "周文静", "phone": f"86-{PHONE}", "shown": "1", "as_of": NOW}
        session.add(OrderTrace(order_id=order.id, **trace))
        stranger = make_customer(session, name="周文静", city="杭州")
        make_order(session, stranger)
        proposing.note_everybody(session)
        feed.publish(session)
        return member.id, buyer.id


def test_the_review_list_shows_both_sides_and_no_number(type_: Type, two: tuple[str, str]) -> None:
    data = type_("identity", "review", "--json").data
    assert data["likely"] == 1
    [pair] = data["pairs"]
    assert {pair["one"]["id"], pair["other"]["id"]} == set(two)
    assert pair["score"] == 80
    assert [one["kind"] for one in pair["evidence"]] == ["phone", "name"]
    shown = type_("identity", "review").out
    assert "80 points: the same mobile number, the same name" in shown
    assert "138 •••• 8001" in shown
    assert PHONE not in shown + str(data)
    for told in ("周文静", "静静不加糖", "1990-05-01", "M000042", "Lin", "1 of 1 likely pairs"):
        assert told in shown


def test_a_pair_is_linked_listed_and_parted_again(
    type_: Type, two: tuple[str, str], hub_store: Store
) -> None:
    member, buyer = two
    assert "No customers were linked" in type_("identity", "list").out
    made = type_("identity", "link", "M000042", buyer, "--json").data
    assert (made["kept"], made["other"], made["moved"]) == (member, buyer, {"order": 1})
    check_hub(hub_store)
    assert type_("identity", "review", "--json").data["likely"] == 0
    [listed] = type_("identity", "list", "--json").data
    assert (listed["link"], listed["moved"], listed["undone_at"]) == (
        made["link"],
        {"order": 1},
        None,
    )
    assert type_("identity", "unlink", made["link"], "--json").data["moved"] == {"order": 1}
    check_hub(hub_store)
    with hub_store.read() as session:
        assert session.get_one(Customer, buyer).name == "静静不加糖"
    [listed] = type_("identity", "list", "--json").data
    assert listed["undone_at"] is not None
    assert made["link"][:8] in type_("identity", "list").out
    assert type_("identity", "unlink", made["link"], "--json").error["code"] == "UndoneAlready"


def test_who_is_apart_is_not_proposed_until_it_is_taken_back(
    type_: Type, two: tuple[str, str]
) -> None:
    assert "different people" in type_("identity", "apart", *two).out
    assert type_("identity", "review").out.strip() == "Nobody is likely there twice."
    assert type_("identity", "link", *two, "--json").error["code"] == "SaidApart"
    assert type_("identity", "apart", *two, "--undo", "--json").data["apart"] is False
    assert type_("identity", "review", "--json").data["likely"] == 1


def test_what_imports_linked_is_listed_page_by_page_and_undone(
    type_: Type, hub_store: Store, tmp_path: Path
) -> None:
    numbers = [f"214026003863655{n:04d}" for n in range(1, 5)]
    bought = [{"订单编号": one, "买家会员名": f"鱼{one}"} for one in numbers]
    take_in(hub_store, files.orders(tmp_path / "orders.csv", *bought))
    told = {"姓名": "周文静", "手机": PHONE, "订单号": ";".join(numbers)}
    take_in(hub_store, files.members(tmp_path / "list.csv", told))
    assert type_("identity", "list", "--json").data == []
    page = type_("identity", "list", "--by-imports", "--limit", "2", "--json").data
    rest = type_("identity", "list", "--by-imports", "--before", page[1]["link"], "--json").data
    assert [(one["files"], one["moved"]["order"]) for one in (*page, *rest)] == [
        ("list.csv", 1)
    ] * 3
    shown = type_("identity", "list", "--by-imports", "--limit", "2").out
    assert "list.csv" in shown
    assert f"--before {page[1]['link']}" in shown
    assert "--before" not in type_("identity", "list", "--by-imports").out
    assert type_("identity", "unlink", page[0]["link"], "--json").data["moved"]["order"] == 1
    check_hub(hub_store)
    hers = type_("identity", "list", "--customer", PHONE, "--json").data
    assert hers == type_("identity", "list", "--by-imports", "--json").data
    assert [one["undone_at"] is None for one in hers] == [False, True, True]
    report = take_in(hub_store, files.members(tmp_path / "list.csv", told))
    assert [one.reason for one in report.left_out] == [Reason.PARTED]


def take_in(store: Store, path: Path) -> Report:
    return intake.take_in(store, [path], (), now=NOW).report


def test_two_names_of_one_customer_are_no_pair(type_: Type, two: tuple[str, str]) -> None:
    assert type_("identity", "link", two[0], "M000042", "--json").error["code"] == "SamePerson"
    error = type_("identity", "apart", two[0], "nobody", "--json").error
    assert (error["code"], error["params"]) == ("UnknownCustomers", {"count": 1, "places": "2"})


def test_the_keeper_can_weigh_otherwise(
    type_: Type, two: tuple[str, str], hub_store: Store
) -> None:
    from_day = date(2020, 1, 1)
    with hub_store.write() as session:
        feed.watch(session)
        body = {"likely": 81}
        session.add(Setting(id=new_id(), rule_set="identity", effective=from_day, body=body))
        feed.publish(session)
    assert type_("identity", "review", "--json").data["likely"] == 0
