"""Files may come in any order, twice, rounded or not: the hub ends with the same orders."""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lumi_desk.customers.tables import Identity
from lumi_desk.imports.mapping import Wish
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from tests.imports import files
from tests.imports.files import RAW, RESAVED
from tests.stores import sqlite_hub

pytestmark = pytest.mark.slow

# Their units are asked about.
YES = Wish(confirmed=True)
NOW = datetime(2017, 12, 1, 2, 0, tzinfo=UTC)
START = datetime(2017, 5, 30, 23, 18)  # noqa: DTZ001  (as the file writes it)
STAGES = ("waiting", "paid", "shipped", "done", "refunded")
WORDS = {
    "waiting": "等待买家付款",
    "paid": "买家已付款，等待卖家发货",
    "shipped": "卖家已发货，等待买家确认",
    "done": "交易成功",
    "refunded": "交易关闭",
}
# What the amounts of an export are counted in, as their names say it, and how much of it a fen is.
UNITS = {"": 100, "(分)": 1, "(千元)": 100_000, "（单位：万元）": 1_000_000}
MONEY = ("总金额", "买家应付货款", "买家应付邮费", "买家实际支付金额", "退款金额")
KINDS = ("", "普通订单", "补发订单", "测试订单")
PRODUCTS = ("胶原蛋白饮10支", "酵素粉20袋", "山楂糕")


@dataclass(frozen=True)
class Sold:
    """An order as it truly was."""

    place: int
    nick: str
    seconds: int
    fen: int
    products: tuple[str, ...]
    kind: str = ""

    @property
    def number(self) -> str:
        # Like the platform's: a running part, then digits of the buyer.
        return f"21402600{self.place:05d}{ord(self.nick) % 10**6:06d}"

    @property
    def created(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def row(self, stage: str, *, exact: bool) -> dict[str, str]:
        number = self.number if exact else f"{int(self.number) // 10**4 * 10**4}"
        made = f"{self.created:%Y-%m-%d %H:%M:%S}" if exact else f"{self.created:%Y/%m/%d %H:%M}"
        kept = 0 if stage in {"waiting", "refunded"} else self.fen
        return {
            "订单编号": number,
            "买家会员名": self.nick,
            "总金额": f"{self.fen / 100:.2f}",
            "买家应付货款": f"{self.fen / 100:.2f}",
            "买家应付邮费": "0",
            "买家实际支付金额": f"{kept / 100:.2f}",
            "退款金额": f"{self.fen / 100:.2f}" if stage == "refunded" else "0",
            "订单状态": WORDS[stage],
            "订单创建时间": made,
            "订单付款时间": "" if stage == "waiting" else made,
            "宝贝标题": "，".join(self.products),
            "宝贝种类": str(len(self.products)),
            "订单类型": self.kind,
        }

    def items(self, *, exact: bool) -> list[dict[str, str]]:
        number = self.row("done", exact=exact)["订单编号"]
        return [{"订单编号": number, "标题": title, "商家编码": title} for title in self.products]


@dataclass(frozen=True)
class Export:
    """What one pair of files tells: places of orders, how far each had come, digits or none, and
    the kind of each or not; amounts in some unit.
    """

    stages: tuple[tuple[int, str], ...]
    exact: bool
    unit: str
    kinds: bool

    def tells(self, order: Sold, place: int) -> bool:
        """Whether it tells of an order, and not of a test."""
        named = any(place == one for one, _ in self.stages)
        return named and not (self.kinds and order.kind == "测试订单")


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[Sold, ...], tuple[Export, ...]]:
    products = st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=3, unique=True)
    orders = tuple(
        Sold(
            place=draw(st.integers(0, 40)) * 50 + n,
            nick=draw(st.sampled_from("甲乙丙")),
            seconds=draw(st.sampled_from([0, 7, 59, 60, 61])),
            fen=draw(st.sampled_from([100, 2590])),
            products=tuple(draw(products)),
            kind=draw(st.sampled_from(KINDS)),
        )
        for n in range(draw(st.integers(1, 6)))
    )
    exports = []
    for _ in range(draw(st.integers(1, 4))):
        chosen = draw(st.lists(st.sampled_from(range(len(orders))), min_size=1, unique=True))
        stages = tuple((place, draw(st.sampled_from(STAGES))) for place in chosen)
        # Files of tests alone are refused.
        kinds = draw(st.booleans()) and any(orders[one].kind != "测试订单" for one in chosen)
        exports.append(Export(stages, draw(st.booleans()), draw(st.sampled_from([*UNITS])), kinds))
    return orders, tuple(exports)


def expected(orders: tuple[Sold, ...], exports: tuple[Export, ...]) -> list[tuple[object, ...]]:
    found = []
    for place, order in enumerate(orders):
        by = [one for one in exports if one.tells(order, place)]
        told = [(stage, one.exact) for one in by for p, stage in one.stages if p == place]
        if not told:
            continue
        last = max((stage for stage, _ in told), key=STAGES.index)
        exact = any(is_exact for _, is_exact in told)
        unsold = order.kind == "补发订单" and any(one.kinds for one in by)
        kept = 0 if unsold or last in {"waiting", "refunded"} else order.fen
        found.append(
            (
                order.number if exact else "",
                order.nick,
                order.seconds if exact else order.seconds // 60 * 60,
                "closed" if last == "refunded" else last,
                order.fen,
                kept,
                tuple(sorted(order.products)),
            )
        )
    return sorted(found)


def state(store: Store) -> list[tuple[object, ...]]:
    with store.read() as session:
        nicks = {one.customer_id: one.value for one in session.scalars(select(Identity))}
        found = []
        for order in session.scalars(select(Order)):
            assert nicks[order.customer_id or ""] == order.nick
            lines = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id))
            seconds = order.created_at - START.replace(tzinfo=UTC) + timedelta(hours=8)
            found.append(
                (
                    order.number,
                    order.nick,
                    int(seconds.total_seconds()),
                    order.status,
                    order.total_fen,
                    order.paid_fen,
                    tuple(sorted(line.title for line in lines)),
                )
            )
    assert len(nicks) == len({one[1] for one in found})
    return sorted(found)


def counted(row: dict[str, str], unit: str) -> dict[str, str]:
    """A row whose amounts are in a unit, under names that say so."""
    amounts = {name: Decimal(row[name]) * 100 / UNITS[unit] for name in MONEY}
    return row | {f"{name}{unit}": f"{amount:f}" for name, amount in amounts.items()}


def pair(folder: Path, n: int, orders: tuple[Sold, ...], export: Export) -> list[Path]:
    style = RAW if export.exact else RESAVED
    rows = [orders[place].row(stage, exact=export.exact) for place, stage in export.stages]
    lines = [line for place, _ in export.stages for line in orders[place].items(exact=export.exact)]
    header = (*files.HEADER_46, "订单类型") if export.kinds else files.HEADER_46
    header = tuple(one.strip() + export.unit * (one.strip() in MONEY) for one in header)
    told = [counted({**files.ORDER, **row}, export.unit) for row in rows]
    return [
        files.write(folder / f"orders{n}.csv", header, told, style),
        files.items(folder / f"items{n}.csv", *lines, style=style),
    ]


@given(histories(), st.data())
@settings(max_examples=60)
def test_any_order_twice_or_mixed_gives_the_same(
    hub_file: Path, history: tuple[tuple[Sold, ...], tuple[Export, ...]], data: st.DataObject
) -> None:
    orders, exports = history
    with tempfile.TemporaryDirectory() as name:
        store = sqlite_hub(hub_file, Path(name))
        pairs = [pair(Path(name), n, orders, export) for n, export in enumerate(exports)]
        order = data.draw(st.permutations([*range(len(pairs)), *range(len(pairs))]))
        for n in order:
            import_files(store, data.draw(st.permutations(pairs[n])), now=NOW, wish=YES)
        assert state(store) == expected(orders, exports)
        for paths in pairs:
            assert not import_files(store, paths, now=NOW, wish=YES).changed_anything
        store.close()


@given(histories())
@settings(max_examples=30)
def test_all_at_once_is_the_same_as_one_by_one(
    hub_file: Path, history: tuple[tuple[Sold, ...], tuple[Export, ...]]
) -> None:
    orders, exports = history
    with tempfile.TemporaryDirectory() as name:
        store = sqlite_hub(hub_file, Path(name))
        pairs = [pair(Path(name), n, orders, export) for n, export in enumerate(exports)]
        unlike = {path.read_bytes(): path for paths in pairs for path in paths}
        import_files(store, list(unlike.values()), now=NOW, wish=YES)
        assert state(store) == expected(orders, exports)
        store.close()
