"""Garbage is collected on the main thread alone, and thoroughly only when nobody waits.

Python may collect on whichever thread allocates, and a worker would then destroy widgets.
A full collection takes 60 to 120 ms, so it waits until the person has paused.
"""

import gc

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

_EVERY_MS = 500
_IDLE_MS = 4_000


class Garbage(QObject):
    """Switches automatic collection off while it lives and collects from a timer instead."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._quiet = QElapsedTimer()
        self._quiet.start()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_EVERY_MS)

    def settle(self) -> None:
        """After start-up: what exists now stays, and no collection looks at it again."""
        gc.collect()
        gc.freeze()

    def stir(self) -> None:
        """The person is at work; a full collection can wait."""
        self._quiet.restart()

    def stop(self) -> None:
        """Give the collector back as it was."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_on:
            gc.enable()

    def _look(self) -> None:
        counts, limits = gc.get_count(), gc.get_threshold()
        if counts[2] > limits[2] and self._quiet.hasExpired(_IDLE_MS):
            gc.collect()
        elif counts[1] > limits[1]:
            gc.collect(1)
        elif counts[0] > limits[0]:
            gc.collect(0)
