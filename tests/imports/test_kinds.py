"""What an order is by its kind, and whether a card paid it: read, kept apart, or asked about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.hub import intake
from lumi_desk.imports import mapping, readers
from lumi_desk.imports.columns import Reason
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.headers import Amounts
from lumi_desk.imports.kinds.rules import OrderKind, is_by_card, order_kind
from lumi_desk.imports.mapping import Unsure, Wish
from lumi_desk.imports.planning import plan
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.spool import Spool
from lumi_desk.storage.store import Store
from tests.imports import sold
from tests.imports.test_left_aside import FIRST, SECOND, orders, stored, write

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


def bring(store: Store, path: Path, wish: Wish = mapping.NONE) -> Report:
    return import_files(store, [path], now=NOW, wish=wish)


def asked(store: Store, path: Path) -> Unsure:
    with pytest.raises(Unsure) as caught:
        bring(store, path)
    assert stored(store) == []
    return caught.value


def of_kinds(path: Path, first: str, second: str, name: str = "订单类型") -> Path:
    """Two paid orders of these kinds."""
    return orders(path, FIRST, SECOND, name, first, second)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        *((one, OrderKind.SALE) for one in ("", "普通订单", "网店销售", "预售", "换购订单")),
        *((one, OrderKind.SALE) for one in ("满赠", "补差价", "天猫供销", "订单normal", "SOP")),
        *((one, OrderKind.TEST) for one in ("测试", "TEST订单", "test_order", "演示单")),
        *((one, OrderKind.UNSOLD) for one in ("补发订单", "订单补发", "售后换货", "赠品订单")),
        *((one, OrderKind.UNSOLD) for one in ("保修换新", "样品", "RESEND", "gift_order")),
        *((one, None) for one in ("积分兑换", "退货单", "3", "contest", "刷单")),
    ],
)
def test_what_an_order_is_by_its_words(words: str, kind: OrderKind | None) -> None:
    assert order_kind(words) is kind


@pytest.mark.parametrize(
    ("words", "by_card"),
    [
        *((one, True) for one in ("储值支付", "会员卡支付", "余额支付", "充值卡", "账户余额")),
        *((one, False) for one in ("", "微信支付", "支付宝余额", "余额宝", "京东余额支付")),
        *((one, False) for one in ("银行卡", "刷卡", "信用卡支付")),
        *((one, None) for one in ("储值卡+微信", "余额支付,支付宝", "储值卡微信组合支付")),
        ("储值卡 + 优惠券", True),
    ],
)
def test_whether_a_card_paid_by_the_words(words: str, *, by_card: bool | None) -> None:
    assert is_by_card(words) is by_card


def test_a_test_is_left_out_with_its_reason(tmp_path: Path, hub_store: Store) -> None:
    report = bring(hub_store, of_kinds(tmp_path / "o.csv", "测试订单", "普通订单"))
    (left,) = report.left_out
    assert (left.line, left.reason, dict(left.params)) == (2, Reason.TEST, {"found": "测试订单"})
    assert stored(hub_store) == [(8_050, True, 8_050, 0)]
    assert report.orders.left_out == 1


def test_goods_sent_for_nothing_are_an_order_and_no_purchase(
    tmp_path: Path, hub_store: Store
) -> None:
    header = ("订单号", "下单时间", "付款时间", "订单金额", "会员号", "订单类型")
    rows = [(*FIRST, "V1001", "补发订单"), (*SECOND, "V1002", "")]
    path = write(tmp_path / "o.csv", header, *rows)
    report = intake.take_in(hub_store, [path], intake.ORDERS, now=NOW).report
    assert stored(hub_store) == [(10_000, True, 0, 0), (8_050, True, 8_050, 0)]
    assert (report.unsold, report.sums.paid_fen) == (1, 8_050)
    assert "orders of goods sent for nothing: 1" in report.as_text()
    with hub_store.read() as session:
        of_her = select(Identity.value, Customer.pool).join(
            Customer, Customer.id == Identity.customer_id
        )
        pools = {one.value: one.pool for one in session.execute(of_her)}
        cash = session.scalar(select(func.sum(Fact.fen)).where(Fact.kind == "cash"))
    assert pools == {"V1001": "0", "V1002": "1"}
    assert cash == 8_050


def test_what_a_card_paid_is_no_cash(tmp_path: Path, hub_store: Store) -> None:
    path = of_kinds(tmp_path / "o.csv", "储值卡支付", "微信", name="支付方式")
    report = intake.take_in(hub_store, [path], intake.ORDERS, now=NOW).report
    assert stored(hub_store) == [(10_000, True, 10_000, 0), (8_050, True, 8_050, 0)]
    assert report.by_card == 1
    with hub_store.read() as session:
        kinds = select(Fact.kind, func.sum(Fact.fen + Fact.units)).group_by(Fact.kind)
        facts = {one[0]: one[1] for one in session.execute(kinds)}
        assert facts == {"cash": 8_050, "orders": 2}
        assert session.scalars(select(Order.by_card).order_by(Order.number)).all() == [True, False]


@pytest.mark.parametrize(
    ("name", "words", "doubt"),
    [
        ("订单类型", "积分兑换", Doubt.KINDS),
        ("单据类型", "7", Doubt.KINDS),
        ("支付方式", "储值卡+微信支付", Doubt.PART_CARD),
    ],
)
def test_words_that_nobody_knows_are_asked_about_and_count_as_sales(
    name: str, words: str, doubt: Doubt, tmp_path: Path, hub_store: Store
) -> None:
    path = of_kinds(tmp_path / "o.csv", "", words, name=name)
    question = asked(hub_store, path)
    assert question.proposal.doubts == (doubt,)
    assert any(name in words for words in question.doubts)
    bring(hub_store, path, Wish(confirmed=True))
    assert stored(hub_store) == [(10_000, True, 10_000, 0), (8_050, True, 8_050, 0)]


@pytest.mark.parametrize("meaning", ["order_kind", "-"])
def test_what_is_told_of_the_column_is_an_answer(
    meaning: str, tmp_path: Path, hub_store: Store
) -> None:
    path = of_kinds(tmp_path / "o.csv", "补发", "积分兑换")
    bring(hub_store, path, Wish(told={"订单类型": meaning}))
    paid = 0 if meaning == "order_kind" else 10_000
    assert stored(hub_store) == [(10_000, True, paid, 0), (8_050, True, 8_050, 0)]


def test_what_is_asked_about_is_shown_first(tmp_path: Path) -> None:
    words = ("普通订单", "补发", "预售", "换货", "积分兑换", "刷单")
    rows = [(f"260503000000000{n:04d}", *FIRST[1:], one) for n, one in enumerate(words)]
    header = ("订单号", "下单时间", "付款时间", "订单金额", "订单类型")
    with Spool() as spool:
        (table,) = readers.glance(write(tmp_path / "o.csv", header, *rows), spool=spool)
        kinds = next(c for c in plan(table, mapping.NONE).columns if c.name == "订单类型")
    assert kinds.samples == ("积分兑换", "刷单", "普通订单")


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_one_file_that_says_it_is_enough_in_any_order(
    order: Sequence[int], tmp_path: Path, hub_store: Store
) -> None:
    """Exports without these columns tell of the same orders, before and after."""
    paths = [
        of_kinds(tmp_path / "0.csv", "换货订单", "普通订单"),
        of_kinds(tmp_path / "1.csv", "微信", "储值支付", name="支付方式"),
        orders(tmp_path / "2.csv", FIRST, SECOND, "退款金额", "0", "30"),
    ]
    for _ in ("once", "again"):
        for place in order:
            bring(hub_store, paths[place])
        assert [paid for _, _, paid, _ in stored(hub_store)] == [0, 5_050]
    with hub_store.read() as session:
        assert session.scalars(select(Order.by_card).order_by(Order.number)).all() == [False, True]


def test_an_order_with_a_row_for_every_product_is_of_one_kind(
    tmp_path: Path, hub_store: Store
) -> None:
    names = ("订单号", "下单时间", "付款时间", "订单金额", "商品名称", "数量", "单价", "订单类型")
    rows = [
        dict(zip(names, (*one, title, "1", one[3], kind), strict=True))
        for one, kind in ((FIRST, "补发订单"), (SECOND, "普通订单"))
        for title in ("胶原", "酵素")
    ]
    path = sold.write(tmp_path / "o.csv", names, rows, "utf-8")
    wish = Wish(amounts=Amounts.LINE, confirmed=True)
    bring(hub_store, path, wish)
    assert [(total, paid) for total, _, paid, _ in stored(hub_store)] == [
        (20_000, 0),
        (16_100, 16_100),
    ]
    assert not bring(hub_store, path, wish).changed_anything
