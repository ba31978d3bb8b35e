"""A server plans for the tables as they are while an import fills them, not as they were."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.hub import intake
from lumi_desk.imports.tables import OrderTrace
from lumi_desk.orders.tables import Order
from lumi_desk.storage.growing import count_anew
from lumi_desk.storage.store import Store
from tests.bench.test_imports import as_csv

NOW = datetime(2026, 11, 1, tzinfo=UTC)
COUNTED = text("SELECT reltuples FROM pg_class WHERE relname = :name")
on_a_server = pytest.mark.parametrize("hub_store", ["postgres"], indirect=True)


def counted(store: Store, table: Any) -> int:
    with store.look() as connection:
        return int(connection.scalar(COUNTED, {"name": table.name}))


@on_a_server
@pytest.mark.parametrize("table", [Order, OrderTrace, Identity, Customer])
def test_what_an_import_fills_is_counted_before_its_end(
    hub_store: Store, tmp_path: Path, table: Any
) -> None:
    with hub_store.write() as session:
        session.execute(text("ANALYZE"))
    seen: list[int] = []

    def before_the_commit() -> None:
        # Counts are seen by others at once.
        seen.append(counted(hub_store, table.__table__))

    files = [as_csv(tmp_path / "o.csv", 3000)]
    intake.take_in(hub_store, files, intake.ORDERS, now=NOW, settled=before_the_commit)
    assert seen[0] >= 600


@on_a_server
def test_a_large_table_is_not_counted_again(hub_store: Store, tmp_path: Path) -> None:
    files = [as_csv(tmp_path / "o.csv", 1500)]
    intake.take_in(hub_store, files, intake.ORDERS, now=NOW)
    orders = Order.__table__
    with hub_store.write() as session:
        session.execute(text("ANALYZE"))
        session.execute(text('DELETE FROM "order"'))
        count_anew(session, orders, 999, times=10)
        count_anew(session, orders, 1500, times=1)
    assert counted(hub_store, orders) == 1500


def test_a_file_needs_no_counting(hub_store: Store) -> None:
    with hub_store.write() as session:
        count_anew(session, Order.__table__, 5000)
