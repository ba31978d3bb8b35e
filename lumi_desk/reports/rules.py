"""What is counted: facts that follow from contacts, sales and orders."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FactKind(StrEnum):
    """What a fact counts. Money kinds carry fen, the others units."""

    DIALS = "dials"  # with how many were answered, and the talk
    # Once facts of their own; now they are read off the dials.
    ANSWERED = "answered"
    TALK_SECONDS = "talk_seconds"
    CASH_CLAIMED = "cash_claimed"
    CASH = "cash"
    DELIVERED = "delivered"
    HIGH_MARGIN = "high_margin"
    CARDS_CLAIMED = "cards_claimed"
    CARDS = "cards"
    CARD_FEN = "card_fen"
    DREAM = "dream"
    ENZYME = "enzyme"
    ORDERS_CLAIMED = "orders_claimed"
    ORDERS = "orders"
    PROMISED = "promised"  # a callback, on the day it is due; 0 units once it is settled


@dataclass(frozen=True)
class Count:
    """One thing to count: fen for money, units for the rest.

    Dials say along how many of them were answered, and the seconds talked.
    """

    kind: FactKind
    fen: int = 0
    units: int = 0
    answered: int = 0
    seconds: int = 0


@dataclass(frozen=True)
class Source:
    """Whose, when and from what the counts follow."""

    id: str
    rep_id: str
    day: date
    customer_key: str = ""


def of_contact(dials: int, answered: int, talk_seconds: int) -> tuple[Count, ...]:
    """What a contact counts: its dials, how many were answered, and the talk, as one."""
    one = Count(FactKind.DIALS, units=dials, answered=answered, seconds=talk_seconds)
    return (one,) if dials or answered or talk_seconds else ()


def of_claim(kind: str, fen: int) -> tuple[Count, ...]:
    """What a claimed sale counts until an order confirms it: cash, an order, perhaps a card."""
    cash = Count(FactKind.CASH_CLAIMED, fen=fen)
    if kind == "card":
        return cash, Count(FactKind.CARDS_CLAIMED, units=1)
    return cash, Count(FactKind.ORDERS_CLAIMED, units=1)
