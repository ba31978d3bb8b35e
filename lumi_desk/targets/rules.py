"""What should be sold, how far we are, and every figure of the board with its formula."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

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


def split(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Parts in proportion to the weights that sum to the total exactly, largest remainder first.

    Equal remainders go by position; without any weight the parts are equal. ValueError for a
    negative weight, or a total with nobody to take it.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    if not weights:
        if total:
            raise ValueError("nobody to split among")
        return ()
    shares = weights if any(weights) else [1] * len(weights)
    whole = sum(shares)
    parts = [total * share // whole for share in shares]
    rests = [total * share % whole for share in shares]
    by_rest = sorted(range(len(parts)), key=lambda place: (-rests[place], place))
    for place in by_rest[: total - sum(parts)]:
        parts[place] += 1
    return tuple(parts)


def is_workday(day: date, calendar: Calendar) -> bool:
    """Monday to Friday, unless the calendar says otherwise."""
    return calendar.get(day, day.weekday() < 5)


def working_days(first: date, last: date, calendar: Calendar) -> int:
    """Working days from one day to another, both included."""
    span = range((last - first).days + 1)
    return sum(is_workday(first + timedelta(days=step), calendar) for step in span)


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def work_time(
    first: date, last: date, today: date, calendar: Calendar, settings: TargetSettings = TARGETS
) -> WorkTime:
    """How much of a period is over, in working days."""
    until = today if settings.today_elapsed else today - timedelta(days=1)
    over = working_days(first, min(until, last), calendar)
    return WorkTime(over, working_days(first, last, calendar))


def share(part: int, whole: int) -> Fraction | None:
    """Part ÷ whole, exactly; None when there is no whole."""
    return Fraction(part, whole) if whole else None


def completion(actual: int, target: int) -> Fraction | None:
    """完成: actual ÷ target."""
    return share(actual, target)


def elapsed(time: WorkTime) -> Fraction | None:
    """时间: working days over ÷ all."""
    return share(time.elapsed, time.total)


def pace(actual: int, target: int, time: WorkTime) -> Fraction | None:
    """Actual ÷ (target × elapsed ÷ total working days); 1 is on time."""
    return share(actual * time.total, target * time.elapsed)


def on_track(actual: int, target: int, time: WorkTime) -> bool | None:
    """Whether completion has reached elapsed time; None without a target."""
    done, over = completion(actual, target), elapsed(time)
    return None if done is None or over is None else done >= over


def required_rate(actual: int, target: int, days_left: int) -> Fraction | None:
    """Remaining ÷ working days left, never below zero; None when no day is left."""
    return share(max(target - actual, 0), max(days_left, 0))


def card_share(cards_fen: int, cash_fen: int) -> Fraction | None:
    """Value of cards opened ÷ cash sales."""
    return share(cards_fen, cash_fen)


def high_margin_share(high_margin_fen: int, delivered_fen: int) -> Fraction | None:
    """High-margin ÷ delivered sales."""
    return share(high_margin_fen, delivered_fen)


def gross_margin(delivered_fen: int, cost_fen: int) -> Fraction | None:
    """(Delivered − cost) ÷ delivered."""
    return share(delivered_fen - cost_fen, delivered_fen)


def connect_rate(answered: int, dials: int) -> Fraction | None:
    """Answered ÷ dials."""
    return share(answered, dials)


def conversion(sales: int, contacts: int) -> Fraction | None:
    """Sales ÷ contacts; the caller says which contacts."""
    return share(sales, contacts)


def handling_time(talk: int, hold: int, wrap_up: int, contacts: int) -> Fraction | None:
    """AHT in seconds: (talk + hold + wrap-up) ÷ contacts."""
    return share(talk + hold + wrap_up, contacts)


def weekly_order_rate(reps_with_order: int, reps: int) -> Fraction | None:
    """周开单率: reps with an order this week ÷ all reps, those without one too."""
    return share(reps_with_order, reps)


def percent(ratio: Fraction | None) -> int | None:
    """A ratio as whole percent for the screen, rounded half up."""
    return None if ratio is None else (ratio.numerator * 200 // ratio.denominator + 1) // 2
