"""What a customer did, before it is written down as records: orders, cards, calls, promises."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

from lumi_desk import clock
from lumi_desk.demo.names import Name


class Role(Enum):
    """What kind of customer she is, which decides how she has bought."""

    STORY = "story"
    CALLBACK = "callback"
    BALANCE = "balance"
    NEWCOMER = "newcomer"
    CHURN = "churn"
    RUN_OUT = "run_out"
    COMPLAINT = "complaint"
    REFUSED = "refused"
    CARD = "card"
    STEADY = "steady"
    NEW = "new"
    COOLING = "cooling"
    LAPSED = "lapsed"


MONTHLY = frozenset({Role.STEADY, Role.CARD, Role.CALLBACK, Role.COMPLAINT})
"""Whoever's orders of this month come from her rep's plan."""


@dataclass(slots=True)
class Bought:
    """One order: `lines` are (product id, units); `fate` is "kept", "unpaid" or "refunded"."""

    at: datetime
    lines: tuple[tuple[str, int], ...]
    discount_fen: int = 0
    fate: str = "kept"
    delivered_at: datetime | None = None


@dataclass(slots=True)
class Called:
    """One contact; nobody answered when `talk_seconds` is 0 in a call."""

    at: datetime
    disposition: str
    talk_seconds: int = 0
    note: str = ""
    channel: str = "call"
    attitude: str = ""
    script: str = ""


@dataclass(slots=True)
class Promised:
    """A callback; it is open without `done_at`."""

    due_at: datetime
    why: str
    done_at: datetime | None = None


@dataclass(slots=True)
class Complained:
    """A complaint; due within seven days."""

    at: datetime
    words: str
    replied_at: datetime | None
    closed_at: datetime | None = None
    remedy: str = ""


@dataclass(slots=True)
class Life:
    """A customer and all that happened with her. `openings` are (time, card plan id)."""

    name: Name
    role: Role
    rep_id: str
    city: str
    taste: str = "collagen"
    phone: str = ""
    wangwang: str = ""
    wechat: str = ""
    wechat_state: str = "none"
    allergy: str = ""
    household: int = 1
    birthday: date | None = None
    orders: list[Bought] = field(default_factory=list)
    openings: list[tuple[datetime, str]] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    notes: list[tuple[datetime, str]] = field(default_factory=list)
    promises: list[Promised] = field(default_factory=list)
    complaints: list[Complained] = field(default_factory=list)
    refused_at: datetime | None = None
    refused_words: str = ""


# Shares of a day's orders by the hour of Shanghai: the evening sells.
_HOURS = (2, 1, 0, 0, 0, 0, 1, 2, 3, 5, 6, 6, 5, 5, 5, 5, 5, 5, 6, 9, 13, 14, 10, 5)
_FESTIVALS = (
    ((1, 5), (1, 24), 1.6),
    ((3, 3), (3, 8), 2.6),
    ((5, 5), (5, 12), 1.8),
    ((6, 1), (6, 18), 2.8),
    ((9, 6), (9, 12), 1.6),
    ((9, 20), (9, 29), 1.5),
    ((10, 24), (11, 11), 3.6),
    ((12, 10), (12, 12), 2.0),
)


class Calendar:
    """Days and times as a demonstration counts them: back from one moment."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = clock.local_day(now)
        self._midnight = clock.day_start(self.today)
        self.month_start = clock.day_start(self.today.replace(day=1))
        self.month_days = self.today.day - 1
        """Days of this month before today."""
        weights = [festival_weight(self.today - timedelta(days=ago)) for ago in range(1400)]
        self._weights = weights

    def at(self, ago: int, hour: int, minute: int = 0) -> datetime:
        """A time of day so many days ago; a negative number is a day to come."""
        return self._midnight + timedelta(days=-ago, hours=hour, minutes=minute)

    def past(self, ago: int, hour: int, minute: int = 0) -> datetime:
        """Like `at`, but moved before now when it lies after it."""
        return min(self.at(ago, hour, minute), self.now - timedelta(minutes=7 + minute % 11))

    def evening(self, dice: random.Random, ago: int) -> datetime:
        """A time of that day at which people order."""
        hour = dice.choices(range(24), _HOURS)[0]
        return self.past(ago, hour, dice.randrange(60))

    def office(self, dice: random.Random, ago: int) -> datetime:
        """A time of that day at which people may be called."""
        if ago == 0 and self.now < self.at(0, 9, 20):
            ago = 1
        minutes = dice.randrange(9 * 60)
        # Nobody calls between 12:00 and 13:30.
        start = 9 * 60 if minutes < 180 else 10 * 60 + 30
        at = self._midnight + timedelta(days=-ago, minutes=start + minutes)
        if at < self.now:
            return at
        opened = self.at(ago, 9)
        over = max(int((self.now - opened).total_seconds()), 600)
        drawn = opened + timedelta(seconds=dice.randrange(over))
        drawn = min(drawn, self.now - timedelta(minutes=dice.randint(8, 20)))
        is_midday = self.at(ago, 12) <= drawn < self.at(ago, 13, 30)
        return drawn - timedelta(minutes=95) if is_midday else drawn

    def drawn(self, dice: random.Random, ago: int) -> int:
        """A day near that one, drawn towards the festivals."""
        near = [max(ago + dice.randint(-12, 12), 1) for _ in range(5)]
        return dice.choices(near, [self._weights[min(day, 1399)] for day in near])[0]

    def weight(self, ago: int) -> float:
        """How much is bought on that day against an ordinary one."""
        return self._weights[ago]


def festival_weight(day: date) -> float:
    """How much is bought on a day against an ordinary one."""
    here = (day.month, day.day)
    return next((weight for first, last, weight in _FESTIVALS if first <= here <= last), 1.0)
