"""What is done at the hub behind the doors' backs, in a process of its own: `hub_side WHAT FILE`.

FILE holds JSON: the database and what is asked. The answer is one line of JSON.
"""

import hashlib
import json
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.calls.tables import Contact
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import keeping, settings
from lumi_desk.ids import new_id
from lumi_desk.people.tables import Person, Team, Token
from lumi_desk.security.roles import Role
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import CATALOG_STREAM, rep_stream
from lumi_desk.sync.tables import Assignment, SyncOp, SyncStream
from tests.bench import documents

Told = dict[str, Any]

_CHUNK = 2_000
_SIGNED_IN_FOR = timedelta(days=2)


def add_rep(session: Session, name: str, team_id: str) -> Told:
    """A rep, and the tokens of a desk that has signed in as her."""
    person = Person(id=new_id(), name=name, role=Role.REP.value, team_id=team_id, active=True)
    session.add(person)
    session.flush()
    tokens = {purpose: secrets.token_urlsafe(32) for purpose in ("access", "refresh")}
    client_id = new_id()
    for purpose, token in tokens.items():
        session.add(
            Token(
                sha256=hashlib.sha256(token.encode()).hexdigest(),
                person_id=person.id,
                client_id=client_id,
                family=client_id,
                purpose=purpose,
                expires_at=clock.now() + _SIGNED_IN_FOR,
            )
        )
    session.flush()
    return {"person_id": person.id, "name": name, "team_id": team_id, "client_id": client_id} | (
        tokens
    )


def give(session: Session, docs: Sequence[documents.Document], rep_id: str) -> list[feed.Pair]:
    """Write these customers into the hub as the rep's. Returns what to publish."""
    pairs: list[feed.Pair] = []
    for table, many in documents.rows(docs, rep_id).items():
        for some in _chunks(many):
            session.connection().execute(insert(table), some)
        pairs += [(table.__tablename__, row["id"]) for row in many]
    long_ago = clock.now() - timedelta(days=1000)
    held = [
        {
            "id": new_id(),
            "customer_id": documents.customer_id(doc["id"]),
            "rep_id": rep_id,
            "since": long_ago,
        }
        for doc in docs
    ]
    for some in _chunks(held):
        session.connection().execute(insert(Assignment), some)
    return pairs


def seed(store: Store, told: Told) -> Told:
    """One rep who holds every document."""
    docs = json.loads(Path(told["documents"]).read_text("utf-8"))
    with store.write() as session:
        feed.watch(session, alone=True)
        session.add(Team(id="bench", name="一组"))
        session.flush()
        rep = add_rep(session, "林晓燕", "bench")
        feed.publish(session, give(session, docs, rep["person_id"]))
    return rep


def load(store: Store, told: Told) -> Told:
    """Many reps with some customers each; and where each of their streams stands."""
    docs = json.loads(Path(told["documents"]).read_text("utf-8"))
    each = len(docs) // told["reps"]
    reps: list[Told] = []
    with store.write() as session:
        feed.watch(session, alone=True)
        for place in range(told["reps"]):
            if place % 20 == 0:
                session.add(Team(id=f"team-{place // 20}", name=f"{place // 20 + 1}组"))
                session.flush()
            reps.append(add_rep(session, f"rep {place}", f"team-{place // 20}"))
        pairs: list[feed.Pair] = []
        for place, rep in enumerate(reps):
            hers = docs[place * each : (place + 1) * each]
            rep["customers"] = [documents.customer_id(doc["id"]) for doc in hers]
            pairs += give(session, hers, rep["person_id"])
        feed.publish(session, pairs)
    with store.read() as session:
        heads = {row.id: row.head for row in session.scalars(select(SyncStream))}
    for rep in reps:
        streams = (CATALOG_STREAM, rep_stream(rep["person_id"]))
        rep["cursors"] = {stream: heads[stream] for stream in streams}
    return {"reps": reps}


def touch(store: Store, told: Told) -> Told:
    """Change a field of some customers."""
    ids = [documents.customer_id(number) for number in told["numbers"]]
    with store.write() as session:
        feed.watch(session)
        changed = update(Customer).where(Customer.id.in_(ids))
        session.execute(changed.values(city=f"{told['value']}城"))
        feed.publish(session, [("customer", one) for one in ids])
    return {"touched": len(ids)}


def move(store: Store, told: Told) -> Told:
    """Take some customers out of the rep's hands."""
    ids = [documents.customer_id(number) for number in told["numbers"]]
    with store.write() as session:
        feed.watch(session, alone=True)
        feed.publish(session, keeping.assign(session, ids, None, clock.now()))
    return {"moved": len(ids)}


def landed(store: Store, told: Told) -> Told:
    """How many of these calls the hub holds, and how many operations it has explained."""
    with store.read() as session:
        held = select(func.count()).select_from(Contact).where(Contact.id.in_(told["ids"]))
        refused = select(func.count()).select_from(SyncOp).where(SyncOp.reason != "")
        return {"landed": session.scalar(held), "explained": session.scalar(refused)}


_WHAT: dict[str, Callable[[Store, Told], Told]] = {
    "seed": seed,
    "load": load,
    "touch": touch,
    "move": move,
    "landed": landed,
}


def _chunks(many: Sequence[Told]) -> Iterator[Sequence[Told]]:
    for start in range(0, len(many), _CHUNK):
        yield many[start : start + _CHUNK]


def main(what: str, file: str) -> None:
    """Do it and say what came of it."""
    told = json.loads(Path(file).read_text("utf-8"))
    store = settings.opened(told["database"])
    try:
        sys.stdout.write(json.dumps(_WHAT[what](store, told)) + "\n")
    finally:
        store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
