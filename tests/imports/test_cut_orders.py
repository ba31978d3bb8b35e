"""Orders whose lines are cut over several files: what they come to is the sum of all lines."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lumi_desk.imports.headers import Amounts
from lumi_desk.imports.mapping import Wish
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
STAGES = {
    "waiting": "待付款",
    "paid": "待发货",
    "shipped": "已发货",
    "done": "已完成",
    "closed": "已关闭",
}
MEANINGS = {
    "订单号": "number",
    "子单号": "own_number",
    "下单时间": "created",
    "付款时间": "paid_at",
    "订单状态": "status",
    "商品名称": "title",
    "编码": "code",
    "数量": "units",
    "单价": "price",
    "金额": "total",
    "实付金额": "paid",
    "退款金额": "refund",
    "店铺": "shop",
}
LINES = ("胶原蛋白饮", "酵素粉", "山楂糕", "面膜")
_numbers = count(310_002_603_863_655_001, 4)
_files = count(1)


@dataclass(frozen=True)
class Told:
    """What an export of a day says of a line: how far it had come, and what it cost."""

    day: int
    stage: str
    fen: int

    @property
    def paid(self) -> int:
        return 0 if self.stage in {"waiting", "closed"} else self.fen

    @property
    def refund(self) -> int:
        return self.fen if self.stage == "closed" else 0

    @property
    def age(self) -> tuple[int, int, bool, int]:
        stages = list(STAGES)
        return stages.index(self.stage), self.refund, self.stage != "waiting", self.day


def row(number: int, line: int, told: Told) -> dict[str, str]:
    return {
        "订单号": str(number),
        "子单号": f"{number // 10}{line + 1}",
        "下单时间": "2026-11-01 10:00:05",
        "付款时间": "" if told.stage == "waiting" else "2026-11-01 10:01:07",
        "订单状态": STAGES[told.stage],
        "商品名称": LINES[line],
        "编码": f"C{line}",
        "数量": "1",
        "单价": f"{told.fen / 100:.2f}",
        "金额": f"{told.fen / 100:.2f}",
        "实付金额": f"{told.paid / 100:.2f}",
        "退款金额": f"{told.refund / 100:.2f}",
        "店铺": "旗舰店",
    }


def write(folder: Path, day: int, names: Sequence[str], rows: Iterable[dict[str, str]]) -> Path:
    """A file of an export made on a day."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([one[name] for name in names] for one in rows)
    path = folder / f"export202611{day:02d}1200_{next(_files)}.csv"
    path.write_text(out.getvalue(), "utf-8")
    return path


def bring(store: Store, paths: Sequence[Path], names: Sequence[str]) -> bool:
    meant = {name: MEANINGS[name] for name in names}
    wish = Wish(told=meant, amounts=Amounts.LINE, confirmed=True)
    return import_files(store, paths, now=NOW, wish=wish).changed_anything


def state(store: Store, numbers: Iterable[int]) -> list[tuple[Any, ...]]:
    found = []
    with store.read() as session:
        among = Order.number.in_(list(map(str, numbers)))
        for one in session.scalars(select(Order).where(among).order_by(Order.number)):
            asked = select(OrderLine.title).where(OrderLine.order_id == one.id)
            lines = sorted(session.scalars(asked))
            amounts = (one.total_fen, one.paid_fen, one.refund_fen, one.goods_fen)
            assert sorted(one.title.split("，")) == lines
            paid = one.paid_at and one.paid_at.second
            found.append((one.number, one.status, *amounts, paid, one.status_words, lines))
    return found


Telling = tuple[int, int, Told]


def expected(numbers: Iterable[int], tellings: Sequence[Telling]) -> list[tuple[Any, ...]]:
    found = []
    for number in sorted(numbers):
        newest: dict[int, Told] = {}
        for told_of, line, told in tellings:
            if told_of == number and (line not in newest or told.age > newest[line].age):
                newest[line] = told
        lines = list(newest.values())
        if not lines:
            continue
        alive = [one.stage for one in lines if one.stage != "closed"]
        status = min(alive, key=list(STAGES).index) if alive else "closed"
        total = sum(one.fen for one in lines)
        paid, refund = sum(one.paid for one in lines), sum(one.refund for one in lines)
        is_paid = any(told.stage != "waiting" for of, _, told in tellings if of == number)
        titles = sorted(LINES[line] for line in newest)
        amounts = (total, paid, refund, total)
        found.append(
            (str(number), status, *amounts, 7 if is_paid else None, STAGES[status], titles)
        )
    return found


@st.composite
def exports(draw: st.DrawFn) -> list[tuple[int, list[Telling], list[int]]]:
    """Days, what their exports tell, and into which of up to three files each row goes."""
    numbers = [next(_numbers) for _ in range(draw(st.integers(1, 3)))]
    found = []
    for day in range(10, 10 + draw(st.integers(1, 3))):
        places = st.tuples(st.sampled_from(numbers), st.integers(0, len(LINES) - 1))
        told = draw(st.lists(places, min_size=1, max_size=8, unique=True))
        rows = []
        for number, line in told:
            stage, fen = draw(st.sampled_from(list(STAGES))), draw(st.integers(1, 9)) * 1000
            rows.append((number, line, Told(day, stage, fen)))
        found.append((day, rows, [draw(st.integers(0, 2)) for _ in rows]))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("own", [True, False], ids=["numbered lines", "named lines"])
@given(drawn=exports(), data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cut_in_any_order_twice_is_the_sum_of_all_lines(
    own: bool,
    tmp_path: Path,
    hub_store: Store,
    drawn: list[tuple[int, list[Telling], list[int]]],
    data: st.DataObject,
) -> None:
    names = [name for name in MEANINGS if own or name != "子单号"]
    paths, tellings = [], []
    for day, rows, places in drawn:
        tellings += rows
        for part in sorted(set(places)):
            some = [row(*one) for one, place in zip(rows, places, strict=True) if place == part]
            paths.append(write(tmp_path, day, names, some))
    numbers = {number for number, _, _ in tellings}
    if data.draw(st.booleans()):
        unlike = {path.read_bytes(): path for path in paths}
        bring(hub_store, data.draw(st.permutations([*unlike.values()])), names)
    else:
        for place in data.draw(st.permutations([*range(len(paths)), *range(len(paths))])):
            bring(hub_store, [paths[place]], names)
    assert state(hub_store, numbers) == expected(numbers, tellings)
    assert not any(bring(hub_store, [path], names) for path in paths)


FIRST = Told(10, "paid", 4000)
SECOND = Told(10, "paid", 6000)
NAMES = [name for name in MEANINGS if name != "子单号"]


def sums(store: Store) -> list[tuple[int, int, str]]:
    with store.read() as session:
        asked = select(Order).order_by(Order.number)
        return [(one.total_fen, one.paid_fen, one.status) for one in session.scalars(asked)]


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_what_another_kind_of_export_says_is_not_added(
    order: Sequence[int], tmp_path: Path, hub_store: Store
) -> None:
    number = next(_numbers)
    both = [row(number, 0, FIRST), row(number, 1, SECOND)]
    other = [{**one, "商品名称": f"{one['商品名称']}新", "编码": ""} for one in both]
    kinds = [NAMES, NAMES, [*reversed(NAMES)]]
    paths = [
        write(tmp_path, 10, NAMES, both[:1]),
        write(tmp_path, 10, NAMES, both[1:]),
        write(tmp_path, 9, kinds[2], other),
    ]
    for place in (*order, *order):
        bring(hub_store, [paths[place]], kinds[place])
    assert sums(hub_store) == [(10_000, 10_000, "paid")]


@pytest.mark.parametrize("order", [*permutations(range(3))])
@pytest.mark.parametrize(("day", "total"), [(9, 10_000), (11, 9_500)])
def test_of_the_whole_and_the_lines_the_newer_counts(
    day: int, total: int, order: Sequence[int], tmp_path: Path, hub_store: Store
) -> None:
    number = next(_numbers)
    lines = [row(number, 0, FIRST), row(number, 1, SECOND)]
    whole = {
        "订单编号": str(number),
        "总金额": "95.00",
        "买家实际支付金额": "95.00",
        "订单状态": "买家已付款，等待卖家发货",
        "订单创建时间": "2026-11-01 10:00:05",
        "订单付款时间": "2026-11-01 10:01:07",
        "店铺名称": "旗舰店",
    }
    paths = [write(tmp_path, 10, NAMES, [one]) for one in lines]
    paths.append(write(tmp_path, day, list(whole), [whole]))
    for place in (*order, *order):
        if place == 2:
            import_files(hub_store, [paths[place]], now=NOW)
        else:
            bring(hub_store, [paths[place]], NAMES)
    assert sums(hub_store) == [(total, total, "paid")]


def test_a_gift_of_what_was_bought_is_a_line_of_its_own(tmp_path: Path, hub_store: Store) -> None:
    number = next(_numbers)
    gift = {**row(number, 0, FIRST), "单价": "0.00", "金额": "0.00", "实付金额": "0.00"}
    for one in (row(number, 0, FIRST), gift):
        bring(hub_store, [write(tmp_path, 10, NAMES, [one])], NAMES)
    assert sums(hub_store) == [(4000, 4000, "paid")]


def test_a_title_that_was_changed_is_no_other_line(tmp_path: Path, hub_store: Store) -> None:
    number = next(_numbers)
    for day, title in ((10, "胶原蛋白饮"), (11, "胶原蛋白饮 升级版")):
        told = {**row(number, 0, FIRST), "商品名称": title}
        bring(hub_store, [write(tmp_path, day, NAMES, [told])], NAMES)
    assert sums(hub_store) == [(4000, 4000, "paid")]
