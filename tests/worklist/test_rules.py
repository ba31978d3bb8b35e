"""The order of the day's list."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.because import because
from lumi_desk.calls.rules import Allowed, may_dial, next_open
from lumi_desk.worklist.rules import SERVICE, Candidate, Reason, WorklistSettings, order

NOW = datetime(2026, 11, 20, 6, 2, tzinfo=UTC)  # Friday 14:02 in Shanghai
TODAY = date(2026, 11, 20)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BALANCE = because("balance_ending", balance_fen=46_000, days=12, monthly_fen=119_000)
QUIET = because("quiet", days=83, usual=45)

moments = st.integers(-20 * 24 * 60, 20 * 24 * 60).map(
    lambda minute: NOW + timedelta(minutes=minute)
)
candidates = st.builds(
    Candidate,
    customer_id=st.sampled_from([f"c{number}" for number in range(12)]),
    refused=st.booleans(),
    offers=st.booleans(),
    service=st.booleans(),
    skipped_day=st.none() | st.sampled_from([TODAY, TODAY - DAY]),
    dials=st.lists(moments, max_size=4).map(tuple),
    wrap_up_since=st.none() | moments,
    callback_at=st.none() | moments,
    complaint_due_at=st.none() | moments,
    balance=st.none() | st.just(BALANCE),
    run_out_day=st.none() | st.integers(-20, 20).map(lambda days: TODAY + timedelta(days=days)),
    delivered_at=st.none() | moments,
    churn=st.none() | st.just(QUIET),
    touch=st.none() | st.just(because("touch_missed", step="day7", days=9)),
    campaign=st.none() | st.just("中秋"),
    value_fen=st.integers(0, 10**7),
    last_contact_at=st.none() | moments,
)
lists = st.lists(candidates, max_size=12, unique_by=lambda one: one.customer_id)


def ids(*everyone: Candidate, now: datetime = NOW) -> list[str]:
    return [entry.customer_id for entry in order(everyone, now)]


def test_the_reasons_stand_in_the_order_of_the_design() -> None:
    everyone = [
        Candidate("rest"),
        Candidate("campaign", campaign="中秋"),
        Candidate("touch", touch=because("touch_missed", step="day7", days=9)),
        Candidate("churn", churn=QUIET),
        Candidate("newcomer", delivered_at=NOW - 47 * HOUR),
        Candidate("run_out", run_out_day=TODAY + 3 * DAY),
        Candidate("balance", balance=BALANCE),
        Candidate("complaint", complaint_due_at=NOW + HOUR),
        Candidate("callback", callback_at=NOW + timedelta(minutes=13)),
        Candidate("wrap_up", wrap_up_since=NOW - HOUR),
    ]
    entries = order(everyone, NOW)
    assert [entry.customer_id for entry in entries] == [reason.value for reason in Reason]
    assert [entry.reason for entry in entries] == list(Reason)
    assert ids(*reversed(everyone)) == [reason.value for reason in Reason]


def test_a_person_appears_once_with_the_other_reasons_behind() -> None:
    her = Candidate("a", balance=BALANCE, churn=QUIET, callback_at=NOW - HOUR)
    (entry,) = order([her, replace(her, value_fen=5)], NOW)
    assert entry.reason is Reason.CALLBACK
    assert entry.others == (Reason.BALANCE, Reason.CHURN, Reason.REST)
    assert [why.code for why in entry.because] == ["callback", "balance_ending", "quiet", "rest"]
    assert entry.due_at == NOW - HOUR


def test_of_one_reason_the_longest_due_comes_first() -> None:
    late, soon = Candidate("late", callback_at=NOW - DAY), Candidate("soon", callback_at=NOW)
    assert ids(soon, late) == ["late", "soon"]


@pytest.mark.parametrize(
    ("her", "reason"),
    [
        (Candidate("a", callback_at=NOW + timedelta(minutes=30)), Reason.CALLBACK),
        (Candidate("a", complaint_due_at=NOW + 9 * DAY), Reason.REST),
        (Candidate("a", complaint_due_at=NOW + DAY), Reason.COMPLAINT),
        (Candidate("a", complaint_due_at=NOW - 3 * DAY), Reason.COMPLAINT),
        (Candidate("a", run_out_day=TODAY + 6 * DAY), Reason.RUN_OUT),
        (Candidate("a", delivered_at=NOW - 48 * HOUR), Reason.NEWCOMER),
        (Candidate("a", delivered_at=NOW - 49 * HOUR), Reason.REST),
        (Candidate("a", delivered_at=NOW + HOUR), Reason.REST),
        (
            Candidate("a", delivered_at=NOW - 9 * HOUR, last_contact_at=NOW - HOUR),
            Reason.REST,
        ),
        (Candidate("a", skipped_day=TODAY - DAY), Reason.REST),
    ],
)
def test_windows(her: Candidate, reason: Reason) -> None:
    (entry,) = order([her], NOW)
    assert entry.reason is reason


@pytest.mark.parametrize(
    "her",
    [
        Candidate("a", refused=True, callback_at=NOW),
        Candidate("a", refused=True, wrap_up_since=NOW),
        Candidate("a", skipped_day=TODAY, callback_at=NOW),
        Candidate("a", dials=(NOW - timedelta(minutes=10),), callback_at=NOW),
        Candidate("a", dials=(NOW - HOUR, NOW - 2 * HOUR, NOW - 3 * HOUR), balance=BALANCE),
        Candidate("a", callback_at=NOW + 3 * DAY, campaign="中秋"),
    ],
)
def test_who_does_not_appear(her: Candidate) -> None:
    assert order([her], NOW) == ()


def test_wrap_up_debt_stays_first_whatever_the_hour_and_the_budget() -> None:
    dialled = (NOW - HOUR, NOW - 2 * HOUR, NOW - timedelta(minutes=5))
    owed = Candidate("owed", dials=dialled, wrap_up_since=NOW, skipped_day=TODAY)
    night = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    assert ids(owed, Candidate("b", callback_at=NOW)) == ["owed", "b"]
    assert ids(owed, Candidate("b", callback_at=NOW), now=night) == ["owed"]
    assert ids(Candidate("b", callback_at=NOW), now=next_open(night)) == ["b"]


def test_the_rest_goes_by_value_and_time_since_contact() -> None:
    recent, old = NOW - 2 * DAY, NOW - 30 * DAY
    everyone = [
        Candidate("poor recent", value_fen=10_000, last_contact_at=recent),
        Candidate("rich recent", value_fen=1_000_000, last_contact_at=recent),
        Candidate("poor old", value_fen=10_000, last_contact_at=old),
        Candidate("rich old", value_fen=1_000_000, last_contact_at=old),
        Candidate("rich never", value_fen=1_000_000),
        Candidate("nothing", last_contact_at=old),
    ]
    assert ids(*everyone) == [
        "rich never", "rich old", "rich recent", "poor old", "poor recent", "nothing",
    ]  # fmt: skip


def test_of_churn_warnings_whoever_may_best_be_won_back_is_first() -> None:
    everyone = [
        Candidate("rich but gone", churn=QUIET, again=-9.0, value_fen=1_000_000),
        Candidate("late", churn=QUIET, again=-0.5),
        Candidate("very late", churn=QUIET, again=-2.0),
        Candidate("rich rest", value_fen=1_000_000),
        Candidate("rest", again=5.0),
    ]
    assert ids(*everyone) == ["late", "very late", "rich but gone", "rich rest", "rest"]


def test_the_manager_may_turn_the_order_round() -> None:
    turned = WorklistSettings(order=(Reason.CHURN, Reason.CALLBACK))
    everyone = [
        Candidate("callback", callback_at=NOW),
        Candidate("churn", churn=QUIET),
        Candidate("owed", wrap_up_since=NOW),
        Candidate("rest"),
        Candidate("balance", balance=BALANCE),
    ]
    found = [entry.customer_id for entry in order(everyone, NOW, turned)]
    assert found == ["owed", "churn", "callback", "balance", "rest"]


def test_what_calls_taught_orders_only_within_a_reason() -> None:
    why = because("learned_pool", pool="V")
    everyone = [
        Candidate("rest", value_fen=10**7),
        Candidate("rest, taught", points=90, learned=why),
        Candidate("campaign", campaign="中秋", value_fen=10**7),
        Candidate("campaign, taught", campaign="中秋", points=50),
        Candidate("churn", churn=QUIET, value_fen=10**7),
        Candidate("churn, taught", churn=QUIET, points=20),
        Candidate("balance", balance=BALANCE, value_fen=10**7),
        Candidate("balance, taught", balance=BALANCE, points=999, learned=why),
        Candidate("complaint", complaint_due_at=NOW, points=-999),
        Candidate("callback", callback_at=NOW, points=-999),
        Candidate("owed", wrap_up_since=NOW, points=-999),
    ]
    assert ids(*everyone) == [
        "owed", "callback", "complaint", "balance", "balance, taught", "churn, taught", "churn",
        "campaign, taught", "campaign", "rest, taught", "rest",
    ]  # fmt: skip
    told = {entry.customer_id: entry.learned for entry in order(everyone, NOW)}
    assert told["rest, taught"] == why
    assert told["balance, taught"] is None


@given(lists, st.lists(st.integers(-500, 500), min_size=12, max_size=12))
def test_points_move_nobody_past_another_reason_or_time(
    people: list[Candidate], points: list[int]
) -> None:
    taught = [replace(one, points=worth) for one, worth in zip(people, points, strict=False)]
    before, after = order(people, NOW), order(taught, NOW)
    assert [(one.reason, one.due_at) for one in before] == [
        (one.reason, one.due_at) for one in after
    ]
    assert {one.customer_id for one in before} == {one.customer_id for one in after}
    level = [replace(one, points=7) for one in people]
    assert order(level, NOW) == before


@given(lists, moments)
def test_each_once_and_only_who_may_be_contacted(people: list[Candidate], now: datetime) -> None:
    by_id = {one.customer_id: one for one in people}
    entries = order(people, now)
    assert len({entry.customer_id for entry in entries}) == len(entries)
    for entry in entries:
        her = by_id[entry.customer_id]
        assert not her.refused
        if entry.reason is Reason.WRAP_UP:
            assert her.wrap_up_since is not None
            continue
        assert isinstance(may_dial(now, her.dials, refused=False), Allowed)
        assert len(entry.because) == 1 + len(entry.others)
        assert len({entry.reason, *entry.others}) == 1 + len(entry.others)


@given(lists, st.randoms())
def test_the_order_does_not_depend_on_the_input_order(
    people: list[Candidate], dice: Random
) -> None:
    shuffled = list(people)
    dice.shuffle(shuffled)
    assert order(shuffled, NOW) == order(people, NOW)


@given(lists)
def test_reasons_never_get_better_down_the_list(people: list[Candidate]) -> None:
    ranks = [list(Reason).index(entry.reason) for entry in order(people, NOW)]
    assert ranks == sorted(ranks)


@given(lists, st.sampled_from(["wrap_up_since", "callback_at", "complaint_due_at", "balance"]))
def test_one_reason_more_never_moves_her_down(people: list[Candidate], what: str) -> None:
    places = ids(*people)
    for her in people:
        if her.customer_id not in places:
            continue
        sooner: Any = BALANCE if what == "balance" else min(getattr(her, what) or NOW, NOW - DAY)
        more = replace(her, **{what: sooner})
        after = ids(*(more if one is her else one for one in people))
        assert after.index(her.customer_id) <= places.index(her.customer_id)


@given(lists, st.integers(1, 10**6))
def test_more_value_never_moves_her_down(people: list[Candidate], more: int) -> None:
    places = ids(*people)
    for her in people:
        if her.customer_id in places:
            richer = replace(her, value_fen=her.value_fen + more)
            after = ids(*(richer if one is her else one for one in people))
            assert after.index(her.customer_id) <= places.index(her.customer_id)


@given(lists)
def test_nobody_appears_for_what_her_word_forbids(everyone: list[Candidate]) -> None:
    known = {one.customer_id: one for one in everyone}
    for entry in order(everyone, NOW):
        one = known[entry.customer_id]
        for reason in (entry.reason, *entry.others):
            owed = reason in SERVICE - {Reason.WRAP_UP}
            assert reason is Reason.WRAP_UP or (one.service if owed else one.offers)


def test_without_offers_a_promise_still_stands() -> None:
    one = Candidate("her", offers=False, churn=QUIET, callback_at=NOW)
    (entry,) = order([one], NOW)
    assert (entry.reason, entry.others) == (Reason.CALLBACK, ())
    assert order([replace(one, callback_at=None)], NOW) == ()
    assert order([replace(one, service=False)], NOW) == ()
