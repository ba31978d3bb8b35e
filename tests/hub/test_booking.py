"""Orders in the ledgers: counted once, for the right rep, and instead of their claims."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.tables import CardPlan, Product, SettledTitle
from lumi_desk.hub import booking, keeping
from lumi_desk.ids import new_id
from lumi_desk.orders.operations import ClaimSale, claim_sale
from lumi_desk.orders.tables import Order, OrderLine, Sale
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import SyncFeed
from tests import makers
from tests.makers import NOW, TODAY

DAY = timedelta(days=1)


def _facts(session: Session) -> dict[tuple[str, str], int]:
    """Fen or units by kind and rep."""
    rows = session.execute(
        select(Fact.kind, Fact.rep_id, func.sum(Fact.fen + Fact.units)).group_by(
            Fact.kind, Fact.rep_id
        )
    )
    return {(kind, rep): int(total) for kind, rep, total in rows}


def _claim(rep: str, customer_id: str, **values: Any) -> ClaimSale:
    told: dict[str, Any] = {
        "id": new_id(),
        "customer_id": customer_id,
        "by": rep,
        "at": NOW,
        "kind": "product",
        "item_id": "p",
        "what": "胶原",
        "fen": 49_800,
        "proof": "支付宝 1",
    }
    return ClaimSale(**{**told, **values})


def _line(session: Session, order: Order, **values: Any) -> None:
    told: dict[str, Any] = {
        "id": new_id(),
        "order_id": order.id,
        "customer_id": order.customer_id,
        "position": 1,
        "title": "胶原",
        "units": 1,
        "price_fen": 10_000,
    }
    session.add(OrderLine(**{**told, **values}))
    session.flush()


def test_an_order_counts_once_for_who_holds_her(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        feed.watch(session)
        order = makers.make_order(
            session, makers.make_customer(session, rep), paid_at=NOW - DAY, delivered_at=NOW
        )
        first = booking.book(session, [order.id])
        again = booking.book(session, [order.id])
        assert (len(first), again) == (3, [])
        assert _facts(session) == {
            ("cash", rep): 49_800,
            ("orders", rep): 1,
            ("delivered", rep): 49_800,
        }
        days = dict(session.execute(select(Fact.kind, Fact.day)).all())
        assert days == {"cash": TODAY - DAY, "orders": TODAY - DAY, "delivered": TODAY}
        feed.publish(session, first)
    with hub_store.read() as session:
        streams = session.scalars(select(SyncFeed.stream).where(SyncFeed.entity == "fact"))
        assert {stream.split(":")[0] for stream in streams} == {"rep", "team"}


def test_who_held_her_when_she_paid_gets_the_order(hub_store: Store) -> None:
    lin, wang = makers.hub_with_rep(hub_store), makers.hub_with_rep(hub_store, "wang")
    with hub_store.write() as session:
        customer = makers.make_customer(session)
        keeping.assign(session, [customer.id], lin, NOW - 20 * DAY)
        keeping.assign(session, [customer.id], wang, NOW - 10 * DAY)
        then = makers.make_order(session, customer, paid_at=NOW - 15 * DAY)
        now = makers.make_order(session, customer, paid_at=NOW - 10 * DAY)
        before = makers.make_order(session, customer, paid_at=NOW - 30 * DAY)
        booking.book(session, [then.id, now.id, before.id])
        whose = dict(session.execute(select(Fact.source, Fact.rep_id)).all())
    assert whose == {then.id: lin, now.id: wang, before.id: wang}


def test_orders_without_a_person_count_for_nobody_and_stay_on_the_hub(hub_store: Store) -> None:
    with hub_store.write() as session:
        order = makers.make_order(session, None)
        assert booking.book(session, [order.id]) == []
        assert _facts(session)["cash", ""] == 49_800


def test_unpaid_and_wholly_refunded_orders_count_nothing(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        customer = makers.make_customer(session, rep)
        unpaid = makers.make_order(session, customer, paid_fen=0)
        order = makers.make_order(session, customer)
        booking.book(session, [unpaid.id, order.id])
        order.paid_fen, order.refund_fen, order.status = 0, 49_800, "closed"
        session.flush()
        gone = booking.book(session, [unpaid.id, order.id])
        assert len(gone) == 3
        assert _facts(session) == {}


def test_a_partial_refund_lowers_what_was_counted(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        order = makers.make_order(session, makers.make_customer(session, rep))
        booking.book(session, [order.id])
        order.paid_fen, order.refund_fen = 40_000, 9_800
        session.flush()
        changed = booking.book(session, [order.id])
        assert sorted(pk.split(":")[1] for _, pk in changed) == ["cash", "delivered"]
        assert _facts(session)["cash", rep] == 40_000


def test_units_and_high_margin_come_from_the_products(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        session.add(
            Product(
                id="be",
                code="BE30",
                name="大酵素",
                line="enzyme",
                measure="enzyme",
                high_margin=True,
                price_fen=59_800,
            )
        )
        order = makers.make_order(session, makers.make_customer(session, rep), fen=30_000)
        _line(session, order, product_id="be", title="x", units=2)
        _line(session, order, title="梦胶原 10 条", units=3, price_fen=5_000)
        _line(session, order, title="红枣饮", units=1, price_fen=5_000)
        _line(session, order, title="赠品 大酵素", units=9, price_fen=0)
        _line(session, order, product_id="be", units=9, status="closed")
        booking.book(session, [order.id])
        found = _facts(session)
    assert (found["dream", rep], found["enzyme", rep], found["orders", rep]) == (3, 2, 1)
    # 350 of list prices 400 are high-margin: of the 300 paid that is 262.50.
    assert found["high_margin", rep] == 26_250


def test_an_order_is_of_its_own_title_only_if_no_line_ever_came(hub_store: Store) -> None:
    """What is kept of one whose lines were all given back is postage."""
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        session.add(SettledTitle(title="红枣饮", line="enzyme", high_margin=True, at=NOW))
        customer = makers.make_customer(session, rep)
        whole = makers.make_order(session, customer, fen=30_000, title="红枣饮")
        given_back = makers.make_order(session, customer, fen=1_000, title="红枣饮")
        _line(session, given_back, title="红枣饮", status="closed")
        booking.book(session, [whole.id, given_back.id])
        found = _facts(session)
    assert (found["delivered", rep], found["high_margin", rep]) == (31_000, 30_000)


def test_an_order_paid_by_card_is_no_cash(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        order = makers.make_order(session, makers.make_customer(session, rep), by_card=True)
        booking.book(session, [order.id])
        assert _facts(session) == {("orders", rep): 1, ("delivered", rep): 49_800}


def test_a_confirmed_claim_is_not_counted_twice(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        customer = makers.make_customer(session, rep)
        op = _claim(rep, customer.id)
        claim_sale(session, op)
        session.flush()
        assert _facts(session) == {("cash_claimed", rep): 49_800, ("orders_claimed", rep): 1}
        order = makers.make_order(session, customer, paid_at=NOW + DAY, status="paid")
        pairs = booking.book(session, [order.id])
        sale = session.get_one(Sale, op.id)
        assert (sale.state, sale.order_id) == ("confirmed", order.id)
        assert _facts(session) == {("cash", rep): 49_800, ("orders", rep): 1}
        assert ("sale", op.id) in pairs
        assert ("fact", f"{op.id}:cash_claimed") in pairs
        assert booking.settle(session) == []


def test_a_claim_for_an_order_that_came_first_is_settled(hub_store: Store) -> None:
    lin, wang = makers.hub_with_rep(hub_store), makers.hub_with_rep(hub_store, "wang")
    with hub_store.write() as session:
        customer = makers.make_customer(session, wang)
        order = makers.make_order(session, customer, paid_at=NOW - DAY, status="paid")
        booking.book(session, [order.id])
        claim_sale(session, _claim(lin, customer.id))
        session.flush()
        booking.settle(session)
        # Who claimed it has it: she held her when she sold.
        assert _facts(session) == {("cash", lin): 49_800, ("orders", lin): 1}


def test_a_sold_card_is_opened_with_its_bonus(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        session.add(CardPlan(id="c25", name="25,000", value_fen=2_500_000, bonus_fen=50_000))
        customer = makers.make_customer(session, rep)
        op = _claim(rep, customer.id, kind="card", item_id="c25", fen=2_500_000)
        claim_sale(session, op)
        order = makers.make_order(session, customer, fen=2_500_000, paid_at=NOW)
        booking.book(session, [order.id])
        entry = session.scalars(select(CardEntry)).one()
        assert (entry.kind, entry.principal_fen, entry.bonus_fen) == ("open", 2_500_000, 50_000)
        assert (entry.sale_id, entry.order_id, entry.plan_id) == (op.id, order.id, "c25")
        assert _facts(session) == {
            ("cash", rep): 2_500_000,
            ("cards", rep): 1,
            ("card_fen", rep): 2_500_000,
        }


def test_a_card_that_a_list_brought_is_not_opened_again(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        customer = makers.make_customer(session, rep)
        claim_sale(session, _claim(rep, customer.id, kind="card", item_id="c12", fen=1_200_000))
        entry = makers.make_card(session, customer)
        entry.at = NOW + DAY
        order = makers.make_order(session, customer, fen=1_200_000, paid_at=NOW)
        booking.book(session, [order.id])
        assert session.scalars(select(CardEntry)).all() == [entry]
        assert entry.order_id == order.id


def test_a_claim_of_another_amount_or_week_stays_open(hub_store: Store) -> None:
    rep = makers.hub_with_rep(hub_store)
    with hub_store.write() as session:
        customer = makers.make_customer(session, rep)
        claim_sale(session, _claim(rep, customer.id))
        other = makers.make_order(session, customer, fen=49_900, paid_at=NOW)
        late = makers.make_order(session, customer, paid_at=NOW + 8 * DAY)
        booking.book(session, [other.id, late.id])
        assert session.scalars(select(Sale.state)).all() == ["claimed"]


def test_days_are_shanghai_days(hub_store: Store) -> None:
    with hub_store.write() as session:
        late = NOW.replace(hour=17)  # one in the morning of the next day in Shanghai
        order = makers.make_order(session, None, paid_at=late)
        booking.book(session, [order.id])
        assert set(session.scalars(select(Fact.day))) == {date(2026, 11, 18)}
