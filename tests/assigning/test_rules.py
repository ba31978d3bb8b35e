"""Giving customers to reps: nobody too many, nobody on leave, everybody fairly."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.assigning.rules import Plan, Side, Stays, Waiting, place
from lumi_desk.customers.rules import Grade, Line, Pool

TODAY = date(2026, 11, 28)
DAY = timedelta(days=1)
LEAVE = (TODAY - DAY, TODAY + DAY)

_PLANS = st.lists(
    st.builds(
        Plan,
        rep_id=st.sampled_from("abcdef"),
        team_id=st.sampled_from(["", "one", "two"]),
        side=st.sampled_from(Side),
        lines=st.frozensets(st.sampled_from(Line)),
        grades=st.frozensets(st.sampled_from(Grade)),
        most=st.none() | st.integers(0, 5),
        away=st.sampled_from([None, LEAVE, (TODAY + DAY, TODAY + 2 * DAY)]),
    ),
    unique_by=lambda plan: plan.rep_id,
)
_WAITING = st.lists(
    st.builds(
        Waiting,
        customer_id=st.uuids().map(str),
        is_new=st.booleans(),
        pool=st.sampled_from(Pool),
        grade=st.none() | st.sampled_from(Grade),
        line=st.none() | st.sampled_from(Line),
        value_fen=st.integers(0, 10**7),
        team_id=st.sampled_from(["", "one", "two"]),
    ),
    unique_by=lambda one: one.customer_id,
    max_size=30,
)
_LOADS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 6))


@given(_WAITING, _PLANS, _LOADS, st.randoms(use_true_random=False))
def test_whatever_comes_everybody_gets_what_she_takes_and_has_room_for(
    waiting: list[Waiting], plans: list[Plan], loads: dict[str, int], dice: random.Random
) -> None:
    placing = place(waiting, plans, loads, TODAY)
    assert placing.given.keys() | placing.stays.keys() == {one.customer_id for one in waiting}
    assert not placing.given.keys() & placing.stays.keys()
    by_id = {plan.rep_id: plan for plan in plans}
    got = Counter(placing.given.values())
    for one in waiting:
        if rep := placing.given.get(one.customer_id):
            assert by_id[rep].takes(one)
            assert not by_id[rep].is_away(TODAY)
    for rep, many in got.items():
        most = by_id[rep].most
        assert loads.get(rep, 0) + many <= (400 if most is None else most)
    for one in waiting:
        if placing.stays.get(one.customer_id) is Stays.NOBODY:
            assert not any(plan.takes(one) for plan in plans)
    mixed = [*waiting], [*plans]
    for some in mixed:
        dice.shuffle(some)
    assert place(*mixed, loads, TODAY) == placing


@given(_WAITING, _PLANS, _LOADS)
def test_each_goes_to_the_nearest_rep_with_room_as_it_stands_at_her_turn(
    waiting: list[Waiting], plans: list[Plan], loads: dict[str, int]
) -> None:
    placing = place(waiting, plans, loads, TODAY)
    full = Counter(loads)

    def share(plan: Plan) -> float:
        most = 400 if plan.most is None else plan.most
        return full[plan.rep_id] / most if most else 1.0

    for one in sorted(
        waiting,
        key=lambda one: (
            list(Pool).index(one.pool),
            [*Grade, None].index(one.grade),
            -one.value_fen,
            one.customer_id,
        ),
    ):
        near = [
            (
                one.team_id not in ("", plan.team_id),
                one.line not in plan.lines,
                share(plan),
                plan.rep_id,
            )
            for plan in plans
            if plan.takes(one) and not plan.is_away(TODAY) and share(plan) < 1
        ]
        assert placing.given.get(one.customer_id) == (min(near)[-1] if near else None)
        full[placing.given.get(one.customer_id, "")] += 1


def test_many_customers_alike_are_compared_with_each_plan_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, takes = Counter[str](), Plan.takes

    def counted(plan: Plan, one: Waiting) -> bool:
        asked[plan.rep_id] += 1
        return takes(plan, one)

    monkeypatch.setattr(Plan, "takes", counted)
    plans = [Plan(f"rep{number}") for number in range(20)]
    assert len(place([Waiting(f"c{n:04}") for n in range(2_000)], plans, {}, TODAY).given) == 2_000
    assert set(asked.values()) == {1}


@given(st.integers(1, 40), st.integers(1, 6))
def test_equals_get_alike(customers: int, reps: int) -> None:
    plans = [Plan(f"rep{number}") for number in range(reps)]
    given_ = place([Waiting(f"c{n:02}") for n in range(customers)], plans, {}, TODAY).given
    got = [Counter(given_.values())[plan.rep_id] for plan in plans]
    assert max(got) - min(got) <= 1


def test_the_best_customer_comes_first_when_there_is_one_place() -> None:
    one_place = [Plan("a", most=1)]
    b = Waiting("b", is_new=True, pool=Pool.ONE, grade=Grade.B, value_fen=90_000)
    a = Waiting("a", is_new=True, pool=Pool.ONE, grade=Grade.A, value_fen=80_000)
    card = Waiting("v", pool=Pool.V)
    assert place([b, a], one_place, {}, TODAY).given == {"a": "a"}
    assert place([b, a, card], one_place, {}, TODAY).given == {"v": "a"}
    assert set(place([b, a], one_place, {"a": 1}, TODAY).stays.values()) == {Stays.FULL}


def test_her_team_comes_before_her_line_and_that_before_an_emptier_desk() -> None:
    one = Waiting("c", line=Line.ENZYME, team_id="two")
    enzymes = frozenset({Line.ENZYME})
    empty, knows = Plan("a", "one"), Plan("b", "one", lines=enzymes)
    hers = Plan("c", "two")
    loads = {"b": 100, "c": 200}
    assert place([one], [empty, knows, hers], loads, TODAY).given == {"c": "c"}
    assert place([one], [empty, knows], loads, TODAY).given == {"c": "b"}
    assert place([one], [empty, Plan("d", "one")], {"a": 1}, TODAY).given == {"c": "d"}


def test_newcomers_go_to_their_side_and_wait_while_it_is_on_leave() -> None:
    new, old = Plan("n", side=Side.NEW, away=LEAVE), Plan("o", side=Side.OLD)
    newcomer = Waiting("c", is_new=True, grade=Grade.C)
    assert place([newcomer], [new, old], {}, TODAY).stays == {"c": Stays.AWAY}
    assert place([newcomer], [new, old], {}, TODAY + 2 * DAY).given == {"c": "n"}
    assert place([Waiting("c")], [new, old], {}, TODAY).given == {"c": "o"}
    assert place([newcomer], [old], {}, TODAY).stays == {"c": Stays.NOBODY}
