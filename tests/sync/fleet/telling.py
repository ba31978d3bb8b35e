"""Telling what broke: the seed, the shortest history found, and how to see it again."""

from tests.sync.fleet import plans
from tests.sync.fleet.histories import Outcome, simulate
from tests.sync.fleet.plans import Plan
from tests.sync.fleet.shrinking import Run, shrink


def told(outcome: Outcome, seconds: float, run: Run = simulate) -> str:
    """The report on a broken history, shrunk for so long."""
    shortest = run(shrink(outcome.plan, outcome.broken, run, seconds))
    steps = len(shortest.plan.steps)
    return "\n".join(
        [
            f"seed {outcome.plan.seed}: {outcome.broken}",
            f"shrunk from {len(outcome.plan.steps)} steps to {steps}:",
            *shortest.told,
            shortest.details,
            f"see it again: {command(shortest.plan)}",
        ]
    )


def command(plan: Plan) -> str:
    """The one command that repeats a plan."""
    parts = ["python -m tests.sync.fleet", f"--seed {plan.seed}"]
    whole = plans.draw(plan.seed)
    if plan.steps != whole.steps:
        parts.append(f"--only {','.join(str(step.number) for step in plan.steps)},")
    if plan.places != whole.places:
        parts.append(f"--places {','.join(plan.places)}")
    return " ".join(parts)
