"""What a customer has brought and is expected to bring: the model, its judges, the words for it."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.customers.again.rules import AGAIN, Diary
from lumi_desk.customers.value.fitting import brought, fit, fit_means, fit_worth
from lumi_desk.customers.value.judging import Verdict, judge, tenths
from lumi_desk.customers.value.rules import (
    Band,
    Brought,
    ValueModel,
    ValueSettings,
    band,
    expected_fen,
    least_fen,
    why_value,
)
from lumi_desk.hub.public_histories import read

START = date(2025, 1, 1)
TODAY = date(2026, 11, 17)
DAY = timedelta(days=1)
MODEL = ValueModel(AGAIN.habits, 40_000, 2.0)
HER = Brought(date(2025, 9, 20), date(2026, 10, 1), 4, 5, 240_000, 180_000)

diaries = st.dictionaries(st.integers(0, 600), st.integers(1, 10**7), min_size=1, max_size=12).map(
    lambda found: [(START + days * DAY, fen) for days, fen in sorted(found.items())]
)


@cache
def judged(file: Path) -> tuple[dict[str, Diary], date, Verdict]:
    found = read(file)
    verdict = judge(found.diaries, found.split, found.last)
    assert verdict is not None
    return found.diaries, found.split, verdict


def errors(verdict: Verdict) -> dict[str, tuple[float, float]]:
    return {one.name: (one.fen, one.total) for one in verdict.errors}


def test_on_the_cdnow_sample_it_is_twice_as_near_as_simpler_ways(shared_data: Path) -> None:
    _, _, verdict = judged(shared_data / "cdnow_sample.txt")
    told = errors(verdict)
    assert verdict.customers == 2357
    assert told["this model"][0] == pytest.approx(2_936, abs=5)
    assert told["mean"][0] == pytest.approx(5_644, abs=5)
    assert told["as before"][0] == pytest.approx(6_165, abs=5)
    assert told["this model"][1] == pytest.approx(0.79, abs=0.01)
    assert verdict.is_strong


def test_on_the_retail_half_it_says_too_little_and_is_not_used(shared_data: Path) -> None:
    """The judged weeks are those before Christmas: everything learned before expects too little."""
    _, _, verdict = judged(shared_data / "online_retail_half.csv.gz")
    told = errors(verdict)
    assert told["this model"][0] < told["as before"][0] < told["mean"][0]
    assert told["this model"][1] == pytest.approx(0.61, abs=0.01)
    assert not verdict.is_strong


@pytest.mark.parametrize("file", ["cdnow_sample.txt", "online_retail_half.csv.gz"])
def test_the_tenths_stand_in_the_order_of_what_came(shared_data: Path, file: str) -> None:
    _, _, verdict = judged(shared_data / file)
    assert sum(one.customers for one in verdict.tenths) == verdict.customers
    expected = [one.expected_fen for one in verdict.tenths]
    came = [one.came_fen for one in verdict.tenths]
    assert expected == sorted(expected, reverse=True)
    assert came[:4] == sorted(came[:4], reverse=True)
    assert came[0] > 5 * fmean(came[5:])


def test_what_comes_after_the_split_teaches_nothing(shared_data: Path) -> None:
    found, split, verdict = judged(shared_data / "cdnow_sample.txt")
    changed = {
        key: [(day, fen if day < split else fen * 7) for day, fen in diary]
        for key, diary in found.items()
    }
    again = judge(changed, split, verdict.judged_until)
    assert again is not None
    assert again.model == verdict.model
    assert again.fen == 7 * verdict.fen


def test_what_a_purchase_is_worth_is_found_in_drawn_customers() -> None:
    """Purchases are gamma(p), their scale gamma(q, v): the mean is v·p/(q - 1)."""
    dice, p, q, v = Random(7), 5.0, 4.0, 24_000.0
    seen = []
    for _ in range(4_000):
        scale, times = dice.gammavariate(q, 1 / v), dice.randint(1, 6)
        seen.append((times, fmean(dice.gammavariate(p, 1 / scale) for _ in range(times))))
    found = fit_worth(seen)
    assert found is not None
    usual, weight = found
    assert usual == pytest.approx(v * p / (q - 1), rel=0.03)
    assert weight == pytest.approx((q - 1) / p, rel=0.15)


def test_nobody_who_paid_teaches_nothing() -> None:
    assert fit_worth([]) is None
    free = {str(place): [(START, 0), (START + 9 * DAY, 0)] for place in range(300)}
    assert fit(free, TODAY) is None


def test_too_few_teach_nothing() -> None:
    few = {str(place): [(START, 100), (START + 9 * DAY, 100)] for place in range(199)}
    assert fit(few, TODAY) is None
    once = {str(place): [(START, 100)] for place in range(300)}
    assert fit(once, TODAY) is None


@given(diaries, st.integers(0, 400))
def test_silence_lowers_and_never_below_nothing(diary: Diary, more: int) -> None:
    on = diary[-1][0]
    her = brought(diary, on)
    assert her is not None
    first, later = (MODEL.expected_fen(her, on + days * DAY) for days in (0, more))
    assert 0 <= later <= first * (1 + 1e-9)
    assert 0 <= MODEL.alive(her, on + more * DAY) <= 1


@given(diaries, st.integers(1, 10**6))
def test_who_paid_more_is_expected_to_pay_more(diary: Diary, more: int) -> None:
    richer = [(day, fen + more) for day, fen in diary]
    one, other = brought(diary, TODAY), brought(richer, TODAY)
    assert one is not None
    assert other is not None
    assert MODEL.expected_fen(other, TODAY) > MODEL.expected_fen(one, TODAY)


@given(diaries)
def test_her_own_average_is_drawn_towards_that_of_all(diary: Diary) -> None:
    her = brought(diary, TODAY)
    assert her is not None
    low, high = sorted((her.fen / her.days, MODEL.usual_fen))
    assert low * (1 - 1e-9) <= MODEL.worth_fen(her) <= high * (1 + 1e-9)


def test_a_diary_is_seen_up_to_its_day_and_the_year_counted() -> None:
    told = [(START, 100), (START + 300 * DAY, 200), (START + 400 * DAY, 400)]
    assert brought(told, START - DAY) is None
    her = brought(told, START + 399 * DAY)
    assert her == Brought(START, START + 300 * DAY, 2, 2, 300, 200)


@pytest.mark.parametrize(
    ("first", "months"),
    [
        ("2026-11-17", 0),
        ("2026-10-18", 0),
        ("2026-10-17", 1),
        ("2025-11-18", 11),
        ("2024-01-31", 33),
    ],
)
def test_months_are_whole(first: str, months: int) -> None:
    day = date.fromisoformat(first)
    assert Brought(day, day, 1, 1, 100).months(TODAY) == months


def test_means_are_of_whole_groups_and_of_a_year() -> None:
    since = START + 100 * DAY
    told = {f"{place}": [(START, 500), (since + 10 * DAY, 1_000)] for place in range(40)}
    groups = dict.fromkeys(told, "1A") | {f"few{place}": "V" for place in range(29)}
    assert fit_means(told, groups, since, since + 73 * DAY) == {"1A": 5_000}


def test_a_model_tells_how_it_came_to_its_sum() -> None:
    why = why_value(HER, "1", None, 60, TODAY, ValueSettings(MODEL))
    told = why.fields
    assert why.code == "value_model"
    assert (told["brought_fen"], told["orders"], told["months"]) == (240_000, 5, 13)
    assert (told["average_fen"], told["rhythm"]) == (48_000, 60)
    # (2 × 40,000 + 240,000) ÷ (2 + 4).
    assert told["worth_fen"] == 53_333
    assert told["value_fen"] == round(MODEL.purchases(HER, TODAY) * 320_000 / 6)
    assert told["purchases"] == round(MODEL.purchases(HER, TODAY), 1)


def test_without_a_model_the_mean_of_her_group_stands_then_her_last_year() -> None:
    means = ValueSettings(means={"1A": 90_000, "1": 20_000}, customers=400)
    for grade, group, fen in (("A", "1A", 90_000), ("B", "1", 20_000), (None, "1", 20_000)):
        why = why_value(HER, "1", grade, None, TODAY, means)
        assert (why.code, why.fields["group"], why.fields["value_fen"]) == (
            "value_mean",
            group,
            fen,
        )
    assert why_value(HER, "V", None, None, TODAY, means).code == "value_last_year"
    assert (
        expected_fen(HER, "V", None, TODAY, means) == expected_fen(HER, "1", "A", TODAY) == 180_000
    )


def test_who_has_bought_nothing_is_worth_nothing_yet() -> None:
    assert why_value(None, "0", None, None, TODAY, ValueSettings(MODEL)).code == "value_nothing"
    assert expected_fen(None, "V", "A", TODAY, ValueSettings(MODEL)) == 0


def test_the_bands_begin_where_they_say() -> None:
    assert [band(least_fen(one)) for one in Band] == list(Band)
    assert band(least_fen(Band.TOP) - 1) is Band.HIGH
    assert least_fen(Band.LOW) == 0


@pytest.mark.parametrize(
    "numbers", [(0, 1), (-1, 1), (float("nan"), 1), (1, -1), (1, float("inf"))]
)
def test_numbers_that_cannot_be_are_refused(numbers: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        ValueModel(AGAIN.habits, *numbers)


def test_tenths_of_fewer_than_ten_leave_out_the_empty_ones() -> None:
    found = tenths([3, 1, 2], [30, 10, 20])
    assert [(one.expected_fen, one.came_fen) for one in found] == [(3, 30), (2, 20), (1, 10)]
