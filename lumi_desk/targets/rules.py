"""What should be sold, how far we are, and every figure of the board with its formula."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

BECAUSE_CODES: frozenset[str] = frozenset()

# Exceptions to Monday-to-Friday: True is a swapped working day, False a day off.
Calendar = Mapping[date, bool]


class Measure(StrEnum):
    """What a target counts (brief); gifts count in none, cash and delivered never add up."""

    CASH = "cash"
    DELIVERED = "delivered"
    CARDS = "cards"
    DREAM = "dream"
    ENZYME = "enzyme"
    ORDERS = "orders"

    @property
    def is_money(self) -> bool:
        """Whether it is counted in fen, not in pieces."""
        return self in (Measure.CASH, Measure.DELIVERED)


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """Our choice: today counts as elapsed, and the tick is met when completion reaches it."""

    today_elapsed: bool = True


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Working days of a period: how many are over, how many there are."""

    elapsed: int
    total: int

    @property
    def left(self) -> int:
        """Working days still to come."""
        return self.total - self.elapsed


TARGETS = TargetSettings()
