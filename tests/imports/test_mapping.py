"""Headers nobody has seen: proposed with masked samples, corrected, confirmed; never guessed in."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lumi_desk.catalog.shelf import BadSetting
from lumi_desk.catalog.tables import Setting
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.errors import LumiError
from lumi_desk.imports import guessing, headers, mapping, problems, profiles
from lumi_desk.imports.columns import Kind
from lumi_desk.imports.doubts import Doubt
from lumi_desk.imports.guessing import Proposal
from lumi_desk.imports.headers import Amounts, Platform
from lumi_desk.imports.mapping import Layout, Wish
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_files, read_files
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from tests.imports import sold

NOW = datetime(2018, 12, 1, 2, 0, tzinfo=UTC)
# What an ERP calls the columns, and which of Taobao's they are.
ERP = {
    "平台单号": "订单编号",
    "下单日期": "订单创建时间",
    "付款日期": "订单付款时间",
    "应收合计": "总金额",
    "实付金额": "买家实付金额",
    "退款": "退款金额",
    "交易状态": "订单状态",
    "收件人": "收货人姓名",
    "收件人手机": "联系手机",
    "货品名称": "商品标题",
}
# Names that say nothing, and what they mean.
ODD = {
    "A": "number",
    "什么时候": "created",
    "哪天给的钱": "paid_at",
    "多少": "total",
    "给了多少": "paid",
    "还了多少": "refund",
    "到哪一步了": "status",
    "谁": "name",
    "怎么找": "phone",
    "东西": "title",
}
DEALS = sold.deals(11, count=20)
TAOBAO = sold.taobao(DEALS[0])[0]


def table(path: Path, names: dict[str, str]) -> Path:
    """Sales under other names of columns."""
    rows = [row for deal in DEALS for row in sold.taobao(deal)]
    told = [{name: row[of] for name, of in names.items()} for row in rows]
    return sold.write(path, list(names), told, "utf-8")


def odd(path: Path) -> Path:
    return table(path, dict(zip(ODD, ERP.values(), strict=True)))


def bring(store: Store, path: Path, wish: Wish = mapping.NONE) -> Report:
    return import_files(store, [path], now=NOW, wish=wish)


def stored(store: Store) -> tuple[int, ...]:
    sums = (func.count(), func.sum(Order.total_fen), func.sum(Order.paid_fen))
    with store.read() as session:
        return tuple(session.execute(select(*sums, func.sum(Order.refund_fen))).one())


TRUE = (
    len(DEALS),
    sum(deal.total_fen for deal in DEALS),
    sum(deal.kept_fen for deal in DEALS),
    sum(deal.refund_fen for deal in DEALS),
)


def proposal_of(store: Store, path: Path, wish: Wish = mapping.NONE) -> Proposal:
    with pytest.raises(mapping.Unsure) as caught:
        bring(store, path, wish)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 0
        assert session.scalar(select(func.count()).select_from(Customer)) == 0
    return caught.value.proposal


@pytest.mark.parametrize("name", ["erp.csv", "erp.xlsx"])
def test_synonyms_with_fitting_values_need_no_question(
    name: str, tmp_path: Path, hub_store: Store
) -> None:
    report = bring(hub_store, table(tmp_path / name, ERP))
    assert stored(hub_store) == TRUE
    assert report.sums == report.file_sums
    assert dict(report.files[0].columns)["平台单号"] == "number"
    assert "应收合计 = total" in report.as_text()


def test_names_that_say_nothing_are_proposed_by_their_values(
    tmp_path: Path, hub_store: Store
) -> None:
    found = proposal_of(hub_store, odd(tmp_path / "odd.csv"))
    guessed = {one.header: one.meaning for one in found.columns}
    for name in ("A", "什么时候", "到哪一步了", "谁", "怎么找", "东西"):
        assert guessed[name] == ODD[name]
    assert all(one.certainty < guessing.SURE for one in found.columns)
    assert found.kind is Kind.ORDERS


def test_a_proposal_is_corrected_confirmed_saved_and_used(tmp_path: Path, hub_store: Store) -> None:
    first = odd(tmp_path / "odd.csv")
    told = Wish(told=mapping.told_of([f"{name}={word}" for name, word in ODD.items()]))
    report = bring(hub_store, first, told)
    assert stored(hub_store) == TRUE
    layout = Layout(Kind.ORDERS, report.files[0].columns)
    with hub_store.write() as session:
        profiles.save(session, "奇怪的表", layout, date(2018, 12, 1))
    with hub_store.read() as session:
        kept = profiles.named(session, "奇怪的表")
    assert kept.layout == layout
    again = bring(hub_store, first, Wish(profile="奇怪的表", layout=kept.layout))
    assert not again.changed_anything


def test_columns_of_one_name_or_of_none_are_told_apart(tmp_path: Path, hub_store: Store) -> None:
    header = ("A", "钱", "钱", "钱(2)", "什么时候", "", "到哪一步了", "")
    named = ("A", "钱", "钱 (3)", "钱(2)", "什么时候", "(column 6)", "到哪一步了", "(column 8)")
    words = ("number", "paid", "total", "refund", "created", "paid_at", "status", "title")
    source = dict(zip(ODD.values(), ERP.values(), strict=True))
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [header, *([row[source[word]] for word in words] for row in map(first_row, DEALS))]
    )
    path = tmp_path / "money.csv"
    path.write_text(out.getvalue(), "utf-8")
    found = proposal_of(hub_store, path)
    assert [one.header for one in found.columns] == [*named]
    pairs = tuple(zip(named, words, strict=True))
    report = bring(hub_store, path, Wish(told=dict(pairs)))
    assert stored(hub_store) == TRUE
    assert report.files[0].columns == pairs
    layout = Layout(Kind.ORDERS, report.files[0].columns)
    assert not bring(hub_store, path, Wish(profile="钱", layout=layout)).changed_anything


def first_row(deal: sold.Deal) -> dict[str, str]:
    return sold.taobao(deal)[0]


def test_a_wrong_mapping_is_put_right_by_importing_again(tmp_path: Path, hub_store: Store) -> None:
    words = ODD | {"多少": "goods", "给了多少": "total", "还了多少": "-"}
    path = odd(tmp_path / "odd.csv")
    bring(hub_store, path, Wish(told=words))
    assert stored(hub_store) != TRUE
    bring(hub_store, path, Wish(told=ODD))
    assert stored(hub_store) == TRUE


@given(st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_columns_are_called_telling_their_meaning_reads_them(
    tmp_path: Path, data: st.DataObject
) -> None:
    rows = [[row[of] for of in ERP.values()] for deal in DEALS for row in sold.taobao(deal)]
    letters = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=6)
    names = data.draw(st.lists(letters, min_size=10, max_size=10, unique_by=headers.plain_header))
    told = {n: word for n, word in enumerate(ODD.values()) if data.draw(st.booleans())}
    found = guessing.propose(names, rows, told)
    if found is not None:
        assert all(found.columns[n].meaning == word for n, word in told.items())
        meant = [one.meaning for one in found.columns if one.meaning]
        assert len(meant) == len(set(meant))
    whole = guessing.propose(names, rows, dict(enumerate(ODD.values())))
    assert whole is not None
    assert whole.sure
    assert [guessing.meaning_of(field) for field in whole.places] == list(ODD.values())


PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(
    names=st.lists(
        st.sampled_from([*ERP, *ODD, "备注", "联系方式", "微信"]), min_size=3, max_size=9
    ),
    phones=st.lists(PHONES, min_size=4, max_size=4, unique=True),
    data=st.data(),
)
@settings(max_examples=80)
def test_no_sample_shows_a_phone_number(
    names: list[str], phones: list[str], data: st.DataObject
) -> None:
    dresses = ("{}", "'{}", "+86 {}", "找她 {} 下午", "{}-1234", '="{}"', "{}.00", "No:{}")
    rows = [[data.draw(st.sampled_from(dresses)).format(one) for _ in names] for one in phones]
    told = {0: "name", 1: "phone", 2: data.draw(st.sampled_from(["title", "-", "member"]))}
    told = {place: "" if word == "-" else word for place, word in told.items()}
    for one in (guessing.propose(names, rows, {}), guessing.propose(names, rows, told)):
        shown = "" if one is None else " ".join(s for c in one.columns for s in c.samples)
        assert not any(phone in shown for phone in phones)


def test_two_columns_for_one_meaning_are_asked_about(tmp_path: Path, hub_store: Store) -> None:
    path = table(tmp_path / "two.csv", ERP | {"拍下时间": "订单付款时间"})
    found = proposal_of(hub_store, path)
    (created,) = [one for one in found.columns if one.meaning == "created"]
    assert created.certainty < guessing.SURE
    bring(hub_store, path, Wish(told={"拍下时间": mapping.UNUSED}))
    assert stored(hub_store) == TRUE


def test_a_name_its_values_contradict_is_asked_about(tmp_path: Path, hub_store: Store) -> None:
    path = table(tmp_path / "odd.csv", ERP | {"付款日期": "订单状态", "交易状态": "订单付款时间"})
    proposal_of(hub_store, path)


def people(path: Path, *rows: dict[str, str]) -> Path:
    return sold.write(path, list(rows[0]), list(rows), "utf-8-sig")


@pytest.mark.parametrize(
    ("row", "kind", "value"),
    [
        ({"客户名称": "阿依古丽·买买提", "联系方式": "138 0000 4127"}, "phone", "13800004127"),
        ({"客户编号": "K77", "电话号码": "0571-87654321"}, "phone", "0571-87654321"),
        ({"客户编号": "K77", "旺旺昵称": "小鱼儿"}, "member", "K77"),
        ({"称呼": "王姐", "微信账号": "wf1975_x"}, "wechat", "wf1975_x"),
        ({"姓名": "王芳", "会员编码": "M8"}, "member", "M8"),
    ],
)
def test_a_list_needs_a_name_or_id_and_one_way_to_reach_her(
    row: dict[str, str], kind: str, value: str, tmp_path: Path, hub_store: Store
) -> None:
    report = bring(hub_store, people(tmp_path / "list.csv", row))
    assert (report.members.added, report.left_out) == (1, ())
    with hub_store.read() as session:
        keys = {one.kind: one.value for one in session.scalars(select(Identity))}
    assert keys[kind] == value
    assert not bring(hub_store, tmp_path / "list.csv").changed_anything


@pytest.mark.parametrize("row", [{"姓名": "王芳", "备注": "好"}, {"电话": "13800004127"}])
def test_a_list_without_one_of_them_is_none(
    row: dict[str, str], tmp_path: Path, hub_store: Store
) -> None:
    with pytest.raises(problems.NotAnExport):
        bring(hub_store, people(tmp_path / "list.csv", row))


def test_people_in_what_looks_like_orders_are_asked_about(tmp_path: Path, hub_store: Store) -> None:
    row = {"姓名": "王芳", "手机": "13800004127", "下单时间": "2018-09-01 10:00"}
    found = proposal_of(hub_store, people(tmp_path / "list.csv", row))
    assert found.kind is Kind.MEMBERS
    assert found.doubts == (Doubt.ORDERLY,)
    assert "下单时间" in found.sentences(1, 1)[0]
    report = bring(hub_store, tmp_path / "list.csv", Wish(confirmed=True))
    assert report.members.added == 1


def lines(path: Path, *, repeat: bool, price: bool = True) -> Path:
    """A file with a row for every product; the amount is the order's or the line's."""
    rows = []
    for deal in DEALS:
        for piece in deal.pieces:
            fen = deal.goods_fen if repeat else piece.fen
            rows.append(
                {
                    "订单号": deal.number,
                    "下单时间": f"{deal.created:%Y-%m-%d %H:%M:%S}",
                    "品名": piece.title,
                    "单价": sold.yuan(piece.list_fen),
                    "数量": str(piece.units),
                    "订单金额": sold.yuan(fen),
                    "付款时间": deal.paid,
                }
            )
    header = [name for name in rows[0] if price or name != "单价"]
    return sold.write(path, header, rows, "gbk")


@pytest.mark.parametrize(("repeat", "price"), [(True, True), (False, True), (False, False)])
def test_rows_say_themselves_whose_their_amounts_are(
    repeat: bool, price: bool, tmp_path: Path, hub_store: Store
) -> None:
    report = bring(hub_store, lines(tmp_path / "lines.csv", repeat=repeat, price=price))
    assert report.files[0].kind == Kind.WHOLE.value
    assert report.sums.total_fen == sum(deal.goods_fen for deal in DEALS)
    assert report.sums == report.file_sums
    pieces = [piece for deal in DEALS for piece in deal.pieces]
    with hub_store.read() as session:
        found = session.execute(select(OrderLine.units, OrderLine.price_fen)).all()
    told = [(p.units, p.list_fen if price else p.fen // p.units) for p in pieces]
    assert sorted(tuple(row) for row in found) == sorted(told)


def test_rows_that_do_not_say_are_asked_about(tmp_path: Path, hub_store: Store) -> None:
    row = {"订单号": "1234567890123456", "下单时间": "2018-09-01 10:00:00", "数量": "1"}
    row |= {"单价": "50.00", "订单金额": "50.00", "状态": "交易成功"}
    twice = [row | {"品名": "胶原"}, row | {"品名": "酵素"}]
    path = sold.write(tmp_path / "lines.csv", [*row, "品名"], twice, "utf-8")
    assert proposal_of(hub_store, path).doubts[0] is Doubt.WHOSE
    bring(hub_store, path, Wish(amounts=Amounts.LINE))
    with hub_store.read() as session:
        assert session.scalar(select(Order.total_fen)) == 10_000


def test_repeated_amounts_without_a_price_are_asked_about(tmp_path: Path, hub_store: Store) -> None:
    path = lines(tmp_path / "lines.csv", repeat=True, price=False)
    assert proposal_of(hub_store, path).doubts[0] is Doubt.WHOSE
    # Nobody can tell what of the order's amount is which line's.
    found = proposal_of(hub_store, path, Wish(amounts=Amounts.ORDER))
    assert (found.kind, found.doubts[0]) == (Kind.ORDERS, Doubt.REPEATED)


def test_a_known_header_is_corrected_too(tmp_path: Path, hub_store: Store) -> None:
    names = {of: of for of in ERP.values()}
    path = table(tmp_path / "known.csv", names | {"买家备用": "买家会员名"})
    bring(hub_store, path, Wish(told={"买家备用": "nick"}))
    with hub_store.read() as session:
        nicks = set(session.scalars(select(Order.nick)))
    assert nicks == {deal.nick for deal in DEALS}


@pytest.mark.parametrize("told", ["多少", "多少=钱", "=total=x"])
def test_words_that_say_no_meaning(told: str) -> None:
    with pytest.raises(mapping.NoSuchMeaning, match="paid_at"):
        mapping.told_of([told])


@pytest.mark.parametrize("known", [True, False])
def test_one_meaning_for_two_columns_is_refused(
    known: bool, tmp_path: Path, hub_store: Store
) -> None:
    # Else the order's status would silently be taken for money, or the money for nothing.
    path = table(tmp_path / "a.csv", ERP)
    first, second = "应收合计", "实付金额"
    if known:
        path = sold.write(tmp_path / "a.csv", [*TAOBAO], sold.taobao(DEALS[0]), "utf-8")
        first, second = "总金额", "买家实付金额"
    with pytest.raises(mapping.ToldTwice, match=f"{first}、{second}"):
        bring(hub_store, path, Wish(told={first: "total", second: "total"}, confirmed=True))
    assert stored(hub_store)[0] == 0


def test_a_column_that_is_not_there(tmp_path: Path, hub_store: Store) -> None:
    for path in (odd(tmp_path / "odd.csv"), table(tmp_path / "erp.csv", ERP)):
        with pytest.raises(mapping.NoSuchColumn, match="没有这列"):
            bring(hub_store, path, Wish(told={"没有这列": "total"}))


def test_a_profile_of_another_file(tmp_path: Path, hub_store: Store) -> None:
    layout = Layout(Kind.ORDERS, (("甲", "number"), ("乙", "total"), ("什么时候", "created")))
    with pytest.raises(mapping.ProfileUnlike, match="甲、乙"):
        bring(hub_store, odd(tmp_path / "odd.csv"), Wish(profile="erp", layout=layout))


def test_profiles_are_listed_replaced_and_removed(hub_store: Store) -> None:
    one = Layout(Kind.MEMBERS, (("谁", "name"), ("怎么找", "phone")))
    other = Layout(Kind.WHOLE, (("号", "number"),), Amounts.ORDER, Platform.JD)
    with hub_store.write() as session:
        session.add(Setting(id="x", rule_set="pools", effective=date(2018, 1, 1), body={}))
        profiles.save(session, "b", one, date(2018, 12, 1))
        profiles.save(session, "a", one, date(2018, 12, 1))
        profiles.save(session, "b", other, date(2018, 12, 2))
    with hub_store.write() as session:
        found = profiles.every(session)
        assert [(p.name, p.layout, p.saved.day) for p in found] == [("a", one, 1), ("b", other, 2)]
        profiles.remove(session, "a")
    with hub_store.read() as session:
        assert [one.name for one in profiles.every(session)] == ["b"]
        with pytest.raises(profiles.NoSuchProfile):
            profiles.named(session, "a")


@pytest.mark.parametrize("name", ["", " ", " a", "a\n", "a=b", "x" * 41])
def test_what_is_no_name_for_a_profile(name: str) -> None:
    with pytest.raises(profiles.BadProfileName):
        profiles.require_name(name)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"kind": "orders", "columns": "A", "amounts": "line", "platform": ""},
    ],
)
def test_a_profile_that_cannot_be_read_is_named_and_can_be_removed(
    body: object, hub_store: Store
) -> None:
    with hub_store.write() as session:
        rule_set, day = f"{profiles.PREFIX}erp", date(2018, 12, 1)
        session.add(Setting(id="x", rule_set=rule_set, effective=day, body=body))
    with hub_store.write() as session:
        for ask in (lambda: profiles.named(session, "erp"), lambda: profiles.every(session)):
            with pytest.raises(BadSetting, match="erp"):
                ask()
        profiles.remove(session, "erp")
        assert profiles.every(session) == ()


def test_a_title_above_the_header_is_stepped_over(tmp_path: Path, hub_store: Store) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [["客户名单 2018年", ""], ["", ""], ["姓名", "手机"], ["王芳", "13800004127"]]
    )
    (tmp_path / "list.csv").write_text(out.getvalue(), "utf-8")
    report = bring(hub_store, tmp_path / "list.csv")
    assert report.members.added == 1
    assert report.dirt["rows of titles and units at the header"] == 1


CELLS = st.sampled_from(
    [
        "",
        "-",
        "0",
        "12.50",
        "13800004127",
        "2140260038636553217",
        "2.14E+17",
        "2018-09-01 10:00",
        "交易成功",
        "交易关闭",
        "王芳",
        "浙江省 宁波市",
        "3盒",
        "=A1*2",
        "'",
        "\u3000",
        "\ud7ff",
    ]
)
NAMES = st.sampled_from(
    [
        "",
        "订单号",
        "单号",
        "下单时间",
        "付款时间",
        "订单金额",
        "实付金额",
        "退款",
        "品名",
        "单价",
        "数量",
        "姓名",
        "手机",
        "微信",
        "状态",
        "备注",
        "总金额",
        "A",
        "#",
        "=1",
    ]
)


@given(
    header=st.lists(NAMES, min_size=1, max_size=9),
    rows=st.lists(st.lists(CELLS, max_size=11), max_size=6),
    confirmed=st.booleans(),
    amounts=st.sampled_from([None, *Amounts]),
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_table_breaks_the_reader(
    header: list[str],
    rows: list[list[str]],
    confirmed: bool,
    amounts: Amounts | None,
    tmp_path: Path,
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    path = tmp_path / "any.csv"
    path.write_text(out.getvalue(), "utf-8", newline="")
    try:
        batch = read_files([path], wish=Wish(confirmed=confirmed, amounts=amounts))
    except LumiError:
        return
    (sheet,) = batch.sheets
    told = [row.line for row in batch.orders] + [row.line for row in batch.items]
    told += [row.line for row in batch.members] + [row.line for row in batch.left_out]
    assert set(told) <= {line.number for line in sheet.lines}
    if sheet.kind is not Kind.WHOLE:
        assert len(told) == len(sheet.lines)
