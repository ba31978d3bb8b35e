"""The points learned from calls: monotone whatever the calls, and the same in any order."""

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumi_desk.worklist.judging.rules import alift, auc
from lumi_desk.worklist.learned.rules import (
    DOUBLE,
    Feature,
    Points,
    Way,
    fit,
    fits,
    score,
    strongest,
)

FEATURES = (
    Feature("tries", ("0", "1", "2", "3"), Way.FALLS),
    Feature("result", ("no", "none", "sold"), Way.RISES),
    Feature("age", ("young", "old", "older"), Way.STEPS),
    Feature("job", ("a", "b")),
)
levels = st.tuples(*(st.integers(0, len(one.levels) - 1) for one in FEATURES))
calls = st.lists(st.tuples(levels, st.booleans()), min_size=1, max_size=80)


@given(calls, st.sampled_from([0.01, 1.0, 50.0]))
@settings(max_examples=60)
def test_points_go_only_the_ways_they_may(
    told: list[tuple[tuple[int, ...], bool]], r: float
) -> None:
    points = fit(FEATURES, told, r)
    tries, result = points.of["tries"], points.of["result"]
    assert list(tries) == sorted(tries, reverse=True)
    assert list(result) == sorted(result)
    assert fits(points, FEATURES)


@given(calls, levels)
@settings(max_examples=40)
def test_ringing_in_vain_never_lifts_and_a_sale_never_lowers(
    told: list[tuple[tuple[int, ...], bool]], hers: tuple[int, ...]
) -> None:
    points = fit(FEATURES, told, 0.1)
    tries, result, *rest = hers
    worth = score(points, FEATURES, hers)
    assert score(points, FEATURES, (min(tries + 1, 3), result, *rest)) <= worth
    assert score(points, FEATURES, (tries, 2, *rest)) >= worth


@given(calls.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
@settings(max_examples=40)
def test_the_order_of_the_calls_does_not_matter(
    both: tuple[list[tuple[tuple[int, ...], bool]], list[tuple[tuple[int, ...], bool]]],
) -> None:
    assert fit(FEATURES, both[0]) == fit(FEATURES, both[1])


def test_a_way_against_the_calls_is_pooled_flat() -> None:
    (feature,) = (Feature("tries", ("0", "1"), Way.FALLS),)
    told = [((0,), number < 10) for number in range(100)]
    told += [((1,), number < 60) for number in range(100)]
    assert fit([feature], told, 1.0).of["tries"] == (0, 0)
    free = fit([Feature("tries", ("0", "1"))], told, 0.01).of["tries"]
    assert free[0] < 0 < free[1]


def test_points_are_odds() -> None:
    """Without doubt, the points between two levels are the odds that were counted."""
    told = [((0,), number < 200) for number in range(1000)]
    told += [((1,), number < 500) for number in range(1000)]
    points = fit([Feature("x", ("0", "1"), Way.STEPS)], told, 1e-6).of["x"]
    assert points[1] - points[0] == pytest.approx(DOUBLE * log(4) / log(2), abs=1)


def test_few_calls_move_little_and_many_move_much() -> None:
    feature = [Feature("x", ("0", "1"), Way.STEPS)]
    few = [((level,), good) for level, good in ((0, False), (1, True))]
    gaps = [
        points[1] - points[0]
        for points in (fit(feature, few * n).of["x"] for n in (1, 100, 10_000))
    ]
    assert gaps[0] < 5 < gaps[1] < gaps[2]


def test_calls_of_one_outcome_and_none_at_all() -> None:
    assert fits(fit(FEATURES, [((0, 0, 0, 0), True)] * 50), FEATURES)
    with pytest.raises(ValueError, match="no calls"):
        fit(FEATURES, [])


def test_the_strongest_reason_is_what_lifts_most() -> None:
    points = Points(
        -50, {"tries": (9, 0, -5, -9), "result": (-4, 0, 30), "age": (0,) * 3, "job": (5, -5)}
    )
    assert strongest(points, FEATURES, (0, 2, 0, 0)) == "result"
    assert strongest(points, FEATURES, (0, 0, 0, 0)) == "tries"
    assert strongest(points, FEATURES, (3, 0, 0, 1)) is None
    assert score(points, FEATURES, (0, 2, 0, 0)) == -50 + 9 + 30 + 5


@pytest.mark.parametrize(
    "of",
    [
        {},
        {"tries": (0, 1, 0, 0), "result": (0, 0, 0), "age": (0,) * 3, "job": (0, 0)},
        {"tries": (0,) * 4, "result": (1, 0, 0), "age": (0,) * 3, "job": (0, 0)},
        {"tries": (0,) * 3, "result": (0, 0, 0), "age": (0,) * 3, "job": (0, 0)},
        {"tries": (0,) * 4, "result": (0, 0, 0), "age": (0,) * 3, "job": (0, 0), "more": (0,)},
    ],
)
def test_points_that_do_not_fit_are_told_apart(of: dict[str, tuple[int, ...]]) -> None:
    assert not fits(Points(0, of), FEATURES)


scores = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=40)


@given(scores)
def test_auc_is_the_share_of_pairs_in_order(told: list[tuple[int, bool]]) -> None:
    wells = [one for one, good in told if good]
    others = [one for one, good in told if not good]
    pairs = [(a > b) + (a == b) / 2 for a in wells for b in others]
    found = auc([one for one, _ in told], [good for _, good in told])
    assert found == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


@given(scores)
def test_alift_is_auc_seen_from_all_calls(told: list[tuple[int, bool]]) -> None:
    """A known identity: half the share that goes well, and AUC over the rest."""
    found = alift([one for one, _ in told], [good for _, good in told])
    area = auc([one for one, _ in told], [good for _, good in told])
    share = sum(good for _, good in told) / len(told)
    if share == 0:
        assert found is None
    else:
        assert found == pytest.approx(share / 2 + (1 - share) * (area if area is not None else 0))
