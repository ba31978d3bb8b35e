"""Errors of a database server: in words, and without a phone number."""

import traceback

import pytest
from sqlalchemy import select, text

from lumi_desk.customers.tables import Identity
from lumi_desk.ids import new_id
from lumi_desk.storage import engines
from lumi_desk.storage.base import NulInText
from lumi_desk.storage.engines import Busy, DatabaseAway
from lumi_desk.storage.store import Store
from tests.makers import NOW, make_customer

PHONE = "13812344127"


def test_a_broken_rule_does_not_quote_the_row(hub_store: Store) -> None:
    def twice() -> None:
        with hub_store.write() as session:
            told = {"customer_id": "c", "kind": "phone", "value": PHONE, "since": NOW}
            session.add_all([Identity(id=new_id(), **told), Identity(id=new_id(), **told)])

    with pytest.raises(Exception, match=r"(?i)unique") as caught:
        twice()
    assert PHONE not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "broken",
    [
        "SELECT CAST(:phone AS BIGINT) FROM nowhere",
        "INSERT INTO customer (id, name) VALUES (:phone, NULL)",
        "SELECT CAST('x' || :phone AS BIGINT)",
    ],
)
def test_no_failing_query_says_what_it_was_about(hub_store: Store, broken: str) -> None:
    told = ""
    try:
        with hub_store.write() as session:
            session.execute(text(broken), {"phone": PHONE})
    except Exception as error:  # noqa: BLE001  (whatever it is, it must not say the number)
        told = "".join(traceback.format_exception(error))
    assert told or not hub_store.on_postgres
    assert PHONE not in told


def test_half_a_character_is_refused_in_words(hub_store: Store) -> None:
    with pytest.raises(NulInText, match="position 1"), hub_store.write() as session:
        make_customer(session, name="周\ud83d")


@pytest.mark.postgres
def test_a_server_that_is_away_is_said(postgres_url: str) -> None:
    closed = Store(engines.postgres(postgres_url.replace("@127.0.0.1:", "@127.0.0.1:1")))
    with pytest.raises(DatabaseAway), closed.read() as session:
        session.execute(text("SELECT 1"))


@pytest.mark.postgres
def test_a_line_that_breaks_in_the_middle_is_said_and_mended(postgres_url: str) -> None:
    store = Store(engines.postgres(postgres_url))

    def killed() -> None:
        with store.write() as session:
            mine = session.scalar(text("SELECT pg_backend_pid()"))
            with store.read() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
            session.execute(text("SELECT 1"))

    with pytest.raises(DatabaseAway):
        killed()
    with store.read() as session:
        assert session.scalar(select(1)) == 1
    store.close()


@pytest.mark.postgres
def test_a_line_that_broke_while_it_rested_is_mended_unseen(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_REST_SECONDS", 0.0)
    store, other = Store(engines.postgres(postgres_url)), Store(engines.postgres(postgres_url))
    with store.read() as session:
        resting = session.scalar(text("SELECT pg_backend_pid()"))
    with other.read() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": resting})
    with store.read() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != resting
    store.close()
    other.close()


@pytest.mark.postgres
def test_a_line_that_has_just_broken_is_said_and_made_anew(postgres_url: str) -> None:
    store, other = Store(engines.postgres(postgres_url)), Store(engines.postgres(postgres_url))
    with store.read() as session:
        mine = session.scalar(text("SELECT pg_backend_pid()"))
    with other.read() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    with pytest.raises(DatabaseAway), store.write() as session:
        session.scalar(select(1))
    with store.write() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != mine
    store.close()
    other.close()


@pytest.mark.postgres
def test_a_statement_that_takes_too_long_is_ended_and_said(postgres_url: str) -> None:
    store = Store(engines.postgres(postgres_url, longest_s=1))
    with pytest.raises(Busy), store.read() as session:
        session.execute(text("SELECT pg_sleep(20)"))
    store.close()
