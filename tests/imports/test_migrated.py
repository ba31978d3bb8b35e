"""Orders from before it was kept what exports say of their lines: they stay as they are."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, Table, insert, select, text

from lumi_desk import schema
from lumi_desk.imports.tables import OrderTrace
from lumi_desk.orders.tables import Order
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from tests.imports.test_cut_orders import FIRST, NAMES, NOW, SECOND, bring, row, sums, write

NUMBER = 310002603863655001
CREATED = NOW.replace(day=1, hour=2, minute=0, second=5)
ORDER = {
    "id": "o1",
    "ver": 1,
    "key": f"旗舰店:{NUMBER}",
    "number": str(NUMBER),
    "shop": "旗舰店",
    "status": "paid",
    "created_at": to_millis(CREATED),
    "paid_at": to_millis(CREATED),
    "total_fen": 6000,
    "paid_fen": 6000,
    "title": "酵素粉",
}
TRACE = {"order_id": "o1", "shown": str(NUMBER), "as_of": to_millis(NOW.replace(day=10, hour=4))}


@pytest.fixture
def old(bare_engine: Engine) -> Engine:
    """A hub of the revision before, with an order of which the last file told one line only."""
    with bare_engine.connect() as connection, connection.begin():
        schema._run_alembic(connection, ["shared_0005", "hub_0016"])
        metadata = MetaData()
        for name, values in (("order", ORDER), ("order_trace", TRACE)):
            connection.execute(insert(Table(name, metadata, autoload_with=connection)), [values])
    return bare_engine


def test_what_was_imported_stays(old: Engine) -> None:
    schema.upgrade(old, schema.HUB)
    with Store(old).read() as session:
        trace = session.scalars(select(OrderTrace)).one()
        assert (trace.order_id, trace.shown, trace.tellings) == ("o1", str(NUMBER), None)
        assert trace.unsold is False
        assert session.scalars(select(Order.total_fen)).one() == 6000
        assert session.execute(text("SELECT tellings FROM order_trace")).one() == (None,)


@pytest.mark.parametrize("places", [(0, 1), (1, 0)])
def test_files_that_come_once_more_make_it_whole(
    places: tuple[int, int], old: Engine, tmp_path: Path
) -> None:
    schema.upgrade(old, schema.HUB)
    store = Store(old)
    lines = [row(NUMBER, 0, FIRST), row(NUMBER, 1, SECOND)]
    paths = [write(tmp_path, 10, NAMES, [one]) for one in lines]
    for place in (*places, *places):
        bring(store, [paths[place]], NAMES)
    assert sums(store) == [(10_000, 10_000, "paid")]
