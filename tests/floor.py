"""A rep's desk in a real encrypted file, with the shipped catalogue, and customers to call."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Callback
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog import content
from lumi_desk.catalog.tables import Bundle, CardPlan, DispositionRow, Product, Setting
from lumi_desk.clock import local_day
from lumi_desk.complaints.tables import Complaint
from lumi_desk.customers.tables import Customer
from lumi_desk.desk import Desk, Me
from lumi_desk.ids import new_id
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.people.tables import Person, Team
from lumi_desk.reports import operations as facts
from lumi_desk.reports.rules import Count, FactKind, Source
from lumi_desk.scripts.tables import ScriptRow
from lumi_desk.storage.store import Store
from tests.hubs import HandClock, NullVault
from tests.lines import answering
from tests.makers import NOW, make_customer, make_order

ME = Me("lin", "林晓燕", "rep", "one")


def offline_desk(store: Store, clock: HandClock, me: Me = ME) -> Desk:
    """A desk whose line is cut."""

    def cut(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("the line is cut", request=request)

    client = answering(cut, "https://hub.example")
    return Desk(store, me, new_id(), client, NullVault(), clock)


def stock(store: Store) -> None:
    """Put the team, the catalogue and the scripts onto the desk."""
    told = content.catalogue()
    rows: tuple[tuple[type[Any], tuple[Any, ...]], ...] = (
        (Product, tuple(told.products.values())),
        (Bundle, told.bundles),
        (CardPlan, told.card_plans),
        (DispositionRow, told.dispositions),
        (Setting, told.settings),
        (ScriptRow, content.scripts()),
    )
    with store.write() as session:
        session.add(Team(id="one", name="一组"))
        for person_id, name in (("lin", "林晓燕"), ("wang", "王秀珍")):
            session.add(Person(id=person_id, name=name, role="rep", team_id="one"))
        for table, records in rows:
            known = {column.name for column in table.__table__.columns}
            for record in records:
                values = {k: v for k, v in asdict(record).items() if k in known}
                session.add(table(**values))


def her(session: Session, name: str, **values: Any) -> Customer:
    """A customer of the rep's with a number."""
    defaults = {"phone": "13800004127", "wangwang": "wenjing_z", "city": "杭州"}
    return make_customer(session, "lin", name=name, **{**defaults, **values})


def buys(session: Session, who: Customer, product: str, units: int, **values: Any) -> Order:
    """An order of one product, at the catalogue's price unless told."""
    ware = session.get_one(Product, product)
    order = make_order(session, who, **{"fen": ware.price_fen * units, **values})
    session.add(
        OrderLine(
            id=new_id(),
            order_id=order.id,
            customer_id=who.id,
            position=1,
            product_id=product,
            title=ware.name,
            units=units,
            price_fen=ware.price_fen,
            line=ware.line,
        )
    )
    return order


def wenjing(session: Session) -> Customer:
    """A card holder of three years whose balance ends in twelve days."""
    years = timedelta(days=3 * 365 + 40)
    last = NOW - timedelta(days=26)
    customer = her(
        session,
        "周文静",
        pool="V",
        line="collagen",
        allergy="虾类过敏",
        member_since=(NOW - years).date(),
        first_paid_at=NOW - years,
        last_paid_at=last,
        rhythm_days=40,
        year_fen=1_432_000,
        year_orders=9,
    )
    for days in (26, 70, 120, 160):
        at = NOW - timedelta(days=days)
        buys(session, customer, "dream-collagen", 6, paid_at=at, delivered_at=at, by_card=True)
    for kind, fen in (("open", 1_200_000), ("spend", -1_154_000)):
        session.add(
            CardEntry(
                id=new_id(),
                customer_id=customer.id,
                at=NOW - timedelta(days=300),
                kind=kind,
                principal_fen=fen,
            )
        )
    return customer


def promised(
    session: Session, who: Customer, due_in: timedelta, why: str = "again", by: str = "lin"
) -> None:
    """A callback of hers, beside any other."""
    made_at, due_at = NOW - timedelta(days=1), NOW + due_in
    callback = Callback(
        id=new_id(), customer_id=who.id, rep_id=by, made_at=made_at, due_at=due_at, why=why
    )
    session.add(callback)
    source = Source(callback.id, by, local_day(due_at), who.id)
    facts.count(session, source, (Count(FactKind.PROMISED, units=1),))


def complains(session: Session, who: Customer, due_in: timedelta, **values: Any) -> None:
    """An open complaint of hers."""
    session.add(
        Complaint(
            id=new_id(),
            customer_id=who.id,
            rep_id="lin",
            opened_at=NOW - timedelta(days=6),
            words="包装破损",
            due_at=NOW + due_in,
            **values,
        )
    )
