"""Databases in memory, made by copying: nothing to migrate, to open or to write through."""

from typing import Any

import sqlcipher3 as sqlcipher
from sqlalchemy import Engine, StaticPool, create_engine, event

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
    """An engine on a database without tables."""
    return _engine(sqlcipher.connect(":memory:", check_same_thread=False))


def raw_of(engine: Engine) -> Any:
    """The one connection of the driver behind an engine."""
    with engine.connect().execution_options(lumi_reading=True) as connection:
        return connection.connection.driver_connection


def _engine(raw: Any) -> Engine:
    raw.isolation_level = None
    raw.execute("PRAGMA foreign_keys = ON")
    engine = Engine(
        StaticPool(lambda: raw),
        _SHARED.dialect,
        _SHARED.url,
        hide_parameters=True,
        execution_options={"compiled_cache": _COMPILED},
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("lumi_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
