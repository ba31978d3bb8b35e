"""A hub with many invented customers: what they bought, their cards, contacts, and consents."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any, Generic, TypeVar

from fastapi.testclient import TestClient
from pytest_benchmark.fixture import BenchmarkFixture

from lumi_desk.calls.tables import Contact, Refusal
from lumi_desk.cards.tables import CardEntry
from lumi_desk.consents.tables import Consent
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import intake, keeping
from lumi_desk.hub.app import create_app
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.storage import bulk
from lumi_desk.storage.store import Store
from tests.bench.measures import seconds
from tests.hub.test_snapshot import joins
from tests.makers import NOW

YEARS = 900
_MANAGER = "gu"
_LINES = ("collagen", "enzyme", "other", "")
_NAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗文静晓燕丽娟敏秀英桂兰玉梅红霞春花雪琴慧玲佳欣"
_CITIES = ("杭州", "宁波", "上海", "苏州", "南京", "广州")
_RESULTS = ("thinking", "no_answer", "no_answer", "busy")
_TABLES: tuple[Any, ...] = (Customer, Order, OrderLine, CardEntry, Contact, Refusal, Consent)

Row = dict[str, Any]
T = TypeVar("T")


@dataclass
class Shop:
    """A hub with customers who were classified, and the floors of the rounds."""

    store: Store
    database: str
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

    def floor(self, *statements: str) -> None:
        """Measure the floor of a round."""
        self.floors.append(seconds(lambda: self.read(*statements)))

    def told(self, benchmark: BenchmarkFixture) -> None:
        """What the page of the benchmark says beside the figure."""
        benchmark.extra_info |= {"customers": self.customers, "orders": self.orders}
        if benchmark.stats is not None and self.floors:
            floor = median(self.floors)
            benchmark.extra_info["floor_s"] = floor
            benchmark.extra_info["ratio"] = benchmark.stats.stats.median / floor
        self.floors.clear()


class Asker(Generic[T]):
    """A manager who asks at a door, as her screen does."""

    def __init__(
        self, shop: Shop, door: str, body: bytes, read: Callable[[bytes], T], store: Any = None
    ) -> None:
        _let_in(shop.store)
        self._client = TestClient(create_app(store or shop.store, lambda: NOW))
        self._door, self._body, self._read = f"/v1/{door}", body, read

    def __call__(self) -> T:
        headers = {"Authorization": f"Bearer {_MANAGER}", "Content-Type": "application/json"}
        answer = self._client.post(self._door, content=self._body, headers=headers)
        assert answer.status_code == 200, answer.text
        return self._read(answer.content)


def _let_in(store: Store) -> None:
    with store.read() as session:
        known = session.get(Person, _MANAGER) is not None
    if not known:
        joins(store, _MANAGER, Role.MANAGER)


def fill(store: Store, database: str, customers: int) -> Shop:
    """For each three orders and two contacts on average, a card for every tenth."""
    dice = random.Random(5)
    rows: dict[Any, list[Row]] = {table: [] for table in _TABLES}
    for number in range(customers):
        one = f"c{number:06d}"
        rows[Customer].append(_customer(dice, number))
        for place in range(dice.choice((1, 1, 2, 3, 4, 7))):
            order, line = _order(dice, one, place)
            rows[Order].append(order)
            rows[OrderLine].append(line)
        rows[Contact] += _contacts(dice, one, number)
        if number % 10 == 0:
            card = {"id": f"k{one}", "customer_id": one, "at": _moment(dice), "kind": "open"}
            # Every other one was bought by an order that is known.
            card["order_id"] = f"o{one}0" if number % 20 == 0 else None
            rows[CardEntry].append(card | {"principal_fen": 1_200_000})
        if number % 50 == 0:
            word = {"id": f"w{one}", "customer_id": one, "way": "phone", "purpose": "marketing"}
            rows[Consent].append(word | {"withdrawn_at": NOW})
        if number % 100 == 1:
            rows[Refusal].append({"id": f"r{one}", "customer_id": one, "rep_id": "r", "at": NOW})
    with store.write() as session:
        keeping.start_lists(session)
        for table in _TABLES:
            bulk.insert(session, table.__table__, rows[table])
        intake.reckon(session, NOW)
    return Shop(store, database, customers, len(rows[Order]))


def _customer(dice: random.Random, number: int) -> Row:
    # Every fortieth has the phone of the one before her.
    twin = number - 1 if number % 40 == 39 else number
    name = "".join(dice.choices(_NAMES, k=3))
    told = {"phone": f"139{twin:08d}", "city": dice.choice(_CITIES), "rep_id": f"r{number % 50}"}
    return {"id": f"c{number:06d}", "name": name} | told


def _order(dice: random.Random, customer: str, place: int) -> tuple[Row, Row]:
    fen = dice.choice((0, 9_900, 29_800, 49_800, 99_800, 120_000))
    at, key = _moment(dice), f"o{customer}{place}"
    order: Row = {
        "id": key,
        "key": key,
        "shop": "旗舰店",
        "customer_id": customer,
        "nick": f"n{customer}",
        "status": "done",
    }
    order |= {"created_at": at, "paid_at": at, "total_fen": fen, "paid_fen": fen}
    line: Row = {
        "id": f"l{key}",
        "order_id": key,
        "customer_id": customer,
        "position": 1,
    }
    line |= {"title": "梦胶原", "units": 2, "price_fen": max(fen, 1), "line": dice.choice(_LINES)}
    return order | {"title": "梦胶原 30 袋"}, line


def _contacts(dice: random.Random, customer: str, number: int) -> Iterator[Row]:
    for place in range(dice.choice((0, 1, 2, 5))):
        at = _moment(dice)
        told = {"id": f"t{customer}{place}", "customer_id": customer, "rep_id": f"r{number % 50}"}
        told |= {"channel": "phone", "disposition": dice.choice(_RESULTS)}
        yield told | {"started_at": at, "ended_at": at, "dials": [], "path": [], "offers": []}


def _moment(dice: random.Random) -> Any:
    return NOW - timedelta(minutes=dice.randrange(YEARS * 1440))
