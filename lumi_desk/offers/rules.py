"""What to recommend to whom, and why: one card, one bundle, each with its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from lumi_desk.because import Because, because
from lumi_desk.cards.rules import CARDS, CardSettings, MonthlyUse, Verdict, fit, renewal_due
from lumi_desk.customers.rules import Grade, Line, Pool

BECAUSE_CODES = frozenset({"years_buying", "line_repeat", "co_purchase", "lacks", "refill"})


class Kind(StrEnum):
    """What is offered."""

    CARD = "card"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may be offered something; an empty set lets everybody through.

    With grades named, customers who are no longer new are not asked for theirs.
    """

    pools: frozenset[Pool] = frozenset()
    grades: frozenset[Grade] = frozenset()

    def holds(self, pool: Pool, grade: Grade | None) -> bool:
        """Whether a customer of this pool and grade is meant."""
        if self.pools and pool not in self.pools:
            return False
        return not self.grades or grade is None or grade in self.grades


@dataclass(frozen=True, slots=True)
class Plan:
    """A recharge card on offer; `gift_fen` is the value of what comes with it."""

    id: str
    value_fen: int
    gift_fen: int = 0
    audience: Audience = Audience()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Products sold together. `contains` are allergens and what health notes may forbid."""

    id: str
    products: frozenset[str]
    price_fen: int
    list_fen: int
    cost_fen: int
    high_margin: bool = False
    contains: frozenset[str] = frozenset()
    audience: Audience = Audience()

    @property
    def margin_fen(self) -> int:
        """What is left after cost."""
        return self.price_fen - self.cost_fen


@dataclass(frozen=True, slots=True)
class Standing:
    """What the choice knows of her.

    `balance_fen` is None without a card, `years` are whole years since her first purchase,
    `line_orders` her orders per line in the last year, `avoids` her allergies and health notes
    (with consent).
    """

    pool: Pool
    grade: Grade | None = None
    use: MonthlyUse | None = None
    balance_fen: int | None = None
    has: frozenset[str] = frozenset()
    avoids: frozenset[str] = frozenset()
    complaint_open: bool = False
    years: int = 0
    line_orders: Mapping[Line, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Baskets:
    """Counts over people like her: all, holders of a product, holders of two.

    A pair is kept once under its two product ids in sorted order.
    """

    people: int = 0
    holders: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def both(self, one: str, other: str) -> int:
        """How many hold both."""
        return self.pairs.get((min(one, other), max(one, other)), 0)


@dataclass(frozen=True, slots=True)
class Companion:
    """A card not recommended beside the one that is, and why."""

    id: str
    value_fen: int
    because: Because


@dataclass(frozen=True, slots=True)
class Offer:
    """One recommendation. `list_fen` is struck through when larger than the price."""

    kind: Kind
    id: str
    verdict: Verdict
    price_fen: int
    list_fen: int
    because: tuple[Because, ...]
    gift_fen: int = 0
    high_margin: bool = False
    companions: tuple[Companion, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferSettings:
    """Our choice: two offers; a pair counts from 5 people; loyalty is said from 2 years on."""

    most: int = 2
    least_pairs: int = 5
    years: int = 2
    repeats: int = 3


OFFERS = OfferSettings()


def _loyal(her: Standing, settings: OfferSettings) -> list[Because]:
    """What speaks for a card besides her use."""
    found = []
    if her.years >= settings.years:
        found.append(because("years_buying", years=her.years))
    often = [(orders, line) for line, orders in her.line_orders.items() if line is not Line.OTHER]
    orders, line = max(often, default=(0, Line.OTHER))
    if orders >= settings.repeats:
        found.append(because("line_repeat", line=line.value, orders=orders))
    return found


def choose_card(
    her: Standing,
    plans: Iterable[Plan],
    settings: OfferSettings = OFFERS,
    cards: CardSettings = CARDS,
) -> Offer | None:
    """The largest card that fits, with those that do not as companions.

    Without enough history the smallest card with the answer "ask"; when none fits the smallest
    with the answer "not recommended". None when no plan is meant for her or her card is not
    running out.
    """
    meant = [plan for plan in plans if plan.audience.holds(her.pool, her.grade)]
    meant.sort(key=lambda plan: (plan.value_fen, plan.id))
    renewal = None if her.balance_fen is None else renewal_due(her.balance_fen, her.use, cards)
    if not meant or (her.balance_fen is not None and renewal is None):
        return None
    fits = {plan.id: fit(plan.value_fen, her.use, cards) for plan in meant}
    good = [plan for plan in meant if fits[plan.id].verdict is Verdict.FITS]
    best = good[-1] if good else meant[0]
    answer = fits[best.id]
    says = [answer.because, *([renewal] if renewal is not None else []), *_loyal(her, settings)]
    return Offer(
        kind=Kind.CARD,
        id=best.id,
        verdict=answer.verdict,
        price_fen=best.value_fen,
        list_fen=best.value_fen,
        because=tuple(says),
        gift_fen=best.gift_fen,
        companions=tuple(
            Companion(plan.id, plan.value_fen, fits[plan.id].because)
            for plan in meant
            if plan is not best and fits[plan.id].verdict is Verdict.NOT_RECOMMENDED
        ),
    )


@dataclass(frozen=True, slots=True)
class Pull:
    """How strongly one product she lacks goes with one she has.

    `lift` is how many times more often both are held than chance would have it, `share` which
    part of the holders of `having` hold the product.
    """

    lift: Fraction
    share: Fraction
    product: str
    having: str


def strongest_pull(
    bundle: Bundle, has: frozenset[str], baskets: Baskets, settings: OfferSettings = OFFERS
) -> Pull | None:
    """The largest lift above 1 between what she lacks of a bundle and what she has."""
    found = []
    for product in sorted(bundle.products - has):
        for having in sorted(has):
            both = baskets.both(product, having)
            one, other = baskets.holders.get(product, 0), baskets.holders.get(having, 0)
            if both >= settings.least_pairs and one and other:
                lift = Fraction(both * baskets.people, one * other)
                found.append(Pull(lift, Fraction(both, other), product, having))
    best = max(found, key=lambda pull: (pull.lift, pull.share), default=None)
    return best if best is not None and best.lift > 1 else None


def _bundle_offer(bundle: Bundle, her: Standing, pull: Pull | None) -> Offer:
    lacks = sorted(bundle.products - her.has)
    if pull is not None:
        percent = int(pull.share * 100 + Fraction(1, 2))
        says = [
            because("co_purchase", percent=percent, product=pull.product, having=pull.having),
            because("lacks", product=pull.product),
        ]
    elif lacks:
        says = [because("lacks", product=lacks[0])]
    else:
        says = [because("refill", product=min(bundle.products, default=""))]
    return Offer(
        kind=Kind.BUNDLE,
        id=bundle.id,
        verdict=Verdict.FITS,
        price_fen=bundle.price_fen,
        list_fen=bundle.list_fen,
        because=tuple(says),
        high_margin=bundle.high_margin,
    )


def choose_bundles(
    her: Standing,
    bundles: Iterable[Bundle],
    baskets: Baskets,
    settings: OfferSettings = OFFERS,
) -> tuple[Offer, ...]:
    """Bundles she may be offered: by lift, then those with something she lacks, then margin."""
    rows = []
    for bundle in bundles:
        if bundle.contains & her.avoids or not bundle.audience.holds(her.pool, her.grade):
            continue
        pull = strongest_pull(bundle, her.has, baskets, settings)
        lift = pull.lift if pull is not None else Fraction(0)
        lacking = bool(bundle.products - her.has)
        key = (-lift, not lacking, -bundle.margin_fen, bundle.id)
        rows.append((key, _bundle_offer(bundle, her, pull)))
    return tuple(offer for _, offer in sorted(rows, key=lambda row: row[0]))


def recommend(
    her: Standing,
    plans: Iterable[Plan],
    bundles: Iterable[Bundle],
    baskets: Baskets | None = None,
    settings: OfferSettings = OFFERS,
    cards: CardSettings = CARDS,
) -> tuple[Offer, ...]:
    """At most two offers, best first; none while a complaint is open.

    A card that fits leads; one that needs a question or does not fit follows the best bundle.
    """
    if her.complaint_open:
        return ()
    card = choose_card(her, plans, settings, cards)
    goods = choose_bundles(her, bundles, baskets or Baskets(), settings)
    if card is None:
        return goods[: settings.most]
    goods = goods[: settings.most - 1]
    return (card, *goods) if card.verdict is Verdict.FITS else (*goods, card)
