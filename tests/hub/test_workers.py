"""Several processes on one port and one PostgreSQL: started, killed, replaced, ended."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx2
import pytest

from lumi_desk.hub import keeping
from lumi_desk.storage import engines
from tests.hub.served import PATIENCE_S, Served, is_running, serving, wait_until
from tests.stores import sqlite_hub

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc"),
]


def _found(url: str) -> None:
    keeping.found(engines.postgres(url)).close()


@pytest.fixture
def database(postgres_template: Callable[..., str], postgres_database: Callable[..., str]) -> str:
    """The address of a founded hub on PostgreSQL."""
    return postgres_database(postgres_template("lumi_hub", _found))


def _is_well(hub: Served) -> bool:
    return httpx2.get(f"{hub.url}/health", timeout=PATIENCE_S).status_code == 200


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _requests(hub: Served) -> float:
    """How many requests the metrics know of."""
    lines = httpx2.get(hub.metrics).text.splitlines()
    told = [line for line in lines if line.startswith('lumi_hub_requests_total{door="/health"')]
    return sum(float(line.rpartition(" ")[2]) for line in told)


def test_a_killed_worker_is_replaced_and_nothing_counted_is_lost(
    database: str, tmp_path: Path
) -> None:
    with serving(database, tmp_path, "--workers", "2", "--metrics-port", "0") as hub:
        before = hub.workers()
        assert len(before) == 2
        for _ in range(20):
            assert _is_well(hub)
        assert _requests(hub) == 20
        os.kill(before[0], signal.SIGKILL)
        wait_until(
            lambda: len(hub.workers()) == 2 and before[0] not in hub.workers(), "a new worker"
        )
        assert _is_well(hub)
        assert _requests(hub) == 21
        wait_until(lambda: any("was replaced" in line["message"] for line in hub.lines()), "told")
        assert hub.stop() == 0
        assert not any(is_running(pid) for pid in before)
        assert _is_free(hub.port)


def test_a_killed_supervisor_leaves_no_orphans_and_no_held_port(
    database: str, tmp_path: Path
) -> None:
    with serving(database, tmp_path, "--workers", "2") as hub:
        orphans = hub.workers()
        assert len(orphans) == 2
        hub.process.kill()
        hub.process.wait(PATIENCE_S)
        wait_until(lambda: not any(is_running(pid) for pid in orphans), "orphans ended")
        assert _is_free(hub.port)


def test_a_hangup_replaces_every_worker_while_desks_are_answered(
    database: str, tmp_path: Path
) -> None:
    with serving(database, tmp_path, "--workers", "2") as hub:
        before, enough = set(hub.workers()), Event()

        def asking() -> int:
            asked = 0
            while not enough.is_set():
                assert _is_well(hub)
                asked += 1
            return asked

        with ThreadPoolExecutor(1) as thread:
            answered = thread.submit(asking)
            hub.process.send_signal(signal.SIGHUP)
            try:
                wait_until(
                    lambda: len(hub.workers()) == 2 and before.isdisjoint(hub.workers()),
                    "all replaced",
                )
            finally:
                enough.set()
            assert answered.result() > 0
        assert hub.stop() == 0


def test_each_line_of_the_log_names_its_worker(database: str, tmp_path: Path) -> None:
    with serving(database, tmp_path, "--workers", "2", "--access-log") as hub:
        told = {"x-request-id": "0b7e5a52-9d36-4f6e-8f0c-3a1f7a3f5c11"}
        assert (
            httpx2.get(f"{hub.url}/health", headers=told).headers["x-request-id"] in told.values()
        )
        workers = hub.workers()
        wait_until(lambda: bool(hub.lines()), "a line")
        line = hub.lines()[-1]
        assert line["worker"] in workers
        assert (line["door"], line["status"]) == ("/health", 200)
        assert line["request"] == told["x-request-id"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_bad_certificate_is_a_sentence_before_anything_starts(
    database: str, tmp_path: Path, workers: str
) -> None:
    words = ("--workers", workers, "--tls-cert", "none.pem", "--tls-key", "none.key")
    assert "PEM" in _refused(database, *words)


def test_more_connections_than_the_server_admits_are_refused_with_the_numbers(
    database: str,
) -> None:
    said = _refused(database, "--workers", "40", "--pool", "10")
    assert "40 workers with up to 10 connections" in said
    assert "197" in said
    assert "max_connections" in said


def test_several_workers_on_a_file_are_refused_with_the_reason(
    hub_file: Path, tmp_path: Path
) -> None:
    sqlite_hub(hub_file, tmp_path).close()
    assert "PostgreSQL" in _refused(str(tmp_path / "hub.db"), "--workers", "2")


def test_a_taken_port_for_the_metrics_is_a_sentence(database: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in _refused(database, "--workers", "2", "--metrics-port", port)


def _refused(database: str, *words: str) -> str:
    command = [sys.executable, "-m", "lumi_desk.hub", "serve", "--port", "0", *words]
    done = subprocess.run(
        [*command, "--database", database], capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr
