"""Transactions: all or nothing, writers queue, and who wrote what is announced."""

import contextlib
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from lumi_desk.customers.tables import Customer
from lumi_desk.errors import LumiError
from lumi_desk.people.tables import Team
from lumi_desk.storage import engines
from lumi_desk.storage.base import NulInText
from lumi_desk.storage.store import Store, drive, touch
from tests.makers import make_customer


def test_a_write_keeps_all_or_nothing(desk_store: Store) -> None:
    def half_a_write() -> None:
        with desk_store.write() as session:
            make_customer(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_a_write()
    with desk_store.read() as session:
        assert session.scalars(select(Customer)).all() == []


def test_read_then_write_transactions_queue(desk_store: Store) -> None:
    with desk_store.write() as session:
        customer_id = make_customer(session, household=0).id

    def count_up() -> None:
        for _ in range(25):
            with desk_store.write() as session:
                session.get_one(Customer, customer_id).household += 1

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with desk_store.read() as session:
        assert session.get_one(Customer, customer_id).household == 100


def test_each_write_is_made_sure_of_as_it_asks(desk_store: Store) -> None:
    asked = []
    for lasting in (True, False, False, True):
        with desk_store.write(lasting=lasting) as session:
            asked.append(session.connection().exec_driver_sql("PRAGMA synchronous").scalar())
    full, normal = 2, 1
    assert asked == [full, normal, normal, full]


def test_a_commit_announces_the_tables_it_touched(desk_store: Store) -> None:
    heard: list[frozenset[str]] = []
    forget = desk_store.subscribe(heard.append)
    with desk_store.write() as session:
        make_customer(session)
    with desk_store.write() as session:
        session.execute(update(Customer).values(city="杭州"))
    with desk_store.write() as session:
        session.execute(delete(Customer))
    with desk_store.write() as session:
        touch(session, "order")
    with desk_store.write():
        pass
    forget()
    with desk_store.write() as session:
        make_customer(session)
    assert heard == [frozenset({"customer"})] * 3 + [frozenset({"order"})]


def test_a_write_that_fails_announces_nothing(desk_store: Store) -> None:
    heard: list[frozenset[str]] = []
    desk_store.subscribe(heard.append)

    def fail() -> None:
        with desk_store.write() as session:
            make_customer(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert heard == []


def test_an_invisible_character_is_refused_in_words(desk_store: Store) -> None:
    with pytest.raises(NulInText, match="position 2"), desk_store.write() as session:
        make_customer(session, name="周文\0静")


@pytest.mark.parametrize("how", ["read", "snapshot"])
def test_a_reading_sees_one_moment_and_keeps_nothing(hub_store: Store, how: str) -> None:
    many = text("SELECT count(*) FROM team")
    with getattr(hub_store, how)() as reading:
        before = reading.execute(many).scalar_one()
        with hub_store.write() as session:
            session.add(Team(id="t", name="一组"))
        assert reading.execute(many).scalar_one() == before
    with (
        contextlib.suppress(DBAPIError, LumiError),
        getattr(hub_store, how)() as reading,
    ):
        reading.execute(text("UPDATE team SET name = 'x'"))
    with hub_store.look() as connection:
        assert connection.execute(text("SELECT name FROM team")).scalars().all() == ["一组"]


def test_a_connection_comes_back_outside_of_any_transaction(hub_store: Store) -> None:
    broken = text("SELECT nothing FROM nowhere")
    for _ in range(2):
        with pytest.raises(DBAPIError), hub_store.write() as session:
            session.execute(broken)
        with pytest.raises(DBAPIError), hub_store.look() as connection:
            connection.execute(broken)
        with hub_store.look() as connection:
            driver: Any = connection.connection.driver_connection
            if hub_store.on_postgres:
                assert driver.info.transaction_status == 0
            else:
                assert not driver.in_transaction


def test_nothing_is_written_past_a_transaction_that_is_lost(tmp_path: Path) -> None:
    store = Store(engines.plain(tmp_path / "plain.db"))
    with store.write() as session:
        drive(session, "CREATE TABLE t (n)")

    def goes_on() -> None:
        with store.write() as session:
            drive(session, "INSERT INTO t VALUES (1)")
            session.rollback()
            drive(session, "INSERT INTO t VALUES (2)")

    with pytest.raises(InvalidRequestError):
        goes_on()
    with store.glance() as driver:
        assert driver.execute("SELECT n FROM t").fetchall() == []
    store.close()
