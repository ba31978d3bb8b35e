"""What a batch of operations has looked up at once, so that none of them has to ask.

Without a batch every call asks the session: an operation is carried out by the same words on the
desk, alone, and on the hub, with fifty others.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from lumi_desk.storage import bulk
from lumi_desk.storage.base import Record, Table

T = TypeVar("T", bound=Table)
_KEY = "known"

Values = dict[str, Any]
Written = dict[tuple[str, str], Values]


@dataclass
class _Known:
    """What was looked up, and the rows that wait to be written all at once.

    `unused` are ids that nothing has been kept under before: no row is looked up by them.
    `sets` holds, for a table and a customer, the ids of her rows that were looked up.
    """

    unused: frozenset[str] = frozenset()
    rows: dict[tuple[type[Any], str], Any] = field(default_factory=dict)
    sets: dict[tuple[type[Any], str], dict[str, None]] = field(default_factory=dict)
    waiting: dict[type[Any], dict[str, Values]] = field(default_factory=lambda: defaultdict(dict))
    written: Written = field(default_factory=dict)

    def is_unused(self, table: type[Any], pk: str) -> bool:
        """Whether no row can stand there. Ids of figures begin with the operation's."""
        if pk.partition(":")[0] not in self.unused or (table, pk) in self.rows:
            return False
        return (table.__tablename__, pk) not in self.written


def begin(session: Session, unused: Collection[str], done: Written | None = None) -> None:
    """Look up and write for a whole batch from now on; nothing is kept under these ids yet.

    What waits is written before anybody asks through the session, at the latest by write().
    Begun once more, after something failed, it remembers nothing but what is `done`.
    """
    if _KEY not in session.info:
        event.listen(session, "do_orm_execute", lambda state: write(state.session))
    session.info[_KEY] = _Known(frozenset(unused), written=done or {})


def load(session: Session, table: type[T], ids: Iterable[str]) -> list[T]:
    """Look rows up in one statement; find() gives them, and None for those that are not there."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    found = list(session.scalars(select(table).where(_id_of(table).in_(wanted))))
    fill(session, table, found, wanted)
    return found


def fill(session: Session, table: type[T], found: Iterable[T], ids: Iterable[str] = ()) -> None:
    """Remember rows that were looked up; of these ids, those not found are not there."""
    rows = _known(session).rows
    rows.update({(table, pk): None for pk in ids})
    rows.update({(table, cast(Any, row).id): row for row in found})


def fill_sets(
    session: Session, table: type[T], found: Iterable[T], customers: Iterable[str]
) -> None:
    """Remember which rows these customers have, as far as anybody will ask."""
    known = _known(session)
    for customer_id in customers:
        known.sets[table, customer_id] = {}
    for row in found:
        told = cast(Any, row)
        known.rows[table, told.id] = row
        known.sets[table, told.customer_id][told.id] = None


def find(session: Session, table: type[T], pk: str) -> T | None:
    """The row under an id."""
    known: _Known | None = session.info.get(_KEY)
    if known is None:
        return session.get(table, pk)
    values = known.waiting[table].pop(pk, None) if table in known.waiting else None
    if values is not None:
        made = table(**values)
        session.add(made)
        known.rows[table, pk] = made
        return made
    if (table, pk) in known.rows:
        return cast("T | None", known.rows[table, pk])
    return None if known.is_unused(table, pk) else session.get(table, pk)


def find_set(session: Session, table: type[T], customer_id: str) -> Sequence[T] | None:
    """A customer's rows that were looked up; None when nobody has."""
    known: _Known | None = session.info.get(_KEY)
    ids = known.sets.get((table, customer_id)) if known else None
    if ids is None:
        return None
    return [row for pk in list(ids) if (row := find(session, table, pk)) is not None]


def keep(session: Session, table: type[Table], **values: Any) -> None:
    """Keep a row under its id: a new one, or these values in the one that is there."""
    known: _Known | None = session.info.get(_KEY)
    pk = values["id"]
    if known is not None:
        if (hers := known.sets.get((table, values.get("customer_id", "")))) is not None:
            hers[pk] = None
        if known.is_unused(table, pk):
            known.waiting[table].setdefault(pk, {}).update(values)
            return
    row = find(session, table, pk)
    if row is None:
        made = table(**values)
        session.add(made)
        if known is not None:
            known.rows[table, pk] = made
        return
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def write(session: Session) -> None:
    """Write what waits, each table's rows in one statement, as their first version."""
    known: _Known | None = session.info.get(_KEY)
    if known is None:
        return
    while known.waiting:
        table, rows = known.waiting.popitem()
        first = {"ver": 1} if issubclass(table, Record) else {}
        by_columns: dict[tuple[str, ...], list[Values]] = defaultdict(list)
        for values in rows.values():
            by_columns[tuple(values)].append(values | first)
        for some in by_columns.values():
            bulk.insert(session, cast(SqlTable, table.__table__), some)
        known.written |= {(table.__tablename__, pk): values for pk, values in rows.items()}


def written(session: Session) -> Written:
    """The rows that were written at once so far, by table name and id."""
    return dict(_known(session).written)


def end(session: Session) -> Written:
    """Write what waits and ask the session again from now on. Returns what was written so."""
    write(session)
    known: _Known | None = session.info.pop(_KEY, None)
    return known.written if known else {}


def _known(session: Session) -> _Known:
    known: _Known = session.info[_KEY]
    return known


def _id_of(table: type[Any]) -> Any:
    return table.id
