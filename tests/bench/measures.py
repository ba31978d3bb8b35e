"""What is measured: for each measure the product and its floor, timed one after the other."""

import gc
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from lumi_desk import clock
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk
from lumi_desk.hub import keeping
from lumi_desk.sync import feed
from lumi_desk.sync.tables import DeadLetter, Outbox
from tests.bench import documents, hub_side, invented, place
from tests.bench.bare_desk import BareDesk
from tests.bench.bare_hub import DATABASE, MANY
from tests.bench.place import Founded
from tests.bench.seat import Rep, open_desk
from tests.bench.wire import Counter


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    books: tuple[int, int] = (2_000, 5_000)
    moved: int = 500
    calls: int = 100
    noops: int = 40


FULL = Sizes()
TINY = Sizes(books=(60, 80), moved=20, calls=10, noops=2)
CHANGED = 10


@dataclass
class World:
    """A hub with two reps, a bare hub beside it, and a folder for desks."""

    sizes: Sizes
    folder: Path
    hub: Founded
    address: str
    bare_port: int
    numbers: Iterator[int] = field(default_factory=lambda: count(int(time.time()) % 10**6 * 1000))

    def rep(self, book: int) -> Rep:
        """The rep who holds that book."""
        return self.hub.reps[book]

    def fresh(self, name: str) -> Path:
        """An empty folder."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def desk(self, book: int, name: str, address: str = "") -> Desk:
        """A desk of that rep in the folder of that name."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return open_desk(folder, address or self.address, self.rep(book))

    def bare(self, name: str, port: int = 0) -> BareDesk:
        """A bare desk."""
        return BareDesk(self.folder / f"{name}.db", port or self.bare_port)

    def first_of(self, book: int) -> int:
        """The number of the first customer in a book."""
        return 1 + sum(self.sizes.books[:book])


@contextmanager
def world(folder: Path, database: str, sizes: Sizes = FULL, workers: int = 1) -> Iterator[World]:
    """Found a hub on that database and start everything."""
    docs = invented.customers(sum(sizes.books))
    books = (docs[: sizes.books[0]], docs[sizes.books[0] :])
    hub = place.found(database, books)
    bare_place = database.replace("+psycopg", "") if "://" in database else f"{folder}/bare-hub.db"
    told = {MANY: str(max(sizes.books)), DATABASE: bare_place}
    with ExitStack() as stack:
        stack.callback(hub.store.close)
        address = stack.enter_context(place.served(database, folder, workers))
        port = stack.enter_context(place.bare("bare_hub:app", folder, told))
        yield World(sizes, folder, hub, address, port)


class Measure:
    """One thing to measure. `ready` and `floor_ready` are not timed, `ours` and `floor` are."""

    name: str
    unit = "ms"

    def __init__(self, world: World) -> None:
        self.world = world

    def ready(self) -> None:
        """Before ours."""

    def ours(self) -> None:
        """The product."""
        raise NotImplementedError

    def floor_ready(self) -> None:
        """Before the floor."""

    def floor(self) -> None:
        """What the machine can do at best."""
        raise NotImplementedError

    def check(self) -> dict[str, Any]:
        """Make sure that it was done, and say what is worth knowing."""
        return {}

    def close(self) -> None:
        """Let go."""


class FirstSync(Measure):
    """From no file at all to every customer of a book committed."""

    unit = "s"

    def __init__(self, world: World, book: int) -> None:
        super().__init__(world)
        self.book, self.many = book, world.sizes.books[book]
        self.name = f"first sync of {self.many:,} customers"
        self._desk: Desk | None = None

    def ready(self) -> None:
        self._let_go()
        self.world.fresh(f"first{self.book}")

    def ours(self) -> None:
        self._desk = self.world.desk(self.book, f"first{self.book}")
        self._desk.sync_round()

    def floor_ready(self) -> None:
        for file in self.world.folder.glob(f"floor{self.book}.db*"):
            file.unlink()

    def floor(self) -> None:
        bare = self.world.bare(f"floor{self.book}")
        bare.first(self.many)
        assert bare.count() == self.many
        bare.close()

    def check(self) -> dict[str, Any]:
        assert self._desk is not None
        assert _held(self._desk) == self.many
        return {}

    def close(self) -> None:
        self._let_go()

    def _let_go(self) -> None:
        if self._desk is not None:
            self._desk.close()
            self._desk = None


class WithDesk(Measure):
    """On a desk that has had its first sync."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.desk = world.desk(0, "desk")
        self.desk.sync_round()
        self.bare = world.bare("bare")
        if not self.bare.count():
            self.bare.first(world.sizes.books[0])

    def close(self) -> None:
        self.desk.close()
        self.bare.close()


class NoOp(WithDesk):
    """A round in which nothing has happened; the floor is one bare round trip."""

    name = "no-op round"

    def ours(self) -> None:
        for _ in range(self.world.sizes.noops):
            self.desk.sync_round()

    def floor(self) -> None:
        for _ in range(self.world.sizes.noops):
            self.bare.head()


class Delta(WithDesk):
    """Ten customers have changed at the hub."""

    name = "delta of 10 changed rows"

    def ready(self) -> None:
        first = self.world.first_of(0)
        numbers = list(range(first, first + CHANGED))
        told = {"numbers": numbers, "value": next(self.world.numbers)}
        hub_side.touch(self.world.hub.store, told)

    def ours(self) -> None:
        self.desk.sync_round()

    def floor(self) -> None:
        self.bare.delta()


class Move(WithDesk):
    """500 customers have gone to somebody else."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.name = f"{world.sizes.moved} customers move away"
        first = world.first_of(0)
        self.ids = [documents.customer_id(first + n) for n in range(world.sizes.moved)]

    def ready(self) -> None:
        self._hand_to(self.world.rep(0).person_id)
        self.desk.sync_round()
        assert _held(self.desk) == self.world.sizes.books[0]
        self._hand_to(None)

    def ours(self) -> None:
        self.desk.sync_round()

    def floor_ready(self) -> None:
        self.bare.first(self.world.sizes.books[0])

    def floor(self) -> None:
        self.bare.moved()

    def check(self) -> dict[str, Any]:
        left = _held(self.desk) - (self.world.sizes.books[0] - self.world.sizes.moved)
        assert left == 0
        return {"left behind": left}

    def close(self) -> None:
        self._hand_to(self.world.rep(0).person_id)
        super().close()

    def _hand_to(self, rep_id: str | None) -> None:
        with self.world.hub.store.write() as session:
            feed.watch(session, alone=True)
            feed.publish(session, keeping.assign(session, self.ids, rep_id, clock.now()))


class Push(WithDesk):
    """A hundred calls recorded offline are sent, in two requests, and come back counted."""

    poison = False

    def __init__(self, world: World) -> None:
        super().__init__(world)
        first = world.first_of(0) + world.sizes.moved
        self.numbers = list(range(first, first + world.sizes.calls))
        self.name = f"push of {world.sizes.calls} calls" + (", one bad" if self.poison else "")
        self.ids: list[str] = []

    def ready(self) -> None:
        calls = self._calls()
        if self.poison:
            calls[len(calls) // 2]["customer"] = "no such"
        self.ids = [call["id"] for call in calls]
        with self.desk.store.write() as session:
            self.desk.do(session, *(documents.contact(c, self.world.rep(0).person_id)
                                    for c in calls))  # fmt: skip

    def ours(self) -> None:
        self.desk.sync_round()

    def floor_ready(self) -> None:
        calls = self._calls()
        if self.poison:
            calls[len(calls) // 2]["customer"] = "no such"
        self.bare.queue(calls)

    def floor(self) -> None:
        self.bare.push()

    def check(self) -> dict[str, Any]:
        landed = hub_side.landed(self.world.hub.store, {"ids": self.ids})["landed"]
        explained = _explained(self.desk, self.ids)
        assert (landed, explained) == (len(self.ids) - self.poison, int(self.poison))
        with self.desk.store.read() as session:
            assert not session.scalar(select(func.count()).select_from(Outbox))
        return {"landed": landed, "explained": explained}

    def _calls(self) -> list[dict[str, Any]]:
        begin = next(self.world.numbers) * len(self.numbers)
        return invented.calls(len(self.numbers), self.numbers, begin)


class PushOneBad(Push):
    """The same with one that the hub cannot take."""

    poison = True


class Save(WithDesk):
    """One call is kept durably, with what it counts and its place in the queue."""

    name = "save one call"

    def ready(self) -> None:
        self._ops = iter(
            documents.contact(call, self.world.rep(0).person_id)
            for call in invented.calls(
                self.world.sizes.noops,
                [self.world.first_of(0) + self.world.sizes.moved],
                next(self.world.numbers) * self.world.sizes.noops,
            )
        )

    def ours(self) -> None:
        for op in self._ops:
            with self.desk.store.write() as session:
                self.desk.do(session, op)

    def floor(self) -> None:
        begin = next(self.world.numbers) * self.world.sizes.noops
        for call in invented.calls(self.world.sizes.noops, [1], begin):
            self.bare.queue([call])

    def close(self) -> None:
        self.desk.sync_round()
        self.bare.push()
        super().close()


MEASURES: dict[str, Callable[[World], Measure]] = {
    "first-2000": lambda world: FirstSync(world, 0),
    "first-5000": lambda world: FirstSync(world, 1),
    "noop": NoOp,
    "delta": Delta,
    "move": Move,
    "push": Push,
    "poison": PushOneBad,
    "save": Save,
}


def bytes_on_the_wire(world: World) -> dict[str, tuple[int, int]]:
    """Bytes up and down of each kind of round: by name."""
    found: dict[str, tuple[int, int]] = {}
    port = int(world.address.rpartition(":")[2])
    with Counter(port) as counter:
        for book, many in enumerate(world.sizes.books):
            world.fresh(f"wire{book}")
            desk = world.desk(book, f"wire{book}", counter.address)
            counter.take()
            desk.sync_round()
            found[f"first sync of {many:,} customers"] = counter.take()
            desk.close()
        with _moved_line(world, counter) as desk:
            desk.sync_round()
            for kind in (NoOp, Delta, Push):
                measure = kind(world)
                measure.desk.close()
                measure.desk = desk
                if kind is NoOp:
                    counter.take()
                    desk.sync_round()
                else:
                    measure.ready()
                    counter.take()
                    measure.ours()
                found[measure.name] = counter.take()
                measure.bare.close()
    return found


@contextmanager
def _moved_line(world: World, counter: Counter) -> Iterator[Desk]:
    desk = world.desk(0, "wire0", counter.address)
    try:
        yield desk
    finally:
        desk.close()


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, collecting no garbage: the window does that while nobody waits."""
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began
    finally:
        gc.enable()


def _held(desk: Desk) -> int:
    with desk.store.read() as session:
        return session.scalar(select(func.count()).select_from(Customer)) or 0


def _explained(desk: Desk, ids: list[str]) -> int:
    with desk.store.read() as session:
        asked = select(func.count()).where(DeadLetter.op_id.in_(ids), DeadLetter.reason != "")
        return session.scalar(asked) or 0
