"""Lanes: who is served first when more come than can be served, and who is sent away at once.

Sending work comes before fetching changes, that before whole streams, and a manager's rules come
last: a preview reads everybody's history. Signing in has a room
of its own: its passwords cost much time. What a lane refuses is refused before it has cost
anything, with a time to come back that grows with the queue.
"""

import asyncio
import contextvars
import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeVar

from lumi_desk.errors import LumiError

T = TypeVar("T")

# How much the last turn counts in the average of how long turns take.
_WEIGHT = 0.1
_SHORTEST_S, _LONGEST_S = 1, 60


class HubBusy(LumiError):
    """More requests than can be served."""

    title = "The hub is busy"
    advice = "Try again in {seconds} seconds."

    @property
    def code(self) -> str:
        """To a desk it is the same whether requests or the database are too many."""
        return "Busy"


class Lane(IntEnum):
    """What is asked for; the lower comes first."""

    PUSH = 0
    DELTA = 1
    SNAPSHOT = 2
    ENTRY = 3
    LISTEN = 4
    MANAGE = 5


@dataclass(frozen=True)
class Bounds:
    """How many of a lane run at once, how many wait at most, and for how many seconds."""

    runs: int
    waits: int
    patience_s: float


@dataclass(frozen=True)
class Room:
    """Lanes that share `places` between them."""

    places: int
    lanes: dict[Lane, Bounds]


# Eight, two and one: with the one that looks at the heads, and the health, less than a database
# pool holds. Nobody fills a room alone: a long queue of one kind leaves places to the others.
WORK = Room(
    8,
    {
        Lane.PUSH: Bounds(6, 200, 8.0),
        Lane.DELTA: Bounds(6, 200, 5.0),
        Lane.SNAPSHOT: Bounds(2, 24, 20.0),
        Lane.MANAGE: Bounds(1, 8, 30.0),
    },
)
ENTRY = Room(2, {Lane.ENTRY: Bounds(2, 40, 10.0)})
# Who comes to listen is looked up, and holds no place while listening: only a stampede is slowed.
LISTEN = Room(1, {Lane.LISTEN: Bounds(1, 5000, 30.0)})


@dataclass
class _Queue:
    bounds: Bounds
    running: int = 0
    took_s: float = 0.05
    refused: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    @property
    def back_in_s(self) -> int:
        """When those who wait now will have been served."""
        expected = (len(self.waiting) + self.running) * self.took_s / max(self.bounds.runs, 1)
        return min(max(math.ceil(expected), _SHORTEST_S), _LONGEST_S)


class Admission:
    """One room: gives its places to those who wait, the first lane first."""

    def __init__(self, room: Room) -> None:
        self._free = room.places
        self.queues = {lane: _Queue(bounds) for lane, bounds in sorted(room.lanes.items())}

    async def enter(self, lane: Lane, *, begun: bool = False) -> None:
        """Wait for a place. Raises HubBusy at once when the queue is full, or out of patience.

        What has `begun` already may join a full queue: it is those who come new that are refused.
        """
        queue = self.queues[lane]
        if self._has_place(queue) and not queue.waiting:
            self._take(queue)
            return
        if len(queue.waiting) >= queue.bounds.waits and not begun:
            raise self._refusal(queue)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.waiting.append(turn)
        try:
            async with asyncio.timeout(queue.bounds.patience_s):
                await turn
        except TimeoutError:
            self._give_up(queue, turn)
            raise self._refusal(queue) from None
        except asyncio.CancelledError:
            self._give_up(queue, turn)
            raise

    def leave(self, lane: Lane, took_s: float) -> None:
        """Give the place back after so many seconds."""
        queue = self.queues[lane]
        queue.took_s += _WEIGHT * (took_s - queue.took_s)
        self._release(queue)

    def _has_place(self, queue: _Queue) -> bool:
        return self._free > 0 and queue.running < queue.bounds.runs

    def _take(self, queue: _Queue) -> None:
        self._free -= 1
        queue.running += 1

    def _release(self, queue: _Queue) -> None:
        self._free += 1
        queue.running -= 1
        self._call_next()

    def _call_next(self) -> None:
        for queue in self.queues.values():
            while queue.waiting and self._has_place(queue):
                turn = queue.waiting.popleft()
                if not turn.done():
                    # Taken here, not when it wakes: nobody may slip in between.
                    self._take(queue)
                    turn.set_result(None)

    def _give_up(self, queue: _Queue, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():
            self._release(queue)
        elif turn in queue.waiting:
            queue.waiting.remove(turn)

    def _refusal(self, queue: _Queue) -> HubBusy:
        queue.refused += 1
        return HubBusy(seconds=queue.back_in_s)


class Lanes:
    """The hub's rooms and the threads its work is done in: as many as there are places."""

    def __init__(self, *rooms: Room) -> None:
        rooms = rooms or (WORK, ENTRY, LISTEN)
        admissions = [Admission(room) for room in rooms]
        self._rooms = {lane: one for one in admissions for lane in one.queues}
        places = sum(room.places for room in rooms)
        self._threads = ThreadPoolExecutor(places, thread_name_prefix="lane")

    async def run(self, lane: Lane, work: Callable[[], T], *, begun: bool = False) -> T:
        """Do the work in a thread when its turn comes. Raises HubBusy, or what the work raises."""
        room = self._rooms[lane]
        await room.enter(lane, begun=begun)
        began = time.monotonic()
        # Shielded: a place is free when the thread is, not when the asker has hung up.
        # In the request's context: what becomes known in the thread belongs into its log line.
        context = contextvars.copy_context()
        try:
            task = asyncio.get_running_loop().run_in_executor(self._threads, context.run, work)
        except RuntimeError:
            # No thread could be started, or the hub is stopping.
            room.leave(lane, 0.0)
            raise HubBusy(seconds=_SHORTEST_S) from None
        task.add_done_callback(lambda _: room.leave(lane, time.monotonic() - began))
        return await asyncio.shield(task)

    def queue(self, lane: Lane) -> _Queue:
        """How a lane stands: `running`, `waiting`, `refused`."""
        return self._rooms[lane].queues[lane]

    def close(self) -> None:
        """End the threads once their work is done."""
        self._threads.shutdown(wait=False, cancel_futures=True)
