"""Two customers side by side: what agrees, what differs, and what would come of them as one."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lumi_desk.calls.tables import Contact, Refusal
from lumi_desk.cards.tables import CardEntry
from lumi_desk.catalog import shelf as catalog
from lumi_desk.clock import Clock, local_day
from lumi_desk.consents.tables import Consent
from lumi_desk.customers.tables import Customer
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import likely, linking
from lumi_desk.hub.callers import Reader
from lumi_desk.identity import rules
from lumi_desk.identity.rules import Told
from lumi_desk.managing import review
from lumi_desk.managing.review import Agreement, Becomes, Compared, Piece
from lumi_desk.orders.tables import Order
from lumi_desk.people.tables import Person
from lumi_desk.security.masking import mask_phone, mask_text
from lumi_desk.security.roles import NotYours, Right, may

_DECIDING = frozenset(("name", "phone", "wechat", "nick", "member", "birthday", "city"))


class PairChanged(LumiError):
    """Something of the two is not as it was shown."""

    title = N_("These two have changed since you looked")
    advice = N_("Nothing was changed now. Look at them again, then decide.")


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose customers somebody decides about: everybody's, or those of her team's reps.

    Customers in nobody's hands come in only beside one of the team's.
    """

    everything: bool
    reps: frozenset[str]

    def sees(self, *holders: str | None) -> bool:
        """Whether she decides about a pair with these reps."""
        if self.everything:
            return True
        strangers = {one for one in holders if one is not None} - self.reps
        return not strangers and any(one is not None for one in holders)

    def require(self, *holders: str | None) -> None:
        """Raise NotYours unless she sees it."""
        if not self.sees(*holders):
            raise NotYours


def sight(session: Session, reader: Reader) -> Sight:
    """What this person decides about. Raises NotYours for who may not say who is who."""
    if not may(reader.role, Right.IDENTIFY):
        raise NotYours
    if may(reader.role, Right.MANAGE):
        return Sight(everything=True, reps=frozenset())
    hers = select(Person.id).where(Person.team_id == reader.team_id)
    reps = session.scalars(hers) if reader.team_id else ()
    return Sight(everything=False, reps=frozenset(reps))


def holders(session: Session, ids: Iterable[str] | None = None) -> dict[str, str | None]:
    """The reps of these customers (None: all); who is not here is left out."""
    asked = select(Customer.id, Customer.rep_id)
    if ids is not None:
        asked = asked.where(Customer.id.in_(list(ids)))
    return {row.id: row.rep_id for row in session.execute(asked)}


def shown(
    session: Session, one_id: str, other_id: str, seen: Sight, now: Clock
) -> review.PairShown:
    """Both customers of a pair. Raises PairChanged if one is gone, NotYours and BadSetting."""
    one_id, other_id = sorted((one_id, other_id))
    rows = {pk: session.get(Customer, pk) for pk in (one_id, other_id)}
    one, other = rows[one_id], rows[other_id]
    if one is None or other is None or one is other:
        raise PairChanged
    seen.require(one.rep_id, other.rep_id)
    told = likely.told_of(session, (one_id, other_id))
    sides = [_Side(session, row, told[row.id]) for row in (one, other)]
    weights = catalog.numbers(session, likely.RULE_SET, local_day(now()), rules.WEIGHTS)
    found = rules.weighed(sides[0].profile, sides[1].profile, weights)
    why = rules.against(sides[0].profile, sides[1].profile)
    ranked = sorted(sides, key=lambda side: side.rank)
    becomes = [_becomes(session, kept.row, gone.row) for kept, gone in (ranked, ranked[::-1])]
    fields = tuple(_compared(*sides))
    return review.PairShown(
        one_id,
        other_id,
        mark=_mark(found, why, fields, becomes),
        score=sum(each.points for each in found),
        evidence=tuple(review.Weighed(each.kind, each.points) for each in found),
        against=why or "",
        fields=fields,
        becomes=tuple(becomes),
    )


def _mark(
    found: Sequence[rules.Evidence],
    why: rules.Against | None,
    fields: Sequence[Compared],
    becomes: Sequence[Becomes],
) -> str:
    """Another one when anything that decides is another: what they share, what differs, whose.

    How many orders and calls there are does not: they come all day.
    """
    holding = [(one.keep, one.rep, one.loser) for one in becomes]
    compared = [one for one in fields if one.field in _DECIDING]
    told = to_json((found, why, compared, holding))
    return hashlib.blake2b(told, digest_size=8).hexdigest()


class _Side:
    """One of the two, as it is compared."""

    def __init__(self, session: Session, row: Customer, told: Told) -> None:
        self.row, self.told, self.profile = row, told, told.profile()
        self.facts = dict(_facts(session, row))

    @property
    def rank(self) -> tuple[Any, ...]:
        """The better one to keep comes first: a member, in a rep's hands, with more orders."""
        is_member, is_held = bool(self.profile.members), self.row.rep_id is not None
        return (not is_member, not is_held, -int(self.facts["orders"]), self.row.id)


def _facts(session: Session, row: Customer) -> Iterable[tuple[str, str]]:
    """What is not compared: how we know her."""
    orders: Any = Order.customer_id == row.id
    many, last = session.execute(
        select(func.count(), func.max(Order.created_at)).where(orders)
    ).one()
    cards = func.count(), func.sum(CardEntry.principal_fen), func.sum(CardEntry.bonus_fen)
    entries, principal, bonus = session.execute(
        select(*cards).where(CardEntry.customer_id == row.id)
    ).one()
    refused = select(func.count()).where(
        Refusal.customer_id == row.id, Refusal.withdrawn_at.is_(None)
    )
    rep = session.get(Person, row.rep_id) if row.rep_id else None
    yield "pool", row.pool
    yield "grade", row.grade or ""
    yield "rep", rep.name if rep else ""
    yield "orders", str(many)
    yield "last_order", local_day(last).isoformat() if many else ""
    yield "year_fen", str(row.year_fen)
    yield "principal_fen", str(int(principal)) if entries else ""
    yield "bonus_fen", str(int(bonus)) if entries else ""
    for name, table in (("contacts", Contact), ("consents", Consent)):
        whose: Any = table.__table__.c.customer_id
        yield name, str(session.scalar(select(func.count()).where(whose == row.id)) or 0)
    yield "refused", "1" if session.scalar(refused) else ""


def _compared(one: _Side, other: _Side) -> Iterable[Compared]:
    yield _field("name", one, other, lambda side: side.told.names, rules.name_of)
    yield _field("phone", one, other, lambda side: side.told.phones, rules.number, _masked)
    yield _field("wechat", one, other, lambda side: side.told.wechats, rules.account_of)
    yield _field("nick", one, other, lambda side: _nicks(side.told), _nick_of)
    yield _field("member", one, other, lambda side: side.told.members, str)
    yield _field("birthday", one, other, lambda side: [_day(side)], str)
    yield _field("city", one, other, lambda side: [side.told.city], rules.city_of)
    for name, told in one.facts.items():
        sides = (told, other.facts[name])
        if any(sides):
            pieces = (((Piece(text),) if text else ()) for text in sides)
            yield Compared(name, Agreement.NONE, *pieces)


def _masked(phone: str) -> str:
    """A number masked, without the dress it was written in."""
    return mask_phone(rules.number(phone) or phone)


def _day(side: _Side) -> str:
    return side.told.birthday.isoformat() if side.told.birthday else ""


def _nicks(told: Told) -> list[str]:
    return [f"{where}:{nick}" for where, nick in told.nicks if nick]


def _nick_of(text: str) -> str:
    where, _, nick = text.partition(":")
    return f"{where}:{found}" if (found := rules.nick_of(nick)) else ""


def _field(
    name: str,
    one: _Side,
    other: _Side,
    values: Callable[[_Side], Sequence[str]],
    form: Callable[[str], str],
    shown_as: Callable[[str], str] = mask_text,
) -> Compared:
    """A field of both: what has one form is one value, what has none is never the same."""
    sides = [_formed(values(side), form) for side in (one, other)]
    keys = [{key for key in side if not key.startswith("\0")} for side in sides]
    same = keys[0] & keys[1]
    pieces = [
        tuple(
            Piece(shown_as(text), key in same, lent=name == "phone" and key not in keys[place])
            for key, text in side.items()
        )
        for place, side in enumerate(sides)
    ]
    if same:
        agreement = Agreement.SAME
    elif all(keys):
        agreement = Agreement.DIFFERS
    else:
        agreement = Agreement.ONE_SIDE if any(sides) else Agreement.NONE
    return Compared(name, agreement, *pieces)


def _formed(texts: Sequence[str], form: Callable[[str], str]) -> dict[str, str]:
    """What was written, by its one form; what has none by itself, behind a NUL."""
    return {form(text) or f"\0{text}": text for text in reversed(texts) if text}


def _becomes(session: Session, kept: Customer, gone: Customer) -> Becomes:
    told = linking.foreseen(session, kept.id, gone.id)
    names = {
        pk: person.name if (person := session.get(Person, pk)) else ""
        for pk in (told.rep_id, told.loser_id)
        if pk
    }
    return Becomes(
        kept.id,
        dict(told.moving),
        told.filled,
        names.get(told.rep_id or "", ""),
        names.get(told.loser_id or "", ""),
    )
