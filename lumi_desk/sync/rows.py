"""Writing what the hub sent by the driver: rows, what a stream holds of them, and its digest.

Each function is a fixed number of statements, however many records there are.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Session

from lumi_desk.storage.store import drive, drive_many, touch
from lumi_desk.sync import digest
from lumi_desk.sync.entities import BY_NAME, CHILDREN, CUSTOMER
from lumi_desk.sync.protocol import Change

# A record as a stream holds it: entity, pk, root, ver.
Holding = tuple[str, str, str, int]

# One of the texts in a list that travels as one value, see listed(): however many they are, the
# statement is the same.
AMONG = "IN (SELECT value FROM json_each(?))"
_LET_GO = (
    f"DELETE FROM held WHERE stream = ? AND entity = ? AND pk {AMONG}"  # noqa: S608
    " RETURNING entity, pk, ver"
)
# In the words of the index that finds them.
_LET_CHILDREN_GO = (
    f"DELETE FROM held WHERE stream = ? AND root <> pk AND root {AMONG}"  # noqa: S608
    " RETURNING entity, pk, ver"
)

_ELSEWHERE = (
    "FROM held WHERE stream IN (SELECT stream FROM cursor WHERE stream <> ?) AND entity = ?"
)
# Looking for many customers takes as long in a table that holds nothing.
_ANY_CHILDREN = "SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{one.name}")' for one in CHILDREN)  # noqa: S608


def upsert(
    session: Session, entity: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Write rows whose values stand in the order of `columns`; columns unknown here are left."""
    ours = BY_NAME.get(entity)
    if ours is None or not rows:
        return
    known = [name for name in columns if name in ours.columns]
    if len(known) < len(columns):
        places = [columns.index(name) for name in known]
        rows = [[row[place] for place in places] for row in rows]
    drive_many(session, _put(entity, tuple(known)), rows)
    touch(session, entity)


def renew(
    session: Session, entity: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Sequence[Sequence[Any]]:
    """Give rows that stand here as they come their version. Returns the others, to be written.

    It spares every index of theirs being written anew.
    """
    ours = BY_NAME.get(entity)
    if ours is None or not {"id", "ver"} <= set(columns) <= set(ours.columns):
        return rows
    at, ver = columns.index("id"), columns.index("ver")
    names = ", ".join(f'"{name}"' for name in columns)
    asked = f'SELECT {names} FROM "{entity}" WHERE id {AMONG}'  # noqa: S608
    here = {row[at]: row for row in run(session, asked, listed(row[at] for row in rows))}
    versions: list[tuple[Any, Any]] = []
    others: list[Sequence[Any]] = []
    for row in rows:
        stands = here.get(row[at])
        if stands is not None and _without(ver, stands) == _without(ver, row):
            versions.append((row[ver], row[at]))
        else:
            others.append(row)
    if versions:
        words = f'UPDATE "{entity}" SET ver = ? WHERE id = ?'  # noqa: S608
        drive_many(session, words, versions)
        touch(session, entity)
    return others


def _without(place: int, row: Sequence[Any]) -> tuple[Any, ...]:
    return (*row[:place], *row[place + 1 :])


def hold(
    session: Session, stream: str, records: Sequence[Holding], round_: int, *, new: bool
) -> int:
    """Note that the stream holds these records. Returns by how much its digest grows.

    `new` says that the stream held none of them before, so that nobody has to look.
    """
    if not records:
        return 0
    gone = 0 if new else digest.of_records(_held(session, stream, records))
    drive_many(
        session,
        "INSERT INTO held (stream, entity, pk, root, ver, round) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET root = excluded.root, ver = excluded.ver,"
        " round = excluded.round",
        [(stream, *record, round_) for record in records],
    )
    return digest.of_records((entity, pk, ver) for entity, pk, _, ver in records) - gone


def leave(
    session: Session,
    stream: str,
    records: Iterable[tuple[str, str]],
    stays: Collection[str] = (),
) -> int:
    """Records (entity, pk) leave a stream, and the cache with their last stream.

    A customer takes her children along. The rows of `stays` are in the cache on another account.
    Returns by how much the stream's digest grows.
    """
    gone = 0
    by_entity: dict[str, list[str]] = {}
    for entity, pk in records:
        by_entity.setdefault(entity, []).append(pk)
    for entity, pks in by_entity.items():
        gone += _let_go(session, stream, entity, pks)
        free = _held_by_no_other(session, stream, entity, pks)
        forget(session, entity, [pk for pk in free if pk not in stays])
    return -gone


def another_customers(session: Session, records: Sequence[tuple[str, str, str]]) -> set[str]:
    """Children among these records (entity, pk, root) that another customer has brought since."""
    roots = {(entity, pk): root for entity, pk, root in records}
    found = set()
    for child in CHILDREN:
        pks = [pk for entity, pk in roots if entity == child.name]
        asked = f'SELECT id, customer_id FROM "{child.name}" WHERE id {AMONG}'  # noqa: S608
        for pk, customer in run(session, asked, listed(pks)) if pks else ():
            if customer != roots[child.name, pk]:
                found.add(pk)
    return found


def forget(session: Session, entity: str, pks: Sequence[str]) -> None:
    """Delete records from the cache; a customer with her children. Waiting work stays."""
    if entity not in BY_NAME or not pks:
        return
    told = listed(pks)
    change(session, entity, f'DELETE FROM "{entity}" WHERE id {AMONG}', told)  # noqa: S608
    if entity == CUSTOMER.name:
        _forget_children(session, told)


def clear_trees(session: Session, stream: str, customers: Sequence[str]) -> int:
    """Before customers come with all their children: nothing of an earlier stay may be left.

    Returns by how much the stream's digest grows.
    """
    here = which_are_here(session, CUSTOMER.name, customers)
    if not here:
        return 0
    told = listed(here)
    _forget_children(session, told)
    return -digest.of_records(run(session, _LET_CHILDREN_GO, stream, told))


def which_are_here(session: Session, entity: str, pks: Sequence[str]) -> list[str]:
    """Those of the ids that the cache has."""
    if entity not in BY_NAME or not pks:
        return []
    asked = f'SELECT id FROM "{entity}" WHERE id {AMONG}'  # noqa: S608
    return [pk for (pk,) in run(session, asked, listed(pks))]


def columns_of(change: Change) -> tuple[str, ...]:
    """The columns of a row that came without their names; none when it is another version's."""
    entity = BY_NAME.get(change.entity)
    if entity is None or change.row is None or len(change.row) != len(entity.columns):
        return ()
    return entity.columns


def count(session: Session, stream: str) -> int:
    """The digest over everything that is held of a stream."""
    asked = "SELECT entity, pk, ver FROM held WHERE stream = ?"
    return digest.of_records(run(session, asked, stream))


def _forget_children(session: Session, told: str) -> None:
    (any_are_here,) = run(session, _ANY_CHILDREN)
    for child, is_here in zip(CHILDREN, any_are_here, strict=True):
        if is_here:
            sql = f'DELETE FROM "{child.name}" WHERE customer_id {AMONG}'  # noqa: S608
            change(session, child.name, sql, told)


def _let_go(session: Session, stream: str, entity: str, pks: Sequence[str]) -> int:
    """A stream holds these no longer, nor the children of customers among them."""
    told = listed(pks)
    gone = run(session, _LET_GO, stream, entity, told)
    if entity == CUSTOMER.name:
        gone += run(session, _LET_CHILDREN_GO, stream, told)
    return digest.of_records(gone)


def _held_by_no_other(
    session: Session, stream: str, entity: str, pks: Sequence[str]
) -> Sequence[str]:
    # Most often no other stream holds anything of this kind.
    if not run(session, f"SELECT 1 {_ELSEWHERE} LIMIT 1", stream, entity):
        return pks
    asked = f"SELECT pk {_ELSEWHERE} AND pk {AMONG}"
    still = {pk for (pk,) in run(session, asked, stream, entity, listed(pks))}
    return [pk for pk in pks if pk not in still]


def _held(
    session: Session, stream: str, records: Iterable[Holding]
) -> Iterable[tuple[str, str, int]]:
    by_entity: dict[str, list[str]] = {}
    for entity, pk, _, _ in records:
        by_entity.setdefault(entity, []).append(pk)
    for entity, pks in by_entity.items():
        asked = f"SELECT pk, ver FROM held WHERE stream = ? AND entity = ? AND pk {AMONG}"  # noqa: S608
        for pk, ver in run(session, asked, stream, entity, listed(pks)):
            yield entity, pk, ver


@lru_cache(maxsize=256)
def _put(entity: str, names: tuple[str, ...]) -> str:
    """The statement that writes rows of these columns over those that stand there."""
    columns = ", ".join(f'"{name}"' for name in names)
    into = f'"{entity}" ({columns}) VALUES ({", ".join("?" * len(names))})'
    keys = [one for one in BY_NAME[entity].kept.constraints if isinstance(one, UniqueConstraint)]
    if not all(one.info.get("hub_only") for one in keys):
        # Replaced by every unique key: what a key belonged to before may leave later.
        return f"INSERT OR REPLACE INTO {into}"
    # In its place, so that only those indexes are written whose columns have changed.
    taken = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
    return f"INSERT OR REPLACE INTO {into} ON CONFLICT (id) DO UPDATE SET {taken or 'id = id'}"


def listed(texts: Iterable[str]) -> str:
    """Texts as AMONG takes them."""
    return json.dumps([*texts])


def run(session: Session, sql: str, *values: Any) -> list[Any]:
    """The rows of a statement."""
    found: list[Any] = drive(session, sql, *values).fetchall()
    return found


def change(session: Session, table: str, sql: str, *values: Any) -> None:
    """Change rows of a table, and announce it."""
    if drive(session, sql, *values).rowcount:
        touch(session, table)
