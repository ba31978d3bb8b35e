"""What is told of titles that nobody knows: what they sold, of how much, and the last order."""

from datetime import timedelta

from sqlalchemy import update

from lumi_desk.hub import titles, untold
from lumi_desk.hub.titles import Settling
from lumi_desk.hub.untold import Example, Untold
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import OrderLine
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.test_titles import DRINK, GUMMIES, TEA, shop
from tests.makers import NOW


def test_customers_and_orders_are_counted_once_wherever_a_title_stands(hub_store: Store) -> None:
    with hub_store.write() as session:
        her = makers.make_customer(session)
        both = makers.make_order(session, her, fen=30_000)
        for position in (1, 2):
            told = {"order_id": both.id, "customer_id": her.id, "position": position}
            session.add(OrderLine(id=new_id(), title=GUMMIES, units=2, price_fen=7_500, **told))
        makers.make_order(session, her, fen=20_000, title=GUMMIES)
        makers.make_order(session, None, fen=1_000, title=GUMMIES)
    with hub_store.read() as session:
        assert untold.unclassified(session) == [Untold(GUMMIES, 51_000, 6, 3, 1)]


def test_what_all_titles_sold_is_their_whole(hub_store: Store) -> None:
    shop(hub_store)
    with hub_store.write() as session:
        assert untold.sold_fen(session) == 150_000
        session.execute(update(OrderLine).where(OrderLine.title == DRINK).values(status="closed"))
    with hub_store.read() as session:
        assert untold.sold_fen(session) == 110_000
        assert sum(one.fen for one in untold.unclassified(session)) == 110_000


def test_a_hub_without_orders_sold_nothing(hub_store: Store) -> None:
    with hub_store.read() as session:
        assert (untold.sold_fen(session), untold.unclassified(session)) == (0, [])
        assert untold.examples(session, [GUMMIES]) == {}


def test_words_are_sought_in_titles_whatever_their_case() -> None:
    found = [Untold(title, 1, 1, 1, 1) for title in ("Vita 软糖", "VITA", "茶")]
    assert [one.title for one in untold.holding(found, " vita ")] == ["Vita 软糖", "VITA"]
    assert untold.holding(found, "") == found
    assert untold.holding(found, "%") == []


def test_the_example_is_the_last_order_of_a_title(hub_store: Store) -> None:
    shop(hub_store)
    with hub_store.write() as session:
        for days, fen in ((5, 33_000), (3, 22_000)):
            at = NOW - timedelta(days=days)
            order = makers.make_order(session, None, paid_at=at, shop="京东店")
            told = {"order_id": order.id, "customer_id": None, "position": 1}
            session.add(OrderLine(id=new_id(), title=GUMMIES, units=3, price_fen=fen, **told))
        makers.make_order(
            session, None, paid_at=NOW - timedelta(days=1), shop="抖音店", title=TEA, fen=9_900
        )
    with hub_store.read() as session:
        assert untold.examples(session, [GUMMIES, TEA, "never sold"]) == {
            GUMMIES: Example(NOW - timedelta(days=3), "京东店", 3, 22_000),
            TEA: Example(NOW - timedelta(days=1), "抖音店", 1, 9_900),
        }


def test_what_was_settled_is_no_longer_told(hub_store: Store) -> None:
    shop(hub_store)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        titles.settle(session, [Settling(TEA, "other")], NOW)
    with hub_store.read() as session:
        assert [one.title for one in untold.unclassified(session)] == [GUMMIES]
