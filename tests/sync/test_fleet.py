"""Random histories of a whole fleet: whatever happened, at rest everybody holds the same."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from lumi_desk.operations import KINDS
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from tests.stores import _found, sqlite_hub
from tests.sync.fleet import plans
from tests.sync.fleet.histories import DOING, carry_out, simulate
from tests.sync.fleet.making import APART, MAKERS
from tests.sync.fleet.plans import Plan
from tests.sync.fleet.real import Backup, Real, copied
from tests.sync.fleet.telling import told

ROOT = Path(__file__).resolve().parents[2]
QUICK, FRESH, SOAK = 20, 300, 20_000
SHRINKING_SECONDS = 60
# Seeds that no run before had, unless one is asked for: a failure prints its own.
FIRST = int(os.environ.get("LUMI_FLEET_SEED", time.time_ns() // 1_000_000))


def comes_to_rest(seed: int) -> None:
    outcome = simulate(plans.draw(seed))
    if outcome.broken:
        pytest.fail(told(outcome, SHRINKING_SECONDS))


@pytest.mark.parametrize("seed", range(QUICK))
def test_a_fleet_comes_to_rest(seed: int) -> None:
    comes_to_rest(seed)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
def test_fresh_fleets_come_to_rest(part: int) -> None:
    for seed in range(FIRST + part, FIRST + FRESH, 4):
        comes_to_rest(seed)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_fleet_comes_to_rest_thousands_of_times() -> None:
    for seed in range(FIRST, FIRST + SOAK):
        comes_to_rest(seed)


def test_a_history_happens_the_same_way_twice() -> None:
    """In this process and in another one, where sets are walked in another order."""
    plan = plans.draw(7)
    here = simulate(plan, sum_up=True)
    assert here.messages > 20
    assert (here.broken, here.transcript) == ("", simulate(plan, sum_up=True).transcript)
    assert here.transcript != simulate(plans.draw(8), sum_up=True).transcript
    command = [sys.executable, "-m", "tests.sync.fleet", "--seed", "7"]
    environment = {**os.environ, "PYTHONHASHSEED": "4"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert f"transcript {here.transcript}" in done.stdout


def test_every_kind_of_work_is_done_by_the_fleet() -> None:
    assert set(MAKERS) | APART == {kind.name for kind in KINDS}


def test_every_kind_of_step_can_be_taken() -> None:
    assert set(DOING) == set(plans.WEIGHTS)


def on_real_things(plan: Plan, store: Store, folder: Path, backup: Backup) -> None:
    """The same history with files and HTTP: what is simulated must not drift from it."""
    world = Real(store, folder, backup)
    outcome = carry_out(plan, world)
    world.close()
    assert not outcome.broken, "\n".join([*outcome.told, outcome.broken, outcome.details])


@pytest.mark.parametrize(
    "seed",
    [
        1,
        pytest.param(2, marks=pytest.mark.slow),
        # The hub dies while somebody types her password.
        pytest.param(1_795_856_061_864, marks=pytest.mark.slow),
    ],
)
def test_a_real_fleet_comes_to_rest(hub_file: Path, tmp_path: Path, seed: int) -> None:
    backup = partial(copied, place=tmp_path)
    on_real_things(plans.draw(seed), sqlite_hub(hub_file, tmp_path), tmp_path, backup)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_fresh_real_fleets_come_to_rest(hub_file: Path, tmp_path: Path, part: int) -> None:
    backup = partial(copied, place=tmp_path)
    on_real_things(plans.draw(FIRST + part), sqlite_hub(hub_file, tmp_path), tmp_path, backup)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("part", range(6))
def test_a_fleet_comes_to_rest_on_postgres(
    request: pytest.FixtureRequest,
    postgres_database: Callable[..., str],
    tmp_path: Path,
    part: int,
) -> None:
    template = request.getfixturevalue("postgres_template")("lumi_hub", _found)
    store = Store(engines.postgres(postgres_database(template)))

    def backup(of: Store) -> Callable[[], Store]:
        name = of.engine.url.database
        of.close()
        saved = postgres_database(name)
        return lambda: Store(engines.postgres(saved))

    on_real_things(plans.draw(FIRST + part), store, tmp_path, backup)
