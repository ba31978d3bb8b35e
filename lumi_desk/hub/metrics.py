"""What a hub counts and how long it takes, for Prometheus. No label says anything of a person."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    multiprocess,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import SQLAlchemyError

from lumi_desk.clock import Clock
from lumi_desk.errors import LumiError
from lumi_desk.parked.rules import OPEN
from lumi_desk.parked.tables import Parked
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import SyncMeta, SyncStream

# The client's own name for the folder in which several processes add up.
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_LOOPBACK = "127.0.0.1"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REGISTRY = CollectorRegistry()
_REQUESTS = Counter(
    "lumi_hub_requests", "Requests answered.", ("door", "status"), registry=REGISTRY
)
_TOOK = Histogram(
    "lumi_hub_request_seconds",
    "How long requests took.",
    ("door",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
_OPERATIONS = Counter(
    "lumi_hub_operations", "Operations of desks answered.", ("status",), registry=REGISTRY
)
CONNECTIONS = Gauge(
    "lumi_hub_database_connections_in_use",
    "Connections to the database at work.",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
UNDER_WAY = Gauge(
    "lumi_hub_requests_under_way",
    "Requests begun and not ended, listening desks among them.",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)


def answered(door: str, status: int, seconds: float) -> None:
    """Count a request: `door` is one of the hub's own paths, or `other`."""
    counter, histogram = _of(door, status)
    counter.inc()
    histogram.observe(seconds)


def operations(statuses: Iterable[str]) -> None:
    """Count the operations of a batch by how they were answered."""
    for status in statuses:
        _operation(status).inc()


def watch_pool(engine: Engine) -> None:
    """Count the connections that are at work."""

    @event.listens_for(engine, "checkout")
    def out(*_: Any) -> None:
        CONNECTIONS.inc()

    @event.listens_for(engine, "checkin")
    def back(*_: Any) -> None:
        CONNECTIONS.dec()


class Database:
    """Figures that stand in the database, read whenever somebody asks for the metrics."""

    def __init__(self, store: Store, now: Clock) -> None:
        self._store, self._now = store, now

    def describe(self) -> Sequence[Metric]:
        """Nothing: so that registering asks the database nothing."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The figures; only that it is away, while the database is away."""
        try:
            with self._store.read() as session:
                meta = session.get_one(SyncMeta, 1)
                saved, reckoned = meta.backup_at, meta.nightly_at
                heads = session.scalar(select(func.sum(SyncStream.head))) or 0
                waits = select(func.count()).where(Parked.state.in_(OPEN))
                waiting = session.scalar(waits) or 0
        except (LumiError, SQLAlchemyError):
            yield _gauge("lumi_hub_database_up", "Whether the database answers.", 0)
            return
        yield _gauge("lumi_hub_database_up", "Whether the database answers.", 1)
        rows = CounterMetricFamily("lumi_hub_feed_rows", "Changes written for desks to fetch.")
        rows.add_metric((), float(heads))
        yield rows
        yield _gauge("lumi_hub_parked_work", "Work that waits for a leader's word.", waiting)
        yield self._age("backup", saved)
        yield self._age("nightly", reckoned)

    def _age(self, what: str, at: datetime | None) -> Metric:
        # Never is told as such: an age that grows from nowhere would look like a young one.
        age = float("inf") if at is None else (self._now() - at).total_seconds()
        name = f"lumi_hub_last_{what}_age_seconds"
        return _gauge(name, f"Seconds since the last {what} run; +Inf without any.", age)


@contextmanager
def adding_up() -> Iterator[Path]:
    """Have processes that are started meanwhile add up in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="lumi-hub-metrics-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield Path(folder)
        finally:
            del os.environ[_FOLDER]


def forget(folder: Path, pid: int) -> None:
    """Take what a process that ended had under way out of the sums; what it counted stays."""
    multiprocess.mark_process_dead(pid, path=str(folder))  # type: ignore[no-untyped-call]


def offer(port: int, database: Database, folder: Path | None = None) -> str:
    """Answer `/metrics` on loopback, of this process or of all that add up in `folder`.

    Returns the address. Raises OSError when the port is taken.
    """
    registry = CollectorRegistry() if folder else REGISTRY
    if folder:
        multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    else:
        ProcessCollector(registry=registry)
    registry.register(database)
    server, _ = start_http_server(port, addr=_LOOPBACK, registry=registry)
    return f"http://{_LOOPBACK}:{server.server_port}/metrics"


def _gauge(name: str, words: str, value: float) -> Metric:
    gauge = GaugeMetricFamily(name, words)
    gauge.add_metric((), value)
    return gauge


@lru_cache(maxsize=512)
def _of(door: str, status: int) -> tuple[Counter, Histogram]:
    return _REQUESTS.labels(door, str(status)), _TOOK.labels(door)


@lru_cache(maxsize=16)
def _operation(status: str) -> Counter:
    return _OPERATIONS.labels(status)
