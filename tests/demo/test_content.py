"""What ships besides the scripts: prices that add up, words without claims."""

import json

from lumi_desk.calls.rules import ANSWERED, NOT_ANSWERED
from lumi_desk.catalog import content
from lumi_desk.customers.rules import Grade, Line, Pool
from lumi_desk.paths import shipped
from lumi_desk.scripts import claims


def test_a_bundle_is_cheaper_than_its_parts() -> None:
    told = content.catalogue()
    for bundle in told.bundles:
        cost = sum(told.products[product].cost_fen * units for product, units in bundle.items)
        assert cost < bundle.price_fen < bundle.list_fen
        assert set(bundle.pools.split(",")) <= {*Pool, ""}
        assert set(bundle.grades.split(",")) <= {*Grade, ""}


def test_the_bundle_of_the_picture() -> None:
    bundle = next(one for one in content.catalogue().bundles if one.id == "collagen-and-enzyme")
    assert (bundle.price_fen, bundle.list_fen, bundle.high_margin) == (138_000, 159_600, True)


def test_the_cards_and_their_gifts() -> None:
    plans = {plan.value_fen: plan for plan in content.catalogue().card_plans}
    assert sorted(plans) == [1_200_000, 2_500_000]
    assert (plans[1_200_000].gift, plans[1_200_000].gift_fen) == ("两盒大酵素", 119_600)


def test_products_are_of_known_lines_and_the_stars_are_high_margin() -> None:
    products = content.catalogue().products.values()
    assert {product.line for product in products} <= set(Line)
    assert {p.name for p in products if p.high_margin} == {"梦胶原", "大酵素"}
    assert {p.measure for p in products if p.high_margin} == {"dream", "enzyme"}


def test_dispositions_stand_in_the_order_of_their_digits() -> None:
    told = content.catalogue().dispositions
    assert tuple(one.id for one in told) == (*ANSWERED, *NOT_ANSWERED)
    assert all(one.answered == (one.id in ANSWERED) for one in told)


def test_nothing_that_ships_claims_an_effect() -> None:
    text = (shipped("resources") / "content" / "catalogue.json").read_text("utf-8")
    words = json.dumps(json.loads(text), ensure_ascii=False)
    assert claims.check(words, content.claims()) == ()
