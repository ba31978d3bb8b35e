"""The database server dies in mid-batch, as a power cut would end it: every operation once."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lumi_desk import clock
from lumi_desk.errors import LumiError
from lumi_desk.hub import keeping
from lumi_desk.storage import engines
from lumi_desk.storage.store import Store
from tests import services
from tests.faults.kit import Seat, a_note, assert_once, assert_same, closing, do, settle, waiting
from tests.hub_process import HubProcess
from tests.services import Cluster

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

DEATHS = 4
# A crash must find on the disk what was answered for.
SAFE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server of its own that syncs its writes."""
    programs = services.postgres_programs()
    if programs is None:
        services.missing("PostgreSQL", "sudo apt install postgresql")
    with tempfile.TemporaryDirectory(prefix="lumi-pg-", ignore_cleanup_errors=True) as folder:
        cluster = services.make_cluster(programs, Path(folder), *SAFE)
        try:
            yield cluster
        finally:
            with suppress(Exception):
                cluster.stop("immediate")


def test_a_server_that_dies_in_mid_batch_does_every_operation_once(
    cluster: Cluster, tmp_path: Path
) -> None:
    cluster.run("CREATE DATABASE {name}", "lumi")
    url = cluster.url("lumi")
    store = keeping.found(engines.postgres(url))
    settle(store)
    store.close()
    hub = HubProcess(url, tmp_path, 0)
    hub.start()
    done: set[str] = set()
    over = threading.Event()
    try:
        with closing(Seat(tmp_path / "seat", hub.address).signed_in(clock.now)) as desk:
            desk.sync_round()
            customers = _customers(desk.store)

            def push() -> None:
                while not over.is_set():
                    if len(waiting(desk.store)) < 50:
                        notes = (a_note(desk.me.person_id, one) for one in customers)
                        done.update(do(desk, *notes))
                    with suppress(LumiError):
                        desk.sync_round()
                    over.wait(0.01)

            pushing = threading.Thread(target=push)
            pushing.start()
            for _ in range(DEATHS):
                over.wait(0.4)
                cluster.stop("immediate")
                over.wait(0.1)
                cluster.start(*SAFE)
            over.set()
            pushing.join(60)
            _send_all(desk.sync_round, desk.store)
            store = Store(engines.postgres(url))
            assert len(done) > DEATHS
            assert_once(store, done)
            assert_same(store, desk.store)
            store.close()
    finally:
        over.set()
        hub.stop()


def _send_all(sync_round: object, store: Store) -> None:
    for _ in range(100):
        with suppress(LumiError):
            sync_round()  # type: ignore[operator]
        if not waiting(store):
            return
        threading.Event().wait(0.1)
    raise AssertionError("it was never sent")


def _customers(store: Store) -> list[str]:
    with store.read() as session:
        asked = session.connection().exec_driver_sql("SELECT id FROM customer")
        return [row[0] for row in asked]
