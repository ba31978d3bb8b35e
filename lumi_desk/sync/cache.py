"""Applying what the hub delivers to the desk's cache. Cursor and rows in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from lumi_desk.storage.store import touch
from lumi_desk.sync import digest, outbox
from lumi_desk.sync.entities import BY_NAME, CHILDREN, CUSTOMER, FACT
from lumi_desk.sync.protocol import Change, Page
from lumi_desk.sync.tables import Cursor, Held

_CHUNK = 500
Columns = dict[str, tuple[str, ...]]
# Entity, id, and the customer whose child it is.
_Record = tuple[str, str, str]


def cursors(session: Session) -> dict[str, int]:
    """How far each stream was read."""
    return {cursor.stream: cursor.seq for cursor in session.scalars(select(Cursor))}


def apply(session: Session, page: Page, columns: Columns) -> bool:
    """Apply one page. Returns whether the stream must be read again from its beginning.

    Waiting operations about the customers in it are taken off before and done again after.
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
        _leave_for_good(session, stream, _records(session, stream))
        session.execute(delete(Cursor).where(Cursor.stream == stream))


def _apply_changes(session: Session, page: Page, columns: Columns, round_: int) -> None:
    customers = _touched(session, [(c.entity, c.pk, c.root) for c in page.changes])
    outbox.lift(session, customers)
    _write_changes(session, page, columns, round_)
    outbox.lay(session, customers)


def _leave_for_good(session: Session, stream: str, records: Sequence[_Record]) -> None:
    """Records leave a stream without a page that says so; work that waits stands aside."""
    customers = _touched(session, records)
    outbox.lift(session, customers)
    _leave(session, stream, [(entity, pk) for entity, pk, _ in records])
    outbox.lay(session, customers)


def _touched(session: Session, records: Iterable[_Record]) -> set[str]:
    """The customers whose waiting work may have written these records."""
    records = list(records)
    # A figure names the work it follows from: "<operation>:<kind>".
    figures = {pk.partition(":")[0] for entity, pk, _ in records if entity == FACT.name}
    return {root for _, _, root in records} | outbox.customers_of(session, figures)


def _write_changes(session: Session, page: Page, columns: Columns, round_: int) -> None:
    rows: dict[str, list[Sequence[Any]]] = defaultdict(list)
    held: dict[tuple[str, str], tuple[str, int]] = {}
    _clear_trees(session, page.stream, [c.pk for c in page.changes if c.tree is not None])
    for change in page.changes:
        if change.op == "remove":
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
    _leave(session, page.stream, [(c.entity, c.pk) for c in page.changes if c.op == "remove"])


def _upsert(session: Session, rows: dict[str, list[Sequence[Any]]], columns: Columns) -> None:
    """Write rows by the driver: a first sync brings tens of thousands of them."""
    for entity, many in rows.items():
        theirs = columns[entity]
        known = [name for name in theirs if name in BY_NAME[entity].columns]
        places = [theirs.index(name) for name in known]
        names = ", ".join(f'"{name}"' for name in known)
        marks = ", ".join("?" for _ in known)
        session.connection().exec_driver_sql(
            # Replaced by every unique key: what a key belonged to before may leave later.
            f'INSERT OR REPLACE INTO "{entity}" ({names}) VALUES ({marks})',  # noqa: S608
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
    session.expire_all()
    touch(session, entity)
    if entity == CUSTOMER.name:
        for child in CHILDREN:
            children = child.kept
            session.execute(delete(children).where(children.c.customer_id.in_(pks)))
            touch(session, child.name)


def _drop_earlier_rounds(session: Session, stream: str, round_: int) -> None:
    _leave_for_good(session, stream, _records(session, stream, Held.round < round_))


def _records(session: Session, stream: str, *which: ColumnElement[bool]) -> list[_Record]:
    asked = select(Held.entity, Held.pk, Held.root).where(Held.stream == stream, *which)
    return [(entity, pk, root) for entity, pk, root in session.execute(asked)]


def _digest(session: Session, stream: str) -> int:
    asked = select(Held.entity, Held.pk, Held.ver).where(Held.stream == stream)
    return digest.of_records((entity, pk, ver) for entity, pk, ver in session.execute(asked))


def _chunks(items: Sequence[str]) -> Iterable[Sequence[str]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def as_the_hub_says(session: Session, changes: Sequence[Change]) -> None:
    """Rows the hub sent along with a refusal: its word on how they stand."""
    customers = {change.root for change in changes}
    outbox.lift(session, customers)
    for change in changes:
        entity = BY_NAME.get(change.entity)
        if change.row is not None and entity is not None and _is_here(session, change):
            _upsert(session, {change.entity: [change.row]}, {change.entity: entity.columns})
    outbox.lay(session, customers)


def _is_here(session: Session, change: Change) -> bool:
    asked = select(Held.pk).where(Held.entity == change.entity, Held.pk == change.pk)
    return session.scalar(asked.limit(1)) is not None
