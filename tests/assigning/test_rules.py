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


def _most_served(waiting: list[Waiting], plans: list[Plan], loads: dict[str, int]) -> int:
    """How many can have a place at all: every place tried for every customer."""
    places = [
        plan
        for plan in plans
        if not plan.is_away(TODAY)
        for _ in range(min(30, 400 if plan.most is None else plan.most) - loads.get(plan.rep_id, 0))
    ]
    taken: dict[int, Waiting] = {}

    def seat(one: Waiting, tried: set[int]) -> bool:
        for at, plan in enumerate(places):
            if at in tried or not plan.takes(one):
                continue
            tried.add(at)
            if at not in taken or seat(taken[at], tried):
                taken[at] = one
                return True
        return False

    return sum(seat(one, set()) for one in waiting)


_NARROW = st.builds(
    Plan,
    rep_id=st.sampled_from("abcdef"),
    side=st.just(Side.NEW),
    grades=st.frozensets(st.sampled_from(Grade)),
    lines=st.frozensets(st.sampled_from(Line)),
    most=st.integers(0, 3),
)
_NEWCOMERS = st.lists(
    st.builds(
        Waiting,
        customer_id=st.integers(0, 99).map(str),
        is_new=st.just(True),
        grade=st.sampled_from(Grade),
        line=st.sampled_from(Line),
    ),
    unique_by=lambda one: one.customer_id,
    max_size=12,
)


@given(_NEWCOMERS, st.lists(_NARROW, unique_by=lambda plan: plan.rep_id), _LOADS)
def test_nobody_waits_who_could_have_a_place(
    waiting: list[Waiting], plans: list[Plan], loads: dict[str, int]
) -> None:
    placing = place(waiting, plans, loads, TODAY)
    assert len(placing.given) == _most_served(waiting, plans, loads)
    by_id = {one.customer_id: one for one in waiting}
    for one, rep_id in placing.gave_way.items():
        assert placing.given[one] != rep_id
        assert next(plan for plan in plans if plan.rep_id == rep_id).takes(by_id[one])
    then = Counter(loads) + Counter(placing.given.values())
    again = place([by_id[one] for one in placing.stays], plans, then, TODAY)
    assert (again.given, again.stays) == ({}, placing.stays)


def test_who_takes_only_a_leaves_room_where_everyone_is_taken() -> None:
    plans = [Plan("all", most=2), Plan("only_a", grades=frozenset({Grade.A}), most=2)]
    a1, a2 = (Waiting(f"a{n}", is_new=True, grade=Grade.A, value_fen=9 - n) for n in (1, 2))
    c1, c2 = (Waiting(f"c{n}", is_new=True, grade=Grade.C, value_fen=9 - n) for n in (1, 2))
    placing = place([c1, a1, c2, a2], plans, {}, TODAY)
    assert placing.given == {"a1": "only_a", "a2": "only_a", "c1": "all", "c2": "all"}
    assert (placing.stays, placing.gave_way) == ({}, {"a1": "all"})
    # While there is room for all, work is shared as before.
    assert place([a1, a2, c1], plans, {}, TODAY).given == {"a1": "all", "a2": "only_a", "c1": "all"}


def test_room_is_made_over_two_desks() -> None:
    plans = [
        Plan("x", grades=frozenset({Grade.C, Grade.B}), most=1),
        Plan("y", grades=frozenset({Grade.B, Grade.A}), most=1),
        Plan("z", grades=frozenset({Grade.A}), most=1),
    ]
    a, b, c = (Waiting(str(one), is_new=True, grade=one) for one in (Grade.A, Grade.B, Grade.C))
    placing = place([a, b, c], plans, {}, TODAY)
    assert placing.given == {"A": "z", "B": "y", "C": "x"}
    # On a leave there is no room to be made.
    away = [plans[0], plans[1], Plan("z", grades=frozenset({Grade.A}), most=1, away=LEAVE)]
    assert place([a, b, c], away, {}, TODAY).stays == {"C": Stays.FULL}


def test_thousands_find_room_where_it_can_be_made() -> None:
    everyone = [Plan(f"e{n:02}", most=100) for n in range(20)]
    only_a = [Plan(f"a{n:02}", grades=frozenset({Grade.A}), most=100) for n in range(20)]
    waiting = [
        Waiting(f"{grade}{n:05}", is_new=True, grade=grade)
        for grade in (Grade.A, Grade.C)
        for n in range(2_000)
    ]
    placing = place(waiting, everyone + only_a, {}, TODAY)
    went = Counter((one[0], rep_id[0]) for one, rep_id in placing.given.items())
    assert went == {("A", "a"): 2_000, ("C", "e"): 2_000}


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
        nearest = min(near)[-1] if near else None
        if nearest is None:
            made = placing.given.get(one.customer_id)
            assert made is None or placing.gave_way
            continue
        given_ = placing.gave_way.get(one.customer_id) or placing.given[one.customer_id]
        assert given_ == nearest
        full[nearest] += 1


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
