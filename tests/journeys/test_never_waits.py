"""The window waits for no network, no keyring and no disk, however long they take."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import pytest
from sqlalchemy import event

from tests.faults import proxy
from tests.faults.proxy import BLACK_HOLE
from tests.hub_process import HubProcess
from tests.hubs import NullVault
from tests.journeys import places
from tests.journeys.conftest import SitDown
from tests.journeys.seat import Seat
from ui.widgets.values import SyncState

ROOT = Path(__file__).resolve().parents[2]
OURS = (str(ROOT / "ui"), str(ROOT / "lumi_desk"))
LONGEST_S = 0.1
KEYRING_S = 5.0
DISK_S = 0.6
_LOOK_EVERY_S = 0.01

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel what waits")


@dataclass
class SlowVault(NullVault):
    """A keyring that thinks for five seconds before every answer."""

    slow: list[bool] = field(default_factory=lambda: [True])

    def fetch(self, name: str) -> str | None:
        if self.slow:
            time.sleep(KEYRING_S)
        return super().fetch(name)


@dataclass
class Waits:
    """How long the main thread slept within our own code, and where it was the longest."""

    longest_s: float = 0.0
    where: str = ""


@contextmanager
def watching() -> Iterator[Waits]:
    """Look at the main thread a hundred times a second.

    What counts is that it sleeps while our code is on its stack: a thread that the machine does
    not let run is not asleep, and one that waits for the next event has none of our code on it.
    """
    waits, over = Waits(), threading.Event()
    main = threading.main_thread()
    state = Path(f"/proc/self/task/{main.native_id}/stat")

    def look() -> None:
        since, at = 0.0, ""
        while not over.wait(_LOOK_EVERY_S):
            frame = sys._current_frames().get(main.ident or 0)
            place = _ours(frame) if _sleeps(state) else ""
            now = time.monotonic()
            if not place or place != at:
                since, at = now, place
            elif now - since > waits.longest_s:
                waits.longest_s, waits.where = now - since, place

    watcher = threading.Thread(target=look, name="watcher", daemon=True)
    watcher.start()
    try:
        yield waits
    finally:
        over.set()
        watcher.join()


def _sleeps(state: Path) -> bool:
    return state.read_text("ascii", "replace").rpartition(")")[2].split()[0] in "SD"


def _ours(frame: FrameType | None) -> str:
    """The innermost place of ours on a stack."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(OURS):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def work(seat: Seat) -> None:
    """A call with notes and a promise, saved."""
    seat.take_next()
    seat.call()
    seat.view.write_note()
    seat.write("她说先等等")
    seat.end()
    seat.choose("thinking")
    seat.promise("+1d")
    seat.save()


def test_the_watcher_sees_a_main_thread_that_waits() -> None:
    spoiled = compile("import time\ntime.sleep(0.4)", str(ROOT / "ui" / "nowhere.py"), "exec")
    with watching() as waits:
        exec(spoiled)  # noqa: S102  (code that claims to be ours)
    assert waits.longest_s > LONGEST_S
    with watching() as waits:
        time.sleep(0.4)
    assert waits.longest_s == 0


def test_a_black_hole_holds_nobody_up(hub: HubProcess, sit_down: SitDown) -> None:
    with proxy.between(hub.address) as line:
        seat = sit_down(line.address)
        seat.sign_in(places.rep())
        seat.until_sync(SyncState.SYNCED)
        line.turn(BLACK_HOLE)
        with watching() as waits:
            work(seat)
        assert waits.longest_s < LONGEST_S, waits.where
        assert seat.waiting() == ["contact.log", "callback.promise"]
        line.refuse()
        sit_down.get_up()


def test_a_keyring_that_takes_five_seconds_holds_nobody_up(
    hub: HubProcess, sit_down: SitDown
) -> None:
    slow = SlowVault()
    slow.slow.clear()
    seat = sit_down(hub.address, keyring=lambda _: slow)
    seat.sign_in(places.rep())
    seat.until_sync(SyncState.SYNCED)
    sit_down.get_up()
    slow.slow.append(True)
    with watching() as waits:
        seat = sit_down(keyring=lambda _: slow)
        seat.until_inside()
        work(seat)
    slow.slow.clear()
    assert waits.longest_s < LONGEST_S, waits.where
    seat.until_sync(SyncState.SYNCED)


def test_a_slow_disk_holds_nobody_up(hub: HubProcess, sit_down: SitDown) -> None:
    seat = sit_down(hub.address)
    seat.sign_in(places.rep())
    seat.until_sync(SyncState.SYNCED)
    hub.stop()
    slow = lambda *_: time.sleep(DISK_S)  # noqa: E731
    event.listen(seat.desk.store.engine, "commit", slow)
    with watching() as waits:
        work(seat)
    event.remove(seat.desk.store.engine, "commit", slow)
    assert waits.longest_s < LONGEST_S, waits.where
    assert seat.waiting() == ["contact.log", "callback.promise"]
