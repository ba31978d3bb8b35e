"""Making one customer of two, and two again: a link keeps what moved and how the other stood."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from lumi_desk.customers.tables import Customer, Identity
from lumi_desk.errors import N_, LumiError
from lumi_desk.hub import booking, keeping, likely, outlooks, proposing, tagging
from lumi_desk.hub.classifying import Changes, classify
from lumi_desk.identity import rules
from lumi_desk.identity.tables import IdentityApart, IdentityLink
from lumi_desk.ids import new_id
from lumi_desk.imports.people import contact_facts
from lumi_desk.orders.tables import Order, OrderLine
from lumi_desk.people.tables import Person
from lumi_desk.storage.among import chunks
from lumi_desk.storage.base import Day, UtcTime
from lumi_desk.storage.store import touch
from lumi_desk.sync import feed
from lumi_desk.sync.entities import CHILDREN, CUSTOMER, FACT, Entity
from lumi_desk.sync.tables import Assignment

# What the kept customer takes over from the other where she has nothing herself.
_FILLED = ("phone", "wangwang", "wechat", "city", "birthday", "allergy", "member_since")
_WECHAT, _WECHAT_STATE, _NO_WECHAT = "wechat", "wechat_state", "none"
_AGAINST = {
    rules.Against.MEMBER: N_("they have different member ids"),
    rules.Against.BIRTHDAY: N_("they have different birthdays"),
}

_MOVING = (*CHILDREN, FACT)

Stored = dict[str, Any]


class SamePerson(LumiError):
    """A customer cannot be linked to herself, or be apart from herself."""

    title = "Both are the same customer"
    advice = "Nothing was changed. Give two customers, best by their ids: lumi-hub identity review."


class CannotBeOne(LumiError):
    """Something that is certain says they are two people."""

    title = N_("They cannot be one person: {why}")
    advice = N_("Nothing was changed. If a birthday is wrong, correct it on a desk first.")


class TwoHolders(LumiError):
    """Two reps look after them, and one of them would lose a customer."""

    title = "{rep} looks after the first, {other} after the second"
    advice = "Nothing was changed. With --force she stays with {rep}, with all that {other} wrote."


class SaidApart(LumiError):
    """Somebody said that they are different people."""

    title = "They were said to be different people on {day}"
    advice = (
        "Nothing was changed. Take it back first: lumi-hub identity apart {one} {other} --undo."
    )


class NotApart(LumiError):
    """Nobody said that they are different people."""

    title = "Nobody has said that they are different people"
    advice = "Nothing was changed."


class NoSuchLink(LumiError):
    """A link that was never made."""

    title = "There is no link “{link}”"
    advice = "Nothing was changed. See them: lumi-hub identity list."


class UndoneAlready(LumiError):
    """A link can be undone once."""

    title = "The link “{link}” was undone on {day}"
    advice = "Nothing was changed."


class KeptIsGone(LumiError):
    """The customer who was kept has gone into another since."""

    title = N_("The customer who was kept has been joined with another since")
    advice = N_("Nothing was changed. Undo the later decision first.")


@dataclass(frozen=True, slots=True)
class Done:
    """What a link or its undoing did: how many records moved, by table, and who moved pools."""

    id: str
    kept_id: str
    other_id: str
    moved: Mapping[str, int]
    changes: Changes


@dataclass(frozen=True, slots=True)
class Signed:
    """Who decided, by her id, and the id of the decision; a command has neither."""

    by_id: str | None = None
    id: str = ""


NOBODY = Signed()


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a link would do: how many records of the other move, by table; which columns of the
    kept one are filled; who holds her then, and who would lose the other. Both are reps' ids.
    """

    moving: Mapping[str, int]
    filled: tuple[str, ...]
    rep_id: str | None
    loser_id: str | None


def link(
    session: Session,
    kept_id: str,
    other_id: str,
    now: datetime,
    *,
    force: bool = False,
    signed: Signed = NOBODY,
) -> Done:
    """Give everything of the other customer to the one who is kept, and let the other go.

    The session must be watched; what changed is published. With `force` a customer of another rep
    goes to the rep of the kept one. Raises SamePerson, UnknownCustomers, CannotBeOne, SaidApart
    or TwoHolders.
    """
    kept, other = _both(session, kept_id, other_id)
    _require_one(session, kept, other, force=force)
    moved = {entity.name: _move(session, entity, other_id, kept_id) for entity in _MOVING}
    filled = _fill(session, kept, other)
    _leave(session, other_id, now)
    told = {"kept_id": kept_id, "other_id": other_id, "filled": filled, "other": other}
    made = IdentityLink(id=signed.id or new_id(), at=now, by_id=signed.by_id, moved=moved, **told)
    session.add(made)
    session.expire_all()
    rep_id, holder = kept["rep_id"], other["rep_id"]
    if rep_id is None and holder is not None:
        keeping.assign(session, [kept_id], holder, now)
        session.flush()
        rep_id = holder
    changes = classify(session, {kept_id}, now)
    outlooks.renew(session, (kept_id, other_id), now)
    pairs = {*changes.pairs, *_pairs(moved), (CUSTOMER.name, other_id)}
    if filled:
        pairs.add((CUSTOMER.name, kept_id))
    holders = {kept_id: rep_id, other_id: holder}
    proposing.note(session, (kept_id, other_id))
    feed.publish(session, pairs, former=_former(moved, other_id), locked=holders)
    return Done(made.id, kept_id, other_id, _many(moved), changes)


def unlink(session: Session, link_id: str, now: datetime, by_id: str | None = None) -> Done:
    """Give back what a link moved, as far as it is still there; what came later stays.

    Where an import made it, they are two people from now on: no list makes them one again. The
    session must be watched; what changed is published. Raises NoSuchLink, UndoneAlready or
    KeptIsGone.
    """
    made = _undoable(session, link_id)
    kept_id, other_id = made.kept_id, made.other_id
    kept, other = _stored(session, kept_id), {**made.other, "id": other_id}
    if kept is None:
        raise KeptIsGone(link=link_id)
    (as_one,) = likely.profiles(session, [kept_id])
    rep_id = _unfill(session, kept, made.filled, now)
    made.undone_at, made.undone_by = now, by_id
    session.flush()
    _come_back(session, other, now)
    moved = {
        entity.name: _move(session, entity, kept_id, other_id, ids)
        for entity, ids in _going_back(session, made).items()
    }
    pairs = {*_pairs(moved), (CUSTOMER.name, other_id)}
    if made.filled:
        pairs.add((CUSTOMER.name, kept_id))
    if made.import_id is not None:
        pairs |= _part(session, made, as_one, moved[Order.__tablename__])
    session.expire_all()
    changes = classify(session, {kept_id, other_id}, now)
    outlooks.renew(session, (kept_id, other_id), now)
    pairs.update(changes.pairs)
    if made.import_id is not None:
        pairs.update(tagging.tag(session, (kept_id, other_id), now).pairs)
    holders = {kept_id: rep_id, other_id: other.get("rep_id")}
    proposing.note(session, (kept_id, other_id))
    feed.publish(session, pairs, former=_former(moved, kept_id), locked=holders)
    return Done(link_id, kept_id, other_id, _many(moved), changes)


def named(session: Session, one: str, other: str) -> tuple[str, str]:
    """Two customers by ids, phones, member ids or order numbers.

    Raises UnknownCustomers, or SamePerson where both name the same.
    """
    found = keeping.known_by(session, (one, other))
    if len(found) == 1:
        raise SamePerson
    return found[0], found[1]


def set_apart(
    session: Session, one_id: str, other_id: str, now: datetime, *, signed: Signed = NOBODY
) -> IdentityApart:
    """Remember that two customers are different people, and what they share now.

    Saying it twice changes nothing, unless they share something new. Raises SamePerson or
    UnknownCustomers.
    """
    _both(session, one_id, other_id)
    found = standing_apart(session, one_id, other_id)
    if found is not None:
        return found
    one, other = sorted((one_id, other_id))
    told = {"one_id": one, "other_id": other, "by_id": signed.by_id, "at": now}
    marks = sorted(rules.marks(*likely.profiles(session, [one, other])))
    made = IdentityApart(id=signed.id or new_id(), marks=marks, **told)
    session.add(made)
    session.flush()
    proposing.note(session, (one, other))
    return made


def take_back(
    session: Session, one_id: str, other_id: str, now: datetime, by_id: str | None = None
) -> None:
    """Let it hold no longer that two customers are different people. Raises NotApart."""
    found = _said_apart(session, one_id, other_id)
    if not found:
        raise NotApart
    for one in found:
        undo_apart(session, one, now, by_id)


def undo_apart(
    session: Session, made: IdentityApart, now: datetime, by_id: str | None = None
) -> None:
    """Let it hold no longer what was said of two customers at one time."""
    made.undone_at, made.undone_by = now, by_id
    proposing.note(session, (made.one_id, made.other_id))


def standing_apart(session: Session, one_id: str, other_id: str) -> IdentityApart | None:
    """What says that two customers are different people, though all they share now is known."""
    both = likely.profiles(session, [one_id, other_id])
    said = _said_apart(session, one_id, other_id)
    return next((one for one in said if rules.settled(one.marks, *both)), None)


def foreseen(session: Session, kept_id: str, other_id: str) -> Foreseen:
    """What a link would do. Raises SamePerson or UnknownCustomers."""
    kept, other = _both(session, kept_id, other_id, lock=False)
    moving = {entity.name: _counted(session, entity, other_id) for entity in CHILDREN}
    return Foreseen(
        moving={name: many for name, many in moving.items() if many},
        filled=tuple(name for name in _FILLED if other[name] and not kept[name]),
        rep_id=kept["rep_id"] or other["rep_id"],
        loser_id=other["rep_id"] if kept["rep_id"] not in (None, other["rep_id"]) else None,
    )


def _both(
    session: Session, one_id: str, other_id: str, *, lock: bool = True
) -> tuple[Stored, Stored]:
    """Both rows as they are stored, locked in the order of ids."""
    if one_id == other_id:
        raise SamePerson
    found = {pk: _stored(session, pk, lock=lock) for pk in sorted((one_id, other_id))}
    one, other = found[one_id], found[other_id]
    if one is None or other is None:
        lost = [place for place, row in enumerate((one, other), start=1) if row is None]
        raise keeping.UnknownCustomers(count=len(lost), places=", ".join(map(str, lost)))
    return one, other


def _stored(session: Session, pk: str, *, lock: bool = True) -> Stored | None:
    asked = CUSTOMER.raw(*(one.name for one in CUSTOMER.kept.columns))
    asked = asked.where(CUSTOMER.kept.c.id == pk)
    if lock:
        asked = asked.with_for_update()
    row = session.connection().execute(asked).mappings().one_or_none()
    return None if row is None else dict(row)


def _require_one(session: Session, kept: Stored, other: Stored, *, force: bool) -> None:
    one, another = likely.profiles(session, [kept["id"], other["id"]])
    why = rules.against(one, another)
    if why is not None:
        raise CannotBeOne(why=_AGAINST[why])
    said = standing_apart(session, kept["id"], other["id"])
    if said is not None:
        day = f"{said.at:%Y-%m-%d}"
        raise SaidApart(day=day, one=kept["id"], other=other["id"])
    rep_id, holder = kept["rep_id"], other["rep_id"]
    if rep_id and holder and rep_id != holder and not force:
        rep, another_rep = (session.get_one(Person, pk).name for pk in (rep_id, holder))
        raise TwoHolders(rep=rep, other=another_rep)


def _said_apart(session: Session, one_id: str, other_id: str) -> list[IdentityApart]:
    """What says that they are different people, also of those who were linked to them."""
    told = session.scalars(select(IdentityApart).where(IdentityApart.undone_at.is_(None))).all()
    now = likely.kept_of(session, {pk for one in told for pk in (one.one_id, one.other_id)})
    wanted = {one_id, other_id}
    return [
        one
        for one in told
        if {now.get(one.one_id, one.one_id), now.get(one.other_id, one.other_id)} == wanted
    ]


def _move(
    session: Session, entity: Entity, gone: str, into: str, ids: Sequence[str] | None = None
) -> list[str]:
    """Give records of one customer to another: all, or those of the ids she has. Returns which."""
    table = entity.kept
    whose = table.c.customer_key if entity is FACT else table.c.customer_id
    moved: list[str] = []
    for some in [None] if ids is None else chunks(ids):
        chosen = update(table).where(whose == gone)
        if some is not None:
            chosen = chosen.where(table.c.id.in_(some))
        changed = chosen.values({whose.name: into}).returning(table.c.id)
        moved += session.connection().scalars(changed)
    if moved:
        touch(session, table.name)
    return sorted(moved)


def _going_back(session: Session, made: IdentityLink) -> dict[Entity, Sequence[str]]:
    """The ids of what a link moved, with all the lines of its orders, whenever they came.

    Where an import made it, the numbers of its orders go too: they name who has the orders.
    """
    lines = set(made.moved.get(OrderLine.__tablename__, ()))
    named = set(made.moved.get(Identity.__tablename__, ()))
    for some in chunks(made.moved.get(Order.__tablename__, ())):
        lines.update(session.scalars(select(OrderLine.id).where(OrderLine.order_id.in_(some))))
        if made.import_id is not None:
            numbers = select(Order.number).where(
                Order.id.in_(some), Order.customer_id == made.kept_id
            )
            keys = select(Identity.id).where(Identity.kind == "order", Identity.value.in_(numbers))
            named.update(session.scalars(keys))
    told = {OrderLine.__tablename__: sorted(lines), Identity.__tablename__: sorted(named)}
    return {one: {**made.moved, **told}.get(one.name, ()) for one in _MOVING}


def _part(
    session: Session, made: IdentityLink, as_one: rules.Profile, orders: Sequence[str]
) -> set[feed.Pair]:
    """Say of two whom an import made one that they are two, whatever she had of both.

    The orders that went back count for the other. What only they said has gone from the kept one;
    what she has left may say it too. Returns what to publish.
    """
    pairs = set(booking.book(session, orders))
    pairs.update((CUSTOMER.name, one) for one in contact_facts(session, [made.kept_id]))
    (other,) = likely.profiles(session, [made.other_id])
    one, another = sorted((made.kept_id, made.other_id))
    told = {"one_id": one, "other_id": another, "marks": sorted(rules.marks(as_one, other))}
    session.add(IdentityApart(id=new_id(), at=made.undone_at, by_id=made.undone_by, **told))
    return pairs


def _counted(session: Session, entity: Entity, customer_id: str) -> int:
    whose = entity.kept.c.customer_id
    asked = select(func.count()).select_from(entity.kept).where(whose == customer_id)
    return session.scalar(asked) or 0


def _fill(session: Session, kept: Stored, other: Stored) -> dict[str, list[Any]]:
    """Let the kept one have what only the other has, and what their orders say together.

    Returns before and after, by column. Left to the next import, the orders could not be undone.
    """
    names = [name for name in _FILLED if other[name] and not kept[name]]
    if _WECHAT in names and kept[_WECHAT_STATE] == _NO_WECHAT:
        names.append(_WECHAT_STATE)
    _set(session, kept["id"], {name: other[name] for name in names})
    if contact_facts(session, [kept["id"]]):
        touch(session, CUSTOMER.name)
    now = _stored(session, kept["id"]) or kept
    filled = {name: [before, now[name]] for name, before in kept.items() if now[name] != before}
    if kept["rep_id"] is None and other["rep_id"] is not None:
        filled["rep_id"] = [None, other["rep_id"]]
    return filled


def _unfill(
    session: Session, kept: Stored, filled: Mapping[str, Sequence[Any]], now: datetime
) -> str | None:
    """Take back what she got and nobody has changed since. Returns who holds her now."""
    same = {name: before for name, (before, after) in filled.items() if kept[name] == after}
    rep_id: str | None = kept["rep_id"]
    if "rep_id" in same:
        rep_id = same.pop("rep_id")
        keeping.assign(session, [kept["id"]], rep_id, now)
        session.flush()
    _set(session, kept["id"], same)
    return rep_id


def _set(session: Session, pk: str, stored: Stored) -> None:
    if stored:
        table = CUSTOMER.kept
        changed = update(table).where(table.c.id == pk).values(_as_values(stored))
        session.connection().execute(changed)
        touch(session, table.name)
        session.expire_all()


def _leave(session: Session, pk: str, now: datetime) -> None:
    """The other's row goes, and her time with her rep ends."""
    table = CUSTOMER.kept
    session.connection().execute(delete(table).where(table.c.id == pk))
    touch(session, table.name)
    over = update(Assignment).where(Assignment.customer_id == pk, Assignment.until.is_(None))
    session.execute(over.values(until=now))


def _come_back(session: Session, other: Stored, now: datetime) -> None:
    session.connection().execute(insert(CUSTOMER.kept).values(_as_values(other)))
    touch(session, CUSTOMER.name)
    if other.get("rep_id") is not None:
        stay = {"customer_id": other["id"], "rep_id": other["rep_id"], "since": now, "until": None}
        session.add(Assignment(id=new_id(), **stay))


def _as_values(stored: Mapping[str, Any]) -> Stored:
    """What was kept as it is stored, as the columns take it."""
    return {name: _as_value(Customer.__table__.c[name].type, told) for name, told in stored.items()}


def _as_value(kind: Any, told: Any) -> datetime | date | str | int | None:
    dated = isinstance(kind, UtcTime | Day)
    value: datetime | date | str | int | None
    value = kind.process_result_value(told, None) if dated else told
    return value


def _undoable(session: Session, link_id: str) -> IdentityLink:
    made = session.get(IdentityLink, link_id)
    if made is None:
        raise NoSuchLink(link=link_id)
    if made.undone_at is not None:
        raise UndoneAlready(link=link_id, day=f"{made.undone_at:%Y-%m-%d}")
    return made


def _former(moved: Mapping[str, Sequence[str]], of: str) -> dict[feed.Pair, str]:
    """Whose the records were; figures are nobody's."""
    return {pair: of for pair in _pairs(moved) if pair[0] != FACT.name}


def _pairs(moved: Mapping[str, Sequence[str]]) -> Iterator[feed.Pair]:
    return ((name, pk) for name, ids in moved.items() for pk in ids)


def _many(moved: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {name: len(ids) for name, ids in moved.items() if ids}
