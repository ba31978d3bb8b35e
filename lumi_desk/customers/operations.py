"""Changing what is known of a customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AwareDatetime
from pydantic import Field as Limits
from sqlalchemy.orm import Session

from lumi_desk.clock import local_day
from lumi_desk.customers.fields.rules import Field, Patch, clashing, text_of, value_of
from lumi_desk.customers.naming import sound
from lumi_desk.customers.tables import Customer
from lumi_desk.errors import N_, LumiError
from lumi_desk.storage import known

Version = Annotated[int, Limits(ge=0, lt=2**63)]


class Clash(LumiError):
    """Somebody else has changed the same fields meanwhile."""

    title = N_("Somebody else has changed this customer meanwhile: {fields}")
    advice = N_("Choose for each field which of the two counts.")


class NoSuchCustomer(LumiError):
    """A customer who is not here."""

    title = N_("This customer is not here any more")
    advice = N_("Ask your team leader who holds her now.")


@dataclass(frozen=True, kw_only=True)
class EditCustomer:
    """Some fields of a customer, as she stood in version `base_ver`, are changed."""

    id: str
    customer_id: str
    by: str
    at: AwareDatetime
    base_ver: Version
    changes: Annotated[tuple[Patch, ...], Limits(min_length=1, max_length=len(Field))]


def prepare(session: Session, ops: Iterable[Any]) -> None:
    """Look up at once the customers that these operations edit."""
    known.load(session, Customer, (op.customer_id for op in ops if isinstance(op, EditCustomer)))


def edit_customer(session: Session, op: EditCustomer) -> None:
    """Change the fields, all or none; pinyin and initials follow the name.

    Raises BadValue, NoSuchCustomer, and Clash when a field stands neither as it was nor as it is
    to be and the customer is not in the version that was changed.
    """
    customer = session.get(Customer, op.customer_id)
    if customer is None:
        raise NoSuchCustomer
    today = local_day(op.at)
    values = {one.field: value_of(one.field, one.now, today) for one in op.changes}
    if customer.ver != op.base_ver:
        current = {field: text_of(getattr(customer, field)) for field in Field}
        clash = clashing(current, op.changes)
        if clash:
            raise Clash(fields=", ".join(clash))
    for field, value in values.items():
        setattr(customer, field.value, value)
    if Field.NAME in values:
        customer.pinyin, customer.initials = sound(customer.name)
