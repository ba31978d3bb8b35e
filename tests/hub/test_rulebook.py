"""Versions of rule sets: set from a day on, never changed, rolled back, and told to the desks."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.rules import GRADE
from lumi_desk.customers.rulesets import versions
from lumi_desk.customers.rulesets.rules import Contradiction, named
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import intake, nightly, rulebook
from lumi_desk.hub.classifying import numbers_on
from lumi_desk.hub.rulebook import NothingBefore, NothingNew, PastDay, Told
from lumi_desk.ids import new_id
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import SyncFeed
from tests import makers
from tests.makers import NOW, TODAY

DAY = timedelta(days=1)
GRADES = named("grade")
TOMORROW = date(2026, 11, 18)


def rows(store: Store) -> dict[str, tuple[str, date, object, int]]:
    with store.read() as session:
        return {
            one.id: (one.rule_set, one.effective, one.body, one.ver)
            for one in session.scalars(select(Setting))
        }


def newcomer(store: Store, fen: int) -> str:
    """A classified newcomer in the hands of a rep."""
    rep = makers.hub_with_rep(store)
    with store.write() as session:
        feed.watch(session)
        customer = makers.make_customer(session, rep)
        makers.make_order(session, customer, fen=fen)
        feed.publish(session)
        intake.reckon(session, NOW)
        return customer.id


def grade_of(store: Store, customer_id: str) -> str | None:
    with store.read() as session:
        return session.get_one(Customer, customer_id).grade


def entries(store: Store, entity: str) -> dict[str, int]:
    with store.read() as session:
        asked = select(SyncFeed.pk, SyncFeed.ver).where(SyncFeed.entity == entity)
        return {row.pk: row.ver for row in session.execute(asked)}


def test_numbers_of_today_move_who_is_to_move_and_reach_the_desks(hub_store: Store) -> None:
    customer = newcomer(hub_store, 50_000)
    stays = newcomer_of_another(hub_store)
    before = entries(hub_store, "customer")
    with hub_store.write() as session:
        done = rulebook.set_numbers(
            session, GRADES, ["a_points=400"], TODAY, NOW, signed=Told("wu")
        )
    assert done.changes is not None
    assert done.changes.grades == {("B", "A"): 1}
    assert done.changes.pairs == (("customer", customer),)
    assert grade_of(hub_store, customer) == "A"
    after = entries(hub_store, "customer")
    assert after[customer] == before[customer] + 1
    assert after[stays] == before[stays]
    (kept,) = rows(hub_store)
    assert entries(hub_store, "setting") == {kept: 1}


def newcomer_of_another(store: Store) -> str:
    """One whose grade no number of these tests changes."""
    rep = makers.hub_with_rep(store, "wang")
    with store.write() as session:
        feed.watch(session)
        customer = makers.make_customer(session, rep)
        makers.make_order(session, customer, fen=5_000)
        feed.publish(session)
        intake.reckon(session, NOW)
        return customer.id


def test_numbers_of_a_later_day_wait_for_its_night(hub_store: Store) -> None:
    customer = newcomer(hub_store, 50_000)
    with hub_store.write() as session:
        done = rulebook.set_numbers(session, GRADES, ["a_points=400"], TOMORROW, NOW)
    assert done.changes is None
    nightly.run(hub_store, NOW)
    assert grade_of(hub_store, customer) == "B"
    night = nightly.run(hub_store, NOW + DAY)
    assert night.changes.grades == {("B", "A"): 1}
    assert grade_of(hub_store, customer) == "A"


def test_every_version_is_kept_as_it_was_written(hub_store: Store) -> None:
    makers.hub_with_rep(hub_store)
    written: dict[str, tuple[str, date, object, int]] = {}
    for told, day in (("a_points=900", TODAY), ("b_points=200", TODAY), ("new_days=90", TOMORROW)):
        with hub_store.write() as session:
            rulebook.set_numbers(session, GRADES, [told], day, NOW, signed=Told("lin"))
        assert rows(hub_store).items() >= written.items()
        written = rows(hub_store)
    with hub_store.write() as session:
        rulebook.roll_back(session, GRADES, TODAY, NOW)
    assert rows(hub_store).items() >= written.items()
    with hub_store.read() as session:
        found = versions.versions(session, GRADES)
    points = [(one.since, one.values["a_points"], one.values["b_points"]) for one in found]
    assert points == [
        (None, 80_000, 30_000),
        (TODAY, 90_000, 30_000),
        (TODAY, 90_000, 20_000),
        (TODAY, 90_000, 30_000),
        (TOMORROW, 90_000, 20_000),
    ]
    assert [one.back for one in found] == [False, False, False, True, False]
    assert [(one.by, one.at) for one in found[:2]] == [("", None), ("lin", NOW)]
    assert [versions.on(found, day) for day in (TODAY - DAY, TODAY, TOMORROW)] == [0, 3, 4]


def test_rolling_back_twice_undoes_it(hub_store: Store) -> None:
    customer = newcomer(hub_store, 50_000)
    with hub_store.write() as session:
        rulebook.set_numbers(session, GRADES, ["a_points=400"], TODAY, NOW)
    found = []
    for _ in range(3):
        with hub_store.write() as session:
            rulebook.roll_back(session, GRADES, TODAY, NOW)
        found.append(grade_of(hub_store, customer))
    assert found == ["B", "A", "B"]


def test_what_was_set_for_a_later_day_is_taken_back_for_that_day(hub_store: Store) -> None:
    with hub_store.write() as session:
        rulebook.set_numbers(session, GRADES, ["a_points=400"], TOMORROW, NOW)
    with hub_store.write() as session:
        done = rulebook.roll_back(session, GRADES, TOMORROW, NOW)
        assert done.changes is None
    with hub_store.read() as session:
        assert numbers_on(session, NOW + DAY).grade == GRADE


def test_whoever_sets_for_today_is_told_what_comes_later(hub_store: Store) -> None:
    with hub_store.write() as session:
        first = rulebook.set_numbers(session, GRADES, ["a_points=400"], TOMORROW, NOW)
    with hub_store.write() as session:
        second = rulebook.set_numbers(session, GRADES, ["a_points=500"], TODAY, NOW)
    assert (first.later, second.later) == (None, TOMORROW)


def test_a_version_fills_in_what_holds_on_its_day(hub_store: Store) -> None:
    with hub_store.write() as session:
        rulebook.set_numbers(session, GRADES, ["b_points=100"], TOMORROW, NOW)
    with hub_store.write() as session:
        rulebook.set_numbers(session, GRADES, ["a_points=900"], TOMORROW, NOW)
    with hub_store.read() as session:
        held = numbers_on(session, NOW + DAY).grade
    assert (held.a_points, held.b_points) == (90_000, 10_000)


@pytest.mark.parametrize(
    ("told", "day", "error"),
    [
        (["a_points=1"], TODAY, Contradiction),
        (["a_points=900"], TODAY - DAY, PastDay),
        (["a_points=800.00"], TODAY, NothingNew),
    ],
)
def test_what_is_refused_stores_nothing(
    hub_store: Store, told: list[str], day: date, error: type[Exception]
) -> None:
    with hub_store.write() as session, pytest.raises(error):
        rulebook.set_numbers(session, GRADES, told, day, NOW)
    assert rows(hub_store) == {}


def test_there_is_nothing_before_what_shipped(hub_store: Store) -> None:
    for day, error in ((TODAY, NothingBefore), (TODAY - DAY, PastDay)):
        with hub_store.write() as session, pytest.raises(error):
            rulebook.roll_back(session, GRADES, day, NOW)
    assert rows(hub_store) == {}


@pytest.mark.parametrize("body", [{"a_points": "much"}, ["a_points"], {"_at": "noon"}])
def test_a_version_that_cannot_be_read_is_named_and_put_right_by_the_next(
    hub_store: Store, body: Any
) -> None:
    with hub_store.write() as session:
        rulebook.set_numbers(session, GRADES, ["a_points=900"], TODAY, NOW)
        session.add(Setting(id=new_id(), rule_set="grade", effective=TODAY, body=body))
    with hub_store.read() as session:
        *_, good, bad = versions.versions(session, GRADES)
    spoiled = body != {"_at": "noon"}
    assert bool(bad.problem) is spoiled
    assert (bad.values == good.values) is spoiled
    with hub_store.write() as session:
        rulebook.set_numbers(session, GRADES, ["a_points=900"], TODAY + DAY, NOW)
    with hub_store.read() as session:
        assert numbers_on(session, NOW + DAY).grade.a_points == 90_000
    if spoiled:
        with hub_store.write() as session:
            rulebook.roll_back(session, GRADES, TODAY, NOW)
        with hub_store.read() as session:
            assert numbers_on(session, NOW).grade.a_points == 90_000


def test_numbers_that_only_desks_go_by_classify_nobody(hub_store: Store) -> None:
    customer = newcomer(hub_store, 50_000)
    before = entries(hub_store, "customer")
    with hub_store.write() as session:
        done = rulebook.set_numbers(session, named("churn"), ["lost=300"], TODAY, NOW)
    assert done.changes is None
    assert entries(hub_store, "customer") == before
    assert customer in before
    assert len(entries(hub_store, "setting")) == 1
