"""What only a fresh process can show: memory of a first sync, recovery after kill -9."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import desk_side, place, seat
from tests.bench.measures import World

_CALLS_BEFORE_THE_KILL = 150
_MIB = 2**20


def memory(world: World, book: int) -> dict[str, float]:
    """Peak memory of a first sync in MiB: of the product, of the floor."""
    many = world.sizes.books[book]
    told = {"folder": str(world.fresh("memory")), "address": world.address}
    ours = _run("first", {**told, "rep": asdict(world.rep(book))})
    bare = {"folder": str(world.fresh("memory")), "port": world.bare_port, "many": many}
    floor = _run("bare-first", bare)
    return {
        "ours": ours["peak"] / _MIB,
        "floor": floor["peak"] / _MIB,
        "ours before": ours["before"] / _MIB,
        "floor before": floor["before"] / _MIB,
    }


def recovery(world: World, calls: int = _CALLS_BEFORE_THE_KILL) -> dict[str, float]:
    """Kill a working desk, start it again: seconds to its first screen, beside a bare reader.

    Every call it had acknowledged must be waiting there.
    """
    folder = world.fresh("killed")
    desk = world.desk(0, "killed")
    desk.sync_round()
    desk.close()
    told = {
        "folder": str(folder),
        "address": world.address,
        "rep": asdict(world.rep(0)),
        "begin": next(world.numbers) * calls,
        "numbers": list(range(world.first_of(0), world.first_of(0) + 50)),
    }
    acknowledged = _killed_after(told, calls)
    bare = _bare(folder, world.folder / "killed-copy")
    ours = _run("recover", told)
    lost = set(acknowledged) - set(ours["waiting"])
    assert not lost, f"{len(lost)} acknowledged calls are lost"
    assert bare["waiting"] >= len(acknowledged)
    return {"ours": ours["s"], "floor": bare["s"], "imports": ours["loaded"]}


def _bare(folder: Path, copy: Path) -> dict[str, Any]:
    """The floor reads a copy, so that both find the file as the kill left it."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    key = seat.key_of(copy).hex()
    return _run("bare-recover", {"file": str(seat.data_file(copy)), "key": key})


def _killed_after(told: dict[str, Any], calls: int) -> list[str]:
    process = subprocess.Popen(_command("work", told), env=_environment(), stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout as out:
        acknowledged = [out.readline().decode().strip() for _ in range(calls)]
        process.kill()
        acknowledged += [line.decode().strip() for line in out if line.endswith(b"\n")]
    process.wait()
    return acknowledged


def _run(what: str, told: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(_command(what, told), env=_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-1500:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _command(what: str, told: dict[str, Any]) -> list[str]:
    return [sys.executable, "-m", desk_side.__name__, what, json.dumps(told)]


def _environment() -> dict[str, str]:
    started = {desk_side.STARTED: str(time.clock_gettime(time.CLOCK_MONOTONIC))}
    return place.environment(started) | {"PYTHONDONTWRITEBYTECODE": "1"}
