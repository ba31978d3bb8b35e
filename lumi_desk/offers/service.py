"""What the desk recommends to one customer, from what it holds."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy.orm import Session

from lumi_desk.calls.underway.rules import Item
from lumi_desk.catalog import service as catalog
from lumi_desk.catalog.service import Card, Package, Ware
from lumi_desk.clock import local_day
from lumi_desk.customers.person import Person
from lumi_desk.customers.rules import Grade, Line, Pool
from lumi_desk.offers.rules import (
    Audience,
    Baskets,
    Bundle,
    Offer,
    Plan,
    Standing,
    recommend,
)
from lumi_desk.orders import service as orders
from lumi_desk.worklist.service import use_of

_YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that can be sold, with the names that reasons speak of."""

    wares: Mapping[str, Ware]
    packages: Mapping[str, Package]
    cards: Mapping[str, Card]

    def names(self) -> dict[str, str]:
        """The names of products by id."""
        return {ware.id: ware.name for ware in self.wares.values()}

    def item(self, kind: str, of: str) -> Item | None:
        """What a sale of this would be about; None if it is not on sale."""
        if kind == "card" and (card := self.cards.get(of)):
            return Item(kind, of, card.name, card.value_fen, card.gift)
        if kind == "bundle" and (package := self.packages.get(of)):
            return Item(kind, of, package.name, package.price_fen)
        if kind == "product" and (ware := self.wares.get(of)):
            return Item(kind, of, ware.name, ware.price_fen)
        return None

    def title(self, offer: Offer) -> str:
        """The name of what is offered."""
        item = self.item(offer.kind.value, offer.id)
        return item.what if item else offer.id


@dataclass(frozen=True, slots=True)
class Shown:
    """The offers for one customer, best first."""

    offers: tuple[Offer, ...]
    shelf: Shelf


def for_her(session: Session, her: Person, now: datetime, around: Baskets) -> Shown:
    """At most two offers for a customer; none while a complaint of hers is open.

    `around` counts what the customers at hand buy together (`baskets_here`).
    """
    shelf = shelf_of(session)
    offers = recommend(
        standing(her, shelf, now),
        (Plan(one.id, one.value_fen, one.gift_fen) for one in shelf.cards.values()),
        (_bundle(package, shelf) for package in shelf.packages.values()),
        around,
    )
    return Shown(offers, shelf)


def shelf_of(session: Session) -> Shelf:
    """The catalogue."""
    return Shelf(
        catalog.products(session),
        {package.id: package for package in catalog.bundles(session)},
        {card.id: card for card in catalog.cards(session)},
    )


def standing(her: Person, shelf: Shelf, now: datetime) -> Standing:
    """What the choice knows of her."""
    goods = [order for order in her.orders if order.fen > 0 and order.id not in her.loads]
    allergens = frozenset().union(*(ware.allergens for ware in shelf.wares.values()))
    first = her.first_paid_at
    lately = [
        order for order in goods if (local_day(now) - local_day(order.paid_at)).days <= _YEAR_DAYS
    ]
    return Standing(
        pool=Pool(her.pool),
        grade=Grade(her.grade) if her.grade else None,
        use=use_of(first, her.year_fen, now),
        balance_fen=her.balance_fen,
        has=frozenset(
            part.product_id for order in goods for part in order.parts if part.product_id
        ),
        avoids=frozenset(one for one in allergens if one in her.allergy),
        complaint_open=her.complaint_open is not None,
        years=0 if first is None else (local_day(now) - local_day(first)).days // _YEAR_DAYS,
        line_orders=Counter(
            line for order in lately for line in _lines(part.line for part in order.parts)
        ),
    )


def baskets_here(session: Session) -> Baskets:
    """The counts over the customers this desk holds: a tenth of a second, good for hours."""
    return baskets(orders.holdings(session).values())


def baskets(holdings: Iterable[frozenset[str]]) -> Baskets:
    """The counts over people, given which products each of them has."""
    people = 0
    holders: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for products in holdings:
        people += 1
        holders.update(products)
        pairs.update(combinations(sorted(products), 2))
    return Baskets(people, holders, pairs)


def _lines(named: Iterable[str]) -> set[Line]:
    return {Line(name) for name in named if name in set(Line)}


def _bundle(package: Package, shelf: Shelf) -> Bundle:
    wares = [shelf.wares[product] for product, _ in package.items if product in shelf.wares]
    return Bundle(
        id=package.id,
        products=frozenset(product for product, _ in package.items),
        price_fen=package.price_fen,
        list_fen=package.list_fen,
        # Costs stay on the hub: of the margin a desk knows what the catalogue flags.
        cost_fen=0 if package.high_margin else package.price_fen,
        high_margin=package.high_margin,
        contains=frozenset().union(*(ware.allergens for ware in wares)),
        audience=Audience(
            frozenset(Pool(one) for one in package.pools if one in set(Pool)),
            frozenset(Grade(one) for one in package.grades if one in set(Grade)),
        ),
    )
