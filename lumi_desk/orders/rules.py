"""What an order counts, and which order confirms a claimed sale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lumi_desk.reports.rules import Count, FactKind
from lumi_desk.targets.rules import split


@dataclass(frozen=True, slots=True)
class Piece:
    """One product of an order: its list price times its units, and what it counts as.

    A gift has 0 fen; a line that was closed is no piece.
    """

    fen: int
    units: int
    measure: str = ""
    high_margin: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """One order as the ledgers see it: `kept_fen` is what stayed paid after refunds.

    `card_fen` is the value of the recharge card it bought, 0 for goods.
    """

    kept_fen: int
    paid_day: date | None
    delivered_day: date | None = None
    by_card: bool = False
    card_fen: int = 0
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A sale a rep says she made."""

    id: str
    customer_id: str
    at: datetime
    fen: int
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """A paid order that may confirm a claim; `amounts` are the sums it may be known by."""

    id: str
    number: str
    customer_id: str
    at: datetime
    amounts: frozenset[int]


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """Design part 4: an order confirms a claim within 7 days; later the claim is shown."""

    days: int = 7


MATCH = MatchSettings()


def counts(order: Booked) -> tuple[tuple[date, Count], ...]:
    """What an order counts, each on its day; nothing when it was not paid or wholly refunded.

    Cash on the day of payment, unless a recharge card paid. Goods are delivered sales on the day
    they arrived, and one order with its units on the day of payment. A card is cash, never goods.
    """
    if order.paid_day is None or order.kept_fen <= 0:
        return ()
    found = [] if order.by_card else [(order.paid_day, Count(FactKind.CASH, fen=order.kept_fen))]
    if order.card_fen:
        found.append((order.paid_day, Count(FactKind.CARDS, units=1)))
        found.append((order.paid_day, Count(FactKind.CARD_FEN, fen=order.card_fen)))
        return tuple(found)
    found.append((order.paid_day, Count(FactKind.ORDERS, units=1)))
    for kind in (FactKind.DREAM, FactKind.ENZYME):
        units = sum(one.units for one in order.pieces if one.fen and one.measure == kind.value)
        found.append((order.paid_day, Count(kind, units=units)))
    if order.delivered_day is not None:
        delivered = Count(FactKind.DELIVERED, fen=order.kept_fen)
        starred = Count(FactKind.HIGH_MARGIN, fen=high_margin_fen(order))
        found += [(order.delivered_day, delivered), (order.delivered_day, starred)]
    return tuple((day, one) for day, one in found if one.fen or one.units)


def high_margin_fen(order: Booked) -> int:
    """The part of the money that went into high-margin products, by list price, to the fen."""
    weights = [one.fen for one in order.pieces]
    if not any(weights):
        return 0
    parts = split(order.kept_fen, weights)
    return sum(
        part for part, one in zip(parts, order.pieces, strict=True) if one.fen and one.high_margin
    )


def confirmations(
    claims: Iterable[Claim], orders: Sequence[Paid], settings: MatchSettings = MATCH
) -> dict[str, str]:
    """Which order confirms which claim, by id; every order confirms one claim at most.

    First the claims that name their order, then those of the same customer and amount within
    the window, the nearest in time first. The order of the arguments does not matter.
    """
    window = timedelta(days=settings.days)
    likely = sorted(
        (not named, abs(order.at - claim.at), claim.at, claim.id, order.id)
        for claim in claims
        for order in orders
        if (named := _names(claim, order)) or _fits(claim, order, window)
    )
    found: dict[str, str] = {}
    taken: set[str] = set()
    for *_, claim_id, order_id in likely:
        if claim_id not in found and order_id not in taken:
            found[claim_id] = order_id
            taken.add(order_id)
    return found


def is_overdue(claimed_at: datetime, now: datetime, settings: MatchSettings = MATCH) -> bool:
    """Whether a claim has waited too long for its order."""
    return now - claimed_at > timedelta(days=settings.days)


def _names(claim: Claim, order: Paid) -> bool:
    # A number alone is no proof: somebody else's order must not confirm this claim.
    hers = claim.customer_id == order.customer_id
    return hers and bool(order.number) and claim.proof.strip() == order.number


def _fits(claim: Claim, order: Paid, window: timedelta) -> bool:
    if claim.customer_id != order.customer_id or claim.fen not in order.amounts:
        return False
    return abs(order.at - claim.at) <= window
