"""Writing many rows of one table in one statement, the way each engine is fastest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from lumi_desk.storage.base import Words, can_be_kept
from lumi_desk.storage.store import touch

_CHUNK = 2000
Values = Mapping[str, Any]
_Convert = Callable[[Sequence[Any]], list[Any]]


def insert(session: Session, table: SqlTable, rows: Sequence[Values], *over: str) -> None:
    """Insert rows that all name the same columns.

    With `over`, the columns of a unique key, a row that stands there already takes the new
    values. Raises what a value's column type raises, such as NulInText.
    """
    if not rows:
        return
    names = tuple(rows[0])
    connection = session.connection()
    columns = [
        convert([row[name] for row in rows])
        for name, convert in zip(names, _converters(table, names, connection.dialect), strict=True)
    ]
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(_of_rows(table, names, over), list(zip(*columns, strict=True)))
    elif len(rows) == 1:
        values = tuple(column[0] for column in columns)
        connection.exec_driver_sql(_of_one(table, names, over), values)
    else:
        # A column travels as one text: that is many times faster than value by value.
        statement = _of_arrays(table, names, over)
        for start in range(0, len(rows), _CHUNK):
            some = tuple(_array(column[start : start + _CHUNK]) for column in columns)
            connection.exec_driver_sql(statement, some)
    touch(session, table.name)


@lru_cache(maxsize=256)
def _converters(table: SqlTable, names: tuple[str, ...], dialect: Dialect) -> tuple[_Convert, ...]:
    """For each column, what turns its values into those the driver takes."""
    return tuple(_converter(table.c[name].type, dialect) for name in names)


def _converter(kind: Any, dialect: Dialect) -> _Convert:
    one = kind.dialect_impl(dialect).bind_processor(dialect)
    if one is None:
        return list
    if isinstance(kind, Words):
        # Looked at all together; one by one only to say which of them cannot be kept.
        return lambda values: list(values) if can_be_kept(values) else [*map(one, values)]
    return lambda values: [*map(one, values)]


@lru_cache(maxsize=256)
def _of_arrays(table: SqlTable, names: tuple[str, ...], over: tuple[str, ...]) -> str:
    arrays = ", ".join(f"%s::{_kind(table.c[name].type)}[]" for name in names)
    source = f"SELECT * FROM unnest({arrays})"  # noqa: S608  (names of our own columns)
    return f"{_into(table, names)} {source}{_or_replace(names, over)}"


def _array(values: Sequence[Any]) -> str:
    """The values as PostgreSQL reads an array."""
    if None in values:
        return (
            "{" + ",".join("NULL" if one is None else _array([one])[1:-1] for one in values) + "}"
        )
    if not isinstance(values[0], str):
        return "{" + ",".join(map(str, values)) + "}"
    # No text holds a NUL: it parts them until quotes and backslashes are marked.
    told = "\0".join(values).replace("\\", "\\\\").replace('"', '\\"')
    return '{"' + told.replace("\0", '","') + '"}'


@lru_cache(maxsize=256)
def _of_one(table: SqlTable, names: tuple[str, ...], over: tuple[str, ...]) -> str:
    marks = ", ".join(f"%b::{_kind(table.c[name].type)}" for name in names)
    return f"{_into(table, names)} VALUES ({marks}){_or_replace(names, over)}"


@lru_cache(maxsize=256)
def _of_rows(table: SqlTable, names: tuple[str, ...], over: tuple[str, ...]) -> str:
    marks = ", ".join("?" for _ in names)
    return f"{_into(table, names)} VALUES ({marks}){_or_replace(names, over)}"


def _into(table: SqlTable, names: Iterable[str]) -> str:
    return f'INSERT INTO "{table.name}" ({_quoted(names)})'


def _or_replace(names: Iterable[str], over: tuple[str, ...]) -> str:
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
