"""What everybody has to take, read at once: the same as her own desk says of each."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.tables import Product
from lumi_desk.customers.run_out import service as run_outs
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import running_out
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import OrderLine
from lumi_desk.storage.store import Store
from tests import makers
from tests.makers import NOW

# Units, fen each, product, line.
parts = st.tuples(
    st.integers(0, 3),
    st.sampled_from([0, 10, 20]),
    st.sampled_from([None, "dream", "unknown"]),
    st.sampled_from(["collagen", "enzyme", ""]),
)
# Days ago, days on the way, fen kept, whether a card was bought, parts of different worth.
bought = st.tuples(
    st.sampled_from([-1, 0, 3, 200, 399, 401]),
    st.sampled_from([None, 2]),
    st.sampled_from([0, 100]),
    st.booleans(),
    st.lists(parts, max_size=3, unique_by=lambda one: one[0] * one[1]),
)
people = st.lists(
    st.tuples(st.integers(1, 3), st.lists(bought, max_size=4)), min_size=1, max_size=4
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(people)
def test_everybody_is_read_as_each_desk_reads_one(hub_store: Store, told: Any) -> None:
    with hub_store.write() as session, session.begin_nested() as all_of_it:
        ware = {"name": "梦胶原", "line": "enzyme", "unit": "盒", "price_fen": 1}
        session.add(Product(id="dream", code="dream", days_per_unit=30, **ware))
        ids = [_kept(session, *one) for one in told]
        session.flush()
        found = running_out.everybody(session, NOW)
        for one in ids:
            her = session.get_one(Customer, one)
            assert found.get(one) == run_outs.of_customer(session, one, her.household, NOW)
        assert found.keys() <= set(ids)
        all_of_it.rollback()


def _kept(session: Session, household: int, orders: Any) -> str:
    customer = makers.make_customer(session, household=household)
    for ago, way, fen, card, some in orders:
        order = makers.make_order(session, customer, fen=fen, paid_at=NOW - timedelta(days=ago))
        order.delivered_at = None if way is None else NOW - timedelta(days=ago - way)
        if card:
            entry = {"customer_id": customer.id, "at": NOW, "kind": "open", "principal_fen": 1}
            session.add(CardEntry(id=new_id(), order_id=order.id, **entry))
        for place, (units, price, product, line) in enumerate(some):
            told = {"product_id": product, "units": units, "price_fen": price, "line": line}
            session.add(
                OrderLine(id=new_id(), order_id=order.id, customer_id=customer.id,
                          position=place, title="x", **told)
            )  # fmt: skip
    return customer.id
