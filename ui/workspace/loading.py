"""What the rep's desk asks of the store: the day, and the customer she has before her."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from lumi_desk.because import Because
from lumi_desk.calls import service as calls
from lumi_desk.calls.habits.rules import Habit, best_part
from lumi_desk.calls.rules import Allowed, Blocked, Channel, ContactBudget, may_dial
from lumi_desk.calls.service import Promise
from lumi_desk.calls.underway.rules import UnderWay
from lumi_desk.cards.rules import renewal_due
from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.service import Outcome
from lumi_desk.clock import local_day
from lumi_desk.consents import service as consents
from lumi_desk.consents.rules import ConsentSettings, Purpose, Way, may
from lumi_desk.customers import person
from lumi_desk.customers import service as customers
from lumi_desk.customers.person import Person
from lumi_desk.customers.rulesets import service as rulesets
from lumi_desk.customers.touch_plan import service as touch_plan
from lumi_desk.customers.touch_plan.rules import Clock
from lumi_desk.customers.why import service as why
from lumi_desk.desk import Me
from lumi_desk.offers import service as offers
from lumi_desk.offers.rules import Baskets
from lumi_desk.offers.service import Shown
from lumi_desk.reports import service as reports
from lumi_desk.reports.rules import FactKind
from lumi_desk.scripts import filling
from lumi_desk.scripts import service as scripts
from lumi_desk.scripts.rules import Situation
from lumi_desk.scripts.service import Loaded
from lumi_desk.targets import service as targets
from lumi_desk.targets.rules import WorkTime
from lumi_desk.targets.service import RepMonth
from lumi_desk.worklist import service as worklist
from lumi_desk.worklist.service import Today

_WAY_OF = {
    Channel.CALL: Way.PHONE,
    Channel.WECHAT: Way.WECHAT,
    Channel.WANGWANG: Way.WANGWANG,
}


@dataclass(frozen=True, slots=True)
class Day:
    """The list, the figures of the top bar, the manager's list of outcomes, what is under way.

    `dials` and `answered` are those of contacts that are written up.
    """

    today: Today
    dials: int
    answered: int
    month: RepMonth
    time: WorkTime
    outcomes: tuple[Outcome, ...]
    under_way: tuple[UnderWay, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The customer before the rep, with everything the panes say about her."""

    her: Person
    promise: Promise | None
    shown: Shown
    script: Loaded | None
    fields: Mapping[str, str]
    call: UnderWay | None
    budget: ContactBudget
    habit: Habit | None
    around: Baskets
    whys: tuple[Because, ...]
    unsaid: ConsentSettings
    tags: tuple[str, ...] = ()
    clock: Clock | None = None

    def may_dial(self, now: datetime, call: UnderWay) -> Allowed | Blocked:
        """Whether she may be dialled now, the dials of the call under way counted."""
        moments = {at for at, _ in self.her.dials} | {one.at for one in call.dials}
        return may_dial(
            now,
            moments,
            refused=self.her.refused,
            withdrawn=not self.may_reach(Way.PHONE),
            settings=self.budget,
        )

    def may_reach(self, way: Way) -> bool:
        """Whether her word lets her be reached by a way: for offers, or for what is owed to her."""
        if may(self.her.words, way, Purpose.MARKETING, self.unsaid):
            return True
        owed = self.promise is not None or self.her.complaint_open is not None
        return owed and may(self.her.words, way, Purpose.SERVICE, self.unsaid)

    def offered(self, call: UnderWay | None) -> Shown:
        """What may be offered to her in this contact: nothing where her word closed its way.

        What is owed to her may still be talked about. Before a contact it is the way by which she
        would be reached, the phone first.
        """
        if call is not None and call.is_debt:
            way = _WAY_OF[call.channel]
        else:
            way = next((one for one in _WAY_OF.values() if self.may_reach(one)), Way.PHONE)
        closed = not may(self.her.words, way, Purpose.MARKETING, self.unsaid)
        return replace(self.shown, offers=()) if self.her.refused or closed else self.shown


def day(session: Session, me: Me, now: datetime) -> Day:
    """Everything that is not about one customer."""
    today = local_day(now)
    month = targets.my_month(session, me.person_id, f"{today:%Y-%m}", now)
    sums = reports.of_rep(session, me.person_id, today, today)
    first, last = targets.month_named(f"{today:%Y-%m}")
    return Day(
        worklist.today(session, now),
        sums.count(FactKind.DIALS),
        sums.count(FactKind.ANSWERED),
        month,
        targets.work_time(first, last, today),
        catalog.outcomes(session),
        calls.all_under_way(session),
    )


def chosen(
    session: Session,
    customer_id: str,
    me: Me,
    now: datetime,
    language: str,
    around: Baskets | None,
) -> Chosen | None:
    """Everything about one customer; None if the desk does not hold her any more."""
    her = person.about(session, customer_id)
    if her is None:
        return None
    around = around or offers.baskets_here(session)
    shown = offers.for_her(session, her, now, around)
    promise = calls.promise(session, customer_id)
    call = calls.under_way(session, customer_id)
    situation = _situation(session, her, promise, call, now)
    found = Chosen(
        her,
        promise,
        shown,
        scripts.load(session, situation, language),
        {},
        call,
        calls.budget(session, now),
        best_part(her.dials),
        around,
        why.whys(session, her, now),
        consents.settings(session, now),
        customers.tags_of(session, customer_id),
        touch_plan.of_person(session, her, now),
    )
    # The words of a script name no offer either that is not to be made.
    known = scripts.known(her, found.offered(call), promise, me.name, now)
    return replace(found, fields=filling.values(known, language))


def _situation(
    session: Session, her: Person, promise: Promise | None, call: UnderWay | None, now: datetime
) -> Situation:
    """The situation a call was begun in, else that of now."""
    if call is not None and call.script_id is not None:
        kept = scripts.situation_kept(session, call.script_id)
        if kept is not None:
            return kept
    use = worklist.use_of(her.first_paid_at, her.year_fen, now)
    ends = her.balance_fen is not None and renewal_due(her.balance_fen, use) is not None
    churn, step = rulesets.churn(session, now), touch_plan.step_in_hand(session, her, now)
    return scripts.situation_for(her, promise, now, renewal=ends, churn=churn, step=step)
