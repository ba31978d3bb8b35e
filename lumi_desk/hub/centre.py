"""The doors to customers she does not hold: for leaders those of their team, for managers all.

Whatever they show is written down before it leaves: where that cannot be kept, nothing is shown.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.calls.service import Contacted, Noted
from lumi_desk.clock import Clock
from lumi_desk.complaints.service import Ticket
from lumi_desk.customers import person
from lumi_desk.customers.person import Happened
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.tags.service import Tagged
from lumi_desk.customers.why.service import whys
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import finding, looking
from lumi_desk.hub.callers import Caller
from lumi_desk.hub.problems import parsed
from lumi_desk.looks import service as looks
from lumi_desk.managing import centre as protocol
from lumi_desk.managing.centre import CentreEvent, CentreHeld, CentreWhy, ListCentre
from lumi_desk.orders.service import Claimed, Ordered
from lumi_desk.people.tables import Person
from lumi_desk.security.masking import mask_text
from lumi_desk.security.roles import NotYours, Right, may, require
from lumi_desk.storage.base import to_millis
from lumi_desk.storage.store import Store
from lumi_desk.sync.tables import Assignment

_MOST_EVENTS = 200
_MOST_HELD = 20


class NoSuchCustomer(LumiError):
    """A customer the hub does not have, or not any more."""

    title = N_("There is no such customer any more")
    advice = N_("Search again: she may have been made one with another customer.")


@dataclass(frozen=True)
class CentreDoors:
    """The doors on one database. Each raises NotYours for who leads nobody, and SessionOver."""

    store: Store
    now: Clock
    caller: Callable[[str], Caller]

    def listed(self, access: str, body: bytes) -> bytes:
        """A page of customers."""
        caller = self._leading(access)
        asked, now = parsed(protocol.LIST, body), self.now()
        with self.store.read() as session:
            reps = reach(session, caller)
            found = finding.find(session, reps, asked, now)
            everybody = finding.many(session, reps)
            counts = finding.counts(session, reps, now) if asked.counts else {}
            people = finding.people(session, reps, counts["rep"]) if asked.counts else ()
            look = caller.id, len(found.customers), beyond_usual(asked), now
            noted = looks.is_noted(session, *look)
        if not noted:
            with self.store.write() as session:
                looks.note_list(session, *look)
        sums = found.sums
        told = protocol.CentreListed(found.customers, found.total, everybody, sums, counts, people)
        return protocol.LISTED.dump_json(told)

    def shown(self, access: str, body: bytes) -> bytes:
        """One customer. Raises NoSuchCustomer, also where she is beyond the caller's team."""
        caller, asked = self._leading(access), parsed(protocol.SHOW, body)
        now = self.now()
        with self.store.read() as session:
            reps = reach(session, caller)
            row = session.get(Customer, asked.id)
            if row is None or (reps is not None and row.rep_id not in reps):
                raise NoSuchCustomer
            told = _told(session, asked.id, now, to_manager=may(caller.role, Right.MANAGE))
        with self.store.write() as session:
            looks.note_one(session, caller.id, asked.id, now)
        return protocol.SHOWN.dump_json(told)

    def _leading(self, access: str) -> Caller:
        caller = self.caller(access)
        require(caller.role, Right.LEAD)
        return caller


def _told(
    session: Session, customer_id: str, now: datetime, *, to_manager: bool
) -> protocol.CustomerShown:
    her = person.about(session, customer_id)
    if her is None:
        raise NoSuchCustomer
    (row,) = finding.listed(session, [customer_id])
    ticket = her.complaint_open
    return protocol.CustomerShown(
        row,
        mask_text(her.allergy),
        her.household,
        her.balance_fen,
        None if ticket is None else to_millis(ticket.due_at),
        tuple(CentreWhy(one.code, one.fields) for one in whys(session, her, now)),
        tuple(_held(session, customer_id)),
        tuple(_event(one) for one in person.timeline(her)[:_MOST_EVENTS]),
        looking.told(session, customer_id) if to_manager else None,
    )


def beyond_usual(asked: ListCentre) -> dict[str, object]:
    """What she asked for beyond a list of everybody."""
    usual = asdict(ListCentre(counts=asked.counts))
    return {name: one for name, one in asdict(asked).items() if one != usual[name]}


def reach(session: Session, caller: Caller) -> frozenset[str] | None:
    """Whose customers she may see: everybody's (None), or those of her team's people.

    Raises NotYours for a leader without a team.
    """
    if may(caller.role, Right.MANAGE):
        return None
    if not caller.team_id:
        raise NotYours
    hers = select(Person.id).where(Person.team_id == caller.team_id)
    return frozenset(session.scalars(hers))


def _held(session: Session, customer_id: str) -> Iterator[CentreHeld]:
    """Who held her, the latest first."""
    asked = (
        select(Person.name, Assignment.since, Assignment.until)
        .outerjoin(Person, Person.id == Assignment.rep_id)
        .where(Assignment.customer_id == customer_id)
        .order_by(Assignment.since.desc(), Assignment.id)
        .limit(_MOST_HELD)
    )
    for name, since, until in session.execute(asked):
        yield CentreHeld(name or "", to_millis(since), None if until is None else to_millis(until))


def _event(one: Happened) -> CentreEvent:
    """What happened; numbers that somebody wrote into words are masked."""
    channel = what = note = ""
    fen, seconds = None, 0
    match one.what:
        case Contacted() as contact:
            channel, what, note = contact.channel, contact.disposition, contact.note
            seconds = contact.talk_seconds
        case Ordered() as order:
            what, fen = order.main.title if order.main else order.title, order.fen
        case Claimed() as claim:
            what, fen = claim.gift or claim.what, claim.fen
        case Noted() as noted:
            what = noted.words
        case Ticket() as ticket:
            what, note = ticket.words, ticket.remedy
        case Tagged() as tag:
            what, note = tag.name, tag.by
    return CentreEvent(
        to_millis(one.at), one.kind.value, channel, mask_text(what), mask_text(note), fen, seconds
    )
