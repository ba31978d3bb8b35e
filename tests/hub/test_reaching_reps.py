"""From an import to a rep's desk: new customers, second purchases, day 180, leave and return."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.clock import SHANGHAI
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.hub import intake, keeping, leaves, nightly, placing
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Person
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import Assignment
from tests import makers
from tests.hubs import Hub
from tests.imports import files
from tests.makers import NOW, TODAY

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
PHONE = "13800004127"


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    """Lin takes newcomers and Wang old customers; both of them have room."""
    for login, side in (("lin", "new"), ("wang", "old"), ("wu", "new")):
        rep_id = makers.hub_with_rep(hub_store, login)
        if login != "wu":
            with hub_store.write() as session:
                placing.set_plan(session, rep_id, side=side, most=10)
    return Hub(hub_store, tmp_path)


def bought(hub: Hub, at: datetime, number: str, phone: str = PHONE) -> None:
    """An export with one order, and whose it is by the members' list, come in an hour later."""
    hub.clock.moment = at
    paid = f"{(at - timedelta(hours=1)).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    row = {"订单编号": number, "联系手机": f"'{phone}", "订单创建时间": paid}
    row |= {"订单付款时间": paid, "买家会员名": "", "买家实际支付金额": "498.00"}
    path = files.orders(hub.folder / f"{number}.csv", row)
    member = {"会员ID": f"M{phone}", "姓名": "王芳芳", "手机": phone, "订单号": number}
    people = files.members(hub.folder / f"{number}-members.csv", member)
    intake.take_in(hub.store, [path, people], (*intake.ORDERS, *intake.MEMBERS), now=at)


def night(hub: Hub, at: datetime) -> None:
    hub.clock.moment = at
    nightly.run(hub.store, at)


def rep_of(hub: Hub, phone: str = PHONE) -> str | None:
    with hub.store.read() as session:
        asked = select(Person.name).join(Customer, Customer.rep_id == Person.id)
        return session.scalar(asked.where(Customer.phone == phone))


def held(desk: Desk) -> list[str]:
    desk.sync_round()
    with desk.store.read() as session:
        return list(session.scalars(select(Customer.phone)))


def test_a_new_customer_is_on_a_reps_desk_when_the_import_has_ended(hub: Hub) -> None:
    bought(hub, NOW, "2140260038636551001")
    with hub.store.read() as session:
        (stay,) = session.scalars(select(Assignment))
    # In the transaction of the import itself, so well within the hour.
    assert (stay.since, stay.until) == (NOW, None)
    desk = hub.desk("lin")
    assert held(desk) == [PHONE]
    desk.close()


def test_her_second_purchase_brings_her_to_the_old_side_with_its_import(hub: Hub) -> None:
    new, old = hub.desk("lin", seat="lin"), hub.desk("wang", seat="wang")
    bought(hub, NOW, "2140260038636551001")
    assert (held(new), held(old)) == ([PHONE], [])
    hub.clock.forward(minutes=40)
    bought(hub, NOW + 20 * DAY, "2140260038636551002")
    assert rep_of(hub) == "Wang"
    hub.clock.moment = NOW + timedelta(minutes=40)
    assert (held(new), held(old)) == ([], [PHONE])
    for desk in (new, old):
        desk.close()


def test_two_orders_of_one_day_are_one_purchase(hub: Hub) -> None:
    bought(hub, NOW, "2140260038636551001")
    bought(hub, NOW + timedelta(hours=2), "2140260038636551002")
    night(hub, NOW + DAY)
    assert rep_of(hub) == "Lin"


def test_in_the_night_of_day_180_she_goes_to_the_old_side_and_not_before(hub: Hub) -> None:
    bought(hub, NOW, "2140260038636551001")
    night(hub, NOW + 179 * DAY)
    assert rep_of(hub) == "Lin"
    night(hub, NOW + 180 * DAY)
    assert rep_of(hub) == "Wang"
    with hub.store.read() as session:
        stays = session.scalars(select(Assignment).order_by(Assignment.since)).all()
    assert [one.until for one in stays] == [NOW + 180 * DAY, None]


def test_while_she_is_on_leave_a_rep_is_given_nobody_and_afterwards_again(hub: Hub) -> None:
    bought(hub, NOW, "2140260038636551001")
    with hub.store.write() as session:
        feed.watch(session, alone=True)
        lin = keeping.person_named(session, "lin").id
        wu = keeping.person_named(session, "wu").id
        wanted = leaves.Wanted(new_id(), lin, TODAY, TODAY + 2 * DAY, wu)
        feed.publish(session, leaves.put(session, wanted, NOW).pairs)
    assert rep_of(hub) == "Wu"
    bought(hub, NOW + DAY, "2140260038636551002", "13900001111")
    assert rep_of(hub, "13900001111") is None
    night(hub, NOW + 2 * DAY)
    assert (rep_of(hub), rep_of(hub, "13900001111")) == ("Wu", None)
    night(hub, NOW + 3 * DAY)
    assert (rep_of(hub), rep_of(hub, "13900001111")) == ("Lin", "Lin")


def test_who_found_no_room_has_a_rep_the_night_after_there_is_some(hub: Hub) -> None:
    with hub.store.write() as session:
        placing.set_plan(session, keeping.person_named(session, "lin").id, most=1)
    bought(hub, NOW, "2140260038636551001")
    bought(hub, NOW, "2140260038636551002", "13900001111")
    assert (rep_of(hub), rep_of(hub, "13900001111")) == ("Lin", None)
    with hub.store.write() as session:
        placing.set_plan(session, keeping.person_named(session, "lin").id, most=2)
    night(hub, NOW + DAY)
    assert rep_of(hub, "13900001111") == "Lin"
