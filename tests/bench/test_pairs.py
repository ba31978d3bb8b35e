"""The list of likely pairs, measured: `pytest --benchmark-only tests/bench/test_pairs.py`.

At full size there are 60,000 customers, else everything runs once and tiny. Beside the opening of
the list stands what it came to before it was kept: comparing everybody with everybody.
"""

import random
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from lumi_desk.customers.tables import Customer
from lumi_desk.hub import likely, proposed, proposing, settings
from lumi_desk.hub.pairs import Sight
from lumi_desk.orders.tables import Order
from lumi_desk.storage import bulk
from lumi_desk.storage.store import Store
from tests.bench.measures import seconds
from tests.makers import NOW

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
_ROUNDS = 7
_YEARS = 900
_NAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗文静晓燕丽娟敏秀英桂兰玉梅红霞春花雪琴慧玲佳欣"
_CITIES = ("杭州", "宁波", "上海", "苏州", "南京", "广州")
_ALL = Sight(everything=True, reps=frozenset())


@pytest.fixture(scope="module", params=["file", "postgres"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, int]]:
    """A hub whose every fortieth customer is there twice, all of them compared."""
    folder = tmp_path_factory.mktemp("pairs")
    database = str(folder / "hub.db")
    if request.param == "postgres":
        cluster = request.getfixturevalue("postgres_cluster")
        name = re.sub(r"\W", "_", folder.name)
        cluster.run("CREATE DATABASE {name}", name)
        database = cluster.url(name)
    settings.founded(database).close()
    store = settings.opened(database)
    customers = 60_000 if request.config.getoption("benchmark_only") else 300
    try:
        _fill(store, customers)
        proposing.catch_up(store, NOW)
        yield store, customers
    finally:
        store.close()


def _fill(store: Store, customers: int) -> None:
    dice = random.Random(7)
    people, orders = [], []
    for number in range(customers):
        # Every fortieth has the phone of the one before her.
        twin = number - 1 if number % 40 == 39 else number
        one = f"c{number:06d}"
        name = "".join(dice.choices(_NAMES, k=3))
        told = {"phone": f"139{twin:08d}", "city": dice.choice(_CITIES)}
        people.append({"id": one, "name": name, "rep_id": f"r{number % 50}", **told})
        for place in range(dice.choice((1, 1, 2, 3, 4, 7))):
            at = NOW - timedelta(minutes=dice.randrange(_YEARS * 1440))
            key = f"o{one}{place}"
            order: dict[str, Any] = {
                "id": key,
                "key": key,
                "shop": "旗舰店",
                "customer_id": one,
                "nick": f"n{one}",
            }
            order |= {"status": "done", "created_at": at, "title": "梦胶原"}
            orders.append(order | {"total_fen": 29_800, "paid_fen": 29_800})
    with store.write() as session:
        bulk.insert(session, Customer.__table__, people)  # type: ignore[arg-type]
        bulk.insert(session, Order.__table__, orders)  # type: ignore[arg-type]
        proposing.note_everybody(session)


def _rounds(request: pytest.FixtureRequest) -> int:
    return _ROUNDS if request.config.getoption("benchmark_only") else 1


def _opened(store: Store) -> int:
    """What a manager's look at the list asks for."""
    assert proposing.catch_up(store, NOW, most=5000) == 0
    with store.read() as session:
        page = proposed.pairs(session, _ALL, None, 101)
        proposed.sharing(session, page)
        proposed.count_numbers(session, _ALL)
        assert page
        return proposed.count(session, _ALL)


def test_a_look_at_the_list(
    request: pytest.FixtureRequest, benchmark: BenchmarkFixture, filled: tuple[Store, int]
) -> None:
    store, customers = filled

    def before() -> int:
        with store.read() as session:
            return len(likely.pairs(session, likely.profiles(session), NOW))

    found: list[int] = []
    taken = seconds(lambda: found.append(before()))
    pedantic: Any = benchmark.pedantic
    many = pedantic(_opened, args=(store,), rounds=_rounds(request))
    assert [many] == found
    benchmark.extra_info |= {"customers": customers, "pairs": many, "comparing_everybody_s": taken}


def test_a_look_after_a_thousand_have_changed(
    request: pytest.FixtureRequest, benchmark: BenchmarkFixture, filled: tuple[Store, int]
) -> None:
    store, customers = filled

    def change() -> None:
        with store.write() as session:
            proposing.note(session, [f"c{number:06d}" for number in range(min(1000, customers))])

    pedantic: Any = benchmark.pedantic
    pedantic(_opened, args=(store,), setup=change, rounds=_rounds(request))
    benchmark.extra_info |= {"customers": customers}
