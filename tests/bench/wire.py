"""A line that counts the bytes that go over it. Never used where time is measured."""

import socket
import threading
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
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._door.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                for way, (one, other) in enumerate(((near, far), (far, near))):
                    told = (one, other, way)
                    threading.Thread(target=self._pass_on, args=told, daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, way: int) -> None:
        with suppress(OSError):
            while part := one.recv(_PART):
                with self._lock:
                    self._counted[way] += len(part)
                other.sendall(part)
            other.shutdown(socket.SHUT_WR)
