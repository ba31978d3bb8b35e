"""Random histories of a whole fleet: whatever happened, at rest everybody holds the same."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from tests.stores import _found, sqlite_hub
from tests.sync.fleet import Backup, Fleet

STEPS = 60
HISTORIES = 24
SOAK = 3000


def history(store: Store, folder: Path, seed: int, backup: Backup) -> None:
    """One history, brought to rest in its middle and at its end."""
    fleet = Fleet(store, folder, seed, backup)
    try:
        for _ in range(2):
            fleet.run(STEPS // 2)
            fleet.at_rest()
    except Exception as error:
        told = f"seed {seed}, after {len(fleet.steps)} steps: {fleet.steps[-12:]}"
        raise AssertionError(told) from error
    finally:
        for seat in fleet.seats:
            seat.stop()
        fleet.hub.store.close()


def on_sqlite(hub_file: Path, folder: Path, seed: int) -> None:
    place = folder / str(seed)
    place.mkdir()
    store = sqlite_hub(hub_file, place)
    history(store, place, seed, lambda: _copied(store.engine.raw_connection, place))
    shutil.rmtree(place)


def _copied(connect: Callable[[], object], place: Path) -> Callable[[], Store]:
    """A copy of the file as it is now; calling the result opens a hub on it."""
    number = len(list(place.glob("saved*.db")))
    saved = place / f"saved{number}.db"
    raw = connect()
    raw.driver_connection.execute("VACUUM INTO ?", (str(saved),))  # type: ignore[attr-defined]
    raw.close()  # type: ignore[attr-defined]
    return lambda: Store(engines.plain(saved))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, HISTORIES))
def test_a_fleet_comes_to_rest(hub_file: Path, tmp_path: Path, seed: int) -> None:
    on_sqlite(hub_file, tmp_path, seed)


@pytest.mark.parametrize("seed", range(4))
def test_a_fleet_comes_to_rest_quickly(hub_file: Path, tmp_path: Path, seed: int) -> None:
    on_sqlite(hub_file, tmp_path, seed)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(100, 106))
def test_a_fleet_comes_to_rest_on_postgres(
    request: pytest.FixtureRequest,
    postgres_database: Callable[..., str],
    tmp_path: Path,
    seed: int,
) -> None:
    template = request.getfixturevalue("postgres_template")("lumi_hub", _found)
    url = postgres_database(template)
    store = Store(engines.postgres(url))

    def backup() -> Callable[[], Store]:
        store.close()
        saved = postgres_database(url.rpartition("/")[2])
        return lambda: Store(engines.postgres(saved))

    history(store, tmp_path, seed, backup)
    store.close()


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_fleet_comes_to_rest_thousands_of_times(hub_file: Path, tmp_path: Path) -> None:
    for seed in range(10_000, 10_000 + SOAK):
        on_sqlite(hub_file, tmp_path, seed)
