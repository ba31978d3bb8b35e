"""What she says about being reached, written down by a rep."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from lumi_desk.calls import operations as calls
from lumi_desk.consents.rules import Basis, Purpose, Way
from lumi_desk.consents.tables import Consent
from lumi_desk.storage import known

Source = Annotated[str, Field(max_length=200)]


@dataclass(frozen=True, kw_only=True)
class GiveConsent:
    """She agrees to be reached by a way for a purpose; `source` says how it came to be known."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    way: Way
    purpose: Purpose
    basis: Basis = Basis.CONSENT
    source: Source = ""


@dataclass(frozen=True, kw_only=True)
class WithdrawConsent:
    """She does not want to be reached by a way for a purpose any more; it binds at once."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    way: Way
    purpose: Purpose
    source: Source = ""


def give_consent(session: Session, op: GiveConsent) -> None:
    """Keep that she agreed."""
    known.keep(
        session,
        Consent,
        id=op.id,
        customer_id=op.customer_id,
        rep_id=op.by,
        way=op.way.value,
        purpose=op.purpose.value,
        basis=op.basis.value,
        source=op.source,
        given_at=op.at,
    )


def withdraw_consent(session: Session, op: WithdrawConsent) -> None:
    """Keep that she withdrew. It is a row of its own: so nothing that comes late undoes it.

    Who is not to be called at all any more is not called back either.
    """
    known.keep(
        session,
        Consent,
        id=op.id,
        customer_id=op.customer_id,
        rep_id=op.by,
        way=op.way.value,
        purpose=op.purpose.value,
        withdrawn_at=op.at,
        withdrawn_source=op.source,
    )
    if _ends_calls(op):
        calls.settle(session, op.customer_id, made_before=op.at, done_at=op.at)


def prepare(session: Session, ops: Iterable[Any]) -> None:
    """Look up at once what these operations will look at: what is still promised."""
    ending = (op for op in ops if isinstance(op, WithdrawConsent) and _ends_calls(op))
    calls.prepare_promises(session, {op.customer_id for op in ending})


def _ends_calls(op: WithdrawConsent) -> bool:
    return op.way is Way.PHONE and op.purpose is Purpose.SERVICE
