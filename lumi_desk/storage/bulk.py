"""Writing many rows of one table in one statement, the way each engine is fastest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from lumi_desk.storage.among import array
from lumi_desk.storage.base import Words, can_be_kept
from lumi_desk.storage.direct import in_their_words
from lumi_desk.storage.store import touch

_CHUNK = 2000
_ID = "id"
Values = Mapping[str, Any]
Columns = Sequence[Sequence[Any]]
_Names = tuple[str, ...]
_Convert = Callable[[Sequence[Any]], Sequence[Any]]


def insert(session: Session, table: SqlTable, rows: Sequence[Values], *over: str) -> None:
    """Insert rows that all name the same columns; see put()."""
    if rows:
        names = tuple(rows[0])
        put(session, table, names, [[row[name] for row in rows] for name in names], *over)


def put(session: Session, table: SqlTable, names: _Names, columns: Columns, *over: str) -> None:
    """Insert rows that come column by column, of each of `names` all the values.

    With `over`, the columns of a unique key, a row that stands there already takes the new
    values. Raises what a value's column type raises, such as NulInText.
    """
    if not columns[0]:
        return
    connection = session.connection()
    columns = _converted(table, names, columns, connection.dialect)
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(_of_rows(table, names, over), list(zip(*columns, strict=True)))
    elif len(columns[0]) == 1:
        _send(connection, _of_one(table, names, over), [column[0] for column in columns])
    else:
        _in_arrays(connection, _of_arrays(table, names, over), columns)
    touch(session, table.name)


def change(session: Session, table: SqlTable, rows: Sequence[Values]) -> None:
    """Set values in rows by their `id`; all name the same columns. Raises as put() does."""
    if not rows:
        return
    names = (*(name for name in rows[0] if name != _ID), _ID)
    connection = session.connection()
    told = [[row[name] for row in rows] for name in names]
    columns = _converted(table, names, told, connection.dialect)
    if connection.dialect.name == "postgresql":
        _in_arrays(connection, _changing_arrays(table, names), columns)
    else:
        connection.exec_driver_sql(_changing_rows(table, names), list(zip(*columns, strict=True)))
    touch(session, table.name)


def _in_arrays(connection: Connection, statement: str, columns: Columns) -> None:
    # A column travels as one text: that is many times faster than value by value.
    for start in range(0, len(columns[0]), _CHUNK):
        _send(connection, statement, [_array(column[start : start + _CHUNK]) for column in columns])


def _send(connection: Connection, statement: str, values: Sequence[Any]) -> None:
    # By the driver alone: it need not wait for the answer, see unwaited(). There are few of these.
    cursor: Any = connection.connection.cursor()
    with in_their_words(connection, statement):
        cursor.execute(statement, values, prepare=True)


def _converted(table: SqlTable, names: _Names, columns: Columns, dialect: Dialect) -> Columns:
    converters = _converters(table, names, dialect)
    return [convert(column) for column, convert in zip(columns, converters, strict=True)]


@lru_cache(maxsize=256)
def _converters(table: SqlTable, names: _Names, dialect: Dialect) -> tuple[_Convert, ...]:
    """For each column, what turns its values into those the driver takes."""
    return tuple(_converter(table.c[name].type, dialect) for name in names)


def _converter(kind: Any, dialect: Dialect) -> _Convert:
    one = kind.dialect_impl(dialect).bind_processor(dialect)
    if one is None:
        return list
    if isinstance(kind, Words):
        # Looked at all together; one by one only to say which of them cannot be kept.
        return lambda values: values if can_be_kept(values) else [*map(one, values)]
    return lambda values: [*map(one, values)]


@lru_cache(maxsize=256)
def _of_arrays(table: SqlTable, names: _Names, over: _Names) -> str:
    source = f"SELECT * FROM unnest({_arrays(table, names)})"  # noqa: S608  (our own columns)
    return f"{_into(table, names)} {source}{_or_replace(names, over)}"


@lru_cache(maxsize=256)
def _changing_arrays(table: SqlTable, names: _Names) -> str:
    told = f"unnest({_arrays(table, names)}) AS told({_quoted(names)})"
    taken = ", ".join(f'"{name}" = told."{name}"' for name in names[:-1])
    return f'UPDATE "{table.name}" SET {taken} FROM {told} WHERE "{table.name}".id = told.id'  # noqa: S608


@lru_cache(maxsize=256)
def _changing_rows(table: SqlTable, names: _Names) -> str:
    taken = ", ".join(f'"{name}" = ?' for name in names[:-1])
    return f'UPDATE "{table.name}" SET {taken} WHERE id = ?'  # noqa: S608


def _arrays(table: SqlTable, names: _Names) -> str:
    return ", ".join(f"%s::{_kind(table.c[name].type)}[]" for name in names)


def _array(values: Sequence[Any]) -> str:
    """The values as PostgreSQL reads an array."""
    if None in values:
        return (
            "{" + ",".join("NULL" if one is None else _array([one])[1:-1] for one in values) + "}"
        )
    return array(values) if isinstance(values[0], str) else "{" + ",".join(map(str, values)) + "}"


@lru_cache(maxsize=256)
def _of_one(table: SqlTable, names: _Names, over: _Names) -> str:
    marks = ", ".join(f"%b::{_kind(table.c[name].type)}" for name in names)
    return f"{_into(table, names)} VALUES ({marks}){_or_replace(names, over)}"


@lru_cache(maxsize=256)
def _of_rows(table: SqlTable, names: _Names, over: _Names) -> str:
    marks = ", ".join("?" for _ in names)
    return f"{_into(table, names)} VALUES ({marks}){_or_replace(names, over)}"


def _into(table: SqlTable, names: Iterable[str]) -> str:
    return f'INSERT INTO "{table.name}" ({_quoted(names)})'


def _or_replace(names: Iterable[str], over: _Names) -> str:
    if not over:
        return ""
    taken = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in over)
    return f" ON CONFLICT ({_quoted(over)}) DO UPDATE SET {taken}"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _kind(column_type: Any) -> str:
    plain = column_type.impl_instance if isinstance(column_type, TypeDecorator) else column_type
    if isinstance(plain, Boolean):
        return "boolean"
    return "bigint" if isinstance(plain, BigInteger) else "text"
