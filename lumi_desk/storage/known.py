"""What a batch of operations has looked up at once, so that none of them has to ask.

Without a batch every call asks the session: an operation is carried out by the same words on the
desk, alone, and on the hub, with fifty others.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, Session

from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import Day, Json, Record, Table, UtcTime
from lumi_desk.storage.direct import Direct, Row

T = TypeVar("T", bound=Table)
_KEY = "known"

Values = dict[str, Any]
Pair = tuple[str, str]
_Waiting = dict[type[Any], dict[str, Values]]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written past the session: new rows with their values, and rows it changed.

    Each by table name and id.
    """

    made: dict[Pair, Values] = field(default_factory=dict)
    changed: frozenset[Pair] = frozenset()


class Light:
    """A row of a table that was looked up by some of its columns, without the session.

    What is set on it is written with what else waits.
    """

    def __init__(self, values: Values, changes: dict[str, Values]) -> None:
        self.__dict__.update(values)
        self.__dict__["_changes"] = changes

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value
        self.__dict__["_changes"].setdefault(self.__dict__["id"], {})[name] = value


@dataclass
class _Known:
    """What was looked up, and the rows that wait to be written all at once.

    `unused` are ids that nothing has been kept under before: no row is looked up by them.
    `sets` holds, for a table and a customer, the ids of her rows that were looked up. New rows
    wait in `waiting`, what is set on light rows in `changes`.
    """

    unused: frozenset[str] = frozenset()
    rows: dict[tuple[type[Any], str], Any] = field(default_factory=dict)
    sets: dict[tuple[type[Any], str], dict[str, None]] = field(default_factory=dict)
    waiting: _Waiting = field(default_factory=lambda: defaultdict(dict))
    changes: _Waiting = field(default_factory=lambda: defaultdict(dict))
    written: Written = field(default_factory=Written)

    def is_unused(self, table: type[Any], pk: str) -> bool:
        """Whether no row can stand there. Ids of figures begin with the operation's."""
        if pk.partition(":")[0] not in self.unused or (table, pk) in self.rows:
            return False
        return (table.__tablename__, pk) not in self.written.made


def begin(session: Session, unused: Collection[str], done: Written | None = None) -> None:
    """Look up and write for a whole batch from now on; nothing is kept under these ids yet.

    What waits is written before anybody asks through the session, at the latest by write().
    Begun once more, after something failed, it remembers nothing but what is `done`.
    """
    session.info[_KEY] = _Known(frozenset(unused), written=done or Written())


@event.listens_for(Session, "do_orm_execute")
def _asking(state: ORMExecuteState) -> None:
    write(state.session)


def load(session: Session, table: type[T], ids: Iterable[str]) -> list[T]:
    """Look rows up in one statement; find() gives them, and None for those that are not there."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    found = list(session.scalars(select(table).where(among(_id_of(table))), {IDS: wanted}))
    fill(session, table, found, wanted)
    return found


def light(
    session: Session, table: type[T], asked: Direct, told: Values, ids: Iterable[str] = ()
) -> list[T]:
    """Look rows up past the session, by the columns that operations ask for.

    Of these ids, those not found are not there.
    """
    return take(session, table, asked.names, asked.rows(session.connection(), told), ids)


def take(
    session: Session,
    table: type[T],
    names: tuple[str, ...],
    found: Iterable[Row],
    ids: Iterable[str],
) -> list[T]:
    """Remember rows of these columns that were looked up past the session, as light() does."""
    changes = _known(session).changes[table]
    readers = _readers(table, names)
    rows: list[Any] = []
    for stored in found:
        values = dict(zip(names, stored, strict=True))
        for name, read in readers:
            values[name] = read(values[name], None)
        rows.append(Light(values, changes))
    fill(session, table, rows, ids)
    return rows


@lru_cache(maxsize=256)
def _readers(table: type[Table], names: tuple[str, ...]) -> list[tuple[str, Any]]:
    """The columns whose values are stored otherwise than they are read."""
    kinds = {name: table.__table__.c[name].type for name in names}
    stored_otherwise = (UtcTime, Day, Json)
    return [
        (name, kind.process_result_value)
        for name, kind in kinds.items()
        if isinstance(kind, stored_otherwise)
    ]


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
    row: Any = find(session, table, pk)
    if isinstance(row, Light):
        write(session)
        # Any column may have to be compared.
        row = session.get(table, pk, populate_existing=True)
        fill(session, table, [row] if row else [], [pk])
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
    """Write what waits, each table's rows in one statement, new ones as their first version."""
    known: _Known | None = session.info.get(_KEY)
    if known is None or not (known.waiting or any(known.changes.values())):
        return
    made, changed = dict(known.written.made), set(known.written.changed)
    while known.waiting:
        table, rows = known.waiting.popitem()
        first = {"ver": 1} if issubclass(table, Record) else {}
        for some in _by_columns(values | first for values in rows.values()):
            bulk.insert(session, cast(SqlTable, table.__table__), some)
        made |= {(table.__tablename__, pk): values for pk, values in rows.items()}
    for table, rows in known.changes.items():
        for some in _by_columns({"id": pk, **values} for pk, values in rows.items()):
            bulk.change(session, cast(SqlTable, table.__table__), some)
        changed |= {(table.__tablename__, pk) for pk in rows}
        rows.clear()
    known.written = Written(made, frozenset(changed))


def _by_columns(rows: Iterable[Values]) -> Iterable[list[Values]]:
    by_columns: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for values in rows:
        by_columns[tuple(values)].append(values)
    return by_columns.values()


def written(session: Session) -> Written:
    """What was written past the session so far."""
    return _known(session).written


def end(session: Session) -> Written:
    """Write what waits and ask the session again from now on. Returns what was written so."""
    write(session)
    known: _Known | None = session.info.pop(_KEY, None)
    return known.written if known else Written()


def _known(session: Session) -> _Known:
    known: _Known = session.info[_KEY]
    return known


def _id_of(table: type[Any]) -> Any:
    return table.id
