"""Balances, monthly use, fit, renewal."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.cards.rules import (
    Balance,
    CardSettings,
    Division,
    Entry,
    EntryKind,
    Intake,
    MonthlyUse,
    Source,
    Verdict,
    balance,
    days_left,
    divide,
    fit,
    limit_months,
    monthly_use,
    renewal_due,
)

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
YEAR_AGO = TODAY - timedelta(days=365)
PRO_RATA = CardSettings(division=Division.PRO_RATA)
balances = st.builds(Balance, st.integers(0, 10**7), st.integers(0, 10**7))


def entry(kind: EntryKind, principal: int, bonus: int = 0, days: int = 1) -> Entry:
    return Entry(NOW - timedelta(days=days), kind, principal, bonus)


def test_a_ledger_keeps_principal_and_bonus_apart() -> None:
    entries = [
        entry(EntryKind.OPEN, 1_200_000, 119_600, 300),
        entry(EntryKind.SPEND, 500_000, 0, 200),
        entry(EntryKind.RESTORE, 20_000, 0, 190),
        entry(EntryKind.TOP_UP, 100_000, 5_000, 100),
        entry(EntryKind.REFUND, 10_000, 0, 50),
        entry(EntryKind.SPEND, 1, 1, days=-1),
    ]
    assert balance(entries, NOW) == Balance(810_000, 124_600)
    assert balance(entries, NOW).fen == 934_600


def test_the_setting_says_what_pays_first() -> None:
    left = Balance(1_000, 500)
    assert divide(left, 1_200) == Balance(1_000, 200)
    assert divide(left, 600, PRO_RATA) == Balance(400, 200)
    assert divide(left, 1_501) is None
    assert divide(left, -1) is None
    assert divide(Balance(), 0, PRO_RATA) == Balance()


@given(balances, st.integers(0, 2 * 10**7), st.sampled_from(Division))
def test_a_spend_is_exact_and_never_overdraws(left: Balance, fen: int, how: Division) -> None:
    part = divide(left, fen, CardSettings(division=how))
    assert (part is None) == (fen > left.fen)
    if part is not None:
        assert part.fen == fen
        assert 0 <= part.principal_fen <= left.principal_fen
        assert 0 <= part.bonus_fen <= left.bonus_fen


@given(balances, st.lists(st.integers(0, 10**6)), st.sampled_from(Division))
def test_any_row_of_spends_leaves_the_balance_exact(
    start: Balance, spends: list[int], how: Division
) -> None:
    ledger = [entry(EntryKind.OPEN, start.principal_fen, start.bonus_fen)]
    spent = 0
    for fen in spends:
        part = divide(balance(ledger, NOW), fen, CardSettings(division=how))
        if part is not None:
            ledger.append(entry(EntryKind.SPEND, part.principal_fen, part.bonus_fen))
            spent += fen
    left = balance(ledger, NOW)
    assert left.fen == start.fen - spent
    assert min(left.principal_fen, left.bonus_fen) >= 0


def test_monthly_use_with_a_full_year_is_her_own() -> None:
    use = monthly_use(YEAR_AGO, TODAY, 1_432_000, Intake(1, 30, 10_000))
    assert use == MonthlyUse(1_432_000, Source.OWN)
    assert use.fen == 119_333


def test_monthly_use_with_less_is_asked() -> None:
    asked = Intake(per_day=1, per_unit=30, unit_fen=35_800, people=2)
    use = monthly_use(YEAR_AGO + timedelta(days=1), TODAY, 1_432_000, asked)
    assert use == MonthlyUse(12 * 2 * 35_800, Source.ASKED)
    assert monthly_use(None, TODAY, 0) is None
    assert monthly_use(YEAR_AGO, TODAY, 0) is None
    assert monthly_use(None, TODAY, 0, Intake(1, 30, 10_000, people=0)) is None
    assert monthly_use(None, TODAY, 0, Intake(1, 1_000, 1)) is None


def test_the_card_of_the_picture() -> None:
    use = MonthlyUse(1_432_000)
    small, large = fit(1_200_000, use), fit(2_500_000, use)
    assert (small.verdict, small.months) == (Verdict.FITS, 10.1)
    assert (large.verdict, large.months) == (Verdict.NOT_RECOMMENDED, 20.9)
    assert large.because.code == "card_too_long"
    assert large.because.fields["limit"] == 18


@pytest.mark.parametrize(
    ("value", "year", "verdict"),
    [
        (1_200_000, 1_200_000, Verdict.FITS),
        (1_200_000, 1_199_999, Verdict.NOT_RECOMMENDED),
        (2_500_000, 1_666_667, Verdict.FITS),
        (2_500_000, 1_666_666, Verdict.NOT_RECOMMENDED),
    ],
)
def test_fit_is_exact_at_its_limits(value: int, year: int, verdict: Verdict) -> None:
    assert fit(value, MonthlyUse(year)).verdict is verdict


def test_without_enough_history_it_asks() -> None:
    answer = fit(1_200_000, None)
    assert (answer.verdict, answer.months) == (Verdict.ASK, None)
    assert answer.because.code == "ask_household"
    with pytest.raises(ValueError, match="positive"):
        MonthlyUse(0)


@given(st.integers(1, 10**7), st.integers(1, 10**8), st.integers(0, 10**8))
def test_more_use_never_turns_a_fit_into_a_misfit(value: int, year: int, more: int) -> None:
    if fit(value, MonthlyUse(year)).verdict is Verdict.FITS:
        assert fit(value, MonthlyUse(year + more)).verdict is Verdict.FITS


def test_other_values_take_the_limit_of_the_next_larger() -> None:
    assert [limit_months(value) for value in (500_000, 1_200_000, 1_800_000, 9_000_000)] == [
        12,
        12,
        18,
        18,
    ]


def test_renewal_is_due_below_a_month() -> None:
    use = MonthlyUse(1_428_000)
    reason = renewal_due(46_000, use)
    assert reason is not None
    assert reason.code == "balance_ending"
    assert reason.fields == {"balance_fen": 46_000, "days": 12, "monthly_fen": 119_000}
    assert renewal_due(119_000, use) is None
    assert renewal_due(118_999, use) is not None
    assert renewal_due(46_000, None) is None
    empty = renewal_due(0, None)
    assert empty is not None
    assert empty.code == "balance_empty"


@given(st.integers(-100, 10**7), st.integers(1, 10**8))
def test_days_left_is_never_negative_and_grows_with_the_balance(fen: int, year: int) -> None:
    use = MonthlyUse(year)
    assert 0 <= days_left(fen, use) <= days_left(fen + 1, use)
