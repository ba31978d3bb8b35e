"""A preview says what classifying by the other numbers would do, for any history and numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lumi_desk.calls.operations import Refuse, refuse
from lumi_desk.calls.tables import Contact
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.tables import Setting
from lumi_desk.consents.operations import WithdrawConsent, withdraw_consent
from lumi_desk.consents.rules import CONSENTS, Purpose, Way
from lumi_desk.customers import held, rules
from lumi_desk.customers.held import Held
from lumi_desk.customers.person import rhythm
from lumi_desk.customers.rules import (
    GRADE,
    POOL,
    ChurnSettings,
    GradeSettings,
    History,
    Line,
    Purchase,
    churn_warning,
)
from lumi_desk.customers.rulesets.rules import RULE_SETS, RuleSet, Settings
from lumi_desk.customers.run_out.rules import RUN_OUT
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.touch_plan.rules import HALF_YEAR, HalfYearSettings, dated
from lumi_desk.hub import histories as reading
from lumi_desk.hub.classifying import classify
from lumi_desk.hub.previewing import Example, NoPreview, preview
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from lumi_desk.worklist import service as worklist
from lumi_desk.worklist.rules import Reason
from tests import makers
from tests.customers.drawn import churns, grades, histories, pools, relationships
from tests.makers import NOW, TODAY

DAY = timedelta(days=1)
# A history, and which of her orders bought her card.
People = Sequence[tuple[History, frozenset[int]]]

people = st.lists(
    st.tuples(histories, st.frozensets(st.integers(0, 5), max_size=2)), min_size=1, max_size=6
)
pairs = (
    st.tuples(pools, pools) | st.tuples(grades, grades) | st.tuples(relationships, relationships)
)


def _kept(session: Session, told: People) -> list[str]:
    """Keep these people with their orders, lines, cards and contacts. Returns their ids."""
    ids = []
    session.add(makers.make_disposition("sold", answered=True))
    for history, loading in told:
        customer = makers.make_customer(session)
        ids.append(customer.id)
        for place, one in enumerate(history.purchases):
            order = makers.make_order(session, customer, fen=one.fen, paid_at=one.paid_at)
            session.add(_line(order, one))
            if history.card_opened_at is not None and place in loading:
                session.add(_card(customer, history, order.id))
        if history.card_opened_at is not None:
            session.add(_card(customer, history, None))
        if history.last_answered_at is not None:
            session.add(_contact(customer, history))
    session.flush()
    return ids


def _without(history: History, loading: frozenset[int]) -> History:
    """The history without the orders that bought her card."""
    if history.card_opened_at is None:
        return history
    goods = [one for place, one in enumerate(history.purchases) if place not in loading]
    return replace(history, purchases=tuple(goods))


def _line(order: Order, one: Purchase) -> OrderLine:
    return OrderLine(
        id=new_id(), order_id=order.id, customer_id=order.customer_id, position=1, title="x",
        units=one.units, price_fen=100, line=one.line.value,
    )  # fmt: skip


def _card(customer: Customer, history: History, order_id: str | None) -> CardEntry:
    return CardEntry(
        id=new_id(), customer_id=customer.id, at=history.card_opened_at, kind="open",
        principal_fen=1, order_id=order_id,
    )  # fmt: skip


def _contact(customer: Customer, history: History) -> Contact:
    at: Any = history.last_answered_at
    return Contact(
        id=new_id(), customer_id=customer.id, rep_id="lin", channel="call", started_at=at,
        ended_at=at, dials=[], disposition="sold", path=[], offers=[],
    )  # fmt: skip


def _standing(session: Session, what: str) -> dict[str, str]:
    session.expire_all()
    return {one.id: getattr(one, what) or "" for one in session.scalars(select(Customer))}


def _rules_of(one: Settings) -> RuleSet:
    return next(found for found in RULE_SETS if type(found.default) is type(one))


def _hold(session: Session, one: Settings) -> None:
    found = _rules_of(one)
    body = found.body(found.values(one))
    session.add(Setting(id=new_id(), rule_set=found.name, effective=TODAY, body=body))
    session.flush()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(people)
def test_classifying_writes_what_the_rules_say_of_each_history(
    hub_store: Store, told: People
) -> None:
    with hub_store.write() as session, session.begin_nested() as all_of_it:
        ids = _kept(session, told)
        classify(session, None, NOW)
        session.expire_all()
        for one, (history, loading) in zip(ids, told, strict=True):
            row, her = session.get_one(Customer, one), _without(history, loading)
            assert (row.pool, row.grade) == (rules.pool(her, NOW), rules.grade(her, NOW))
            assert row.relationship == rules.relationship(her, NOW)
            assert row.first_paid_at == rules.first_paid_at(her, NOW)
            assert row.rhythm_days == rules.own_rhythm(her, NOW)
            assert row.year_fen == rules.year_spend(her, NOW)
            last = rules.last_purchase(her, NOW)
            assert row.last_paid_at == (last.paid_at if last else None)
        all_of_it.rollback()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(people, pairs)
# An order that bought the card is no first order, however early it was paid.
@example(
    [(History((Purchase(NOW - 300 * DAY, 5),), NOW - 5 * DAY), frozenset({0}))],
    (GRADE, replace(GRADE, new_days=2)),
)
# Of the same moment the larger order is the first one.
@example(
    [
        (
            History(
                (
                    Purchase(NOW - DAY, 9_900, line=Line.COLLAGEN),
                    Purchase(NOW - DAY, 120_000, line=Line.ENZYME),
                )
            ),
            frozenset[int](),
        )
    ],
    (GRADE, replace(GRADE, a_points=130_000)),
)
# Its line lifts her.
@example(
    [(History((Purchase(NOW - DAY, 30_000, line=Line.COLLAGEN),)), frozenset[int]())],
    (GRADE, replace(GRADE, line_points={Line.COLLAGEN: 50_000})),
)
def test_a_preview_is_what_classifying_does(
    hub_store: Store, told: People, numbers: tuple[Settings, Settings]
) -> None:
    before, after = numbers
    with hub_store.write() as session, session.begin_nested() as all_of_it:
        _kept(session, told)
        _hold(session, before)
        classify(session, None, NOW)
        seen = preview(session, before, after, NOW)
        stood = _standing(session, seen.what)
        _hold(session, after)
        done = classify(session, None, NOW)
        stands = _standing(session, seen.what)
        assert seen.counts == Counter((stood[one], stands[one]) for one in stood)
        moves = {"pool": done.pools, "grade": done.grades, "relationship": done.relationships}
        assert seen.moves == moves.pop(seen.what)
        assert [one for one in moves.values() if one] == []
        all_of_it.rollback()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(people, churns, churns)
def test_a_preview_of_warnings_is_what_desks_would_say(
    hub_store: Store, told: People, before: ChurnSettings, after: ChurnSettings
) -> None:
    with hub_store.write() as session, session.begin_nested() as all_of_it:
        _kept(session, told)
        classify(session, None, NOW)
        expected = Counter(
            (_warned(her, before), _warned(her, after)) for her in held.everybody(session)
        )
        seen = preview(session, before, after, NOW)
        assert (seen.what, seen.counts) == ("churn", dict(expected))
        all_of_it.rollback()


def _warned(her: Held, numbers: ChurnSettings) -> str:
    """What a desk says of whom it holds."""
    history = rhythm(her.last_paid_at, her.rhythm_days)
    return "warned" if churn_warning(history, NOW, numbers) else ""


def test_a_preview_of_run_out_says_when_who_becomes_due(hub_store: Store) -> None:
    with hub_store.write() as session:
        for days, line in ((25, Line.COLLAGEN), (1, Line.COLLAGEN), (25, Line.ENZYME)):
            customer = makers.make_customer(session)
            order = makers.make_order(session, customer, fen=100, paid_at=NOW - days * DAY)
            session.add(_line(order, Purchase(order.created_at, 1, line=line)))
        makers.make_customer(session)
        session.flush()
        after = replace(RUN_OUT, days_per_unit={Line.COLLAGEN: 30})
        seen = preview(session, RUN_OUT, after, NOW)
        assert seen.what == "run_out"
        assert seen.counts == {("", "due_now"): 1, ("", "due_soon"): 1, ("", ""): 2}
        earlier = replace(after, ahead={Line.COLLAGEN: 30})
        assert preview(session, after, earlier, NOW).moves == {("due_soon", "due_now"): 1}


def test_numbers_by_which_nobody_moves_have_no_preview(hub_store: Store) -> None:
    with hub_store.write() as session:
        makers.make_customer(session)
        with pytest.raises(NoPreview):
            preview(session, CONSENTS, replace(CONSENTS, sms=0), NOW)


touched = st.lists(
    st.tuples(
        st.integers(0, 200), st.none() | st.integers(0, 200), st.sampled_from(("", "way", "all"))
    ),
    min_size=1,
    max_size=8,
)
plans = st.sampled_from(
    (
        HALF_YEAR,
        replace(HALF_YEAR, days=100, stale=40),
        replace(HALF_YEAR, plan=(dated(5, 20), dated(30, 60, Way.WECHAT), dated(70))),
        replace(HALF_YEAR, plan=()),
    )
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(touched, plans, plans)
def test_a_preview_of_the_touch_plan_counts_whom_the_days_list_names(
    desk_store: Store,
    told: Sequence[tuple[int, int | None, str]],
    before: HalfYearSettings,
    after: HalfYearSettings,
) -> None:
    with desk_store.write() as session, session.begin_nested() as all_of_it:
        for days, contacted, closed in told:
            _in_her_half_year(session, days, contacted, closed)
        session.flush()
        seen = preview(session, before, after, NOW)
        assert sum(seen.counts.values()) == len(told)
        for side, numbers in enumerate((before, after)):
            with session.begin_nested() as once:
                _hold(session, numbers)
                listed = worklist.today(session, NOW).rows
                once.rollback()
            named = [one for one in listed if Reason.TOUCH in (one.entry.reason, *one.entry.others)]
            missed = sum(n for move, n in seen.counts.items() if move[side] == "touch_missed")
            assert missed == len(named)
            by_step = Counter(
                why.fields["step"]
                for one in named
                for why in one.entry.because
                if why.code == "touch_missed"
            )
            today = sum(n for move, n in seen.counts.items() if move[side] == "touch_today")
            assert sum(one.today[side] for one in seen.steps) == missed + today
            for one in seen.steps:
                assert by_step[one.code] <= one.today[side] <= one.week[side]
        all_of_it.rollback()


def _in_her_half_year(session: Session, days: int, contacted: int | None, closed: str) -> None:
    """Somebody who bought so many days ago, and what she closed: WeChat to offers, or all."""
    at = NOW - days * DAY
    customer = makers.make_customer(session, last_paid_at=at, first_paid_at=at)
    if contacted is not None:
        session.add(_contact(customer, History((), None, NOW - contacted * DAY)))
    if closed == "way":
        way, purpose = Way.WECHAT, Purpose.MARKETING
        op = WithdrawConsent(
            id=new_id(), customer_id=customer.id, by="lin", at=NOW, way=way, purpose=purpose
        )
        withdraw_consent(session, op)
    if closed == "all":
        refuse(session, Refuse(id=new_id(), customer_id=customer.id, by="lin", at=NOW, words=""))


def test_a_preview_of_the_touch_plan_counts_by_step(hub_store: Store) -> None:
    with hub_store.write() as session:
        for days in (6, 8, 8, 10, 29, 100, 190):
            at = NOW - days * DAY
            makers.make_customer(session, last_paid_at=at, first_paid_at=at)
        makers.make_customer(session)
        session.flush()
        after = replace(HALF_YEAR, plan=(dated(5, 9), dated(95, 120)))
        seen = preview(session, HALF_YEAR, after, NOW)
    assert seen.what == "half_year"
    assert seen.counts == {
        ("touch_week", "touch_today"): 1,
        ("touch_today", "touch_today"): 2,
        ("touch_missed", "touch_missed"): 1,
        ("touch_week", ""): 1,
        ("touch_missed", "touch_today"): 1,
        ("", ""): 2,
    }
    assert [(one.code, one.day, one.today, one.week) for one in seen.steps] == [
        ("day5", 5, (0, 4), (0, 4)),
        ("day7", 7, (3, 0), (4, 0)),
        ("day30", 30, (0, 0), (1, 0)),
        ("day90", 90, (1, 0), (1, 0)),
        ("day95", 95, (0, 1), (0, 1)),
        ("day150", 150, (0, 0), (0, 0)),
    ]
    assert len(seen.examples) == 3


def test_a_preview_names_a_few_of_each_move_and_no_more(hub_store: Store) -> None:
    with hub_store.write() as session:
        for _ in range(5):
            makers.make_order(session, makers.make_customer(session), fen=90_000)
        makers.make_order(session, makers.make_customer(session), fen=10_000)
        makers.make_customer(session)
        classify(session, None, NOW)
        seen = preview(session, GRADE, replace(GRADE, a_points=100_000, b_points=5_000), NOW)
        assert seen.what == "grade"
        assert seen.counts == {("A", "B"): 5, ("C", "B"): 1, ("", ""): 1}
        assert seen.moves == {("A", "B"): 5, ("C", "B"): 1}
        assert [one.move for one in seen.examples] == [("A", "B")] * 3 + [("C", "B")]
        assert {one.grade for one in seen.examples[:3]} == {"A"}
        assert isinstance(seen.examples[3], Example)
        assert session.get_one(Customer, seen.examples[3].id).grade == "C"


def test_a_preview_of_grades_reads_newcomers_only(
    hub_store: Store,
) -> None:
    with hub_store.write() as session:
        new, old, card = (makers.make_customer(session) for _ in range(3))
        makers.make_order(session, new, paid_at=NOW - 10 * DAY)
        makers.make_order(session, old, paid_at=NOW - 10 * DAY)
        makers.make_order(session, old, paid_at=NOW - 300 * DAY)
        makers.make_card(session, card).at = NOW - 20 * DAY
        session.flush()
        found = reading.newcomers(session, NOW - 180 * DAY, NOW)
    assert found.keys() == {new.id, card.id}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(people)
# Two orders of one hour, of which one bought the card; and a card that is still to come.
@example([(History((Purchase(NOW - DAY, 5),) * 2, NOW - 5 * DAY), frozenset({0}))])
@example([(History((Purchase(NOW - DAY, 5),), NOW + DAY, NOW + DAY), frozenset({0}))])
def test_when_everybody_bought_is_what_each_history_says(hub_store: Store, told: People) -> None:
    with hub_store.write() as session, session.begin_nested() as all_of_it:
        ids = _kept(session, told)
        found = dict(reading.paces(session, NOW))
        for one, (history, loading) in zip(ids, told, strict=True):
            seen = rules.see(_without(history, loading), NOW)
            expected = seen.pace
            got = found.pop(one, rules.Pace(answered=expected.answered))
            assert (tuple(got.ago), *got[1:]) == (tuple(expected.ago), *expected[1:])
            assert got.ago == [(TODAY - day).days for day in reversed(seen.days)] or not got.ago
        assert found == {}
        all_of_it.rollback()


def test_what_is_not_there_any_more_moves_nobody(hub_store: Store) -> None:
    with hub_store.write() as session:
        customer = makers.make_customer(session)
        order = makers.make_order(session, customer, paid_at=NOW - 300 * DAY)
        assert preview(session, POOL, replace(POOL, active_days=200), NOW).moves == {("1", "0"): 1}
        session.execute(delete(Order).where(Order.id == order.id))
        assert preview(session, POOL, replace(POOL, active_days=200), NOW).moves == {}


def test_grades_are_previewed_by_the_newest_of_both_windows(hub_store: Store) -> None:
    with hub_store.write() as session:
        customer = makers.make_customer(session)
        makers.make_order(session, customer, fen=90_000, paid_at=NOW - 200 * DAY)
        longer = GradeSettings(new_days=200)
        assert preview(session, GRADE, longer, NOW).moves == {("", "A"): 1}
        assert preview(session, longer, GRADE, NOW).moves == {("A", ""): 1}
