"""Everything the leader's list of parked work shows at one moment, in words. Knows no Qt."""

from dataclasses import dataclass

from ui.widgets.values import Badge, Choice, SyncChip, Tone


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of work in the list."""

    id: str
    title: str
    who: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with what it stands for."""

    label: str
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Detail:
    """The chosen piece of work. `actions` are named by Verdict; none once it is decided.

    `problem` says what keeps it from being decided, or why the last decision was not carried out.
    """

    id: str
    title: str
    words: str
    facts: tuple[Fact, ...]
    actions: tuple[Choice, ...] = ()
    placeholder: str = ""
    problem: str = ""
    needs_words: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """The list, and one piece of work of it."""

    title: str
    left: str
    sync: SyncChip
    person: str
    rows: tuple[Row, ...]
    chosen: str = ""
    detail: Detail | None = None
    empty: str = ""
    keys: str = ""
