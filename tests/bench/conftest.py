"""Where benchmarks run, and how much of everything: whole when measuring, else tiny and once."""

import re
from collections.abc import Iterator

import pytest

from lumi_desk.hub import settings
from tests.bench.shop import Shop, fill

_CUSTOMERS, _FEW = 60_000, 300
_ROUNDS = 7


@pytest.fixture(scope="module", params=["file", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where a hub may be founded, once on each engine."""
    folder = tmp_path_factory.mktemp("bench")
    if request.param == "file":
        return str(folder / "hub.db")
    cluster = request.getfixturevalue("postgres_cluster")
    name = re.sub(r"\W", "_", folder.name)
    cluster.run("CREATE DATABASE {name}", name)
    url: str = cluster.url(name)
    return url


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether everything is measured at full size."""
    return bool(request.config.getoption("benchmark_only"))


@pytest.fixture(scope="session")
def rounds(whole: bool) -> int:
    return _ROUNDS if whole else 1


@pytest.fixture(scope="module")
def shop(database: str, whole: bool) -> Iterator[Shop]:
    """A hub with customers who were classified."""
    settings.founded(database).close()
    store = settings.opened(database)
    try:
        yield fill(store, database, _CUSTOMERS if whole else _FEW)
    finally:
        store.close()
