"""The hub learns what customers are worth, and desk, hub and commands tell the same of them."""

from datetime import timedelta
from random import Random

import pytest

from lumi_desk import clock
from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import local_day
from lumi_desk.customers import person
from lumi_desk.customers.listing import service as listing
from lumi_desk.customers.value import service as value
from lumi_desk.customers.value.rules import VALUE, Brought, ValueSettings
from lumi_desk.customers.why.service import whys
from lumi_desk.hub import counting, nightly
from lumi_desk.hub.explaining import explain, said
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.conftest import Type
from tests.makers import NOW, TODAY

DAY = timedelta(days=1)


def _open_shop(store: Store, customers: int, *, alike: bool = False) -> None:
    """Customers who buy at a pace and for a sum of their own and leave by chance; or all alike."""
    dice = Random(11)
    with store.write() as session:
        feed.watch(session)
        for _ in range(customers):
            her = makers.make_customer(session, last_paid_at=NOW)
            paid_at = NOW - dice.randint(400, 700) * DAY
            pace, usual = (60, 20_000) if alike else (dice.randint(20, 120), dice.randint(4, 40))
            while paid_at < NOW:
                fen = usual if alike else usual * dice.randint(700, 1_300)
                makers.make_order(session, her, fen=fen, paid_at=paid_at)
                paid_at += pace * DAY if alike else dice.expovariate(1 / pace) * DAY
                if not alike and dice.random() < 0.2:
                    break
        feed.publish(session)


def test_the_night_learns_once_in_four_weeks_and_it_travels(hub_store: Store) -> None:
    _open_shop(hub_store, 260)
    learned = nightly.run(hub_store, NOW).value
    assert learned is not None
    assert learned.customers == 260
    assert learned.model is not None
    assert learned.model.usual_fen == pytest.approx(22_000, rel=0.15)
    with hub_store.read() as session:
        assert value.settings(session, NOW) == learned != VALUE
    assert nightly.run(hub_store, NOW + 27 * DAY).value is None
    assert nightly.run(hub_store, NOW + 28 * DAY).value is not None


def test_where_the_model_is_no_nearer_the_means_stand_alone(hub_store: Store) -> None:
    """Everybody buys the same every 60 days: the last year says it exactly."""
    _open_shop(hub_store, 210, alike=True)
    learned = nightly.run(hub_store, NOW).value
    assert learned is not None
    assert learned.model is None
    assert learned.means["1"] == pytest.approx(365 / 60 * 20_000, rel=0.05)


def test_few_customers_teach_nothing_and_bad_numbers_cost_no_list(hub_store: Store) -> None:
    _open_shop(hub_store, 30)
    assert nightly.run(hub_store, NOW).value is None
    with hub_store.write() as session:
        body = {"model": {"usual_fen": -1}}
        session.add(Setting(id=new_id(), rule_set="value", effective=TODAY, body=body))
        session.flush()
        assert value.settings(session, NOW) == VALUE
        assert len(listing.everybody(session, NOW)) == 30


def test_only_goods_that_stayed_paid_are_counted(hub_store: Store) -> None:
    with hub_store.write() as session:
        her = makers.make_customer(session, year_fen=30_000)
        # Two orders on one day in Shanghai, which are two days in UTC.
        midnight = clock.day_start(TODAY - 40 * DAY)
        for paid_at in (midnight, midnight + timedelta(hours=20), NOW - 5 * DAY):
            makers.make_order(session, her, fen=10_000, paid_at=paid_at)
        makers.make_order(session, her, fen=0, refund_fen=99_000, paid_at=NOW - 3 * DAY)
        makers.make_order(session, her, fen=77_000, paid_at=None, created_at=NOW)
        makers.make_order(session, None, fen=88_000)
        load = makers.make_order(session, her, fen=1_200_000, paid_at=NOW - 9 * DAY)
        makers.make_card(session, her).order_id = load.id
        makers.make_customer(session)
        session.flush()
        expected = Brought(TODAY - 40 * DAY, TODAY - 5 * DAY, 2, 3, 30_000, 30_000)
        assert value.everybody(session, NOW, {her.id: 30_000}) == {her.id: expected}
        found = person.about(session, her.id)
        assert found is not None
        assert value.of_person(found, NOW) == expected
        rows = {
            one.id: (one.brought_fen, one.expected_fen) for one in listing.everybody(session, NOW)
        }
        assert rows.pop(her.id) == (30_000, 30_000)
        assert set(rows.values()) == {(0, 0)}


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({}, "value_last_year", "¥498, as in the last"),
        ({"means": {"1": 70_000}, "customers": 300}, "value_mean", "¥700: the mean of group 1"),
        (
            {
                "model": {
                    "habits": {"r": 0.5, "alpha": 6, "a": 0.9, "b": 1.6, "at_once": True},
                    "usual_fen": 30_000,
                    "weight": 1,
                }
            },
            "value_model",
            "she is still a customer",
        ),
    ],
)
def test_desk_and_hub_tell_the_same(
    hub_store: Store, body: dict[str, object], code: str, words: str
) -> None:
    with hub_store.write() as session:
        her = makers.make_customer(session, year_fen=49_800, pool="1", grade=None)
        makers.make_order(session, her)
        session.add(Setting(id=new_id(), rule_set="value", effective=TODAY, body=body))
        session.flush()
        found = person.about(session, her.id)
        assert found is not None
        (mine,) = (one for one in whys(session, found, NOW) if one.code.startswith("value_"))
        (hers,) = (one for one in explain(session, her.id, NOW).whys if one.code == code)
        assert mine == hers
        assert words in said(hers)
        (row,) = listing.everybody(session, NOW)
        assert row.expected_fen == mine.fields["value_fen"]


def test_the_groups_and_their_sum(hub_store: Store) -> None:
    with hub_store.write() as session:
        for pool, grade, fen in (
            ("V", None, 100),
            ("1", "A", 200),
            ("1", "A", 300),
            ("0", None, 0),
        ):
            her = makers.make_customer(session, pool=pool, grade=grade, year_fen=7)
            makers.make_order(session, her, fen=fen)
        session.flush()
        found = [
            (one.group, one.customers, one.brought_fen, one.expected_fen)
            for one in counting.worths(session, NOW).groups
        ]
    assert found == [("V", 1, 100, 7), ("1A", 2, 500, 14), ("all", 3, 600, 21)]


def test_the_command_shows_the_groups(type_: Type, hub_store: Store) -> None:
    with hub_store.write() as session:
        her = makers.make_customer(session, pool="1", grade=None, year_fen=49_800)
        makers.make_order(session, her)
    told = type_("customers", "value", "--json").data
    assert told["by"] == "last year"
    assert told["groups"][-1] == {
        "group": "all", "customers": 1, "brought_fen": 49_800, "expected_fen": 49_800,
    }  # fmt: skip
    shown = type_("customers", "value").out
    assert "as in the last year" in shown
    assert "¥498" in shown


def test_numbers_of_another_day_are_not_in_force(hub_store: Store) -> None:
    with hub_store.write() as session:
        body = {"means": {"1": 5}}
        effective = local_day(NOW) + DAY
        session.add(Setting(id=new_id(), rule_set="value", effective=effective, body=body))
        session.flush()
        assert value.settings(session, NOW) == VALUE
        assert value.settings(session, NOW + DAY) == ValueSettings(means={"1": 5})
