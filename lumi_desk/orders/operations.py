"""Claiming a sale."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.orders.tables import Sale
from lumi_desk.reports import operations as facts
from lumi_desk.reports.rules import Source, of_claim
from lumi_desk.storage import known

Amount = Annotated[int, Field(ge=0, le=10**13)]


@dataclass(frozen=True, kw_only=True)
class ClaimSale:
    """A rep says she sold something. `kind` is "card", "bundle" or "product"; money is fen."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    kind: str
    item_id: str
    what: str
    fen: Amount
    proof: str
    gift: str = ""
    contact_id: str | None = None


def claim_sale(session: Session, op: ClaimSale) -> None:
    """Keep the claim and count it until an imported order confirms it."""
    known.keep(
        session,
        Sale,
        id=op.id,
        customer_id=op.customer_id,
        rep_id=op.by,
        contact_id=op.contact_id,
        at=op.at,
        kind=op.kind,
        item_id=op.item_id,
        what=op.what,
        fen=op.fen,
        gift=op.gift,
        proof=op.proof,
    )
    source = Source(op.id, op.by, clock.local_day(op.at), op.customer_id)
    facts.count(session, source, of_claim(op.kind, op.fen))
