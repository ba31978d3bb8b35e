"""Whom to contact next, and why: the order of the day's list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from lumi_desk.because import Because, because
from lumi_desk.calls.rules import BUDGET, Allowed, ContactBudget, may_dial
from lumi_desk.clock import day_start, local_day

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


# What is owed to her: all other reasons are there to sell.
SERVICE = frozenset({Reason.WRAP_UP, Reason.CALLBACK, Reason.COMPLAINT})


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of one customer that could put her on the list.

    `balance`, `churn` and `touch` are the answers of the cards' `renewal_due`, the customers'
    `churn_warning` and the touch plan's `missed`; `again` is the `score` of customers.again and
    orders the churn warnings; `value_fen` is her spend of the last year. `run_out_day` is given
    while she is to be reminded of it, `delivered_at` for newcomers only. `dials` are all dials of
    the last 30 days, by anybody. `points` are what calls have taught of customers like her,
    `learned` is the strongest reason for them. `offers` and `service` say whether she may be
    called for them.
    """

    customer_id: str
    refused: bool = False
    offers: bool = True
    service: bool = True
    skipped_day: date | None = None
    dials: tuple[datetime, ...] = ()
    wrap_up_since: datetime | None = None
    callback_at: datetime | None = None
    complaint_due_at: datetime | None = None
    balance: Because | None = None
    run_out_day: date | None = None
    delivered_at: datetime | None = None
    churn: Because | None = None
    again: float = 0.0
    touch: Because | None = None
    campaign: str | None = None
    value_fen: int = 0
    last_contact_at: datetime | None = None
    points: int = 0
    learned: Because | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. `because` belongs to `reason` and then to each of `others`.

    `learned` says what calls have taught, where that has a part in her place.
    """

    customer_id: str
    reason: Reason
    others: tuple[Reason, ...]
    due_at: datetime | None
    because: tuple[Because, ...]
    learned: Because | None = None


@dataclass(frozen=True, slots=True)
class WorklistSettings:
    """Design part 4; the lead times are our choice.

    `order` is the manager's order of the reasons between wrap-up debt and the rest. A promised
    callback is due `callback_lead` before its time, a complaint from the day before its due day.
    Among customers with one of the `learned` reasons, points come before value and time.
    """

    order: tuple[Reason, ...] = tuple(Reason)[1:-1]
    callback_lead: timedelta = timedelta(minutes=30)
    complaint_lead: timedelta = timedelta(days=1)
    newcomer_within: timedelta = timedelta(hours=48)
    rest_days: int = 90
    learned: frozenset[Reason] = frozenset({Reason.CHURN, Reason.CAMPAIGN, Reason.REST})

    def rank(self, reason: Reason) -> int:
        """The place of a reason: wrap-up debt first, the rest last, left-out ones just before."""
        places = (Reason.WRAP_UP, *self.order)
        if reason is Reason.REST:
            return len(places) + 1
        return places.index(reason) if reason in places else len(places)


WORKLIST = WorklistSettings()


@dataclass(frozen=True, slots=True)
class _Why:
    """One reason with its sentence and its time."""

    reason: Reason
    because: Because
    due_at: datetime | None = None


def _owed(one: Candidate, now: datetime, settings: WorklistSettings) -> list[_Why]:
    """What was begun or promised."""
    found = []
    if one.wrap_up_since is not None:
        since = one.wrap_up_since
        found.append(_Why(Reason.WRAP_UP, because("wrap_up", since_at=_iso(since)), since))
    if one.callback_at is not None and one.callback_at - settings.callback_lead <= now:
        at = one.callback_at
        found.append(_Why(Reason.CALLBACK, because("callback", due_at=_iso(at)), at))
    due = one.complaint_due_at
    if due is not None and local_day(due - settings.complaint_lead) <= local_day(now):
        found.append(_Why(Reason.COMPLAINT, because("complaint_due", due_at=_iso(due)), due))
    return found


def _needed(one: Candidate, now: datetime, settings: WorklistSettings) -> list[_Why]:
    """What her purchases ask for."""
    found = []
    if one.balance is not None:
        found.append(_Why(Reason.BALANCE, one.balance))
    if one.run_out_day is not None:
        ahead = (one.run_out_day - local_day(now)).days
        says = because("run_out", run_out_day=one.run_out_day.isoformat(), days=ahead)
        found.append(_Why(Reason.RUN_OUT, says, day_start(one.run_out_day)))
    since = one.delivered_at
    if since is not None and since <= now <= since + settings.newcomer_within:
        hours = int((now - since).total_seconds() // 3600)
        until = since + settings.newcomer_within
        visit = _Why(Reason.NEWCOMER, because("newcomer", hours=hours), until)
        # Whoever was contacted after the delivery has had her first visit.
        visited = one.last_contact_at is not None and one.last_contact_at >= since
        found += [] if visited else [visit]
    return found


def _rest(one: Candidate, now: datetime, settings: WorklistSettings) -> list[_Why]:
    """What may be worth a call, unless she was promised one later."""
    found = []
    if one.churn is not None:
        found.append(_Why(Reason.CHURN, one.churn))
    if one.touch is not None:
        found.append(_Why(Reason.TOUCH, one.touch))
    if one.callback_at is not None and one.callback_at > now:
        return found
    if one.campaign is not None:
        found.append(_Why(Reason.CAMPAIGN, because("campaign", name=one.campaign)))
    days = _quiet_days(one, now, settings)
    found.append(_Why(Reason.REST, because("rest", value_fen=one.value_fen, days=days)))
    return found


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _quiet_days(one: Candidate, now: datetime, settings: WorklistSettings) -> int:
    """Days since the last contact, up to a limit; the limit without any contact."""
    if one.last_contact_at is None:
        return settings.rest_days
    return min(max((local_day(now) - local_day(one.last_contact_at)).days, 0), settings.rest_days)


def _reasons(one: Candidate, now: datetime, settings: WorklistSettings) -> list[_Why]:
    """All her reasons, best first."""
    found = [*_owed(one, now, settings), *_needed(one, now, settings), *_rest(one, now, settings)]
    lawful = [why for why in found if _may_be_called(one, why.reason)]
    return sorted(lawful, key=lambda why: settings.rank(why.reason))


def _may_be_called(one: Candidate, reason: Reason) -> bool:
    """Whether her word allows a call for this; what was begun is written up in any case."""
    if reason is Reason.WRAP_UP:
        return True
    return one.service if reason in SERVICE else one.offers


def _appears(one: Candidate, now: datetime, budget: ContactBudget) -> bool:
    """Whether she may stand on the list; wrap-up needs no dial, so only a refusal hides it."""
    if one.refused:
        return False
    if one.wrap_up_since is not None:
        return True
    if one.skipped_day == local_day(now):
        return False
    return isinstance(may_dial(now, one.dials, refused=one.refused, settings=budget), Allowed)


_Key = tuple[int, float, int, float, int, int, str]


def _key(one: Candidate, best: _Why, now: datetime, settings: WorklistSettings) -> _Key:
    """The order: reason, its time, what calls taught, then value and days since contact together.

    Without anything learned all points are 0, and the order is that of the rest. Of those a churn
    warning speaks of, whoever may best be won back is first then: a warning comes early for some,
    and for others when they are gone already.
    """
    due = best.due_at.timestamp() if best.due_at is not None else float("inf")
    quiet = _quiet_days(one, now, settings)
    worth = one.value_fen * quiet
    points = one.points if best.reason in settings.learned else 0
    again = one.again if best.reason is Reason.CHURN else 0.0
    return settings.rank(best.reason), due, -points, -again, -worth, -quiet, one.customer_id


def order(
    candidates: Iterable[Candidate],
    now: datetime,
    settings: WorklistSettings = WORKLIST,
    budget: ContactBudget = BUDGET,
) -> tuple[Entry, ...]:
    """The list at a moment, whoever is to be contacted next first, each customer once.

    Of several candidates with one id the first counts. Out of hours the list holds wrap-up debt
    only; give `calls.rules.next_open(now)` as the moment to see the list that comes then.
    """
    rows: dict[str, tuple[_Key, Entry]] = {}
    for one in candidates:
        if one.customer_id in rows or not _appears(one, now, budget):
            continue
        whys = _reasons(one, now, settings)
        if whys:
            entry = Entry(
                customer_id=one.customer_id,
                reason=whys[0].reason,
                others=tuple(why.reason for why in whys[1:]),
                due_at=whys[0].due_at,
                because=tuple(why.because for why in whys),
                learned=one.learned if whys[0].reason in settings.learned else None,
            )
            rows[one.customer_id] = (_key(one, whys[0], now, settings), entry)
    return tuple(entry for _, entry in sorted(rows.values(), key=lambda row: row[0]))
