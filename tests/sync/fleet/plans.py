"""Plans: a history's steps drawn from one seed, and the dice and ids each step is given."""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.sync.fleet.seats import PLACES, Place

STEPS = 40
_MOST_IDS = 1 << 20

# How often each kind of step happens; each name is a function of a module of steps.
WEIGHTS = {
    "work": 30,
    "sync": 24,
    "undo": 6,
    "reassign": 8,
    "back_and_forth": 3,
    "edit": 6,
    "change_children": 4,
    "move_a_child": 2,
    "import_orders": 5,
    "trouble_the_line": 9,
    "write_between": 5,
    "send_again": 3,
    "crash_a_desk": 6,
    "crash_the_hub": 4,
    "restart": 4,
    "jump": 4,
    "jump_the_hub": 1,
    "wait": 6,
    "poison": 3,
    "lead": 4,
    "prune": 1.5,
    "back_up": 2,
    "put_back": 1.5,
    "blank_hub": 0.5,
    "copy_a_laptop": 0.5,
    "come_to_rest": 0.7,
}


@dataclass(frozen=True)
class Step:
    """One thing that happens. Its own seed decides all that is left to chance in it."""

    number: int
    name: str
    seed: int
    place: Place

    def __str__(self) -> str:
        return f"{self.number:>3}  {self.name} ({self.place})"


@dataclass(frozen=True)
class Plan:
    """A whole history before it happens: the desks there are, and the steps."""

    seed: int
    places: tuple[Place, ...]
    steps: tuple[Step, ...]
    synced: bool
    """Whether every desk has been filled before it begins."""
    sheet: int
    """How many customers a sheet of a snapshot holds: few, so that there are several."""

    def only(self, numbers: Sequence[int]) -> "Plan":
        """The plan with these steps alone."""
        wanted = set(numbers)
        return replace(self, steps=tuple(one for one in self.steps if one.number in wanted))

    def without(self, place: Place) -> "Plan":
        """The plan with a desk less; its steps go with it."""
        return replace(
            self,
            places=tuple(one for one in self.places if one != place),
            steps=tuple(one for one in self.steps if one.place != place),
        )


def draw(seed: int, steps: int = STEPS) -> Plan:
    """The plan of a seed. The same seed gives the same plan."""
    dice = random.Random(f"plan {seed}")
    always, others = PLACES[:3], PLACES[3:]
    places = (*always, *sorted(dice.sample(others, dice.randint(1, 3)), key=PLACES.index))
    names = dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=steps)
    # Swarms: each history leaves some kinds of trouble out, so that others come closer together.
    left_out = set(dice.sample([name for name in WEIGHTS if WEIGHTS[name] < 7], 5))
    drawn = tuple(
        Step(
            number,
            "sync" if name in left_out else name,
            dice.getrandbits(32),
            dice.choice(places),
        )
        for number, name in enumerate(names, start=1)
    )
    sheet = dice.choice((1, 2, 3, 500))
    return Plan(seed, places, drawn, synced=dice.random() < 0.6, sheet=sheet)


def maker(seed: int) -> Callable[[int], Callable[[], str]]:
    """For each step a maker of ids: version 7 in form, sorted by step and by when they are made."""

    def for_step(number: int) -> Callable[[], str]:
        made = 0
        dice = random.Random(f"ids {seed} {number}")

        def make() -> str:
            nonlocal made
            made += 1
            assert made < _MOST_IDS
            stamp = (0x0199 << 32) + number * _MOST_IDS + made
            low = dice.getrandbits(62)
            bits = stamp << 80 | 7 << 76 | dice.getrandbits(12) << 64 | 2 << 62 | low
            return str(uuid.UUID(int=bits))

        return make

    return for_step
