"""Parked work in words, for the leader. Knows no Qt."""

from datetime import datetime

from lumi_desk.parked.rules import State, Verdict, is_open
from lumi_desk.parked.service import Lying
from lumi_desk.security.masking import mask_text
from ui.parked.loading import Waiting
from ui.parked.screen import Detail, Fact, Row
from ui.sync import saying
from ui.widgets.values import Badge, Choice, Tone
from ui.words import N_, tr, when

_STATES = {
    State.PARKED: (N_("Waits"), Tone.WARN),
    State.ASKED: (N_("She asks"), Tone.WARN),
    State.ACCEPTED: (N_("Accepted"), Tone.GOOD),
    State.HANDED_OVER: (N_("Handed over"), Tone.GOOD),
    State.DECLINED: (N_("Declined"), Tone.QUIET),
}


def row(one: Lying, found: Waiting, now: datetime) -> Row:
    """A line of the list."""
    text, tone = _STATES[one.state]
    return Row(
        one.id,
        saying.title(one.kind, one.customer),
        f"{_name(found, one.rep_id)} · {when(one.at, now)}",
        Badge(tr(text), tone),
    )


def detail(one: Lying, found: Waiting, now: datetime, *, needs_words: bool) -> Detail:
    """The chosen work."""
    return Detail(
        one.id,
        saying.title(one.kind, one.customer),
        saying.content(one.kind, one.kind_ver, one.payload, found.outcomes, now),
        _facts(one, found, now),
        _actions(one, found) if is_open(one.state) else (),
        tr("A word for her, needed to decline"),
        _problem(one, found, needs_words=needs_words),
        needs_words,
    )


def _facts(one: Lying, found: Waiting, now: datetime) -> tuple[Fact, ...]:
    facts = [
        Fact(tr("Rep"), _name(found, one.rep_id)),
        Fact(tr("Done"), when(one.at, now)),
        Fact(tr("Why"), _why(one, found)),
    ]
    if one.words:
        facts.append(Fact(tr("She writes"), mask_text(one.words)))
    if one.decided_at is not None:
        facts.append(Fact(tr("Decided"), _decision(one, found, one.decided_at, now)))
    if one.answer:
        facts.append(Fact(tr("Answer"), mask_text(one.answer)))
    return tuple(facts)


def _why(one: Lying, found: Waiting) -> str:
    if one.reason != "NotHers":
        return saying.reason("", one.reason, {}) if one.reason else "–"
    if one.holder_id is None:
        return tr("The customer was not hers, and is nobody's.")
    return tr("The customer was not hers but {holder}'s.", holder=_name(found, one.holder_id))


def _decision(one: Lying, found: Waiting, at: datetime, now: datetime) -> str:
    text = tr(_STATES[one.state][0])
    if one.state is State.HANDED_OVER and one.holder_id:
        text = tr("Handed over to {holder}", holder=_name(found, one.holder_id))
    return " · ".join((text, _name(found, one.decided_by), when(at, now)))


def _actions(one: Lying, found: Waiting) -> tuple[Choice, ...]:
    holder = found.names.get(one.holder_id or "")
    hand_over = tr("Hand over to {holder}", holder=holder) if holder else tr("Hand over")
    return (
        Choice(Verdict.ACCEPT, tr("Accept for {rep}", rep=_name(found, one.rep_id)), chosen=True),
        Choice(Verdict.HAND_OVER, hand_over, enabled=one.holder_id != one.rep_id),
        Choice(Verdict.DECLINE, tr("Decline")),
    )


def _problem(one: Lying, found: Waiting, *, needs_words: bool) -> str:
    if needs_words:
        return tr("Write her a word first: why not?")
    refused = found.refused.get(one.id)
    if refused is None or not is_open(one.state):
        return ""
    why = saying.reason(refused.status, refused.reason, refused.params)
    return tr("It could not be carried out: {why}", why=why)


def _name(found: Waiting, person_id: str | None) -> str:
    return found.names.get(person_id or "", "") or tr("somebody who left")
