"""Writing an invented company into a hub's database, as an import writes."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Callback, Contact, Note, Refusal
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog.tables import Bundle, CardPlan, DispositionRow, Product, Setting
from lumi_desk.complaints.tables import Complaint
from lumi_desk.customers.tables import Customer, Identity, Tag
from lumi_desk.demo.records import Company
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.people.tables import Credential, Person, Team
from lumi_desk.reports.tables import Fact
from lumi_desk.scripts.tables import ScriptRow
from lumi_desk.security import passwords
from lumi_desk.storage.base import Table
from lumi_desk.storage.store import touch
from lumi_desk.sync.tables import Assignment
from lumi_desk.targets.tables import Target

Pair = tuple[str, str]

_CHUNK = 2_000


def seed(session: Session, company: Company) -> list[Pair]:
    """Write everything into an empty hub. Returns the travelling (table, id) pairs, to publish."""
    pairs: list[Pair] = []
    for table, records in _contents(company):
        _insert(session, table, records)
        pairs += [(table.__tablename__, record.id) for record in records]
    _sign_in(session, company)
    _insert(session, Assignment, company.holdings)
    return pairs


def _contents(company: Company) -> Iterable[tuple[type[Table], Sequence[Any]]]:
    """The travelling records by table."""
    return (
        (Team, company.teams),
        (Person, company.persons),
        (Product, company.products),
        (Bundle, company.bundles),
        (CardPlan, company.card_plans),
        (DispositionRow, company.dispositions),
        (Setting, company.settings),
        (ScriptRow, company.scripts),
        (Customer, company.customers),
        (Identity, company.identities),
        (Order, company.orders),
        (OrderLine, company.lines),
        (CardEntry, company.card_entries),
        (Contact, company.contacts),
        (Note, company.notes),
        (Tag, company.tags),
        (Callback, company.callbacks),
        (Refusal, company.refusals),
        (Complaint, company.complaints),
        (Target, company.targets),
        (Fact, company.facts),
    )


def _sign_in(session: Session, company: Company) -> None:
    """Logins; people with one password share its hash, which takes long to make on purpose."""
    hashed = cache(passwords.hashed)
    for person in company.persons:
        session.add(
            Credential(
                person_id=person.id,
                login=person.login,
                password_hash=hashed(person.password),
            )
        )
    session.flush()


def _insert(session: Session, table: type[Table], records: Sequence[Any]) -> None:
    if not records:
        return
    target: Any = table.__table__
    columns = set(target.columns.keys())
    names = [field.name for field in fields(records[0]) if field.name in columns]
    connection = session.connection()
    for start in range(0, len(records), _CHUNK):
        rows = [
            {name: getattr(record, name) for name in names}
            for record in records[start : start + _CHUNK]
        ]
        connection.execute(insert(target), rows)
    touch(session, table.__tablename__)
