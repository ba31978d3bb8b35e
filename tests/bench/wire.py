"""A line that counts the bytes that go over it. Never used where time is measured."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

_PART = 65_536


class Counter:
    """Stands before a port of this machine; `take` tells the bytes up and down since the last."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self._counted = [0, 0]
        self._lock = threading.Lock()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @property
    def address(self) -> str:
        """Where a desk calls to be counted."""
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def take(self) -> tuple[int, int]:
        """Bytes up and down since the last time."""
        with self._lock:
            up, down = self._counted
            self._counted = [0, 0]
        return up, down

    def __enter__(self) -> Self:
        self._start(self._listen)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for end in (self._door, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._door, *self._ends):
            end.close()

    def _start(self, work: Callable[..., None], *told: object) -> None:
        thread = threading.Thread(target=work, args=told, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                self._ends.append(near)
                far = socket.create_connection(("127.0.0.1", self._port))
                self._ends.append(far)
                for way, (one, other) in enumerate(((near, far), (far, near))):
                    self._start(self._pass_on, one, other, way)

    def _pass_on(self, one: socket.socket, other: socket.socket, way: int) -> None:
        with suppress(OSError):
            while part := one.recv(_PART):
                with self._lock:
                    self._counted[way] += len(part)
                other.sendall(part)
            other.shutdown(socket.SHUT_WR)
