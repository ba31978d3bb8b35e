"""Cells: money to the fen, times of Shanghai, numbers whose digits may be gone."""

import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.imports import rules
from lumi_desk.imports.states import rules as states
from lumi_desk.imports.states.rules import OrderStatus

FEN = st.integers(0, 10**11)
IDS = st.integers(10**15, 10**19 - 1)


@given(FEN)
def test_money_is_exact_in_every_dress(amount: int) -> None:
    plain = f"{amount // 100}.{amount % 100:02d}"
    grouped = f"{amount // 100:,}.{amount % 100:02d}"
    for cell in (
        plain,
        grouped,
        f'="{plain}"',
        f"'{plain}",
        f"￥{plain}",
        f" {plain}元 ",
        f"RMB {plain}",
    ):
        assert rules.fen(cell) == amount


@given(st.integers(0, 10**9))
def test_the_tail_of_a_binary_float_is_repaired(amount: int) -> None:
    assert rules.fen(repr(amount / 100)) == amount
    assert rules.fen(f"{amount / 100:.9f}") == amount


@pytest.mark.parametrize(
    "cell", ["", "-", "abc", "12.345", "1e5", "NaN", "inf", "1_000", "1,00.5", "9" * 15, "1.2.3"]
)
def test_what_is_no_amount_is_none(cell: str) -> None:
    assert rules.fen(cell) is None


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("2017/5/30 23:18", 0),
        ("2017/5/30 23:18:07", 7),
        ("2017-05-30 23:18:07", 7),
        ('="2017-05-30 23:18:07"', 7),
        ("2017-05-30T23:18:07.5", 7),
        ("2017年5月30日 23:18", 0),
        ("2017年5月30日23时18分7秒", 7),
        ("2017年5月30日 23点18分", 0),
        ("2017.5.30 23:18", 0),
        ("2017/5/30 下午11:18", 0),
        ("2017-05-30 11:18:07 PM", 7),
        ("20170530231807", 7),
        ("20170530 2318", 0),
        ("2017-05-30T15:18:07Z", 7),
        ("2017-05-30T23:18:07.250+08:00", 7),
        ("2017-05-30T10:18:07-0500", 7),
    ],
)
def test_times_are_read_on_the_clocks_of_shanghai(cell: str, seconds: int) -> None:
    assert rules.moment(cell) == datetime(2017, 5, 30, 15, 18, seconds, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "########",
        "2017/13/1 1:00",
        "30/5/2017 23:18",
        "42885.97",
        "2017-05-3023:18",
        "2017-02-30 10:00:00",
        "2017-05-30 23:18:60",
        "2017-05-30 24:00:00",
        "1999-05-30 23:18:45",
        "2017/5/30 下午23:18",
        "20171330",
        "2017053023",
        "20170530231860",
    ],
)
def test_what_is_no_time_is_none(cell: str) -> None:
    assert rules.moment(cell) is None


@pytest.mark.parametrize(
    ("cell", "count"),
    [("3", 3), ("3.00", 3), ("3盒", 3), ("12 瓶", 12), ("３件", 3), ("1,200", 1200)]
    + [(cell, None) for cell in ("", "0", "-2", "1.5", "3盒半", "盒", "三盒", "3盒装2瓶")],
)
def test_quantities_may_carry_their_unit(cell: str, count: int | None) -> None:
    assert rules.pieces(cell) == count


@given(st.datetimes(datetime(2004, 1, 1), datetime(2098, 1, 1)))  # noqa: DTZ001
def test_a_time_is_the_same_in_every_dress(local: datetime) -> None:
    dresses = ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d  %H:%M:%S", "%Y%m%d%H%M%S"]
    dresses += ["%Y年%m月%d日%H时%M分%S秒", "%Y-%m-%dT%H:%M:%S+08:00", "%Y-%m-%d %I:%M:%S %p"]
    found = {rules.moment(local.strftime(dress)) for dress in dresses}
    shanghai = timezone(timedelta(hours=8))
    assert found == {local.replace(microsecond=0, tzinfo=shanghai)}


@given(IDS)
def test_a_rounded_number_is_known_and_may_be_the_true_one(true: int) -> None:
    exact = rules.number(f'="{true}"')
    lost = 10 ** (len(str(true)) - 15)
    cut = rules.number(str(true // lost * lost))
    rounded = rules.number(str(round(true, 15 - len(str(true)))))
    short = rules.number(f"{true:.5E}")
    assert exact is not None
    assert cut is not None
    assert rounded is not None
    assert short is not None
    assert exact.rounded == (true % lost == 0)
    assert exact.text == str(true)
    for shown in (cut, rounded, short):
        assert shown.rounded
        assert shown.may_be(exact)
        assert exact.may_be(shown)
    assert short.coarse
    assert not cut.coarse


@given(IDS, IDS)
def test_numbers_that_differ_in_fifteen_digits_are_two(one: int, other: int) -> None:
    first, second = rules.number(f"{one // 10**5}00000"), rules.number(f"{other // 10**5}00000")
    assert first is not None
    assert second is not None
    apart = abs(first.value - second.value) > max(first.unit, second.unit)
    assert not (apart and first.may_be(second))
    assert first.may_be(first)


@pytest.mark.parametrize(
    ("cell", "text", "rounded", "running"),
    [
        ("21402600386365500 ", "21402600386365500", True, False),
        ("1.23E+17", "123000000000000000", True, False),
        ("2.14073e+16", "21407300000000000", True, False),
        ("'190482847283920", "190482847283920", False, False),
        ("17", "17", False, True),
        ("21402600386365532.0", "21402600386365532", True, False),
        ("123.0", "123", False, False),
        ("LP00123456789", "LP00123456789", False, False),
    ],
)
def test_numbers_as_files_show_them(cell: str, text: str, rounded: bool, running: bool) -> None:
    found = rules.number(cell)
    assert found is not None
    assert (found.text, found.rounded, found.running) == (text, rounded, running)


@pytest.mark.parametrize("cell", ["", "合计：3", "-", "#N/A"])
def test_what_is_no_number_is_none(cell: str) -> None:
    assert rules.number(cell) is None


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("等待买家付款", OrderStatus.WAITING),
        ("定金已付，等待买家付尾款", OrderStatus.WAITING),
        ("买家已付款，等待卖家发货", OrderStatus.PAID),
        ("买家已付款,等待卖家发货", OrderStatus.PAID),
        ("卖家部分发货", OrderStatus.PAID),
        ("卖家已发货，等待买家确认", OrderStatus.SHIPPED),
        ("交易成功", OrderStatus.DONE),
        ("交易关闭", OrderStatus.CLOSED),
        ("已作废", OrderStatus.CLOSED),
        ("付款以后用户退款成功，交易自动关闭", OrderStatus.CLOSED),
        ("没有创建支付宝交易", OrderStatus.WAITING),
        ("已付款", OrderStatus.PAID),
        ("已支付", OrderStatus.PAID),
        ("未付款", OrderStatus.WAITING),
        ("未支付", OrderStatus.WAITING),
        ("已签收", OrderStatus.DONE),
        ("已收货", OrderStatus.DONE),
        ("已退款", OrderStatus.CLOSED),
        ("部分已退款", None),
        ("已完成退款", OrderStatus.CLOSED),
        ("退货完成", OrderStatus.CLOSED),
        ("退货退款完成", OrderStatus.CLOSED),
        ("未发货，退款成功", OrderStatus.CLOSED),
        ("未完成", None),
        ("交易未成功", None),
        ("不成功", None),
        ("申请取消", None),
        ("申请作废", None),
        ("取消失败", None),
        ("审核完成", None),
        ("下单成功", None),
        ("拣货完成，已发货", OrderStatus.SHIPPED),
        ("支付成功", OrderStatus.PAID),
        ("支付失败", OrderStatus.WAITING),
        ("拼单成功，待发货", OrderStatus.PAID),
        ("出库完成", OrderStatus.SHIPPED),
        ("TRADE_CLOSED_BY_TAOBAO", OrderStatus.CLOSED),
        ("WAIT_BUYER_CONFIRM_GOODS", OrderStatus.SHIPPED),
        ("天上有云", None),
    ],
)
def test_status_words(words: str, status: OrderStatus | None) -> None:
    assert states.status(words) is status


@pytest.mark.parametrize(
    ("words", "back"),
    [
        ("退款成功", True),
        ("退货退款完成", True),
        ("已全额退款", True),
        ("无售后", False),
        ("未退款", False),
        ("退款申请中", False),
        ("退款关闭", False),
        ("等待退款成功", False),
        ("部分退款", None),
        ("维权成功", None),
    ],
)
def test_what_came_back_by_its_words(words: str, back: bool | None) -> None:
    assert states.given_back(words) is back


@pytest.mark.parametrize(
    ("cell", "fen"), [("1.2万", 1_200_000), ("0.04485万元", 44_850), ("1.2345678万", None)]
)
def test_ten_thousands_in_a_cell_are_exact(cell: str, fen: int | None) -> None:
    assert rules.fen(cell) == fen


def test_another_currency_is_no_amount() -> None:
    assert rules.fen("$99.00") is None


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("'13800004127", "13800004127"),
        ("+86-13800004127", "13800004127"),
        ("138 0000 4127", "13800004127"),
        ("138-0000-4127", "13800004127"),
        ("13800004127-1234", ""),
        ("13800004127转1234", ""),
        ("'1**********", ""),
        ("138****4127", ""),
        ("1.38E+10", ""),
        ("'0571-88001234", "0571-88001234"),
        ("12345", ""),
        ("8613800004127", "13800004127"),
        ("0086 138 0000 4127", "13800004127"),
        ("１３８００００４１２７", "13800004127"),
        ("(0571) 8800 1234", "0571-88001234"),
        ("057188001234", "0571-88001234"),
        ("+86 571 8800-1234", "0571-88001234"),
        ("010-88001234", "010-88001234"),
        ("571-88001234", ""),
        ("0571-88001234-802", ""),
        ("0571-8800123-4", ""),
        ("13800004127,1234", ""),
        ("138000041271234", ""),
        ("138O0004127", ""),
        ("12800004127", ""),
    ],
)
def test_only_numbers_one_can_ring_are_phones(cell: str, phone: str) -> None:
    assert rules.real_phone(cell) == phone


@pytest.mark.parametrize(
    ("cell", "virtual"),
    [
        ("13800004127-1234", True),
        ("'18412340000转0123", True),
        ("13800004127，1234", True),
        ("13800004127 1234", True),
        ("13800004127", False),
        ("0571-88001234-802", False),
        ("138****4127-1234", False),
        ("", False),
    ],
)
def test_virtual_numbers_are_told_by_their_extension(cell: str, virtual: bool) -> None:
    assert rules.virtual_phone(cell) is virtual
    assert not (virtual and rules.real_phone(cell))


def test_nicks_identify_before_2022_only() -> None:
    last = datetime(2021, 12, 31, 15, 59, 59, tzinfo=UTC)
    assert rules.nick_identifies("小鱼儿", last)
    assert not rules.nick_identifies("小鱼儿", last + timedelta(seconds=1))
    assert not rules.nick_identifies(rules.real_nick("小**儿"), last)


@given(
    st.lists(st.text("甲乙丙 ，", min_size=1).filter(lambda t: t.strip()), min_size=1, max_size=4)
)
def test_titles_come_apart_only_when_their_number_agrees(titles: list[str]) -> None:
    joined = "，".join(titles)
    found = rules.split_titles(joined, len(titles))
    assert len(found) in {1, len(titles)}
    if not any("，" in title for title in titles):
        assert found == tuple(title.strip() for title in titles)


def test_an_address_gives_province_and_city() -> None:
    assert rules.region("上海 上海市 浦东新区 ****(200120)") == ("上海", "上海市")
    assert rules.region("内蒙古自治区") == ("内蒙古自治区", "")
    assert rules.region("广东省 东莞市  ****(523000)") == ("广东省", "东莞市")
    assert rules.region("浙江省 ****(315040)") == ("浙江省", "")


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_what_we_kept_is_never_more_than_the_total(total: int, paid: int, refund: int) -> None:
    paid, refund = min(paid, total), min(refund, total)
    kept = rules.kept_fen(total, paid, refund)
    assert 0 <= kept <= total - refund


def test_the_name_of_a_file_may_say_when_it_was_made() -> None:
    made = datetime(2017, 5, 31, 15, 59, tzinfo=UTC)
    assert rules.file_time("ExportOrderList201705312359.csv") == made
    assert rules.file_time("ExportOrderList13520893.csv") is None
    assert rules.file_time("tmall_orders_2020-02.csv.gz") is None


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("王芳13800004127", "王芳"),
        ("13800004127 王芳", "王芳"),
        ("王芳（138-0000-4127）", "王芳"),
        ("王芳/0571 88001234", "王芳"),
        ("王芳+8613800004127", "王芳"),
        ("王芳１３８００００４１２７", "王芳"),
        ("王芳138  0000  4127", "王芳"),
        ("王芳138.0000.4127", "王芳"),
        ("王芳138—0000—4127", "王芳"),
        ("王芳(138)00004127", "王芳"),
        ("王芳13800004127/13900004127", "王芳"),
        ("王芳13800004127.0", "王芳"),
        ("13800004127（王芳）", "王芳"),
        ("王芳（老客）13800004127", "王芳（老客）"),
        ("王芳（老客）", "王芳（老客）"),
        ("王芳138****4127", ""),
        ("13800004127", ""),
        ("王芳2", "王芳2"),
        ("王芳 20240501", "王芳"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("Anna Li", "Anna Li"),
        ("王*", ""),
    ],
)
def test_no_number_that_could_be_dialled_is_part_of_a_name(cell: str, name: str) -> None:
    assert rules.real_name(cell) == name


@pytest.mark.parametrize("cell", ["13800004127", "13800004127.00", "13,800,004,127"])
def test_a_phone_is_no_amount(cell: str) -> None:
    assert rules.fen(cell) is None


def test_very_long_cells_are_not_remembered() -> None:
    """Thousands of them could fill the memory long after an import."""
    cells = [f"浙江省 宁波市 {n} " + "路" * 10_000 for n in range(1000)]
    tracemalloc.start()
    try:
        for cell in cells:
            assert rules.region(f"{cell}1") == ("浙江省", "宁波市")
        assert tracemalloc.get_traced_memory()[0] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (rules.moment, f"2017-05-30{' ' * 20_000}x"),
        (rules.fen, f"1{' ' * 20_000}x"),
        (rules.virtual_phone, f"13800004127{' ' * 20_000}x"),
        (rules.real_name, "-" * 20_000),
    ],
)
def test_a_long_cell_costs_no_more_than_its_length(
    read: Callable[[str], object], cell: str
) -> None:
    began = time.process_time()
    assert not read(cell)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("cell", ["1" * 5000, "1" * 5000 + ".0", "１" * 5000])
def test_a_number_longer_than_any_id_is_none(cell: str) -> None:
    assert rules.number(cell) is None
