"""Everything the sync chip and its panel show at one moment, already in words. Knows no Qt."""

from dataclasses import dataclass
from enum import StrEnum

from ui.widgets.values import Badge, Choice, SyncChip, Tone


class Tab(StrEnum):
    """The lists of the panel, the gravest first."""

    REFUSED = "refused"
    LEADER = "leader"
    WAITING = "waiting"
    SENT = "sent"


class Action(StrEnum):
    """What can be done about one piece of work."""

    RETRY = "retry"
    COPY = "copy"
    ASK = "ask"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class ClashRow:
    """One field of two versions; `mine` says that hers is to count."""

    field: str
    name: str
    hers: str
    hubs: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Clash:
    """Two versions of a customer, field by field, and the button that settles it."""

    hers: str
    hubs: str
    rows: tuple[ClashRow, ...]
    save: str


@dataclass(frozen=True, slots=True)
class Question:
    """A line to write to the leader."""

    placeholder: str
    send: str
    cancel: str


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work: what and for whom, when, why it did not pass, what it says.

    `lines` are what rep and leader wrote to each other; `actions` are names of Action.
    """

    title: str
    at: str
    reason: str = ""
    tone: Tone = Tone.QUIET
    op_id: str = ""
    words: str = ""
    badge: Badge | None = None
    lines: tuple[str, ...] = ()
    actions: tuple[Choice, ...] = ()
    clash: Clash | None = None
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """The chip, and the panel behind it: how it stands, and one list.

    `tabs` are named by Tab; `more` says how many items are not shown, `empty` that there are
    none. The button asks for a round; it rests during one. `said` tells what was just done.
    """

    chip: SyncChip
    title: str
    words: str
    tone: Tone
    tabs: tuple[Choice, ...]
    items: tuple[Item, ...]
    more: str
    empty: str
    button: str
    can_press: bool
    keys: str = ""
    said: str = ""
    said_tone: Tone = Tone.GOOD
