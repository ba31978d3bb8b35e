"""Making one customer of two because a list tells that they are, so that it can be undone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lumi_desk.calls.rules import WechatState
from lumi_desk.cards.tables import CardEntry
from lumi_desk.consents.tables import Consent
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.identity.tables import IdentityLink
from lumi_desk.ids import new_id
from lumi_desk.imports import people
from lumi_desk.imports.untouched import drop_tags_of_rules
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.storage.among import IDS, among

Values = dict[str, Any]
# All that a customer has of whom nobody has written.
_MOVING: tuple[Any, ...] = (Order, OrderLine, Identity, CardEntry, Consent)
# What files say of her. The rest is reckoned anew when she comes back.
_TOLD = ("name", "phone", "wechat", "wangwang", "city", "birthday", "wechat_state")
_KEPT = ("ver", *_TOLD, "allergy", "household", "member_since")
_BLANK = ("", None, WechatState.NONE.value)
_customers: Any = Customer.__table__
_links: Any = IdentityLink.__table__


@dataclass
class Uniting:
    """The customers whom one import makes one; `write` keeps what undoes it."""

    session: Session
    now: datetime
    import_id: str
    links: list[Values] = field(default_factory=list)

    def unite(self, into: str, gone: str, said: Mapping[str, Any] | None = None) -> list[Any]:
        """Give all of one customer to another. Returns the touched records.

        With `said`, what a list says of her, she gets what only the other has. The one who goes
        must be untouched.
        """
        drop_tags_of_rules(self.session, gone)
        filled = {} if said is None else self._fill(into, gone, said)
        moved = {one.__tablename__: self._move(one.__table__, gone, into) for one in _MOVING}
        kept = {name: ids for name, ids in moved.items() if ids}
        kept.pop(OrderLine.__tablename__, None)
        told = {"kept_id": into, "other_id": gone, "at": self.now, "import_id": self.import_id}
        told |= {"moved": kept, "other": self._leave(gone), "filled": filled}
        self.links.append({"id": new_id(), **told})
        return [*((name, one) for name, ids in moved.items() for one in ids), ("customer", gone)]

    def write(self) -> None:
        """Insert what is to be kept."""
        people.insert_rows(self.session, IdentityLink, self.links)
        self.links = []

    def contact_facts(self, customer_ids: Sequence[str]) -> list[str]:
        """Bring what orders say to these customers, as people.contact_facts does.

        What somebody gets by it who was made one with another is kept, to be taken back with her.
        """
        connection = self.session.connection()
        asked = select(_links.c.id, _links.c.kept_id, _links.c.filled).where(
            among(_links.c.kept_id), _links.c.import_id == self.import_id
        )
        links = list(connection.execute(asked, {IDS: customer_ids}).mappings())
        before = self._standing({one["kept_id"] for one in links})
        changed = people.contact_facts(self.session, customer_ids)
        now = self._standing(before.keys() & set(changed))
        better = []
        for one in links:
            if (stands := now.get(one["kept_id"])) is not None:
                stood = before[one["kept_id"]]
                got = {n: [stood[n], stands[n]] for n in stands if stands[n] != stood[n]}
                better.append({"id": one["id"], "filled": got | one["filled"]})
        people.update_rows(self.session, IdentityLink, better)
        return changed

    def _standing(self, ids: Iterable[str]) -> dict[str, Values]:
        asked = select(*(_customers.c[name] for name in ("id", *_TOLD))).where(
            among(_customers.c.id)
        )
        rows = self.session.connection().execute(asked, {IDS: sorted(ids)}).mappings()
        return {row["id"]: {name: _stored(row[name]) for name in _TOLD} for row in rows}

    def _move(self, table: Any, gone: str, into: str) -> Sequence[str]:
        hers = update(table).where(table.c.customer_id == gone).values(customer_id=into)
        return sorted(self.session.connection().scalars(hers.returning(table.c.id)))

    def _leave(self, gone: str) -> Values:
        """Her row goes. Returns what is to be kept of it."""
        columns = [_customers.c[name] for name in _KEPT]
        left = delete(_customers).where(_customers.c.id == gone).returning(*columns)
        row = self.session.connection().execute(left).mappings().one()
        return {name: _stored(row[name]) for name in _KEPT if row[name] != _USUAL.get(name)}

    def _fill(self, into: str, gone: str, said: Mapping[str, Any]) -> Values:
        """Let her have what only the other has. Returns before and after, by column.

        What the list says itself is hers, whatever becomes of the other.
        """
        columns = [_customers.c[name] for name in ("id", *_TOLD)]
        asked = select(*columns).where(_customers.c.id.in_((into, gone)))
        told = {row["id"]: dict(row) for row in self.session.connection().execute(asked).mappings()}
        hers, others = told[into], told[gone]
        got = {name: others[name] for name in _TOLD if hers[name] in _BLANK}
        got = {name: value for name, value in got.items() if value not in _BLANK}
        if got:
            people.update_rows(self.session, Customer, [{"id": into} | got])
        return {
            name: [_stored(hers[name]), _stored(value)]
            for name, value in got.items()
            if said.get(name) != value
        }


def _usual() -> Values:
    """What every customer has at first."""
    columns = [_customers.c[name] for name in _KEPT]
    return {one.name: one.default.arg if one.default is not None else None for one in columns}


_USUAL = _usual()


def _stored(value: Any) -> Any:
    """A value as its column keeps it."""
    return value.isoformat() if isinstance(value, date) else value
