"""A day as it is typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.makers import TODAY
from ui.days import NoDay, day_of


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
        ("13-01", TODAY, NoDay.NONE),
        ("soon", TODAY, NoDay.NONE),
        ("2-29", TODAY, NoDay.NONE),
        ("2026-12-01-1", TODAY, NoDay.NONE),
        ("12", TODAY, NoDay.NONE),
    ],
)
def test_a_day_is_read(text: str, day: date, wrong: NoDay | None) -> None:
    assert day_of(text, TODAY) == (day, wrong)


@given(st.text(max_size=12))
def test_a_day_is_never_over(text: str) -> None:
    assert day_of(text, TODAY)[0] >= TODAY
