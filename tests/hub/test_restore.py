"""Backups put back: the drill on both engines, and every backup that must not be put back."""

import gzip
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from starlette.testclient import TestClient
from typer.testing import CliRunner

from lumi_desk import schema
from lumi_desk.calls.operations import WriteNote
from lumi_desk.calls.tables import Note
from lumi_desk.desk import Desk
from lumi_desk.hub import keeping, settings
from lumi_desk.hub.app import create_app
from lumi_desk.hub.cli import app
from lumi_desk.hub.saving import rotate, run_tool
from lumi_desk.ids import new_id
from lumi_desk.reports.tables import Fact
from lumi_desk.storage import engines
from lumi_desk.storage.base import Home
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.client import SignInOver
from lumi_desk.sync.tables import Outbox, SyncMeta
from tests.hubs import Hub, NullVault
from tests.makers import NOW, a_call, hub_with_rep, make_customer, make_order


@dataclass
class Place:
    """A hub's database by its address, and the commands typed at it."""

    store: Store
    address: str

    def type(self, *words: str) -> tuple[int, str]:
        """Exit code, and what was said."""
        done = CliRunner().invoke(app, words, env={settings.DATABASE: self.address})
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, done.output

    def restore(self, file: Path, *words: str) -> None:
        """Stop the hub, put the backup back, start the hub."""
        self.store.close()
        code, said = self.type("restore", str(file), "--force", *words)
        assert code == 0, said
        self.store = settings.opened(self.address)


@pytest.fixture
def place(hub_store: Store) -> Iterator[Place]:
    with hub_store.read() as session:
        address = hub_store.engine.url.render_as_string(hide_password=False)
        if not hub_store.on_postgres:
            address = session.connection().exec_driver_sql("PRAGMA database_list").one()[2]
    found = Place(hub_store, address)
    yield found
    found.store.close()


def _epoch_there(place: Place) -> str:
    """The same, of a hub whose store was closed."""
    store = settings.opened(place.address)
    try:
        return _epoch(store)
    finally:
        store.close()


def _notes(store: Store) -> list[str]:
    with store.read() as session:
        return sorted(session.scalars(select(Note.words)))


def _epoch(store: Store) -> str:
    with store.read() as session:
        return session.get_one(SyncMeta, 1).epoch


def _facts(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(Fact)) or 0


def _customers_for(store: Store, rep_id: str, many: int) -> list[str]:
    with store.write() as session:
        feed.watch(session)
        customers = [make_customer(session) for _ in range(many)]
        for one in customers:
            make_order(session, one)
        ids = [one.id for one in customers]
        keeping.assign(session, ids, rep_id, NOW)
        feed.publish(session)
        return ids


def _write(desk: Desk, customer_id: str, at: datetime, words: str) -> None:
    with desk.store.write() as session:
        note = WriteNote(
            id=new_id(), customer_id=customer_id, by=desk.me.person_id, at=at, words=words
        )
        desk.do(session, note)


def test_the_drill(place: Place, tmp_path: Path) -> None:
    """Yesterday's backup comes back while desks have gone on: nothing is lost or done twice."""
    lin = hub_with_rep(place.store, "lin")
    first, second, _ = _customers_for(place.store, lin, 3)
    hub, vault, file = Hub(place.store, tmp_path), NullVault(), tmp_path / "saved"
    line = hub.line()
    desk = hub.desk("lin", line, vault)
    _write(desk, first, hub.clock(), "before the backup")
    desk.sync_round()
    assert place.type("backup", str(file))[0] == 0
    _write(desk, first, hub.clock(), "after it")
    with desk.store.write() as session:
        desk.do(session, a_call(lin, second))
    hub.clock.forward(minutes=1)
    desk.sync_round()
    facts, epoch = _facts(place.store), _epoch(place.store)
    assert _notes(place.store) == ["after it", "before the backup"]
    line.cut = True
    _write(desk, second, hub.clock(), "while the hub was away")

    place.restore(file)
    assert _notes(place.store) == ["before the backup"]
    assert _epoch(place.store) != epoch
    line.lead_to(TestClient(create_app(place.store, hub.clock)))
    line.cut = False
    with pytest.raises(SignInOver):
        desk.sync_round()
    # The rep signs in again, at the same desk.
    desk.close()
    again = hub.desk("lin", line, vault)
    for _ in range(3):
        hub.clock.forward(minutes=1)
        again.sync_round()

    whole = ["after it", "before the backup", "while the hub was away"]
    assert _notes(place.store) == _notes(again.store) == whole
    assert _facts(place.store) == facts
    with again.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Outbox)) == 0
    again.close()


def test_the_hub_that_had_to_make_room_is_kept(place: Place, tmp_path: Path) -> None:
    hub_with_rep(place.store, "lin")
    assert place.type("backup", str(tmp_path / "saved"))[0] == 0
    hub_with_rep(place.store, "wang")
    epoch = _epoch(place.store)
    place.restore(tmp_path / "saved")
    code, said = place.type("people", "list")
    assert code == 0
    assert "lin" in said
    assert "wang" not in said
    kept = settings.opened(_kept(place))
    assert _epoch(kept) == epoch
    kept.close()


def _kept(place: Place) -> str:
    if not place.store.on_postgres:
        (kept,) = (
            one
            for one in Path(place.address).parent.glob("hub.db_before_*")
            if one.suffix not in (".db-wal", ".db-shm") and not one.name.endswith(("-wal", "-shm"))
        )
        return str(kept)
    url = place.store.engine.url
    with place.store.read() as session:
        asked = text("SELECT datname FROM pg_database WHERE datname LIKE :like")
        name = session.scalar(asked, {"like": f"{url.database}_before_%"})
    return url.set(database=name).render_as_string(hide_password=False)


def test_a_hub_is_not_replaced_by_accident(place: Place, tmp_path: Path) -> None:
    place.type("backup", str(tmp_path / "saved"))
    epoch = _epoch(place.store)
    place.store.close()
    code, said = place.type("restore", str(tmp_path / "saved"))
    assert code == 1
    assert "--force" in said
    assert _epoch_there(place) == epoch


def test_a_hub_that_serves_is_not_replaced(place: Place, tmp_path: Path) -> None:
    place.type("backup", str(tmp_path / "saved"))
    epoch = _epoch(place.store)
    with place.store.read() as session:
        session.execute(text("SELECT 1"))
    code, said = place.type("restore", str(tmp_path / "saved"), "--force")
    assert code == 1
    assert "Stop the hub first" in said
    assert _epoch(place.store) == epoch


def test_a_backup_goes_into_an_empty_place(place: Place, tmp_path: Path) -> None:
    hub_with_rep(place.store, "lin")
    place.type("backup", str(tmp_path / "saved"))
    url = place.store.engine.url
    if place.store.on_postgres:
        empty = url.set(database=f"{url.database}_new").render_as_string(hide_password=False)
    else:
        empty = str(tmp_path / "new" / "hub.db")
    code, said = place.type("restore", str(tmp_path / "saved"), "--into", empty)
    assert code == 0, said
    store = settings.opened(empty)
    with store.read() as session:
        assert keeping.person_named(session, "lin").name == "Lin"
    assert _epoch(store) != _epoch(place.store)
    if not store.on_postgres:
        assert Path(empty).stat().st_mode & 0o077 == 0
    store.close()
    if place.store.on_postgres:
        with place.store.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{url.database}_new"')


def _as_letter(_: bytes) -> bytes:
    return "亲爱的".encode()


def _cut(saved: bytes) -> bytes:
    return saved[: len(saved) // 2]


def _packed(saved: bytes) -> bytes:
    return gzip.compress(saved)


def _spoilt(saved: bytes) -> bytes:
    """A run of bytes in the middle of the data is gone."""
    middle = len(saved) * 3 // 5
    return saved[:middle] + os.urandom(4096) + saved[middle + 4096 :]


@pytest.mark.parametrize("spoil", [_as_letter, _cut, _packed, _spoilt])
def test_what_is_no_whole_backup_changes_nothing(
    place: Place, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    with place.store.write() as session:
        for _ in range(300):
            make_customer(session)
    place.type("backup", str(tmp_path / "saved"))
    bad = tmp_path / "bad"
    bad.write_bytes(spoil((tmp_path / "saved").read_bytes()))
    epoch = _epoch(place.store)
    place.store.close()
    code, said = place.type("restore", str(bad), "--force")
    assert code == 1
    assert "Nothing was changed" in said
    assert _epoch_there(place) == epoch
    assert not list(tmp_path.glob("*.restoring*"))


_DUMPED = ("--format=custom",)


def _name(place: Place) -> str:
    return str(place.store.engine.url.database)


_NOW = schema.HEADS[Home.HUB].removeprefix("hub_")


def _renumber(store: Store, old: str, new: str) -> None:
    """Let the hub's own schema be of another version."""
    table, home = schema.REVISION_TABLE, Home.HUB.value
    with store.write() as session:
        told = {"old": f"{home}_{old}", "new": f"{home}_{new}"}
        session.execute(
            text(f"UPDATE {table} SET version_num = :new WHERE version_num = :old"), told
        )


def test_a_backup_of_a_newer_version_changes_nothing(place: Place, tmp_path: Path) -> None:
    epoch, newer = _epoch(place.store), tmp_path / "newer"
    if place.store.on_postgres:
        _renumber(place.store, _NOW, "9999")
        run_tool("pg_dump", place.store.engine.url, [*_DUMPED, f"--file={newer}", _name(place)])
        _renumber(place.store, "9999", _NOW)
    else:
        place.type("backup", str(newer))
        copy = Store(engines.plain(newer))
        _renumber(copy, _NOW, "9999")
        copy.close()
    place.store.close()
    code, said = place.type("restore", str(newer), "--force")
    assert code == 1
    assert "newer version" in said
    assert _epoch_there(place) == epoch


def test_another_database_is_no_backup_of_a_hub(desk_file: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.db"
    engine = engines.plain(stranger)
    schema.upgrade(engine, schema.DESK)
    engine.dispose()
    done = CliRunner().invoke(app, ["restore", str(stranger), "--into", str(tmp_path / "hub.db")])
    assert done.exit_code == 1
    assert "holds no hub" in done.stderr
    assert not (tmp_path / "hub.db").exists()


def test_a_backup_does_not_go_into_the_other_engine(place: Place, tmp_path: Path) -> None:
    place.type("backup", str(tmp_path / "saved"))
    other = (
        str(tmp_path / "hub.db")
        if place.store.on_postgres
        else "postgresql+psycopg://nobody@127.0.0.1:1/lumi"
    )
    code, said = place.type("restore", str(tmp_path / "saved"), "--into", other)
    assert code == 1
    assert "--into" in said


def test_a_damaged_hub_can_be_replaced_and_is_kept(hub_file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "hub.db"
    broken.write_bytes(b"SQLite format 3\0" + os.urandom(8192))
    before = broken.read_bytes()
    words = ["restore", str(hub_file), "--into", str(broken), "--force"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr
    settings.opened(str(broken)).close()
    (kept,) = tmp_path.glob("hub.db_before_*")
    assert kept.read_bytes() == before


def test_in_a_folder_backups_are_named_by_time_and_the_oldest_go(
    place: Place, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    ending = "dump" if place.store.on_postgres else "db"
    old = [folder / f"hub-2026010{day}T000000Z.{ending}" for day in range(1, 5)]
    for one in old:
        one.write_text("old")
    mine = folder / "mine.db"
    mine.write_text("keep me")
    code, said = place.type("backup", str(folder), "--keep", "2")
    assert code == 0
    assert "3 older removed" in said
    left = {one.name for one in folder.iterdir()}
    assert {mine.name, old[-1].name} < left
    assert len(left) == 3
    (new,) = left - {mine.name, old[-1].name}
    assert (folder / new).stat().st_mode & 0o077 == 0
    with place.store.read() as session:
        assert session.get_one(SyncMeta, 1).backup_at is not None


def test_without_a_folder_nothing_is_rotated(place: Place, tmp_path: Path) -> None:
    code, said = place.type("backup", str(tmp_path / "one.db"), "--keep", "2")
    assert code == 1
    assert "--keep" in said
    assert not (tmp_path / "one.db").exists()


def test_rotation_never_takes_the_last_one(tmp_path: Path) -> None:
    only = tmp_path / "hub-20260101T000000Z.db"
    only.write_text("old")
    assert rotate(tmp_path, 1) == []
    assert only.exists()
