"""Everything the screen of assignment shows at one moment, in words. Knows no Qt."""

from dataclasses import dataclass

from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Badge, Button, Choice, Entry, Line, Notice, SyncChip


@dataclass(frozen=True, slots=True)
class Row:
    """A rep in the list, or who waits for one. `load` is how full she is, 1 being full.

    None where nothing can be full.
    """

    id: str
    title: str
    line: str
    badge: Badge | None = None
    load: float | None = None
    load_words: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """One choice of several; `name` goes back to the presenter with what was chosen."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Goes:
    """A line of the preview: whom, how many, of which grades, and how full she is then."""

    name: str
    customers: str
    grades: str
    then: str
    load: float | None = None
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would go where. While it is asked for again, what was seen last is `stale`."""

    summary: Line | str
    goes: tuple[Goes, ...] = ()
    along: tuple[Line, ...] = ()
    retry: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class HandOver:
    """Whose customers go to whom, and why. `reps` are shown to be ticked where they are asked."""

    title: str
    picks: tuple[Pick, ...]
    reps: tuple[Choice, ...]
    why: Entry
    preview: Preview
    do: Button


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom she takes."""

    title: str
    sentence: str
    takes: Choice
    side: Pick
    lines: tuple[Choice, ...]
    grades: tuple[Choice, ...]
    most: Entry
    put: Button


@dataclass(frozen=True, slots=True)
class Leave:
    """Her leave, and who stands in. `back` is there while she has one."""

    title: str
    sentence: str
    first: Entry
    last: Entry
    stand_in: Pick
    why: Entry
    put: Button
    back: Button


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits for a rep, by reason, and the best of them."""

    title: str
    reasons: tuple[str, ...]
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A line of the history. With `undo` words it can be taken back."""

    id: str
    title: str
    who: str
    why: str = ""
    undo: str = ""
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What moved lately, the newest first."""

    title: str
    lines: tuple[Past, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """The reps, what can be done with the chosen one, and what was done."""

    title: str
    left: str
    sync: SyncChip
    person: str
    rows: tuple[Row, ...] = ()
    chosen: str = ""
    hand_over: HandOver | None = None
    plan: Plan | None = None
    leave: Leave | None = None
    waiting: Waiting | None = None
    history: History | None = None
    confirm: Confirm | None = None
    notice: Notice | None = None
    offline: str = ""
    empty: str = ""
    keys: str = ""
