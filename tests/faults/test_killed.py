"""Processes killed at any moment: what was acknowledged is there, and there once."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lumi_desk import clock
from lumi_desk.storage.store import Store
from tests.faults import jobs
from tests.faults.kit import Seat, assert_once, assert_same, closing, settle
from tests.hub_process import HubProcess

pytestmark = pytest.mark.slow

DESK_KILLS = 200
HUB_KILLS = 50


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """On the disk where there is one for this: in memory hardly a kill falls into a write."""
    disk = Path("/var/tmp")
    there = str(disk) if disk.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="lumi-", dir=there) as folder:
        yield Path(folder)


@pytest.mark.parametrize("hub_store", ["sqlite"], indirect=True)
def test_a_killed_desk_loses_nothing_it_acknowledged(
    hub_store: Store, hub: HubProcess, seat: Seat, tries: Callable[[int], int]
) -> None:
    settle(hub_store)
    with closing(seat.signed_in(clock.now)) as desk:
        desk.sync_round()
    kills = tries(DESK_KILLS)
    hub.stop()
    found = jobs.run(
        "kill_desk", folder=str(seat.folder), address=seat.address, kills=kills, seed=1
    )
    assert found["acknowledged"] > kills, found["complaints"]
    assert (found["missing"], found["apart"]) == (0, 0)


def test_a_round_killed_before_each_of_its_statements_ends_whole(
    hub_store: Store, hub: HubProcess, seat: Seat
) -> None:
    settle(hub_store, many=30, orders=2)
    seat.signed_in(clock.now).close()
    found = jobs.run("die_in_rounds", folder=str(seat.folder), address=seat.address)
    assert found["code"] == 0, found["complaints"]
    assert found["deaths"] >= 20
    with closing(seat.started(clock.now)) as desk:
        assert desk.is_whole()
        assert_same(hub_store, desk.store)


def test_a_killed_hub_does_every_acknowledged_operation_once(
    hub_store: Store,
    database: str,
    hub: HubProcess,
    tmp_path: Path,
    tries: Callable[[int], int],
) -> None:
    settle(hub_store)
    for number in range(2):
        with closing(Seat(tmp_path / f"seat-{number}", hub.address).signed_in(clock.now)) as desk:
            desk.sync_round()
    hub.stop()
    found = jobs.run(
        "kill_hub",
        folder=str(tmp_path),
        database=database,
        address=hub.address,
        kills=tries(HUB_KILLS),
        seed=2,
        desks=2,
    )
    assert found["codes"] == [0, 0], found["complaints"]
    assert len(found["saved"]) > tries(HUB_KILLS)
    assert_once(hub_store, set(found["saved"]))
