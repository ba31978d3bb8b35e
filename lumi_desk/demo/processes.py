"""The hub and the desks of a demonstration, each a process of its own, over real HTTP."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lumi_desk.demo.place import Place, Playing
from lumi_desk.errors import LumiError

_STARTS_WITHIN = 60.0
_STOPS_WITHIN = 20.0

Told = dict[str, Any]


class HubDidNotStart(LumiError):
    """The demonstration's hub is not there."""

    title = "The hub of the demonstration did not start"
    advice = "What it said: {said}"


class CommandFailed(LumiError):
    """One of the hub's commands ended with an error."""

    title = "The command {command} failed"
    advice = "{said}"


class Hub:
    """The hub's process. It can be stopped and started again at the same address."""

    def __init__(self, place: Place, playing: Playing) -> None:
        self._place, self._playing = place, playing
        self._process: subprocess.Popen[bytes] | None = None
        # Desks keep an account's data by the address of its hub, so it stays where it was.
        self.address = place.address()

    def start(self) -> None:
        """Start it and wait until it answers. Raises HubDidNotStart."""
        log, ready = self._place.folder / "hub.log", self._place.folder / "hub.ready"
        ready.unlink(missing_ok=True)
        port = _port_of(self.address)
        told = ["serve", "--database", str(self._place.database), "--port", port]
        told += ["--ready-file", str(ready), "--ahead", str(self._playing.ahead_seconds)]
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lumi_desk.hub", *told],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        started = time.monotonic()
        while not ready.exists():
            late = time.monotonic() - started > _STARTS_WITHIN
            if late or self._process.poll() is not None:
                raise HubDidNotStart(said=log.read_text("utf-8", "replace")[-500:])
            time.sleep(0.05)
        self.address = json.loads(ready.read_text("utf-8"))["listening"]

    def stop(self) -> None:
        """Stop it; every desk is offline then."""
        if self._process is not None:
            end(self._process)
            self._process = None


def hub_command(place: Place, *told: str) -> Told:
    """Run one of the hub's commands on the demonstration's database. Returns its JSON."""
    command = [sys.executable, "-m", "lumi_desk.hub", *told]
    command += ["--database", str(place.database), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise CommandFailed(command=" ".join(told[:2]), said=(done.stderr or done.stdout).strip())
    answer: Told = json.loads(done.stdout)
    return answer


def desk_process(place: Place, name: str, module: str, *told: str) -> subprocess.Popen[str]:
    """Start a desk on a folder of its own, in a window of this screen."""
    folder = place.desk(name)
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", module, "--folder", str(folder)]
    command += ["--demo", str(place.invitation), *told]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def lines(process: subprocess.Popen[str]) -> Iterator[Told]:
    """What a desk on tour tells, line by line, until it ends or is killed."""
    assert process.stdout is not None  # noqa: S101  (asked for at its start)
    with process.stdout:
        for line in process.stdout:
            if line.startswith("{"):
                yield json.loads(line)


def end(process: subprocess.Popen[Any], how: Callable[[], None] | None = None) -> None:
    """End a process, politely unless told otherwise, and wait for it."""
    if process.poll() is None:
        (how or process.terminate)()
    try:
        process.wait(_STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def items_beside(orders: Path) -> Path | None:
    """The file with the order lines, where a shop's export laid it beside the orders."""
    names = (
        orders.name.replace("ExportOrderList", "ExportOrderDetailList"),
        orders.name.replace("orders", "items"),
    )
    beside = (orders.with_name(name) for name in names if name != orders.name)
    return next((path for path in beside if path.exists()), None)


def _port_of(address: str) -> str:
    """The port of an address if it is free; else 0, which means any."""
    port = address.rpartition(":")[2]
    if not port:
        return "0"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError:
            return "0"
    return port
