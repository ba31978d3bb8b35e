"""A bad line: a small TCP proxy between desk and hub that delays, cuts, swallows and alters."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

_PIECE = 65_536
_PATIENCE_S = 10.0


@dataclass(frozen=True)
class Fault:
    """What is wrong with the line; without anything set, nothing is.

    `cut_up` and `cut_down`: after so many bytes to or from the hub the line breaks. `delay`:
    seconds before each piece of an answer. `trickle`: bytes of an answer every twentieth second.
    `corrupt`: which byte of the answers is altered. `silent`: nothing is passed on, and nothing
    comes back. `swallow`: what is sent is kept by the proxy, and the line breaks. `twice`: what
    is sent reaches the hub by a second line as well. `instead`: the proxy answers itself.
    """

    cut_up: int | None = None
    cut_down: int | None = None
    delay: float = 0.0
    trickle: int | None = None
    corrupt: int | None = None
    silent: bool = False
    swallow: bool = False
    twice: bool = False
    instead: bytes = b""


SOUND = Fault()
BLACK_HOLE = Fault(silent=True)


def answer(status: str, *headers: str) -> Fault:
    """Whatever is asked is answered so, as a server before the hub would."""
    lines = [f"HTTP/1.1 {status}", "Content-Length: 0", "Connection: close", *headers]
    return Fault(instead="\r\n".join([*lines, "", ""]).encode())


@dataclass
class Proxy:
    """Listens on `address` and passes on what comes to the hub, as well as `fault` lets it."""

    hub: str
    fault: Fault = SOUND
    address: str = ""
    swallowed: list[bytes] = field(default_factory=list)
    connections: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def turn(self, fault: Fault) -> None:
        """From now on the line is like this; lines that stand are broken."""

        async def turn() -> None:
            self.fault = fault
            for writer in list(self._writers):
                writer.transport.abort()

        self._do(turn())

    def refuse(self) -> None:
        """From now on nobody listens at the address."""

        async def refuse() -> None:
            if self._server is not None:
                self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()

        self._do(refuse())

    def listen(self) -> None:
        """Listen, again at the same address."""
        port = urlsplit(self.address).port or 0

        async def listen() -> None:
            self._server = await asyncio.start_server(self._served, "127.0.0.1", port)

        self._do(listen())
        assert self._server is not None
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def replay(self, number: int) -> None:
        """Send the hub, late, what was swallowed; its answer reaches nobody."""

        async def replay() -> None:
            reader, writer = await self._to_hub()
            writer.write(self.swallowed[number])
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(_PIECE), _PATIENCE_S)
            writer.close()

        self._do(replay())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    async def _to_hub(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        told = urlsplit(self.hub)
        return await asyncio.open_connection(told.hostname, told.port)

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        try:
            await self._serve(reader, writer, self.fault)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)
            writer.transport.abort()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault
    ) -> None:
        if fault.silent:
            await _drain(reader)
        elif fault.swallow:
            self.swallowed.append(await _request(reader))
        elif fault.instead:
            await _request(reader)
            writer.write(fault.instead)
            await writer.drain()
        else:
            await self._pass_on(reader, writer, fault)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault
    ) -> None:
        from_hub, to_hub = await self._to_hub()
        if fault.twice:
            request = await _request(reader)
            self.swallowed.append(request)
            other_from, other_to = await self._to_hub()
            self._writers.add(other_to)
            other_to.write(request)
            to_hub.write(request)
            self._tasks.add(asyncio.ensure_future(_drain(other_from)))
        up = asyncio.ensure_future(_pump(reader, to_hub, fault.cut_up, lambda piece, _: [piece]))
        down = asyncio.ensure_future(
            _pump(from_hub, writer, fault.cut_down, partial(_worn, fault), fault)
        )
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (up, down):
                task.cancel()
            to_hub.transport.abort()


def _worn(fault: Fault, piece: bytes, at: int) -> list[bytes]:
    """What a piece of an answer becomes on a bad line."""
    if fault.corrupt is not None and at <= fault.corrupt < at + len(piece):
        altered = bytearray(piece)
        altered[fault.corrupt - at] ^= 0x15
        piece = bytes(altered)
    if fault.trickle is None:
        return [piece]
    return [piece[start : start + fault.trickle] for start in range(0, len(piece), fault.trickle)]


async def _pump(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    cut: int | None,
    worn: Callable[[bytes, int], list[bytes]],
    fault: Fault = SOUND,
) -> None:
    passed = 0
    while piece := await reader.read(_PIECE):
        for part in worn(piece, passed):
            if fault.delay or fault.trickle:
                await asyncio.sleep(fault.delay or 0.05)
            left = part if cut is None else part[: max(cut - passed, 0)]
            writer.write(left)
            await writer.drain()
            passed += len(part)
            if cut is not None and passed >= cut:
                return


async def _request(reader: asyncio.StreamReader) -> bytes:
    """One whole HTTP request."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head + (await reader.readexactly(length) if length else b"")


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(_PIECE):
        pass


@contextmanager
def between(hub: str) -> Iterator[Proxy]:
    """A proxy to the hub at an address, listening."""
    proxy = Proxy(hub)
    thread = threading.Thread(target=proxy._loop.run_forever, name="proxy", daemon=True)
    thread.start()
    proxy.listen()
    try:
        yield proxy
    finally:
        proxy.refuse()

        async def end() -> None:
            for task in list(proxy._tasks):
                task.cancel()
            for writer in list(proxy._writers):
                writer.transport.abort()
            await asyncio.sleep(0.05)

        proxy._do(end())
        proxy._loop.call_soon_threadsafe(proxy._loop.stop)
        thread.join(_PATIENCE_S)
        proxy._loop.close()
