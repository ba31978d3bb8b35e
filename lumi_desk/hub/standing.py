"""How a hub stands: counts of what it holds, its streams, the desks that were seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lumi_desk import schema
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.tables import Product
from lumi_desk.customers.tables import Customer
from lumi_desk.hub.deliver import epoch
from lumi_desk.orders.tables import Order, Sale
from lumi_desk.people.tables import Credential, Person, Team
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import SyncClient, SyncStream


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the keeper sees her."""

    login: str
    name: str
    role: str
    team: str
    active: bool
    customers: int


@dataclass(frozen=True, slots=True)
class SeenDesk:
    """A desk that has signed in, and when it was last seen."""

    id: str
    login: str
    version: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class HubStanding:
    """Everything `lumi-hub status` tells. `customers` are per pool; `bytes` is the database."""

    engine: str
    schema: tuple[str, ...]
    epoch: str
    bytes: int
    people: tuple[Member, ...]
    customers: dict[str, int]
    unassigned: int
    orders: int
    orders_without_person: int
    card_entries: int
    products: int
    sales: dict[str, int]
    streams: dict[str, int]
    desks: tuple[SeenDesk, ...]


def members(session: Session) -> tuple[Member, ...]:
    """Everybody who can or could sign in, by name of sign-in."""
    held = select(Customer.rep_id, func.count().label("many")).group_by(Customer.rep_id).subquery()
    asked = (
        select(Credential.login, Person.name, Person.role, Team.name, Person.active, held.c.many)
        .join(Person, Person.id == Credential.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(held, held.c.rep_id == Person.id)
        .order_by(Credential.login)
    )
    return tuple(
        Member(login, name, role, team or "", active, many or 0)
        for login, name, role, team, active, many in session.execute(asked)
    )


def standing(store: Store) -> HubStanding:
    """Count everything, from one snapshot."""
    revisions = tuple(sorted(schema.stored_revisions(store.engine)))
    with store.read() as session:
        return HubStanding(
            engine="PostgreSQL" if store.on_postgres else "SQLite",
            schema=revisions,
            epoch=epoch(session),
            bytes=_size(session, on_postgres=store.on_postgres),
            people=members(session),
            customers=_by(session, Customer.pool),
            unassigned=_count(session, Customer.rep_id.is_(None)),
            orders=_count(session, Order.id.is_not(None)),
            orders_without_person=_count(session, Order.customer_id.is_(None)),
            card_entries=_count(session, CardEntry.id.is_not(None)),
            products=_count(session, Product.active.in_((True,))),
            sales=_by(session, Sale.state),
            streams=_streams(session),
            desks=_desks(session),
        )


def _count(session: Session, condition: Any) -> int:
    return session.scalar(select(func.count()).where(condition)) or 0


def _by(session: Session, column: Any) -> dict[str, int]:
    asked = select(column, func.count()).group_by(column).order_by(column)
    return {str(value): count for value, count in session.execute(asked)}


def _streams(session: Session) -> dict[str, int]:
    asked = select(SyncStream.id, SyncStream.head).order_by(SyncStream.id)
    return {stream: head for stream, head in session.execute(asked)}  # noqa: C416  (typed rows)


def _desks(session: Session) -> tuple[SeenDesk, ...]:
    asked = (
        select(SyncClient.id, Credential.login, SyncClient.version, SyncClient.seen_at)
        .outerjoin(Credential, Credential.person_id == SyncClient.person_id)
        .order_by(SyncClient.seen_at.desc())
    )
    return tuple(
        SeenDesk(desk, login or "", version, seen_at)
        for desk, login, version, seen_at in session.execute(asked)
    )


def _size(session: Session, *, on_postgres: bool) -> int:
    if on_postgres:
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages = session.scalar(text("SELECT page_count FROM pragma_page_count"))
    size = session.scalar(text("SELECT page_size FROM pragma_page_size"))
    return int(pages or 0) * int(size or 0)
