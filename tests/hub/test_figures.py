"""`lumi-hub figures`, on both engines, as a keeper types it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.cards.tables import CardEntry
from lumi_desk.customers.tables import Customer
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from tests import makers
from tests.hub.conftest import Type

DAY = timedelta(days=1)
AGO = 200
SINCE = f"{clock.local_day(clock.now()) - 700 * DAY:%Y-%m}"


def ordered(session: Session, customer: Customer, ago: int, title: str = "梦胶原") -> Order:
    paid_at = clock.now() - ago * DAY
    return makers.make_order(session, customer, paid_at=paid_at, title=title)


def put_in(session: Session, order: Order, line: str, **values: Any) -> None:
    usual = {"title": line, "units": 1, "price_fen": 49_800, "line": line}
    line_of_hers = {"order_id": order.id, "customer_id": order.customer_id, "position": 1}
    session.add(OrderLine(id=new_id(), **{**usual, **line_of_hers, **values}))


def entered(session: Session, customer: Customer, ago: int, kind: str, fen: int) -> CardEntry:
    entry = makers.make_card(session, customer, fen)
    entry.at, entry.kind = clock.now() - ago * DAY, kind
    return entry


def month(ago: int) -> str:
    return f"{clock.local_day(clock.now() - ago * DAY):%Y-%m}"


def share(count: int, of: int) -> dict[str, Any]:
    return {"count": count, "of": of, "rate": round(count / of, 4) if of else None}


def test_cohorts_by_month_and_in_words(type_: Type, hub_store: Store) -> None:
    with hub_store.write() as session:
        again = makers.make_customer(session)
        ordered(session, again, AGO)
        ordered(session, again, AGO - 30, title="大酵素 30 袋")
        ordered(session, makers.make_customer(session), AGO)
        ordered(session, makers.make_customer(session), 0)
        entered(session, makers.make_customer(session), AGO, "open", 1_200_000)
    old, new = type_("figures", "cohorts", "--from", SINCE, "--json").data["cohorts"]
    assert old == {
        "month": month(AGO),
        "customers": 3,
        "waiting": 0,
        "bought_again": share(1, 3),
        "opened_card": share(1, 3),
        "cross_sold": share(1, 3),
    }
    assert (new["month"], new["customers"], new["waiting"]) == (month(0), 1, 1)
    assert new["bought_again"] == share(0, 0)
    typed = type_("figures", "cohorts", "--from", SINCE)
    words = typed.out
    # Customers are no bytes.
    assert "reading customers: 4 of 4" in typed.err
    assert "33.3% (1 of 3)" in words
    assert f"{month(0)} *" in words
    assert f"{month(AGO)} *" not in words
    assert "cross-sold = newcomers who bought both" in words
    assert "The 180 days of those who wait" in words
    assert month(AGO) not in type_("figures", "cohorts", "--from", month(0)).out


def test_a_longer_window_lets_them_wait(type_: Type, hub_store: Store) -> None:
    with hub_store.write() as session:
        ordered(session, makers.make_customer(session), AGO)
    for days, waiting in ((AGO - 1, 0), (AGO, 1)):
        told = type_("figures", "cohorts", "--from", SINCE, "--days", str(days), "--json").data
        assert (told["days"], told["cohorts"][0]["waiting"]) == (days, waiting)
        assert f"within {days} days" in told["formulas"]["bought_again"]


def test_only_what_was_sold_is_a_second_line(type_: Type, hub_store: Store) -> None:
    with hub_store.write() as session:
        for more in ({}, {"price_fen": 0}, {"status": "closed"}):
            order = ordered(session, makers.make_customer(session), AGO)
            put_in(session, order, "collagen")
            put_in(session, order, "enzyme", **more)
        customer = makers.make_customer(session)
        ordered(session, customer, AGO)
        card = entered(session, customer, AGO - 9, "open", 1_200_000)
        card.order_id = ordered(session, customer, AGO - 9, title="酵素充值卡").id
    (one,) = type_("figures", "cohorts", "--from", SINCE, "--json").data["cohorts"]
    assert one["cross_sold"] == share(1, 4)
    assert one["bought_again"] == share(0, 4)


def test_cohorts_are_parted_by_grade_and_by_line(type_: Type, hub_store: Store) -> None:
    with hub_store.write() as session:
        ordered(session, makers.make_customer(session), AGO)
        ordered(session, makers.make_customer(session), AGO, title="大酵素 30 袋")
        entered(session, makers.make_customer(session), AGO, "open", 1_200_000)
    for by, groups in (
        ("grade", {"A": 1, "B": 2}),
        ("line", {"collagen": 1, "enzyme": 1, None: 1}),
    ):
        found = type_("figures", "cohorts", "--from", SINCE, "--by", by, "--json").data["cohorts"]
        assert {one[by]: one["customers"] for one in found} == groups
        assert by in type_("figures", "cohorts", "--from", SINCE, "--by", by).out


def test_renewals(type_: Type, hub_store: Store) -> None:
    with hub_store.write() as session:
        for loaded in (AGO - 90, AGO - 91):
            customer = makers.make_customer(session)
            entered(session, customer, 300, "open", 1_200_000)
            entered(session, customer, AGO, "spend", -1_200_000)
            entered(session, customer, loaded, "top_up", 1_200_000)
            entered(session, customer, 5, "spend", -1_200_000)
    old, new = type_("figures", "renewals", "--from", SINCE, "--json").data["renewals"]
    assert old == {"month": month(AGO), "cards": 2, "waiting": 0, "renewed": share(1, 2)}
    assert new == {"month": month(5), "cards": 2, "waiting": 2, "renewed": share(0, 0)}
    words = type_("figures", "renewals", "--from", SINCE).out
    assert "50.0% (1 of 2)" in words
    assert "renewed = cards loaded again within 90 days" in words


def test_loss(type_: Type, hub_store: Store) -> None:
    first = date(clock.local_day(clock.now()).year - 1, 3, 1)
    start = clock.day_start(first)
    with hub_store.write() as session:
        for later in (None, 20, 70):
            customer = makers.make_customer(session)
            makers.make_order(session, customer, paid_at=start - DAY)
            if later is not None:
                makers.make_order(session, customer, paid_at=start + later * DAY)
    words = ("figures", "loss", "--days", "60")
    found = {one["month"]: one for one in type_(*words, "--json").data["loss"]}
    told = found[f"{first:%Y-%m}"]
    last = (first + 59 * DAY).isoformat()
    assert told == {"month": f"{first:%Y-%m}", "until": last, "members": 3, "waiting": 0} | {
        "lost": share(2, 3)
    }
    assert [*found][:: len(found) - 1] == [f"{first.year}-01", month(0)]
    assert found[month(0)]["lost"] == share(0, 0)
    assert "66.7% (2 of 3)" in type_(*words).out


def test_loss_goes_by_the_pool_in_force(type_: Type, hub_store: Store) -> None:
    june = date(clock.local_day(clock.now()).year - 1, 6, 1)
    with hub_store.write() as session:
        for before in (30, 60):
            paid_at = clock.day_start(june) - before * DAY
            makers.make_order(session, makers.make_customer(session), paid_at=paid_at)
    words = ("figures", "loss", "--from", f"{june:%Y-%m}", "--json")
    assert type_(*words).data["loss"][0]["members"] == 2
    type_("rules", "set", "pool", "active_days=40")
    assert type_(*words).data["loss"][0]["members"] == 1


@pytest.mark.parametrize("told", ["2026", "2026-13", "2026-1", "2026-W01", "9999-01"])
def test_no_month_is_one_sentence(type_: Type, told: str) -> None:
    assert type_("figures", "loss", "--from", told, "--json").error["code"] == "NoMonth"


def test_an_empty_hub_has_nobody_to_count(type_: Type) -> None:
    for what in ("cohorts", "renewals"):
        assert "nobody to count" in type_("figures", what).out
