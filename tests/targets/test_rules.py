"""Splitting targets, working days, and every figure of the board."""

import csv
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.targets.rules import (
    Measure,
    TargetSettings,
    WorkTime,
    card_share,
    completion,
    connect_rate,
    conversion,
    elapsed,
    gross_margin,
    handling_time,
    high_margin_share,
    is_workday,
    month_of,
    on_track,
    pace,
    percent,
    required_rate,
    split,
    weekly_order_rate,
    work_time,
    working_days,
)

weights = st.lists(st.integers(0, 1_000), min_size=1, max_size=30)
days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@given(st.integers(-(10**12), 10**12), weights)
def test_a_split_sums_exactly_and_is_fair(total: int, shares: list[int]) -> None:
    parts = split(total, shares)
    assert sum(parts) == total
    assert len(parts) == len(shares)
    whole = sum(shares)
    if whole:
        for part, share in zip(parts, shares, strict=True):
            assert abs(Fraction(total * share, whole) - part) < 1
            assert share or part == 0


@given(st.integers(0, 10**9), weights)
def test_a_larger_weight_never_gets_less(total: int, shares: list[int]) -> None:
    parts = split(total, shares)
    if any(shares):
        by_weight = sorted(zip(shares, parts, strict=True))
        assert [part for _, part in by_weight] == sorted(part for _, part in by_weight)


@given(st.integers(0, 10**10), weights, weights)
def test_year_to_team_to_rep_stays_exact(total: int, teams: list[int], reps: list[int]) -> None:
    assert sum(sum(split(part, reps)) for part in split(total, teams)) == total


def test_split_by_largest_remainder() -> None:
    assert split(100, [1, 1, 1]) == (34, 33, 33)
    assert split(10, [3, 3, 4]) == (3, 3, 4)
    assert split(17, [4, 4, 4, 1, 4]) == (4, 4, 4, 1, 4)
    assert split(7, [0, 0]) == (4, 3)
    assert split(0, []) == ()
    with pytest.raises(ValueError, match="negative"):
        split(1, [1, -1])
    with pytest.raises(ValueError, match="nobody"):
        split(1, [])


def test_workdays_follow_the_calendar_before_the_week() -> None:
    calendar = {date(2026, 2, 17): False, date(2026, 2, 14): True}
    assert not is_workday(date(2026, 2, 17), calendar)
    assert is_workday(date(2026, 2, 14), calendar)
    assert not is_workday(date(2026, 2, 15), calendar)
    assert working_days(date(2026, 11, 1), date(2026, 11, 30), {}) == 21
    assert working_days(date(2026, 11, 2), date(2026, 11, 1), {}) == 0


def test_month_of() -> None:
    assert month_of(date(2026, 11, 22)) == (date(2026, 11, 1), date(2026, 11, 30))
    assert month_of(date(2028, 2, 29)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))


def test_the_real_calendar_with_its_swapped_days(shared_data: Path) -> None:
    path = shared_data / "calendar_cn_official_daysoff_2024_2026.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        calendar = {
            date.fromisoformat(row["date"]): row["status"] == "调休上班"
            for row in csv.DictReader(file)
        }
    assert len(calendar) == 108
    for day, works in calendar.items():
        assert is_workday(day, calendar) == works
    # The published totals: 251 working days in 2024 and 248 in 2025 and in 2026.
    totals = [working_days(date(year, 1, 1), date(year, 12, 31), calendar) for year in (2024, 2025)]
    assert totals == [251, 248]
    # October 2025: eight days off, one swapped Saturday.
    assert working_days(date(2025, 10, 1), date(2025, 10, 31), calendar) == 18


@given(days, days)
def test_elapsed_and_left_make_the_whole(one: date, today: date) -> None:
    first, last = month_of(one)
    for settings in (TargetSettings(), TargetSettings(today_elapsed=False)):
        time = work_time(first, last, today, {}, settings)
        assert 0 <= time.elapsed <= time.total
        assert time.elapsed + time.left == time.total
    assert work_time(first, last, last, {}).left == 0
    assert work_time(first, last, first - timedelta(days=1), {}).elapsed == 0


def test_today_counts_as_elapsed_unless_set_otherwise() -> None:
    first, last = month_of(date(2026, 11, 20))
    assert work_time(first, last, date(2026, 11, 20), {}) == WorkTime(15, 21)
    without = TargetSettings(today_elapsed=False)
    assert work_time(first, last, date(2026, 11, 20), {}, without) == WorkTime(14, 21)


def test_the_figures_of_the_picture() -> None:
    time = WorkTime(15, 20)
    assert percent(completion(281_570, 430_000)) == 65
    assert percent(elapsed(time)) == 75
    assert on_track(281_570, 430_000, time) is False
    assert on_track(190, 240, time) is True
    assert pace(15, 20, time) == 1
    assert required_rate(281_570, 430_000, time.left) == Fraction(148_430, 5)
    assert required_rate(500, 400, 3) == 0
    assert percent(connect_rate(18, 31)) == 58


def test_each_share_has_its_own_base() -> None:
    assert card_share(62, 100) == Fraction(62, 100)
    assert high_margin_share(41, 100) == Fraction(41, 100)
    assert gross_margin(1_000, 400) == Fraction(3, 5)
    assert conversion(3, 12) == Fraction(1, 4)
    assert handling_time(300, 20, 40, 3) == 120
    assert weekly_order_rate(4, 5) == Fraction(4, 5)


def test_without_a_base_there_is_no_figure() -> None:
    none = WorkTime(0, 0)
    assert completion(5, 0) is None
    assert elapsed(none) is None
    assert pace(5, 100, WorkTime(0, 20)) is None
    assert pace(5, 0, WorkTime(3, 20)) is None
    assert on_track(5, 0, WorkTime(3, 20)) is None
    assert on_track(5, 10, none) is None
    assert required_rate(5, 10, 0) is None
    assert required_rate(5, 10, -1) is None
    assert card_share(0, 0) is None
    assert high_margin_share(0, 0) is None
    assert gross_margin(0, 10) is None
    assert connect_rate(0, 0) is None
    assert handling_time(0, 0, 0, 0) is None
    assert percent(None) is None


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 23), st.integers(0, 23))
def test_pace_is_one_exactly_when_completion_meets_time(
    actual: int, target: int, over: int, left: int
) -> None:
    time = WorkTime(over, over + left)
    ratio = pace(actual, target, time)
    assert ratio is not None
    assert (ratio >= 1) == on_track(actual, target, time)


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [
        (Fraction(1, 200), 1),
        (Fraction(999, 2000), 50),
        (Fraction(1, 3), 33),
        (Fraction(-1, 3), -33),
    ],
)
def test_percent_rounds_half_up(ratio: Fraction, shown: int) -> None:
    assert percent(ratio) == shown


def test_two_measures_are_money() -> None:
    assert [one for one in Measure if one.is_money] == [Measure.CASH, Measure.DELIVERED]
    assert len(Measure) == 6
