"""What travels between hub and desk, in which streams, and how a row looks on the wire."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Select, select, type_coerce
from sqlalchemy import Table as SqlTable

from lumi_desk.calls import tables as calls
from lumi_desk.cards import tables as cards
from lumi_desk.catalog import tables as catalog
from lumi_desk.complaints import tables as complaints
from lumi_desk.consents import tables as consents
from lumi_desk.customers import tables as customers
from lumi_desk.orders import tables as orders
from lumi_desk.parked import tables as parked
from lumi_desk.people import tables as people
from lumi_desk.reports import tables as reports
from lumi_desk.scripts import tables as scripts
from lumi_desk.storage.base import Table
from lumi_desk.targets import tables as targets


class Scope(Enum):
    """Which streams a record is in."""

    CATALOG = "everybody's"
    CUSTOMER = "a customer: her rep's"
    CHILD = "of a customer: hers"
    FACT = "a rep's and her team's"


CATALOG_STREAM = "catalog"


def rep_stream(person_id: str) -> str:
    """The stream of a rep's customers and figures."""
    return f"rep:{person_id}"


def team_stream(team_id: str) -> str:
    """The stream of a team's figures and targets."""
    return f"team:{team_id}"


@dataclass(frozen=True)
class Entity:
    """One kind of record that travels."""

    table: type[Table]
    scope: Scope

    @cached_property
    def name(self) -> str:
        """Its name on the wire: the table's."""
        return self.kept.name

    @cached_property
    def kept(self) -> SqlTable:
        """The table below the mapped class."""
        return cast(SqlTable, self.table.__table__)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that travel, in order; hub-only ones stay."""
        return tuple(c.name for c in self.kept.columns if not c.info.get("hub_only"))

    def raw(self, *names: str) -> Select[Any]:
        """A select of columns as they are stored; without names, of all that travel."""
        stored = self.kept.columns
        return select(
            *(
                type_coerce(stored[name], _plain(stored[name].type)).label(name)
                for name in names or self.columns
            )
        )


ENTITIES: tuple[Entity, ...] = (
    Entity(people.Team, Scope.CATALOG),
    Entity(people.Person, Scope.CATALOG),
    Entity(catalog.Product, Scope.CATALOG),
    Entity(catalog.Bundle, Scope.CATALOG),
    Entity(catalog.CardPlan, Scope.CATALOG),
    Entity(catalog.DispositionRow, Scope.CATALOG),
    Entity(catalog.Setting, Scope.CATALOG),
    Entity(scripts.ScriptRow, Scope.CATALOG),
    Entity(customers.Customer, Scope.CUSTOMER),
    Entity(customers.Identity, Scope.CHILD),
    Entity(customers.Tag, Scope.CHILD),
    Entity(orders.Order, Scope.CHILD),
    Entity(orders.OrderLine, Scope.CHILD),
    Entity(orders.Sale, Scope.CHILD),
    Entity(cards.CardEntry, Scope.CHILD),
    Entity(calls.Contact, Scope.CHILD),
    Entity(calls.Note, Scope.CHILD),
    Entity(calls.Callback, Scope.CHILD),
    Entity(calls.Refusal, Scope.CHILD),
    Entity(calls.Skip, Scope.CHILD),
    Entity(consents.Consent, Scope.CHILD),
    Entity(complaints.Complaint, Scope.CHILD),
    Entity(targets.Target, Scope.FACT),
    Entity(reports.Fact, Scope.FACT),
    Entity(parked.Parked, Scope.FACT),
)

BY_NAME = {entity.name: entity for entity in ENTITIES}
CHILDREN = tuple(entity for entity in ENTITIES if entity.scope is Scope.CHILD)
CUSTOMER = BY_NAME["customer"]
FACT = BY_NAME["fact"]


def _plain(kind: Any) -> Any:
    return getattr(kind, "impl_instance", kind)
