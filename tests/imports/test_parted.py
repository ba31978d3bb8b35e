"""What a list made one is made two again: they stay two, whatever list comes after."""

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lumi_desk.cards.tables import CardEntry
from lumi_desk.consents.tables import Consent
from lumi_desk.customers.tables import Customer, Identity, Tag
from lumi_desk.customers.tags.rules import rule
from lumi_desk.hub import intake, keeping, likely, linking, proposing, tagging
from lumi_desk.identity.tables import IdentityLink
from lumi_desk.imports.columns import Reason
from lumi_desk.imports.mapping import Wish
from lumi_desk.imports.report import Report
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.hub.test_linking import contents
from tests.imports import files
from tests.imports.test_lists_in_any_order import LISTS, write
from tests.makers import hub_with_rep
from tests.stores import sqlite_hub
from tests.sync.fleet.checks import check_hub

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
NUMBER, LATER = "2140260038636553217", "2140260038636559901"
HERS = {"姓名": "周文静", "手机": "13800004127"}
NAMING = HERS | {"订单号": NUMBER}
OWNED: tuple[Any, ...] = (Order, OrderLine, Identity, CardEntry, Consent)


def bring(store: Store, path: Path) -> Report:
    report = intake.take_in(store, [path], (), now=NOW, wish=Wish(confirmed=True)).report
    check_hub(store)
    return report


def told(store: Store, folder: Path, row: Mapping[str, str], name: str = "list.csv") -> Report:
    return bring(store, files.members(folder / name, row))


def bought(store: Store, folder: Path, number: str = NUMBER) -> Report:
    """An order of somebody who is known by her nick alone, with a line."""
    row = {"订单编号": number, "买家会员名": "静静", "联系手机": "'13900004128"}
    orders = files.orders(folder / f"{number}.csv", row)
    items = files.items(folder / f"{number}items.csv", {"订单编号": number})
    report = intake.take_in(store, [orders, items], (), now=NOW).report
    check_hub(store)
    return report


def the_link(store: Store) -> IdentityLink:
    with store.read() as session:
        return session.scalars(select(IdentityLink)).one()


def part(store: Store, link_id: str) -> None:
    with store.write() as session:
        feed.watch(session, alone=True)
        linking.unlink(session, link_id, NOW)
    check_hub(store)


def owners(store: Store) -> dict[tuple[str, str], str | None]:
    """Whose everything is."""
    with store.read() as session:
        return {
            (one.__tablename__, pk): customer_id
            for one in OWNED
            for pk, customer_id in session.execute(select(one.id, one.customer_id))
        }


def proposed(store: Store) -> int:
    proposing.catch_up(store, NOW)
    with store.read() as session:
        return likely.review(session, 9)[1]


@pytest.fixture
def one(hub_store: Store, tmp_path: Path) -> tuple[IdentityLink, dict[Any, Any]]:
    """A list has told that the buyer is the one of another list; and all that was before it."""
    bought(hub_store, tmp_path)
    told(hub_store, tmp_path, HERS, "first.csv")
    before = contents(hub_store)
    told(hub_store, tmp_path, NAMING)
    return the_link(hub_store), before


def test_what_a_list_made_one_is_given_back_exactly(
    one: tuple[IdentityLink, dict[Any, Any]], hub_store: Store
) -> None:
    made, before = one
    with hub_store.read() as session:
        her = session.scalars(select(Customer)).one()
        assert (her.id, her.wangwang, her.phone) == (made.kept_id, "静静", "13800004127")
    part(hub_store, made.id)
    after = contents(hub_store)
    [number] = [after.pop(key) for key in after.keys() - before.keys()]
    assert (number["kind"], number["value"], number["customer_id"]) == (
        "order",
        NUMBER,
        made.other_id,
    )
    assert after == before


def test_who_was_parted_is_not_made_one_again_by_any_list(
    one: tuple[IdentityLink, dict[Any, Any]], hub_store: Store, tmp_path: Path
) -> None:
    made, _ = one
    part(hub_store, made.id)
    stood = owners(hub_store)
    for row, name in ((NAMING, "list.csv"), (NAMING | {"城市": "杭州"}, "other.csv")):
        report = told(hub_store, tmp_path, row, name)
        assert [(one.reason, one.params) for one in report.left_out] == [
            (Reason.PARTED, (("found", NUMBER),))
        ]
        assert report.members.left_out == 0
    bought(hub_store, tmp_path)
    assert owners(hub_store) == stood
    assert proposed(hub_store) == 0
    with hub_store.write() as session, pytest.raises(linking.SaidApart):
        linking.link(session, made.kept_id, made.other_id, NOW)


def test_the_number_of_an_order_names_who_got_it_back(
    one: tuple[IdentityLink, dict[Any, Any]], hub_store: Store, tmp_path: Path
) -> None:
    made, _ = one
    part(hub_store, made.id)
    told(hub_store, tmp_path, {"姓名": "李梅", "会员号": "M9", "订单号": NUMBER}, "right.csv")
    with hub_store.read() as session:
        member = select(Identity.customer_id).where(Identity.value == "M9")
        assert session.scalars(member).one() == made.other_id


def test_a_line_that_came_later_goes_with_its_order(
    one: tuple[IdentityLink, dict[Any, Any]], hub_store: Store, tmp_path: Path
) -> None:
    made, _ = one
    lines = [{"标题": "酵素粉20袋", "商家编码": "JS"}, {}]
    bring(hub_store, files.items(tmp_path / "more.csv", *lines))
    later = bought(hub_store, tmp_path, LATER)
    assert later.buyers.added == 0
    part(hub_store, made.id)
    with hub_store.read() as session:
        whose = {
            (number, customer_id)
            for number, customer_id in session.execute(
                select(Order.number, OrderLine.customer_id).join(
                    OrderLine, OrderLine.order_id == Order.id
                )
            )
        }
    # What was bought meanwhile stays, though her nick went back.
    assert whose == {(NUMBER, made.other_id), (LATER, made.kept_id)}


def test_who_is_held_keeps_what_is_hers(
    one: tuple[IdentityLink, dict[Any, Any]], hub_store: Store
) -> None:
    made, _ = one
    rep = hub_with_rep(hub_store, "lin")
    with hub_store.write() as session:
        feed.watch(session)
        feed.publish(session, keeping.assign(session, [made.kept_id], rep, NOW))
    part(hub_store, made.id)
    with hub_store.read() as session:
        assert session.get_one(Customer, made.kept_id).rep_id == rep
        assert session.get_one(Customer, made.other_id).rep_id is None


def test_who_is_parted_has_the_tags_of_rules_at_once(
    one: tuple[IdentityLink, dict[Any, Any]], hub_store: Store
) -> None:
    made, _ = one
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        tagging.set_rules(session, (rule("睡眠", ["quiet>=60"]),), NOW)
    part(hub_store, made.id)
    with hub_store.read() as session:
        tags = select(Tag.name).where(Tag.customer_id == made.other_id, Tag.removed_at.is_(None))
        assert session.scalars(tags).all() == ["睡眠"]


def test_ids_of_a_list_make_nobody_one_again(hub_store: Store, tmp_path: Path) -> None:
    told(hub_store, tmp_path, {"姓名": "周文静", "微信号": "wx_her", "城市": "杭州"}, "wechat.csv")
    told(hub_store, tmp_path, HERS, "first.csv")
    before = contents(hub_store)
    both = HERS | {"微信号": "wx_her"}
    told(hub_store, tmp_path, both)
    made = the_link(hub_store)
    part(hub_store, made.id)
    after = contents(hub_store)
    her = after["customer", made.kept_id]
    assert (her["wechat"], her["city"], before["customer", made.kept_id]["city"]) == (
        "wx_her",
        "",
        "",
    )
    assert after["customer", made.other_id] == before["customer", made.other_id]
    report = told(hub_store, tmp_path, both | {"生日": "1975-03-08"}, "other.csv")
    assert [(one.reason, one.params) for one in report.left_out] == [
        (Reason.PARTED, (("found", "wx_her"),))
    ]
    assert proposed(hub_store) == 0
    # Something new speaks for it.
    with hub_store.write() as session:
        feed.watch(session)
        for pk in (made.kept_id, made.other_id):
            session.get_one(Customer, pk).phone = "13700000001"
        proposing.note(session, (made.kept_id, made.other_id))
        feed.publish(session)
    assert proposed(hub_store) == 1


def test_who_came_and_went_in_one_list_comes_back(hub_store: Store, tmp_path: Path) -> None:
    wechat = {"姓名": "周文静", "手机": "", "微信号": "wx_her", "会员号": ""}
    phone = wechat | {"手机": "13800004127", "微信号": "", "会员号": "M7"}
    rows = (wechat, phone, phone | {"微信号": "wx_her", "手机": ""})
    bring(hub_store, files.members(tmp_path / "list.csv", *rows))
    made = the_link(hub_store)
    part(hub_store, made.id)
    report = bring(hub_store, files.members(tmp_path / "list.csv", *rows))
    assert [one.line for one in report.left_out] == [4]
    with hub_store.read() as session:
        wechats = select(Identity.customer_id).where(Identity.kind == "wechat")
        assert session.scalars(wechats).one() == made.other_id
        assert set(session.scalars(select(Customer.id))) == {made.kept_id, made.other_id}


@given(st.permutations([*LISTS]), st.permutations([*LISTS]), st.integers(0, 20))
@settings(max_examples=25)
def test_what_was_undone_stays_undone_in_whatever_order_lists_come(
    hub_file: Path, first: list[str], again: list[str], which: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = sqlite_hub(hub_file, folder)
        paths = {one: write(folder, one, range(2)) for one in LISTS}
        for one in first:
            bring(store, paths[one])
        with store.read() as session:
            made = session.scalars(select(IdentityLink).order_by(IdentityLink.id)).all()
        if made:
            undone = made[which % len(made)]
            whole = contents(store)
            with store.read() as session:
                gone = session.get(Customer, undone.kept_id) is None
            if gone:
                with pytest.raises(linking.KeptIsGone):
                    part(store, undone.id)
            else:
                part(store, undone.id)
                assert contents(store).keys() == whole.keys() | {("customer", undone.other_id)}
        stood = owners(store)
        for one in again:
            bring(store, paths[one])
        assert owners(store) == stood
        assert not any(bring(store, paths[one]).changed_anything for one in first)
        store.close()
