"""Fuses: a program that dies just before or just after one of its commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from lumi_desk.storage.store import Store


class Crash(Exception):
    """The program is gone in this moment: what was not committed never was."""


class Fuse:
    """Burns down by two at each commit, one before it and one after; at the end it crashes."""

    def __init__(self) -> None:
        self.left: int | None = None
        self._blown = False

    def burn(self) -> None:
        """One moment passes."""
        self.require_alive()
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            self.left, self._blown = None, True
            raise Crash

    def require_alive(self) -> None:
        """A program that is gone does nothing more, whatever its `finally` says."""
        if self._blown:
            raise Crash

    def mend(self) -> None:
        """The program has been started again."""
        self.left, self._blown = None, False


class FusedStore(Store):
    """A store whose program may die at any commit."""

    def __init__(self, engine: Engine, fuse: Fuse) -> None:
        super().__init__(engine)
        self.fuse = fuse

    @contextmanager
    def read(self) -> Iterator[Session]:
        """As every store's, but for the fuse."""
        self.fuse.require_alive()
        with super().read() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """As every store's, but for the fuse."""
        self.fuse.require_alive()
        with super().snapshot() as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """As every store's, but for the fuse."""
        self.fuse.require_alive()
        with super().look() as connection:
            yield connection

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[Session]:
        """As every store's, but for the fuse."""
        self.fuse.require_alive()
        with super().write(lasting=lasting) as session:
            yield session
            self.fuse.burn()
        self.fuse.burn()
