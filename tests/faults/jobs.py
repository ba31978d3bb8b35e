"""Handing a job to the process that forks (forked.py)."""

import json
import subprocess
import sys
from typing import Any

# A test that takes too long is ended by its own limit; this one only leaves nothing behind.
_LONGEST_S = 3600


def run(job: str, **told: Any) -> dict[str, Any]:
    """What came of the job; what it complained about, if it failed."""
    command = [sys.executable, "-m", "tests.faults.forked", job, json.dumps(told)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**found, "complaints": done.stderr[-3000:]}
