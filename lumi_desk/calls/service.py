"""What is asked about contacts, promises and refusals, and the keeping of unfinished calls."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from lumi_desk import clock
from lumi_desk.calls.rules import BUDGET, Channel, ContactBudget, Told
from lumi_desk.calls.tables import Callback, Contact, Note, Refusal, Skip, UnfinishedCall
from lumi_desk.calls.underway.rules import Dialled, Form, Item, State, UnderWay
from lumi_desk.catalog import service as catalog
from lumi_desk.storage.base import from_millis, to_millis

BUDGET_DAYS = timedelta(days=31)
"""How far back dials count, a day more than the longest cap."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An open callback."""

    due_at: datetime
    why: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Contacted:
    """One contact of the past, as the timeline tells it; dials are (when, answered)."""

    id: str
    at: datetime
    channel: str
    talk_seconds: int
    dials: tuple[tuple[datetime, bool], ...]
    disposition: str
    note: str

    @property
    def answered(self) -> bool:
        """Whether she was spoken to; a written exchange always is."""
        return not self.dials or any(answered for _, answered in self.dials)


@dataclass(frozen=True, slots=True)
class Noted:
    """Words written outside a call."""

    at: datetime
    words: str


# The contact budget.


def budget(session: Session, now: datetime) -> ContactBudget:
    """The manager's contact budget; what the setting does not say keeps its default."""
    body = catalog.setting(session, "contact_budget", clock.local_day(now)) or {}
    given: dict[str, Any] = {
        name: time.fromisoformat(body[name])
        for name in ("opens", "closes", "pause_from", "pause_until")
        if name in body
    }
    given |= {name: body[name] for name in ("per_day", "per_week", "per_month") if name in body}
    if "apart_minutes" in body:
        given["apart"] = timedelta(minutes=body["apart_minutes"])
    return ContactBudget(**given) if given else BUDGET


def dials(session: Session, since: datetime) -> dict[str, tuple[datetime, ...]]:
    """Every dial from `since` on by customer, those of calls not yet written up included."""
    found: defaultdict[str, set[datetime]] = defaultdict(set)
    rows = session.execute(
        select(Contact.customer_id, Contact.dials).where(Contact.started_at >= since)
    )
    under_way = session.execute(select(UnfinishedCall.customer_id, UnfinishedCall.dials))
    for customer_id, kept in (*rows, *under_way):
        found[customer_id].update(at for at, _ in _dials(kept) if at >= since)
    return {customer_id: tuple(sorted(moments)) for customer_id, moments in found.items()}


def is_refused(session: Session, customer_id: str) -> bool:
    """Whether she must not be contacted."""
    return session.scalar(_refusals().where(Refusal.customer_id == customer_id)) is not None


# All customers at once, for the list.


def refused(session: Session) -> frozenset[str]:
    """Everybody who must not be contacted."""
    return frozenset(session.scalars(_refusals()))


def skipped(session: Session, day: date) -> frozenset[str]:
    """Everybody passed over on a day."""
    return frozenset(session.scalars(select(Skip.customer_id).where(Skip.day == day)))


def last_contacts(session: Session) -> dict[str, datetime]:
    """When each customer was last contacted, on any channel, reached or not."""
    asked = select(Contact.customer_id, func.max(Contact.started_at)).group_by(Contact.customer_id)
    return dict(session.execute(asked).all())


def last_answered(session: Session, customer_id: str) -> datetime | None:
    """When she last had a contact whose outcome says that she was there."""
    answering = catalog.answering(session)
    asked = select(func.max(Contact.started_at)).where(
        Contact.customer_id == customer_id, Contact.disposition.in_(answering)
    )
    return session.scalar(asked)


def in_order(session: Session, customer_ids: Sequence[str]) -> Iterator[Told]:
    """The contacts of these customers, each customer's in the order of time."""
    yield from session.execute(_told().where(Contact.customer_id.in_(customer_ids)))


def since_answered(session: Session, answering: Collection[str]) -> Iterator[Told]:
    """Of all customers, in the same order, the contacts from the last one with such a result on.

    All of those who never had one.
    """
    last = (
        select(Contact.customer_id, func.max(Contact.started_at).label("at"))
        .where(Contact.disposition.in_(answering))
        .group_by(Contact.customer_id)
        .subquery()
    )
    joined = _told().outerjoin(last, last.c.customer_id == Contact.customer_id)
    later = or_(last.c.at.is_(None), Contact.started_at >= last.c.at)
    yield from session.execute(joined.where(later))


def promises(session: Session) -> dict[str, Promise]:
    """The earliest open callback of each customer."""
    asked = select(Callback.customer_id, Callback.due_at, Callback.why, Callback.made_at)
    rows = session.execute(asked.where(Callback.done_at.is_(None)).order_by(Callback.due_at.desc()))
    return {customer_id: Promise(due, why, made) for customer_id, due, why, made in rows}


# One customer.


def promise(session: Session, customer_id: str) -> Promise | None:
    """Her earliest open callback."""
    chosen = select(Callback).where(Callback.customer_id == customer_id, Callback.done_at.is_(None))
    row = session.scalars(chosen.order_by(Callback.due_at).limit(1)).first()
    return None if row is None else Promise(row.due_at, row.why, row.made_at)


def contacts_of(session: Session, customer_id: str, most: int = 200) -> tuple[Contacted, ...]:
    """Her latest contacts, newest first."""
    chosen = select(Contact).where(Contact.customer_id == customer_id)
    rows = session.scalars(chosen.order_by(Contact.started_at.desc()).limit(most))
    return tuple(
        Contacted(
            row.id,
            row.started_at,
            row.channel,
            row.talk_seconds,
            tuple(_dials(row.dials)),
            row.disposition,
            row.note,
        )
        for row in rows
    )


def notes_of(session: Session, customer_id: str, most: int = 200) -> tuple[Noted, ...]:
    """Her latest notes, newest first."""
    chosen = select(Note.at, Note.words).where(Note.customer_id == customer_id)
    rows = session.execute(chosen.order_by(Note.at.desc()).limit(most))
    return tuple(Noted(at, words) for at, words in rows)


# The unfinished call: what the desk alone keeps.


def keep(session: Session, call: UnderWay, now: datetime) -> None:
    """Keep what is under way as it is; nothing worth keeping is dropped instead."""
    if call.is_empty:
        drop(session, call.customer_id)
        return
    session.merge(
        UnfinishedCall(
            customer_id=call.customer_id,
            contact_id=call.contact_id,
            state=call.state.value,
            note=call.note,
            dials=[[to_millis(one.at), one.answered] for one in call.dials],
            started_at=call.started_at,
            answered_at=call.answered_at,
            ended_at=call.ended_at,
            script_id=call.script_id,
            path=list(call.path),
            form=_packed(call),
            touched_at=now,
        )
    )


def drop(session: Session, customer_id: str) -> None:
    """Forget what was under way with her: it is written up, or there is nothing."""
    session.execute(delete(UnfinishedCall).where(UnfinishedCall.customer_id == customer_id))


def under_way(session: Session, customer_id: str) -> UnderWay | None:
    """What is under way with her."""
    row = session.get(UnfinishedCall, customer_id)
    return None if row is None or _is_saved(session, row) else _under_way(row)


def all_under_way(session: Session) -> tuple[UnderWay, ...]:
    """Everything under way, the call touched last first, then notes."""
    rows = session.scalars(select(UnfinishedCall).order_by(UnfinishedCall.touched_at.desc()))
    calls = [_under_way(row) for row in rows if not _is_saved(session, row)]
    return tuple(sorted(calls, key=lambda call: not call.is_debt))


def _told() -> Select[str, datetime, str, str]:
    asked = select(Contact.customer_id, Contact.started_at, Contact.channel, Contact.disposition)
    return asked.order_by(Contact.customer_id, Contact.started_at, Contact.id)


def _refusals() -> Any:
    return select(Refusal.customer_id).where(Refusal.withdrawn_at.is_(None)).distinct()


def _dials(kept: Any) -> list[tuple[datetime, bool]]:
    return [(from_millis(at), bool(answered)) for at, answered in kept or ()]


def _is_saved(session: Session, row: UnfinishedCall) -> bool:
    """Whether it was saved, and the program ended before it was dropped."""
    saved = session.get(Contact, row.contact_id) or session.get(Note, row.contact_id)
    return saved is not None


def _packed(call: UnderWay) -> dict[str, Any]:
    """What has no column of its own, as plain values."""
    form = asdict(call.form)
    form["next_at"] = None if call.form.next_at is None else to_millis(call.form.next_at)
    more = {
        "channel": call.channel.value,
        "offers": list(call.offers),
        "chosen": call.chosen,
        "complaint": call.complaint,
    }
    return {"form": form, **more}


def _under_way(row: UnfinishedCall) -> UnderWay:
    packed = row.form or {}
    form = dict(packed.get("form", {}))
    sale, at = form.pop("sale", None), form.pop("next_at", None)
    return UnderWay(
        customer_id=row.customer_id,
        contact_id=row.contact_id,
        channel=Channel(packed.get("channel", Channel.CALL)),
        state=State(row.state),
        note=row.note,
        dials=tuple(Dialled(moment, answered) for moment, answered in _dials(row.dials)),
        started_at=row.started_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        script_id=row.script_id,
        path=tuple(row.path or ()),
        offers=tuple(packed.get("offers", ())),
        chosen=packed.get("chosen", ""),
        complaint=packed.get("complaint", False),
        form=Form(
            sale=Item(**sale) if sale else None,
            next_at=None if at is None else from_millis(at),
            **form,
        ),
    )
