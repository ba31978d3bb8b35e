"""Rows that are too many for memory: an encrypted scratch file that nobody can open afterwards.

Its key is made for it and stands in memory only. Where the system allows it the file loses its
name as soon as it is open, so that even a killed program leaves nothing behind; elsewhere it goes
when it is closed. Nothing in it is ever sorted: what is to come in order is kept in order.
"""

import contextlib
import os
import pickle
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from sqlcipher3 import dbapi2 as sqlcipher

from lumi_desk.storage.engines import KEY_BYTES
from lumi_desk.storage.store import in_words

T = TypeVar("T")

_AT_ONCE = 1000
# Pages that stay at hand, in KiB: the same for any number of rows.
_CACHE = 16_384
_SETTINGS = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "temp_store = MEMORY",
    f"cache_size = -{_CACHE}",
)


class Spool:
    """One scratch file; what is in it is gone once it is closed. Raises DiskFull when it grows."""

    def __init__(self, folder: Path | None = None) -> None:
        """Make the file in a folder, or where the system keeps what is temporary."""
        place, name = tempfile.mkstemp(prefix="lumi-", suffix=".spool", dir=folder)
        os.close(place)
        self.path = Path(name)
        try:
            self._connection: Any = sqlcipher.connect(name, isolation_level=None)
            self._connection.execute(f"PRAGMA key = \"x'{secrets.token_hex(KEY_BYTES)}'\"")
            for setting in _SETTINGS:
                self._connection.execute(f"PRAGMA {setting}")
            # Never committed: pages go to the disk only when there is no more room for them.
            self._connection.execute("BEGIN EXCLUSIVE")
            self._connection.execute("CREATE TABLE opened (at INTEGER)")
        except BaseException:
            self.path.unlink()
            raise
        self._forget_name()
        self._tables = 0

    def _forget_name(self) -> None:
        # Windows keeps the name of a file that is open.
        with contextlib.suppress(PermissionError):
            self.path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything. Closing twice is harmless."""
        self._connection.close()
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    def table(self, columns: str) -> str:
        """Make a table with these columns and the last rule; gives its name."""
        self._tables += 1
        name = f"t{self._tables}"
        self.run(f"CREATE TABLE {name} ({columns}) WITHOUT ROWID")
        return name

    def run(self, sql: str, *values: Any) -> Any:
        """Run one statement; gives the driver's cursor."""
        with in_words():
            return self._connection.execute(sql, values)

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows of values."""
        with in_words():
            self._connection.executemany(sql, rows)


class Heap(Generic[T]):
    """Values in the order of their keys; of one key in the order of their places."""

    def __init__(self, spool: Spool) -> None:
        columns = "key TEXT, n INTEGER, body BLOB, PRIMARY KEY (key, n)"
        self._spool, self._table = spool, spool.table(columns)
        self._waiting: list[tuple[str, int, bytes]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return (value for _, _, value in self._all())

    def add(self, key: str, value: T, place: int | None = None) -> None:
        """Keep a value. Without a place it comes behind what was added before.

        Another value at the same place of its key makes room for it.
        """
        self._count += 1
        n = self._count if place is None else place
        self._waiting.append((key, n, pickle.dumps(value, pickle.HIGHEST_PROTOCOL)))
        if len(self._waiting) >= _AT_ONCE:
            self._settle()

    def pieces(self, size: int) -> Iterator[list[T]]:
        """All values in order, at most `size` at a time."""
        some: list[T] = []
        for value in self:
            some.append(value)
            if len(some) == size:
                yield some
                some = []
        if some:
            yield some

    def by_key(self) -> Iterator[tuple[str, list[T]]]:
        """Each key with its values."""
        for key, found in self._grouped():
            yield key, [value for _, value in found]

    def groups(self, size: int) -> Iterator[list[T]]:
        """All values, by the order of their places in each list; those of a key stay together.

        A list ends as soon as it has `size` values.
        """
        some: list[tuple[int, T]] = []
        for _, found in self._grouped():
            some += found
            if len(some) >= size:
                yield _in_place(some)
                some = []
        if some:
            yield _in_place(some)

    def of(self, key: str) -> list[T]:
        """The values of one key."""
        self._settle()
        asked = f"SELECT body FROM {self._table} WHERE key = ? ORDER BY n"  # noqa: S608
        return [_value(body) for (body,) in self._spool.run(asked, key)]

    def between(self, low: str, high: str) -> Iterator[T]:
        """The values of all keys from one to another, both included."""
        self._settle()
        asked = f"SELECT body FROM {self._table} WHERE key BETWEEN ? AND ? ORDER BY key, n"  # noqa: S608
        return (_value(body) for (body,) in self._spool.run(asked, low, high).fetchall())

    def rekey(self, old: str, new: str) -> None:
        """Give all values of one key to another."""
        self._settle()
        self._spool.run(f"UPDATE {self._table} SET key = ? WHERE key = ?", new, old)  # noqa: S608

    def _settle(self) -> None:
        if self._waiting:
            told = f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?, ?)"  # noqa: S608
            self._spool.run_many(told, self._waiting)
            self._waiting = []

    def _all(self) -> Iterator[tuple[str, int, T]]:
        self._settle()
        asked = (
            f"SELECT key, n, body FROM {self._table} WHERE (key, n) > (?, ?) "  # noqa: S608
            f"ORDER BY key, n LIMIT {_AT_ONCE}"
        )
        last: tuple[str, int] = ("", -1)
        while rows := self._spool.run(asked, *last).fetchall():
            for key, n, body in rows:
                yield key, n, _value(body)
            last = rows[-1][:2]

    def _grouped(self) -> Iterator[tuple[str, list[tuple[int, T]]]]:
        found: list[tuple[int, T]] = []
        of: str | None = None
        for key, n, value in self._all():
            if key != of and of is not None:
                yield of, found
                found = []
            of = key
            found.append((n, value))
        if of is not None:
            yield of, found


class Marks:
    """A set of texts, each with flags: bits of a whole number."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._table = spool.table("key TEXT PRIMARY KEY, flags INTEGER")

    def mark(self, keys: Iterable[str], flags: int = 1) -> None:
        """Add flags to those of these texts; one that is not in the set comes into it."""
        told = (
            f"INSERT INTO {self._table} VALUES (?, ?) "  # noqa: S608
            "ON CONFLICT (key) DO UPDATE SET flags = flags | excluded.flags"
        )
        self._spool.run_many(told, ((key, flags) for key in keys))

    def add(self, key: str) -> bool:
        """Add one text. Returns whether it is new."""
        told = f"INSERT OR IGNORE INTO {self._table} VALUES (?, 1)"  # noqa: S608
        return bool(self._spool.run(told, key).rowcount > 0)

    def has(self, key: str, flags: int = 1) -> bool:
        """Whether a text has one of these flags."""
        asked = f"SELECT 1 FROM {self._table} WHERE key = ? AND flags & ?"  # noqa: S608
        return self._spool.run(asked, key, flags).fetchone() is not None

    def count(self, one_of: int = 1, *, none_of: int = 0, also: int = -1) -> int:
        """How many have one of some flags, one of others also, and none of the last."""
        which = "flags & ? AND flags & ? AND NOT flags & ?"
        asked = f"SELECT count(*) FROM {self._table} WHERE {which}"  # noqa: S608
        return int(self._spool.run(asked, one_of, also, none_of).fetchone()[0])

    def which(self, one_of: int = 1, *, none_of: int = 0) -> Iterator[str]:
        """Those with one of some flags and none of others, in order; marking meanwhile is safe."""
        asked = (
            f"SELECT key FROM {self._table} WHERE key > ? "  # noqa: S608
            f"AND flags & ? AND NOT flags & ? ORDER BY key LIMIT {_AT_ONCE}"
        )
        last = ""
        while rows := self._spool.run(asked, last, one_of, none_of).fetchall():
            yield from (key for (key,) in rows)
            last = rows[-1][0]


class Ties:
    """Texts that belong together, directly or by others (union and find)."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._table = spool.table("key TEXT PRIMARY KEY, up TEXT")

    def tie(self, one: str, other: str) -> None:
        """Let two texts belong together."""
        first, second = sorted((self.root(one), self.root(other)))
        told = f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)"  # noqa: S608
        self._spool.run_many(told, [(first, first), (second, first)])

    def root(self, key: str) -> str:
        """The one text that stands for all it belongs to; itself where it was never tied."""
        way = []
        while (up := self._up(key)) not in (None, key):
            way.append((up, key))
            key = str(up)
        if len(way) > 1:
            told = f"UPDATE {self._table} SET up = ? WHERE key = ?"  # noqa: S608
            self._spool.run_many(told, [(key, one) for _, one in way[:-1]])
        return key

    def moved(self) -> Iterator[tuple[str, str]]:
        """Every text that another stands for, with that other."""
        asked = f"SELECT key FROM {self._table} WHERE key > ? ORDER BY key LIMIT {_AT_ONCE}"  # noqa: S608
        last = ""
        while rows := self._spool.run(asked, last).fetchall():
            for (key,) in rows:
                if (root := self.root(key)) != key:
                    yield key, root
            last = rows[-1][0]

    def _up(self, key: str) -> str | None:
        asked = f"SELECT up FROM {self._table} WHERE key = ?"  # noqa: S608
        row = self._spool.run(asked, key).fetchone()
        return None if row is None else str(row[0])


def _value(body: bytes) -> Any:
    # Written by this very program a moment ago, under a key that nobody else has.
    return pickle.loads(body)  # noqa: S301


def _in_place(some: list[tuple[int, T]]) -> list[T]:
    return [value for _, value in sorted(some, key=lambda one: one[0])]
