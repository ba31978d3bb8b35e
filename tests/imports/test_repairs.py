"""Each cell that was taken for something else is told, masked, where it stands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumi_desk.imports import repairs, rules
from lumi_desk.imports.mapping import Wish
from lumi_desk.imports.repairs import Repair, Repairs
from lumi_desk.imports.service import import_files
from lumi_desk.storage.store import Store
from tests.imports import files
from tests.imports.files import RESAVED

NOW = datetime(2017, 12, 1, 2, 0, tzinfo=UTC)

ODD = [
    ("created", "2017/5/30 23:18", Repair.DATE, "2017/5/30 23:18", "2017-05-30 23:18:00"),
    (
        "created",
        "2017年5月30日 下午3:05",
        Repair.DATE,
        "2017年5月30日 下午3:05",
        "2017-05-30 15:05:00",
    ),
    ("paid_at", "20170530231845", Repair.NO_SEPARATORS, "20170530231845", "2017-05-30 23:18:45"),
    ("total", "59.90元", Repair.UNIT, "59.90元", "59.90"),
    ("total", "¥100", Repair.UNIT, "¥100", "100.00"),
    ("total", "1,234.50", Repair.THOUSANDS, "1,234.50", "1234.50"),
    ("total", "1 234.50", Repair.THOUSANDS, "1 234.50", "1234.50"),
    ("total", "１２", Repair.WIDE, "１２", "12.00"),
    ("total", "12.899999999999999", Repair.TAIL, "12.••••", "12.90"),
    ("units", "3盒", Repair.UNIT, "3盒", "3"),
    ("units", "3.00", Repair.DECIMALS, "3.00", "3"),
    ("number", "2.14026003863655E+18", Repair.SCIENTIFIC, "2.1•••+18", "214•••000"),
    ("number", "2140260038636.0", Repair.DECIMALS, "214•••6.0", "214•••636"),
    ("phone", "138 0000 4127", Repair.BLANKS, "138 •••• 4127", "138 •••• 4127"),
    ("mobile", "+86-13800004127", Repair.BLANKS, "138 •••• 4127", "138 •••• 4127"),
    ("birthday", "1975/3/8", Repair.DATE, "••••••••", "197•••-08"),
    ("order_kind", "积分兑换", Repair.PASSED_OVER, "积分兑换", ""),
    ("pay_method", "储值卡+微信", Repair.PASSED_OVER, "储值卡+微信", ""),
    ("status", "客户拒收", Repair.PASSED_OVER, "客户拒收", ""),
    ("after_sale", "部分退款", Repair.PASSED_OVER, "部分退款", ""),
]
PLAIN = [
    ("created", "2017-05-30 23:18:45"),
    ("created", "2017-05-30"),
    ("total", "59.90"),
    ("total", "59.9"),
    ("total", '="100.00"'),
    ("total", "很多"),
    ("order_kind", "补发"),
    ("pay_method", "微信"),
    ("status", "退款中"),
    ("status", "交易成功"),
    ("after_sale", "退款成功"),
    ("units", "3"),
    ("number", "'2140260038636553217"),
    ("number", "No:2140260038636553217"),
    ("phone", "13800004127"),
    ("phone", "138****4127"),
    ("name", "王 芳"),
    ("title", "胶原 3盒"),
]


def of(name: str, cell: str) -> Repairs:
    found = Repairs()
    found.take("o.csv", 7, {name: cell}, lambda field: f"列 {field}")
    return found


@pytest.mark.parametrize(("name", "cell", "repair", "stood", "taken"), ODD)
def test_an_odd_cell_is_told(name: str, cell: str, repair: Repair, stood: str, taken: str) -> None:
    (one,) = of(name, cell).kept
    assert (one.file, one.line, one.column) == ("o.csv", 7, f"列 {name}")
    assert (one.repair, one.stood, one.taken) == (repair, stood, taken)
    assert one.words == repairs.WORDS[repair]


@pytest.mark.parametrize(("name", "cell"), PLAIN)
def test_a_plain_cell_or_one_that_is_not_taken_is_not(name: str, cell: str) -> None:
    assert of(name, cell).kept == []


@given(
    st.integers(13000000000, 19999999999), st.sampled_from(["total", "phone", "units", "number"])
)
def test_no_phone_is_ever_told(phone: int, name: str) -> None:
    text = str(phone)
    for cell in (f"{text}元", f"{text[:3]} {text[3:7]} {text[7:]}", f"{text}.00", f"+86 {text}"):
        for one in of(name, cell).kept:
            assert text not in one.stood.replace(" ", "") + one.taken.replace(" ", "")


@given(st.integers(0, 10**9), st.sampled_from(["", "元", "¥"]), st.booleans())
def test_what_it_was_taken_for_is_what_was_read(fen: int, sign: str, thousands: bool) -> None:
    yuan = f"{fen // 100:,}" if thousands else str(fen // 100)
    cell = f"{sign if sign == '¥' else ''}{yuan}.{fen % 100:02d}{sign if sign == '元' else ''}"
    assert rules.fen(cell) == fen
    for one in of("total", cell).kept:
        if "•" not in one.taken:
            assert rules.fen(one.taken) == fen


def test_a_report_keeps_them_up_to_a_number(
    hub_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repairs, "MOST_KEPT", 2)
    odd = {"订单创建时间": "2017/5/30 23:18", "总金额": "100元", "联系手机": "138 0000 4127"}
    path = files.orders(tmp_path / "o.csv", odd, {"订单编号": "2140260038636553218"}, style=RESAVED)
    report = import_files(hub_store, [path], now=NOW)
    told = report.as_json()
    assert [(one["line"], one["column"], one["repair"]) for one in told["repairs"]] == [
        (2, "总金额", "unit"),
        (2, "订单创建时间", "date"),
    ]
    assert told["repairs_more"] == {"blanks": 1}
    assert told["repairs"][0]["stood"] == "100元"
    assert f"3 cells taken for what they do not say; see lumi-hub import show {report.run_id}" in (
        report.as_text()
    )
    assert "13800004127" not in str(told)


def test_rows_that_are_left_out_were_not_repaired(hub_store: Store, tmp_path: Path) -> None:
    bad = {"订单创建时间": "2017/5/30 23:18", "总金额": "?"}
    path = files.orders(tmp_path / "o.csv", bad, {"订单编号": "2140260038636553218"}, style=RESAVED)
    report = import_files(hub_store, [path], now=NOW)
    assert (report.repairs, len(report.left_out)) == ((), 1)


def test_words_that_nobody_knows_are_told_wherever_they_stand(
    hub_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the first rows are asked about, and dates are many."""
    monkeypatch.setattr(repairs, "MOST_KEPT", 2)
    names = ("订单号", "下单时间", "付款时间", "订单金额", "订单类型")
    time = "2017/5/30 23:18"
    kinds = [*["普通订单"] * 600, "积分兑换", "普通订单"]
    rows = [
        dict(zip(names, (f"2605030000000{n:06d}", time, time, "100", one), strict=True))
        for n, one in enumerate(kinds, 1)
    ]
    path = files.write(tmp_path / "o.csv", names, rows, RESAVED)
    report = import_files(hub_store, [path], now=NOW, wish=Wish(confirmed=True))
    assert report.orders.added == 602
    *_, last = report.repairs
    assert (last.line, last.column, last.stood) == (602, "订单类型", "积分兑换")


def test_what_is_said_of_a_return_is_passed_over_where_the_refund_stands() -> None:
    found = Repairs()
    found.take("o.csv", 7, {"after_sale": "部分退款", "refund": "30"}, str)
    assert found.kept == []
