"""Applying what the hub delivers to the desk's cache. Cursor and rows in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lumi_desk.storage.store import touch
from lumi_desk.sync import digest, outbox
from lumi_desk.sync.entities import BY_NAME, CHILDREN, CUSTOMER
from lumi_desk.sync.protocol import Change, Page
from lumi_desk.sync.tables import Cursor, Held

_CHUNK = 500
Columns = dict[str, tuple[str, ...]]


def cursors(session: Session) -> dict[str, int]:
    """How far each stream was read."""
    return {cursor.stream: cursor.seq for cursor in session.scalars(select(Cursor))}


def apply(session: Session, page: Page, columns: Columns) -> bool:
    """Apply one page. Returns whether the stream must be read again from its beginning.

    Waiting operations about the customers in it are applied once more on top.
    """
    cursor = session.get(Cursor, page.stream) or Cursor(stream=page.stream, seq=0, round=0)
    session.add(cursor)
    fresh = not page.more and page.seq == cursor.seq and not page.changes
    if not fresh:
        _apply_changes(session, page, columns, cursor.round)
        cursor.seq = page.seq
    if page.more:
        return False
    if cursor.round and not cursor.whole:
        _drop_earlier_rounds(session, page.stream, cursor.round)
    cursor.whole = True
    if fresh:
        return False
    return _digest(session, page.stream) != int(page.digest)


def start_over(session: Session, streams: Iterable[str]) -> None:
    """Read these streams again from their beginning; what is here stays usable meanwhile."""
    for stream in streams:
        cursor = session.get(Cursor, stream)
        if cursor is not None:
            cursor.seq, cursor.round, cursor.whole = 0, cursor.round + 1, False


def keep_only(session: Session, streams: Iterable[str]) -> None:
    """Forget the streams that are no longer this person's."""
    gone = set(cursors(session)) - set(streams)
    for stream in sorted(gone):
        _leave(session, stream, list(_records(session, stream)))
        session.execute(delete(Cursor).where(Cursor.stream == stream))


def _apply_changes(session: Session, page: Page, columns: Columns, round_: int) -> None:
    rows: dict[str, list[Sequence[Any]]] = defaultdict(list)
    held: dict[tuple[str, str], tuple[str, int]] = {}
    trees = [change.pk for change in page.changes if change.tree is not None]
    _clear_trees(session, page.stream, trees)
    for change in page.changes:
        if change.op == "remove":
            held.pop((change.entity, change.pk), None)
            continue
        held[change.entity, change.pk] = change.root, change.ver
        held.update({(entity, pk): (change.root, ver) for entity, pk, ver in change.held})
        if change.row is not None and change.entity in BY_NAME:
            rows[change.entity].append(change.row)
        for entity, children in (change.tree or {}).items():
            if entity in BY_NAME:
                rows[entity].extend(children)
    _upsert(session, rows, columns)
    _hold(session, page.stream, held, round_)
    removed = [(c.entity, c.pk) for c in page.changes if c.op == "remove"]
    _leave(session, page.stream, removed)
    outbox.apply_again(session, {change.root for change in page.changes})


def _upsert(session: Session, rows: dict[str, list[Sequence[Any]]], columns: Columns) -> None:
    """Write rows by the driver: a first sync brings tens of thousands of them."""
    for entity, many in rows.items():
        theirs = columns[entity]
        known = [name for name in theirs if name in BY_NAME[entity].columns]
        places = [theirs.index(name) for name in known]
        names = ", ".join(f'"{name}"' for name in known)
        marks = ", ".join("?" for _ in known)
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in known)
        session.connection().exec_driver_sql(
            f'INSERT INTO "{entity}" ({names}) VALUES ({marks}) '  # noqa: S608
            f"ON CONFLICT (id) DO UPDATE SET {updates}",
            [tuple(row[place] for place in places) for row in many],
        )
        touch(session, entity)
    session.expire_all()


def _clear_trees(session: Session, stream: str, customers: Sequence[str]) -> None:
    """Before a customer comes with all her children: nothing of an earlier stay may be left."""
    for some in _chunks(customers):
        for entity in CHILDREN:
            table = entity.kept
            session.execute(delete(table).where(table.c.customer_id.in_(some)))
        session.execute(
            delete(Held).where(
                Held.stream == stream, Held.root.in_(some), Held.entity != CUSTOMER.name
            )
        )


def _hold(
    session: Session, stream: str, held: dict[tuple[str, str], tuple[str, int]], round_: int
) -> None:
    if held:
        session.connection().exec_driver_sql(
            "INSERT OR REPLACE INTO held (stream, entity, pk, root, ver, round)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [(stream, entity, pk, root, ver, round_) for (entity, pk), (root, ver) in held.items()],
        )


def _leave(session: Session, stream: str, records: Sequence[tuple[str, str]]) -> None:
    """Records leave a stream, and the cache with their last stream; waiting work stays."""
    by_entity: dict[str, list[str]] = defaultdict(list)
    for entity, pk in records:
        by_entity[entity].append(pk)
    for entity, pks in by_entity.items():
        for some in _chunks(pks):
            session.execute(
                delete(Held).where(Held.stream == stream, Held.entity == entity, Held.pk.in_(some))
            )
            if entity == CUSTOMER.name:
                session.execute(delete(Held).where(Held.stream == stream, Held.root.in_(some)))
            _forget(session, entity, _held_by_none(session, entity, some))


def _held_by_none(session: Session, entity: str, pks: Sequence[str]) -> list[str]:
    still = set(session.scalars(select(Held.pk).where(Held.entity == entity, Held.pk.in_(pks))))
    return [pk for pk in pks if pk not in still]


def _forget(session: Session, entity: str, pks: Sequence[str]) -> None:
    if entity not in BY_NAME or not pks:
        return
    table = BY_NAME[entity].kept
    session.execute(delete(table).where(table.c.id.in_(pks)))
    touch(session, entity)
    if entity == CUSTOMER.name:
        for child in CHILDREN:
            children = child.kept
            session.execute(delete(children).where(children.c.customer_id.in_(pks)))
            touch(session, child.name)


def _drop_earlier_rounds(session: Session, stream: str, round_: int) -> None:
    stale = select(Held.entity, Held.pk).where(Held.stream == stream, Held.round < round_)
    _leave(session, stream, [(entity, pk) for entity, pk in session.execute(stale)])


def _records(session: Session, stream: str) -> Iterable[tuple[str, str]]:
    asked = select(Held.entity, Held.pk).where(Held.stream == stream)
    return [(entity, pk) for entity, pk in session.execute(asked)]


def _digest(session: Session, stream: str) -> int:
    asked = select(Held.entity, Held.pk, Held.ver).where(Held.stream == stream)
    return digest.of_records((entity, pk, ver) for entity, pk, ver in session.execute(asked))


def _chunks(items: Sequence[str]) -> Iterable[Sequence[str]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def put_back_rows(session: Session, changes: Iterable[Change]) -> None:
    """Rows the hub sent along with a refusal: its word on how they stand."""
    for change in changes:
        if change.row is not None and change.entity in BY_NAME:
            entity = BY_NAME[change.entity]
            _upsert(session, {change.entity: [change.row]}, {change.entity: entity.columns})
