"""What waits for the hub, what it took, what it refused: as the sync chip and its panel show it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from lumi_desk.clock import day_start, local_day
from lumi_desk.customers.tables import Customer
from lumi_desk.operations import ASK
from lumi_desk.parked import service as parked
from lumi_desk.parked.rules import State, is_open
from lumi_desk.parked.tables import Parked
from lumi_desk.people import service as people
from lumi_desk.storage.base import Table
from lumi_desk.sync import again
from lumi_desk.sync.again import Differs
from lumi_desk.sync.protocol import APPLIED, PARKED
from lumi_desk.sync.tables import DeadLetter, Outbox, SentLog

MOST = 100
# How long an answer of the leader's is shown.
_SHOWN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that has not been answered. Until `not_before` it can be undone."""

    op_id: str
    kind: str
    customer: str
    made_at: datetime
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """Work the hub took."""

    op_id: str
    kind: str
    customer: str
    made_at: datetime | None
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Refused:
    """Work the hub did not take: why, as an error's code and fields.

    `differs` are the fields of a version clash, one by one.
    """

    op_id: str
    kind: str
    customer: str
    status: str
    reason: str
    params: dict[str, str | int]
    answered_at: datetime
    seen: bool
    kind_ver: int = 1
    payload: str = "{}"
    differs: tuple[Differs, ...] = ()


@dataclass(frozen=True, slots=True)
class WithLeader:
    """Work of hers that lies with her leader, or about which the leader has decided.

    `arrived` is False while her question is still on its way; `leader` and `holder` are names.
    `news` says that she has not read this yet.
    """

    op_id: str
    kind: str
    kind_ver: int
    payload: str
    customer: str
    state: State
    at: datetime
    arrived: bool = True
    words: str = ""
    answer: str = ""
    leader: str = ""
    holder: str = ""
    news: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """The lists, each cut to `MOST`, and how many there really are; `sent` are today's.

    `unseen_count` are refusals nobody has read, `news_count` what is new from the leader.
    """

    waiting: tuple[Waiting, ...] = ()
    refused: tuple[Refused, ...] = ()
    sent: tuple[Sent, ...] = ()
    leader: tuple[WithLeader, ...] = ()
    waiting_count: int = 0
    sent_count: int = 0
    unseen_count: int = 0
    news_count: int = 0


def status(session: Session, me: str, now: datetime) -> Status:
    """What waits, oldest first; all else newest first. `me` is the person signed in."""
    asking = _asking(session)
    letters = {letter.op_id: letter for letter in session.scalars(select(DeadLetter))}
    lying = _lying(session, me, letters, asking, now)
    away = {one.op_id for one in lying}
    known = {one.id for one in parked.of_rep(session, me)} | asking.keys()
    refused = _refused(session, known)
    return Status(
        waiting=_waiting(session),
        refused=refused,
        sent=_sent(session, now),
        leader=lying,
        waiting_count=_count(session, Outbox, ~Outbox.answered),
        sent_count=_count(session, SentLog, *_today(now)),
        unseen_count=sum(
            letter.seen_at is None and letter.op_id not in away for letter in letters.values()
        ),
        news_count=sum(one.news for one in lying),
    )


def seen(session: Session, op_ids: Collection[str], now: datetime) -> None:
    """She has read these refusals, and what the leader has said about them."""
    session.execute(update(DeadLetter).where(DeadLetter.op_id.in_(op_ids)).values(seen_at=now))
    rows = session.execute(
        select(Parked.id, Parked.decided_at).where(Parked.id.in_(op_ids), Parked.decided_at > now)
    )
    for op_id, decided_at in rows.all():
        # Her leader's clock may run ahead of hers.
        letter = update(DeadLetter).where(DeadLetter.op_id == op_id)
        session.execute(letter.values(seen_at=decided_at))


def refused_about(session: Session, ids: Collection[str]) -> dict[str, Refused]:
    """The latest refusal of work about each of these records."""
    rows = session.scalars(
        select(DeadLetter)
        .where(DeadLetter.customer_id.in_(ids))
        .order_by(DeadLetter.answered_at, DeadLetter.client_seq)
    )
    return {letter.customer_id or "": _as_refused(letter, "") for letter in rows}


def _named() -> Any:
    return func.coalesce(Customer.name, Parked.customer_name, "").label("customer")


def _with_names(asked: Any, table: Any) -> Any:
    """Join the customer the work is about, or, for work about parked work, its customer."""
    return asked.outerjoin(Customer, Customer.id == table.customer_id).outerjoin(
        Parked, or_(Parked.id == table.customer_id, Parked.id == table.op_id)
    )


def _waiting(session: Session) -> tuple[Waiting, ...]:
    columns = (Outbox.op_id, Outbox.kind, _named(), Outbox.made_at, Outbox.not_before)
    asked = _with_names(select(*columns), Outbox).where(~Outbox.answered)
    return tuple(
        Waiting(*row) for row in session.execute(asked.order_by(Outbox.client_seq).limit(MOST))
    )


def _sent(session: Session, now: datetime) -> tuple[Sent, ...]:
    columns = (SentLog.op_id, SentLog.kind, _named(), SentLog.made_at, SentLog.answered_at)
    asked = _with_names(select(*columns), SentLog).where(*_today(now))
    latest = (SentLog.answered_at.desc(), SentLog.client_seq.desc())
    return tuple(Sent(*row) for row in session.execute(asked.order_by(*latest).limit(MOST)))


def _today(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return SentLog.status == APPLIED, SentLog.answered_at >= day_start(local_day(now))


def _count(session: Session, table: type[Table], *which: ColumnElement[bool]) -> int:
    return session.scalars(select(func.count()).select_from(table).where(*which)).one()


def _refused(session: Session, with_leader: Collection[str]) -> tuple[Refused, ...]:
    """What was refused and does not lie with the leader."""
    asked = _with_names(select(DeadLetter, _named()), DeadLetter).where(
        DeadLetter.status != PARKED, DeadLetter.op_id.not_in(with_leader)
    )
    latest = (DeadLetter.answered_at.desc(), DeadLetter.client_seq.desc())
    rows = session.execute(asked.order_by(*latest).limit(MOST))
    return tuple(
        replace(_as_refused(letter, name), differs=again.differs(session, letter))
        for letter, name in rows.all()
    )


def _as_refused(letter: DeadLetter, name: str) -> Refused:
    return Refused(
        op_id=letter.op_id,
        kind=letter.kind,
        customer=name,
        status=letter.status,
        reason=letter.reason,
        params=dict(letter.params or {}),
        answered_at=letter.answered_at,
        seen=letter.seen_at is not None,
        kind_ver=letter.kind_ver,
        payload=letter.payload,
    )


def _asking(session: Session) -> dict[str, Outbox]:
    """Her questions that are still on their way, by the work they are about."""
    rows = session.scalars(select(Outbox).where(Outbox.kind == ASK))
    return {row.customer_id or "": row for row in rows}


def _lying(
    session: Session,
    me: str,
    letters: dict[str, DeadLetter],
    asking: dict[str, Outbox],
    now: datetime,
) -> tuple[WithLeader, ...]:
    rows = parked.of_rep(session, me)
    shown = [one for one in rows if one.decided_at is None or one.decided_at > now - _SHOWN]
    found = [_as_lying(session, one, letters.get(one.id), asking) for one in shown]
    known = {one.id for one in rows}
    going = [
        _on_its_way(session, letter, letter.op_id in asking)
        for letter in letters.values()
        if letter.op_id not in known and (letter.status == PARKED or letter.op_id in asking)
    ]
    return tuple(going + found)


def _as_lying(
    session: Session, one: parked.Lying, letter: DeadLetter | None, asking: dict[str, Outbox]
) -> WithLeader:
    news = letter is not None and (
        letter.seen_at is None or (one.decided_at is not None and letter.seen_at < one.decided_at)
    )
    state = State.ASKED if one.id in asking and is_open(one.state) else one.state
    return WithLeader(
        op_id=one.id,
        kind=one.kind,
        kind_ver=one.kind_ver,
        payload=one.payload,
        customer=one.customer,
        state=state,
        at=one.decided_at or one.at,
        arrived=one.id not in asking,
        words=one.words,
        answer=one.answer,
        leader=_name(session, one.decided_by),
        holder=_name(session, one.holder_id),
        news=news,
    )


def _on_its_way(session: Session, letter: DeadLetter, asked: bool) -> WithLeader:  # noqa: FBT001
    customer = session.get(Customer, letter.customer_id) if letter.customer_id else None
    return WithLeader(
        op_id=letter.op_id,
        kind=letter.kind,
        kind_ver=letter.kind_ver,
        payload=letter.payload,
        customer=customer.name if customer else "",
        state=State.ASKED if asked else State.PARKED,
        at=letter.answered_at,
        arrived=not asked,
        news=letter.seen_at is None,
    )


def _name(session: Session, person_id: str | None) -> str:
    found = people.person(session, person_id) if person_id else None
    return found.name if found else ""
