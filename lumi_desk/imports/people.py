"""Who bought: identities, customers, and the brand's own member list.

Member id and (shop, open user id) identify; a nick does so within its shop in orders from before
2022. An order number of the member list identifies the buyer of that order. Receiver names and
phones of orders say how to reach a buyer, never who she is.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from lumi_desk.cards.rules import EntryKind
from lumi_desk.cards.tables import CardEntry
from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.identity.rules import is_lent, name_of
from lumi_desk.ids import new_id
from lumi_desk.imports import rules
from lumi_desk.imports.columns import LeftOut, MemberRow, OrderRow, Reason
from lumi_desk.imports.tables import OrderTrace
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.security.masking import mask_text
from lumi_desk.storage import bulk
from lumi_desk.storage.among import IDS, among, chunks
from lumi_desk.storage.direct import Direct

FROM_ORDERS = "orders"
FROM_LIST = "members"
# The strongest first: where two disagree, the one further left says who she is.
KINDS = ("member", "wecom", "card", "phone", "wechat", "friend", "open_user", "nick", "order")

Key = tuple[str, str, str]
Values = dict[str, Any]
# So many customers are looked at at a time.
_AT_ONCE = 2000
_FACTS = ("wangwang", "phone", "city", "name")
_orders: Any = Order.__table__
_traces: Any = OrderTrace.__table__
_customers: Any = Customer.__table__
_identities: Any = Identity.__table__
_SAID = Direct(
    select(
        _orders.c.customer_id, _orders.c.nick, _traces.c.receiver, _traces.c.phone, _traces.c.city
    )
    .join(_traces, _traces.c.order_id == _orders.c.id)
    .where(among(_orders.c.customer_id))
    .order_by(_orders.c.created_at, _orders.c.key)
)
_STANDING = Direct(
    select(*(_customers.c[name] for name in ("id", *_FACTS))).where(among(_customers.c.id))
)
_IDS_OF = Direct(
    select(_identities.c.customer_id, _identities.c.kind, _identities.c.value).where(
        among(_identities.c.customer_id)
    )
)
_OF_SCOPE = Direct(
    select(_identities.c.value, _identities.c.customer_id).where(
        _identities.c.kind == bindparam("kind"),
        _identities.c.scope == bindparam("scope"),
        among(_identities.c.value),
    )
)


def keys_of_order(row: OrderRow, created_at: datetime) -> tuple[Key, ...]:
    """What identifies the buyer of an order, the strongest first."""
    keys: list[Key] = []
    if row.member:
        keys.append(("member", "", row.member))
    if row.open_user:
        keys.append(("open_user", row.shop, row.open_user))
    if rules.nick_identifies(row.nick, created_at):
        # Two platforms' accounts of one name are two people, whatever the shops are called.
        scope = f"{row.channel}:{row.shop}" if row.channel else row.shop
        keys.append(("nick", scope, row.nick))
    return tuple(keys)


def order_key(number: rules.Number) -> tuple[Key, ...]:
    """What an exact order number of the platform says about its buyer."""
    return (("order", "", number.text),) if number.names else ()


def keys_of_member(row: MemberRow) -> tuple[Key, ...]:
    """What identifies a person of a list, without her order numbers.

    A household's phone that another person has already stands with the name in its scope. A
    phone of a virtual operator may be rung, and names nobody: they are lent out.
    """
    card = row.card.number if row.card else ""
    phone = "" if is_lent(row.phone) else row.phone
    told = (
        ("member", "", row.member),
        ("wecom", "", row.wecom),
        ("card", "", card),
        ("phone", name_of(row.name) or "", phone),
        ("phone", "", phone),
        ("wechat", "", row.wechat),
        ("friend", row.account, (row.wecom or row.wechat) if row.account else ""),
    )
    return tuple(dict.fromkeys(key for key in told if key[2]))


def is_household_key(key: Key) -> bool:
    """Whether a key names one of several who share a phone, by her name."""
    return key[0] == "phone" and key[1] != ""


@dataclass
class People:
    """The identities an import needs, and the customers it makes; `write` writes them."""

    session: Session
    now: datetime
    known: dict[Key, str] = field(default_factory=dict)
    new_identities: list[Values] = field(default_factory=list)
    new_customers: dict[str, Values] = field(default_factory=dict)
    written: list[Values] = field(default_factory=list)

    def load(self, keys: Iterable[Key]) -> None:
        """Read which of these keys are known, and whose they are."""
        wanted = set(keys) - self.known.keys()
        # Landlines were once kept as they were written, with a dash or without.
        bare = {(k, s, v.replace("-", "")): (k, s, v) for k, s, v in wanted if k == "phone"}
        for kind, scope, value, customer_id in self._stored(wanted | bare.keys()):
            key = (kind, scope, value)
            self.known[bare.get(key, key)] = customer_id

    def _stored(self, keys: Iterable[Key]) -> Iterator[tuple[str, str, str, str]]:
        connection = self.session.connection()
        by_scope: dict[tuple[str, str], list[str]] = defaultdict(list)
        scattered: list[Key] = []
        for key in keys:
            if is_household_key(key):
                scattered.append(key)
            else:
                by_scope[key[:2]].append(key[2])
        for (kind, scope), values in by_scope.items():
            told = {"kind": kind, "scope": scope, IDS: values}
            for value, customer_id in _OF_SCOPE.rows(connection, told):
                yield kind, scope, value, customer_id
        columns = (_identities.c.kind, _identities.c.scope, _identities.c.value)
        for some in chunks(sorted(scattered)):
            asked = select(*columns, _identities.c.customer_id).where(tuple_(*columns).in_(some))
            yield from map(tuple, connection.execute(asked))

    def strongest(self, keys: Sequence[Key]) -> Key | None:
        """The strongest of these keys that names somebody; of equals the first."""
        found = [key for key in keys if key in self.known]
        return min(found, key=lambda key: KINDS.index(key[0]), default=None)

    def customer_of(self, keys: Sequence[Key]) -> str | None:
        """The customer whom the strongest of these keys names."""
        strongest = self.strongest(keys)
        return None if strongest is None else self.known[strongest]

    def identify(self, keys: Sequence[Key], customer_id: str, since: datetime, by: str) -> int:
        """Let keys that nobody has name this customer. Returns how many were new."""
        fresh = [key for key in keys if key not in self.known]
        for kind, scope, value in fresh:
            self.known[kind, scope, value] = customer_id
            self.new_identities.append(
                {
                    "id": new_id(),
                    "ver": 0,
                    "customer_id": customer_id,
                    "kind": kind,
                    "scope": scope,
                    "value": value,
                    "source": by,
                    "since": since,
                }
            )
        return len(fresh)

    def make(self, name: str, **told: Any) -> str:
        """A new customer."""
        customer_id = new_id()
        values = {"id": customer_id, "ver": 0, "name": name, **told}
        self.new_customers[customer_id] = values
        return customer_id

    def settle(self, groups: Sequence[tuple[Sequence[Key], str | None]]) -> list[str | None]:
        """The customer of every group of keys (with the one who has the order already, if any).

        Groups that share a key are one person, whatever their order; a group without keys is
        nobody. Where a person's keys name two customers each group follows its strongest key.
        """
        bonds = _Bonds()
        for keys, _ in groups:
            bonds.tie(keys)
        for keys, holder in groups:
            if keys and holder:
                bonds.held[bonds.root(keys[0])] = holder
        settled: list[str | None] = []
        for keys, holder in groups:
            customer_id = holder or self.customer_of(keys)
            if customer_id is None and keys:
                root = bonds.root(keys[0])
                customer_id = bonds.held.get(root) or self._of_component(bonds, root)
                bonds.held[root] = customer_id
            settled.append(customer_id)
        return settled

    def _of_component(self, bonds: "_Bonds", root: Key) -> str:
        keys = bonds.members[root]
        named = self.customer_of(sorted(keys))
        return named or self.make(_placeholder(keys))

    def write(self) -> list[tuple[str, str]]:
        """Insert what is new. Returns the touched records."""
        customers = [_complete(values) for values in self.new_customers.values()]
        insert_rows(self.session, Customer, customers)
        insert_rows(self.session, Identity, self.new_identities)
        touched = [("customer", values["id"]) for values in customers]
        touched += [("identity", values["id"]) for values in self.new_identities]
        self.written += self.new_identities
        self.new_customers, self.new_identities = {}, []
        return touched

    def listed(self, customer_id: str) -> bool:
        """Whether a member list has named her."""
        return customer_id in _listed(self.session, [customer_id])

    def rename(self, gone: str, into: str) -> None:
        """Let everything that named one customer name another."""
        self.known = {key: into if one == gone else one for key, one in self.known.items()}


class _Bonds:
    """Keys tied together because one order names them (union and find)."""

    def __init__(self) -> None:
        self._parent: dict[Key, Key] = {}
        self.members: dict[Key, set[Key]] = {}
        self.held: dict[Key, str] = {}

    def root(self, key: Key) -> Key:
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]
            key = self._parent[key]
        return key

    def tie(self, keys: Sequence[Key]) -> None:
        for key in keys:
            if key not in self._parent:
                self._parent[key] = key
                self.members[key] = {key}
        for key in keys[1:]:
            one, other = sorted((self.root(keys[0]), self.root(key)))
            if one != other:
                self._parent[other] = one
                self.members[one] |= self.members.pop(other)


def _placeholder(keys: Iterable[Key]) -> str:
    """What stands for a name nobody told."""
    by_kind = {kind: value for kind, _, value in sorted(keys, reverse=True)}
    told = by_kind.get("nick") or by_kind.get("member") or by_kind.get("open_user") or "—"
    return mask_text(told)


_BLANK: Values = {"phone": "", "wangwang": "", "wechat": "", "city": "", "birthday": None}


def _complete(values: Values) -> Values:
    return _BLANK | values


def insert_rows(session: Session, table: Any, rows: Sequence[Values]) -> None:
    """Insert many rows in one statement, past the session; all must hold the same columns."""
    bulk.insert(session, table.__table__, rows)


class _Said(NamedTuple):
    """What an order says of its buyer."""

    nick: str
    receiver: str
    phone: str
    city: str


def contact_facts(session: Session, customer_ids: Iterable[str]) -> list[str]:
    """Bring names, phones, nicks and cities of orders to their customers. Returns the changed.

    The newest order that tells something decides. What came from a member list, or was written
    by a rep, is never replaced: only blanks, what an order said before, and an id that stands for
    a name.
    """
    connection, changed = session.connection(), []
    for some in chunks(sorted(set(customer_ids)), _AT_ONCE):
        told: dict[str, list[_Said]] = defaultdict(list)
        for customer_id, *said in _SAID.rows(connection, {IDS: some}):
            told[customer_id].append(_Said(*said))
        stood = {
            customer_id: dict(zip(_FACTS, facts, strict=True))
            for customer_id, *facts in _STANDING.rows(connection, {IDS: some})
        }
        listed, unnamed = _listed(session, some), _unnamed(session, stood, told)
        better = [
            _better(one, now, told[one], listed=one in listed, unnamed=one in unnamed)
            for one, now in stood.items()
        ]
        changed += update_rows(session, Customer, [values for values in better if values])
    return changed


def update_rows(session: Session, table: Any, rows: Sequence[Values]) -> list[str]:
    """Update records by id in one statement; all rows must hold the same columns."""
    bulk.change(session, table.__table__, rows)
    return [str(row["id"]) for row in rows]


def _listed(session: Session, customer_ids: Sequence[str]) -> set[str]:
    table: Any = Identity.__table__
    asked = select(table.c.customer_id).where(
        among(table.c.customer_id), table.c.source == FROM_LIST
    )
    return set(session.connection().scalars(asked, {IDS: customer_ids}))


def _unnamed(
    session: Session, stood: Mapping[str, Mapping[str, str]], told: Mapping[str, Sequence[_Said]]
) -> set[str]:
    """The customers whom nobody has named: an id or a nick stands for the name they now get."""
    asked = [
        one
        for one, now in stood.items()
        if any(said.receiver for said in told.get(one, ()))
        and not any(now["name"] in (said.receiver, said.nick) for said in told[one])
    ]
    found = {one for one in asked if stood[one]["name"] in ("—", stood[one]["wangwang"])}
    ids = _IDS_OF.rows(session.connection(), {IDS: asked}) if asked else ()
    for customer_id, kind, value in ids:
        if kind in ("member", "open_user") and stood[customer_id]["name"] == mask_text(value):
            found.add(customer_id)
    return found


def _better(
    customer_id: str,
    now: Mapping[str, str],
    told: Sequence[_Said],
    *,
    listed: bool,
    unnamed: bool,
) -> Values:
    nicks = [row.nick for row in told if row.nick]
    receivers = [row.receiver for row in told if row.receiver]
    seen = {
        "wangwang": nicks,
        "phone": [row.phone for row in told if row.phone],
        "city": [row.city for row in told if row.city],
        "name": nicks + list(map(mask_text, nicks)) + receivers,
    }
    better = dict(now)
    for name, values in seen.items():
        replaceable = now[name] == "" or (not listed and now[name] in values)
        replaceable = replaceable or (name == "name" and unnamed)
        if values and replaceable:
            better[name] = values[-1]
    return {"id": customer_id} | better if better != now else {}


def move_orders(session: Session, order_ids: Sequence[str], customer_id: str) -> list[Any]:
    """Give orders and their lines to a customer. Returns the touched records."""
    orders: Any = Order.__table__
    lines: Any = OrderLine.__table__
    touched: list[Any] = []
    for some in chunks(order_ids):
        connection = session.connection()
        connection.execute(
            update(orders).where(orders.c.id.in_(some)).values(customer_id=customer_id)
        )
        theirs = list(connection.scalars(select(lines.c.id).where(lines.c.order_id.in_(some))))
        connection.execute(
            update(lines).where(lines.c.order_id.in_(some)).values(customer_id=customer_id)
        )
        touched += [("order", one) for one in some] + [("order_line", one) for one in theirs]
    return touched


def balance_entry(
    session: Session, customer_id: str, balance_fen: int, at: datetime
) -> Values | None:
    """The ledger entry that brings a card to the balance a list tells; None if it stands there."""
    entries: Any = CardEntry.__table__
    asked = select(func.count(), func.sum(entries.c.principal_fen + entries.c.bonus_fen)).where(
        entries.c.customer_id == customer_id
    )
    count, stands = session.connection().execute(asked).one()
    difference = balance_fen - int(stands or 0)
    if not difference:
        return None
    grows = EntryKind.TOP_UP if count else EntryKind.OPEN
    return {
        "id": new_id(),
        "ver": 0,
        "customer_id": customer_id,
        "at": at,
        "kind": (grows if difference > 0 else EntryKind.SPEND).value,
        "principal_fen": difference,
        "bonus_fen": 0,
    }


def link_problem(row: MemberRow, reason: Reason, found: str) -> LeftOut:
    """A link that was not made, though the row was taken."""
    return LeftOut(row.file, row.line, reason, (("found", found),))
