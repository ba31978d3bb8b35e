"""An import in a process of its own: how much memory at most, and how long. Answers in JSON."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from lumi_desk import clock
from lumi_desk.hub import intake, settings
from tests.bench.desk_side import peak


def main(database: str, file: str) -> dict[str, Any]:
    """Import a file of orders into a hub; `peak` and `before` in bytes, `s` seconds."""
    before, began = peak(), time.perf_counter()
    stages: dict[str, float] = {}
    store = settings.opened(database)

    def tell(stage: str, _done: int, _whole: int) -> None:
        stages.setdefault(stage, time.perf_counter() - began)

    taken = intake.take_in(store, [Path(file)], intake.ORDERS, now=clock.now(), tell=tell)
    store.close()
    took = time.perf_counter() - began
    added = taken.report.orders.added
    return {"peak": peak(), "before": before, "s": took, "orders": added, "stages": stages}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
