"""What is expected of customers, kept at the hub: as a desk reckons it, and never behind."""

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from lumi_desk import schema
from lumi_desk.catalog.tables import CardPlan, Product, Setting
from lumi_desk.customers.fields.rules import Field, Patch
from lumi_desk.customers.listing import service as listing
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.rulesets.rules import named
from lumi_desk.customers.tables import Customer, Outlook
from lumi_desk.hub import booking, intake, keeping, linking, nightly, outlooks, restoring, rulebook
from lumi_desk.hub.accept import accept
from lumi_desk.ids import new_id
from lumi_desk.orders.operations import ClaimSale
from lumi_desk.orders.tables import Order, OrderLine, Sale
from lumi_desk.parked.operations import DecideParked
from lumi_desk.parked.rules import Verdict
from lumi_desk.security.roles import Role
from lumi_desk.storage.base import Home
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.test_together import envelope
from tests.makers import NOW, TODAY

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
MEANS = {"model": None, "means": {"1": 70_000, "1C": 40_000, "0": 5_000}, "customers": 900}
HEADER = "订单编号,买家会员名,总金额,买家实际支付金额,退款金额,订单状态,订单创建时间,订单付款时间"


@pytest.fixture
def hub(hub_store: Store) -> Store:
    """Three who bought, one who loaded a card, one who bought nothing."""
    with hub_store.write() as session:
        feed.watch(session)
        session.add(Setting(id=new_id(), rule_set="value", effective=TODAY - DAY, body=MEANS))
        session.add(
            Product(
                id="dream", code="D", name="梦胶原", line="collagen", unit="盒", price_fen=29_800,
                days_per_unit=15,
            )
        )  # fmt: skip
        for pk, bought in (
            ("shan", ((3, 90_000), (300, 9_000))), ("zeng", ((95, 20_000),)),
            ("ou", ((500, 1_000_000),)), ("he", ()),
        ):  # fmt: skip
            her = makers.make_customer(session, id=pk, name=pk)
            for ago, fen in bought:
                _order(session, her, fen, ago)
        card = makers.make_customer(session, id="card", name="card")
        entry = makers.make_card(session, card)
        entry.order_id = makers.make_order(session, card, fen=1_200_000).id
        feed.publish(session)
        intake.reckon(session, NOW)
        outlooks.renew(session, None, NOW)
    return hub_store


def _order(session: Session, her: Customer, fen: int, ago: int, units: int = 2) -> Order:
    order = makers.make_order(session, her, fen=fen, paid_at=NOW - ago * DAY)
    told = {"order_id": order.id, "customer_id": her.id, "product_id": "dream", "position": 1}
    session.add(
        OrderLine(id=new_id(), title="梦胶原", units=units, price_fen=fen, line="collagen", **told)
    )
    session.flush()
    return order


def kept(store: Store) -> dict[str, tuple[int, int, date | None]]:
    with store.read() as session:
        return {
            one.id: (one.brought_fen, one.expected_fen, one.runs_out)
            for one in session.scalars(select(Outlook))
        }


def test_it_is_what_a_desk_would_reckon(hub: Store) -> None:
    with hub.read() as session:
        here = {one.id: one for one in listing.everybody(session, NOW)}
    found = kept(hub)
    assert set(found) == {"shan", "zeng", "ou"}
    for one, (brought, expected, _) in found.items():
        assert (brought, expected) == (here[one].brought_fen, here[one].expected_fen)
    assert (found["shan"][1], found["zeng"][1]) == (70_000, 40_000)
    assert found["ou"][:2] == (1_000_000, 5_000)
    # Thirty days of two boxes begin on the day she paid, and end on the last of them.
    assert found["shan"][2] == TODAY - 3 * DAY + 29 * DAY
    assert found["ou"][2] is None


def test_nothing_is_written_where_nothing_changed(hub: Store) -> None:
    with hub.write() as session:
        assert outlooks.renew(session, None, NOW) == 0
        assert outlooks.catch_up(session, NOW) == 0


def test_a_refund_takes_it_away(hub: Store) -> None:
    with hub.write() as session:
        for order in session.scalars(select(Order).where(Order.customer_id == "zeng")):
            order.paid_fen = 0
        session.flush()
        assert outlooks.renew(session, ["zeng", "shan"], NOW) == 1
    assert "zeng" not in kept(hub)


def test_an_import_brings_it_up_to_date(hub: Store, tmp_path: Path) -> None:
    file = tmp_path / "ExportOrderList202611180900.csv"
    row = "9001,新买家,298,298,0,交易成功,2021-11-10 10:00:00,2021-11-10 10:01:00"
    file.write_text(f"{HEADER}\n{row}\n", "utf-8")
    before = kept(hub)
    intake.take_in(hub, [file], intake.ORDERS, now=NOW)
    new = {one: told for one, told in kept(hub).items() if one not in before}
    assert [told[:2] for told in new.values()] == [(29_800, 5_000)]


def test_two_made_one_are_reckoned_as_one_and_apart_again(hub: Store) -> None:
    before = kept(hub)
    with hub.write() as session:
        feed.watch(session, alone=True)
        made = linking.link(session, "shan", "zeng", NOW)
    assert set(kept(hub)) == {"shan", "ou"}
    assert kept(hub)["shan"][0] == 119_000
    with hub.write() as session:
        feed.watch(session, alone=True)
        linking.unlink(session, made.id, NOW)
    assert kept(hub) == before


def test_new_numbers_of_the_rules_hold_at_once(hub: Store) -> None:
    with hub.write() as session:
        feed.watch(session, alone=True)
        rulebook.set_numbers(session, named("pool"), ["active_days=60"], TODAY, NOW)
    assert kept(hub)["zeng"][1] == 5_000


def test_an_order_that_turns_out_to_have_bought_a_card_counts_no_longer(hub: Store) -> None:
    lin = makers.hub_with_rep(hub, "lin")
    with hub.write() as session:
        feed.watch(session, alone=True)
        session.add(CardPlan(id="c25", name="25,000", value_fen=2_500_000, bonus_fen=50_000))
        feed.publish(session, keeping.assign(session, ["zeng"], lin, NOW - DAY))
        _order(session, session.get_one(Customer, "zeng"), 2_500_000, 0)
        outlooks.renew(session, ["zeng"], NOW)
    assert kept(hub)["zeng"][0] == 2_520_000
    told: dict[str, Any] = {"kind": "card", "item_id": "c25", "fen": 2_500_000}
    told |= {"what": "充值卡", "proof": "1"}
    op = ClaimSale(id=new_id(), customer_id="zeng", by=lin, at=NOW, **told)
    accept(hub, lin, "d1", (envelope(op),), NOW)
    with hub.read() as session:
        assert session.get_one(Sale, op.id).state == booking.CONFIRMED
    assert kept(hub)["zeng"][0] == 20_000


def _household(customer_id: str, by: str, people: int) -> EditCustomer:
    changes = (Patch(Field.HOUSEHOLD, "1", str(people)),)
    told: dict[str, Any] = {"by": by, "at": NOW, "base_ver": 1, "changes": changes}
    return EditCustomer(id=new_id(), customer_id=customer_id, **told)


def test_a_household_that_grows_uses_up_what_it_has_sooner(hub: Store) -> None:
    lin = makers.hub_with_rep(hub, "lin")
    with hub.write() as session:
        feed.watch(session, alone=True)
        feed.publish(session, keeping.assign(session, ["shan"], lin, NOW - DAY))
    before = kept(hub)
    [answer] = accept(hub, lin, "d1", (envelope(_household("shan", lin, 3)),), NOW)
    assert answer.status == "applied"
    assert kept(hub)["shan"] == (*before["shan"][:2], TODAY - 3 * DAY + 9 * DAY)
    assert kept(hub) == before | {"shan": kept(hub)["shan"]}


def test_so_it_is_when_a_leader_lets_the_change_of_another_rep_through(hub: Store) -> None:
    lin, wang = makers.hub_with_rep(hub, "lin"), makers.hub_with_rep(hub, "wang")
    leader = makers.hub_with_rep(hub, "wu", role=Role.LEADER)
    with hub.write() as session:
        feed.watch(session, alone=True)
        feed.publish(session, keeping.assign(session, ["shan"], wang, NOW - DAY))
    op = _household("shan", lin, 3)
    [parked] = accept(hub, lin, "d1", (envelope(op),), NOW)
    assert (parked.status, kept(hub)["shan"][2]) == ("parked", TODAY + 26 * DAY)
    told: dict[str, Any] = {"parked_id": op.id, "verdict": Verdict.ACCEPT}
    decision = DecideParked(id=new_id(), by=leader, at=NOW, customer_id="shan", **told)
    [answer] = accept(hub, leader, "d2", (envelope(decision),), NOW)
    assert answer.status == "applied"
    assert kept(hub)["shan"][2] == TODAY - 3 * DAY + 9 * DAY


def test_the_night_counts_a_day_more(hub: Store) -> None:
    nightly.run(hub, NOW + 300 * DAY)
    assert kept(hub)["zeng"][1] == 5_000


def test_the_night_takes_nothing_back_of_what_is_written_meanwhile(hub: Store) -> None:
    night = threading.Thread(target=outlooks.renew_everybody, args=(hub, NOW))
    with hub.write() as session:
        # Whatever was learned meanwhile: everybody has to be written.
        learned = {"model": None, "means": {"1": 90_000, "0": 6_000}, "customers": 901}
        session.add(Setting(id=new_id(), rule_set="value", effective=TODAY, body=learned))
    with hub.write() as session:
        feed.watch(session, alone=True)
        for order in session.scalars(select(Order).where(Order.customer_id == "zeng")):
            order.paid_fen = 7_000
        session.flush()
        outlooks.renew(session, ["zeng"], NOW)
        night.start()
        # Long enough to read whatever can be read before this is there.
        night.join(0.5)
    night.join(30)
    assert not night.is_alive()
    assert kept(hub)["zeng"][:2] == (7_000, 90_000)


@pytest.fixture
def old(bare_engine: Engine) -> Engine:
    """A hub of the revision before, with somebody who has bought."""
    with bare_engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, [schema.HEADS[Home.SHARED], "hub_0013"])
        for statement in (
            "INSERT INTO customer (id, ver, name, last_paid_at) VALUES ('shan', 1, '单晓飞', 1000)",
            "INSERT INTO customer (id, ver, name) VALUES ('he', 1, '何丽')",
        ):
            connection.execute(text(statement))
    return bare_engine


def test_a_hub_of_before_catches_up(old: Engine) -> None:
    schema.upgrade(old, schema.HUB)
    store = Store(old)
    with store.write() as session:
        shan = session.get_one(Customer, "shan")
        makers.make_order(session, shan, fen=29_800, paid_at=NOW - DAY)
        assert outlooks.catch_up(session, NOW) == 1
        assert outlooks.catch_up(session, NOW) == 0
    assert kept(store)["shan"][0] == 29_800


def test_a_restored_hub_of_before_catches_up(old: Engine) -> None:
    with old.connect() as connection, connection.begin():
        of_hub = "INSERT INTO sync_meta (id, epoch, proto_min, proto_max) VALUES (1, 'one', 1, 1)"
        names = "id, ver, key, shop, status, customer_id, created_at, paid_at, total_fen, paid_fen"
        told = "'9', 1, '9', 'a', 'done', 'shan', 1, 1, 29800, 29800"
        connection.execute(text(of_hub))
        connection.execute(text(f'INSERT INTO "order" ({names}) VALUES ({told})'))
    assert restoring.begin_new_life(old) != "one"
    assert kept(Store(old))["shan"][0] == 29_800
