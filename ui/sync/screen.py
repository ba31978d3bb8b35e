"""Everything the sync chip and its panel show at one moment, already in words. Knows no Qt."""

from dataclasses import dataclass

from ui.widgets.values import SyncChip, Tone


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work: what and for whom, when, and why it did not pass."""

    title: str
    at: str
    reason: str = ""
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with its items; `more` says how many are not shown."""

    title: str
    items: tuple[Item, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """The chip, and the panel behind it. The button asks for a round; it rests during one."""

    chip: SyncChip
    title: str
    words: str
    tone: Tone
    groups: tuple[Group, ...]
    button: str
    can_press: bool
