"""Running every measure some rounds, the product and its floor in turn, on both engines."""

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import alone, hub_load
from tests.bench.measures import FULL, MEASURES, World, bytes_on_the_wire, seconds, world

FILE, SERVER = "SQLite", "PostgreSQL"
Say = Callable[[str], None]


@dataclass
class Pair:
    """The product's figures and its floor's, round by round."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """The product's figure as a multiple of the floor's of the same round."""
        return [ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)]

    def add(self, ours: float, floor: float) -> None:
        """Keep a round."""
        self.ours.append(ours)
        self.floor.append(floor)

    def told(self) -> dict[str, Any]:
        """Medians, and the ratio with its spread."""
        return {
            "ours": median(self.ours),
            "floor": median(self.floor),
            "ratio": median(self.ratios),
            "low": min(self.ratios),
            "high": max(self.ratios),
            "rounds": len(self.ours),
        }


Results = dict[str, Any]


def on_one_engine(database: str, folder: Path, rounds: int, names: Sequence[str], say: Say) -> Any:
    """Every measure on a hub of that database."""
    with world(folder, database) as made:
        timed: defaultdict[str, Pair] = defaultdict(Pair)
        facts: dict[str, dict[str, Any]] = {}
        for name in names:
            _measure(made, name, rounds, timed[name], facts, say)
        found: Results = {"timed": {name: pair.told() for name, pair in timed.items()}}
        found["facts"] = facts
        if "wire" in names or len(names) == len(MEASURES):
            found |= _alone(made, rounds, say)
        return found


def _measure(
    made: World, name: str, rounds: int, pair: Pair, facts: dict[str, Any], say: Say
) -> None:
    measure = MEASURES[name](made)
    per = made.sizes.noops if name in ("noop", "save") else 1
    try:
        for number in range(rounds + 1):
            measure.floor_ready()
            floor = seconds(measure.floor) / per
            measure.ready()
            ours = seconds(measure.ours) / per
            facts[name] = measure.check()
            if number:  # the first one warms both up
                pair.add(ours, floor)
                say(f"{measure.name}: {ours * 1e3:.2f} ms, floor {floor * 1e3:.2f} ms")
    finally:
        measure.close()


def _alone(made: World, rounds: int, say: Say) -> Results:
    kills, peaks = Pair(), Pair()
    before: dict[str, float] = {}
    for _ in range(rounds):
        found = alone.recovery(made)
        kills.add(found["ours"], found["floor"])
        before["imports"] = found["imports"]
        peak = alone.memory(made, 1)
        peaks.add(peak["ours"], peak["floor"])
        before["memory"] = peak["ours before"]
        say(f"recovery {found['ours']:.2f} s, memory {peak['ours']:.0f} MiB")
    told = {"recovery": kills.told(), "memory": peaks.told(), "before": before}
    return {**told, "wire": bytes_on_the_wire(made)}


def under_load(
    database: Callable[[str], str], folder: Path, rounds: int, workers: int, say: Say
) -> Results:
    """The most desks the hub carries, beside its floor; `database` makes a new one by its name."""
    pair = Pair()
    steps: list[dict[str, Any]] = []
    for number in range(rounds):
        with hub_load.bare_place(database(f"bare_{number}"), folder) as bare:
            floor = hub_load.most(bare, 40_000, say)
        url = database(f"load_{number}")
        with hub_load.place_for(url, folder, workers=workers) as target:
            ours = hub_load.most(target, 6_000, say)
        pair.add(ours.desks if ours else 0, floor.desks if floor else 1)
        if ours:
            steps.append({"desks": ours.desks, "p50": ours.p50, "p99": ours.p99})
    return {**pair.told(), "workers": workers, "steps": steps}


def everything(
    database: Callable[[str], str],
    folder: Path,
    rounds: int,
    names: Sequence[str],
    say: Say,
) -> Results:
    """All measures on both engines."""
    found: Results = {"load average": [os.getloadavg()[0]]}
    for engine, place in ((FILE, str(folder / "hub.db")), (SERVER, database("measures"))):
        say(f"== the hub on {engine}")
        inner = folder / engine
        inner.mkdir()
        found[engine] = on_one_engine(place, inner, rounds, names, say)
        found["load average"].append(os.getloadavg()[0])
    return found


def all_names() -> Sequence[str]:
    """The timed measures."""
    return tuple(MEASURES)


BOOKS = FULL.books
