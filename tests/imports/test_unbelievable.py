"""What a file says that cannot be true, or read: told with its line, and not kept."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.imports import rules
from lumi_desk.imports.columns import Reason
from lumi_desk.imports.headers import Amounts
from lumi_desk.imports.mapping import Wish
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_files
from lumi_desk.imports.tables import OrderTrace
from lumi_desk.orders.tables import Order
from lumi_desk.security.masking import mask_text
from lumi_desk.storage.store import Store

NOW = datetime(2018, 12, 1, 2, 0, tzinfo=UTC)
ORDERS = "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间"


def bring(store: Store, folder: Path, header: str, *rows: str) -> Report:
    path = folder / "file.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return import_files(store, [path], now=NOW)


def told(report: Report) -> list[tuple[int, Reason, str]]:
    return [(one.line, one.reason, dict(one.params)["found"]) for one in report.left_out]


def test_an_order_of_the_future_is_left_out_and_makes_no_export_newer(
    hub_store: Store, tmp_path: Path
) -> None:
    report = bring(
        hub_store,
        tmp_path,
        ORDERS,
        "2140260038636553217,小鱼儿,100,100,交易成功,2017-05-30 10:00:00,2017-05-30 10:01:00",
        "2140260038636553218,大鱼,100,100,交易成功,2099-01-01 10:00:00,2099-01-01 10:01:00",
    )
    assert told(report) == [(3, Reason.FUTURE, "2099-01-01 10:00")]
    assert (report.orders.added, report.orders.left_out) == (1, 1)
    with hub_store.read() as session:
        assert session.scalars(select(OrderTrace.as_of)).one() == NOW
        assert session.scalars(select(Order.nick)).all() == ["小鱼儿"]


WHOLE = "订单号=number 创建时间=created 品名=title 数量=units 单价=price 总额=total 实付=paid"


@pytest.mark.parametrize("believed", [True, False])
def test_the_lines_of_an_order_of_the_future_are_told_with_it(
    believed: bool, hub_store: Store, tmp_path: Path
) -> None:
    rows = [
        "2140260038636553217,2017-05-30 10:00:00,梦胶原,1,100,100,100",
        "2140260038636553218,2099-01-01 10:00:00,梦胶原,1,100,100,100",
        "2140260038636553218,2099-01-01 10:00:00,大酵素,1,100,100,100",
    ]
    columns = dict(pair.split("=") for pair in WHOLE.split())
    wish = Wish(told=columns, amounts=Amounts.ORDER, confirmed=True)
    path = tmp_path / "file.csv"
    path.write_text("\n".join([",".join(columns), *rows[not believed :], ""]), encoding="utf-8")
    report = import_files(hub_store, [path], now=NOW, wish=wish)
    lines = (3, 4) if believed else (2, 3)
    assert told(report) == [(line, Reason.FUTURE, "2099-01-01 10:00") for line in lines]
    assert (report.orders.added, report.lines.added) == (believed, believed)
    assert report.lines.left_out == 2


def test_a_clock_may_be_ahead_by_hours(hub_store: Store, tmp_path: Path) -> None:
    row = "2140260038636553217,小鱼儿,100,100,交易成功,2018-12-02 09:00:00,2018-12-02 09:01:00"
    assert bring(hub_store, tmp_path, ORDERS, row).orders.added == 1


def test_an_order_under_two_buyers_says_so(hub_store: Store, tmp_path: Path) -> None:
    same = "2140260038636553217,{},100,100,交易成功,2017-05-30 10:00:00,2017-05-30 10:01:00"
    rows = [same.format(nick) for nick in ("小鱼儿", "小鱼儿", "大鱼")]
    report = bring(hub_store, tmp_path, ORDERS, *rows)
    assert told(report) == [
        (3, Reason.REPEATED, "line 2"),
        (4, Reason.OTHER_BUYER, "line 2"),
    ]
    with hub_store.read() as session:
        assert session.scalars(select(Order.nick)).all() == ["小鱼儿"]


@pytest.mark.parametrize(
    "phone", ["138OOOO4127", "13800004127/13900004127", "1.38E+10", "95588", "1380000412"]
)
def test_a_phone_nobody_can_read_is_told_masked(
    phone: str, hub_store: Store, tmp_path: Path
) -> None:
    report = bring(hub_store, tmp_path, "姓名,会员号,手机", f"王芳,M1,{phone}")
    ((line, reason, found),) = told(report)
    assert (line, reason) == (2, Reason.PHONE)
    assert not any(one.isdigit() for one in found)
    assert (report.members.added, report.members.left_out) == (1, 0)


@pytest.mark.parametrize(
    ("moved", "reason", "found"),
    [
        ("138 0000 4127,{1},100,100,{4},{5},{6}", Reason.NUMBER, "138 •••• 4127"),
        ("{0},{1},138-0000-4127,100,{4},{5},{6}", Reason.MONEY, "138 •••• 4127"),
        ("{0},{1},100,100,{4},13800004127,{6}", Reason.CREATED, "138 •••• 4127"),
        ("{0},{1},100,100,{4},{5},王芳１３８００００４１２７", Reason.TIME, "王芳138 •••• 4127"),
        ("{0},{1},100,100,{4},{5},2017-05-30 13800004127", Reason.TIME, "2017-05-30 138 •••• 4127"),
        ("{0},{1},100,100,{4},{5},2017-13-30 10:00:00", Reason.TIME, "2017-13-30 10:00:00"),
        ("{0},{1},1 234.567.89,100,{4},{5},{6}", Reason.MONEY, "1 234.567.89"),
    ],
)
def test_no_phone_is_told_of_a_column_that_moved(
    moved: str, reason: Reason, found: str, hub_store: Store, tmp_path: Path
) -> None:
    good = "2140260038636553217,小鱼儿,100,100,交易成功,2017-05-30 10:00:00,2017-05-30 10:01:00"
    report = bring(hub_store, tmp_path, ORDERS, good, moved.format(*good.split(",")))
    assert told(report) == [(3, reason, found)]


@pytest.mark.parametrize("phone", ["", "138****4127", "13800004127-1234", "13800004127"])
def test_a_phone_that_is_understood_is_not_told(
    phone: str, hub_store: Store, tmp_path: Path
) -> None:
    assert told(bring(hub_store, tmp_path, "姓名,会员号,手机", f"王芳,M1,{phone}")) == []


@pytest.mark.parametrize("day", ["1980-02-30", "2030-01-01", "1880-01-01", "1980"])
def test_a_birthday_nobody_can_have_is_told_and_not_kept(
    day: str, hub_store: Store, tmp_path: Path
) -> None:
    report = bring(hub_store, tmp_path, "姓名,手机,生日", f"王芳,13800004127,{day}")
    assert told(report) == [(2, Reason.BIRTHDAY, mask_text(day))]
    with hub_store.read() as session:
        assert session.scalars(select(Customer.birthday)).all() == [None]


@pytest.mark.parametrize(
    "cell", ["2020_01_03", "2020\\1\\3", "２０２０－０１－０３", "2020.1.3", "2020年1月3日"]
)
def test_days_with_odd_separators_are_certain(cell: str) -> None:
    assert rules.day(cell) == date(2020, 1, 3)
    assert rules.moment(f"{cell} 10：05") == datetime(2020, 1, 3, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["13800004127.0", "13800004127.00"])
def test_a_phone_kept_as_a_number_is_one(cell: str) -> None:
    assert rules.real_phone(cell) == "13800004127"


@pytest.mark.parametrize(
    ("times", "column"),
    [
        ("2017-05-30 10:00:00,2099-01-01 10:00:00,", "订单付款时间"),
        ("2017-05-30 10:00:00,2017-05-30 10:01:00,2099-01-01 10:00:00", "确认收货时间"),
    ],
)
def test_a_payment_or_an_arrival_of_the_future_is_left_out_with_its_column(
    times: str, column: str, hub_store: Store, tmp_path: Path
) -> None:
    report = bring(
        hub_store,
        tmp_path,
        f"{ORDERS},确认收货时间",
        f"2140260038636553217,小鱼儿,100,100,交易成功,{times}",
        "2140260038636553218,大鱼,100,100,交易成功,2017-05-30 10:00:00,2017-05-30 10:01:00,",
    )
    assert told(report) == [(2, Reason.AHEAD, "2099-01-01 10:00")]
    assert report.left_out[0].words == f"{column} lies in the future: 2099-01-01 10:00"
    assert report.orders.added == 1


@pytest.mark.parametrize(
    ("column", "words"),
    [
        *(
            ("会员号", one)
            for one in ("0", "000000", "非会员", "未注册", "无", "#REF!", "普通会员")
        ),
        *(("微信号", one) for one in ("同手机", "已加", "是", "1", "小仙女", "没有微信", "00000")),
        *(("旺旺", one) for one in ("没有", "未知", "否", "#N/A", "无旺旺")),
        *(("充值卡号", one) for one in ("无卡", "0", "未开卡")),
    ],
)
def test_what_stands_for_an_id_makes_nobody_one_with_another(
    column: str, words: str, hub_store: Store, tmp_path: Path
) -> None:
    rows = (f"王芳,13800004127,{words}", f"李娜,13800004128,{words}")
    report = bring(hub_store, tmp_path, f"姓名,手机,{column}", *rows)
    assert report.members.added == 2
    with hub_store.read() as session:
        assert set(session.scalars(select(Identity.kind))) == {"phone"}
    strange = column == "微信号" and words in {"同手机", "1", "小仙女", "00000"}
    assert told(report) == [(line, Reason.WECHAT, words) for line in (2, 3) if strange]
