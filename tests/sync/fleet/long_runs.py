"""Long runs: thousands of histories by several processes, continued from where they were."""

import gc
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.sync.fleet import plans
from tests.sync.fleet.histories import simulate
from tests.sync.fleet.records import Record, Tree
from tests.sync.fleet.simulated import start
from tests.sync.fleet.telling import told

_SHRINKING_SECONDS = 60
_TELL_EVERY_SECONDS = 20.0
# A hundred histories leave a few megabytes in circles.
_COLLECT_EVERY = 100


@dataclass(frozen=True)
class LongRun:
    """What was asked for. `record` is a file with a line of JSON for every seed that is done."""

    histories: int
    jobs: int
    first: int
    steps: int
    record: str | None = None


def run_many(asked: LongRun) -> int:
    """Run them all; says how it goes. Returns 1 when an invariant was broken.

    Those are left out that came to rest before, with the engine as it is now.
    """
    tree = Tree.here()
    record = Record(Path(asked.record) if asked.record else None, tree, asked.steps)
    wanted, done = range(asked.first, asked.first + asked.histories), record.sound()
    seeds = [seed for seed in wanted if seed not in done]
    _say(f"commit {tree.commit}, engine {tree.engine}")
    _say(f"seeds {wanted[0]} to {wanted[-1]}: {len(wanted) - len(seeds)} done, {len(seeds)} to do")
    broken = 0
    began, said = time.monotonic(), time.monotonic()
    for number, (seed, report) in enumerate(_outcomes(asked, seeds), start=1):
        broken += bool(report)
        record.keep(seed, report)
        if report:
            _say(f"\n{report}\n")
        if time.monotonic() - said > _TELL_EVERY_SECONDS or number == len(seeds):
            said = time.monotonic()
            rate = number / (said - began)
            left = (len(seeds) - number) / rate / 60
            _say(f"{number} of {len(seeds)}, {rate:.2f}/s, {left:.0f} min left, {broken} broken")
    return bool(broken)


def quick_collector() -> None:
    """Histories leave much behind that is free at once: the rest is looked for now and then."""
    start()
    gc.collect()
    gc.freeze()
    gc.disable()


def _outcomes(asked: LongRun, seeds: Iterable[int]) -> Iterator[tuple[int, str]]:
    orders = [(seed, asked.steps) for seed in seeds]
    if asked.jobs == 1:
        quick_collector()
        yield from map(_one, orders)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(asked.jobs, quick_collector) as pool:
        yield from pool.imap_unordered(_one, orders, chunksize=5)


def _one(order: tuple[int, int]) -> tuple[int, str]:
    seed, steps = order
    outcome = simulate(plans.draw(seed, steps))
    if seed % _COLLECT_EVERY == 0:
        gc.collect()
    return seed, told(outcome, _SHRINKING_SECONDS) if outcome.broken else ""


def _say(what: str) -> None:
    print(what, file=sys.stdout, flush=True)  # noqa: T201
