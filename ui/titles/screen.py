"""Everything the screen of product titles shows at one moment, in words. Knows no Qt."""

from dataclasses import dataclass
from enum import StrEnum

from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Choice, Entry, Notice, Row, SyncChip


class Tab(StrEnum):
    """The lists."""

    OPEN = "open"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is known of what was chosen."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Detail:
    """What was chosen; `actions` are pressed by digits."""

    id: str
    title: str
    words: str = ""
    facts: tuple[Fact, ...] = ()
    actions: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """What part of all sales nobody knows yet, from 0 to 1, and in words."""

    part: float
    words: str


@dataclass(frozen=True, slots=True)
class Screen:
    """The list at hand, and what was chosen in it."""

    title: str
    left: str
    sync: SyncChip
    person: str
    search: Entry
    tabs: tuple[Choice, ...] = ()
    share: Share | None = None
    rows: tuple[Row, ...] = ()
    chosen: str = ""
    detail: Detail | None = None
    confirm: Confirm | None = None
    notice: Notice | None = None
    offline: str = ""
    empty: str = ""
    retry: str = ""
    keys: str = ""
