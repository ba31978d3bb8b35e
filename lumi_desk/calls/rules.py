"""Contacts: how they go, how they end, and when one may be tried."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from lumi_desk.because import Because, because
from lumi_desk.clock import SHANGHAI, local_day

BECAUSE_CODES = frozenset(
    {"refused", "hours", "midday", "daily_cap", "weekly_cap", "monthly_cap", "spacing"}
)


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
