"""Shrinking: of a history that broke, the few steps are left that it takes, told so that they can
be seen again."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.fleet import plans
from tests.sync.fleet.histories import Outcome
from tests.sync.fleet.plans import Plan
from tests.sync.fleet.shrinking import shrink

ROOT = Path(__file__).resolve().parents[2]
BROKEN, ANOTHER = "an invariant", "another invariant"
LONG_ENOUGH = 30.0
MOST_STEPS = 8
# A fault of the hub's feed, one of what it delivers, one of the desk's.
PLANTED = (
    "a child that leaves alone is not told of",
    "who comes in comes without her children",
    "children outlive their customer",
)
HISTORIES = 60

steps = st.integers(min_value=1, max_value=plans.STEPS)


@given(
    seed=st.integers(min_value=0, max_value=10_000),
    needed=st.sets(steps, min_size=1, max_size=MOST_STEPS),
    pair=st.tuples(steps, steps),
)
def test_what_it_takes_is_left_and_nothing_else(
    seed: int, needed: set[int], pair: tuple[int, int]
) -> None:
    """Whatever the steps are. With one alone of a pair something else breaks: not the same."""
    disturbing = set(pair) if needed.isdisjoint(pair) else set()

    def run(plan: Plan) -> Outcome:
        there = {step.number for step in plan.steps}
        if not needed <= there:
            return Outcome(plan)
        alone = disturbing & there not in (set(), disturbing)
        return Outcome(plan, broken=ANOTHER if alone else BROKEN)

    plan = plans.draw(seed)
    short = shrink(plan, BROKEN, run, LONG_ENOUGH)
    assert run(short).broken == BROKEN
    left = {step.number for step in short.steps}
    assert left - disturbing == needed
    assert {step.place for step in short.steps} == set(short.places)


def test_a_search_that_takes_too_long_ends_with_what_it_has() -> None:
    plan = plans.draw(3)
    assert shrink(plan, BROKEN, lambda one: Outcome(one, broken=BROKEN), 0) == plan


def fleet(fault: str, *command: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.fleet.biting", fault, *command],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode, done.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_told_in_a_few_steps_that_show_it_again(fault: str) -> None:
    _, noticed = fleet(fault, str(HISTORIES), "1")
    found = re.match(r"seed (\d+): (.+)", noticed)
    assert found, noticed
    seed, invariant = found.groups()
    _, told = fleet(fault, "--seed", seed, "--shrink", "90")
    assert f"seed {seed}: {invariant}" in told
    shrunk = re.search(r"steps to (\d+):", told)
    assert shrunk is not None, told
    assert int(shrunk[1]) <= MOST_STEPS, told
    command = shlex.split(told.rpartition("see it again: ")[2])
    assert command[:3] == ["python", "-m", "tests.sync.fleet"]
    status, again = fleet(fault, *command[3:])
    assert (status, invariant in again) == (1, True), again
    # And it is the fault that breaks it: the engine as it is comes to rest.
    status, sound = fleet("", *command[3:])
    assert (status, "nothing broken" in sound) == (0, True), sound
