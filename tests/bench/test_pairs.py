"""The list of likely pairs, measured: `pytest --benchmark-only tests/bench/test_pairs.py`.

At full size there are 60,000 customers, else everything runs once and tiny. Beside the opening of
the list stands what it came to before it was kept: comparing everybody with everybody.
"""

from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from lumi_desk.hub import likely, proposing, rechecking
from lumi_desk.managing.review import LIST, LISTED, ListPairs, PairsListed
from tests.bench.measures import seconds
from tests.bench.shop import Asker, Shop
from tests.makers import NOW

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
_IMPORTED = 1000


@pytest.fixture(scope="module", autouse=True)
def compared(shop: Shop) -> None:
    _compare_everybody(shop)


def _compare_everybody(shop: Shop) -> int:
    """As a new hub does."""
    with shop.store.write() as session:
        proposing.note_everybody(session)
    return proposing.catch_up(shop.store, NOW)


def _change(shop: Shop) -> None:
    """As an import does."""
    many = min(_IMPORTED, shop.customers)
    with shop.store.write() as session:
        proposing.note(session, [f"c{number:06d}" for number in range(many)])


@pytest.fixture
def ask(shop: Shop) -> Asker[PairsListed]:
    return Asker(shop, "identity", LIST.dump_json(ListPairs()), LISTED.validate_json)


def test_a_look_at_the_list(
    shop: Shop, ask: Asker[PairsListed], rounds: int, benchmark: BenchmarkFixture
) -> None:
    def everybody_with_everybody() -> int:
        with shop.store.read() as session:
            return len(likely.pairs(session, likely.profiles(session), NOW))

    found: list[int] = []
    taken = seconds(lambda: found.append(everybody_with_everybody()))
    benchmark.extra_info["comparing_everybody_s"] = taken
    pedantic: Any = benchmark.pedantic
    listed = pedantic(ask, rounds=rounds)
    assert [listed.waiting] == found
    assert (listed.comparing, len(listed.pairs)) == (0, min(100, listed.waiting))
    benchmark.extra_info["pairs"] = listed.waiting
    shop.told(benchmark)


def test_a_look_after_a_thousand_have_changed(
    shop: Shop, ask: Asker[PairsListed], rounds: int, benchmark: BenchmarkFixture
) -> None:
    before = ask()
    pedantic: Any = benchmark.pedantic
    listed = pedantic(ask, setup=lambda: _change(shop), rounds=rounds)
    assert listed == before
    shop.told(benchmark)


def test_the_pass_after_an_import(shop: Shop, rounds: int, benchmark: BenchmarkFixture) -> None:
    pedantic: Any = benchmark.pedantic
    left = pedantic(
        lambda: proposing.catch_up(shop.store, NOW), setup=lambda: _change(shop), rounds=rounds
    )
    assert left == 0
    shop.told(benchmark)


def test_the_pass_of_a_night(shop: Shop, rounds: int, benchmark: BenchmarkFixture) -> None:
    """Beside its floor, which is comparing everybody and writing nothing."""

    def everybody_with_everybody() -> None:
        with shop.store.read() as session:
            assert likely.pairs(session, likely.profiles(session), NOW)

    def ready() -> None:
        shop.floors.append(seconds(everybody_with_everybody))

    pedantic: Any = benchmark.pedantic
    assert pedantic(lambda: rechecking.recheck(shop.store, NOW), setup=ready, rounds=rounds) == 0
    shop.told(benchmark)
