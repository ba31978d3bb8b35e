"""Work that waits for a leader's word: its states, and what she may say."""

from enum import StrEnum


class State(StrEnum):
    """Where it stands: put here by the hub, or the rep has asked; then what the leader said."""

    PARKED = "parked"
    ASKED = "asked"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed_over"
    DECLINED = "declined"


class Verdict(StrEnum):
    """What a leader may say: as the rep did it, in the name of who holds the customer, or not."""

    ACCEPT = "accept"
    HAND_OVER = "hand_over"
    DECLINE = "decline"


OPEN = frozenset({State.PARKED, State.ASKED})
_AFTER = {
    Verdict.ACCEPT: State.ACCEPTED,
    Verdict.HAND_OVER: State.HANDED_OVER,
    Verdict.DECLINE: State.DECLINED,
}


def is_open(state: str) -> bool:
    """Whether the leader has not decided yet."""
    return state in OPEN


def after(verdict: Verdict) -> State:
    """The state that a verdict leads to."""
    return _AFTER[verdict]
