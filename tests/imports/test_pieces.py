"""Piece by piece it comes to the same as all at once, whatever is where in the files."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.imports import running
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_files
from lumi_desk.imports.tables import OrderTrace
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from tests.imports import files
from tests.imports.files import RESAVED
from tests.stores import sqlite_hub

pytestmark = pytest.mark.slow

NOW = datetime(2017, 12, 1, 2, 0, tzinfo=UTC)
HEADER = (*files.HEADER_46, "会员ID", "买家open_uid")
NUMBER = 2140260038636553217


def row(n: int, **more: str) -> dict[str, str]:
    told = {"订单编号": str(NUMBER + n), "买家会员名": "", "宝贝种类": "1"}
    return {
        **files.ORDER,
        **told,
        "订单创建时间": f"2017-05-{n % 28 + 1:02d} 10:{n % 60:02d}:00",
        **more,
    }


# The second order says that two who seem to be two are one, and comes in another piece.
BRIDGE = [
    row(1, 会员ID="M1"),
    row(2, 买家open_uid="U1"),
    row(3, 会员ID="M1", 买家open_uid="U1"),
    row(4, 买家会员名="小鱼"),
    row(5, 买家会员名="小鱼", 会员ID="M2"),
    row(6),
]
SAME_NUMBER = [
    row(7, 买家会员名="甲"),
    row(8),
    row(7, 买家会员名="乙", 订单创建时间="2017-06-30 10:00:00"),
]
# As a spreadsheet saves them: dates without times, numbers without their last digits.
ROUNDED = [
    row(n, 订单编号=str((NUMBER + n) // 10**4 * 10**4), 买家会员名="丙", 总金额=f"{n}.00")
    for n in range(9, 12)
]
REFUNDED = [row(4, 订单状态="交易关闭", 买家实际支付金额="0", 退款金额="100.00", 买家会员名="小鱼")]
LINES = [
    {"订单编号": str(NUMBER + n), "标题": title}
    for n in (1, 2, 4, 5, 7, 99)
    for title in ("胶原蛋白饮10支", "酵素粉20袋")
]
MEMBERS = [
    {"姓名": "王芳", "手机": "13800004127", "订单号": f"{NUMBER + 2} {NUMBER + 6}"},
    {"姓名": "李梅", "手机": "13800004128", "订单号": f"{NUMBER + 4} {NUMBER + 2}"},
    {"姓名": "王芳芳", "手机": "13800004127", "订单号": f"{NUMBER + 5}"},
    {"姓名": "无名", "手机": "", "订单号": ""},
]


def written(folder: Path) -> dict[str, Path]:
    return {
        "bridge": files.write(folder / "bridge.csv", HEADER, BRIDGE),
        "same": files.write(folder / "same.csv", HEADER, SAME_NUMBER),
        "rounded": files.write(folder / "rounded.csv", HEADER, ROUNDED, RESAVED),
        "refunded": files.write(folder / "refunded.csv", HEADER, REFUNDED),
        "lines": files.items(folder / "lines.csv", *LINES),
        "members": files.members(folder / "members.csv", *MEMBERS),
    }


def state(store: Store) -> list[Any]:
    """What stands in the tables, ids replaced by what they name."""
    with store.read() as session:
        people = {one.id: one for one in session.scalars(select(Customer))}
        keys: dict[str, list[Any]] = {one: [] for one in people}
        for key in session.scalars(select(Identity)):
            keys[key.customer_id].append((key.kind, key.scope, key.value, key.source, key.since))
        who = {one: (people[one].name, people[one].phone, sorted(keys[one])) for one in people}
        orders = {one.id: one.key for one in session.scalars(select(Order))}
        named: dict[Any, Any] = {**who, **orders}
        found = []
        for one in (Customer, Identity, Order, OrderTrace, OrderLine):
            names = [column.name for column in one.__table__.columns if column.name != "id"]
            for row_of in session.scalars(select(one)):
                values = [getattr(row_of, name) for name in names]
                found.append(repr((one.__tablename__, [named.get(v, v) for v in values])))
    return sorted(found)


def told(report: Report) -> dict[str, Any]:
    body = report.as_json()
    del body["run_id"]
    return body


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces as small as they can be."""
    monkeypatch.setattr(running, "PIECE", 1)


@given(data=st.data())
@settings(max_examples=40)
def test_small_pieces_and_one_come_to_the_same(
    hub_file: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("pieces")
    paths = written(folder)
    names = data.draw(st.lists(st.sampled_from(sorted(paths)), min_size=1, unique=True))
    parted = data.draw(st.integers(0, len(names)))
    steps = [step for step in (names[:parted], names[parted:]) if step]
    found = []
    for size in (1, 2000):
        (folder / str(size)).mkdir()
        store = sqlite_hub(hub_file, folder / str(size))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(running, "PIECE", size)
            reports = [_try(store, [paths[name] for name in step]) for step in steps]
        found.append((reports, state(store)))
        store.close()
    assert found[0] == found[1]


def _try(store: Store, paths: list[Path]) -> Any:
    try:
        return told(import_files(store, paths, now=NOW))
    except running.NoOrdersForItems as problem:
        return problem.in_english()


@pytest.mark.usefixtures("one_by_one")
def test_who_is_one_person_shows_in_whatever_piece(hub_store: Store, tmp_path: Path) -> None:
    report = import_files(hub_store, [written(tmp_path)["bridge"]], now=NOW)
    assert (report.buyers.added, report.without_person) == (2, 1)
    with hub_store.read() as session:
        assert len(set(session.scalars(select(Identity.customer_id)))) == 2


@pytest.mark.usefixtures("one_by_one")
def test_a_number_that_comes_twice_is_left_out_across_pieces(
    hub_store: Store, tmp_path: Path
) -> None:
    report = import_files(hub_store, [written(tmp_path)["same"]], now=NOW)
    assert (report.orders.added, report.orders.left_out) == (2, 1)
    (left_out,) = report.left_out
    words = "the same order already stands in line 2, under another buyer"
    assert (left_out.line, left_out.words) == (4, words)


def test_rows_left_out_are_listed_up_to_a_number(
    hub_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "MOST_LEFT_OUT", 3)
    dice = random.Random(4)
    rows = [row(n, 总金额=dice.choice(["?", "很多"])) for n in range(8)]
    path = files.write(
        tmp_path / "o.csv", HEADER, [*rows, row(30, 订单编号="合计"), row(31)], RESAVED
    )
    report = import_files(hub_store, [path], now=NOW)
    assert [one.line for one in report.left_out] == [2, 3, 4]
    assert report.left_out_more == {"money": 5, "number": 1}
    assert report.orders.left_out == 9
    assert "… and 6 more rows (5 × money, 1 × number)" in report.as_text()
