"""What a hub's keeper does: found a hub, add people, hand customers out."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, case, func, select, update
from sqlalchemy.orm import Session

from lumi_desk import schema
from lumi_desk.catalog import content
from lumi_desk.catalog.tables import Bundle, CardPlan, DispositionRow, Product, Setting
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import accounts
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Credential, Person, Team
from lumi_desk.scripts.tables import ScriptRow
from lumi_desk.security import passwords
from lumi_desk.security.roles import Right, Role, may
from lumi_desk.storage.among import chunks
from lumi_desk.storage.base import Table
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import PROTO, PROTO_MIN
from lumi_desk.sync.tables import Assignment, SyncMeta

LEAST_CHARACTERS = 8
# Four groups of four of these 32 letters are easy to read out, and hard to guess.
_CLEAR = "abcdefghijkmnpqrstuvwxyz23456789"
_SHOWN = 5


class LoginTaken(LumiError):
    """Two people cannot sign in under one name."""

    title = N_("The sign-in name “{login}” is taken")
    advice = N_("Choose another one.")


class NoSuchLogin(LumiError):
    """Nobody signs in under that name."""

    title = "Nobody signs in as “{login}”"
    advice = "See who does: lumi-hub people list."


class NoSuchTeam(LumiError):
    """There is no team of that name."""

    title = "There is no team “{team}”"
    advice = "A team is made with its first person: lumi-hub people add … --team {team}."


class NotARep(LumiError):
    """Customers can be given only to whoever may call them."""

    title = "“{login}” cannot be given customers"
    advice = "Only reps, trainees and leaders who still work here can. Nothing was changed."


class WeakPassword(LumiError):
    """A password that is too short."""

    title = "The password is too short"
    advice = "It needs at least {least} characters. Nothing was changed."


class UnknownCustomers(LumiError):
    """Some of the named customers are nobody, or several people. Marks may be phone numbers."""

    title = "{count} of the customers are not known, or not for certain: number {places}"
    advice = "Nothing was changed. Give customer ids, phones, member ids or order numbers."


def found(engine: Engine) -> Store:
    """Make or upgrade the hub's tables; a new hub gets the mark of its life (epoch)."""
    schema.upgrade(engine, schema.HUB)
    store = Store(engine)
    with store.write() as session:
        if session.get(SyncMeta, 1) is None:
            session.add(SyncMeta(id=1, epoch=new_id(), proto_min=PROTO_MIN, proto_max=PROTO))
    return store


def start_lists(session: Session) -> int:
    """Fill an empty hub's lists with those that ship: outcomes, scripts, products, card plans.

    Without outcomes no call can be written up. The manager makes them her own; a hub that has any
    is left alone. Returns how many rows were written; publish afterwards.
    """
    if session.scalar(select(func.count()).select_from(DispositionRow)):
        return 0
    shipped = content.catalogue()
    lists: tuple[tuple[type[Table], Iterable[Any]], ...] = (
        (Product, shipped.products.values()),
        (Bundle, shipped.bundles),
        (CardPlan, shipped.card_plans),
        (DispositionRow, shipped.dispositions),
        (Setting, shipped.settings),
        (ScriptRow, content.scripts()),
    )
    rows = [table(**asdict(record)) for table, records in lists for record in records]
    session.add_all(rows)
    session.flush()
    return len(rows)


def add_person(
    session: Session,
    *,
    login: str,
    name: str,
    role: Role,
    password: str,
    team: str | None = None,
) -> Person:
    """A new person who can sign in; her team is made when its name is new. Publish afterwards."""
    if session.scalar(select(Credential.person_id).where(Credential.login == login)):
        raise LoginTaken(login=login)
    team_id = _team_made(session, team).id if team else None
    person = Person(id=new_id(), name=name, role=role.value, team_id=team_id, active=True)
    session.add(person)
    session.flush()
    session.add(
        Credential(
            person_id=person.id, login=login, password_hash=passwords.hashed(acceptable(password))
        )
    )
    return person


def assign(
    session: Session, customer_ids: Sequence[str], rep_id: str | None, now: datetime
) -> list[feed.Pair]:
    """Hand customers to a rep (None: to nobody), with the history. Returns what to publish.

    Raises UnknownCustomers, and then nothing has moved.
    """
    customers = _customers(session, customer_ids)
    moving = [customer for customer in customers if customer.rep_id != rep_id]
    for some in chunks([customer.id for customer in moving]):
        session.execute(
            update(Assignment)
            .where(Assignment.customer_id.in_(some), Assignment.until.is_(None))
            .values(until=now)
        )
    for customer in moving:
        session.add(
            Assignment(id=new_id(), customer_id=customer.id, rep_id=rep_id, since=now, until=None)
        )
        customer.rep_id = rep_id
    return [("customer", customer.id) for customer in moving]


def person_named(session: Session, login: str) -> Person:
    """Who signs in under a name. Raises NoSuchLogin."""
    found = session.scalar(select(Credential.person_id).where(Credential.login == login))
    if found is None:
        raise NoSuchLogin(login=login)
    return session.get_one(Person, found)


def rep_named(session: Session, login: str) -> Person:
    """Who signs in under a name and may be given customers. Raises NoSuchLogin or NotARep."""
    person = person_named(session, login)
    if not person.active or not may(person.role, Right.CONTACT):
        raise NotARep(login=login)
    return person


def team_named(session: Session, name: str) -> Team:
    """A team by its name. Raises NoSuchTeam."""
    team = session.scalar(select(Team).where(Team.name == name))
    if team is None:
        raise NoSuchTeam(team=name)
    return team


def set_password(session: Session, login: str, password: str) -> Person:
    """Give a person a new password; she is signed out everywhere. Raises NoSuchLogin."""
    person = person_named(session, login)
    credential = session.get_one(Credential, person.id)
    credential.password_hash = passwords.hashed(acceptable(password))
    credential.failures, credential.closed_until = 0, None
    accounts.revoke(session, person.id)
    return person


def disable(session: Session, login: str) -> int:
    """Let a person sign in no more, from now on. Returns how many customers she still holds.

    Her tokens open nothing, but stay: by them her desks are told that she has left. Publish
    afterwards. Raises NoSuchLogin.
    """
    person = person_named(session, login)
    person.active = False
    held = select(func.count()).select_from(Customer).where(Customer.rep_id == person.id)
    return session.scalar(held) or 0


def held_by(session: Session, rep_id: str) -> list[str]:
    """The customers a rep holds."""
    return list(session.scalars(select(Customer.id).where(Customer.rep_id == rep_id)))


def unassigned(session: Session, most: int) -> list[str]:
    """Customers in nobody's hands, the best first: pool V before 1 before 0, then by spend."""
    by_pool = case({"V": 0, "1": 1}, value=Customer.pool, else_=2)
    asked = (
        select(Customer.id)
        .where(Customer.rep_id.is_(None))
        .order_by(by_pool, Customer.year_fen.desc(), Customer.id)
        .limit(most)
    )
    return list(session.scalars(asked))


def known_by(session: Session, marks: Sequence[str]) -> list[str]:
    """The customers behind ids, phone numbers, member ids or order numbers, in their order.

    Raises UnknownCustomers with the places of those that name nobody, counted from 1; a mark
    that names several people names nobody.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for some in chunks(marks):
        for asked in _ways(some):
            for mark, customer_id in session.execute(asked):
                found[mark].add(customer_id)
    lost = [place for place, mark in enumerate(marks, start=1) if len(found[mark]) != 1]
    if lost:
        raise UnknownCustomers(count=len(lost), places=_places(lost))
    return list(dict.fromkeys(next(iter(found[mark])) for mark in marks))


def acceptable(password: str) -> str:
    """The password, if it is long enough. Raises WeakPassword."""
    if len(password) < LEAST_CHARACTERS:
        raise WeakPassword(least=LEAST_CHARACTERS)
    return password


def invented_password() -> str:
    """A password to be handed over: 80 bits, no letters that look alike."""
    parts = ("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))
    return "-".join(parts)


def _ways(marks: Sequence[str]) -> tuple[Any, ...]:
    return (
        select(Customer.id, Customer.id).where(Customer.id.in_(marks)),
        select(Customer.phone, Customer.id).where(Customer.phone.in_(marks)),
        select(Identity.value, Identity.customer_id).where(
            Identity.value.in_(marks), Identity.kind.in_(("member", "phone"))
        ),
        select(Order.number, Order.customer_id).where(
            Order.number.in_(marks), Order.customer_id.is_not(None)
        ),
    )


def _customers(session: Session, ids: Sequence[str]) -> list[Customer]:
    found: dict[str, Customer] = {}
    wanted = list(dict.fromkeys(ids))
    for some in chunks(wanted):
        chosen = select(Customer).where(Customer.id.in_(some))
        found |= {customer.id: customer for customer in session.scalars(chosen)}
    lost = [place for place, one in enumerate(wanted, start=1) if one not in found]
    if lost:
        raise UnknownCustomers(count=len(lost), places=_places(lost))
    return [found[one] for one in wanted]


def _places(lost: Sequence[int]) -> str:
    told = ", ".join(str(place) for place in lost[:_SHOWN])
    return f"{told}, …" if len(lost) > _SHOWN else told


def _team_made(session: Session, name: str) -> Team:
    team = session.scalar(select(Team).where(Team.name == name))
    if team is None:
        team = Team(id=new_id(), name=name)
        session.add(team)
        session.flush()
    return team
