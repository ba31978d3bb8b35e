"""What a hub learns of its customers' value, and sends to the desks as numbers."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import day_end, local_day
from lumi_desk.customers import rules
from lumi_desk.customers.again.fitting import ENOUGH_CUSTOMERS, sample
from lumi_desk.customers.again.rules import Diary, diary
from lumi_desk.customers.rules import History
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.value.fitting import fit, fit_means
from lumi_desk.customers.value.judging import judge
from lumi_desk.customers.value.rules import AHEAD_DAYS, ValueSettings, group
from lumi_desk.customers.value.service import RULE_SET
from lumi_desk.hub import classifying, histories
from lumi_desk.hub.classifying import Numbers
from lumi_desk.ids import new_id
from lumi_desk.storage.among import chunks
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed

# A crowd's habits change slowly, and every row goes to every desk.
LASTS = timedelta(weeks=4)
# So much of what is known is kept back to judge by, and a year at most.
_PART = 3
_MOMENT = timedelta(milliseconds=1)
_CHUNK = 1000


def renew(store: Store, now: datetime) -> ValueSettings | None:
    """Learn what customers are worth, if what was learned is old, and publish it.

    None if it was not time, or if there are too few customers to learn from. The learning takes
    seconds and holds nobody up.
    """
    with store.read() as session:
        day = local_day(now)
        newest = catalog.holding_since(session, RULE_SET, day)
        if newest is not None and day - newest < LASTS:
            return None
        found = _histories(session)
        numbers = classifying.numbers_on(session, now)
    learned = learn(found, now, numbers)
    if learned is not None:
        with store.write() as session:
            feed.watch(session)
            body = asdict(learned)
            session.add(Setting(id=new_id(), rule_set=RULE_SET, effective=day, body=body))
            feed.publish(session)
    return learned


def learn(found: Mapping[str, History], now: datetime, numbers: Numbers) -> ValueSettings | None:
    """Learn from histories; None with too few.

    The last part of what is known is kept back: on it the model must be nearer than simpler ways,
    else the means of the groups that customers were in before it stand alone.
    """
    on = local_day(now)
    diaries = {key: told for key, one in found.items() if (told := diary(one, now))}
    if len(diaries) < ENOUGH_CUSTOMERS:
        return None
    since = _kept_back_from(diaries, on)
    verdict = judge(diaries, since + timedelta(days=1), on)
    model = fit(diaries, on) if verdict is not None and verdict.is_strong else None
    groups = _groups(found, day_end(since) - _MOMENT, numbers)
    return ValueSettings(model, fit_means(diaries, groups, since, on), len(diaries))


def _kept_back_from(diaries: Mapping[str, Diary], on: date) -> date:
    """The last day before what is kept back."""
    began = min(told[0][0] for told in diaries.values())
    return on - max(min((on - began) // _PART, timedelta(days=AHEAD_DAYS)), timedelta(days=1))


def _groups(found: Mapping[str, History], then: datetime, numbers: Numbers) -> dict[str, str]:
    """Where each customer stood at a moment; by its pool alone as well as by grade."""
    groups = {}
    for key, one in found.items():
        seen = rules.see(one, then)
        if seen.first_at is not None:
            grade = rules.grade_of(seen, numbers.grade)
            groups[key] = group(rules.pool_of(seen.pace, numbers.pool).value, grade)
    return groups


def _histories(session: Session) -> dict[str, History]:
    """The histories of all who bought, or of an even part of very many."""
    bought = session.scalars(select(Customer.id).where(Customer.last_paid_at.is_not(None)))
    return {
        one: found
        for some in chunks(sample(bought), _CHUNK)
        for one, found in histories.of(session, some).items()
    }
