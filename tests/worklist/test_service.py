"""Today's list from what a desk holds: whom, in which order, why."""

from datetime import UTC, date, datetime, timedelta
from time import process_time
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.calls import service as calls
from lumi_desk.calls.operations import (
    Dial,
    LogContact,
    Refuse,
    SkipCustomer,
    log_contact,
    refuse,
    skip_customer,
)
from lumi_desk.calls.underway.rules import Dialled, State, UnderWay
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.tables import Product, Setting
from lumi_desk.consents.operations import WithdrawConsent, withdraw_consent
from lumi_desk.consents.rules import Purpose, Way
from lumi_desk.customers.tables import Customer
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from lumi_desk.worklist import service
from lumi_desk.worklist.rules import Reason
from lumi_desk.worklist.service import Listed, Today
from tests import floor
from tests.floor import buys, complains, her, promised, wenjing
from tests.makers import NOW, TODAY, a_call


@pytest.fixture
def store(desk_store: Store) -> Store:
    floor.stock(desk_store)
    return desk_store


def listed(store: Store, now: datetime = NOW) -> Today:
    with store.read() as session:
        return service.today(session, now)


def reasons(today: Today) -> dict[str, Reason]:
    return {one.customer.name: one.entry.reason for one in today.rows}


def only(store: Store, now: datetime = NOW) -> Listed:
    (found,) = listed(store, now).rows
    return found


def spoken(customer: Customer, at: datetime) -> LogContact:
    return a_call("lin", customer.id, started_at=at, dials=(Dial(at, answered=True),))


def newcomer(session: Session, delivered_hours: int) -> Customer:
    ago = NOW - timedelta(days=3)
    customer = her(
        session, "何丽", pool="1", grade="C", year_orders=1, first_paid_at=ago, last_paid_at=ago
    )
    delivered = NOW - timedelta(hours=delivered_hours)
    buys(session, customer, "collagen-taste", 1, paid_at=ago, delivered_at=delivered)
    return customer


def test_the_order_is_that_of_the_reasons(store: Store) -> None:
    with store.write() as session:
        wenjing(session)
        promised(session, her(session, "欧阳敏"), timedelta(minutes=15))
        complains(session, her(session, "陈桂芳"), timedelta(hours=5))
        quiet = NOW - timedelta(days=83)
        her(session, "曾雅琴", last_paid_at=quiet, first_paid_at=quiet, rhythm_days=45)
        newcomer(session, 20)
        her(session, "徐玉兰")
    found = listed(store)
    assert list(reasons(found).items()) == [
        ("欧阳敏", Reason.CALLBACK),
        ("陈桂芳", Reason.COMPLAINT),
        ("周文静", Reason.BALANCE),
        ("何丽", Reason.NEWCOMER),
        ("曾雅琴", Reason.CHURN),
        ("徐玉兰", Reason.REST),
    ]


def _quiet(session: Session, name: str, quiet_days: int, rhythm_days: int, fen: int) -> None:
    """A customer of ten months with a rhythm of her own, quiet for some days."""
    last = NOW - timedelta(days=quiet_days)
    her(
        session,
        name,
        first_paid_at=NOW - timedelta(days=300),
        last_paid_at=last,
        rhythm_days=rhythm_days,
        year_orders=(300 - quiet_days) // rhythm_days + 1,
        year_fen=fen,
    )


def _all_quiet(store: Store) -> list[str]:
    with store.write() as session:
        _quiet(session, "久未", 240, 5, 300_000)
        _quiet(session, "刚迟", 83, 45, 80_000)
        _quiet(session, "大客", 83, 45, 900_000)
        _quiet(session, "较迟", 150, 45, 80_000)
    return [one.customer.name for one in listed(store).rows]


def test_of_those_who_may_be_lost_the_likeliest_to_buy_again_is_first(store: Store) -> None:
    """Not the longest quiet: whoever bought every 5 days and is quiet for 240 is gone."""
    assert _all_quiet(store) == ["大客", "刚迟", "较迟", "久未"]
    assert set(reasons(listed(store)).values()) == {Reason.CHURN}


def test_what_the_hub_learned_orders_them_and_what_it_garbled_does_not(store: Store) -> None:
    with store.write() as session:
        # A crowd that hardly ever leaves: then whoever bought most often is expected most.
        body = {"habits": {"r": 1, "alpha": 9, "a": 1e-9, "b": 50}, "spend": 0}
        day = TODAY - timedelta(days=1)
        session.add(Setting(id="learned", rule_set="again", effective=day, body=body))
    stays = _all_quiet(store)
    assert stays[0] == "久未"
    with store.write() as session:
        session.get_one(Setting, "learned").body = {"spend": "much"}
    assert [one.customer.name for one in listed(store).rows] == ["大客", "刚迟", "较迟", "久未"]


def test_what_her_line_says_besides_the_reason(store: Store) -> None:
    with store.write() as session:
        newcomer(session, 20)
    found = only(store)
    assert found.last is not None
    assert found.last.fen == 12_900
    assert found.last.main is not None
    assert found.last.main.line == "collagen"


def test_the_product_that_runs_out_is_named(store: Store) -> None:
    with store.write() as session:
        bought = NOW - timedelta(days=28)
        customer = her(session, "单晓梅", last_paid_at=bought, first_paid_at=bought)
        buys(session, customer, "collagen-30", 1, paid_at=bought, delivered_at=bought)
    found = only(store)
    assert found.entry.reason is Reason.RUN_OUT
    assert found.product == "胶原 30 日装"


def test_the_managers_numbers_say_when_she_is_reminded(store: Store) -> None:
    with store.write() as session:
        bought = NOW - timedelta(days=19)
        customer = her(session, "单晓梅", last_paid_at=bought, first_paid_at=bought)
        order = buys(session, customer, "collagen-30", 1, paid_at=bought, delivered_at=bought)
        customer_id, order_id = customer.id, order.id
    assert only(store).entry.reason is not Reason.RUN_OUT
    rules_say(store, "run_out", ahead={"collagen": 10})
    assert only(store).entry.reason is Reason.RUN_OUT
    # The catalogue does not know it: as long as her line's number says, and else nobody knows.
    with store.write() as session:
        (line,) = session.scalars(select(OrderLine).where(OrderLine.order_id == order_id))
        line.product_id = None
    assert only(store).entry.reason is not Reason.RUN_OUT
    rules_say(store, "run_out", days_per_unit={"collagen": 20})
    found = only(store)
    assert (found.customer.id, found.entry.reason) == (customer_id, Reason.RUN_OUT)
    assert found.entry.because[0].fields["days"] == 0
    rules_say(store, "run_out", days_per_unit={"collagen": 15}, behind=3)
    assert only(store).entry.reason is not Reason.RUN_OUT


def test_whoever_was_contacted_has_had_her_first_visit(store: Store) -> None:
    with store.write() as session:
        customer = newcomer(session, 20)
        log_contact(session, spoken(customer, NOW - timedelta(hours=2)))
    assert only(store).entry.reason is Reason.REST


def test_a_step_of_the_touch_plan_is_missed_until_she_is_contacted(store: Store) -> None:
    bought = NOW - timedelta(days=12)
    with store.write() as session:
        customer = her(session, "徐玉兰", last_paid_at=bought, first_paid_at=bought)
    assert only(store).entry.reason is Reason.TOUCH
    with store.write() as session:
        log_contact(session, spoken(customer, NOW - timedelta(days=4)))
    assert only(store).entry.reason is Reason.REST


def rules_say(store: Store, name: str, day: date = TODAY, **numbers: Any) -> None:
    """The manager's numbers, as they come from the hub."""
    with store.write() as session:
        session.add(Setting(id=new_id(), rule_set=name, effective=day, body={**numbers, "_by": ""}))


def test_the_touch_plan_of_the_day_says_which_step_is_missed(store: Store) -> None:
    bought = NOW - timedelta(days=12)
    with store.write() as session:
        her(session, "徐玉兰", last_paid_at=bought, first_paid_at=bought)
    step = {"code": "day5", "after": 5, "until": 6, "way": "wechat", "purpose": "问问怎么吃"}
    rules_say(store, "half_year", TODAY, plan=[step])
    rules_say(store, "half_year", TODAY + timedelta(days=1), plan=[])
    entry = only(store).entry
    assert entry.reason is Reason.TOUCH
    told = entry.because[0].fields
    assert (told["first"], told["last"], told["way"]) == (5, 6, "wechat")
    assert told["purpose"] == "问问怎么吃"
    assert only(store, NOW + timedelta(days=1)).entry.reason is Reason.REST


def test_a_plan_that_cannot_be_read_is_left_aside(store: Store) -> None:
    bought = NOW - timedelta(days=12)
    with store.write() as session:
        her(session, "徐玉兰", last_paid_at=bought, first_paid_at=bought)
    rules_say(store, "half_year", plan=[{"code": "day1", "after": 1, "way": "pigeon"}])
    assert only(store).entry.because[0].fields["step"] == "day7"


def test_no_step_is_asked_for_by_a_way_that_she_closed(store: Store) -> None:
    bought = NOW - timedelta(days=12)
    with store.write() as session:
        customer = her(session, "徐玉兰", last_paid_at=bought, first_paid_at=bought)
        way, purpose = Way.WECHAT, Purpose.MARKETING
        op = WithdrawConsent(
            id=new_id(), customer_id=customer.id, by="lin", at=NOW, way=way, purpose=purpose
        )
        withdraw_consent(session, op)
    assert only(store).entry.reason is Reason.TOUCH
    rules_say(store, "half_year", plan=[{"code": "day7", "after": 7, "way": "wechat"}])
    assert only(store).entry.reason is Reason.REST


def test_whom_to_warn_of_follows_the_numbers_of_the_day(store: Store) -> None:
    quiet = NOW - timedelta(days=50)
    with store.write() as session:
        her(session, "曾雅琴", last_paid_at=quiet, first_paid_at=quiet, rhythm_days=40)
    assert only(store).entry.reason is Reason.REST
    rules_say(store, "churn", TODAY + timedelta(days=1), late="5/4")
    assert only(store).entry.reason is Reason.REST
    rules_say(store, "churn", late="5/4")
    assert only(store).entry.reason is Reason.CHURN
    # Late enough to be lost tomorrow: warned of without any rhythm.
    rules_say(store, "churn", late="9", lost=60, ahead=10, least=59)
    assert only(store).entry.reason is Reason.CHURN
    rules_say(store, "churn", late="9", lost=61, ahead=10, least=59)
    assert only(store).entry.reason is Reason.REST


@pytest.mark.parametrize("name", ["churn", "half_year", "run_out", "again", "call_order"])
def test_numbers_nobody_can_read_do_not_cost_her_the_list(store: Store, name: str) -> None:
    quiet = NOW - timedelta(days=50)
    with store.write() as session:
        her(session, "曾雅琴", last_paid_at=quiet, first_paid_at=quiet, rhythm_days=40)
    before = listed(store)
    rules_say(store, name, least="soon", days="many", spend="much", base="high")
    assert listed(store) == before


def test_steps_are_missed_by_the_numbers_of_the_day(store: Store) -> None:
    bought = NOW - timedelta(days=12)
    with store.write() as session:
        her(session, "甲", last_paid_at=bought, first_paid_at=bought)
    assert only(store).entry.reason is Reason.TOUCH
    rules_say(store, "half_year", grace=5)
    assert only(store).entry.reason is Reason.REST
    rules_say(store, "half_year", grace=1, stale=4)
    assert only(store).entry.reason is Reason.REST
    rules_say(store, "half_year", grace=1, stale=5)
    assert only(store).entry.reason is Reason.TOUCH
    rules_say(store, "half_year", days=11)
    assert only(store).entry.reason is Reason.REST


def test_nobody_refused_skipped_or_over_budget_appears(store: Store) -> None:
    with store.write() as session:
        refused, skipped, dialled = (her(session, name) for name in ("甲", "乙", "丙"))
        refuse(session, Refuse(id=new_id(), customer_id=refused.id, by="lin", at=NOW))
        op = SkipCustomer(
            id=new_id(), customer_id=skipped.id, by="lin", at=NOW, day=TODAY, reason="unsure"
        )
        skip_customer(session, op)
        log_contact(session, a_call("wang", dialled.id))
    assert listed(store).rows == ()
    assert set(reasons(listed(store, NOW + timedelta(days=1)))) == {"乙", "丙"}


def test_whoever_wants_no_offers_by_phone_appears_for_what_was_promised_alone(
    store: Store,
) -> None:
    def withdraws(customer_id: str, way: Way, purpose: Purpose) -> None:
        op = WithdrawConsent(
            id=new_id(), customer_id=customer_id, by="lin", at=NOW, way=way, purpose=purpose
        )
        withdraw_consent(session, op)

    with store.write() as session:
        none, callback, neither, other = (her(session, name) for name in ("甲", "乙", "丙", "丁"))
        for one in (callback, neither):
            promised(session, one, timedelta(minutes=-5))
        for one in (none, callback):
            withdraws(one.id, Way.PHONE, Purpose.MARKETING)
        withdraws(neither.id, Way.PHONE, Purpose.SERVICE)
        withdraws(other.id, Way.SMS, Purpose.MARKETING)
    found = reasons(listed(store))
    assert set(found) == {"乙", "丁"}
    assert found["乙"] is Reason.CALLBACK


def test_an_unfinished_call_stands_first(store: Store) -> None:
    with store.write() as session:
        promised(session, her(session, "欧阳敏"), timedelta(minutes=-15))
        debt = her(session, "徐玉兰")
        dials = (Dialled(NOW - timedelta(minutes=5)),)
        began = UnderWay(debt.id, "c", State.WRAP_UP, dials=dials, started_at=dials[0].at)
        calls.keep(session, began, NOW)
    assert next(iter(reasons(listed(store)).items())) == ("徐玉兰", Reason.WRAP_UP)


def test_at_midday_the_list_is_the_one_of_the_afternoon(store: Store) -> None:
    with store.write() as session:
        promised(session, her(session, "欧阳敏"), timedelta(hours=3, minutes=45))
        her(session, "徐玉兰")
    noon = datetime(2026, 11, 17, 4, 10, tzinfo=UTC)
    found = listed(store, noon)
    assert found.opens_at == datetime(2026, 11, 17, 5, 30, tzinfo=UTC)
    assert found.closed is not None
    assert found.closed.code == "midday"
    assert reasons(found)["欧阳敏"] is Reason.CALLBACK


def test_an_order_that_bought_a_card_runs_out_of_nothing(store: Store) -> None:
    with store.write() as session:
        customer = wenjing(session)
        buys(session, customer, "big-enzyme", 20, paid_at=NOW - timedelta(days=1), fen=1_200_000)
        session.flush()
        order = session.scalars(select(Order).where(Order.paid_fen == 1_200_000)).one()
        entry = session.scalars(select(CardEntry).where(CardEntry.kind == "open")).one()
        entry.order_id = order.id
    last = only(store).last
    assert last is not None
    assert last.main is not None
    assert last.main.product_id == "dream-collagen"


def test_cards_that_end_are_counted_for_the_board(store: Store) -> None:
    with store.write() as session:
        customer = wenjing(session)
        her(session, "徐玉兰")
    with store.read() as session:
        assert service.ending_balances(session, NOW) == {customer.id}


@pytest.mark.slow
def test_thousands_of_customers_are_listed_at_once(desk_store: Store) -> None:
    with desk_store.write() as session:
        session.add(
            Product(id="p", code="p", name="胶原", line="collagen", price_fen=100, days_per_unit=30)
        )
        for number in range(2_000):
            bought = NOW - timedelta(days=number % 300)
            session.add(
                Customer(
                    id=f"c{number}", name=f"客户{number}", pool="1", first_paid_at=bought,
                    last_paid_at=bought, rhythm_days=40, year_fen=10_000, year_orders=2,
                )
            )  # fmt: skip
            order = Order(
                id=f"o{number}", key=f"o{number}", shop="店", customer_id=f"c{number}",
                status="done", created_at=bought, paid_at=bought, total_fen=1, paid_fen=1,
            )  # fmt: skip
            line = OrderLine(
                id=f"l{number}", order_id=order.id, customer_id=order.customer_id, position=1,
                product_id="p", title="胶原", units=1, price_fen=100,
            )  # fmt: skip
            session.add_all((order, line))
    listed(desk_store)
    began = process_time()
    assert len(listed(desk_store).rows) == 2_000
    # Processor time: a tenth of it when nothing else runs.
    assert process_time() - began < 3
