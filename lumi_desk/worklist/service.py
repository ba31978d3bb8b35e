"""Today's list: whom to contact next, from everything this desk holds, in one pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.because import Because
from lumi_desk.calls import service as calls
from lumi_desk.calls.rules import closed, next_open
from lumi_desk.calls.service import Promise
from lumi_desk.calls.underway.rules import UnderWay
from lumi_desk.cards import service as cards
from lumi_desk.cards.rules import MonthlyUse, monthly_use, renewal_due
from lumi_desk.catalog import service as catalog
from lumi_desk.catalog import shelf
from lumi_desk.catalog.service import Ware
from lumi_desk.complaints import service as complaints
from lumi_desk.consents import service as consents
from lumi_desk.consents.rules import Purpose, Way
from lumi_desk.consents.service import Words
from lumi_desk.customers import held
from lumi_desk.customers.again.rules import AGAIN, AgainSettings, remembered, score
from lumi_desk.customers.held import Held
from lumi_desk.customers.person import rhythm
from lumi_desk.customers.rules import ChurnSettings, churn_warning
from lumi_desk.customers.rulesets import service as rulesets
from lumi_desk.customers.run_out import service as run_outs
from lumi_desk.customers.run_out.rules import Due, RunOutSettings, due, used_up
from lumi_desk.customers.touch_plan import rules as touch_plan
from lumi_desk.customers.touch_plan.rules import HalfYearSettings
from lumi_desk.orders import service as orders
from lumi_desk.orders.service import Ordered
from lumi_desk.worklist.known import rules as learned
from lumi_desk.worklist.known.rules import Known, Past
from lumi_desk.worklist.learned.rules import Points
from lumi_desk.worklist.rules import WORKLIST, Candidate, Entry, order


@dataclass(frozen=True, slots=True)
class Listed:
    """One customer of the list with what her line says besides the reason.

    `product` is what runs out, `first` her only order while she is new, `answered` whether her
    open complaint has had its first reply, `promise` her open callback.
    """

    customer: Held
    entry: Entry
    product: str = ""
    last: Ordered | None = None
    complaint_answered: bool = False
    promise: Promise | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """The list, and while nobody may be called: why, and when calling begins again."""

    rows: tuple[Listed, ...] = ()
    closed: Because | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything the candidates are made of, each read once."""

    now: datetime
    refused: frozenset[str]
    words: Words
    skipped: frozenset[str]
    dials: Mapping[str, tuple[datetime, ...]]
    under_way: Mapping[str, UnderWay]
    promises: Mapping[str, Promise]
    complaints: Mapping[str, tuple[datetime, bool]]
    balances: Mapping[str, int]
    latest: Mapping[str, Ordered]
    contacted: Mapping[str, datetime]
    wares: Mapping[str, Ware]
    again: AgainSettings
    churn: ChurnSettings
    half_year: HalfYearSettings
    run_out: RunOutSettings
    points: Points | None
    pasts: Mapping[str, Past]


def today(session: Session, now: datetime) -> Today:
    """The list at a moment. Out of hours it is the one that comes when calling begins."""
    budget = calls.budget(session, now)
    shut = closed(now, budget)
    moment = next_open(now, budget)
    known = _known(session, moment)
    customers = {customer.id: customer for customer in held.everybody(session)}
    candidates = (_candidate(customer, known) for customer in customers.values())
    entries = order(candidates, moment, WORKLIST, budget)
    return Today(
        tuple(_listed(customers[entry.customer_id], entry, known) for entry in entries),
        closed=shut.because if shut else None,
        opens_at=shut.until if shut else None,
    )


def ending_balances(session: Session, now: datetime) -> frozenset[str]:
    """The customers whose card should be renewed now."""
    balances = cards.balances(session)
    return frozenset(
        customer.id
        for customer in held.everybody(session)
        if _balance(customer, balances.get(customer.id), now) is not None
    )


def _known(session: Session, now: datetime) -> _Known:
    loads = cards.loading_orders(session)
    latest = orders.latest(session, now - run_outs.ORDERS_BACK, loads)
    points = learned.read(catalog.setting(session, learned.RULE_SET, clock.local_day(now)))
    return _Known(
        now=now,
        refused=calls.refused(session),
        words=consents.everybody(session, now),
        skipped=calls.skipped(session, clock.local_day(now)),
        dials=calls.dials(session, now - calls.BUDGET_DAYS),
        under_way={call.customer_id: call for call in calls.all_under_way(session)},
        promises=calls.promises(session),
        complaints=complaints.due(session),
        balances=cards.balances(session),
        latest=latest,
        contacted=calls.last_contacts(session),
        wares=catalog.products(session),
        again=shelf.usable(session, "again", clock.local_day(now), AGAIN),
        churn=rulesets.churn(session, now),
        half_year=rulesets.half_year(session, now),
        run_out=rulesets.run_out(session, now),
        points=points,
        pasts=_pasts(session) if points else {},
    )


def _candidate(customer: Held, known: _Known) -> Candidate:
    one, now = customer.id, known.now
    call = known.under_way.get(one)
    promise, complaint = known.promises.get(one), known.complaints.get(one)
    latest, contacted = known.latest.get(one), known.contacted.get(one)
    churn = _churn(customer, known)
    points, why = _learned(customer, known)
    return Candidate(
        customer_id=one,
        refused=one in known.refused,
        offers=known.words.may(one, Way.PHONE, Purpose.MARKETING),
        service=known.words.may(one, Way.PHONE, Purpose.SERVICE),
        skipped_day=clock.local_day(now) if one in known.skipped else None,
        dials=known.dials.get(one, ()),
        wrap_up_since=call.started_at if call and call.is_debt else None,
        callback_at=promise.due_at if promise else None,
        complaint_due_at=complaint[0] if complaint else None,
        balance=_balance(customer, known.balances.get(one), now),
        run_out_day=_run_out(customer, latest, known),
        delivered_at=latest.delivered_at if latest and _is_newcomer(customer) else None,
        churn=churn,
        again=_again(customer, known) if churn else 0.0,
        touch=_touch(customer, contacted, known),
        value_fen=customer.year_fen,
        last_contact_at=contacted,
        points=points,
        learned=why,
    )


def _pasts(session: Session) -> dict[str, Past]:
    answering = catalog.answering(session)
    return learned.pasts(calls.since_answered(session, answering), answering)


def _learned(customer: Held, known: _Known) -> tuple[int, Because | None]:
    """What calls have taught of customers like her; nothing until there are points."""
    if known.points is None:
        return 0, None
    hers = Known(
        past=known.pasts.get(customer.id, Past()),
        last_paid_at=customer.last_paid_at,
        rhythm_days=customer.rhythm_days,
        pool=customer.pool,
        grade=customer.grade,
        relationship=customer.relationship,
        year_fen=customer.year_fen,
    )
    return learned.standing(known.points, hers, known.now)


def _listed(customer: Held, entry: Entry, known: _Known) -> Listed:
    latest = known.latest.get(customer.id)
    ticket = known.complaints.get(customer.id)
    return Listed(
        customer,
        entry,
        product=_product(latest, known),
        last=latest,
        complaint_answered=bool(ticket and ticket[1]),
        promise=known.promises.get(customer.id),
    )


def _is_newcomer(customer: Held) -> bool:
    """Whether the first order is still her only one."""
    return customer.grade is not None and customer.year_orders <= 1


def _balance(customer: Held, balance_fen: int | None, now: datetime) -> Because | None:
    if balance_fen is None:
        return None
    return renewal_due(balance_fen, use_of(customer.first_paid_at, customer.year_fen, now))


def use_of(first_paid_at: datetime | None, year_fen: int, now: datetime) -> MonthlyUse | None:
    """What she uses up a month by her own orders; None without a year of them."""
    first = None if first_paid_at is None else clock.local_day(first_paid_at)
    return monthly_use(first, clock.local_day(now), year_fen)


def _run_out(customer: Held, latest: Ordered | None, known: _Known) -> date | None:
    """The day her latest order is used up, while she is to be reminded of it."""
    taken = run_outs.taken(latest, customer.household, known.wares)
    if due(taken, clock.local_day(known.now), known.run_out) is not Due.NOW:
        return None
    return used_up(taken, known.run_out)


def _product(latest: Ordered | None, known: _Known) -> str:
    """What her latest order was most of."""
    main = latest.main if latest else None
    if main is None:
        return ""
    ware = known.wares.get(main.product_id or "")
    return ware.name if ware else main.title


def _churn(customer: Held, known: _Known) -> Because | None:
    last, now, settings = customer.last_paid_at, known.now, known.churn
    # Most bought lately; the rule need not be asked about them. Its days begin at midnight.
    soonest = min(settings.least, settings.lost - settings.ahead) - 1
    if last is None or now - last < timedelta(days=soonest):
        return None
    return churn_warning(rhythm(last, customer.rhythm_days), now, settings)


def _again(customer: Held, known: _Known) -> float:
    """Her place among those who may be lost, from what is held of her."""
    last = customer.last_paid_at
    if last is None:
        return 0.0
    first, day = clock.local_day(customer.first_paid_at or last), clock.local_day(known.now)
    orders, usual = customer.year_orders, customer.rhythm_days
    seen = remembered(first, clock.local_day(last), day, usual, orders)
    return score(seen, customer.year_fen, known.again)


def _touch(customer: Held, contacted: datetime | None, known: _Known) -> Because | None:
    """The latest step of the touch plan that is missed, if her word lets her be reached by it."""
    last, now, settings = customer.last_paid_at, known.now, known.half_year
    if last is None or now - last > timedelta(days=settings.days + 1):
        return None
    bought = clock.local_day(last)
    spoken = None if contacted is None else (clock.local_day(contacted) - bought).days
    missed = touch_plan.missed((clock.local_day(now) - bought).days, spoken, settings)
    if not missed:
        return None
    way = Way(str(missed[-1].fields["way"]))
    return missed[-1] if known.words.may(customer.id, way, Purpose.MARKETING) else None
