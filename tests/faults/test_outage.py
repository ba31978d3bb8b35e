"""After an outage five thousand desks come at once: everybody gets through, and nobody storms."""

import asyncio
import random
import selectors
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp

from lumi_desk import clock
from lumi_desk.hub.app import create_app
from lumi_desk.hub.lanes import ENTRY, LISTEN, WORK, Admission, Bounds, HubBusy, Lane, Lanes, Room
from lumi_desk.operations import encode
from lumi_desk.sync import client as hub_client
from lumi_desk.sync.client import HubClient
from lumi_desk.sync.line import HttpLine
from lumi_desk.sync.patience import Patience
from lumi_desk.sync.protocol import Envelope, Push
from tests.faults.kit import Seat, a_note, assert_once, closing, settle
from tests.stores import sqlite_hub

DESKS = 5000
# What a request takes on the hub: measured once, rounded up.
TAKES_S = {Lane.PUSH: 0.012, Lane.DELTA: 0.006, Lane.SNAPSHOT: 0.4}
ARRIVE_WITHIN_S = 2.0
ONE_IN_FIFTY = 50
CLIENTS = 100


class Virtual(asyncio.SelectorEventLoop):
    """An event loop whose time passes only when nothing is left to do at a moment."""

    def __init__(self) -> None:
        super().__init__(_Patient(self))
        self.moment = 0.0

    def time(self) -> float:
        return self.moment


class _Patient(selectors.SelectSelector):
    """Instead of waiting for something to happen, the time is set to when it does."""

    def __init__(self, loop: Virtual) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout:
            self._loop.moment += timeout
        return super().select(0)


@dataclass
class Seen:
    """What happened: waits and ends by lane, arrivals and refusals by second."""

    waits: dict[Lane, list[float]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[Lane, list[float]] = field(default_factory=lambda: defaultdict(list))
    arrivals: Counter[int] = field(default_factory=Counter)
    refused: Counter[Lane] = field(default_factory=Counter)
    longest_queue: Counter[Lane] = field(default_factory=Counter)
    asked: list[int] = field(default_factory=list)


async def ask(admission: Admission, lane: Lane, seen: Seen) -> None:
    """One request, as the hub serves it. Raises HubBusy."""
    loop = asyncio.get_running_loop()
    came = loop.time()
    seen.arrivals[int(came)] += 1
    queue = admission.queues[lane]
    try:
        await admission.enter(lane)
    except HubBusy:
        seen.refused[lane] += 1
        raise
    finally:
        waiting = len(queue.waiting)
        seen.longest_queue[lane] = max(seen.longest_queue[lane], waiting)
    seen.waits[lane].append(loop.time() - came)
    await asyncio.sleep(TAKES_S[lane])
    admission.leave(lane, TAKES_S[lane])
    seen.ends[lane].append(loop.time())


async def desk(admission: Admission, wants: list[Lane], dice: random.Random, seen: Seen) -> None:
    """Rounds until everything it wants was done, with the desk's own patience in between."""
    await asyncio.sleep(dice.random() * ARRIVE_WITHIN_S)
    patience, many = Patience(), 0
    while wants:
        try:
            many += 1
            await ask(admission, wants[0], seen)
            wants = wants[1:]
            patience = Patience()
        except HubBusy as problem:
            patience = patience.failed(float(problem.params["seconds"]))
            await asyncio.sleep(patience.wait(dice.random()))
    seen.asked.append(many)


def outage(seed: int, desks: int = DESKS) -> tuple[Seen, float]:
    """All come back at once: each has work to send and news to fetch, some a whole stream."""
    dice, seen, loop = random.Random(seed), Seen(), Virtual()
    wanted = [
        [Lane.PUSH, Lane.SNAPSHOT if number % ONE_IN_FIFTY == 0 else Lane.DELTA]
        for number in range(desks)
    ]

    async def everybody() -> None:
        admission = Admission(WORK)
        dies = [random.Random(dice.random()) for _ in wanted]
        await asyncio.gather(
            *(desk(admission, wants, die, seen) for wants, die in zip(wanted, dies, strict=True))
        )

    try:
        loop.run_until_complete(everybody())
        return seen, loop.moment
    finally:
        loop.close()


def middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


@pytest.mark.slow
def test_five_thousand_desks_get_through(tries: Callable[[int], int]) -> None:
    for seed in range(tries(1)):
        seen, took = outage(seed)
        assert len(seen.asked) == DESKS, "everybody got through"
        assert took < 15 * 60
        # Sending comes first: what waits to be sent is safe long before the last news are out.
        assert middle(seen.ends[Lane.PUSH]) < middle(seen.ends[Lane.DELTA])
        assert max(seen.ends[Lane.PUSH]) < took
        for lane, waits in seen.waits.items():
            bounds = WORK.lanes[lane]
            assert max(waits) <= bounds.patience_s + 0.01
            assert seen.longest_queue[lane] <= bounds.waits
        # No storm: those sent away come back spread out, a few times and no more.
        assert _most_in_a_second(seen, after=10) < 600
        assert _most_in_a_second(seen, after=20) < 100
        assert sum(seen.asked) < DESKS * 5
        assert max(seen.asked) <= 12


def _most_in_a_second(seen: Seen, after: int) -> int:
    return max((many for second, many in seen.arrivals.items() if second > after), default=0)


@pytest.mark.slow
def test_a_hundred_real_clients_at_a_hub_with_hardly_any_room(
    hub_file: Path, tmp_path: Path
) -> None:
    """The real doors, the real client, lanes that hold two: all work arrives, once."""
    store = sqlite_hub(hub_file, tmp_path)
    customers = settle(store, many=10)
    room = Room(
        2,
        {
            Lane.PUSH: Bounds(2, 4, 2.0),
            Lane.DELTA: Bounds(1, 2, 2.0),
            Lane.SNAPSHOT: Bounds(1, 1, 5.0),
        },
    )
    app = create_app(store, lanes=Lanes(room, ENTRY, LISTEN))
    with loopback(app) as address:
        with closing(Seat(tmp_path / "seat", address).signed_in(clock.now)) as desk:
            me, access = desk.me.person_id, str(desk._access)
        done: set[str] = set()
        turned_away: Counter[int] = Counter()
        clients = [_Caller(address, access, me, customers, number) for number in range(CLIENTS)]
        threads = [threading.Thread(target=one.call) for one in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        for one in clients:
            assert one.through, f"client {one.number} never got through"
            done |= {op.op_id for op in one.ops}
            turned_away[one.number] = one.turned_away
    assert sum(turned_away.values()) > 0, "nobody was ever sent away: there was room enough"
    assert_once(store, done)
    store.close()


class _Caller:
    """Somebody with a batch to send, who waits as a desk does when sent away."""

    def __init__(
        self, address: str, access: str, me: str, customers: list[str], number: int
    ) -> None:
        self.number, self.through, self.turned_away = number, False, 0
        self._access = access
        self._http = HubClient(HttpLine(address, 60))
        notes = [a_note(me, customer) for customer in customers[:3]]
        self.ops = tuple(
            Envelope(op.id, seq, "note.write", 1, encode(op)) for seq, op in enumerate(notes, 1)
        )

    def call(self) -> None:
        patience, dice = Patience(), random.Random(self.number)
        while not self.through and self.turned_away < 200:
            try:
                self._http.push(self._access, Push(f"client-{self.number}", self.ops))
                self.through = True
            except hub_client.HubBusy as problem:
                self.turned_away += 1
                patience = patience.failed(problem.wait)
                # As long as it says, a hundred times as fast.
                time.sleep(patience.wait(dice.random()) / 100)
        self._http.close()


@contextmanager
def loopback(app: ASGIApp) -> Iterator[str]:
    """The application behind a real port, in a thread."""
    config = uvicorn.Config(app, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
