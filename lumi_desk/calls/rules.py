"""Contacts: how they go, how they end, and when one may be tried."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from lumi_desk.because import Because, because
from lumi_desk.clock import SHANGHAI, local_day

BECAUSE_CODES = frozenset(
    {"refused", "withdrawn", "hours", "midday", "daily_cap", "weekly_cap", "monthly_cap", "spacing"}
)

# A contact in short: customer, start, channel, result.
Told = tuple[str, datetime, str, str]


class Channel(StrEnum):
    """How a contact is made."""

    CALL = "call"
    WECHAT = "wechat"
    WANGWANG = "wangwang"


class Disposition(StrEnum):
    """结果: what happened, in two levels; the manager's list may leave some out."""

    SOLD = "sold"
    INTERESTED = "interested"
    THINKING = "thinking"
    NO_NEED = "no_need"
    NOT_HER = "not_her"
    COMPLAINT = "complaint"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    BUSY = "busy"
    OFF = "off"
    STOPPED = "stopped"
    WRONG_NUMBER = "wrong_number"

    @property
    def answered(self) -> bool:
        """Whether somebody was spoken to."""
        return self in ANSWERED


# The order is that of the digits 1 to 6 in the wrap-up form.
ANSWERED = (
    Disposition.SOLD,
    Disposition.INTERESTED,
    Disposition.THINKING,
    Disposition.NO_NEED,
    Disposition.NOT_HER,
    Disposition.COMPLAINT,
)
NOT_ANSWERED = (
    Disposition.NO_ANSWER,
    Disposition.DECLINED,
    Disposition.BUSY,
    Disposition.OFF,
    Disposition.STOPPED,
    Disposition.WRONG_NUMBER,
)


class Attitude(StrEnum):
    """客户态度, in the order of the form: 抵触, 中性, 积极."""

    RESISTANT = "resistant"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class WechatState(StrEnum):
    """未加, 已申请, 已通过, 已删除."""

    NONE = "none"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class ContactBudget:
    """Design part 4; the weekly and monthly caps, which it leaves open, are our choice.

    Hours are Shanghai wall time, the first included and the last not. The caps count a customer's
    dials over all phones and reps: today, the last 7 and the last 30 calendar days.
    """

    opens: time = time(9)
    closes: time = time(21)
    pause_from: time = time(12)
    pause_until: time = time(13, 30)
    per_day: int = 3
    per_week: int = 6
    per_month: int = 12
    apart: timedelta = timedelta(minutes=30)


BUDGET = ContactBudget()


@dataclass(frozen=True, slots=True)
class Allowed:
    """She may be dialled now. `left_today` is the number of dials left, this one included."""

    left_today: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """She may not, why, and when to ask again (None: never)."""

    because: Because
    until: datetime | None


def _at(moment: datetime, clock: time, days: int = 0) -> datetime:
    """That wall time on the same Shanghai day, or `days` later, in UTC."""
    day = local_day(moment) + timedelta(days=days)
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)


def closed(now: datetime, settings: ContactBudget = BUDGET) -> Blocked | None:
    """Why nobody may be called at this moment, and when calling begins again."""
    clock = now.astimezone(SHANGHAI).time()
    if not settings.opens <= clock < settings.closes:
        says = because("hours", opens=f"{settings.opens:%H:%M}", closes=f"{settings.closes:%H:%M}")
        return Blocked(says, _at(now, settings.opens, days=int(clock >= settings.closes)))
    if settings.pause_from <= clock < settings.pause_until:
        return Blocked(
            because("midday", until=f"{settings.pause_until:%H:%M}"),
            _at(now, settings.pause_until),
        )
    return None


def next_open(now: datetime, settings: ContactBudget = BUDGET) -> datetime:
    """The first moment from now on at which people may be called."""
    blocked = closed(now, settings)
    return now if blocked is None or blocked.until is None else blocked.until


def _used_up(now: datetime, dials: list[datetime], settings: ContactBudget) -> Blocked | None:
    """The cap over a day, a week or a month that is reached, the longest wait first.

    A dial dated in the future (a clock was set back) counts as one of today.
    """
    today = local_day(now)
    ages = sorted(max((today - local_day(dial)).days, 0) for dial in dials)
    caps = (
        ("monthly_cap", settings.per_month, 30),
        ("weekly_cap", settings.per_week, 7),
        ("daily_cap", settings.per_day, 1),
    )
    for code, cap, days in caps:
        within = [age for age in ages if age < days]
        if len(within) >= cap:
            # Room comes back when the dial that fills the cap leaves the window.
            wait = days - within[cap - 1] if cap > 0 else days
            return Blocked(because(code, cap=cap, used=len(within)), _at(now, settings.opens, wait))
    return None


def may_dial(
    now: datetime,
    dials: Iterable[datetime],
    *,
    refused: bool,
    withdrawn: bool = False,
    settings: ContactBudget = BUDGET,
) -> Allowed | Blocked:
    """Whether a customer may be dialled now, given every dial to her by anybody.

    A refusal binds for ever, and so does the basis for calling her being `withdrawn`; then come
    hours, caps, and the time between two dials.
    """
    if refused or withdrawn:
        return Blocked(because("refused" if refused else "withdrawn"), None)
    known = list(dials)
    blocked = closed(now, settings) or _used_up(now, known, settings)
    if blocked is not None:
        return blocked
    near = [dial for dial in known if abs(now - dial) < settings.apart]
    if near:
        minutes = int(settings.apart.total_seconds() // 60)
        until = next_open(max(near) + settings.apart, settings)
        return Blocked(because("spacing", minutes=minutes), until)
    today = sum(local_day(dial) >= local_day(now) for dial in known)
    return Allowed(settings.per_day - today)
