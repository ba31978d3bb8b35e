"""What became of the customers of a month: bought again, a card, a second line, renewed, lost.

Whatever has a window is counted once that window is over, for numerator and denominator alike.
So nobody is counted as lost or gained too early, and once nobody of a month waits, its figure
stays as it is unless the past is imported. All days are those of Shanghai; the last day of a
window belongs to it.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lumi_desk.cards.rules import ADDING, EntryKind, monthly_use, renewal_due
from lumi_desk.clock import day_end, local_day
from lumi_desk.customers.rules import (
    GRADE,
    POOL,
    Grade,
    GradeSettings,
    History,
    Line,
    PoolSettings,
    Seen,
    grade_of,
    see,
)
from lumi_desk.customers.touch_plan.rules import HALF_YEAR
from lumi_desk.errors import N_, LumiError

# Our choices: the design names these windows without their length.
RENEWAL_DAYS = 90
LOSS_DAYS = 180
MOST_DAYS = 3650
# `other` is also whatever title nobody has settled: it would make a second line of anything.
CROSS_LINES = frozenset({Line.COLLAGEN, Line.ENZYME})
_LOADS = frozenset({EntryKind.OPEN, EntryKind.TOP_UP})
_TICK = timedelta(milliseconds=1)
# Nobody sold by telephone and computer before: whoever asks for earlier is told from here on.
_EARLIEST = date(2000, 1, 1)
_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)

Sold = Sequence[tuple[datetime, Line]]


class NoMonth(LumiError):
    """A text that is no month, or one that is still to come."""

    title = N_("“{told}” is no month that has begun")
    advice = N_("Nothing was counted. Write it as in 2026-01.")


class NoWindow(LumiError):
    """A number of days that is no window."""

    title = N_("“{days}” is no number of days")
    advice = N_("Nothing was counted. Write a number of days from 1 to {most}.")

    @staticmethod
    def unless(days: int) -> None:
        """Raise it for what is no window."""
        if not 1 <= days <= MOST_DAYS:
            raise NoWindow(days=days, most=MOST_DAYS)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A customer by her beginning, and what she did within the window after it.

    `grade` is the one of her first day, `line` that of her first order, None if she began with a
    card. `again`, `opened` and `crossed` are for certain once the window `is_over`.
    """

    day: date
    grade: Grade | None
    line: Line | None
    is_over: bool
    again: bool
    opened: bool
    crossed: bool


@dataclass(frozen=True, slots=True)
class Cohort:
    """The newcomers of a month (its first day) and of a group, an empty text without groups.

    Of the `customers` the three figures count those whose window is over.
    """

    month: date
    group: str
    customers: int
    again: Share
    opened: Share
    crossed: Share

    @property
    def waiting(self) -> int:
        """Customers whose window is not over: they are in no figure."""
        return self.customers - self.again.of


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of a card's ledger, principal and bonus together: signed, what it adds."""

    at: datetime
    kind: EntryKind
    fen: int


@dataclass(frozen=True, slots=True)
class LowCard:
    """A card that a purchase brought below a month of use, and whether it was loaded again."""

    day: date
    is_over: bool
    renewed: bool


@dataclass(frozen=True, slots=True)
class Renewals:
    """The cards that ran low in a month; `renewed` counts those whose window is over."""

    month: date
    cards: int
    renewed: Share

    @property
    def waiting(self) -> int:
        """Cards whose window is not over: they are in no figure."""
        return self.cards - self.renewed.of


@dataclass(frozen=True, slots=True)
class Loss:
    """The members of pool 1 when a month began, and the lost among them; None until it is over.

    `last` is the last day of the window that begins with the month.
    """

    month: date
    last: date
    members: int
    lost: int | None


def newcomer(
    history: History,
    sold: Sold,
    now: datetime,
    days: int = HALF_YEAR.days,
    grades: GradeSettings = GRADE,
) -> Newcomer | None:
    """How she began and what came within `days` days; None for whoever has not begun.

    `sold` are the lines of her kept orders, a moment for each: an order may have several, and her
    history names the leading one alone. Bought again is bought on two days, as in the hand-over.
    """
    seen = see(history, now)
    if seen.first_at is None:
        return None
    first = local_day(seen.first_at)
    last = first + timedelta(days=days)
    end, opened = day_end(last), seen.card_opened_at
    lines = {line for at, line in sold if at < end}
    return Newcomer(
        day=first,
        grade=grade_of(see(history, day_end(first) - _TICK), grades),
        line=seen.kept[0].line if seen.days and seen.days[0] == first else None,
        is_over=seen.today > last,
        again=len({day for day in seen.days if day <= last}) >= 2,
        opened=opened is not None and opened < end,
        crossed=lines >= CROSS_LINES,
    )


def cohorts(
    found: Iterable[Newcomer], group: Callable[[Newcomer], str] = lambda _: ""
) -> tuple[Cohort, ...]:
    """The newcomers by month, and by group within it."""
    parts: dict[tuple[date, str], list[Newcomer]] = defaultdict(list)
    for one in found:
        parts[one.day.replace(day=1), group(one)].append(one)
    return tuple(_cohort(month, name, some) for (month, name), some in sorted(parts.items()))


def _cohort(month: date, group: str, some: Sequence[Newcomer]) -> Cohort:
    over = [one for one in some if one.is_over]
    return Cohort(
        month,
        group,
        len(some),
        again=Share(sum(one.again for one in over), len(over)),
        opened=Share(sum(one.opened for one in over), len(over)),
        crossed=Share(sum(one.crossed for one in over), len(over)),
    )


def low_cards(
    history: History, movements: Iterable[Movement], now: datetime, days: int = RENEWAL_DAYS
) -> Iterator[LowCard]:
    """Each time a purchase brought her card below a month of use, as renewal_due sees it.

    It counts once until the card is loaded again, or a refund of goods lifts it. Money paid back
    to her is no running low.
    """
    # Of the same moment what adds comes first, as the card must have held what it paid.
    ledger = sorted(
        (one for one in movements if one.at <= now),
        key=lambda one: (one.at, one.kind not in ADDING),
    )
    left, low = 0, False
    for place, one in enumerate(ledger):
        left += one.fen
        if one.kind in _LOADS:
            low = False
        elif one.kind is EntryKind.RESTORE:
            low = low and _is_low(history, left, one.at)
        elif one.kind is EntryKind.SPEND and not low and _is_low(history, left, one.at):
            low = True
            yield _low_card(local_day(one.at), ledger[place + 1 :], now, days)


def _low_card(day: date, later: Sequence[Movement], now: datetime, days: int) -> LowCard:
    last = day + timedelta(days=days)
    end = day_end(last)
    renewed = any(one.kind in _LOADS and one.at < end for one in later)
    return LowCard(day, local_day(now) > last, renewed)


def _is_low(history: History, left_fen: int, at: datetime) -> bool:
    seen = see(history, at)
    first = None if seen.first_at is None else local_day(seen.first_at)
    spent = sum(one.kept_fen for one in seen.within(365))
    return renewal_due(left_fen, monthly_use(first, seen.today, spent)) is not None


def renewals(found: Iterable[LowCard]) -> tuple[Renewals, ...]:
    """The cards by the month in which they ran low."""
    parts: dict[date, list[LowCard]] = defaultdict(list)
    for one in found:
        parts[one.day.replace(day=1)].append(one)
    return tuple(_renewals(month, some) for month, some in sorted(parts.items()))


def _renewals(month: date, some: Sequence[LowCard]) -> Renewals:
    over = [one for one in some if one.is_over]
    return Renewals(month, len(some), Share(sum(one.renewed for one in over), len(over)))


def is_lost(
    seen: Seen, start: date, days: int = LOSS_DAYS, pool: PoolSettings = POOL
) -> bool | None:
    """Whether she was in pool 1 when `start` began and neither bought nor opened a card since.

    Until the end of the window, that is, its `days` days beginning with `start`. None for whoever
    was not in pool 1.
    """
    place = bisect_left(seen.days, start)
    if not place or (start - seen.days[place - 1]).days > pool.active_days:
        return None
    opened = seen.card_opened_at
    card_day = None if opened is None else local_day(opened)
    if card_day is not None and card_day < start:
        return None
    end = start + timedelta(days=days)
    bought = place < len(seen.days) and seen.days[place] < end
    return not bought and (card_day is None or card_day >= end)


def losses(
    found: Iterable[Seen],
    months: Sequence[date],
    today: date,
    days: int = LOSS_DAYS,
    pool: PoolSettings = POOL,
) -> tuple[Loss, ...]:
    """The loss of each month, of everybody as she stands today."""
    members, lost = dict.fromkeys(months, 0), dict.fromkeys(months, 0)
    for seen in found:
        if not seen.days:
            continue
        # Before her first purchase, and long after her last one, she is no member.
        begin = bisect_right(months, seen.days[0])
        end = bisect_right(months, seen.days[-1] + timedelta(days=pool.active_days))
        for month in months[begin:end]:
            gone = is_lost(seen, month, days, pool)
            members[month] += gone is not None
            lost[month] += gone is True
    lasts = {month: month + timedelta(days=days - 1) for month in months}
    return tuple(
        Loss(one, last, members[one], lost[one] if last < today else None)
        for one, last in lasts.items()
    )


def months(since: date, until: date) -> tuple[date, ...]:
    """The first days of the months from that of `since` to that of `until`."""
    first, last = (one.year * 12 + one.month - 1 for one in (since, until))
    return tuple(date(one // 12, one % 12 + 1, 1) for one in range(first, last + 1))


def first_month(told: str, today: date) -> date:
    """The first day of a month as in 2026-01; of January of last year for an empty text.

    Raises NoMonth for what is none, or has not begun.
    """
    if not told:
        return date(today.year - 1, 1, 1)
    try:
        # Weeks, as in 2026-W01, are dates for Python too.
        since = date.fromisoformat(f"{told}-01") if _MONTH.fullmatch(told) else None
    except ValueError:
        since = None
    if since is None or since > today:
        raise NoMonth(told=told)
    return max(since, _EARLIEST)
