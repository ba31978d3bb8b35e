"""Everything the manager's screen of rules shows at one moment, in words. Knows no Qt."""

from dataclasses import dataclass

from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Badge, Button, Choice, Entry, Line, Notice, SyncChip, Table


@dataclass(frozen=True, slots=True)
class Row:
    """One rule set in the list."""

    name: str
    title: str
    fact: str
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One number: `text` as it is typed, `hint` what it may be, `problem` why it cannot be that.

    `changed` says so of one that is typed otherwise than it holds.
    """

    key: str
    label: str
    sentence: str
    text: str
    unit: str
    hint: str
    problem: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a touch plan: what is typed of it, and the ways and words to choose from.

    `problem` says why it cannot be, `changed` that it is new or another one than it holds.
    """

    title: str
    when: str
    way: tuple[Choice, ...]
    script: tuple[Choice, ...]
    purpose: str
    problem: str = ""
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """A touch plan; the entries name what is written of a step, with examples."""

    title: str
    sentence: str
    rows: tuple[Step, ...]
    when: Entry
    way: str
    script: str
    purpose: Entry
    add: Button
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The numbers of the chosen rule set. `problem` is what they say against each other."""

    name: str
    title: str
    sentence: str
    fields: tuple[Field, ...]
    day: Entry
    why: Entry
    put: Button
    drop: Button
    problem: str = ""
    steps: Steps | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """So many customers from one group to another; both are places among the groups."""

    old: int
    new: int
    customers: int

    @property
    def moves(self) -> bool:
        """Whether they come to another group."""
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class Flow:
    """A picture: the groups in their order, and who goes from which to which.

    `words` say the same to a screen reader; `now` and `then` stand above its two sides.
    """

    groups: tuple[str, ...]
    bands: tuple[Band, ...]
    now: str
    then: str
    words: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would move. While it is being asked for again, what was seen last is `stale`.

    `steps` are the steps of a touch plan with how many are asked for by each, now and then.
    """

    title: str
    summary: Line
    flow: Flow | None = None
    table: Table | None = None
    names: tuple[Line, ...] = ()
    retry: str = ""
    stale: bool = False
    steps: Table | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version in the history, and what it changed.

    `back` leads back to its numbers, named by `id`.
    """

    title: str
    who: str
    changes: tuple[str, ...]
    why: str = ""
    badge: Badge | None = None
    problem: str = ""
    id: str = ""
    back: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The versions, the newest first."""

    title: str
    versions: tuple[Version, ...]
    back: Button


@dataclass(frozen=True, slots=True)
class Screen:
    """The rule sets, the numbers of one, who would move by them, and how they came to be."""

    title: str
    left: str
    sync: SyncChip
    person: str
    rows: tuple[Row, ...] = ()
    chosen: str = ""
    form: Form | None = None
    preview: Preview | None = None
    history: History | None = None
    confirm: Confirm | None = None
    notice: Notice | None = None
    offline: str = ""
    keys: str = ""
