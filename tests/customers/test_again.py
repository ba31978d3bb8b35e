"""Who buys again: the model, what is learned, and how it is judged, also on real histories."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import exp, log
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lumi_desk.clock import day_end, day_start
from lumi_desk.customers.again.fitting import fit_habits, learn, lowest
from lumi_desk.customers.again.judging import Verdict, judge, top_tenth
from lumi_desk.customers.again.rules import (
    AGAIN,
    AgainSettings,
    Diary,
    Habits,
    Track,
    expected_if_alive,
    log_alive,
    log_expected,
    log_likelihood,
    remembered,
    score,
    spent,
    track,
)
from lumi_desk.customers.rules import History, Purchase, churn_warning, half_year_day
from lumi_desk.hub.public_histories import read
from lumi_desk.worklist.judging.rules import auc

# Fader, Hardie and Lee 2005, on the CDNOW sample.
PUBLISHED = Habits(0.243, 4.414, 0.793, 2.426, at_once=False)
DAY = timedelta(days=1)
_STEPS = 2_000
START = date(2025, 1, 1)

shapes = st.floats(0.01, 50)
mild = st.floats(0.05, 15)
habits = st.builds(Habits, shapes, shapes, shapes, shapes, st.booleans())


@st.composite
def tracks(draw: st.DrawFn, most: int = 300) -> Track:
    """A customer as the model may see her."""
    repeats = draw(st.integers(0, most))
    recency = draw(st.floats(0.1, 200)) if repeats else 0.0
    return Track(repeats, recency, recency + draw(st.floats(0, 200)))


diaries = st.dictionaries(st.integers(0, 700), st.integers(0, 10**7), min_size=1, max_size=12).map(
    lambda found: [(START + days * DAY, fen) for days, fen in sorted(found.items())]
)


@cache
def cdnow(folder: Path) -> tuple[dict[str, Diary], Verdict]:
    found = read(folder / "cdnow_sample.txt")
    verdict = judge(found.diaries, found.split, found.last)
    assert verdict is not None
    return found.diaries, verdict


def seen_in(found: dict[str, Diary]) -> Counter[Track]:
    return Counter(track(diary, date(1997, 9, 30)) for diary in found.values())


def test_the_likelihood_is_the_published_one(shared_data: Path) -> None:
    found, _ = cdnow(shared_data)
    assert log_likelihood(PUBLISHED, seen_in(found)) == pytest.approx(-9582.4, abs=0.05)


def test_the_published_habits_are_found(shared_data: Path) -> None:
    found, _ = cdnow(shared_data)
    best, likelihood = fit_habits(seen_in(found), at_once=False)
    assert likelihood == pytest.approx(-9582.4, abs=0.05)
    assert best.r == pytest.approx(0.243, abs=0.001)
    assert best.alpha == pytest.approx(4.414, abs=0.01)
    assert best.a == pytest.approx(0.793, abs=0.005)
    assert best.b == pytest.approx(2.426, abs=0.015)


def test_the_defaults_are_what_the_public_sample_teaches(shared_data: Path) -> None:
    _, verdict = cdnow(shared_data)
    learned = verdict.learned.settings
    assert learned.habits.r == pytest.approx(AGAIN.habits.r, abs=0.01)
    assert learned.habits.alpha == pytest.approx(AGAIN.habits.alpha, abs=0.05)
    assert learned.habits.a == pytest.approx(AGAIN.habits.a, abs=0.01)
    assert learned.habits.b == pytest.approx(AGAIN.habits.b, abs=0.02)
    assert learned.spend == pytest.approx(AGAIN.spend, abs=0.01)


def test_the_papers_customer_is_expected_to_buy_once_or_twice() -> None:
    """Two repeats until week 30.43, of 38.86 weeks: 1.226 in the next 39 (their worked example)."""
    her = Track(2, 30.43, 38.86)
    assert exp(log_expected(PUBLISHED, her, 39)) == pytest.approx(1.226, abs=0.001)


def _judged(verdict: Verdict) -> dict[str, tuple[float, float]]:
    return {one.name: (one.auc, one.top_tenth) for one in verdict.rankings}


def test_the_cdnow_sample_is_ranked_as_well_as_was_published_and_better(shared_data: Path) -> None:
    _, verdict = cdnow(shared_data)
    assert (verdict.customers, verdict.learned_until) == (2357, date(1997, 9, 30))
    found = _judged(verdict)
    assert found["recency"][0] == pytest.approx(0.7714, abs=0.0001)
    assert found["frequency"][0] == pytest.approx(0.7576, abs=0.0001)
    assert found["BG/NBD"] == pytest.approx((0.7725, 0.467), abs=0.003)
    assert found["this ranking"][0] >= 0.77
    assert found["this ranking"] == max(found.values())
    assert found["this ranking"][1] == max(top for _, top in found.values())


def test_the_retail_half_is_ranked_better_than_by_its_parts(shared_data: Path) -> None:
    told = read(shared_data / "online_retail_half.csv.gz")
    verdict = judge(told.diaries, told.split, told.last)
    assert verdict is not None
    assert verdict.share == pytest.approx(0.575, abs=0.002)
    found = _judged(verdict)
    assert found["recency"][0] == pytest.approx(0.698, abs=0.001)
    assert found["frequency"][0] == pytest.approx(0.742, abs=0.001)
    assert found["RFM fifths"][0] == pytest.approx(0.757, abs=0.001)
    assert found["this ranking"][0] >= 0.75
    assert found["this ranking"] == max(found.values())


def test_among_those_warned_of_it_beats_spend_times_quiet(shared_data: Path) -> None:
    """Of the customers a churn warning speaks of, some come back: they should be called first."""
    found, verdict = cdnow(shared_data)
    until = verdict.learned_until
    now = day_end(until) - timedelta(hours=1)
    ranked, plain, came = [], [], []
    for diary in found.values():
        past = [one for one in diary if one[0] <= until]
        her = History(tuple(Purchase(day_start(day), max(fen, 1)) for day, fen in past))
        if churn_warning(her, now) is not None:
            ranked.append(score(track(past, until), spent(past, until), verdict.learned.settings))
            plain.append(spent(past, until) * (half_year_day(her, now) or 0))
            came.append(past != diary)
    assert len(came) > 400
    assert (auc(ranked, came) or 0) > 0.68 > 0.62 > (auc(plain, came) or 1)


def test_what_comes_after_the_split_teaches_nothing(shared_data: Path) -> None:
    found, verdict = cdnow(shared_data)
    until = verdict.learned_until
    early = {key: [one for one in diary if one[0] <= until] for key, diary in found.items()}
    assert learn(early, until, verdict.learned.settings.weeks) == verdict.learned


def test_too_few_teach_nothing() -> None:
    one = [(START, 100), (START + 30 * DAY, 100)]
    on = START + 60 * DAY
    assert learn({str(key): one for key in range(199)}, on, 13) is None
    assert learn({str(key): one[:1] for key in range(500)}, on, 13) is None
    assert learn({str(key): one for key in range(200)}, START - DAY, 13) is None
    assert judge({str(key): one for key in range(199)}, on, on) is None


def _crowd(customers: int) -> dict[str, Diary]:
    """Every third buys every 40 days to the end, the others left after one to three purchases."""
    lives: dict[str, Diary] = {}
    for key in range(customers):
        times = 9 if key % 3 == 0 else key % 7 % 3 + 1
        first = START + (key * 37 % 90) * DAY
        fen = 20_000 if key % 3 == 0 else 5_000
        lives[f"{key:06}"] = [(first + 40 * n * DAY, fen) for n in range(times)]
    return lives


def test_a_crowd_without_the_public_samples_is_learned_too() -> None:
    on = START + 300 * DAY
    learned = learn(_crowd(300), on, 13)
    assert learned is not None
    assert (learned.customers, learned.settings.weeks) == (300, 13)
    steady, left = (
        score(track(_crowd(300)[key], on), 20_000, learned.settings) for key in ("000003", "000001")
    )
    assert steady > left


def test_of_very_many_an_even_sample_is_taken() -> None:
    learned = learn(_crowd(12_001), START + 300 * DAY, 13)
    assert learned is not None
    assert learned.customers == 4_001


@given(habits, tracks())
def test_being_a_customer_still_is_a_chance(crowd: Habits, her: Track) -> None:
    assert 0 <= exp(log_alive(crowd, her)) <= 1
    later = her._replace(age=her.age + 1)
    assert log_alive(crowd, later) <= log_alive(crowd, her) + 1e-9


@given(habits, shapes)
def test_without_leaving_at_once_whoever_bought_once_is_a_customer(
    crowd: Habits, age: float
) -> None:
    alive = log_alive(crowd, Track(0, 0.0, age))
    assert (alive == 0) != crowd.at_once


@given(habits, tracks(), st.floats(0.2, 60))
def test_more_is_expected_of_a_longer_time_and_never_more_than_of_a_true_customer(
    crowd: Habits, her: Track, weeks: float
) -> None:
    # Without leaving at once, the sum for a single purchase has its holes where a + b is small.
    assume(crowd.at_once or her.repeats or crowd.a + crowd.b > 1.1)
    soon, later = (expected_if_alive(crowd, her, time) for time in (weeks, weeks * 1.5))
    assert 0 < soon <= later * (1 + 1e-6)
    rate = (crowd.r + her.repeats) / (crowd.alpha + her.age)
    assert later <= rate * weeks * 1.5 * (1 + 1e-9)


@given(st.builds(Habits, mild, mild, mild, mild), tracks(20), st.floats(0.2, 60))
def test_the_sum_is_what_adding_up_over_all_chances_finds(
    crowd: Habits, her: Track, weeks: float
) -> None:
    """Expected purchases once more, added up over all chances to leave that she may have."""
    assert expected_if_alive(crowd, her, weeks) == pytest.approx(
        _slowly(crowd, her, weeks), rel=0.01, abs=1e-4
    )


def _slowly(crowd: Habits, her: Track, weeks: float) -> float:
    """The mean number of purchases over what her chance to leave may be, by midpoints.

    For one chance p it is E[(1 - exp(-pace p weeks)) / p] over her pace, in closed form.
    """
    shape, rate = crowd.r + her.repeats, crowd.alpha + her.age
    stays = crowd.b + crowd.chances_to_leave(her.repeats)
    # Below a = 1 the density has a peak at 0, which p = u^(1/a) takes away.
    power = max(1.0, 1 / crowd.a)
    total = weight = 0.0
    for step in range(_STEPS):
        p = ((step + 0.5) / _STEPS) ** power
        density = (1 - p) ** (stays - 1) * (p ** (crowd.a - 1) if crowd.a > 1 else 1.0)
        gone = 1 - (rate / (rate + p * weeks)) ** shape
        weight += density
        total += density * (gone / p if p > 1e-9 else shape * weeks / rate)
    return total / weight


@given(tracks(), st.integers(0, 10**8), st.integers(1, 10**8))
def test_quiet_lowers_and_spend_raises_her_place(her: Track, fen: int, more: int) -> None:
    assert score(her, fen + more) > score(her, fen)
    assert score(her._replace(age=her.age + 1), fen) < score(her, fen)


@given(diaries, st.integers(0, 900))
def test_a_track_is_what_was_bought_by_then(diary: Diary, days: int) -> None:
    on = START + days * DAY
    past = [day for day, _ in diary if day <= on]
    if not past:
        with pytest.raises(ValueError, match="nothing"):
            track(diary, on)
        return
    her = track(diary, on)
    assert her.repeats == len(past) - 1
    assert her.recency <= her.age == (on - past[0]).days / 7
    assert spent(diary, on) <= sum(fen for day, fen in diary if day <= on)


@given(diaries)
def test_a_desk_remembers_exactly_who_began_within_the_year(diary: Diary) -> None:
    on = diary[-1][0] + 3 * DAY
    assume((on - diary[0][0]).days <= 365)
    days = [day for day, _ in diary]
    gaps = sorted((b - a).days for a, b in pairwise(days))
    rhythm = gaps[len(gaps) // 2] if gaps else None
    assert remembered(days[0], days[-1], on, rhythm, len(days)) == track(diary, on)


def test_a_desk_reckons_older_purchases_from_her_rhythm() -> None:
    first, last = START, START + 800 * DAY
    assert remembered(first, last, last, 40, 9).repeats == 20
    assert remembered(first, last, last, None, 9).repeats == 8
    assert remembered(first, last, last, 800, 0).repeats == 1
    assert remembered(first, first, last, None, 0) == Track(0, 0.0, 800 / 7)


@pytest.mark.parametrize("numbers", [(0, 1, 1, 1), (1, -1, 1, 1), (1, 1, float("nan"), 1)])
def test_habits_that_cannot_be_are_refused(numbers: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Habits(*numbers)


@pytest.mark.parametrize(("spend", "weeks"), [(-0.1, 13), (0.1, 0), (float("nan"), 13)])
def test_spend_never_lowers(spend: float, weeks: float) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        AgainSettings(AGAIN.habits, spend, weeks)


ranked = st.lists(
    st.tuples(st.integers(0, 6).map(float), st.booleans(), st.integers(0, 5)), min_size=2
)


@given(ranked)
def test_the_top_tenth_is_a_share(found: list[tuple[float, bool, int]]) -> None:
    scores, amounts = [one for one, _, _ in found], [one for _, _, one in found]
    assume(sum(amounts))
    assert 0 <= top_tenth(scores, amounts) <= 1 + 1e-12
    assert top_tenth([0.0] * len(scores), amounts) == pytest.approx(0.1)


def test_the_top_tenth_is_that_of_the_best() -> None:
    assert top_tenth(list(range(20)), [0] * 18 + [3, 5]) == 1
    assert top_tenth(list(range(20)), [8] + [0] * 18 + [2]) == 0.2


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_the_lowest_point_is_found(x: float, y: float) -> None:
    point, least = lowest(lambda at: (at[0] - x) ** 2 + 3 * (at[1] - y) ** 2, (0.0, 0.0))
    assert point == pytest.approx((x, y), abs=1e-3)
    assert least < log(1.00001)
