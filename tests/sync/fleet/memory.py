"""Databases in memory, made by copying: nothing to migrate, to open or to write through."""

from collections.abc import Iterator
from typing import Any

import sqlcipher3 as sqlcipher
from sqlalchemy import Connection, Engine, StaticPool, create_engine

_SHARED = create_engine("sqlite://", module=sqlcipher, poolclass=StaticPool, hide_parameters=True)
# The dialect learns what it speaks to when it first meets it.
_SHARED.connect().close()
# Every database speaks one dialect and knows every statement another one has compiled.
_COMPILED: dict[Any, Any] = {}


class Picture:
    """A database as it stood at one moment."""

    def __init__(self, engine: Engine) -> None:
        self._kept = sqlcipher.connect(":memory:", check_same_thread=False)
        raw_of(engine).backup(self._kept)

    def opened(self) -> Engine:
        """An engine on a copy of its own."""
        raw = sqlcipher.connect(":memory:", check_same_thread=False)
        self._kept.backup(raw)
        return _engine(raw)


def empty() -> Engine:
    """An engine on a database without tables, to make them in: an ordinary one."""
    return create_engine("sqlite://", module=sqlcipher, poolclass=StaticPool)


def raw_of(engine: Engine) -> Any:
    """The one connection of the driver behind an engine."""
    if isinstance(engine, InMemory):
        return engine.raw
    with engine.connect() as connection:
        return connection.connection.driver_connection


class _Found:
    """What the driver found: as much of SQLAlchemy's result as is asked of statements in words."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.rowcount: int = cursor.rowcount
        self.returns_rows = cursor.description is not None

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._cursor)

    def all(self) -> list[tuple[Any, ...]]:
        return list(self._cursor.fetchall())

    def first(self) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self._cursor.fetchone()
        self._cursor.close()
        return found

    def scalar(self) -> Any:
        found = self.first()
        return found[0] if found else None


class _Connection(Connection):
    """Statements in words go to the driver at once, and so does the beginning of a transaction.

    Most of a history's time is SQLAlchemy's bookkeeping around statements that take no time at
    all; the real fleets of test_fleet.py go through all of it.
    """

    engine: "InMemory"

    def exec_driver_sql(  # type: ignore[override]
        self, statement: str, parameters: Any = None, **_: Any
    ) -> _Found:
        """Execute, in a transaction that is begun if there is none."""
        if self._transaction is None:
            self._autobegin()
        cursor = self.engine.raw.cursor()
        try:
            if parameters is None:
                cursor.execute(statement)
            elif isinstance(parameters, list):
                cursor.executemany(statement, parameters)
            else:
                cursor.execute(statement, parameters)
        except sqlcipher.Error as error:
            self._handle_dbapi_exception(error, statement, parameters, cursor, None)
        return _Found(cursor)

    def _begin_impl(self, transaction: Any) -> None:  # noqa: ARG002  (named by the base)
        reading = self._execution_options.get("lumi_reading", False)
        self.engine.raw.execute("BEGIN" if reading else "BEGIN IMMEDIATE")


class InMemory(Engine):
    """The engine on one connection in memory. It has no listeners: each would be asked by each
    statement."""

    _connection_cls = _Connection

    def __init__(self, raw: Any) -> None:
        super().__init__(
            StaticPool(lambda: raw, reset_on_return=None),
            _SHARED.dialect,
            _SHARED.url,
            hide_parameters=True,
            execution_options={"compiled_cache": _COMPILED},
        )
        self.raw = raw


def _engine(raw: Any) -> Engine:
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys = ON")
    return InMemory(raw)
