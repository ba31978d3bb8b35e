"""Does the fleet notice a fault? `python -m tests.sync.fleet.biting "a head is not raised" 40 1`.

Exit status 1: it does, at the seed that is told. 0: nothing was noticed.
"""

import importlib
import sys

from tests.sync.fleet import faults


def main(name: str, histories: int, first: int) -> int:
    """Run histories with the fault until one breaks."""
    if name:
        faults.break_in(faults.FAULTS[name])
    # Only now: they import the engine.
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
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
