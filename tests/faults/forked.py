"""Processes forked from one that is loaded and has no threads: a kill costs milliseconds.

Run as a module with the name of a job and its arguments as JSON; it tells what came of it as one
line of JSON. A process of its own, since a test's may have threads, and forking those is unsound.
"""

import contextlib
import json
import os
import random
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy import select as chosen

from lumi_desk import clock, schema
from lumi_desk.calls.tables import Note
from lumi_desk.desk import Desk
from lumi_desk.errors import LumiError
from lumi_desk.hub.__main__ import main as hub_main
from lumi_desk.storage import engines
from lumi_desk.sync.tables import Outbox
from tests.faults.kit import Seat, a_note, closing, do, waiting
from tests.stores import without_values

_PATIENCE_S = 60.0
_ID_BYTES = 37


class Child:
    """A forked process; what it acknowledges comes through a pipe, past any buffer."""

    def __init__(self, work: Callable[[Callable[[str], None]], None]) -> None:
        assert threading.active_count() == 1, "only a process without threads may be forked"
        told, tell = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(told)
            _be(lambda: work(lambda words: _tell(tell, words)))
        os.close(tell)
        self._told = told

    def at_work(self) -> None:
        """Wait until it has said something."""
        select.select([self._told], [], [], _PATIENCE_S)

    def kill(self) -> list[str]:
        """Kill it, as the system would; what it had acknowledged until then."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()[1]

    def wait(self) -> tuple[int, list[str]]:
        """Its exit code (negative: the signal that killed it) and what it acknowledged."""
        said = b""
        while piece := os.read(self._told, 65_536):
            said += piece
        os.close(self._told)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), said.decode().split()


def _be(work: Callable[[], None]) -> None:
    """Be that child until the end; nothing of the parent's goes on in it."""
    try:
        work()
    except BaseException:  # noqa: BLE001  (a child must never return into its parent's code)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _tell(pipe: int, words: str) -> None:
    os.write(pipe, f"{words}\n".encode())


def die_at(engine: Engine, statement: int) -> None:
    """Be killed just before the n-th statement or commit on this engine."""
    left, last = statement, ""

    def count(sql: str) -> None:
        nonlocal left, last
        # Rows that are written one after the other are one statement.
        if without_values(sql) == last:
            return
        left, last = left - 1, without_values(sql)
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(raw: Any, *_: object) -> None:
        raw.set_trace_callback(count)

    if engine.dialect.name == "sqlite":
        event.listen(engine, "checkout", watch)
    else:
        event.listen(engine, "before_cursor_execute", lambda *told: count(told[2]))
        event.listen(engine, "commit", lambda _: count("COMMIT"))


# The jobs.


def kill_desk(folder: str, address: str, kills: int, seed: int) -> dict[str, Any]:
    """Kill a desk at random moments of its work; after each, look at its file."""
    seat, dice = Seat(Path(folder), address), random.Random(seed)
    acknowledged: set[str] = set()
    missing = apart = 0
    for kill in range(kills):
        child = Child(lambda tell: _work(seat, tell))
        if kill % 5:
            child.at_work()
        time.sleep(dice.uniform(0, 0.05))
        acknowledged.update(child.kill())
        with closing(seat.started(clock.now)) as desk, desk.store.read() as session:
            kept = set(session.scalars(chosen(Note.id)))
            queued = set(session.scalars(chosen(Outbox.op_id)))
            missing += len(acknowledged - kept)
            apart += len(kept ^ queued)
    return {"acknowledged": len(acknowledged), "missing": missing, "apart": apart}


def _work(seat: Seat, tell: Callable[[str], None]) -> None:
    """Do one operation after the other, and acknowledge each once it is saved."""
    desk = seat.started(clock.now)
    customers = _customers(desk)
    while True:
        for customer in customers:
            for op_id in do(desk, a_note(desk.me.person_id, customer)):
                tell(op_id)


def _customers(desk: Desk) -> list[str]:
    with desk.store.read() as session:
        return [row[0] for row in session.connection().exec_driver_sql("SELECT id FROM customer")]


def die_in_rounds(folder: str, address: str, step: int = 1) -> dict[str, Any]:
    """Begin a round again and again, each killed `step` statements later, until one ends."""
    seat = Seat(Path(folder), address)
    deaths = 0
    while True:
        at = deaths * step + 1
        code, _ = Child(lambda _, at=at: _round(seat, at)).wait()  # type: ignore[misc]
        if code != -signal.SIGKILL:
            return {"deaths": deaths, "code": code}
        deaths += 1


def _round(seat: Seat, statement: int) -> None:
    desk = seat.started(clock.now)
    die_at(desk.store.engine, statement)
    desk.sync_round()
    desk.close()


def kill_hub(
    folder: str, database: str, address: str, kills: int, seed: int, desks: int
) -> dict[str, Any]:
    """Kill a hub at random moments while desks push to it, and start it again each time."""
    dice = random.Random(seed)
    seats = [Seat(Path(folder) / f"seat-{n}", address) for n in range(desks)]
    ready = Path(folder) / "hub.ready"
    hub = _hub(database, address, ready)
    pushing = [Child(lambda tell, seat=seat: _push(seat, tell)) for seat in seats]  # type: ignore[misc]
    for _ in range(kills):
        time.sleep(dice.uniform(0.02, 0.25))
        hub.kill()
        hub = _hub(database, address, ready)
    Path(folder, "enough").touch()
    ended = [child.wait() for child in pushing]
    hub.kill()
    return {
        "codes": [code for code, _ in ended],
        "saved": [op_id for _, told in ended for op_id in told],
    }


def _hub(database: str, address: str, ready: Path) -> Child:
    """A hub that answers."""
    ready.unlink(missing_ok=True)
    port = address.rpartition(":")[2]
    words = ["serve", "--database", database, "--port", port, "--ready-file", str(ready)]

    def serve(_: object) -> None:
        sys.argv = ["lumi-hub", *words]
        sys.stdout = sys.stderr
        hub_main()

    child = Child(serve)
    _until(ready.exists)
    return child


def _push(seat: Seat, tell: Callable[[str], None]) -> None:
    """Work and send until it is enough; then until all is sent. A hub out of reach is usual."""
    desk = seat.started(clock.now)
    customers, enough = _customers(desk), seat.folder.with_name("enough")
    while not enough.exists():
        for op_id in do(desk, *(a_note(desk.me.person_id, one) for one in customers[:5])):
            tell(op_id)
        with contextlib.suppress(LumiError):
            desk.sync_round()
        time.sleep(0.01)
    _until(lambda: _sends_all(desk))
    desk.close()


def _sends_all(desk: Desk) -> bool:
    try:
        desk.sync_round()
    except LumiError as problem:
        sys.stderr.write(f"{problem}\n")
        return False
    return not waiting(desk.store)


def _until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def die_migrating(database: str, homes: str) -> dict[str, Any]:
    """Migrate again and again, each killed one statement later, and tell what each death left."""
    wanted = {"desk": schema.DESK, "hub": schema.HUB}[homes]
    left: list[list[str]] = [sorted(_revisions(database, homes))]
    while True:
        at = len(left)
        code, _ = Child(lambda _, at=at: _migrate(database, homes, wanted, at)).wait()  # type: ignore[misc]
        left.append(sorted(_revisions(database, homes)))
        if code != -signal.SIGKILL:
            return {"deaths": len(left) - 2, "code": code, "left": left}


def _engine(database: str, homes: str) -> Engine:
    if homes == "desk":
        return engines.encrypted(Path(database), bytes(range(32)))
    return engines.postgres(database) if "://" in database else engines.plain(Path(database))


def _migrate(database: str, homes: str, wanted: Any, statement: int) -> None:
    engine = _engine(database, homes)
    die_at(engine, statement)
    schema.upgrade(engine, wanted)
    engine.dispose()


def _revisions(database: str, homes: str) -> set[str]:
    engine = _engine(database, homes)
    try:
        return schema.stored_revisions(engine)
    finally:
        engine.dispose()


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


JOBS: dict[str, Callable[..., dict[str, Any]]] = {
    job.__name__: job for job in (kill_desk, die_in_rounds, kill_hub, die_migrating)
}


def main(job: str, told: str) -> None:
    """Do a job and tell what came of it."""
    sys.stdout.write(json.dumps(JOBS[job](**json.loads(told))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
