"""Damaged files: noticed at the start, set aside, and what only they hold carried into a new one.

Beside a data file lies a small one that tells a lost key from a damaged first page, and holds
the pages that say which tables there are, and where: without them nothing could be read.
"""

import base64
import contextlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Engine
from sqlcipher3 import dbapi2 as sqlcipher

from lumi_desk.errors import N_, LumiError
from lumi_desk.security.pages import PAGE, SALT, PageCipher, token
from lumi_desk.storage import engines
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.damage import Damaged, is_damage
from lumi_desk.storage.engines import WrongKey
from lumi_desk.storage.store import in_words

# What no hub can give back, in the order in which it is carried over.
_KEPT = ("desk_meta", "sent_log", "dead_letter", "unfinished_call", "saved_view")
_OUTBOX = "outbox"
_ENDS = ("", "-wal", "-shm")
# Numbers of work that could not be read are not given again.
_SKIPPED_NUMBERS = 1000
_MOST_SINGLE_LOOKS = 2000

Upgrade = Callable[[Engine], None]
_Row = dict[str, Any]


class Mended(LumiError):
    """The file was damaged, and a new one took its place."""

    title = N_("The data file was damaged: a new one was made")
    advice = N_(
        "Work not yet sent that was carried over: {kept}. Your customers are fetched again. "
        "The damaged file is kept as {file}."
    )


class MendedInPart(Mended):
    """The same, and some of the work in it cannot be relied on any more, or is gone."""

    advice = N_(
        "Work not yet sent that was carried over: {kept}. Some could not be read for certain: "
        "look at your last calls, and write again what is missing. Your customers are fetched "
        "again. The damaged file is kept as {file}."
    )


@dataclass(frozen=True)
class _Plan:
    """What lies beside the file: whose key it has, its salt, the pages that list its tables.

    `version` is SQLite's count of changes to that list.
    """

    token: str
    salt: bytes
    version: int
    pages: dict[int, bytes]


def opened(
    path: Path, key: bytes, upgrade: Upgrade, now: datetime
) -> tuple[Engine, LumiError | None]:
    """The file with the newest tables, made if missing; with it what to say if it was damaged.

    Raises what engines.encrypted raises; WrongKey only when the key is known to be another one,
    or nothing is known of it.
    """
    finish(path, now)
    plan = _plan_of(path)
    ours = plan is not None and plan.token == token(key)
    try:
        if ours and path.exists() and not path.stat().st_size:
            raise Damaged
        return _sound(path, key, upgrade), None
    except (WrongKey, Damaged):
        if not ours and not _opens(path, key):
            raise
    said = _mend(path, key, upgrade, now)
    return _sound(path, key, upgrade), said


def finish(path: Path, now: datetime) -> None:
    """End what a crash interrupted: the new file is whole, and takes the damaged one's place."""
    for name in ("making", "look"):
        _remove(_beside(path, name))
    new = _beside(path, "new")
    if new.exists():
        _set_aside(path, now)
        new.replace(path)
        _sync_folder(path.parent)


def files_of(path: Path) -> list[Path]:
    """The data file and everything that was ever made beside it."""
    return sorted(path.parent.glob(f"{path.name}*"))


def _sound(path: Path, key: bytes, upgrade: Upgrade) -> Engine:
    with in_words():
        engine = engines.encrypted(path, key)
        try:
            _require_sound(engine)
            upgrade(engine)
            _keep_plan(engine, path, key)
        except BaseException:
            engine.dispose()
            raise
    return engine


def _require_sound(engine: Engine) -> None:
    """Every page is as it was written. The log is folded in first: it may mend a torn page."""
    with _raw(engine) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            bad = connection.execute("PRAGMA cipher_integrity_check").fetchall()
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher.DatabaseError as error:
            if is_damage(error):
                raise Damaged from error
            raise
    if bad:
        raise Damaged


def _keep_plan(engine: Engine, path: Path, key: bytes) -> None:
    """Keep the list of tables whenever it changed. A full disk must not stop the start."""
    with _raw(engine) as connection:
        (version,) = connection.execute("PRAGMA schema_version").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    known = _plan_of(path)
    with path.open("rb") as file:
        cipher = PageCipher(key, file.read(SALT))
        wanted = token(key), cipher.salt, version
        if known is not None and (known.token, known.salt, known.version) == wanted:
            return
        pages = _tree(file, cipher)
    told = {
        "token": token(key),
        "salt": cipher.salt.hex(),
        "version": version,
        "pages": {number: base64.b64encode(page).decode() for number, page in pages.items()},
    }
    with contextlib.suppress(OSError):
        _write_whole(_beside(path, "plan"), json.dumps(told))


def _tree(file: BinaryIO, cipher: PageCipher) -> dict[int, bytes]:
    """The pages of the list of tables, which begins on the first."""
    pages: dict[int, bytes] = {}
    numbers = [1]
    while numbers:
        number = numbers.pop()
        pages[number] = _get(file, number)
        if cipher.is_whole(pages[number], number):
            numbers += [one for one in cipher.children(pages[number], number) if one not in pages]
    return pages


def _write_whole(path: Path, text: str) -> None:
    """A file that is there whole or as it was before, and readable by its owner alone."""
    partial = path.with_name(f"{path.name}-part")
    handle = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _plan_of(path: Path) -> _Plan | None:
    try:
        told = json.loads(_beside(path, "plan").read_text("utf-8"))
        pages = {int(number): base64.b64decode(page) for number, page in told["pages"].items()}
        return _Plan(told["token"], bytes.fromhex(told["salt"]), told["version"], pages)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _opens(path: Path, key: bytes) -> bool:
    """Whether the key is this file's, by its own first page."""
    with path.open("rb") as file:
        page = file.read(PAGE)
    return len(page) == PAGE and PageCipher(key, page[:SALT]).is_whole(page, 1)


def _mend(path: Path, key: bytes, upgrade: Upgrade, now: datetime) -> LumiError:
    """Make a new file of what can be read, then set the damaged one aside."""
    making = _beside(path, "making")
    with in_words():
        found = _Ruin(path, key, _plan_of(path)).read()
        engine = engines.encrypted(making, key)
        upgrade(engine)
        with _raw(engine) as connection:
            _fill(connection, found, now)
        engine.dispose()
    making.replace(_beside(path, "new"))
    aside = _aside(path, now)
    finish(path, now)
    waiting = sum(not row["answered"] for row in found.certain[_OUTBOX])
    kind = MendedInPart if found.doubtful or found.gaps else Mended
    return kind(kept=waiting, file=aside.name)


@dataclass
class _Found:
    """What could be read: rows as they were written, work that may have been altered, gaps."""

    certain: dict[str, list[_Row]]
    doubtful: list[_Row]
    gaps: bool
    top: int


class _Ruin:
    """A damaged file, read from copies: what lies there is not touched."""

    def __init__(self, path: Path, key: bytes, plan: _Plan | None) -> None:
        self._path, self._key = path, key
        with path.open("rb") as file:
            salt = file.read(SALT).ljust(SALT, b"\0")
        self._cipher = PageCipher(key, plan.salt if plan else salt)
        self._plan = plan.pages if plan else {}
        self._look = _beside(path, "look")

    def read(self) -> _Found:
        """Everything that only this file holds."""
        try:
            ways = (self._as_found, self._with_plan, self._without_log)
            certain, gaps, top = self._through(ways, {name: {} for name in (*_KEPT, _OUTBOX)})
            resealed, _, _ = self._through((self._resealed,), certain)
        finally:
            _remove(self._look)
        again = resealed[_OUTBOX]
        doubtful = [again[number] for number in sorted(again.keys() - certain[_OUTBOX].keys())]
        rows = {name: [some[number] for number in sorted(some)] for name, some in certain.items()}
        return _Found(rows, doubtful, gaps, top)

    def _through(
        self, ways: tuple[Callable[[], None], ...], known: dict[str, dict[int, _Row]]
    ) -> tuple[dict[str, dict[int, _Row]], bool, int]:
        """The rows of every table by the first of these ways on which tables are found."""
        for way in ways:
            _remove(self._look)
            way()
            if self._some("SELECT name, sql FROM sqlite_master")[1]:
                tables = {name: self._rows(name, some) for name, some in known.items()}
                gaps = not tables[_OUTBOX][1]
                top = self._some("SELECT max(seq) AS top FROM sqlite_sequence")[0]
                highest = top[0]["top"] if top else None
                return {name: rows for name, (rows, _) in tables.items()}, gaps, highest or 0
        return {name: dict(some) for name, some in known.items()}, True, 0

    # The ways to a copy that may open.

    def _as_found(self) -> None:
        self._copy("-wal")

    def _with_plan(self) -> None:
        self._copy("-wal")
        self._mend_plan()

    def _without_log(self) -> None:
        self._copy()
        self._mend_plan()

    def _resealed(self) -> None:
        """Every damaged page sealed anew: what else stands on it can be read, but not trusted."""
        self._without_log()
        with self._look.open("r+b") as file:
            for number, page in _pages(file):
                if any(page) and not self._cipher.is_whole(page, number):
                    _put(file, number, self._cipher.resealed(page, number))

    def _copy(self, *ends: str) -> None:
        for end in ("", *ends):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(f"{self._path}{end}", f"{self._look}{end}")

    def _mend_plan(self) -> None:
        """Put back what lists the tables; how long the file is, SQLite is to see for itself."""
        with self._look.open("r+b") as file:
            found = {number: _get(file, number) for number in {1, *self._plan}}
            for number, page in found.items():
                if not self._cipher.is_whole(page, number):
                    _put(file, number, self._plan.get(number, page.ljust(PAGE, b"\0")))
            first = self._cipher.resealed(_get(file, 1), 1, trust_size=False)
            _put(file, 1, first)

    # Reading as far as it goes.

    def _rows(self, table: str, known: dict[int, _Row]) -> tuple[dict[int, _Row], bool]:
        """Rows by number, from both ends and then one by one; and whether none was unreadable."""
        asked = f'SELECT rowid AS "#", * FROM "{table}"'  # noqa: S608
        up, whole = self._some(f"{asked} ORDER BY rowid")
        rows = {**known, **{row.pop("#"): row for row in up}}
        if whole:
            return rows, True
        lowest = max(rows, default=0)
        down, _ = self._some(f"{asked} ORDER BY rowid DESC")
        below = {row.pop("#"): row for row in down}
        rows |= below
        highest = min(below, default=lowest)
        for number in range(lowest + 1, highest)[:_MOST_SINGLE_LOOKS]:
            one, _ = self._some(f"{asked} WHERE rowid = {number}")
            rows.update({row.pop("#"): row for row in one})
        return rows, False

    def _some(self, asked: str) -> tuple[list[_Row], bool]:
        """The rows up to the first that cannot be read, and whether that was all."""
        rows: list[_Row] = []
        connection = sqlcipher.connect(str(self._look))
        try:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
            cursor = connection.execute(asked)
            names = [column[0] for column in cursor.description]
            # Row by row: what came before one that cannot be read is kept.
            rows.extend(dict(zip(names, row, strict=True)) for row in cursor)
        except (sqlcipher.DatabaseError, UnicodeDecodeError):
            # The driver's own sentence may quote what stands there, which is no text any more.
            return rows, False
        else:
            return rows, True
        finally:
            connection.close()


def _pages(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 1
    while len(page := _get(file, number)) == PAGE:
        yield number, page
        number += 1


def _get(file: BinaryIO, number: int) -> bytes:
    file.seek((number - 1) * PAGE)
    return file.read(PAGE)


def _put(file: BinaryIO, number: int, page: bytes) -> None:
    file.seek((number - 1) * PAGE)
    file.write(page)


def _fill(connection: Any, found: _Found, now: datetime) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for table in _KEPT:
        _insert(connection, table, found.certain[table])
    # Nothing stands in the new cache yet that this work could be taken off again.
    _insert(connection, _OUTBOX, [{**row, "before": "[]"} for row in found.certain[_OUTBOX]])
    _insert(connection, "dead_letter", [_letter(row, now) for row in found.doubtful])
    numbers = [
        row["client_seq"]
        for table in (_OUTBOX, "sent_log", "dead_letter")
        for row in found.certain[table]
    ]
    top = max(found.top, *numbers, 0) + _SKIPPED_NUMBERS
    connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (_OUTBOX,))
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (_OUTBOX, top))
    connection.execute("COMMIT")


def _insert(connection: Any, table: str, rows: list[_Row]) -> None:
    """Write rows, each on its own: one that does not fit any more must not stop the others."""
    known = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
    for row in rows:
        fitting = {name: value for name, value in row.items() if name in known}
        names = ", ".join(f'"{name}"' for name in fitting)
        marks = ", ".join("?" for _ in fitting)
        with contextlib.suppress(sqlcipher.IntegrityError):
            connection.execute(
                f'INSERT INTO "{table}" ({names}) VALUES ({marks})',  # noqa: S608
                tuple(fitting.values()),
            )


def _letter(row: _Row, now: datetime) -> _Row:
    """Work that may have been altered is not sent: the rep sees what was written."""
    texts = {name: str(row[name] or "").replace("\0", "\ufffd") for name in ("op_id", "payload")}
    return {
        **texts,
        "client_seq": row["client_seq"],
        "kind": str(row["kind"]),
        "kind_ver": row["kind_ver"] if isinstance(row["kind_ver"], int) else 0,
        "customer_id": row["customer_id"],
        "status": "rejected",
        "reason": Damaged.__name__,
        "params": "{}",
        "answered_at": to_millis(now),
    }


@contextlib.contextmanager
def _raw(engine: Engine) -> Iterator[Any]:
    """The driver's own connection: no transaction has begun on it."""
    connection = engine.raw_connection()
    try:
        yield connection.driver_connection
    finally:
        connection.close()


def _beside(path: Path, name: str) -> Path:
    return path.with_name(f"{path.name}.{name}")


def _aside(path: Path, now: datetime) -> Path:
    return _beside(path, f"damaged-{now:%Y%m%dT%H%M%SZ}")


def _set_aside(path: Path, now: datetime) -> None:
    """The log first: it must never lie beside the new file, which it does not belong to."""
    aside = _aside(path, now)
    for end in ("-wal", ""):
        part = path.with_name(path.name + end)
        if part.exists():
            part.replace(aside.with_name(aside.name + end))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)


def _remove(path: Path) -> None:
    for end in _ENDS:
        path.with_name(path.name + end).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """So that a power cut leaves the new names; Windows does this by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
