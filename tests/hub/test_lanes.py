"""Lanes: pushes first, bounded waiting, and a refusal that says when to come back."""

import asyncio
import gc
import threading
import weakref
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fastapi.testclient import TestClient

from lumi_desk.hub.app import create_app
from lumi_desk.hub.lanes import WORK, Admission, Bounds, HubBusy, Lane, Lanes, Room
from lumi_desk.storage.store import Store
from tests.stores import sqlite_hub

T = TypeVar("T")

ROOM = Room(
    2,
    {
        Lane.PUSH: Bounds(2, 3, 60.0),
        Lane.DELTA: Bounds(2, 2, 60.0),
        Lane.SNAPSHOT: Bounds(1, 1, 60.0),
    },
)


def test_a_managers_rules_come_after_all_other_work() -> None:
    assert max(WORK.lanes) is Lane.MANAGE
    assert WORK.lanes[Lane.MANAGE].runs < WORK.places


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Served:
    """Notes who got a place, in order, and gives it back when told."""

    def __init__(self, room: Room = ROOM) -> None:
        self.admission = Admission(room)
        self.order: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str, lane: Lane, *, begun: bool = False) -> None:
        async def enter() -> None:
            await self.admission.enter(lane, begun=begun)
            self.order.append(name)

        self.tasks[name] = asyncio.create_task(enter())
        await settle()

    async def go(self, lane: Lane, took_s: float = 0.01) -> None:
        self.admission.leave(lane, took_s)
        await settle()


def test_pushes_come_before_changes_and_those_before_whole_streams() -> None:
    async def day() -> list[str]:
        served = Served()
        for name in ("one", "two"):
            await served.come(name, Lane.DELTA)
        await served.come("snapshot", Lane.SNAPSHOT)
        await served.come("delta", Lane.DELTA)
        await served.come("push", Lane.PUSH)
        for lane in (Lane.DELTA, Lane.DELTA, Lane.PUSH):
            await served.go(lane)
        return served.order

    assert run(day()) == ["one", "two", "push", "delta", "snapshot"]


def test_of_one_lane_the_first_comes_first() -> None:
    async def day() -> list[str]:
        served = Served()
        for name in "abcde":
            await served.come(name, Lane.PUSH)
        for _ in range(3):
            await served.go(Lane.PUSH)
        return served.order

    assert run(day()) == list("abcde")


def test_a_lane_never_takes_more_places_than_its_own() -> None:
    async def day() -> list[str]:
        served = Served()
        for name in ("first", "second"):
            await served.come(name, Lane.SNAPSHOT)
        await served.come("push", Lane.PUSH)
        return served.order

    assert run(day()) == ["first", "push"]


def test_a_full_queue_refuses_at_once_but_not_who_has_begun() -> None:
    async def day() -> list[str]:
        served = Served()
        for name in ("running", "waiting", "refused"):
            await served.come(name, Lane.SNAPSHOT)
        await served.come("begun", Lane.SNAPSHOT, begun=True)
        assert isinstance(served.tasks["refused"].exception(), HubBusy)
        assert served.admission.queues[Lane.SNAPSHOT].refused == 1
        for _ in range(2):
            await served.go(Lane.SNAPSHOT)
        return served.order

    assert run(day()) == ["running", "waiting", "begun"]


def test_waiting_has_an_end_and_frees_its_place_in_the_queue() -> None:
    async def day() -> None:
        admission = Admission(Room(1, {Lane.PUSH: Bounds(1, 1, 0.01)}))
        await admission.enter(Lane.PUSH)
        for _ in range(3):
            with pytest.raises(HubBusy):
                await admission.enter(Lane.PUSH)
            assert not admission.queues[Lane.PUSH].waiting
        admission.leave(Lane.PUSH, 0.01)
        await admission.enter(Lane.PUSH)

    run(day())


@pytest.mark.parametrize("when", ["waiting", "just called"])
def test_who_hangs_up_leaves_the_place_to_the_next(when: str) -> None:
    async def day() -> list[str]:
        served = Served(Room(1, {Lane.PUSH: Bounds(1, 5, 60.0)}))
        for name in ("running", "hangs up", "next"):
            await served.come(name, Lane.PUSH)
        if when == "waiting":
            served.tasks["hangs up"].cancel()
            await settle()
            await served.go(Lane.PUSH)
        else:
            served.admission.leave(Lane.PUSH, 0.01)
            served.tasks["hangs up"].cancel()
            await settle()
        return served.order

    assert run(day()) == ["running", "next"]


def test_the_time_to_come_back_grows_with_the_queue_and_has_bounds() -> None:
    async def day() -> list[int]:
        served = Served(Room(1, {Lane.PUSH: Bounds(1, 1000, 60.0)}))
        queue = served.admission.queues[Lane.PUSH]
        queue.took_s = 0.5
        told = []
        for many in (1, 11, 500):
            while len(served.tasks) < many:
                await served.come(str(len(served.tasks)), Lane.PUSH)
            told.append(queue.back_in_s)
        for task in served.tasks.values():
            task.cancel()
        await settle()
        return told

    assert run(day()) == [1, 6, 60]


def test_the_threads_are_as_many_as_the_places() -> None:
    async def day() -> int:
        lanes = Lanes(ROOM)
        inside, most, lock = 0, 0, threading.Lock()
        both = threading.Barrier(2, timeout=10)

        def work() -> None:
            nonlocal inside, most
            with lock:
                inside += 1
                most = max(most, inside)
            both.wait()
            with lock:
                inside -= 1

        await asyncio.gather(*(lanes.run(Lane.PUSH, work) for _ in range(4)))
        lanes.close()
        return most

    assert run(day()) == 2


def test_a_place_is_held_until_the_work_is_done_not_until_the_asker_hangs_up() -> None:
    async def day() -> None:
        lanes = Lanes(Room(1, {Lane.PUSH: Bounds(1, 0, 60.0)}))
        done = threading.Event()
        asker = asyncio.create_task(lanes.run(Lane.PUSH, lambda: done.wait(10)))
        await asyncio.sleep(0.01)
        asker.cancel()
        await settle()
        with pytest.raises(HubBusy):
            await lanes.run(Lane.PUSH, lambda: None)
        done.set()
        while lanes.queue(Lane.PUSH).running:  # noqa: ASYNC110  (there is no event to wait for)
            await asyncio.sleep(0.001)
        await lanes.run(Lane.PUSH, lambda: None)
        lanes.close()

    run(day())


def test_a_thread_that_cannot_be_had_costs_no_place() -> None:
    async def day() -> None:
        lanes = Lanes(Room(1, {Lane.PUSH: Bounds(1, 0, 60.0)}))
        lanes.close()
        for _ in range(2):
            with pytest.raises(HubBusy):
                await lanes.run(Lane.PUSH, lambda: None)
            assert lanes.queue(Lane.PUSH).running == 0

    run(day())


@pytest.fixture
def store(hub_file: Path, tmp_path: Path) -> Store:
    return sqlite_hub(hub_file, tmp_path)


def test_a_full_hub_says_when_to_come_back_and_is_still_healthy(store: Store) -> None:
    closed = Room(1, {lane: Bounds(0, 0, 0.01) for lane in Lane})
    client = TestClient(create_app(store, lanes=Lanes(closed)))
    bodies: dict[str, dict[str, object]] = {
        "push": {"ops": []},
        "pull": {"cursors": {}},
        "snapshot": {"stream": "catalog"},
    }
    for door, body in bodies.items():
        answer = client.post(f"/v1/{door}", json={"client_id": "x", **body})
        assert answer.status_code == 503
        assert answer.json()["code"] == "Busy"
        assert answer.headers["Retry-After"].isdecimal()
    assert client.get("/health").status_code == 200
    store.close()


def test_an_application_nobody_holds_leaves_nothing_behind(store: Store) -> None:
    lanes = Lanes()
    gone = weakref.ref(lanes)
    client = TestClient(create_app(store, lanes=lanes))
    assert client.get("/v1/poke").status_code == 401
    assert client.get("/health").status_code == 200
    del client, lanes
    gc.collect()
    assert gone() is None
