"""A customer known by an id only gets the name that is told later, unless a rep has named her."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.imports.service import import_files
from lumi_desk.storage.store import Store

NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
HEADER = "订单编号,总金额,买家实际支付金额,订单状态,订单创建时间,收货人姓名"


def bring(store: Store, path: Path, header: str, *rows: str) -> None:
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    import_files(store, [path], now=NOW)


def names(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.scalars(select(Customer.name)))


def order(number: int, receiver: str, who: str) -> str:
    return f"21402600386365532{number},100,100,交易成功,2026-04-{number} 10:00:00,{receiver},{who}"


@pytest.mark.parametrize("column", ["买家open_uid", "会员ID"])
def test_an_id_gives_way_to_a_name(column: str, hub_store: Store, tmp_path: Path) -> None:
    header = f"{HEADER},{column}"
    bring(hub_store, tmp_path / "a.csv", header, order(10, "王**", "AAHk7x"))
    assert names(hub_store) == {"AAHk7x"}
    bring(hub_store, tmp_path / "b.csv", header, order(11, "王芳", "AAHk7x"))
    assert names(hub_store) == {"王芳"}


def test_what_a_rep_has_written_stays(hub_store: Store, tmp_path: Path) -> None:
    header = f"{HEADER},会员ID"
    bring(hub_store, tmp_path / "a.csv", header, order(10, "王**", "AAHk7x"))
    with hub_store.write() as session:
        session.scalars(select(Customer)).one().name = "王姐"
    bring(hub_store, tmp_path / "b.csv", header, order(11, "王芳", "AAHk7x"))
    assert names(hub_store) == {"王姐"}


def test_a_list_without_a_name_leaves_room_for_one(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, tmp_path / "list.csv", "会员ID,手机", "AAHk7x,13800004127")
    assert names(hub_store) == {"AAHk7x"}
    bring(hub_store, tmp_path / "b.csv", f"{HEADER},会员ID", order(11, "王芳", "AAHk7x"))
    assert names(hub_store) == {"王芳"}


def test_a_name_of_a_list_stays(hub_store: Store, tmp_path: Path) -> None:
    bring(hub_store, tmp_path / "list.csv", "姓名,会员ID,手机", "王小芳,AAHk7x,13800004127")
    bring(hub_store, tmp_path / "b.csv", f"{HEADER},会员ID", order(11, "李刚", "AAHk7x"))
    assert names(hub_store) == {"王小芳"}
