"""Hints: who listens hears of it when something was written, and hears no longer than she may."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from lumi_desk.hub import accounts, callers
from lumi_desk.hub.app import create_app
from lumi_desk.hub.lanes import HubBusy
from lumi_desk.hub.poke import Heads, Pokes
from lumi_desk.people.tables import Person
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import CATALOG_STREAM, rep_stream
from tests.hub.test_snapshot import joins
from tests.hubs import HandClock
from tests.makers import NOW, make_customer

_TICK_S = 0.01
_PATIENCE_S = 20.0


@dataclass
class Ear:
    """Somebody who listens, and what she heard."""

    pokes: Pokes
    access: str
    store: Store
    heard: list[Heads] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        with self.store.look() as connection:
            caller = callers.behind(connection, self.access, NOW)
        hints: AsyncIterator[Heads] = self.pokes.listen(caller, self.access)

        async def follow() -> None:
            async for heads in hints:
                self.heard.append(dict(heads))

        self.task = asyncio.create_task(follow())
        await until(lambda: bool(self.heard))

    @property
    def is_over(self) -> bool:
        return self.task is not None and self.task.done()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not true():  # noqa: ASYNC110  (there is no event to wait for)
            await asyncio.sleep(_TICK_S / 2)


def gives_her_one(store: Store, rep: str) -> None:
    with store.write() as session:
        feed.watch(session)
        make_customer(session, rep)
        feed.publish(session)


def listening(store: Store, day: Callable[[Pokes, HandClock, Ear], Awaitable[None]]) -> None:
    """Run a day on which lin listens."""

    async def whole() -> None:
        clock = HandClock(NOW)
        pokes = Pokes(store, clock, _TICK_S)
        lin = Ear(pokes, joins(store, "lin"), store)
        await lin.listen()
        await day(pokes, clock, lin)
        pokes.close()
        await until(lambda: lin.is_over)
        assert len(pokes) == 0

    asyncio.run(whole())


def test_she_hears_where_she_stands_and_then_what_changes(hub_store: Store) -> None:
    async def day(pokes: Pokes, _: HandClock, lin: Ear) -> None:
        assert lin.heard[0].keys() == {CATALOG_STREAM, rep_stream("lin")}
        await asyncio.to_thread(gives_her_one, hub_store, "lin")
        await until(lambda: len(lin.heard) > 1)
        assert lin.heard[1:] == [{rep_stream("lin"): 1}]

    listening(hub_store, day)


def test_she_does_not_hear_of_others(hub_store: Store) -> None:
    async def day(pokes: Pokes, _: HandClock, lin: Ear) -> None:
        wang = Ear(pokes, joins(hub_store, "wang"), hub_store)
        await wang.listen()
        await asyncio.to_thread(gives_her_one, hub_store, "wang")
        await until(lambda: rep_stream("wang") in wang.heard[-1] and len(wang.heard) > 1)
        assert not any(rep_stream("wang") in heads for heads in lin.heard)
        assert wang.heard[-1] == {rep_stream("wang"): 1}

    listening(hub_store, day)


def test_it_ends_with_her_token(hub_store: Store) -> None:
    async def day(_: Pokes, clock: HandClock, lin: Ear) -> None:
        clock.moment = NOW + accounts.ACCESS_LASTS - timedelta(seconds=1)
        heard = len(lin.heard)
        await asyncio.to_thread(gives_her_one, hub_store, "lin")
        await until(lambda: len(lin.heard) > heard)
        assert not lin.is_over
        clock.moment = NOW + accounts.ACCESS_LASTS
        await until(lambda: lin.is_over)

    listening(hub_store, day)


@pytest.mark.parametrize("how", ["leaves", "revoked", "another role"])
def test_it_ends_when_she_may_no_longer(hub_store: Store, how: str) -> None:
    async def day(_: Pokes, __: HandClock, lin: Ear) -> None:
        def change() -> None:
            with hub_store.write() as session:
                if how == "revoked":
                    accounts.revoke(session, "lin")
                elif how == "leaves":
                    session.get_one(Person, "lin").active = False
                else:
                    session.get_one(Person, "lin").role = "keeper"

        await asyncio.to_thread(change)
        await until(lambda: lin.is_over)

    listening(hub_store, day)


def test_the_oldest_of_too_many_listeners_of_one_person_ends(hub_store: Store) -> None:
    async def day(pokes: Pokes, _: HandClock, lin: Ear) -> None:
        more = [Ear(pokes, lin.access, hub_store) for _ in range(4)]
        for one in more:
            await one.listen()
        await until(lambda: lin.is_over)
        assert not any(one.is_over for one in more)
        pokes.close()
        await until(lambda: all(one.is_over for one in more))

    listening(hub_store, day)


def test_a_stopping_hub_sends_listeners_home_and_takes_no_more(hub_store: Store) -> None:
    async def day(pokes: Pokes, _: HandClock, lin: Ear) -> None:
        pokes.close()
        await until(lambda: lin.is_over)
        with pytest.raises(HubBusy):
            pokes.require_open()

    listening(hub_store, day)


def test_nobody_looks_while_nobody_listens(hub_store: Store) -> None:
    async def day(pokes: Pokes, _: HandClock, lin: Ear) -> None:
        assert lin.task is not None
        lin.task.cancel()
        await until(lambda: len(pokes) == 0)
        await until(lambda: len(asyncio.all_tasks()) == 1)

    listening(hub_store, day)


def test_no_token_no_hints(hub_store: Store) -> None:
    client = TestClient(create_app(hub_store))
    for headers in ({}, {"Authorization": "Bearer guessed"}, {"Authorization": "Basic bGlu"}):
        answer = client.get("/v1/poke", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "SessionOver")
