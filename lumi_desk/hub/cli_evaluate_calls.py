"""`lumi-hub evaluate call-order`: how good learned orders of calls are on later calls."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from lumi_desk.hub import bank_calls
from lumi_desk.hub.bank_calls import Evaluation, Judged
from lumi_desk.hub.cli_shared import AsJson, progress, speaking
from lumi_desk.worklist.learned.rules import DOUBLE, Feature, Points


def call_order(
    file: Annotated[Path, typer.Argument(help="A record of calls.")],
    weights: Annotated[bool, typer.Option("--weights", help="Show the points as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Judge orders of calls on later calls than they were learned from: AUC and ALIFT.

    Reads the bank record of Moro, Cortez and Rita (2014), in the order of its calls.
    """
    with speaking(as_json) as speech, progress() as tell:
        found = bank_calls.evaluate(file, tell)
        words = _as_words(found)
        if weights:
            words += "\n\n" + points_in_words(found.features, found.points)
        speech.say(_as_data(found), words)


def points_in_words(features: tuple[Feature, ...], points: Points) -> str:
    """The points of every level, a line for each feature."""
    lines = [f"points ({DOUBLE} more are twice the odds; 0 is the average)"]
    for one in features:
        levels = zip(one.levels, points.of[one.name], strict=True)
        told = ", ".join(f"{level} {worth:+d}" for level, worth in levels)
        lines.append(f"  {one.name} ({one.way.value}): {told}")
    return "\n".join(lines)


def _as_data(found: Evaluation) -> dict[str, Any]:
    means = [
        asdict(one) | {"mean_auc": one.mean_auc, "mean_alift": one.mean_alift}
        for one in found.orders
    ]
    parts = [dict(zip(("before", "calls", "sold"), one, strict=True)) for one in found.parts]
    return {
        "parts": parts,
        "orders": means,
        "no_worse_than_regression": found.passed,
        "points": asdict(found.points),
    }


def _as_words(found: Evaluation) -> str:
    lines = [
        f"part {place}: {calls:,} calls, {sold:,} sold, learned from the {before:,} before"
        for place, (before, calls, sold) in enumerate(found.parts, start=1)
    ]
    places = "".join(f"{place:>7}" for place in range(1, len(found.parts) + 1))
    for measure in ("AUC", "ALIFT"):
        lines += ["", f"{measure:<46}{places}   mean in all"]
        lines += [_line(one, measure) for one in found.orders]
    verdict = "no worse" if found.passed else "worse"
    lines += [
        "",
        f"By the means of AUC and ALIFT the readable points are {verdict} than regression.",
    ]
    return "\n".join(lines)


def _line(one: Judged, measure: str) -> str:
    if measure == "AUC":
        told = (*one.auc, one.mean_auc, one.auc_in_all)
    else:
        told = (*one.alift, one.mean_alift, one.alift_in_all)
    return f"{one.name:<46}" + "".join(
        f"{'–' if value is None else f'{value:.4f}':>7}" for value in told
    )
