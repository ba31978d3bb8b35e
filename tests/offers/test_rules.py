"""Which card, which bundle, and why."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.cards.rules import MonthlyUse, Verdict
from lumi_desk.customers.rules import Grade, Line, Pool
from lumi_desk.offers.rules import (
    Audience,
    Baskets,
    Bundle,
    Kind,
    OfferSettings,
    Plan,
    Standing,
    choose_card,
    recommend,
    strongest_pull,
)

SMALL, LARGE = Plan("p12", 1_200_000, gift_fen=119_600), Plan("p25", 2_500_000)
PLANS = (LARGE, SMALL)
PAIR = Bundle("pair", frozenset({"collagen", "enzyme"}), 138_000, 159_600, 60_000, high_margin=True)
FISH = Bundle("fish", frozenset({"krill"}), 50_000, 50_000, 5_000, contains=frozenset({"虾类"}))
DEAR = Bundle("dear", frozenset({"calcium"}), 90_000, 99_000, 10_000)
CHEAP = Bundle("cheap", frozenset({"vitamin"}), 30_000, 30_000, 20_000)
BUNDLES = (CHEAP, DEAR, FISH, PAIR)
BASKETS = Baskets(
    people=1_000,
    holders={"collagen": 300, "enzyme": 200, "calcium": 400, "vitamin": 100},
    pairs={("collagen", "enzyme"): 123, ("calcium", "collagen"): 120, ("collagen", "vitamin"): 4},
)
HER = Standing(
    pool=Pool.V,
    use=MonthlyUse(1_432_000),
    balance_fen=46_000,
    has=frozenset({"collagen"}),
    avoids=frozenset({"虾类"}),
    years=3,
    line_orders={Line.COLLAGEN: 7, Line.OTHER: 9},
)

products = st.sampled_from(["collagen", "enzyme", "calcium", "krill", "vitamin"])
contents = st.sampled_from(["虾类", "蜂蜜", "大豆"])
audiences = st.builds(
    Audience, st.frozensets(st.sampled_from(Pool)), st.frozensets(st.sampled_from(Grade))
)
bundles = st.lists(
    st.builds(
        Bundle,
        id=st.sampled_from("abcdefgh"),
        products=st.frozensets(products),
        price_fen=st.integers(0, 10**6),
        list_fen=st.integers(0, 10**6),
        cost_fen=st.integers(0, 10**6),
        contains=st.frozensets(contents),
        audience=audiences,
    ),
    unique_by=lambda bundle: bundle.id,
)
standings = st.builds(
    Standing,
    pool=st.sampled_from(Pool),
    grade=st.none() | st.sampled_from(Grade),
    use=st.none() | st.integers(1, 10**8).map(MonthlyUse),
    balance_fen=st.none() | st.integers(0, 10**7),
    has=st.frozensets(products),
    avoids=st.frozensets(contents),
    complaint_open=st.booleans(),
    years=st.integers(0, 9),
)


def test_the_two_offers_of_the_picture() -> None:
    card, bundle = recommend(HER, PLANS, BUNDLES, BASKETS)
    assert (card.kind, card.id, card.verdict) == (Kind.CARD, "p12", Verdict.FITS)
    assert (card.price_fen, card.gift_fen) == (1_200_000, 119_600)
    assert [why.code for why in card.because] == [
        "card_months", "balance_ending", "years_buying", "line_repeat",
    ]  # fmt: skip
    assert card.because[0].fields["months"] == 10.1
    assert card.because[3].fields == {"line": "collagen", "orders": 7}
    (companion,) = card.companions
    assert (companion.id, companion.because.fields["months"]) == ("p25", 20.9)
    assert (bundle.kind, bundle.id, bundle.high_margin) == (Kind.BUNDLE, "pair", True)
    assert (bundle.price_fen, bundle.list_fen) == (138_000, 159_600)
    assert [why.code for why in bundle.because] == ["co_purchase", "lacks"]
    assert bundle.because[0].fields == {"percent": 41, "product": "enzyme", "having": "collagen"}


def test_the_largest_card_that_fits() -> None:
    card = choose_card(replace(HER, use=MonthlyUse(2_000_000)), PLANS)
    assert card is not None
    assert (card.id, card.companions) == ("p25", ())


def test_without_history_it_asks_after_the_best_bundle() -> None:
    goods, card = recommend(Standing(Pool.ONE, Grade.A), PLANS, BUNDLES, BASKETS)
    assert goods.kind is Kind.BUNDLE
    assert (card.id, card.verdict, card.companions) == ("p12", Verdict.ASK, ())
    assert card.because[0].code == "ask_household"


def test_when_no_card_fits_it_says_so_after_the_best_bundle() -> None:
    goods, card = recommend(Standing(Pool.ONE, use=MonthlyUse(120_000)), PLANS, BUNDLES, BASKETS)
    assert goods.kind is Kind.BUNDLE
    assert (card.id, card.verdict) == ("p12", Verdict.NOT_RECOMMENDED)
    assert [companion.id for companion in card.companions] == ["p25"]


def test_no_card_while_hers_lasts() -> None:
    assert choose_card(replace(HER, balance_fen=500_000), PLANS) is None
    empty = choose_card(replace(HER, balance_fen=0), PLANS)
    assert empty is not None
    assert "balance_empty" in {why.code for why in empty.because}
    assert choose_card(replace(HER, balance_fen=None), PLANS) is not None
    assert choose_card(HER, ()) is None


def test_pool_and_grade_filter_what_may_be_offered() -> None:
    for_new = replace(DEAR, audience=Audience(frozenset({Pool.ONE}), frozenset({Grade.A})))
    assert [one.id for one in recommend(Standing(Pool.ONE, Grade.A), (), [for_new])] == ["dear"]
    assert [one.id for one in recommend(Standing(Pool.ONE), (), [for_new])] == ["dear"]
    assert recommend(Standing(Pool.ONE, Grade.B), (), [for_new]) == ()
    assert recommend(Standing(Pool.V, Grade.A), (), [for_new]) == ()
    only_v = replace(SMALL, audience=Audience(frozenset({Pool.V})))
    assert recommend(Standing(Pool.ZERO), [only_v], ()) == ()


def test_sales_stand_back_while_a_complaint_is_open() -> None:
    assert recommend(replace(HER, complaint_open=True), PLANS, BUNDLES, BASKETS) == ()


def test_lift_needs_support_and_more_than_chance() -> None:
    pull = strongest_pull(PAIR, HER.has, BASKETS)
    assert pull is not None
    assert (pull.lift, pull.share) == (Fraction(123_000, 60_000), Fraction(123, 300))
    # 120 of 1,000 hold both where 400 x 300 / 1,000 = 120 is chance.
    assert strongest_pull(DEAR, HER.has, BASKETS) is None
    assert strongest_pull(CHEAP, HER.has, BASKETS) is None
    assert strongest_pull(CHEAP, HER.has, BASKETS, OfferSettings(least_pairs=1)) is None
    assert strongest_pull(PAIR, frozenset(), BASKETS) is None
    assert strongest_pull(PAIR, PAIR.products, BASKETS) is None


def test_lift_then_what_she_lacks_then_margin() -> None:
    many = OfferSettings(most=9)
    held = Bundle("held", frozenset({"collagen"}), 900_000, 900_000, 0)
    found = recommend(HER, (), [held, *BUNDLES], BASKETS, many)
    assert [one.id for one in found] == ["pair", "dear", "cheap", "held"]
    assert [one.because[-1].code for one in found] == ["lacks", "lacks", "lacks", "refill"]


@given(standings, bundles)
def test_nothing_forbidden_is_ever_offered(her: Standing, goods: list[Bundle]) -> None:
    by_id = {bundle.id: bundle for bundle in goods}
    offers = recommend(her, PLANS, goods, BASKETS)
    assert len(offers) <= 2
    assert len({(offer.kind, offer.id) for offer in offers}) == len(offers)
    assert not (her.complaint_open and offers)
    for offer in offers:
        assert offer.because
        if offer.kind is Kind.BUNDLE:
            bundle = by_id[offer.id]
            assert not bundle.contains & her.avoids
            assert bundle.audience.holds(her.pool, her.grade)
        else:
            assert (offer.verdict is Verdict.ASK) == (her.use is None)


@given(standings, bundles, st.randoms())
def test_the_order_of_the_catalogue_is_irrelevant(
    her: Standing, goods: list[Bundle], dice: Random
) -> None:
    shuffled = list(goods)
    dice.shuffle(shuffled)
    assert recommend(her, PLANS, goods, BASKETS) == recommend(her, PLANS[::-1], shuffled, BASKETS)


@pytest.mark.parametrize("years", [0, 1])
def test_loyalty_is_said_from_the_second_year_on(years: int) -> None:
    card = choose_card(replace(HER, years=years, line_orders={}), PLANS)
    assert card is not None
    assert [why.code for why in card.because] == ["card_months", "balance_ending"]
