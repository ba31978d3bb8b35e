"""What a hub learns from its own orders, and sends to the desks as the numbers of a rule set."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.tables import Setting
from lumi_desk.clock import local_day
from lumi_desk.customers.again.fitting import Learned, learn, sample
from lumi_desk.customers.again.rules import AGAIN, Diary, diary
from lumi_desk.customers.tables import Customer
from lumi_desk.hub import histories
from lumi_desk.ids import new_id
from lumi_desk.storage.among import chunks
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed

RULE_SET = "again"
# A crowd's habits change slowly, and every row goes to every desk.
LASTS = timedelta(weeks=4)
_CHUNK = 1000


def renew(store: Store, now: datetime) -> Learned | None:
    """Learn who buys again, if what was learned is old, and publish it.

    Numbers a manager set stay as long as learned ones. None if it was not time, or if there are
    too few customers to learn from. The learning takes seconds and holds nobody up.
    """
    with store.read() as session:
        day = local_day(now)
        newest = catalog.holding_since(session, RULE_SET, day)
        if newest is not None and day - newest < LASTS:
            return None
        diaries = _diaries(session, now)
    learned = learn(diaries, day, AGAIN.weeks)
    if learned is not None:
        with store.write() as session:
            feed.watch(session)
            body = asdict(learned.settings)
            session.add(Setting(id=new_id(), rule_set=RULE_SET, effective=day, body=body))
            feed.publish(session)
    return learned


def _diaries(session: Session, now: datetime) -> dict[str, Diary]:
    """The histories of all who bought, or of an even part of very many."""
    bought = session.scalars(select(Customer.id).where(Customer.last_paid_at.is_not(None)))
    ids = sample(bought)
    return {
        one: diary(found, now)
        for some in chunks(ids, _CHUNK)
        for one, found in histories.of(session, some).items()
    }
