"""Selects that the driver runs alone: compiled once, their rows plain tuples of stored values.

SQLAlchemy looks after every run of a statement and every column of what comes back. A hub runs a
few of them so often that this costs it more than the database does.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPICursor

from lumi_desk.storage.engines import said_as

Row = tuple[Any, ...]
_Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one driver takes it; `order` of its values where they have no names."""

    words: str
    usual: Mapping[str, Any]
    converters: Mapping[str, _Convert]
    order: tuple[str, ...] | None
    how: Mapping[str, Any]

    def filled(self, told: Mapping[str, Any]) -> Any:
        values = {**self.usual, **told}
        for name, convert in self.converters.items():
            values[name] = convert(values[name])
        return values if self.order is None else [values[name] for name in self.order]


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement that was run by the driver alone."""

    connection: Connection
    words: str
    cursor: DBAPICursor

    def rows(self) -> list[Row]:
        """What it found. Raises the DBAPIError that SQLAlchemy would raise."""
        try:
            return cast("list[Row]", self.cursor.fetchall())
        except self.connection.dialect.loaded_dbapi.Error as error:
            raise said_as(self.connection, self.words, error) from error
        finally:
            self.cursor.close()


class Direct:
    """A select made once, with a bindparam for each value it is run with.

    `names` are those of its columns. `in_bytes`: long values come as they are kept, not spelled
    out: worth it for bytes, which are half as long then.
    """

    def __init__(self, statement: Any, *, in_bytes: bool = False) -> None:
        self.names: tuple[str, ...] = tuple(
            getattr(one, "name", "") for one in statement.selected_columns
        )
        self._statement = statement
        self._in_bytes = in_bytes
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, told: Mapping[str, Any]) -> list[Row]:
        """What it finds. Raises the DBAPIError that SQLAlchemy would raise."""
        return self.ask(connection, told).rows()

    def ask(self, connection: Connection, told: Mapping[str, Any]) -> Asked:
        """Run it; where answers are not waited for, see unwaited(), it only leaves."""
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compiled(self._statement, dialect)
        cursor = self._cursor(connection)
        try:
            cursor.execute(compiled.words, compiled.filled(told), **compiled.how)
        except dialect.loaded_dbapi.Error as error:
            cursor.close()
            raise said_as(connection, compiled.words, error) from error
        return Asked(connection, compiled.words, cursor)

    def _cursor(self, connection: Connection) -> DBAPICursor:
        if self._in_bytes and connection.dialect.name == "postgresql":
            return connection.connection.cursor(binary=True)
        return connection.connection.cursor()


@contextmanager
def in_their_words(connection: Connection, words: str = "") -> Iterator[None]:
    """What the driver raises while it is used alone, as SQLAlchemy would raise it."""
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise said_as(connection, words, error) from error


def _compiled(statement: Any, dialect: Dialect) -> _Compiled:
    made: Any = statement.compile(dialect=dialect)
    order = tuple(made.positiontup) if made.positional else None
    converters = {
        name: convert
        for one, name in made.bind_names.items()
        if (convert := one.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    # It is run again and again: a server need not find out.
    how = {"prepare": True} if dialect.name == "postgresql" else {}
    return _Compiled(str(made), dict(made.params), converters, order, how)
