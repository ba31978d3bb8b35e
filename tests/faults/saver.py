"""A desk that saves notes and tells of each once it is saved; made to be traced.

Run with a seat's folder, its hub's address, the customer, how many notes, and after how many of
them there is a round of sync (none: never). A line is the id of a note that was saved, or
"refused" and what the person is told. In between the log is folded into the file, as it would be
after a long morning.
"""

import os
import sys
from pathlib import Path

from lumi_desk import clock
from lumi_desk.errors import LumiError
from tests.faults.kit import Seat, a_note, do

_FOLD_EVERY = 12


def main(folder: str, address: str, customer: str, many: str, round_every: str = "") -> None:
    """Save, and tell."""
    desk = Seat(Path(folder), address).started(clock.now)
    _tell("begun")
    for number in range(int(many)):
        try:
            (op_id,) = do(desk, a_note(desk.me.person_id, customer))
            _tell(op_id)
        except LumiError as problem:
            _tell(f"refused {problem.code}")
        if round_every and number % int(round_every) == 0:
            desk.sync_round()
        if number % _FOLD_EVERY == _FOLD_EVERY - 1:
            _fold(desk.store.engine.raw_connection())
    _tell("ended")
    os._exit(0)


def _fold(connection: object) -> None:
    raw = connection.driver_connection  # type: ignore[attr-defined]
    try:
        raw.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
    except raw.OperationalError as problem:
        _tell(f"refused {type(problem).__name__}")
    finally:
        connection.close()  # type: ignore[attr-defined]


def _tell(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
