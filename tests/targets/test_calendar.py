"""Working days against the State Council's own list."""

import csv
from datetime import date
from pathlib import Path

from lumi_desk.targets.calendar import LAST_ANNOUNCED, calendar, is_announced
from lumi_desk.targets.rules import is_workday, month_of, working_days


def test_days_off_and_swapped_days_are_the_official_ones(shared_data: Path) -> None:
    file = shared_data / "calendar_cn_official_daysoff_2024_2026.csv"
    with file.open(encoding="utf-8-sig", newline="") as told:
        rows = list(csv.DictReader(told))
    assert len(rows) == 108
    for row in rows:
        day = date.fromisoformat(row["date"])
        assert is_workday(day, calendar(day.year)) == (row["status"] == "调休上班"), row


def test_known_months() -> None:
    # October 2026: 22 weekdays, five of them off, one Saturday worked.
    for month, days in (((2026, 11), 21), ((2026, 10), 18), ((2026, 2), 16)):
        first, last = month_of(date(*month, 1))
        assert working_days(first, last, calendar(first.year)) == days


def test_a_year_to_come_is_reckoned_and_says_so() -> None:
    year = LAST_ANNOUNCED + 1
    assert is_announced(LAST_ANNOUNCED)
    assert not is_announced(year)
    assert not is_announced(2003)
    off = calendar(year)
    assert not any(off.values())
    assert len(off) == 13


def test_reckoned_days_off_are_the_lunar_ones() -> None:
    # 2027: new year's eve on 5 February, 清明 on 5 April, 端午 on 9 June, 中秋 on 15 September.
    for month, day in ((2, 5), (2, 8), (4, 5), (6, 9), (9, 15), (10, 1)):
        assert not is_workday(date(2027, month, day), calendar(2027))
    assert is_workday(date(2027, 2, 10), calendar(2027))
