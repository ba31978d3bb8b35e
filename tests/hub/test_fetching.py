"""A real desk fetches a stream from the real hub over a line that breaks, while others write."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.hub.snapshot import USUAL
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.client import HubOutOfReach
from lumi_desk.sync.tables import Held, Outbox, SyncMeta
from tests.hubs import Hub, Line
from tests.makers import hub_with_rep, make_customer, make_order
from tests.sync.test_rounds import audit, move, rows


class Breaking(Line):
    """A line that breaks in the middle of the second sheet of a snapshot of customers, once."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub.client)
        self.broke = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        first, _, rest = answer.content.partition(b"\n")
        if self.broke or request.url.path != "/v1/snapshot" or b'"customer"' not in first:
            return answer
        self.broke = True

        def torn() -> Iterator[bytes]:
            yield first + b"\n" + rest[:200]
            raise httpx2.ReadError("the line broke", request=request)

        return httpx2.Response(200, headers=answer.headers, content=torn())


@pytest.fixture
def hub(hub_store: Store, tmp_path: Path) -> Hub:
    return Hub(hub_store, tmp_path)


def give_many(hub: Hub, rep: str) -> list[str]:
    """More customers than two sheets hold, the first and the last with an order."""
    with hub.store.write() as session:
        feed.watch(session)
        found = [make_customer(session, rep) for _ in range(2 * USUAL.roots + 1)]
        for one in (found[0], found[-1]):
            make_order(session, one)
        ids = [one.id for one in found]
        feed.publish(session)
    return ids


def agrees(desk: Desk, hub: Hub, rep: str) -> None:
    """The desk holds what the hub says is hers, row by row."""
    here, there = rows(desk.store), rows(hub.store)
    with hub.store.read() as session:
        hers = set(session.scalars(select(Customer.id).where(Customer.rep_id == rep)))
    with desk.store.read() as session:
        assert set(session.scalars(select(Customer.id))) == hers
        assert session.scalar(select(Outbox.op_id).limit(1)) is None
    for name in ("customer", "order"):
        assert set(here[name]) <= set(there[name])
    with hub.store.read() as session:
        orders = set(session.scalars(select(Order.id).where(Order.customer_id.in_(hers))))
    with desk.store.read() as session:
        assert set(session.scalars(select(Order.id))) == orders


@pytest.mark.parametrize("restored", [False, True])
def test_what_is_torn_is_gone_on_with_and_comes_out_right(hub: Hub, restored: bool) -> None:
    lin, wang = hub_with_rep(hub.store), hub_with_rep(hub.store, "wang")
    hers = give_many(hub, lin)
    line = Breaking(hub)
    desk = hub.desk("lin", line)
    with pytest.raises(HubOutOfReach):
        desk.sync_round()
    assert line.broke
    with desk.store.read() as session:
        kept = len(session.scalars(select(Held.pk).where(Held.entity == "customer")).all())
    assert kept == USUAL.roots
    # One whom the first sheet brought goes, one of the last sheet too, and one comes.
    move(hub, [hers[0], hers[-1]], wang)
    with hub.store.write() as session:
        feed.watch(session)
        make_order(session, make_customer(session, lin))
        feed.publish(session)
        if restored:
            session.get_one(SyncMeta, 1).epoch = new_id()
    for _ in range(3):
        desk.sync_round()
    assert desk.is_whole()
    agrees(desk, hub, lin)
    audit(hub.store)
