"""Who is in her half year, and how its steps stand with one customer, on desk and hub alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.calls import service as calls
from lumi_desk.clock import day_start, local_day
from lumi_desk.consents import service as consents
from lumi_desk.consents.rules import Purpose
from lumi_desk.consents.service import Words
from lumi_desk.customers.person import Person
from lumi_desk.customers.rulesets import service as rulesets
from lumi_desk.customers.run_out import service as run_outs
from lumi_desk.customers.run_out.rules import RunOutSettings, remind_from, used_up
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.touch_plan.rules import (
    Asked,
    Clock,
    Event,
    HalfYearSettings,
    TouchStep,
    asked,
    clock,
    in_hand,
)


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody in her half year: the days since her last purchase, now and at her last contact."""

    id: str
    day: int
    contacted: int | None


@dataclass(frozen=True, slots=True)
class Everybody:
    """All who bought within so many days, and what may be asked for with whom."""

    touched: tuple[Touched, ...]
    refused: frozenset[str]
    words: Words

    def asked(self, her: Touched, settings: HalfYearSettings) -> tuple[Asked, TouchStep] | None:
        """The step she is asked for by today or within a week; never one she closed the way of."""
        found = asked(her.day, her.contacted, settings)
        if found is None or her.id in self.refused:
            return None
        return found if self.words.may(her.id, found[1].way, Purpose.MARKETING) else None


def everybody(session: Session, now: datetime, days: int) -> Everybody:
    """All who bought within `days` days, in the order of ids."""
    return Everybody(
        tuple(_touched(session, local_day(now), days)),
        calls.refused(session),
        consents.everybody(session, now),
    )


def of_person(session: Session, her: Person, now: datetime) -> Clock | None:
    """Her half-year clock by the plan of the day; None once it has run down, or before it began."""
    settings, bought = rulesets.half_year(session, now), _bought(her)
    if bought is None:
        return None
    day = (local_day(now) - bought).days
    if not 0 <= day <= settings.days:
        return None
    return clock(day, _contacts(her, bought), _events(session, her, bought, now), settings)


def step_in_hand(session: Session, her: Person, now: datetime) -> TouchStep | None:
    """The dated step of the plan that a contact with her would do now."""
    bought = _bought(her)
    if bought is None:
        return None
    last = max(_contacts(her, bought), default=None)
    return in_hand((local_day(now) - bought).days, last, rulesets.half_year(session, now))


def _bought(her: Person) -> date | None:
    return None if her.last_paid_at is None else local_day(her.last_paid_at)


def _contacts(her: Person, bought: date) -> list[int]:
    return [(local_day(one.at) - bought).days for one in her.contacts]


def _touched(session: Session, today: date, days: int) -> Iterator[Touched]:
    since = day_start(today - timedelta(days=days))
    table: Any = Customer.__table__
    rows = session.execute(
        select(table.c.id, table.c.last_paid_at)
        .where(table.c.last_paid_at >= since)
        .order_by(table.c.id)
    )
    contacts = calls.last_contacts(session)
    for one, paid_at in rows:
        bought, spoken = local_day(paid_at), contacts.get(one)
        contacted = None if spoken is None else (local_day(spoken) - bought).days
        yield Touched(one, (today - bought).days, contacted)


def _events(session: Session, her: Person, bought: date, now: datetime) -> dict[str, int]:
    """The days of what steps without days follow, as far as this database knows them."""
    found = {}
    delivered = her.last_order.delivered_at if her.last_order else None
    if delivered is not None:
        found[Event.DELIVERED.value] = max((local_day(delivered) - bought).days, 0)
    reminded = _reminded(session, her, rulesets.run_out(session, now), now)
    if reminded is not None:
        found[Event.RUN_OUT.value] = max((reminded - bought).days, 0)
    return found


def _reminded(
    session: Session, her: Person, settings: RunOutSettings, now: datetime
) -> date | None:
    taken = run_outs.of_customer(session, her.id, her.household, now)
    last = used_up(taken, settings)
    return None if taken is None or last is None else remind_from(taken, last, settings)
