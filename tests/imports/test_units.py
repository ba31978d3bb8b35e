"""What amounts are counted in: as told, as a name says it, or asked about; exact to the fen."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lumi_desk.cards.rules import Balance
from lumi_desk.cards.tables import CardEntry
from lumi_desk.imports import headers, mapping, profiles, readers, rules, units
from lumi_desk.imports.columns import Kind, Reason
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.mapping import Layout, Unsure, Wish
from lumi_desk.imports.planning import Column, plan
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_files
from lumi_desk.imports.units import Unit
from lumi_desk.orders.tables import Order
from lumi_desk.storage.spool import Spool
from lumi_desk.storage.store import Store
from tests.imports import files
from tests.imports.test_left_aside import BUYERS, FIRST, HEADER, SECOND, orders, stored, write

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
IN_FEN = {
    Unit.YUAN: 100,
    Unit.JIAO: 10,
    Unit.FEN: 1,
    Unit.THOUSAND: 100_000,
    Unit.TEN_THOUSAND: 1_000_000,
}
TEN_THOUSAND = Wish(units={"订单金额": Unit.TEN_THOUSAND})


def named(path: Path, name: str, first: str, second: str) -> Path:
    """Two orders whose amounts stand under a name."""
    header = tuple(name if one == "订单金额" else one for one in HEADER)
    rows = [(*one[:3], cell) for one, cell in ((FIRST, first), (SECOND, second))]
    told = zip(rows, BUYERS, strict=True)
    return write(path, header, *((*row, *buyer) for row, buyer in told))


def bring(store: Store, path: Path, wish: Wish = mapping.NONE) -> Report:
    return import_files(store, [path], now=NOW, wish=wish)


def amounts(store: Store) -> list[int]:
    return [total for total, *_ in stored(store)]


def doubts(store: Store, path: Path, wish: Wish = mapping.NONE) -> tuple[Doubt, ...]:
    with pytest.raises(Unsure) as caught:
        bring(store, path, wish)
    assert stored(store) == []
    return caught.value.proposal.doubts


def column(path: Path, name: str, wish: Wish = mapping.NONE) -> Column:
    with Spool() as spool:
        (table,) = readers.glance(path, spool=spool)
        return next(one for one in plan(table, wish).columns if one.name == name)


@given(st.sampled_from([*Unit]), st.integers(-(10**9), 10**9))
def test_every_fen_is_read_back_from_every_unit(unit: Unit, fen: int) -> None:
    told = f"{Decimal(fen) / IN_FEN[unit]:f}"
    assert units.fen(told, unit) == fen
    assert rules.fen(units.as_yuan(told, unit)) == fen


@given(st.sampled_from([*Unit]), st.decimals(0, 10**8, places=9, allow_nan=False))
def test_what_is_finer_than_a_fen_is_never_rounded(unit: Unit, amount: Decimal) -> None:
    exact = amount * IN_FEN[unit]
    found = units.fen(f"{amount:f}", unit)
    assert found is None or abs(exact - found) <= Decimal("0.0001")


@given(st.sampled_from([*Unit]), st.text("0123456789.,-+ ¥元角分千万RMBe", min_size=1, max_size=12))
def test_what_is_no_amount_of_its_unit_is_none_in_yuan(unit: Unit, cell: str) -> None:
    assert rules.fen(units.as_yuan(cell, unit)) == units.fen(cell, unit)


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        ("1.25", Unit.TEN_THOUSAND, 1_250_000),
        ("¥1,250.5", Unit.THOUSAND, 125_050_000),
        ("1.25万", Unit.TEN_THOUSAND, 1_250_000),
        ("１.25 万元", Unit.TEN_THOUSAND, 1_250_000),
        ("12500元", Unit.TEN_THOUSAND, None),
        ("1.25万", Unit.FEN, None),
        ("1290分", Unit.FEN, 1_290),
        ("12.5", Unit.FEN, None),
        ("1.2345", Unit.THOUSAND, 123_450),
        ("1.2345678", Unit.TEN_THOUSAND, None),
        ("1.2500000000000002", Unit.TEN_THOUSAND, 1_250_000),
        ("13800004127", Unit.FEN, None),
        ("/", Unit.FEN, None),
    ],
)
def test_a_cell_that_says_a_unit_must_say_that_of_its_column(
    cell: str, unit: Unit, fen: int | None
) -> None:
    assert units.fen(cell, unit) == fen


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("实付金额(万元)", Unit.TEN_THOUSAND),
        ("实付金额（单位：万元）", Unit.TEN_THOUSAND),
        ("销售额万元", Unit.TEN_THOUSAND),
        ("金额【千元】", Unit.THOUSAND),
        ("金额（分）", Unit.FEN),
        ("金额/分", Unit.FEN),
        ("amount_fen", Unit.FEN),
        ("金额(角)", Unit.JIAO),
        ("实付金额(元)", None),
        ("积分", None),
        ("金额(百元)", None),
    ],
)
def test_a_name_says_its_unit_plainly_or_not(name: str, unit: Unit | None) -> None:
    plain = headers.plain_header(name)
    assert units.said(plain) == unit
    assert (units.without(plain) != plain) == (unit is not None)


@pytest.mark.parametrize(
    ("cells", "like"),
    [
        (("12900", "29900", "6850", "19800", "39900", "0"), True),
        (("129.00", "299.00", "68.50", "198.00", "399.00"), False),
        (("129", "299", "68", "198", "399"), False),
        (("12000", "25000", "12000", "25000", "12000"), False),
        (("12345", "23456", "34567", "45678", "56789"), False),
        ((), False),
    ],
)
def test_large_round_amounts_look_like_fen(cells: tuple[str, ...], *, like: bool) -> None:
    assert units.look_like_fen(cells) is like


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("订单金额(万元)", "1.25", "0.00805"),
        ("订单金额（千元）", "12.5", "0.0805"),
        ("订单金额/分", "1250000", "8050"),
        ("订单金额(角)", "125000", "805"),
    ],
)
def test_the_unit_of_a_name_is_used_when_it_is_confirmed(
    name: str, first: str, second: str, tmp_path: Path, hub_store: Store
) -> None:
    path = named(tmp_path / "o.csv", name, first, second)
    assert doubts(hub_store, path) == (Doubt.UNIT_SAID,)
    report = bring(hub_store, path, Wish(confirmed=True))
    assert amounts(hub_store) == [1_250_000, 8_050]
    assert report.sums == report.file_sums
    assert f"{name} = total (" in report.as_text()


def test_the_unit_that_is_told_is_no_question(tmp_path: Path, hub_store: Store) -> None:
    path = named(tmp_path / "o.csv", "订单金额", "1.25", "0.00805")
    bring(hub_store, path, TEN_THOUSAND)
    assert amounts(hub_store) == [1_250_000, 8_050]


@pytest.mark.parametrize("name", ["订单金额(万元)", "订单金额(百元)"])
def test_yuan_may_be_told_against_the_name(name: str, tmp_path: Path, hub_store: Store) -> None:
    path = named(tmp_path / "o.csv", name, "100", "80.5")
    assert doubts(hub_store, path)
    bring(hub_store, path, Wish(units={name: Unit.YUAN}, told={name: "total"}))
    assert amounts(hub_store) == [10_000, 8_050]


def test_a_fraction_of_a_fen_leaves_the_row_out_with_its_reason(
    tmp_path: Path, hub_store: Store
) -> None:
    path = named(tmp_path / "o.csv", "订单金额", "12.5", "0.123456")
    wish = Wish(units={"订单金额": Unit.THOUSAND}, confirmed=True)
    (left,) = bring(hub_store, path, wish).left_out
    assert (left.line, left.reason) == (3, Reason.MONEY)
    assert dict(left.params) == {"column": "订单金额", "found": "0.123456千元"}
    assert amounts(hub_store) == [1_250_000]


def test_a_known_header_is_read_in_a_told_unit(tmp_path: Path, hub_store: Store) -> None:
    money = ("总金额", "买家应付货款", "买家应付邮费", "买家实际支付金额", "退款金额")
    row = dict(zip(money, ("12900", "12900", "0", "12900", "0"), strict=True))
    wish = Wish(units=dict.fromkeys(money, Unit.FEN))
    path = files.orders(tmp_path / "o.csv", row)
    bring(hub_store, path, wish)
    assert stored(hub_store) == [(12_900, True, 12_900, 0)]
    assert not bring(hub_store, path, wish).changed_anything


def test_what_looks_like_fen_is_asked_about_in_a_known_header_too(
    tmp_path: Path, hub_store: Store
) -> None:
    rows = [
        files.ORDER
        | {"订单编号": f"214026003863655321{n}", "总金额": told, "买家实际支付金额": told}
        for n, told in enumerate(("12900", "29900", "6850", "19800", "39900"))
    ]
    path = files.orders(tmp_path / "o.csv", *rows)
    with pytest.raises(Unsure) as caught:
        bring(hub_store, path)
    about = caught.value.proposal.about[Doubt.UNIT_LOOKS]
    assert about == ["总金额", "买家实际支付金额"]
    bring(hub_store, path, Wish(units=dict.fromkeys(about, Unit.FEN)))
    assert amounts(hub_store) == [12_900, 29_900, 6_850, 19_800, 39_900]


def test_what_will_be_read_stands_beside_what_stands_there(tmp_path: Path) -> None:
    path = named(tmp_path / "o.csv", "订单金额", "1.25", "0.8")
    assert column(path, "订单金额").samples == ("1.25", "0.8")
    told = column(path, "订单金额", TEN_THOUSAND)
    assert told.samples == ("1.25 → ¥12,500.00", "0.8 → ¥8,000.00")
    assert told.unit is Unit.TEN_THOUSAND
    assert column(path, "收货人", TEN_THOUSAND).unit is None


def test_a_phone_under_a_unit_is_masked(tmp_path: Path) -> None:
    path = named(tmp_path / "o.csv", "订单金额", "13800004127", "1.5")
    wish = Wish(units={"订单金额": Unit.FEN}, told={"订单金额": "total"})
    shown = " ".join(column(path, "订单金额", wish).samples)
    assert "0000" not in shown
    with Spool() as spool:
        (table,) = readers.glance(path, spool=spool)
        assert "13800004127" not in str(plan(table, wish).columns)


def test_a_profile_keeps_units_and_those_from_before_are_read(
    tmp_path: Path, hub_store: Store
) -> None:
    path = named(tmp_path / "o.csv", "订单金额(万元)", "1.25", "0.00805")
    with Spool() as spool:
        (sheet,) = readers.read(path, wish=Wish(confirmed=True), spool=spool).sheets
    assert sheet.layout is not None
    with hub_store.write() as session:
        profiles.save(session, "汇总", sheet.layout, date(2026, 11, 1))
    with hub_store.read() as session:
        kept = profiles.named(session, "汇总").layout
    assert kept.units == (("订单金额(万元)", Unit.TEN_THOUSAND),)
    assert kept == sheet.layout
    bring(hub_store, path, Wish(profile="汇总", layout=kept))
    assert amounts(hub_store) == [1_250_000, 8_050]
    body = json.loads(json.dumps(kept.as_json()))
    del body["units"]
    before = Layout.of_json(body)
    assert before.as_json() == body
    assert before.told == str(before)
    again = named(tmp_path / "again.csv", "订单金额(万元)", "100", "80.5")
    bring(hub_store, again, Wish(profile="汇总", layout=before))
    assert amounts(hub_store) == [10_000, 8_050]


def test_the_ledger_of_cards_is_read_in_its_unit(tmp_path: Path, hub_store: Store) -> None:
    header = ("姓名", "手机", "充值卡号", "面值(万元)", "余额(万元)")
    path = write(tmp_path / "c.csv", header, ("王芳", "13800004127", "C1001", "1.2", "0.5"))
    wish = Wish(kinds=(Kind.MEMBERS,))
    assert doubts(hub_store, path, wish) == (Doubt.UNIT_SAID,)
    bring(hub_store, path, Wish(kinds=(Kind.MEMBERS,), confirmed=True))
    with hub_store.read() as session:
        entries = session.scalars(select(CardEntry)).all()
        left = Balance(
            sum(one.principal_fen for one in entries), sum(one.bonus_fen for one in entries)
        )
    assert left.fen == 500_000


def test_a_unit_of_no_column_or_none_that_is_known_is_refused(
    tmp_path: Path, hub_store: Store
) -> None:
    path = orders(tmp_path / "o.csv", FIRST, SECOND)
    with pytest.raises(mapping.NoSuchColumn, match="金子"):
        bring(hub_store, path, Wish(units={"金子": Unit.FEN}))
    with pytest.raises(units.NoSuchUnit, match="两"):
        units.told_of(["订单金额=两"])
    assert units.told_of(["金额=万元", "价=fen"]) == {"金额": Unit.TEN_THOUSAND, "价": Unit.FEN}
    with hub_store.read() as session:
        assert session.scalars(select(Order)).all() == []
