"""The wrap-up form in words."""

from collections.abc import Mapping
from datetime import datetime

from lumi_desk.calls.habits.rules import Habit
from lumi_desk.calls.rules import Attitude, ContactBudget, WechatState
from lumi_desk.calls.underway.rules import NextKind, UnderWay
from lumi_desk.calls.words.rules import When
from lumi_desk.calls.words.rules import when as read
from lumi_desk.catalog.service import Outcome
from ui.widgets.values import Choice, Timer
from ui.words import N_, money, tr, when
from ui.workspace.loading import Chosen
from ui.workspace.saying import reasons
from ui.workspace.saying.reasons import Context
from ui.workspace.saying.timeline import outcome
from ui.workspace.screen import Sale, WrapUp
from ui.workspace.state import Desktop

ATTITUDES: Mapping[str, str] = {
    Attitude.RESISTANT: N_("Resistant"),
    Attitude.NEUTRAL: N_("Neutral"),
    Attitude.POSITIVE: N_("Positive"),
}
WECHAT: Mapping[str, str] = {
    WechatState.NONE: N_("Not added"),
    WechatState.REQUESTED: N_("Requested"),
    WechatState.ACCEPTED: N_("Added"),
    WechatState.DELETED: N_("Deleted"),
}
NEXT: Mapping[str, str] = {
    NextKind.AGAIN: N_("Talk again"),
    NextKind.ARRIVAL: N_("After delivery"),
    NextKind.PAYMENT: N_("Payment"),
    NextKind.RENEWAL: N_("Renewal"),
}
SOLD = "sold"
COMPLAINT = "complaint"


def wrap_up(desktop: Desktop, chosen: Chosen, call: UnderWay, now: datetime) -> WrapUp:
    """The form as it is filled so far."""
    form, outcomes = call.form, desktop.day.outcomes if desktop.day else ()
    return WrapUp(
        timer=Timer(call.ended_at),
        answered=form.answered,
        outcomes=_outcomes(outcomes, form.disposition, answered=form.answered),
        attitudes=_choices(ATTITUDES, form.attitude) if form.answered else (),
        wechat=_choices(WECHAT, form.wechat_state or chosen.her.wechat_state),
        sale=_sale(call, desktop.faults),
        next_words=form.next_words,
        next_reading=_reading(call, chosen, now),
        next_problem=desktop.faults.get("next", ""),
        next_kinds=_choices(NEXT, form.next_kind or NextKind.AGAIN),
        next_hint=_hint(chosen.habit),
        as_case=form.case,
    )


def moment(words: str, habit: Habit | None, budget: ContactBudget, now: datetime) -> When:
    """What the words of a callback mean for this customer."""
    return read(words, now, best=habit.begins if habit else None, budget=budget)


def reading(found: When, now: datetime) -> str:
    """The resolved time with what had to be assumed, or the sentence why there is none."""
    context = Context(now, {})
    notes = [reasons.said(note, context) for note in found.notes]
    if found.at is None:
        return notes[0]
    said = f"= {when(found.at, now)}"
    return " · ".join((said, *notes))


def _outcomes(outcomes: tuple[Outcome, ...], chosen: str, *, answered: bool) -> tuple[Choice, ...]:
    return tuple(
        Choice(one.id, outcome(one), chosen=one.id == chosen)
        for one in outcomes
        if one.answered is answered
    )


def _choices(names: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(str(name), tr(text), chosen=name == chosen) for name, text in names.items())


def _sale(call: UnderWay, faults: dict[str, str]) -> Sale | None:
    item = call.form.sale
    if item is None or call.form.disposition != SOLD:
        return None
    gift = tr("Gift: {gift} (counts in no target)", gift=item.gift) if item.gift else ""
    return Sale(item.what, money(item.fen), gift, call.form.proof, faults.get("proof", ""))


def _reading(call: UnderWay, chosen: Chosen, now: datetime) -> str:
    at = call.form.next_at
    if at is None:
        return ""
    again = moment(call.form.next_words, chosen.habit, chosen.budget, now)
    notes = again.notes if again.at == at else ()
    return reading(When(at, notes), now)


def _hint(habit: Habit | None) -> str:
    how = tr("Write +1d, tomorrow 19:30 or next Wed")
    if habit is None:
        return how
    best = tr(
        "she answers best from {begins} to {ends} ({answered} of {dials})",
        begins=f"{habit.begins:%H:%M}",
        ends=f"{habit.ends:%H:%M}",
        answered=habit.answered,
        dials=habit.dials,
    )
    return f"{how} · {best}"
