"""The hub learns from its own orders who buys again, and the desks get the numbers."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lumi_desk.catalog import shelf
from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import local_day
from lumi_desk.customers.again.fitting import learn
from lumi_desk.customers.again.rules import AGAIN, AgainSettings, diary
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import histories, learning_again, nightly
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import SyncFeed
from tests import makers
from tests.makers import NOW

DAY = timedelta(days=1)


def _open_shop(store: Store, customers: int) -> None:
    """Every third buys every 40 days until now, the others left after one to three orders."""
    with store.write() as session:
        feed.watch(session)
        for key in range(customers):
            her = makers.make_customer(session)
            first = NOW - (360 + key * 37 % 30) * DAY
            for n in range(10 if key % 3 == 0 else key % 7 % 3 + 1):
                fen = 20_000 if key % 3 == 0 else 5_000
                makers.make_order(session, her, fen=fen, paid_at=first + 40 * n * DAY)
        feed.publish(session)


def _in_force(store: Store, day: date) -> AgainSettings:
    with store.read() as session:
        return shelf.numbers(session, "again", day, AGAIN)


@pytest.fixture
def shop(hub_store: Store) -> Store:
    _open_shop(hub_store, 210)
    return hub_store


def test_the_night_learns_and_the_numbers_travel(shop: Store) -> None:
    learned = nightly.run(shop, NOW).learned
    assert learned is not None
    assert learned.customers == 210
    assert _in_force(shop, local_day(NOW)) == learned.settings != AGAIN
    with shop.read() as session:
        (row,) = session.scalars(select(Setting).where(Setting.rule_set == "again"))
        sent = select(SyncFeed.stream).where(SyncFeed.entity == "setting", SyncFeed.pk == row.id)
        assert list(session.scalars(sent)) == ["catalog"]


def test_it_learns_from_what_the_orders_say(shop: Store) -> None:
    with shop.read() as session:
        found = histories.of(session, list(session.scalars(select(Customer.id))))
    diaries = {one: diary(seen, NOW) for one, seen in found.items()}
    learned = nightly.run(shop, NOW).learned
    assert learned == learn(diaries, local_day(NOW), AGAIN.weeks)


def test_it_learns_anew_after_four_weeks_and_not_before(shop: Store) -> None:
    assert nightly.run(shop, NOW).learned is not None
    assert nightly.run(shop, NOW + 27 * DAY).learned is None
    later = NOW + 28 * DAY
    learned = nightly.run(shop, later).learned
    assert learned is not None
    assert _in_force(shop, local_day(later)) == learned.settings
    # What held before still does for the days before.
    assert _in_force(shop, local_day(later - DAY)) != learned.settings


def test_a_managers_numbers_stay_as_long_as_learned_ones(shop: Store) -> None:
    with shop.write() as session:
        body = {"spend": 0.5}
        day = local_day(NOW - DAY)
        session.add(Setting(id=new_id(), rule_set="again", effective=day, body=body))
    assert nightly.run(shop, NOW).learned is None
    assert _in_force(shop, local_day(NOW)) == AgainSettings(spend=0.5)


def test_numbers_for_a_later_day_do_not_keep_it_from_learning(shop: Store) -> None:
    with shop.write() as session:
        day = local_day(NOW + 300 * DAY)
        session.add(Setting(id=new_id(), rule_set="again", effective=day, body={"spend": 0.5}))
    learned = nightly.run(shop, NOW).learned
    assert learned is not None
    assert _in_force(shop, local_day(NOW)) == learned.settings
    assert _in_force(shop, day) == AgainSettings(spend=0.5)


def test_a_hub_with_few_customers_keeps_the_defaults(hub_store: Store) -> None:
    _open_shop(hub_store, 30)
    assert nightly.run(hub_store, NOW).learned is None
    assert _in_force(hub_store, local_day(NOW)) == AGAIN


@pytest.mark.parametrize("body", [{"spend": -1}, {"habits": {"r": 1}}, {"weeks": 0}])
def test_numbers_that_cannot_be_are_refused(hub_store: Store, body: dict[str, object]) -> None:
    with hub_store.write() as session:
        day = local_day(NOW)
        session.add(
            Setting(id=new_id(), rule_set=learning_again.RULE_SET, effective=day, body=body)
        )
    with pytest.raises(shelf.BadSetting):
        _in_force(hub_store, local_day(NOW))
