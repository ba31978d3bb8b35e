"""Operations out of the blue: one maker for each kind there is."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lumi_desk.calls.operations import (
    LogContact,
    PromiseCallback,
    Refuse,
    SkipCustomer,
    WriteNote,
)
from lumi_desk.clock import local_day
from lumi_desk.complaints.operations import OpenComplaint
from lumi_desk.consents.operations import GiveConsent, WithdrawConsent
from lumi_desk.consents.rules import Purpose, Way
from lumi_desk.customers.fields.rules import Field, Patch, text_of
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.tables import Customer
from lumi_desk.customers.tags.operations import AddTag, RemoveTag
from lumi_desk.exports.operations import LogExport
from lumi_desk.exports.rules import Format
from lumi_desk.ids import new_id
from lumi_desk.operations import Operation
from lumi_desk.orders.operations import ClaimSale
from lumi_desk.parked.operations import AskLeader, DecideParked
from lumi_desk.parked.rules import Verdict
from lumi_desk.parked.tables import Parked
from lumi_desk.sync.tables import DeadLetter
from tests.makers import a_call

_TAGS = ("礼品 3/8", "生日")
_FEN = (49_800, 99_600, 1_200_000)


@dataclass(frozen=True)
class Told:
    """Who does something about whom, and when. Each maker throws the rest."""

    by: str
    customer_id: str
    at: datetime
    dice: random.Random
    her_row: Callable[[], Customer | None] = lambda: None
    """The customer as the desk has her."""

    @property
    def common(self) -> dict[str, Any]:
        """What every operation carries."""
        return {"id": new_id(), "by": self.by, "customer_id": self.customer_id, "at": self.at}


def _call(told: Told) -> LogContact:
    return a_call(
        **told.common,
        started_at=told.at - timedelta(minutes=3),
        ended_at=told.at,
        disposition=told.dice.choice(("sold", "no_answer")),
        wechat_state=told.dice.choice(("", "asked", "passed", "deleted")),
    )


def _note(told: Told) -> WriteNote:
    return WriteNote(words=told.dice.choice(("她说好", "再想想", "已寄样品")), **told.common)


def _promise(told: Told, contact_id: str | None = None) -> PromiseCallback:
    due_at = told.at + timedelta(hours=told.dice.randint(1, 50))
    return PromiseCallback(due_at=due_at, contact_id=contact_id, **told.common)


def _refusal(told: Told) -> Refuse:
    return Refuse(words="不要再打", **told.common)


def _withdrawal(told: Told) -> WithdrawConsent:
    way, purpose = told.dice.choice(list(Way)), told.dice.choice(list(Purpose))
    return WithdrawConsent(way=way, purpose=purpose, source="电话", **told.common)


def _consent(told: Told) -> GiveConsent:
    way, purpose = told.dice.choice(list(Way)), told.dice.choice(list(Purpose))
    return GiveConsent(way=way, purpose=purpose, source="电话", **told.common)


def _skip(told: Told) -> SkipCustomer:
    return SkipCustomer(day=local_day(told.at), reason="忙", **told.common)


def _claim(told: Told, contact_id: str | None = None) -> ClaimSale:
    fen = told.dice.choice(_FEN)
    kind = "card" if fen == _FEN[-1] else "product"
    return ClaimSale(
        kind=kind,
        item_id="x",
        what="x",
        fen=fen,
        proof="P",
        contact_id=contact_id,
        **told.common,
    )


def _complaint(told: Told) -> OpenComplaint:
    return OpenComplaint(words="瓶盖松了", **told.common)


def _edit(told: Told) -> EditCustomer:
    fields = told.dice.sample((Field.CITY, Field.ALLERGY, Field.HOUSEHOLD), told.dice.randint(1, 2))
    customer = told.her_row()
    was = {field: text_of(getattr(customer, field, "")) for field in fields}
    now = {Field.CITY: ("北京", "广州"), Field.ALLERGY: ("虾", "奶"), Field.HOUSEHOLD: ("2", "3")}
    return EditCustomer(
        base_ver=customer.ver if customer else 0,
        changes=tuple(Patch(field, was[field], told.dice.choice(now[field])) for field in fields),
        **told.common,
    )


def _tag(told: Told) -> AddTag:
    return AddTag(name=told.dice.choice(_TAGS), **told.common)


def _untag(told: Told) -> RemoveTag:
    return RemoveTag(name=told.dice.choice(_TAGS), **told.common)


def _export(told: Told) -> LogExport:
    common = told.common | {"customer_id": ""}
    rows = told.dice.randint(1, 50)
    return LogExport(format=Format.CSV, rows=rows, phones=False, what="V", **common)


# By the name of the kind. A kind that is missing here is noticed by a test.
MAKERS: dict[str, Callable[[Told], Operation]] = {
    "contact.log": _call,
    "note.write": _note,
    "callback.promise": _promise,
    "customer.refuse": _refusal,
    "consent.withdraw": _withdrawal,
    "consent.give": _consent,
    "customer.skip": _skip,
    "sale.claim": _claim,
    "complaint.open": _complaint,
    "customer.edit": _edit,
    "customer.tag": _tag,
    "customer.untag": _untag,
    "export.log": _export,
}
_OFTEN = ("contact.log", "note.write", "callback.promise", "sale.claim")
# These need something to decide about: a step of their own makes them.
APART = frozenset({"parked.ask", "parked.decide"})
# The hub may say no to these through nobody's fault: somebody else was there before.
MAY_FAIL = (EditCustomer, AskLeader, DecideParked)


def work(told: Told) -> list[Operation]:
    """What is saved at once: mostly one operation, now and then a call with what follows."""
    if told.dice.random() < 0.35:
        call = _call(told)
        follow = told.dice.choice((_promise, _claim))
        return [call, follow(told, call.id)]
    usual = told.dice.random() < 0.6
    kinds = _OFTEN if usual else tuple(MAKERS)
    return [MAKERS[told.dice.choice(kinds)](told)]


def call_with_dependants(told: Told) -> list[Operation]:
    """A call, and two that build on it."""
    call = _call(told)
    return [call, _promise(told, call.id), _claim(told, call.id)]


def ask(told: Told, refused: DeadLetter) -> AskLeader:
    """A question about work the hub did not take."""
    about = {**told.common, "customer_id": refused.customer_id or told.customer_id}
    return AskLeader(op_id=refused.op_id, words="请看一下", **about)


def decide(told: Told, waiting: Parked) -> DecideParked:
    """What becomes of work that waits for a leader."""
    about = {**told.common, "customer_id": waiting.customer_id}
    verdict = told.dice.choice(list(Verdict))
    return DecideParked(parked_id=waiting.id, verdict=verdict, words="好", **about)
