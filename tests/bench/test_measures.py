"""The benchmarks: `pytest --benchmark-only tests/bench` at full size; else each once and tiny.

Every figure stands beside its floor, measured in the same rounds: `extra_info` has the ratio.
The page with all of them is made by `python -m tests.bench`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.bench import alone, hub_load
from tests.bench.measures import FULL, MEASURES, TINY, World, bytes_on_the_wire, seconds, world

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def measured(
    database: str, whole: bool, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with world(folder, database, FULL if whole else TINY) as made:
        yield made


@pytest.mark.parametrize("name", MEASURES)
def test_measure(name: str, measured: World, benchmark: BenchmarkFixture, rounds: int) -> None:
    measure = MEASURES[name](measured)
    floors: list[float] = []

    def ready() -> None:
        measure.floor_ready()
        floors.append(seconds(measure.floor))
        measure.ready()

    try:
        benchmark.group = measure.name
        pedantic: Any = benchmark.pedantic
        pedantic(measure.ours, setup=ready, rounds=rounds)
        benchmark.extra_info |= measure.check()
    finally:
        measure.close()
    if benchmark.stats is not None:
        benchmark.extra_info["floor_s"] = median(floors)
        benchmark.extra_info["ratio"] = benchmark.stats.stats.median / median(floors)


def test_bytes_on_the_wire(measured: World) -> None:
    found = bytes_on_the_wire(measured)
    assert len(found) == 5
    assert all(up > 0 and down > 0 for up, down in found.values())


def test_memory_of_a_first_sync(measured: World) -> None:
    found = alone.memory(measured, 1)
    assert found["ours"] > found["ours before"] > 0


def test_a_killed_desk_opens_with_all_it_had_acknowledged(measured: World) -> None:
    found = alone.recovery(measured, calls=5)
    assert found["ours"] > found["imports"] > 0


def test_hub_under_load(
    postgres_cluster: object, postgres_url: str, tmp_path: Path, loaded: Callable[..., bool]
) -> None:
    assert loaded(postgres_url, tmp_path)


@pytest.fixture
def loaded() -> Callable[..., bool]:
    """One small step of the load test, by the product and by its floor."""

    def step(url: str, folder: Path) -> bool:
        with hub_load.place_for(url, folder, reps=4, each=3, workers=1) as target:
            ours = target.step(desks=60, secs=2.0)
        with hub_load.bare_place(url, folder) as bare:
            floor = bare.step(desks=60, secs=2.0)
        return ours.ok and floor.ok

    return step
