"""Hours, contact budget, dispositions."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.calls.rules import (
    ANSWERED,
    BECAUSE_CODES,
    BUDGET,
    NOT_ANSWERED,
    Allowed,
    Blocked,
    ContactBudget,
    Disposition,
    closed,
    may_dial,
    next_open,
)
from lumi_desk.clock import SHANGHAI, local_day

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def at(clock: str, day: int = 22) -> datetime:
    local = datetime.combine(date(2026, 11, day), time.fromisoformat(clock), SHANGHAI)
    return local.astimezone(UTC)


moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: NOON - timedelta(minutes=minutes))
dials = st.lists(moments, max_size=15)


def test_dispositions_have_two_levels_of_six() -> None:
    assert len(ANSWERED) == len(NOT_ANSWERED) == 6
    assert {*ANSWERED, *NOT_ANSWERED} == set(Disposition)
    assert Disposition.SOLD.answered
    assert not Disposition.OFF.answered


@pytest.mark.parametrize(
    ("clock", "code", "until"),
    [
        ("08:59:59", "hours", ("09:00", 22)),
        ("09:00", None, None),
        ("11:59:59", None, None),
        ("12:00", "midday", ("13:30", 22)),
        ("13:29:59", "midday", ("13:30", 22)),
        ("13:30", None, None),
        ("20:59:59", None, None),
        ("21:00", "hours", ("09:00", 23)),
        ("00:10", "hours", ("09:00", 22)),
    ],
)
def test_hours(clock: str, code: str | None, until: tuple[str, int] | None) -> None:
    answer = may_dial(at(clock), [], refused=False)
    if code is None or until is None:
        assert answer == Allowed(3)
        assert next_open(at(clock)) == at(clock)
    else:
        assert isinstance(answer, Blocked)
        assert (answer.because.code, answer.until) == (code, at(*until))
        assert next_open(at(clock)) == at(*until)


def test_a_refusal_binds_at_any_hour_for_ever() -> None:
    for clock in ("03:00", "10:00", "12:30"):
        answer = may_dial(at(clock), [], refused=True)
        assert isinstance(answer, Blocked)
        assert (answer.because.code, answer.until) == ("refused", None)


def test_three_a_day_half_an_hour_apart() -> None:
    second = may_dial(at("10:29"), [at("10:00")], refused=False)
    assert isinstance(second, Blocked)
    assert (second.because.code, second.until) == ("spacing", at("10:30"))
    assert may_dial(at("10:30"), [at("10:00")], refused=False) == Allowed(2)
    third = may_dial(at("15:00"), [at("10:00"), at("11:00"), at("14:00")], refused=False)
    assert isinstance(third, Blocked)
    assert third.because.fields == {"cap": 3, "used": 3}
    assert (third.because.code, third.until) == ("daily_cap", at("09:00", 23))


def test_spacing_that_ends_in_the_pause_ends_with_the_pause() -> None:
    answer = may_dial(at("11:50"), [at("11:40")], refused=False)
    assert isinstance(answer, Blocked)
    assert (answer.because.code, answer.until) == ("spacing", at("13:30"))


def test_six_a_week_and_twelve_a_month() -> None:
    week = [at("10:00", day) for day in (16, 17, 18, 19, 20, 21)]
    answer = may_dial(at("10:00"), week, refused=False)
    assert isinstance(answer, Blocked)
    assert (answer.because.code, answer.until) == ("weekly_cap", at("09:00", 23))
    assert may_dial(at("10:00"), [at("10:00", 15), *week[1:]], refused=False) == Allowed(3)
    month = [at("10:00", day) for day in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)]
    monthly = may_dial(at("10:00"), month, refused=False)
    assert isinstance(monthly, Blocked)
    assert monthly.because.code == "monthly_cap"
    assert monthly.until == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def test_a_clock_set_back_frees_nobody() -> None:
    ahead = [at("10:00", 23), at("11:00", 23), at("14:00", 24)]
    answer = may_dial(at("10:00"), ahead, refused=False)
    assert isinstance(answer, Blocked)
    assert answer.because.code == "daily_cap"
    assert isinstance(may_dial(at("10:00"), [at("10:20")], refused=False), Blocked)
    assert may_dial(at("10:00"), [at("10:00", 23)], refused=False) == Allowed(2)


@given(dials, moments, st.booleans())
def test_allowed_only_within_every_limit(
    known: list[datetime], now: datetime, refused: bool
) -> None:
    answer = may_dial(now, known, refused=refused)
    if isinstance(answer, Allowed):
        clock = now.astimezone(SHANGHAI).time()
        assert not refused
        assert time(9) <= clock < time(21)
        assert not time(12) <= clock < time(13, 30)
        ages = [max((local_day(now) - local_day(dial)).days, 0) for dial in known]
        assert ages.count(0) < 3
        assert sum(age < 7 for age in ages) < 6
        assert sum(age < 30 for age in ages) < 12
        assert all(abs(now - dial) >= timedelta(minutes=30) for dial in known)
        assert answer.left_today == 3 - ages.count(0)
    else:
        assert answer.because.code in BECAUSE_CODES


@given(dials, moments, moments)
def test_one_dial_more_never_allows(known: list[datetime], now: datetime, more: datetime) -> None:
    if isinstance(may_dial(now, known, refused=False), Blocked):
        assert isinstance(may_dial(now, [*known, more], refused=False), Blocked)


@given(dials, moments)
def test_waiting_until_the_said_moment_helps(known: list[datetime], now: datetime) -> None:
    before = [dial for dial in known if dial <= now]
    for _ in range(10):
        answer = may_dial(now, before, refused=False)
        if isinstance(answer, Allowed):
            return
        assert answer.until is not None
        assert answer.until > now
        now = answer.until
    pytest.fail("still blocked after ten waits")


@given(moments)
def test_next_open_is_open(now: datetime) -> None:
    assert closed(next_open(now)) is None
    assert next_open(now) >= now


def test_the_budget_is_configurable() -> None:
    loose = ContactBudget(opens=time(0), closes=time(23, 59), per_day=9, per_week=9, per_month=9)
    assert may_dial(at("08:00"), [at("07:00")] * 3, refused=False, settings=loose) == Allowed(6)
    none = may_dial(at("10:00"), [], refused=False, settings=ContactBudget(per_day=0))
    assert isinstance(none, Blocked)
    assert BUDGET.per_day == 3
