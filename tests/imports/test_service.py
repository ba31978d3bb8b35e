"""Importing again and again: what is newer stays, nothing comes in twice, nobody is mixed up."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lumi_desk.cards.tables import CardEntry
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.errors import LumiError
from lumi_desk.imports.columns import Reason
from lumi_desk.imports.report import Report
from lumi_desk.imports.running import NoOrdersForItems
from lumi_desk.imports.service import NothingUsable, SameFileTwice, import_files
from lumi_desk.imports.tables import ImportRun
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.imports import files
from tests.imports.files import RESAVED

NOW = datetime(2017, 12, 1, 2, 0, tzinfo=UTC)
YEARS_LATER = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
ONE = "2140260038636553217"
TWO = "2140260038636559901"
ROUNDED = "2140260038636550000"


def bring(store: Store, *paths: Path, now: datetime = NOW, shop: str | None = None) -> Report:
    return import_files(store, paths, now=now, shop=shop)


def the_order(store: Store) -> Order:
    with store.read() as session:
        return session.scalars(select(Order)).one()


def the_customer(store: Store) -> Customer:
    with store.read() as session:
        return session.scalars(select(Customer)).one()


def count(store: Store, table: type) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


WAITING = {"订单状态": "等待买家付款", "订单付款时间": "", "买家实际支付金额": "0"}
PAID = {"订单状态": "买家已付款，等待卖家发货"}
BACK = {"订单状态": "交易关闭", "退款金额": "100", "买家实际支付金额": "0"}


def test_a_later_export_updates_and_an_older_one_undoes_nothing(
    hub_store: Store, tmp_path: Path
) -> None:
    steps = [
        files.orders(tmp_path / f"{n}.csv", told)
        for n, told in enumerate((WAITING, PAID, {}, BACK))
    ]
    seen = []
    for path in steps:
        report = bring(hub_store, path)
        order = the_order(hub_store)
        seen.append((order.status, order.paid_fen, order.refund_fen, report.orders.changed))
    assert seen == [
        ("waiting", 0, 0, 0),
        ("paid", 10000, 0, 1),
        ("done", 10000, 0, 1),
        ("closed", 0, 10000, 1),
    ]
    for path in steps:
        assert not bring(hub_store, path).changed_anything
    assert the_order(hub_store).status == "closed"


def test_a_price_changed_before_payment_follows_the_newer_file(
    hub_store: Store, tmp_path: Path
) -> None:
    newer = files.orders(
        tmp_path / "ExportOrderList201705302330.csv",
        WAITING | {"总金额": "90", "买家应付货款": "85"},
    )
    older = files.orders(tmp_path / "ExportOrderList201705302320.csv", WAITING)
    bring(hub_store, newer)
    assert not bring(hub_store, older).changed_anything
    assert the_order(hub_store).total_fen == 9000


def test_a_part_refund_of_a_finished_order(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, files.orders(tmp_path / "a.csv", {}))
    part = {"退款金额": "30.01", "买家实际支付金额": "69.99"}
    report = bring(hub_store, files.orders(tmp_path / "b.csv", part))
    order = the_order(hub_store)
    assert (report.orders.changed, report.wholly_refunded) == (1, 0)
    assert (order.status, order.paid_fen, order.refund_fen) == ("done", 6999, 3001)


def test_a_paid_amount_from_before_the_refund_counts_once(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, files.orders(tmp_path / "a.csv", {"退款金额": "30"}))
    order = the_order(hub_store)
    assert (order.paid_fen, order.refund_fen) == (7000, 3000)


def test_a_rounded_number_is_never_kept_as_number_or_key(hub_store: Store, tmp_path: Path) -> None:
    rounded = files.orders(tmp_path / "a.csv", {"订单编号": ROUNDED}, style=RESAVED)
    assert bring(hub_store, rounded).rounded == 1
    order = the_order(hub_store)
    assert (order.number, order.rounded) == ("", True)
    assert ROUNDED not in order.key
    report = bring(hub_store, files.orders(tmp_path / "b.csv", {}))
    assert (report.orders.added, report.orders.changed, report.upgraded) == (0, 1, 1)
    better = the_order(hub_store)
    assert (better.id, better.number, better.rounded) == (order.id, ONE, False)
    assert better.created_at.second == 45
    assert not bring(hub_store, rounded).changed_anything


@pytest.mark.parametrize("shown", ["2.14026E+18", "2140260038636550000", "2140260038636560000"])
def test_a_rounded_export_after_the_exact_one_finds_its_order(
    shown: str, hub_store: Store, tmp_path: Path
) -> None:
    bring(hub_store, files.orders(tmp_path / "a.csv", {}))
    resaved = {
        "订单编号": shown,
        "订单创建时间": "2017/5/30 23:18",
        "订单付款时间": "2017/5/30 23:19",
    }
    report = bring(hub_store, files.orders(tmp_path / "b.csv", resaved, style=RESAVED))
    assert (report.orders.unchanged, report.rounded) == (1, 1)
    assert the_order(hub_store).number == ONE


@pytest.mark.parametrize(
    "other",
    [
        {"买家会员名": "大鱼儿"},
        {"订单创建时间": "2017-05-30 23:17:59"},
        {"总金额": "101", "买家应付货款": "96"},
        {"宝贝标题": "酵素粉20袋"},
    ],
)
def test_orders_with_one_rounded_number_stay_two(
    other: dict[str, str], hub_store: Store, tmp_path: Path
) -> None:
    same = {"订单编号": ROUNDED}
    path = files.orders(tmp_path / "a.csv", same, same | other, style=RESAVED)
    assert bring(hub_store, path).orders.added == 2
    again = files.orders(tmp_path / "b.csv", same | other, same, style=RESAVED)
    assert not bring(hub_store, again).changed_anything
    assert count(hub_store, Order) == 2


def test_the_same_row_twice_is_one_order(hub_store: Store, tmp_path: Path) -> None:
    for n, number in enumerate((ONE, ROUNDED, "2.14026E+18")):
        row = {"订单编号": number, "买家会员名": f"买家{n}"}
        report = bring(hub_store, files.orders(tmp_path / f"{n}.csv", row, row, style=RESAVED))
        assert (report.orders.added, report.orders.left_out) == (1, 1)
        assert [(one.line, one.reason) for one in report.left_out] == [(3, Reason.REPEATED)]
        assert report.left_out[0].words == "the same order already stands in line 2"
    assert count(hub_store, Order) == 3


def test_running_numbers_of_two_months_are_not_mixed_up(hub_store: Store, tmp_path: Path) -> None:
    march = {"订单编号": "1", "订单创建时间": "2017-03-01 10:00:00"}
    bring(hub_store, files.orders(tmp_path / "a.csv", {"订单编号": "1"}))
    report = bring(hub_store, files.orders(tmp_path / "b.csv", march))
    assert report.orders.added == 1
    assert count(hub_store, Order) == 2


def test_a_nick_identifies_within_its_shop(hub_store: Store, tmp_path: Path) -> None:
    path = files.orders(
        tmp_path / "a.csv", {"店铺名称": "一店"}, {"订单编号": TWO, "店铺名称": "二店"}
    )
    assert bring(hub_store, path).buyers.added == 2
    with hub_store.read() as session:
        kinds = {(one.kind, one.scope, one.value) for one in session.scalars(select(Identity))}
    assert kinds == {("nick", "一店", "小鱼儿"), ("nick", "二店", "小鱼儿")}


def test_a_nick_that_is_a_phone_number_is_no_name(hub_store: Store, tmp_path: Path) -> None:
    row = {"买家会员名": "13800004127", "收货人姓名": ""}
    bring(hub_store, files.orders(tmp_path / "a.csv", row))
    with hub_store.read() as session:
        assert session.scalars(select(Customer.name)).one() == "138 •••• 4127"


@pytest.mark.parametrize("stood", ["138 •••• 4127", "13800004127"])
def test_a_nick_that_is_a_phone_number_gives_way_to_a_name(
    stood: str, hub_store: Store, tmp_path: Path
) -> None:
    row = {"买家会员名": "13800004127", "收货人姓名": ""}
    bring(hub_store, files.orders(tmp_path / "a.csv", row))
    with hub_store.write() as session:
        session.scalars(select(Customer)).one().name = stood
    later = row | {"订单编号": "2140260038636553218", "收货人姓名": "王芳"}
    bring(hub_store, files.orders(tmp_path / "b.csv", later))
    with hub_store.read() as session:
        assert session.scalars(select(Customer.name)).one() == "王芳"


def test_a_nick_of_today_identifies_nobody(hub_store: Store, tmp_path: Path) -> None:
    row = {"订单创建时间": "2022-01-01 00:00:00", "订单付款时间": "2022-01-01 00:00:05"}
    report = bring(hub_store, files.orders(tmp_path / "a.csv", row), now=YEARS_LATER)
    assert (report.buyers.read, report.without_person, report.reachable_share) == (0, 1, 0)
    assert the_order(hub_store).customer_id is None


def test_a_masked_nick_identifies_nobody(hub_store: Store, tmp_path: Path) -> None:
    report = bring(hub_store, files.orders(tmp_path / "a.csv", {"买家会员名": "小**儿"}))
    assert (report.orders.added, report.without_person) == (1, 1)


def test_member_and_open_user_ids_tie_orders_of_any_year(hub_store: Store, tmp_path: Path) -> None:
    header = [*files.HEADER_46, "买家open_uid", "会员ID"]
    late = {"订单创建时间": "2026-01-01 10:00:00", "买家会员名": "t**"}
    rows = [
        {**files.ORDER, "买家open_uid": "AAA"},
        {**files.ORDER, **late, "订单编号": TWO, "买家open_uid": "AAA", "会员ID": "M7"},
        {**files.ORDER, **late, "订单编号": "2140260038636550018", "会员ID": "M7"},
    ]
    path = files.write(tmp_path / "a.csv", header, rows)
    report = bring(hub_store, path, now=YEARS_LATER)
    assert (report.buyers.added, report.without_person) == (1, 0)
    with hub_store.read() as session:
        kinds = sorted(session.scalars(select(Identity.kind)))
    assert kinds == ["member", "nick", "open_user"]


def test_the_newest_order_says_how_to_reach_her(hub_store: Store, tmp_path: Path) -> None:
    later = {"订单编号": TWO, "订单创建时间": "2017-06-01 10:00:00"}
    moved = later | {"联系手机": "'13900004128", "收货地址": "江苏省 南京市 鼓楼区 ***"}
    hidden = {
        "订单编号": "2140260038636559902",
        "订单创建时间": "2017-07-01 10:00:00",
        "联系手机": "138****4127",
        "收货人姓名": "王*",
        "收货地址": "***",
    }
    paths = [files.orders(tmp_path / f"{n}.csv", row) for n, row in enumerate((moved, {}, hidden))]
    for path in paths:
        bring(hub_store, path)
    her = the_customer(hub_store)
    assert (her.name, her.phone, her.wangwang, her.city) == (
        "王芳",
        "13900004128",
        "小鱼儿",
        "南京市",
    )


def test_what_a_rep_wrote_is_kept(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, files.orders(tmp_path / "a.csv", {}))
    with hub_store.write() as session:
        session.execute(update(Customer).values(name="王芳姐", phone="13700004127"))
    bring(hub_store, files.orders(tmp_path / "b.csv", {"订单编号": TWO, "收货人姓名": "李强"}))
    her = the_customer(hub_store)
    assert (her.name, her.phone) == ("王芳姐", "13700004127")


def test_reachable_is_who_has_a_phone_or_a_nick_in_use(hub_store: Store, tmp_path: Path) -> None:
    dumb = {"联系手机": "", "收货人姓名": ""}
    path = files.orders(tmp_path / "a.csv", dumb, {"订单编号": TWO, "买家会员名": "鱼"})
    assert bring(hub_store, path).reachable == 2
    years_later = NOW + timedelta(days=1000)
    report = bring(hub_store, path, now=years_later)
    assert (report.reachable, report.reachable_share) == (1, 0.5)


def test_lines_come_in_change_and_stay_one(hub_store: Store, tmp_path: Path) -> None:
    orders = files.orders(tmp_path / "o.csv", {})
    second = {"标题": "酵素粉20袋", "商家编码": "JS-20", "购买数量": "2", "价格": "19.9"}
    items = files.items(tmp_path / "i.csv", {}, second)
    report = bring(hub_store, orders, items)
    assert (report.lines.read, report.lines.added) == (2, 2)
    with hub_store.read() as session:
        lines = session.scalars(select(OrderLine).order_by(OrderLine.position)).all()
        found = [(one.title, one.units, one.price_fen, one.line) for one in lines]
    assert found == [("胶原蛋白饮10支", 1, 5990, "collagen"), ("酵素粉20袋", 2, 1990, "enzyme")]
    back = files.items(tmp_path / "j.csv", second | {"订单状态": "交易关闭"}, {})
    report = bring(hub_store, back)
    assert (report.lines.changed, report.lines.unchanged, report.lines.added) == (1, 1, 0)
    assert not bring(hub_store, orders, items).changed_anything
    assert count(hub_store, OrderLine) == 2


def test_a_rounded_line_joins_only_what_was_rounded_with_it(
    hub_store: Store, tmp_path: Path
) -> None:
    bring(hub_store, files.orders(tmp_path / "o.csv", {}))
    items = files.items(tmp_path / "i.csv", {"订单编号": ROUNDED}, style=RESAVED)
    with pytest.raises(NoOrdersForItems):
        bring(hub_store, items)
    rounded = files.orders(tmp_path / "r.csv", {"订单编号": ROUNDED}, style=RESAVED)
    report = bring(hub_store, rounded, items)
    assert (report.orders.unchanged, report.lines.added) == (1, 1)


def test_a_line_that_fits_two_rounded_orders_is_left_out(hub_store: Store, tmp_path: Path) -> None:
    other = {"买家会员名": "大鱼儿", "宝贝标题": "酵素粉20袋"}
    same = {"订单编号": ROUNDED}
    orders = files.orders(tmp_path / "o.csv", same, same | other, style=RESAVED)
    both = same | {"标题": "酵素粉20袋"}
    items = files.items(tmp_path / "i.csv", same, both, style=RESAVED)
    report = bring(hub_store, orders, items)
    assert report.lines.added == 1
    assert [(one.line, one.reason) for one in report.left_out] == [(3, Reason.AMBIGUOUS)]
    with hub_store.read() as session:
        joined = select(Order.nick).join(OrderLine, OrderLine.order_id == Order.id)
        assert session.scalars(joined).all() == ["小鱼儿"]


LISTED = {
    "姓名": "王芳芳",
    "手机": "13800004127",
    "微信": "wf1975",
    "旺旺": "小鱼儿",
    "卡余额": "8,000.50",
    "订单号": f"{ONE}、{TWO}",
    "会员ID": "M7",
    "生日": "1975-03-08",
    "城市": "宁波",
}


@pytest.mark.parametrize("list_first", [True, False])
def test_a_member_list_links_orders_whichever_comes_first(
    list_first: bool, hub_store: Store, tmp_path: Path
) -> None:
    orders = files.orders(
        tmp_path / "o.csv",
        {},
        {"订单编号": TWO, "买家会员名": "大鱼儿", "收货人姓名": "王小姐"},
        {"订单编号": "2140260038636550018", "买家会员名": "大鱼儿"},
    )
    people = files.members(tmp_path / "m.csv", LISTED)
    steps = [people, orders] if list_first else [orders, people]
    for path in steps:
        bring(hub_store, path)
    her = the_customer(hub_store)
    assert (her.name, her.phone, her.wechat) == ("王芳芳", "13800004127", "wf1975")
    assert (her.city, her.birthday) == ("宁波", date(1975, 3, 8))
    with hub_store.read() as session:
        assert set(session.scalars(select(Order.customer_id))) == {her.id}
        assert set(session.scalars(select(Identity.customer_id))) == {her.id}
        (entry,) = session.scalars(select(CardEntry))
    assert (entry.kind, entry.principal_fen, entry.customer_id) == ("open", 800050, her.id)
    for path in steps:
        assert not bring(hub_store, path).changed_anything


def test_a_customer_in_a_reps_hands_is_not_taken_from_her(hub_store: Store, tmp_path: Path) -> None:
    other = {"订单编号": TWO, "买家会员名": "大鱼儿"}
    bring(hub_store, files.orders(tmp_path / "o.csv", {}, other))
    with hub_store.write() as session:
        session.execute(update(Customer).values(rep_id="rep"))
    report = bring(hub_store, files.members(tmp_path / "m.csv", LISTED))
    assert [one.reason for one in report.left_out] == [Reason.TWO_CUSTOMERS]
    assert (report.members.read, report.members.changed, report.members.left_out) == (1, 1, 0)
    assert count(hub_store, Customer) == 2


def test_a_newer_list_moves_the_balance(hub_store: Store, tmp_path: Path) -> None:
    for n, (balance, kind) in enumerate((("8000", "open"), ("6500", "spend"), ("9000", "top_up"))):
        path = files.members(tmp_path / f"{n}.csv", LISTED | {"卡余额": balance})
        bring(hub_store, path, now=NOW + timedelta(days=n))
        with hub_store.read() as session:
            newest = select(CardEntry).order_by(CardEntry.at.desc()).limit(1)
            assert session.scalars(newest).one().kind == kind
            stands = session.scalar(select(func.sum(CardEntry.principal_fen)))
        assert stands == int(balance) * 100
    bring(hub_store, tmp_path / "0.csv", now=NOW + timedelta(days=9))
    assert count(hub_store, CardEntry) == 3


def test_rows_of_a_list_that_name_nobody_are_left_out(hub_store: Store, tmp_path: Path) -> None:
    nobody = {"姓名": "李梅", "手机": "138****0000"}
    rounded = {"姓名": "赵敏", "手机": "13800004129", "订单号": ROUNDED}
    path = files.members(tmp_path / "m.csv", LISTED, nobody, rounded)
    report = bring(hub_store, path)
    found = [(one.line, one.reason) for one in report.left_out]
    assert found == [(3, Reason.NO_PERSON), (4, Reason.ROUNDED_LINK)]
    assert (report.members.added, report.members.left_out) == (2, 1)


@pytest.mark.parametrize("good_first", [True, False])
def test_one_bad_file_and_nothing_is_imported(
    good_first: bool, hub_store: Store, tmp_path: Path
) -> None:
    good = files.orders(tmp_path / "good.csv", {})
    bad = files.items(tmp_path / "bad.csv", {})
    bad.write_bytes(bad.read_bytes()[:-30])
    with pytest.raises(LumiError, match=r"bad\.csv is cut off"):
        bring(hub_store, *((good, bad) if good_first else (bad, good)))
    for table in (Order, Customer, Identity, ImportRun):
        assert count(hub_store, table) == 0


def test_what_fails_after_the_import_takes_it_along(hub_store: Store, tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise SameFileTwice(file="a", other="b")

    with pytest.raises(SameFileTwice):
        import_files(hub_store, [files.orders(tmp_path / "a.csv", {})], now=NOW, after=fail)
    assert count(hub_store, Order) == count(hub_store, ImportRun) == 0


def test_items_of_other_orders_import_nothing(hub_store: Store, tmp_path: Path) -> None:
    orders = files.orders(tmp_path / "o.csv", {})
    items = files.items(tmp_path / "i.csv", {"订单编号": TWO})
    with pytest.raises(NoOrdersForItems, match="none of their orders"):
        bring(hub_store, orders, items)
    assert count(hub_store, Order) == 0


def test_a_file_without_one_readable_row(hub_store: Store, tmp_path: Path) -> None:
    path = files.orders(tmp_path / "o.csv", {"总金额": "很多"}, {"总金额": "?"})
    with pytest.raises(NothingUsable, match="line 2: 总金额 is no amount"):
        bring(hub_store, path)


def test_the_same_file_given_twice(hub_store: Store, tmp_path: Path) -> None:
    path = files.orders(tmp_path / "o.csv", {})
    (tmp_path / "p.csv").write_bytes(path.read_bytes())
    with pytest.raises(SameFileTwice):
        bring(hub_store, path, tmp_path / "p.csv")


def test_every_import_is_written_down(hub_store: Store, tmp_path: Path) -> None:
    report = bring(hub_store, files.orders(tmp_path / "o.csv", {}, {"总金额": "?"}))
    with hub_store.read() as session:
        (run,) = session.scalars(select(ImportRun))
    assert run.report == report.as_json()
    assert run.report["left_out"][0]["words"] == "总金额 is no amount in yuan and fen: ?"
    assert run.files == [["o.csv", report.files[0].sha256]]


def test_progress_is_told(hub_store: Store, tmp_path: Path) -> None:
    told: dict[str, list[tuple[int, int]]] = defaultdict(list)
    paths = [files.orders(tmp_path / "o.csv", {}), files.items(tmp_path / "i.csv", {})]
    import_files(
        hub_store,
        paths,
        now=NOW,
        progress=lambda stage, done, whole: told[stage].append((done, whole)),
    )
    size = sum(path.stat().st_size for path in paths)
    wholes = {"checking": size, "reading": size, "orders": 1, "buyers": 1, "lines": 1}
    assert {stage: steps[-1] for stage, steps in told.items()} == {
        stage: (whole, whole) for stage, whole in wholes.items()
    }
    assert all(steps == sorted(steps) for steps in told.values())


def test_touched_names_every_travelling_record(hub_store: Store, tmp_path: Path) -> None:
    paths = [files.orders(tmp_path / "o.csv", {}), files.items(tmp_path / "i.csv", {})]
    touched: list[tuple[str, str]] = []
    customer_ids: list[str] = []

    def note(_: Session, report: Report) -> None:
        touched.extend(report.touched)
        customer_ids.extend(report.customer_ids)

    import_files(hub_store, paths, now=NOW, after=note)
    with hub_store.read() as session:
        expected = {
            (table.__tablename__, one)
            for table in (Customer, Identity, Order, OrderLine)
            for one in session.scalars(select(table.__table__.c.id))
        }
        assert set(touched) == expected
        assert customer_ids == [*session.scalars(select(Customer.id))]


def test_what_was_touched_can_be_published(hub_store: Store, tmp_path: Path) -> None:
    def publish(session: Session, report: Report) -> None:
        feed.publish(session, report.touched)

    steps = (files.orders(tmp_path / "a.csv", PAID), files.orders(tmp_path / "b.csv", BACK))
    for path in steps:
        import_files(hub_store, [path], now=NOW, after=publish)
    assert the_order(hub_store).ver == 2
    assert the_customer(hub_store).ver == 1


def test_rounded_numbers_side_by_side_are_told_apart(hub_store: Store, tmp_path: Path) -> None:
    beside = {"订单编号": str(int(ROUNDED) + 10000)}
    same = {"订单编号": ROUNDED}
    orders = files.orders(tmp_path / "o.csv", same, beside | {"总金额": "7"}, style=RESAVED)
    items = files.items(tmp_path / "i.csv", same, beside, style=RESAVED)
    report = bring(hub_store, orders, items)
    assert (report.orders.added, report.lines.added, report.left_out) == (2, 2, ())
