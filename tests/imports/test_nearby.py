"""Which stored orders a row may speak of though its number does not say so."""

from datetime import timedelta
from pathlib import Path

import pytest

from lumi_desk.imports import columns, nearby, running
from lumi_desk.imports.columns import OrderRow
from lumi_desk.imports.service import import_files
from lumi_desk.storage.spool import Spool
from lumi_desk.storage.store import Store
from tests.imports import files
from tests.makers import NOW, make_order
from tests.stores import sqlite_hub, statements

SHOP = "旗舰店"
CREATED = NOW.replace(second=5)


def _row(shop: str = SHOP) -> OrderRow:
    cells = {"number": "1", "created": "2017-05-30 23:18:45", "total": files.ORDER["总金额"]}
    return columns.order_row("o.csv", 2, cells, shop)._replace(created_at=CREATED)


def _around(store: Store, shop: str = SHOP, *, rounded: bool) -> set[str]:
    with store.read() as session, Spool() as spool:
        return set(nearby.Nearby(session, spool, rounded=rounded).of([_row(shop)]))


def test_whole_numbers_can_be_those_that_were_rounded(hub_store: Store) -> None:
    seconds = timedelta(seconds=50)
    with hub_store.write() as session:
        whole = make_order(session, None, number="21402600386365532", created_at=CREATED).id
        told = {"created_at": CREATED + seconds, "rounded": True}
        rounded = make_order(session, None, **told).id
        make_order(session, None, created_at=CREATED - timedelta(minutes=1), rounded=True)
        make_order(session, None, created_at=CREATED, rounded=True, shop="另一家")
    assert _around(hub_store, rounded=False) == {rounded}
    assert _around(hub_store, rounded=True) == {whole, rounded}
    assert _around(hub_store, "第三家", rounded=True) == set()


def test_all_orders_are_gone_through(hub_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "_AT_ONCE", 3)
    with hub_store.write() as session:
        made = {make_order(session, None, created_at=CREATED, rounded=True).id for _ in range(8)}
    assert _around(hub_store, rounded=False) == made


def test_an_import_goes_through_them_once(
    hub_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many pieces it has: what is stored may be a hundred times as much."""
    monkeypatch.setattr(running, "PIECE", 2)
    hub = sqlite_hub(hub_file, tmp_path)
    numbers = [f"214026003863655321{n}" for n in range(1, 8)]
    days = [{"订单编号": one, "订单创建时间": f"2017-05-{one[-1]} 10:00:00"} for one in numbers]
    path = files.orders(tmp_path / "o.csv", *days)
    with statements(hub.engine) as said:
        import_files(hub, [path], now=NOW)
    hub.close()
    asked = [one.rpartition("WHERE")[2] for one in said if 'FROM "order"' in one]
    assert sum(".rounded" in one for one in asked) == 1
    assert sum(".number IN" in one for one in asked) > 1
