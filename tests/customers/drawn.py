"""Histories and numbers as Hypothesis draws them, close to every border."""

from datetime import timedelta
from fractions import Fraction

from hypothesis import strategies as st

from lumi_desk.customers.rules import (
    ChurnSettings,
    GradeSettings,
    History,
    Line,
    PoolSettings,
    Purchase,
    RelationshipSettings,
)
from tests.makers import NOW

moments = st.builds(
    lambda days, hours: NOW - timedelta(days=days, hours=hours),
    st.integers(-20, 500) | st.sampled_from((30, 90, 180, 365)),
    st.integers(0, 23),
)
purchases = st.builds(
    Purchase,
    paid_at=moments,
    fen=st.sampled_from((0, 1, 9_900, 30_000, 49_800, 80_000, 120_000)),
    line=st.sampled_from(Line),
    units=st.integers(1, 3),
    by_card=st.booleans(),
)
histories = st.builds(
    History,
    purchases=st.lists(purchases, max_size=6).map(tuple),
    card_opened_at=st.none() | moments,
    last_answered_at=st.none() | moments,
)
pools = st.builds(PoolSettings, st.integers(1, 500))
grades = st.builds(
    lambda days, points, recharge, lines: GradeSettings(
        days, max(points), min(points), recharge, dict(zip(Line, lines, strict=False))
    ),
    st.integers(1, 400),
    st.tuples(st.integers(0, 130_000), st.integers(0, 130_000)),
    st.integers(0, 90_000),
    st.tuples(st.integers(0, 40_000), st.integers(0, 40_000)),
)
relationships = st.builds(
    lambda days, late, usual, often, answered, steps: RelationshipSettings(
        days, late, usual, often, answered, *steps
    ),
    st.integers(1, 500),
    st.lists(st.fractions(Fraction(1, 10), 9, max_denominator=20), min_size=3, max_size=3)
    .map(sorted)
    .map(tuple),
    st.integers(1, 120),
    st.integers(1, 5),
    st.integers(0, 200),
    st.lists(st.integers(0, 5), min_size=3, max_size=3).map(lambda one: sorted(one, reverse=True)),
)
churns = st.builds(
    ChurnSettings,
    lost=st.integers(200, 500),
    ahead=st.integers(1, 199),
    late=st.fractions(1, 4, max_denominator=20),
    least=st.integers(0, 199),
)
