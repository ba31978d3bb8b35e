"""A whole centre at the door, measured: `pytest --benchmark-only tests/bench/test_centre.py`.

Else everything runs once and tiny. Beside each figure stands its floor, measured in the same
rounds: one pass of the driver alone over every customer with her outlook, which is the least that
adding up everybody takes; where it is reckoned anew, the same orders, lines and customers read.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import update

from lumi_desk.customers.tables import Outlook
from lumi_desk.hub import outlooks
from lumi_desk.managing.centre import LIST, LISTED, CentreListed, ListCentre
from tests.bench.shop import Asker, Shop
from tests.makers import NOW

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
_ONE_PASS = (
    "SELECT count(*), sum(customer.year_fen), sum(outlook.expected_fen)"
    " FROM customer LEFT JOIN outlook ON outlook.id = customer.id"
)
_ALL_READ = (
    'SELECT id, customer_id, paid_at, delivered_at, paid_fen, title FROM "order"',
    "SELECT order_id, product_id, title, units, price_fen, line FROM order_line",
    "SELECT id, pool, grade, household, year_fen FROM customer",
    "SELECT id, brought_fen, expected_fen, runs_out FROM outlook",
)
_SPARE = ListCentre(counts=False)
ASKED = {
    "first page, with the counts": ListCentre(),
    "first page": _SPARE,
    "by initials": replace(_SPARE, words="wj"),
    "by last digits": replace(_SPARE, words="4127"),
    "by a name": replace(_SPARE, words="文静"),
    "filtered": replace(_SPARE, values={"pool": ("1",), "expected": ("high", "middle")}),
    "by expectation": replace(_SPARE, order="expected"),
    "far behind": replace(_SPARE, before=50_000),
    "far behind, by expectation": replace(_SPARE, order="expected", before=50_000),
}


@pytest.fixture(scope="module")
def centre(shop: Shop) -> Shop:
    """A hub whose outlooks were reckoned."""
    with shop.store.write() as session:
        outlooks.renew(session, None, NOW)
    return shop


@pytest.mark.parametrize("name", ASKED)
def test_a_page_at_the_door(
    centre: Shop, rounds: int, benchmark: BenchmarkFixture, name: str
) -> None:
    ask = Asker(centre, "centre", LIST.dump_json(ASKED[name]), LISTED.validate_json)
    seen: list[CentreListed] = []

    def ready() -> None:
        centre.floor(_ONE_PASS)

    def ours() -> None:
        seen.append(ask())

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=rounds)
    assert seen[0].all == centre.customers
    assert sum(one.customers for one in seen[0].sums) == seen[0].total
    assert len(seen[0].customers) == min(100, max(seen[0].total - ASKED[name].before, 0))
    centre.told(benchmark)


def test_everything_that_is_expected_reckoned_anew(
    centre: Shop, rounds: int, benchmark: BenchmarkFixture
) -> None:
    changed = _renewed(centre, rounds, benchmark, lambda: None)
    assert set(changed) == {0}
    centre.told(benchmark)


def test_everything_that_is_expected_written_anew(
    centre: Shop, rounds: int, benchmark: BenchmarkFixture
) -> None:
    def other() -> None:
        with centre.store.write() as session:
            session.execute(update(Outlook).values(brought_fen=Outlook.brought_fen + 1))

    changed = _renewed(centre, rounds, benchmark, other)
    assert min(changed) > 0.7 * centre.customers
    centre.told(benchmark)


def _renewed(
    centre: Shop, rounds: int, benchmark: BenchmarkFixture, before: Callable[[], object]
) -> list[int]:
    """How many were changed in each round, after that was done."""
    changed: list[int] = []

    def ready() -> None:
        before()
        centre.floor(*_ALL_READ)

    def ours() -> None:
        with centre.store.write() as session:
            changed.append(outlooks.renew(session, None, NOW))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=rounds)
    return changed
