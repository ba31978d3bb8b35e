"""One history: a plan carried out in a world, and what broke."""

import hashlib
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from lumi_desk.ids import made_by
from tests.sync.fleet import at_desks, at_the_hub, memory, on_the_way, plans
from tests.sync.fleet.fleet import Fleet
from tests.sync.fleet.ledger import Broken
from tests.sync.fleet.on_the_way import COPY
from tests.sync.fleet.plans import Plan, Step
from tests.sync.fleet.seats import Seat
from tests.sync.fleet.simulated import Simulated, start
from tests.sync.fleet.worlds import World

_Do = Callable[[Fleet, Seat, random.Random], str]
_MODULES = (at_desks, at_the_hub, on_the_way)
DOING: dict[str, _Do] = {
    name: vars(module)[name]
    for name in plans.WEIGHTS
    for module in _MODULES
    if name in vars(module)
}
_LAST = 1000


@dataclass
class Outcome:
    """What became of a history. `broken` names the invariant, or the error nobody foresaw."""

    plan: Plan
    told: list[str] = field(default_factory=list)
    broken: str = ""
    details: str = ""
    transcript: str = ""
    messages: int = 0


def simulate(plan: Plan, *, sum_up: bool = False) -> Outcome:
    """Carry out a plan in memory. With `sum_up` the transcript covers the databases too."""
    world = Simulated(start(), synced=plan.synced, sheet=plan.sheet)
    outcome = carry_out(plan, world)
    if sum_up and not outcome.broken:
        told = "".join(_hash(engine) for _, engine in sorted(world.engines().items()))
        outcome.transcript = hashlib.sha256((outcome.transcript + told).encode()).hexdigest()
    world.close()
    return outcome


def carry_out(plan: Plan, world: World) -> Outcome:
    """Carry out a plan and bring it to rest in the end. Says what broke instead of raising."""
    outcome = Outcome(plan)
    maker = plans.maker(plan.seed)
    fleet = None
    try:
        with made_by(maker(0)):
            fleet = Fleet(plan, world)
        for step in plan.steps:
            with made_by(maker(step.number)):
                outcome.told.append(f"{step}: …")
                outcome.told[-1] = f"{step}: {_do(fleet, step)}"
        with made_by(maker(_LAST)):
            outcome.told.append("     come to rest")
            fleet.come_to_rest()
    except Broken as error:
        outcome.broken, outcome.details = error.name, str(error.args[1:])
    except Exception as error:  # noqa: BLE001  (whatever it is, it is told and shrunk)
        outcome.broken = f"{type(error).__name__} in {_where(error)}"
        outcome.details = "".join(traceback.format_exception(error))
    if fleet is not None:
        fleet.ledger.hear("", "\n".join(outcome.told).encode())
        outcome.transcript, outcome.messages = fleet.ledger.transcript, fleet.ledger.messages
    return outcome


def _do(fleet: Fleet, step: Step) -> str:
    dice = random.Random(step.seed)
    copied = step.place + COPY in fleet.seats and dice.random() < 0.5
    return DOING[step.name](fleet, fleet.seats[step.place + COPY * copied], dice)


def _where(error: BaseException) -> str:
    """The innermost place of our own."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "/lumi_desk/" in one.filename or "/tests/" in one.filename]
    return f"{ours[-1].filename.rpartition('/')[2]}:{ours[-1].name}" if ours else "?"


def _hash(engine: Engine) -> str:
    """All that is in a database, but the passwords: they are salted."""
    raw = memory.raw_of(engine)
    names = raw.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'credential' ORDER BY name"
    )
    told = hashlib.sha256()
    for (name,) in names.fetchall():
        rows = raw.execute(f'SELECT * FROM "{name}"').fetchall()
        told.update(f"{name}: {sorted(map(repr, rows))}".encode())
    return told.hexdigest()
