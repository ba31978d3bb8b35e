"""Whom to contact next, and why: the order of the day's list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lumi_desk.because import Because, because
from lumi_desk.calls.rules import BUDGET, Allowed, ContactBudget, may_dial
from lumi_desk.clock import local_day

BECAUSE_CODES = frozenset(
    {"wrap_up", "callback", "complaint_due", "run_out", "newcomer", "campaign", "rest"}
)


class Reason(StrEnum):
    """Why she is on the list, best first (design part 4, Worklist)."""

    WRAP_UP = "wrap_up"
    CALLBACK = "callback"
    COMPLAINT = "complaint"
    BALANCE = "balance"
    RUN_OUT = "run_out"
    NEWCOMER = "newcomer"
    CHURN = "churn"
    TOUCH = "touch"
    CAMPAIGN = "campaign"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of one customer that could put her on the list.

    `balance`, `churn` and `touch` are the answers of the cards' `renewal_due` and the customers'
    `churn_warning` and `touches_missed`; `value_fen` is her spend of the last year. `delivered_at`
    is given for newcomers only. `dials` are all dials of the last 30 days, by anybody.
    """

    customer_id: str
    refused: bool = False
    skipped_day: date | None = None
    dials: tuple[datetime, ...] = ()
    wrap_up_since: datetime | None = None
    callback_at: datetime | None = None
    complaint_due_at: datetime | None = None
    balance: Because | None = None
    run_out_day: date | None = None
    delivered_at: datetime | None = None
    churn: Because | None = None
    touch: Because | None = None
    campaign: str | None = None
    value_fen: int = 0
    last_contact_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. `because` belongs to `reason` and then to each of `others`."""

    customer_id: str
    reason: Reason
    others: tuple[Reason, ...]
    due_at: datetime | None
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class WorklistSettings:
    """Design part 4; the lead times are our choice.

    `order` is the manager's order of the reasons between wrap-up debt and the rest. A promised
    callback is due `callback_lead` before its time, a complaint from the day before its due day;
    run-out is shown `run_out_ahead` days before and `run_out_behind` days after the day.
    """

    order: tuple[Reason, ...] = tuple(Reason)[1:-1]
    callback_lead: timedelta = timedelta(minutes=30)
    complaint_lead: timedelta = timedelta(days=1)
    run_out_ahead: int = 6
    run_out_behind: int = 6
    newcomer_within: timedelta = timedelta(hours=48)
    rest_days: int = 90


WORKLIST = WorklistSettings()
