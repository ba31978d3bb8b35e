"""Lists of people that know her by different ids, in any order: she is one person in the end."""

import csv
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Refusal
from lumi_desk.customers.tables import Customer, Identity, Tag
from lumi_desk.customers.tags.rules import Source
from lumi_desk.hub import linking
from lumi_desk.ids import new_id
from lumi_desk.imports.mapping import Wish
from lumi_desk.imports.service import import_files
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from tests.stores import sqlite_hub

NOW = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
NAMES = ("王芳", "李娜", "欧阳锋", "单雪梅")
# What each list has of a person; together they say that all of it is hers.
LISTS: Mapping[str, Sequence[str]] = {
    "wechat": ("姓名", "手机", "微信号", "生日"),
    "members": ("姓名", "手机", "会员号", "历史订单号"),
    "sign-ups": ("姓名", "微信号", "城市"),
    "cards": ("卡号", "姓名", "手机", "本金余额", "赠金余额", "开卡日期"),
    "orders": ("订单号", "下单时间", "付款时间", "订单金额", "收货人", "手机", "会员号"),
}


def person(n: int) -> dict[str, str]:
    return {
        "姓名": NAMES[n],
        "收货人": NAMES[n],
        "手机": f"1380000412{n}",
        "微信号": f"wx_her_{n}",
        "生日": f"1970-05-1{n}",
        "会员号": f"V100{n}",
        "城市": "杭州",
        "卡号": f"8800000{n}",
        "本金余额": "100",
        "赠金余额": "10",
        "开卡日期": "2026-01-05",
        "历史订单号": f"260503000000000{n}017",
        "订单号": f"260503000000000{n}017",
        "下单时间": f"2026-05-0{n + 1} 10:00:00",
        "付款时间": f"2026-05-0{n + 1} 10:01:00",
        "订单金额": "800.00",
    }


def write(folder: Path, name: str, people: Sequence[int]) -> Path:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, LISTS[name], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(map(person, people))
    path = folder / f"{name}.csv"
    path.write_text(out.getvalue(), "utf-8")
    return path


def bring(store: Store, path: Path) -> None:
    import_files(store, [path], now=NOW, wish=Wish(confirmed=True))


def state(store: Store) -> list[tuple[object, ...]]:
    """Each person with all that is known of her, and whose the orders are."""
    with store.read() as session:
        hers: dict[str, list[str]] = {}
        for key in session.scalars(select(Identity)):
            hers.setdefault(key.customer_id, []).append(f"{key.kind} {key.scope} {key.value}")
        for order in session.scalars(select(Order)):
            hers.setdefault(order.customer_id or "", []).append(f"order {order.number}")
        return sorted(
            (one.name, one.phone, one.wechat, str(one.birthday), *sorted(hers.get(one.id, ())))
            for one in session.scalars(select(Customer))
        )


@given(
    st.permutations([*LISTS, *LISTS]),
    st.dictionaries(st.sampled_from([*LISTS]), st.sets(st.integers(0, 3), min_size=1)),
)
@settings(max_examples=40)
def test_lists_in_any_order_twice_give_the_same_people(
    hub_file: Path, order: list[str], some: dict[str, set[int]]
) -> None:
    states = []
    with tempfile.TemporaryDirectory() as name:
        files = {one: write(Path(name), one, sorted(some.get(one, range(4)))) for one in LISTS}
        for n, names in enumerate(([*LISTS], order)):
            folder = Path(name) / str(n)
            folder.mkdir()
            store = sqlite_hub(hub_file, folder)
            for one in names:
                bring(store, files[one])
            states.append(state(store))
            store.close()
    assert states[0] == states[1]


def held(session: Session, _: str, other: str) -> None:
    session.get_one(Customer, other).rep_id = new_id()


def refused(session: Session, _: str, other: str) -> None:
    told = {"rep_id": new_id(), "at": NOW, "words": "", "withdrawn_at": None, "ver": 1}
    session.add(Refusal(id=new_id(), customer_id=other, **told))


def tagged(session: Session, _: str, other: str) -> None:
    told = {"rep_id": None, "at": NOW, "removed_at": None, "removed_by": None, "ver": 1}
    session.add(Tag(id=new_id(), customer_id=other, name="大客户", source=Source.HAND, **told))


def set_apart(session: Session, one: str, other: str) -> None:
    linking.set_apart(session, one, other, NOW)


def of_another_name(session: Session, _: str, other: str) -> None:
    session.get_one(Customer, other).name = "赵敏"


def born_otherwise(session: Session, one: str, other: str) -> None:
    session.get_one(Customer, one).birthday = NOW.date().replace(year=1980)
    session.get_one(Customer, other).birthday = NOW.date().replace(year=1981)


@pytest.mark.parametrize(
    "happened", [held, refused, tagged, set_apart, of_another_name, born_otherwise]
)
def test_what_people_said_or_wrote_keeps_them_two(
    happened: Callable[[Session, str, str], None], hub_store: Store, tmp_path: Path
) -> None:
    """The review list shows them: no file decides over what somebody knows of her."""
    for name in ("wechat", "orders"):
        bring(hub_store, write(tmp_path, name, [0]))
    with hub_store.write() as session:
        other = session.scalars(select(Customer.id).where(Customer.wechat != "")).one()
        one = session.scalars(select(Customer.id).where(Customer.wechat == "")).one()
        happened(session, one, other)
    bring(hub_store, write(tmp_path, "members", [0]))
    with hub_store.read() as session:
        assert set(session.scalars(select(Customer.id))) == {one, other}


def test_what_a_rule_gave_goes_with_her(hub_store: Store, tmp_path: Path) -> None:
    for name in ("wechat", "orders"):
        bring(hub_store, write(tmp_path, name, [0]))
    with hub_store.write() as session:
        other = session.scalars(select(Customer.id).where(Customer.wechat != "")).one()
        told = {"rep_id": None, "at": NOW, "removed_at": None, "removed_by": None, "ver": 1}
        session.add(Tag(id=new_id(), customer_id=other, name="新", source=Source.RULE, **told))
    bring(hub_store, write(tmp_path, "members", [0]))
    with hub_store.read() as session:
        (her,) = session.scalars(select(Customer))
        assert (her.wechat, str(her.birthday)) == ("wx_her_0", "1970-05-10")
        assert session.scalars(select(Tag)).all() == []
