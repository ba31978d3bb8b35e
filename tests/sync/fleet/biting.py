"""Does the fleet notice a fault? `python -m tests.sync.fleet.biting "a head is not raised" 40 1`.

Exit status 1: it does, at the seed that is told. 0: nothing was noticed. With options instead of
numbers, all that `python -m tests.sync.fleet` can be asked, asked of the engine with the fault.
"""

import importlib
import sys

from tests.sync.fleet import faults


def main(name: str, *asked: str) -> int:
    """Break the engine, then do what is asked."""
    if name:
        faults.break_in(faults.FAULTS[name])
    # Only now: they import the engine.
    if asked[0].startswith("-"):
        status: int = importlib.import_module("tests.sync.fleet.__main__").main(asked)
        return status
    histories, first = map(int, asked)
    return until_it_breaks(histories, first)


def until_it_breaks(histories: int, first: int) -> int:
    """Run histories until one breaks."""
    plans = importlib.import_module("tests.sync.fleet.plans")
    simulate = importlib.import_module("tests.sync.fleet.histories").simulate
    try:
        for seed in range(first, first + histories):
            outcome = simulate(plans.draw(seed))
            if outcome.broken:
                print(f"seed {seed}: {outcome.broken}")  # noqa: T201
                return 1
    except Exception as error:  # noqa: BLE001  (whatever it is, it was noticed)
        # So broken that the fleet cannot even be set up.
        print(f"before it began: {type(error).__name__}")  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
