"""The invariants: what must hold after every round, after every crash, and at rest."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from lumi_desk.people.tables import Person
from lumi_desk.storage.base import from_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync import digest
from lumi_desk.sync.entities import (
    CATALOG_STREAM,
    CHILDREN,
    ENTITIES,
    Entity,
    Scope,
    rep_stream,
    team_stream,
)
from lumi_desk.sync.tables import Assignment
from tests.sync.fleet.ledger import FIRST, Broken, must
from tests.sync.fleet.memory import InMemory
from tests.sync.fleet.seats import Seat
from tests.sync.fleet.worlds import World

Records = list[tuple[Any, ...]]
Rows = dict[str, list[tuple[Any, ...]]]
_FEED = "SELECT stream, entity, pk, root, seq, op, ver FROM sync_feed"
_STREAMS = "SELECT id, head, min_seq, digest FROM sync_stream"
_OPS = "SELECT op_id, status, kind FROM sync_op"
_PARKED = "SELECT id, state FROM parked"
_HELD = "SELECT stream, entity, pk, root, ver FROM held"
# A question about work that has been done meanwhile is none any more.
_UNDONE = (
    "SELECT l.op_id FROM dead_letter l JOIN sent_log s ON s.op_id = l.op_id"
    " LEFT JOIN sent_log about ON about.op_id = l.customer_id"
    " WHERE s.kept AND l.reason = 'NotWaiting' AND coalesce(about.status, '') <> 'applied'"
)
_META = "SELECT name, value FROM desk_meta WHERE name IN ('epoch', 'sent_again')"
_CURSORS = "SELECT stream, seq, generation, whole, digest FROM cursor"
_SETTLED = ("rejected", "blocked")
# Kinds that change what is there, or make no record of their own that travels.
_NO_RECORD = (
    "customer.edit", "customer.tag", "customer.untag", "export.log", "parked.ask", "parked.decide",
)  # fmt: skip
_STAYS = Assignment.__tablename__
_ABOUT_NOBODY = ("export.log", "parked.ask", "parked.decide")
_DONE_AFTER_ALL = ("accepted", "handed_over")


def tables(store: Store) -> Rows:
    """All that travels, as it is stored, sorted by key."""
    dialect = store.engine.dialect.name
    return {entity.name: ask(store, _asked(entity, dialect)) for entity in ENTITIES}


def ask(store: Store, sql: str) -> list[Any]:
    """Rows by the driver: there are many checks. Nobody writes meanwhile."""
    if isinstance(store.engine, InMemory):
        return list(store.engine.raw.execute(sql).fetchall())
    with store.look() as connection:
        cursor = connection.connection.cursor()
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
    """After a round that came to its end: who is here is hers, and nothing was passed."""
    here = {row[0] for row in ask(seat.at_work.store, "SELECT id FROM customer")}
    hers = {pk for pk, rep_id in ask(hub, "SELECT id, rep_id FROM customer") if rep_id == person_id}
    must(here == hers, "no row is outside the scope", seat.place, here ^ hers)
    check_cursors(seat, hub)


def check_cursors(seat: Seat, hub: Store) -> None:
    """Whatever the cursor has passed is here: cursor and rows are committed together."""
    desk = seat.at_work.store
    cursors, records = ask(desk, _CURSORS), ask(desk, _HELD)
    meta: dict[str, str] = dict(ask(desk, _META))
    # A sum that is off heals by itself; but in a sound engine none ever is. Only the first
    # protocol can miss a removal that was forgotten.
    must(seat.is_old or "sent_again" not in meta, "what was read adds up at once", seat.place)
    _check_sums(seat, cursors, records)
    held = {(stream, entity, pk): ver for stream, entity, pk, _, ver in records}
    if ask(hub, "SELECT epoch FROM sync_meta") != [(meta.get("epoch"),)]:
        return
    feed = ask(hub, _FEED)
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
        total = _sum(by_stream[stream])
        must(total == kept, "the digest is the sum", "kept", seat.place, stream)


def check_sight(seat: Seat) -> None:
    """After a round: work that waits about a customer who is here is to be seen on her."""
    desk = seat.at_work.store
    waiting = ask(desk, "SELECT op_id, kind, customer_id FROM outbox")
    if not waiting:
        return
    here, seen = {row[0] for row in ask(desk, "SELECT id FROM customer")}, _effects(desk)
    for op_id, kind, customer_id in waiting:
        if customer_id in here and kind not in _NO_RECORD and op_id not in seat.poisoned:
            must(op_id in seen, "what waits is to be seen", seat.place, kind, op_id)


def check_outbox(seat: Seat) -> None:
    """At any time: what was saved waits or was answered; nothing else ends it."""
    desk = seat.at_work.store
    waiting = {row[0] for row in ask(desk, "SELECT op_id FROM outbox")}
    answered = {row[0] for row in ask(desk, "SELECT op_id FROM sent_log")}
    lost = set(seat.saved) - waiting - answered
    must(not lost, "nothing unsent is lost", seat.place, lost)
    strange = (waiting | answered) - set(seat.saved)
    must(not strange, "nothing is sent that was not saved", seat.place, strange)


def check_rights(world: World, login: str, op_id: str) -> None:
    """What was taken is about a customer whom the person holds, or held when she did it.

    A do-not-call binds whenever she held her.
    """
    [(kind, at, payload)] = ask(
        world.hub, f"SELECT kind, at, payload FROM sync_op WHERE op_id = '{op_id}'"
    )
    # What was taken before the hub was put back was looked at then.
    if kind in _ABOUT_NOBODY or from_millis(at) != world.clock():
        return
    told, person_id = json.loads(payload), world.people[login]
    whose, done = f"'{told['customer_id']}'", datetime.fromisoformat(told["at"])
    [(holder,)] = ask(world.hub, f"SELECT rep_id FROM customer WHERE id = {whose}")
    hers = f"customer_id = {whose} AND rep_id = '{person_id}'"
    stays = ask(world.hub, f"SELECT since, until FROM {_STAYS} WHERE {hers}")
    # Or it was taken before she lost her, at this very moment: its answer was lost, and is said
    # again now.
    held = (bool(stays) and kind in FIRST) or any(
        (from_millis(since) <= done and (until is None or done <= from_millis(until)))
        or (until is not None and at <= until)
        for since, until in stays
    )
    must(holder == person_id or held, "nobody writes about another's customer", op_id)


def check_hub(hub: Store) -> None:
    """Heads, digests and versions of the hub's own feed."""
    streams, feed, rows = ask(hub, _STREAMS), ask(hub, _FEED), tables(hub)
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
        must(_sum(puts) == told, "the digest is the sum", "hub", stream)
        for entity, pk, ver in puts:
            must(vers.get((entity, pk)) == ver, "the feed's version is the row's", entity, pk)
    _check_books(rows)
    early = ask(hub, "SELECT e.id FROM early_decision e JOIN parked p ON p.id = e.parked_id")
    must(not early, "what a leader was asked and has decided stays", early)


def check_seat(seat: Seat, there: Rows, person: Person, hub: Store) -> None:
    """At rest: the cache is the hub's scope, and what is held adds up to the hub's digest."""
    desk = seat.at_work.store
    here, held, cursors = tables(desk), ask(desk, _HELD), ask(desk, _CURSORS)
    wanted = scope(there, person)
    for entity in ENTITIES:
        if here[entity.name] != wanted[entity.name]:
            told = (seat.place, entity.name, _difference(here[entity.name], wanted[entity.name]))
            raise Broken("the cache is the hub's scope", *told)
    sums = {stream: told for stream, _, _, told in ask(hub, _STREAMS)}
    by_stream: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for stream, entity, pk, _, ver in held:
        by_stream[stream].append((entity, pk, ver))
    hers = {CATALOG_STREAM, rep_stream(person.id), team_stream(person.team_id or "")}
    must(set(by_stream) <= hers, "no stream is another's", seat.place, set(by_stream) - hers)
    for stream, _, generation, whole, _ in cursors:
        must(whole and not generation, "every stream is whole", seat.place, stream)
        total = _sum(by_stream[stream])
        must(total == sums.get(stream, 0), "the digest is the sum", seat.place, stream)


def check_work(seat: Seat, hub: Store, deleted: Collection[str]) -> None:
    """At rest: each operation has one status and at most one effect; poison alone is refused."""
    check_outbox(seat)
    desk = seat.at_work.store
    waiting = ask(desk, "SELECT op_id FROM outbox")
    log: dict[str, str] = dict(ask(desk, "SELECT op_id, status FROM sent_log"))
    dead = {row[0] for row in ask(desk, "SELECT op_id FROM dead_letter")}
    must(not waiting, "everything is sent in the end", seat.place, waiting)
    lost = ask(desk, _UNDONE)
    must(not lost, "what a leader was asked and has decided stays", seat.place, lost)
    kept = {row[0]: row[1:] for row in ask(hub, _OPS)}
    parked = {row[0] for row in ask(hub, _PARKED) if row[1] in _DONE_AFTER_ALL}
    effects = _effects(hub)
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


def _effects(store: Store) -> Mapping[str, int]:
    """How many records each operation has made."""
    return Counter(pk for (pk,) in ask(store, _MADE))


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


def _quoted(entity: Entity) -> str:
    return f'"{entity.name}"'


def _sum(records: Iterable[tuple[str, str, int]]) -> int:
    return digest.signed(sum(_of_record(*record) for record in records))


_of_record = lru_cache(maxsize=100_000)(digest.of_record)
_MADE = " UNION ALL ".join(f"SELECT id FROM {_quoted(child)}" for child in CHILDREN)
