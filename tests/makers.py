"""One maker for each noun, with plausible values for what a test does not care about."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lumi_desk.calls.operations import Dial, LogContact
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.tables import DispositionRow
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Person
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed

# A Tuesday morning within calling hours: 10:00 in Shanghai.
NOW = datetime(2026, 11, 17, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 17)
PASSWORD = "a good long password"


def hub_with_rep(
    store: Store, login: str = "lin", team: str = "一组", role: Role = Role.REP
) -> str:
    """Add a person who can sign in with PASSWORD, and the two usual results of a call."""
    with store.write() as session:
        feed.watch(session)
        person = keeping.add_person(
            session, login=login, name=login.title(), role=role, password=PASSWORD, team=team
        )
        for code, answered in (("sold", True), ("no_answer", False)):
            if session.get(DispositionRow, code) is None:
                session.add(make_disposition(code, answered=answered))
        feed.publish(session)
        return person.id


def make_disposition(code: str, *, answered: bool) -> DispositionRow:
    return DispositionRow(id=code, answered=answered, position=1, zh=code, en=code)


def make_customer(session: Session, rep_id: str | None = None, **values: Any) -> Customer:
    defaults: dict[str, Any] = {"id": new_id(), "name": "周文静", "rep_id": rep_id}
    customer = Customer(**{**defaults, **values})
    session.add(customer)
    session.flush()
    return customer


def make_order(session: Session, customer: Customer | None, **values: Any) -> Order:
    fen = values.pop("fen", 49_800)
    paid_at = values.pop("paid_at", NOW - timedelta(days=26))
    defaults: dict[str, Any] = {
        "id": new_id(),
        "key": new_id(),
        "shop": "旗舰店",
        "customer_id": customer.id if customer else None,
        "status": "done",
        "created_at": paid_at,
        "paid_at": paid_at,
        "total_fen": fen,
        "goods_fen": fen,
        "paid_fen": fen,
    }
    order = Order(**{**defaults, **values})
    session.add(order)
    session.flush()
    return order


def make_card(session: Session, customer: Customer, fen: int = 1_200_000) -> CardEntry:
    entry = CardEntry(
        id=new_id(),
        customer_id=customer.id,
        at=NOW - timedelta(days=300),
        kind="open",
        principal_fen=fen,
    )
    session.add(entry)
    session.flush()
    return entry


def a_call(by: str, customer_id: str, **values: Any) -> LogContact:
    """An answered call of eight minutes that ended at NOW."""
    defaults: dict[str, Any] = {
        "id": new_id(),
        "customer_id": customer_id,
        "by": by,
        "at": NOW,
        "channel": "call",
        "started_at": NOW - timedelta(minutes=9),
        "ended_at": NOW - timedelta(minutes=1),
        "talk_seconds": 480,
        "wrap_up_seconds": 60,
        "dials": (Dial(NOW - timedelta(minutes=9), answered=True),),
        "disposition": "sold",
    }
    return LogContact(**{**defaults, **values})


def person(store: Store, person_id: str) -> Person:
    with store.read() as session:
        return session.get_one(Person, person_id)
