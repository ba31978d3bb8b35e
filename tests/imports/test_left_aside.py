"""What a file says beside the columns that are read: read too where certain, asked about else."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.imports.columns import Kind, Reason
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.mapping import Unsure, Wish
from lumi_desk.imports.problems import NotAnExport
from lumi_desk.imports.repairs import Repair
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
HEADER = ("订单号", "下单时间", "付款时间", "订单金额", "收货人", "手机")
FIRST = ("2605030000000000017", "2026-05-03 10:00:00", "2026-05-03 10:01:00", "100.00")
SECOND = ("2605030000000000027", "2026-05-04 11:30:00", "2026-05-04 11:32:00", "80.50")
UNPAID = (*SECOND[:2], "", SECOND[3])
BUYERS = (("王芳", "13800004127"), ("李娜", "13800004128"))
PEOPLE = ("姓名", "手机", "会员号")
HER = ("王芳", "13800004127", "V1001")
OTHER = ("李娜", "13800004128", "V1002")


def write(path: Path, *rows: Sequence[str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def orders(path: Path, first: Sequence[str], second: Sequence[str], *more: str) -> Path:
    """Two orders, each with one column more: its name, then the cell of each."""
    name, *cells = more or ("备注", "", "")
    told = zip((first, second), BUYERS, cells, strict=True)
    return write(path, (*HEADER, name), *((*one, *buyer, cell) for one, buyer, cell in told))


def stored(store: Store) -> list[tuple[int, bool, int, int]]:
    """Worth, whether it has a time of payment, what was kept and what given back; by number."""
    with store.read() as session:
        found = session.scalars(select(Order).order_by(Order.number))
        return [(o.total_fen, o.paid_at is not None, o.paid_fen, o.refund_fen) for o in found]


def asked(store: Store, path: Path, *kinds: Kind, about: str = "") -> tuple[Doubt, ...]:
    """The doubts; their words name the column that one is about."""
    with pytest.raises(Unsure) as caught:
        import_files(store, [path], now=NOW, wish=Wish(kinds=kinds))
    assert len(caught.value.doubts) == len(caught.value.proposal.doubts)
    assert about in " ".join(caught.value.doubts)
    return caught.value.proposal.doubts


def taken(store: Store, path: Path) -> Report:
    return import_files(store, [path], now=NOW)


@pytest.mark.parametrize("name", ["退款状态", "售后状态", "订单退款状态"])
@pytest.mark.parametrize(
    ("back", "kept"),
    [("退款成功", ""), ("退款完成", "没有退款"), ("已退款", "无售后"), ("已全额退款", "退款关闭")],
)
def test_what_came_back_by_its_state_is_not_kept(
    name: str, back: str, kept: str, tmp_path: Path, hub_store: Store
) -> None:
    taken(hub_store, orders(tmp_path / "o.csv", FIRST, SECOND, name, back, kept))
    assert stored(hub_store) == [(10_000, True, 0, 10_000), (8_050, True, 8_050, 0)]


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("是否取消", "是", "否"),
        ("作废标记", "√", ""),
        ("退款状态", "部分退款", "无"),
        ("维权状态", "维权成功", ""),
        ("单据情况", "已作废", "正常"),
        ("返还金额", "100", "0"),
        ("退款时间", "2026-05-09 10:00", ""),
        ("退货数量", "1", "0"),
        ("关闭原因", "买家退款", ""),
        ("售后金额", "100.00", ""),
    ],
)
def test_what_may_have_come_back_is_asked_about(
    name: str, yes: str, no: str, tmp_path: Path, hub_store: Store
) -> None:
    path = orders(tmp_path / "o.csv", FIRST, SECOND, name, yes, no)
    doubts = asked(hub_store, path, about=name)
    assert Doubt.GIVEN_BACK in doubts


@pytest.mark.parametrize(
    ("name", "cell"),
    [("是否取消", "否"), ("商家备注", "送货前先来电"), ("退货数量", "0"), ("关闭原因", "")],
)
def test_nothing_is_asked_where_nothing_came_back(
    name: str, cell: str, tmp_path: Path, hub_store: Store
) -> None:
    taken(hub_store, orders(tmp_path / "o.csv", FIRST, SECOND, name, cell, cell))
    assert stored(hub_store) == [(10_000, True, 10_000, 0), (8_050, True, 8_050, 0)]


def test_a_sum_without_a_time_of_payment_was_not_paid(tmp_path: Path, hub_store: Store) -> None:
    """Programs write what is to be paid into that column; no state says it here, the time does."""
    taken(hub_store, orders(tmp_path / "o.csv", FIRST, UNPAID, "实付款", "100.00", "80.50"))
    assert stored(hub_store) == [(10_000, True, 10_000, 0), (8_050, False, 0, 0)]


def test_a_time_of_payment_that_no_row_has_says_nothing(tmp_path: Path, hub_store: Store) -> None:
    bare = (*FIRST[:2], "", FIRST[3])
    assert Doubt.UNPAID in asked(hub_store, orders(tmp_path / "o.csv", bare, UNPAID))


@pytest.mark.parametrize("never", ["0000-00-00 00:00:00", "1970-01-01 08:00:00", "/"])
def test_what_stands_for_no_time_is_none(never: str, tmp_path: Path, hub_store: Store) -> None:
    second = (*SECOND[:2], never, SECOND[3])
    taken(hub_store, orders(tmp_path / "o.csv", FIRST, second))
    assert stored(hub_store) == [(10_000, True, 10_000, 0), (8_050, False, 0, 0)]


def test_an_order_goes_by_its_number_on_the_platform(tmp_path: Path, hub_store: Store) -> None:
    """What an ERP calls the order's number is its own; the shop's export has the other one."""
    header = ("订单编号", "原始单号", "总金额", "订单创建时间", "订单付款时间")
    rows = [
        (f"JY20260503{n}", one[0], one[3], one[1], one[2]) for n, one in enumerate((FIRST, SECOND))
    ]
    taken(hub_store, write(tmp_path / "erp.csv", header, *rows))
    taken(hub_store, orders(tmp_path / "shop.csv", FIRST, SECOND))
    assert stored(hub_store) == [(10_000, True, 10_000, 0), (8_050, True, 8_050, 0)]


@pytest.mark.parametrize("title", ["五月销售（单位：万元）", "单位:分", "单位：千元"])
def test_a_unit_told_above_the_names_is_asked_about(
    title: str, tmp_path: Path, hub_store: Store
) -> None:
    rows = [(*FIRST, *BUYERS[0]), (*SECOND, *BUYERS[1])]
    path = write(tmp_path / "o.csv", (title,), HEADER, *rows)
    assert asked(hub_store, path, about="订单金额") == (Doubt.UNIT_SAID,)


def test_yuan_told_above_the_names_are_yuan(tmp_path: Path, hub_store: Store) -> None:
    rows = [(*FIRST, *BUYERS[0]), (*SECOND, *BUYERS[1])]
    taken(hub_store, write(tmp_path / "o.csv", ("单位：元",), HEADER, *rows))
    assert [one[0] for one in stored(hub_store)] == [10_000, 8_050]


def test_another_currency_is_asked_about(tmp_path: Path, hub_store: Store) -> None:
    ours = orders(tmp_path / "ours.csv", FIRST, SECOND, "币种", "CNY", "人民币")
    taken(hub_store, ours)
    theirs = orders(tmp_path / "theirs.csv", FIRST, SECOND, "币种", "CNY", "USD")
    assert asked(hub_store, theirs, about="币种") == (Doubt.CURRENCY,)


def test_a_name_whose_values_do_not_fit_is_asked_about(tmp_path: Path, hub_store: Store) -> None:
    path = orders(tmp_path / "o.csv", FIRST, SECOND, "退款金额", "全退", "没退")
    assert Doubt.UNFIT in asked(hub_store, path, about="退款金额")


def test_a_stroke_is_nothing(tmp_path: Path, hub_store: Store) -> None:
    taken(hub_store, orders(tmp_path / "o.csv", FIRST, SECOND, "退款金额", "/", "30"))
    assert [one[3] for one in stored(hub_store)] == [0, 3_000]


def test_times_kept_as_days_are_read_in_columns_of_times(tmp_path: Path, hub_store: Store) -> None:
    first = (FIRST[0], "46145.416666666664", "46145.41736111111", "100")
    second = (SECOND[0], "46146", "", "80.5")
    report = taken(hub_store, orders(tmp_path / "o.csv", first, second))
    with hub_store.read() as session:
        told = session.execute(select(Order.created_at, Order.paid_at).order_by(Order.number))
        assert [tuple(one) for one in told] == [
            (datetime(2026, 5, 3, 2, 0, tzinfo=UTC), datetime(2026, 5, 3, 2, 1, tzinfo=UTC)),
            (datetime(2026, 5, 3, 16, 0, tzinfo=UTC), None),
        ]
    assert [one.repair for one in report.repairs] == [Repair.DATE] * 3


@pytest.mark.parametrize("delimiter", [";", "|"])
def test_other_signs_between_cells(delimiter: str, tmp_path: Path, hub_store: Store) -> None:
    rows = [(*FIRST, *BUYERS[0]), (*SECOND, "李,娜", BUYERS[1][1])]
    taken(hub_store, write(tmp_path / "o.csv", HEADER, *rows, delimiter=delimiter))
    assert [one[0] for one in stored(hub_store)] == [10_000, 8_050]


def test_a_note_below_the_table_is_no_cut(tmp_path: Path, hub_store: Store) -> None:
    rows = [(*FIRST, *BUYERS[0]), (*SECOND, *BUYERS[1])]
    report = taken(hub_store, write(tmp_path / "o.csv", HEADER, *rows, (), ("注：含税",)))
    assert [(one.line, one.reason) for one in report.left_out] == [(5, Reason.CELLS)]
    assert len(stored(hub_store)) == 2


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("黑名单", "是"),
        ("客户状态", "投诉，禁止拨打"),
        ("备注", "已故，家属请勿再打"),
        ("跟进记录", "说不要再联系她"),
    ],
)
def test_who_is_not_to_be_called_is_never_left_aside(
    name: str, cell: str, tmp_path: Path, hub_store: Store
) -> None:
    path = write(tmp_path / "m.csv", (*PEOPLE, name), (*HER, cell), (*OTHER, ""))
    assert asked(hub_store, path, Kind.MEMBERS, about=name) == (Doubt.UNREAD,)


def test_a_remark_about_something_else_is_not_asked_about(tmp_path: Path, hub_store: Store) -> None:
    rows = [(*HER, "别打折，她不在意价格"), (*OTHER, "老客户")]
    assert taken(hub_store, write(tmp_path / "m.csv", (*PEOPLE, "备注"), *rows)).members.added == 2


@pytest.mark.parametrize("words", ["合计", "总计：", "合 计 2人"])
def test_the_sum_below_a_list_is_nobody(words: str, tmp_path: Path, hub_store: Store) -> None:
    header = ("会员卡号", "姓名", "手机")
    rows = [("V1001", "王芳", "13800004127"), (words, "", ""), ("", words, "2")]
    report = taken(hub_store, write(tmp_path / "m.csv", header, *rows))
    assert [one.reason for one in report.left_out if one.reason is Reason.NO_PERSON]
    with hub_store.read() as session:
        assert set(session.scalars(select(Customer.name))) == {"王芳"}


@pytest.mark.parametrize(
    "theirs", ["顾问手机", "门店联系电话", "紧急联系电话", "家属手机号", "推荐人手机"]
)
def test_the_phone_of_somebody_else_is_not_hers(
    theirs: str, tmp_path: Path, hub_store: Store
) -> None:
    rows = [("王芳", "V1001", "13900004127"), ("李娜", "V1002", "13900004128")]
    taken(hub_store, write(tmp_path / "m.csv", ("姓名", "会员号", theirs), *rows))
    with hub_store.read() as session:
        assert set(session.scalars(select(Customer.phone))) == {""}


@pytest.mark.parametrize(
    "cell", ["13800004127/0571-88001234", "0571-88001234、13800004127", "13800004127 010-88001234"]
)
def test_the_mobile_phone_beside_that_of_a_house_is_kept(
    cell: str, tmp_path: Path, hub_store: Store
) -> None:
    taken(hub_store, write(tmp_path / "m.csv", ("姓名", "联系电话"), ("王芳", cell)))
    with hub_store.read() as session:
        assert session.scalar(select(Customer.phone)) == "13800004127"


def test_a_list_that_is_none_is_told_what_a_list_needs(tmp_path: Path, hub_store: Store) -> None:
    path = write(tmp_path / "m.csv", ("客户信息", "地址"), ("王芳", "杭州"))
    with pytest.raises(NotAnExport) as caught:
        import_files(hub_store, [path], now=NOW, wish=Wish(kinds=(Kind.MEMBERS,)))
    assert "手机" in str(caught.value)
    assert "订单创建时间" not in str(caught.value)


def test_short_cells_of_another_encoding_are_found(tmp_path: Path, hub_store: Store) -> None:
    """Names of two letters, row after row, are joined in by hand as often as long titles."""
    rows = [(f"26050300000000000{n}7", *FIRST[1:], *BUYERS[0]) for n in range(10, 20)]
    path = write(tmp_path / "o.csv", HEADER, *rows[:5], encoding="gbk")
    more = write(tmp_path / "more.csv", *rows[5:], encoding="utf-8")
    path.write_bytes(path.read_bytes() + more.read_bytes())
    with pytest.raises(Exception, match="line 7"):
        taken(hub_store, path)
    assert stored(hub_store) == []


@pytest.mark.parametrize("starred", ["1**********", "138****4127", "***********", "*******4127"])
def test_a_phone_behind_stars_asks_nothing(starred: str, tmp_path: Path, hub_store: Store) -> None:
    header = (*HEADER[:5], "收件人电话")
    rows = [(*one, "王**", starred) for one in (FIRST, SECOND)]
    taken(hub_store, write(tmp_path / "o.csv", header, *rows))
    assert len(stored(hub_store)) == 2


def test_lists_side_by_side_are_asked_about(tmp_path: Path, hub_store: Store) -> None:
    """The second half of such a sheet would be lost without a word."""
    rows = [
        ("姓名", "手机", "", "姓名", "手机"),
        ("王芳", "13800004127", "", "李娜", "13800004128"),
    ]
    asked(hub_store, write(tmp_path / "m.csv", *rows), Kind.MEMBERS)
    same = [("姓名", "手机", "手机"), ("王芳", "13800004127", "13800004127")]
    taken(hub_store, write(tmp_path / "n.csv", *same))
