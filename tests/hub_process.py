"""The hub as a process of its own over real HTTP on loopback, and a clock both ends can share."""

import json
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from lumi_desk import clock

_STARTS_WITHIN_S = 60.0
_ENDS_WITHIN_S = 30.0


class SetClock:
    """A clock that was set to a moment and runs on from there; a test may put it forward."""

    def __init__(self, at: datetime) -> None:
        # Whole seconds, as the hub's command takes them.
        self.ahead_seconds = round((at - clock.now()).total_seconds())
        self._forward = timedelta()

    def __call__(self) -> datetime:
        return clock.now() + timedelta(seconds=self.ahead_seconds) + self._forward

    def forward(self, **much: float) -> None:
        self._forward += timedelta(**much)


class HubProcess:
    """`lumi-hub serve` on a database: stopped and started again, it is at the same address."""

    def __init__(self, database: str, folder: Path, ahead_seconds: int) -> None:
        self._database, self._folder, self._ahead = database, folder, ahead_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self) -> None:
        """Start it and wait until it answers."""
        ready, log = self._folder / "hub.ready", self._folder / "hub.log"
        ready.unlink(missing_ok=True)
        port = self.address.rpartition(":")[2] or "0"
        command = [sys.executable, "-m", "lumi_desk.hub", "serve", f"--ahead={self._ahead}"]
        command += ["--database", self._database, "--port", port, "--ready-file", str(ready)]
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        end = time.monotonic() + _STARTS_WITHIN_S
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"the hub did not start: {log.read_text('utf-8')[-800:]}")
            time.sleep(0.02)
        self.address = json.loads(ready.read_text("utf-8"))["listening"]

    def stop(self) -> None:
        """Stop it; every desk is offline then."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_ENDS_WITHIN_S)
            self._process = None
