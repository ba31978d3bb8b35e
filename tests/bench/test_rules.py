"""Who is who, measured: `pytest --benchmark-only tests/bench/test_rules.py` at full size.

Else everything runs once and tiny. Beside each figure stands its floor, measured in the same
rounds: the same rows read by the driver alone, their columns and nothing else.
"""

from datetime import timedelta
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import select, update

from lumi_desk.clock import local_day
from lumi_desk.customers.rulesets.rules import named
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import figuring, intake, rulebook, settings
from lumi_desk.hub.classifying import Changes
from lumi_desk.managing.protocol import PREVIEW, PREVIEWED, PreviewRules
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import SyncFeed
from tests.bench.measures import seconds
from tests.bench.shop import YEARS, Asker, Shop
from tests.makers import NOW, TODAY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
_ORDERS_READ = 'SELECT id, customer_id, paid_at, paid_fen, by_card, title FROM "order"'
_LINES_READ = "SELECT order_id, line, units FROM order_line"
_CUSTOMERS_READ = (
    "SELECT id, name, pinyin, initials, pool, grade, line, relationship, first_paid_at,"
    " last_paid_at, rhythm_days, year_fen, year_orders FROM customer"
)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("grade", {"a_points": "2000", "b_points": "400"}),
        ("pool", {"active_days": "300"}),
        ("relationship", {"usual": "80"}),
        ("churn", {"least": "150"}),
        ("run_out", {"collagen_days": "40", "behind": "60"}),
        ("half_year", {"days": "170", "stale": "9"}),
    ],
)
def test_preview_at_the_door(
    shop: Shop, rounds: int, benchmark: BenchmarkFixture, name: str, numbers: dict[str, str]
) -> None:
    told = "rules/preview", PREVIEW.dump_json(PreviewRules(name, numbers)), PREVIEWED.validate_json
    again = settings.opened(shop.database)
    try:
        afresh = Asker(shop, *told, again)
        benchmark.extra_info["first_s"] = seconds(afresh)
    finally:
        again.close()
    pedantic: Any = benchmark.pedantic
    ask = Asker(shop, *told)
    seen = pedantic(ask, setup=lambda: shop.floor(_ORDERS_READ), rounds=rounds)
    assert sum(one.customers for one in seen.counts) == shop.customers
    assert seen.moving > 0
    shop.told(benchmark)


def test_a_full_reclassification_that_changes_nothing(
    shop: Shop, rounds: int, benchmark: BenchmarkFixture
) -> None:
    found = []

    def ready() -> None:
        shop.floor(_ORDERS_READ, _LINES_READ, _CUSTOMERS_READ)

    def ours() -> None:
        with shop.store.write() as session:
            found.append(intake.reckon(session, NOW))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=rounds)
    assert found[0].seen == shop.customers
    assert found[0].pairs == ()
    shop.told(benchmark)


def test_a_full_reclassification_that_puts_a_tenth_right(
    shop: Shop, rounds: int, benchmark: BenchmarkFixture
) -> None:
    heads: list[int] = []

    def ready() -> None:
        with shop.store.write() as session:
            some = Customer.id.endswith("7")
            session.execute(update(Customer).where(some).values(year_fen=Customer.year_fen + 1))
        heads.append(_versions(shop.store))
        shop.floor(_ORDERS_READ, _LINES_READ, _CUSTOMERS_READ)

    def ours() -> Changes:
        with shop.store.write() as session:
            return intake.reckon(session, NOW)

    pedantic: Any = benchmark.pedantic
    found = pedantic(ours, setup=ready, rounds=rounds)
    heads.append(_versions(shop.store))
    assert (found.seen, found.changed) == (shop.customers, shop.customers // 10)
    assert heads[-1] - heads[-2] == shop.customers // 10
    shop.told(benchmark)
    benchmark.extra_info["changed"] = found.changed


def test_new_grade_numbers_from_today_write_only_what_changed(
    shop: Shop, rounds: int, benchmark: BenchmarkFixture
) -> None:
    rules = named("grade")
    points = iter([1_000, 800] * rounds)
    heads: list[int] = []
    done: list[rulebook.Done] = []

    def ready() -> None:
        heads.append(_versions(shop.store))
        shop.floor(_ORDERS_READ, _LINES_READ, _CUSTOMERS_READ)

    def ours() -> None:
        with shop.store.write() as session:
            told = [f"a_points={next(points)}"]
            done.append(rulebook.set_numbers(session, rules, told, TODAY, NOW))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=rounds)
    heads.append(_versions(shop.store))
    first = done[0].changes
    assert first is not None
    assert len(first.pairs) == sum(first.grades.values()) > 0
    # Each changed customer has one news more, and the numbers have one.
    assert heads[1] - heads[0] == len(first.pairs) + 1
    shop.told(benchmark)
    benchmark.extra_info["changed"] = len(first.pairs)


@pytest.mark.parametrize("what", ["cohorts", "loss"])
def test_the_figures_of_all_months(
    shop: Shop, rounds: int, benchmark: BenchmarkFixture, what: str
) -> None:
    since = local_day(NOW - timedelta(days=YEARS))
    reads = (_ORDERS_READ, _LINES_READ, *([_LINES_READ] if what == "cohorts" else []))
    found: list[tuple[Any, ...]] = []

    def ready() -> None:
        shop.floor(*reads)

    def ours() -> None:
        with shop.store.read() as session:
            found.append(getattr(figuring, what)(session, since, NOW, 180))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=rounds)
    if what == "cohorts":
        # All but those whose orders were never paid.
        assert 0.8 * shop.customers < sum(one.customers for one in found[0]) <= shop.customers
    else:
        assert max(one.members for one in found[0]) > 0.3 * shop.customers
    shop.told(benchmark)


def _versions(store: Store) -> int:
    """The news in all streams so far: every row that is written raises one."""
    with store.read() as session:
        heads: dict[str, int] = {}
        for stream, seq in session.execute(select(SyncFeed.stream, SyncFeed.seq)):
            heads[stream] = max(seq, heads.get(stream, 0))
        return sum(heads.values())
