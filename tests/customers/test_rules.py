"""Pools, grades, rhythm, relationship, warnings, product titles."""

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.customers.rules import (
    Grade,
    GradeSettings,
    History,
    Line,
    Pool,
    PoolSettings,
    Purchase,
    Relationship,
    Star,
    churn_warning,
    first_paid_at,
    grade,
    half_year_day,
    handover_due,
    is_new,
    last_purchase,
    leading,
    line_of,
    own_rhythm,
    pool,
    relationship,
    star_of,
    year_spend,
)

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai


def ago(days: int, hours: int = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def bought(days: int, yuan: int = 498, **more: object) -> Purchase:
    return Purchase(ago(days), yuan * 100, **more)  # type: ignore[arg-type]


def history(*days: int, **more: object) -> History:
    return History(tuple(bought(day) for day in days), **more)  # type: ignore[arg-type]


purchases = st.builds(
    Purchase,
    paid_at=st.integers(-100, 900).map(ago),
    fen=st.integers(0, 300_000),
    refunded_fen=st.integers(0, 300_000),
    line=st.sampled_from(Line),
    by_card=st.booleans(),
)
histories = st.builds(
    History,
    purchases=st.lists(purchases, max_size=8).map(tuple),
    card_opened_at=st.none() | st.integers(-50, 900).map(ago),
    last_answered_at=st.none() | st.integers(-50, 400).map(ago),
)


def test_pool_by_card_and_last_purchase() -> None:
    assert pool(History(), NOW) is Pool.ZERO
    assert pool(history(365), NOW) is Pool.ONE
    assert pool(history(366), NOW) is Pool.ZERO
    assert pool(History(card_opened_at=ago(900)), NOW) is Pool.V
    assert pool(history(100), NOW, PoolSettings(active_days=90)) is Pool.ZERO


def test_a_wholly_refunded_or_free_order_does_not_count() -> None:
    assert pool(History((bought(3, refunded_fen=49_800),)), NOW) is Pool.ZERO
    assert pool(History((bought(3, yuan=0),)), NOW) is Pool.ZERO
    assert pool(History((bought(3, refunded_fen=49_700),)), NOW) is Pool.ONE


def test_days_are_those_of_shanghai() -> None:
    # 2025-11-21 16:30 UTC is half past midnight on the 22nd in Shanghai: exactly 365 days.
    assert (
        pool(History((Purchase(datetime(2025, 11, 21, 16, 30, tzinfo=UTC), 1),)), NOW) is Pool.ONE
    )
    assert (
        pool(History((Purchase(datetime(2025, 11, 21, 15, 30, tzinfo=UTC), 1),)), NOW) is Pool.ZERO
    )


@given(histories)
def test_pool_says_what_the_history_says(her: History) -> None:
    counted = [
        one
        for one in her.purchases
        if one.fen > one.refunded_fen and one.paid_at <= NOW and one.paid_at >= ago(365)
    ]
    opened = her.card_opened_at is not None and her.card_opened_at <= NOW
    expected = Pool.V if opened else Pool.ONE if counted else Pool.ZERO
    assert pool(her, NOW) is expected


@given(histories)
def test_the_order_of_purchases_is_irrelevant_and_the_future_unseen(her: History) -> None:
    turned = History(her.purchases[::-1], her.card_opened_at, her.last_answered_at)
    past = History(
        tuple(one for one in her.purchases if one.paid_at <= NOW),
        her.card_opened_at,
        her.last_answered_at,
    )
    for rule in (pool, grade, own_rhythm, relationship, churn_warning, year_spend, handover_due):
        assert rule(her, NOW) == rule(turned, NOW) == rule(past, NOW)


@pytest.mark.parametrize(
    ("yuan", "expected"),
    [(800, Grade.A), (799, Grade.B), (300, Grade.B), (299, Grade.C), (129, Grade.C)],
)
def test_grade_by_first_order(yuan: int, expected: Grade) -> None:
    assert grade(History((bought(2, yuan),)), NOW) is expected


def test_grade_of_the_recharged_and_of_the_old() -> None:
    assert grade(History((bought(2, 129),), card_opened_at=ago(1)), NOW) is Grade.A
    assert grade(History(card_opened_at=ago(1)), NOW) is Grade.A
    assert grade(history(180), NOW) is Grade.B
    assert grade(history(181), NOW) is None
    assert grade(history(400, 2), NOW) is None
    assert grade(History(), NOW) is None


def test_grade_looks_at_the_first_order_only() -> None:
    assert grade(History((bought(20, 100), bought(2, 5000))), NOW) is Grade.C


def test_of_two_first_orders_at_one_moment_the_larger_counts() -> None:
    split = (bought(20, 100), bought(20, 900))
    assert grade(History(split), NOW) is grade(History(split[::-1]), NOW) is Grade.A
    assert last_purchase(History(split), NOW) == bought(20, 900)


@given(histories, st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_line_only_lifts(her: History, collagen: int, enzyme: int) -> None:
    lifting = GradeSettings(line_points={Line.COLLAGEN: collagen, Line.ENZYME: enzyme})
    plain, lifted = grade(her, NOW), grade(her, NOW, lifting)
    assert (plain is None) == (lifted is None)
    if plain is not None and lifted is not None:
        assert lifted <= plain  # "A" sorts before "C"


@given(histories)
def test_a_recharge_only_lifts(her: History) -> None:
    before = grade(History(her.purchases), NOW)
    after = grade(History(her.purchases, card_opened_at=NOW), NOW)
    if before is not None:
        assert after is Grade.A


def test_settings_that_would_lower_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        GradeSettings(line_points={Line.OTHER: -1})
    with pytest.raises(ValueError, match="easier"):
        GradeSettings(a_points=1, b_points=2)


def test_handover_at_the_second_purchase_or_on_day_180() -> None:
    assert not handover_due(history(179), NOW)
    assert handover_due(history(180), NOW)
    assert handover_due(history(20, 3), NOW)
    assert not handover_due(history(20, 20), NOW)
    assert not handover_due(History((bought(20), bought(3, refunded_fen=49_800))), NOW)
    assert not handover_due(History(), NOW)
    assert is_new(history(180), NOW)


@given(histories)
def test_whoever_is_not_new_any_more_was_handed_over(her: History) -> None:
    if first_paid_at(her, NOW) is not None and not is_new(her, NOW):
        assert handover_due(her, NOW)


def test_half_year_clock_and_last_purchase() -> None:
    assert half_year_day(history(400, 26), NOW) == 26
    assert half_year_day(history(0), NOW) == 0
    assert half_year_day(History(), NOW) is None
    assert last_purchase(history(400, 26), NOW) == bought(26)


def test_own_rhythm_is_the_median_gap_between_days() -> None:
    assert own_rhythm(history(173, 128, 83), NOW) == 45
    assert own_rhythm(history(100, 90, 0), NOW) == 50
    assert own_rhythm(history(100), NOW) is None
    assert own_rhythm(History((bought(9), Purchase(ago(9, 1), 500))), NOW) is None


def test_year_spend_counts_what_was_kept_within_the_year() -> None:
    her = History((bought(366, 1000), bought(365, 100), bought(3, 50, refunded_fen=2_000)))
    assert year_spend(her, NOW) == 13_000


def test_churn_warning_says_how_quiet_she_is() -> None:
    reason = churn_warning(history(218, 173, 128, 83), NOW)
    assert reason is not None
    assert (reason.code, reason.fields) == ("quiet", {"days": 83, "usual": 45})
    assert churn_warning(history(173, 128, 60), NOW) is None


def test_churn_warning_without_a_rhythm_comes_three_months_before_the_year_is_over() -> None:
    assert churn_warning(history(274), NOW) is None
    reason = churn_warning(history(275), NOW)
    assert reason is not None
    assert (reason.code, reason.fields) == ("quiet_once", {"days": 275, "left": 90})
    assert churn_warning(history(366), NOW) is None


def test_churn_warning_never_comes_early_for_quick_buyers_nor_late_for_slow_ones() -> None:
    assert churn_warning(history(58, 51, 44), NOW) is None
    assert churn_warning(history(59, 52, 45), NOW) is not None
    assert churn_warning(history(775, 525, 275), NOW) is not None


@given(histories, st.integers(0, 200))
def test_a_warning_once_raised_stays_until_she_buys_or_is_lost(her: History, days: int) -> None:
    quiet = History(tuple(one for one in her.purchases if one.paid_at <= NOW))
    later = NOW + timedelta(days=days)
    if churn_warning(quiet, NOW) is not None and (half_year_day(quiet, later) or 0) <= 365:
        assert churn_warning(quiet, later) is not None


def test_relationship_by_recency_frequency_and_contact() -> None:
    often = (200, 155, 110, 65, 20)
    assert relationship(history(*often), NOW) is Relationship.CLOSE
    assert relationship(history(65, 20), NOW) is Relationship.STEADY
    assert relationship(history(65, 20, last_answered_at=ago(5)), NOW) is Relationship.CLOSE
    assert relationship(history(218, 173, 128, 83), NOW) is Relationship.COOLING
    assert relationship(history(300), NOW) is Relationship.AT_RISK
    assert relationship(history(366), NOW) is None
    assert relationship(History(), NOW) is None


@given(histories, st.integers(0, 365))
def test_a_relationship_never_grows_by_waiting(her: History, days: int) -> None:
    still = History(
        tuple(one for one in her.purchases if one.paid_at <= NOW),
        last_answered_at=her.last_answered_at
        if her.last_answered_at is not None and her.last_answered_at <= NOW
        else None,
    )
    order = [*Relationship, None]
    now, later = relationship(still, NOW), relationship(still, NOW + timedelta(days=days))
    assert order.index(later) >= order.index(now)


@pytest.mark.parametrize(
    ("title", "line", "star"),
    [
        ("梦胶原 胶原蛋白肽饮 30瓶", Line.COLLAGEN, Star.DREAM),
        ("胶原蛋白肽粉 30日装", Line.COLLAGEN, None),
        ("Dream Collagen 30 sticks", Line.COLLAGEN, Star.DREAM),
        ("大酵素 果蔬酵素原液 750ml", Line.ENZYME, Star.BIG_ENZYME),
        ("复合果蔬孝素粉", Line.ENZYME, None),
        ("Enzyme jelly", Line.ENZYME, None),
        ("胶原+酵素 组合装", Line.COLLAGEN, None),
        ("酵素果冻 送梦胶原体验装", Line.ENZYME, None),
        ("买一送一 胶原蛋白饮", Line.COLLAGEN, None),
        ("买一送一 大酵素", Line.ENZYME, Star.BIG_ENZYME),
        ("胶原蛋白面膜 10片", Line.OTHER, None),
        ("酵素洁颜粉 32颗", Line.OTHER, None),
        ("钙片 60粒", Line.OTHER, None),
        ("", Line.OTHER, None),
    ],
)
def test_titles(title: str, line: Line, star: Star | None) -> None:
    assert line_of(title) is line
    assert star_of(title) is star


@given(st.text())
def test_a_star_belongs_to_a_line(title: str) -> None:
    if star_of(title) is not None:
        assert line_of(title) is not Line.OTHER


def test_the_leading_line_of_an_order() -> None:
    assert leading(frozenset({Line.OTHER, Line.ENZYME})) is Line.ENZYME
    assert leading(frozenset(Line)) is Line.COLLAGEN
    assert leading(frozenset()) is Line.OTHER


def test_real_cosmetics_are_neither_collagen_nor_enzyme(shared_data: Path) -> None:
    with gzip.open(shared_data / "beauty_titles_2016-11.csv.gz", "rt", encoding="utf-8") as file:
        titles = {row["title"] for row in csv.DictReader(file)}
    assert len(titles) > 2_000
    wrong = {title for title in titles if line_of(title) is not Line.OTHER}
    assert wrong == set()
