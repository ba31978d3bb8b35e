"""The list of all operations: every change a person makes is one of these kinds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from lumi_desk.calls import operations as calls
from lumi_desk.complaints import operations as complaints
from lumi_desk.consents import operations as consents
from lumi_desk.customers import operations as customers
from lumi_desk.customers.tags import operations as tags
from lumi_desk.errors import N_, LumiError
from lumi_desk.exports import operations as exports
from lumi_desk.orders import operations as orders
from lumi_desk.parked import operations as parked
from lumi_desk.security.roles import Right

CUSTOMER = "customer_id"
# The kinds that desk or hub treat as no other.
CLAIM = "sale.claim"
EDIT = "customer.edit"
ASK = "parked.ask"
DECIDE = "parked.decide"
EXPORT = "export.log"


class Operation(Protocol):
    """What every operation carries. `id` names the operation and the record it makes."""

    @property
    def id(self) -> str: ...
    @property
    def customer_id(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True)
class Kind:
    """One kind of operation: its name and version on the wire, its shape, who may, what it does.

    `first` operations leave before all others and cannot be undone. `about` is the field that
    names the record it is about: a customer, unless the kind has a scope of its own.
    """

    name: str
    shape: type[Any]
    apply: Callable[[Session, Any], None]
    right: Right = Right.CONTACT
    version: int = 1
    first: bool = False
    about: str = CUSTOMER

    def root(self, op: Operation) -> str:
        """The id of the record that an operation of this kind is about."""
        told: str = getattr(op, self.about)
        return told


KINDS: tuple[Kind, ...] = (
    Kind("contact.log", calls.LogContact, calls.log_contact),
    Kind("note.write", calls.WriteNote, calls.write_note),
    Kind("callback.promise", calls.PromiseCallback, calls.promise_callback),
    Kind("customer.refuse", calls.Refuse, calls.refuse, first=True),
    Kind("consent.withdraw", consents.WithdrawConsent, consents.withdraw_consent, first=True),
    Kind("consent.give", consents.GiveConsent, consents.give_consent),
    Kind("customer.skip", calls.SkipCustomer, calls.skip_customer),
    Kind(CLAIM, orders.ClaimSale, orders.claim_sale),
    Kind("complaint.open", complaints.OpenComplaint, complaints.open_complaint),
    Kind(EDIT, customers.EditCustomer, customers.edit_customer),
    Kind("customer.tag", tags.AddTag, tags.add_tag),
    Kind("customer.untag", tags.RemoveTag, tags.remove_tag),
    Kind(EXPORT, exports.LogExport, exports.log_export, about="id"),
    Kind(ASK, parked.AskLeader, parked.ask_leader, about="op_id"),
    Kind(DECIDE, parked.DecideParked, parked.decide, Right.DECIDE, about="parked_id"),
)

_BY_NAME = {kind.name: kind for kind in KINDS}
_BY_SHAPE = {kind.shape: kind for kind in KINDS}
_ADAPTERS = {kind.name: TypeAdapter[Any](kind.shape) for kind in KINDS}


class UnknownOperation(LumiError):
    """An operation of a kind or version this program does not know."""

    title = N_("This program does not know the work “{kind}”")
    advice = N_("Install the newest version on the hub.")


class BadOperation(LumiError):
    """An operation whose content does not fit its kind."""

    title = N_("The work “{kind}” is not complete: {where}")
    advice = N_("It was not carried out. Do it again, or ask your team leader.")


def kind_of(op: Operation) -> Kind:
    """The kind of an operation at hand."""
    return _BY_SHAPE[type(op)]


def kind_named(name: str, version: int) -> Kind:
    """The kind with that name. Raises UnknownOperation."""
    kind = _BY_NAME.get(name)
    if kind is None or version > kind.version or version < 1:
        raise UnknownOperation(kind=f"{name} {version}")
    return kind


def prepare(session: Session, ops: Iterable[Operation]) -> None:
    """Look up at once what a batch of operations will ask for (storage.known)."""
    ops = list(ops)
    calls.prepare(session, ops)
    consents.prepare(session, ops)
    customers.prepare(session, ops)
    tags.prepare(session, ops)


def encode(op: Operation) -> str:
    """An operation as JSON text."""
    kind = kind_of(op)
    return _ADAPTERS[kind.name].dump_json(op).decode()


def decode(kind: Kind, payload: str) -> Operation:
    """The operation in a JSON text; unknown fields are left aside. Raises BadOperation."""
    try:
        operation: Operation = _ADAPTERS[kind.name].validate_json(payload)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, one["loc"])) for one in error.errors()) or "?"
        raise BadOperation(kind=kind.name, where=where) from None
    return operation
