"""A desk in a process of its own, for what only a fresh process can show. Answers in JSON.

`first`/`bare-first`: peak memory of a first sync. `work`: writes calls until it is killed.
`recover`/`bare-recover`: from a killed desk's file to the first screen.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from tests.bench.bare_desk import BareDesk

Told = dict[str, Any]
STARTED = "LUMI_BENCH_STARTED"
_KIB = 1024


def first(told: Told) -> Told:
    """A first sync by the product."""
    from tests.bench import seat

    before = peak()
    rep = seat.Rep.told(told["rep"])
    desk = seat.open_desk(Path(told["folder"]), told["address"], rep)
    desk.sync_round()
    return {"peak": peak(), "before": before}


def bare_first(told: Told) -> Told:
    """A first sync by the floor."""
    before = peak()
    BareDesk(Path(told["folder"]) / "bare.db", told["port"]).first(told["many"])
    return {"peak": peak(), "before": before}


def work(told: Told) -> Told:
    """Write calls, one line for each once it is saved, until somebody kills this."""
    from tests.bench import documents, invented, seat

    rep = seat.Rep.told(told["rep"])
    desk = seat.open_desk(Path(told["folder"]), told["address"], rep)
    for number in count(told["begin"]):
        (call,) = invented.calls(1, told["numbers"], number)
        with desk.store.write() as session:
            desk.do(session, documents.contact(call, rep.person_id))
        sys.stdout.write(call["id"] + "\n")
        sys.stdout.flush()
    return {}


def recover(told: Told) -> Told:
    """What a rep sees first, and what waits to be sent."""
    from sqlalchemy import select

    from lumi_desk import clock
    from lumi_desk.sync.tables import Outbox
    from tests.bench import seat
    from ui.workspace import loading

    loaded = _since_start()
    rep = seat.Rep.told(told["rep"])
    desk = seat.open_desk(Path(told["folder"]), told["address"], rep)
    with desk.store.read() as session:
        day = loading.day(session, desk.me, clock.now())
        waiting = list(session.scalars(select(Outbox.op_id)))
    ended = _since_start()
    return {"s": ended, "loaded": loaded, "rows": len(day.today.rows), "waiting": waiting}


def bare_recover(told: Told) -> Told:
    """The same file by the driver alone: open it, read a screenful, count what waits."""
    from sqlcipher3 import dbapi2 as sqlcipher

    connection = sqlcipher.connect(told["file"], isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{told['key']}'\"")
    rows = connection.execute("SELECT id, name, phone FROM customer LIMIT 50").fetchall()
    (waiting,) = connection.execute("SELECT count(*) FROM outbox").fetchone()
    return {"s": _since_start(), "rows": len(rows), "waiting": waiting}


_WHAT: dict[str, Callable[[Told], Told]] = {
    "first": first,
    "bare-first": bare_first,
    "work": work,
    "recover": recover,
    "bare-recover": bare_recover,
}


def peak() -> int:
    """The most memory this process has had, in bytes.

    Not from getrusage: there a child begins with what its parent had.
    """
    told = Path("/proc/self/status").read_text("ascii")
    (line,) = (line for line in told.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * _KIB


def _since_start() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC) - float(os.environ[STARTED])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_WHAT[sys.argv[1]](json.loads(sys.argv[2]))) + "\n")
