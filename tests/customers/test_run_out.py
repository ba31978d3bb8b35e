"""When what she bought last is used up, who says it, and when she is reminded."""

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.customers.rules import Line
from lumi_desk.customers.run_out.rules import (
    RUN_OUT,
    Due,
    RunOutSettings,
    Taken,
    due,
    remind_from,
    run_out_day,
    used_up,
)
from lumi_desk.customers.why.rules import why_run_out

DAY = timedelta(days=1)
START = date(2026, 11, 1)
BY_LINE = replace(RUN_OUT, days_per_unit=MappingProxyType({Line.COLLAGEN: 15}))
days = st.dictionaries(st.sampled_from(Line), st.integers(0, 90)).map(MappingProxyType)
numbers = st.builds(RunOutSettings, days, days, st.integers(0, 90))
takings = st.builds(
    Taken,
    st.just(START),
    st.sampled_from(Line),
    st.integers(0, 20),
    st.integers(0, 4),
    st.none() | st.integers(0, 60),
)


def test_run_out_day() -> None:
    start = date(2026, 11, 1)
    assert run_out_day(start, units=1, per_unit=30, per_day=1) == date(2026, 11, 30)
    assert run_out_day(start, units=6, per_unit=30, per_day=2) == date(2027, 1, 29)
    assert run_out_day(start, units=1, per_unit=5, per_day=2) == date(2026, 11, 3)
    assert run_out_day(start, units=0, per_unit=30, per_day=1) is None
    assert run_out_day(start, units=1, per_unit=30, per_day=0) is None


@given(st.integers(1, 50), st.integers(1, 100), st.integers(1, 10))
def test_there_is_something_to_take_until_the_run_out_day(
    units: int, per_unit: int, per_day: int
) -> None:
    start = date(2026, 11, 1)
    finished = run_out_day(start, units, per_unit, per_day)
    assert finished is not None
    days = (finished - start).days + 1
    assert (days - 1) * per_day < units * per_unit <= days * per_day


def test_the_catalogue_knows_better_than_the_number_of_the_line() -> None:
    known = Taken(START, Line.COLLAGEN, 2, days_per_unit=10)
    assert used_up(known, BY_LINE) == date(2026, 11, 20)
    assert used_up(replace(known, days_per_unit=None), BY_LINE) == date(2026, 11, 30)
    assert used_up(replace(known, days_per_unit=None, line=Line.ENZYME), BY_LINE) is None
    assert used_up(replace(known, days_per_unit=None)) is None
    assert used_up(replace(known, people=2), BY_LINE) == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (37, Due.LATER),
        (36, Due.SOON),
        (7, Due.SOON),
        (6, Due.NOW),
        (0, Due.NOW),
        (-6, Due.NOW),
        (-7, Due.OVER),
    ],
)
def test_she_is_reminded_from_some_days_before_until_some_after(ahead: int, expected: Due) -> None:
    taken = Taken(START, Line.ENZYME, 1, days_per_unit=30)
    assert due(taken, date(2026, 11, 30) - ahead * DAY) is expected


@given(takings, numbers, st.integers(-100, 2000))
def test_a_reminder_comes_once_and_passes(
    taken: Taken, settings: RunOutSettings, after: int
) -> None:
    order = [Due.LATER, Due.SOON, Due.NOW, Due.OVER]
    now = due(taken, START + after * DAY, settings)
    later = due(taken, START + (after + 1) * DAY, settings)
    assert (now is None) == (later is None) == (used_up(taken, settings) is None)
    if now is not None and later is not None:
        assert order.index(later) - order.index(now) >= 0


@given(takings, numbers)
def test_the_reason_says_the_day_and_the_numbers_it_is_reckoned_from(
    taken: Taken, settings: RunOutSettings
) -> None:
    why, last = why_run_out(taken, settings).fields, used_up(taken, settings)
    assert why["run_out"] == (last.isoformat() if last else None)
    if last is not None:
        people = max(taken.people, 1)
        assert (why["units"], why["people"]) == (taken.units, people)
        assert run_out_day(START, taken.units, taken.lasts(settings), people) == last
        assert why["lasts"] == taken.lasts(settings)
        assert why["remind_day"] == remind_from(taken, last, settings).isoformat()


def test_nothing_bought_runs_not_out() -> None:
    assert due(None, START) is None
    assert why_run_out(None).code == "run_out_nothing"
