"""Her orders as a desk's file tells them, which has fewer indexes than a hub's."""

from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.orders.service import of_customer
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.store import Store
from tests.makers import make_customer, make_order
from tests.stores import statements


def make_line(session: Session, order: Order, title: str, fen: int) -> None:
    told = {"order_id": order.id, "customer_id": order.customer_id, "position": 0, "units": 1}
    session.add(OrderLine(id=f"{order.id}:{title}", title=title, price_fen=fen, **told))


def two_with_an_order_each(store: Store) -> tuple[Customer, Customer]:
    with store.write() as session:
        one, other = make_customer(session), make_customer(session)
        for customer in (one, other):
            order = make_order(session, customer)
            make_line(session, order, "大酵素", 100)
            make_line(session, order, "胶原蛋白饮", 900)
    return one, other


def test_the_parts_of_her_orders_come_the_dearest_first(desk_store: Store) -> None:
    one, _ = two_with_an_order_each(desk_store)
    with desk_store.read() as session:
        (order,) = of_customer(session, one.id)
    assert [part.title for part in order.parts] == ["胶原蛋白饮", "大酵素"]


def test_a_desk_looks_through_nobody_elses_orders(desk_store: Store) -> None:
    one, _ = two_with_an_order_each(desk_store)
    with statements(desk_store.engine) as seen, desk_store.read() as session:
        of_customer(session, one.id)
    asked = [sql for sql in seen if sql.startswith("SELECT") and "order" in sql]
    assert len(asked) == 2
    with desk_store.engine.connect() as connection:
        for sql in asked:
            steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
            assert not [step for *_, step in steps if step.startswith("SCAN")], sql
