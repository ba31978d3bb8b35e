"""Titles settled and undone in any order: what is kept is what a count from nothing finds."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lumi_desk.catalog.tables import Setting, TitleDecision
from lumi_desk.customers.tables import Customer, Outlook
from lumi_desk.hub import booking, outlooks, titles
from lumi_desk.hub.classifying import classify
from lumi_desk.hub.titles import Settling
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.reports.tables import Fact
from lumi_desk.storage.store import Store
from lumi_desk.sync import feed
from tests import makers
from tests.hub.test_titles import DRINK, GUMMIES, TEA, sell, shop
from tests.makers import NOW
from tests.sync.fleet.checks import check_hub

pytestmark = pytest.mark.slow

PILLS = "睡眠片"
TITLES = (GUMMIES, TEA, DRINK, PILLS)
WORDS: tuple[dict[str, Any], ...] = (
    {"line": "enzyme"},
    {"line": "other"},
    {"line": "collagen", "high_margin": True},
    {"line": "other", "high_margin": True},
    {"code": "G-60"},
)
STEPS = 12


@pytest.fixture
def hub(hub_store: Store) -> Store:
    """Each title sold in a line and in an order without lines, and several in one order."""
    shop(hub_store)
    with hub_store.write() as session:
        feed.watch(session, alone=True)
        for title in TITLES:
            for lines in (True, False):
                sell(session, "", title, 30_000, lines=lines)
        her = makers.make_customer(session)
        mixed = makers.make_order(session, her, fen=50_000, title=TEA)
        for place, (title, status) in enumerate(
            ((GUMMIES, "done"), (PILLS, "closed"), (TEA, "done"))
        ):
            told = {"order_id": mixed.id, "customer_id": her.id, "position": place, "units": 2}
            line = OrderLine(id=new_id(), title=title, status=status, price_fen=20_000, **told)
            line.line = "other"
            session.add(line)
        # A line of which the catalogue knows the code: no word about its title changes it.
        known = {"code": "G-60", "product_id": "gummies", "line": "collagen"}
        told = {"order_id": mixed.id, "customer_id": her.id, "position": 3, "units": 1}
        session.add(OrderLine(id=new_id(), title=PILLS, price_fen=6_000, **known, **told))
        for one in session.scalars(select(OrderLine).where(OrderLine.title == DRINK)):
            one.line = "collagen"
        session.flush()
        _count(session)
        feed.publish(session, titles.tell(session))
    return hub_store


def _count(session: Session) -> None:
    """Count everything, as if nothing had been counted."""
    session.execute(delete(Fact))
    session.execute(delete(Outlook))
    booking.book(session, session.scalars(select(Order.id)).all())
    classify(session, None, NOW)
    outlooks.renew(session, None, NOW)


def stood(session: Session) -> dict[str, Any]:
    """Everything that follows from what titles mean."""
    told = session.get(Setting, "titles")
    return {
        "facts": sorted(
            (one.source, one.kind, one.day, one.rep_id, one.fen, one.units)
            for one in session.scalars(select(Fact))
        ),
        "customers": sorted(
            (one.id, one.pool, one.grade or "", one.line or "")
            for one in session.scalars(select(Customer))
        ),
        "lines": sorted(
            (one.id, one.line, one.product_id or "") for one in session.scalars(select(OrderLine))
        ),
        "outlooks": sorted(
            (one.id, one.brought_fen, one.expected_fen, str(one.runs_out))
            for one in session.scalars(select(Outlook))
        ),
        "told": told.body if told else {},
    }


def now_and_from_nothing(store: Store) -> tuple[dict[str, Any], dict[str, Any]]:
    with store.read() as session:
        now = stood(session)
    with store.write() as session:
        feed.watch(session, alone=True)
        _count(session)
        fresh = stood(session)
        session.rollback()
    return now, fresh


def step(store: Store, by_chance: Random, at: int, *, undo: bool) -> bool:
    """Say something of some titles, or undo any decision; whether there was one to undo."""
    now = NOW + timedelta(seconds=at)
    with store.write() as session:
        feed.watch(session, alone=True)
        asked = select(TitleDecision).where(TitleDecision.undone_at.is_(None))
        standing = session.scalars(asked.order_by(TitleDecision.at, TitleDecision.id)).all()
        if undo and standing:
            titles.undo(session, by_chance.choice(standing), now)
        elif not undo:
            word = by_chance.choice(WORDS)
            some = by_chance.sample(TITLES, by_chance.randint(1, 3))
            titles.settle(session, [Settling(one, **word) for one in some], now)
    return bool(standing)


@pytest.mark.parametrize("seed", range(3))
def test_settled_and_undone_in_any_order_all_is_as_counted_from_nothing(
    hub: Store, seed: int
) -> None:
    by_chance = Random(seed)
    with hub.read() as session:
        before = stood(session)
    for at in range(STEPS):
        step(hub, by_chance, at, undo=by_chance.random() < 0.4)
        now, fresh = now_and_from_nothing(hub)
        assert now == fresh
    at = STEPS
    while step(hub, by_chance, at, undo=True):
        now, fresh = now_and_from_nothing(hub)
        assert now == fresh
        at += 1
    with hub.read() as session:
        assert stood(session) == before
    check_hub(hub)
