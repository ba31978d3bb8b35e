"""Everything the screen of likely pairs shows at one moment, in words. Knows no Qt."""

from dataclasses import dataclass
from enum import StrEnum

from ui.widgets.confirm_card import Confirm
from ui.widgets.values import Choice, Line, Notice, Row, SyncChip, Tone


class Tab(StrEnum):
    """The lists."""

    PAIRS = "pairs"
    SAID = "said"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of both customers; `agreement` says in a word how they compare, with an icon."""

    label: str
    one: Line
    other: Line
    agreement: str = ""
    tone: Tone = Tone.QUIET
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Weight:
    """Something that speaks for one person, or against it."""

    text: str
    tone: Tone
    icon: str


@dataclass(frozen=True, slots=True)
class Detail:
    """What was chosen. A pair has two `heads` and its fields; `actions` are pressed by digits."""

    id: str
    title: str
    words: str = ""
    weights: tuple[Weight, ...] = ()
    heads: tuple[str, str] = ("", "")
    fields: tuple[Field, ...] = ()
    actions: tuple[Choice, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """The list at hand, and what was chosen in it."""

    title: str
    left: str
    sync: SyncChip
    person: str
    tabs: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    chosen: str = ""
    detail: Detail | None = None
    confirm: Confirm | None = None
    notice: Notice | None = None
    offline: str = ""
    empty: str = ""
    retry: str = ""
    keys: str = ""
