"""What a desk recommends to a customer from what it holds."""

from datetime import timedelta

import pytest

from lumi_desk.cards.rules import Verdict
from lumi_desk.customers import person
from lumi_desk.offers import service
from lumi_desk.offers.rules import Kind
from lumi_desk.offers.service import Shown
from lumi_desk.storage.store import Store
from tests import floor
from tests.floor import buys, complains, her, wenjing
from tests.makers import NOW


@pytest.fixture
def store(desk_store: Store) -> Store:
    floor.stock(desk_store)
    return desk_store


def shown(store: Store, customer_id: str) -> Shown:
    with store.read() as session:
        about = person.about(session, customer_id)
        assert about is not None
        return service.for_her(session, about, NOW, service.baskets_here(session))


def test_the_card_that_fits_leads_and_the_larger_one_is_advised_against(store: Store) -> None:
    with store.write() as session:
        customer = wenjing(session)
    first, second = shown(store, customer.id).offers
    assert (first.kind, first.id, first.verdict) == (Kind.CARD, "card-12000", Verdict.FITS)
    assert [one.id for one in first.companions] == ["card-25000"]
    assert second.kind is Kind.BUNDLE
    codes = [one.code for one in first.because]
    assert codes == ["card_months", "balance_ending", "years_buying", "line_repeat"]


def test_what_people_like_her_add_is_counted_over_the_desk(store: Store) -> None:
    with store.write() as session:
        customer = wenjing(session)
        for number in range(10):
            other = her(session, f"客户{number}", phone="")
            buys(session, other, "dream-collagen" if number < 8 else "peach-gum", 1)
            if number < 6:
                buys(session, other, "big-enzyme", 1)
    offers = shown(store, customer.id).offers
    (because,) = [one for one in offers[1].because if one.code == "co_purchase"]
    # Six of nine who have Dream Collagen, herself counted, also have Big Enzyme.
    assert because.fields == {"percent": 67, "product": "big-enzyme", "having": "dream-collagen"}


def test_nothing_is_offered_while_a_complaint_is_open(store: Store) -> None:
    with store.write() as session:
        customer = wenjing(session)
        complains(session, customer, timedelta(days=2))
    assert shown(store, customer.id).offers == ()


def test_what_she_is_allergic_to_is_in_no_offer(store: Store) -> None:
    with store.write() as session:
        fishy = her(session, "徐玉兰", pool="1", allergy="鱼过敏")
    found = shown(store, fishy.id)
    bundles = [one.id for one in found.offers if one.kind is Kind.BUNDLE]
    assert bundles
    for one in bundles:
        contained = [found.shelf.wares[p].allergens for p, _ in found.shelf.packages[one].items]
        assert not any("鱼" in allergens for allergens in contained)


def test_without_a_year_of_orders_the_card_is_a_question(store: Store) -> None:
    with store.write() as session:
        bought = NOW - timedelta(days=60)
        fresh = her(session, "何丽", pool="1", first_paid_at=bought, last_paid_at=bought)
    offers = shown(store, fresh.id).offers
    assert {one.verdict for one in offers if one.kind is Kind.CARD} == {Verdict.ASK}


def test_an_item_is_what_a_sale_is_about(store: Store) -> None:
    with store.read() as session:
        shelf = service.shelf_of(session)
    card = shelf.item("card", "card-12000")
    assert card is not None
    assert (card.fen, card.gift) == (1_200_000, "两盒大酵素")
    assert shelf.item("bundle", "gone") is None
