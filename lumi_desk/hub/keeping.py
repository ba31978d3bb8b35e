"""What a hub's keeper does: found a hub, add people, hand customers out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from lumi_desk import schema
from lumi_desk.customers.tables import Customer
from lumi_desk.errors import N_, LumiError
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Credential, Person, Team
from lumi_desk.security import passwords
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.protocol import PROTO, PROTO_MIN
from lumi_desk.sync.tables import Assignment, SyncMeta


class LoginTaken(LumiError):
    """Two people cannot sign in under one name."""

    title = N_("The sign-in name “{login}” is taken")
    advice = N_("Choose another one.")


def found(engine: Engine) -> Store:
    """Make or upgrade the hub's tables; a new hub gets the mark of its life (epoch)."""
    schema.upgrade(engine, schema.HUB)
    store = Store(engine)
    with store.write() as session:
        if session.get(SyncMeta, 1) is None:
            session.add(SyncMeta(id=1, epoch=new_id(), proto_min=PROTO_MIN, proto_max=PROTO))
    return store


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
    team_id = _team_named(session, team).id if team else None
    person = Person(id=new_id(), name=name, role=role.value, team_id=team_id, active=True)
    session.add(person)
    session.flush()
    session.add(
        Credential(person_id=person.id, login=login, password_hash=passwords.hashed(password))
    )
    return person


def assign(
    session: Session, customer_ids: Sequence[str], rep_id: str | None, now: datetime
) -> list[feed.Pair]:
    """Hand customers to a rep (None: to nobody), with the history. Returns what to publish."""
    moved: list[feed.Pair] = []
    for customer_id in customer_ids:
        customer = session.get_one(Customer, customer_id)
        if customer.rep_id == rep_id:
            continue
        session.execute(
            update(Assignment)
            .where(Assignment.customer_id == customer_id, Assignment.until.is_(None))
            .values(until=now)
        )
        session.add(
            Assignment(id=new_id(), customer_id=customer_id, rep_id=rep_id, since=now, until=None)
        )
        customer.rep_id = rep_id
        moved.append(("customer", customer_id))
    return moved


def _team_named(session: Session, name: str) -> Team:
    team = session.scalar(select(Team).where(Team.name == name))
    if team is None:
        team = Team(id=new_id(), name=name)
        session.add(team)
        session.flush()
    return team
