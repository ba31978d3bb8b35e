"""Work on its way to a lane and home again, and who listens; both stop with their owner."""

import weakref
from collections.abc import Callable
from types import MethodType
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

from ui.lane import Failed


class Life:
    """Whether an owner still exists: collected, or its Qt half destroyed, it does not."""

    def __init__(self, call: Callable[..., object] | None, owner: object | None) -> None:
        if owner is None and isinstance(call, MethodType):
            owner = call.__self__
        self._ref = None if owner is None else weakref.ref(owner)

    def owner(self) -> object | None:
        return None if self._ref is None else self._ref()

    def alive(self) -> bool:
        if self._ref is None:
            return True
        owner = self._ref()
        return isValid(owner) if isinstance(owner, QObject) else owner is not None


class Job(Life):
    """One piece of work on its way out and home.

    The worker holds nothing of it but this shell: what `done` and `work` refer to may be a
    widget, and the last reference to a widget must go on the main thread (`empty`).
    As a context it catches what the work raises and carries it home.
    """

    def __init__(
        self,
        work: Callable[..., Any],
        done: Callable[[Any], object] | None,
        failed: Failed | None,
        owner: object | None,
    ) -> None:
        super().__init__(done, owner)
        self.work = work
        self.superseded = False
        self.slot: tuple[int, str] | None = None
        self.result: Any = None
        self._done = done
        self._failed = failed
        self._problem: Exception | None = None

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> bool:
        if isinstance(problem, Exception):
            self._problem = problem
        return isinstance(problem, Exception)

    def empty(
        self,
    ) -> tuple[Callable[[Any], object] | None, Failed | None, Any, Exception | None]:
        """Hand over everything and keep nothing."""
        content = self._done, self._failed, self.result, self._problem
        del self.work
        self._done = self._failed = self._problem = self.result = None
        return content


class Listener(Life):
    """Somebody who wants to hear; methods are held weakly, so a listener never keeps a screen."""

    def __init__(
        self,
        callback: Callable[..., object],
        owner: object | None,
        tables: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(callback, owner)
        self.tables = tables
        self._callback: Callable[[], Callable[..., object] | None] = (
            weakref.WeakMethod(callback) if isinstance(callback, MethodType) else lambda: callback
        )
        self._forgotten = False

    def forget(self) -> None:
        self._forgotten = True

    def alive(self) -> bool:
        return not self._forgotten and super().alive() and self._callback() is not None

    def call(self, *news: object) -> None:
        callback = self._callback()
        if self.alive() and callback is not None:
            callback(*news)
