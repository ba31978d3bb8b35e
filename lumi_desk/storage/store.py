"""Transactions: read() and write(), and who is told which tables a write touched."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.orm import ORMExecuteState, Session

from lumi_desk.errors import LumiError
from lumi_desk.storage.engines import Busy, DiskFull

Changed = Callable[[frozenset[str]], None]


class Store:
    """One database. Services get a session from it and never commit; leaving `write()` does."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._subscribers: list[Changed] = []

    @property
    def on_postgres(self) -> bool:
        """Whether this is the hub's big engine."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one snapshot; nothing it does is kept."""
        options: dict[str, Any] = {"lumi_reading": True}
        if self.on_postgres:
            options["isolation_level"] = "REPEATABLE READ"
        with (
            in_words(),
            self.engine.connect().execution_options(**options) as connection,
            Session(connection, autoflush=False) as session,
        ):
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits on leaving, or keeps nothing when an error leaves it."""
        touched: set[str] = set()
        with in_words(), Session(self.engine, expire_on_commit=False) as session:
            _collect(session, touched)
            with session.begin():
                yield session
        self._announce(frozenset(touched))

    def subscribe(self, changed: Changed) -> Callable[[], None]:
        """Be told the tables of every write that committed, on the thread that wrote.

        Returns a function that ends it.
        """
        self._subscribers.append(changed)
        return lambda: self._subscribers.remove(changed)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _announce(self, touched: frozenset[str]) -> None:
        if touched:
            for changed in list(self._subscribers):
                changed(touched)


def touch(session: Session, *tables: str) -> None:
    """Announce tables that were written past the session, by Core or the driver."""
    session.info.setdefault("touched", set()).update(tables)


def _collect(session: Session, touched: set[str]) -> None:
    session.info["touched"] = touched

    @event.listens_for(session, "before_flush")
    def flushing(session: Session, *_: Any) -> None:
        for row in (*session.new, *session.dirty, *session.deleted):
            touched.add(row.__tablename__)

    @event.listens_for(session, "do_orm_execute")
    def executing(state: ORMExecuteState) -> None:
        statement: Any = state.statement
        if not state.is_select and hasattr(statement, "table"):
            touched.add(statement.table.name)


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the disk says into an error a person can read."""
    try:
        yield
    except DatabaseError as error:
        said = str(error.orig).lower()
        if "disk is full" in said or "no space left" in said or "disk i/o error" in said:
            raise DiskFull from error
        if "database is locked" in said:
            raise Busy from error
        raise
    except StatementError as error:
        if isinstance(error.orig, LumiError):
            raise error.orig from error
        raise
