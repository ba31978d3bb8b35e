"""The fleet bites: every one of these deliberate faults of the engine is noticed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.sync.fleet.faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]
HISTORIES = 150
# Fresh ones each time, unless a seed is asked for; what is printed names the one that bit.
FIRST = int(os.environ.get("LUMI_FLEET_SEED", time.time_ns() // 1_000_000))
LEAST_FAULTS = 17


def run(*command: str, **environment: str) -> tuple[int, str]:
    done = _once(*command, **environment)
    if done.returncode < 0:
        # A signal ended it (libc once found its heap broken, and nobody knows by whom): that says
        # nothing of the fault. Twice in a row it is no accident.
        sys.stderr.write(done.stderr)
        done = _once(*command, **environment)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode, done.stdout


def _once(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=280,
    )


def fleet_bites(name: str, histories: int) -> bool:
    status, told = run("-m", "tests.sync.fleet.biting", name, str(histories), str(FIRST))
    assert status == 0 or "seed" in told or "before it began" in told, told
    return status == 1


def asked_bites(name: str) -> bool:
    status, _ = run(
        *("-m", "pytest", "-x", "-q", "-p", "tests.sync.breaking", "-p", "no:cacheprovider"),
        *("-p", "no:randomly", "-m", "not slow and not soak", *FAULTS[name].tests.split()),
        LUMI_FAULT=name,
    )
    return status == 1


@pytest.mark.slow
def test_the_engine_as_it_is_passes() -> None:
    status, told = run("-m", "tests.sync.fleet.biting", "", str(HISTORIES), str(FIRST))
    assert status == 0, told


def test_there_are_teeth_enough() -> None:
    assert len(FAULTS) >= LEAST_FAULTS


@pytest.mark.parametrize("name", FAULTS)
def test_the_engine_still_says_what_is_to_be_broken(name: str) -> None:
    compile(FAULTS[name].broken(), name, "exec")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_noticed(name: str) -> None:
    asked = FAULTS[name].tests
    assert (bool(asked) and asked_bites(name)) or fleet_bites(name, HISTORIES)
