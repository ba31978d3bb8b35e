"""Many histories, or one: `python -m tests.sync.fleet --histories 20000 --jobs 2 --from 1`."""

import argparse
import sys
from collections.abc import Sequence

from tests.sync.fleet import plans
from tests.sync.fleet.histories import Outcome, simulate
from tests.sync.fleet.long_runs import LongRun, run_many
from tests.sync.fleet.plans import Plan
from tests.sync.fleet.telling import told


def main(options: Sequence[str] | None = None) -> int:
    """Run what was asked for. Returns 1 when an invariant was broken."""
    asked = _arguments(options)
    if asked.seed is not None:
        return _one(asked)
    return run_many(LongRun(asked.histories, asked.jobs, asked.first, asked.steps, asked.record))


def _one(asked: argparse.Namespace) -> int:
    plan = _plan(asked)
    outcome = simulate(plan, sum_up=True)
    if outcome.broken and asked.shrink:
        print(told(outcome, asked.shrink))  # noqa: T201
    else:
        print(_plainly(outcome))  # noqa: T201
    return bool(outcome.broken)


def _plan(asked: argparse.Namespace) -> Plan:
    plan = plans.draw(asked.seed, asked.steps)
    if asked.only is not None:
        plan = plan.only([int(one) for one in asked.only.split(",") if one])
    for place in plan.places:
        if asked.places is not None and place not in asked.places.split(","):
            plan = plan.without(place)
    return plan


def _plainly(outcome: Outcome) -> str:
    lines = [*outcome.told, outcome.broken or f"nothing broken; transcript {outcome.transcript}"]
    return "\n".join([*lines, outcome.details])


def _arguments(options: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.sync.fleet", description=__doc__)
    parser.add_argument("--histories", type=int, default=300, help="how many there have to be")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--from", dest="first", type=int, default=1, help="the first seed")
    parser.add_argument("--steps", type=int, default=plans.STEPS, help="how long each is")
    parser.add_argument("--record", help="file of the seeds that are done: it goes on from there")
    parser.add_argument("--seed", type=int, help="this history alone")
    parser.add_argument("--only", help="of it only the steps of these numbers: 3,7,12")
    parser.add_argument("--places", help="of it only these desks: lin/home,wang/office")
    parser.add_argument("--shrink", type=float, default=0, help="seconds to look for a shorter one")
    return parser.parse_args(options)


if __name__ == "__main__":
    sys.exit(main())
