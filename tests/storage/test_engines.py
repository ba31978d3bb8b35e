"""The openers check that encryption is really on, and never touch a file they cannot open."""

import hashlib
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from lumi_desk.storage import engines
from tests.stores import DESK_KEY

PHONE = "13812344127"


def made(path: Path) -> Path:
    engine = engines.encrypted(path, DESK_KEY)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (words)"))
        connection.execute(text("INSERT INTO t VALUES (:phone)"), {"phone": PHONE})
    engine.dispose()
    return path


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.iterdir())
    }


def test_an_encrypted_file_shows_nothing_of_what_it_holds(tmp_path: Path) -> None:
    engine = engines.encrypted(tmp_path / "a.db", DESK_KEY)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (words)"))
        connection.execute(text("INSERT INTO t VALUES (:phone)"), {"phone": PHONE})
    # The log of the open file too, before it is folded in.
    assert any(file.name.endswith("-wal") for file in tmp_path.iterdir())
    for file in tmp_path.iterdir():
        assert PHONE.encode() not in file.read_bytes(), file.name
    engine.dispose()


def test_a_wrong_key_is_said_and_changes_nothing(tmp_path: Path) -> None:
    made(tmp_path / "a.db")
    before = fingerprint(tmp_path)
    with pytest.raises(engines.WrongKey, match=r"a\.db"):
        engines.encrypted(tmp_path / "a.db", bytes(32))
    assert fingerprint(tmp_path) == before


def test_a_plain_file_is_not_taken_for_an_encrypted_one(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE t (words)")
    connection.close()
    before = fingerprint(tmp_path)
    with pytest.raises(engines.NotEncrypted):
        engines.encrypted(tmp_path / "a.db", DESK_KEY)
    assert fingerprint(tmp_path) == before


def test_a_driver_that_cannot_encrypt_is_refused(tmp_path: Path) -> None:
    with pytest.raises(engines.EncryptionIsOff):
        engines.encrypted(tmp_path / "a.db", DESK_KEY, driver=sqlite3)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_said_and_kept(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db")
    path.write_bytes(b"\0" * 4096 + path.read_bytes()[4096:])
    before = fingerprint(tmp_path)
    with pytest.raises(engines.WrongKey):
        engines.encrypted(path, DESK_KEY)
    assert fingerprint(tmp_path) == before


@pytest.mark.skipif(os.name != "posix", reason="other systems keep rights in other ways")
def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    made(tmp_path / "a.db")
    engines.plain(tmp_path / "hub.db").dispose()
    for name in ("a.db", "hub.db"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_every_pooled_connection_syncs_fully(tmp_path: Path) -> None:
    for engine in (engines.encrypted(tmp_path / "a.db", DESK_KEY), engines.plain(tmp_path / "b")):
        open_ones = [engine.connect() for _ in range(3)]
        for connection in open_ones:
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA secure_delete")).scalar() == 1
            connection.rollback()
            connection.close()
        engine.dispose()


def test_an_error_message_holds_no_values(tmp_path: Path) -> None:
    engine = engines.encrypted(made(tmp_path / "a.db"), DESK_KEY)
    with pytest.raises(Exception, match="no such table") as caught, engine.begin() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:phone)"), {"phone": PHONE})
    assert PHONE not in str(caught.value)
    engine.dispose()


def test_nothing_and_yes_and_no_are_kept_as_they_are(tmp_path: Path) -> None:
    engine = engines.encrypted(tmp_path / "a.db", DESK_KEY)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (number, what)")
        rows = [(1, None), (2, True), (3, False), (4, 0), (5, "")]
        connection.exec_driver_sql("INSERT INTO t VALUES (?, ?)", rows)
        kept = connection.exec_driver_sql("SELECT what, typeof(what) FROM t ORDER BY number").all()
    assert [tuple(row) for row in kept] == [
        (None, "null"),
        (1, "integer"),
        (0, "integer"),
        (0, "integer"),
        ("", "text"),
    ]
    engine.dispose()
