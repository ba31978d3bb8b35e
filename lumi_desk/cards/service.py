"""What is asked about the recharge cards of customers."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lumi_desk.cards.rules import EntryKind
from lumi_desk.cards.tables import CardEntry


def balances(session: Session) -> dict[str, int]:
    """What every holder of a card has left, principal and bonus together, in fen."""
    left = func.sum(CardEntry.principal_fen + CardEntry.bonus_fen)
    asked = select(CardEntry.customer_id, left).group_by(CardEntry.customer_id)
    return {customer_id: int(fen) for customer_id, fen in session.execute(asked)}


def balance(session: Session, customer_id: str) -> int | None:
    """What she has left in fen; None if she never had a card."""
    left = func.sum(CardEntry.principal_fen + CardEntry.bonus_fen)
    fen = session.scalar(select(left).where(CardEntry.customer_id == customer_id))
    return None if fen is None else int(fen)


def opened_at(session: Session, customer_id: str) -> datetime | None:
    """When she first loaded a card; None if she never did."""
    loads = CardEntry.kind.in_((EntryKind.OPEN.value, EntryKind.TOP_UP.value))
    first = func.min(CardEntry.at)
    return session.scalar(select(first).where(CardEntry.customer_id == customer_id, loads))


def loading_orders(session: Session) -> frozenset[str]:
    """The orders that bought a card: they are no purchase of goods."""
    return frozenset(str(order_id) for order_id in session.scalars(loading_asked()))


def loading_asked() -> Select[str | None]:
    """The same as a question, to be asked within another one."""
    return select(CardEntry.order_id).where(
        CardEntry.kind.in_((EntryKind.OPEN.value, EntryKind.TOP_UP.value)),
        CardEntry.order_id.is_not(None),
    )
