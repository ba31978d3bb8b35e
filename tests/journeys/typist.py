"""A desk in a process of its own, on which somebody types without end; made to be killed.

Run with `ui.app`'s own arguments before `--`, then login and password. Tells on standard output
in a line of JSON how many letters of TEXT were typed, and when.
"""

import json
import sys
import time
import traceback
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from lumi_desk.demo.records import Person
from tests.journeys.seat import Seat
from ui import app
from ui.app import Program

TEXT = "".join(f"第{n}句，she said no. " for n in range(1, 200))
_PATIENCE_S = 30.0
_BETWEEN_LETTERS_MS = 12


def main(arguments: Sequence[str]) -> int:
    """Sign in, begin a call, type until the end."""
    *told, login, password = (each for each in arguments if each != "--")

    def drive(program: Program) -> None:
        try:
            _work(Seat(program, _until), Person("", "", "", None, login, password))
        except AssertionError:
            traceback.print_exc()
        finally:
            QApplication.quit()

    return app.main(told, drive)


def _work(seat: Seat, who: Person) -> None:
    seat.sign_in(who)
    seat.take_next()
    _tell(customer=seat.call())
    seat.view.write_note()
    for typed, letter in enumerate(TEXT, 1):
        seat.write(letter)
        _tell(typed=typed, at=time.monotonic())
        _let_pass(_BETWEEN_LETTERS_MS)


def _until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not _is(so):
        assert time.monotonic() < end, "waited in vain"
        _let_pass(10)


def _is(so: Callable[[], bool]) -> bool:
    try:
        return so()
    except AssertionError:
        return False


def _let_pass(ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def _tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
