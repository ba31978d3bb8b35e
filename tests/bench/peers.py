"""What a benchmark harness beside the project says of peers, if $LUMI_BENCH_HARNESS names one.

It is a folder with `run_all.sh`, which takes the product by an adapter (lumi_bench.py) and writes
one JSON line for each value: w workload, m measure, peer, v value, u unit, r round.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from lumi_desk.storage.base import from_millis
from tests.bench import place

HARNESS = "LUMI_BENCH_HARNESS"
SCRATCH = "BENCH_TMP"
FLOOR, NAME = "floor", "lumi"
_Rounds = dict[str, dict[int, list[float]]]


def run(rounds: int) -> list[dict[str, Any]] | None:
    """Let the harness run, the product among the peers; None where there is no harness."""
    folder, scratch = os.environ.get(HARNESS), os.environ.get(SCRATCH)
    if not folder or not scratch:
        return None
    results = Path(scratch) / "lumi-results.jsonl"
    results.unlink(missing_ok=True)
    here = Path(__file__).resolve().parent
    told = {
        "PYTHONPATH": f"{here}{os.pathsep}{place.ROOT}",
        "BENCH_PRODUCT": "lumi_bench:Lumi",
        "BENCH_PRODUCT_PY": sys.executable,
        "BENCH_PRODUCT_NAME": NAME,
        "BENCH_OUT": str(results),
        "ROUNDS": str(rounds),
        "ROUNDS6": os.environ.get("ROUNDS6", "1"),
        "ONLY": os.environ.get("ONLY", "w1 w6"),
        "PEERS": os.environ.get("PEERS", "anki kinto pouch"),
    }
    command = [str(Path(folder) / "run_all.sh")]
    # A part of it that fails is reported there and does not take the others along.
    subprocess.run(command, env={**os.environ, **told}, cwd=folder, stdout=sys.stderr, check=False)
    return read(results) if results.exists() else None


def read(results: Path) -> list[dict[str, Any]]:
    """Medians by workload, measure and peer, with the ratio to the floor of the same round."""
    values: defaultdict[tuple[str, str, str], _Rounds] = defaultdict(lambda: defaultdict(dict))
    for line in results.read_text("utf-8").splitlines():
        row = json.loads(line)
        if isinstance(row["v"], int | float):
            rounds = values[row["w"], row["m"], row["u"]][row["peer"]]
            rounds.setdefault(row["r"], []).append(row["v"])
    return [
        {"workload": w, "measure": m, "unit": u, "peers": _peers(by_peer)}
        for (w, m, u), by_peer in sorted(values.items())
    ]


def when(results: Path) -> str:
    """From when to when it was measured, and the load of the machine meanwhile."""
    rows = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    first, last = (from_millis(pick(row["t"] for row in rows) * 1000) for pick in (min, max))
    load = median(row["load"] for row in rows)
    return f"{first:%Y-%m-%d %H:%M} to {last:%H:%M} UTC at a load average of {load:.1f}"


def _peers(by_peer: _Rounds) -> dict[str, dict[str, float | None]]:
    floors = {r: median(some) for r, some in by_peer.get(FLOOR, {}).items()}
    found: dict[str, dict[str, float | None]] = {}
    for peer, rounds in by_peer.items():
        ratios = [median(some) / floors[r] for r, some in rounds.items() if floors.get(r)]
        every = [value for some in rounds.values() for value in some]
        found[peer] = {"median": median(every), "ratio": median(ratios) if ratios else None}
    return found
