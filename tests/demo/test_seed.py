"""The invented company in a hub's database."""

from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from lumi_desk.demo import labels
from lumi_desk.demo.company import invent
from lumi_desk.demo.seed import seed
from lumi_desk.hub import classifying, tagging
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Credential
from lumi_desk.security import passwords
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from lumi_desk.sync.entities import BY_NAME, rep_stream
from lumi_desk.sync.tables import Assignment, SyncFeed
from tests.stores import sqlite_hub

DAY = date(2025, 11, 21)


def test_everything_is_written_and_can_be_published(hub_store: Store) -> None:
    company = invent(30, today=DAY)
    touched: list[frozenset[str]] = []
    hub_store.subscribe(touched.append)
    with hub_store.write() as session:
        feed.watch(session)
        pairs = seed(session, company)
        feed.publish(session, pairs)
    assert len(set(pairs)) == len(pairs)
    assert {name for name, _ in pairs} <= set(BY_NAME)
    assert touched
    assert touched[0] >= {"customer", "order", "fact", "credential"}
    with hub_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Order)) == len(company.orders)
        assert session.scalar(select(func.count()).select_from(Assignment)) == 30
        mine = select(SyncFeed.pk).where(
            SyncFeed.stream == rep_stream("person-linxiaoyan"), SyncFeed.entity == "customer"
        )
        assert len(session.scalars(mine).all()) == 12
        kept = session.scalars(select(Credential).where(Credential.login == "linxiaoyan")).one()
        assert passwords.fits(kept.password_hash, company.persons[1].password)


def test_classifying_finds_nothing_to_change(hub_file: Path, tmp_path: Path) -> None:
    """What the invention says of a customer is what the hub's rules say."""
    company = invent(300, today=DAY)
    store = sqlite_hub(hub_file, tmp_path)
    with store.write() as session:
        seed(session, company)
        changes = classifying.classify(session, None, company.now)
    store.close()
    assert changes.seen == 300
    assert changes.pairs == ()


def test_the_rules_give_tags_beside_those_by_hand(hub_store: Store) -> None:
    company = invent(30, today=DAY)
    with hub_store.write() as session:
        feed.watch(session)
        seed(session, company)
        tagged = tagging.set_rules(session, labels.BY_RULE, company.now, "manager")
        counts = tagging.counts(session)
    assert tagged.many > 0
    for one in labels.BY_RULE:
        assert counts[one.name][0] > 0, one.name
    assert sum(by_hand for _, by_hand in counts.values()) == len(company.tags)
