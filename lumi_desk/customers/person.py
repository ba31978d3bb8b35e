"""One customer as the desk shows her: the facts of the header, and what happened so far."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from lumi_desk.because import Because
from lumi_desk.calls import service as calls
from lumi_desk.calls.service import Contacted, Noted
from lumi_desk.cards import service as cards
from lumi_desk.complaints import service as complaints
from lumi_desk.complaints.service import Ticket
from lumi_desk.consents import service as consents
from lumi_desk.consents.rules import Word
from lumi_desk.customers.rules import CHURN, ChurnSettings, History, Purchase, churn_warning
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.tags import service as tags
from lumi_desk.customers.tags.service import Tagged
from lumi_desk.orders import service as orders
from lumi_desk.orders.service import Claimed, Ordered
from lumi_desk.security.masking import mask_text


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of her.

    `name` shows no whole phone number, `phone` is in full, `ver` is the version the hub gave her
    row, `balance_fen` is None without a card, `words` are what she said about being reached,
    `loads` are the orders that bought a card and no goods.
    """

    id: str
    name: str
    phone: str
    pool: str
    grade: str | None
    line: str | None
    relationship: str | None
    city: str
    wangwang: str
    wechat: str
    wechat_state: str
    member_since: date | None
    allergy: str
    household: int
    birthday: date | None
    ver: int
    first_paid_at: datetime | None
    last_paid_at: datetime | None
    rhythm_days: int | None
    year_fen: int
    year_orders: int
    balance_fen: int | None
    refused: bool
    words: tuple[Word, ...]
    orders: tuple[Ordered, ...]
    loads: frozenset[str]
    claims: tuple[Claimed, ...]
    contacts: tuple[Contacted, ...]
    notes: tuple[Noted, ...]
    complaints: tuple[Ticket, ...]
    tagged: tuple[Tagged, ...]

    @property
    def last_order(self) -> Ordered | None:
        """Her latest order that stayed paid."""
        return next(self._kept(self.orders), None)

    @property
    def first_order(self) -> Ordered | None:
        """Her first order that stayed paid."""
        return next(self._kept(reversed(self.orders)), None)

    @property
    def complaint_open(self) -> Ticket | None:
        """The open complaint that is due first."""
        still = [ticket for ticket in self.complaints if ticket.closed_at is None]
        return min(still, key=lambda ticket: ticket.due_at, default=None)

    @property
    def dials(self) -> tuple[tuple[datetime, bool], ...]:
        """Every dial to her in the contacts that are written up."""
        return tuple(dial for contact in self.contacts for dial in contact.dials)

    def _kept(self, orders: Iterable[Ordered]) -> Iterator[Ordered]:
        return (order for order in orders if order.fen > 0 and order.id not in self.loads)

    def churn(self, now: datetime, settings: ChurnSettings = CHURN) -> Because | None:
        """Why she may soon be lost."""
        return churn_warning(rhythm(self.last_paid_at, self.rhythm_days), now, settings)


class Kind(StrEnum):
    """What happened."""

    CONTACT = "contact"
    ORDER = "order"
    CLAIM = "claim"
    GIFT = "gift"
    NOTE = "note"
    COMPLAINT = "complaint"
    TAG = "tag"
    UNTAG = "untag"


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of her timeline; `what` is the record of the kind's own room."""

    at: datetime
    kind: Kind
    what: Contacted | Ordered | Claimed | Noted | Ticket | Tagged


def about(session: Session, customer_id: str) -> Person | None:
    """Everything the desk holds about her; None if it does not hold her."""
    row = session.get(Customer, customer_id)
    if row is None:
        return None
    copied = (
        "id", "phone", "pool", "grade", "line", "relationship", "city", "wangwang",
        "wechat", "wechat_state", "member_since", "allergy", "household", "birthday", "ver",
        "first_paid_at", "last_paid_at", "rhythm_days", "year_fen", "year_orders",
    )  # fmt: skip
    return Person(
        **{name: getattr(row, name) for name in copied},
        name=mask_text(row.name),
        balance_fen=cards.balance(session, customer_id),
        refused=calls.is_refused(session, customer_id),
        words=consents.of_customer(session, customer_id),
        orders=orders.of_customer(session, customer_id),
        loads=cards.loading_orders(session),
        claims=orders.claims_of(session, customer_id),
        contacts=calls.contacts_of(session, customer_id),
        notes=calls.notes_of(session, customer_id),
        complaints=complaints.of_customer(session, customer_id),
        tagged=tags.of_customer(session, customer_id),
    )


def timeline(person: Person) -> tuple[Happened, ...]:
    """What happened with her on every channel, newest first; a claim that an order confirmed is
    told by the order.
    """
    found = [
        *(Happened(one.at, Kind.CONTACT, one) for one in person.contacts),
        *(Happened(one.paid_at, Kind.ORDER, one) for one in person.orders),
        *(Happened(one.at, Kind.CLAIM, one) for one in person.claims if one.state == "claimed"),
        *(Happened(one.at, Kind.GIFT, one) for one in person.claims if one.gift),
        *(Happened(one.at, Kind.NOTE, one) for one in person.notes),
        *(Happened(one.opened_at, Kind.COMPLAINT, one) for one in person.complaints),
        *(Happened(one.at, Kind.TAG if one.adding else Kind.UNTAG, one) for one in person.tagged),
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def rhythm(last_paid_at: datetime | None, rhythm_days: int | None) -> History:
    """A history with her last purchase and her rhythm: all that a warning looks at.

    The list asks for thousands of customers at once and does not read all their orders.
    """
    if last_paid_at is None:
        return History()
    moments = [last_paid_at]
    if rhythm_days:
        moments.append(last_paid_at - timedelta(days=rhythm_days))
    return History(tuple(Purchase(at, 1) for at in moments))
