"""Headers as other shop systems write them: right at once, or right by one confirmation."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from sqlalchemy import func, select

from lumi_desk.consents.tables import Consent
from lumi_desk.customers.tables import Customer
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.mapping import Unsure, Wish
from lumi_desk.imports.problems import RefundsApart
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from tests.imports import sold
from tests.imports.sold import Deal, Piece, yuan

NOW = datetime(2018, 12, 1, 2, 0, tzinfo=UTC)
WORDS = {
    "waiting": "待付款",
    "paid": "待发货",
    "shipped": "已发货",
    "done": "交易完成",
    "refunded": "已关闭",
}
# What the columns hold; `each` systems write a row for every product.
ORDERS: Mapping[str, str] = {
    "retail ERP": "店铺=shop 内部订单号=- 线上订单号=number 下单时间=created 付款日期=paid_at "
    "买家账号=nick "
    "应付金额=total 已付金额=kept 运费=postage 状态=status 收货人=person 手机=phone",
    "shop system": "订单编号=number 订单类型=- 订单状态=status 买家=nick 收货人/提货人=person "
    "收货人手机号/提货人手机号=phone 订单创建时间=created 买家付款时间=paid_at "
    "订单实付金额=due 备注=-",
    "group buying": "商品=title 订单号=number 订单状态=status 商品总价(元)=due "
    "店铺优惠折扣(元)=zero "
    "用户实付金额(元)=kept 商品数量(件)=pieces 确认收货时间=done_at 订单成交时间=created "
    "收货人=person 手机=phone",
    "short films": "订单编号=number 订单状态=status 订单创建时间=created 订单支付时间=paid_at "
    "实付款=due "
    "商品名称=title 买家昵称=nick",
    "hotline": "日期=created 单号=number 客户=person 电话=phone 产品=title 金额=due "
    "付款时间=paid_at",
    "hand-made": "订单=number 什么时候下的单=created 客人=person 电话=phone 一共多少钱=due",
    "English": "order_no=number order_date=created pay_time=paid_at total=total paid=kept "
    "refund=refund status=status customer=person phone=phone product=title",
}
LINES: Mapping[str, str] = {
    "social shop": "订单号=number 用户下单时间=created 支付时间=paid_at 订单状态=status "
    "商品名称=title "
    "SKU件数=units 商品总价(元)=share",
    "warehouse": "原始单号=number 下单时间=created 付款时间=paid_at 货品名称=title 规格=- "
    "数量=units "
    "单价=price 订单金额=total 客户网名=nick 收件人=person 手机号码=phone",
}


def value(deal: Deal, piece: Piece, what: str) -> str:
    found = {
        "number": deal.number,
        "created": f"{deal.created:%Y-%m-%d %H:%M:%S}",
        "paid_at": deal.paid,
        "done_at": deal.finished,
        "total": yuan(deal.total_fen),
        "due": yuan(deal.total_fen),
        "kept": yuan(deal.kept_fen),
        "refund": yuan(deal.refund_fen),
        "postage": yuan(deal.postage_fen),
        "zero": "0.00",
        "status": WORDS[deal.stage],
        "nick": deal.nick,
        "person": "王**",
        "phone": deal.phone,
        "title": piece.title,
        "units": str(piece.units),
        "pieces": str(sum(one.units for one in deal.pieces)),
        "price": yuan(piece.list_fen),
        "share": yuan(piece.fen),
        "shop": "旗舰店",
        "-": "",
    }
    return found[what]


def file(path: Path, told: str, deals: tuple[Deal, ...], *, each: bool) -> Path:
    columns = dict(pair.rsplit("=", 1) for pair in told.split())
    rows = [
        {name: value(deal, piece, what) for name, what in columns.items()}
        for deal in deals
        for piece in (deal.pieces if each else deal.pieces[:1])
    ]
    return sold.write(path, list(columns), rows, "gb18030")


def bring(store: Store, path: Path) -> bool:
    """Import, by a confirmation where one is asked for. Says whether it was."""
    try:
        import_files(store, [path], now=NOW)
    except Unsure:
        report = import_files(store, [path], now=NOW, wish=Wish(confirmed=True))
        assert report.left_out == ()
        return True
    return False


# Without a column for the money or its time an order on its way was paid; without any word of it
# nobody knows.
KEPT = {
    "group buying": ("paid", "shipped", "done"),
    "hand-made": (),
    "hotline": ("paid", "shipped", "done", "refunded"),
}
ASKED = {"shop system", "group buying", "short films", "hotline", "hand-made", "social shop"}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("system", ORDERS)
def test_orders_of_other_systems(
    system: str, ending: str, tmp_path: Path, hub_store: Store
) -> None:
    deals = sold.deals(len(system), count=20)
    path = file(tmp_path / f"o{ending}", ORDERS[system], deals, each=False)
    assert bring(hub_store, path) == (system in ASKED)
    with hub_store.read() as session:
        count, total = session.execute(select(func.count(), func.sum(Order.total_fen))).one()
        moments = set(session.scalars(select(Order.created_at)))
        paid = session.scalar(select(func.sum(Order.paid_fen)))
    assert (count, total) == (len(deals), sum(deal.total_fen for deal in deals))
    assert len(moments) == len(deals)
    stages = KEPT.get(system, ("paid", "shipped", "done"))
    assert paid == sum(deal.total_fen for deal in deals if deal.stage in stages)


@pytest.mark.parametrize("system", LINES)
def test_order_lines_of_other_systems(system: str, tmp_path: Path, hub_store: Store) -> None:
    deals = sold.deals(len(system), count=20)
    path = file(tmp_path / "o.csv", LINES[system], deals, each=True)
    assert bring(hub_store, path) == (system in ASKED)
    each = system == "social shop"
    with hub_store.read() as session:
        count, total = session.execute(select(func.count(), func.sum(Order.total_fen))).one()
        units = session.scalar(select(func.sum(OrderLine.units)))
    assert count == len(deals)
    assert total == sum(deal.goods_fen if each else deal.total_fen for deal in deals)
    assert units == sum(piece.units for deal in deals for piece in deal.pieces)


def test_what_a_known_header_calls_otherwise_is_read_too(tmp_path: Path, hub_store: Store) -> None:
    """The three columns an order needs are the platform's; what was paid has another name."""
    path = tmp_path / "orders.csv"
    path.write_text(
        "订单编号,总金额,订单创建时间,付款时间,实付款,退款,买家昵称,状态\n"
        "2140260038636553217,100,2017-05-30 10:00,2017-05-30 10:01,80,20,小鱼儿,交易成功\n"
        "2140260038636553218,50,2017-05-31 10:00,,0,0,大鱼,等待买家付款\n",
        encoding="utf-8",
    )
    report = import_files(hub_store, [path], now=NOW)
    assert (report.sums.total_fen, report.sums.paid_fen, report.sums.refund_fen) == (
        15000,
        8000,
        2000,
    )
    with hub_store.read() as session:
        kept = session.execute(select(Order.status, Order.paid_at).order_by(Order.created_at)).all()
    assert [status for status, _ in kept] == ["done", "waiting"]
    assert [paid is None for _, paid in kept] == [False, True]
    assert "实付款 = paid" in report.as_text()


def test_a_known_list_with_other_words_loses_no_column(tmp_path: Path, hub_store: Store) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "姓名,手机号,出生年月日,客户编号,微信账号,营销同意\n"
        "王芳,13800004127,1980-02-03,C001,wangfang80,是\n",
        encoding="utf-8",
    )
    import_files(hub_store, [path], now=NOW)
    with hub_store.read() as session:
        her = session.scalars(select(Customer)).one()
        ways = set(session.scalars(select(Consent.way)))
    assert (her.birthday, her.wechat) == (date(1980, 2, 3), "wangfang80")
    assert ways == {"phone", "sms", "wechat"}


def test_a_contact_without_a_remark_goes_by_the_name_she_has(
    tmp_path: Path, hub_store: Store
) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(
        "外部联系人ID,客户名称,备注,添加人,添加时间,状态\n"
        "wmAAA,芳芳,王芳,zhangsan,2018-01-01,正常\n"
        "wmBBB,小仙女,,zhangsan,2018-01-01,正常\n",
        encoding="utf-8",
    )
    import_files(hub_store, [path], now=NOW)
    with hub_store.read() as session:
        assert set(session.scalars(select(Customer.name))) == {"王芳", "小仙女"}


def test_without_a_creation_the_payment_tells_when(tmp_path: Path, hub_store: Store) -> None:
    """Group buying exports when it was paid and sent, not when it was ordered."""
    path = tmp_path / "orders.csv"
    path.write_text(
        "商品,订单号,订单状态,商品总价(元),用户实付金额(元),商品数量(件),支付时间,发货时间\n"
        "胶原蛋白,171123-123456789012345,已收货,899,899,1,2017-11-23 10:00:00,2017-11-24 9:00:00\n",
        encoding="utf-8",
    )
    with pytest.raises(Unsure) as asked:
        import_files(hub_store, [path], now=NOW)
    meant = {one.header: one.meaning for one in asked.value.proposal.columns}
    assert (meant["支付时间"], meant["发货时间"]) == ("paid_at", "")
    assert asked.value.proposal.doubts == (Doubt.UNTIMED, Doubt.UNPRICED)
    report = import_files(hub_store, [path], now=NOW, wish=Wish(confirmed=True))
    assert report.sums.paid_fen == 89900
    with hub_store.read() as session:
        kept = session.scalars(select(Order)).one()
    assert kept.created_at == kept.paid_at == datetime(2017, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("column", ["是否同意营销短信", "短信拒收标记", "电话免打扰"])
def test_a_column_of_consents_is_never_left_aside_unasked(
    column: str, tmp_path: Path, hub_store: Store
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"姓名,手机号,{column}\n王芳,13800004127,是\n", encoding="utf-8")
    with pytest.raises(Unsure):
        import_files(hub_store, [path], now=NOW)
    aside = Wish(told={column: "-"})
    assert import_files(hub_store, [path], now=NOW, wish=aside).members.added == 1


def test_orders_with_a_row_for_every_product_lose_no_row(tmp_path: Path, hub_store: Store) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "订单编号,总金额,订单创建时间,付款时间,商品名称,数量,单价\n"
        "2140260038636553217,100,2017-05-30 10:00,2017-05-30 10:01,胶原蛋白,1,60\n"
        "2140260038636553217,100,2017-05-30 10:00,2017-05-30 10:01,酵素粉,2,20\n",
        encoding="utf-8",
    )
    report = import_files(hub_store, [path], now=NOW)
    assert (report.orders.added, report.lines.added, report.sums.total_fen) == (1, 2, 10000)
    with hub_store.read() as session:
        assert set(session.scalars(select(OrderLine.units))) == {1, 2}


@pytest.mark.parametrize("part", ["余额支付", "礼品卡支付金额", "优惠券支付"])
def test_a_part_of_a_payment_is_not_taken_for_all_of_it(
    part: str, tmp_path: Path, hub_store: Store
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        f"订单号,下单时间,付款时间,订单金额,{part}\n"
        "2140260038636553217,2017-05-30 10:00,2017-05-30 10:01,100,0\n"
        "2140260038636553218,2017-05-30 11:00,2017-05-30 11:01,80,30\n",
        encoding="utf-8",
    )
    assert import_files(hub_store, [path], now=NOW).sums.paid_fen == 18000


def test_refunds_in_a_sheet_of_their_own_are_not_passed_over(
    tmp_path: Path, hub_store: Store
) -> None:
    number = "2140260038636553217"
    orders = ("订单号", "下单时间", "付款时间", "订单金额")
    book = openpyxl.Workbook()
    book.active.title = "订单"
    book.active.append(orders)
    book.active.append((number, "2017-05-30 10:00", "2017-05-30 10:01", 100))
    refunds = book.create_sheet("退款")
    refunds.append(("订单号", "退款时间", "退款金额", "退款原因"))
    refunds.append((number, "2017-06-01 10:00", 100, "不想要"))
    book.save(path := tmp_path / "orders.xlsx")
    with pytest.raises(RefundsApart) as caught:
        import_files(hub_store, [path], now=NOW)
    assert caught.value.params == {"file": "orders.xlsx / 退款", "column": "退款金额"}
    aside = Wish(without=frozenset(("orders.xlsx / 退款",)))
    assert import_files(hub_store, [path], now=NOW, wish=aside).orders.added == 1
