"""What a written-up call becomes: the operations of one save, or what is still missing."""

from datetime import datetime, timedelta

from lumi_desk.calls.operations import Dial, LogContact, PromiseCallback
from lumi_desk.calls.underway.rules import NextKind, UnderWay
from lumi_desk.complaints.operations import OpenComplaint
from lumi_desk.desk import Me
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.orders.operations import ClaimSale
from ui.words import tr
from ui.workspace.loading import Chosen
from ui.workspace.saying.form import COMPLAINT, SOLD

_LONGEST = timedelta(days=7)
_SHORTEST_PROOF = 4
FORM = "form"
PROOF = "proof"
NEXT = "next"


def faults(call: UnderWay, now: datetime) -> dict[str, str]:
    """What keeps the form from being saved, by field; FORM for the form as a whole."""
    form, found = call.form, {}
    if not form.disposition:
        found[FORM] = tr("Choose what happened, by its digit.")
    elif form.disposition == SOLD and form.sale is None:
        found[FORM] = tr("Choose what was sold: Alt O.")
    elif form.disposition == SOLD and not is_proof(form.proof):
        found[PROOF] = proof_wanted()
    elif form.disposition == COMPLAINT and not call.complaint and not call.note.strip():
        found[FORM] = tr("Write into the note what she complains about.")
    if form.next_words.strip() and form.next_at is None:
        found[NEXT] = tr("Not understood. Write +1d, tomorrow 19:30 or next Wed, or nothing.")
    elif form.next_at is not None and form.next_at <= now:
        found[NEXT] = tr("That time is over meanwhile. Write another one.")
    return found


def is_proof(text: str) -> bool:
    """Whether a text may be the number of an order or a payment."""
    return sum(char.isalnum() for char in text) >= _SHORTEST_PROOF


def proof_wanted() -> str:
    """What to say when it is not."""
    return tr("Write the order number or the number of the payment.")


def operations(call: UnderWay, chosen: Chosen, me: Me, now: datetime) -> tuple[Operation, ...]:
    """The contact, and what came of it, in the order in which they build on each other."""
    ops: list[Operation] = [_contact(call, chosen, me, now)]
    form = call.form
    if form.disposition == SOLD and form.sale is not None:
        ops.append(claim(call, me, now))
    if form.disposition == COMPLAINT and not call.complaint:
        ops.append(
            OpenComplaint(
                id=new_id(),
                customer_id=call.customer_id,
                by=me.person_id,
                at=now,
                words=call.note.strip(),
            )
        )
    if form.next_at is not None:
        ops.append(promise(call, me, now, form.next_at))
    return tuple(ops)


def claim(call: UnderWay, me: Me, now: datetime) -> ClaimSale:
    """The sale of the form; part of the contact if there was one."""
    item = call.form.sale
    if item is None:
        raise ValueError("there is no sale in the form")
    return ClaimSale(
        id=new_id(),
        customer_id=call.customer_id,
        by=me.person_id,
        at=now,
        kind=item.kind,
        item_id=item.id,
        what=item.what,
        fen=item.fen,
        proof=call.form.proof.strip(),
        gift=item.gift,
        contact_id=call.contact_id if call.is_debt else None,
    )


def promise(call: UnderWay, me: Me, now: datetime, due_at: datetime) -> PromiseCallback:
    """The next contact; part of this one if there was one."""
    return PromiseCallback(
        id=new_id(),
        customer_id=call.customer_id,
        by=me.person_id,
        at=now,
        due_at=due_at,
        why=call.form.next_kind or NextKind.AGAIN,
        contact_id=call.contact_id if call.is_debt else None,
    )


def _contact(call: UnderWay, chosen: Chosen, me: Me, now: datetime) -> LogContact:
    form = call.form
    started, ended = call.started_at or now, call.ended_at or now
    changed = form.wechat_state not in ("", chosen.her.wechat_state)
    return LogContact(
        id=call.contact_id,
        customer_id=call.customer_id,
        by=me.person_id,
        at=now,
        channel=call.channel.value,
        started_at=started,
        ended_at=ended,
        talk_seconds=_seconds(timedelta(seconds=call.talk_seconds)),
        wrap_up_seconds=_seconds(now - ended),
        dials=tuple(Dial(one.at, one.answered) for one in call.dials),
        disposition=form.disposition,
        attitude=form.attitude if form.answered else "",
        wechat_state=form.wechat_state if changed else "",
        script_id=call.script_id,
        path=call.path,
        offers=call.offers,
        note=call.note.strip(),
        case=form.case,
    )


def _seconds(span: timedelta) -> int:
    """Whole seconds; a clock set back counts as nothing, a week is the most."""
    return max(int(min(span, _LONGEST).total_seconds()), 0)
