"""Who is who, measured: `pytest --benchmark-only tests/bench/test_rules.py` at full size.

Else everything runs once and tiny. Beside each figure stands its floor, measured in the same
rounds: the same rows read by the driver alone, their columns and nothing else.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pytest_benchmark.fixture import BenchmarkFixture
from sqlalchemy import select

from lumi_desk.cards.tables import CardEntry
from lumi_desk.clock import local_day
from lumi_desk.customers.rules import CHURN, GRADE, POOL, RELATIONSHIP
from lumi_desk.customers.rulesets.rules import named
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import figuring, intake, previewing, rulebook, settings
from lumi_desk.hub.app import create_app
from lumi_desk.managing.protocol import PREVIEW, PREVIEWED, PreviewRules, RulesPreviewed
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.storage import bulk
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import SyncFeed
from tests.bench.measures import seconds
from tests.hub.test_snapshot import joins
from tests.makers import NOW, TODAY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
_ROUNDS = 7
_YEARS = 900
_LINES = ("collagen", "enzyme", "other", "")
_NAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗文静晓燕丽娟敏秀英桂兰玉梅红霞春花雪琴慧玲佳欣"
_ORDERS_READ = 'SELECT id, customer_id, paid_at, paid_fen, by_card, title FROM "order"'
_LINES_READ = "SELECT order_id, line, units FROM order_line"
_CUSTOMERS_READ = (
    "SELECT id, name, pinyin, initials, pool, grade, line, relationship, first_paid_at,"
    " last_paid_at, rhythm_days, year_fen, year_orders FROM customer"
)


@dataclass
class Shop:
    """A hub with customers who were classified, and the floors of the rounds."""

    store: Store
    customers: int
    orders: int
    floors: list[float] = field(default_factory=list)

    def read(self, *statements: str) -> None:
        """The floor: these rows, by the driver alone."""
        with self.store.read() as session:
            cursor = session.connection().connection.cursor()
            for one in statements:
                cursor.execute(one)
                assert cursor.fetchall()

    def told(self, benchmark: BenchmarkFixture) -> None:
        """What the page of the benchmark says beside the figure."""
        benchmark.extra_info |= {"customers": self.customers, "orders": self.orders}
        if benchmark.stats is not None:
            floor = median(self.floors)
            benchmark.extra_info["floor_s"] = floor
            benchmark.extra_info["ratio"] = benchmark.stats.stats.median / floor


@pytest.fixture(scope="module", params=["file", "postgres"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, int, int]]:
    folder = tmp_path_factory.mktemp("rules")
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
        yield store, customers, _fill(store, customers)
    finally:
        store.close()


@pytest.fixture
def shop(filled: tuple[Store, int, int]) -> Shop:
    return Shop(*filled)


def _fill(store: Store, customers: int) -> int:
    """Three orders for each on average, a card for every tenth. Returns how many orders."""
    dice = random.Random(5)
    rows: dict[Any, list[dict[str, Any]]] = {Customer: [], Order: [], OrderLine: [], CardEntry: []}
    for number in range(customers):
        one = f"c{number:06d}"
        name = "".join(dice.choices(_NAMES, k=3))
        rows[Customer].append({"id": one, "name": name, "rep_id": f"r{number % 50}"})
        for place in range(dice.choice((1, 1, 2, 3, 4, 7))):
            order, line = _order(dice, one, place)
            rows[Order].append(order)
            rows[OrderLine].append(line)
        if number % 10 == 0:
            at = NOW - timedelta(days=dice.randrange(_YEARS))
            card = {"id": f"k{one}", "customer_id": one, "at": at, "kind": "open"}
            rows[CardEntry].append(card | {"principal_fen": 1_200_000})
    with store.write() as session:
        for table, some in rows.items():
            bulk.insert(session, table.__table__, some)
        intake.reckon(session, NOW)
    return len(rows[Order])


def _order(dice: random.Random, customer: str, place: int) -> tuple[dict[str, Any], dict[str, Any]]:
    fen = dice.choice((0, 9_900, 29_800, 49_800, 99_800, 120_000))
    at = NOW - timedelta(minutes=dice.randrange(_YEARS * 1440))
    key = f"o{customer}{place}"
    order: dict[str, Any] = {
        "id": key,
        "key": key,
        "shop": "旗舰店",
        "customer_id": customer,
        "status": "done",
    }
    order |= {"created_at": at, "paid_at": at, "total_fen": fen, "paid_fen": fen}
    line: dict[str, Any] = {
        "id": f"l{key}",
        "order_id": key,
        "customer_id": customer,
        "position": 1,
    }
    line |= {"title": "梦胶原", "units": 2, "price_fen": max(fen, 1), "line": dice.choice(_LINES)}
    return order | {"title": "梦胶原 30 袋"}, line


def _rounds(request: pytest.FixtureRequest) -> int:
    return _ROUNDS if request.config.getoption("benchmark_only") else 1


def test_preview_of_changed_grade_numbers(
    shop: Shop, benchmark: BenchmarkFixture, request: pytest.FixtureRequest
) -> None:
    after = replace(GRADE, a_points=100_000, b_points=40_000)
    seen: list[previewing.Preview] = []

    def ready() -> None:
        shop.floors.append(seconds(lambda: shop.read(_ORDERS_READ)))

    def ours() -> None:
        with shop.store.read() as session:
            seen.append(previewing.preview(session, GRADE, after, NOW))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=_rounds(request))
    assert sum(seen[0].counts.values()) == shop.customers
    assert seen[0].moves.keys() == {("A", "B")}
    shop.told(benchmark)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (POOL, replace(POOL, active_days=300)),
        (RELATIONSHIP, replace(RELATIONSHIP, usual=80)),
        (CHURN, replace(CHURN, least=150)),
    ],
    ids=["pool", "relationship", "churn"],
)
def test_preview_of_the_other_numbers(
    shop: Shop,
    benchmark: BenchmarkFixture,
    request: pytest.FixtureRequest,
    before: Any,
    after: Any,
) -> None:
    seen: list[previewing.Preview] = []

    def ready() -> None:
        shop.floors.append(seconds(lambda: shop.read(_ORDERS_READ)))

    def ours() -> None:
        with shop.store.read() as session:
            seen.append(previewing.preview(session, before, after, NOW))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=_rounds(request))
    assert sum(seen[0].counts.values()) == shop.customers
    assert sum(seen[0].moves.values()) > 0
    shop.told(benchmark)


def test_preview_of_changed_grade_numbers_at_the_door(
    shop: Shop, benchmark: BenchmarkFixture, request: pytest.FixtureRequest
) -> None:
    # Whichever of the numbers that are set here hold by now.
    numbers = {"a_points": "2000", "b_points": "400"}
    body = PREVIEW.dump_json(PreviewRules("grade", numbers))
    client = TestClient(create_app(shop.store, lambda: NOW))
    if not _is_known(shop.store, "gu"):
        joins(shop.store, "gu", Role.MANAGER)
    seen: list[RulesPreviewed] = []

    def ready() -> None:
        shop.floors.append(seconds(lambda: shop.read(_ORDERS_READ)))

    def ours() -> None:
        headers = {"Authorization": "Bearer gu", "Content-Type": "application/json"}
        answer = client.post("/v1/rules/preview", content=body, headers=headers)
        seen.append(PREVIEWED.validate_json(answer.content))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=_rounds(request))
    assert sum(one.customers for one in seen[0].counts) == shop.customers
    assert {(one.old, one.new) for one in seen[0].counts if one.old != one.new} == {("A", "B")}
    shop.told(benchmark)


def test_a_full_reclassification_that_changes_nothing(
    shop: Shop, benchmark: BenchmarkFixture, request: pytest.FixtureRequest
) -> None:
    found = []

    def ready() -> None:
        shop.floors.append(seconds(lambda: shop.read(_ORDERS_READ, _LINES_READ, _CUSTOMERS_READ)))

    def ours() -> None:
        with shop.store.write() as session:
            found.append(intake.reckon(session, NOW))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=_rounds(request))
    assert found[0].seen == shop.customers
    assert found[0].pairs == ()
    shop.told(benchmark)


def test_new_grade_numbers_from_today_write_only_what_changed(
    shop: Shop, benchmark: BenchmarkFixture, request: pytest.FixtureRequest
) -> None:
    rules = named("grade")
    points = iter([1_000, 800] * _ROUNDS)
    heads: list[int] = []
    done: list[rulebook.Done] = []

    def ready() -> None:
        heads.append(_versions(shop.store))
        shop.floors.append(seconds(lambda: shop.read(_ORDERS_READ, _LINES_READ, _CUSTOMERS_READ)))

    def ours() -> None:
        with shop.store.write() as session:
            told = [f"a_points={next(points)}"]
            done.append(rulebook.set_numbers(session, rules, told, TODAY, NOW))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=_rounds(request))
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
    shop: Shop, benchmark: BenchmarkFixture, request: pytest.FixtureRequest, what: str
) -> None:
    since = local_day(NOW - timedelta(days=_YEARS))
    reads = (_ORDERS_READ, _LINES_READ, *([_LINES_READ] if what == "cohorts" else []))
    found: list[tuple[Any, ...]] = []

    def ready() -> None:
        shop.floors.append(seconds(lambda: shop.read(*reads)))

    def ours() -> None:
        with shop.store.read() as session:
            found.append(getattr(figuring, what)(session, since, NOW, 180))

    pedantic: Any = benchmark.pedantic
    pedantic(ours, setup=ready, rounds=_rounds(request))
    if what == "cohorts":
        # All but those whose orders were never paid.
        assert 0.8 * shop.customers < sum(one.customers for one in found[0]) <= shop.customers
    else:
        assert max(one.members for one in found[0]) > 0.3 * shop.customers
    shop.told(benchmark)


def _is_known(store: Store, person_id: str) -> bool:
    with store.read() as session:
        return session.get(Person, person_id) is not None


def _versions(store: Store) -> int:
    """The news in all streams so far: every row that is written raises one."""
    with store.read() as session:
        heads: dict[str, int] = {}
        for stream, seq in session.execute(select(SyncFeed.stream, SyncFeed.seq)):
            heads[stream] = max(seq, heads.get(stream, 0))
        return sum(heads.values())
