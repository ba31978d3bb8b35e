"""Lists of the brand's own: WeChat contacts, sign-ups, the ERP's cards, and who shares a phone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lumi_desk.cards.tables import CardEntry
from lumi_desk.consents.rules import Purpose, Way, said
from lumi_desk.consents.service import of_customer
from lumi_desk.consents.tables import Consent
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.hub import likely, linking, proposing
from lumi_desk.imports.columns import Reason
from lumi_desk.imports.report import Report
from lumi_desk.imports.service import import_files
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.imports import files

NOW = datetime(2026, 11, 17, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FRIEND = {
    "外部联系人ID": "wmAAAA1",
    "客户名称": "小雨",
    "备注": "周文静 胶原",
    "添加人": "林晓燕",
    "添加时间": "2026-03-02 10:20:00",
    "状态": "正常",
}
SIGN_UP = {
    "姓名": "周文静",
    "手机号": "+86 138-0000-4127",
    "登记时间": "2026-06-01 09:30:00",
    "来源": "客服热线",
    "同意": "本人同意通过电话接收优惠信息，可随时退订",
    "退订": "",
}
CARD = {
    "会员号": "M7",
    "客户姓名": "周文静",
    "手机": "13800004127",
    "卡号": "VIP0001",
    "面值": "12000",
    "本金": "12000",
    "赠金": "1200",
    "余额": "13200",
    "开卡时间": "2026-01-05",
}


def bring(
    store: Store, folder: Path, *rows: dict[str, str], name: str = "list.csv", days: int = 0
) -> Report:
    path = files.members(folder / name, *rows)
    return import_files(store, [path], now=NOW + days * DAY)


def people(store: Store) -> list[Customer]:
    with store.read() as session:
        return list(session.scalars(select(Customer).order_by(Customer.name)))


def keys(store: Store) -> set[tuple[str, str, str]]:
    with store.read() as session:
        rows = session.execute(select(Identity.kind, Identity.scope, Identity.value))
        return {(kind, scope, value) for kind, scope, value in rows}


def entries(store: Store) -> list[tuple[str, int, int]]:
    asked = select(CardEntry.kind, CardEntry.principal_fen, CardEntry.bonus_fen)
    with store.read() as session:
        rows = session.execute(asked.order_by(CardEntry.at, CardEntry.id))
        return [(kind, principal // 100, bonus // 100) for kind, principal, bonus in rows]


def standing(store: Store) -> tuple[int, int]:
    """What is left by our ledger, in yuan: principal and bonus."""
    rows = entries(store)
    return sum(row[1] for row in rows), sum(row[2] for row in rows)


def word(store: Store, way: Way, customer: Customer) -> bool | None:
    with store.read() as session:
        return said(of_customer(session, customer.id), way, Purpose.MARKETING)


# WeChat.


def test_a_wechat_contact_keeps_whose_friend_she_is(hub_store: Store, tmp_path: Path) -> None:
    report = bring(hub_store, tmp_path, FRIEND)
    (her,) = people(hub_store)
    assert (her.name, her.wechat_state, her.wechat) == ("周文静 胶原", "accepted", "")
    friend = ("friend", "林晓燕", "wmAAAA1")
    assert keys(hub_store) == {("wecom", "", "wmAAAA1"), friend}
    with hub_store.read() as session:
        since = session.scalars(select(Identity.since).where(Identity.kind == "friend")).one()
    assert since == datetime(2026, 3, 2, 2, 20, tzinfo=UTC)
    assert (report.people, report.reached["wechat"], report.reached["any"]) == (1, 1, 1)
    assert not bring(hub_store, tmp_path, FRIEND).changed_anything


def test_two_accounts_have_one_friend_and_one_may_lose_her(
    hub_store: Store, tmp_path: Path
) -> None:
    other = FRIEND | {"添加人": "王芳"}
    bring(hub_store, tmp_path, FRIEND, other)
    assert len(people(hub_store)) == 1
    assert ("friend", "王芳", "wmAAAA1") in keys(hub_store)
    bring(hub_store, tmp_path, other | {"状态": "已删除"}, name="a.csv")
    assert people(hub_store)[0].wechat_state == "accepted"


def test_whoever_deleted_her_only_friend_is_not_reached_there(
    hub_store: Store, tmp_path: Path
) -> None:
    bring(hub_store, tmp_path, FRIEND)
    report = bring(hub_store, tmp_path, FRIEND | {"状态": "已删除"}, name="a.csv")
    assert people(hub_store)[0].wechat_state == "deleted"
    assert report.reached["any"] == 0


def test_what_is_noted_of_a_member_is_not_her_name(hub_store: Store, tmp_path: Path) -> None:
    bring(
        hub_store,
        tmp_path,
        {"姓名": "周文静", "手机": "13800004127", "所属员工": "林晓燕", "备注": "需要回访"},
    )
    assert [her.name for her in people(hub_store)] == ["周文静"]


def test_a_customers_name_is_not_the_name_beside_it(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, tmp_path, {"姓名": "林晓燕", "客户姓名": "周文静", "手机": "13800004127"})
    assert [her.name for her in people(hub_store)] == ["周文静"]


def test_what_a_rep_noted_takes_no_names_place(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, tmp_path, {"姓名": "周文静", "手机": "13800004127"})
    bring(hub_store, tmp_path, FRIEND | {"手机": "13800004127", "备注": "周文静"}, name="a.csv")
    (her,) = people(hub_store)
    assert (her.name, her.wechat_state) == ("周文静", "accepted")


@pytest.mark.parametrize(
    "row",
    [
        {
            "客户名称": "周文静",
            "描述": "",
            "外部用户ID": "wmAAAA1",
            "跟进成员": "林晓燕",
            "加好友时间": "2026/3/2 10:20",
            "来源": "扫一扫",
            "标签": "胶原",
        },
        {
            "external_userid": "wmAAAA1",
            "remark": "周文静",
            "follow_user": "林晓燕",
            "added_at": "2026-03-02T10:20:00+08:00",
        },
        {
            "外部联系人ID": "wmAAAA1",
            "昵称": "周文静",
            "所属员工": "林晓燕",
            "添加日期": "20260302102000",
            "添加状态": "已添加",
        },
    ],
)
def test_a_contact_list_is_known_by_its_columns(
    row: dict[str, str], hub_store: Store, tmp_path: Path
) -> None:
    bring(hub_store, tmp_path, row)
    (her,) = people(hub_store)
    assert (her.name, her.wechat_state) == ("周文静", "accepted")
    assert ("friend", "林晓燕", "wmAAAA1") in keys(hub_store)


@pytest.mark.parametrize(
    "row",
    [
        {"储值卡卡号": "VIP1", "客户编号": "C9", "充值本金": "12000", "赠金金额": "1200"},
        {"card_no": "VIP1", "principal": "12000", "bonus": "1200", "name": "周文静"},
        {"会员卡号": "C9", "充值卡编号": "VIP1", "本金金额": "12000元", "赠送金额": "1,200"},
    ],
)
def test_a_card_ledger_is_known_by_its_columns(
    row: dict[str, str], hub_store: Store, tmp_path: Path
) -> None:
    bring(hub_store, tmp_path, row)
    assert entries(hub_store) == [("open", 12000, 1200)]


# Sign-ups and consents.


def test_a_sign_up_brings_its_wording_with_source_and_time(
    hub_store: Store, tmp_path: Path
) -> None:
    bring(hub_store, tmp_path, SIGN_UP)
    (her,) = people(hub_store)
    assert her.phone == "13800004127"
    with hub_store.read() as session:
        (kept,) = session.scalars(select(Consent))
    assert (kept.way, kept.purpose, kept.basis) == ("phone", "marketing", "consent")
    assert kept.source == "list.csv · 客服热线 · 本人同意通过电话接收优惠信息，可随时退订"
    assert kept.given_at == datetime(2026, 6, 1, 1, 30, tzinfo=UTC)
    assert (kept.withdrawn_at, kept.rep_id) == (None, None)
    assert not bring(hub_store, tmp_path, SIGN_UP).changed_anything
    assert not bring(hub_store, tmp_path, SIGN_UP, SIGN_UP, name="list.csv").changed_anything


def test_a_sign_up_needs_no_name(hub_store: Store, tmp_path: Path) -> None:
    bare = {name: SIGN_UP[name] for name in ("手机号", "登记时间", "同意")} | {"同意": "是"}
    assert bring(hub_store, tmp_path, bare).members.added == 1
    (her,) = people(hub_store)
    assert (word(hub_store, Way.PHONE, her), word(hub_store, Way.SMS, her)) == (True, True)
    assert word(hub_store, Way.WECHAT, her) is None


@pytest.mark.parametrize("first", ["given", "withdrawn"])
def test_the_later_word_counts_whichever_list_comes_first(
    first: str, hub_store: Store, tmp_path: Path
) -> None:
    given = SIGN_UP | {"同意": "是"}
    gone = SIGN_UP | {"同意": "", "退订": "2026-07-01 12:00"}
    steps = [(given, "a.csv"), (gone, "b.csv")]
    for row, name in steps if first == "given" else steps[::-1]:
        bring(hub_store, tmp_path, row, name=name)
    (her,) = people(hub_store)
    assert word(hub_store, Way.PHONE, her) is False
    for row, name in steps:
        assert not bring(hub_store, tmp_path, row, name=name, days=1).changed_anything


def test_a_yes_without_a_time_takes_no_withdrawal_back(hub_store: Store, tmp_path: Path) -> None:
    row = {"姓名": "周文静", "手机": "13800004127", "是否退订": "是", "同意": ""}
    bring(hub_store, tmp_path, row)
    bring(hub_store, tmp_path, row | {"同意": "是", "是否退订": "否"}, name="a.csv", days=9)
    (her,) = people(hub_store)
    assert word(hub_store, Way.PHONE, her) is False
    with hub_store.read() as session:
        ways = session.scalars(select(Consent.way).order_by(Consent.way)).all()
    assert ways == ["phone", "sms"]


def test_who_signed_up_and_unsubscribed_later_is_not_sent_offers(
    hub_store: Store, tmp_path: Path
) -> None:
    """The time of the row is that of the sign-up; another list knows of a consent after it."""
    between = SIGN_UP | {"登记时间": "2026-07-01 09:30:00"}
    bring(hub_store, tmp_path, between, name="a.csv")
    bring(hub_store, tmp_path, SIGN_UP | {"同意": "是", "退订": "是"}, name="b.csv")
    (her,) = people(hub_store)
    assert word(hub_store, Way.PHONE, her) is False


def test_no_number_stands_in_a_source(hub_store: Store, tmp_path: Path) -> None:
    said = {"同意": "本人13800004127同意接收优惠", "来源": "热线 13800004127"}
    bring(hub_store, tmp_path, SIGN_UP | said)
    with hub_store.read() as session:
        sources = set(session.scalars(select(Consent.source)))
    assert sources == {"list.csv · 热线 138 •••• 4127 · 本人138 •••• 4127同意接收优惠"}


def test_a_withdrawal_by_member_id_closes_every_way(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, tmp_path, {"姓名": "周文静", "会员号": "M7", "退订": "已退订"})
    (her,) = people(hub_store)
    assert {word(hub_store, way, her) for way in Way} == {False}


def test_words_nobody_understands_are_told_and_not_kept(hub_store: Store, tmp_path: Path) -> None:
    odd = SIGN_UP | {"同意": "问13800004127"}
    later = SIGN_UP | {"登记时间": "2027-06-01 09:30:00", "手机号": "13900004128"}
    report = bring(hub_store, tmp_path, odd, later)
    assert [one.reason for one in report.left_out] == [Reason.CONSENT, Reason.CONSENT]
    assert "138 •••• 4127" in report.left_out[0].words
    assert (report.members.added, report.members.left_out) == (2, 0)
    with hub_store.read() as session:
        assert session.scalars(select(Consent)).all() == []


def test_whoever_closed_every_way_is_not_reachable(hub_store: Store, tmp_path: Path) -> None:
    gone = SIGN_UP | {"同意": "", "退订": "是"}
    report = bring(hub_store, tmp_path, gone, SIGN_UP | {"手机号": "13900004128"})
    assert (report.people, report.reached["any"], report.people_share) == (2, 1, 0.5)
    assert "1 of 2 people can be reached (50.0%): phone 1, sms 1" in report.as_text()


# Who is left out, and why.


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        ("13800004127-1234", Reason.VIRTUAL),
        ("13800004127转0021", Reason.VIRTUAL),
        ("17000004127", Reason.VIRTUAL),
        ("+86 171-0000-4127", Reason.VIRTUAL),
        ("138****4127", Reason.NO_PERSON),
        ("", Reason.NO_PERSON),
        ("138O0004127", Reason.NO_PERSON),
    ],
)
def test_a_row_that_reaches_nobody_is_left_out_with_its_reason(
    phone: str, reason: Reason, hub_store: Store, tmp_path: Path
) -> None:
    nobody = SIGN_UP | {"手机号": phone, "姓名": "李梅"}
    report = bring(hub_store, tmp_path, SIGN_UP, nobody)
    assert [(one.line, one.reason) for one in report.left_out] == [(3, reason)]
    assert [her.name for her in people(hub_store)] == ["周文静"]


# Cards.


def test_a_ledger_opens_the_card_with_principal_and_bonus_apart(
    hub_store: Store, tmp_path: Path
) -> None:
    bring(hub_store, tmp_path, CARD)
    assert entries(hub_store) == [("open", 12000, 1200)]
    with hub_store.read() as session:
        at = session.scalars(select(CardEntry.at)).one()
    assert at == datetime(2026, 1, 4, 16, tzinfo=UTC)
    assert ("card", "", "VIP0001") in keys(hub_store)


def test_the_same_ledger_again_changes_nothing_and_a_newer_one_brings_the_difference(
    hub_store: Store, tmp_path: Path
) -> None:
    bring(hub_store, tmp_path, CARD)
    again = CARD | {"城市": "杭州"}
    bring(hub_store, tmp_path, again, name="b.csv", days=1)
    assert entries(hub_store) == [("open", 12000, 1200)]
    bring(hub_store, tmp_path, CARD | {"余额": "9200"}, name="c.csv", days=2)
    assert entries(hub_store)[1:] == [("spend", -4000, 0)]
    bring(hub_store, tmp_path, CARD | {"余额": "700"}, name="d.csv", days=3)
    assert standing(hub_store) == (0, 700)
    bring(hub_store, tmp_path, CARD, name="list.csv", days=4)
    assert standing(hub_store) == (0, 700)


def test_what_is_left_may_be_told_by_parts(hub_store: Store, tmp_path: Path) -> None:
    row = {key: CARD[key] for key in ("会员号", "卡号", "面值")}
    row |= {"本金余额": "8000", "赠金余额": "300"}
    bring(hub_store, tmp_path, row)
    assert entries(hub_store) == [("open", 12000, 300), ("spend", -4000, 0)]
    assert standing(hub_store) == (8000, 300)


def test_several_cards_of_one_customer_add_up(hub_store: Store, tmp_path: Path) -> None:
    second = CARD | {"卡号": "VIP0002", "本金": "25000", "赠金": "0", "余额": "25000"}
    bring(hub_store, tmp_path, CARD, second)
    assert entries(hub_store) == [("open", 12000, 1200), ("top_up", 25000, 0)]
    # A ledger that holds only one of them leaves the other.
    bring(hub_store, tmp_path, second | {"余额": "20000"}, name="b.csv", days=1)
    assert standing(hub_store) == (32000, 1200)


def test_a_card_without_amounts_is_that_of_a_member(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, tmp_path, {"姓名": "周文静", "卡号": "M7", "生日": "1975-03-08"})
    assert keys(hub_store) == {("member", "", "M7")}
    assert entries(hub_store) == []


def test_what_an_older_list_told_as_one_sum_is_parted(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, tmp_path, {"会员号": "M7", "手机": "13800004127", "卡余额": "13200"})
    assert entries(hub_store) == [("open", 13200, 0)]
    bring(hub_store, tmp_path, CARD, name="b.csv", days=1)
    assert entries(hub_store)[1:] == [("restore", -1200, 1200)]


def test_an_older_ledger_takes_nothing_back(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, tmp_path, CARD | {"余额": "9200"}, name="cards20261110120000.csv")
    bring(hub_store, tmp_path, CARD, name="cards20261001120000.csv", days=1)
    assert standing(hub_store) == (8000, 1200)


def test_amounts_that_contradict_each_other_are_left_out(hub_store: Store, tmp_path: Path) -> None:
    report = bring(hub_store, tmp_path, CARD, CARD | {"会员号": "M8", "卡号": "X", "余额": "99999"})
    assert [(one.line, one.reason) for one in report.left_out] == [(3, Reason.CARD)]
    assert "99999" in report.left_out[0].words


# One phone, several people.


def review(store: Store) -> list[str]:
    with store.write() as session:
        proposing.note_everybody(session)
    proposing.catch_up(store, NOW)
    with store.read() as session:
        pairs, _ = likely.review(session, 9)
        return [likely.in_words(pair.likeness) for pair in pairs]


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("周文静", "周文静", True),
        ("周文静", "周女士", True),
        ("阿依古丽·买买提", "阿依古丽•买买提", True),
        ("阿依古丽·买买提", "阿依古丽买买提", True),
        ("阿依古丽·买买提", "阿依古丽。买买提", True),
        ("阿依古丽·买买提", "阿依古丽 买买提", True),
        ("周文静", "周*静", True),
        ("周文静", "李建国", False),
        ("周文静", "李女士", False),
        ("周文静", "周文婷", False),
    ],
)
def test_a_phone_in_two_lists_is_one_person_unless_the_names_contradict(
    one: str, other: str, together: bool, hub_store: Store, tmp_path: Path
) -> None:
    lists = [
        ({"姓名": one, "手机": "13800004127"}, "a.csv"),
        ({"姓名": other, "手机": "+86 138 0000 4127"}, "b.csv"),
    ]
    for row, name in lists:
        bring(hub_store, tmp_path, row, name=name)
    assert len(people(hub_store)) == (1 if together else 2)
    assert review(hub_store) == ([] if together else ["the same mobile number, but another name"])
    for row, name in lists:
        assert not bring(hub_store, tmp_path, row, name=name, days=1).changed_anything
    for row, name in lists:
        bring(hub_store, tmp_path, row | {"城市": "杭州"}, name=f"new{name}", days=2)
    assert [her.city for her in people(hub_store)] == ["杭州"] * (1 if together else 2)


@pytest.mark.parametrize("phone", ["17000004127", "171-0000-4127"])
def test_a_phone_of_a_virtual_operator_is_rung_and_names_nobody(
    hub_store: Store, tmp_path: Path, phone: str
) -> None:
    lent, plain = CARD | {"手机": phone}, phone.replace("-", "")
    bring(hub_store, tmp_path, lent, lent | {"会员号": "", "卡号": "VIP0002"})
    assert [her.phone for her in people(hub_store)] == [plain, plain]
    assert not [key for key in keys(hub_store) if key[0] == "phone"]
    bring(hub_store, tmp_path, lent, name="b.csv", days=1)
    assert len(people(hub_store)) == 2


def test_two_member_ids_behind_one_phone_are_two_people(hub_store: Store, tmp_path: Path) -> None:
    rows = [{"会员号": number, "姓名": "周文静", "手机": "13800004127"} for number in ("M1", "M2")]
    bring(hub_store, tmp_path, *rows)
    assert len(people(hub_store)) == 2
    assert not bring(hub_store, tmp_path, *rows).changed_anything


def test_a_landline_is_the_same_however_it_is_written(hub_store: Store, tmp_path: Path) -> None:
    written = ("0571-88001234", "057188001234", "+86 571 8800 1234", "(0571) 88001234")
    rows = [{"姓名": "周文静", "电话": phone} for phone in written]
    bring(hub_store, tmp_path, *rows)
    assert len(people(hub_store)) == 1
    assert keys(hub_store) == {("phone", "", "0571-88001234")}


def test_a_landline_kept_without_its_dash_is_known_again(hub_store: Store, tmp_path: Path) -> None:
    row = {"姓名": "周文静", "电话": "0571-88001234"}
    bring(hub_store, tmp_path, row)
    with hub_store.write() as session:
        session.scalars(select(Identity)).one().value = "057188001234"
    bring(hub_store, tmp_path, row | {"城市": "杭州"}, name="b.csv")
    assert len(people(hub_store)) == 1


def test_linking_takes_consents_and_cards_along(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, tmp_path, SIGN_UP, SIGN_UP | {"姓名": "李建国", "手机号": "13900004128"})
    bring(hub_store, tmp_path, CARD | {"客户姓名": "李建国", "手机": "13900004128"}, name="b.csv")
    one, other = people(hub_store)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        linking.link(session, other.id, one.id, NOW)
    with hub_store.read() as session:
        assert set(session.scalars(select(Consent.customer_id))) == {other.id}
        assert session.scalar(select(func.count()).select_from(Consent)) == 2
    later = CARD | {"客户姓名": "李建国", "手机": "13900004128", "余额": "200"}
    bring(hub_store, tmp_path, later, name="c.csv", days=1)
    assert standing(hub_store) == (0, 200)
    with hub_store.read() as session:
        assert set(session.scalars(select(CardEntry.customer_id))) == {other.id}


def test_what_was_brought_is_told_to_the_feed(hub_store: Store, tmp_path: Path) -> None:
    touched: list[tuple[str, str]] = []
    path = files.members(tmp_path / "list.csv", SIGN_UP | CARD)
    import_files(hub_store, [path], now=NOW, after=lambda _, report: touched.extend(report.touched))
    tables: Sequence[type[Customer | Consent | CardEntry | Identity]]
    tables = (Customer, Consent, CardEntry, Identity)
    with hub_store.read() as session:
        expected = {
            (table.__tablename__, one)
            for table in tables
            for one in session.scalars(select(table.__table__.c.id))
        }
    assert set(touched) == expected
