"""A hub with reps and customers, as a process of its own, and bare servers beside it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lumi_desk.hub import keeping, settings
from lumi_desk.people.tables import Team
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests.bench import hub_side
from tests.bench.invented import Document
from tests.bench.seat import Rep

ROOT = Path(__file__).resolve().parents[2]
_STARTS_WITHIN_S = 60.0
_ENDS_WITHIN_S = 30.0


@dataclass(frozen=True)
class Founded:
    """A hub's database and who works there."""

    database: str
    store: Store
    reps: tuple[Rep, ...]


def found(database: str, books: Sequence[Sequence[Document]]) -> Founded:
    """A new hub whose reps hold these customers, one book each."""
    store = settings.founded(database)
    with store.write() as session:
        feed.watch(session, alone=True)
        keeping.start_lists(session)
        session.add(Team(id="bench", name="一组"))
        session.flush()
        reps = [hub_side.add_rep(session, f"rep {place}", "bench") for place in range(len(books))]
        pairs: list[feed.Pair] = []
        for rep, book in zip(reps, books, strict=True):
            pairs += hub_side.give(session, book, rep["person_id"])
        feed.publish(session, pairs)
    return Founded(database, store, tuple(Rep.told(rep) for rep in reps))


@contextmanager
def served(database: str, folder: Path, workers: int = 1) -> Iterator[str]:
    """The hub's process on that database. Gives its address."""
    ready = folder / "hub.ready"
    ready.unlink(missing_ok=True)
    command = ["-m", "lumi_desk.hub", "serve", "--port", "0", "--database", database]
    more = ["--workers", str(workers)] if workers > 1 else []
    with _process([*command, "--ready-file", str(ready), *more], folder) as process:
        _wait(process, ready.exists, folder)
        address: str = json.loads(ready.read_text("utf-8"))["listening"]
        yield address


@contextmanager
def bare(app: str, folder: Path, told: Mapping[str, str]) -> Iterator[int]:
    """A bare server, `module:app` of this folder. Gives its port."""
    port = free_port()
    command = ["-m", "uvicorn", f"tests.bench.{app}", "--port", str(port), "--no-access-log"]
    # A bare client does not connect again, however long a busy machine keeps it waiting.
    command += ["--log-level", "warning", "--timeout-keep-alive", "600"]
    with _process(command, folder, told) as process:
        _wait(process, lambda: _listens(port), folder)
        yield port


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a process of ours needs to find the project."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **(more or {})}


@contextmanager
def _process(
    told: Sequence[str], folder: Path, more: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *told], env=environment(more), cwd=ROOT, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", there: object, folder: Path) -> None:
    assert callable(there)
    end = time.monotonic() + _STARTS_WITHIN_S
    while not there():
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"it did not start: {(folder / 'log').read_text('utf-8')[-800:]}")
        time.sleep(0.02)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
