"""The most desks a hub carries: an open-loop generator on the same machine, in rising steps.

Each desk asks once a minute whether there is anything new, sends a call every three minutes, and
fetches what that call changed. A request's time counts from when it was due, not from when the
generator came round to sending it: a hub that falls behind is seen.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import select

from lumi_desk.hub import keeping, settings
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.tables import SyncStream
from tests.bench import bare_load, hub_side, invented, place
from tests.bench.lumi_load import LumiLoad

WITHIN_MS = 250.0
_CONNECTIONS = 64
_WARM_S = 1.5
_DRAIN_S = 3.0
_PER_DESK = 1 / 60 + 1 / 180
_HEAD_SHARE = 0.75
_GAP = 1.15
_LESS = 0.88
Said = Callable[[str], None]


class Asking(Protocol):
    """How one kind of hub is asked, by the stream's number."""

    streams: int

    def head(self, s: int) -> bytes: ...
    def push(self, s: int, call: dict[str, Any]) -> bytes: ...
    def pull(self, s: int) -> bytes: ...
    def pulled(self, s: int, head: bytes, body: bytes) -> None: ...


@dataclass(frozen=True)
class Step:
    """What one step has shown; times in milliseconds."""

    desks: int
    per_second: float
    p50: float
    p99: float
    failed: int
    unanswered: int

    @property
    def ok(self) -> bool:
        """Whether the hub has kept up."""
        return self.p99 < WITHIN_MS and not self.unanswered and not self.failed and self.p99 > 0


@dataclass(frozen=True)
class Target:
    """A hub that can be put under load."""

    port: int
    file: Path
    heads: Callable[[], Mapping[str, int]]

    def step(self, desks: int, secs: float) -> Step:
        """So many desks for so long, by a generator in its own process."""
        told = {"port": self.port, "desks": desks, "secs": secs, "file": str(self.file)}
        told["heads"] = dict(self.heads())
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.hub_load", json.dumps(told)],
            env=place.environment(),
            cwd=place.ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-1500:]
        return Step(**json.loads(done.stdout))


def most(target: Target, begin: int, say: Said, secs: float = 5.0) -> Step | None:
    """The most desks within the bound, to 15 %, confirmed by a longer step."""
    good, bad = 0, 0
    desks = begin
    while not (good and bad) or bad / good > _GAP:
        found = target.step(desks, secs)
        say(f"{found.desks:>7,} desks: p50 {found.p50:.1f} ms, p99 {found.p99:.1f} ms")
        good, bad = (desks, bad) if found.ok else (good, desks)
        desks = int((good * bad) ** 0.5) if good and bad else good * 2 or bad // 3
        if desks < _CONNECTIONS:
            return None
    for _ in range(4):
        found = target.step(good, secs * 2)
        say(f"{found.desks:>7,} desks, longer: p99 {found.p99:.1f} ms")
        if found.ok:
            return found
        good = int(good * _LESS)
    return None


@contextmanager
def place_for(
    url: str, folder: Path, *, reps: int = 500, each: int = 20, workers: int = 2
) -> Iterator[Target]:
    """The product's hub on a PostgreSQL database, with so many reps of so many customers each."""
    store = settings.founded(url)
    with store.write() as session:
        feed.watch(session, alone=True)
        keeping.start_lists(session)
        feed.publish(session)
    docs = folder / "documents.json"
    docs.write_text(json.dumps(invented.customers(reps * each)), "utf-8")
    loaded = hub_side.load(store, {"documents": str(docs), "reps": reps})
    file = folder / "load.json"
    file.write_text(json.dumps(loaded), "utf-8")
    with place.served(url, folder, workers) as address:
        port = int(address.rpartition(":")[2])
        yield Target(port, file, lambda: _heads(store))
    store.close()


@contextmanager
def bare_place(url: str, folder: Path, streams: int = 500) -> Iterator[Target]:
    """The floor on a PostgreSQL database."""
    database = url.replace("+psycopg", "")
    bare_load.prepare(database, streams)
    with place.bare("bare_load:app", folder, {bare_load.DATABASE: database}) as port:
        yield Target(port, Path(), dict)


def _heads(store: Store) -> dict[str, int]:
    with store.read() as session:
        return {one.id: one.head for one in session.scalars(select(SyncStream))}


class _Bare:
    """How the floor is asked: every request is the same."""

    streams = 500

    def head(self, s: int) -> bytes:
        return f"GET /ask?s={s} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    def push(self, s: int, call: dict[str, Any]) -> bytes:
        body = json.dumps(call, ensure_ascii=False).encode()
        head = f"POST /ask?s={s} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def pull(self, s: int) -> bytes:
        return self.head(s)

    def pulled(self, s: int, head: bytes, body: bytes) -> None:
        """There is nothing to note."""


Answered = Callable[[int, bytes, bytes], None]


class _Line(asyncio.Protocol):
    """One kept connection with one request under way at a time."""

    def __init__(self, lines: "_Lines") -> None:
        self._lines = lines
        self._answered: Answered | None = None
        self._came = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there: it may be used."""
        self._transport = cast(asyncio.Transport, transport)
        self._lines.free(self)

    def send(self, request: bytes, answered: Answered) -> None:
        """Ask."""
        self._came, self._answered = b"", answered
        assert self._transport is not None
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take note of an answer once it is whole."""
        self._came += data
        head, gap, body = self._came.partition(b"\r\n\r\n")
        answered = self._answered
        if not gap or answered is None:
            return
        head = head.lower()
        _, found, rest = head.partition(b"content-length:")
        length = int(rest.split(b"\r\n", 1)[0]) if found else 0
        if len(body) < length:
            return
        self._answered = None
        answered(int(head[9:12]), head, body)
        self._lines.free(self)

    def connection_lost(self, _: Exception | None) -> None:
        """What was under way has failed; another line takes this one's place."""
        answered, self._answered = self._answered, None
        self._lines.lost(self)
        if answered is not None:
            answered(0, b"", b"")


class _Lines:
    """The connections, and the requests that wait for one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: deque[_Line] = deque()
        self._waiting: deque[tuple[bytes, Answered]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self.closing = False

    async def open(self) -> None:
        """One more line."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: _Line(self), "127.0.0.1", self._port)

    def submit(self, request: bytes, answered: Answered) -> None:
        """Send it as soon as a line is free."""
        if self._free:
            self._free.popleft().send(request, answered)
        else:
            self._waiting.append((request, answered))

    def free(self, line: _Line) -> None:
        """This line has nothing to do."""
        if self._waiting:
            line.send(*self._waiting.popleft())
        else:
            self._free.append(line)

    def lost(self, line: _Line) -> None:
        """This line is no more."""
        if line in self._free:
            self._free.remove(line)
        if not self.closing:
            task = asyncio.ensure_future(self.open())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


class _Generator:
    """Sends what is due and notes how long each answer took."""

    def __init__(self, asking: Asking, lines: _Lines, desks: int) -> None:
        self._asking, self._lines, self._desks = asking, lines, desks
        self._dice = random.Random(desks)
        self._numbers = iter(range(time.time_ns() // 10**6 % 10**8 * 64, sys.maxsize))
        self._times: list[float] = []
        self._failed = 0
        self._open = 0
        self._counts_from = 0.0

    async def run(self, secs: float) -> Step:
        """Warm up, load for so long, wait for the last answers."""
        due = time.monotonic() + 0.05
        self._counts_from = due + _WARM_S
        end = self._counts_from + secs
        while due < end:
            gap = due - time.monotonic()
            # Late or not, the loop must get to read answers.
            await asyncio.sleep(max(gap, 0.0) if gap > 0.0005 else 0.0)
            kind = "head" if self._dice.random() < _HEAD_SHARE else "push"
            self._fire(kind, self._dice.randrange(self._asking.streams), due)
            due += self._dice.expovariate(self._desks * _PER_DESK)
        drained = time.monotonic() + _DRAIN_S
        while self._open and time.monotonic() < drained:  # noqa: ASYNC110  (it may never be)
            await asyncio.sleep(0.02)
        self._lines.closing = True
        return self._step(secs)

    def _fire(self, kind: str, s: int, due: float) -> None:
        self._open += 1
        number = next(self._numbers)
        if kind == "push":
            (call,) = invented.calls(1, [s + 1], number)
            request = self._asking.push(s, call)
        else:
            request = self._asking.head(s) if kind == "head" else self._asking.pull(s)

        def answered(status: int, head: bytes, body: bytes) -> None:
            now = time.monotonic()
            self._open -= 1
            if due >= self._counts_from:
                self._times.append((now - due) * 1000)
            if status != 200:
                self._failed += 1
            elif kind == "push":
                self._fire("pull", s, now)
            elif kind == "pull":
                self._asking.pulled(s, head, body)

        self._lines.submit(request, answered)

    def _step(self, secs: float) -> Step:
        found = sorted(self._times) or [0.0]
        p50, p99 = (found[int(len(found) * share)] for share in (0.5, 0.99))
        rate = len(self._times) / secs
        return Step(self._desks, rate, p50, p99, self._failed, self._open)


async def _generate(told: dict[str, Any]) -> Step:
    heads, port = told["heads"], told["port"]
    asking: Asking = _Desks(Path(told["file"]), heads, port) if heads else _Bare()
    lines = _Lines(port)
    for _ in range(_CONNECTIONS):
        await lines.open()
    return await _Generator(asking, lines, told["desks"]).run(told["secs"])


class _Desks(LumiLoad):
    """The product's desks, each at the head of its streams."""

    def __init__(self, file: Path, heads: Mapping[str, int], port: int) -> None:
        super().__init__(file)
        for rep in self.reps:
            rep["cursors"] = {stream: heads[stream] for stream in rep["cursors"]}
        self.streams = len(self.reps)
        self.reset(port)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(asyncio.run(_generate(json.loads(sys.argv[1]))))))
