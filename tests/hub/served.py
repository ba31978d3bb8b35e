"""`lumi-hub serve` as a process with whatever words, its answer to who started it, and its log."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lumi_desk.hub import settings

PATIENCE_S = 60.0


class Served:
    """A hub that serves: where it listens, its process, its log lines."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self.process, self.log = process, log
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, log.read_text("utf-8")
        self.said: dict[str, Any] = json.loads(line)
        self.url: str = self.said["listening"]
        self.metrics: str = self.said.get("metrics", "")

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def workers(self) -> list[int]:
        """The processes that answer, as the system sees them."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        return [int(child) for child in children if b"spawn_main" in _words_of(int(child))]

    def lines(self) -> list[dict[str, Any]]:
        """What it logged as JSON."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


@contextmanager
def serving(database: str, folder: Path, *words: str) -> Iterator[Served]:
    """Serve, and whatever happens leave nothing running."""
    log = folder / "serve.log"
    command = [sys.executable, "-m", "lumi_desk.hub", "serve", "--port", "0", "--json", *words]
    command += ["--log-format", "json"]
    environment = {**os.environ, settings.DATABASE: database}
    with (
        log.open("ab") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        ) as process,
    ):
        left: list[int] = []
        try:
            served = Served(process, log)
            left = served.workers() if sys.platform == "linux" else []
            yield served
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
            for pid in left:
                if b"spawn_main" in _words_of(pid):
                    os.kill(pid, signal.SIGKILL)


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    return b"spawn_main" in _words_of(pid)


def _words_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
