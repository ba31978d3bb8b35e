"""What only rows far down in a file say: it is asked about as if it stood in the first ones."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.mapping import Unsure
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_files
from lumi_desk.imports.unheard import Unheard
from lumi_desk.storage.store import Store
from tests.imports import files
from tests.imports.files import RESAVED

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
TIME = "2026-05-03 10:00:00"
MANY, LAST = 700, 650


def orders(path: Path, name: str, usual: str, once: str) -> Path:
    """Many orders with one column more, which says something else in one of the last."""
    names = ("订单号", "下单时间", "付款时间", "订单金额", name)
    rows = [
        (f"2605030000000{n:06d}", TIME, TIME, "100", once if n == LAST else usual)
        for n in range(1, MANY)
    ]
    return written(path, names, rows)


def people(path: Path, remark: Callable[[int], str]) -> Path:
    rows = [(f"V{n:05d}", "王芳", f"138{n:08d}", remark(n)) for n in range(1, MANY)]
    return written(path, ("会员号", "姓名", "手机", "说明"), rows)


def written(path: Path, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    return files.write(path, names, [dict(zip(names, row, strict=True)) for row in rows], RESAVED)


def bring(store: Store, path: Path) -> Report:
    return import_files(store, [path], now=NOW)


@pytest.mark.parametrize(
    ("name", "usual", "once", "doubts"),
    [
        ("订单类型", "普通订单", "积分兑换", (Doubt.KINDS,)),
        ("支付方式", "微信支付", "储值卡+微信支付", (Doubt.PART_CARD,)),
        ("币种", "CNY", "USD", (Doubt.CURRENCY,)),
        ("是否退款", "0", "1", (Doubt.GIVEN_BACK,)),
        ("售后金额", "0", "30.00", (Doubt.GIVEN_BACK,)),
        ("标记", "", "已退款", ()),
    ],
)
def test_a_word_that_stands_once_far_down_is_asked_about(
    name: str, usual: str, once: str, doubts: tuple[Doubt, ...], tmp_path: Path, hub_store: Store
) -> None:
    with pytest.raises(Unsure) as caught:
        bring(hub_store, orders(tmp_path / "o.csv", name, usual, once))
    assert caught.value.proposal.doubts == doubts


@pytest.mark.parametrize("usual", ["", "喜欢粉色 {n}"])
def test_who_is_not_to_be_called_is_asked_about_in_any_row(
    usual: str, tmp_path: Path, hub_store: Store
) -> None:
    path = people(
        tmp_path / "p.csv", lambda n: "家人说别打电话" if n == LAST else usual.format(n=n)
    )
    with pytest.raises(Unsure) as caught:
        bring(hub_store, path)
    assert caught.value.proposal.doubts == (Doubt.UNREAD,)


def test_the_sums_under_a_table_say_nothing_new(tmp_path: Path, hub_store: Store) -> None:
    names = ("店铺", "订单号", "下单时间", "付款时间", "订单金额", "商品名称", "数量", "单价")
    rows = [
        ("旗舰店", f"2605030000000{n:06d}", TIME, TIME, "100", "胶原", "1", "100")
        for n in range(1, MANY)
    ]
    for last in (
        ("合计", "", "", "", "70000", "", "700", ""),
        ("", "", "", "", "70000", "", "", ""),
    ):
        report = bring(hub_store, written(tmp_path / "o.csv", names, [*rows, last]))
        assert len(report.left_out) == 1


def test_a_column_that_says_something_else_in_every_row_is_soon_left_alone() -> None:
    unheard = Unheard([["", str(n)] for n in range(500)])
    said = [unheard.is_said([f"a remark {n}", str(n)]) for n in range(500)]
    assert said == [True] * 20 + [False] * 480
