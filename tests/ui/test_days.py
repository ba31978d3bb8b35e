"""A day as it is typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.makers import TODAY
from ui.days import NoDay, any_day_of, day_of


@pytest.mark.parametrize(
    ("text", "day", "wrong"),
    [
        ("", TODAY, None),
        ("2026-12-01", date(2026, 12, 1), None),
        (" 2026/12/1 ", date(2026, 12, 1), None),
        ("12-01", date(2026, 12, 1), None),
        ("1.5", date(2027, 1, 5), None),
        ("11-17", TODAY, None),
        ("2026-11-16", TODAY, NoDay.PAST),
        ("11-16", TODAY, NoDay.PAST),
        ("9-1", TODAY, NoDay.PAST),
        ("6-1", date(2027, 6, 1), None),
        ("2026年12月1日", date(2026, 12, 1), None),
        ("12月1号", date(2026, 12, 1), None),
        ("１２．１", date(2026, 12, 1), None),
        ("20261201", date(2026, 12, 1), None),
        ("20261301", TODAY, NoDay.NONE),
        ("明天", date(2026, 11, 18), None),
        ("下周一", date(2026, 11, 23), None),
        ("+7d", date(2026, 11, 24), None),
        ("tomorrow", date(2026, 11, 18), None),
        ("明天9点", TODAY, NoDay.NONE),
        ("昨天", TODAY, NoDay.NONE),
        ("13-01", TODAY, NoDay.NONE),
        ("soon", TODAY, NoDay.NONE),
        ("2-29", TODAY, NoDay.NONE),
        ("2026-12-01-1", TODAY, NoDay.NONE),
        ("12", TODAY, NoDay.NONE),
    ],
)
def test_a_day_is_read(text: str, day: date, wrong: NoDay | None) -> None:
    assert day_of(text, TODAY) == (day, wrong)


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("11-16", TODAY, date(2026, 11, 16)),
        ("12-28", date(2027, 1, 3), date(2026, 12, 28)),
        ("1-3", date(2027, 1, 3), date(2027, 1, 3)),
        ("2025-01-01", TODAY, date(2025, 1, 1)),
        ("2-29", date(2028, 1, 3), date(2028, 2, 29)),
        ("soon", TODAY, None),
    ],
)
def test_a_day_that_has_just_been_is_not_taken_for_next_years(
    text: str, today: date, day: date | None
) -> None:
    assert any_day_of(text, today) == day


@given(st.text(max_size=12))
def test_a_day_is_never_over(text: str) -> None:
    assert day_of(text, TODAY)[0] >= TODAY
