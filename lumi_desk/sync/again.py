"""What a rep does about refused work: send it once more, or choose between two versions."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lumi_desk.customers.fields.rules import Field, Patch, text_of
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.tables import Customer
from lumi_desk.errors import N_, LumiError
from lumi_desk.ids import new_id
from lumi_desk.operations import ASK, EDIT, decode, kind_named
from lumi_desk.parked.rules import is_open
from lumi_desk.parked.tables import Parked
from lumi_desk.sync import outbox
from lumi_desk.sync.protocol import BLOCKED
from lumi_desk.sync.tables import DeadLetter, Outbox

CLASH = "Clash"


class WithTheLeader(LumiError):
    """Work that lies with the leader is not sent a second time beside it."""

    title = N_("This lies with your team leader")
    advice = N_("Wait for her word.")


class NotRefused(LumiError):
    """There is no such refusal here any more."""

    title = N_("This is not refused any more")
    advice = N_("Look at the list again.")


@dataclass(frozen=True, slots=True)
class Differs:
    """One field of a version clash: what she wrote, and what the hub has now."""

    field: Field
    mine: str
    theirs: str


def again(session: Session, op_id: str, now: datetime) -> list[str]:
    """Send refused work once more as new operations, and what was blocked by it after it.

    When it happened stays as it was. Returns the new ids. Raises NotRefused, WithTheLeader, and
    what the work itself raises; then nothing has changed.
    """
    first = _root(session, _letter(session, op_id))
    letters = sorted(_with_blocked(session, first), key=lambda letter: letter.client_seq)
    for letter in letters:
        _require_not_asked(session, letter.op_id)
    named = {letter.op_id: new_id() for letter in letters}
    ops = [_renamed(letter, named) for letter in letters]
    _forget(session, named)
    outbox.do(session, ops, now)
    return list(named.values())


def differs(session: Session, letter: DeadLetter) -> tuple[Differs, ...]:
    """The fields in which a refused edit and the hub's row differ; none for other refusals."""
    if letter.kind != EDIT or letter.reason != CLASH:
        return ()
    theirs = _stands(session, letter)[0]
    return tuple(
        Differs(one.field, one.now, theirs[one.field])
        for one in _edit(letter).changes
        if one.now.strip() != theirs[one.field]
    )


def choose(session: Session, op_id: str, mine: Collection[Field], now: datetime) -> None:
    """Settle a version clash: of these fields hers counts, of the others the hub's.

    What is hers goes as a new edit of the row as it stands now. Raises NotRefused.
    """
    letter = _letter(session, op_id)
    theirs, ver = _stands(session, letter)
    edit = _edit(letter)
    patches = tuple(
        Patch(one.field, theirs[one.field], one.now)
        for one in edit.changes
        if one.field in mine and one.now.strip() != theirs[one.field]
    )
    _forget(session, [op_id])
    if patches:
        chosen = replace(edit, id=new_id(), at=now, base_ver=ver, changes=patches)
        outbox.do(session, [chosen], now)


def drop(session: Session, op_id: str) -> None:
    """She has read a refusal and lets it be: it leaves the list."""
    _forget(session, [_letter(session, op_id).op_id])


def _letter(session: Session, op_id: str) -> DeadLetter:
    letter = session.get(DeadLetter, op_id)
    if letter is None:
        raise NotRefused
    return letter


def _root(session: Session, letter: DeadLetter) -> DeadLetter:
    """What was refused itself, for work that was only blocked by it."""
    while letter.status == BLOCKED:
        parent = session.get(DeadLetter, _builds_on(letter) or "")
        if parent is None:
            break
        letter = parent
    return letter


def _with_blocked(session: Session, first: DeadLetter) -> Iterable[DeadLetter]:
    blocked = list(session.scalars(select(DeadLetter).where(DeadLetter.status == BLOCKED)))
    found = {first.op_id: first}
    # A chain is as long as it has links; each pass adds at least the next one.
    for _ in blocked:
        found |= {one.op_id: one for one in blocked if _builds_on(one) in found}
    return found.values()


def _builds_on(letter: DeadLetter) -> str | None:
    told: str | None = json.loads(letter.payload).get("contact_id")
    return told


def _renamed(letter: DeadLetter, named: dict[str, str]) -> Any:
    op: Any = decode(kind_named(letter.kind, letter.kind_ver), letter.payload)
    values = {"id": named[letter.op_id]}
    if getattr(op, "contact_id", None) in named:
        values["contact_id"] = named[op.contact_id]
    return replace(op, **values)


def _require_not_asked(session: Session, op_id: str) -> None:
    row = session.get(Parked, op_id)
    on_its_way = select(Outbox.op_id).where(Outbox.customer_id == op_id, Outbox.kind == ASK)
    if (row is not None and is_open(row.state)) or session.scalar(on_its_way) is not None:
        raise WithTheLeader


def _forget(session: Session, op_ids: Collection[str]) -> None:
    session.execute(delete(DeadLetter).where(DeadLetter.op_id.in_(op_ids)))


def _edit(letter: DeadLetter) -> EditCustomer:
    edit: Any = decode(kind_named(letter.kind, letter.kind_ver), letter.payload)
    return edit  # type: ignore[no-any-return]


def _stands(session: Session, letter: DeadLetter) -> tuple[dict[Field, str], int]:
    """Her fields and version as they stand: here, or as they came with the refusal."""
    row = session.get(Customer, letter.customer_id) if letter.customer_id else None
    if row is not None:
        return {field: text_of(getattr(row, field)) for field in Field}, row.ver
    told = (letter.now or {}).get(Customer.__tablename__, {})
    return {field: text_of(told.get(field.value)) for field in Field}, int(told.get("ver", 0))
