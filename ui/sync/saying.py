"""Work in plain words: what it is, what it says, why it did not pass. Knows no Qt."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from string import Formatter
from typing import Any

from lumi_desk.calls.operations import LogContact, PromiseCallback, Refuse, SkipCustomer, WriteNote
from lumi_desk.catalog.service import Outcome
from lumi_desk.complaints.operations import OpenComplaint
from lumi_desk.consents.operations import GiveConsent, WithdrawConsent
from lumi_desk.consents.rules import Purpose
from lumi_desk.customers.fields.rules import Field
from lumi_desk.customers.operations import EditCustomer
from lumi_desk.customers.tags.operations import AddTag, RemoveTag
from lumi_desk.errors import LumiError
from lumi_desk.exports.operations import LogExport
from lumi_desk.operations import BadOperation, UnknownOperation, decode, kind_named
from lumi_desk.orders.operations import ClaimSale
from lumi_desk.parked.operations import AskLeader, DecideParked
from lumi_desk.parked.rules import Verdict
from lumi_desk.security.masking import mask_text
from ui.ways import PURPOSES, WAYS
from ui.words import N_, Language, duration, language, money, sentence, tr, when

KINDS: Mapping[str, str] = {
    "contact.log": N_("Contact"),
    "note.write": N_("Note"),
    "callback.promise": N_("Callback"),
    "customer.refuse": N_("Do not call"),
    "consent.withdraw": N_("Consent withdrawn"),
    "consent.give": N_("Consent given"),
    "customer.skip": N_("Skipped"),
    "sale.claim": N_("Sale"),
    "complaint.open": N_("Complaint"),
    "customer.edit": N_("Customer's details"),
    "customer.tag": N_("Tag added"),
    "customer.untag": N_("Tag removed"),
    "export.log": N_("Export"),
    "parked.ask": N_("Question to the leader"),
    "parked.decide": N_("Decision"),
}
FIELDS: Mapping[Field, str] = {
    Field.NAME: N_("Name"),
    Field.CITY: N_("City"),
    Field.BIRTHDAY: N_("Birthday"),
    Field.ALLERGY: N_("Allergy"),
    Field.HOUSEHOLD: N_("People in the household"),
    Field.WECHAT: N_("WeChat"),
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.ACCEPT: N_("Accept"),
    Verdict.HAND_OVER: N_("Hand over"),
    Verdict.DECLINE: N_("Decline"),
}
Outcomes = tuple[Outcome, ...]


def title(kind: str, customer: str) -> str:
    """Note · 周文静."""
    name = kind_name(kind)
    return f"{name} · {mask_text(customer)}" if customer else name


def kind_name(kind: str) -> str:
    """What sort of work it is."""
    return tr(KINDS[kind]) if kind in KINDS else kind


def field_name(field: str) -> str:
    """A field of a customer in words."""
    return tr(FIELDS[Field(field)]) if field in set(Field) else field


def value(text: str) -> str:
    """A field's value; nothing is a dash."""
    return text or "–"


def reason(status: str, code: str, params: Mapping[str, str | int]) -> str:
    """Why the hub did not take work, in the words of the error it named."""
    if status == "parked":
        return tr("She is no longer yours. It lies with your team leader, who decides.")
    if status == "blocked":
        return tr("It builds on something that was refused.")
    if code == "NotHers":
        return tr("The customer is not the rep's own.")
    kind = _errors().get(code)
    if kind is None:
        return tr("The hub gave the reason “{code}”.", code=code)
    known: dict[str, str | int] = {**dict.fromkeys(_fields(kind), "…"), **params}
    return sentence(kind(**{name: _param(name, told) for name, told in known.items()}))


def content(kind: str, kind_ver: int, payload: str, outcomes: Outcomes, now: datetime) -> str:
    """What a piece of work says, without any phone number; empty where nothing can be said."""
    try:
        op: Any = decode(kind_named(kind, kind_ver), payload)
    except (BadOperation, UnknownOperation):
        return ""
    say = _SAYINGS.get(type(op))
    return mask_text(say(op, outcomes, now)) if say else ""


def customer_of(payload: str) -> str:
    """The customer a piece of work is about."""
    told = json.loads(payload)
    return str(told.get("customer_id", "")) if isinstance(told, dict) else ""


def _contact(op: LogContact, outcomes: Outcomes, now: datetime) -> str:
    known = {one.id: one for one in outcomes}
    outcome = known.get(op.disposition)
    chinese = language() is Language.CHINESE
    result = (outcome.zh if chinese else outcome.en) if outcome else op.disposition
    facts = [when(op.started_at, now), result]
    if op.talk_seconds:
        facts.append(tr("talked {time}", time=duration(op.talk_seconds)))
    return "\n".join(line for line in (" · ".join(facts), op.note) if line)


def _note(op: WriteNote, _: Outcomes, __: datetime) -> str:
    return op.words


def _callback(op: PromiseCallback, _: Outcomes, now: datetime) -> str:
    return tr("Promised for {when}", when=when(op.due_at, now))


def _refuse(op: Refuse, _: Outcomes, __: datetime) -> str:
    return op.words or tr("She does not want to be contacted.")


def _consent(op: GiveConsent | WithdrawConsent, _: Outcomes, __: datetime) -> str:
    if op.purpose is Purpose.HEALTH:
        return tr(PURPOSES[op.purpose])
    return f"{tr(WAYS[op.way])} · {tr(PURPOSES[op.purpose])}"


def _skip(_: SkipCustomer, __: Outcomes, ___: datetime) -> str:
    return ""


def _sale(op: ClaimSale, _: Outcomes, __: datetime) -> str:
    facts = [f"{op.what} {money(op.fen)}", tr("proof {proof}", proof=op.proof)]
    if op.gift:
        facts.append(tr("gift {gift}", gift=op.gift))
    return " · ".join(facts)


def _complaint(op: OpenComplaint, _: Outcomes, __: datetime) -> str:
    return op.words


def _edit(op: EditCustomer, _: Outcomes, __: datetime) -> str:
    return "\n".join(
        f"{field_name(one.field)}: {value(one.was)} → {value(one.now)}" for one in op.changes
    )


def _tag(op: AddTag | RemoveTag, _: Outcomes, __: datetime) -> str:
    return op.name


def _export(op: LogExport, _: Outcomes, __: datetime) -> str:
    return " · ".join(part for part in (op.what, op.reason) if part)


def _ask(op: AskLeader, _: Outcomes, __: datetime) -> str:
    return op.words


def _decide(op: DecideParked, _: Outcomes, __: datetime) -> str:
    verdict = tr(VERDICTS[op.verdict])
    return f"{verdict} · {op.words}" if op.words else verdict


_SAYINGS: dict[type, Callable[[Any, Outcomes, datetime], str]] = {
    LogContact: _contact,
    WriteNote: _note,
    PromiseCallback: _callback,
    Refuse: _refuse,
    WithdrawConsent: _consent,
    GiveConsent: _consent,
    SkipCustomer: _skip,
    ClaimSale: _sale,
    OpenComplaint: _complaint,
    EditCustomer: _edit,
    AddTag: _tag,
    RemoveTag: _tag,
    LogExport: _export,
    AskLeader: _ask,
    DecideParked: _decide,
}


def _fields(kind: type[LumiError]) -> list[str]:
    """The fields its sentence names: not every answer that is kept has them all."""
    told = Formatter().parse(kind.title + kind.advice)
    return [name for _, name, _, _ in told if name]


def _param(name: str, told: str | int) -> str | int:
    """The names of fields in an error are those of columns."""
    if name not in ("field", "fields") or not isinstance(told, str):
        return told
    comma = "、" if language() is Language.CHINESE else ", "
    return comma.join(field_name(one.strip()) for one in told.split(","))


def _errors() -> dict[str, type[LumiError]]:
    """Every error this program knows, by its code."""
    known: dict[str, type[LumiError]] = {}
    waiting = [LumiError]
    while waiting:
        kind = waiting.pop()
        known[kind.__name__] = kind
        waiting += kind.__subclasses__()
    return known
