"""Openers: an encrypted file, a plain file of its owner, or PostgreSQL; each checked."""

import contextlib
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlcipher3 import dbapi2 as sqlcipher

from lumi_desk.errors import N_, LumiError
from lumi_desk.security.masking import mask_text

KEY_BYTES = 32
BUSY_SECONDS = 10.0
_PLAIN_HEADER = b"SQLite format 3\0"

# How many connections to PostgreSQL a process keeps at most, unless it is told.
POOL = 20
# A connection that rested for longer is asked whether the server is still there: asking at every
# request would cost each one a round trip.
_REST_SECONDS = 10.0
# So that a server that vanished without a word is noticed within a minute.
_KEEPALIVES = {"keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3}

# A page that is read again is decrypted again: 32 MB of them stay at hand if they are needed. The
# log is written back after 16 MB, not 4: a round then seldom waits for it.
_ROOMY = ("cache_size = -32000", "wal_autocheckpoint = 4000")

_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

# The driver looks long for a way to keep what it could keep as it is; told one, it spares each of
# these three quarters of a microsecond: as much as all the rest of writing a value.
sqlcipher.register_adapter(bool, int)
sqlcipher.register_adapter(type(None), {}.get)

Connect = Callable[[], Any]


class EncryptionIsOff(LumiError):
    """The driver at hand cannot encrypt."""

    title = N_("This copy of the program cannot encrypt its data")
    advice = N_("Nothing was opened or written. Install the program again.")


class NotEncrypted(LumiError):
    """The file that should be encrypted lies open."""

    title = N_("The file {file} is not encrypted")
    advice = N_("Nothing was changed. Move it away, then start again to fetch a fresh copy.")


class WrongKey(LumiError):
    """The key does not open the file, or the file is damaged."""

    title = N_("The key does not open the file {file}")
    advice = N_("Nothing was changed. Sign in as the person this file belongs to.")


class DiskFull(LumiError):
    """There is no room for a write."""

    title = N_("The disk is full")
    advice = N_("This was not saved. Make room on the disk, then save again.")


class DiskRefuses(LumiError):
    """The disk did not write or sync: it fails, or there is no room it would own up to."""

    title = N_("The disk did not take what was to be saved")
    advice = N_(
        "This was not saved. Make room and save again; if there is room, the disk may be failing:"
        " tell whoever looks after this computer."
    )


class Busy(LumiError):
    """Another program holds the file for longer than we wait."""

    title = N_("Another program is using the data file")
    advice = N_("Close other copies of the program, then try again.")


class DatabaseAway(Busy):
    """The database server does not answer, or the line to it broke."""

    title = N_("The database cannot be reached")
    advice = N_("Nothing was changed. Start the database server, then try again.")


def encrypted(path: Path, key: bytes, *, driver: Any = sqlcipher) -> Engine:
    """An engine on a SQLCipher file, made if missing. `key` is 32 raw bytes.

    Raises EncryptionIsOff, NotEncrypted or WrongKey; none of them touches an existing file.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key must have {KEY_BYTES} bytes, not {len(key)}")
    _require_cipher(driver.connect(":memory:"))
    _refuse_plain(path)
    _make_private(path)

    def connect() -> Any:
        connection = driver.connect(str(path), timeout=BUSY_SECONDS, check_same_thread=False)
        # A raw key: a passphrase would cost 150 ms for each connection.
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        _require_cipher(connection)
        _require_readable(connection, path, driver)
        return _prepare(connection, *_ROOMY)

    return _opened(_sqlite_engine(connect, driver))


def plain(path: Path) -> Engine:
    """An engine on a plain SQLite file readable by its owner alone: the hub's default."""
    _make_private(path)

    def connect() -> Any:
        return _prepare(sqlcipher.connect(str(path), timeout=BUSY_SECONDS, check_same_thread=False))

    return _opened(_sqlite_engine(connect, sqlcipher))


def postgres(url: str, *, pool: int = POOL, longest_s: int = 0) -> Engine:
    """An engine on PostgreSQL, `postgresql+psycopg://…`. Values never reach an error message.

    `pool` is the most connections it keeps, `longest_s` the seconds after which the server ends a
    statement or a transaction in which nothing is asked any more (0: never).
    """
    engine = create_engine(
        url,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        pool_size=pool,
        max_overflow=0,
        # The one that was used last: the others rest, and go away with a restarted server.
        pool_use_lifo=True,
        pool_timeout=BUSY_SECONDS,
        connect_args={
            "options": _server_settings(longest_s),
            "application_name": "lumi-hub",
            "connect_timeout": int(BUSY_SECONDS),
            **_KEEPALIVES,
        },
    )
    event.listen(engine, "handle_error", _without_values)
    _say_begin(engine)
    _ask_after_rest(engine)
    return engine


def _server_settings(longest_s: int) -> str:
    # How long a statement waits for another's lock: as long as SQLite waits for the file.
    limits: dict[str, int] = {"lock_timeout": int(BUSY_SECONDS)}
    if longest_s:
        limits |= {"statement_timeout": longest_s, "idle_in_transaction_session_timeout": longest_s}
    told = {name: seconds * 1000 for name, seconds in limits.items()}
    # What is asked for by ids is at hand or on a disk without heads: reading a whole table instead
    # takes longer long before the server would think so.
    told["random_page_cost"] = 1
    return " ".join(f"-c {name}={value}" for name, value in told.items())


def _say_begin(engine: Engine) -> None:
    """Begin each transaction in the words of its kind.

    Setting a connection to another mode and back takes the driver as long as a small statement.
    """

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        told = connection.get_execution_options()
        # Whoever asks for it stands outside of any transaction.
        if told.get("isolation_level") != "AUTOCOMMIT":
            driver: Any = connection.connection.driver_connection
            words = _BEGIN_READING if told.get("lumi_reading") else "BEGIN"
            try:
                driver.execute(words, prepare=False)
            except engine.dialect.loaded_dbapi.Error as error:
                raise said_as(connection, words, error) from error

    @event.listens_for(engine, "reset")
    def comes_back(driver: Any, *_: object) -> None:
        # It is a number: none when idle.
        if driver.info.transaction_status:
            driver.rollback()


def _ask_after_rest(engine: Engine) -> None:
    """Have a connection that rested checked, and replaced if the server has gone meanwhile."""

    @event.listens_for(engine, "checkin")
    def rests(_: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def wakes(connection: Any, record: Any, _: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < _REST_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def _without_values(context: ExceptionContext) -> None:
    said = context.original_exception
    told = mask_values(said)
    if context.sqlalchemy_exception is not None:
        name = type(said).__name__
        context.sqlalchemy_exception.args = (f"({type(said).__module__}.{name}) {told}",)


def mask_values(said: BaseException) -> str:
    """Leave of an error what went wrong: its detail quotes the row, with a phone number maybe."""
    told = mask_text(str(said).partition("\n")[0])
    said.args = (told, *said.args[1:])
    return told


def said_as(connection: Connection, words: str, error: Any) -> BaseException:
    """What the driver raised while it was used alone, as SQLAlchemy would raise it."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.driver_connection, None)
    if lost:
        connection.invalidate(error)
    if dialect.name == "postgresql":
        mask_values(error)
    told: BaseException = DBAPIError.instance(
        words,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return told


def _refuse_plain(path: Path) -> None:
    if path.exists():
        with path.open("rb") as file:
            if file.read(len(_PLAIN_HEADER)) == _PLAIN_HEADER:
                raise NotEncrypted(file=path.name)


def _require_cipher(connection: Any) -> None:
    row = connection.execute("PRAGMA cipher_version").fetchone()
    if not row or not row[0]:
        connection.close()
        raise EncryptionIsOff


def _require_readable(connection: Any, path: Path, driver: Any) -> None:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except driver.DatabaseError as error:
        connection.close()
        if isinstance(error, driver.OperationalError):
            raise Busy from None
        raise WrongKey(file=path.name) from None


def _prepare(connection: Any, *more: str) -> Any:
    # The driver's own transaction handling is off: a `begin` listener says the word.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "fullfsync = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
        "foreign_keys = ON",
        *more,
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _sqlite_engine(connect: Connect, driver: Any) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=connect,
        module=driver,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=12,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        told = connection.get_execution_options()
        driver: Any = connection.connection.driver_connection
        if told.get("lumi_reading"):
            driver.execute("BEGIN")
            return
        level = "NORMAL" if told.get("lumi_passing") else "FULL"
        if connection.info.get("synchronous", "FULL") != level:
            driver.execute(f"PRAGMA synchronous = {level}")
            connection.info["synchronous"] = level
        # IMMEDIATE, so that two writers queue: a read that turns into a write would fail at once.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _make_private(path: Path) -> None:
    """Make the file, if missing, so that only its owner can ever read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR))


def _opened(engine: Engine) -> Engine:
    """Open once, so that problems show at once."""
    engine.connect().close()
    return engine
