"""The invariants: what must hold after every round, after every crash, and at rest."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer
from lumi_desk.people.tables import Person
from lumi_desk.storage.store import Store
from lumi_desk.sync import digest
from lumi_desk.sync.entities import (
    CATALOG_STREAM,
    ENTITIES,
    Entity,
    Scope,
    rep_stream,
    team_stream,
)
from lumi_desk.sync.tables import Assignment, SyncOp
from tests.sync.fleet.ledger import must
from tests.sync.fleet.seats import Seat
from tests.sync.fleet.worlds import World

Records = list[tuple[Any, ...]]
Rows = dict[str, list[tuple[Any, ...]]]
_FEED = "SELECT stream, entity, pk, root, seq, op, ver FROM sync_feed"
_STREAMS = "SELECT id, head, min_seq, digest FROM sync_stream"
_OPS = "SELECT op_id, status, kind FROM sync_op"
_PARKED = "SELECT id, state FROM parked"
_HELD = "SELECT stream, entity, pk, root, ver FROM held"
_CURSORS = "SELECT stream, seq, generation, whole, digest FROM cursor"
_SETTLED = ("rejected", "blocked")
# Kinds that change what is there and make no record of their own.
_NO_RECORD = ("customer.edit", "parked.ask", "parked.decide")
_ABOUT_WORK = ("parked.ask", "parked.decide")
_DONE_AFTER_ALL = ("accepted", "handed_over")


def tables(session: Session) -> Rows:
    """All that travels, as it is stored, sorted by key."""
    return {entity.name: ask(session, _asked(entity, _dialect(session))) for entity in ENTITIES}


def ask(session: Session, sql: str) -> list[tuple[Any, ...]]:
    """Rows by the driver: there are many checks."""
    cursor = session.connection().connection.cursor()
    cursor.execute(sql)
    return list(cursor.fetchall())


def scope(rows: Rows, person: Person) -> Rows:
    """What a person may have, by the tables alone: the feed is not asked."""
    hers = {row[_at("customer", "id")] for row in rows["customer"] if _holds(row, person)}
    within: dict[Scope, Callable[[Entity, tuple[Any, ...]], bool]] = {
        Scope.CATALOG: lambda _, __: True,
        Scope.CUSTOMER: lambda _, row: _holds(row, person),
        Scope.CHILD: lambda entity, row: row[_at(entity.name, "customer_id")] in hers,
        Scope.FACT: lambda entity, row: _counts(entity, row, person),
    }
    return {
        entity.name: [row for row in rows[entity.name] if within[entity.scope](entity, row)]
        for entity in ENTITIES
    }


def check_round(seat: Seat, hub: Store, person_id: str) -> None:
    """After a round that came to its end: nobody is here who is not hers, nothing was passed."""
    with seat.at_work.store.read() as session:
        here = {row[0] for row in ask(session, "SELECT id FROM customer")}
        children = {
            row[0]
            for entity in ENTITIES
            if entity.scope is Scope.CHILD
            for row in ask(session, f"SELECT customer_id FROM {_quoted(entity)}")
        }
    with hub.read() as session:
        hers = {
            row[0] for row in ask(session, "SELECT id, rep_id FROM customer") if row[1] == person_id
        }
    must(here == hers, "no row is outside the scope", seat.place, here ^ hers)
    must(children - {None} <= hers, "no row is outside the scope", seat.place, children - hers)
    check_cursors(seat, hub)


def check_cursors(seat: Seat, hub: Store) -> None:
    """Whatever the cursor has passed is here: cursor and rows are committed together."""
    with seat.at_work.store.read() as session:
        cursors = ask(session, _CURSORS)
        records = ask(session, _HELD)
        epoch = ask(session, "SELECT value FROM desk_meta WHERE name = 'epoch'")
        mistrusted = ask(session, "SELECT value FROM desk_meta WHERE name = 'sent_again'")
    # A sum that is off heals by itself; but in a sound engine none ever is. Only the first
    # protocol can miss a removal that was forgotten.
    must(seat.is_old or not mistrusted, "what was read adds up at once", seat.place)
    _check_sums(seat, cursors, records)
    held = {(stream, entity, pk): ver for stream, entity, pk, _, ver in records}
    with hub.read() as session:
        if epoch != ask(session, "SELECT epoch FROM sync_meta"):
            return
        feed = ask(session, _FEED)
    reached = {
        stream: seq for stream, seq, generation, whole, _ in cursors if whole and not generation
    }
    for stream, entity, pk, _, seq, op, ver in feed:
        if op == "put" and seq <= reached.get(stream, 0):
            kept = held.get((stream, entity, pk))
            must(kept == ver, "cursor and rows are committed together", seat.place, entity, pk)


def _check_sums(seat: Seat, cursors: Records, held: Records) -> None:
    """The sum that is kept by difference is the sum over what is held."""
    by_stream = defaultdict(list)
    for stream, entity, pk, _, ver in held:
        by_stream[stream].append((entity, pk, ver))
    for stream, _, _, _, kept in cursors:
        total = digest.of_records(by_stream[stream])
        must(total == kept, "the digest is the sum", "kept", seat.place, stream)


def check_sight(seat: Seat) -> None:
    """After a round: work that waits about a customer who is here is to be seen on her."""
    with seat.at_work.store.read() as session:
        here = {row[0] for row in ask(session, "SELECT id FROM customer")}
        waiting = ask(session, "SELECT op_id, kind, customer_id FROM outbox")
        seen = _effects(session) if waiting else {}
    for op_id, kind, customer_id in waiting:
        if customer_id in here and kind not in _NO_RECORD and op_id not in seat.poisoned:
            must(op_id in seen, "what waits is to be seen", seat.place, kind, op_id)


def check_outbox(seat: Seat) -> None:
    """At any time: what was saved waits or was answered; nothing else ends it."""
    with seat.at_work.store.read() as session:
        waiting = {row[0] for row in ask(session, "SELECT op_id FROM outbox")}
        answered = {row[0] for row in ask(session, "SELECT op_id FROM sent_log")}
    lost = set(seat.saved) - waiting - answered
    must(not lost, "nothing unsent is lost", seat.place, lost)
    strange = (waiting | answered) - set(seat.saved)
    must(not strange, "nothing is sent that was not saved", seat.place, strange)


def check_rights(world: World, login: str, op_id: str) -> None:
    """What was taken is about a customer whom the person holds, or held when she did it."""
    person_id = world.people[login]
    with world.hub.read() as session:
        op = session.get_one(SyncOp, op_id)
        # What was taken before the hub was put back was looked at then.
        if op.kind in _ABOUT_WORK or op.at != world.clock():
            return
        told = json.loads(op.payload)
        holder = session.get_one(Customer, told["customer_id"]).rep_id
        at = datetime.fromisoformat(told["at"])
        stays = session.scalars(
            select(Assignment).where(
                Assignment.customer_id == told["customer_id"], Assignment.rep_id == person_id
            )
        )
        held = any(one.since <= at and (one.until is None or at <= one.until) for one in stays)
    must(holder == person_id or held, "nobody writes about another's customer", op_id)


def check_hub(hub: Store) -> None:
    """Heads, digests and versions of the hub's own feed."""
    with hub.read() as session:
        streams, feed, rows = ask(session, _STREAMS), ask(session, _FEED), tables(session)
    by_stream = defaultdict(list)
    for row in feed:
        by_stream[row[0]].append(row)
    vers = {
        (entity.name, row[_at(entity.name, "id")]): row[_at(entity.name, "ver")]
        for entity in ENTITIES
        for row in rows[entity.name]
    }
    for stream, head, min_seq, told in streams:
        its = by_stream[stream]
        seqs = [row[4] for row in its]
        top = max(seqs, default=0)
        must(top == head or top < head <= min_seq, "the head is the last of the feed", stream)
        must(len(set(seqs)) == len(seqs), "no number is given twice", stream)
        puts = [(row[1], row[2], row[6]) for row in its if row[5] == "put"]
        must(digest.of_records(puts) == told, "the digest is the sum", "hub", stream)
        for entity, pk, ver in puts:
            must(vers.get((entity, pk)) == ver, "the feed's version is the row's", entity, pk)
    _check_books(rows)


def check_seat(seat: Seat, there: Rows, person: Person, hub: Store) -> None:
    """At rest: the cache is the hub's scope, and what is held adds up to the hub's digest."""
    with seat.at_work.store.read() as session:
        here, held, cursors = tables(session), ask(session, _HELD), ask(session, _CURSORS)
    wanted = scope(there, person)
    for entity in ENTITIES:
        told = (seat.place, entity.name, _difference(here[entity.name], wanted[entity.name]))
        must(here[entity.name] == wanted[entity.name], "the cache is the hub's scope", *told)
    with hub.read() as session:
        sums = {stream: told for stream, _, _, told in ask(session, _STREAMS)}
    by_stream: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for stream, entity, pk, _, ver in held:
        by_stream[stream].append((entity, pk, ver))
    hers = {CATALOG_STREAM, rep_stream(person.id), team_stream(person.team_id or "")}
    must(set(by_stream) <= hers, "no stream is another's", seat.place, set(by_stream) - hers)
    for stream, _, generation, whole, _ in cursors:
        must(whole and not generation, "every stream is whole", seat.place, stream)
        total = digest.of_records(by_stream[stream])
        must(total == sums.get(stream, 0), "the digest is the sum", seat.place, stream)


def check_work(seat: Seat, hub: Store, deleted: Collection[str]) -> None:
    """At rest: each operation has one status and at most one effect; poison alone is refused."""
    check_outbox(seat)
    with seat.at_work.store.read() as session:
        waiting = ask(session, "SELECT op_id FROM outbox")
        log = dict(ask(session, "SELECT op_id, status FROM sent_log"))
        dead = {row[0] for row in ask(session, "SELECT op_id FROM dead_letter")}
    must(not waiting, "everything is sent in the end", seat.place, waiting)
    with hub.read() as session:
        kept = {row[0]: row[1:] for row in ask(session, _OPS)}
        parked = {row[0] for row in ask(session, _PARKED) if row[1] in _DONE_AFTER_ALL}
        effects = _effects(session)
    for op_id in seat.saved:
        status, kind = kept.get(op_id, (None, ""))
        must(status != "applied" or op_id not in seat.forbidden, "poison is refused", op_id)
        survives = status is not None or log[op_id] in _SETTLED
        must(survives, "acknowledged work survives", seat.place, op_id, log[op_id])
        found = effects.get(op_id, 0)
        if kind not in _NO_RECORD and op_id not in deleted:
            wanted = status == "applied" or op_id in parked
            must(found == wanted, "at most one effect", seat.place, op_id, status, found)
        must(status in (None, "applied") or op_id in dead, "a refusal is shown", seat.place, op_id)
        if log[op_id] in _SETTLED:
            must(op_id in seat.poisoned, "poison lets the others through", seat.place, op_id)


def _effects(session: Session) -> Mapping[str, int]:
    """How many records each operation has made."""
    effects: dict[str, int] = defaultdict(int)
    for entity in ENTITIES:
        if entity.scope is Scope.CHILD:
            for (pk,) in ask(session, f"SELECT id FROM {_quoted(entity)}"):
                effects[pk] += 1
    return effects


def _check_books(rows: Rows) -> None:
    """No sale stands in the books as claimed and as confirmed."""
    kind, source = _at("fact", "kind"), _at("fact", "source")
    claimed = {row[source] for row in rows["fact"] if row[kind] == "cash_claimed"}
    state = _at("sale", "state")
    confirmed = {row[_at("sale", "id")] for row in rows["sale"] if row[state] == "confirmed"}
    must(not claimed & confirmed, "no sale is counted twice", claimed & confirmed)


def _holds(row: tuple[Any, ...], person: Person) -> bool:
    return bool(row[_at("customer", "rep_id")] == person.id)


def _counts(entity: Entity, row: tuple[Any, ...], person: Person) -> bool:
    if row[_at(entity.name, "rep_id")] == person.id:
        return True
    return person.role == "leader" and row[_at(entity.name, "team_id")] == person.team_id


def _difference(here: list[tuple[Any, ...]], there: list[tuple[Any, ...]]) -> str:
    only_here = [row for row in here if row not in there]
    only_there = [row for row in there if row not in here]
    return f"only here: {only_here[:3]}; only there: {only_there[:3]}"


@cache
def _at(entity: str, column: str) -> int:
    return next(one for one in ENTITIES if one.name == entity).columns.index(column)


@cache
def _asked(entity: Entity, dialect: str) -> str:
    names = ", ".join(f'"{name}"' for name in entity.columns)
    collation = ' COLLATE "C"' if dialect == "postgresql" else ""
    return f"SELECT {names} FROM {_quoted(entity)} ORDER BY id{collation}"


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _quoted(entity: Entity) -> str:
    return f'"{entity.name}"'
