"""When she is usually reached: the part of the day in which most of her dials were answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from lumi_desk.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class HabitSettings:
    """Our choice: three parts of the calling day; said from 3 dials and half of them answered."""

    parts: tuple[tuple[time, time], ...] = (
        (time(9), time(12)),
        (time(13, 30), time(18)),
        (time(18), time(21)),
    )
    least: int = 3


@dataclass(frozen=True, slots=True)
class Habit:
    """Her best part of the day: `answered` of `dials` in it."""

    begins: time
    ends: time
    answered: int
    dials: int


HABITS = HabitSettings()


def best_part(
    dials: Iterable[tuple[datetime, bool]], settings: HabitSettings = HABITS
) -> Habit | None:
    """The part with the highest share of answered dials; None without enough of them.

    It must beat her dials as a whole: if any time is as good as another there is nothing to say.
    """
    known = [(at.astimezone(SHANGHAI).time(), answered) for at, answered in dials]
    found = []
    for begins, ends in settings.parts:
        within = [answered for at, answered in known if begins <= at < ends]
        if len(within) >= settings.least and sum(within) * 2 >= len(within):
            found.append(Habit(begins, ends, sum(within), len(within)))
    best = max(found, key=lambda habit: (habit.answered / habit.dials, habit.dials), default=None)
    if best is None:
        return None
    overall = sum(answered for _, answered in known)
    return best if best.answered * len(known) > overall * best.dials else None
