"""What is known before a call becomes levels; points for them travel as plain values."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumi_desk.calls.rules import Channel, Disposition
from lumi_desk.worklist.known.rules import (
    BECAUSE_CODES,
    FEATURES,
    Known,
    Past,
    levels,
    pasts,
    read,
    standing,
    written,
)
from lumi_desk.worklist.learned.rules import Levels, Points, fit
from tests.makers import NOW

DAY = timedelta(days=1)
ANSWERING = frozenset(one.value for one in Disposition if one.answered)
NAMES = [one.name for one in FEATURES]
results = st.sampled_from([one.value for one in Disposition])
ago = st.none() | st.integers(0, 400).map(lambda days: NOW - days * DAY)
knowns = st.builds(
    Known,
    past=st.builds(Past, st.integers(0, 9), ago, ago, st.just("") | results),
    last_paid_at=ago,
    rhythm_days=st.none() | st.integers(1, 200),
    pool=st.sampled_from(["V", "1", "0"]),
    grade=st.sampled_from([None, "A", "B", "C"]),
    relationship=st.sampled_from([None, "close", "steady", "cooling", "at_risk"]),
    year_fen=st.integers(0, 10**7),
)
every_level = st.tuples(*(st.integers(0, len(one.levels) - 1) for one in FEATURES))
calls = st.lists(st.tuples(every_level, st.booleans()), min_size=1, max_size=60)


def named(known: Known) -> dict[str, str]:
    hers = levels(known, NOW)
    return {one.name: one.levels[at] for one, at in zip(FEATURES, hers, strict=True)}


def test_nothing_known_and_much_known() -> None:
    assert named(Known()) == {
        "tries": "0", "contact": "never", "purchase": "none", "pool": "0", "grade": "none",
        "relationship": "none", "value": "0", "result": "none",
    }  # fmt: skip
    past = Past(7, NOW - DAY, NOW - 30 * DAY, "sold")
    known = Known(past, NOW - 60 * DAY, 45, "V", "A", "close", 999_999)
    assert named(known) == {
        "tries": "4+", "contact": "under 7 days", "purchase": "under 1.5", "pool": "V",
        "grade": "A", "relationship": "close", "value": "under 10000", "result": "sold",
    }  # fmt: skip


def test_words_of_a_newer_hub_are_unknown_ones() -> None:
    strange = Known(Past(result="delighted"), pool="2", grade="S", relationship="dear")
    assert named(strange) == named(Known())


def test_what_contacts_leave_behind() -> None:
    told = [
        ("a", NOW - 9 * DAY, Channel.CALL.value, "sold"),
        ("a", NOW - 8 * DAY, Channel.CALL.value, "no_answer"),
        ("b", NOW - 7 * DAY, Channel.CALL.value, "busy"),
        ("a", NOW - 6 * DAY, Channel.WECHAT.value, "no_answer"),
        ("a", NOW - 5 * DAY, Channel.CALL.value, "off"),
    ]
    found = pasts(told, ANSWERING)
    assert found["a"] == Past(2, NOW - 5 * DAY, NOW - 9 * DAY, "sold")
    assert found["b"] == Past(1, NOW - 7 * DAY, None, "")
    again = ("a", NOW, Channel.WECHAT.value, "thinking")
    assert pasts([*told, again], ANSWERING)["a"] == Past(0, NOW, NOW, "thinking")


@given(calls, knowns)
@settings(max_examples=60, deadline=None)
def test_one_more_call_in_vain_never_lifts_and_a_sale_never_lowers(
    told: list[tuple[Levels, bool]], known: Known
) -> None:
    points = fit(FEATURES, told, 0.1)
    worth, _ = standing(points, known, NOW)
    tired = replace(known, past=replace(known.past, tries=known.past.tries + 1))
    assert standing(points, tired, NOW)[0] <= worth
    sold = replace(known, past=replace(known.past, result="sold"))
    assert standing(points, sold, NOW)[0] >= worth


@given(calls, knowns)
@settings(max_examples=60, deadline=None)
def test_the_reason_told_is_one_of_hers(told: list[tuple[Levels, bool]], known: Known) -> None:
    points = fit(FEATURES, told, 0.1)
    hers = levels(known, NOW)
    worths = {name: points.of[name][at] for name, at in zip(NAMES, hers, strict=True)}
    total, why = standing(points, known, NOW)
    assert total == points.base + sum(worths.values())
    if why is None:
        assert max(worths.values()) <= 0
    else:
        assert why.code in BECAUSE_CODES
        assert worths[why.code.removeprefix("learned_")] == max(worths.values()) > 0


@given(calls)
@settings(max_examples=30, deadline=None)
def test_points_survive_being_sent(told: list[tuple[Levels, bool]]) -> None:
    points = fit(FEATURES, told, 1.0)
    assert read(json.loads(json.dumps(written(points) | {"learned_from": {"calls": 9}}))) == points


def flat() -> dict[str, Any]:
    return written(Points(0, {one.name: (0,) * len(one.levels) for one in FEATURES}))


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"base": 0},
        {"base": 0, "points": []},
        {"base": 0, "points": {}},
        flat() | {"base": "much"},
        flat() | {"points": flat()["points"] | {"weather": [0, 1]}},
        flat() | {"points": flat()["points"] | {"tries": [0, 0, 0, 0, 1]}},
        flat() | {"points": flat()["points"] | {"tries": [0, 0]}},
        flat() | {"points": flat()["points"] | {"grade": [0, 0, 0, 0.5]}},
        flat() | {"points": flat()["points"] | {"grade": 4}},
    ],
)
def test_what_does_not_fit_is_as_good_as_nothing(body: Any) -> None:
    assert read(body) is None
    assert read(flat()) is not None


def test_a_contact_dated_in_the_future_is_one_of_today() -> None:
    tomorrow: datetime = NOW + DAY
    known = Known(Past(contacted_at=tomorrow), last_paid_at=tomorrow, rhythm_days=30)
    assert named(known)["contact"] == "under 7 days"
    assert named(known)["purchase"] == "under .5"
