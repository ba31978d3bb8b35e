"""The contact under way: dialled, answered, ended, written up. What cannot be now changes nothing.

Without a phone connected the rep marks each step herself, so every step may come at any moment.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lumi_desk.calls.rules import Channel


class State(StrEnum):
    """Where a contact stands; IDLE is a note without a call."""

    IDLE = "idle"
    DIALLING = "dialling"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


class NextKind(StrEnum):
    """What a promised contact is about; a callback may also say it in words of its own."""

    AGAIN = "again"
    ARRIVAL = "arrival"
    PAYMENT = "payment"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class Dialled:
    """One attempt to reach her within the contact."""

    at: datetime
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """What a sale is about: `kind` is "card", "bundle" or "product"; `gift` counts in no target."""

    kind: str
    id: str
    what: str
    fen: int
    gift: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What the wrap-up form holds so far.

    `answered` is the side of the outcomes that is shown; `next_at` what `next_words` meant when
    they were written, so that 明天 stays that day over midnight.
    """

    answered: bool = True
    disposition: str = ""
    attitude: str = ""
    wechat_state: str = ""
    sale: Item | None = None
    proof: str = ""
    next_words: str = ""
    next_at: datetime | None = None
    next_kind: str = ""
    case: bool = False


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One contact from the first letter of its note to its saving.

    `path` are the script nodes walked, `offers` the ids of what was shown to the rep, `chosen`
    the one she picked, `complaint` whether a complaint was opened in it.
    """

    customer_id: str
    contact_id: str
    state: State = State.IDLE
    note: str = ""
    dials: tuple[Dialled, ...] = ()
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    script_id: str | None = None
    path: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    chosen: str = ""
    complaint: bool = False
    channel: Channel = Channel.CALL
    form: Form = Form()

    @property
    def is_debt(self) -> bool:
        """Whether a call was begun that is not written up yet."""
        return self.state is not State.IDLE

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self.is_debt and not self.note.strip()

    @property
    def was_answered(self) -> bool:
        """Whether she was spoken to."""
        return self.answered_at is not None

    @property
    def talk_seconds(self) -> int:
        """How long the talk was; 0 until it is over, and for what was written."""
        if self.channel is not Channel.CALL:
            return 0
        if self.answered_at is None or self.ended_at is None:
            return 0
        return max(int((self.ended_at - self.answered_at).total_seconds()), 0)


def dial(call: UnderWay, at: datetime) -> UnderWay:
    """Dial for the first time, or once more after nobody answered."""
    again = call.state is State.WRAP_UP and not call.was_answered
    if call.state is not State.IDLE and not again:
        return call
    return replace(
        call,
        state=State.DIALLING,
        dials=(*call.dials, Dialled(at)),
        started_at=call.started_at or at,
        ended_at=None,
    )


def write(call: UnderWay, channel: Channel, at: datetime) -> UnderWay:
    """Begin a written exchange: nothing rings, and whether she answers shows at its end."""
    if call.state is not State.IDLE:
        return call
    return replace(
        call, channel=channel, state=State.TALKING, started_at=at, answered_at=at, ended_at=None
    )


def answer(call: UnderWay, at: datetime) -> UnderWay:
    """Somebody picks up the dial that is ringing."""
    if call.state is not State.DIALLING:
        return call
    ringing = replace(call.dials[-1], answered=True)
    return replace(
        call,
        state=State.TALKING,
        dials=(*call.dials[:-1], ringing),
        answered_at=at,
    )


def end(call: UnderWay, at: datetime) -> UnderWay:
    """The talk is over, or nobody answered: what is left is to write it up."""
    if call.state not in (State.DIALLING, State.TALKING):
        return call
    answered = call.state is State.TALKING
    form = call.form
    if form.disposition and form.answered is not answered:
        form = replace(form, disposition="")
    return replace(call, state=State.WRAP_UP, ended_at=at, form=replace(form, answered=answered))
