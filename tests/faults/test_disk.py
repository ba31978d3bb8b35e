"""Disks that fail: the power goes, a sync fails, there is no room. What was said to be saved is."""

import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from lumi_desk import clock
from lumi_desk.calls.tables import Note
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.storage import engines
from lumi_desk.storage.engines import DiskFull, DiskRefuses
from lumi_desk.storage.store import Store
from lumi_desk.sync.client import HubSaid
from lumi_desk.sync.tables import Outbox, SyncOp
from tests import disks
from tests.faults import tracing
from tests.faults.kit import Seat, a_note, assert_once, assert_same, closing, do, settle, waiting
from tests.hub_process import HubProcess
from tests.stores import DESK_KEY

pytestmark = pytest.mark.slow

CUTS = 200
_AN_ID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n")
SAVER = "tests.faults.saver"


@pytest.fixture
def store(hub_file: Path, tmp_path: Path) -> Iterator[Store]:
    path = shutil.copy(hub_file, tmp_path / "hub.db")
    store = Store(engines.plain(Path(path)))
    settle(store, many=3)
    yield store
    store.close()


@pytest.fixture
def hub(store: Store, tmp_path: Path) -> Iterator[HubProcess]:
    hub = HubProcess(str(tmp_path / "hub.db"), tmp_path, 0)
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def customer(seat: Seat) -> str:
    """Somebody to write about, on a desk that was synced and closed."""
    with closing(seat.signed_in(clock.now)) as desk:
        desk.sync_round()
        with desk.store.read() as session:
            return session.scalars(select(Customer.id)).first() or ""


def saved_and_queued(desk: Desk) -> tuple[set[str], set[str]]:
    with desk.store.read() as session:
        notes = set(session.scalars(select(Note.id)))
        return notes, set(session.scalars(select(Outbox.op_id)))


def test_a_power_cut_takes_nothing_that_was_acknowledged(
    seat: Seat, hub: HubProcess, customer: str, tmp_path: Path, tries: Callable[[int], int]
) -> None:
    hub.stop()
    told = [str(seat.folder), seat.address, customer, "40"]
    for after, left, acknowledged in _cuts(seat, told, tmp_path, tries(CUTS)):
        with _come_up(after, left) as desk:
            notes, queued = saved_and_queued(desk)
            assert acknowledged <= notes
            assert notes == queued


def test_what_a_power_cut_takes_of_a_round_comes_with_the_next(
    store: Store,
    seat: Seat,
    hub: HubProcess,
    customer: str,
    tmp_path: Path,
    tries: Callable[[int], int],
) -> None:
    told = [str(seat.folder), seat.address, customer, "40", "4"]
    for after, left, acknowledged in _cuts(seat, told, tmp_path, tries(CUTS // 4)):
        with _come_up(after, left) as desk:
            notes, _ = saved_and_queued(desk)
            assert acknowledged <= notes
            desk.sync_round()
            desk.sync_round()
            assert not waiting(desk.store)
            assert_same(store, desk.store)
            assert acknowledged <= saved_and_queued(desk)[0]
    with store.read() as session:
        done = session.scalars(select(SyncOp.op_id)).all()
    assert_once(store, set(done))


def _cuts(
    seat: Seat, told: Sequence[str], folder: Path, many: int
) -> Iterator[tuple[Seat, dict[str, bytes], set[str]]]:
    """A seat that comes up after each of these power cuts, the files it finds, what was saved."""
    tracing.require_strace()
    path = seat.account.data(seat.folder)
    before = {str(file): file.read_bytes() for file in path.parent.iterdir()}
    after = replace(seat, folder=folder / "after")
    shutil.copytree(seat.folder, folder / "before")
    calls = tracing.traced(SAVER, told, folder / "calls.log")
    ours = [call for call in calls if _is_ours(call, path)]
    assert sum(call.name in ("fsync", "fdatasync") for call in ours) > 40
    dice = random.Random(2)
    cuts = sorted(dice.randrange(len(ours)) for _ in range(many))
    disk, acknowledged = tracing.Disk(before), set[str]()
    for place, call in enumerate(ours):
        if call.name == "write":
            acknowledged.add(call.data.decode().strip())
        else:
            disk.does(call)
        for number in range(cuts.count(place)):
            left = disk.after_a_cut(dice, most=(0.0, 0.5, 0.9, 1.0)[(place + number) % 4])
            shutil.rmtree(after.folder, ignore_errors=True)
            shutil.copytree(folder / "before", after.folder)
            yield after, left, set(acknowledged)
    assert len(acknowledged) == 40


def _is_ours(call: tracing.Call, path: Path) -> bool:
    # What else starts with the program writes to pipes too.
    said = call.name == "write" and _AN_ID.fullmatch(call.data)
    return bool(said) or call.file in (str(path), f"{path}-wal")


@contextmanager
def _come_up(seat: Seat, left: dict[str, bytes]) -> Iterator[Desk]:
    data = seat.account.data(seat.folder)
    for name, content in left.items():
        data.with_name(Path(name).name).write_bytes(content)
    for name in ("desk.db-wal", "desk.db-shm"):
        if not any(Path(one).name == name for one in left):
            data.with_name(name).unlink(missing_ok=True)
    with closing(seat.started(clock.now)) as desk:
        assert desk.notice is None, "a power cut damages nothing"
        yield desk


def test_every_connection_syncs_fully(tmp_path: Path) -> None:
    for engine in (
        engines.encrypted(tmp_path / "desk.db", DESK_KEY),
        engines.plain(tmp_path / "hub.db"),
    ):
        many = [engine.connect() for _ in range(6)]
        for one in many:
            assert one.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            # On a Mac a plain sync leaves it in the drive's own memory.
            assert one.exec_driver_sql("PRAGMA fullfsync").scalar() == 1
            one.rollback()
            one.close()
        engine.dispose()


@pytest.mark.parametrize("after", [15, 40])
def test_what_the_disk_refuses_to_sync_is_not_said_to_be_saved(
    seat: Seat, hub: HubProcess, customer: str, after: int
) -> None:
    tracing.require_strace()
    hub.stop()
    told = [str(seat.folder), seat.address, customer, "40"]
    said = tracing.failing(SAVER, told, "fsync,fdatasync", "EIO", after)
    acknowledged = {line for line in said if "-" in line}
    refused = [line for line in said if line.startswith("refused")]
    assert said[-1] == "ended"
    assert acknowledged
    assert len(refused) >= 5
    assert set(refused) <= {"refused DiskRefuses", "refused OperationalError"}
    with closing(seat.started(clock.now)) as desk:
        notes, queued = saved_and_queued(desk)
        assert acknowledged <= notes
        assert notes == queued


def test_no_room_on_the_desk_is_said_and_work_goes_on_when_there_is(
    seat: Seat, store: Store, customer: str
) -> None:
    with closing(seat.started(clock.now)) as desk:
        me = desk.me.person_id
        done = set(do(desk, a_note(me, customer)))
        # Another SQLite error than a full disk's: the file may not grow.
        with disks.full():
            for _ in range(3):
                with pytest.raises(DiskRefuses):
                    do(desk, a_note(me, customer, "话" * 3000))
        assert saved_and_queued(desk) == (done, done)
        done |= set(do(desk, a_note(me, customer)))
        desk.sync_round()
        assert_once(store, done)
        assert_same(store, desk.store)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes: an empty hub takes a quarter of it."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_small_disk_fills_up_under_the_desk(
    seat: Seat, store: Store, customer: str, small_disk: Path
) -> None:
    shutil.copytree(seat.folder, small_disk / "seat")
    filler = small_disk / "filler"
    with closing(replace(seat, folder=small_disk / "seat").started(clock.now)) as desk:
        me = desk.me.person_id
        done = set(do(desk, a_note(me, customer)))
        _fill(filler)
        refused = 0
        for _ in range(30):
            try:
                done |= set(do(desk, a_note(me, customer, "话" * 3000)))
            except DiskFull:
                refused += 1
        assert refused > 3
        assert saved_and_queued(desk) == (done, done)
        filler.unlink()
        done |= set(do(desk, a_note(me, customer)))
        desk.sync_round()
        assert_once(store, done)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            return


def test_a_small_disk_fills_up_under_the_hub(
    hub_file: Path, small_disk: Path, tmp_path: Path
) -> None:
    database = small_disk / "hub.db"
    shutil.copy(hub_file, database)
    store = Store(engines.plain(database))
    (customer,) = settle(store, many=1)
    hub = HubProcess(str(database), tmp_path, 0)
    hub.start()
    filler = small_disk / "filler"
    try:
        with closing(Seat(tmp_path / "seat", hub.address).signed_in(clock.now)) as desk:
            desk.sync_round()
            _fill(filler)
            me = desk.me.person_id
            done = set(do(desk, *(a_note(me, customer, "话" * 9000) for _ in range(20))))
            with pytest.raises(HubSaid) as caught:
                desk.sync_round()
            assert caught.value.code == "DiskFull"
            assert waiting(desk.store) == done
            filler.unlink()
            desk.sync_round()
            assert_once(store, done)
    finally:
        hub.stop()
        store.close()
