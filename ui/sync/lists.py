"""The lists of the sync panel, item by item, in words. Knows no Qt."""

from collections.abc import Mapping
from datetime import datetime

from lumi_desk.customers.fields.rules import Field
from lumi_desk.parked.rules import State, is_open
from lumi_desk.security.masking import mask_text
from lumi_desk.sync.again import CLASH
from lumi_desk.sync.status import Refused, Sent, Waiting, WithLeader
from ui.sync import saying
from ui.sync.saying import Outcomes
from ui.sync.screen import Action, Clash, ClashRow, Item, Question
from ui.widgets.values import Badge, Choice, Tone
from ui.words import N_, tr, when

# Of each clash the fields in which hers counts.
Mine = Mapping[str, frozenset[Field]]
_ACTIONS = {
    Action.RETRY: N_("Try again"),
    Action.COPY: N_("Copy"),
    Action.ASK: N_("Ask my leader"),
    Action.DROP: N_("Let it be"),
}
_STATES = {
    State.PARKED: (N_("Lies with the leader"), Tone.WARN),
    State.ASKED: (N_("Asked"), Tone.WARN),
    State.ACCEPTED: (N_("Accepted"), Tone.GOOD),
    State.HANDED_OVER: (N_("Handed over"), Tone.GOOD),
    State.DECLINED: (N_("Declined"), Tone.BAD),
}


def waiting(one: Waiting, now: datetime) -> Item:
    """Work that has not left yet."""
    held = tr("Leaves when it can no longer be undone.") if one.not_before > now else ""
    return Item(saying.title(one.kind, one.customer), when(one.made_at, now), held)


def sent(one: Sent, now: datetime) -> Item:
    """Work the hub took."""
    return Item(saying.title(one.kind, one.customer), when(one.made_at or one.answered_at, now))


def refused(one: Refused, outcomes: Outcomes, mine: Mine, asking: str, now: datetime) -> Item:
    """Work the hub did not take, and what can be done about it."""
    words = saying.content(one.kind, one.kind_ver, one.payload, outcomes, now)
    clash = _clash(one, mine)
    return Item(
        saying.title(one.kind, one.customer),
        when(one.answered_at, now),
        saying.reason(one.status, one.reason, one.params),
        Tone.BAD,
        one.op_id,
        words="" if clash else words,
        actions=() if asking == one.op_id else _actions(one, words),
        clash=clash,
        question=_question() if asking == one.op_id else None,
    )


def with_leader(one: WithLeader, outcomes: Outcomes, now: datetime) -> Item:
    """Work that lies with her leader, and how it ended."""
    words = saying.content(one.kind, one.kind_ver, one.payload, outcomes, now)
    text, tone = _STATES[one.state]
    return Item(
        saying.title(one.kind, one.customer),
        when(one.at, now),
        _how_it_stands(one),
        Tone.QUIET,
        one.op_id,
        words,
        Badge(tr(text), tone),
        _letters(one),
        _choices(Action.COPY) if words and is_open(one.state) else (),
    )


def _how_it_stands(one: WithLeader) -> str:
    if not one.arrived:
        return tr("Your question is on its way.")
    match one.state:
        case State.PARKED:
            return tr("She is no longer yours. It lies with your team leader, who decides.")
        case State.ASKED:
            return tr("Your team leader decides about it.")
        case State.ACCEPTED:
            return tr("It was carried out in your name.")
        case State.HANDED_OVER:
            return tr("It was carried out in the name of {holder}.", holder=one.holder or "–")
        case State.DECLINED:
            return tr("It was not carried out.")


def _letters(one: WithLeader) -> tuple[str, ...]:
    asked = tr("You: {words}", words=mask_text(one.words)) if one.words else ""
    leader = one.leader or tr("Team leader")
    answered = tr("{name}: {words}", name=leader, words=mask_text(one.answer)) if one.answer else ""
    return tuple(line for line in (asked, answered) if line)


def _actions(one: Refused, words: str) -> tuple[Choice, ...]:
    is_hers = not one.kind.startswith("parked.")
    wanted = {
        Action.RETRY: one.reason != CLASH,
        Action.COPY: bool(words),
        Action.ASK: is_hers,
        Action.DROP: not one.differs,
    }
    return _choices(*(action for action, so in wanted.items() if so))


def _choices(*actions: Action) -> tuple[Choice, ...]:
    return tuple(Choice(action, tr(_ACTIONS[action])) for action in actions)


def _question() -> Question:
    return Question(tr("What should she know?"), tr("Send"), tr("Cancel · Esc"))


def _clash(one: Refused, mine: Mine) -> Clash | None:
    if not one.differs:
        return None
    hers = mine.get(one.op_id, frozenset(each.field for each in one.differs))
    rows = tuple(
        ClashRow(
            each.field,
            saying.field_name(each.field),
            saying.value(each.mine),
            saying.value(each.theirs),
            each.field in hers,
        )
        for each in one.differs
    )
    return Clash(tr("Mine"), tr("Now on the hub"), rows, tr("Keep what is marked"))
