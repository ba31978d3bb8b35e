"""Shrinking: the shortest history that still breaks the same invariant."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.sync.fleet.histories import Outcome
from tests.sync.fleet.plans import Plan, Step

Run = Callable[[Plan], Outcome]
_SMALLEST_CHUNK = 1


def shrink(plan: Plan, broken: str, run: Run, seconds: float) -> Plan:
    """A plan with as few steps and desks as can be found in that time.

    Each step has its own seed, so that what is left still means what it meant. Chunks are left
    out first, then single steps, then desks; and once more, as long as something goes.
    """
    search = _Search(broken, run, time.monotonic() + seconds)
    plan = search.until_it_breaks(plan)
    while not search.over:
        shorter = search.fewer_steps(plan)
        shorter = search.fewer_desks(shorter)
        if shorter == plan:
            break
        plan = shorter
    return plan


class _Search:
    def __init__(self, broken: str, run: Run, until: float) -> None:
        self._broken, self._run, self._until = broken, run, until

    @property
    def over(self) -> bool:
        return time.monotonic() > self._until

    def until_it_breaks(self, plan: Plan) -> Plan:
        """Leave out what comes after it broke: try ever longer beginnings, halving the rest."""
        low, high = 0, len(plan.steps)
        while low < high and not self.over:
            middle = (low + high) // 2
            if self._still_breaks(replace(plan, steps=plan.steps[:middle])):
                high = middle
            else:
                low = middle + 1
        return replace(plan, steps=plan.steps[:high])

    def fewer_steps(self, plan: Plan) -> Plan:
        """Leave out chunks, each time half as long, down to single steps."""
        size = max(len(plan.steps) // 2, _SMALLEST_CHUNK)
        while not self.over:
            plan = self._without_chunks(plan, size)
            if size == _SMALLEST_CHUNK:
                break
            size = max(size // 2, _SMALLEST_CHUNK)
        return plan

    def fewer_desks(self, plan: Plan) -> Plan:
        """Leave out desks with their steps."""
        for place in plan.places:
            if not self.over and self._still_breaks(plan.without(place)):
                plan = plan.without(place)
        return plan

    def _without_chunks(self, plan: Plan, size: int) -> Plan:
        # From the end: what comes late seldom makes what came before meaningless.
        at = len(plan.steps)
        while at > 0 and not self.over:
            at = max(at - size, 0)
            left: Sequence[Step] = (*plan.steps[:at], *plan.steps[at + size :])
            shorter = replace(plan, steps=tuple(left))
            if self._still_breaks(shorter):
                plan = shorter
        return plan

    def _still_breaks(self, plan: Plan) -> bool:
        return self._run(plan).broken == self._broken
