"""Whether orders were paid, in files that say it in one column for two things, or not at all."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.imports import mapping
from lumi_desk.imports.columns import Reason
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.mapping import Unsure, Wish
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from tests.imports import sold

NOW = datetime(2018, 12, 1, 2, 0, tzinfo=UTC)
DAY = "2018-09-01"
FIRST, SECOND = "2140260038636553217", "2140260038636553218"
Rows = tuple[Mapping[str, str], ...]


def write(path: Path, *rows: Mapping[str, str]) -> Path:
    told = [
        {"单号": number, **row, "电话": f"1380000412{n}"}
        for n, (number, row) in enumerate(zip((FIRST, SECOND), rows, strict=False))
    ]
    return sold.write(path, list(told[0]), told, "utf-8")


def asked(store: Store, path: Path, wish: Wish = mapping.NONE) -> Unsure:
    with pytest.raises(Unsure) as caught:
        import_files(store, [path], now=NOW, wish=wish)
    return caught.value


def confirmed(store: Store, path: Path, **told: str) -> Report:
    return import_files(store, [path], now=NOW, wish=Wish(told=told, confirmed=True))


def stored(store: Store) -> list[tuple[str, bool, int, int]]:
    """Status, whether it has a time of payment, worth and what was paid; by number."""
    with store.read() as session:
        orders = session.scalars(select(Order).order_by(Order.number))
        return [(o.status, o.paid_at is not None, o.total_fen, o.paid_fen) for o in orders]


@pytest.mark.parametrize("day", ["付款日", "付款日期", "支付日期", "收款日期", "到账时间"])
@pytest.mark.parametrize("paid", ["实付(元)", "实付金额", "实收款"])
def test_a_day_of_payment_and_a_sum_are_a_paid_order(
    day: str, paid: str, tmp_path: Path, hub_store: Store
) -> None:
    path = write(tmp_path / "o.csv", {day: DAY, paid: "100"}, {day: DAY, paid: "80.50"})
    question = asked(hub_store, path)
    assert Doubt.UNTIMED in question.proposal.doubts
    assert Doubt.UNPAID not in question.proposal.doubts
    assert any(f"{day} is taken for it" in words for words in question.doubts)
    confirmed(hub_store, path)
    assert stored(hub_store) == [("paid", True, 10_000, 10_000), ("paid", True, 8_050, 8_050)]


def test_an_order_without_a_day_of_payment_is_left_out_with_its_reason(
    tmp_path: Path, hub_store: Store
) -> None:
    path = write(tmp_path / "o.csv", {"付款日": DAY, "实付": "100"}, {"付款日": "", "实付": "80"})
    report = confirmed(hub_store, path)
    assert [one.reason for one in report.left_out] == [Reason.CREATED]
    assert stored(hub_store) == [("paid", True, 10_000, 10_000)]


def test_nothing_paid_on_a_day_of_payment_is_worth_nothing(
    tmp_path: Path, hub_store: Store
) -> None:
    path = write(tmp_path / "o.csv", {"付款日": DAY, "实付": "100"}, {"付款日": DAY, "实付": "0"})
    confirmed(hub_store, path)
    assert stored(hub_store) == [("paid", True, 10_000, 10_000), ("paid", True, 0, 0)]


def test_what_was_given_back_is_taken_off(tmp_path: Path, hub_store: Store) -> None:
    whole = {"付款日": DAY, "实付": "100", "退款": "100"}
    path = write(tmp_path / "o.csv", {**whole, "退款": "0"}, whole)
    columns = asked(hub_store, path).proposal.columns
    assert {one.header: one.meaning for one in columns}["实付"] == "total"
    confirmed(hub_store, path)
    assert stored(hub_store) == [("paid", True, 10_000, 10_000), ("closed", True, 10_000, 0)]


def test_a_sum_that_was_paid_is_enough(tmp_path: Path, hub_store: Store) -> None:
    """Only the sum says it: an order with one was paid, one without was not."""
    path = write(
        tmp_path / "o.csv", {"下单时间": DAY, "实付": "100"}, {"下单时间": DAY, "实付": "0"}
    )
    question = asked(hub_store, path)
    assert question.proposal.doubts == (Doubt.UNPRICED,)
    confirmed(hub_store, path)
    assert stored(hub_store) == [("paid", True, 10_000, 10_000), ("waiting", False, 0, 0)]


def test_a_sum_beside_a_state_is_what_is_to_be_paid(tmp_path: Path, hub_store: Store) -> None:
    rows = (
        {"下单时间": DAY, "实付": "100", "交易状态": "交易成功"},
        {"下单时间": DAY, "实付": "80", "交易状态": "等待买家付款"},
    )
    path = write(tmp_path / "o.csv", *rows)
    asked(hub_store, path)
    confirmed(hub_store, path)
    assert stored(hub_store) == [("done", True, 10_000, 10_000), ("waiting", False, 8_000, 0)]


def test_what_waits_to_be_paid_was_not(tmp_path: Path, hub_store: Store) -> None:
    """Programs fill the sum paid in before it is; the state says that it was not."""
    rows = (
        {"下单时间": DAY, "订单金额": "100", "实付金额": "100", "订单状态": "已完成"},
        {"下单时间": DAY, "订单金额": "80", "实付金额": "80", "订单状态": "待付款"},
    )
    import_files(hub_store, [write(tmp_path / "o.csv", *rows)], now=NOW)
    assert stored(hub_store) == [("done", True, 10_000, 10_000), ("waiting", False, 8_000, 0)]


def test_what_was_closed_before_it_was_paid_gave_nothing_back(
    tmp_path: Path, hub_store: Store
) -> None:
    """The sum to be paid still stands in such a row; the time of payment is empty."""
    row = {"下单时间": DAY, "订单金额": "100", "实付金额": "100", "交易状态": "交易关闭"}
    rows = ({**row, "付款时间": f"{DAY} 10:00"}, {**row, "付款时间": ""})
    import_files(hub_store, [write(tmp_path / "o.csv", *rows)], now=NOW)
    with hub_store.read() as session:
        told = session.execute(select(Order.paid_fen, Order.refund_fen).order_by(Order.number))
        assert told.all() == [(0, 10_000), (0, 0)]


def test_states_that_nobody_knows_say_nothing_of_payment(tmp_path: Path, hub_store: Store) -> None:
    row = {"订单编号": FIRST, "总金额": "100", "订单创建时间": DAY}
    rows = [{**row, "订单状态": "甲"}, {**row, "订单编号": SECOND, "订单状态": "交易成功"}]
    path = sold.write(tmp_path / "o.csv", list(rows[0]), rows, "utf-8")
    told = {one.header: one.certainty for one in asked(hub_store, path).proposal.columns}
    assert told["订单状态"] < 1 == told["总金额"]


@pytest.mark.parametrize("more", [{}, {"发货日期": "2018-09-03"}])
@pytest.mark.parametrize(
    "names", [("单号", "下单时间", "金额"), ("订单编号", "订单创建时间", "总金额")]
)
def test_what_nothing_says_is_asked_with_what_would_come_of_it(
    names: tuple[str, str, str], more: dict[str, str], tmp_path: Path, hub_store: Store
) -> None:
    """A day of sending is no payment: some pay the courier. The keeper knows, and can say so."""
    number, created, total = names
    row = {created: DAY, total: "100", **more}
    rows = [{number: FIRST, **row}, {number: SECOND, **row}]
    path = sold.write(tmp_path / "o.csv", list(rows[0]), rows, "utf-8")
    question = asked(hub_store, path)
    assert Doubt.UNPAID in question.proposal.doubts
    assert any("all 2 rows would count as unpaid" in words for words in question.doubts)
    confirmed(hub_store, path)
    assert stored(hub_store) == [("waiting", False, 10_000, 0)] * 2
    confirmed(hub_store, path, **{created: "paid_at"})
    assert [(paid, fen) for _, paid, _, fen in stored(hub_store)] == [(True, 10_000)] * 2


def test_what_stands_for_two_things_is_kept_by_a_profile(tmp_path: Path, hub_store: Store) -> None:
    path = write(tmp_path / "o.csv", {"付款日": DAY, "实付": "100"}, {"付款日": DAY, "实付": "80"})
    columns = confirmed(hub_store, path).files[0].columns
    assert [field for name, field in columns if name == "付款日"] == ["paid_at", "created"]
    kind = asked(hub_store, path).proposal.kind
    wish = Wish(profile="p", layout=mapping.Layout(kind, columns))
    assert not import_files(hub_store, [path], now=NOW, wish=wish).changed_anything
