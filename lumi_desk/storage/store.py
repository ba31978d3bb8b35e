"""Transactions: read() and write(), and who is told which tables a write touched."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import ORMExecuteState, Session
from sqlcipher3 import dbapi2 as sqlcipher

from lumi_desk.errors import LumiError
from lumi_desk.storage.damage import Damaged, is_damage
from lumi_desk.storage.engines import Busy, DatabaseAway, DiskFull, DiskRefuses

_FULL = ("disk is full", "no space left")
_REFUSED = "disk i/o error"
_PG_FULL = "53100"
# Deadlock, a failed serialisation, a lock not given or a statement not ended in time, too many
# connections.
_PG_BUSY = ("40P01", "40001", "55P03", "57014", "53300")
# Connection errors, and a server that is shutting down or starting.
_PG_AWAY = ("08", "57P")

Changed = Callable[[frozenset[str]], None]
_DRIVER = "driver"


class Store:
    """One database. Services get a session from it and never commit; leaving `write()` does."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._passing = engine.execution_options(lumi_passing=True)
        self._subscribers: list[Changed] = []
        self._shut: LumiError | None = None

    @property
    def on_postgres(self) -> bool:
        """Whether this is the hub's big engine."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one snapshot; nothing it does is kept."""
        self._require_open()
        with (
            in_words(),
            self.engine.connect().execution_options(lumi_reading=True) as connection,
            Session(connection, autoflush=False) as session,
        ):
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that reads from one snapshot and cannot write."""
        self._require_open()
        with (
            in_words(),
            self.engine.connect().execution_options(lumi_reading=True) as connection,
            connection.begin() as transaction,
        ):
            yield connection
            if not self.on_postgres:
                # A file has no such mode: whatever was done there is not kept.
                transaction.rollback()
            # Elsewhere it ends as a commit: after each rollback the driver forgets all statements
            # it has prepared, and the server plans them anew.

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A connection that reads each statement from a snapshot of its own: no transaction."""
        self._require_open()
        with in_words(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Any]:
        """The driver's own connection to a file, for a look without a transaction."""
        self._require_open()
        with in_words():
            held = self.engine.raw_connection()
            try:
                yield held.driver_connection
            finally:
                held.close()

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[Session]:
        """A session that commits on leaving, or keeps nothing when an error leaves it.

        Unless it is `lasting`, a file is not made sure of before this returns: a crash of the
        program takes nothing of it, a power cut may take all that was written so since the last
        write that lasts. That is for what can be had again.
        """
        self._require_open()
        touched: set[str] = set()
        engine = self.engine if lasting else self._passing
        with in_words(), _Writing(engine, expire_on_commit=False) as session:
            session.info["touched"] = touched
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

    def shut(self, why: LumiError) -> None:
        """Close for good: from now on read() and write() raise `why`."""
        self._shut = why
        self.close()

    def _require_open(self) -> None:
        if self._shut is not None:
            raise self._shut

    def _announce(self, touched: frozenset[str]) -> None:
        if touched:
            for changed in list(self._subscribers):
                changed(touched)


def drive(session: Session, sql: str, *values: Any) -> Any:
    """Run a statement of a file by its driver alone; gives the driver's cursor.

    What SQLAlchemy does around a statement takes ten times as long as a small one.
    """
    return _driver(session).execute(sql, values)


def drive_many(session: Session, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement of a file once for each row of values, by its driver alone."""
    _driver(session).executemany(sql, rows)


def _driver(session: Session) -> Any:
    """The driver's connection; a session that writes has one from its beginning to its end.

    Not remembered within a savepoint, which is only set when the session is asked, nor once the
    transaction is lost: then the session says so.
    """
    known = session.info.get(_DRIVER)
    is_whole = session.is_active and session.in_transaction()
    if known is not None and is_whole and not session.in_nested_transaction():
        return known
    found = session.connection().connection.driver_connection
    if isinstance(session, _Writing):
        session.info[_DRIVER] = found
    return found


def touch(session: Session, *tables: str) -> None:
    """Announce tables that were written past the session, by Core or the driver."""
    session.info.setdefault("touched", set()).update(tables)


class _Writing(Session):
    """A session that notes which tables it writes; its listeners are made once for all."""


@event.listens_for(_Writing, "before_flush")
def _flushing(session: Session, *_: Any) -> None:
    touch(session, *(row.__tablename__ for row in _changed(session)))


@event.listens_for(_Writing, "do_orm_execute")
def _executing(state: ORMExecuteState) -> None:
    statement: Any = state.statement
    if not state.is_select and hasattr(statement, "table"):
        touch(state.session, statement.table.name)


def _changed(session: Session) -> Iterator[Any]:
    yield from session.new
    yield from session.dirty
    yield from session.deleted


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what the disk and the server say into an error a person can read."""
    try:
        yield
    except PoolTimeout as error:
        raise Busy from error
    except StatementError as error:
        told = _in_our_words(error)
        if told is None:
            raise
        raise told from error
    except sqlcipher.Error as error:
        told = _in_words_of_files(error)
        if told is None:
            raise
        raise told from error


def _in_our_words(error: StatementError) -> LumiError | None:
    if isinstance(error.orig, LumiError):
        return error.orig
    if not isinstance(error, DBAPIError):
        return None
    if not _is_postgres(error):
        return _in_words_of_files(error.orig)
    said = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None) or ""
    if any(words in said for words in _FULL) or state == _PG_FULL:
        return DiskFull()
    if _REFUSED in said:
        return DiskRefuses()
    if state in _PG_BUSY:
        return Busy()
    lost = error.connection_invalidated or state.startswith(_PG_AWAY)
    # Without a state the server never answered: the connection could not be made or broke.
    if lost or (isinstance(error, OperationalError) and not state):
        return DatabaseAway()
    return None


def _in_words_of_files(error: BaseException | None) -> LumiError | None:
    said = str(error).lower()
    if any(words in said for words in _FULL):
        return DiskFull()
    if _REFUSED in said:
        return DiskRefuses()
    if is_damage(error):
        return Damaged()
    return Busy() if "database is locked" in said else None


def _is_postgres(error: DBAPIError) -> bool:
    return type(error.orig).__module__.startswith("psycopg")
