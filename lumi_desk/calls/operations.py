"""What a rep does in and around calls, each with the one function that carries it out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.calls.tables import Callback, Contact, Note, Refusal, Skip
from lumi_desk.catalog.tables import DispositionRow
from lumi_desk.customers.tables import Customer
from lumi_desk.reports import operations as facts
from lumi_desk.reports.rules import Count, FactKind, Source, of_contact
from lumi_desk.storage import known
from lumi_desk.storage.among import IDS, among
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.direct import Direct

Seconds = Annotated[int, Field(ge=0, le=7 * 86_400)]


@dataclass(frozen=True)
class Dial:
    """One attempt to reach her within a call."""

    at: AwareDatetime
    answered: bool


@dataclass(frozen=True, kw_only=True)
class LogContact:
    """A contact is over and wrapped up. `wechat_state` is empty when it did not change."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    channel: str
    started_at: AwareDatetime
    ended_at: AwareDatetime
    talk_seconds: Seconds
    wrap_up_seconds: Seconds
    dials: tuple[Dial, ...]
    disposition: str
    attitude: str = ""
    wechat_state: str = ""
    script_id: str | None = None
    path: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    note: str = ""
    case: bool = False


@dataclass(frozen=True, kw_only=True)
class WriteNote:
    """Words about a customer, outside a call."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    words: str


@dataclass(frozen=True, kw_only=True)
class PromiseCallback:
    """She is promised a next contact; it takes the place of an earlier promise."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    due_at: AwareDatetime
    why: str = ""
    contact_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Refuse:
    """She does not want to be contacted any more."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class SkipCustomer:
    """The rep passes her over for a day, with a reason."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    day: date
    reason: str


def log_contact(session: Session, op: LogContact) -> None:
    """Keep the contact, count it, and settle the promises it fulfils."""
    known.keep(
        session,
        Contact,
        id=op.id,
        customer_id=op.customer_id,
        rep_id=op.by,
        channel=op.channel,
        started_at=op.started_at,
        ended_at=op.ended_at,
        talk_seconds=op.talk_seconds,
        wrap_up_seconds=op.wrap_up_seconds,
        dials=[[to_millis(dial.at), dial.answered] for dial in op.dials],
        disposition=op.disposition,
        attitude=op.attitude,
        script_id=op.script_id,
        path=list(op.path),
        offers=list(op.offers),
        note=op.note,
        case=op.case,
    )
    _keep_wechat_state(session, op)
    if _reached(session, op.disposition):
        settle(session, op.customer_id, made_before=op.at, done_at=op.ended_at)
    answered = sum(dial.answered for dial in op.dials)
    source = Source(op.id, op.by, clock.local_day(op.started_at), op.customer_id)
    facts.count(session, source, of_contact(len(op.dials), answered, op.talk_seconds))


def write_note(session: Session, op: WriteNote) -> None:
    """Keep the note."""
    hers = {"customer_id": op.customer_id, "rep_id": op.by}
    known.keep(session, Note, id=op.id, at=op.at, words=op.words, **hers)


def promise_callback(session: Session, op: PromiseCallback) -> None:
    """Keep the promise; earlier open ones to her are settled by it."""
    settle(session, op.customer_id, made_before=op.at, done_at=op.at, but=op.id)
    promised = known.find(session, Callback, op.id)
    known.keep(
        session,
        Callback,
        id=op.id,
        customer_id=op.customer_id,
        rep_id=op.by,
        contact_id=op.contact_id,
        made_at=op.at,
        due_at=op.due_at,
        why=op.why,
    )
    if promised is None or promised.done_at is None:
        source = Source(op.id, op.by, clock.local_day(op.due_at), op.customer_id)
        facts.count(session, source, (Count(FactKind.PROMISED, units=1),))


def refuse(session: Session, op: Refuse) -> None:
    """Keep the refusal; what was promised her falls away."""
    hers = {"customer_id": op.customer_id, "rep_id": op.by}
    known.keep(session, Refusal, id=op.id, at=op.at, words=op.words, **hers)
    settle(session, op.customer_id, made_before=op.at, done_at=op.at)


def skip_customer(session: Session, op: SkipCustomer) -> None:
    """Keep that she was passed over today, and why."""
    hers = {"customer_id": op.customer_id, "rep_id": op.by}
    known.keep(session, Skip, id=op.id, day=op.day, reason=op.reason, **hers)


def prepare(session: Session, ops: Iterable[Any]) -> None:
    """Look up at once what these operations will look at: results, and what is still promised."""
    ops = list(ops)
    if results := sorted({op.disposition for op in ops if isinstance(op, LogContact)}):
        known.light(session, DispositionRow, _RESULTS, {IDS: results}, results)
    settling = (LogContact, PromiseCallback, Refuse)
    prepare_promises(session, {op.customer_id for op in ops if isinstance(op, settling)})


def prepare_promises(session: Session, customer_ids: Iterable[str]) -> None:
    """Look up at once what these customers are promised."""
    customers = sorted(customer_ids)
    if not customers:
        return
    promised = known.light(session, Callback, _OPEN, {IDS: customers})
    known.fill_sets(session, Callback, promised, customers)
    facts.prepare(session, (one.id for one in promised), FactKind.PROMISED)


def settle(
    session: Session, customer_id: str, *, made_before: datetime, done_at: datetime, but: str = ""
) -> None:
    """What she was promised before a moment, all `but` one, is done or falls away."""
    for callback in _promised(session, customer_id):
        earlier = callback.made_at <= made_before and callback.id != but
        if callback.done_at is None and earlier:
            callback.done_at = done_at
            facts.settle(session, callback.id, FactKind.PROMISED)


def _promised(session: Session, customer_id: str) -> Sequence[Callback]:
    """What she is promised and was not done; a batch's may be done meanwhile."""
    looked_up = known.find_set(session, Callback, customer_id)
    if looked_up is not None:
        return looked_up
    asked = select(Callback).where(Callback.customer_id == customer_id, Callback.done_at.is_(None))
    return session.scalars(asked).all()


def _reached(session: Session, disposition: str) -> bool:
    row = known.find(session, DispositionRow, disposition)
    return row is not None and row.answered


def _keep_wechat_state(session: Session, op: LogContact) -> None:
    customer = known.find(session, Customer, op.customer_id) if op.wechat_state else None
    if customer and customer.wechat_state != op.wechat_state:
        customer.wechat_state = op.wechat_state


_RESULT: Any = DispositionRow.__table__
_RESULTS = Direct(select(_RESULT.c.id, _RESULT.c.answered).where(among(_RESULT.c.id)))
_CALLBACK: Any = Callback.__table__
_OPEN = Direct(
    select(_CALLBACK.c.id, _CALLBACK.c.customer_id, _CALLBACK.c.made_at, _CALLBACK.c.done_at).where(
        among(_CALLBACK.c.customer_id), _CALLBACK.c.done_at.is_(None)
    )
)
